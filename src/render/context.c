/* What op.get_bind(), op.get_context() and alembic.context answer. */
#include <glib/gi18n.h>
#include <string.h>

#include "answers.h"
#include "context.h"
#include "session.h"

/* ---- the dialect ---- */

static PyValue dialect_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  if (strcmp(name->data, "name") == 0)
    return py_str(interp, "postgresql", -1);
  return refuse_getattr(interp, self, name);
}

/* What a TypeDecorator asks of it. */
static PyValue dialect_type_descriptor(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->values[0];
}

static const PyMethod dialect_methods[] = {
    {"type_descriptor", dialect_type_descriptor, "typeobj", 0},
    {NULL, NULL, NULL, 0},
};

static const PyHostClass dialect_class = {
    .name = "PGDialect_psycopg2",
    .module = "sqlalchemy.dialects.postgresql.psycopg2",
    .methods = dialect_methods,
    .getattr = dialect_getattr,
    .setattr = refuse_setattr,
};

PyValue dialect_value(PyInterp *interp)
{
  return py_host_object(interp, &dialect_class, NULL);
}

/* ---- the connection ---- */

static const PyHostClass bind_class;
static const PyHostClass answer_class;

static const PyHostClass mock_engine_class;

PyValue bind_value(PyInterp *interp)
{
  return py_host_object(interp, &bind_class, NULL);
}

gboolean is_bind(PyValue v)
{
  return py_is_host(v, &bind_class);
}

/* Beside the statement: SQLAlchemy 2 takes parameters and execution_options, 1.4 any number of rows or keywords. */
static gboolean take_parameters(PyInterp *interp, PyCall *call, PyValue *parameters)
{
  PyValue *rest, key, value;
  gsize n;
  gboolean old = run_is_old(interp);
  py_sequence(call->values[1], &rest, &n);
  *parameters = n > 0 ? rest[0] : py_null();
  if (n > 1 && old) {
    refuse(interp, _("several rows of parameters"));
    return FALSE;
  }
  for (gsize at = 0; py_dict_next(call->values[2].dict, &at, &key, &value);) {
    const char *name = py_text(key);
    if (strcmp(name, "parameters") == 0 && !old) {
      *parameters = value;
    } else if (old) {
      *parameters = call->values[2];
    } else if (strcmp(name, "execution_options") != 0) {
      py_raise(interp, "TypeError", "%s.execute() got an unexpected keyword argument '%s'",
               run_of(interp)->options->online ? "Connection" : "MockConnection", name);
      return FALSE;
    }
  }
  return TRUE;
}

/* ---- what a database answers ---- */

/* Everything about it is unknown, but what would send a statement of its own must not pass for that. */
static PyValue answer_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  static const char *const live[] = {"bind",    "connection", "engine", "cursor",
                                     "context", "execute",    "session"};
  PyValue *answer = py_payload(self, &answer_class);
  for (guint i = 0; i < G_N_ELEMENTS(live); i++)
    if (strcmp(live[i], name->data) == 0)
      return needs_database(interp, _("%s of what a database answers"), name->data);
  return *answer;
}

static PyValue answer_stop(PyInterp *interp, PyValue self)
{
  PyValue *answer = py_payload(self, &answer_class);
  return py_stop_because(interp, answer->reason);
}

static PyValue answer_itself(PyInterp *interp, PyValue self)
{
  (void)interp;
  PyValue *answer = py_payload(self, &answer_class);
  return *answer;
}

static PyValue answer_getitem(PyInterp *interp, PyValue self, PyValue key)
{
  (void)key;
  return answer_itself(interp, self);
}

static PyValue answer_format(PyInterp *interp, PyValue self, const char *spec)
{
  (void)spec;
  return answer_itself(interp, self);
}

static int answer_truth(PyInterp *interp, PyValue self)
{
  answer_stop(interp, self);
  return -1;
}

static int answer_contains(PyInterp *interp, PyValue self, PyValue item)
{
  (void)item;
  return answer_truth(interp, self);
}

static gssize answer_len(PyInterp *interp, PyValue self)
{
  return answer_truth(interp, self);
}

static PyValue answer_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  (void)op;
  (void)other;
  (void)reflected;
  return answer_itself(interp, self);
}

static const PyHostClass answer_class = {
    .name = "CursorResult",
    .module = "sqlalchemy.engine.cursor",
    .getattr = answer_getattr,
    .setattr = refuse_setattr,
    .class_getattr = refuse_class_getattr,
    .getitem = answer_getitem,
    .iter = answer_stop,
    .truth = answer_truth,
    .contains = answer_contains,
    .len = answer_len,
    .binary = answer_binary,
    .str = answer_itself,
    .repr = answer_itself,
    .format = answer_format,
};

static PyValue answer_value(PyInterp *interp, PyValue unknown)
{
  PyValue *answer = arena_new0(py_arena(interp), PyValue);
  *answer = unknown;
  return py_host_object(interp, &answer_class, answer);
}

/* "the result of bind.execute(...)", in the arena. */
static const char *result_name(PyInterp *interp)
{
  const char *text = py_here_text(interp);
  g_autofree char *first = text ? g_strndup(text, strcspn(text, "\n")) : g_strdup(_("a statement"));
  g_autofree char *name = g_strdup_printf(_("the result of %s"), first);
  return arena_strdup(py_arena(interp), name);
}

/* In --sql mode a statement gives None, which is all the same unknown: what follows is not what a database would see. */
static PyValue result_unknown(PyInterp *interp)
{
  PyValue unknown = py_unknown(interp, PY_NEEDS_DATABASE, "%s", result_name(interp));
  return run_of(interp)->options->online ? answer_value(interp, unknown) : unknown;
}

/* The same when there may be a database to ask: the one statement sent from number first on is the question. */
static PyValue result_of_statement(PyInterp *interp, guint first, guint n_changes, PyValue executed)
{
  Run *run = run_of(interp);
  const GPtrArray *statements = run->script->statements;
  if (!answers_available(interp) || statements->len != first + 1)
    return result_unknown(interp);
  const char *sql = ((const Statement *)statements->pdata[first])->sql, *what = result_name(interp);
  /* A statement that changes something has no answer before it has run. */
  if (run->session->changes->len > n_changes)
    return result_unknown(interp);
  const Change *change = answers_rows_spoiled(interp, sql);
  if (change)
    return answer_value(interp, answers_spoiled_value(interp, what, change));
  const SqlExpr *expr = as_query(executed) ? NULL : as_expr(interp, executed);
  const SqlQuery *query = as_query(executed);
  if (expr)
    query = sql_query_of(py_arena(interp), (SqlExpr *)expr);
  return result_value(interp, sql, query, what);
}

PyValue connection_execute(PyInterp *interp, PyCall *call)
{
  PyValue parameters;
  if (to_text(call->values[0]) && run_of(interp)->options->online && !run_is_old(interp)) {
    PyValue repr = py_repr(interp, call->values[0]);
    return raise_sa(interp, "ObjectNotExecutableError", "Not an executable object: %s", py_text(repr));
  }
  guint first = run_of(interp)->script->statements->len;
  guint n_changes = run_of(interp)->session->changes->len;
  if (!take_parameters(interp, call, &parameters) || !execute_value(interp, call->values[0], parameters))
    return py_null();
  return result_of_statement(interp, first, n_changes, call->values[0]);
}

/* scalar() and scalars(): the connection of --sql mode does not have them either. */
PyValue connection_scalar(PyInterp *interp, PyCall *call)
{
  if (!run_of(interp)->options->online)
    return needs_database(interp, _("%s() needs a live connection"), call->function);
  PyValue result = connection_execute(interp, call);
  if (py_is_null(result) || !answers_available(interp) || py_is_host(result, &answer_class))
    return result;
  return py_call_method(interp, result, call->function, NULL, 0);
}

/* Raw SQL for the driver; the connection of --sql mode does not have it. */
static PyValue bind_driver_sql(PyInterp *interp, PyCall *call)
{
  const char *text = py_arg_text(call, 0);
  if (!text)
    return py_null();
  if (!run_of(interp)->options->online)
    return needs_database(interp, _("exec_driver_sql() needs a live connection"));
  if (py_arg_given(call, 1))
    return refuse(interp, _("exec_driver_sql() with parameters"));
  SqlOp *op = op_new(interp, SQL_DDL_TEXT);
  op->ddl.text = arena_strdup(py_arena(interp), text);
  guint first = run_of(interp)->script->statements->len;
  guint n_changes = run_of(interp)->session->changes->len;
  return run_emit(interp, op) ? result_of_statement(interp, first, n_changes, call->values[0]) : py_null();
}

static PyValue bind_same(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->self;
}

static PyValue bind_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  const char *n = name->data;
  if (strcmp(n, "dialect") == 0)
    return dialect_value(interp);
  if (strcmp(n, "engine") == 0 && !run_of(interp)->options->online)
    return py_host_object(interp, &mock_engine_class, NULL);
  if (strcmp(n, "engine") == 0)
    return engine_value(interp);
  if (strcmp(n, "name") == 0)
    return refuse_getattr(interp, self, name);
  return needs_database(interp, _("%s of the connection"), n);
}

static const PyMethod bind_methods[] = {
    {"execute", connection_execute, "statement, *multiparams, **params", PY_TAKES_UNKNOWN},
    {"scalar", connection_scalar, "statement, *multiparams, **params", 0},
    {"scalars", connection_scalar, "statement, *multiparams, **params", 0},
    {"exec_driver_sql", bind_driver_sql, "statement, parameters=None, execution_options=None", 0},
    {"execution_options", bind_same, "**kw", 0},
    {NULL, NULL, NULL, 0},
};

static const PyHostClass bind_class = {
    .name = "Connection",
    .module = "sqlalchemy.engine.base",
    .methods = bind_methods,
    .getattr = bind_getattr,
    .setattr = refuse_setattr,
};

/* The engine of --sql mode is its connection, which has a name only there. */
static PyValue mock_engine_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  return strcmp(name->data, "name") == 0 ? py_str(interp, "postgresql", -1)
                                         : bind_getattr(interp, self, name);
}

static const PyHostClass mock_engine_class = {
    .name = "MockConnection",
    .module = "sqlalchemy.engine.mock",
    .base = &bind_class,
    .getattr = mock_engine_getattr,
    .setattr = refuse_setattr,
};

/* bind.engine: only its name is safe to ask; a connection of its own would be outside the migration. */
static PyValue engine_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  (void)self;
  if (strcmp(name->data, "dialect") == 0)
    return dialect_value(interp);
  if (strcmp(name->data, "name") == 0)
    return py_str(interp, "postgresql", -1);
  return needs_database(interp, _("%s of the engine"), name->data);
}

static const PyHostClass engine_class = {
    .name = "Engine",
    .module = "sqlalchemy.engine.base",
    .getattr = engine_getattr,
    .setattr = refuse_setattr,
};

PyValue engine_value(PyInterp *interp)
{
  return py_host_object(interp, &engine_class, NULL);
}

/* inspect(bind): everything it says comes from the database. */
static PyValue fn_inspect(PyInterp *interp, PyCall *call)
{
  gboolean live = is_bind(call->values[0]) || py_is_host(call->values[0], &engine_class);
  if (live && answers_available(interp))
    return live_inspector_value(interp);
  if (live)
    return answer_value(interp, py_unknown(interp, PY_NEEDS_DATABASE, _("inspect(...) asks the database")));
  return refuse(interp, _("inspect(%s)"), py_type_name(interp, call->values[0]));
}

const PyMethod inspect_functions[] = {
    {"inspect", fn_inspect, "subject, raiseerr=True", PY_PURE},
    {"Inspector", fn_inspect, "bind", PY_PURE},
    {NULL, NULL, NULL, 0},
};

static PyValue inspector_from_engine(PyInterp *interp, PyCall *call)
{
  return fn_inspect(interp, call);
}

static const PyMethod inspector_methods[] = {
    {"from_engine", inspector_from_engine, "bind", PY_STATIC},
    {NULL, NULL, NULL, 0},
};

const PyHostClass inspector_class = {
    .name = "Inspector",
    .module = "sqlalchemy.engine.reflection",
    .construct = fn_inspect,
    .params = "bind",
    .methods = inspector_methods,
    REFUSE_REST,
};

/* ---- MigrationContext ---- */

static const PyHostClass autocommit_class;
static const PyHostClass context_class;

static PyValue autocommit_enter(PyInterp *interp, PyValue self)
{
  Run *run = run_of(interp);
  ScriptBlock block = {.start = run->script->statements->len, .end = run->script->statements->len};
  (void)self;
  if (run->autocommit++ == 0)
    g_array_append_val(run->script->blocks, block);
  return py_none();
}

static int autocommit_exit(PyInterp *interp, PyValue self, PyValue exception)
{
  Run *run = run_of(interp);
  (void)self;
  (void)exception;
  if (--run->autocommit == 0)
    g_array_index(run->script->blocks, ScriptBlock, run->script->blocks->len - 1).end =
        run->script->statements->len;
  return 0;
}

static const PyHostClass autocommit_class = {
    .name = "_GeneratorContextManager",
    .module = "contextlib",
    .enter = autocommit_enter,
    .exit = autocommit_exit,
    REFUSE_REST,
};

static PyValue context_autocommit_block(PyInterp *interp, PyCall *call)
{
  (void)call;
  if (run_of(interp)->autocommit > 0)
    return refuse(interp, _("an autocommit_block() inside another"));
  return py_host_object(interp, &autocommit_class, NULL);
}

static PyValue context_execute(PyInterp *interp, PyCall *call)
{
  return execute_value(interp, call->values[0], py_null()) ? py_none() : py_null();
}

static PyValue context_current_revision(PyInterp *interp, PyCall *call)
{
  return py_unknown(interp, PY_NEEDS_DATABASE, _("%s() asks the database"), call->function);
}

static PyValue context_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  const char *n = name->data;
  if (strcmp(n, "as_sql") == 0)
    return py_bool(!run_of(interp)->options->online);
  if (strcmp(n, "dialect") == 0)
    return dialect_value(interp);
  if (strcmp(n, "bind") == 0 || strcmp(n, "connection") == 0)
    return bind_value(interp);
  return refuse_getattr(interp, self, name);
}

static const PyMethod context_methods[] = {
    {"autocommit_block", context_autocommit_block, "", 0},
    {"execute", context_execute, "sql, execution_options=None", 0},
    {"get_current_revision", context_current_revision, "", 0},
    {"get_current_heads", context_current_revision, "", 0},
    {NULL, NULL, NULL, 0},
};

static const PyHostClass context_class = {
    .name = "MigrationContext",
    .module = "alembic.runtime.migration",
    .methods = context_methods,
    .getattr = context_getattr,
    .setattr = refuse_setattr,
};

PyValue context_value(PyInterp *interp)
{
  return py_host_object(interp, &context_class, NULL);
}

/* ---- alembic.context ---- */

static PyValue fn_is_offline_mode(PyInterp *interp, PyCall *call)
{
  (void)call;
  return py_bool(!run_of(interp)->options->online);
}

/* -x arguments as a list, or as a dict split at the first "=". */
static PyValue fn_get_x_argument(PyInterp *interp, PyCall *call)
{
  const char *const *arguments = run_of(interp)->options->x_arguments;
  gboolean as_dict = py_is_true(call->values[0]);
  PyValue result = as_dict ? py_dict(interp) : py_list(interp, 0);
  for (; arguments && *arguments; arguments++) {
    const char *equals = strchr(*arguments, '=');
    if (!as_dict) {
      py_list_append(interp, result.list, py_str(interp, *arguments, -1));
      continue;
    }
    g_autofree char *key = g_strndup(*arguments, equals ? (gsize)(equals - *arguments) : strlen(*arguments));
    py_dict_set_text(interp, result.dict, key, py_str(interp, equals ? equals + 1 : "", -1));
  }
  return result;
}

static PyValue fn_get_tag_argument(PyInterp *interp, PyCall *call)
{
  const char *tag = run_of(interp)->options->tag;
  (void)call;
  return tag ? py_str(interp, tag, -1) : py_none();
}

static PyValue fn_get_context(PyInterp *interp, PyCall *call)
{
  (void)call;
  return context_value(interp);
}

static PyValue fn_get_bind(PyInterp *interp, PyCall *call)
{
  (void)call;
  return bind_value(interp);
}

const PyMethod alembic_context_functions[] = {
    {"is_offline_mode", fn_is_offline_mode, "", 0},
    {"get_x_argument", fn_get_x_argument, "as_dictionary=False", 0},
    {"get_tag_argument", fn_get_tag_argument, "", 0},
    {"get_context", fn_get_context, "", 0},
    {"get_bind", fn_get_bind, "", 0},
    {"execute", context_execute, "sql, execution_options=None", 0},
    {NULL, NULL, NULL, 0},
};
