"""invoices: status

Revision ID: 77ab19fe01c2
Revises: 3c7be81f0a52
Create Date: 2026-02-20 16:07:33.811946+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '77ab19fe01c2'
down_revision = '3c7be81f0a52'
branch_labels = None
depends_on = None


def upgrade():
    status = sa.Enum("draft", "sent", "paid", name="invoice_status")
    status.create(op.get_bind())
    op.add_column("invoices", sa.Column("status", status, server_default="draft", nullable=False))


def downgrade():
    op.drop_column("invoices", "status")
    op.execute("DROP TYPE invoice_status")
