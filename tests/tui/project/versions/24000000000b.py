"""an orphan whose parent is gone"""
from alembic import op
import sqlalchemy as sa

revision = "24000000000b"
down_revision = '99999999dead'
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
