"""step 2

Revision ID: s002
Revises: s001
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = 's002'
down_revision = 's001'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE t2 (id int)")


def downgrade():
    op.execute("DROP TABLE t2")
