"""invoices"""
from alembic import op
import sqlalchemy as sa

revision = "210000000008"
down_revision = '1f0000000006'
branch_labels = ('billing',)
depends_on = None


def upgrade():
    op.create_table("invoices", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("invoices")
