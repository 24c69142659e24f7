"""merge stock and search

Revision ID: 0c9a4e5512d8
Revises: 7e31b5a90c4d, 68d2f7e4b130
Create Date: 2025-10-13 09:12:00.514279+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '0c9a4e5512d8'
down_revision = ('7e31b5a90c4d', '68d2f7e4b130')
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
