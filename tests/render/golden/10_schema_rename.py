"""Rename and comment"""
from alembic import op
import sqlalchemy as sa

revision = "10"
down_revision = "9c"


def upgrade():
    op.rename_table("orders", "purchases", schema="shop")
    op.create_table_comment("purchases", "renamed: 100% \"safe\"", schema="shop")
    op.alter_column("purchases", "total", comment="in cents", existing_comment=None, schema="shop")
    op.execute(sa.schema.CreateSequence(sa.Sequence("purchase_no")))
    op.execute(sa.schema.CreateSchema("archive"))


def downgrade():
    op.execute(sa.schema.DropSchema("archive", cascade=True))
    op.execute(sa.schema.DropSequence(sa.Sequence("purchase_no")))
    op.alter_column("purchases", "total", comment=None, schema="shop")
    op.drop_table_comment("purchases", schema="shop")
    op.rename_table("purchases", "orders", schema="shop")
