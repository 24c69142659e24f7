"""Privileges, extensions, views"""
from alembic import op

revision = "36"
down_revision = "35"

VIEW = "active_users"


def upgrade():
    op.execute("CREATE EXTENSION IF NOT EXISTS citext")
    op.execute(f"CREATE VIEW {VIEW} AS SELECT * FROM users WHERE active")
    for role in {"reader": "SELECT", "writer": "INSERT, UPDATE"}.items():
        op.execute("GRANT %s ON %s TO %s" % (role[1], VIEW, role[0]))
    op.execute("CREATE MATERIALIZED VIEW mv AS SELECT count(*) FROM users WITH NO DATA")


def downgrade():
    op.execute("DROP MATERIALIZED VIEW mv")
    op.execute(f"DROP VIEW {VIEW}")
    op.execute("DROP EXTENSION citext")
