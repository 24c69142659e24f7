#include "retort/run/fallback.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <pg_query.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/text.h"

#define TIMEOUT_MS 60000

/* ---- consent ---- */

static char *consent_path(void)
{
  return g_build_filename(g_get_user_state_dir(), "retort", "consent", NULL);
}

static char **consents(void)
{
  g_autofree char *path = consent_path();
  g_autofree char *text = file_read(path, FILE_LIMIT, NULL, NULL, NULL);
  return g_strsplit(text ? text : "", "\n", -1);
}

gboolean fallback_allowed(const Project *project)
{
  g_auto(GStrv) lines = consents();
  return project->script_location && g_strv_contains((const char *const *)lines, project->script_location);
}

gboolean fallback_allow(const Project *project, gboolean allow, GError **error)
{
  if (!project->script_location || fallback_allowed(project) == allow)
    return TRUE;
  g_auto(GStrv) lines = consents();
  g_autoptr(GString) text = g_string_new(NULL);
  for (char **line = lines; *line; line++)
    if (**line && strcmp(*line, project->script_location) != 0)
      g_string_append_printf(text, "%s\n", *line);
  if (allow)
    g_string_append_printf(text, "%s\n", project->script_location);
  g_autofree char *path = consent_path();
  g_autofree char *folder = g_path_get_dirname(path);
  g_mkdir_with_parents(folder, 0700);
  return file_write_atomic(path, text->str, text->len, error);
}

/* ---- the child ---- */

typedef struct {
  GMainLoop *loop;
  GCancellable *cancellable;
  char *output, *errors;
  GError *error;
} Wait;

static void communicated(GObject *process, GAsyncResult *result, void *data)
{
  Wait *wait = data;
  g_subprocess_communicate_utf8_finish(G_SUBPROCESS(process), result, &wait->output, &wait->errors,
                                       &wait->error);
  g_main_loop_quit(wait->loop);
}

static gboolean too_long(void *data)
{
  Wait *wait = data;
  g_cancellable_cancel(wait->cancellable);
  return G_SOURCE_REMOVE;
}

/* What it printed, when it succeeded in time. */
static char *judge(GSubprocess *process, Wait *wait, guint timeout_ms, GError **error)
{
  if (g_error_matches(wait->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_subprocess_force_exit(process);
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED, _("Alembic took more than %u s and was ended."),
                timeout_ms / 1000);
  } else if (wait->error) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED, _("Alembic failed: %s"), wait->error->message);
  } else if (!g_subprocess_get_successful(process)) {
    /* The last line is what went wrong. */
    char *end = g_strchomp(wait->errors);
    const char *line = strrchr(end, '\n');
    g_autofree char *escaped = text_escape(line ? line + 1 : end, -1, FALSE);
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED, _("Alembic failed: %s"), escaped);
  } else {
    return g_steal_pointer(&wait->output);
  }
  return NULL;
}

static char *run_child(const char *const *argv, const char *folder, guint timeout_ms, GError **error)
{
  g_autoptr(GMainContext) context = g_main_context_new();
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_cwd(launcher, folder);
  g_main_context_push_thread_default(context);
  g_autoptr(GSubprocess) process = g_subprocess_launcher_spawnv(launcher, argv, error);
  char *output = NULL;
  if (process) {
    Wait wait = {.loop = g_main_loop_new(context, FALSE), .cancellable = g_cancellable_new()};
    GSource *timer = g_timeout_source_new(timeout_ms);
    g_source_set_callback(timer, too_long, &wait, NULL);
    g_source_attach(timer, context);
    g_subprocess_communicate_utf8_async(process, NULL, wait.cancellable, communicated, &wait);
    g_main_loop_run(wait.loop);
    output = judge(process, &wait, timeout_ms, error);
    g_source_destroy(timer);
    g_source_unref(timer);
    g_main_loop_unref(wait.loop);
    g_object_unref(wait.cancellable);
    g_clear_error(&wait.error);
    g_free(wait.output);
    g_free(wait.errors);
  }
  g_main_context_pop_thread_default(context);
  return output;
}

/* ---- what it printed ---- */

/* Behind "-- Running upgrade a -> b, message": NULL unless there is exactly one such line. */
static const char *find_body(const char *output)
{
  static const char mark[] = "-- Running ";
  const char *body = NULL;
  for (const char *line = output; line; line = strchr(line, '\n')) {
    line += *line == '\n';
    if (strncmp(line, mark, strlen(mark)) != 0)
      continue;
    if (body)
      return NULL;
    body = strchr(line, '\n');
    if (!body)
      return NULL;
  }
  return body;
}

static gboolean moves_version(const char *sql, const char *table)
{
  static const char *const verbs[] = {"INSERT INTO ", "UPDATE ", "DELETE FROM ", "DROP TABLE "};
  for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
    if (g_str_has_prefix(sql, verbs[i])) {
      g_autofree char *object = g_strndup(sql + strlen(verbs[i]), strcspn(sql + strlen(verbs[i]), " ;\n"));
      return strstr(object, table) != NULL;
    }
  return FALSE;
}

/* The statements behind the body: COMMIT, and what moves the version.  FALSE: they are not there. */
static gboolean cut_tail(GPtrArray *texts, const char *table)
{
  guint moved = 0;
  while (texts->len && strcmp(texts->pdata[texts->len - 1], "COMMIT") == 0)
    g_ptr_array_set_size(texts, (int)texts->len - 1);
  for (; texts->len && moves_version(texts->pdata[texts->len - 1], table) && moved < 2; moved++) {
    gboolean dropped = g_str_has_prefix(texts->pdata[texts->len - 1], "DROP TABLE ");
    g_ptr_array_set_size(texts, (int)texts->len - 1);
    /* The table itself goes last of all, after its row. */
    if (!dropped)
      return TRUE;
  }
  return FALSE;
}

/* COMMIT and BEGIN stand around autocommit blocks. */
static GPtrArray *as_statements(const GPtrArray *texts, GArray *blocks)
{
  GPtrArray *statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  gboolean outside = FALSE;
  for (guint i = 0; i < texts->len; i++) {
    const char *text = texts->pdata[i];
    gboolean begins = strcmp(text, "COMMIT") == 0, ends = strcmp(text, "BEGIN") == 0;
    if (!begins && !ends) {
      g_ptr_array_add(statements, statement_new(text, outside, 0, 0));
      continue;
    }
    ScriptBlock block = {.start = statements->len, .end = statements->len};
    if (begins && !outside)
      g_array_append_val(blocks, block);
    else if (ends && outside)
      g_array_index(blocks, ScriptBlock, blocks->len - 1).end = statements->len;
    outside = begins;
  }
  return statements;
}

GPtrArray *fallback_statements(const char *output, const char *version_table, GArray *blocks, GError **error)
{
  const char *body = find_body(output);
  PgQuerySplitResult split = {0};
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  if (body)
    split = pg_query_split_with_scanner(body);
  for (int i = 0; body && !split.error && i < split.n_stmts; i++) {
    char *text = g_strndup(body + split.stmts[i]->stmt_location, (gsize)split.stmts[i]->stmt_len);
    g_ptr_array_add(texts, g_strstrip(text));
  }
  gboolean readable = body && !split.error && cut_tail(texts, version_table);
  if (body)
    pg_query_free_split_result(split);
  if (readable)
    return as_statements(texts, blocks);
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_FAILED,
                      _("What Alembic printed is not the script of one revision."));
  return NULL;
}

/* ---- the command and its cache ---- */

static char **command_line(const FallbackOptions *options, const Revision *revision, Direction direction)
{
  const Project *project = options->project;
  const char *parent = revision->down_revision[0] ? revision->down_revision[0] : "base";
  gboolean up = direction == DIRECTION_UPGRADE;
  g_autofree char *range = g_strdup_printf("%s:%s", up ? parent : revision->id, up ? revision->id : parent);
  g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
  g_strv_builder_addv(argv, (const char **)options->command->argv);
  if (!g_str_has_suffix(project->config_path, ".toml"))
    g_strv_builder_add_many(argv, "-c", project->config_path, NULL);
  if (project->section && strcmp(project->section, "alembic") != 0)
    g_strv_builder_add_many(argv, "-n", project->section, NULL);
  g_strv_builder_add_many(argv, up ? "upgrade" : "downgrade", range, "--sql", NULL);
  return g_strv_builder_end(argv);
}

static char *cache_path(const FallbackOptions *options, const Revision *revision, char **argv)
{
  g_autofree char *env = g_build_filename(options->project->script_location, "env.py", NULL);
  const char *const files[] = {revision->path, env, options->project->config_path};
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  for (char **word = argv; *word; word++)
    g_checksum_update(sum, (const guchar *)*word, (gssize)strlen(*word) + 1);
  for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
    gsize len = 0;
    g_autofree char *text = file_read(files[i], FILE_LIMIT, &len, NULL, NULL);
    g_autofree char *one =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)(text ? text : ""), len);
    g_checksum_update(sum, (const guchar *)one, -1);
  }
  g_autofree char *name = g_strconcat(g_checksum_get_string(sum), ".sql", NULL);
  return g_build_filename(g_get_user_cache_dir(), "retort", "python", name, NULL);
}

/* A cache that cannot be written is no fault of the preview. */
static void keep(const char *path, const char *output)
{
  g_autofree char *folder = g_path_get_dirname(path);
  if (g_mkdir_with_parents(folder, 0700) == 0)
    file_write_atomic(path, output, strlen(output), NULL);
}

gboolean fallback_fill(const FallbackOptions *options, const Revision *revision, Direction direction,
                       Script *script, GError **error)
{
  const Project *project = options->project;
  const char *schema = NULL;
  if (!project->config_path || g_strv_length(revision->down_revision) > 1 || revision->depends_on[0]) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                _("%s cannot be rendered by Alembic alone: it has several parents or no configuration."),
                revision->id);
    return FALSE;
  }
  g_auto(GStrv) argv = command_line(options, revision, direction);
  g_autofree char *path = cache_path(options, revision, argv);
  g_autofree char *folder = g_path_get_dirname(project->config_path);
  g_autofree char *output = options->anew ? NULL : file_read(path, FILE_LIMIT, NULL, NULL, NULL);
  gboolean cached = output != NULL;
  if (!cached)
    output = run_child((const char *const *)argv, folder,
                       options->timeout_ms ? options->timeout_ms : TIMEOUT_MS, error);
  if (!output)
    return FALSE;
  g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(ScriptBlock));
  GPtrArray *statements = fallback_statements(output, project_version_table(project, &schema), blocks, error);
  if (!statements)
    return FALSE;
  if (!cached)
    keep(path, output);
  g_ptr_array_unref(script->statements);
  g_array_unref(script->blocks);
  script->statements = statements;
  script->blocks = g_steal_pointer(&blocks);
  script->engine = "alembic";
  return TRUE;
}
