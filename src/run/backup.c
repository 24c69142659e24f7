/* Sizes, pg_dump, pg_restore --list, rename: one after the other. */
#include "retort/run/backup.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/statvfs.h>

#include "child.h"
#include "client.h"
#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/text.h"

typedef enum {
  STAGE_NEW,
  STAGE_SIZES,
  STAGE_VERSION,
  STAGE_DUMP,
  STAGE_VERIFY,
  STAGE_OVER,
} Stage;

struct Backup {
  guint refs; /* the owner's, and one while func runs */
  gboolean freed;
  gboolean cancelled;
  Stage stage;
  PgConn *conn;
  PgParams *params;
  char *folder;
  char *position;
  BackupFormat format;
  guint jobs;
  gboolean ignore_space;
  char *pg_dump;
  char *database;
  char *path;        /* final */
  char *part;        /* while it is written */
  GHashTable *sizes; /* "schema.table" -> guint64 * */
  guint64 total, done, current;
  Child *child;
  char *version_line;
  gint64 began;
  BackupFunc func;
  void *data;
};

static void backup_unref(Backup *backup)
{
  if (--backup->refs > 0)
    return;
  pg_params_free(backup->params);
  char *texts[] = {backup->folder, backup->position, backup->pg_dump,     backup->database,
                   backup->path,   backup->part,     backup->version_line};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_hash_table_unref(backup->sizes);
  g_free(backup);
}

static void emit(Backup *backup, BackupEvent event)
{
  event.path = backup->path;
  event.done = backup->done;
  event.total = backup->total;
  event.elapsed_s = (double)(g_get_monotonic_time() - backup->began) / G_USEC_PER_SEC;
  event.remaining_s = -1;
  if (backup->done > 0 && backup->total > backup->done)
    event.remaining_s = event.elapsed_s * (double)(backup->total - backup->done) / (double)backup->done;
  backup->refs++;
  if (!backup->freed)
    backup->func(&event, backup->data);
  backup_unref(backup);
}

/* A dump in directory format is a flat folder. */
static void remove_part(const char *part)
{
  g_autoptr(GDir) dir = g_dir_open(part, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = g_build_filename(part, name, NULL);
    g_unlink(path);
  }
  g_remove(part);
}

/* error is taken over. */
static void fail(Backup *backup, GError *error)
{
  backup->stage = STAGE_OVER;
  if (backup->part != NULL)
    remove_part(backup->part);
  if (backup->cancelled) {
    g_error_free(error);
    error = g_error_new_literal(RETORT_ERROR, RETORT_ERROR_CANCELLED, _("The backup was stopped."));
  }
  emit(backup, (BackupEvent){.kind = BACKUP_FAILED, .error = error});
  g_error_free(error);
}

/* ---- Children -------------------------------------------------------------------------------------------------- */

static void child_over(Child *child, gboolean success, void *data);

/* 'pg_dump: dumping contents of table "public.orders"': the table before it is finished. */
static void child_said(G_GNUC_UNUSED Child *child, const char *line, void *data)
{
  static const char mark[] = "dumping contents of table \"";
  Backup *backup = data;
  const char *at = strstr(line, mark);
  if (backup->stage == STAGE_VERSION && backup->version_line == NULL)
    backup->version_line = g_strdup(line);
  if (at == NULL || backup->stage != STAGE_DUMP)
    return;
  const char *name = at + strlen(mark);
  g_autofree char *table = g_strndup(name, strcspn(name, "\""));
  const guint64 *size = g_hash_table_lookup(backup->sizes, table);
  backup->done += backup->current;
  backup->current = size != NULL ? *size : 0;
  emit(backup, (BackupEvent){.kind = BACKUP_PROGRESS, .table = table});
}

static gboolean spawn(Backup *backup, const char *const *argv, GError **error)
{
  g_auto(GStrv) environment = client_environment(backup->params);
  g_clear_pointer(&backup->child, child_free);
  backup->child = child_new(argv, environment, NULL, child_said, child_over, backup, error);
  return backup->child != NULL;
}

static GError *child_error(Backup *backup, const char *program)
{
  g_autofree char *words = child_last_words(backup->child);
  return g_error_new(RETORT_ERROR, RETORT_ERROR_FAILED, _("%s failed: %s"), program, words);
}

/* ---- Stages ---------------------------------------------------------------------------------------------------- */

static void start_dump(Backup *backup)
{
  g_autofree char *connection = client_conninfo(backup->params);
  g_autofree char *jobs = g_strdup_printf("--jobs=%u", MAX(backup->jobs, 1));
  g_autoptr(GError) error = NULL;
  const char *const argv[] = {
      backup->pg_dump,
      "--verbose",
      "--no-password",
      backup->format == BACKUP_CUSTOM ? "--format=custom" : "--format=directory",
      "--file",
      backup->part,
      "--dbname",
      *connection != '\0' ? connection : backup->database,
      backup->format == BACKUP_DIRECTORY ? jobs : NULL,
      NULL,
  };
  backup->stage = STAGE_DUMP;
  emit(backup, (BackupEvent){.kind = BACKUP_STARTED});
  if (!backup->freed && !spawn(backup, argv, &error))
    fail(backup, g_steal_pointer(&error));
}

static void start_verify(Backup *backup)
{
  g_autofree char *folder = g_path_get_dirname(backup->pg_dump);
  g_autofree char *beside = g_build_filename(folder, "pg_restore", NULL);
  const char *program = strchr(backup->pg_dump, '/') != NULL ? beside : "pg_restore";
  g_autoptr(GError) error = NULL;
  backup->stage = STAGE_VERIFY;
  backup->done = backup->total;
  emit(backup, (BackupEvent){.kind = BACKUP_VERIFYING});
  if (!backup->freed && !spawn(backup, (const char *const[]){program, "--list", backup->part, NULL}, &error))
    fail(backup, g_steal_pointer(&error));
}

static guint64 size_of(const char *path)
{
  GStatBuf info;
  guint64 bytes = 0;
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *file = g_build_filename(path, name, NULL);
    bytes += g_stat(file, &info) == 0 ? (guint64)info.st_size : 0;
  }
  return dir != NULL ? bytes : g_stat(path, &info) == 0 ? (guint64)info.st_size : 0;
}

static void finish(Backup *backup)
{
  if (g_rename(backup->part, backup->path) != 0) {
    fail(backup, g_error_new(RETORT_ERROR, RETORT_ERROR_FILE, "%s: %s", backup->path, g_strerror(errno)));
    return;
  }
  g_clear_pointer(&backup->part, g_free);
  backup->stage = STAGE_OVER;
  emit(backup, (BackupEvent){.kind = BACKUP_DONE, .bytes = size_of(backup->path)});
}

/* "pg_dump (PostgreSQL) 15.20 (Debian ...)" */
static guint major_version(Backup *backup)
{
  const char *line = backup->version_line;
  const char *mark = line != NULL ? strstr(line, "(PostgreSQL) ") : NULL;
  return mark != NULL ? (guint)g_ascii_strtoull(mark + strlen("(PostgreSQL) "), NULL, 10) : 0;
}

static void judge_version(Backup *backup)
{
  guint server = (guint)pg_conn_server_version(backup->conn) / 10000, ours = major_version(backup);
  if (ours == 0 || ours < server) {
    fail(backup, g_error_new(RETORT_ERROR, RETORT_ERROR_REFUSED,
                             _("%s is version %u and cannot back up a server of version %u; install "
                               "postgresql-client-%u."),
                             backup->pg_dump, ours, server, server));
    return;
  }
  pg_conn_free(g_steal_pointer(&backup->conn));
  start_dump(backup);
}

/* The child of this stage exited, and all it said is read. */
static void child_over(G_GNUC_UNUSED Child *child, gboolean success, void *data)
{
  Backup *backup = data;
  if (backup->stage == STAGE_OVER)
    return;
  if (!success || backup->cancelled)
    fail(backup, child_error(backup, backup->stage == STAGE_VERIFY ? "pg_restore" : "pg_dump"));
  else if (backup->stage == STAGE_VERSION)
    judge_version(backup);
  else if (backup->stage == STAGE_DUMP)
    start_verify(backup);
  else
    finish(backup);
}

/* ---- What there is to back up ---------------------------------------------------------------------------------- */

static const char sizes_sql[] =
    "SELECT n.nspname || '.' || c.relname, pg_catalog.pg_table_size(c.oid), pg_catalog.current_database() "
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' "
    "UNION ALL SELECT '', 0, pg_catalog.current_database()";

/* A compressed dump is smaller than the tables, all but always. */
static gboolean has_room(const Backup *backup, GError **error)
{
  struct statvfs info;
  if (backup->ignore_space || statvfs(backup->folder, &info) != 0)
    return TRUE;
  guint64 room = (guint64)info.f_bavail * info.f_frsize;
  if (room >= backup->total)
    return TRUE;
  g_autofree char *there = text_size(room);
  g_autofree char *needed = text_size(backup->total);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s has %s left, and the tables are %s large."),
              backup->folder, there, needed);
  return FALSE;
}

/* Names become file names: nothing but plain characters. */
static char *plain(const char *name)
{
  char *copy = g_strdup(name);
  for (char *s = copy; *s != '\0'; s++)
    if (!g_ascii_isalnum(*s) && *s != '_')
      *s = '_';
  return copy;
}

static void choose_names(Backup *backup)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *stamp = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
  g_autofree char *database = plain(backup->database);
  g_autofree char *position = plain(backup->position != NULL ? backup->position : "");
  g_autofree char *name = g_strdup_printf("%s-%s%s%.64s%s", database, stamp, *position != '\0' ? "-" : "",
                                          position, backup->format == BACKUP_CUSTOM ? ".dump" : "");
  backup->path = g_build_filename(backup->folder, name, NULL);
  backup->part = g_strconcat(backup->path, ".part", NULL);
}

static void sizes_known(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  Backup *backup = data;
  g_autoptr(GError) problem = NULL;
  if (error != NULL) {
    fail(backup, g_error_copy(error));
    return;
  }
  const PGresult *result = g_ptr_array_index(results, 0);
  for (int i = 0; i < PQntuples(result); i++) {
    guint64 size = g_ascii_strtoull(PQgetvalue(result, i, 1), NULL, 10);
    g_hash_table_insert(backup->sizes, g_strdup(PQgetvalue(result, i, 0)), g_memdup2(&size, sizeof size));
    backup->total += size;
  }
  backup->database = text_utf8(PQgetvalue(result, 0, 2), -1);
  if (g_mkdir_with_parents(backup->folder, 0700) != 0) {
    fail(backup, g_error_new(RETORT_ERROR, RETORT_ERROR_FILE, "%s: %s", backup->folder, g_strerror(errno)));
    return;
  }
  choose_names(backup);
  if (backup->pg_dump == NULL)
    backup->pg_dump = client_program("pg_dump", pg_conn_server_version(backup->conn));
  backup->stage = STAGE_VERSION;
  if (!has_room(backup, &problem) ||
      !spawn(backup, (const char *const[]){backup->pg_dump, "--version", NULL}, &problem))
    fail(backup, g_steal_pointer(&problem));
}

static void connected(PgConn *conn, const GError *error, void *data)
{
  Backup *backup = data;
  if (error != NULL)
    fail(backup, g_error_copy(error));
  else
    pg_conn_exec(conn, sizes_sql, NULL, sizes_known, backup);
}

/* ---- For its owner --------------------------------------------------------------------------------------------- */

Backup *backup_new(const PgParams *params, const BackupOptions *options, BackupFunc func, void *data)
{
  Backup *backup = g_new0(Backup, 1);
  backup->refs = 1;
  backup->params = pg_params_default();
  for (guint i = 0; i < params->keywords->len; i++)
    pg_params_set(backup->params, g_ptr_array_index(params->keywords, i),
                  g_ptr_array_index(params->values, i));
  backup->folder = g_strdup(options->folder);
  backup->position = g_strdup(options->position);
  backup->format = options->format;
  backup->jobs = options->jobs;
  backup->ignore_space = options->ignore_space;
  backup->pg_dump = g_strdup(options->pg_dump);
  backup->sizes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  backup->func = func;
  backup->data = data;
  return backup;
}

void backup_start(Backup *backup)
{
  g_return_if_fail(backup->stage == STAGE_NEW);
  backup->stage = STAGE_SIZES;
  backup->began = g_get_monotonic_time();
  backup->conn = pg_conn_new(backup->params, &(PgConnOptions){.application_name = "retort-backup"});
  /* The size functions wait for whoever locks a table. */
  pg_conn_set_deadline(backup->conn, 10000);
  pg_conn_connect(backup->conn, connected, backup);
}

void backup_cancel(Backup *backup)
{
  if (backup->cancelled || backup->stage == STAGE_OVER || backup->stage == STAGE_NEW)
    return;
  backup->cancelled = TRUE;
  if (backup->child != NULL)
    child_signal(backup->child, SIGTERM);
  else
    pg_conn_cancel(backup->conn);
}

void backup_free(Backup *backup)
{
  if (backup == NULL || backup->freed)
    return;
  backup->freed = TRUE;
  g_clear_pointer(&backup->conn, pg_conn_free);
  g_clear_pointer(&backup->child, child_free);
  if (backup->part != NULL)
    remove_part(backup->part);
  backup_unref(backup);
}

char *backup_newest(const char *folder, const char *database, double *age_s)
{
  g_auto(GStrv) names = g_file_test(folder, G_FILE_TEST_IS_DIR) ? file_list(folder, NULL) : NULL;
  g_autofree char *name = plain(database);
  g_autofree char *prefix = g_strconcat(name, "-", NULL);
  for (guint i = names != NULL ? g_strv_length(names) : 0; i-- > 0;) {
    GStatBuf info;
    g_autofree char *path = g_build_filename(folder, names[i], NULL);
    if (!g_str_has_prefix(names[i], prefix) || g_str_has_suffix(names[i], ".part") ||
        !g_ascii_isdigit(names[i][strlen(prefix)]) || g_stat(path, &info) != 0)
      continue;
    *age_s = (double)(g_get_real_time() / G_USEC_PER_SEC - info.st_mtime);
    return g_steal_pointer(&path);
  }
  return NULL;
}
