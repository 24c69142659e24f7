"""String building"""
import string
from textwrap import dedent

from alembic import op

revision = "35"
down_revision = "34"

TEMPLATE = "UPDATE {table} SET {column} = '{value}' WHERE {column} = '{old}'"
ROWS = (("a", 1), ("b", 2.5), ("c", None))


def _sql(v):
    return "NULL" if v is None else repr(v)


def upgrade():
    op.execute(TEMPLATE.format(table="t", column="c", value="new", old="old"))
    op.execute("INSERT INTO t VALUES " + ", ".join(f"({n!r}, {_sql(v)})" for n, v in ROWS))
    op.execute("SELECT %(a)s, %(b)05d" % {"a": "x", "b": 42})
    op.execute("SELECT '{:>5}|{:<5}|{:^5}|{:,}'".format("r", "l", "m", 1234567))
    op.execute(dedent("""
        SELECT 1
          FROM t
    """).strip())
    op.execute(";".join(s.strip() for s in "SELECT 1 ; SELECT 2".split(";")))
    op.execute(f"SELECT {'x'.join(['1', '2'])!r}, {10 // 3}, {2 ** 10}, {7 % 3}, {1 / 4:.2f}")


def downgrade():
    op.execute("SELECT " + "abc"[::-1].replace("b", "B").title())
