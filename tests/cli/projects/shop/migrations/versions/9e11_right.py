"""right

Revision ID: 9e11c0ffee11
Revises: 9c09c0ffee09
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = '9e11c0ffee11'
down_revision = '9c09c0ffee09'
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
