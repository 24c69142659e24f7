"""orders: note for the courier

Revision ID: 51c2aa90d3f1
Revises: 2f0b6d1e77c4
Create Date: 2026-02-11 09:27:45.572280+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '51c2aa90d3f1'
down_revision = '2f0b6d1e77c4'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("orders", sa.Column("courier_note", sa.Text(), nullable=True))
    op.execute("COMMENT ON COLUMN orders.courier_note IS 'Shown on the delivery slip'")


def downgrade():
    op.drop_column("orders", "courier_note")
