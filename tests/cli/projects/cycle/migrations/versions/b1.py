"""rev b1"""
import sqlalchemy as sa

from alembic import op

revision = 'b1'
down_revision = 'c1'
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
