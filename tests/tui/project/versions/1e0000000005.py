"""merge stock and search"""
from alembic import op
import sqlalchemy as sa

revision = "1e0000000005"
down_revision = ('1c0000000003', '1d0000000004')
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
