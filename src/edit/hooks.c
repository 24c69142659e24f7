#include "retort/edit/hooks.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

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

static gboolean run_hook(const PostWriteHook *hook, const char *type, const char *path, GError **error)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
  if (!add_command(hook, type, argv, error) || !add_options(hook, path, argv, error))
    return FALSE;
  g_ptr_array_add(argv, NULL);
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_INHERIT);
  if (option(hook, "cwd") != NULL)
    g_subprocess_launcher_set_cwd(launcher, option(hook, "cwd"));
  g_autoptr(GError) failure = NULL;
  g_autoptr(GSubprocess) child =
      g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, &failure);
  if (child == NULL) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("post write hook '%s' cannot be run: %s"),
                hook->name, failure->message);
    return FALSE;
  }
  return g_subprocess_wait(child, NULL, error);
}

gboolean hooks_run(const Project *project, const char *path, const HookSink *sink, void *data, GError **error)
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
    sink->before(hook->name, data);
    gboolean done = run_hook(hook, type, path, error);
    sink->after(hook->name, done, data);
    if (!done)
      return FALSE;
  }
  return TRUE;
}
