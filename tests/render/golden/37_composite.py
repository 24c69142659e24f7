"""Composite keys and autoincrement"""
from alembic import op
import sqlalchemy as sa

revision = "37"
down_revision = "36"


def upgrade():
    op.create_table("k1", sa.Column("a", sa.Integer, primary_key=True), sa.Column("b", sa.Integer, primary_key=True))
    op.create_table("k2", sa.Column("a", sa.BigInteger, primary_key=True, autoincrement=True), sa.Column("b", sa.String, primary_key=True))
    op.create_table("k3", sa.Column("a", sa.SmallInteger), sa.PrimaryKeyConstraint("a", name="pk3"))
    op.create_table("k4", sa.Column("a", sa.Integer, sa.ForeignKey("k3.a"), primary_key=True))
    op.create_table("k5", sa.Column("a", sa.Integer, primary_key=True, autoincrement=False))
    op.create_table("k6", sa.Column("a", sa.Integer, primary_key=True, server_default="1"))
    op.create_table("k7", sa.Column("a", sa.Uuid, primary_key=True), sa.Column("b", sa.Integer, nullable=True, unique=True, index=True))


def downgrade():
    for i in range(7, 0, -1):
        op.drop_table(f"k{i}")
