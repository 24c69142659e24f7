"""Referential actions"""
from alembic import op
import sqlalchemy as sa

revision = "31"
down_revision = "30"


def upgrade():
    op.create_table(
        "r",
        sa.Column("a", sa.Integer(), sa.ForeignKey("x.id", onupdate="CASCADE", ondelete="SET NULL", deferrable=True, initially="DEFERRED")),
        sa.Column("b", sa.Integer(), sa.ForeignKey("s.y.id", name="fk_b", use_alter=True)),
        sa.Column("c", sa.Integer()),
        sa.Column("d", sa.Integer()),
        sa.ForeignKeyConstraint(["c", "d"], ["z.c", "z.d"], ondelete="SET DEFAULT (d)", match="FULL"),
    )
    op.create_foreign_key("fk_b", "r", "y", ["b"], ["id"], referent_schema="s", ondelete="RESTRICT")


def downgrade():
    op.drop_constraint("fk_b", "r", type_="foreignkey")
    op.drop_table("r")
