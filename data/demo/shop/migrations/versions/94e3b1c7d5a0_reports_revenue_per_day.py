"""reports: revenue per day

Revision ID: 94e3b1c7d5a0
Revises: 8d41c0b2e9aa
Create Date: 2026-02-24 14:12:02.348611+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '94e3b1c7d5a0'
down_revision = '8d41c0b2e9aa'
branch_labels = None
depends_on = '19d0e7aa41b0'


def upgrade():
    op.execute("""
        CREATE VIEW revenue_per_day AS
        SELECT o.placed_at::date AS day, sum(o.total_cents) AS cents, count(i.id) AS invoices
        FROM orders o LEFT JOIN invoices i ON i.order_id = o.id
        GROUP BY 1
    """)


def downgrade():
    op.execute("DROP VIEW revenue_per_day")
