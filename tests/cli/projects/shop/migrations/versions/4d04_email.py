"""unique e-mail
in two lines

Revision ID: 4d04c0ffee04
Revises: 2b02c0ffee02
Create Date: 2024-03-01 10:00:00.000000

"""
import sqlalchemy as sa

from alembic import op

revision = '4d04c0ffee04'
down_revision = '2b02c0ffee02'
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("ux_users_email", "users", ["email"], unique=True, postgresql_concurrently=True)


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ux_users_email", postgresql_concurrently=True)
