"""Conventions of a MetaData of its own"""
from alembic import op
import sqlalchemy as sa

revision = "27"
down_revision = "26"

convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def upgrade():
    meta = sa.MetaData(naming_convention=convention)
    sa.Table("other", meta, sa.Column("id", sa.Integer))
    sa.Table(
        "conv",
        meta,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("other_id", sa.Integer, sa.ForeignKey("other.id")),
        sa.Column("n", sa.Integer, unique=True),
        sa.CheckConstraint("n > 0", name="positive"),
    )
    op.execute(sa.schema.CreateTable(meta.tables["conv"]))
    op.create_index(None, "plain", ["a", "b"])


def downgrade():
    op.drop_index("ix_plain_a", "plain")
    op.execute("DROP TABLE conv")
