"""Names that need quotes"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

revision = "24"
down_revision = "23a"


def upgrade():
    op.create_table(
        "Order",
        sa.Column("Id", sa.Integer, primary_key=True),
        sa.Column("user", sa.Integer, sa.ForeignKey("User.Id", name="fk Order")),
        sa.Column('say "hi"', sa.Text),
        sa.Column("größe", sa.Text, comment="in cm"),
        sa.UniqueConstraint("user", 'say "hi"', name="Uq Order"),
        schema="My Shop",
    )
    op.create_index("Ix-1", "Order", ["Id", sa.text('lower("user")')], schema="My Shop")
    op.rename_table("select", "from", schema="group")
    op.add_column(quoted_name("plain", True), sa.Column(quoted_name("Mixed", False), sa.Integer))
    op.alter_column("Order", "user", new_column_name="Buyer", schema="My Shop")


def downgrade():
    op.drop_index("Ix-1", table_name="Order", schema="My Shop")
    op.drop_table("Order", schema="My Shop")
