"""invoices: lines

Revision ID: 3c7be81f0a52
Revises: 19d0e7aa41b0
Create Date: 2026-02-06 11:18:09.265531+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '3c7be81f0a52'
down_revision = '19d0e7aa41b0'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", sa.BigInteger(), sa.ForeignKey("invoices.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
    )


def downgrade():
    op.drop_table("invoice_lines")
