"""create orders"""
from alembic import op
import sqlalchemy as sa

revision = "1b0000000002"
down_revision = '1a0000000001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("orders")
