"""Identity, computed, types"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

revision = "11"
down_revision = "10"


def upgrade():
    op.create_table(
        "t",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True, start=100), primary_key=True),
        sa.Column("w", sa.Integer()),
        sa.Column("area", sa.Integer(), sa.Computed("w * w", persisted=True)),
        sa.Column("span", pg.TSTZRANGE()),
        sa.Column("addr", pg.INET(), nullable=False),
        sa.Column("vec", pg.TSVECTOR()),
        sa.Column("bits", pg.BIT(8)),
        sa.Column("iv", pg.INTERVAL(fields="DAY TO SECOND")),
        sa.Column("ts", pg.TIMESTAMP(precision=3, timezone=True)),
        sa.Column("d", pg.DOUBLE_PRECISION(precision=53)),
        sa.Column("b", sa.LargeBinary()),
        sa.Column("c", pg.CITEXT()),
        sa.Column("m", pg.MONEY()),
        sa.Column("h", pg.HSTORE()),
        sa.Column("aa", pg.ARRAY(sa.Integer, dimensions=2)),
        sa.Column("u", sa.Uuid()),
        sa.Column("j", sa.JSON().with_variant(pg.JSONB(), "postgresql")),
        schema="odd schema",
    )


def downgrade():
    op.drop_table("t", schema="odd schema")
