/* Which configuration files, and where the things they name are. */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "project-private.h"
#include "retort/base/error.h"
#include "retort/base/file.h"

static gboolean is_file(const char *path)
{
  return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static gboolean is_folder(const char *path)
{
  return g_file_test(path, G_FILE_TEST_IS_DIR);
}

static gboolean named_toml(const char *path)
{
  g_autofree char *name = g_path_get_basename(path);

  return strcmp(name, "pyproject.toml") == 0;
}

gboolean project_is_environment(const char *folder)
{
  g_autofree char *env = g_build_filename(folder, "env.py", NULL);
  g_autofree char *versions = g_build_filename(folder, "versions", NULL);

  return is_file(env) && is_folder(versions);
}

/* Python's absolute(): joined to the folder, ".." left as it is. */
static char *join(const char *folder, const char *path)
{
  return g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(folder, path, NULL);
}

/* Every -c, where an empty one stands for the default; nothing named leaves both NULL. */
static gboolean take_named(const char *const *files, const char **ini, const char **toml, GError **error)
{
  *ini = *toml = NULL;
  for (const char *const *p = files; p && *p; p++) {
    const char **slot = named_toml(*p) ? toml : ini;
    if (*slot) {
      /* Alembic's own words: not translated */
      g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                          slot == toml ? "pyproject.toml indicated more than once"
                                       : "only one ini file may be indicated");
      return FALSE;
    }
    *slot = *p;
  }
  if (*ini && !**ini)
    *ini = NULL;
  return TRUE;
}

gboolean project_named_files(const char *const *config_files, const char **ini, const char **toml,
                             GError **error)
{
  const char *environment = g_getenv("ALEMBIC_CONFIG");

  if (!take_named(config_files, ini, toml, error))
    return FALSE;
  if (environment && *environment && named_toml(environment) && !*toml)
    *toml = environment;
  else if (environment && *environment && !named_toml(environment) && !*ini)
    *ini = environment;
  return TRUE;
}

/* Does the file have a [tool.alembic]?  A broken file may well be meant, so it counts. */
static gboolean toml_has_alembic(const char *path)
{
  g_autoptr(GError) error = NULL;
  gsize len;

  if (!is_file(path))
    return FALSE;
  g_autofree char *text = file_read(path, CONFIG_LIMIT, &len, NULL, NULL);
  if (!text || !g_strstr_len(text, (gssize)len, "alembic"))
    return FALSE;
  g_autoptr(Toml) toml = toml_parse(path, text, len, &error);
  return !toml || toml_find(toml_root(toml), "tool", "alembic", NULL);
}

/* A folder that holds a configuration: itself, or its migrations/ in Flask-Migrate's layout. */
static gboolean take_folder(const char *folder, ProjectFiles *files)
{
  g_autofree char *ini = g_build_filename(folder, "alembic.ini", NULL);
  g_autofree char *toml = g_build_filename(folder, "pyproject.toml", NULL);
  g_autofree char *flask_folder = g_build_filename(folder, "migrations", NULL);
  g_autofree char *flask = g_build_filename(flask_folder, "alembic.ini", NULL);
  gboolean found = is_file(ini) || toml_has_alembic(toml);

  if (!found && is_file(flask) && project_is_environment(flask_folder)) {
    g_free(ini);
    ini = g_steal_pointer(&flask);
    found = TRUE;
  }
  if (found) {
    g_free(files->ini_path);
    g_free(files->toml_path);
    files->ini_path = g_steal_pointer(&ini);
    files->toml_path = g_steal_pointer(&toml);
  }
  return found;
}

static void search_up(ProjectFiles *files)
{
  g_autofree char *folder = g_canonicalize_filename(files->start, NULL);

  for (;;) {
    if (take_folder(folder, files)) {
      g_free(files->base);
      files->base = g_path_get_dirname(files->ini_path);
      if (!is_file(files->ini_path)) {
        g_free(files->base);
        files->base = g_strdup(folder);
      }
      files->searched = TRUE;
      return;
    }
    char *up = g_path_get_dirname(folder);
    gboolean top = strcmp(up, folder) == 0;
    g_free(folder);
    folder = up;
    if (top)
      return;
  }
}

gboolean project_files_find(const ProjectOptions *options, ProjectFiles *files, GError **error)
{
  const char *ini, *toml;
  g_autofree char *current = g_get_current_dir();
  gboolean named = options->config_files && *options->config_files;

  *files = (ProjectFiles){0};
  if (!project_named_files(options->config_files, &ini, &toml, error))
    return FALSE;
  g_autofree char *start = join(current, options->start ? options->start : ".");
  files->start = file_tidy_path(start);
  files->base = g_strdup(files->start);
  files->ini_shown = g_strdup(ini ? ini : "alembic.ini");
  files->ini_path = join(files->start, files->ini_shown);
  files->toml_path = join(files->start, toml ? toml : "pyproject.toml");
  if (!named && !ini && !toml && !is_file(files->ini_path) && !toml_has_alembic(files->toml_path))
    search_up(files);
  return TRUE;
}

void project_files_clear(ProjectFiles *files)
{
  g_free(files->start);
  g_free(files->base);
  g_free(files->ini_path);
  g_free(files->toml_path);
  g_free(files->ini_shown);
}

/* An absolute path.  ".." is the real parent, which differs from the one in the text behind a symbolic link. */
static char *resolve(const char *value, const char *base)
{
  g_autofree char *path = join(base, value);

  if (!strstr(path, ".."))
    return g_canonicalize_filename(path, NULL);
  char *real = realpath(path, NULL);
  char *absolute = g_strdup(real ? real : path);
  free(real);
  return absolute;
}

/* package:path:path, found as a folder. */
static char *package_location(const char *value, const GPtrArray *roots, GError **error)
{
  g_auto(GStrv) parts = g_strsplit(value, ":", -1);
  g_autofree char *package = g_strdelimit(g_strdup(parts[0]), ".", '/');
  gboolean name = *parts[0] && *parts[0] != '.' && !strchr(parts[0], '/');

  for (guint i = 0; i < roots->len && name; i++) {
    g_autofree char *path = g_build_filename(roots->pdata[i], package, NULL);
    if (!is_folder(path))
      continue;
    for (char **part = parts + 1; *part; part++) {
      char *below = join(path, *part);
      g_free(path);
      path = below;
    }
    return g_canonicalize_filename(path, NULL);
  }
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
              _("the package \"%s\" of the location \"%s\" is nowhere to be found; prepend_sys_path in the "
                "configuration says where to look"),
              parts[0], value);
  return NULL;
}

char *project_location(const char *value, const char *base, const GPtrArray *roots, GError **error)
{
  if (!g_path_is_absolute(value) && strchr(value, ':'))
    return package_location(value, roots, error);
  return resolve(value, base);
}

char *project_location_spelled(const char *value, const char *base, const GPtrArray *roots, GError **error)
{
  if (!g_path_is_absolute(value) && strchr(value, ':'))
    return package_location(value, roots, error);
  g_autofree char *path = join(base, value);
  return file_tidy_path(path);
}

static void add_root(GPtrArray *roots, const char *folder)
{
  g_autofree char *source = g_build_filename(folder, "src", NULL);

  g_ptr_array_add(roots, g_strdup(folder));
  if (is_folder(source))
    g_ptr_array_add(roots, g_steal_pointer(&source));
}

static void add_virtual_environment(GPtrArray *roots, const char *folder)
{
  g_autofree char *lib = g_build_filename(folder, "lib", NULL);
  g_auto(GStrv) names = is_folder(lib) ? file_list(lib, NULL) : NULL;

  for (char **name = names; name && *name; name++) {
    g_autofree char *packages = g_build_filename(lib, *name, "site-packages", NULL);
    if (is_folder(packages))
      g_ptr_array_add(roots, g_steal_pointer(&packages));
  }
}

GPtrArray *project_package_roots(const GPtrArray *prepend, const ProjectFiles *files)
{
  GPtrArray *roots = g_ptr_array_new_with_free_func(g_free);
  const char *python_path = g_getenv("PYTHONPATH");
  const char *environment = g_getenv("VIRTUAL_ENV");

  for (guint i = 0; prepend && i < prepend->len; i++)
    g_ptr_array_add(roots, g_canonicalize_filename(prepend->pdata[i], files->base));
  g_auto(GStrv) python_folders = g_strsplit(python_path ? python_path : "", ":", -1);
  for (char **p = python_folders; *p; p++)
    if (**p)
      g_ptr_array_add(roots, g_canonicalize_filename(*p, files->start));
  add_root(roots, files->base);
  g_autofree char *folder = g_path_get_dirname(files->ini_path);
  for (;;) {
    add_root(roots, folder);
    char *up = g_path_get_dirname(folder);
    gboolean top = strcmp(up, folder) == 0;
    g_free(folder);
    folder = up;
    if (top)
      break;
  }
  if (environment)
    add_virtual_environment(roots, environment);
  g_autofree char *beside = g_build_filename(files->base, ".venv", NULL);
  add_virtual_environment(roots, beside);
  return roots;
}
