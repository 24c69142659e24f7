#include "retort/edit/environment.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/toml.h"
#include "templates.h"

/* A template is which of the bundled pieces make up its files. */
typedef struct {
  const char *name;
  const char *synopsis; /* first line of README, and of list_templates */
  const char *ini, *database, *toml, *env, *script;
} Template;

static const Template templates[] = {
    {"async", "Generic single-database configuration with an async dbapi.", "alembic.ini", "database.ini",
     NULL, "env-async.py", "script.py.mako"},
    {"generic", "Generic single-database configuration.", "alembic.ini", "database.ini", NULL, "env.py",
     "script.py.mako"},
    {"multidb", "Rudimentary multi-database configuration.", "alembic.ini", "database-multi.ini", NULL,
     "env-multi.py", "script-multi.py.mako"},
    {"pyproject", "pyproject configuration, based on the generic configuration.",
     "alembic-with-pyproject.ini", "database.ini", "pyproject.toml", "env.py", "script.py.mako"},
    {"pyproject_async", "pyproject configuration, with an async dbapi.", "alembic-with-pyproject.ini",
     "database.ini", "pyproject.toml", "env-async.py", "script.py.mako"},
};

typedef struct {
  const EnvironmentRequest *request;
  const Template *template;
  const EnvironmentSink *sink;
  void *data;
  char *directory; /* absolute */
} Init;

static const Template *find_template(const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS(templates); i++)
    if (strcmp(templates[i].name, name) == 0)
      return &templates[i];
  return NULL;
}

const char *const *environment_templates(void)
{
  static const char *names[G_N_ELEMENTS(templates) + 1];
  for (gsize i = 0; i < G_N_ELEMENTS(templates); i++)
    names[i] = templates[i].name;
  return names;
}

const char *environment_synopsis(const char *template)
{
  const Template *found = find_template(template);
  return found != NULL ? found->synopsis : NULL;
}

static char *piece(const char *name)
{
  static gsize registered;
  if (g_once_init_enter(&registered)) {
    templates_register_resource();
    g_once_init_leave(&registered, 1);
  }
  g_autofree char *path = g_strconcat("/retort/templates/", name, NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(templates_get_resource(), path, 0, NULL);
  g_assert(bytes != NULL); /* bundled at build time */
  gsize len = 0;
  const char *text = g_bytes_get_data(bytes, &len);
  return g_strndup(text, len);
}

/* As pathlib makes a path absolute: ".." stays. */
static char *absolute(const char *path)
{
  g_autofree char *here = g_get_current_dir();
  g_autofree char *joined = g_path_is_absolute(path) ? g_strdup(path) : g_strdup_printf("%s/%s", here, path);
  return file_tidy_path(joined);
}

static gboolean file_error(GError **error, const char *path, int code)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, "%s: %s", path, g_strerror(code));
  return FALSE;
}

/* Announces, does, and says how it went. */
static gboolean make_folder(Init *init, const char *path, GError **error)
{
  g_autofree char *text = g_strconcat("Creating directory ", path, NULL);
  init->sink->begin(text, FALSE, init->data);
  gboolean done = g_mkdir_with_parents(path, 0777) == 0;
  int code = errno;
  init->sink->end(done, FALSE, init->data);
  return done || file_error(error, path, code);
}

/* Alembic's -q does not reach what fills in templates and copies files, only what surrounds that. */
static gboolean write_file(Init *init, const char *verb, gboolean always, const char *path,
                           const char *content, GError **error)
{
  g_autofree char *text = g_strdup_printf("%s %s", verb, path);
  init->sink->begin(text, always, init->data);
  gboolean done = file_write_atomic(path, content, strlen(content), error);
  init->sink->end(done, always, init->data);
  return done;
}

/* The directory as the configuration file at config_path names it. */
static char *script_location(const Init *init, const char *config_path)
{
  const char *given = init->request->directory;
  if (g_path_is_absolute(given))
    return file_tidy_path(given);
  g_autofree char *folder = g_path_get_dirname(config_path);
  g_auto(GStrv) from = g_strsplit(folder, "/", -1);
  g_auto(GStrv) to = g_strsplit(init->directory, "/", -1);
  guint common = 0;
  while (from[common] != NULL && to[common] != NULL && strcmp(from[common], to[common]) == 0)
    common++;
  g_autoptr(GString) out = g_string_new("%(here)s");
  for (guint i = common; from[i] != NULL; i++)
    g_string_append(out, "/..");
  for (guint i = common; to[i] != NULL; i++)
    g_string_append_printf(out, "/%s", to[i]);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *fill(const Init *init, const char *name, const char *config_path)
{
  g_autofree char *text = piece(name);
  g_autofree char *database = piece(init->template->database);
  g_autofree char *logging = piece("logging.ini");
  g_autofree char *location = script_location(init, config_path);
  g_autoptr(GString) out = g_string_new(text);
  g_string_replace(out, "${script_location}", location, 0);
  g_string_replace(out, "${database}\n", database, 0);
  g_string_replace(out, "${logging}\n", logging, 0);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static gboolean write_ini(Init *init, const char *path, GError **error)
{
  if (g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_autofree char *text = g_strdup_printf("File %s already exists, skipping", path);
    init->sink->message(text, FALSE, init->data);
    return TRUE;
  }
  g_autofree char *content = fill(init, init->template->ini, path);
  return write_file(init, "Generating", TRUE, path, content, error);
}

static gboolean write_toml(Init *init, const char *path, GError **error)
{
  g_autofree char *content = fill(init, init->template->toml, path);
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return write_file(init, "Generating", TRUE, path, content, error);
  gsize len = 0;
  g_autofree char *old = file_read(path, FILE_LIMIT, &len, NULL, error);
  g_autoptr(Toml) toml = old != NULL ? toml_parse(path, old, len, error) : NULL;
  if (toml == NULL)
    return FALSE;
  if (toml_find(toml_root(toml), "tool", "alembic", NULL) != NULL) {
    g_autofree char *text =
        g_strdup_printf("File %s already exists and already has a [tool.alembic] section, skipping", path);
    init->sink->message(text, TRUE, init->data);
    return TRUE;
  }
  g_autofree char *both = g_strconcat(old, "\n\n", content, NULL);
  return write_file(init, "Appending to existing", TRUE, path, both, error);
}

static gboolean write_scripts(Init *init, GError **error)
{
  g_autofree char *readme_text = g_strconcat(init->template->synopsis, "\n", NULL);
  g_autofree char *env_text = piece(init->template->env), *script_text = piece(init->template->script);
  g_autofree char *readme = g_build_filename(init->directory, "README", NULL);
  g_autofree char *env = g_build_filename(init->directory, "env.py", NULL);
  g_autofree char *script = g_build_filename(init->directory, "script.py.mako", NULL);
  return write_file(init, "Generating", TRUE, readme, readme_text, error) &&
         write_file(init, "Generating", TRUE, env, env_text, error) &&
         write_file(init, "Generating", TRUE, script, script_text, error);
}

static gboolean write_packages(Init *init, GError **error)
{
  g_autofree char *outer = g_build_filename(init->directory, "__init__.py", NULL);
  g_autofree char *inner = g_build_filename(init->directory, "versions", "__init__.py", NULL);
  return write_file(init, "Adding", FALSE, outer, "", error) &&
         write_file(init, "Adding", FALSE, inner, "", error);
}

static gboolean check(const EnvironmentRequest *request, const char *name, const Template *template,
                      GError **error)
{
  g_autofree char *tidy = file_tidy_path(request->directory);
  g_autoptr(GDir) dir = g_dir_open(tidy, 0, NULL);
  if (dir != NULL && g_dir_read_name(dir) != NULL) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "Directory %s already exists and is not empty",
                tidy);
    return FALSE;
  }
  if (template == NULL)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "No such template %s", name);
  return template != NULL;
}

static void say_what_is_next(Init *init, const char *ini, const char *toml)
{
  g_autofree char *text =
      init->template->toml != NULL
          ? g_strdup_printf(
                "Please edit configuration settings in %s and configuration/connection/logging settings "
                "in %s before proceeding.",
                toml, ini)
          : g_strdup_printf("Please edit configuration/connection/logging settings in %s before proceeding.",
                            ini);
  init->sink->message(text, FALSE, init->data);
}

gboolean environment_init(const EnvironmentRequest *request, const EnvironmentSink *sink, void *data,
                          GError **error)
{
  const char *name = request->template != NULL ? request->template : "generic";
  const Template *template = find_template(name);
  if (!check(request, name, template, error))
    return FALSE;
  g_autofree char *directory = absolute(request->directory);
  g_autofree char *versions = g_build_filename(directory, "versions", NULL);
  g_autofree char *ini = absolute(request->ini_path);
  g_autofree char *toml = absolute(request->toml_path);
  Init init = {.request = request, .template = template, .sink = sink, .data = data, .directory = directory};
  if (!g_file_test(directory, G_FILE_TEST_EXISTS) && !make_folder(&init, directory, error))
    return FALSE;
  if (!make_folder(&init, versions, error) || !write_scripts(&init, error) || !write_ini(&init, ini, error))
    return FALSE;
  if (template->toml != NULL && !write_toml(&init, toml, error))
    return FALSE;
  if (request->package && !write_packages(&init, error))
    return FALSE;
  say_what_is_next(&init, ini, toml);
  return TRUE;
}
