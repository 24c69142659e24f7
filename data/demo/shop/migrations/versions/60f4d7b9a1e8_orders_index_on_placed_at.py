"""orders: index on placed_at

Revision ID: 60f4d7b9a1e8
Revises: 51c2aa90d3f1
Create Date: 2026-02-12 13:41:27.034762+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '60f4d7b9a1e8'
down_revision = '51c2aa90d3f1'
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_orders_placed_at", "orders", ["placed_at"], postgresql_concurrently=True, if_not_exists=True
        )


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_placed_at", table_name="orders", postgresql_concurrently=True, if_exists=True)
