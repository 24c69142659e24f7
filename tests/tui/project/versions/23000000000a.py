"""reports: revenue per day, a message that is far too long for one row of the graph"""
from alembic import op
import sqlalchemy as sa

revision = "23000000000a"
down_revision = '200000000007'
branch_labels = None
depends_on = '210000000008'


def upgrade():
    op.execute("SELECT 2")


def downgrade():
    pass
