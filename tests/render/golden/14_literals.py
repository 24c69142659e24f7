"""Awkward literals"""
from alembic import op
import sqlalchemy as sa

revision = "14"
down_revision = "13"


def upgrade():
    op.add_column("t", sa.Column("path", sa.String(), server_default="C:\\dir"))
    op.add_column("t", sa.Column("json", sa.JSON(), server_default='{"a": [1, 2]}'))
    op.add_column("t", sa.Column("pct", sa.String(), server_default="100%"))
    op.execute("INSERT INTO t VALUES ('it''s', '10:30', '{\"a\":1}'::jsonb, E'\\\\n')")
    op.execute(r"SELECT regexp_replace(a, '\d+', '')")
    op.execute("""
        UPDATE t
           SET a = 'x\\:y'
         WHERE b LIKE '5%'
    """)
    op.execute("SELECT\t1")


def downgrade():
    op.execute("SELECT 1; SELECT 2")
