"""customers: birthday

Revision ID: c0ffee15ab1e
Revises: 94e3b1c7d5a0
Create Date: 2026-02-26 07:45:50.956420+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = 'c0ffee15ab1e'
down_revision = '94e3b1c7d5a0'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("customers", sa.Column("birthday", sa.Date(), nullable=True))


def downgrade():
    op.drop_column("customers", "birthday")
