"""data: normalise country codes

Revision ID: a04d8e2b71c9
Revises: 9b27c4d1f6a3
Create Date: 2025-11-05 08:22:13.847720+00:00

"""
from alembic import op
import sqlalchemy as sa

revision = 'a04d8e2b71c9'
down_revision = '9b27c4d1f6a3'
branch_labels = None
depends_on = None

CODES = {"germany": "DE", "deutschland": "DE", "france": "FR", "netherlands": "NL", "the netherlands": "NL"}


def upgrade():
    for spelling, code in CODES.items():
        update = sa.text("UPDATE customers SET country = :code WHERE lower(country) = :spelling")
        op.execute(update.bindparams(code=code, spelling=spelling))
    op.alter_column("customers", "country", existing_type=sa.String(60), type_=sa.String(2))


def downgrade():
    op.alter_column("customers", "country", existing_type=sa.String(2), type_=sa.String(60))
