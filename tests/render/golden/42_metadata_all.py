"""Tables of a MetaData, created and dropped as a whole, and sequences of columns."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "42"
down_revision = "41"

metadata = sa.MetaData()
state = sa.Enum("new", "done", name="state")
sa.Table(
    "step",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("parent_id", sa.Integer, sa.ForeignKey("step.id")),
    sa.Column("job_id", sa.Integer, sa.ForeignKey("job.id", ondelete="CASCADE"), index=True),
    sa.Column("state", state),
    comment="what a job consists of",
)
sa.Table(
    "job",
    metadata,
    sa.Column("id", sa.Integer, sa.Sequence("job_seq"), primary_key=True),
    sa.Column("owner", sa.Integer),
    sa.Column("states", postgresql.ARRAY(state)),
    sa.ForeignKeyConstraint(["owner"], ["people.person.id"]),
)
sa.Table("person", metadata, sa.Column("id", sa.BigInteger, primary_key=True), schema="people")
sa.Table("alone", metadata, sa.Column("kind", postgresql.ENUM("a", name="kind", create_type=False)))

others = sa.MetaData(schema="other")
sa.Sequence("own", metadata=others, start=5)
sa.Table("b", others, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("a", others, sa.Column("id", sa.Integer, sa.ForeignKey("other.b.id")), sa.Column("o", sa.Integer, sa.Sequence("opt", optional=True)))


def upgrade():
    metadata.create_all(op.get_bind())
    others.create_all(bind=op.get_bind(), checkfirst=False)
    op.execute("-- " + ", ".join(table.fullname for table in metadata.sorted_tables))


def downgrade():
    metadata.drop_all(op.get_bind(), tables=[metadata.tables["alone"]])
    others.drop_all(op.get_bind())
    for table in reversed(metadata.sorted_tables):
        table.drop(op.get_bind(), checkfirst=False)
    metadata.drop_all(op.get_bind())
