"""stock: quantity per warehouse

Revision ID: 7e31b5a90c4d
Revises: 6f00c1d2ab77
Create Date: 2025-10-09 16:48:30.995307+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '7e31b5a90c4d'
down_revision = '6f00c1d2ab77'
branch_labels = None
depends_on = None

WAREHOUSES = [("Hamburg", "DE"), ("Utrecht", "NL"), ("Lyon", "FR")]


def upgrade():
    op.create_table(
        "stock",
        sa.Column("warehouse_id", sa.Integer(), sa.ForeignKey("warehouses.id"), primary_key=True),
        sa.Column("product_id", sa.BigInteger(), sa.ForeignKey("products.id"), primary_key=True),
        sa.Column("quantity", sa.Integer(), nullable=False, server_default="0"),
    )
    for name, country in WAREHOUSES:
        op.execute(f"INSERT INTO warehouses (name, country) VALUES ('{name}', '{country}')")


def downgrade():
    op.execute("DELETE FROM warehouses")
    op.drop_table("stock")
