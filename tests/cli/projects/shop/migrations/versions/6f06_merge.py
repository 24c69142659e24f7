"""merge orders and invoices

Revision ID: 6f06c0ffee06
Revises: 4d04c0ffee04, 5e05c0ffee05
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = '6f06c0ffee06'
down_revision = ('4d04c0ffee04', '5e05c0ffee05')
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
