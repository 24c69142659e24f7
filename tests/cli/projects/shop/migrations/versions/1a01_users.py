"""users

Revision ID: 1a01c0ffee01
Revises: 
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = '1a01c0ffee01'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.String(120), nullable=False))


def downgrade():
    op.drop_table("users")
