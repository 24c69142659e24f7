"""invoices

Revision ID: 19d0e7aa41b0
Revises: e2a6503f9d7c
Create Date: 2026-02-05 08:50:40.483217+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '19d0e7aa41b0'
down_revision = 'e2a6503f9d7c'
branch_labels = ('billing',)
depends_on = None


def upgrade():
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("order_id", sa.BigInteger(), sa.ForeignKey("orders.id", name="fk_invoices_order"), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("issued_at", sa.Date(), nullable=False),
        sa.UniqueConstraint("number", name="uq_invoices_number"),
    )


def downgrade():
    op.drop_table("invoices")
