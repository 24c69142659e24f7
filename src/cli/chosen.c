#include "chosen.h"

#include <string.h>

#include "retort/history/target.h"

/* A file named on the command line: one of the project's, or any other. */
static Revision *find_file(Session *session, const char *path, GPtrArray *own, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename(path, NULL);
  for (guint i = 0; session->map && i < session->map->revisions->len; i++) {
    Revision *revision = session->map->revisions->pdata[i];
    if (strcmp(revision->path, absolute) == 0)
      return revision;
  }
  Revision *revision = revision_read(absolute, error);
  if (revision)
    g_ptr_array_add(own, revision);
  return revision;
}

static gboolean is_file(const char *word)
{
  return (strchr(word, '/') || g_str_has_suffix(word, ".py")) && g_file_test(word, G_FILE_TEST_EXISTS);
}

/* What Alembic itself leaves alone in a folder of revisions; a hook names every file that changed. */
static gboolean is_no_revision(const char *path)
{
  g_autofree char *name = g_path_get_basename(path);
  return g_str_has_prefix(name, "__init__") || g_str_has_prefix(name, ".#");
}

/* Oldest first, as they would run. */
static void append_reversed(GPtrArray *to, const GPtrArray *from)
{
  for (guint i = from->len; i-- > 0;)
    g_ptr_array_add(to, from->pdata[i]);
}

static gboolean collect_word(Session *session, const char *word, GPtrArray *revisions, GPtrArray *own,
                             GError **error)
{
  if (is_file(word)) {
    if (is_no_revision(word))
      return TRUE;
    Revision *revision = find_file(session, word, own, error);
    if (revision)
      g_ptr_array_add(revisions, revision);
    return revision != NULL;
  }
  RevisionMap *map = session_map(session, error);
  if (!map)
    return FALSE;
  g_autoptr(GPtrArray) found = strchr(word, ':') ? target_history_range(map, word, NULL, error)
                                                 : target_resolve(map, word, NULL, error);
  if (found)
    append_reversed(revisions, found);
  return found != NULL;
}

static gboolean collect(Session *session, const GPtrArray *words, GPtrArray *revisions, GPtrArray *own,
                        GError **error)
{
  gboolean only_files = words->len > 0;
  for (guint i = 0; i < words->len; i++)
    only_files &= is_file(words->pdata[i]);
  /* A lone file needs no project, but belongs to one when there is one. */
  if (!(only_files ? session_project_quietly(session) : session_project(session, error)) && !only_files)
    return FALSE;
  for (guint i = 0; i < words->len; i++)
    if (!collect_word(session, words->pdata[i], revisions, own, error))
      return FALSE;
  if (words->len)
    return TRUE;
  RevisionMap *map = session_map_with_faults(session, error);
  if (!map)
    return FALSE;
  g_ptr_array_extend(revisions, map->revisions, NULL, NULL);
  return TRUE;
}

gboolean chosen_revisions(Session *session, const GPtrArray *words, Chosen *chosen, GError **error)
{
  chosen->revisions = g_ptr_array_new();
  chosen->own = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
  return collect(session, words, chosen->revisions, chosen->own, error);
}

void chosen_clear(Chosen *chosen)
{
  g_clear_pointer(&chosen->revisions, g_ptr_array_unref);
  g_clear_pointer(&chosen->own, g_ptr_array_unref);
}
