/* What a merge would give, file by file: as git decides it for files that were changed on one side only. */
#include <glib/gi18n.h>
#include <string.h>

#include "git_refs.h"
#include "retort/base/error.h"
#include "retort/base/file.h"

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

/* Ours while the merge is thought through. */
typedef struct {
  GitRefs *refs;
  GHashTable *files;  /* char* path -> RefsFile*, of ours */
  GPtrArray *clashes; /* char* */
  const char *theirs;
} Merge;

/* The content of our file; in the working folder it is asked for only where theirs touched the file. */
static gboolean our_blob(const Merge *merge, RefsFile *file)
{
  git_repository *git = merge->refs->reader->git;

  return !file->working ||
         git_repository_hashfile(&file->blob, git, file->path, GIT_OBJECT_BLOB, file->path) == 0;
}

static gboolean unchanged(const Merge *merge, RefsFile *ours, const RepoEntry *before)
{
  return our_blob(merge, ours) && git_oid_equal(&ours->blob, &before->blob);
}

static void take(Merge *merge, const RepoEntry *entry)
{
  RefsFile *file = refs_file_new(entry->path, &entry->blob, merge->theirs);

  g_hash_table_replace(merge->files, file->path, file);
}

static void clash(Merge *merge, const char *path)
{
  g_ptr_array_add(merge->clashes, g_strdup_printf(_("%s: changed here and in %s"), path, merge->theirs));
}

static void apply(Merge *merge, const RepoChanges *changes)
{
  for (guint i = 0; i < changes->deleted->len; i++) {
    const RepoEntry *before = changes->deleted->pdata[i];
    RefsFile *ours = g_hash_table_lookup(merge->files, before->path);
    if (ours && unchanged(merge, ours, before))
      g_hash_table_remove(merge->files, before->path);
    else if (ours)
      clash(merge, before->path);
  }
  for (guint i = 0; i < changes->added->len; i++) {
    const RepoEntry *entry = changes->added->pdata[i];
    RefsFile *ours = g_hash_table_lookup(merge->files, entry->path);
    if (!ours)
      take(merge, entry);
    else if (!unchanged(merge, ours, entry))
      clash(merge, entry->path);
  }
  for (guint i = 0; i < changes->after->len; i++) {
    const RepoEntry *before = changes->before->pdata[i];
    const RepoEntry *after = changes->after->pdata[i];
    RefsFile *ours = g_hash_table_lookup(merge->files, after->path);
    if (ours && unchanged(merge, ours, before))
      take(merge, after);
    else if (!ours || !unchanged(merge, ours, after))
      clash(merge, after->path);
  }
}

static void file_unref(void *data)
{
  RefsFile *file = data;

  g_free(file->path);
  g_free(file->name);
  g_free(file);
}

static void take_working(Merge *merge, const RevisionMap *ours)
{
  for (guint i = 0; i < ours->revisions->len; i++) {
    const Revision *revision = ours->revisions->pdata[i];
    char *relative = repo_relative(merge->refs->reader->git, revision->path);
    RefsFile *file = refs_file_new(relative ? relative : revision->path, NULL, NULL);
    g_free(relative);
    file->working = revision;
    g_hash_table_replace(merge->files, file->path, file);
  }
}

static void take_commit(Merge *merge, const RepoCommit *commit, const char *name)
{
  g_autoptr(GPtrArray) files = refs_files(merge->refs, commit, name);

  for (guint i = 0; i < files->len; i++) {
    RefsFile *file = files->pdata[i];
    g_hash_table_replace(merge->files, file->path, file);
  }
  g_ptr_array_set_free_func(files, NULL);
}

GitRevisions *git_revisions_merged(GitRefs *refs, const RevisionMap *ours, const char *theirs, GError **error)
{
  RepoCommit *here = refs_commit(refs, "HEAD", error);
  RepoCommit *there = here ? refs_commit(refs, theirs, error) : NULL;

  if (!there)
    return NULL;
  Merge merge = {.refs = refs, .theirs = theirs};
  merge.files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, file_unref);
  merge.clashes = g_ptr_array_new_with_free_func(g_free);
  if (ours)
    take_working(&merge, ours);
  else
    take_commit(&merge, here, "HEAD");
  RepoCommit *base = refs_merge_base(refs, here, there);
  g_autoptr(RepoChanges) changes = repo_changes(refs->reader, base, there);
  apply(&merge, changes);

  g_autoptr(GPtrArray) files = g_ptr_array_new();
  GHashTableIter iter;
  g_hash_table_iter_init(&iter, merge.files);
  for (gpointer file; g_hash_table_iter_next(&iter, NULL, &file);)
    g_ptr_array_add(files, file);
  GitRevisions *result = refs_build(refs, files, theirs, there);
  g_ptr_array_unref(result->clashes);
  result->clashes = merge.clashes;
  result->no_base = base == NULL;
  g_hash_table_destroy(merge.files);
  return result;
}
