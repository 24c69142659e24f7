"""step 4

Revision ID: s004
Revises: s003
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = 's004'
down_revision = 's003'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE t4 (id int)")


def downgrade():
    op.execute("DROP TABLE t4")
