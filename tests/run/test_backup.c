/* Backups of a real database. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "../pg/support.h"
#include "retort/base/error.h"
#include "retort/run/backup.h"

typedef struct {
  Backup *backup;
  GString *log;
  gboolean over;
  guint64 bytes, total;
  char *path;
  GError *error;
  gboolean cancel;
} Seen;

static void event(const BackupEvent *event, void *data)
{
  static const char *const names[] = {"started", "progress", "verifying", "done", "failed"};
  Seen *seen = data;
  if (event->kind != BACKUP_PROGRESS || !g_str_has_suffix(seen->log->str, "progress"))
    g_string_append_printf(seen->log, "%s%s", seen->log->len > 0 ? " " : "", names[event->kind]);
  seen->total = event->total;
  if (event->kind == BACKUP_STARTED && seen->cancel)
    g_idle_add_once((GSourceOnceFunc)backup_cancel, seen->backup);
  if (event->kind != BACKUP_DONE && event->kind != BACKUP_FAILED)
    return;
  seen->over = TRUE;
  seen->bytes = event->bytes;
  seen->path = g_strdup(event->path);
  seen->error = event->error != NULL ? g_error_copy(event->error) : NULL;
}

/* A server newer than the pg_dump of this machine: then a refusal is right, and there is nothing to test. */
static void need_new_pg_dump(const Seen *seen)
{
  if (g_error_matches(seen->error, RETORT_ERROR, RETORT_ERROR_REFUSED) &&
      strstr(seen->error->message, "postgresql-client-") != NULL)
    cr_skip_test("%s", seen->error->message);
}

static Seen back_up(const BackupOptions *options, gboolean cancel)
{
  g_autoptr(PgParams) params = pg_params_default();
  Seen seen = {.log = g_string_new(NULL), .cancel = cancel};
  seen.backup = backup_new(params, options, event, &seen);
  backup_start(seen.backup);
  while (!seen.over)
    g_main_context_iteration(NULL, TRUE);
  backup_free(seen.backup);
  return seen;
}

static void seen_clear(Seen *seen)
{
  g_string_free(seen->log, TRUE);
  g_free(seen->path);
  g_clear_error(&seen->error);
}

static void use_own_database(const char *name)
{
  g_autoptr(PgConn) conn = test_conn();
  g_autofree char *sql = g_strdup_printf("CREATE DATABASE \"%s\" TEMPLATE template0", name);
  test_sql(conn, sql);
  g_setenv("PGDATABASE", name, TRUE);
  g_autoptr(PgConn) own = test_conn();
  test_sql(own, "CREATE TABLE orders AS SELECT generate_series(1, 20000) AS id; CREATE TABLE lines (x int)");
}

static guint files_in(const char *folder)
{
  guint n = 0;
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  while (dir != NULL && g_dir_read_name(dir) != NULL)
    n++;
  return n;
}

Test(backup, is_written_checked_and_named)
{
  g_autofree char *folder = g_dir_make_tmp("retort-backup-XXXXXX", NULL);
  use_own_database("backup me");
  static const BackupFormat formats[] = {BACKUP_CUSTOM, BACKUP_DIRECTORY};
  for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
    BackupOptions options = {.folder = folder, .position = "51c2/aa, b", .format = formats[i], .jobs = 2};
    Seen seen = back_up(&options, FALSE);
    need_new_pg_dump(&seen);
    cr_expect(strcmp(seen.log->str, "started progress verifying done") == 0, "%s: %s", seen.log->str,
              seen.error != NULL ? seen.error->message : "");
    g_autofree char *name = g_path_get_basename(seen.path);
    cr_expect(g_str_has_prefix(name, "backup_me-20") && strstr(name, "-51c2_aa__b") != NULL, "named %s",
              name);
    cr_expect(g_file_test(seen.path, G_FILE_TEST_EXISTS) && seen.bytes > 500, "%" G_GUINT64_FORMAT " bytes",
              seen.bytes);
    cr_expect(seen.total > 500000, "the tables are %" G_GUINT64_FORMAT " bytes", seen.total);
    seen_clear(&seen);
  }
  cr_expect(files_in(folder) == 2, "nothing else is left");
  double age = -1;
  g_autofree char *newest = backup_newest(folder, "backup me", &age);
  cr_expect(newest != NULL && age >= 0 && age < 60, "the newest is found");
  cr_expect(backup_newest(folder, "other", &age) == NULL, "of that database only");
}

Test(backup, leaves_nothing_when_it_fails)
{
  g_autofree char *folder = g_dir_make_tmp("retort-backup-XXXXXX", NULL);
  use_own_database("backup_fails");
  Seen stopped = back_up(&(BackupOptions){.folder = folder}, TRUE);
  need_new_pg_dump(&stopped);
  cr_expect(g_error_matches(stopped.error, RETORT_ERROR, RETORT_ERROR_CANCELLED), "%s", stopped.log->str);
  seen_clear(&stopped);
  Seen absent = back_up(&(BackupOptions){.folder = folder, .pg_dump = "/nonexistent/pg_dump"}, FALSE);
  cr_expect(strcmp(absent.log->str, "failed") == 0, "%s", absent.log->str);
  seen_clear(&absent);
  g_autofree char *old = g_build_filename(folder, "old_dump", NULL);
  cr_assert(g_file_set_contents(old, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n", -1, NULL),
            "a script");
  g_chmod(old, 0755);
  Seen refused = back_up(&(BackupOptions){.folder = folder, .pg_dump = old}, FALSE);
  cr_expect(g_error_matches(refused.error, RETORT_ERROR, RETORT_ERROR_REFUSED), "%s", refused.error->message);
  cr_expect(strstr(refused.error->message, "version 9") != NULL, "%s", refused.error->message);
  seen_clear(&refused);
  cr_assert(
      g_file_set_contents(old,
                          "#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 99' && exit\n"
                          "echo 'pg_dump: error: disk \033[31mfull' >&2; exit 1\n",
                          -1, NULL),
      "a script");
  g_chmod(old, 0755);
  Seen failed = back_up(&(BackupOptions){.folder = folder, .pg_dump = old}, FALSE);
  cr_expect(strstr(failed.error->message, "error: disk ^[[31mfull") != NULL, "%s", failed.error->message);
  seen_clear(&failed);
  cr_expect(files_in(folder) == 1, "only the script is left");
}

Test(backup, says_when_there_is_no_server)
{
  g_setenv("PGHOST", "/nonexistent", TRUE);
  Seen seen = back_up(&(BackupOptions){.folder = "/tmp/never-made"}, FALSE);
  cr_expect(g_error_matches(seen.error, RETORT_ERROR, RETORT_ERROR_CONNECTION), "%s", seen.error->message);
  cr_expect(!g_file_test("/tmp/never-made", G_FILE_TEST_EXISTS), "nothing was made");
  seen_clear(&seen);
}
