"""every type in one table"""
import datetime
import decimal
import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a1"
down_revision = None


def upgrade():
    op.execute("CREATE SCHEMA shop")
    op.execute('CREATE SCHEMA "Odd name"')
    kinds = op.create_table(
        "kinds",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("name", sa.String(40), nullable=False, unique=True, comment="it's the name: 100%"),
        sa.Column("body", sa.Text(), server_default="a\\b 'q' %s :x"),
        sa.Column("price", sa.Numeric(12, 4), server_default=sa.text("0.5")),
        sa.Column("ratio", sa.Float(), server_default=sa.literal_column("1.5")),
        sa.Column("flag", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("day", sa.Date(), server_default=sa.func.current_date()),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), index=True),
        sa.Column("clock", sa.Time()),
        sa.Column("span", sa.Interval()),
        sa.Column("raw", sa.LargeBinary()),
        sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb")),
        sa.Column("token", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.String(10)), server_default="{}"),
        sa.Column("state", sa.Enum("new", "in work", "it's done", name="kind_state"), server_default="new"),
        sa.Column("level", sa.Enum("low", "high", native_enum=False, create_constraint=True, name="ck_level")),
        sa.Column("net", postgresql.INET()),
        sa.Column("bits", postgresql.BIT(4, varying=True)),
        sa.Column("span2", postgresql.INT4RANGE()),
        sa.Column("double", sa.Float(53), sa.Computed("ratio * 2")),
        sa.CheckConstraint("price >= 0", name="ck_price"),
        comment="all kinds",
        schema="shop",
    )
    op.bulk_insert(
        kinds,
        [
            {
                "id": 1,
                "name": "it's",
                "price": decimal.Decimal("1.5000"),
                "flag": True,
                "at": datetime.datetime(2020, 1, 2, 3, 4, 5, 6),
                "clock": datetime.time(1, 2, 3),
                "span": datetime.timedelta(days=1, seconds=5),
                "raw": b"\x00\xff'\\",
                "data": {"a": [1, None, "x\"'"]},
                "token": uuid.UUID(int=7),
                "tags": ["a", "b'c"],
                "state": "it's done",
            },
            {
                "id": 2,
                "name": "back\\slash 50%",
                "price": None,
                "flag": False,
                "at": None,
                "clock": None,
                "span": None,
                "raw": None,
                "data": None,
                "token": uuid.UUID(int=8),
                "tags": [],
                "state": "new",
            },
        ],
    )
    op.create_table(
        "Order",
        sa.Column("id", sa.Integer(), sa.Identity(always=True, start=10, increment=5), primary_key=True),
        sa.Column("kind_id", sa.BigInteger(), sa.ForeignKey("shop.kinds.id", name="fk_kind", ondelete="SET NULL")),
        sa.Column("select", sa.SmallInteger(), nullable=False, server_default="3"),
        sa.UniqueConstraint("kind_id", "select", name="uq_both", deferrable=True, initially="DEFERRED"),
        schema="Odd name",
    )


def downgrade():
    op.drop_table("Order", schema="Odd name")
    op.drop_table("kinds", schema="shop")
    sa.Enum(name="kind_state").drop(op.get_bind())
    op.execute('DROP SCHEMA "Odd name"')
    op.execute("DROP SCHEMA shop")
