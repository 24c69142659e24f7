"""create customers

Revision ID: 1a1ab3c0d4e5
Revises: 
Create Date: 2025-09-02 08:14:21.190442+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '1a1ab3c0d4e5'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("country", sa.String(60)),
        sa.Column("street", sa.Text()),
        sa.Column("city", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )


def downgrade():
    op.drop_table("customers")
