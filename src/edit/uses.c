/* The trees of all branches, each read once: in which does one of the revisions stand, and who names it there? */
#include "retort/edit/uses.h"

#include <git2.h>
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "stage.h"

/* Branches named for one revision; more say nothing new. */
#define MAX_NAMED 2
#define MAX_DEPTH 16

/* What one content of a file has to do with the revisions. */
typedef struct {
  const Revision *has;   /* it is this one, */
  const Revision *needs; /* or stands on this one: */
  char *id;
} BlobFact;

typedef struct {
  git_repository *git;
  const RevisionMap *map;
  const GPtrArray *moved;
  gboolean recursive;
  GPtrArray *folders; /* char*: version locations below the working folder */
  GHashTable *blobs;  /* hex id -> BlobFact* */
  GHashTable *trees;  /* hex id of a folder's tree -> GPtrArray of BlobFact*, borrowed */
  GHashTable *counts; /* Revision* -> uses so far */
  GPtrArray *uses;
  GCancellable *cancellable;
} Search;

static void fact_free(void *data)
{
  BlobFact *fact = data;
  g_free(fact->id);
  g_free(fact);
}

static void use_free(void *data)
{
  RevisionUse *use = data;
  g_free(use->ref);
  g_free(use->dependant);
  g_free(use);
}

static const Revision *moved_named(const Search *s, char **ids)
{
  for (guint i = 0; i < s->moved->len; i++)
    if (g_strv_contains((const char *const *)ids, ((const Revision *)s->moved->pdata[i])->id))
      return s->moved->pdata[i];
  return NULL;
}

static gboolean mentions(const Search *s, const char *text, gsize len)
{
  for (guint i = 0; i < s->moved->len; i++)
    if (g_strstr_len(text, (gssize)len, ((const Revision *)s->moved->pdata[i])->id) != NULL)
      return TRUE;
  return FALSE;
}

static void read_fact(const Search *s, const char *name, const git_blob *blob, BlobFact *fact)
{
  const char *text = git_blob_rawcontent(blob);
  gsize len = (gsize)git_blob_rawsize(blob);
  if (len > FILE_LIMIT || !mentions(s, text, len))
    return;
  g_autofree char *copy = g_strndup(text, len);
  g_autoptr(Revision) revision = revision_parse(name, copy, len, NULL);
  if (revision == NULL)
    return;
  char *own[] = {revision->id, NULL};
  fact->has = moved_named(s, own);
  if (fact->has != NULL || revision_map_get(s->map, revision->id) != NULL)
    return;
  fact->needs = moved_named(s, revision->down_revision);
  if (fact->needs == NULL)
    fact->needs = moved_named(s, revision->depends_on);
  fact->id = g_strdup(revision->id);
}

static BlobFact *blob_fact(Search *s, const git_tree_entry *entry)
{
  char hex[GIT_OID_HEXSZ + 1];
  git_oid_tostr(hex, sizeof hex, git_tree_entry_id(entry));
  BlobFact *fact = g_hash_table_lookup(s->blobs, hex);
  if (fact != NULL)
    return fact;
  git_blob *blob = NULL;
  fact = g_new0(BlobFact, 1);
  if (git_blob_lookup(&blob, s->git, git_tree_entry_id(entry)) == 0)
    read_fact(s, git_tree_entry_name(entry), blob, fact);
  git_blob_free(blob);
  g_hash_table_insert(s->blobs, g_strdup(hex), fact);
  return fact;
}

static void add_tree_facts(Search *s, const git_tree *tree, guint depth, GPtrArray *facts)
{
  for (gsize i = 0; i < git_tree_entrycount(tree); i++) {
    const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
    git_object_t type = git_tree_entry_type(entry);
    if (type == GIT_OBJECT_BLOB && g_str_has_suffix(git_tree_entry_name(entry), ".py")) {
      BlobFact *fact = blob_fact(s, entry);
      if (fact->has != NULL || fact->needs != NULL)
        g_ptr_array_add(facts, fact);
    } else if (type == GIT_OBJECT_TREE && s->recursive && depth < MAX_DEPTH) {
      git_tree *below = NULL;
      if (git_tree_lookup(&below, s->git, git_tree_entry_id(entry)) == 0)
        add_tree_facts(s, below, depth + 1, facts);
      git_tree_free(below);
    }
  }
}

static const GPtrArray *tree_facts(Search *s, const git_oid *id)
{
  char hex[GIT_OID_HEXSZ + 1];
  git_oid_tostr(hex, sizeof hex, id);
  GPtrArray *facts = g_hash_table_lookup(s->trees, hex);
  if (facts != NULL)
    return facts;
  git_tree *tree = NULL;
  facts = g_ptr_array_new();
  if (git_tree_lookup(&tree, s->git, id) == 0)
    add_tree_facts(s, tree, 0, facts);
  git_tree_free(tree);
  g_hash_table_insert(s->trees, g_strdup(hex), facts);
  return facts;
}

static void take_fact(Search *s, const BlobFact *fact, const char *ref, gboolean remote)
{
  const Revision *revision = fact->has != NULL ? fact->has : fact->needs;
  guint count = GPOINTER_TO_UINT(g_hash_table_lookup(s->counts, revision));
  /* The same revision on another local branch is no news: that branch can be rebased as well. */
  if ((fact->has != NULL && !remote) || count >= MAX_NAMED)
    return;
  RevisionUse *use = g_new0(RevisionUse, 1);
  *use = (RevisionUse){revision, g_strdup(ref), fact->has != NULL ? NULL : g_strdup(fact->id)};
  g_ptr_array_add(s->uses, use);
  g_hash_table_insert(s->counts, (void *)revision, GUINT_TO_POINTER(count + 1));
}

static void search_reference(Search *s, git_reference *reference)
{
  git_object *root = NULL;
  if (git_reference_type(reference) != GIT_REFERENCE_DIRECT ||
      git_reference_peel(&root, reference, GIT_OBJECT_TREE) < 0)
    return;
  for (guint i = 0; i < s->folders->len; i++) {
    const char *folder = s->folders->pdata[i];
    git_tree_entry *entry = NULL;
    const git_oid *id = *folder == '\0' ? git_object_id(root) : NULL;
    if (id == NULL && git_tree_entry_bypath(&entry, (git_tree *)root, folder) == 0 &&
        git_tree_entry_type(entry) == GIT_OBJECT_TREE)
      id = git_tree_entry_id(entry);
    const GPtrArray *facts = id != NULL ? tree_facts(s, id) : NULL;
    for (guint f = 0; facts != NULL && f < facts->len; f++)
      take_fact(s, facts->pdata[f], git_reference_shorthand(reference),
                git_reference_is_remote(reference) == 1);
    git_tree_entry_free(entry);
  }
  git_object_free(root);
}

static gboolean search_all(Search *s, const char *glob, GError **error)
{
  git_reference_iterator *iterator = NULL;
  git_reference *reference = NULL;
  if (git_reference_iterator_glob_new(&iterator, s->git, glob) < 0)
    return stage_git_failed(error, _("the branches cannot be read"));
  while (!g_cancellable_is_cancelled(s->cancellable) && git_reference_next(&reference, iterator) == 0) {
    search_reference(s, reference);
    git_reference_free(reference);
  }
  git_reference_iterator_free(iterator);
  return !g_cancellable_set_error_if_cancelled(s->cancellable, error);
}

static GPtrArray *watched_folders(git_repository *git, const Project *project)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
  const char *workdir = git_repository_workdir(git);
  char *top = workdir != NULL ? realpath(workdir, NULL) : NULL;
  for (guint i = 0; top != NULL && i < project->version_locations->len; i++) {
    char *real = realpath(project->version_locations->pdata[i], NULL);
    g_autofree char *below = real != NULL ? file_relative(real, top) : NULL;
    if (real != NULL && strcmp(real, top) == 0)
      g_ptr_array_add(folders, g_strdup(""));
    else if (below != NULL && !g_path_is_absolute(below))
      g_ptr_array_add(folders, g_steal_pointer(&below));
    free(real);
  }
  free(top);
  return folders;
}

GPtrArray *revision_uses(const Project *project, const RevisionMap *map, const GPtrArray *moved,
                         GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) uses = g_ptr_array_new_with_free_func(use_free);
  g_autoptr(GError) none = NULL;
  const Revision *first = moved->len > 0 ? moved->pdata[0] : NULL;
  git_repository *git = first != NULL ? stage_open_around(first->path, &none) : NULL;
  if (git == NULL && (none == NULL || g_error_matches(none, RETORT_ERROR, RETORT_ERROR_REFUSED)))
    return g_steal_pointer(&uses);
  if (git == NULL) {
    g_propagate_error(error, g_steal_pointer(&none));
    return NULL;
  }
  g_autoptr(GPtrArray) folders = watched_folders(git, project);
  g_autoptr(GHashTable) blobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, fact_free);
  g_autoptr(GHashTable) trees =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
  Search s = {git, map, moved, project->recursive, folders, blobs, trees, counts, uses, cancellable};
  gboolean good = search_all(&s, "refs/remotes/*", error) && search_all(&s, "refs/heads/*", error);
  git_repository_free(git);
  return good ? g_steal_pointer(&uses) : NULL;
}
