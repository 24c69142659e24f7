/* Scratch databases, and pictures of a schema, on a real server. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/pg/schema.h"
#include "retort/run/scratch.h"

static PgConn *connect_to(const PgParams *params)
{
  g_autoptr(GError) error = NULL;
  PgConn *conn = pg_conn_new(params, NULL);
  cr_assert(pg_conn_connect_sync(conn, &error), "%s", error ? error->message : "");
  return conn;
}

static void tell(PgConn *conn, const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, &error);
  cr_assert(results != NULL, "%s: %s", sql, error ? error->message : "");
}

static char *ask(PgConn *conn, const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, &error);
  cr_assert(results != NULL, "%s: %s", sql, error ? error->message : "");
  return g_strdup(PQgetvalue((PGresult *)results->pdata[0], 0, 0));
}

static Scratch *make(const PgParams *params, ScratchKind kind)
{
  g_autoptr(GError) error = NULL;
  Scratch *scratch = scratch_new(params, kind, NULL, &error);
  cr_assert(scratch != NULL, "%s", error ? error->message : "");
  return scratch;
}

static GPtrArray *picture(PgConn *conn)
{
  g_autoptr(GError) error = NULL;
  SchemaIgnore ignore = {.table = "alembic_version"};
  GPtrArray *objects = schema_read_sync(conn, &ignore, &error);
  cr_assert(objects != NULL, "%s", error ? error->message : "");
  return objects;
}

static const char all_kinds[] =
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"
    "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN cents AS bigint CHECK (VALUE >= 0);"
    "CREATE TYPE pair AS (a int, b text);"
    "CREATE TABLE customers (id serial PRIMARY KEY, mood mood DEFAULT 'sad', name text COLLATE \"C\" NOT "
    "NULL);"
    "CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int REFERENCES "
    "customers, "
    "total cents, twice bigint GENERATED ALWAYS AS (total * 2) STORED, CONSTRAINT small CHECK (total < "
    "1000));"
    "CREATE TABLE parts (at date, n int) PARTITION BY RANGE (at);"
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
    "CREATE INDEX ix_total ON orders (total) WHERE total > 5; CREATE VIEW rich AS SELECT * FROM orders WHERE "
    "total > "
    "500; CREATE MATERIALIZED VIEW sums AS SELECT sum(total) FROM orders; CREATE SEQUENCE numbers CACHE 5 "
    "CYCLE;"
    "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT $1'; CREATE FUNCTION t() RETURNS trigger "
    "LANGUAGE "
    "plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER stamp BEFORE INSERT ON orders FOR EACH ROW EXECUTE "
    "FUNCTION "
    "t(); CREATE AGGREGATE agg(int) (sfunc = int4pl, stype = int); COMMENT ON TABLE orders IS 'what was "
    "sold';"
    "COMMENT ON COLUMN orders.total IS 'in cents'; CREATE POLICY own ON customers USING (name = "
    "current_user);"
    "CREATE RULE never AS ON DELETE TO customers DO INSTEAD NOTHING; CREATE STATISTICS st (dependencies) ON "
    "total, "
    "customer FROM orders; GRANT SELECT ON orders TO public";

Test(scratch, a_schema_copy_is_the_same_schema_and_is_gone_afterwards)
{
  g_autoptr(PgParams) params = pg_params_default();
  Scratch *original = make(params, SCRATCH_EMPTY);
  PgConn *conn = connect_to(scratch_params(original));
  tell(conn, all_kinds);
  tell(conn, "INSERT INTO customers (name) VALUES ('Ann')");
  g_autofree char *set =
      g_strdup_printf("ALTER DATABASE \"%s\" SET search_path TO other, public; ALTER DATABASE "
                      "\"%s\" SET work_mem TO '8MB'",
                      scratch_name(original), scratch_name(original));
  g_autoptr(PgParams) admin = pg_params_default();
  PgConn *elsewhere = connect_to(admin);
  tell(elsewhere, set);

  Scratch *copy = make(scratch_params(original), SCRATCH_SCHEMA);
  PgConn *there = connect_to(scratch_params(copy));
  g_autoptr(GPtrArray) a = picture(conn);
  tell(there, "SET search_path TO public");
  g_autoptr(GPtrArray) b = picture(there);
  g_autoptr(GPtrArray) differences = schema_compare(a, b);
  for (guint i = 0; i < differences->len; i++) {
    g_autofree char *text = schema_difference_text(differences->pdata[i]);
    cr_expect(FALSE, "%s", text);
  }
  cr_expect(a->len > 40, "%u objects", a->len);
  g_autofree char *rows = ask(there, "SELECT count(*) FROM customers");
  cr_expect(strcmp(rows, "0") == 0, "%s rows were copied", rows);
  g_autofree char *memory = ask(there, "SHOW work_mem");
  cr_expect(strcmp(memory, "8MB") == 0, "work_mem is %s", memory);
  g_autofree char *name = g_strdup(scratch_name(copy));
  pg_conn_free(there);
  scratch_free(copy);
  g_autofree char *question = g_strdup_printf("SELECT count(*) FROM pg_database WHERE datname = '%s'", name);
  g_autofree char *left = ask(elsewhere, question);
  cr_expect(strcmp(left, "0") == 0, "%s is still there", name);
  pg_conn_free(elsewhere);
  pg_conn_free(conn);
  scratch_free(original);
}

Test(scratch, a_template_needs_an_original_that_nobody_uses)
{
  g_autoptr(PgParams) params = pg_params_default();
  g_autoptr(GError) error = NULL;
  Scratch *original = make(params, SCRATCH_EMPTY);
  PgConn *conn = connect_to(scratch_params(original));
  tell(conn, "CREATE TABLE t AS SELECT 7 AS n");
  g_autoptr(Scratch) refused = scratch_copy(original, NULL, &error);
  cr_expect(refused == NULL && error != NULL && strstr(error->message, "connected") != NULL, "%s",
            error ? error->message : "it was copied");
  pg_conn_free(conn);
  Scratch *copy = NULL;
  /* The server notices a moment later that we left. */
  for (guint i = 0; copy == NULL && i < 1000; i++)
    copy = scratch_copy(original, NULL, NULL);
  cr_assert(copy != NULL, "it is copied");
  PgConn *there = connect_to(scratch_params(copy));
  g_autofree char *n = ask(there, "SELECT n FROM t");
  cr_expect(strcmp(n, "7") == 0, "n is %s", n);
  pg_conn_free(there);
  scratch_free(copy);
  scratch_free(original);
}

Test(scratch, differences_have_names)
{
  static const struct {
    const char *sql, *want; /* change, kind, name of each difference */
  } cases[] = {
      {"ALTER TABLE orders ADD COLUMN note text", "+column public.orders.note "},
      {"ALTER TABLE orders DROP CONSTRAINT small", "-constraint public.orders.small "},
      {"DROP TABLE customers CASCADE",
       "-constraint public.orders.orders_customer_fkey -table public.customers "},
      {"ALTER TYPE mood ADD VALUE 'mad'", "~type public.mood "},
      {"COMMENT ON COLUMN orders.total IS NULL", "-comment table column public.orders.total "},
      {"DROP INDEX ix_total; CREATE INDEX ix_total ON orders (total)", "~index public.ix_total "},
      {"ALTER SEQUENCE numbers NO CYCLE", "~sequence public.numbers "},
      {"CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 1'",
       "~function public.f(integer) "},
      {"CREATE TABLE more (id serial PRIMARY KEY); CREATE INDEX ON more (id)", "+table public.more "},
      {"ALTER TABLE customers ALTER COLUMN mood SET DEFAULT 'glad'", "~column public.customers.mood "},
      {"ALTER TABLE customers DROP COLUMN mood, ADD COLUMN mood mood DEFAULT 'sad'",
       "~column order public.customers(minor) "},
      {"REVOKE SELECT ON orders FROM public", "~privileges public.orders "},
      {"CREATE SCHEMA sales", "+schema sales "},
      {"ALTER TABLE customers ENABLE ROW LEVEL SECURITY", "~table public.customers "},
  };
  g_autoptr(PgParams) params = pg_params_default();
  Scratch *scratch = make(params, SCRATCH_EMPTY);
  PgConn *conn = connect_to(scratch_params(scratch));
  tell(conn, all_kinds);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) a = picture(conn);
    tell(conn, "BEGIN");
    tell(conn, cases[i].sql);
    g_autoptr(GPtrArray) b = picture(conn);
    tell(conn, "ROLLBACK");
    g_autoptr(GPtrArray) differences = schema_compare(a, b);
    g_autoptr(GString) got = g_string_new(NULL);
    for (guint k = 0; k < differences->len; k++) {
      const SchemaDifference *d = differences->pdata[k];
      g_string_append_printf(got, "%c%s %s%s ", "+-~"[d->change], d -> kind, d -> name,
                             d -> minor ? "(minor)" : "");
    }
    cr_expect(strcmp(got->str, cases[i].want) == 0, "%s: \"%s\", want \"%s\"", cases[i].sql, got->str,
              cases[i].want);
  }
  pg_conn_free(conn);
  scratch_free(scratch);
}
