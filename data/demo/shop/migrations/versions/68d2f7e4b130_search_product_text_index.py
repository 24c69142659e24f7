"""search: product text index

Revision ID: 68d2f7e4b130
Revises: 5f60a8b1e9d2
Create Date: 2025-10-07 11:05:58.270166+00:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '68d2f7e4b130'
down_revision = '5f60a8b1e9d2'
branch_labels = None
depends_on = None


def upgrade():
    words = "to_tsvector('english', title || ' ' || coalesce(description, ''))"
    op.add_column("products", sa.Column("search", postgresql.TSVECTOR(), sa.Computed(words, persisted=True)))
    op.create_index("ix_products_search", "products", ["search"], postgresql_using="gin")


def downgrade():
    op.drop_index("ix_products_search", table_name="products")
    op.drop_column("products", "search")
