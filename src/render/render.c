/* One direction of one migration: parse, interpret, collect what it sends. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/file.h"
#include "retort/py/parser.h"
#include "answers.h"
#include "naming.h"
#include "session.h"
#include "shared.h"

/* ---- scripts ---- */

static void reason_free(gpointer data)
{
  RenderReason *reason = data;
  g_free(reason->path);
  g_free(reason->what);
  g_free(reason);
}

static void clear_print(gpointer data)
{
  g_free(((ScriptPrint *)data)->text);
}

Script *script_new(void)
{
  Script *script = g_new0(Script, 1);
  script->statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  script->blocks = g_array_new(FALSE, FALSE, sizeof(ScriptBlock));
  script->prints = g_array_new(FALSE, FALSE, sizeof(ScriptPrint));
  g_array_set_clear_func(script->prints, clear_print);
  script->reasons = g_ptr_array_new_with_free_func(reason_free);
  script->warnings = g_ptr_array_new_with_free_func(g_free);
  return script;
}

void script_free(Script *script)
{
  if (!script)
    return;
  g_ptr_array_unref(script->statements);
  g_array_unref(script->blocks);
  g_clear_pointer(&script->prints, g_array_unref);
  g_ptr_array_unref(script->reasons);
  g_ptr_array_unref(script->warnings);
  g_clear_pointer(&script->answers, g_ptr_array_unref);
  g_free(script->error);
  g_free(script);
}

static gboolean statement_equal(const Statement *a, const Statement *b)
{
  return a->autocommit == b->autocommit && strcmp(a->sql, b->sql) == 0;
}

gboolean script_equal(const Script *a, const Script *b)
{
  if (a->state != b->state || a->statements->len != b->statements->len || a->blocks->len != b->blocks->len ||
      g_strcmp0(a->error, b->error) != 0)
    return FALSE;
  if (a->blocks->len > 0 &&
      memcmp(a->blocks->data, b->blocks->data, a->blocks->len * sizeof(ScriptBlock)) != 0)
    return FALSE;
  for (guint i = 0; i < a->statements->len; i++)
    if (!statement_equal(a->statements->pdata[i], b->statements->pdata[i]))
      return FALSE;
  return TRUE;
}

static void add_reason(Script *script, RenderState state, const char *path, guint line, guint column,
                       const char *what)
{
  RenderReason *reason = g_new0(RenderReason, 1);
  script->state = state;
  reason->path = g_strdup(path);
  reason->line = line;
  reason->column = column;
  reason->what = g_strdup(what);
  g_ptr_array_add(script->reasons, reason);
}

/* ---- the run, as the binding files see it ---- */

Run *run_of(PyInterp *interp)
{
  return py_data(interp);
}

gboolean run_is_old(PyInterp *interp)
{
  return run_of(interp)->options->flavor == RENDER_AS_OLD;
}

void run_mark_opaque(PyInterp *interp, const SqlType *type, PyValue converter)
{
  PyValue *kept = NULL;
  if (!py_is_null(converter)) {
    kept = arena_new0(py_arena(interp), PyValue);
    *kept = converter;
  }
  g_hash_table_insert(run_of(interp)->opaque, (gpointer)type, kept);
}

gboolean run_is_opaque(PyInterp *interp, const SqlType *type)
{
  return type && g_hash_table_contains(run_of(interp)->opaque, type);
}

void run_warn(PyInterp *interp, const char *text)
{
  g_ptr_array_add(run_of(interp)->script->warnings, g_strdup(text));
}

/* FALSE and a stop when the project names what op leaves unnamed, in a way that cannot be read. */
static gboolean check_naming(Run *run, const SqlOp *op)
{
  RenderSession *session = run->session;
  if (session->naming_state == NAMING_NONE || session->naming_state == NAMING_KNOWN ||
      !naming_matters(run, op))
    return TRUE;
  if (session->naming_state == NAMING_UNASKED)
    naming_ask(session);
  if (session->naming_state == NAMING_KNOWN)
    run->sql.naming = &session->naming;
  if (session->naming_state != NAMING_UNREADABLE)
    return TRUE;
  refuse(
      run->interp,
      _("the naming convention of the project's MetaData gives a name here, and %s does not show it plainly"),
      session->naming_place ? session->naming_place : _("the project"));
  return FALSE;
}

gboolean run_emit(PyInterp *interp, SqlOp *op)
{
  Run *run = run_of(interp);
  PyPlace here = py_here_in(interp, run->path);
  SqlPlace place = {.autocommit = run->autocommit > 0, .line = here.line, .column = here.column};
  GError *error = NULL;
  if (py_failed(interp))
    return FALSE;
  /* A table's worth of text is far more work than a step of Python. */
  if (!py_spend(interp, 100))
    return FALSE;
  if (!check_naming(run, op))
    return FALSE;
  guint first = run->script->statements->len;
  if (sql_compile(&run->sql, op, place, run->script->statements, &error)) {
    answers_note_change(interp, op, first);
    return TRUE;
  }
  raise_error(interp, error);
  return FALSE;
}

static void run_init(Run *run, RenderSession *session, Script *script, const char *path)
{
  const RenderOptions *options = &session->options;
  *run = (Run){
      .session = session,
      .options = options,
      .script = script,
      .path = path,
      .exceptions = session->exceptions,
      .opaque = g_hash_table_new(NULL, NULL),
      .sql = {.flavor = options->flavor == RENDER_AS_OLD ? SQL_FLAVOR_OLD : SQL_FLAVOR_NEW,
              .online = options->online,
              .pyformat = options->pyformat,
              .no_literal_binds = options->no_literal_binds,
              .naming = options->naming_convention ? &session->naming : NULL,
              .run = session->sql_run},
  };
}

/* ---- rendering ---- */

static const char *function_of(Direction direction)
{
  return direction == DIRECTION_DOWNGRADE ? "downgrade" : "upgrade";
}

static void record_outcome(Run *run, PyInterp *interp)
{
  Script *script = run->script;
  PyPlace place;
  switch (py_outcome(interp)) {
  case PY_OK: answers_conclude(run); return;
  case PY_RAISED:
    answers_conclude(run);
    script->error = g_strdup(py_exception_text(interp));
    script->error_line = py_exception_place(interp, run->path).line;
    return;
  case PY_STOPPED:
  case PY_BUDGET: break;
  }
  answers_note_unfinished(run);
  const PyReason *reason = py_stop_reason(interp);
  place = py_stop_place(interp, run->path);
  gboolean elsewhere = place.path && strcmp(place.path, run->path) != 0;
  add_reason(script, reason->kind == PY_NEEDS_DATABASE ? RENDER_DATABASE : RENDER_PYTHON,
             elsewhere ? place.path : NULL, place.line, place.column, reason->text);
}

/* Bytes a migration may print. */
#define MOST_PRINTED ((gsize)1024 * 1024)

static void take_print(void *data, const char *text, gsize len)
{
  Run *run = data;
  guint edges = 2 * run->script->blocks->len - (run->autocommit > 0 ? 1 : 0);
  ScriptPrint print = {run->script->statements->len, edges, g_strndup(text, len)};
  g_array_append_val(run->script->prints, print);
  run->printed += len;
  if (run->printed > MOST_PRINTED && !py_failed(run->interp))
    refuse(run->interp, _("it prints more than a migration may print here"));
}

static void run_tree(Run *run, PyInterp *interp, const PyTree *tree, Direction direction)
{
  const char *name = function_of(direction);
  PyModule *module = py_run(interp, tree, "migration");
  if (module && py_is_null(py_module_get(module, name))) {
    run->script->error =
        g_strdup_printf("AttributeError: module '%s' has no attribute '%s'", run->path, name);
    return;
  }
  /* What the file prints when it is loaded, it prints before Alembic begins. */
  py_set_print(interp, take_print, run);
  gboolean ended = module && py_call_named(interp, module, name);
  if (!ended && py_outcome(interp) == PY_OK)
    refuse(interp, _("a call that ends in a way nobody foresaw"));
  record_outcome(run, interp);
}

static const PyTree *parse(RenderSession *session, const char *path, const char *text, gsize len)
{
  if (session->tree_path && session->tree_len == len && strcmp(session->tree_path, path) == 0 &&
      memcmp(session->tree_text, text, len) == 0)
    return session->tree;
  arena_free(session->tree_arena);
  Arena *arena = session->tree_arena = arena_new(ARENA_NO_LIMIT);
  session->tree_path = arena_strdup(arena, path);
  session->tree_text = arena_strndup(arena, text, (gssize)len);
  session->tree_len = len;
  session->problem = (PySyntaxError){0};
  session->tree =
      py_parse(arena, session->tree_path, session->tree_text, len, PY_PARSE_DEFAULT, &session->problem);
  return session->tree;
}

Script *render_source(RenderSession *session, const char *path, const char *text, gsize len,
                      Direction direction)
{
  Script *script = script_new();
  if (direction == DIRECTION_STAMP)
    return script;
  if (g_path_is_absolute(path))
    session_find_roots(session, path);
  const PyTree *tree = parse(session, path, text, len);
  if (!tree) {
    add_reason(script, RENDER_PYTHON, NULL, session->problem.line, session->problem.column,
               session->problem.text);
    return script;
  }
  Run run;
  run_init(&run, session, script, path);
  g_autoptr(PyInterp) own = NULL;
  PyInterp *interp = shared_interp(session, tree, &run);
  if (!interp)
    interp = own = py_interp_new(session->runtime, NULL, &run);
  run.interp = interp;
  run.arena = py_arena(interp);
  run_tree(&run, interp, tree, direction);
  g_hash_table_unref(run.opaque);
  return script;
}

Script *render_revision(RenderSession *session, const Revision *revision, Direction direction)
{
  const Revision *compiler = revision->compiled_by;
  if (compiler && direction != DIRECTION_STAMP) {
    Script *script = script_new();
    add_reason(script, RENDER_PYTHON, compiler->path, compiler->compiles_line, 1,
               _("@compiles changes what SQLAlchemy sends, for every revision of the project"));
    return script;
  }
  g_autoptr(GError) error = NULL;
  gsize len = 0;
  g_autofree char *text = file_read(revision->path, FILE_LIMIT, &len, NULL, &error);
  if (text)
    return render_source(session, revision->path, text, len, direction);
  Script *script = script_new();
  add_reason(script, RENDER_PYTHON, NULL, 0, 0, error->message);
  return script;
}
