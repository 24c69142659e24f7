#include "merge_sides.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"

static void side_free(void *data)
{
  MergeSide *side = data;
  g_free(side->id);
  g_free(side->doc);
  g_free(side->author);
  g_clear_pointer(&side->tables, g_ptr_array_unref);
  g_free(side);
}

GPtrArray *merge_sides_new(const Workspace *ws)
{
  GPtrArray *sides = g_ptr_array_new_with_free_func(side_free);
  const GPtrArray *heads = ws->snapshot->map->heads;
  for (guint i = 0; i < heads->len; i++) {
    const Revision *head = g_ptr_array_index(heads, i);
    const GitNote *note = workspace_git_note(ws, head->path);
    MergeSide *side = g_new0(MergeSide, 1);
    side->id = g_strdup(head->id);
    side->doc = text_escape(head->doc ? head->doc : "", -1, FALSE);
    side->author = note ? g_strdup(note->author) : NULL;
    side->time = note ? note->time : 0;
    side->chosen = TRUE;
    g_ptr_array_add(sides, side);
  }
  return sides;
}

/* The revision and everything below it. */
static GHashTable *ancestry(const Revision *revision)
{
  GHashTable *seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  g_ptr_array_add(todo, (void *)revision);
  while (todo->len > 0) {
    Revision *next = g_ptr_array_steal_index(todo, todo->len - 1);
    if (!g_hash_table_add(seen, next))
      continue;
    for (guint i = 0; i < next->down->len; i++)
      g_ptr_array_add(todo, g_ptr_array_index(next->down, i));
  }
  return seen;
}

static void add_tables(MergeSide *side, const Workspace *ws, const Revision *revision)
{
  const char *names = ws->tables ? ws->tables[revision->index] : NULL;
  if (!names || !side->tables) {
    g_clear_pointer(&side->tables, g_ptr_array_unref);
    return;
  }
  g_auto(GStrv) words = g_strsplit(names, " ", -1);
  for (guint i = 0; words[i]; i++)
    if (*words[i] && !g_ptr_array_find_with_equal_func(side->tables, words[i], g_str_equal, NULL))
      g_ptr_array_add(side->tables, g_strdup(words[i]));
}

static gboolean held_by_others(const GPtrArray *sets, guint self, const Revision *revision)
{
  for (guint i = 0; i < sets->len; i++)
    if (i != self && g_ptr_array_index(sets, i) &&
        g_hash_table_contains(g_ptr_array_index(sets, i), revision))
      return TRUE;
  return FALSE;
}

static void set_free(void *data)
{
  if (data)
    g_hash_table_unref(data);
}

void merge_sides_compare(GPtrArray *sides, const Workspace *ws)
{
  g_autoptr(GPtrArray) sets = g_ptr_array_new_with_free_func(set_free);
  for (guint i = 0; i < sides->len; i++) {
    const MergeSide *side = g_ptr_array_index(sides, i);
    const Revision *head = side->chosen ? revision_map_get(ws->snapshot->map, side->id) : NULL;
    g_ptr_array_add(sets, head ? ancestry(head) : NULL);
  }
  for (guint i = 0; i < sides->len; i++) {
    MergeSide *side = g_ptr_array_index(sides, i);
    g_clear_pointer(&side->tables, g_ptr_array_unref);
    side->own = 0;
    if (!g_ptr_array_index(sets, i))
      continue;
    side->tables = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    g_hash_table_iter_init(&iter, g_ptr_array_index(sets, i));
    for (gpointer revision; g_hash_table_iter_next(&iter, &revision, NULL);)
      if (!held_by_others(sets, i, revision)) {
        side->own++;
        add_tables(side, ws, revision);
      }
  }
}

guint merge_sides_chosen(const GPtrArray *sides)
{
  guint n = 0;
  for (guint i = 0; i < sides->len; i++)
    n += ((const MergeSide *)g_ptr_array_index(sides, i))->chosen ? 1 : 0;
  return n;
}

static void add_common(GPtrArray *common, const MergeSide *a, const MergeSide *b)
{
  for (guint i = 0; i < a->tables->len; i++) {
    char *name = g_ptr_array_index(a->tables, i);
    if (g_ptr_array_find_with_equal_func(b->tables, name, g_str_equal, NULL) &&
        !g_ptr_array_find_with_equal_func(common, name, g_str_equal, NULL))
      g_ptr_array_add(common, name);
  }
}

char *merge_sides_verdict(const GPtrArray *sides, gboolean *calm)
{
  g_autoptr(GPtrArray) common = g_ptr_array_new();
  *calm = FALSE;
  for (guint i = 0; i < sides->len; i++)
    for (guint j = i + 1; j < sides->len; j++) {
      const MergeSide *a = g_ptr_array_index(sides, i), *b = g_ptr_array_index(sides, j);
      if (!a->chosen || !b->chosen)
        continue;
      if (!a->tables || !b->tables)
        return g_strdup(_("which tables the sides touch is not known yet"));
      add_common(common, a, b);
    }
  if (common->len == 0) {
    *calm = TRUE;
    return g_strdup(_("independent: no table in common"));
  }
  g_ptr_array_add(common, NULL);
  g_autofree char *names = g_strjoinv(", ", (char **)common->pdata);
  g_autofree char *shown = text_escape(names, -1, FALSE);
  return g_strdup_printf(_("several sides touch %s: make sure that their order does not matter"), shown);
}

char *merge_sides_message(const GPtrArray *sides, const Workspace *ws)
{
  GString *out = g_string_new("merge ");
  guint n = 0, chosen = merge_sides_chosen(sides);
  for (guint i = 0; i < sides->len; i++) {
    const MergeSide *side = g_ptr_array_index(sides, i);
    const Revision *head = side->chosen ? revision_map_get(ws->snapshot->map, side->id) : NULL;
    if (!head)
      continue;
    const char *name = head->labels->len > 0 ? g_ptr_array_index(head->labels, 0) : head->id;
    n++;
    g_string_append_printf(out, "%s%s", n == 1 ? "" : n == chosen ? " and " : ", ", name);
  }
  return g_string_free(out, FALSE);
}
