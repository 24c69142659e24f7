"""Upper-case types as autogenerate writes them"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "32"
down_revision = "31"


def upgrade():
    op.add_column("t", sa.Column("a", sa.TIMESTAMP(), autoincrement=False, nullable=True))
    op.add_column("t", sa.Column("b", sa.NUMERIC(precision=10, scale=2), autoincrement=False, nullable=True))
    op.add_column("t", sa.Column("c", postgresql.DOUBLE_PRECISION(precision=53), autoincrement=False, nullable=True))
    op.add_column("t", sa.Column("d", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False))
    op.add_column("t", sa.Column("e", postgresql.JSON(astext_type=sa.Text()), nullable=True))
    op.add_column("t", sa.Column("f", postgresql.ENUM("x", "y", name="xy", create_type=False), nullable=True))
    op.add_column("t", sa.Column("g", sa.BOOLEAN(), server_default=sa.text("false"), autoincrement=False, nullable=False))
    op.add_column("t", sa.Column("h", sa.BIGINT(), sa.Identity(always=False, start=1, increment=1, minvalue=1, maxvalue=99, cycle=False, cache=1)))
    op.add_column("t", sa.Column("i", postgresql.BYTEA(), nullable=True))
    op.add_column("t", sa.Column("j", sa.CHAR(length=2), nullable=True))
    op.add_column("t", sa.Column("k", sa.REAL(), nullable=True))
    op.add_column("t", sa.Column("l", sa.DATE(), nullable=True))
    op.add_column("t", sa.Column("m", sa.TIME(), nullable=True))
    op.add_column("t", sa.Column("n", sa.SMALLINT(), nullable=True))
    op.add_column("t", sa.Column("o", postgresql.OID(), nullable=True))


def downgrade():
    [op.drop_column("t", c) for c in "onmlkjihgfedcba"]
