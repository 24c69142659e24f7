"""views on orders

Revision ID: 8b08c0ffee08
Revises: 7a07c0ffee07
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = '8b08c0ffee08'
down_revision = '7a07c0ffee07'
branch_labels = None
depends_on = ['6f06c0ffee06']


def upgrade():
    op.execute("CREATE VIEW reports.sums AS SELECT user_id, sum(total) FROM orders GROUP BY 1")


def downgrade():
    op.execute("DROP VIEW reports.sums")
