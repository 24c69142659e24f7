"""step 1

Revision ID: s001
Revises: 
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = 's001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE t1 (id int)")


def downgrade():
    op.execute("DROP TABLE t1")
