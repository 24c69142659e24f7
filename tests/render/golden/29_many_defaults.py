"""Server defaults"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "29"
down_revision = "28"


def upgrade():
    op.create_table(
        "d",
        sa.Column("a", sa.DateTime, server_default=sa.func.current_timestamp()),
        sa.Column("b", sa.DateTime, server_default=sa.text("(now() at time zone 'utc')")),
        sa.Column("c", sa.Integer, server_default=sa.text("0")),
        sa.Column("d", sa.Boolean, server_default=sa.sql.expression.false()),
        sa.Column("e", postgresql.ARRAY(sa.String), server_default=sa.text("'{}'::varchar[]")),
        sa.Column("f", postgresql.JSONB, server_default=sa.text("'{}'")),
        sa.Column("g", postgresql.UUID(as_uuid=True), server_default=sa.func.uuid_generate_v4()),
        sa.Column("h", sa.Date, server_default=sa.func.current_date()),
        sa.Column("i", sa.Integer, server_default=sa.FetchedValue()),
        sa.Column("j", sa.String, server_default=sa.literal("x")),
        sa.Column("k", sa.Integer, server_default=sa.cast("5", sa.Integer)),
        sa.Column("l", sa.Interval, server_default=sa.text("interval '1 day'")),
        sa.Column("m", sa.Text, sa.DefaultClause("text")),
        sa.Column("n", sa.Integer, server_default="1" if True else "2"),
    )


def downgrade():
    for c in "abc":
        op.alter_column("d", c, server_default=None)
    op.drop_table("d")
