/* A backup by itself, as a rollout would take it. */
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "json.h"
#include "out.h"
#include "policy.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/run/backup.h"
#include "supervised.h"

const ArgOption backup_options[] = {
    {'o', "output", ARG_VALUE, "FOLDER", N_("Where it goes (default: the target's backup_folder)."), TRUE},
    {0, "format", ARG_VALUE, "custom|directory", N_("One file, or a folder that several jobs write."), TRUE},
    {'j', "jobs", ARG_VALUE, "N", N_("How many jobs write a folder."), TRUE},
    {0, "ignore-space", ARG_FLAG, NULL, N_("Do not ask whether the disk has room."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

typedef struct {
  Session *session;
  Backup *backup;
  GMainLoop *loop;
  SupervisedText text;
  char *path;
  guint64 bytes;
  double elapsed_s;
  GError *error;
} Run;

static void on_event(const BackupEvent *event, void *data)
{
  Run *run = data;
  if (!run->session->json) {
    SupervisionEvent wrapped = {.kind = SUPERVISION_BACKUP, .backup = event};
    supervised_text(&run->text, NULL, &wrapped);
  }
  if (event->kind == BACKUP_FAILED)
    run->error = g_error_copy(event->error);
  if (event->kind == BACKUP_DONE) {
    run->path = g_strdup(event->path);
    run->bytes = event->bytes;
    run->elapsed_s = event->elapsed_s;
  }
  if (event->kind == BACKUP_FAILED || event->kind == BACKUP_DONE)
    g_main_loop_quit(run->loop);
}

static gboolean on_signal(void *data)
{
  backup_cancel(((Run *)data)->backup);
  return G_SOURCE_CONTINUE;
}

static gboolean choose(const Session *session, RolloutPolicy *policy, GError **error)
{
  const char *folder = args_value(session->args, "output"), *format = args_value(session->args, "format");
  const char *jobs = args_value(session->args, "jobs");
  guint64 n = 0;
  if (folder) {
    g_free(policy->backup_folder);
    policy->backup_folder = g_canonicalize_filename(folder, NULL);
  }
  if (format && strcmp(format, "custom") != 0 && strcmp(format, "directory") != 0) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("--format takes custom or directory"));
    return FALSE;
  }
  if (format)
    policy->backup_format = strcmp(format, "custom") == 0 ? BACKUP_CUSTOM : BACKUP_DIRECTORY;
  if (jobs && !g_ascii_string_to_unsigned(jobs, 10, 1, 1000, &n, NULL)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("\"%s\" is no number from 1 on"), jobs);
    return FALSE;
  }
  if (jobs)
    policy->backup_jobs = (guint)n;
  return TRUE;
}

/* The rows for its name, where they can be had; a database without a project can be backed up as well. */
static char *find_position(Session *session)
{
  if (!session_project_quietly(session))
    return NULL;
  g_autoptr(VersionRows) rows = session_rows(session, NULL);
  return rows ? g_strjoinv("_", rows->rows) : NULL;
}

static void print_json(const Run *run)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  json_add_text(builder, "path", run->path);
  json_add_int(builder, "bytes", (gint64)run->bytes);
  json_builder_set_member_name(builder, "elapsed_s");
  json_builder_add_double_value(builder, run->elapsed_s);
  json_builder_end_object(builder);
  out_json(json_builder_get_root(builder));
}

static void take(Run *run, const PgParams *params, const BackupOptions *options)
{
  run->loop = g_main_loop_new(NULL, FALSE);
  run->backup = backup_new(params, options, on_event, run);
  guint sources[] = {g_unix_signal_add(SIGINT, on_signal, run), g_unix_signal_add(SIGTERM, on_signal, run)};
  backup_start(run->backup);
  if (!run->error && !run->path)
    g_main_loop_run(run->loop);
  for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
    g_source_remove(sources[i]);
  supervised_text_settle(&run->text);
  backup_free(run->backup);
  g_main_loop_unref(run->loop);
}

COMMAND_RUN(backup)
{
  session_project_quietly(session);
  g_autoptr(RolloutPolicy) policy = policy_from_session(session, error);
  if (!policy || !choose(session, policy, error))
    return FALSE;
  g_autofree char *position = find_position(session);
  g_autoptr(PgParams) params = session_params(session, error);
  if (!params)
    return FALSE;
  BackupOptions options = {.folder = policy->backup_folder,
                           .position = position,
                           .format = policy->backup_format,
                           .jobs = policy->backup_jobs,
                           .ignore_space = args_has(session->args, "ignore-space")};
  Run run = {.session = session,
             .text = {.session = session, .status_possible = !session->json && isatty(STDERR_FILENO)}};
  take(&run, params, &options);
  if (run.error) {
    g_propagate_error(error, run.error);
    return FALSE;
  }
  if (session->json)
    print_json(&run);
  g_free(run.path);
  return TRUE;
}
