/* Forecasts with a catalog made by hand: sizes, proofs, who is in the way, and what the plan changes on its way. */
#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "retort/review/forecast.h"

static ReviewRelation *table(ReviewCatalog *catalog, guint id, const char *name, gint64 bytes)
{
  ReviewRelation *made = review_relation_new(id, "public", name, 'r');
  made->known = TRUE;
  made->bytes = bytes;
  made->rows = bytes / 100;
  review_catalog_add(catalog, made);
  return made;
}

static ReviewRelation *index_on(ReviewCatalog *catalog, guint id, ReviewRelation *on, const char *name,
                                const char *column)
{
  ReviewRelation *made = review_relation_new(id, "public", name, 'i');
  made->known = TRUE;
  made->bytes = on->bytes / 4;
  made->index = g_new0(ReviewIndex, 1);
  *made->index = (ReviewIndex){.table = on->id,
                               .keys = g_strsplit(column, ",", -1),
                               .mentions = g_strsplit(column, ",", -1),
                               .n_keys = 1,
                               .valid = TRUE};
  g_array_append_val(on->indexes, id);
  review_catalog_add(catalog, made);
  return made;
}

/* orders (12 GB) -> customers, with an index and a CHECK that proves `code' to be there. */
static ReviewCatalog *shop(void)
{
  ReviewCatalog *catalog = review_catalog_new(150020);
  ReviewRelation *customers = table(catalog, 1, "customers", 40 * 1000 * 1000);
  ReviewRelation *orders = table(catalog, 2, "orders", 12LL * 1000 * 1000 * 1000);
  review_relation_add_column(customers, "id", "int4", -1)->not_null = TRUE;
  review_relation_add_column(orders, "customer_id", "int4", -1);
  review_relation_add_column(orders, "code", "varchar", 24);
  review_relation_add_column(orders, "note", "text", -1);
  index_on(catalog, 3, orders, "orders_customer_idx", "customer_id");
  ReviewConstraint *key = review_relation_add_constraint(orders, "orders_fk", 'f');
  key->columns = g_strsplit("customer_id", ",", -1);
  key->referenced = customers->id;
  key->referenced_columns = g_strsplit("id", ",", -1);
  guint id = orders->id;
  g_array_append_val(customers->referenced_by, id);
  ReviewConstraint *proof = review_relation_add_constraint(orders, "orders_code", 'c');
  proof->columns = g_strsplit("code", ",", -1);
  proof->expression = g_strdup("((code IS NOT NULL) AND (length((code)::text) < 30))");
  return catalog;
}

static ForecastSession *session_with(const ReviewCatalog *catalog)
{
  ForecastSession *session = forecast_session_new(150020);
  forecast_session_use(session, catalog);
  return session;
}

static Forecast *forecast_alone(const ReviewCatalog *catalog, const char *sql)
{
  g_autoptr(ForecastSession) session = session_with(catalog);
  return forecast_statement(session, sql);
}

Test(catalog, sizes_become_durations)
{
  static const struct {
    const char *sql;
    ForecastDuration duration;
  } cases[] = {
      {"ALTER TABLE orders ADD COLUMN x int", DURATION_MOMENT},
      {"ALTER TABLE customers ALTER id TYPE bigint", DURATION_SECONDS},
      {"ALTER TABLE orders ALTER note SET NOT NULL", DURATION_SECONDS},
      {"ALTER TABLE orders ADD COLUMN x float DEFAULT random()", DURATION_MINUTES},
      {"CREATE INDEX x ON orders (note)", DURATION_MINUTES},
      {"UPDATE orders SET note = 'x'", DURATION_MINUTES},
      {"ALTER TABLE customers ADD CHECK (id > 0)", DURATION_MOMENT},
      {"ALTER TABLE elsewhere ADD CHECK (id > 0)", DURATION_UNKNOWN},
  };
  g_autoptr(ReviewCatalog) catalog = shop();
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Forecast) forecast = forecast_alone(catalog, cases[i].sql);
    cr_expect(forecast->duration == cases[i].duration, "%s: %s, expected %s", cases[i].sql,
              forecast_duration_text(forecast->duration), forecast_duration_text(cases[i].duration));
  }
}

Test(catalog, names_what_nobody_thinks_of)
{
  g_autoptr(ReviewCatalog) catalog = shop();
  g_autoptr(Forecast) dropped = forecast_alone(catalog, "ALTER TABLE orders DROP COLUMN customer_id");
  const ForecastLock *other = forecast_lock(dropped, "public.customers");
  const ForecastLock *index = forecast_lock(dropped, "public.orders_customer_idx");
  cr_assert(other != NULL && other->mode == LOCK_MODE_ACCESS_EXCLUSIVE, "the referenced table is not locked");
  cr_assert(index != NULL && index->mode == LOCK_MODE_ACCESS_EXCLUSIVE, "the index is not locked");
  cr_expect_str_eq(index->table, "public.orders");
  g_autoptr(Forecast) key = forecast_alone(catalog, "ALTER TABLE orders DROP CONSTRAINT orders_fk");
  cr_expect(forecast_lock(key, "public.customers") != NULL);
}

Test(catalog, a_proof_saves_the_scan)
{
  g_autoptr(ReviewCatalog) catalog = shop();
  g_autoptr(Forecast) proven = forecast_alone(catalog, "ALTER TABLE orders ALTER code SET NOT NULL");
  g_autoptr(Forecast) unproven = forecast_alone(catalog, "ALTER TABLE orders ALTER note SET NOT NULL");
  cr_expect(proven->scans->len == 0, "the CHECK proves it");
  cr_expect(unproven->scans->len == 1, "nothing proves it");
  g_autoptr(ForecastSession) old = forecast_session_new(110000);
  forecast_session_use(old, catalog);
  g_autoptr(Forecast) before = forecast_statement(old, "ALTER TABLE orders ALTER code SET NOT NULL");
  cr_expect(before->scans->len == 1, "11 does not look for proofs");
}

Test(catalog, the_plan_changes_what_is_known)
{
  static const struct {
    const char *sql;
    guint scans, rewrites;
  } steps[] = {
      {"ALTER TABLE orders ALTER code TYPE varchar(40)", 1, 0}, /* the CHECK is checked again */
      {"ALTER TABLE orders DROP CONSTRAINT orders_code", 0, 0},
      {"ALTER TABLE orders ALTER code TYPE varchar(60)", 0, 0},
      {"ALTER TABLE orders ALTER code SET NOT NULL", 1, 0},
      {"ALTER TABLE orders ALTER code SET NOT NULL", 0, 0}, /* it is already */
      {"ALTER TABLE orders ALTER code TYPE varchar(50)", 1, 1},
      {"ALTER TABLE orders RENAME TO purchases", 0, 0},
      {"ALTER TABLE purchases ADD COLUMN x int", 0, 0},
      {"ALTER TABLE purchases ALTER x TYPE bigint", 1, 1},
      {"DROP TABLE purchases", 0, 0},
      {"CREATE TABLE purchases (id int)", 0, 0},
      {"ALTER TABLE purchases ALTER id TYPE bigint", 0, 0}, /* new and empty */
  };
  g_autoptr(ReviewCatalog) catalog = shop();
  g_autoptr(ForecastSession) session = session_with(catalog);
  for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
    g_autoptr(Forecast) forecast = forecast_statement(session, steps[i].sql);
    cr_expect(forecast->scans->len == steps[i].scans && forecast->rewrites->len == steps[i].rewrites,
              "step %zu, %s: %u scans, %u rewrites", i, steps[i].sql, forecast->scans->len,
              forecast->rewrites->len);
  }
  const ReviewRelation *orders = review_catalog_find(catalog, "public", "orders");
  cr_assert(orders != NULL && review_relation_column(orders, "code")->typmod == 24,
            "the catalog itself has changed");
}

Test(catalog, counts_who_is_in_the_way)
{
  g_autoptr(ReviewCatalog) catalog = shop();
  ReviewRelation *orders = review_catalog_find(catalog, "public", "orders");
  ReviewUser reader = {.pid = 7, .mode = LOCK_MODE_ACCESS_SHARE, .xact_s = 30, .idle = TRUE};
  ReviewUser writer = {.pid = 8, .mode = LOCK_MODE_ROW_EXCLUSIVE, .xact_s = 5};
  g_array_append_val(orders->users, reader);
  g_array_append_val(orders->users, writer);
  g_autoptr(Forecast) all = forecast_alone(catalog, "ALTER TABLE orders ADD COLUMN x int");
  g_autoptr(Forecast) writers = forecast_alone(catalog, "CREATE INDEX x ON orders (note)");
  const ForecastLock *exclusive = forecast_lock(all, "public.orders");
  const ForecastLock *share = forecast_lock(writers, "public.orders");
  cr_expect(exclusive->users == 2 && exclusive->oldest_s == 30, "%u users", exclusive->users);
  cr_expect(share->users == 1 && share->oldest_s == 5, "%u users", share->users);
}

Test(catalog, a_lock_is_held_until_the_commit)
{
  static const char *const statements[] = {
      "ALTER TABLE customers ADD COLUMN x int",
      "ALTER TABLE orders ALTER note SET NOT NULL",
      "COMMENT ON TABLE orders IS 'x'",
  };
  g_autoptr(ReviewCatalog) catalog = shop();
  g_autoptr(ForecastSession) session = session_with(catalog);
  g_autoptr(GPtrArray) forecasts = g_ptr_array_new_with_free_func((GDestroyNotify)forecast_free);
  for (gsize i = 0; i < G_N_ELEMENTS(statements); i++)
    g_ptr_array_add(forecasts, forecast_statement(session, statements[i]));
  g_autoptr(GPtrArray) held = forecast_held(forecasts, NULL);
  cr_assert(held->len == 2, "%u locks", held->len);
  for (guint i = 0; i < held->len; i++) {
    const HeldThrough *one = g_ptr_array_index(held, i);
    gboolean first = strcmp(one->relation, "public.customers") == 0;
    cr_expect(one->from == (first ? 0 : 1) && one->until == 2, "%s: %u to %u", one->relation, one->from,
              one->until);
    cr_expect(one->behind == (first ? 1 : G_MAXUINT), "%s behind %u", one->relation, one->behind);
    cr_expect(one->duration == DURATION_SECONDS, "%s: %s", one->relation,
              forecast_duration_text(one->duration));
  }
  const gboolean outside[] = {TRUE, FALSE, FALSE};
  g_autoptr(GPtrArray) fewer = forecast_held(forecasts, outside);
  cr_expect(fewer->len == 1, "a statement of its own holds nothing");
}

Test(catalog, names_are_looked_for_in_the_search_path)
{
  g_autoptr(ReviewCatalog) catalog = shop();
  ReviewRelation *other = review_relation_new(9, "app", "orders", 'r');
  other->known = TRUE;
  review_catalog_add(catalog, other);
  g_autoptr(ForecastSession) session = session_with(catalog);
  static const struct {
    const char *sql, *relation;
  } cases[] = {
      {"ALTER TABLE orders ADD x int", "public.orders"},
      {"SET search_path = app, public; ALTER TABLE orders ADD y int", "app.orders"},
      {"ALTER TABLE customers ADD z int", "public.customers"},
      {"SET search_path TO DEFAULT; ALTER TABLE orders ADD z int", "public.orders"},
      {"ALTER TABLE app.orders ADD z int", "app.orders"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Forecast) forecast = forecast_statement(session, cases[i].sql);
    cr_expect(forecast_lock(forecast, cases[i].relation) != NULL, "%s does not lock %s", cases[i].sql,
              cases[i].relation);
  }
}
