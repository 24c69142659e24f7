#include "shared.h"

#include <string.h>

/* Bytes that loaded modules may take before all is loaded anew for what comes next. */
#define MOST_SHARED ((gsize)64 * 1024 * 1024)
/* Microseconds for which files are taken to be what they were: hundreds of them for each of hundreds of migrations
 * that are rendered in a row would cost more than rendering. */
#define LOOK_AGAIN_AFTER (20 * 1000)

struct Shared {
  PyInterp *interp;
  PySaved *saved;     /* as it is before a script runs; NULL: it was never saved */
  gint64 looked;      /* when the files were last seen unchanged */
  GHashTable *names;  /* of what was loaded */
  GHashTable *opaque; /* Run.opaque for types made in these modules */
};

void shared_forget(RenderSession *session)
{
  Shared *shared = session->shared;
  session->shared = NULL;
  if (!shared)
    return;
  py_saved_free(shared->saved);
  py_interp_free(shared->interp);
  g_hash_table_unref(shared->names);
  g_hash_table_unref(shared->opaque);
  g_free(shared);
}

/* The dotted names of the project's modules among what the file imports at its top. */
static GPtrArray *project_imports(RenderSession *session, const PyTree *tree)
{
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < tree->body.n; i++) {
    const PyStmt *stmt = tree->body.items[i];
    if (stmt->kind == PY_STMT_IMPORT_FROM && stmt->import.level == 0 && stmt->import.module &&
        py_is_project_module(session->runtime, stmt->import.module->data))
      g_ptr_array_add(names, stmt->import.module->data);
    for (guint k = 0; stmt->kind == PY_STMT_IMPORT && k < stmt->import.n; k++)
      if (py_is_project_module(session->runtime, stmt->import.names[k].name->data))
        g_ptr_array_add(names, stmt->import.names[k].name->data);
  }
  return names;
}

static gboolean is_current(RenderSession *session)
{
  gint64 now = g_get_monotonic_time();
  if (now - session->shared->looked < LOOK_AGAIN_AFTER)
    return TRUE;
  session->shared->looked = now;
  return py_files_unchanged(session->runtime);
}

static gboolean all_loaded(const Shared *shared, const GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    if (!g_hash_table_contains(shared->names, names->pdata[i]))
      return FALSE;
  return TRUE;
}

/* FALSE: what they do when they are loaded cannot be kept for others. */
static gboolean load(Shared *shared, Run *run, const GPtrArray *names)
{
  Arena *arena = py_arena(shared->interp);
  for (guint i = 0; i < names->len; i++) {
    py_import(shared->interp, arena_strdup(arena, names->pdata[i]));
    g_hash_table_add(shared->names, g_strdup(names->pdata[i]));
  }
  if (run->script->statements->len > 0 || run->script->warnings->len > 0 || arena_used(arena) > MOST_SHARED)
    return FALSE;
  py_saved_free(shared->saved);
  shared->saved = py_save(shared->interp);
  return shared->saved != NULL;
}

/* Loading with a run of its own, whose script nobody sees. */
static gboolean prepare(RenderSession *session, const Run *run, const GPtrArray *names)
{
  if (session->shared && !is_current(session))
    shared_forget(session);
  Shared *shared = session->shared;
  if (shared && all_loaded(shared, names))
    return TRUE;
  g_autoptr(Script) script = script_new();
  Run loading = *run;
  loading.script = script;
  if (!shared) {
    shared = session->shared = g_new0(Shared, 1);
    shared->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    shared->opaque = g_hash_table_new(NULL, NULL);
    shared->interp = py_interp_new(session->runtime, NULL, &loading);
  } else {
    py_restore(shared->interp, shared->saved, &loading);
  }
  loading.opaque = shared->opaque;
  loading.interp = shared->interp;
  loading.arena = py_arena(shared->interp);
  if (load(shared, &loading, names))
    return TRUE;
  shared_forget(session);
  session->no_sharing = TRUE;
  return FALSE;
}

PyInterp *shared_interp(RenderSession *session, const PyTree *tree, Run *run)
{
  g_autoptr(GPtrArray) names = project_imports(session, tree);
  if (session->no_sharing || names->len == 0 || !prepare(session, run, names))
    return NULL;
  Shared *shared = session->shared;
  py_restore(shared->interp, shared->saved, run);
  GHashTableIter iter;
  gpointer type, converter;
  g_hash_table_iter_init(&iter, shared->opaque);
  while (g_hash_table_iter_next(&iter, &type, &converter))
    g_hash_table_insert(run->opaque, type, converter);
  return shared->interp;
}
