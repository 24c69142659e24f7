"""customers: phone

Revision ID: 2f0b6d1e77c4
Revises: e2a6503f9d7c
Create Date: 2026-02-02 12:33:18.159603+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '2f0b6d1e77c4'
down_revision = 'e2a6503f9d7c'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("customers", sa.Column("phone", sa.String(40), nullable=True))


def downgrade():
    op.drop_column("customers", "phone")
