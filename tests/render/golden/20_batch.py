"""Batches"""
from alembic import op
import sqlalchemy as sa

revision = "20"
down_revision = "19"


def upgrade():
    with op.batch_alter_table("a", schema="s") as batch_op:
        batch_op.add_column(sa.Column("x", sa.Integer(), nullable=False, server_default="0"))
        batch_op.alter_column("x", server_default=None)
        batch_op.create_check_constraint("ck_x", "x > 0")
        batch_op.create_primary_key("pk_a", ["id", "x"])
        batch_op.create_index("ix_x", ["x"], unique=True)
        batch_op.create_table_comment("batched")
    with op.batch_alter_table("empty"):
        pass


def downgrade():
    with op.batch_alter_table("a", schema="s") as batch_op:
        batch_op.drop_table_comment()
        batch_op.drop_index("ix_x")
        batch_op.drop_constraint("pk_a", type_="primary")
        batch_op.drop_constraint("ck_x", type_="check")
        batch_op.drop_column("x")
