/* A commit's configuration, written out to a temporary folder so that project_open() can find its way by its own rules:
 * ini and toml files, env.py, and empty folders where Python files are.  Names that lead out of the folder stay away.
 */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "git-private.h"
#include "git_skeleton.h"
#include "retort/base/error.h"

/* No configuration is larger; no repository worth looking at has more folders. */
#define CONFIG_BYTES ((gsize)1024 * 1024)
#define MAX_FOLDERS 50000
/* An environment without a configuration is known by its revisions; one of these is enough. */
#define SAMPLES 2

typedef struct {
  git_repository *git;
  const char *root;
  GHashTable *folders; /* char* below the root -> number of sample revisions in it */
  gboolean missing;    /* git does not have the content of a file */
} Skeleton;

/* At the root: the search for environments ends where a repository does.  It is empty unless content was missing. */
#define MARK ".git"

static gboolean safe_name(const char *name)
{
  return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
         g_ascii_strcasecmp(name, ".git") != 0;
}

/* folder ends in a slash, or is empty.  It was reached through safe names only. */
static guint *enter_folder(Skeleton *skeleton, const char *folder)
{
  guint *samples = g_hash_table_lookup(skeleton->folders, folder);

  if (samples || g_hash_table_size(skeleton->folders) >= MAX_FOLDERS)
    return samples;
  g_autofree char *path = g_build_filename(skeleton->root, folder, NULL);
  if (g_mkdir_with_parents(path, 0700) != 0)
    return NULL;
  samples = g_new0(guint, 1);
  g_hash_table_insert(skeleton->folders, g_strdup(folder), samples);
  return samples;
}

static void write_blob(Skeleton *skeleton, const char *folder, const char *name, const git_oid *id)
{
  git_blob *blob = NULL;

  if (git_blob_lookup(&blob, skeleton->git, id) < 0) {
    skeleton->missing = TRUE;
    return;
  }
  gsize size = (gsize)git_blob_rawsize(blob);
  g_autofree char *path = g_build_filename(skeleton->root, folder, name, NULL);
  if (size <= CONFIG_BYTES)
    g_file_set_contents(path, git_blob_rawcontent(blob), (gssize)size, NULL);
  git_blob_free(blob);
}

static gboolean leads_on(const char *name)
{
  static const char *const skipped[] = {"node_modules", "__pycache__", "site-packages", NULL};

  return safe_name(name) && !g_strv_contains(skipped, name);
}

static void take_file(Skeleton *skeleton, const char *folder, const char *name, guint mode, const git_oid *id)
{
  if (!safe_name(name) || (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE))
    return;
  gboolean config =
      g_str_has_suffix(name, ".ini") || strcmp(name, "pyproject.toml") == 0 || strcmp(name, "env.py") == 0;
  if (!config && !g_str_has_suffix(name, ".py"))
    return;
  guint *samples = enter_folder(skeleton, folder);
  gboolean sample =
      samples && *samples < SAMPLES && g_str_has_suffix(folder, "versions/") && revision_file_name(name);
  if (sample)
    ++*samples;
  if (samples && (config || sample))
    write_blob(skeleton, folder, name, id);
}

static int on_entry(const char *folder, const git_tree_entry *entry, void *data)
{
  const char *name = git_tree_entry_name(entry);
  git_filemode_t mode = git_tree_entry_filemode(entry);

  if (mode == GIT_FILEMODE_TREE)
    return leads_on(name) ? 0 : 1;
  take_file(data, folder, name, mode, git_tree_entry_id(entry));
  return 0;
}

static gboolean walk_tree(Skeleton *skeleton, const git_oid *commit)
{
  git_commit *found = NULL;
  git_tree *tree = NULL;
  gboolean good = git_commit_lookup(&found, skeleton->git, commit) == 0 &&
                  git_commit_tree(&tree, found) == 0 &&
                  git_tree_walk(tree, GIT_TREEWALK_PRE, on_entry, skeleton) == 0;

  git_tree_free(tree);
  git_commit_free(found);
  return good;
}

static gboolean leads_to(const char *path)
{
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  guint n = g_strv_length(parts);

  for (guint i = 0; i + 1 < n; i++)
    if (!leads_on(parts[i]))
      return FALSE;
  return TRUE;
}

static void walk_index(Skeleton *skeleton, git_index *index)
{
  for (gsize i = 0; i < git_index_entrycount(index); i++) {
    const git_index_entry *entry = git_index_get_byindex(index, i);
    const char *slash = strrchr(entry->path, '/');
    if (git_index_entry_stage(entry) > 2 || !leads_to(entry->path))
      continue;
    g_autofree char *folder = slash ? g_strndup(entry->path, (gsize)(slash + 1 - entry->path)) : g_strdup("");
    take_file(skeleton, folder, slash ? slash + 1 : entry->path, entry->mode, &entry->id);
  }
}

char *git_skeleton_write(git_repository *git, const git_oid *commit, git_index *index, GError **error)
{
  g_autofree char *root = g_dir_make_tmp("retort-XXXXXX", error);
  gboolean good = TRUE;

  if (!root)
    return NULL;
  Skeleton skeleton = {.git = git, .root = root};
  skeleton.folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  if (index)
    walk_index(&skeleton, index);
  else
    good = walk_tree(&skeleton, commit);
  if (!good)
    repo_error(error, _("the commit cannot be read"));
  g_autofree char *mark = g_build_filename(root, MARK, NULL);
  g_file_set_contents(mark, skeleton.missing ? "missing" : "", -1, NULL);
  g_hash_table_destroy(skeleton.folders);
  if (good)
    return g_steal_pointer(&root);
  git_skeleton_remove(root);
  return NULL;
}

void git_skeleton_remove(const char *root)
{
  GDir *dir = g_dir_open(root, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(root, name, NULL);
    if (g_unlink(path) != 0)
      git_skeleton_remove(path);
  }
  if (dir)
    g_dir_close(dir);
  g_rmdir(root);
}

static char *below(const char *root, const char *name)
{
  return name && !g_path_is_absolute(name) ? g_build_filename(root, name, NULL) : g_strdup(name);
}

static gboolean is_partial(const char *root)
{
  g_autofree char *mark = g_build_filename(root, MARK, NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents(mark, &text, NULL, NULL) && *text;
}

/* No configuration at the root: the one environment with that section. */
static Project *open_only(const char *root, const char *section, GError **error)
{
  g_autoptr(GPtrArray) found = project_find_all(root);

  for (guint i = found->len; i-- > 0;)
    if (strcmp(((ProjectCandidate *)found->pdata[i])->section, section ? section : "alembic") != 0)
      g_ptr_array_remove_index(found, i);
  if (found->len == 1)
    return project_open_candidate(found->pdata[0], error);
  if (found->len == 0) {
    g_set_error_literal(
        error, RETORT_ERROR, RETORT_ERROR_CONFIG,
        is_partial(root)
            ? _("git does not have the content of this commit's configuration; in a partial clone "
                "`git fetch --refetch --no-filter' brings it")
            : _("this commit has no Alembic configuration and no environment"));
    return NULL;
  }
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < found->len; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", ((ProjectCandidate *)found->pdata[i])->label);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG,
              _("this commit has several Alembic environments: name one with -c FILE or -d FOLDER: %s"),
              names->str);
  return NULL;
}

Project *git_skeleton_open(const char *root, const ProjectOptions *options, GError **error)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *folder = below(root, options->folder);
  g_autofree char *ini = g_build_filename(root, "alembic.ini", NULL);
  g_autofree char *toml = g_build_filename(root, "pyproject.toml", NULL);
  g_autofree char *start = g_build_filename(root, options->start, NULL);
  ProjectOptions own = {.section = options->section, .folder = folder, .start = start};

  for (const char *const *file = options->config_files; file && *file; file++)
    g_ptr_array_add(files, below(root, *file));
  gboolean named = files->len > 0 || folder;
  g_ptr_array_add(files, NULL);
  if (files->len > 1)
    own.config_files = (const char *const *)files->pdata;
  if (named)
    return project_open(&own, error);
  /* the search upwards would leave the folder, so it only begins where there is something to find */
  if (g_file_test(ini, G_FILE_TEST_EXISTS) || g_file_test(toml, G_FILE_TEST_EXISTS)) {
    Project *project = project_open(&own, NULL);
    if (project && project->config_path && g_str_has_prefix(project->config_path, root))
      return project;
    project_free(project);
  }
  return open_only(root, options->section, error);
}
