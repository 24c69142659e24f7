"""Text and its parameters"""
import datetime
from decimal import Decimal

from alembic import op
import sqlalchemy as sa

revision = "17"
down_revision = "16"


def upgrade():
    op.execute(sa.text("UPDATE t SET a = :a, b = :b, c = :c WHERE d = :d").bindparams(a=1, b="x'y", c=None, d=True))
    op.execute(
        sa.text("INSERT INTO t VALUES (:p, :q)").bindparams(
            sa.bindparam("p", datetime.datetime(2024, 5, 6, 7, 8, 9), sa.DateTime()), q=Decimal("1.50")
        )
    )
    op.execute(sa.text("SELECT '2024-01-01 10\\:30'::timestamp, a::text FROM t"))
    op.execute("INSERT INTO t (a) VALUES ('{}')".format("it''s"))
    op.execute("SELECT %s" % 5)


def downgrade():
    names = ["a", "b"]
    op.execute("DELETE FROM t WHERE n IN (%s)" % ", ".join("'%s'" % n for n in names))
    op.execute(f"""DELETE FROM t WHERE m = {len(names)}""")
