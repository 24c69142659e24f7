/* Every Alembic environment of a repository. */
#include <sys/stat.h>
#include <string.h>

#include "project-private.h"
#include "retort/base/file.h"
#include "revision-private.h"

/* A search that takes longer than the eye waits is of no use. */
#define MAX_DEPTH 8
#define MAX_FOLDERS 20000

typedef struct {
  char *root;
  GPtrArray *found; /* ProjectCandidate* */
  GPtrArray *bare;  /* char*: folders that look like an environment */
  guint folders;
} Search;

static void candidate_free(void *data)
{
  ProjectCandidate *candidate = data;

  g_free(candidate->label);
  g_free(candidate->config_path);
  g_free(candidate->section);
  g_free(candidate->start);
  g_free(candidate->script_location);
  g_free(candidate);
}

static void add_candidate(Search *search, const char *config, const char *section, const char *start,
                          const char *location)
{
  ProjectCandidate *candidate = g_new0(ProjectCandidate, 1);
  g_autofree char *shown = file_relative(config ? config : location, search->root);

  candidate->label =
      strcmp(section, "alembic") == 0 ? g_strdup(shown) : g_strdup_printf("%s [%s]", shown, section);
  candidate->config_path = g_strdup(config);
  candidate->section = g_strdup(section);
  candidate->start = g_strdup(start);
  candidate->script_location = g_strdup(location);
  g_ptr_array_add(search->found, candidate);
}

/* Relative locations count from wherever people start Alembic: the file's folder, or one above it. */
static void try_config(Search *search, const char *config, const char *section)
{
  const char *files[] = {config, NULL};
  g_autofree char *start = g_path_get_dirname(config);

  for (;;) {
    ProjectOptions options = {.config_files = files, .section = section, .start = start};
    g_autoptr(Project) project = project_open(&options, NULL);
    if (project) {
      add_candidate(search, config, section, start, project->script_location);
      return;
    }
    if (strcmp(start, search->root) == 0 || strcmp(start, "/") == 0)
      return;
    char *up = g_path_get_dirname(start);
    g_free(start);
    start = up;
  }
}

static void try_ini(Search *search, const char *path)
{
  gsize len;
  g_autofree char *text = file_read(path, CONFIG_LIMIT, &len, NULL, NULL);
  g_autofree char *folder = g_path_get_dirname(path);
  g_autofree char *name = g_path_get_basename(path);
  gboolean flask = strcmp(name, "alembic.ini") == 0 && project_is_environment(folder);

  if (!text || (!flask && !g_strstr_len(text, (gssize)len, "script_location")))
    return;
  g_autoptr(Ini) ini = ini_parse(path, text, len, NULL, NULL);
  if (!ini)
    return;
  g_auto(GStrv) sections = ini_sections(ini);
  guint shared = ini_line(ini, "DEFAULT", "script_location");
  for (char **section = sections; *section; section++) {
    gboolean main_section = strcmp(*section, "alembic") == 0;
    guint line = ini_line(ini, *section, "script_location");
    if (line ? line != shared || main_section : main_section && flask)
      try_config(search, path, *section);
  }
}

static void try_toml(Search *search, const char *folder, const char *path)
{
  gsize len;
  g_autofree char *ini = g_build_filename(folder, "alembic.ini", NULL);
  g_autofree char *text =
      g_file_test(ini, G_FILE_TEST_EXISTS) ? NULL : file_read(path, CONFIG_LIMIT, &len, NULL, NULL);

  if (!text || !g_strstr_len(text, (gssize)len, "alembic"))
    return;
  g_autoptr(Toml) toml = toml_parse(path, text, len, NULL);
  if (toml && toml_find(toml_root(toml), "tool", "alembic", "script_location", NULL))
    try_config(search, path, "alembic");
}

static gboolean has_revisions(const char *folder)
{
  g_autofree char *versions = g_build_filename(folder, "versions", NULL);
  g_auto(GStrv) names = file_list(versions, NULL);

  for (char **name = names; name && *name; name++) {
    g_autofree char *path = g_build_filename(versions, *name, NULL);
    g_autoptr(Revision) revision = revision_file_name(*name) ? revision_read(path, NULL) : NULL;
    if (revision)
      return TRUE;
  }
  return FALSE;
}

static gboolean skipped(const char *folder, const char *name)
{
  static const char *const names[] = {"node_modules", "__pycache__", "site-packages", "versions", NULL};
  g_autofree char *environment = g_build_filename(folder, name, "pyvenv.cfg", NULL);

  return name[0] == '.' || g_strv_contains(names, name) || g_file_test(environment, G_FILE_TEST_EXISTS);
}

static void search_folder(Search *search, const char *folder, guint depth)
{
  g_auto(GStrv) names = ++search->folders <= MAX_FOLDERS ? file_list(folder, NULL) : NULL;

  if (names && project_is_environment(folder) && has_revisions(folder))
    g_ptr_array_add(search->bare, g_strdup(folder));
  for (char **name = names; name && *name; name++) {
    g_autofree char *path = g_build_filename(folder, *name, NULL);
    struct stat st;
    if (lstat(path, &st) != 0)
      continue;
    if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH && !skipped(folder, *name))
      search_folder(search, path, depth + 1);
    else if (!S_ISDIR(st.st_mode) && g_str_has_suffix(*name, ".ini"))
      try_ini(search, path);
    else if (!S_ISDIR(st.st_mode) && strcmp(*name, "pyproject.toml") == 0)
      try_toml(search, folder, path);
  }
}

/* Environments that no configuration names. */
static void add_bare(Search *search)
{
  guint configured = search->found->len;

  for (guint i = 0; i < search->bare->len; i++) {
    const char *folder = search->bare->pdata[i];
    gboolean known = FALSE;
    for (guint j = 0; j < configured && !known; j++)
      known = strcmp(((ProjectCandidate *)search->found->pdata[j])->script_location, folder) == 0;
    if (!known)
      add_candidate(search, NULL, "alembic", folder, folder);
  }
}

static int compare_labels(const void *a, const void *b)
{
  const ProjectCandidate *const *left = a;
  const ProjectCandidate *const *right = b;

  return strcmp((*left)->label, (*right)->label);
}

static char *search_root(const char *folder)
{
  g_autofree char *at = g_canonicalize_filename(folder, NULL);
  g_autofree char *top = g_strdup(at);

  for (;;) {
    g_autofree char *git = g_build_filename(at, ".git", NULL);
    char *up = g_path_get_dirname(at);
    gboolean last = strcmp(up, at) == 0;
    if (g_file_test(git, G_FILE_TEST_EXISTS)) {
      g_free(up);
      return g_steal_pointer(&at);
    }
    g_free(at);
    at = up;
    if (last)
      return g_steal_pointer(&top);
  }
}

GPtrArray *project_find_all(const char *folder)
{
  Search search = {.root = search_root(folder),
                   .found = g_ptr_array_new_with_free_func(candidate_free),
                   .bare = g_ptr_array_new_with_free_func(g_free)};

  search_folder(&search, search.root, 0);
  add_bare(&search);
  g_ptr_array_sort(search.found, compare_labels);
  g_ptr_array_free(search.bare, TRUE);
  g_free(search.root);
  return search.found;
}

Project *project_open_candidate(const ProjectCandidate *candidate, GError **error)
{
  const char *files[] = {candidate->config_path, NULL};
  ProjectOptions options = {.config_files = files, .section = candidate->section, .start = candidate->start};
  ProjectOptions bare = {.folder = candidate->script_location};

  return project_open(candidate->config_path ? &options : &bare, error);
}
