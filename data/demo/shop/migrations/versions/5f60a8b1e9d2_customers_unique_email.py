"""customers: unique email

Revision ID: 5f60a8b1e9d2
Revises: 4b9e07d3a2c1
Create Date: 2025-09-18 07:55:12.402931+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '5f60a8b1e9d2'
down_revision = '4b9e07d3a2c1'
branch_labels = None
depends_on = None


def upgrade():
    op.create_unique_constraint("uq_customers_email", "customers", ["email"])


def downgrade():
    op.drop_constraint("uq_customers_email", "customers", type_="unique")
