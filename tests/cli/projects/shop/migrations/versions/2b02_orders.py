"""orders

Revision ID: 2b02c0ffee02
Revises: 1a01c0ffee01
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = '2b02c0ffee02'
down_revision = '1a01c0ffee01'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("total", sa.Numeric(10, 2), server_default="0"),
    )
    op.create_index("ix_orders_user", "orders", ["user_id"])


def downgrade():
    op.drop_table("orders")
