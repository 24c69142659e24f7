"""rev c1"""
import sqlalchemy as sa

from alembic import op

revision = 'c1'
down_revision = 'a1'
branch_labels = ('x',)
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
