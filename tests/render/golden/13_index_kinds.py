"""Every kind of index"""
from alembic import op
import sqlalchemy as sa

revision = "13"
down_revision = "12"


def upgrade():
    op.create_index("ix1", "t", ["a", "B"], unique=True, schema="s")
    op.create_index("ix2", "t", [sa.text("lower(a)"), "c"], postgresql_using="btree")
    op.create_index("ix3", "t", ["a"], postgresql_ops={"a": "text_pattern_ops"})
    op.create_index("ix4", "t", ["a"], postgresql_include=["b", "c"])
    op.create_index("ix5", "t", ["a"], postgresql_with={"fillfactor": 70})
    op.create_index("ix6", "t", [sa.desc("a"), sa.column("b").asc().nulls_first()])
    op.create_index("ix7", "t", [sa.func.lower(sa.column("Name"))], unique=True)
    op.create_index("ix8", "t", ["a"], postgresql_nulls_not_distinct=True, unique=True)
    op.create_index("ix9", "t", ["doc"], postgresql_using="gin", postgresql_ops={"doc": "jsonb_path_ops"})
    op.create_index("ix10", "t", ["a"], postgresql_where=sa.and_(sa.column("x") > 5, sa.column("y").is_(None)))


def downgrade():
    for i in range(10, 0, -1):
        op.drop_index("ix%d" % i, table_name="t", schema="s" if i == 1 else None)
