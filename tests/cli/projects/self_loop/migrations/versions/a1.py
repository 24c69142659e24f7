"""rev a1"""
import sqlalchemy as sa

from alembic import op

revision = 'a1'
down_revision = 'a1'
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
