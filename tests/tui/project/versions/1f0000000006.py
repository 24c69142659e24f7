"""customers: phone"""
from alembic import op
import sqlalchemy as sa

revision = "1f0000000006"
down_revision = '1e0000000005'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("customers", sa.Column("phone", sa.Text()))


def downgrade():
    op.drop_column("customers", "phone")
