/* Collisions: which branches, merged into the trunk, would leave it with more heads than it has.
 *
 * Branches that share their version folders are looked at once, and one that adds nothing costs a comparison of trees.
 * What a branch adds counts from where it left the trunk, so that a revision which the trunk once had and deleted, or
 * has by now under another parent, is no news.
 */
#include "git_collisions.h"

#include <glib/gi18n.h>
#include <string.h>

#include "git_layout.h"
#include "retort/base/error.h"
#include "retort/base/file.h"

#define CANCEL_EVERY 64
/* How far back on a branch the commit that added a revision is looked for. */
#define BRANCH_LIMIT 2000

/* ---- the trunk ---- */

static char *symbolic_target(git_repository *git, const char *name, const char *prefix)
{
  git_reference *reference = NULL;
  char *target = NULL;

  if (git_reference_lookup(&reference, git, name) < 0)
    return NULL;
  const char *full = git_reference_symbolic_target(reference);
  git_oid id;
  if (full && g_str_has_prefix(full, prefix) && git_reference_name_to_id(&id, git, full) == 0)
    target = g_strdup(strchr(full + strlen("refs/"), '/') + 1);
  git_reference_free(reference);
  return target;
}

/* The branch that others are merged into. */
static char *find_trunk(git_repository *git, gboolean bare)
{
  static const char *const names[] = {"main", "master", "trunk", "develop"};
  char *trunk = bare ? symbolic_target(git, "HEAD", "refs/heads/") : NULL;
  git_oid id;

  if (!trunk)
    trunk = symbolic_target(git, "refs/remotes/origin/HEAD", "refs/remotes/");
  for (guint pass = 0; pass < 2 && !trunk; pass++)
    for (guint i = 0; i < G_N_ELEMENTS(names) && !trunk; i++) {
      g_autofree char *full = g_strconcat(pass == 0 ? "refs/remotes/origin/" : "refs/heads/", names[i], NULL);
      if (git_reference_name_to_id(&id, git, full) == 0)
        trunk = g_strdup(strchr(full + strlen("refs/"), '/') + 1);
    }
  return trunk ? trunk : g_strdup("HEAD");
}

char *git_refs_trunk(GitRefs *refs)
{
  return find_trunk(refs->reader->git, refs->project != NULL);
}

/* Everything the trunk comes from. */
static GHashTable *ancestry(RepoReader *reader, RepoCommit *tip)
{
  GHashTable *seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) todo = g_ptr_array_new();

  g_ptr_array_add(todo, tip);
  while (todo->len > 0) {
    RepoCommit *commit = g_ptr_array_steal_index_fast(todo, todo->len - 1);
    if (!commit || !g_hash_table_add(seen, commit))
      continue;
    for (guint i = 0; i < commit->n_parents; i++)
      g_ptr_array_add(todo, repo_commit(reader, &commit->parents[i]));
  }
  return seen;
}

/* Where the branch last met the trunk; NULL when it never did, as far as this clone knows. */
static RepoCommit *left_trunk(Hunt *hunt, RepoCommit *tip)
{
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  RepoCommit *newest = NULL;

  if (!hunt->ancestry)
    hunt->ancestry = ancestry(hunt->refs->reader, hunt->trunk);
  g_ptr_array_add(todo, tip);
  while (todo->len > 0) {
    RepoCommit *commit = g_ptr_array_steal_index_fast(todo, todo->len - 1);
    if (!commit || !g_hash_table_add(seen, commit))
      continue;
    if (g_hash_table_contains(hunt->ancestry, commit)) {
      newest = !newest || commit->time > newest->time ? commit : newest;
      continue;
    }
    for (guint i = 0; i < commit->n_parents; i++)
      g_ptr_array_add(todo, repo_commit(hunt->refs->reader, &commit->parents[i]));
  }
  return newest;
}

/* ---- what a branch adds ---- */

static void addition_free(void *data)
{
  Addition *addition = data;

  g_free(addition->key);
  g_free(addition->path);
  g_ptr_array_unref(addition->tips);
  g_ptr_array_unref(addition->next);
  g_free(addition->commit);
  g_free(addition->author);
  g_free(addition);
}

static void tip_free(void *data)
{
  Tip *tip = data;

  g_ptr_array_unref(tip->refs);
  g_ptr_array_unref(tip->own);
  g_free(tip);
}

/* The same id on other parents is another revision here: a branch that was rebased and its copy that was not. */
static char *addition_key(const Revision *revision)
{
  g_autofree char *down = g_strjoinv(" ", revision->down_revision);

  return g_strconcat(revision->id, "\n", down, NULL);
}

static Addition *add(Hunt *hunt, Tip *tip, const Revision *revision, const RepoEntry *entry, const char *path)
{
  g_autofree char *key = addition_key(revision);
  Addition *addition = g_hash_table_lookup(hunt->additions, key);

  if (!addition) {
    addition = g_new0(Addition, 1);
    addition->key = g_steal_pointer(&key);
    addition->revision = revision;
    addition->path = g_strdup(path);
    addition->tips = g_ptr_array_new();
    addition->next = g_ptr_array_new();
    if (entry)
      addition->blob = entry->blob;
    g_hash_table_insert(hunt->additions, addition->key, addition);
    g_ptr_array_add(hunt->order, addition);
  }
  if (!g_ptr_array_find(addition->tips, tip, NULL))
    g_ptr_array_add(addition->tips, tip);
  if (!g_ptr_array_find(tip->own, addition, NULL))
    g_ptr_array_add(tip->own, addition);
  return addition;
}

static void note_fault(Hunt *hunt, const Tip *tip, const RepoEntry *entry, const RefsParsed *parsed)
{
  const RepoRef *ref = tip->refs->pdata[0];
  g_autofree char *where = parsed->fault.line ? g_strdup_printf(":%u", parsed->fault.line) : g_strdup("");

  if (g_hash_table_add(hunt->faulty, g_memdup2(&entry->blob, sizeof entry->blob)))
    g_ptr_array_add(hunt->result->notes,
                    g_strdup_printf("%s:%s%s: %s", ref->name, entry->path, where, parsed->fault.text));
}

/* Is this the trunk's file of that revision, perhaps under another name? */
static gboolean trunk_has(Hunt *hunt, const char *id, const git_oid *blob)
{
  const char *known = g_hash_table_lookup(hunt->at_trunk->blobs, id);
  git_oid there;

  return known && git_oid_fromstr(&there, known) == 0 && git_oid_equal(&there, blob);
}

/* Is there a revision among the entries that the trunk does not have, or something that cannot be read?  added: files
 * that the trunk has not under that name. */
static gboolean any_news(Hunt *hunt, const GPtrArray *entries, gboolean added)
{
  for (guint i = 0; i < entries->len; i++) {
    const RepoEntry *entry = entries->pdata[i];
    const RefsParsed *parsed = refs_parse(hunt->refs, &entry->blob, entry->path);
    const char *id = parsed->revision ? parsed->revision->id : NULL;
    if (!id || !revision_map_get(hunt->trunk_map, id) || (added && !trunk_has(hunt, id, &entry->blob)))
      return TRUE;
  }
  return FALSE;
}

static gboolean has_id(Hunt *hunt, const GPtrArray *entries, const char *id)
{
  for (guint i = 0; i < entries->len; i++) {
    const RepoEntry *entry = entries->pdata[i];
    const RefsParsed *parsed = refs_parse(hunt->refs, &entry->blob, entry->path);
    if (parsed->revision && strcmp(parsed->revision->id, id) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean trunk_has_path(const Hunt *hunt, const char *path)
{
  for (guint i = 0; i < hunt->trunk_map->revisions->len; i++)
    if (strcmp(collision_path(((Revision *)hunt->trunk_map->revisions->pdata[i])->path), path) == 0)
      return TRUE;
  return FALSE;
}

static void twin_free(void *data)
{
  Twin *twin = data;

  g_free(twin->path);
  g_free(twin);
}

/* Added on both sides, each under a name of its own: after the merge the revision is there twice. */
static void note_twin(Hunt *hunt, const Tip *tip, const Revision *trunk, const char *path)
{
  if (tip->reader != hunt->reader || trunk_has_path(hunt, path))
    return;
  Twin *twin = g_new0(Twin, 1);
  *twin = (Twin){tip, trunk, g_strdup(path)};
  g_ptr_array_add(hunt->twice, twin);
}

static void collect(Hunt *hunt, Tip *tip, const RepoChanges *changes, const GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++) {
    const RepoEntry *entry = entries->pdata[i];
    const RefsParsed *parsed = refs_parse(hunt->refs, &entry->blob, entry->path);
    if (!parsed->revision) {
      note_fault(hunt, tip, entry, parsed);
      continue;
    }
    const char *id = parsed->revision->id;
    /* under a new name, or with a new body, it is still what was there before */
    if (has_id(hunt, changes->deleted, id) || has_id(hunt, changes->before, id))
      continue;
    const Revision *trunk = revision_map_get(hunt->trunk_map, id);
    if (!trunk)
      add(hunt, tip, parsed->revision, entry, entry->path);
    else if (entries == changes->added)
      note_twin(hunt, tip, trunk, entry->path);
  }
}

/* From one commit to another; when their folders are not the same, all that the second has is added and all that the
 * first had deleted. */
static RepoChanges *changes_between(Hunt *hunt, const RepoCommit *old, const RepoCommit *commit,
                                    RepoReader *reader)
{
  RepoReader *before = old ? layout_at(hunt->refs, old) : reader;
  RepoChanges *changes = repo_changes(reader, old && before == reader ? repo_commit(reader, &old->id) : NULL,
                                      repo_commit(reader, &commit->id));

  if (before && before != reader) {
    g_ptr_array_unref(changes->deleted);
    changes->deleted = repo_files(before, repo_commit(before, &old->id));
  }
  return changes;
}

static void look_at_tip(Hunt *hunt, Tip *tip)
{
  g_autoptr(RepoChanges) beside = changes_between(hunt, hunt->trunk, tip->commit, tip->reader);

  if (!any_news(hunt, beside->added, tip->reader == hunt->reader) && !any_news(hunt, beside->after, FALSE))
    return;
  RepoCommit *base = left_trunk(hunt, tip->commit);
  if (!base) {
    hunt->no_base = TRUE;
    collect(hunt, tip, beside, beside->added);
    return;
  }
  g_autoptr(RepoChanges) changes = changes_between(hunt, base, tip->commit, tip->reader);
  collect(hunt, tip, changes, changes->added);
  collect(hunt, tip, changes, changes->after);
}

static gboolean like_trunk(const Hunt *hunt, const Tip *tip)
{
  return tip->reader == hunt->reader &&
         repo_commit_same(tip->reader, repo_commit(tip->reader, &hunt->trunk->id),
                          repo_commit(tip->reader, &tip->commit->id));
}

/* References by the commit they stand at: Tip*. */
static GPtrArray *group_refs(Hunt *hunt, const GPtrArray *refs, gint64 newer_than)
{
  RepoReader *reader = hunt->refs->reader;
  GPtrArray *tips = g_ptr_array_new_with_free_func(tip_free);
  g_autoptr(GHashTable) by_commit = g_hash_table_new(repo_oid_hash, repo_oid_equal);
  guint missing = 0;

  for (guint i = 0; i < refs->len; i++) {
    RepoRef *ref = refs->pdata[i];
    Tip *tip = g_hash_table_lookup(by_commit, &ref->commit);
    if (!tip) {
      RepoCommit *commit = repo_commit(reader, &ref->commit);
      missing += commit ? 0 : 1;
      if (!commit || (newer_than && commit->time < newer_than))
        continue;
      tip = g_new0(Tip, 1);
      tip->commit = commit;
      tip->refs = g_ptr_array_new();
      tip->own = g_ptr_array_new();
      g_hash_table_insert(by_commit, &commit->id, tip);
      g_ptr_array_add(tips, tip);
    }
    g_ptr_array_add(tip->refs, ref);
    hunt->result->n_refs++;
  }
  if (missing > 0)
    g_ptr_array_add(hunt->result->notes,
                    g_strdup_printf(ngettext("%u reference has no commit in this clone",
                                             "%u references have no commit in this clone", missing),
                                    missing));
  return tips;
}

/* What is not committed, as a branch of its own. */
static void look_at_working(Hunt *hunt, const RevisionMap *working, RepoCommit *head)
{
  g_autofree char *root = hunt->refs->workdir ? g_strdup(hunt->refs->workdir) : g_strdup("/");
  g_autoptr(GPtrArray) committed = head ? repo_files(hunt->refs->reader, head) : g_ptr_array_new();

  for (guint i = 0; i < working->revisions->len; i++) {
    const Revision *revision = working->revisions->pdata[i];
    if (revision_map_get(hunt->trunk_map, revision->id) || revision->shadowed ||
        has_id(hunt, committed, revision->id))
      continue;
    g_autofree char *path = file_relative(revision->path, root);
    add(hunt, &hunt->working, revision, NULL, path);
  }
}

/* ---- putting it together ---- */

static void link_additions(Hunt *hunt)
{
  g_autoptr(GHashTable) by_id =
      g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);

  for (guint i = 0; i < hunt->order->len; i++) {
    Addition *addition = hunt->order->pdata[i];
    GPtrArray *same = g_hash_table_lookup(by_id, addition->revision->id);
    if (!same) {
      same = g_ptr_array_new();
      g_hash_table_insert(by_id, addition->revision->id, same);
    }
    g_ptr_array_add(same, addition);
  }
  for (guint i = 0; i < hunt->order->len; i++) {
    Addition *addition = hunt->order->pdata[i];
    for (char **down = addition->revision->down_revision; *down; down++) {
      GPtrArray *parents = g_hash_table_lookup(by_id, *down);
      for (guint k = 0; parents && k < parents->len; k++)
        g_ptr_array_add(((Addition *)parents->pdata[k])->next, addition);
    }
  }
}

static void describe(Hunt *hunt, Addition *addition)
{
  g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(RepoWanted));
  const Tip *tip = addition->tips->pdata[0];
  RepoWanted one = {.path = addition->path, .data = addition};

  if (!tip->commit)
    return;
  g_array_append_val(wanted, one);
  repo_find_introductions(tip->reader, &tip->commit->id, wanted, NULL, BRANCH_LIMIT, hunt->cancellable,
                          collisions_introduced, addition);
  const git_oid *id = addition->introduced ? &addition->commit_id : &tip->commit->id;
  addition->commit = g_malloc(GIT_OID_HEXSZ + 1);
  git_oid_tostr(addition->commit, GIT_OID_HEXSZ + 1, id);
  repo_describe(hunt->refs->reader->git, id, &addition->author, NULL, &addition->time, NULL);
}

void collisions_introduced(gpointer wanted, const git_oid *commit, gpointer data)
{
  Addition *addition = data;

  (void)wanted;
  addition->commit_id = *commit;
  addition->introduced = TRUE;
}

static gboolean read_trunk(Hunt *hunt, const CollisionOptions *options, GError **error)
{
  g_autofree char *trunk = options->trunk ? g_strdup(options->trunk) : git_refs_trunk(hunt->refs);

  hunt->trunk = refs_commit(hunt->refs, trunk, error);
  if (!hunt->trunk)
    return FALSE;
  hunt->at_trunk = git_revisions_at(hunt->refs, trunk, error);
  if (!hunt->at_trunk)
    return FALSE;
  hunt->reader = layout_at(hunt->refs, hunt->trunk);
  hunt->trunk_map = hunt->at_trunk->map;
  for (guint i = 0; i < hunt->trunk_map->diags->items->len; i++) {
    const Diag *diag = hunt->trunk_map->diags->items->pdata[i];
    if (diag->severity == DIAG_ERROR)
      g_ptr_array_add(hunt->result->notes,
                      diag->line ? g_strdup_printf("%s:%u: %s", diag->path, diag->line, diag->text)
                                 : g_strdup_printf("%s: %s", diag->path, diag->text));
  }
  hunt->result->trunk = g_steal_pointer(&trunk);
  return TRUE;
}

static gboolean cancelled(Hunt *hunt, GError **error)
{
  if (!g_cancellable_is_cancelled(hunt->cancellable))
    return FALSE;
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_CANCELLED, _("reading the git history was stopped"));
  return TRUE;
}

static gboolean look_at_all(Hunt *hunt, const GPtrArray *tips, GError **error)
{
  for (guint i = 0; i < tips->len; i++) {
    Tip *tip = tips->pdata[i];
    if (i % CANCEL_EVERY == 0 && cancelled(hunt, error))
      return FALSE;
    tip->reader = layout_at(hunt->refs, tip->commit);
    if (tip->reader && !like_trunk(hunt, tip))
      look_at_tip(hunt, tip);
    if (tip->own->len > 0)
      hunt->result->n_adding += tip->refs->len;
  }
  return TRUE;
}

static void hunt_clear(Hunt *hunt)
{
  g_clear_pointer(&hunt->ancestry, g_hash_table_unref);
  g_hash_table_destroy(hunt->additions);
  g_hash_table_destroy(hunt->faulty);
  g_ptr_array_unref(hunt->twice);
  g_ptr_array_unref(hunt->order);
  g_clear_pointer(&hunt->at_trunk, git_revisions_free);
  g_clear_pointer(&hunt->working.refs, g_ptr_array_unref);
  g_clear_pointer(&hunt->working.own, g_ptr_array_unref);
}

/* The commit at hand counts whatever it is called: a build checks it out without a branch. */
static void add_head(Hunt *hunt, GPtrArray *refs)
{
  git_reference *head = NULL;
  gboolean known = !hunt->head || hunt->refs->project;

  for (guint i = 0; i < refs->len && !known; i++)
    known = git_oid_equal(&((RepoRef *)refs->pdata[i])->commit, &hunt->head->id);
  if (known || git_repository_head(&head, hunt->refs->reader->git) < 0)
    return;
  RepoRef *ref = g_new0(RepoRef, 1);
  *ref = (RepoRef){.name = g_strdup(git_reference_shorthand(head)), .commit = hunt->head->id};
  g_ptr_array_add(refs, ref);
  git_reference_free(head);
}

static gboolean hunt_run(Hunt *hunt, const CollisionOptions *options, GError **error)
{
  git_repository *git = hunt->refs->reader->git;
  git_oid head;

  if (!read_trunk(hunt, options, error))
    return FALSE;
  g_autoptr(GPtrArray) refs =
      options->branches ? repo_refs_matching(git, options->branches) : repo_refs(git, FALSE);
  if (refs->len == 0 && options->branches) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("no branch matches %s"), options->branches);
    return FALSE;
  }
  hunt->head =
      git_reference_name_to_id(&head, git, "HEAD") == 0 ? repo_commit(hunt->refs->reader, &head) : NULL;
  add_head(hunt, refs);
  g_autoptr(GPtrArray) tips = group_refs(hunt, refs, options->newer_than);
  if (!look_at_all(hunt, tips, error))
    return FALSE;
  if (options->working)
    look_at_working(hunt, options->working, hunt->head);
  link_additions(hunt);
  for (guint i = 0; i < hunt->order->len; i++) {
    describe(hunt, hunt->order->pdata[i]);
    if (i % CANCEL_EVERY == 0 && cancelled(hunt, error))
      return FALSE;
  }
  if (hunt->no_base)
    g_ptr_array_add(hunt->result->notes,
                    g_strdup_printf(git_repository_is_shallow(git) == 1
                                        ? _("this clone is shallow: where some branches left %s is not known")
                                        : _("some branches have no commit in common with %s"),
                                    hunt->result->trunk));
  collisions_group(hunt, options);
  collisions_break(hunt, options);
  return TRUE;
}

Collisions *git_collisions(GitRefs *refs, const CollisionOptions *options, GCancellable *cancellable,
                           GError **error)
{
  g_autoptr(Collisions) result = g_new0(Collisions, 1);
  Hunt hunt = {.refs = refs, .cancellable = cancellable, .result = result};

  result->references = 1;
  result->collisions = g_ptr_array_new_with_free_func(collision_free);
  result->broken = g_ptr_array_new_with_free_func(breakage_free);
  result->notes = g_ptr_array_new_with_free_func(g_free);
  hunt.additions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, addition_free);
  hunt.faulty = g_hash_table_new_full(repo_oid_hash, repo_oid_equal, g_free, NULL);
  hunt.order = g_ptr_array_new();
  hunt.twice = g_ptr_array_new_with_free_func(twin_free);
  hunt.working.refs = g_ptr_array_new();
  hunt.working.own = g_ptr_array_new();
  gboolean good = hunt_run(&hunt, options, error);
  hunt_clear(&hunt);
  return good ? g_steal_pointer(&result) : NULL;
}
