"""Core statements"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy import and_, case, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

revision = "16"
down_revision = "15"

users = sa.table(
    "users",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("age", sa.Integer),
    sa.column("active", sa.Boolean),
)
logs = sa.table("logs", sa.column("user_id", sa.Integer), sa.column("what", sa.String), schema="audit")


def upgrade():
    op.execute(users.insert().values(name="a", age=5))
    op.execute(users.insert().values([{"name": "x", "age": 1}, {"name": "y", "age": 2}]))
    op.execute(users.update().values(active=case((users.c.age > 17, True), else_=False)))
    op.execute(users.update().where(or_(users.c.name == "x", users.c.age.between(1, 5))).values(age=users.c.age + 1))
    op.execute(users.update().where(users.c.id == logs.c.user_id).values(name=logs.c.what))
    op.execute(
        users.update().values(
            name=select(func.max(logs.c.what)).where(logs.c.user_id == users.c.id).scalar_subquery()
        )
    )
    op.execute(logs.insert().from_select(["user_id", "what"], select(users.c.id, sa.literal("seen"))))
    op.execute(insert(users).values(id=1, name="z").on_conflict_do_nothing(index_elements=["id"]))


def downgrade():
    op.execute(users.delete().where(and_(users.c.age.is_(None), ~users.c.active)))
    op.execute(logs.delete().where(logs.c.user_id.in_(select(users.c.id).where(users.c.name.ilike("a%")))))
    op.execute(users.delete().where(~exists(select(logs.c.user_id).where(logs.c.user_id == users.c.id))))
    op.execute(users.delete())
