/* From what branches add to collisions: the lines that begin at each parent, and which of them nothing joins. */
#include <glib/gi18n.h>
#include <string.h>

#include "git_collisions.h"
#include "walk.h"

/* The lines at one parent. */
typedef struct {
  Hunt *hunt;
  const char *parent;    /* NULL: the lines are bases */
  const Revision *known; /* the parent in the trunk, or NULL */
  GPtrArray *lines;      /* Addition* */
  GPtrArray *trunk;      /* Revision*: the trunk's own; borrowed */
  NodeSet *above;        /* what comes after those in the trunk */
} Fork;

void collision_free(void *data)
{
  Collision *collision = data;

  g_free(collision->parent);
  g_free(collision->parent_path);
  g_ptr_array_unref(collision->sides);
  g_free(collision);
}

static void branch_free(void *data)
{
  CollisionBranch *branch = data;

  g_free(branch->ref);
  g_free(branch->commit);
  g_free(branch->author);
  g_free(branch);
}

GPtrArray *collision_branches_new(void)
{
  return g_ptr_array_new_with_free_func(branch_free);
}

static void side_free(void *data)
{
  CollisionSide *side = data;

  g_free(side->revision);
  g_free(side->message);
  g_free(side->path);
  g_free(side->blob);
  g_free(side->head);
  g_free(side->commit);
  g_free(side->author);
  g_ptr_array_unref(side->branches);
  g_free(side);
}

Collisions *collisions_ref(Collisions *collisions)
{
  g_atomic_int_inc(&collisions->references);
  return collisions;
}

void collisions_unref(Collisions *collisions)
{
  if (!collisions || !g_atomic_int_dec_and_test(&collisions->references))
    return;
  g_free(collisions->trunk);
  g_ptr_array_unref(collisions->collisions);
  g_ptr_array_unref(collisions->broken);
  g_ptr_array_unref(collisions->notes);
  g_free(collisions);
}

char *collisions_looked_at(const Collisions *collisions)
{
  guint n = collisions->n_refs, adding = collisions->n_adding;
  g_autofree char *looked =
      g_strdup_printf(ngettext("%u reference looked at", "%u references looked at", n), n);
  g_autofree char *add =
      adding == 0 ? g_strdup_printf(_("none adds revisions to %s"), collisions->trunk)
                  : g_strdup_printf(ngettext("%u adds revisions to %s", "%u add revisions to %s", adding),
                                    adding, collisions->trunk);

  return g_strdup_printf("%s, %s", looked, add);
}

/* The sides are at least two. */
char *collision_fix(const Collision *collision)
{
  const CollisionSide *stays = collision->sides->pdata[0];
  const CollisionSide *moves = collision->sides->pdata[1];

  for (guint i = 1; i < collision->sides->len; i++)
    if (((CollisionSide *)collision->sides->pdata[i])->here)
      moves = collision->sides->pdata[i];
  const CollisionBranch *branch = moves->branches->pdata[0];
  const CollisionBranch *other = stays->branches->pdata[0];
  return g_strdup_printf(
      _("  fix: bring %s into %s, then there `retort rebase %s --onto %s', when no database has %s yet; "
        "else `retort merge %s %s'"),
      other->ref, branch->ref, moves->revision, stays->head, moves->revision, stays->head, moves->head);
}

char *breakage_fix(const Collisions *collisions, const Breakage *breakage)
{
  const CollisionBranch *branch = breakage->branches->pdata[0];

  if (breakage->parent)
    return g_strdup_printf(
        _("  fix: bring %s into %s, then there `retort rebase %s --parent REVISION' sets a parent that "
          "is there"),
        collisions->trunk, branch->ref, breakage->revision);
  return g_strdup_printf(_("  fix: delete the file in %s, or give its revision another id there"),
                         branch->ref);
}

/* ---- which lines are joined ---- */

/* Everything that comes after the addition and is on that branch (NULL: on any), itself included. */
static GHashTable *line_of(Addition *addition, const Tip *tip)
{
  GHashTable *line = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) todo = g_ptr_array_new();

  g_ptr_array_add(todo, addition);
  while (todo->len > 0) {
    Addition *next = g_ptr_array_steal_index_fast(todo, todo->len - 1);
    if ((tip && !g_ptr_array_find(next->tips, tip, NULL)) || !g_hash_table_add(line, next))
      continue;
    for (guint i = 0; i < next->next->len; i++)
      g_ptr_array_add(todo, next->next->pdata[i]);
  }
  return line;
}

/* Does the branch itself join the line with what the trunk has there? */
static gboolean joins_trunk(const Fork *fork, Addition *addition, const Tip *tip)
{
  g_autoptr(GHashTable) line = line_of(addition, tip);
  GHashTableIter iter;

  g_hash_table_iter_init(&iter, line);
  for (gpointer next; g_hash_table_iter_next(&iter, &next, NULL);)
    for (char **down = ((Addition *)next)->revision->down_revision; *down; down++) {
      const Revision *below = revision_map_get(fork->hunt->trunk_map, *down);
      if (below && fork->above[below->index])
        return TRUE;
    }
  return FALSE;
}

static gboolean joined(Addition *a, Addition *b)
{
  if (strcmp(a->revision->id, b->revision->id) == 0)
    return TRUE;
  g_autoptr(GHashTable) line = line_of(a, NULL);
  g_autoptr(GHashTable) other = line_of(b, NULL);
  GHashTableIter iter;

  g_hash_table_iter_init(&iter, other);
  for (gpointer next; g_hash_table_iter_next(&iter, &next, NULL);)
    if (g_hash_table_contains(line, next))
      return TRUE;
  return FALSE;
}

/* ---- sides ---- */

const char *collision_path(const char *path)
{
  const char *colon = strchr(path, ':');

  return colon ? colon + 1 : path;
}

void collision_branch_add(GPtrArray *branches, Hunt *hunt, const char *ref, const RepoCommit *commit)
{
  CollisionBranch *branch = g_new0(CollisionBranch, 1);

  branch->ref = g_strdup(ref);
  if (commit) {
    branch->commit = g_malloc(GIT_OID_HEXSZ + 1);
    git_oid_tostr(branch->commit, GIT_OID_HEXSZ + 1, &commit->id);
    repo_describe(hunt->refs->reader->git, &commit->id, &branch->author, NULL, &branch->time, NULL);
  }
  g_ptr_array_add(branches, branch);
}

static gboolean has_branch(const CollisionSide *side, const char *ref)
{
  for (guint i = 0; i < side->branches->len; i++)
    if (strcmp(((CollisionBranch *)side->branches->pdata[i])->ref, ref) == 0)
      return TRUE;
  return FALSE;
}

static void add_tips(const Fork *fork, CollisionSide *side, Addition *addition)
{
  Hunt *hunt = fork->hunt;

  for (guint i = 0; i < addition->tips->len; i++) {
    Tip *tip = addition->tips->pdata[i];
    if (fork->trunk->len > 0 && joins_trunk(fork, addition, tip))
      continue;
    side->here |= tip == &hunt->working || (hunt->head && tip->commit == hunt->head);
    if (!tip->commit)
      collision_branch_add(side->branches, hunt, _("not committed"), NULL);
    for (guint k = 0; k < tip->refs->len; k++) {
      const RepoRef *ref = tip->refs->pdata[k];
      if (!has_branch(side, ref->name))
        collision_branch_add(side->branches, hunt, ref->name, tip->commit);
    }
  }
}

/* The last revision of a line, by the longest way. */
static const Addition *last_of(const Addition *addition, guint depth)
{
  const Addition *last = addition;

  /* revisions of a repository may go in circles */
  for (guint i = 0; last->next->len > 0 && i < depth; i++)
    last = last->next->pdata[0];
  return last;
}

static CollisionSide *side_new(const Fork *fork, Addition *addition)
{
  CollisionSide *side = g_new0(CollisionSide, 1);
  g_autoptr(GHashTable) line = line_of(addition, NULL);

  side->revision = g_strdup(addition->revision->id);
  side->message = g_strdup(addition->revision->doc);
  side->path = g_strdup(addition->path);
  side->blob = g_malloc0(GIT_OID_HEXSZ + 1);
  if (!git_oid_is_zero(&addition->blob))
    git_oid_tostr(side->blob, GIT_OID_HEXSZ + 1, &addition->blob);
  side->length = g_hash_table_size(line);
  side->head = g_strdup(last_of(addition, side->length)->revision->id);
  side->commit = g_strdup(addition->commit);
  side->author = g_strdup(addition->author);
  side->time = addition->time;
  side->branches = collision_branches_new();
  add_tips(fork, side, addition);
  return side;
}

static void on_trunk_introduced(gpointer wanted, const git_oid *commit, gpointer data)
{
  CollisionSide *side = wanted;
  Hunt *hunt = data;

  side->commit = g_malloc(GIT_OID_HEXSZ + 1);
  git_oid_tostr(side->commit, GIT_OID_HEXSZ + 1, commit);
  repo_describe(hunt->refs->reader->git, commit, &side->author, NULL, &side->time, NULL);
}

static CollisionSide *trunk_side(const Fork *fork)
{
  Hunt *hunt = fork->hunt;
  const Revision *first = fork->trunk->pdata[0];
  CollisionSide *side = g_new0(CollisionSide, 1);

  side->in_trunk = TRUE;
  side->here = hunt->head == hunt->trunk;
  side->revision = g_strdup(first->id);
  side->message = g_strdup(first->doc);
  side->path = g_strdup(collision_path(first->path));
  side->blob = g_strdup(g_hash_table_lookup(hunt->at_trunk->blobs, first->id));
  side->branches = collision_branches_new();
  collision_branch_add(side->branches, hunt, hunt->result->trunk, hunt->trunk);
  for (guint i = 0; i < hunt->trunk_map->revisions->len; i++)
    side->length += fork->above[i];
  for (guint i = 0; i < hunt->trunk_map->heads->len && !side->head; i++) {
    const Revision *head = hunt->trunk_map->heads->pdata[i];
    if (fork->above[head->index])
      side->head = g_strdup(head->id);
  }
  if (!side->head)
    side->head = g_strdup(first->id);
  return side;
}

/* ---- forks ---- */

/* A new branch on purpose: it has a label of its own. */
static gboolean deliberate(const Addition *addition)
{
  return addition->revision->branch_labels && addition->revision->branch_labels[0];
}

/* Lines that are joined become one side, told by the first of them. */
static void add_sides(const Fork *fork, GPtrArray *sides)
{
  g_autoptr(GPtrArray) told = g_ptr_array_new();
  g_autoptr(GPtrArray) of_told = g_ptr_array_new();

  for (guint i = 0; i < fork->lines->len; i++) {
    Addition *addition = fork->lines->pdata[i];
    CollisionSide *side = NULL;
    for (guint k = 0; k < told->len && !side; k++)
      if (joined(told->pdata[k], addition))
        side = of_told->pdata[k];
    if (side) {
      add_tips(fork, side, addition);
      continue;
    }
    side = side_new(fork, addition);
    if (side->branches->len == 0) {
      side_free(side);
      continue;
    }
    g_ptr_array_add(sides, side);
    g_ptr_array_add(told, addition);
    g_ptr_array_add(of_told, side);
  }
}

static gboolean concerns(const Collision *collision, const char *of)
{
  for (guint i = 0; of && i < collision->sides->len; i++) {
    const CollisionSide *side = collision->sides->pdata[i];
    if (strcmp(of, "HEAD") == 0 ? side->here : has_branch(side, of))
      return TRUE;
  }
  return !of;
}

int collision_branch_newest(const void *a, const void *b)
{
  const CollisionBranch *const *x = a;
  const CollisionBranch *const *y = b;

  return (*x)->time < (*y)->time ? 1 : (*x)->time > (*y)->time ? -1 : strcmp((*x)->ref, (*y)->ref);
}

static void close_fork(Fork *fork, const CollisionOptions *options)
{
  Hunt *hunt = fork->hunt;
  Collision *collision = g_new0(Collision, 1);

  collision->parent = g_strdup(fork->parent);
  collision->sides = g_ptr_array_new_with_free_func(side_free);
  collision->parent_path = fork->known ? g_strdup(collision_path(fork->known->path)) : NULL;
  if (fork->trunk->len > 0)
    g_ptr_array_add(collision->sides, trunk_side(fork));
  add_sides(fork, collision->sides);
  gboolean meets = collision->sides->len > 1;
  if (!meets || !concerns(collision, options->of)) {
    collision_free(collision);
    return;
  }
  for (guint i = 0; i < collision->sides->len; i++)
    g_ptr_array_sort(((CollisionSide *)collision->sides->pdata[i])->branches, collision_branch_newest);
  g_ptr_array_add(hunt->result->collisions, collision);
}

static void look_at_fork(Hunt *hunt, const char *parent, GPtrArray *lines, const CollisionOptions *options)
{
  g_autofree NodeSet *above = node_set_new(hunt->trunk_map);
  Fork fork = {.hunt = hunt, .parent = parent, .lines = lines, .above = above};

  fork.known = parent ? revision_map_get(hunt->trunk_map, parent) : NULL;
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  fork.trunk = !parent ? hunt->trunk_map->bases : fork.known ? fork.known->next : none;
  for (guint i = 0; i < fork.trunk->len; i++)
    walk_add(above, fork.trunk->pdata[i], WALK_NEXT);
  close_fork(&fork, options);
}

static gint64 newest_side(const Collision *collision)
{
  gint64 newest = 0;

  for (guint i = 0; i < collision->sides->len; i++) {
    const CollisionSide *side = collision->sides->pdata[i];
    newest = MAX(newest, side->in_trunk ? 0 : side->time);
  }
  return newest;
}

static int newest_first(const void *a, const void *b)
{
  gint64 x = newest_side(*(Collision *const *)a);
  gint64 y = newest_side(*(Collision *const *)b);

  return x < y ? 1 : x > y ? -1 : 0;
}

/* Who brought the trunk's own revisions in: one walk for all. */
static void describe_trunk_sides(Hunt *hunt)
{
  g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(RepoWanted));
  g_autoptr(GPtrArray) again = g_ptr_array_new();
  g_autoptr(GHashTable) first = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; i < hunt->result->collisions->len; i++) {
    const Collision *collision = hunt->result->collisions->pdata[i];
    CollisionSide *side = collision->sides->pdata[0];
    if (!side->in_trunk)
      continue;
    if (g_hash_table_contains(first, side->path)) {
      g_ptr_array_add(again, side);
      continue;
    }
    RepoWanted one = {.path = side->path, .data = side};
    g_hash_table_insert(first, side->path, side);
    g_array_append_val(wanted, one);
  }
  if (wanted->len > 0 && hunt->reader)
    repo_find_introductions(hunt->reader, &hunt->trunk->id, wanted, NULL, 0, hunt->cancellable,
                            on_trunk_introduced, hunt);
  for (guint i = 0; i < again->len; i++) {
    CollisionSide *side = again->pdata[i];
    const CollisionSide *same = g_hash_table_lookup(first, side->path);
    side->commit = g_strdup(same->commit);
    side->author = g_strdup(same->author);
    side->time = same->time;
  }
}

void collisions_group(Hunt *hunt, const CollisionOptions *options)
{
  g_autoptr(GHashTable) by_parent =
      g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  g_autoptr(GPtrArray) parents = g_ptr_array_new();

  for (guint i = 0; i < hunt->order->len; i++) {
    Addition *addition = hunt->order->pdata[i];
    static const char *const base[] = {"", NULL};
    const char *const *down = (const char *const *)addition->revision->down_revision;
    for (const char *const *parent = down && *down ? down : base; *parent && !deliberate(addition);
         parent++) {
      GPtrArray *lines = g_hash_table_lookup(by_parent, *parent);
      if (!lines) {
        lines = g_ptr_array_new();
        g_hash_table_insert(by_parent, (char *)*parent, lines);
        g_ptr_array_add(parents, (char *)*parent);
      }
      g_ptr_array_add(lines, addition);
    }
  }
  for (guint i = 0; i < parents->len; i++) {
    const char *parent = parents->pdata[i];
    look_at_fork(hunt, *parent ? parent : NULL, g_hash_table_lookup(by_parent, parent), options);
  }
  g_ptr_array_sort(hunt->result->collisions, newest_first);
  describe_trunk_sides(hunt);
}
