/* Where a revision lives, and what happened to its file. */
#include "retort/history/where.h"

#include <glib/gi18n.h>
#include <string.h>

#include "git_layout.h"
#include "retort/base/error.h"

#define CANCEL_EVERY 256
#define SHORT_COMMIT 10

typedef struct {
  GitRefs *refs;
  RepoReader *reader; /* of the folders of all branches and tags */
  const char *id;
  GHashTable *contents; /* git_oid -> Where*, NULL: some other file */
  GHashTable *found;    /* id -> Where* */
  GPtrArray *order;     /* Where* */
} Hunt;

static void event_free(void *data)
{
  WhereEvent *event = data;

  g_free(event->commit);
  g_free(event->before);
  g_free(event->author);
  g_free(event->summary);
  g_free(event->path);
  g_free(event->from);
  g_free(event);
}

static void where_free(void *data)
{
  Where *where = data;

  g_free(where->id);
  g_free(where->message);
  g_free(where->path);
  g_free(where->commit);
  g_ptr_array_unref(where->branches);
  g_ptr_array_unref(where->tags);
  g_ptr_array_unref(where->events);
  g_free(where);
}

static Where *where_of(Hunt *hunt, const Revision *revision)
{
  Where *where = g_hash_table_lookup(hunt->found, revision->id);

  if (where)
    return where;
  where = g_new0(Where, 1);
  where->id = g_strdup(revision->id);
  where->message = g_strdup(revision->doc);
  where->branches = g_ptr_array_new_with_free_func(g_free);
  where->tags = g_ptr_array_new_with_free_func(g_free);
  where->events = g_ptr_array_new_with_free_func(event_free);
  g_hash_table_insert(hunt->found, where->id, where);
  g_ptr_array_add(hunt->order, where);
  return where;
}

/* The revision that the file is, when it is looked for. */
static Where *identify(Hunt *hunt, const RepoEntry *entry)
{
  gpointer known;

  if (g_hash_table_lookup_extended(hunt->contents, &entry->blob, NULL, &known))
    return known;
  Where *where = NULL;
  gsize len;
  g_autofree char *data = repo_blob(hunt->reader, &entry->blob, &len);
  /* most files do not even mention it */
  if (data && (memmem(data, len, hunt->id, strlen(hunt->id)) || strstr(entry->path, hunt->id))) {
    const RefsParsed *parsed = refs_parse(hunt->refs, &entry->blob, entry->path);
    if (parsed->revision && g_str_has_prefix(parsed->revision->id, hunt->id))
      where = where_of(hunt, parsed->revision);
  }
  g_hash_table_insert(hunt->contents, g_memdup2(&entry->blob, sizeof entry->blob), where);
  return where;
}

/* ---- branches and tags ---- */

static void leave(Hunt *hunt, GHashTable *present, const GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    if (identify(hunt, entries->pdata[i]))
      g_hash_table_remove(present, ((RepoEntry *)entries->pdata[i])->path);
}

static void enter(Hunt *hunt, GHashTable *present, const GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++) {
    const RepoEntry *entry = entries->pdata[i];
    Where *where = identify(hunt, entry);
    if (where)
      g_hash_table_replace(present, g_strdup(entry->path), where);
  }
}

static void note_ref(GHashTable *present, const RepoRef *ref, gboolean tag)
{
  GHashTableIter iter;
  gpointer path, value;

  g_hash_table_iter_init(&iter, present);
  while (g_hash_table_iter_next(&iter, &path, &value)) {
    Where *where = value;
    if (!where->path) {
      where->path = g_strdup(path);
      where->commit = g_malloc(GIT_OID_HEXSZ + 1);
      git_oid_tostr(where->commit, GIT_OID_HEXSZ + 1, &ref->commit);
    }
    g_ptr_array_add(tag ? where->tags : where->branches, g_strdup(ref->name));
  }
}

static gboolean look_at_refs(Hunt *hunt, const GPtrArray *refs, guint n_branches, GCancellable *cancellable)
{
  g_autoptr(GHashTable) present = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  RepoReader *reader = hunt->reader;
  RepoCommit *last = NULL;

  for (guint i = 0; i < refs->len; i++) {
    const RepoRef *ref = refs->pdata[i];
    RepoCommit *tip = repo_commit(reader, &ref->commit);
    if (g_cancellable_is_cancelled(cancellable))
      return FALSE;
    if (!tip)
      continue;
    /* neighbouring branches differ by little */
    if (!last || !repo_commit_same(reader, last, tip)) {
      g_autoptr(RepoChanges) changes = repo_changes(reader, last, tip);
      leave(hunt, present, changes->deleted);
      leave(hunt, present, changes->before);
      enter(hunt, present, changes->added);
      enter(hunt, present, changes->after);
    }
    note_ref(present, ref, i >= n_branches);
    last = tip;
  }
  return TRUE;
}

/* ---- events ---- */

static const RepoEntry *entry_of(Hunt *hunt, const Where *where, const GPtrArray *first,
                                 const GPtrArray *second)
{
  for (guint i = 0; i < first->len; i++)
    if (identify(hunt, first->pdata[i]) == where)
      return first->pdata[i];
  for (guint i = 0; i < second->len; i++)
    if (identify(hunt, second->pdata[i]) == where)
      return second->pdata[i];
  return NULL;
}

static char *oid_text(const git_oid *id)
{
  char *text = g_malloc(GIT_OID_HEXSZ + 1);

  git_oid_tostr(text, GIT_OID_HEXSZ + 1, id);
  return text;
}

static void add_event(Hunt *hunt, Where *where, const RepoCommit *commit, const RepoEntry *old,
                      const RepoEntry *new)
{
  WhereEvent *event = g_new0(WhereEvent, 1);

  event->kind = !old                                ? WHERE_ADDED
                : !new                              ? WHERE_DELETED
                : strcmp(old->path, new->path) == 0 ? WHERE_CHANGED
                                                    : WHERE_MOVED;
  event->commit = oid_text(&commit->id);
  event->before = commit->n_parents > 0 ? oid_text(&commit->parents[0]) : NULL;
  event->path = g_strdup(new ? new->path : old->path);
  event->from = event->kind == WHERE_MOVED ? g_strdup(old->path) : NULL;
  repo_describe(hunt->reader->git, &commit->id, &event->author, NULL, &event->time, &event->summary);
  g_ptr_array_add(where->events, event);
}

/* Whose file is otherwise in the commit than in that parent (NULL: there is none)?  Where* in the set. */
static GHashTable *changed_against(Hunt *hunt, const RepoChanges *changes)
{
  const GPtrArray *lists[] = {changes->added, changes->after, changes->deleted, changes->before};
  GHashTable *set = g_hash_table_new(NULL, NULL);

  for (guint k = 0; k < G_N_ELEMENTS(lists); k++)
    for (guint i = 0; i < lists[k]->len; i++) {
      Where *where = identify(hunt, lists[k]->pdata[i]);
      if (where)
        g_hash_table_add(set, where);
    }
  return set;
}

/* A merge that takes the file as one of its parents has it is no event. */
static void visit(Hunt *hunt, const RepoCommit *commit)
{
  RepoReader *reader = hunt->reader;
  RepoCommit *first = commit->n_parents > 0 ? repo_commit(reader, &commit->parents[0]) : NULL;

  /* at the edge of a shallow clone every file seems new */
  if ((commit->n_parents > 0 && !first) || (first && repo_commit_same(reader, first, commit)))
    return;
  g_autoptr(RepoChanges) changes = repo_changes(reader, first, commit);
  g_autoptr(GHashTable) set = changed_against(hunt, changes);
  for (guint i = 1; i < commit->n_parents && g_hash_table_size(set) > 0; i++) {
    RepoCommit *parent = repo_commit(reader, &commit->parents[i]);
    if (!parent)
      continue;
    g_autoptr(RepoChanges) other = repo_changes(reader, parent, commit);
    g_autoptr(GHashTable) against = changed_against(hunt, other);
    GHashTableIter iter;
    gpointer where;
    g_hash_table_iter_init(&iter, set);
    while (g_hash_table_iter_next(&iter, &where, NULL))
      if (!g_hash_table_contains(against, where))
        g_hash_table_iter_remove(&iter);
  }
  for (guint i = 0; i < hunt->order->len; i++) {
    Where *where = hunt->order->pdata[i];
    if (g_hash_table_contains(set, where))
      add_event(hunt, where, commit, entry_of(hunt, where, changes->deleted, changes->before),
                entry_of(hunt, where, changes->added, changes->after));
  }
}

/* Where HEAD once stood: what was rebased or reset away is still there for a while. */
static void push_reflog(Hunt *hunt, RepoQueue *queue)
{
  git_reflog *log = NULL;

  if (git_reflog_read(&log, hunt->reader->git, "HEAD") < 0)
    return;
  for (gsize i = 0; i < git_reflog_entrycount(log); i++) {
    const git_oid *id = git_reflog_entry_id_new(git_reflog_entry_byindex(log, i));
    if (!git_oid_is_zero(id))
      repo_queue_push(queue, repo_commit(hunt->reader, id));
  }
  git_reflog_free(log);
}

static gboolean look_at_history(Hunt *hunt, const GPtrArray *refs, GCancellable *cancellable)
{
  RepoReader *reader = hunt->reader;
  gboolean stopped = FALSE;
  RepoCommit *commit;
  RepoQueue queue;
  git_oid head;

  repo_queue_init(&queue, reader);
  if (git_reference_name_to_id(&head, reader->git, "HEAD") == 0)
    repo_queue_push(&queue, repo_commit(reader, &head));
  for (guint i = 0; i < refs->len; i++)
    repo_queue_push(&queue, repo_commit(reader, &((RepoRef *)refs->pdata[i])->commit));
  push_reflog(hunt, &queue);
  for (guint n = 1; !stopped && (commit = repo_queue_pop(&queue)); n++) {
    visit(hunt, commit);
    for (guint i = 0; i < commit->n_parents; i++)
      repo_queue_push(&queue, repo_commit(reader, &commit->parents[i]));
    stopped = n % CANCEL_EVERY == 0 && g_cancellable_is_cancelled(cancellable);
  }
  repo_queue_clear(&queue);
  return !stopped;
}

/* In no branch any more: the newest commit that had it. */
static void take_last(Where *where)
{
  if (where->path || where->events->len == 0)
    return;
  const WhereEvent *last = where->events->pdata[0];
  where->path = g_strdup(last->path);
  where->commit = g_strdup(last->kind == WHERE_DELETED && last->before ? last->before : last->commit);
}

GPtrArray *git_where(GitRefs *refs, const char *id, GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func(where_free);
  Hunt hunt = {.refs = refs, .id = id, .order = order};

  if (!*id)
    return g_steal_pointer(&order);
  hunt.contents = g_hash_table_new_full(repo_oid_hash, repo_oid_equal, g_free, NULL);
  hunt.found = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) all = repo_refs(refs->reader->git, TRUE);
  g_autoptr(GPtrArray) branches = repo_refs(refs->reader->git, FALSE);
  hunt.reader = layout_of_all(refs, all);
  gboolean good =
      look_at_refs(&hunt, all, branches->len, cancellable) && look_at_history(&hunt, all, cancellable);
  Where *exact = g_hash_table_lookup(hunt.found, id);
  for (guint i = order->len; i-- > 0;) {
    take_last(order->pdata[i]);
    if (exact && order->pdata[i] != exact)
      g_ptr_array_remove_index(order, i);
  }
  g_hash_table_destroy(hunt.contents);
  g_hash_table_destroy(hunt.found);
  if (good)
    return g_steal_pointer(&order);
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_CANCELLED, _("reading the git history was stopped"));
  return NULL;
}

/* ---- words ---- */

const char *where_kind_name(WhereKind kind)
{
  switch (kind) {
  case WHERE_ADDED: return _("added");
  case WHERE_CHANGED: return _("changed");
  case WHERE_MOVED: return _("moved");
  case WHERE_DELETED: return _("deleted");
  }
  return "";
}

char *where_advice(const Where *where, const char *id)
{
  if (!where)
    return g_strdup_printf(
        _("no file here has revision %s and git has never seen it: it may be in a branch that was "
          "not fetched, or in a file that was never committed"),
        id);
  guint others = where->branches->len + where->tags->len;
  if (others > 0) {
    const char *ref = where->branches->len > 0 ? where->branches->pdata[0] : where->tags->pdata[0];
    g_autofree char *more = others > 1 ? g_strdup_printf(_(" (and %u more)"), others - 1) : g_strdup("");
    return g_strdup_printf(
        _("no file here has revision %s, but %s%s has it: %s; check that out, or merge it, before "
          "you go on; `retort where %s' says more"),
        id, ref, more, where->path, id);
  }
  return g_strdup_printf(_("no file here and no branch has revision %s; git last saw it in commit %.*s: %s; "
                           "`git checkout %.*s -- %s' brings the file back; `retort where %s' says more"),
                         id, SHORT_COMMIT, where->commit, where->path, SHORT_COMMIT, where->commit,
                         where->path, id);
}
