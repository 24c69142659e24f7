/* What a merge would give: made in memory as git makes it, with its renames, several merge bases and contents put
 * together line by line, and then laid over what the working folder has.  Nothing is written to the repository. */
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <glib/gi18n.h>
#include <string.h>

#include "git_layout.h"
#include "retort/base/error.h"
#include "retort/base/file.h"

/* Asked before all other stores of objects. */
#define MEMORY_PRIORITY 999

RepoCommit *refs_merge_base(GitRefs *refs, RepoCommit *a, RepoCommit *b)
{
  git_oid base;

  if (git_merge_base(&base, refs->reader->git, &a->id, &b->id) < 0)
    return NULL;
  return repo_commit(refs->reader, &base);
}

char *git_refs_base(GitRefs *refs, const char *a, const char *b, GError **error)
{
  RepoCommit *left = refs_commit(refs, a, error);
  RepoCommit *right = left ? refs_commit(refs, b, error) : NULL;
  RepoCommit *base = right ? refs_merge_base(refs, left, right) : NULL;

  if (!base)
    return NULL;
  char *id = g_malloc(GIT_OID_HEXSZ + 1);
  git_oid_tostr(id, GIT_OID_HEXSZ + 1, &base->id);
  return id;
}

/* ---- the merge itself ---- */

/* Objects that a merge makes stay in memory. */
static gboolean write_to_memory(GitRefs *refs, GError **error)
{
  git_odb_backend *memory = NULL;

  if (refs->in_memory)
    return TRUE;
  if (git_mempack_new(&memory) < 0 || git_odb_add_backend(refs->reader->odb, memory, MEMORY_PRIORITY) < 0)
    return repo_error(error, _("the merge cannot be tried"));
  refs->in_memory = TRUE;
  return TRUE;
}

static gboolean commit_tree(git_repository *git, const RepoCommit *commit, git_commit **found,
                            git_tree **tree)
{
  return git_commit_lookup(found, git, &commit->id) == 0 && git_commit_tree(tree, *found) == 0;
}

/* A clone may lack contents or the edge of its history: then with less care. */
static git_index *merge_index(GitRefs *refs, const RepoCommit *here, const RepoCommit *there, GError **error)
{
  git_repository *git = refs->reader->git;
  git_merge_options options;
  git_commit *ours = NULL;
  git_commit *theirs = NULL;
  git_tree *our_tree = NULL;
  git_tree *their_tree = NULL;
  git_index *index = NULL;

  if (!write_to_memory(refs, error))
    return NULL;
  git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
  gboolean good = commit_tree(git, here, &ours, &our_tree) && commit_tree(git, there, &theirs, &their_tree);
  if (good && git_merge_commits(&index, git, ours, theirs, &options) < 0) {
    options.flags &= ~(unsigned)GIT_MERGE_FIND_RENAMES;
    if (git_merge_commits(&index, git, ours, theirs, &options) < 0)
      good = git_merge_trees(&index, git, NULL, our_tree, their_tree, &options) == 0;
  }
  if (!good)
    repo_error(error, _("the merge cannot be tried"));
  git_tree_free(our_tree);
  git_tree_free(their_tree);
  git_commit_free(ours);
  git_commit_free(theirs);
  return good ? index : NULL;
}

typedef struct {
  GitRefs *refs;
  RepoReader *reader;   /* of the folders that count after the merge */
  GHashTable *head;     /* char* path -> git_oid*: what HEAD has, in the folders of before and after */
  GHashTable *merged;   /* char* path -> git_oid* */
  GHashTable *files;    /* char* path -> RefsFile*: the result */
  GPtrArray *clashes;   /* char* */
  GHashTable *clashing; /* char*: paths told already */
  gboolean has_working;
  const char *theirs;
} Merge;

static gboolean in_folder(const RepoReader *reader, const char *folder, const char *path)
{
  gsize n = strlen(folder);

  if (n > 0 && (strncmp(path, folder, n) != 0 || path[n] != '/'))
    return FALSE;
  return reader->recursive || !strchr(path + (n > 0 ? n + 1 : 0), '/');
}

static gboolean in_folders(const RepoReader *reader, const char *path)
{
  for (guint i = 0; i < reader->folders->len; i++)
    if (in_folder(reader, reader->folders->pdata[i], path))
      return TRUE;
  return FALSE;
}

static void set(GHashTable *table, const char *path, const git_oid *id)
{
  g_hash_table_replace(table, g_strdup(path), g_memdup2(id, sizeof *id));
}

static void clash(Merge *merge, const char *path)
{
  if (g_hash_table_add(merge->clashing, g_strdup(path)))
    g_ptr_array_add(merge->clashes, g_strdup_printf(_("%s: changed here and in %s"), path, merge->theirs));
}

/* A file that one side put into a folder which the other side has moved: git moves it along, and asks. */
static void take_along(Merge *merge, const RepoReader *before, const git_index_entry *entry)
{
  const char *slash = strrchr(entry->path, '/');
  const char *name = slash ? slash + 1 : entry->path;

  for (guint i = 0; before && i < before->folders->len && i < merge->reader->folders->len; i++) {
    const char *folder = merge->reader->folders->pdata[i];
    if (!in_folder(before, before->folders->pdata[i], entry->path) ||
        strcmp(before->folders->pdata[i], folder) == 0)
      continue;
    g_autofree char *path = *folder ? g_build_filename(folder, name, NULL) : g_strdup(name);
    set(merge->merged, path, &entry->id);
    g_ptr_array_add(merge->clashes,
                    g_strdup_printf(_("%s: its folder has become %s: git will ask where it belongs"),
                                    entry->path, *folder ? folder : "."));
    return;
  }
}

/* before: where revision files were in the common commit, when that was elsewhere; or NULL. */
static void read_index(Merge *merge, const RepoReader *before, git_index *index)
{
  for (gsize i = 0; i < git_index_entrycount(index); i++) {
    const git_index_entry *entry = git_index_get_byindex(index, i);
    g_autofree char *name = g_path_get_basename(entry->path);
    gboolean file = entry->mode == GIT_FILEMODE_BLOB || entry->mode == GIT_FILEMODE_BLOB_EXECUTABLE;
    if (!file || !revision_file_name(name))
      continue;
    if (!in_folders(merge->reader, entry->path)) {
      if (git_index_entry_stage(entry) == 0)
        take_along(merge, before, entry);
      continue;
    }
    int stage = git_index_entry_stage(entry);
    if (stage > 0)
      clash(merge, entry->path);
    /* of a clash ours, or theirs where we have none */
    if (stage == 0 || stage == 2 || (stage == 3 && !g_hash_table_contains(merge->merged, entry->path)))
      set(merge->merged, entry->path, &entry->id);
  }
}

static void read_head(Merge *merge, RepoReader *reader, const RepoCommit *here)
{
  g_autoptr(GPtrArray) entries = repo_files(reader, repo_commit(reader, &here->id));

  for (guint i = 0; i < entries->len; i++) {
    const RepoEntry *entry = entries->pdata[i];
    set(merge->head, entry->path, &entry->blob);
  }
}

/* ---- over the working folder ---- */

static gboolean working_blob(const Merge *merge, const char *path, git_oid *id)
{
  git_repository *git = merge->refs->reader->git;

  return git_repository_hashfile(id, git, path, GIT_OBJECT_BLOB, path) == 0;
}

static void take(Merge *merge, const char *path, const git_oid *blob, const char *name)
{
  RefsFile *file = refs_file_new(path, blob, name);

  g_hash_table_replace(merge->files, file->path, file);
}

/* What the merge changes is laid over a file that is as HEAD has it; git does not touch others. */
static void lay_over(Merge *merge, const char *path, const git_oid *before, const git_oid *after)
{
  git_oid now;

  if (!working_blob(merge, path, &now)) {
    if (before)
      clash(merge, path);
    else
      take(merge, path, after, merge->theirs);
  } else if (before && git_oid_equal(&now, before)) {
    if (after)
      take(merge, path, after, merge->theirs);
    else
      g_hash_table_remove(merge->files, path);
  } else if (!after || !git_oid_equal(&now, after)) {
    clash(merge, path);
  }
}

static void put_together(Merge *merge)
{
  GHashTableIter iter;
  gpointer path, id;

  g_hash_table_iter_init(&iter, merge->merged);
  while (g_hash_table_iter_next(&iter, &path, &id)) {
    const git_oid *before = g_hash_table_lookup(merge->head, path);
    gboolean same = before && git_oid_equal(before, id);
    if (!merge->has_working)
      take(merge, path, id, same ? "HEAD" : merge->theirs);
    else if (!same)
      lay_over(merge, path, before, id);
    else if (!in_folders(merge->refs->reader, path))
      take(merge, path, id, merge->theirs);
  }
  g_hash_table_iter_init(&iter, merge->head);
  while (merge->has_working && g_hash_table_iter_next(&iter, &path, &id))
    if (!g_hash_table_contains(merge->merged, path) && g_hash_table_contains(merge->files, path))
      lay_over(merge, path, id, NULL);
}

static void take_working(Merge *merge, const RevisionMap *ours)
{
  merge->has_working = ours != NULL;
  for (guint i = 0; ours && i < ours->revisions->len; i++) {
    const Revision *revision = ours->revisions->pdata[i];
    char *relative = repo_relative(merge->refs->reader->git, revision->path);
    RefsFile *file = refs_file_new(relative ? relative : revision->path, NULL, NULL);
    g_free(relative);
    file->working = revision;
    g_hash_table_replace(merge->files, file->path, file);
  }
}

/* In load order's folders only; an absolute path is a folder of another repository. */
static GPtrArray *result_files(const Merge *merge)
{
  GPtrArray *files = g_ptr_array_new();
  GHashTableIter iter;
  gpointer path, file;

  g_hash_table_iter_init(&iter, merge->files);
  while (g_hash_table_iter_next(&iter, &path, &file))
    if (g_path_is_absolute(path) || in_folders(merge->reader, path))
      g_ptr_array_add(files, file);
  return files;
}

static void merge_init(Merge *merge, GitRefs *refs, const char *theirs)
{
  *merge = (Merge){.refs = refs, .theirs = theirs};
  merge->head = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  merge->merged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  merge->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, refs_file_free);
  merge->clashes = g_ptr_array_new_with_free_func(g_free);
  merge->clashing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void merge_clear(Merge *merge)
{
  g_hash_table_destroy(merge->head);
  g_hash_table_destroy(merge->merged);
  g_hash_table_destroy(merge->files);
  g_hash_table_destroy(merge->clashing);
  g_clear_pointer(&merge->clashes, g_ptr_array_unref);
}

GitRevisions *git_revisions_merged(GitRefs *refs, const RevisionMap *ours, const char *theirs, GError **error)
{
  RepoCommit *here = refs_commit(refs, "HEAD", error);
  RepoCommit *there = here ? refs_commit(refs, theirs, error) : NULL;
  git_index *index = there ? merge_index(refs, here, there, error) : NULL;
  Merge merge;

  if (!index)
    return NULL;
  merge_init(&merge, refs, theirs);
  merge.reader = layout_of_index(refs, index);
  if (!merge.reader)
    merge.reader = refs->reader;
  const RepoCommit *base = refs_merge_base(refs, here, there);
  const RepoReader *before = base ? layout_at(refs, base) : NULL;
  read_head(&merge, refs->reader, here);
  if (merge.reader != refs->reader)
    read_head(&merge, merge.reader, here);
  read_index(&merge, before, index);
  take_working(&merge, ours);
  put_together(&merge);
  g_autoptr(GPtrArray) files = result_files(&merge);
  GitRevisions *result = refs_build(refs, merge.reader, files, theirs, there);
  g_ptr_array_unref(result->clashes);
  result->clashes = g_steal_pointer(&merge.clashes);
  result->no_base = base == NULL;
  merge_clear(&merge);
  git_index_free(index);
  return result;
}
