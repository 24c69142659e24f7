"""What migrations of older projects carry along without ever needing it in --sql mode."""
import os

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.ext.mutable import MutableDict, MutableList
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.sql.ddl import CreateSchema, DropSchema

revision = "44"
down_revision = None

LENGTH = int(os.environ.get("LENGTH_OF_NAMES", "20"))
Maker = sessionmaker()
Scoped = scoped_session(sessionmaker(autoflush=False))
known = sa.MetaData()
half = sa.Table("half", known, sa.Column("id", sa.Integer), sa.Column("kind", sa.String(LENGTH)))
whole = sa.Table("whole", known, sa.Column("id", sa.Integer), sa.Column("name", sa.String(20)))
kinds = sa.Enum(str(LENGTH), name="kind")
light = sa.table("light", sa.column("a", sa.String(LENGTH)))
query = sa.select(half.c.id).where(half.c.kind == str(LENGTH))


class Flexible(sa.JSON):
    __visit_name__ = "FLEXIBLE"


@compiles(Flexible, "sqlite")
def spell_flexible(element, compiler, **kw):
    return "FLEXIBLE"


flexible = sa.JSON().with_variant(JSONB(), "postgresql").with_variant(Flexible(), "sqlite")


def upgrade():
    meta = sa.MetaData()
    meta.bind = op.get_bind()
    if op.get_bind().engine.name == "mysql":
        op.drop_table("never")
    op.execute(CreateSchema("warehouse"))
    op.create_table(
        "orders",
        sa.Column("settings", MutableDict.as_mutable(JSONB), nullable=False),
        sa.Column("tags", MutableList.as_mutable(sa.ARRAY(sa.String(8)))),
        sa.Column("extra", flexible),
    )
    op.execute(whole.update().values(name="x").where(whole.c.id == 1 and whole.c.name == "y"))
    op.execute(whole.delete().where(whole.c.id != 1 and whole.c.name == "y"))
    op.execute("INSERT INTO log (at, who) VALUES ('{0}', '{1}')".format(sa.func.now(), sa.func.current_user()))


def downgrade():
    op.alter_column("orders", "id", existing_type=mysql.INTEGER(unsigned=True), type_=sa.BigInteger())
    op.alter_column("orders", "code", type_=sa.String(9), primary_key=True, existing_type=sa.String(3))
    op.alter_column("orders", sa.Column("tags", sa.Text(), nullable=False))
    op.execute(DropSchema("warehouse", cascade=True))
