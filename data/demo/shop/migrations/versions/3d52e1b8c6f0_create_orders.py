"""create orders

Revision ID: 3d52e1b8c6f0
Revises: 2c41f09a77b1
Create Date: 2025-09-04 13:02:47.016853+00:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '3d52e1b8c6f0'
down_revision = '2c41f09a77b1'
branch_labels = None
depends_on = None

order_status = postgresql.ENUM("placed", "paid", "shipped", "cancelled", name="order_status")


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("customer_id", sa.BigInteger(), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("status", order_status, nullable=False, server_default="placed"),
        sa.Column("total", sa.Numeric(12, 2), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_index("ix_orders_customer_id", "orders", ["customer_id"])


def downgrade():
    op.drop_index("ix_orders_customer_id", table_name="orders")
    op.drop_table("orders")
    op.execute("DROP TYPE order_status")
