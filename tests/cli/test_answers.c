/* `sql --database` against a real server. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "program.h"
#include "retort/pg/conn.h"

static const char migration[] = "revision = 'a1'\n"
                                "down_revision = None\n"
                                "from alembic import op\n"
                                "import sqlalchemy as sa\n"
                                "def upgrade():\n"
                                "    bind = op.get_bind()\n"
                                "    if not sa.inspect(bind).has_table('no_such_shelf'):\n"
                                "        op.execute('CREATE TABLE no_such_shelf ()')\n"
                                "def downgrade():\n"
                                "    for (n,) in op.get_bind().execute(sa.text('SELECT n FROM "
                                "generate_series(1, 3) n WHERE n < :x'), {'x': 3}):\n"
                                "        op.execute(f'NOTIFY n{n}')\n";

Test(sql, asks_the_database_when_told_to)
{
  g_autofree char *folder = g_dir_make_tmp("retort-sql-XXXXXX", NULL);
  g_autofree char *file = g_build_filename(folder, "a1.py", NULL);
  cr_assert(g_file_set_contents(file, migration, -1, NULL));
  g_autofree char *alone = NULL, *asked = NULL, *notes = NULL, *json = NULL;
  int status = program_run(folder, "sql a1.py", &alone, NULL);
  cr_expect(status == 1 && !strstr(alone, "CREATE"), "without: %d %s", status, alone);
  status = program_run(folder, "sql --database a1.py", &asked, &notes);
  cr_expect_eq(status, 0, "status %d: %s", status, notes);
  cr_expect_str_eq(asked,
                   "CREATE TABLE no_such_shelf ();\n\n"
                   "SELECT n FROM generate_series(1, 3) n WHERE n < 3;\n\nNOTIFY n1;\n\nNOTIFY n2;\n\n");
  cr_expect(strstr(notes, "as the database answered at"), "%s", notes);
  status = program_run(folder, "sql --database --json --downgrade a1.py", &json, NULL);
  static const char *const parts[] = {"\"state\" : \"database\"", "\"answered\" : true", "\"NOTIFY n2\"",
                                      "\"query\" : \"SELECT n FROM generate_series(1, 3) n WHERE n < 3\""};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    cr_expect(strstr(json, parts[i]), "%s lacks %s", json, parts[i]);
  g_unlink(file);
  g_rmdir(folder);
}

static const char asking[] =
    "revision = 'a1'\n"
    "down_revision = None\n"
    "from alembic import op\n"
    "import sqlalchemy as sa\n"
    "def upgrade():\n"
    "    for (n,) in op.get_bind().execute(sa.text('SELECT n FROM answers_shelf ORDER BY n')):\n"
    "        op.execute(f'INSERT INTO answers_copy VALUES ({n})')\n"
    "def downgrade():\n"
    "    pass\n";

static char *ask(PgConn *conn, const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, &error);
  cr_assert(results, "%s: %s", sql, error ? error->message : "");
  const PGresult *last = results->pdata[results->len - 1];
  return g_strdup(PQntuples(last) ? PQgetvalue(last, 0, 0) : "");
}

Test(sql, upgrade_runs_what_the_database_answered)
{
  g_autofree char *folder = g_dir_make_tmp("retort-sql-XXXXXX", NULL);
  g_autofree char *versions = g_build_filename(folder, "versions", NULL);
  g_autofree char *file = g_build_filename(versions, "a1.py", NULL);
  g_autofree char *ini = g_build_filename(folder, "alembic.ini", NULL);
  g_autofree char *text = g_strdup_printf("[alembic]\nscript_location = %s\n", folder);
  g_autofree char *errors = NULL;
  g_mkdir(versions, 0755);
  g_autofree char *env = g_build_filename(folder, "env.py", NULL);
  cr_assert(g_file_set_contents(file, asking, -1, NULL) && g_file_set_contents(ini, text, -1, NULL) &&
            g_file_set_contents(env,
                                "engine = engine_from_config(config.get_section(config.config_ini_section))\n"
                                "context.configure(connection=engine.connect())\n"
                                "with context.begin_transaction():\n    context.run_migrations()\n",
                                -1, NULL));
  g_autoptr(PgParams) params = pg_params_default();
  g_autoptr(PgConn) conn = pg_conn_new(params, NULL);
  cr_assert(pg_conn_connect_sync(conn, NULL), "connects");
  g_free(ask(conn, "CREATE DATABASE retort_cli_answers"));
  g_autoptr(PgParams) own = pg_params_default();
  pg_params_set(own, "dbname", "retort_cli_answers");
  g_autoptr(PgConn) inside = pg_conn_new(own, NULL);
  cr_assert(pg_conn_connect_sync(inside, NULL), "connects");
  g_free(ask(inside, "CREATE TABLE answers_shelf (n int); CREATE TABLE answers_copy (n int); "
                     "INSERT INTO answers_shelf VALUES (3), (4)"));
  int status = program_run(folder, "--url dbname=retort_cli_answers upgrade head", NULL, &errors);
  cr_expect_eq(status, 0, "status %d: %s", status, errors);
  g_autofree char *sum = ask(inside, "SELECT string_agg(n::text, ' ' ORDER BY n) FROM answers_copy");
  cr_expect_str_eq(sum, "3 4");
  const char *const files[] = {file, env, versions, ini, folder};
  for (guint i = 0; i < G_N_ELEMENTS(files); i++)
    g_remove(files[i]);
}
