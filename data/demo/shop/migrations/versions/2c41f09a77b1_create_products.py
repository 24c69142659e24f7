"""create products

Revision ID: 2c41f09a77b1
Revises: 1a1ab3c0d4e5
Create Date: 2025-09-02 09:40:03.557120+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '2c41f09a77b1'
down_revision = '1a1ab3c0d4e5'
branch_labels = None
depends_on = None

product_kind = sa.Enum("physical", "digital", "voucher", name="product_kind")


def upgrade():
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("sku", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("kind", product_kind, nullable=False, server_default="physical"),
        sa.Column("price", sa.Numeric(10, 2), nullable=False),
        sa.UniqueConstraint("sku", name="uq_products_sku"),
        sa.CheckConstraint("price >= 0", name="ck_products_price"),
    )


def downgrade():
    op.drop_table("products")
    product_kind.drop(op.get_bind(), checkfirst=False)
