"""orders: total in cents

Revision ID: 8d41c0b2e9aa
Revises: 7d9c02e5b6f3
Create Date: 2026-02-23 08:58:16.690155+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '8d41c0b2e9aa'
down_revision = '7d9c02e5b6f3'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("orders", sa.Column("total_cents", sa.Integer(), nullable=True))
    op.execute("UPDATE orders SET total_cents = total * 100")
    op.alter_column("orders", "total_cents", nullable=False)


def downgrade():
    op.drop_column("orders", "total_cents")
