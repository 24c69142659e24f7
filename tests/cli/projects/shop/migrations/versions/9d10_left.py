"""left
   
  indented


last	words"""
import sqlalchemy as sa

from alembic import op

revision = '9d10c0ffee10'
down_revision = '9c09c0ffee09'
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
