"""data: copy addresses

Revision ID: e2a6503f9d7c
Revises: d17f2b6c8e04
Create Date: 2026-01-14 15:56:02.700924+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = 'e2a6503f9d7c'
down_revision = 'd17f2b6c8e04'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("""
        INSERT INTO addresses (customer_id, street, city, country)
        SELECT id, street, city, country FROM customers
        WHERE street IS NOT NULL AND city IS NOT NULL
    """)


def downgrade():
    op.execute("DELETE FROM addresses")
