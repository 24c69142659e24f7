#include "retort/edit/hooks.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "retort/base/error.h"

#define SCRIPT_TOKEN "REVISION_SCRIPT_FILENAME"

static const char *option(const PostWriteHook *hook, const char *key)
{
  return g_hash_table_lookup(hook->options, key);
}

static const char *required(const PostWriteHook *hook, const char *key, GError **error)
{
  const char *value = option(hook, key);
  if (value == NULL)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "Key %s.%s is required for post write hook '%s'",
                hook->name, key, hook->name);
  return value;
}

/* The Python the project runs with: its virtual environment's when one is active, else the one on PATH. */
static char *project_python(void)
{
  const char *environment = g_getenv("VIRTUAL_ENV");
  if (environment != NULL) {
    g_autofree char *python = g_build_filename(environment, "bin", "python", NULL);
    if (g_file_test(python, G_FILE_TEST_IS_EXECUTABLE))
      return g_steal_pointer(&python);
  }
  return g_find_program_in_path("python3");
}

static gboolean module_exists(const char *python, const char *module)
{
  static const char *const probe =
      "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)";
  g_autoptr(GSubprocess) child =
      g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, python,
                       "-c", probe, module, NULL);
  return child != NULL && g_subprocess_wait_check(child, NULL, NULL);
}

/* The command without its options, by the hook's type. */
static gboolean add_command(const PostWriteHook *hook, const char *type, GPtrArray *argv, GError **error)
{
  if (strcmp(type, "exec") == 0) {
    const char *executable = required(hook, "executable", error);
    if (executable != NULL)
      g_ptr_array_add(argv, g_strdup(executable));
    return executable != NULL;
  }
  if (strcmp(type, "console_scripts") == 0) {
    const char *entrypoint = required(hook, "entrypoint", error);
    if (entrypoint == NULL)
      return FALSE;
    g_autofree char *program = g_find_program_in_path(entrypoint);
    if (program == NULL) {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "Could not find entrypoint console_scripts.%s",
                  entrypoint);
      return FALSE;
    }
    g_ptr_array_add(argv, g_steal_pointer(&program));
    return TRUE;
  }
  if (strcmp(type, "module") == 0) {
    const char *module = required(hook, "module", error);
    if (module == NULL)
      return FALSE;
    g_autofree char *python = project_python();
    if (python == NULL || !module_exists(python, module)) {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "Could not find module %s", module);
      return FALSE;
    }
    g_ptr_array_add(argv, g_steal_pointer(&python));
    g_ptr_array_add(argv, g_strdup("-m"));
    g_ptr_array_add(argv, g_strdup(module));
    return TRUE;
  }
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "No formatter with name '%s' registered", type);
  return FALSE;
}

/* Options split as a shell does, the file's name in place of the token or, without one, first. */
static gboolean add_options(const PostWriteHook *hook, const char *path, GPtrArray *argv, GError **error)
{
  const char *options = option(hook, "options");
  g_autofree char *line = options == NULL ? g_strdup(SCRIPT_TOKEN)
                          : strstr(options, SCRIPT_TOKEN) != NULL
                              ? g_strdup(options)
                              : g_strconcat(SCRIPT_TOKEN " ", options, NULL);
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) failure = NULL;
  if (!g_shell_parse_argv(line, NULL, &words, &failure)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("options of post write hook '%s': %s"),
                hook->name, failure->message);
    return FALSE;
  }
  for (char **word = words; *word != NULL; word++) {
    g_autoptr(GString) filled = g_string_new(*word);
    g_string_replace(filled, SCRIPT_TOKEN, path, 0);
    g_ptr_array_add(argv, g_strdup(filled->str));
  }
  return TRUE;
}

/* ---- running ---- */

/* What is said before the end may still be on its way when a hook has ended. */
#define LAST_WORDS_MS 500

typedef struct {
  GMainContext *context;
  GSubprocess *child;
  GDataInputStream *lines; /* NULL: it has the terminal */
  const HookSink *sink;
  void *data;
  GCancellable *listening;
  gboolean exited, silent; /* both: it is over */
  gboolean closed;         /* nothing is being read any more */
  gboolean stopped;        /* by the operator, */
  gboolean late;           /* or by its time limit */
} HookRun;

/* In the child: a group of its own, so that everything it started can be stopped. */
static void own_group(void *data)
{
  (void)data;
  setpgid(0, 0);
}

static void stop_child(HookRun *run)
{
  const char *pid = g_subprocess_get_identifier(run->child);
  if (pid != NULL && run->lines != NULL)
    kill(-(pid_t)g_ascii_strtoll(pid, NULL, 10), SIGKILL);
  g_subprocess_force_exit(run->child);
}

static gboolean time_is_up(void *data)
{
  HookRun *run = data;
  run->late = TRUE;
  stop_child(run);
  return G_SOURCE_REMOVE;
}

static gboolean interrupted(void *data)
{
  HookRun *run = data;
  run->stopped = TRUE;
  stop_child(run);
  return G_SOURCE_CONTINUE;
}

static gboolean cancelled(GCancellable *cancellable, void *data)
{
  (void)cancellable;
  return interrupted(data);
}

static gboolean enough_said(void *data)
{
  ((HookRun *)data)->silent = TRUE;
  return G_SOURCE_REMOVE;
}

static GSource *attach(HookRun *run, GSource *source, GSourceFunc func)
{
  g_source_set_callback(source, func, run, NULL);
  g_source_attach(source, run->context);
  return source;
}

static void drop(GSource *source)
{
  if (source == NULL)
    return;
  g_source_destroy(source);
  g_source_unref(source);
}

static void exited(GObject *source, GAsyncResult *result, void *data)
{
  g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
  ((HookRun *)data)->exited = TRUE;
}

static void line_read(GObject *source, GAsyncResult *result, void *data)
{
  HookRun *run = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *line =
      g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(source), result, NULL, &error);
  if (line == NULL) {
    run->silent = run->closed = TRUE;
    return;
  }
  g_autofree char *text = g_utf8_make_valid(line, -1);
  run->sink->said(text, run->data);
  g_data_input_stream_read_line_async(G_DATA_INPUT_STREAM(source), G_PRIORITY_DEFAULT, run->listening,
                                      line_read, run);
}

/* Until it has ended and said all it has to say. */
static void wait_for(HookRun *run, const HookLimits *limits)
{
  guint ms = limits != NULL && limits->timeout_ms > 0 ? limits->timeout_ms : HOOK_TIMEOUT_S * 1000;
  GSource *timer = attach(run, g_timeout_source_new(ms), time_is_up);
  GSource *signals[] = {NULL, NULL, NULL};
  static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
  for (gsize i = 0; run->lines == NULL && i < G_N_ELEMENTS(ends); i++)
    signals[i] = attach(run, g_unix_signal_source_new(ends[i]), interrupted);
  GSource *cancel = NULL, *rest = NULL;
  if (limits != NULL && limits->cancellable != NULL) {
    cancel = g_cancellable_source_new(limits->cancellable);
    attach(run, cancel, G_SOURCE_FUNC(cancelled));
  }
  g_subprocess_wait_async(run->child, NULL, exited, run);
  if (run->lines != NULL)
    g_data_input_stream_read_line_async(run->lines, G_PRIORITY_DEFAULT, run->listening, line_read, run);
  while (!run->exited || !run->silent) {
    if (run->exited && rest == NULL)
      rest = attach(run, g_timeout_source_new(LAST_WORDS_MS), enough_said);
    g_main_context_iteration(run->context, TRUE);
  }
  g_cancellable_cancel(run->listening);
  while (run->lines != NULL && !run->closed)
    g_main_context_iteration(run->context, TRUE);
  GSource *sources[] = {timer, signals[0], signals[1], signals[2], cancel, rest};
  for (gsize i = 0; i < G_N_ELEMENTS(sources); i++)
    drop(sources[i]);
}

/* Ctrl-C reaches it as well, which may have ended before we hear of the key. */
static gboolean ended_by_the_key(GSubprocess *child)
{
  if (g_subprocess_get_if_signaled(child))
    return g_subprocess_get_term_sig(child) == SIGINT;
  return g_subprocess_get_exit_status(child) == 128 + SIGINT;
}

static gboolean judge(HookRun *run, const char *name, GError **error)
{
  if (run->lines == NULL && ended_by_the_key(run->child))
    run->stopped = TRUE;
  if (run->stopped || run->late) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CANCELLED,
                run->late ? _("post write hook '%s' did not end and was stopped")
                          : _("post write hook '%s' was stopped"),
                name);
    return FALSE;
  }
  int status = g_subprocess_get_if_exited(run->child) ? g_subprocess_get_exit_status(run->child) : -1;
  if (status != 0 && run->sink != NULL && run->sink->failed != NULL)
    run->sink->failed(name, status, run->data);
  return TRUE;
}

static GSubprocess *spawn(const PostWriteHook *hook, GPtrArray *argv, gboolean listen, GError **error)
{
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(listen ? G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE
                                       : G_SUBPROCESS_FLAGS_STDIN_INHERIT);
  if (listen)
    g_subprocess_launcher_set_child_setup(launcher, own_group, NULL, NULL);
  if (option(hook, "cwd") != NULL)
    g_subprocess_launcher_set_cwd(launcher, option(hook, "cwd"));
  g_autoptr(GError) failure = NULL;
  GSubprocess *child = g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, &failure);
  if (child == NULL)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("post write hook '%s' cannot be run: %s"),
                hook->name, failure->message);
  return child;
}

static gboolean run_hook(const PostWriteHook *hook, const char *type, const char *path, const HookSink *sink,
                         void *data, const HookLimits *limits, GError **error)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
  if (!add_command(hook, type, argv, error) || !add_options(hook, path, argv, error))
    return FALSE;
  g_ptr_array_add(argv, NULL);
  gboolean listen = sink != NULL && sink->said != NULL;
  /* Its own context: a screen's main loop must not turn in here. */
  g_autoptr(GMainContext) context = g_main_context_new();
  g_main_context_push_thread_default(context);
  g_autoptr(GCancellable) listening = g_cancellable_new();
  HookRun run = {.context = context, .sink = sink, .data = data, .listening = listening, .silent = !listen};
  run.child = spawn(hook, argv, listen, error);
  gboolean good = run.child != NULL;
  if (good) {
    if (listen)
      run.lines = g_data_input_stream_new(g_subprocess_get_stdout_pipe(run.child));
    wait_for(&run, limits);
    good = judge(&run, hook->name, error);
    g_clear_object(&run.lines);
    g_object_unref(run.child);
  }
  g_main_context_pop_thread_default(context);
  return good;
}

gboolean hooks_run(const Project *project, const char *path, const HookSink *sink, void *data,
                   const HookLimits *limits, GError **error)
{
  for (guint i = 0; project->hooks != NULL && i < project->hooks->len; i++) {
    const PostWriteHook *hook = g_ptr_array_index(project->hooks, i);
    const char *type = option(hook, "type");
    if (type == NULL) {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND,
                  "Key '%s.type' (or 'type' in toml) is required for post write hook '%s'", hook->name,
                  hook->name);
      return FALSE;
    }
    if (sink != NULL && sink->before != NULL)
      sink->before(hook->name, data);
    gboolean done = run_hook(hook, type, path, sink, data, limits, error);
    if (sink != NULL && sink->after != NULL)
      sink->after(hook->name, done, data);
    if (!done)
      return FALSE;
  }
  return TRUE;
}
