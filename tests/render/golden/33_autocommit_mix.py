"""Autocommit blocks, empty and adjacent"""
from alembic import op

revision = "33"
down_revision = "32"


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE mood ADD VALUE 'meh'")
    with op.get_context().autocommit_block():
        pass
    op.execute("SELECT 1")
    with op.get_context().autocommit_block():
        op.execute("VACUUM t")


def downgrade():
    pass
