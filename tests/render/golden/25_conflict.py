"""Upserts and more of Core"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

revision = "25"
down_revision = "24"

settings = sa.table(
    "settings",
    sa.column("key", sa.String),
    sa.column("value", pg.JSONB),
    sa.column("n", sa.Integer),
    sa.column("tags", pg.ARRAY(sa.String)),
)


def upgrade():
    stmt = pg.insert(settings).values(key="a", n=1)
    op.execute(stmt.on_conflict_do_update(index_elements=["key"], set_={"n": stmt.excluded.n + 1}))
    op.execute(stmt.on_conflict_do_update(constraint="uq_key", set_=dict(n=5), where=settings.c.n > 3))
    op.execute(settings.update().values(n=sa.func.coalesce(settings.c.n, 0) + 1).where(settings.c.key.startswith("x")))
    op.execute(settings.update().where(settings.c.value["kind"].astext == "old").values(n=sa.null()))
    op.execute(settings.update().where(settings.c.tags.contains(["a"])).values(tags=pg.array(["b", "c"])))
    op.execute(sa.select(settings.c.key, sa.func.count().label("c")).group_by(settings.c.key).order_by(sa.desc("c")))


def downgrade():
    sub = sa.select(settings.c.key).where(settings.c.n == 1).limit(10).subquery()
    op.execute(settings.delete().where(settings.c.key.in_(sa.select(sub.c.key))))
    cte = sa.select(settings.c.key).where(settings.c.n > 5).cte("big")
    op.execute(sa.select(cte.c.key))
    op.execute(settings.update().values(n=sa.cast(settings.c.key, sa.Integer)))
