"""search: product text index"""
from alembic import op
import sqlalchemy as sa

revision = "1d0000000004"
down_revision = '1b0000000002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_orders_id", "orders", ["id"])


def downgrade():
    op.drop_index("ix_orders_id", table_name="orders")
