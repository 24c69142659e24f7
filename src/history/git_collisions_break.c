/* What a merge of a branch would leave so that Alembic cannot load it: a revision without its parent, or two files of one
 * revision.  Neither is a conflict to git. */
#include <string.h>

#include "git_collisions.h"

void breakage_free(void *data)
{
  Breakage *breakage = data;

  g_free(breakage->revision);
  g_free(breakage->path);
  g_free(breakage->parent);
  g_free(breakage->other);
  g_ptr_array_unref(breakage->branches);
  g_free(breakage);
}

static Breakage *breakage_new(const char *revision, const char *path, const char *parent, const char *other)
{
  Breakage *breakage = g_new0(Breakage, 1);

  breakage->revision = g_strdup(revision);
  breakage->path = g_strdup(path);
  breakage->parent = g_strdup(parent);
  breakage->other = g_strdup(other);
  breakage->branches = collision_branches_new();
  return breakage;
}

static void add_tip(Hunt *hunt, Breakage *breakage, const Tip *tip)
{
  breakage->here |= hunt->head && tip->commit == hunt->head;
  for (guint i = 0; i < tip->refs->len; i++)
    collision_branch_add(breakage->branches, hunt, ((RepoRef *)tip->refs->pdata[i])->name, tip->commit);
}

static gboolean concerns(const Breakage *breakage, const char *of)
{
  if (!of || strcmp(of, "HEAD") == 0)
    return !of || breakage->here;
  for (guint i = 0; i < breakage->branches->len; i++)
    if (strcmp(((CollisionBranch *)breakage->branches->pdata[i])->ref, of) == 0)
      return TRUE;
  return FALSE;
}

static void keep(Hunt *hunt, Breakage *breakage, const CollisionOptions *options)
{
  if (breakage->branches->len == 0 || !concerns(breakage, options->of)) {
    breakage_free(breakage);
    return;
  }
  g_ptr_array_sort(breakage->branches, collision_branch_newest);
  g_ptr_array_add(hunt->result->broken, breakage);
}

static gboolean brings(const Tip *tip, const char *id)
{
  for (guint i = 0; i < tip->own->len; i++)
    if (strcmp(((Addition *)tip->own->pdata[i])->revision->id, id) == 0)
      return TRUE;
  return FALSE;
}

/* The working folder says of itself what it lacks. */
static void look_for_parent(Hunt *hunt, const Addition *addition, const char *parent,
                            const CollisionOptions *options)
{
  Breakage *breakage = breakage_new(addition->revision->id, addition->path, parent, NULL);

  for (guint i = 0; i < addition->tips->len; i++) {
    const Tip *tip = addition->tips->pdata[i];
    if (tip->commit && !brings(tip, parent))
      add_tip(hunt, breakage, tip);
  }
  keep(hunt, breakage, options);
}

static gboolean same_twin(const Breakage *breakage, const Twin *twin)
{
  return breakage->other && strcmp(breakage->revision, twin->trunk->id) == 0 &&
         strcmp(breakage->path, twin->path) == 0;
}

/* Branches that have the same file are told together. */
static void add_twins(Hunt *hunt, guint first, const CollisionOptions *options)
{
  const Twin *twin = hunt->twice->pdata[first];
  Breakage *breakage = breakage_new(twin->trunk->id, twin->path, NULL, collision_path(twin->trunk->path));

  for (guint i = first; i < hunt->twice->len; i++) {
    const Twin *other = hunt->twice->pdata[i];
    if (same_twin(breakage, other))
      add_tip(hunt, breakage, other->tip);
  }
  keep(hunt, breakage, options);
}

void collisions_break(Hunt *hunt, const CollisionOptions *options)
{
  for (guint i = 0; i < hunt->order->len; i++) {
    const Addition *addition = hunt->order->pdata[i];
    for (char **down = addition->revision->down_revision; down && *down; down++)
      if (!revision_map_get(hunt->trunk_map, *down))
        look_for_parent(hunt, addition, *down, options);
  }
  for (guint i = 0; i < hunt->twice->len; i++) {
    const Twin *twin = hunt->twice->pdata[i];
    gboolean told = FALSE;
    for (guint k = 0; k < i && !told; k++) {
      const Twin *before = hunt->twice->pdata[k];
      told = before->trunk == twin->trunk && strcmp(before->path, twin->path) == 0;
    }
    if (!told)
      add_twins(hunt, i, options);
  }
}
