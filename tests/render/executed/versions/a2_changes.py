"""columns, constraints and indexes change"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a2"
down_revision = "a1"


def upgrade():
    op.add_column("kinds", sa.Column("size", sa.Integer(), nullable=True, comment="in cm"), schema="shop")
    op.execute("UPDATE shop.kinds SET size = id * 10")
    op.alter_column("kinds", "size", nullable=False, type_=sa.BigInteger(), server_default="7", schema="shop")
    op.alter_column("kinds", "body", new_column_name="text", comment="what it says", schema="shop")
    op.create_index("ix_lower", "kinds", [sa.text("lower(name)"), sa.desc("size")], unique=True, schema="shop")
    op.create_index("ix_gin", "kinds", ["tags"], postgresql_using="gin", schema="shop", postgresql_where=sa.text("flag"))
    op.create_check_constraint("ck_size", "kinds", sa.column("size") > 5, schema="shop")
    op.create_unique_constraint("uq_token", "kinds", ["token"], schema="shop")
    op.create_foreign_key(
        "fk_self", "Order", "Order", ["select"], ["id"], source_schema="Odd name", referent_schema="Odd name",
        onupdate="CASCADE", postgresql_not_valid=True,
    )
    with op.batch_alter_table("kinds", schema="shop") as batch:
        batch.drop_constraint("ck_price", type_="check")
        batch.add_column(sa.Column("extra", postgresql.JSONB(), server_default="[]", nullable=False))
        batch.create_index("ix_extra", ["extra"], postgresql_using="gin")
    op.alter_column("kinds", "price", type_=sa.String(), postgresql_using="price::text", server_default=None, schema="shop")
    with op.get_context().autocommit_block():
        op.create_index("ix_later", "kinds", ["day"], postgresql_concurrently=True, schema="shop")
    op.execute("ALTER TYPE kind_state ADD VALUE IF NOT EXISTS 'lost' AFTER 'new'")


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_later", postgresql_concurrently=True, schema="shop")
    op.drop_constraint("fk_self", "Order", schema="Odd name", type_="foreignkey")
    op.drop_constraint("uq_token", "kinds", schema="shop")
    op.drop_constraint("ck_size", "kinds", schema="shop")
    op.drop_index("ix_gin", "kinds", schema="shop")
    op.drop_index("ix_lower", "kinds", schema="shop")
    op.drop_column("kinds", "extra", schema="shop")
    op.alter_column("kinds", "price", type_=sa.Numeric(12, 4), postgresql_using="price::numeric", schema="shop")
    op.create_check_constraint("ck_price", "kinds", "price >= 0", schema="shop")
    op.alter_column("kinds", "text", new_column_name="body", schema="shop")
    op.drop_column("kinds", "size", schema="shop")
