/* Opening a project: the options that Alembic's ScriptDirectory reads, in its order and with its complaints. */
#include "retort/history/project.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "project-private.h"
#include "retort/base/error.h"
#include "retort/base/file.h"

#define DEFAULT_SLUG_LENGTH 40
#define MAX_HOOK_OPTIONS 1000
/* What `init` leaves to be filled in, and nobody means. */
#define INIT_URL "driver://user:pass@localhost/dbname"
#define DEFAULT_VERSION_TABLE "alembic_version"

/* What is needed while options are read, and not afterwards. */
typedef struct {
  Project *project;
  ProjectFiles files;
  Toml *toml;
  const TomlValue *alembic; /* [tool.alembic], or NULL */
  char *toml_here;
  GPtrArray *roots; /* where packages are */
} Opening;

static void hook_free(void *data)
{
  PostWriteHook *hook = data;

  g_free(hook->name);
  g_hash_table_destroy(hook->options);
  g_free(hook);
}

static gboolean command_error(GError **error, const char *format, const char *name)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, format, name);
  return FALSE;
}

static gboolean ini_has(const Project *project, const char *key)
{
  return project->ini && ini_has_key(project->ini, project->section, key);
}

char *project_toml_format(const TomlValue *value, const char *here, const char *what, GError **error)
{
  g_autoptr(GString) out = g_string_new(NULL);

  if (value->kind != TOML_STRING) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                _("line %u of pyproject.toml: \"%s\" is no string"), value->line, what);
    return NULL;
  }
  for (const char *p = value->text; *p; p++) {
    if (*p != '%') {
      g_string_append_c(out, *p);
    } else if (p[1] == '%') {
      g_string_append_c(out, '%');
      p++;
    } else if (g_str_has_prefix(p, "%(here)s")) {
      g_string_append(out, here);
      p += strlen("%(here)s") - 1;
    } else {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                  _("line %u of pyproject.toml: \"%s\": only %%(here)s and %%%% may follow a percent sign"),
                  value->line, what);
      return NULL;
    }
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *toml_option(const TomlValue *value, const char *here, const char *key, GError **error)
{
  switch (value->kind) {
  case TOML_INTEGER: return g_strdup(value->text);
  case TOML_BOOLEAN: return g_strdup(value->truth ? "true" : "false");
  case TOML_STRING:
  case TOML_ARRAY:
  case TOML_TABLE: return project_toml_format(value, here, key, error);
  case TOML_FLOAT:
  case TOML_DATETIME: break;
  }
  command_error(error, "unsupported TOML value type for key: '%s'", key);
  return NULL;
}

/* The ini file's value, else that of [tool.alembic]; NULL without error when neither has it. */
static char *option(const Opening *opening, const char *key, GError **error)
{
  const TomlValue *value = toml_get(opening->alembic, key);

  if (ini_has(opening->project, key))
    return ini_get(opening->project->ini, opening->project->section, key, error);
  return value ? toml_option(value, opening->toml_here, key, error) : NULL;
}

static gboolean read_text(const Opening *opening, const char *key, const char *fallback, char **value,
                          GError **error)
{
  g_autoptr(GError) local = NULL;

  *value = option(opening, key, &local);
  if (local) {
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  if (!*value)
    *value = g_strdup(fallback);
  return TRUE;
}

/* A flag is on when the ini file says exactly "true", or the toml file the boolean. */
static gboolean read_flag(const Opening *opening, const char *key, gboolean *flag, GError **error)
{
  const TomlValue *value = toml_get(opening->alembic, key);
  g_autoptr(GError) local = NULL;

  *flag = FALSE;
  if (ini_has(opening->project, key)) {
    g_autofree char *text = ini_get(opening->project->ini, opening->project->section, key, &local);
    if (local) {
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
    *flag = strcmp(text, "true") == 0;
  } else if (value && value->kind != TOML_BOOLEAN) {
    return command_error(error, "boolean value expected for TOML parameter '%s'", key);
  } else if (value) {
    *flag = value->truth;
  }
  return TRUE;
}

/* revision_environment has rules of its own, and Alembic reads it for some commands only. */
static void read_revision_environment(const Opening *opening)
{
  static const char *const yes[] = {"true", "yes", "on", "y", "t", "1", NULL};
  static const char *const no[] = {"false", "no", "off", "n", "f", "0", NULL};
  Project *project = opening->project;
  g_autoptr(GError) local = NULL;
  g_autofree char *text = option(opening, "revision_environment", &local);

  if (!text) {
    if (local)
      diag_add(project->diags, DIAG_ERROR, project->config_path, 0, 0, "%s", local->message);
    return;
  }
  g_autofree char *word = g_ascii_strdown(g_strstrip(text), -1);
  project->revision_environment = g_strv_contains(yes, word);
  project->odd_revision_environment = !project->revision_environment && !g_strv_contains(no, word);
  if (project->odd_revision_environment)
    diag_add(project->diags, DIAG_ERROR, project->config_path, 0, 0,
             _("revision_environment is neither true nor false: \"%s\""), text);
}

static gboolean read_slug_length(const Opening *opening, GError **error)
{
  g_autofree char *text = NULL;
  char *end;

  opening->project->truncate_slug_length = DEFAULT_SLUG_LENGTH;
  if (!read_text(opening, "truncate_slug_length", NULL, &text, error))
    return FALSE;
  if (!text)
    return TRUE;
  g_strstrip(text);
  errno = 0;
  long length = strtol(text, &end, 10);
  if (errno || end == text || *end) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("truncate_slug_length is no number: \"%s\""),
                text);
    return FALSE;
  }
  if (length > 0 && length <= G_MAXINT)
    opening->project->truncate_slug_length = (guint)length;
  return TRUE;
}

static gboolean separator_of(const Opening *opening, const char *key, const char **separator, GError **error)
{
  static const struct {
    const char *name;
    const char *separator;
  } table[] = {{"space", " "}, {"newline", "\n"}, {"os", ":"}, {":", ":"}, {";", ";"}};
  Project *project = opening->project;
  g_autoptr(GError) local = NULL;
  g_autofree char *value =
      ini_has(project, key) ? ini_get(project->ini, project->section, key, &local) : NULL;

  *separator = NULL;
  if (local) {
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  for (guint i = 0; value && i < G_N_ELEMENTS(table); i++)
    if (strcmp(value, table[i].name) == 0)
      *separator = table[i].separator;
  if (value && !*separator) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                "'%s' is not a valid value for %s; expected 'space', 'newline', 'os', ':', ';'", value, key);
    return FALSE;
  }
  return TRUE;
}

/* Alembic's old rule: a comma with the blanks behind it, a run of blanks, or one of the marks parts; what is empty
 * between two counts, and is the current folder. */
static void split_legacy(const char *text, const char *marks, GPtrArray *items)
{
  for (;;) {
    gsize len = strcspn(text, marks);
    g_ptr_array_add(items, g_strndup(text, len));
    text += len;
    if (!*text)
      return;
    char mark = *text++;
    if (mark == ',' || mark == ' ')
      text += strspn(text, " ");
  }
}

/* Splits a list of the ini file: by its separator, or by the old rule. */
static void split_list(const char *text, const char *separator, const char *legacy, GPtrArray *items)
{
  if (!separator) {
    split_legacy(text, legacy, items);
    return;
  }
  g_auto(GStrv) parts = g_strsplit(text, separator, -1);
  for (char **part = parts; *part; part++)
    if (**part)
      g_ptr_array_add(items, g_strdup(g_strstrip(*part)));
}

/* Python takes a string where it expects a list for a list of its characters, and so does Alembic. */
static void split_characters(const char *text, GPtrArray *items)
{
  for (const char *p = text; *p; p = g_utf8_next_char(p))
    g_ptr_array_add(items, g_strndup(p, (gsize)(g_utf8_next_char(p) - p)));
}

static gboolean is_falsy(const TomlValue *value)
{
  return (value->kind == TOML_BOOLEAN && !value->truth) ||
         (value->kind == TOML_INTEGER && strcmp(value->text, "0") == 0);
}

static gboolean read_toml_list(const Opening *opening, const char *key, GPtrArray *items, GError **error)
{
  const TomlValue *value = toml_get(opening->alembic, key);

  if (!value || is_falsy(value))
    return TRUE;
  if (value->kind == TOML_STRING) {
    g_autofree char *text = project_toml_format(value, opening->toml_here, key, error);
    if (text)
      split_characters(text, items);
    return text != NULL;
  }
  if (value->kind == TOML_FLOAT || value->kind == TOML_DATETIME)
    return command_error(error, "unsupported TOML value type for key: '%s'", key);
  if (value->kind != TOML_ARRAY) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                _("line %u of pyproject.toml: \"%s\" is no array"), value->line, key);
    return FALSE;
  }
  for (guint i = 0; i < value->items->len; i++) {
    char *item = project_toml_format(value->items->pdata[i], opening->toml_here, key, error);
    if (!item)
      return FALSE;
    g_ptr_array_add(items, item);
  }
  return TRUE;
}

/* version_locations or prepend_sys_path.  old_key: the option that once held the separator, or NULL. */
static gboolean read_list(const Opening *opening, const char *key, const char *old_key, const char *legacy,
                          GPtrArray *items, GError **error)
{
  Project *project = opening->project;
  g_autoptr(GError) local = NULL;
  g_autofree char *text = ini_has(project, key) ? ini_get(project->ini, project->section, key, &local) : NULL;
  const char *separator;

  if (local) {
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  if (!text || !*text)
    return read_toml_list(opening, key, items, error);
  if (!separator_of(opening, "path_separator", &separator, error))
    return FALSE;
  if (!separator && old_key && !separator_of(opening, old_key, &separator, error))
    return FALSE;
  split_list(text, separator, legacy, items);
  return TRUE;
}

/* script_location as it is written; NULL: an ini file of Flask-Migrate, whose folder is the location. */
static gboolean read_script_text(const Opening *opening, char **value, GError **error)
{
  g_autofree char *beside = g_path_get_dirname(opening->files.ini_path);

  if (!read_text(opening, "script_location", NULL, value, error))
    return FALSE;
  if (*value || (opening->project->ini && project_is_environment(beside)))
    return TRUE;
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND,
                      "No 'script_location' key found in configuration.");
  return FALSE;
}

static gboolean find_script_location(const Opening *opening, const char *value, GError **error)
{
  Project *project = opening->project;
  const TomlValue *given = toml_get(opening->alembic, "script_location");

  if (!value) {
    g_autofree char *beside = g_path_get_dirname(opening->files.ini_path);
    project->script_location = g_canonicalize_filename(beside, NULL);
    return TRUE;
  }
  if (!ini_has(project, "script_location") && given && given->kind != TOML_STRING) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                _("line %u of pyproject.toml: \"%s\" is no string"), given->line, "script_location");
    return FALSE;
  }
  project->script_location = project_location(value, opening->files.base, opening->roots, error);
  return project->script_location != NULL;
}

static gboolean check_script_location(const Project *project, const char *value, GError **error)
{
  if (!value || g_file_test(project->script_location, G_FILE_TEST_EXISTS))
    return TRUE;
  gboolean package = !g_path_is_absolute(value) && strchr(value, ':');
  g_autofree char *shown = file_tidy_path(package ? project->script_location : value);
  return command_error(
      error, "Path doesn't exist: %s.  Please use the 'init' command to create a new scripts folder.", shown);
}

static gboolean find_version_locations(const Opening *opening, GPtrArray *values, GError **error)
{
  Project *project = opening->project;

  if (values->len == 0)
    g_ptr_array_add(values, g_build_filename(project->script_location, "versions", NULL));
  for (guint i = 0; i < values->len; i++) {
    char *spelled = project_location_spelled(values->pdata[i], opening->files.base, opening->roots, error);
    if (!spelled)
      return FALSE;
    g_ptr_array_add(project->all_locations, spelled);
    char *path = project_location(values->pdata[i], opening->files.base, opening->roots, error);
    if (!path)
      return FALSE;
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
      g_ptr_array_add(project->version_locations, path);
      continue;
    }
    diag_add(project->diags, DIAG_WARNING, path, 0, 0, _("there is no such folder of revision files"));
    g_ptr_array_add(project->missing_locations, path);
  }
  return TRUE;
}

static PostWriteHook *hook_new(Project *project, const char *name)
{
  PostWriteHook *hook = g_new0(PostWriteHook, 1);

  hook->name = g_strdup(name);
  hook->options = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_ptr_array_add(project->hooks, hook);
  return hook;
}

static gboolean read_ini_hooks(Project *project, GError **error)
{
  static const char section[] = "post_write_hooks";
  g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) keys = ini_keys(project->ini, section);

  if (g_strv_length(keys) > MAX_HOOK_OPTIONS) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG, _("%s: more options in [%s] than retort reads"),
                project->config_path, section);
    return FALSE;
  }
  for (char **key = keys; *key; key++) {
    char *value = ini_get(project->ini, section, *key, error);
    if (!value)
      return FALSE;
    g_hash_table_insert(values, *key, value);
  }
  const char *list = g_hash_table_lookup(values, "hooks");
  split_legacy(list ? list : "", ", ", names);
  for (guint i = 0; i < names->len; i++) {
    if (!*(char *)names->pdata[i])
      continue;
    PostWriteHook *hook = hook_new(project, names->pdata[i]);
    gsize len = strlen(hook->name);
    for (char **key = keys; *key; key++)
      if (strncmp(*key, hook->name, len) == 0 && (*key)[len] == '.')
        g_hash_table_insert(hook->options, g_strdup(*key + len + 1),
                            g_strdup(g_hash_table_lookup(values, *key)));
  }
  return TRUE;
}

static gboolean read_toml_hook(const Opening *opening, const TomlValue *table, GError **error)
{
  const TomlValue *name = toml_get(table, "name");

  if (!name || name->kind != TOML_STRING) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                _("line %u of pyproject.toml: a post write hook without a name"), table->line);
    return FALSE;
  }
  PostWriteHook *hook = hook_new(opening->project, name->text);
  for (guint i = 0; i < table->items->len; i++) {
    const TomlValue *item = table->items->pdata[i];
    char *value = project_toml_format(item, opening->toml_here, item->key, error);
    if (!value)
      return FALSE;
    if (item == name)
      g_free(value);
    else
      g_hash_table_insert(hook->options, g_strdup(item->key), value);
  }
  return TRUE;
}

static gboolean read_hooks(const Opening *opening, GError **error)
{
  Project *project = opening->project;
  const TomlValue *tables = toml_get(opening->alembic, "post_write_hooks");

  if (project->ini && ini_has_section(project->ini, "post_write_hooks"))
    return read_ini_hooks(project, error);
  for (guint i = 0; tables && tables->kind == TOML_ARRAY && i < tables->items->len; i++)
    if (!read_toml_hook(opening, tables->items->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* Only env.py reads the URL, so that a bad one does not keep Alembic from showing the graph. */
static void read_url(const Opening *opening)
{
  Project *project = opening->project;
  g_autoptr(GError) local = NULL;

  project->url = option(opening, "sqlalchemy.url", &local);
  if (local)
    diag_add(project->diags, DIAG_WARNING, project->config_path,
             project->ini ? ini_line(project->ini, project->section, "sqlalchemy.url") : 0, 0, "%s",
             local->message);
  if (project->url && (!*g_strstrip(project->url) || strcmp(project->url, INIT_URL) == 0))
    g_clear_pointer(&project->url, g_free);
}

static gboolean parse_ini(Opening *opening, GError **error)
{
  Project *project = opening->project;
  const char *path = opening->files.ini_path;
  g_autofree char *here = g_path_get_dirname(path);
  const char *defaults[] = {"here", here, NULL};
  gsize len;

  /* As ConfigParser.read(), which passes over what it cannot open. */
  if (g_access(path, R_OK) != 0 || g_file_test(path, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_autofree char *text = file_read(path, CONFIG_LIMIT, &len, NULL, error);
  if (text && !g_utf8_validate(text, (gssize)len, NULL)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("%s is not UTF-8 text"), path);
    return FALSE;
  }
  project->ini = text ? ini_parse(path, text, len, defaults, error) : NULL;
  project->config_path = project->ini ? g_canonicalize_filename(path, NULL) : NULL;
  return project->ini != NULL;
}

static gboolean parse_toml(Opening *opening, GError **error)
{
  Project *project = opening->project;
  const char *path = opening->files.toml_path;
  gsize len;

  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_autofree char *text = file_read(path, CONFIG_LIMIT, &len, NULL, error);
  opening->toml = text ? toml_parse(path, text, len, error) : NULL;
  if (!opening->toml)
    return FALSE;
  opening->toml_here = g_path_get_dirname(path);
  const TomlValue *tool = toml_get(toml_root(opening->toml), "tool");
  if (tool && tool->kind != TOML_TABLE) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                _("line %u of pyproject.toml: \"%s\" is no table"), tool->line, "tool");
    return FALSE;
  }
  opening->alembic = toml_find(toml_root(opening->toml), "tool", "alembic", NULL);
  if (opening->alembic && opening->alembic->kind != TOML_TABLE)
    return command_error(error, "%s", "Incorrect TOML format");
  if (opening->alembic) {
    project->toml_path = g_canonicalize_filename(path, NULL);
    if (!project->config_path)
      project->config_path = g_strdup(project->toml_path);
  }
  return TRUE;
}

/* The repository's folder, else the project's own. */
static char *project_name(const Project *project, const char *folder)
{
  g_autofree char *at = g_strdup(folder);

  for (;;) {
    g_autofree char *git = g_build_filename(at, ".git", NULL);
    char *up = g_path_get_dirname(at);
    gboolean top = strcmp(up, at) == 0;
    if (g_file_test(git, G_FILE_TEST_EXISTS)) {
      g_free(up);
      return g_path_get_basename(at);
    }
    g_free(at);
    at = up;
    if (top)
      break;
  }
  /* Flask-Migrate's "migrations" says nothing; the folder around it does */
  g_autofree char *name = g_path_get_basename(folder);
  if (project->script_location && strcmp(project->script_location, folder) == 0) {
    g_autofree char *parent = g_path_get_dirname(folder);
    return g_path_get_basename(parent);
  }
  return g_steal_pointer(&name);
}

/* In the order in which Alembic stumbles over what is wrong. */
static gboolean read_options(Opening *opening, GError **error)
{
  Project *project = opening->project;
  g_autoptr(GPtrArray) prepend = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) versions = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *location = NULL;

  if (!read_script_text(opening, &location, error) || !read_slug_length(opening, error) ||
      !read_list(opening, "prepend_sys_path", NULL, ", :", prepend, error) ||
      !read_flag(opening, "recursive_version_locations", &project->recursive, error))
    return FALSE;
  opening->roots = project_package_roots(prepend, &opening->files);
  if (!find_script_location(opening, location, error) ||
      !read_text(opening, "file_template", "%(rev)s_%(slug)s", &project->file_template, error) ||
      !read_flag(opening, "sourceless", &project->sourceless, error) ||
      !read_text(opening, "output_encoding", "utf-8", &project->output_encoding, error) ||
      !read_list(opening, "version_locations", "version_path_separator", ", ", versions, error) ||
      !read_text(opening, "timezone", NULL, &project->timezone, error) || !read_hooks(opening, error) ||
      !check_script_location(project, location, error) || !find_version_locations(opening, versions, error))
    return FALSE;
  read_revision_environment(opening);
  read_url(opening);
  return TRUE;
}

static void read_env(Project *project, const char *folder)
{
  g_autofree char *path = g_build_filename(folder, "env.py", NULL);

  env_script_read(path, &project->env, &project->env_offline, project->diags);
}

/* -d: no configuration at all. */
static gboolean open_folder(Project *project, const ProjectOptions *options, GError **error)
{
  g_autofree char *start = g_canonicalize_filename(options->start ? options->start : ".", NULL);
  g_autofree char *folder = g_canonicalize_filename(options->folder, start);
  g_autofree char *parent = g_path_get_dirname(folder);

  if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s is no folder"), folder);
    return FALSE;
  }
  project->file_template = g_strdup("%(rev)s_%(slug)s");
  project->output_encoding = g_strdup("utf-8");
  project->truncate_slug_length = DEFAULT_SLUG_LENGTH;
  if (project_is_environment(folder)) {
    project->script_location = g_strdup(folder);
    g_ptr_array_add(project->version_locations, g_build_filename(folder, "versions", NULL));
  } else {
    project->recursive = TRUE;
    g_ptr_array_add(project->version_locations, g_strdup(folder));
    if (project_is_environment(parent))
      project->script_location = g_strdup(parent);
  }
  g_ptr_array_add(project->all_locations, g_strdup(project->version_locations->pdata[0]));
  if (project->script_location)
    read_env(project, project->script_location);
  project->name = project_name(project, folder);
  return TRUE;
}

static gboolean open_configured(Project *project, const ProjectOptions *options, GError **error)
{
  Opening opening = {.project = project};
  gboolean good = project_files_find(options, &opening.files, error) && parse_ini(&opening, error) &&
                  parse_toml(&opening, error) && read_options(&opening, error);

  if (good) {
    g_autofree char *folder = g_path_get_dirname(project->config_path);
    project->name = project_name(project, folder);
    read_env(project, project->script_location);
  }
  if (opening.roots)
    g_ptr_array_free(opening.roots, TRUE);
  project_files_clear(&opening.files);
  toml_free(opening.toml);
  g_free(opening.toml_here);
  return good;
}

Project *project_open(const ProjectOptions *options, GError **error)
{
  static const ProjectOptions none;
  g_autoptr(Project) project = g_new0(Project, 1);

  if (!options)
    options = &none;
  project->section = g_strdup(options->section ? options->section : "alembic");
  project->version_locations = g_ptr_array_new_with_free_func(g_free);
  project->missing_locations = g_ptr_array_new_with_free_func(g_free);
  project->all_locations = g_ptr_array_new_with_free_func(g_free);
  project->hooks = g_ptr_array_new_with_free_func(hook_free);
  project->diags = diag_list_new();
  if (options->folder ? open_folder(project, options, error) : open_configured(project, options, error))
    return g_steal_pointer(&project);
  return NULL;
}

void project_free(Project *project)
{
  if (!project)
    return;
  g_free(project->name);
  g_free(project->config_path);
  g_free(project->toml_path);
  g_free(project->section);
  g_free(project->script_location);
  g_ptr_array_free(project->version_locations, TRUE);
  g_ptr_array_free(project->missing_locations, TRUE);
  g_ptr_array_free(project->all_locations, TRUE);
  g_free(project->file_template);
  g_free(project->timezone);
  g_free(project->output_encoding);
  g_free(project->url);
  g_ptr_array_free(project->hooks, TRUE);
  env_script_clear(&project->env);
  env_script_clear(&project->env_offline);
  ini_free(project->ini);
  diag_list_free(project->diags);
  g_free(project);
}

char *project_option(const Project *project, const char *key, GError **error)
{
  gsize len;

  if (ini_has(project, key))
    return ini_get(project->ini, project->section, key, error);
  if (!project->toml_path)
    return NULL;
  g_autofree char *text = file_read(project->toml_path, CONFIG_LIMIT, &len, NULL, error);
  g_autoptr(Toml) toml = text ? toml_parse(project->toml_path, text, len, error) : NULL;
  const TomlValue *value = toml ? toml_find(toml_root(toml), "tool", "alembic", key, NULL) : NULL;
  g_autofree char *here = g_path_get_dirname(project->toml_path);
  return value ? toml_option(value, here, key, error) : NULL;
}

const char *project_version_table(const Project *project, const char **schema)
{
  const EnvScript *env = &project->env;

  if (schema)
    *schema = env->version_table_schema.state == ENV_LITERAL ? env->version_table_schema.text : NULL;
  return env->version_table.state == ENV_LITERAL && env->version_table.text ? env->version_table.text
                                                                            : DEFAULT_VERSION_TABLE;
}
