"""Orders with foreign keys and checks"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "2b"
down_revision = "1f3a"


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", postgresql.UUID(as_uuid=True), server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("state", sa.Enum("new", "paid", "shipped", name="order_state"), nullable=False),
        sa.Column("total", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("total >= 0", name="ck_orders_total"),
        sa.ForeignKeyConstraint(["id"], ["shop.baskets.id"], name="fk_basket", onupdate="CASCADE", initially="DEFERRED", deferrable=True),
        comment="what people bought",
    )
    op.create_index("ix_orders_extra", "orders", ["extra"], postgresql_using="gin")
    op.create_index(
        "ix_orders_open",
        "orders",
        ["account_id", sa.text("total DESC")],
        postgresql_where=sa.text("state <> 'shipped'"),
    )


def downgrade() -> None:
    op.drop_index("ix_orders_open", table_name="orders")
    op.drop_index("ix_orders_extra", table_name="orders", postgresql_using="gin")
    op.drop_table("orders")
    op.execute("DROP TYPE order_state")
