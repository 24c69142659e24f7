"""Sequences and defaults"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.schema import CreateSequence, DropSequence, Sequence

revision = "22"
down_revision = "21"


def upgrade():
    op.execute(CreateSequence(Sequence("seq_a", start=100, increment=5)))
    op.add_column("t", sa.Column("n", sa.Integer, server_default=sa.text("nextval('seq_a')"), nullable=False))
    op.alter_column("t", "m", server_default=Sequence("seq_b").next_value())
    op.alter_column("t", "i", server_default=sa.Identity(always=True), existing_server_default=None)
    op.create_table("u", sa.Column("id", sa.BigInteger, Sequence("seq_c"), primary_key=True))


def downgrade():
    op.drop_table("u")
    op.alter_column("t", "m", server_default=None)
    op.drop_column("t", "n")
    op.execute(DropSequence(Sequence("seq_a")))
