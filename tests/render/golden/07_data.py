"""Seed data"""
import datetime
import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql import column, table

revision = "7a"
down_revision = "6f"

ROLES = [
    {"id": 1, "name": "admin", "rights": {"all": True}},
    {"id": 2, "name": "o'brien", "rights": {}},
]


def upgrade():
    roles = op.create_table(
        "roles",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20)),
        sa.Column("since", sa.Date),
        sa.Column("rights", sa.Text),
    )
    op.bulk_insert(
        roles,
        [
            {"id": r["id"], "name": r["name"], "since": datetime.date(2024, 2, 29), "rights": json.dumps(r["rights"])}
            for r in ROLES
        ],
    )
    t = table("accounts", column("role_id", sa.Integer), column("email", sa.String))
    op.execute(t.update().where(t.c.email.like("%@example.org")).values(role_id=1))
    op.execute(t.update().where(t.c.role_id.is_(None)).values({"role_id": 2}))
    op.execute(sa.text("UPDATE accounts SET nick = :n WHERE email = :e").bindparams(n="boss", e="a@b.c"))


def downgrade():
    roles = sa.table("roles", sa.column("id"))
    op.execute(sa.delete(roles).where(roles.c.id.in_([1, 2])))
    op.drop_table("roles")
