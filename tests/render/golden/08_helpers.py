"""Helper functions, constants, comprehensions"""
from textwrap import dedent

from alembic import op
import sqlalchemy as sa

revision = "8b"
down_revision = "7a"

TABLES = {"orders": ["created", "updated"], "accounts": ["updated"]}
TRIGGER = """
CREATE TRIGGER {name}
BEFORE UPDATE ON {table}
FOR EACH ROW EXECUTE PROCEDURE touch()
"""


def _trigger(table, *, suffix="touch"):
    return TRIGGER.format(name="%s_%s" % (table, suffix), table=table)


def timestamps(cols, nullable=False):
    return [sa.Column(c + "_at", sa.DateTime(), nullable=nullable) for c in cols]


def upgrade():
    op.execute(
        dedent(
            """\
            CREATE FUNCTION touch() RETURNS trigger AS $$
            BEGIN
                NEW.updated_at := now();
                RETURN NEW;
            END;
            $$ LANGUAGE plpgsql"""
        )
    )
    for table, cols in sorted(TABLES.items()):
        for c in timestamps(cols):
            op.add_column(table, c)
        op.execute(_trigger(table))
    op.create_table("audit", *timestamps(["made"], nullable=True), sa.Column("who", sa.String()))


def downgrade():
    op.drop_table("audit")
    for table in sorted(TABLES, reverse=True):
        op.execute(f"DROP TRIGGER {table}_touch ON {table}")
        [op.drop_column(table, f"{c}_at") for c in TABLES[table]]
    op.execute("DROP FUNCTION touch()")
