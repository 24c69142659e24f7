/* Forecasts against a real server: every form of reality.forms is run, and what it locked, rewrote, read and rebuilt
 * is compared with what was forecast.
 *
 * A form runs in a transaction that is rolled back.  A second session reads pg_locks meanwhile; files (relfilenode) and
 * rows read by sequential scans are compared with before.  Forms that a transaction refuses are stopped halfway by a
 * lock of a third session, looked at, and let go.
 *
 * REALITY_FORM=TEXT runs only the forms with TEXT in them; REALITY_SHOW=1 prints what happened; REALITY_NAMED=1 loads
 * the catalog for each form anew, for the relations it names only.
 */
#include <criterion/criterion.h>
#include <glib.h>
#include <libpq-fe.h>
#include <string.h>

#include "retort/pg/conn.h"
#include "retort/review/forecast.h"

#define FEWEST_FORMS 250

/* ---- the file ---- */

typedef struct {
  guint line;
  int first, last; /* major versions */
  char *sql;
  char *blocker; /* what another session holds meanwhile, or NULL */
  GPtrArray *setup;
  gboolean outside; /* a transaction refuses it */
  gboolean unknown; /* the forecast has to say so */
} Form;

static void form_free(void *data)
{
  Form *form = data;
  g_free(form->sql);
  g_free(form->blocker);
  g_ptr_array_unref(form->setup);
  g_free(form);
}

static Form *form_new(guint line)
{
  Form *form = g_new0(Form, 1);
  form->line = line;
  form->last = 99;
  form->setup = g_ptr_array_new_with_free_func(g_free);
  return form;
}

/* "[12-14] ", "[15+] ": the versions that know the form; returns what follows. */
static const char *read_versions(Form *form, const char *text)
{
  if (*text != '[')
    return text;
  char *end;
  form->first = (int)strtol(text + 1, &end, 10);
  form->last = *end == '-' ? (int)strtol(end + 1, &end, 10) : *end == '+' ? 99 : form->first;
  return strchr(end, ']') + 2;
}

static GPtrArray *read_forms(void)
{
  const char *srcdir = g_getenv("srcdir");
  g_autofree char *path = g_build_filename(srcdir ? srcdir : ".", "tests/review/reality.forms", NULL);
  g_autofree char *text = NULL;
  cr_assert(g_file_get_contents(path, &text, NULL, NULL), "%s", path);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  GPtrArray *forms = g_ptr_array_new_with_free_func(form_free);
  Form *next = form_new(0);
  for (guint i = 0; lines[i]; i++) {
    const char *line = lines[i];
    if (*line == '\0' || *line == '#')
      continue;
    if (*line == '+') {
      g_ptr_array_add(next->setup, g_strdup(line + 2));
    } else if (*line == '^') {
      next->blocker = g_strdup(line + 2);
    } else {
      next->line = i + 1;
      line = read_versions(next, line);
      next->outside = *line == '!';
      next->unknown = *line == '?';
      next->sql = g_strdup(next->outside || next->unknown ? line + 2 : line);
      g_ptr_array_add(forms, next);
      next = form_new(0);
    }
  }
  form_free(next);
  return forms;
}

/* ---- the server ---- */

/* Every form finds the schema as reality_base.sql makes it: once, in a database that the others are copies of.  A copy
 * has the same OIDs, so that the catalog of the first is that of all. */
typedef struct {
  PGconn *admin, *work, *look, *block;
  PgConn *catalog_conn;
  ReviewCatalog *base_catalog;
  ReviewCatalog *catalog; /* after a form's setup */
  int version;
  gboolean dirty; /* no longer as reality_base.sql left it */
} Bench;

static void run(PGconn *conn, const char *sql)
{
  PGresult *result = PQexec(conn, sql);
  ExecStatusType status = PQresultStatus(result);
  cr_assert(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s\n%s", sql, PQerrorMessage(conn));
  PQclear(result);
}

static PGresult *ask(PGconn *conn, const char *sql)
{
  PGresult *result = PQexec(conn, sql);
  cr_assert(PQresultStatus(result) == PGRES_TUPLES_OK, "%s\n%s", sql, PQerrorMessage(conn));
  return result;
}

static PGconn *open_session(const char *database)
{
  g_autofree char *params = g_strdup_printf("dbname=%s", database);
  PGconn *conn = PQconnectdb(params);
  cr_assert(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
  /* The tables are small, but the plans shall be those of large ones: an index that helps is used. */
  run(conn, "SET client_min_messages = error; SET TimeZone = 'UTC'; SET random_page_cost = 1; "
            "SET enable_mergejoin = off");
  return conn;
}

static ReviewCatalog *load_catalog(const Bench *bench, const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) statements = g_ptr_array_new();
  g_ptr_array_add(statements, (char *)sql);
  ReviewCatalog *catalog = review_catalog_load_sync(bench->catalog_conn, sql ? statements : NULL, &error);
  cr_assert(catalog != NULL, "%s", error ? error->message : "");
  return catalog;
}

static void close_sessions(Bench *bench)
{
  g_clear_pointer(&bench->work, PQfinish);
  g_clear_pointer(&bench->look, PQfinish);
  g_clear_pointer(&bench->block, PQfinish);
  g_clear_pointer(&bench->catalog_conn, pg_conn_free);
}

static void open_copy(Bench *bench)
{
  g_autoptr(GError) error = NULL;
  close_sessions(bench);
  run(bench->admin, "DROP DATABASE IF EXISTS reality");
  run(bench->admin, "CREATE DATABASE reality TEMPLATE reality_base");
  bench->work = open_session("reality");
  bench->look = open_session("reality");
  bench->block = open_session("reality");
  g_setenv("PGDATABASE", "reality", TRUE);
  g_autoptr(PgParams) params = pg_params_default();
  bench->catalog_conn = pg_conn_new(params, &(PgConnOptions){.options = "-c TimeZone=UTC"});
  cr_assert(pg_conn_connect_sync(bench->catalog_conn, &error), "%s", error ? error->message : "");
  bench->dirty = FALSE;
}

static void build_base(const Bench *bench)
{
  const char *srcdir = g_getenv("srcdir");
  g_autofree char *path = g_build_filename(srcdir ? srcdir : ".", "tests/review/reality_base.sql", NULL);
  g_autofree char *sql = NULL;
  cr_assert(g_file_get_contents(path, &sql, NULL, NULL), "%s", path);
  if (bench->version < 12) { /* it knows no generated columns */
    g_auto(GStrv) parts = g_strsplit(sql, " GENERATED ALWAYS AS (depth * 2) STORED", 2);
    g_free(sql);
    sql = g_strjoinv("", parts);
  }
  run(bench->admin, "CREATE ROLE clerk");
  run(bench->admin, "CREATE DATABASE reality_base");
  PGconn *conn = open_session("reality_base");
  run(conn, sql);
  PQfinish(conn);
}

static Bench bench_new(void)
{
  Bench bench = {.admin = open_session("postgres")};
  bench.version = PQserverVersion(bench.admin) / 10000;
  build_base(&bench);
  open_copy(&bench);
  bench.base_catalog = load_catalog(&bench, NULL);
  return bench;
}

static void bench_clear(Bench *bench)
{
  close_sessions(bench);
  PQfinish(bench->admin);
  review_catalog_unref(bench->catalog);
  review_catalog_unref(bench->base_catalog);
}

/* ---- what happens ---- */

typedef struct {
  guint oid;
  char *name;
  char kind;
  guint file;
  gint64 read; /* rows read by sequential scans so far */
  LockMode mode;
} Seen;

static void seen_free(void *data)
{
  Seen *seen = data;
  g_free(seen->name);
  g_free(seen);
}

static const char relations_sql[] =
    "SELECT c.oid, n.nspname || '.' || c.relname, c.relkind, c.relfilenode FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind <> 't' "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_temp'";

static guint number(const PGresult *result, int row, int column)
{
  return (guint)strtoul(PQgetvalue(result, row, column), NULL, 10);
}

static GPtrArray *see_relations(PGconn *conn)
{
  GPtrArray *all = g_ptr_array_new_with_free_func(seen_free);
  PGresult *result = ask(conn, relations_sql);
  for (int i = 0; i < PQntuples(result); i++) {
    Seen *seen = g_new0(Seen, 1);
    seen->oid = number(result, i, 0);
    seen->name = g_strdup(PQgetvalue(result, i, 1));
    seen->kind = *PQgetvalue(result, i, 2);
    seen->file = number(result, i, 3);
    g_ptr_array_add(all, seen);
  }
  PQclear(result);
  return all;
}

static Seen *seen_by_oid(const GPtrArray *all, guint oid)
{
  for (guint i = 0; i < all->len; i++)
    if (((Seen *)all->pdata[i])->oid == oid)
      return all->pdata[i];
  return NULL;
}

static Seen *seen_by_name(const GPtrArray *all, const char *name)
{
  for (guint i = 0; i < all->len; i++)
    if (strcmp(((Seen *)all->pdata[i])->name, name) == 0)
      return all->pdata[i];
  return NULL;
}

/* Rows read since before; the difference goes to `read' when before is given. */
static void see_scans(PGconn *conn, const char *view, GPtrArray *all, gboolean after)
{
  g_autofree char *sql = g_strdup_printf("SELECT relid, seq_tup_read FROM %s", view);
  PGresult *result = ask(conn, sql);
  g_autofree gboolean *present = g_new0(gboolean, all->len);
  for (int i = 0; i < PQntuples(result); i++) {
    guint at;
    Seen *seen = seen_by_oid(all, number(result, i, 0));
    gint64 read = g_ascii_strtoll(PQgetvalue(result, i, 1), NULL, 10);
    if (!seen)
      continue;
    seen->read = after ? read - seen->read : read;
    present[g_ptr_array_find(all, seen, &at) ? at : 0] = TRUE;
  }
  /* What was dropped meanwhile counts nothing any more. */
  for (guint i = 0; i < all->len; i++)
    if (!present[i])
      ((Seen *)all->pdata[i])->read = 0;
  PQclear(result);
}

static void see_locks(Bench *bench, GPtrArray *all)
{
  g_autofree char *sql =
      g_strdup_printf("SELECT relation, mode FROM pg_locks WHERE pid = %d AND locktype = 'relation'",
                      PQbackendPID(bench->work));
  PGresult *result = ask(bench->look, sql);
  for (int i = 0; i < PQntuples(result); i++) {
    Seen *seen = seen_by_oid(all, number(result, i, 0));
    if (seen)
      seen->mode = MAX(seen->mode, lock_mode_from_pg(PQgetvalue(result, i, 1)));
  }
  PQclear(result);
}

/* ---- both as text ---- */

static int compare_text(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void append_sorted(GString *out, const char *title, GPtrArray *names)
{
  g_ptr_array_sort(names, compare_text);
  g_string_append(out, title);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf(out, " %s", (const char *)names->pdata[i]);
  g_ptr_array_set_size(names, 0);
}

static char *lock_text(const char *relation, LockMode mode)
{
  static const char *const names[] = {"-", "AS", "RS", "RX", "SUX", "S", "SRX", "X", "AX"};
  return g_strdup_printf("%s:%s", forecast_display(relation), names[mode]);
}

static char *reality_text(const GPtrArray *before, const GPtrArray *after, gboolean scans)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < before->len; i++) {
    const Seen *seen = before->pdata[i];
    if (seen->mode != LOCK_MODE_NONE)
      g_ptr_array_add(names, lock_text(seen->name, seen->mode));
  }
  append_sorted(out, "locks", names);
  for (int indexes = 0; indexes < 2; indexes++) {
    for (guint i = 0; i < before->len; i++) {
      const Seen *seen = before->pdata[i];
      const Seen *now = seen_by_oid(after, seen->oid);
      if (!now && indexes)
        now = seen_by_name(after, seen->name);
      if ((seen->kind == 'i') == (indexes == 1) && now && now->file != seen->file)
        g_ptr_array_add(names, g_strdup(forecast_display(seen->name)));
    }
    append_sorted(out, indexes ? " | rebuilds" : " | rewrites", names);
  }
  for (guint i = 0; i < before->len && scans; i++) {
    const Seen *seen = before->pdata[i];
    if (seen->read > 0)
      g_ptr_array_add(names, g_strdup(forecast_display(seen->name)));
  }
  if (scans)
    append_sorted(out, " | scans", names);
  return g_string_free(out, FALSE);
}

static void add_displayed(GPtrArray *names, const GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add(names, g_strdup(forecast_display(from->pdata[i])));
}

static char *forecast_text(const Forecast *forecast, gboolean scans)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = forecast->locks->pdata[i];
    if (!lock->is_new)
      g_ptr_array_add(names, lock_text(lock->relation, lock->mode));
  }
  append_sorted(out, "locks", names);
  add_displayed(names, forecast->rewrites);
  append_sorted(out, " | rewrites", names);
  add_displayed(names, forecast->rebuilds);
  append_sorted(out, " | rebuilds", names);
  add_displayed(names, forecast->scans);
  if (scans)
    append_sorted(out, " | scans", names);
  return g_string_free(out, FALSE);
}

/* ---- one form ---- */

static char *run_inside(Bench *bench, const Form *form, GPtrArray *before, char **failure)
{
  run(bench->work, "BEGIN");
  see_scans(bench->work, "pg_stat_xact_user_tables", before, FALSE);
  PGresult *result = PQexec(bench->work, form->sql);
  ExecStatusType status = PQresultStatus(result);
  PQclear(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    *failure = g_strdup(PQerrorMessage(bench->work));
    run(bench->work, "ROLLBACK");
    return NULL;
  }
  see_locks(bench, before);
  see_scans(bench->work, "pg_stat_xact_user_tables", before, TRUE);
  g_autoptr(GPtrArray) after = see_relations(bench->work);
  run(bench->work, "ROLLBACK");
  return reality_text(before, after, TRUE);
}

static gboolean is_waiting(Bench *bench)
{
  g_autofree char *sql =
      g_strdup_printf("SELECT 1 FROM pg_locks WHERE pid = %d AND NOT granted", PQbackendPID(bench->work));
  PGresult *result = ask(bench->look, sql);
  gboolean waiting = PQntuples(result) > 0;
  PQclear(result);
  return waiting;
}

static gboolean is_done(PGconn *conn)
{
  PQconsumeInput(conn);
  return !PQisBusy(conn);
}

static gboolean refused_inside(Bench *bench, const char *sql)
{
  run(bench->work, "BEGIN");
  PGresult *result = PQexec(bench->work, sql);
  gboolean refused = g_strcmp0(PQresultErrorField(result, PG_DIAG_SQLSTATE), "25001") == 0;
  PQclear(result);
  run(bench->work, "ROLLBACK");
  return refused;
}

/* Stopped by the third session's lock, looked at, let go. */
static char *run_outside(Bench *bench, const Form *form, GPtrArray *before, char **failure)
{
  if (!refused_inside(bench, form->sql)) {
    *failure = g_strdup("a transaction does not refuse it");
    return NULL;
  }
  if (form->blocker) {
    run(bench->block, "BEGIN");
    run(bench->block, form->blocker);
  }
  PQsendQuery(bench->work, form->sql);
  while (form->blocker && !is_waiting(bench) && !is_done(bench->work))
    see_locks(bench, before);
  see_locks(bench, before);
  if (form->blocker)
    run(bench->block, "ROLLBACK");
  PGresult *result;
  while ((result = PQgetResult(bench->work))) {
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
      *failure = g_strdup(PQerrorMessage(bench->work));
    PQclear(result);
  }
  bench->dirty = TRUE;
  if (*failure)
    return NULL;
  g_autoptr(GPtrArray) after = see_relations(bench->look);
  return reality_text(before, after, FALSE);
}

static void check_unknown(const Form *form, const Forecast *forecast)
{
  cr_expect(forecast->unknown != NULL, "reality.forms:%u: %s\n  is not reported as unknown", form->line,
            form->sql);
}

/* What a session has looked up before, such as the bounds of partitions, it does not lock again: forms that use rows
 * have a new one. */
static gboolean uses_rows(const char *sql)
{
  return g_regex_match_simple(
      "^(SELECT|INSERT|UPDATE|DELETE|MERGE|COPY|WITH|TABLE|TRUNCATE|EXPLAIN)|\\bAS\\b", sql, 0, 0);
}

static gboolean check_form(Bench *bench, const Form *form)
{
  g_autoptr(ForecastSession) session = forecast_session_new(PQserverVersion(bench->work));
  if (bench->dirty)
    open_copy(bench);
  for (guint i = 0; i < form->setup->len; i++)
    run(bench->work, form->setup->pdata[i]);
  if (uses_rows(form->sql)) {
    PQfinish(bench->work);
    bench->work = open_session("reality");
  }
  gboolean named = g_getenv("REALITY_NAMED") != NULL;
  bench->dirty |= form->setup->len > 0;
  if (bench->dirty || named) {
    review_catalog_unref(bench->catalog);
    bench->catalog = load_catalog(bench, named ? form->sql : NULL);
  }
  forecast_session_use(session, bench->dirty || named ? bench->catalog : bench->base_catalog);
  g_autoptr(Forecast) forecast = forecast_statement(session, form->sql);
  if (form->unknown) {
    check_unknown(form, forecast);
    return TRUE;
  }
  g_autoptr(GPtrArray) before = see_relations(bench->look);
  g_autofree char *failure = NULL;
  g_autofree char *real = (form->outside ? run_outside : run_inside)(bench, form, before, &failure);
  g_autofree char *expected = forecast_text(forecast, !form->outside);
  gboolean equal =
      real && strcmp(real, expected) == 0 && !forecast->unknown && forecast->no_transaction == form->outside;
  cr_expect(equal, "reality.forms:%u: %s\n  happens  %s\n  forecast %s%s%s%s", form->line, form->sql,
            real ? real : failure, expected, forecast->unknown ? " | unknown: " : "",
            forecast->unknown ? forecast->unknown : "", forecast->no_transaction ? " | no transaction" : "");
  if (g_getenv("REALITY_SHOW"))
    g_printerr("%s\n  %s\n", form->sql, real ? real : failure);
  return equal;
}

Test(reality, what_is_forecast_happens)
{
  g_autoptr(GPtrArray) forms = read_forms();
  Bench bench = bench_new();
  const char *only = g_getenv("REALITY_FORM");
  guint tried = 0, equal = 0;
  for (guint i = 0; i < forms->len; i++) {
    const Form *form = forms->pdata[i];
    if (bench.version < form->first || bench.version > form->last || (only && !strstr(form->sql, only)))
      continue;
    tried++;
    equal += check_form(&bench, form);
  }
  g_printerr("reality: PostgreSQL %d, %u of %u forms as forecast\n", bench.version, equal, tried);
  cr_expect(only || tried >= FEWEST_FORMS, "only %u forms", tried);
  bench_clear(&bench);
}
