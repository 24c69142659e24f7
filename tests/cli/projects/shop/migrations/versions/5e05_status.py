"""invoice status, größer

Revision ID: 5e05c0ffee05
Revises: 3c03c0ffee03
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = '5e05c0ffee05'
down_revision = '3c03c0ffee03'
branch_labels = None
depends_on = '2b02c0ffee02'


def upgrade():
    op.add_column("invoices", sa.Column("status", sa.String(10), server_default="it's new"))


def downgrade():
    op.drop_column("invoices", "status")
