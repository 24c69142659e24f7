"""Enums in every spelling"""
import enum

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "18"
down_revision = "17"


class Colour(enum.Enum):
    red = "R"
    green = "G"


class Size(str, enum.Enum):
    SMALL = "small"
    LARGE = "large"


def upgrade():
    op.create_table(
        "things",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("colour", sa.Enum(Colour), nullable=False),
        sa.Column("size", sa.Enum(Size, name="size_enum", values_callable=lambda e: [m.value for m in e])),
        sa.Column("kind", sa.Enum("a", "b", name="kind", native_enum=False, create_constraint=True)),
        sa.Column("other", sa.Enum("p", "q", name="other", schema="s")),
        sa.Column("many", postgresql.ARRAY(postgresql.ENUM("m", "n", name="many"))),
    )
    op.create_table("more", sa.Column("colour", sa.Enum(Colour)))
    op.execute("ALTER TYPE colour ADD VALUE IF NOT EXISTS 'blue'")
    op.add_column("more", sa.Column("state", sa.Enum("on", "off", name="state"), server_default="on"))


def downgrade():
    op.drop_table("more")
    op.drop_table("things")
    for name in ("colour", "size_enum", "s.other", "many"):
        op.execute("DROP TYPE " + name)
    sa.Enum(name="state").drop(op.get_bind(), checkfirst=False)
