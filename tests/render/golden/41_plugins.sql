CREATE EXTENSION "citext" WITH SCHEMA "public";;

CREATE FUNCTION "public"."order_total"(order_id bigint, tax numeric DEFAULT 0.19) returns numeric language plpgsql as $$
    declare sum numeric := 0;
    begin
      select sum(price::numeric) into sum from lines where lines.order_id = $1 and note <> ':none';
      return sum * (1 + tax);
    end $$;

CREATE FUNCTION "shop"."up"(a text) returns text as $$ select upper(a) || ':' || a::text $$ language sql;

CREATE TRIGGER "touch" BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();

CREATE VIEW "shop"."open_orders" AS select * from orders where state = 'open';;

CREATE MATERIALIZED VIEW "shop"."totals" AS select customer_id, sum(total) from orders group by 1 WITH NO DATA;;

CREATE POLICY own on shop.orders for select using (owner = current_user);

GRANT SELECT ( id, total ) ON "shop"."orders" TO "reports"  WITH GRANT OPTION;

CREATE OR REPLACE FUNCTION "shop"."up"(a text) returns text as $$ select upper(a) || ':' || a::text $$ language sql;

DROP TRIGGER IF EXISTS "touch" ON shop.orders;;

CREATE TRIGGER "touch" BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();

do $$
            begin
                CREATE OR REPLACE VIEW "shop"."open_orders" AS select * from orders where state = 'open';

            exception when others then
                DROP VIEW IF EXISTS "shop"."open_orders";

                CREATE VIEW "shop"."open_orders" AS select * from orders where state = 'open';
            end;
        $$ language 'plpgsql';

DROP MATERIALIZED VIEW IF EXISTS "shop"."totals";;

CREATE MATERIALIZED VIEW "shop"."totals" AS select customer_id, sum(total) from orders group by 1 WITH NO DATA;

DROP POLICY IF EXISTS own on shop.orders;;

CREATE POLICY own on shop.orders for select using (owner = current_user);;

REVOKE SELECT ON "shop"."orders" FROM "reports";

GRANT SELECT ( id, total ) ON "shop"."orders" TO "reports"  WITH GRANT OPTION;

ALTER TYPE "shop"."state" RENAME TO state_old;

CREATE TYPE "shop"."state" AS ENUM('open', 'paid', 'sent');

CREATE FUNCTION new_old_not_equals(
                new_enum_val "shop"."state", old_enum_val "shop"."state_old"
            )
            RETURNS boolean AS $$
                SELECT new_enum_val::text != CASE
                    WHEN old_enum_val::text = 'new' THEN 'open'

                    ELSE old_enum_val::text
                END;
            $$ LANGUAGE SQL IMMUTABLE;

CREATE OPERATOR != (
            leftarg = "shop"."state",
            rightarg = "shop"."state_old",
            procedure = new_old_not_equals
        );

CREATE FUNCTION new_old_equals(
                new_enum_val "shop"."state", old_enum_val "shop"."state_old"
            )
            RETURNS boolean AS $$
                SELECT new_enum_val::text = CASE
                    WHEN old_enum_val::text = 'new' THEN 'open'

                    ELSE old_enum_val::text
                END;
            $$ LANGUAGE SQL IMMUTABLE;

CREATE OPERATOR = (
            leftarg = "shop"."state",
            rightarg = "shop"."state_old",
            procedure = new_old_equals
        );

ALTER TABLE "shop"."orders"
             ALTER COLUMN "state" DROP DEFAULT;

ALTER TABLE "shop"."orders" 
                ALTER COLUMN "state" TYPE "shop"."state" 
                USING CASE 
                WHEN "state"::text = 'new' THEN 'open'::"shop"."state"

                ELSE "state"::text::"shop"."state"
                END;

ALTER TABLE "shop"."orders"
            ALTER COLUMN "state" SET DEFAULT 'open'::shop.state;

ALTER TABLE "shop"."orders" 
            ALTER COLUMN "history" TYPE "shop"."state"[]
            USING array_replace("history"::text[], 'new', 'open')::"shop"."state"[];

DROP FUNCTION new_old_not_equals(
            new_enum_val "shop"."state", old_enum_val "shop"."state_old"
        ) CASCADE;

DROP FUNCTION new_old_equals(
            new_enum_val "shop"."state", old_enum_val "shop"."state_old"
        ) CASCADE;

DROP TYPE "shop"."state_old";

ALTER TYPE "shop"."kind" RENAME TO kind_old;

CREATE TYPE "shop"."kind" AS ENUM('a', 'b');

CREATE FUNCTION new_old_not_equals(
                new_enum_val "shop"."kind", old_enum_val "shop"."kind_old"
            )
            RETURNS boolean AS $$
                SELECT new_enum_val::text != old_enum_val::text;
            $$ LANGUAGE SQL IMMUTABLE;

CREATE OPERATOR != (
            leftarg = "shop"."kind",
            rightarg = "shop"."kind_old",
            procedure = new_old_not_equals
        );

CREATE FUNCTION new_old_equals(
                new_enum_val "shop"."kind", old_enum_val "shop"."kind_old"
            )
            RETURNS boolean AS $$
                SELECT new_enum_val::text = old_enum_val::text;
            $$ LANGUAGE SQL IMMUTABLE;

CREATE OPERATOR = (
            leftarg = "shop"."kind",
            rightarg = "shop"."kind_old",
            procedure = new_old_equals
        );

ALTER TABLE "shop"."lines" 
                ALTER COLUMN "kind" TYPE "shop"."kind" 
                USING "kind"::text::"shop"."kind";

DROP FUNCTION new_old_not_equals(
            new_enum_val "shop"."kind", old_enum_val "shop"."kind_old"
        ) CASCADE;

DROP FUNCTION new_old_equals(
            new_enum_val "shop"."kind", old_enum_val "shop"."kind_old"
        ) CASCADE;

DROP TYPE "shop"."kind_old";

== downgrade
REVOKE SELECT ON "shop"."orders" FROM "reports";

DROP MATERIALIZED VIEW "shop"."totals" cascade;

DROP POLICY own on shop.orders;

DROP VIEW "shop"."open_orders";

DROP TRIGGER "touch" ON shop.orders;

DROP FUNCTION "shop"."up"(a text);

DROP FUNCTION "public"."order_total"(order_id bigint, tax numeric);

DROP EXTENSION "citext";

