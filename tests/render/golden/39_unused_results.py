"""Results nobody looks at"""
import logging

from alembic import op
import sqlalchemy as sa

revision = "39"
down_revision = "38"

logger = logging.getLogger("alembic.runtime.migration")


def upgrade():
    conn = op.get_bind()
    result = conn.execute(sa.text("UPDATE t SET a = 1"))
    logger.info("updated: %s", result)
    print("done")
    inspector = None
    op.execute("SELECT 1") if inspector is None else None


def downgrade():
    op.get_bind().execute(sa.text("UPDATE t SET a = 0"))
