"""Statements through the bind"""
from alembic import op
import sqlalchemy as sa

revision = "12"
down_revision = "11"


def upgrade():
    conn = op.get_bind()
    conn.execute(sa.text("UPDATE a SET b = 1"))
    conn.execute(sa.text("UPDATE a SET b = :b").bindparams(b=2))
    meta = sa.MetaData()
    t = sa.Table("legacy", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("k", sa.String(5)))
    conn.execute(t.update().where(sa.and_(t.c.id > 5, sa.or_(t.c.k == "x", t.c.k.is_not(None)))).values(k="y"))
    conn.execute(sa.insert(t).from_select(["id", "k"], sa.select(t.c.id + 1000, sa.func.upper(t.c.k)).where(t.c.k != "q")))
    t.drop(conn)


def downgrade():
    if op.get_context().dialect.name == "postgresql":
        op.execute("SELECT 1")
    else:
        op.execute("SELECT 2")
