from alembic_utils.entities import PGTrigger
