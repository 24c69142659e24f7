"""stock: warehouses"""
from alembic import op
import sqlalchemy as sa

revision = "1c0000000003"
down_revision = '1b0000000002'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade():
    op.drop_column("orders", "note")
