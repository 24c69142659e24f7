"""alembic_utils and alembic_postgresql_enum."""
from alembic import op
from alembic_postgresql_enum import ColumnType, TableReference
from alembic_utils.pg_extension import PGExtension
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_grant_table import PGGrantTable, PGGrantTableChoice
from alembic_utils.pg_materialized_view import PGMaterializedView
from alembic_utils.pg_policy import PGPolicy
from alembic_utils.pg_trigger import PGTrigger
from alembic_utils.pg_view import PGView

revision = "40"
down_revision = None

EXTENSION = PGExtension(schema="public", signature="citext")
TOTAL = PGFunction(
    schema="public",
    signature="order_total(order_id bigint, tax numeric DEFAULT 0.19)",
    definition="""returns numeric language plpgsql as $$
    declare sum numeric := 0;
    begin
      select sum(price::numeric) into sum from lines where lines.order_id = $1 and note <> ':none';
      return sum * (1 + tax);
    end $$;""",
)
UPPER = PGFunction("shop", "up(a text)", "returns text as $$ select upper(a) || ':' || a::text $$ language sql")
TOUCH = PGTrigger(
    schema="shop",
    signature="touch",
    on_entity="shop.orders",
    definition="BEFORE UPDATE ON orders\n  FOR EACH ROW EXECUTE FUNCTION shop.touch()",
)
OPEN = PGView(schema="shop", signature="open_orders", definition="select * from orders where state = 'open';")
TOTALS = PGMaterializedView("shop", "totals", "select customer_id, sum(total) from orders group by 1", with_data=False)
OWN = PGPolicy(schema="shop", signature="own", on_entity="shop.orders", definition="for select using (owner = current_user)")
READ = PGGrantTable(
    schema="shop", table="orders", columns=["total", "id"], role="reports", grant=PGGrantTableChoice.SELECT, with_grant_option=True
)


def upgrade():
    for entity in (EXTENSION, TOTAL, UPPER, TOUCH, OPEN, TOTALS, OWN, READ):
        op.create_entity(entity)
    for entity in (UPPER, TOUCH, OPEN, TOTALS, OWN, READ):
        op.replace_entity(entity)
    op.sync_enum_values(
        enum_schema="shop",
        enum_name="state",
        new_values=["open", "paid", "sent"],
        affected_columns=[
            TableReference("orders", "state", table_schema="shop", existing_server_default="'new'::state"),
            TableReference("orders", "history", "shop", column_type=ColumnType.ARRAY),
        ],
        enum_values_to_rename=[("new", "open")],
    )
    op.sync_enum_values("shop", "kind", ["a", "b"], [TableReference(table_name="lines", column_name="kind")])


def downgrade():
    op.drop_entity(READ)
    op.drop_entity(TOTALS, cascade=True)
    for entity in (OWN, OPEN, TOUCH, UPPER, TOTAL, EXTENSION):
        op.drop_entity(entity)
