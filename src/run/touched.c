#include "retort/run/touched.h"

#include <string.h>

struct Touched {
  GArray *names;     /* RelationName */
  GArray *modes;     /* LockMode */
  GArray *rewritten; /* gboolean */
  GHashTable *index; /* char* -> position + 1 */
  GPtrArray *texts;  /* what names and index point into */
  gboolean concurrently;
};

Touched *touched_new(void)
{
  Touched *touched = g_new0(Touched, 1);
  touched->names = g_array_new(FALSE, TRUE, sizeof(RelationName));
  touched->modes = g_array_new(FALSE, TRUE, sizeof(LockMode));
  touched->rewritten = g_array_new(FALSE, TRUE, sizeof(gboolean));
  touched->index = g_hash_table_new(g_str_hash, g_str_equal);
  touched->texts = g_ptr_array_new_with_free_func(g_free);
  return touched;
}

void touched_free(Touched *touched)
{
  if (touched == NULL)
    return;
  g_array_unref(touched->names);
  g_array_unref(touched->modes);
  g_array_unref(touched->rewritten);
  g_hash_table_unref(touched->index);
  g_ptr_array_unref(touched->texts);
  g_free(touched);
}

static const char *keep(Touched *touched, char *text)
{
  g_ptr_array_add(touched->texts, text);
  return text;
}

static void touch(Touched *touched, const char *relation, LockMode mode, gboolean rewritten)
{
  guint at = GPOINTER_TO_UINT(g_hash_table_lookup(touched->index, relation));
  if (at == 0) {
    const char *key = keep(touched, g_strdup(relation));
    const char *dot = strchr(key, '.');
    RelationName name = {.schema = dot != NULL ? keep(touched, g_strndup(key, (gsize)(dot - key))) : NULL,
                         .name = dot != NULL ? dot + 1 : key};
    g_array_append_val(touched->names, name);
    g_array_append_val(touched->modes, mode);
    g_array_append_val(touched->rewritten, rewritten);
    g_hash_table_insert(touched->index, (char *)key, GUINT_TO_POINTER(touched->names->len));
    return;
  }
  LockMode *strongest = &g_array_index(touched->modes, LockMode, at - 1);
  gboolean *written = &g_array_index(touched->rewritten, gboolean, at - 1);
  *strongest = MAX(*strongest, mode);
  *written = *written || rewritten;
}

void touched_add(Touched *touched, const Forecast *forecast)
{
  touched->concurrently = touched->concurrently || forecast->no_transaction;
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    if (!lock->is_new)
      touch(touched, lock->relation, lock->mode,
            g_ptr_array_find_with_equal_func(forecast->rewrites, lock->relation, g_str_equal, NULL));
  }
}

void touched_input(const Touched *touched, PreflightInput *input)
{
  input->relations = (const RelationName *)(const void *)touched->names->data;
  input->modes = (const LockMode *)(const void *)touched->modes->data;
  input->rewritten = (const gboolean *)(const void *)touched->rewritten->data;
  input->n_relations = touched->names->len;
  input->concurrently = touched->concurrently;
}
