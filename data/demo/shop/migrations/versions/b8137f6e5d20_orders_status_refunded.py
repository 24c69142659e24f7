"""orders: status refunded

Revision ID: b8137f6e5d20
Revises: a04d8e2b71c9
Create Date: 2025-11-20 17:01:55.066341+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = 'b8137f6e5d20'
down_revision = 'a04d8e2b71c9'
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE order_status ADD VALUE IF NOT EXISTS 'refunded'")


def downgrade():
    # PostgreSQL cannot drop a value of an enum; the rows that use it go back to cancelled.
    op.execute("UPDATE orders SET status = 'cancelled' WHERE status = 'refunded'")
