"""注文: 合計 (totals)"""
from alembic import op
import sqlalchemy as sa

revision = "200000000007"
down_revision = '1f0000000006'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("UPDATE orders SET id = id")


def downgrade():
    pass
