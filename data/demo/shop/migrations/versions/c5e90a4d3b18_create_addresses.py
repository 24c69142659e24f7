"""create addresses

Revision ID: c5e90a4d3b18
Revises: b8137f6e5d20
Create Date: 2026-01-12 10:44:37.921508+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = 'c5e90a4d3b18'
down_revision = 'b8137f6e5d20'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "addresses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.String(2)),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_addresses_customer", ondelete="CASCADE"),
    )
    op.create_index("ix_addresses_customer_id", "addresses", ["customer_id"])


def downgrade():
    op.drop_table("addresses")
