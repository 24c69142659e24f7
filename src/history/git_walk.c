/* Which commit brought a file in.
 *
 * As `git log --diff-filter=A` does it: newest first, a parent that has the same files stands for all parents of a
 * merge, and a file is new where no parent has it.  Unlike it, a file that replaces a deleted one with the same
 * content or the same revision id is the old one renamed, and a version folder that was moved is followed.
 */
#include <string.h>

#include "git-private.h"

/* Commits between two looks at the cancellable. */
#define CANCEL_EVERY 256
/* Moves of the version folder that are followed. */
#define MAX_MOVES 8

typedef struct {
  RepoReader *reader;
  RepoQueue queue;
  GHashTable *pending; /* char* path -> data */
  GCancellable *cancellable;
  RepoFound found;
  gpointer data;
} Walk;

static gboolean older(const RepoCommit *a, const RepoCommit *b)
{
  return a->time < b->time;
}

void repo_queue_init(RepoQueue *queue, RepoReader *reader)
{
  queue->reader = reader;
  queue->heap = g_ptr_array_new();
}

void repo_queue_clear(RepoQueue *queue)
{
  GHashTableIter iter;
  gpointer commit;

  g_hash_table_iter_init(&iter, queue->reader->commits);
  while (g_hash_table_iter_next(&iter, NULL, &commit))
    if (commit)
      ((RepoCommit *)commit)->queued = FALSE;
  g_ptr_array_free(queue->heap, TRUE);
}

void repo_queue_push(RepoQueue *queue, RepoCommit *commit)
{
  if (!commit || commit->queued)
    return;
  commit->queued = TRUE;
  g_ptr_array_add(queue->heap, commit);
  gpointer *heap = queue->heap->pdata;
  for (guint i = queue->heap->len - 1; i > 0 && older(heap[(i - 1) / 2], heap[i]); i = (i - 1) / 2) {
    gpointer parent = heap[(i - 1) / 2];
    heap[(i - 1) / 2] = heap[i];
    heap[i] = parent;
  }
}

RepoCommit *repo_queue_pop(RepoQueue *queue)
{
  GPtrArray *heap = queue->heap;

  if (heap->len == 0)
    return NULL;
  RepoCommit *top = heap->pdata[0];
  heap->pdata[0] = heap->pdata[heap->len - 1];
  g_ptr_array_set_size(heap, (int)heap->len - 1);
  for (guint i = 0;;) {
    guint child = 2 * i + 1;
    if (child >= heap->len)
      break;
    if (child + 1 < heap->len && older(heap->pdata[child], heap->pdata[child + 1]))
      child++;
    if (!older(heap->pdata[i], heap->pdata[child]))
      break;
    gpointer swap = heap->pdata[i];
    heap->pdata[i] = heap->pdata[child];
    heap->pdata[child] = swap;
    i = child;
  }
  return top;
}

static void found(Walk *walk, const RepoEntry *entry, const RepoCommit *commit)
{
  gpointer data = g_hash_table_lookup(walk->pending, entry->path);

  walk->found(data, &commit->id, walk->data);
  g_hash_table_remove(walk->pending, entry->path);
}

static char *revision_id(RepoReader *reader, const RepoEntry *entry)
{
  g_autoptr(Revision) revision = repo_revision(reader, &entry->blob, entry->path, NULL);

  return revision ? g_strdup(revision->id) : NULL;
}

/* The deleted file that an added one continues, or NULL. */
static const RepoEntry *renamed_from(RepoReader *reader, const RepoEntry *added, const GPtrArray *deleted)
{
  for (guint i = 0; i < deleted->len; i++)
    if (git_oid_equal(&((RepoEntry *)deleted->pdata[i])->blob, &added->blob))
      return deleted->pdata[i];
  g_autofree char *id = deleted->len > 0 ? revision_id(reader, added) : NULL;
  for (guint i = 0; id && i < deleted->len; i++) {
    g_autofree char *old_id = revision_id(reader, deleted->pdata[i]);
    if (g_strcmp0(id, old_id) == 0)
      return deleted->pdata[i];
  }
  return NULL;
}

static void continue_as(Walk *walk, const RepoEntry *entry, const char *path)
{
  gpointer data = g_hash_table_lookup(walk->pending, entry->path);

  g_hash_table_remove(walk->pending, entry->path);
  g_hash_table_insert(walk->pending, g_strdup(path), data);
}

/* Is the path in one of the commit's other parents? */
static gboolean in_other_parent(RepoReader *reader, const RepoCommit *commit, const char *path)
{
  for (guint i = 1; i < commit->n_parents; i++) {
    RepoCommit *parent = repo_commit(reader, &commit->parents[i]);
    git_oid tree = parent ? parent->tree : (git_oid){{0}};
    const char *p = path;
    while (parent && *p) {
      const char *stop = strchrnul(p, '/');
      git_oid next;
      if (!repo_tree_entry(reader, &tree, p, (gsize)(stop - p), &next))
        break;
      tree = next;
      p = *stop ? stop + 1 : stop;
    }
    if (parent && !*p)
      return TRUE;
  }
  return FALSE;
}

/* Paths of files that a commit deleted anywhere, by content: git_oid -> char*. */
static GHashTable *deleted_anywhere(RepoReader *reader, const RepoCommit *parent, const RepoCommit *commit)
{
  GHashTable *paths = g_hash_table_new_full(repo_oid_hash, repo_oid_equal, g_free, g_free);
  git_diff_options options;
  git_tree *old = NULL;
  git_tree *new = NULL;
  git_diff *diff = NULL;

  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  if (git_tree_lookup(&old, reader->git, &parent->tree) == 0 &&
      git_tree_lookup(&new, reader->git, &commit->tree) == 0 &&
      git_diff_tree_to_tree(&diff, reader->git, old, new, &options) == 0)
    for (gsize i = 0; i < git_diff_num_deltas(diff); i++) {
      const git_diff_delta *delta = git_diff_get_delta(diff, i);
      if (delta->status == GIT_DELTA_DELETED)
        g_hash_table_insert(paths, g_memdup2(&delta->old_file.id, sizeof(git_oid)),
                            g_strdup(delta->old_file.path));
    }
  git_diff_free(diff);
  git_tree_free(old);
  git_tree_free(new);
  return paths;
}

/* A whole version folder is new: its files may have been moved here from another one, where they are looked for in a
 * walk of its own. */
static void follow_move(Walk *walk, const RepoCommit *parent, const RepoCommit *commit,
                        const GPtrArray *added)
{
  g_autoptr(GHashTable) deleted = deleted_anywhere(walk->reader, parent, commit);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(RepoWanted));
  GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < added->len; i++) {
    const RepoEntry *entry = added->pdata[i];
    const char *path = g_hash_table_lookup(deleted, &entry->blob);
    if (!path || !g_hash_table_contains(walk->pending, entry->path))
      continue;
    RepoWanted one = {.path = path, .data = g_hash_table_lookup(walk->pending, entry->path)};
    g_array_append_val(wanted, one);
    g_hash_table_remove(walk->pending, entry->path);
    const char *slash = strrchr(path, '/');
    char *folder = slash ? g_strndup(path, (gsize)(slash - path)) : g_strdup("");
    if (g_hash_table_add(seen, folder))
      g_ptr_array_add(folders, folder);
    else
      g_free(folder);
  }
  g_autoptr(RepoReader) old = repo_reader_new(walk->reader->git, folders, FALSE, NULL);
  if (!old)
    return;
  old->moves = walk->reader->moves + 1;
  if (wanted->len > 0)
    repo_find_introductions(old, &parent->id, wanted, NULL, 0, walk->cancellable, walk->found, walk->data);
}

static gboolean folder_is_new(const Walk *walk, const RepoCommit *parent, const RepoCommit *commit)
{
  const git_oid *before = repo_folders(walk->reader, parent);
  const git_oid *after = repo_folders(walk->reader, commit);

  for (guint i = 0; i < walk->reader->folders->len; i++)
    if (git_oid_is_zero(&before[i]) && !git_oid_is_zero(&after[i]))
      return TRUE;
  return FALSE;
}

/* Settles the files that are new against the first parent (NULL: there is none). */
static void settle(Walk *walk, const RepoCommit *parent, const RepoCommit *commit)
{
  g_autoptr(RepoChanges) changes = repo_changes(walk->reader, parent, commit);

  if (parent && commit->n_parents == 1 && walk->reader->moves < MAX_MOVES &&
      folder_is_new(walk, parent, commit))
    follow_move(walk, parent, commit, changes->added);
  for (guint i = 0; i < changes->added->len; i++) {
    const RepoEntry *entry = changes->added->pdata[i];
    if (!g_hash_table_contains(walk->pending, entry->path) ||
        in_other_parent(walk->reader, commit, entry->path))
      continue;
    const RepoEntry *old =
        commit->n_parents == 1 ? renamed_from(walk->reader, entry, changes->deleted) : NULL;
    if (old && !g_hash_table_contains(walk->pending, old->path))
      continue_as(walk, entry, old->path);
    else
      found(walk, entry, commit);
  }
}

static void visit(Walk *walk, const RepoCommit *commit)
{
  RepoReader *reader = walk->reader;
  RepoCommit *first = commit->n_parents > 0 ? repo_commit(reader, &commit->parents[0]) : NULL;

  for (guint i = 0; i < commit->n_parents; i++) {
    RepoCommit *parent = repo_commit(reader, &commit->parents[i]);
    if (parent && repo_commit_same(reader, parent, commit)) {
      repo_queue_push(&walk->queue, parent);
      return;
    }
  }
  /* at the edge of a shallow clone every file seems new */
  if (first || commit->n_parents == 0)
    settle(walk, first, commit);
  for (guint i = 0; i < commit->n_parents; i++)
    repo_queue_push(&walk->queue, repo_commit(reader, &commit->parents[i]));
}

/* The files still looked for that the earlier walk found from here. */
static void recall(Walk *walk, const RepoKnown *known)
{
  GHashTableIter iter;
  gpointer path, wanted;

  g_hash_table_iter_init(&iter, walk->pending);
  while (g_hash_table_iter_next(&iter, &path, &wanted)) {
    const git_oid *commit = g_hash_table_lookup(known->introduced, path);
    if (!commit)
      continue;
    walk->found(wanted, commit, walk->data);
    g_hash_table_iter_remove(&iter);
  }
}

void repo_find_introductions(RepoReader *reader, const git_oid *start, const GArray *wanted,
                             const RepoKnown *known, guint limit, GCancellable *cancellable,
                             RepoFound found_one, gpointer data)
{
  Walk walk = {.reader = reader, .cancellable = cancellable, .found = found_one, .data = data};
  RepoCommit *commit;

  walk.pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < wanted->len; i++) {
    const RepoWanted *one = &g_array_index(wanted, RepoWanted, i);
    g_hash_table_insert(walk.pending, g_strdup(one->path), one->data);
  }
  repo_queue_init(&walk.queue, reader);
  repo_queue_push(&walk.queue, repo_commit(reader, start));
  for (guint n = 1; g_hash_table_size(walk.pending) > 0 && (commit = repo_queue_pop(&walk.queue)); n++) {
    if ((n % CANCEL_EVERY == 0 && g_cancellable_is_cancelled(cancellable)) || (limit && n > limit))
      break;
    if (known && git_oid_equal(&commit->id, &known->head))
      recall(&walk, known);
    visit(&walk, commit);
  }
  repo_queue_clear(&walk.queue);
  g_hash_table_destroy(walk.pending);
}
