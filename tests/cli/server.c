#include "server.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

/* Tests run at the same time: each is a process and has a database of its own. */
char *server_database(void)
{
  return g_strdup_printf("retort_cli_%d", (int)getpid());
}

int server_run(const char *folder, const char *words, char **output, char **errors)
{
  g_autofree char *name = server_database();
  g_autofree char *line = g_strdup_printf("--url dbname=%s %s", name, words);
  return program_run(folder, line, output, errors);
}

/* Records of rollouts go where the test can see and remove them. */
static char *state_folder;

void server_clean(void)
{
  const char *argv[] = {"rm", "-rf", state_folder, NULL};
  if (state_folder)
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_clear_pointer(&state_folder, g_free);
}

/* A connection to the test's database, newly made. */
PgConn *server_fresh(void)
{
  state_folder = g_dir_make_tmp("retort-state-XXXXXX", NULL);
  g_setenv("XDG_STATE_HOME", state_folder, TRUE);
  g_autofree char *name = server_database();
  g_autoptr(GError) error = NULL;
  PgConnOptions options = {.application_name = "test"};
  g_autoptr(PgParams) admin = pg_params_default();
  g_autoptr(PgConn) conn = pg_conn_new(admin, &options);
  cr_assert(pg_conn_connect_sync(conn, &error), "%s", error ? error->message : "");
  g_autofree char *create = g_strconcat("CREATE DATABASE ", name, NULL);
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, create, NULL, &error);
  cr_assert(results != NULL, "%s: %s", create, error ? error->message : "");
  g_autoptr(PgParams) params = pg_params_default();
  pg_params_set(params, "dbname", name);
  PgConn *own = pg_conn_new(params, &options);
  cr_assert(pg_conn_connect_sync(own, &error), "%s", error ? error->message : "");
  return own;
}

/* All values of a query, parted by blanks; the caller's. */
char *server_ask(PgConn *conn, const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, &error);
  cr_assert(results != NULL, "%s: %s", sql, error ? error->message : "");
  GString *out = g_string_new(NULL);
  PGresult *result = results->pdata[results->len - 1];
  for (int row = 0; row < PQntuples(result); row++)
    g_string_append_printf(out, "%s%s", row ? " " : "", PQgetvalue(result, row, 0));
  return g_string_free(out, FALSE);
}

void server_tell(PgConn *conn, const char *sql)
{
  g_free(server_ask(conn, sql));
}

void server_expect_rows(PgConn *conn, const char *want, const char *when)
{
  g_autofree char *rows = server_ask(conn, "SELECT version_num FROM alembic_version ORDER BY 1");
  cr_expect(strcmp(rows, want) == 0, "%s: rows are \"%s\", want \"%s\"", when, rows, want);
}

void server_expect(const char *folder, const char *words, int status, const char *out, const char *err)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int got = server_run(folder, words, &output, &errors);
  cr_expect(got == status, "%s: status %d, want %d\n%s%s", words, got, status, output, errors);
  cr_expect(!out || strcmp(output, out) == 0, "%s: stdout is\n%s\nwant\n%s", words, output, out);
  cr_expect(!err || strstr(errors, err) != NULL, "%s: stderr is\n%s\nwithout \"%s\"", words, errors, err);
}

char *server_copy_project(const char *name)
{
  g_autofree char *source = program_source("tests/cli/projects", name);
  g_autofree char *folder = g_dir_make_tmp("retort-cli-XXXXXX", NULL);
  const char *argv[] = {"cp", "-R", source, folder, NULL};
  const char *chmod_argv[] = {"chmod", "-R", "u+w", folder, NULL};
  cr_assert(
      g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL) &&
          g_spawn_sync(NULL, (char **)chmod_argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                       NULL),
      "%s is copied", source);
  return g_build_filename(folder, name, NULL);
}

void server_remove_copy(char *copy)
{
  g_autofree char *folder = g_path_get_dirname(copy);
  const char *argv[] = {"rm", "-rf", folder, NULL};
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free(copy);
}

/* One more migration on top of s004. */
void server_add_migration(const char *folder, const char *id, const char *down, const char *body)
{
  g_autofree char *path = g_strdup_printf("%s/migrations/versions/%s.py", folder, id);
  g_autofree char *text =
      g_strdup_printf("\"\"\"%s\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n"
                      "revision = '%s'\ndown_revision = '%s'\n\n\ndef upgrade():\n    %s\n\n\n"
                      "def downgrade():\n    pass\n",
                      id, id, down, body);
  cr_assert(g_file_set_contents(path, text, -1, NULL), "%s is written", path);
}

/* Waits until somebody runs a statement like this one. */
void server_wait_for_statement(PgConn *conn, const char *like)
{
  g_autofree char *sql =
      g_strdup_printf("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%s' AND "
                      "state = 'active' AND datname LIKE current_database() || '%%' AND pid <> "
                      "pg_backend_pid()",
                      like);
  gint64 deadline = g_get_monotonic_time() + 120 * G_USEC_PER_SEC;
  for (;;) {
    /* A transaction would see the same activity for ever. */
    server_tell(conn, "SELECT pg_stat_clear_snapshot()");
    g_autofree char *n = server_ask(conn, sql);
    if (strcmp(n, "0") != 0)
      return;
    cr_assert(g_get_monotonic_time() < deadline, "nobody runs %s", like);
    g_usleep(10000);
  }
}
