#include "git_layout.h"

#include <glib/gi18n.h>
#include <string.h>

#include "git_skeleton.h"
#include "retort/base/error.h"
#include "retort/base/file.h"

/* Commits without the configuration at hand are searched for one, each whole; beyond so many they count as having the
 * folders at hand. */
#define MAX_SEARCHES 64
/* No configuration is larger. */
#define CONFIG_BYTES ((gsize)1024 * 1024)

struct Layouts {
  GPtrArray *configs; /* char*: configuration files below the repository's root, the main one first */
  char *section;
  char *current;     /* the current folder below the root: names may count from there */
  GBytes *own;       /* key of refs->reader; NULL: no commit has it */
  GHashTable *known; /* GBytes: key -> RepoReader*, NULL when there is no environment */
  GPtrArray *readers;
  GHashTable *silent; /* git_oid of pyproject.toml files that do not mention Alembic */
  guint searches;
};

/* ---- opening ---- */

/* The version folders of a project in a skeleton, as paths in the repository. */
static GPtrArray *skeleton_folders(const Project *project, const char *root)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
  const GPtrArray *lists[] = {project->version_locations, project->missing_locations};

  for (guint k = 0; k < G_N_ELEMENTS(lists); k++)
    for (guint i = 0; i < lists[k]->len; i++) {
      const char *folder = lists[k]->pdata[i];
      char *relative = strcmp(folder, root) == 0 ? g_strdup("") : file_relative(folder, root);
      if (g_path_is_absolute(relative))
        g_free(relative);
      else
        g_ptr_array_add(folders, relative);
    }
  return folders;
}

static RepoReader *skeleton_reader(git_repository *git, const Project *project, const char *root,
                                   GError **error)
{
  GPtrArray *folders = skeleton_folders(project, root);

  if (folders->len > 0)
    return repo_reader_new(git, folders, project->recursive, error);
  g_ptr_array_unref(folders);
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_CONFIG,
                      _("this commit has no folder of revision files"));
  return NULL;
}

gboolean layout_open(git_repository *git, const git_oid *commit, const ProjectOptions *options,
                     LayoutOpened *opened, GError **error)
{
  g_autofree char *root = git_skeleton_write(git, commit, NULL, error);

  if (!root)
    return FALSE;
  opened->project = git_skeleton_open(root, options, error);
  opened->reader = opened->project ? skeleton_reader(git, opened->project, root, error) : NULL;
  if (opened->reader && opened->project->config_path)
    opened->config = file_relative(opened->project->config_path, root);
  git_skeleton_remove(root);
  if (!opened->reader)
    g_clear_pointer(&opened->project, project_free);
  return opened->reader != NULL;
}

/* ---- keys ---- */

static gboolean entry_at(RepoReader *reader, const git_oid *root, const char *path, git_oid *id)
{
  *id = *root;
  for (const char *p = path; *p;) {
    const char *stop = strchrnul(p, '/');
    git_oid next;
    if (!repo_tree_entry(reader, id, p, (gsize)(stop - p), &next))
      return FALSE;
    *id = next;
    p = *stop ? stop + 1 : stop;
  }
  return TRUE;
}

static gboolean speaks_of_alembic(GitRefs *refs, const char *path, const git_oid *blob)
{
  Layouts *layouts = refs->layouts;
  gsize len;

  if (!g_str_has_suffix(path, ".toml"))
    return TRUE;
  if (g_hash_table_contains(layouts->silent, blob))
    return FALSE;
  g_autofree char *text = repo_blob(refs->reader, blob, &len);
  if (text && len < CONFIG_BYTES && g_strstr_len(text, (gssize)len, "alembic"))
    return TRUE;
  g_hash_table_add(layouts->silent, g_memdup2(blob, sizeof *blob));
  return FALSE;
}

/* What the configuration files at a commit (or in an index) are; *found: there is one.  A commit without any is told
 * by its tree. */
static GBytes *key_of(GitRefs *refs, const git_oid *tree, git_index *index, gboolean *found)
{
  const GPtrArray *configs = refs->layouts->configs;
  GByteArray *key = g_byte_array_new();

  *found = configs->len == 0;
  for (guint i = 0; i < configs->len; i++) {
    const char *path = configs->pdata[i];
    const git_index_entry *entry = index ? git_index_get_bypath(index, path, 0) : NULL;
    git_oid id = {{0}};
    gboolean there = index ? entry != NULL : entry_at(refs->reader, tree, path, &id);
    if (entry)
      id = entry->id;
    if (there && speaks_of_alembic(refs, path, &id))
      *found = TRUE;
    else
      memset(&id, 0, sizeof id);
    g_byte_array_append(key, id.id, sizeof id.id);
  }
  if (!*found && tree)
    g_byte_array_append(key, tree->id, sizeof tree->id);
  return g_byte_array_free_to_bytes(key);
}

static void start(GitRefs *refs, const char *section)
{
  Layouts *layouts = g_new0(Layouts, 1);
  g_autofree char *current = g_get_current_dir();

  layouts->configs = g_ptr_array_new_with_free_func(g_free);
  layouts->section = g_strdup(section);
  layouts->current = repo_relative(refs->reader->git, current);
  layouts->known = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  layouts->readers = g_ptr_array_new_with_free_func((GDestroyNotify)repo_reader_free);
  layouts->silent = g_hash_table_new_full(repo_oid_hash, repo_oid_equal, g_free, NULL);
  refs->layouts = layouts;
}

static void set_own(GitRefs *refs, const git_oid *id)
{
  const RepoCommit *commit = repo_commit(refs->reader, id);
  gboolean found;

  if (commit)
    refs->layouts->own = key_of(refs, &commit->tree, NULL, &found);
}

void layout_of_working(GitRefs *refs, const Project *project)
{
  git_repository *git = refs->reader->git;
  const char *paths[] = {project->config_path, project->toml_path};
  git_oid head;

  start(refs, project->section);
  for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
    char *relative = paths[i] ? repo_relative(git, paths[i]) : NULL;
    if (relative)
      g_ptr_array_add(refs->layouts->configs, relative);
  }
  if (git_reference_name_to_id(&head, git, "HEAD") == 0)
    set_own(refs, &head);
}

void layout_of_commit(GitRefs *refs, const git_oid *commit, LayoutOpened *opened)
{
  start(refs, opened->project->section);
  if (opened->config)
    g_ptr_array_add(refs->layouts->configs, opened->config);
  set_own(refs, commit);
}

void layout_clear(GitRefs *refs)
{
  Layouts *layouts = refs->layouts;

  if (!layouts)
    return;
  g_ptr_array_unref(layouts->configs);
  g_free(layouts->section);
  g_free(layouts->current);
  g_clear_pointer(&layouts->own, g_bytes_unref);
  g_hash_table_destroy(layouts->known);
  g_ptr_array_unref(layouts->readers);
  g_hash_table_destroy(layouts->silent);
  g_free(layouts);
}

/* ---- other layouts ---- */

/* The configuration at hand, if it is there; names in it count from its folder or from the current one. */
static Project *open_here(const Layouts *layouts, const char *root)
{
  const char *config = layouts->configs->len > 0 ? layouts->configs->pdata[0] : NULL;
  g_autofree char *path = config ? g_build_filename(root, config, NULL) : NULL;

  if (!path || !g_file_test(path, G_FILE_TEST_EXISTS))
    return NULL;
  g_autofree char *folder = g_path_get_dirname(config);
  const char *starts[] = {folder, layouts->current};
  for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
    const char *const files[] = {config, NULL};
    ProjectOptions options = {.section = layouts->section, .config_files = files, .start = starts[i]};
    Project *project = git_skeleton_open(root, &options, NULL);
    if (project && project->version_locations->len > 0)
      return project;
    project_free(project);
  }
  return NULL;
}

static gboolean same_folders(const RepoReader *a, const RepoReader *b)
{
  gboolean same = a->folders->len == b->folders->len && a->recursive == b->recursive;

  for (guint i = 0; same && i < a->folders->len; i++)
    same = strcmp(a->folders->pdata[i], b->folders->pdata[i]) == 0;
  return same;
}

/* A reader like it that is known already, or this one, which is kept. */
static RepoReader *keep(GitRefs *refs, RepoReader *reader)
{
  GPtrArray *readers = refs->layouts->readers;
  RepoReader *same = reader && same_folders(reader, refs->reader) ? refs->reader : NULL;

  for (guint i = 0; reader && !same && i < readers->len; i++)
    if (same_folders(reader, readers->pdata[i]))
      same = readers->pdata[i];
  if (reader && !same)
    g_ptr_array_add(readers, reader);
  else if (same)
    repo_reader_free(reader);
  return same ? same : reader;
}

static RepoReader *open_elsewhere(GitRefs *refs, const git_oid *commit, git_index *index)
{
  git_repository *git = refs->reader->git;
  g_autofree char *root = git_skeleton_write(git, commit, index, NULL);
  ProjectOptions any = {.section = refs->layouts->section};

  if (!root)
    return NULL;
  g_autoptr(Project) project = open_here(refs->layouts, root);
  if (!project)
    project = git_skeleton_open(root, &any, NULL);
  RepoReader *reader = project ? skeleton_reader(git, project, root, NULL) : NULL;
  git_skeleton_remove(root);
  return keep(refs, reader);
}

static RepoReader *find(GitRefs *refs, const RepoCommit *commit, git_index *index)
{
  Layouts *layouts = refs->layouts;
  gboolean found;
  gpointer known;
  g_autoptr(GBytes) key = key_of(refs, commit ? &commit->tree : NULL, index, &found);

  if (layouts->own && g_bytes_equal(key, layouts->own))
    return refs->reader;
  if ((found || commit) && g_hash_table_lookup_extended(layouts->known, key, NULL, &known))
    return known;
  if (!found && layouts->searches++ >= MAX_SEARCHES)
    return refs->reader;
  RepoReader *reader = open_elsewhere(refs, commit ? &commit->id : NULL, index);
  g_hash_table_insert(layouts->known, g_steal_pointer(&key), reader);
  return reader;
}

RepoReader *layout_at(GitRefs *refs, const RepoCommit *commit)
{
  return find(refs, commit, NULL);
}

RepoReader *layout_of_index(GitRefs *refs, git_index *index)
{
  return find(refs, NULL, index);
}

static gboolean has_folder(const GPtrArray *folders, const char *folder)
{
  for (guint i = 0; i < folders->len; i++)
    if (strcmp(folders->pdata[i], folder) == 0)
      return TRUE;
  return FALSE;
}

RepoReader *layout_of_all(GitRefs *refs, const GPtrArray *references)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
  gboolean recursive = refs->reader->recursive;

  for (guint i = 0; i < refs->reader->folders->len; i++)
    g_ptr_array_add(folders, g_strdup(refs->reader->folders->pdata[i]));
  for (guint i = 0; i < references->len; i++) {
    const RepoRef *ref = references->pdata[i];
    RepoCommit *commit = repo_commit(refs->reader, &ref->commit);
    const RepoReader *reader = commit ? layout_at(refs, commit) : NULL;
    for (guint k = 0; reader && reader != refs->reader && k < reader->folders->len; k++)
      if (!has_folder(folders, reader->folders->pdata[k]))
        g_ptr_array_add(folders, g_strdup(reader->folders->pdata[k]));
    recursive |= reader && reader->recursive;
  }
  RepoReader *all = repo_reader_new(refs->reader->git, folders, recursive, NULL);
  return all ? keep(refs, all) : refs->reader;
}
