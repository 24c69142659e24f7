"""Conditions as expressions"""
from alembic import op
import sqlalchemy as sa

revision = "34"
down_revision = "33"


def upgrade():
    t = sa.table("t", sa.column("deleted_at", sa.DateTime), sa.column("kind", sa.String), sa.column("n", sa.Integer))
    op.create_index("uq_live", "t", ["name"], unique=True, postgresql_where=t.c.deleted_at.is_(None))
    op.create_index("ix_kind", "t", ["kind"], postgresql_where=sa.or_(t.c.kind == "a", t.c.n.notin_([1, 2])))
    op.create_check_constraint("ck_n", "t", sa.and_(sa.column("n") >= 0, sa.column("n") <= 100))
    op.create_check_constraint("ck_kind", "t", sa.column("kind").in_(["a", "b"]))
    op.create_check_constraint("ck_len", "t", sa.func.length(sa.column("kind")) > 2)
    op.create_unique_constraint("uq_nn", "t", ["a"], postgresql_nulls_not_distinct=True, postgresql_include=["a"])


def downgrade():
    op.drop_constraint("uq_nn", "t")
    op.drop_index("uq_live", "t", postgresql_where=sa.text("deleted_at IS NULL"))
