"""rows decide"""
import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a3"
down_revision = "a2"

kinds = sa.table(
    "kinds", sa.column("id", sa.BigInteger), sa.column("name", sa.String), sa.column("data", postgresql.JSONB),
    sa.column("tags", postgresql.ARRAY(sa.String)), sa.column("size", sa.BigInteger), schema="shop",
)


class Shout(sa.types.TypeDecorator):
    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.upper() + "!"


log = sa.table("log", sa.column("id", sa.Integer), sa.column("line", Shout()))


def upgrade():
    bind = op.get_bind()
    count = bind.execute(sa.text("SELECT count(*) FROM shop.kinds")).scalar()
    there = "kinds" in sa.inspect(bind).get_table_names(schema="shop")
    rows = bind.execute(sa.select(kinds.c.id, kinds.c.name, kinds.c.data).order_by(kinds.c.id)).fetchall()
    op.create_table("log", sa.Column("id", sa.Integer, primary_key=True), sa.Column("line", sa.String, nullable=False))
    for row in rows:
        bind.execute(kinds.update().where(kinds.c.id == row.id).values(data={"was": row.data, "name": row.name.title()}))
        op.execute(log.insert().values(id=row.id, line="kind %s: %s" % (row.name, json.dumps(row.data))))
    bind.execute(sa.text("UPDATE shop.kinds SET name = :name WHERE id = :id"), {"name": "it's :new\\", "id": 1})
    op.execute(kinds.update().values(tags=["x", "y'z"], size=kinds.c.size + 1).where(kinds.c.name.like("back%")))
    op.execute(kinds.delete().where(kinds.c.id.in_([5, 6])))
    if there:
        op.execute("COMMENT ON TABLE log IS 'kinds: %d'" % count)


def downgrade():
    op.drop_table("log")
