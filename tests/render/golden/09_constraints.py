"""Constraints by themselves"""
from alembic import op
import sqlalchemy as sa

revision = "9c"
down_revision = "8b"


def upgrade():
    op.create_primary_key("pk_x", "x", ["id", "Version"])
    op.create_unique_constraint("uq_x", "x", ["a", "b"], schema="s", deferrable=True, initially="DEFERRED")
    op.create_check_constraint("ck_x", "x", "a > b", postgresql_not_valid=True)
    op.create_check_constraint("ck_y", "x", sa.column("kind").in_(["p", "q"]))
    op.create_foreign_key("fk_x_y", "x", "y", ["y_id"], ["id"], ondelete="CASCADE", onupdate="NO ACTION", match="FULL")
    op.create_foreign_key(None, "x", "x", ["p"], ["id"], source_schema="s", referent_schema="s")
    op.create_exclude_constraint("ex_x", "x", ("during", "&&"), ("room", "="), using="gist", where="room > 0")
    op.execute("ALTER TABLE x VALIDATE CONSTRAINT ck_x")


def downgrade():
    op.drop_constraint("ex_x", "x")
    op.drop_constraint("fk_x_y", "x", type_="foreignkey")
    op.drop_constraint("ck_x", "x", type_="check", if_exists=True)
    op.drop_constraint("uq_x", "x", type_="unique", schema="s")
    op.drop_constraint("pk_x", "x", "primary")
