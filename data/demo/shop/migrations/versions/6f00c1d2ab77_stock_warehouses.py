"""stock: warehouses

Revision ID: 6f00c1d2ab77
Revises: 5f60a8b1e9d2
Create Date: 2025-10-06 10:20:44.118264+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '6f00c1d2ab77'
down_revision = '5f60a8b1e9d2'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "warehouses",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("country", sa.String(2), nullable=False),
    )


def downgrade():
    op.drop_table("warehouses")
