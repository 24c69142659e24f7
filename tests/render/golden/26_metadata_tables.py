"""Tables made by hand"""
from alembic import op
import sqlalchemy as sa

revision = "26"
down_revision = "25"

metadata = sa.MetaData(schema="app")
parents = sa.Table(
    "parents",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Enum("a", "b", name="parent_kind")),
    sa.Column("note", sa.String(20), index=True, comment="free text"),
)


def upgrade():
    bind = op.get_bind()
    parents.create(bind)
    sa.Index("ix_kind", parents.c.kind, parents.c.note.desc()).create(bind)
    op.bulk_insert(parents, [{"id": 1, "kind": "a", "note": None}, {"id": 2, "kind": "b", "note": "x"}])
    op.execute(parents.insert().values(kind="a"))
    op.execute(parents.update().values(note=sa.func.lower(parents.c.note)).where(parents.c.id.in_([1, 2])))


def downgrade():
    parents.drop(op.get_bind(), checkfirst=False)
