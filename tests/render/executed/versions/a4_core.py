"""statements of Core"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a4"
down_revision = "a3"


def upgrade():
    meta = sa.MetaData(schema="shop", naming_convention={"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"})
    a = sa.Table("a", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.String(5), default="dflt"))
    b = sa.Table(
        "b", meta, sa.Column("id", sa.Integer, sa.Sequence("b_seq", schema="shop"), primary_key=True),
        sa.Column("a_id", sa.ForeignKey("shop.a.id")), sa.Column("e", sa.Enum("x", "y", name="ab", schema="shop")),
    )
    sa.Sequence("c_seq", schema="shop", start=100, increment=3).create(op.get_bind(), checkfirst=False)
    a.create(op.get_bind())
    b.create(op.get_bind())
    op.execute(a.insert().values(id=1))
    op.execute(a.insert().values([{"id": 2, "n": "two"}, {"id": 3, "n": "it's"}]))
    op.execute(postgresql.insert(a).values(id=2, n="dup").on_conflict_do_update(index_elements=["id"], set_={"n": "again"}))
    op.execute(b.insert().from_select(["id", "a_id", "e"], sa.select(a.c.id + 10, a.c.id, sa.cast("x", b.c.e.type))))
    op.execute(b.update().values(e="y").where(sa.exists().where(a.c.id == b.c.a_id).where(a.c.n == "again")))
    recent = sa.select(a.c.id).where(a.c.n != None).cte("recent")  # noqa: E711
    op.execute(b.delete().where(b.c.a_id.in_(sa.select(recent.c.id).where(recent.c.id > 2))))
    op.execute("CREATE VIEW shop.v AS SELECT id, n FROM shop.a WHERE n LIKE '%t%'")
    op.execute(sa.DDL("COMMENT ON VIEW shop.v IS '100%% %(what)s'", context={"what": "done"}))


def downgrade():
    op.execute("DROP VIEW shop.v")
    op.drop_table("b", schema="shop")
    op.drop_table("a", schema="shop")
    sa.Enum(name="ab", schema="shop").drop(op.get_bind())
    op.execute(sa.schema.DropSequence(sa.Sequence("b_seq", schema="shop")))
    op.execute(sa.schema.DropSequence(sa.Sequence("c_seq", schema="shop")))
