"""customers: marketing consent

Revision ID: 9b27c4d1f6a3
Revises: 0c9a4e5512d8
Create Date: 2025-11-03 14:37:26.603915+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '9b27c4d1f6a3'
down_revision = '0c9a4e5512d8'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("customers", sa.Column("consent", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table_comment("customers", "People who have ordered or signed up")


def downgrade():
    op.drop_table_comment("customers")
    op.drop_column("customers", "consent")
