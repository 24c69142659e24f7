"""products: weight

Revision ID: 7d9c02e5b6f3
Revises: 60f4d7b9a1e8
Create Date: 2026-02-17 10:03:54.426897+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '7d9c02e5b6f3'
down_revision = '60f4d7b9a1e8'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("products", sa.Column("weight_g", sa.Integer(), nullable=True))
    op.create_check_constraint("ck_products_weight", "products", "weight_g > 0")


def downgrade():
    op.drop_constraint("ck_products_weight", "products", type_="check")
    op.drop_column("products", "weight_g")
