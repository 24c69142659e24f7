/* From moves to files: what each of them will say, and the map that comes of it. */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "file_name.h"
#include "rebase-private.h"
#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/edit/rewrite.h"

/* "2026-02-03 04:05:06.000789+01:00", as Alembic's templates print a date. */
static GDateTime *parse_date(const char *text, GTimeZone *zone)
{
  g_autofree char *stripped = g_strstrip(g_strdup(text));
  return g_date_time_new_from_iso8601(stripped, zone);
}

/* str(datetime): microseconds only where there are some, the offset only with a time zone. */
static char *date_text(const Project *project, GDateTime *date)
{
  g_autoptr(GString) out = g_string_new(NULL);
  g_autofree char *seconds = g_date_time_format(date, "%Y-%m-%d %H:%M:%S");
  g_string_append(out, seconds);
  if (g_date_time_get_microsecond(date) != 0)
    g_string_append_printf(out, ".%06d", g_date_time_get_microsecond(date));
  if (project->timezone != NULL) {
    g_autofree char *offset = g_date_time_format(date, "%:z");
    g_string_append(out, offset);
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* A file elsewhere, to which a link in the folder leads, and which may be somebody else's, too: its name is not ours to
 * change. */
static gboolean is_linked(const Project *project, const Revision *revision)
{
  for (guint i = 0; i < project->version_locations->len; i++) {
    char *real = realpath(project->version_locations->pdata[i], NULL);
    g_autofree char *below = real != NULL ? file_relative(revision->path, real) : NULL;
    gboolean inside = below != NULL && !g_path_is_absolute(below);
    free(real);
    if (inside)
      return FALSE;
  }
  return TRUE;
}

/* The file's new path when its old name is what the template makes of the old date; else NULL with a note. */
static char *redated_path(const Project *project, const Revision *revision, GDateTime *date, GPtrArray *notes)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local();
  g_autoptr(GDateTime) parsed =
      revision->create_date != NULL ? parse_date(revision->create_date, zone) : NULL;
  g_autoptr(GDateTime) here = parsed != NULL && project->timezone != NULL
                                  ? g_date_time_to_timezone(parsed, g_date_time_get_timezone(date))
                              : parsed != NULL ? g_date_time_ref(parsed)
                                               : NULL;
  const char *message =
      revision->doc != NULL && strcmp(revision->doc, "empty message") != 0 ? revision->doc : NULL;
  g_autofree char *before = here != NULL ? draft_file_name(project, revision->id, message, here, NULL) : NULL;
  g_autofree char *after = draft_file_name(project, revision->id, message, date, NULL);
  if (before != NULL && g_strcmp0(before, after) == 0)
    return NULL;
  g_autofree char *tail = before != NULL ? g_strconcat("/", before, NULL) : NULL;
  if (is_linked(project, revision)) {
    g_ptr_array_add(notes, g_strdup_printf(_("%s keeps its name: a link leads to it"), revision->path));
    return NULL;
  }
  if (tail == NULL || after == NULL || !g_str_has_suffix(revision->path, tail)) {
    g_ptr_array_add(notes, g_strdup_printf(_("%s keeps its name: it is not the one that file_template makes"),
                                           revision->path));
    return NULL;
  }
  g_autofree char *folder = g_strndup(revision->path, strlen(revision->path) - strlen(tail));
  return g_build_filename(folder, after, NULL);
}

static gboolean unchanged(const Revision *revision, GError **error)
{
  FileStamp stamp;
  if (file_stamp(revision->path, &stamp) && file_stamp_equal(&stamp, &revision->stamp))
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s was changed meanwhile"), revision->path);
  return FALSE;
}

/* Adds one file to the plan and returns what it will be. */
static Revision *plan_file(const Rebase *rebase, const Revision *revision, const RebaseOptions *options,
                           RebasePlan *plan, GError **error)
{
  gsize len = 0, new_len = 0;
  g_autofree char *date_now = NULL, *new_path = NULL;
  if (!unchanged(revision, error))
    return NULL;
  if (options->date) {
    g_autoptr(GDateTime) date = draft_create_date(rebase->project, options->now, error);
    if (date == NULL)
      return NULL;
    date_now = date_text(rebase->project, date);
    new_path = redated_path(rebase->project, revision, date, plan->notes);
  }
  g_autofree char *text = file_read(revision->path, FILE_LIMIT, &len, NULL, error);
  if (text == NULL)
    return NULL;
  g_autofree char *after = revision_rewrite(revision->path, text, len, rebase_parents(rebase, revision->id),
                                            date_now, &new_len, error);
  if (after == NULL || !changes_edit(plan->changes, revision->path, new_path, after, new_len, error))
    return NULL;
  return revision_parse(new_path != NULL ? new_path : revision->path, after, new_len, error);
}

/* By down_revision alone. */
static gboolean stands_on(const Revision *revision, const Revision *wanted)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  g_ptr_array_add(todo, (void *)revision);
  while (todo->len > 0) {
    const Revision *next = g_ptr_array_steal_index(todo, todo->len - 1);
    if (next == wanted)
      return TRUE;
    for (guint i = 0; g_hash_table_add(seen, (void *)next) && i < next->down->len; i++)
      g_ptr_array_add(todo, next->down->pdata[i]);
  }
  return FALSE;
}

/* Facts about the moved revisions that somebody might not expect. */
static void add_notes(RebasePlan *plan, const RevisionMap *map)
{
  for (guint i = 0; i < plan->moved->len; i++) {
    const Revision *old = plan->moved->pdata[i];
    const Revision *new = revision_map_get(plan->map, old->id);
    for (guint d = 0; new != NULL &&d < new->deps->len; d++) {
      const Revision *wanted = new->deps->pdata[d];
      if (stands_on(new, wanted) && !stands_on(old, revision_map_get(map, wanted->id)))
        g_ptr_array_add(plan->notes,
                        g_strdup_printf(_("%s stands on %s now and need not depend on it any more"), old->id,
                                        wanted->id));
    }
    if (old->branch_labels != NULL && old->branch_labels[0] != NULL)
      g_ptr_array_add(plan->notes,
                      g_strdup_printf(_("the branch label %s moves along"), old->branch_labels[0]));
  }
}

/* The new map is a map, unless the old one was none either. */
static gboolean check_map(const Rebase *rebase, const RevisionMap *map, GError **error)
{
  if (map->fault == NULL || rebase->map->fault != NULL)
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("Alembic would refuse the result: %s"),
              map->fault->message);
  return FALSE;
}

RebasePlan *rebase_plan(const Rebase *rebase, const RebaseOptions *options, GError **error)
{
  static const RebaseOptions defaults = {FALSE, 0};
  g_autoptr(RebasePlan) plan = g_new0(RebasePlan, 1);
  plan->moved = rebase_moved(rebase);
  plan->changes = changes_new();
  plan->notes = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
  if (plan->moved->len == 0) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("nothing has moved"));
    return NULL;
  }
  for (guint i = 0; i < rebase->map->revisions->len; i++) {
    Revision *old = rebase->map->revisions->pdata[i];
    Revision *new = g_ptr_array_find(plan->moved, old, NULL)
                        ? plan_file(rebase, old, options != NULL ? options : &defaults, plan, error)
                        : revision_copy(old);
    if (new == NULL)
      return NULL;
    g_ptr_array_add(revisions, new);
  }
  plan->map = revision_map_new(g_steal_pointer(&revisions));
  if (!check_map(rebase, plan->map, error))
    return NULL;
  add_notes(plan, rebase->map);
  return g_steal_pointer(&plan);
}

void rebase_plan_free(RebasePlan *plan)
{
  if (plan == NULL)
    return;
  g_ptr_array_unref(plan->moved);
  changes_free(plan->changes);
  if (plan->map != NULL)
    revision_map_free(plan->map);
  g_ptr_array_unref(plan->notes);
  g_free(plan);
}

Changes *revision_removal(const Project *project, const RevisionMap *map, const Revision *revision,
                          GError **error)
{
  g_autoptr(Changes) changes = changes_new();
  if (revision->all_next->len > 0) {
    const Revision *above = revision->all_next->pdata[0];
    gboolean stands = g_ptr_array_find(revision->next, above, NULL);
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                stands ? _("%s (%s) stands on %s: rebase or delete that first")
                       : _("%s (%s) depends on %s: change that first"),
                above->id, above->path, revision->id);
    return NULL;
  }
  if (revision_map_get(map, revision->id) != revision) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s is present more than once"), revision->id);
    return NULL;
  }
  if (is_linked(project, revision)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                _("%s is elsewhere and a link leads to it: remove them by hand"), revision->path);
    return NULL;
  }
  if (!unchanged(revision, error) || !changes_delete(changes, revision->path, error))
    return NULL;
  return g_steal_pointer(&changes);
}
