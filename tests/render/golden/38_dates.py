"""Dates as literals"""
from datetime import date, datetime, time, timedelta, timezone
import uuid

from alembic import op
import sqlalchemy as sa

revision = "38"
down_revision = "37"

rates = sa.table(
    "rates",
    sa.column("id", sa.Uuid),
    sa.column("start", sa.DateTime),
    sa.column("day", sa.Date),
    sa.column("at", sa.Time),
    sa.column("every", sa.Interval),
    sa.column("rate", sa.Numeric(5, 2)),
)
START = datetime(2024, 3, 31, 23, 0)


def upgrade():
    op.bulk_insert(
        rates,
        [
            {
                "id": uuid.UUID("12345678-1234-5678-1234-567812345678"),
                "start": START + timedelta(days=i),
                "day": date(2024, 1, 31) + timedelta(days=i),
                "at": time(10, 30),
                "rate": 1.5 * i,
            }
            for i in range(2)
        ],
    )
    op.execute(rates.update().where(rates.c.start < START.replace(tzinfo=timezone.utc)).values(every=timedelta(hours=1)))
    op.execute("UPDATE rates SET day = '{}'".format(START.strftime("%Y-%m-%d")))
    op.execute(f"UPDATE rates SET start = '{START.isoformat()}'")


def downgrade():
    op.execute(f"DELETE FROM rates WHERE start >= '{START}'")
