/* Running a tree.
 *
 * A PyRuntime lives as long as a session: builtin classes, host modules, the resolver of project modules and their
 * parsed trees.  A PyInterp is one run (one migration): its values, its budget, its outcome.  Making one is cheap.
 *
 *   PyRuntime *runtime = py_runtime_new();
 *   py_runtime_add_module(runtime, &alembic_module);
 *   ...
 *   PyInterp *interp = py_interp_new(runtime, &limits, my_context);
 *   PyModule *module = py_run(interp, tree, "versions.3f2a");          // the module's top level
 *   if (module)
 *     py_call_named(interp, module, "upgrade");
 *   switch (py_outcome(interp)) ...
 *   py_interp_free(interp);
 *
 * Outcomes.  A run is over at the first of: the end (OK); an exception nobody caught (RAISED), which the real Python
 * would raise as well; the first place where the result depends on something unknown (STOPPED, with the reason); a
 * limit (BUDGET, also with a reason).  STOPPED and BUDGET cannot be caught by the program that runs, and its
 * `finally` blocks do not run either.
 *
 * Unknown values.  An import that cannot be read, the clock, a database's answer are PY_UNKNOWN values: attributes,
 * items, operators and pure functions of them are unknown again.  Deciding by one (if, while, and/or, for, in a
 * comparison's truth), iterating one, or handing one to a host function that does not accept it stops the run.  While
 * a module's top level runs, calling an unknown gives an unknown; inside a function such a call stops the run when the
 * reason is PY_NEEDS_PYTHON, because what it would do (to the database, say) would be missed.  Setting something in an
 * unknown is passed over and stops the run likewise.
 *
 * Ways nobody can decide between.  When the body of a try did something with an unknown (imported what is not here,
 * asked the environment), it may fail in reality and a handler run instead: what both ways only bind becomes unknown,
 * anything more stops the run; handlers that end in raise do not count.  A set of two or more items has no order that
 * could be known, so that iterating one stops the run too; sorted(), len(), `in` and set operators do not mind.
 *
 * Host code (host.h) must keep no heap memory of its own across a call that can come back to Python (py_call,
 * py_iter, py_str_of, ...): a generator may be abandoned in the middle.  Take memory from py_arena().
 *
 * Not thread-safe; a runtime and its interpreters belong to one thread at a time.
 */
#pragma once

#include <glib.h>

#include "retort/base/arena.h"
#include "retort/py/ast.h"
#include "retort/py/value.h"

typedef struct PyRuntime PyRuntime;

PyRuntime *py_runtime_new(void);
void py_runtime_free(PyRuntime *runtime);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PyRuntime, py_runtime_free)

/* Modules written in Python that come with the program: name and source, the last row is empty.  The table must live as
 * long as the runtime. */
typedef struct {
  const char *name;
  const char *source;
} PyLibrary;
void py_runtime_add_library(PyRuntime *runtime, const PyLibrary *library);

/* Finds the source of a project module: path of "pkg/sub.py" or "pkg/sub/__init__.py" for "pkg.sub", the caller's;
 * NULL: not of this project.  *is_package tells an __init__.py; a folder without one is a package with path "". */
typedef char *(*PyResolve)(void *data, const char *module, gboolean *is_package);
void py_runtime_set_resolver(PyRuntime *runtime, PyResolve resolve, void *data);
/* Whether a path may be read by open(), Path.read_text() and the like; without it none may. */
typedef gboolean (*PyMayRead)(void *data, const char *path);
void py_runtime_set_may_read(PyRuntime *runtime, PyMayRead may_read, void *data);

/* Limits of one run; 0 means the default. */
typedef struct {
  guint64 steps;   /* expressions and statements evaluated */
  gsize memory;    /* bytes of values; also bounds a single string, list or int */
  guint recursion; /* nested Python calls; RecursionError in Python, BUDGET here */
} PyLimits;

#define PY_DEFAULT_STEPS \
  ((guint64)20 * 1000 * 1000) /* about a second; the longest migration seen needs 200 k */
#define PY_DEFAULT_MEMORY ((gsize)256 * 1024 * 1024) /* values are not freed before the run ends */
#define PY_DEFAULT_RECURSION 300                     /* frames; each costs a few kB of C stack */

PyInterp *py_interp_new(PyRuntime *runtime, const PyLimits *limits, void *data);
void py_interp_free(PyInterp *interp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PyInterp, py_interp_free)

Arena *py_arena(PyInterp *interp);
PyRuntime *py_runtime_of(PyInterp *interp);
/* The data given to py_interp_new(). */
void *py_data(PyInterp *interp);
/* Where print() and sys.stdout.write() go; NULL (the start): nowhere. */
typedef void (*PyPrint)(void *data, const char *text, gsize len);
void py_set_print(PyInterp *interp, PyPrint print, void *data);

/* ---- running ---- */

/* Runs the top level of a file as module `name` (__name__); NULL when it does not come to its end.  __file__ is
 * tree->path.  tree must outlive the interpreter. */
PyModule *py_run(PyInterp *interp, const PyTree *tree, const char *name);
/* Calls module.name() without arguments.  FALSE when it does not come to its end. */
gboolean py_call_named(PyInterp *interp, PyModule *module, const char *name);
/* A global of the module; PY_NULL when there is none. */
PyValue py_module_get(PyModule *module, const char *name);
void py_module_set(PyInterp *interp, PyModule *module, const char *name, PyValue value);
/* By dotted name, as `import a.b` followed by looking at a.b; may fail, may be unknown. */
PyValue py_import(PyInterp *interp, const char *name);

/* ---- starting over ---- */

/* Whether the module (or what it is a part of) is the project's own, which py_import() would read. */
gboolean py_is_project_module(PyRuntime *runtime, const char *name);
/* Whether the project's files read so far are still what they were. */
gboolean py_files_unchanged(PyRuntime *runtime);

/* An interpreter in which modules have been imported, and nothing else has run, can be saved and put back: every run
 * after that finds them as they were, whatever the run before did to them.  This spares loading them for each run. */
typedef struct PySaved PySaved;
/* NULL: something is under way in it that cannot be put back (a failure, an unfinished generator). */
PySaved *py_save(PyInterp *interp);
/* Ends whatever the interpreter did since, values included; with a full budget, and this data. */
void py_restore(PyInterp *interp, const PySaved *saved, void *data);
void py_saved_free(PySaved *saved);

typedef enum {
  PY_OK,
  PY_RAISED,
  PY_STOPPED,
  PY_BUDGET,
} PyOutcome;

PyOutcome py_outcome(PyInterp *interp);
/* Whether something is pending: what a caller asks after a FALSE or PY_NULL that may also mean "none". */
gboolean py_failed(PyInterp *interp);
/* RAISED: the exception, and its last traceback line "ValueError: text" (in the arena). */
PyValue py_exception(PyInterp *interp);
const char *py_exception_text(PyInterp *interp);
/* RAISED: where; the innermost place within `path`, or the innermost of all when path is NULL or not in it. */
PyPlace py_exception_place(PyInterp *interp, const char *path);
/* STOPPED, BUDGET: why.  reason->place is where the unknown value arose; py_stop_place() where it was needed. */
const PyReason *py_stop_reason(PyInterp *interp);
PyPlace py_stop_place(PyInterp *interp, const char *path);
/* Forgets the pending exception (not a stop); for hosts that try something. */
void py_clear(PyInterp *interp);

/* ---- ending a run, or raising; all return PY_NULL to be passed on ---- */

/* type: a builtin exception's name ("TypeError"). */
PyValue py_raise(PyInterp *interp, const char *type, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* An exception value, or a class that is called without arguments. */
PyValue py_raise_value(PyInterp *interp, PyValue exception);
PyValue py_stop(PyInterp *interp, PyReasonKind kind, const char *format, ...) G_GNUC_PRINTF(3, 4);
PyValue py_stop_because(PyInterp *interp, const PyReason *reason);
/* TRUE when v is known all through; else the run is stopped with v's reason and the answer is FALSE. */
gboolean py_require_known(PyInterp *interp, PyValue v);
/* Counts n steps; FALSE when the budget is used up.  For hosts that loop. */
gboolean py_spend(PyInterp *interp, guint64 n);

/* ---- where we are ---- */

/* The call or statement in work, innermost. */
PyPlace py_here(PyInterp *interp);
/* The same within the given path: the line of the migration that led here. */
PyPlace py_here_in(PyInterp *interp, const char *path);
/* Source text of the call in work ("op.add_column(...)" as written), in the arena; NULL outside any. */
const char *py_here_text(PyInterp *interp);
/* How many try statements with except clauses surround us: what fails here would not end the run. */
guint py_inside_try(PyInterp *interp);
/* TRUE while the top level of a module runs. */
gboolean py_loading(PyInterp *interp);

/* ---- operations, with Python's semantics; all may fail, all pass unknowns through ---- */

PyValue py_call(PyInterp *interp, PyValue callee, const PyValue *args, guint n);
/* keywords: a dict with str keys, or NULL. */
PyValue py_call_keywords(PyInterp *interp, PyValue callee, const PyValue *args, guint n, PyDict *keywords);
PyValue py_call_method(PyInterp *interp, PyValue self, const char *name, const PyValue *args, guint n);
PyValue py_getattr(PyInterp *interp, PyValue v, const char *name);
/* PY_NULL without failure when there is no such attribute. */
PyValue py_getattr_opt(PyInterp *interp, PyValue v, const char *name);
gboolean py_setattr(PyInterp *interp, PyValue v, const char *name, PyValue value);
PyValue py_getitem(PyInterp *interp, PyValue v, PyValue key);
gboolean py_setitem(PyInterp *interp, PyValue v, PyValue key, PyValue value);
PyValue py_binary(PyInterp *interp, PyOp op, PyValue left, PyValue right);
PyValue py_unary(PyInterp *interp, PyOp op, PyValue v);
/* 1, 0; -1: failed (or stopped on an unknown). */
int py_truth(PyInterp *interp, PyValue v);
/* a == b (identity first, as containers do): 1, 0, -1. */
int py_equal(PyInterp *interp, PyValue a, PyValue b);
gboolean py_identical(PyValue a, PyValue b);
PyValue py_iter(PyInterp *interp, PyValue v);
/* FALSE at the end and on failure. */
gboolean py_next(PyInterp *interp, PyValue iterator, PyValue *item);
/* All items as a new list; NULL on failure. */
PyList *py_collect(PyInterp *interp, PyValue v);
/* str(v), repr(v), format(v, spec): a str value, an unknown, or failed. */
PyValue py_str_of(PyInterp *interp, PyValue v);
PyValue py_repr(PyInterp *interp, PyValue v);
PyValue py_format(PyInterp *interp, PyValue v, const char *spec);
/* text % values, as str does. */
PyValue py_percent(PyInterp *interp, PyValue text, PyValue values);
gboolean py_isinstance(PyInterp *interp, PyValue v, const PyClass *cls);
gboolean py_callable(PyInterp *interp, PyValue v);
/* len(v); -1: failed. */
gssize py_len(PyInterp *interp, PyValue v);
