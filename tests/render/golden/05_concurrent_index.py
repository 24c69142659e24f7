"""Indexes without blocking"""
from alembic import op
import sqlalchemy as sa

revision = "5e"
down_revision = "4d"


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    with op.get_context().autocommit_block():
        op.create_index("ix_a", "accounts", ["nick"], postgresql_concurrently=True, if_not_exists=True)
        op.create_index("ix_b", "accounts", [sa.text("lower(nick)")], unique=True, postgresql_concurrently=True)
    op.execute("ANALYZE accounts")


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_b", table_name="accounts", postgresql_concurrently=True, if_exists=True)
    with op.get_context().autocommit_block():
        op.drop_index("ix_a", table_name="accounts", postgresql_concurrently=True)
