"""rev c1"""
import sqlalchemy as sa

from alembic import op

revision = 'c1'
down_revision = 'b1'
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
