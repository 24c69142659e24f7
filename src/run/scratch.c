/* Databases made for trying, and dropped. */
#include "retort/run/scratch.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "retort/base/error.h"
#include "retort/base/text.h"

#define SCRATCH_MARK "_retort_scratch_"
#define NAME_LIMIT 63 /* NAMEDATALEN - 1 */

struct Scratch {
  PgConn *admin; /* to another database of the server */
  char *original;
  char *name;
  PgParams *params;
  gboolean made;
};

static PgParams *copy_params(const PgParams *params, const char *database)
{
  PgParams *copy = pg_params_default();
  for (guint i = 0; i < params->keywords->len; i++)
    pg_params_set(copy, params->keywords->pdata[i], params->values->pdata[i]);
  if (database != NULL)
    pg_params_set(copy, "dbname", database);
  return copy;
}

static PgConn *connect_to(const PgParams *params, const char *database, GError **error)
{
  g_autoptr(PgParams) own = copy_params(params, database);
  g_autoptr(PgConn) conn = pg_conn_new(own, &(PgConnOptions){.application_name = "retort-scratch"});
  return pg_conn_connect_sync(conn, error) ? g_steal_pointer(&conn) : NULL;
}

static gboolean tell(PgConn *conn, const char *sql, GError **error)
{
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, error);
  return results != NULL;
}

/* The first column of the first row; NULL with an error, or for NULL and no row. */
static char *ask(PgConn *conn, const char *sql, GError **error)
{
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, error);
  const PGresult *result = results != NULL ? results->pdata[results->len - 1] : NULL;
  return result != NULL && PQntuples(result) > 0 && !PQgetisnull(result, 0, 0)
             ? g_strdup(PQgetvalue(result, 0, 0))
             : NULL;
}

/* A session outside the original, because a template must have none. */
static PgConn *connect_beside(const PgParams *params, const char *original, GError **error)
{
  static const char *const places[] = {"postgres", "template1"};
  g_autoptr(GError) problem = NULL;
  for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
    if (strcmp(places[i], original) == 0)
      continue;
    g_clear_error(&problem);
    PgConn *conn = connect_to(params, places[i], &problem);
    if (conn != NULL)
      return conn;
  }
  g_propagate_error(error, g_steal_pointer(&problem));
  return NULL;
}

static char *new_name(const char *original)
{
  static guint count;
  g_autofree char *tail =
      g_strdup_printf(SCRATCH_MARK "%d_%d", (int)getpid(), g_atomic_int_add((int *)&count, 1));
  g_autofree char *head = g_strndup(original, NAME_LIMIT - strlen(tail));
  const char *end = NULL;
  if (!g_utf8_validate(head, -1, &end))
    head[end - head] = '\0';
  return g_strconcat(head, tail, NULL);
}

/* ---- Making ---------------------------------------------------------------------------------------------------- */

/* Everything of pg_database that a new one has to share with the original for its schema to fit in. */
static const char locale_sql[] = "SELECT pg_catalog.format(' ENCODING %%L LC_COLLATE %%L LC_CTYPE %%L', "
                                 "pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype) || "
                                 "CASE WHEN pg_catalog.to_jsonb(d) ->> 'datlocprovider' = 'i' THEN "
                                 "pg_catalog.format(' LOCALE_PROVIDER icu "
                                 "ICU_LOCALE %%L', coalesce(pg_catalog.to_jsonb(d) ->> 'daticulocale', "
                                 "pg_catalog.to_jsonb(d) ->> 'datlocale')) "
                                 "ELSE '' END FROM pg_catalog.pg_database d WHERE datname = %s";

/* ALTER DATABASE ... SET of the original; only search_path is a list of names that has to stay unquoted. */
static const char settings_sql[] =
    "SELECT pg_catalog.string_agg(pg_catalog.format('ALTER DATABASE %%I SET %%s TO %%s', %s, s.name, "
    "CASE WHEN s.name = 'search_path' THEN s.value ELSE pg_catalog.quote_literal(s.value) END), '; ') "
    "FROM (SELECT pg_catalog.split_part(c, '=', 1) AS name, pg_catalog.substr(c, pg_catalog.strpos(c, '=') + "
    "1) "
    "AS value FROM pg_catalog.pg_db_role_setting r JOIN pg_catalog.pg_database d ON d.oid = r.setdatabase, "
    "pg_catalog.unnest(r.setconfig) c WHERE r.setrole = 0 AND d.datname = %s) s";

static gboolean copy_settings(Scratch *scratch, GError **error)
{
  g_autofree char *name = pg_quote_literal(scratch->name);
  g_autofree char *original = pg_quote_literal(scratch->original);
  g_autofree char *question = g_strdup_printf(settings_sql, name, original);
  g_autoptr(GError) problem = NULL;
  g_autofree char *sql = ask(scratch->admin, question, &problem);
  if (problem != NULL) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
  }
  return sql == NULL || tell(scratch->admin, sql, error);
}

static void explain(const Scratch *scratch, ScratchKind kind, GError **error)
{
  const char *state = error != NULL ? pg_error_sqlstate(*error) : "";
  g_autofree char *name = text_escape(scratch->original, -1, FALSE);
  if (strcmp(state, "42501") == 0) {
    g_clear_error(error);
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                        _("This role may not create databases, so there can be no scratch database: it needs "
                          "CREATEDB."));
  } else if (strcmp(state, "55006") == 0 && kind == SCRATCH_TEMPLATE) {
    g_clear_error(error);
    g_set_error(
        error, RETORT_ERROR, RETORT_ERROR_REFUSED,
        _("Somebody is connected to %s, so the server will not copy it as a template; copy its schema "
          "instead."),
        name);
  }
}

static gboolean create(Scratch *scratch, ScratchKind kind, GError **error)
{
  g_autofree char *literal = pg_quote_literal(scratch->original);
  g_autofree char *question = g_strdup_printf(locale_sql, literal);
  g_autoptr(GError) problem = NULL;
  g_autofree char *locale = kind == SCRATCH_TEMPLATE ? g_strdup("") : ask(scratch->admin, question, &problem);
  if (problem != NULL) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
  }
  g_autofree char *name = pg_quote_ident(scratch->name);
  g_autofree char *template = pg_quote_ident(kind == SCRATCH_TEMPLATE ? scratch->original : "template0");
  g_autofree char *sql =
      g_strdup_printf("CREATE DATABASE %s TEMPLATE %s%s", name, template, locale != NULL ? locale : "");
  scratch->made = tell(scratch->admin, sql, &problem);
  if (scratch->made)
    return copy_settings(scratch, error);
  explain(scratch, kind, &problem);
  g_propagate_error(error, g_steal_pointer(&problem));
  return FALSE;
}

/* ---- Copying the schema ---------------------------------------------------------------------------------------- */

static gboolean run_program(const PgParams *params, const char *const *argv, GCancellable *cancellable,
                            GError **error)
{
  g_auto(GStrv) environment = client_environment(params);
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_environ(launcher, environment);
  g_autoptr(GSubprocess) child = g_subprocess_launcher_spawnv(launcher, argv, error);
  g_autoptr(GBytes) words = NULL;
  if (child == NULL)
    return FALSE;
  if (!g_subprocess_communicate(child, NULL, cancellable, NULL, &words, error)) {
    g_subprocess_force_exit(child);
    return FALSE;
  }
  if (g_subprocess_get_successful(child))
    return TRUE;
  gsize len = 0;
  const char *said = words != NULL ? g_bytes_get_data(words, &len) : "";
  g_autofree char *valid = text_utf8(said, (gssize)len);
  g_autofree char *safe = text_escape(g_strstrip(valid), -1, TRUE);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED, _("%s failed: %s"), argv[0], safe);
  return FALSE;
}

static gboolean copy_schema(const PgParams *from, const Scratch *scratch, GCancellable *cancellable,
                            GError **error)
{
  int version = pg_conn_server_version(scratch->admin);
  g_autofree char *dump = client_program("pg_dump", version);
  g_autofree char *restore = client_program("pg_restore", version);
  g_autoptr(PgParams) original = copy_params(from, scratch->original);
  g_autofree char *source = client_conninfo(original);
  g_autofree char *target = client_conninfo(scratch->params);
  g_autofree char *folder = g_dir_make_tmp("retort-schema-XXXXXX", error);
  if (folder == NULL)
    return FALSE;
  g_autofree char *file = g_build_filename(folder, "schema", NULL);
  const char *const dump_argv[] = {dump,
                                   "--schema-only",
                                   "--format=custom",
                                   "--no-publications",
                                   "--no-password",
                                   "--no-subscriptions",
                                   "--file",
                                   file,
                                   "--dbname",
                                   source,
                                   NULL};
  const char *const restore_argv[] = {restore, "--exit-on-error", "--no-password", "--dbname", target, file,
                                      NULL};
  gboolean done =
      run_program(from, dump_argv, cancellable, error) && run_program(from, restore_argv, cancellable, error);
  g_unlink(file);
  g_rmdir(folder);
  return done;
}

/* ---- For its owner --------------------------------------------------------------------------------------------- */

static char *database_name(const PgParams *params, GError **error)
{
  g_autoptr(PgConn) conn = connect_to(params, NULL, error);
  return conn != NULL ? ask(conn, "SELECT pg_catalog.current_database()", error) : NULL;
}

Scratch *scratch_new(const PgParams *params, ScratchKind kind, GCancellable *cancellable, GError **error)
{
  g_autoptr(Scratch) scratch = g_new0(Scratch, 1);
  scratch->original = database_name(params, error);
  scratch->admin = scratch->original != NULL ? connect_beside(params, scratch->original, error) : NULL;
  if (scratch->admin == NULL)
    return NULL;
  scratch->name = new_name(scratch->original);
  scratch->params = copy_params(params, scratch->name);
  if (!create(scratch, kind, error) ||
      (kind == SCRATCH_SCHEMA && !copy_schema(params, scratch, cancellable, error)))
    return NULL;
  return g_steal_pointer(&scratch);
}

Scratch *scratch_copy(const Scratch *scratch, GCancellable *cancellable, GError **error)
{
  return scratch_new(scratch->params, SCRATCH_TEMPLATE, cancellable, error);
}

void scratch_free(Scratch *scratch)
{
  if (scratch == NULL)
    return;
  if (scratch->made) {
    g_autofree char *literal = pg_quote_literal(scratch->name);
    g_autofree char *name = pg_quote_ident(scratch->name);
    g_autofree char *end = g_strdup_printf("SELECT pg_catalog.pg_terminate_backend(pid) FROM "
                                           "pg_catalog.pg_stat_activity WHERE datname = %s",
                                           literal);
    gboolean forced = pg_conn_server_version(scratch->admin) >= 130000;
    g_autofree char *drop = g_strconcat("DROP DATABASE ", name, forced ? " WITH (FORCE)" : "", NULL);
    if (!forced)
      tell(scratch->admin, end, NULL);
    tell(scratch->admin, drop, NULL);
  }
  pg_conn_free(scratch->admin);
  g_clear_pointer(&scratch->params, pg_params_free);
  g_free(scratch->original);
  g_free(scratch->name);
  g_free(scratch);
}

const char *scratch_name(const Scratch *scratch)
{
  return scratch->name;
}

const PgParams *scratch_params(const Scratch *scratch)
{
  return scratch->params;
}

gboolean scratch_stand_at(PgConn *conn, const char *table, const char *schema, const char *create_sql,
                          const char *const *rows, GError **error)
{
  g_autofree char *quoted_table = pg_quote_ident(table != NULL ? table : "alembic_version");
  g_autofree char *quoted_schema = schema != NULL ? pg_quote_ident(schema) : NULL;
  g_autofree char *name =
      g_strconcat(schema != NULL ? quoted_schema : "", schema != NULL ? "." : "", quoted_table, NULL);
  g_autofree char *literal = pg_quote_literal(name);
  g_autofree char *question = g_strdup_printf("SELECT pg_catalog.to_regclass(%s)", literal);
  g_autoptr(GError) problem = NULL;
  g_autofree char *there = ask(conn, question, &problem);
  if (problem != NULL) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
  }
  if (there == NULL && !tell(conn, create_sql, error))
    return FALSE;
  g_autoptr(GString) sql = g_string_new(NULL);
  g_string_printf(sql, "DELETE FROM %s", name);
  for (; *rows != NULL; rows++) {
    g_autofree char *row = pg_quote_literal(*rows);
    g_string_append_printf(sql, "; INSERT INTO %s (version_num) VALUES (%s)", name, row);
  }
  return tell(conn, sql->str, error);
}

GPtrArray *scratch_leftovers(PgConn *conn, GError **error)
{
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(
      conn,
      "SELECT datname FROM pg_catalog.pg_database WHERE pg_catalog.strpos(datname, '" SCRATCH_MARK "') > 0 "
      "ORDER BY 1",
      NULL, error);
  if (results == NULL)
    return NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  const PGresult *result = results->pdata[results->len - 1];
  for (int row = 0; row < PQntuples(result); row++)
    g_ptr_array_add(names, text_utf8(PQgetvalue(result, row, 0), -1));
  return names;
}
