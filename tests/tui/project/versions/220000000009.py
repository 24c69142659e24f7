"""invoices: lines\x1b[31m in red"""
from alembic import op
import sqlalchemy as sa

revision = "220000000009"
down_revision = '210000000008'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SELECT 1")


def downgrade():
    pass
