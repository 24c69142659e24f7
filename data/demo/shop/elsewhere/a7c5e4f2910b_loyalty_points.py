"""loyalty: points

Revision ID: a7c5e4f2910b
Revises: 8d41c0b2e9aa
Create Date: 2026-02-25 09:31:28.107384+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = 'a7c5e4f2910b'
down_revision = '8d41c0b2e9aa'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "loyalty_points",
        sa.Column("customer_id", sa.BigInteger(), sa.ForeignKey("customers.id"), primary_key=True),
        sa.Column("points", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )


def downgrade():
    op.drop_table("loyalty_points")
