"""How Alembic reaches the databases of this project: every migration runs once for each of them."""
import logging
import re
from logging.config import fileConfig

from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name)
logger = logging.getLogger("alembic.env")

db_names = re.split(r",\s*", config.get_main_option("databases", ""))

# The MetaData of each database's models, for --autogenerate:
#     target_metadata = {"engine1": first.metadata, "engine2": second.metadata}
target_metadata = {}


def run_migrations_offline() -> None:
    """Write SQL (--sql) without connections, a file for each database."""
    for name in db_names:
        logger.info("Writing %s.sql", name)
        with open(f"{name}.sql", "w") as buffer:
            context.configure(
                url=config.get_section_option(name, "sqlalchemy.url"),
                output_buffer=buffer,
                target_metadata=target_metadata.get(name),
                literal_binds=True,
                dialect_opts={"paramstyle": "named"},
            )
            with context.begin_transaction():
                context.run_migrations(engine_name=name)


def run_migrations_online() -> None:
    """Migrate every database, then commit them all, or none."""
    connections = {}
    try:
        for name in db_names:
            engine = engine_from_config(config.get_section(name, {}), prefix="sqlalchemy.", poolclass=pool.NullPool)
            connections[name] = engine.connect()
        transactions = [connection.begin() for connection in connections.values()]
        try:
            for name, connection in connections.items():
                logger.info("Migrating database %s", name)
                context.configure(
                    connection=connection,
                    upgrade_token=f"{name}_upgrades",
                    downgrade_token=f"{name}_downgrades",
                    target_metadata=target_metadata.get(name),
                )
                context.run_migrations(engine_name=name)
            for transaction in transactions:
                transaction.commit()
        except BaseException:
            for transaction in transactions:
                transaction.rollback()
            raise
    finally:
        for connection in connections.values():
            connection.close()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
