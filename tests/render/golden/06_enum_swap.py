"""Replace an enum"""
from alembic import op
import sqlalchemy as sa

revision = "6f"
down_revision = "5e"

old_options = ("new", "paid", "shipped")
new_options = tuple(sorted(old_options + ("lost",)))

old_type = sa.Enum(*old_options, name="order_state")
new_type = sa.Enum(*new_options, name="order_state")
tmp_type = sa.Enum(*new_options, name="_order_state")

orders = sa.sql.table("orders", sa.Column("state", new_type, nullable=False))


def upgrade():
    tmp_type.create(op.get_bind(), checkfirst=False)
    op.execute("ALTER TABLE orders ALTER COLUMN state TYPE _order_state USING state::text::_order_state")
    old_type.drop(op.get_bind(), checkfirst=False)
    new_type.create(op.get_bind(), checkfirst=False)
    op.execute("ALTER TABLE orders ALTER COLUMN state TYPE order_state USING state::text::order_state")
    tmp_type.drop(op.get_bind(), checkfirst=False)


def downgrade():
    op.execute(orders.update().where(orders.c.state == "lost").values(state="paid"))
    old_type.create(op.get_bind())
