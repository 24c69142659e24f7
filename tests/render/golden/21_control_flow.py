"""Python in all its forms"""
from alembic import op
import sqlalchemy as sa

revision = "21"
down_revision = "20"

COLUMNS = [
    ("a", sa.Integer, {"nullable": False}),
    ("b", sa.String(10), {"server_default": "x"}),
]


class Helper:
    prefix = "h"

    def __init__(self, table):
        self.table = table

    def name(self, column):
        return "%s_%s_%s" % (self.prefix, self.table, column)


def _each(items):
    for item in items:
        if item:
            yield item


def upgrade():
    helper = Helper("t")
    for name, type_, kw in COLUMNS:
        op.add_column("t", sa.Column(name, type_, **kw))
        op.create_index(helper.name(name), "t", [name])
    if op.get_context().as_sql:
        op.execute("-- offline")
    try:
        value = {"k": 1}["missing"]
    except KeyError as e:
        value = str(e)
    op.execute(f"SELECT {value}")
    n = 0
    while n < 3:
        n += 1
        if n == 2:
            continue
        op.execute("SELECT " + str(n))
    for item in _each(["x", "", "y"]):
        op.execute("SELECT '{0}'".format(item.upper()))
    assert n == 3, "never"


def downgrade():
    helper = Helper("t")
    for name, *_ in reversed(COLUMNS):
        op.drop_index(helper.name(name), table_name="t")
        op.drop_column("t", name)
