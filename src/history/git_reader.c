/* Commits and trees from their bytes. */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "git-private.h"
#include "retort/base/error.h"

/* Folders in folders in a version location. */
#define MAX_DEPTH 40
#define MODE_TREE 040000
#define MODE_LINK 0120000

/* One entry of a raw tree. */
typedef struct {
  const char *name;
  gsize len;
  guint mode;
  const git_oid *id;
} TreeEntry;

/* What a scan of a tree goes over. */
typedef struct {
  git_odb_object *object;
  const char *p;
  const char *end;
} Tree;

guint repo_oid_hash(gconstpointer id)
{
  guint hash;

  memcpy(&hash, id, sizeof hash);
  return hash;
}

gboolean repo_oid_equal(gconstpointer a, gconstpointer b)
{
  return git_oid_equal(a, b);
}

static void commit_free(void *data)
{
  RepoCommit *commit = data;

  if (!commit)
    return;
  g_free(commit->parents);
  g_free(commit->folders);
  g_free(commit);
}

RepoReader *repo_reader_new(git_repository *git, GPtrArray *folders, gboolean recursive, GError **error)
{
  git_odb *odb = NULL;

  if (git_repository_odb(&odb, git) < 0) {
    repo_error(error, "git");
    g_ptr_array_free(folders, TRUE);
    return NULL;
  }
  RepoReader *reader = g_new0(RepoReader, 1);
  reader->git = git;
  reader->odb = odb;
  reader->folders = folders;
  reader->recursive = recursive;
  reader->commits = g_hash_table_new_full(repo_oid_hash, repo_oid_equal, g_free, commit_free);
  reader->memos = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_destroy);
  return reader;
}

void repo_reader_free(RepoReader *reader)
{
  if (!reader)
    return;
  g_hash_table_destroy(reader->commits);
  g_ptr_array_free(reader->memos, TRUE);
  g_ptr_array_free(reader->folders, TRUE);
  git_odb_free(reader->odb);
  if (reader->owns_git)
    git_repository_free(reader->git);
  g_free(reader);
}

static gboolean tree_open(const RepoReader *reader, const git_oid *id, Tree *tree)
{
  *tree = (Tree){0};
  if (git_oid_is_zero(id) || git_odb_read(&tree->object, reader->odb, id) < 0)
    return FALSE;
  tree->p = git_odb_object_data(tree->object);
  tree->end = tree->p + git_odb_object_size(tree->object);
  return git_odb_object_type(tree->object) == GIT_OBJECT_TREE;
}

static void tree_close(Tree *tree)
{
  git_odb_object_free(tree->object);
}

static gboolean tree_next(Tree *tree, TreeEntry *entry)
{
  entry->mode = 0;
  while (tree->p < tree->end && *tree->p >= '0' && *tree->p <= '7')
    entry->mode = entry->mode * 8 + (guint)(*tree->p++ - '0');
  if (tree->p >= tree->end || *tree->p != ' ')
    return FALSE;
  entry->name = ++tree->p;
  const char *stop = memchr(tree->p, '\0', (gsize)(tree->end - tree->p));
  if (!stop || tree->end - stop <= GIT_OID_RAWSZ)
    return FALSE;
  entry->len = (gsize)(stop - entry->name);
  entry->id = (const git_oid *)(stop + 1);
  tree->p = stop + 1 + GIT_OID_RAWSZ;
  return TRUE;
}

gboolean repo_tree_entry(RepoReader *reader, const git_oid *id, const char *name, gsize len, git_oid *found)
{
  TreeEntry entry;
  Tree tree;
  gboolean good = FALSE;

  if (tree_open(reader, id, &tree))
    while (!good && tree_next(&tree, &entry))
      if (entry.len == len && memcmp(entry.name, name, len) == 0) {
        git_oid_cpy(found, entry.id);
        good = TRUE;
      }
  tree_close(&tree);
  return good;
}

/* The subtree called name, remembered: trees below the root stay the same over many commits. */
static git_oid subtree(RepoReader *reader, guint depth, const git_oid *tree, const char *name, gsize len)
{
  git_oid found = {{0}};

  while (reader->memos->len <= depth)
    g_ptr_array_add(reader->memos, g_hash_table_new_full(repo_oid_hash, repo_oid_equal, g_free, g_free));
  GHashTable *memo = reader->memos->pdata[depth];
  const git_oid *known = g_hash_table_lookup(memo, tree);
  if (known)
    return *known;
  repo_tree_entry(reader, tree, name, len, &found);
  g_hash_table_insert(memo, g_memdup2(tree, sizeof *tree), g_memdup2(&found, sizeof found));
  return found;
}

/* The tree of a folder, all zero when it is not there.  slot: a number of its own for every folder and depth. */
static git_oid folder_tree(RepoReader *reader, const git_oid *root, const char *folder, guint *slot)
{
  git_oid tree = *root;

  for (const char *p = folder; *p;) {
    const char *stop = strchrnul(p, '/');
    if (!git_oid_is_zero(&tree))
      tree = subtree(reader, *slot, &tree, p, (gsize)(stop - p));
    ++*slot;
    p = *stop ? stop + 1 : stop;
  }
  return tree;
}

/* "<what> <40 digits>\n" at p. */
static gboolean header_id(const char **p, const char *end, const char *what, git_oid *id)
{
  gsize n = strlen(what);

  if ((gsize)(end - *p) < n + GIT_OID_HEXSZ + 1 || memcmp(*p, what, n) != 0 ||
      git_oid_fromstrn(id, *p + n, GIT_OID_HEXSZ) < 0)
    return FALSE;
  *p += n + GIT_OID_HEXSZ + 1;
  return TRUE;
}

static gint64 committer_time(const char *p, const char *end)
{
  while (p < end && *p != '\n') {
    const char *stop = memchr(p, '\n', (gsize)(end - p));
    if (!stop)
      break;
    if (stop - p > 10 && memcmp(p, "committer ", 10) == 0) {
      const char *close = memrchr(p, '>', (gsize)(stop - p));
      return close ? g_ascii_strtoll(close + 1, NULL, 10) : 0;
    }
    p = stop + 1;
  }
  return 0;
}

static RepoCommit *commit_parse(const git_oid *id, const char *p, const char *end)
{
  git_oid parents[64];
  RepoCommit *commit = g_new0(RepoCommit, 1);

  commit->id = *id;
  if (!header_id(&p, end, "tree ", &commit->tree)) {
    g_free(commit);
    return NULL;
  }
  while (commit->n_parents < G_N_ELEMENTS(parents) &&
         header_id(&p, end, "parent ", &parents[commit->n_parents]))
    commit->n_parents++;
  commit->parents = g_memdup2(parents, commit->n_parents * sizeof *parents);
  commit->time = committer_time(p, end);
  return commit;
}

RepoCommit *repo_commit(RepoReader *reader, const git_oid *id)
{
  git_odb_object *object = NULL;
  RepoCommit *commit = g_hash_table_lookup(reader->commits, id);

  if (commit || g_hash_table_contains(reader->commits, id))
    return commit;
  if (git_odb_read(&object, reader->odb, id) == 0 && git_odb_object_type(object) == GIT_OBJECT_COMMIT) {
    const char *data = git_odb_object_data(object);
    commit = commit_parse(id, data, data + git_odb_object_size(object));
  }
  git_odb_object_free(object);
  g_hash_table_insert(reader->commits, g_memdup2(id, sizeof *id), commit);
  return commit;
}

const git_oid *repo_folders(RepoReader *reader, const RepoCommit *commit)
{
  RepoCommit *memo = (RepoCommit *)commit;
  guint slot = 0;

  if (memo->folders)
    return memo->folders;
  memo->folders = g_new0(git_oid, MAX(reader->folders->len, 1));
  for (guint i = 0; i < reader->folders->len; i++)
    memo->folders[i] = folder_tree(reader, &memo->tree, reader->folders->pdata[i], &slot);
  return memo->folders;
}

gboolean repo_commit_same(RepoReader *reader, const RepoCommit *a, const RepoCommit *b)
{
  return memcmp(repo_folders(reader, a), repo_folders(reader, b), reader->folders->len * sizeof(git_oid)) ==
         0;
}

static void entry_free(void *data)
{
  RepoEntry *entry = data;

  g_free(entry->path);
  g_free(entry);
}

static void add_entry(GPtrArray *list, const char *folder, const TreeEntry *from)
{
  RepoEntry *entry = g_new0(RepoEntry, 1);

  entry->path = g_strdup_printf("%s%s%.*s", folder, *folder ? "/" : "", (int)from->len, from->name);
  entry->blob = *from->id;
  g_ptr_array_add(list, entry);
}

static gboolean is_revision_file(const TreeEntry *entry)
{
  return entry->mode != MODE_LINK && entry->len > 3 && revision_file_name(entry->name);
}

/* Git's order: a folder sorts as if its name ended in a slash. */
static int compare_entries(const TreeEntry *a, const TreeEntry *b)
{
  int order = memcmp(a->name, b->name, MIN(a->len, b->len));

  if (order)
    return order;
  int left = a->len > b->len ? (guchar)a->name[b->len] : a->mode == MODE_TREE ? '/' : 0;
  int right = b->len > a->len ? (guchar)b->name[a->len] : b->mode == MODE_TREE ? '/' : 0;
  return left - right;
}

typedef struct {
  RepoReader *reader;
  RepoChanges *changes;
} Comparison;

static void compare_trees(const Comparison *comparison, const git_oid *old, const git_oid *new,
                          const char *folder, guint depth);

/* One name: only old or only new may be NULL. */
static void compare_entry(const Comparison *comparison, const TreeEntry *old, const TreeEntry *new,
                          const char *folder, guint depth)
{
  static const git_oid none = {{0}};
  RepoChanges *changes = comparison->changes;
  gboolean old_file = old && old->mode != MODE_TREE && is_revision_file(old);
  gboolean new_file = new &&new->mode != MODE_TREE &&is_revision_file(new);
  const TreeEntry *any = new ? new : old;

  if (any->mode == MODE_TREE && comparison->reader->recursive && depth < MAX_DEPTH) {
    g_autofree char *below =
        g_strdup_printf("%s%s%.*s", folder, *folder ? "/" : "", (int)any->len, any->name);
    if (!g_str_has_suffix(below, "__pycache__"))
      compare_trees(comparison, old ? old->id : &none, new ? new->id : &none, below, depth + 1);
  }
  if (old_file && new_file) {
    add_entry(changes->before, folder, old);
    add_entry(changes->after, folder, new);
  } else if (old_file) {
    add_entry(changes->deleted, folder, old);
  } else if (new_file) {
    add_entry(changes->added, folder, new);
  }
}

static void compare_trees(const Comparison *comparison, const git_oid *old, const git_oid *new,
                          const char *folder, guint depth)
{
  TreeEntry a;
  TreeEntry b;
  Tree left;
  Tree right;
  gboolean has_a = tree_open(comparison->reader, old, &left) && tree_next(&left, &a);
  gboolean has_b = tree_open(comparison->reader, new, &right) && tree_next(&right, &b);

  while (has_a || has_b) {
    int order = !has_a ? 1 : !has_b ? -1 : compare_entries(&a, &b);
    gboolean same = order == 0 && a.mode == b.mode && git_oid_equal(a.id, b.id);
    if (!same)
      compare_entry(comparison, order <= 0 ? &a : NULL, order >= 0 ? &b : NULL, folder, depth);
    if (order <= 0)
      has_a = tree_next(&left, &a);
    if (order >= 0)
      has_b = tree_next(&right, &b);
  }
  tree_close(&left);
  tree_close(&right);
}

RepoChanges *repo_changes(RepoReader *reader, const RepoCommit *old, const RepoCommit *commit)
{
  static const git_oid none = {{0}};
  RepoChanges *changes = g_new0(RepoChanges, 1);
  Comparison comparison = {.reader = reader, .changes = changes};

  changes->added = g_ptr_array_new_with_free_func(entry_free);
  changes->deleted = g_ptr_array_new_with_free_func(entry_free);
  changes->before = g_ptr_array_new_with_free_func(entry_free);
  changes->after = g_ptr_array_new_with_free_func(entry_free);
  const git_oid *before = old ? repo_folders(reader, old) : NULL;
  const git_oid *after = repo_folders(reader, commit);
  for (guint i = 0; i < reader->folders->len; i++) {
    const git_oid *from = before ? &before[i] : &none;
    if (!git_oid_equal(from, &after[i]))
      compare_trees(&comparison, from, &after[i], reader->folders->pdata[i], 0);
  }
  return changes;
}

void repo_changes_free(RepoChanges *changes)
{
  if (!changes)
    return;
  g_ptr_array_unref(changes->added);
  g_ptr_array_unref(changes->deleted);
  g_ptr_array_unref(changes->before);
  g_ptr_array_unref(changes->after);
  g_free(changes);
}

GPtrArray *repo_files(RepoReader *reader, const RepoCommit *commit)
{
  g_autoptr(RepoChanges) changes = repo_changes(reader, NULL, commit);

  return g_ptr_array_ref(changes->added);
}

char *repo_blob(RepoReader *reader, const git_oid *blob, gsize *len)
{
  git_odb_object *object = NULL;
  char *data = NULL;

  if (git_odb_read(&object, reader->odb, blob) == 0 && git_odb_object_type(object) == GIT_OBJECT_BLOB) {
    *len = git_odb_object_size(object);
    data = g_malloc(*len + 1);
    memcpy(data, git_odb_object_data(object), *len);
    data[*len] = '\0';
  }
  git_odb_object_free(object);
  return data;
}

Revision *repo_revision_scan(RepoReader *reader, const git_oid *blob, const char *path,
                             const char *imports_from, RevisionFault *fault)
{
  gsize len;
  g_autofree char *data = repo_blob(reader, blob, &len);

  *fault = (RevisionFault){.code = RETORT_ERROR_FILE};
  if (data && len <= FILE_LIMIT)
    return revision_scan(path, imports_from, data, len, NULL, fault);
  fault->text = g_strdup(data ? _("larger than any migration: not read")
                              : _("git does not have its content; in a partial clone `git fetch --refetch "
                                  "--no-filter' brings it"));
  return NULL;
}

Revision *repo_revision(RepoReader *reader, const git_oid *blob, const char *path, const char *imports_from)
{
  RevisionFault fault;
  Revision *revision = repo_revision_scan(reader, blob, path, imports_from, &fault);

  revision_fault_clear(&fault);
  return revision;
}
