import sqlalchemy as sa

from alembic import op

revision = '9c09c0ffee09'
down_revision = '8b08c0ffee08'
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
