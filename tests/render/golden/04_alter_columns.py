"""Alter columns"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "4d"
down_revision = "3c"


def upgrade():
    op.alter_column("accounts", "nick", existing_type=sa.String(30), type_=sa.String(60), existing_nullable=True)
    op.alter_column("accounts", "nick", nullable=False, existing_type=sa.String(60))
    op.alter_column("accounts", "level", server_default=None, existing_type=sa.SmallInteger())
    op.alter_column("accounts", "level", server_default=sa.text("1"))
    op.alter_column("accounts", "level", new_column_name="rank", comment="it's a rank")
    op.alter_column(
        "orders", "extra", type_=postgresql.JSON(), existing_type=postgresql.JSONB(), postgresql_using="extra::json", schema="shop"
    )
    op.alter_column("orders", "total", type_=sa.Integer, nullable=True, server_default="5", new_column_name="sum")


def downgrade():
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.alter_column("rank", new_column_name="level", existing_type=sa.SmallInteger())
        batch_op.alter_column("nick", existing_type=sa.VARCHAR(length=60), nullable=True)
        batch_op.drop_column("seen")
        batch_op.create_index(batch_op.f("ix_accounts_level"), ["level"], unique=False)
        batch_op.create_unique_constraint("uq_nick", ["nick", "level"])
        batch_op.create_foreign_key("fk_x", "orders", ["order_id"], ["id"], ondelete="SET NULL")
        batch_op.drop_constraint("old_fk", type_="foreignkey")
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
