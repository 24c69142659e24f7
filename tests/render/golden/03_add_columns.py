"""Add columns in a few spellings"""
import sqlalchemy as sa
from alembic import op

revision = "3c"
down_revision = "2b"


def upgrade():
    op.add_column("accounts", sa.Column("nick", sa.String(30), nullable=True))
    op.add_column("accounts", sa.Column("level", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("accounts", sa.Column("parent_id", sa.Integer(), sa.ForeignKey("accounts.id", name="fk_parent"), nullable=True))
    op.add_column("accounts", sa.Column("seen", sa.TIMESTAMP(timezone=True), index=True, comment="last visit"))
    op.add_column("Accounts", sa.Column("Mixed", sa.Text, nullable=False), schema="Old", if_not_exists=True)
    for name in ("a", "b", "c"):
        op.add_column("wide", sa.Column(f"col_{name}", sa.Float(), nullable=True))


def downgrade():
    for name in reversed(["a", "b", "c"]):
        op.drop_column("wide", "col_" + name)
    op.drop_column("Accounts", "Mixed", schema="Old", if_exists=True)
    op.drop_column("accounts", "seen")
    op.drop_constraint("fk_parent", "accounts", type_="foreignkey")
    op.drop_column("accounts", "parent_id")
    op.drop_column("accounts", "level")
    op.drop_column("accounts", "nick")
