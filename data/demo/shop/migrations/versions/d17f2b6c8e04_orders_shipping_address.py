"""orders: shipping address

Revision ID: d17f2b6c8e04
Revises: c5e90a4d3b18
Create Date: 2026-01-13 09:09:51.338070+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = 'd17f2b6c8e04'
down_revision = 'c5e90a4d3b18'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("address_id", sa.BigInteger(), nullable=True))
        batch.create_foreign_key("fk_orders_address", "addresses", ["address_id"], ["id"])


def downgrade():
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint("fk_orders_address", type_="foreignkey")
        batch.drop_column("address_id")
