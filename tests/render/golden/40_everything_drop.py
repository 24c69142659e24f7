"""Drops"""
from alembic import op
import sqlalchemy as sa

revision = "40"
down_revision = "39"


def upgrade():
    op.drop_constraint("uq", "t", type_="unique")
    op.drop_constraint(op.f("fk_t_o"), "t", type_="foreignkey", schema="s")
    op.drop_index(op.f("ix_t_a"), table_name="t", schema="s")
    op.drop_index("ix_t_b", "t", if_exists=True)
    op.drop_column("t", "a", schema="s")
    op.drop_table("t", schema="s")
    op.drop_table("u", if_exists=True)
    op.drop_table_comment("v")
    op.execute(sa.schema.DropSchema("s", cascade=True))
    sa.Enum(name="gone").drop(op.get_bind(), checkfirst=True)


def downgrade():
    pass
