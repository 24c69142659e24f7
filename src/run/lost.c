#include "retort/run/lost.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/text.h"
#include "retort/history/git.h"
#include "retort/history/where.h"

/* No deploy is rolled back by more. */
#define LOST_LIMIT 500

static void lost_revision_free(void *data)
{
  LostRevision *lost = data;
  g_free(lost->id);
  g_free(lost->path);
  g_free(lost->commit);
  g_free(lost->branch);
  g_free(lost->source);
  g_free(lost);
}

void lost_revisions_free(LostRevisions *lost)
{
  if (lost == NULL)
    return;
  g_ptr_array_unref(lost->found);
  g_ptr_array_unref(lost->missing);
  g_clear_pointer(&lost->map, revision_map_free);
  g_free(lost);
}

const LostRevision *lost_revisions_get(const LostRevisions *lost, const Revision *revision)
{
  for (guint i = 0; revision != NULL && i < lost->found->len; i++) {
    const LostRevision *one = g_ptr_array_index(lost->found, i);
    if (strcmp(one->id, revision->id) == 0)
      return one;
  }
  return NULL;
}

/* ---- Looking --------------------------------------------------------------------------------------------------- */

typedef struct {
  const Project *project;
  const RevisionMap *map;
  GitRefs *refs;
  GCancellable *cancellable;
  LostRevisions *lost;
  GQueue wanted;        /* char*, owned */
  GHashTable *seen;     /* ids that were looked for */
  GPtrArray *revisions; /* Revision*: what was parsed */
} Search;

static void want(Search *search, const char *id)
{
  if (revision_map_get(search->map, id) != NULL || g_hash_table_contains(search->seen, id))
    return;
  g_hash_table_add(search->seen, g_strdup(id));
  g_queue_push_tail(&search->wanted, g_strdup(id));
}

/* The file as that commit has it, parsed; FALSE: it is of no use. */
static gboolean take(Search *search, const char *id, const Where *where)
{
  g_autofree char *spec = g_strdup_printf("%s:%s", where->commit, where->path);
  gsize len = 0;
  g_autofree char *source = git_read_file(search->project, spec, &len, NULL);
  Revision *revision = source != NULL ? revision_parse(spec, source, len, NULL) : NULL;
  if (revision == NULL || strcmp(revision->id, id) != 0) {
    if (revision != NULL)
      revision_free(revision);
    return FALSE;
  }
  LostRevision *lost = g_new0(LostRevision, 1);
  *lost = (LostRevision){.id = g_strdup(id),
                         .path = g_strdup(where->path),
                         .commit = g_strdup(where->commit),
                         .branch = where->branches->len > 0 ? g_strdup(where->branches->pdata[0]) : NULL,
                         .source = g_steal_pointer(&source),
                         .len = len};
  g_ptr_array_add(search->lost->found, lost);
  g_ptr_array_add(search->revisions, revision);
  for (char **down = revision->down_revision; *down != NULL; down++)
    want(search, *down);
  for (char **on = revision->depends_on; on != NULL && *on != NULL; on++)
    want(search, *on);
  return TRUE;
}

static gboolean look_for_all(Search *search, GError **error)
{
  for (char *next; (next = g_queue_pop_head(&search->wanted)) != NULL;) {
    g_autofree char *id = next;
    g_autoptr(GError) problem = NULL;
    g_autoptr(GPtrArray) seen = search->lost->found->len < LOST_LIMIT
                                    ? git_where(search->refs, id, search->cancellable, &problem)
                                    : NULL;
    if (problem != NULL) {
      g_propagate_error(error, g_steal_pointer(&problem));
      return FALSE;
    }
    const Where *where = seen != NULL && seen->len == 1 ? g_ptr_array_index(seen, 0) : NULL;
    if (where == NULL || strcmp(where->id, id) != 0 || where->commit == NULL || !take(search, id, where))
      g_ptr_array_add(search->lost->missing, g_strdup(id));
  }
  return TRUE;
}

/* Files and finds in one map; the finds' place in it does not matter for plans. */
static void build_map(Search *search)
{
  GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
  for (guint i = 0; i < search->map->revisions->len; i++)
    g_ptr_array_add(all, revision_copy(g_ptr_array_index(search->map->revisions, i)));
  for (guint i = 0; i < search->revisions->len; i++)
    g_ptr_array_add(all, g_ptr_array_index(search->revisions, i));
  g_ptr_array_set_free_func(search->revisions, NULL);
  search->lost->map = revision_map_new(all);
  for (guint i = 0; i < search->lost->found->len; i++) {
    LostRevision *lost = g_ptr_array_index(search->lost->found, i);
    lost->revision = revision_map_get(search->lost->map, lost->id);
  }
}

LostRevisions *lost_revisions_find(const Project *project, const RevisionMap *map, const char *const *rows,
                                   GCancellable *cancellable, GError **error)
{
  g_autoptr(LostRevisions) lost = g_new0(LostRevisions, 1);
  lost->found = g_ptr_array_new_with_free_func(lost_revision_free);
  lost->missing = g_ptr_array_new_with_free_func(g_free);
  Search search = {.project = project, .map = map, .cancellable = cancellable, .lost = lost};
  g_queue_init(&search.wanted);
  search.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  search.revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
  for (; *rows != NULL; rows++)
    want(&search, *rows);
  gboolean any = !g_queue_is_empty(&search.wanted);
  search.refs = any ? git_refs_open(project, error) : NULL;
  gboolean ok = search.refs != NULL && look_for_all(&search, error);
  if (ok)
    build_map(&search);
  g_clear_pointer(&search.refs, git_refs_free);
  g_queue_clear_full(&search.wanted, g_free);
  g_hash_table_unref(search.seen);
  g_ptr_array_unref(search.revisions);
  return ok ? g_steal_pointer(&lost) : NULL;
}

/* ---- Telling and restoring ------------------------------------------------------------------------------------- */

char *lost_revision_text(const LostRevision *lost)
{
  g_autofree char *id = text_escape(lost->id, -1, FALSE);
  g_autofree char *path = text_escape(lost->path, -1, FALSE);
  g_autofree char *branch = lost->branch != NULL ? text_escape(lost->branch, -1, FALSE) : NULL;
  if (branch != NULL)
    return g_strdup_printf(_("%s is on %s (%s)."), id, branch, path);
  return g_strdup_printf(_("%s is only in history, last in commit %.12s (%s)."), id, lost->commit, path);
}

char *lost_revision_restore(const Project *project, const LostRevision *lost, GError **error)
{
  g_autofree char *name = g_path_get_basename(lost->path);
  if (project->version_locations->len == 0) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_FILE, _("This project has no folder of versions."));
    return NULL;
  }
  /* Where it was, should that be one of the folders; else the first. */
  g_autofree char *folder = g_path_get_dirname(lost->path);
  const char *chosen = g_ptr_array_index(project->version_locations, 0);
  for (guint i = 0; i < project->version_locations->len; i++)
    if (g_str_has_suffix(g_ptr_array_index(project->version_locations, i), folder))
      chosen = g_ptr_array_index(project->version_locations, i);
  g_autofree char *path = g_build_filename(chosen, name, NULL);
  if (g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s exists already."), path);
    return NULL;
  }
  return file_write_atomic(path, lost->source, lost->len, error) ? g_steal_pointer(&path) : NULL;
}
