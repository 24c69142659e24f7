"""create order items

Revision ID: 4b9e07d3a2c1
Revises: 3d52e1b8c6f0
Create Date: 2025-09-04 15:31:09.730018+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '4b9e07d3a2c1'
down_revision = '3d52e1b8c6f0'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "order_items",
        sa.Column("order_id", sa.BigInteger(), sa.ForeignKey("orders.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), sa.ForeignKey("products.id"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.Column("price", sa.Numeric(10, 2), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_order_items"),
    )


def downgrade():
    op.drop_table("order_items")
