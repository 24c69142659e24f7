"""invoices: a branch of its own

Revision ID: 3c03c0ffee03
Revises: 1a01c0ffee01
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = '3c03c0ffee03'
down_revision = '1a01c0ffee01'
branch_labels = ('billing',)
depends_on = None


def upgrade():
    op.execute("CREATE TABLE invoices (id int)")


def downgrade():
    op.execute("DROP TABLE invoices")
