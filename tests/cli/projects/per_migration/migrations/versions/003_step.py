"""step 3

Revision ID: s003
Revises: s002
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = 's003'
down_revision = 's002'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE t3 (id int)")


def downgrade():
    op.execute("DROP TABLE t3")
