/* The project's own Alembic, played by a script. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "../pg/support.h"
#include "retort/base/error.h"
#include "retort/run/engine.h"

typedef struct {
  AlembicRun *run;
  GString *log;
  gboolean over;
  gboolean cancel_at_backend;
  char *rows;
  GError *error;
} Seen;

static void event(const EngineEvent *event, void *data)
{
  Seen *seen = data;
  switch (event->kind) {
  case ENGINE_STARTED: g_string_append(seen->log, "started"); break;
  case ENGINE_OUTPUT: g_string_append_printf(seen->log, " [%s]", event->text); break;
  case ENGINE_BACKEND:
    g_string_append(seen->log, " backend");
    cr_expect(event->pid > 0, "its pid");
    if (seen->cancel_at_backend)
      alembic_run_cancel(seen->run);
    break;
  case ENGINE_DONE:
  case ENGINE_FAILED:
    g_string_append(seen->log, event->kind == ENGINE_DONE ? " done" : " failed");
    seen->over = TRUE;
    seen->rows = event->rows != NULL ? g_strjoinv(" ", event->rows) : NULL;
    seen->error = event->error != NULL ? g_error_copy(event->error) : NULL;
  }
}

/* A project with one script that stands for its Alembic, and a database of its own. */
typedef struct {
  char *folder, *config, *script;
  Project project;
  AlembicCommand command;
  char *argv[2];
  PgConn *conn;
} Setting;

static void setting_set_up(Setting *setting, const char *database, const char *script)
{
  *setting = (Setting){.folder = g_dir_make_tmp("retort-engine-XXXXXX", NULL)};
  setting->config = g_build_filename(setting->folder, "alembic.ini", NULL);
  setting->script = g_build_filename(setting->folder, "script", NULL);
  cr_assert(g_file_set_contents(setting->script, script, -1, NULL), "a script");
  g_chmod(setting->script, 0755);
  setting->project.config_path = setting->config;
  setting->argv[0] = setting->script;
  setting->command.argv = setting->argv;
  g_autoptr(PgConn) admin = test_conn();
  g_autofree char *sql = g_strdup_printf("CREATE DATABASE %s TEMPLATE template0", database);
  test_sql(admin, sql);
  g_setenv("PGDATABASE", database, TRUE);
  setting->conn = test_conn();
  test_sql(setting->conn,
           "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('a')");
}

static void setting_tear_down(Setting *setting)
{
  pg_conn_free(setting->conn);
  g_unlink(setting->script);
  g_rmdir(setting->folder);
  g_free(setting->folder);
  g_free(setting->config);
  g_free(setting->script);
}

static Seen carry_out(Setting *setting, gboolean cancel)
{
  static const char *const rows[] = {"b", NULL};
  AlembicRunOptions options = {
      .direction = DIRECTION_UPGRADE, .target = "b", .rows_after = rows, .lock_timeout_ms = 2500};
  Seen seen = {.log = g_string_new(NULL), .cancel_at_backend = cancel};
  seen.run = alembic_run_new(setting->conn, &setting->project, &setting->command, &options, event, &seen);
  alembic_run_start(seen.run);
  while (!seen.over)
    g_main_context_iteration(NULL, TRUE);
  alembic_run_free(seen.run);
  return seen;
}

static void seen_clear(Seen *seen)
{
  g_string_free(seen->log, TRUE);
  g_free(seen->rows);
  g_clear_error(&seen->error);
}

Test(engine, success_is_what_the_rows_say)
{
  Setting setting;
  setting_set_up(
      &setting, "engine_ok",
      "#!/bin/sh\necho \"$1 $(basename \"$2\") $3 $4\"\n"
      "psql -Atqc 'SHOW lock_timeout' -c \"UPDATE alembic_version SET version_num = 'b'\" "
      "-c \"SELECT pg_sleep(3) WHERE current_setting('application_name') LIKE 'retort-alembic-%'\"\n");
  Seen seen = carry_out(&setting, FALSE);
  cr_expect(g_str_has_prefix(seen.log->str, "started [-c alembic.ini upgrade b] [2500ms]") ||
                strstr(seen.log->str, "backend") != NULL,
            "%s", seen.log->str);
  cr_expect(strstr(seen.log->str, " backend") != NULL && strstr(seen.log->str, "[2500ms]") != NULL, "%s",
            seen.log->str);
  cr_expect(g_str_has_suffix(seen.log->str, " done") && strcmp(seen.rows, "b") == 0, "%s %s", seen.log->str,
            seen.rows);
  seen_clear(&seen);
  setting_tear_down(&setting);
}

Test(engine, another_database_is_noticed)
{
  Setting setting;
  setting_set_up(&setting, "engine_elsewhere", "#!/bin/sh\nexit 0\n");
  Seen seen = carry_out(&setting, FALSE);
  cr_expect(g_str_has_suffix(seen.log->str, " failed") && strcmp(seen.rows, "a") == 0, "%s", seen.log->str);
  cr_expect(strstr(seen.error->message, "stands at a and not at b") != NULL, "%s", seen.error->message);
  seen_clear(&seen);
  setting_tear_down(&setting);
}

Test(engine, failure_comes_with_its_last_words)
{
  Setting setting;
  setting_set_up(&setting, "engine_fails", "#!/bin/sh\nprintf 'boom \\033[31m\\n' >&2\nexit 1\n");
  Seen seen = carry_out(&setting, FALSE);
  cr_expect(strstr(seen.error->message, "boom ^[[31m") != NULL, "%s", seen.error->message);
  seen_clear(&seen);
  setting.argv[0] = (char *)"/nonexistent/alembic";
  Seen absent = carry_out(&setting, FALSE);
  cr_expect(absent.error != NULL && strcmp(absent.rows, "a") == 0, "%s", absent.log->str);
  seen_clear(&absent);
  setting_tear_down(&setting);
}

Test(engine, is_cancelled_with_its_statement)
{
  Setting setting;
  setting_set_up(
      &setting, "engine_cancel",
      "#!/bin/sh\ntrap 'exit 130' INT\npsql -qc \"BEGIN; UPDATE alembic_version SET version_num = 'b'; "
      "SELECT pg_sleep(60)\"\necho after\n");
  Seen seen = carry_out(&setting, TRUE);
  cr_expect(g_error_matches(seen.error, RETORT_ERROR, RETORT_ERROR_CANCELLED), "%s", seen.log->str);
  cr_expect(strcmp(seen.rows, "a") == 0, "rolled back: %s", seen.rows);
  seen_clear(&seen);
  setting_tear_down(&setting);
}

/* ---- Finding the command --------------------------------------------------------------------------------------- */

static void put_program(const char *folder, const char *path)
{
  g_autofree char *file = g_build_filename(folder, path, NULL);
  g_autofree char *parent = g_path_get_dirname(file);
  g_mkdir_with_parents(parent, 0755);
  cr_assert(g_file_set_contents(file, "#!/bin/sh\n", -1, NULL), "%s", file);
  g_chmod(file, 0755);
}

static void expect_command(const Project *project, const char *configured, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AlembicCommand) command = alembic_command_find(project, configured, &error);
  g_autofree char *text = command != NULL ? g_strjoinv(" ", command->argv) : g_strdup(error->message);
  cr_expect(strstr(text, expected) != NULL, "\"%s\", expected \"%s\"", text, expected);
}

Test(engine, command_is_found_near_the_project)
{
  g_autofree char *root = g_dir_make_tmp("retort-command-XXXXXX", NULL);
  g_autofree char *config = g_build_filename(root, "app", "db", "alembic.ini", NULL);
  g_autofree char *bin = g_build_filename(root, "bin", NULL);
  Project project = {.config_path = config};
  g_unsetenv("VIRTUAL_ENV");
  g_setenv("PATH", bin, TRUE);
  put_program(root, ".git/config");
  expect_command(&project, NULL, "No Alembic was found");
  put_program(root, "bin/alembic");
  expect_command(&project, NULL, "/bin/alembic");
  put_program(root, "bin/poetry");
  put_program(root, "poetry.lock");
  expect_command(&project, NULL, "/bin/poetry run alembic");
  put_program(root, "bin/uv");
  put_program(root, "app/uv.lock");
  expect_command(&project, NULL, "/bin/uv run alembic");
  put_program(root, "app/.venv/bin/alembic");
  expect_command(&project, NULL, "/app/.venv/bin/alembic");
  put_program(root, "active/bin/alembic");
  g_autofree char *active = g_build_filename(root, "active", NULL);
  g_setenv("VIRTUAL_ENV", active, TRUE);
  expect_command(&project, NULL, "/active/bin/alembic");
  expect_command(&project, "docker compose run 'my app' alembic", "docker compose run my app alembic");
  expect_command(&project, "broken 'quote", "unbalanced");
}
