"""reports stand alone

Revision ID: 7a07c0ffee07
Revises: 
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = '7a07c0ffee07'
down_revision = None
branch_labels = ('reports',)
depends_on = None


def upgrade():
    op.execute("CREATE SCHEMA reports")


def downgrade():
    op.execute("DROP SCHEMA reports")
