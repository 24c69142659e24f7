"""rev a@b:c"""
import sqlalchemy as sa

from alembic import op

revision = 'a@b:c'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
