"""Types of the migration's own"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.types import CHAR, TypeDecorator, UserDefinedType

revision = "28"
down_revision = "27"


class GUID(TypeDecorator):
    impl = CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(UUID())
        return dialect.type_descriptor(CHAR(32))


class ShortText(TypeDecorator):
    impl = sa.String(40)
    cache_ok = True


class LTree(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return "LTREE"


def upgrade():
    op.create_table("own", sa.Column("id", GUID(), primary_key=True), sa.Column("s", ShortText), sa.Column("p", LTree()))
    op.alter_column("own", "s", type_=ShortText(), existing_type=sa.Text())


def downgrade():
    op.drop_table("own")
