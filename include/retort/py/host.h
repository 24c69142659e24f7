/* Binding C to the Python that runs: functions, classes and modules as constant tables.
 *
 *   static PyValue text_new(PyInterp *interp, PyCall *call) { ... py_arg_text(call, 0) ... }
 *
 *   static const PyMethod sa_functions[] = {
 *       {"text", text_new, "text"},
 *       {"column", column_new, "text, type_=None, is_literal=False"},
 *       {NULL}};
 *   static const PyModuleDef sa = {.name = "sqlalchemy", .functions = sa_functions, .classes = sa_classes};
 *
 * Signatures are written as in Python: "a, b=None, /, c='x', *rest, d, e=?, **extra".  Calls are bound to them as
 * Python does, with Python's TypeErrors.  Defaults are None, True, False, an integer, a 'string', () or ?, which
 * leaves PY_NULL ("not given").  call->values has one entry per parameter in that order; *rest is a tuple, **extra a
 * dict.  A NULL signature leaves the call as it came, in args and keywords.
 *
 * Unknown arguments.  A function whose flags say nothing never sees an unknown as a direct argument: the run stops
 * there with the argument's reason (unknowns nested in lists and dicts do come through; py_require_known() finds them).
 * PY_PURE functions are not called: their result is that unknown.  PY_TAKES_UNKNOWN functions see everything.
 *
 * Tables must live as long as the runtime (static const).  Classes and modules made from them are the runtime's and
 * cannot be changed by what runs: assigning to their attributes stops the run.
 */
#pragma once

#include <glib.h>

#include "retort/py/interp.h"
#include "retort/py/value.h"

typedef struct {
  PyInterp *interp;
  PyValue self;          /* methods: the instance (or class, for class methods); PY_NULL for functions */
  PyClass *cls;          /* constructors: the class called, maybe a user's subclass */
  const PyValue *values; /* bound by the signature */
  guint n_values;
  const PyValue *args; /* as passed, * expanded */
  guint n_args;
  PyStr *const *names; /* keywords as passed, ** expanded */
  const PyValue *keywords;
  guint n_keywords;
  PyPlace place;        /* of the call */
  const char *function; /* name, for messages */
} PyCall;

typedef PyValue (*PyNativeFunction)(PyInterp *interp, PyCall *call);

typedef enum {
  PY_METHOD_PLAIN = 0,
  PY_PURE = 1 << 0,          /* an unknown argument (or self) makes the result unknown */
  PY_TAKES_UNKNOWN = 1 << 1, /* unknown arguments are passed in */
  PY_STATIC = 1 << 2,        /* staticmethod */
  PY_CLASSMETHOD = 1 << 3,   /* self is the class */
  PY_PROPERTY = 1 << 4,      /* called on attribute access */
} PyMethodFlags;

typedef struct {
  const char *name;
  PyNativeFunction function;
  const char *params; /* signature without self; NULL: unbound */
  PyMethodFlags flags;
} PyMethod;

/* A class of the host.  Every hook but name may be NULL: then Python's default for a plain object holds.  Hooks get
 * self as an instance whose payload (py_payload()) is the host's.  User classes may derive from it; then hooks serve
 * them too, after the methods the user wrote (__eq__, __call__ ...). */
typedef struct PyHostClass PyHostClass;
struct PyHostClass {
  const char *name;        /* __name__ */
  const char *module;      /* __module__ */
  const PyHostClass *base; /* NULL: object; hooks and methods not given are inherited */
  const PyMethod *methods; /* ends with a NULL name */

  /* Class(...) for a class with a fixed result: gives the object itself (py_host_new(interp, call->cls, payload)).
   * A user's subclass with its own __init__ gets init instead when there is one. */
  PyNativeFunction construct;
  /* __init__: fills the payload of a new instance (py_set_payload()); returns None.  Reached by super().__init__() */
  PyNativeFunction init;
  const char *params;  /* signature of construct and init */
  PyMethodFlags flags; /* of construct and init */
  /* A user class with this base was made: look at its attributes with py_class_get().  FALSE when refused. */
  gboolean (*subclassed)(PyInterp *interp, PyClass *cls);

  /* Asked after instance attributes, class attributes and methods.  PY_NULL without failure: no such attribute. */
  PyValue (*getattr)(PyInterp *interp, PyValue self, PyStr *name);
  /* The same for an attribute of the class itself (sa.String.something). */
  PyValue (*class_getattr)(PyInterp *interp, PyClass *cls, PyStr *name);
  /* FALSE: failed.  Without it, attributes can be set on instances freely (py_instance_attr() reads them). */
  gboolean (*setattr)(PyInterp *interp, PyValue self, PyStr *name, PyValue value);
  PyNativeFunction call; /* call->self(...) */
  const char *call_params;
  PyMethodFlags call_flags;
  PyValue (*getitem)(PyInterp *interp, PyValue self, PyValue key);
  gboolean (*setitem)(PyInterp *interp, PyValue self, PyValue key, PyValue value);
  gboolean (*delitem)(PyInterp *interp, PyValue self, PyValue key);
  int (*contains)(PyInterp *interp, PyValue self, PyValue item); /* 1, 0, -1: failed */
  gssize (*len)(PyInterp *interp, PyValue self);                 /* -1: failed */
  PyValue (*iter)(PyInterp *interp, PyValue self);               /* anything iterable */
  /* All binary operators and comparisons but `in` and `is`.  reflected: self is the right operand (for comparisons
   * the operator is turned round instead, as Python does).  py_not_implemented(): not mine.  takes unknown others. */
  PyValue (*binary)(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected);
  PyValue (*unary)(PyInterp *interp, PyOp op, PyValue self); /* PY_NEG, PY_POS, PY_INVERT */
  int (*truth)(PyInterp *interp, PyValue self);              /* 1, 0, -1: failed */
  PyValue (*repr)(PyInterp *interp, PyValue self);
  PyValue (*str)(PyInterp *interp, PyValue self);
  PyValue (*format)(PyInterp *interp, PyValue self, const char *spec);
  /* Together with binary's PY_EQ; without it identity counts. */
  guint (*hash)(PyInterp *interp, PyValue self);
  PyValue (*enter)(PyInterp *interp, PyValue self);
  /* exception: PY_NULL when the block came to its end (also by return, break, continue).  1: swallow it, 0: not,
   * -1: failed. */
  int (*exit)(PyInterp *interp, PyValue self, PyValue exception);
};

/* ---- instances ---- */

/* A new instance of a host class (or of a subclass: the class in call->cls). */
PyValue py_host_new(PyInterp *interp, PyClass *cls, void *payload);
PyValue py_host_object(PyInterp *interp, const PyHostClass *host, void *payload);
/* The payload when v is an instance of host, of a host class below it, or of a user class below either; else NULL.
 * Also NULL for a user's instance whose __init__ did not reach the host's: py_is_host() tells the two apart. */
void *py_payload(PyValue v, const PyHostClass *host);
void py_set_payload(PyValue self, void *payload);
gboolean py_is_host(PyValue v, const PyHostClass *host);
/* The nearest host class of the instance or class, or NULL. */
const PyHostClass *py_host_of(PyValue v);
/* v is a class (not an instance) that is or derives from host: `sa.Integer` without parentheses. */
gboolean py_is_host_class(PyValue v, const PyHostClass *host);
/* An attribute set on the instance itself; PY_NULL when there is none. */
PyValue py_instance_attr(PyValue self, const char *name);
void py_instance_set_attr(PyInterp *interp, PyValue self, const char *name, PyValue value);
/* The attributes set on the instance, in order. */
PyDict *py_instance_dict(PyInterp *interp, PyValue self);

/* ---- classes ---- */

/* The class object of a host class; made once a runtime. */
PyClass *py_host_class(PyInterp *interp, const PyHostClass *host);
PyValue py_class_value(PyClass *cls);
/* An attribute found along the classes (methods of tables included), unbound; PY_NULL when there is none. */
PyValue py_class_get(PyInterp *interp, PyClass *cls, const char *name);
/* Only what user-written classes define, not the host's own tables: "did the user override process_bind_param?" */
PyValue py_class_get_user(PyInterp *interp, PyClass *cls, const char *name);
gboolean py_class_is_user(const PyClass *cls);
/* A builtin class by name: "int", "Exception", "datetime.datetime", "uuid.UUID", "decimal.Decimal", "enum.Enum". */
PyClass *py_builtin_class(PyInterp *interp, const char *name);
/* Members of an enum.Enum class in order: their names and values; FALSE when cls is no enum. */
gboolean py_enum_members(PyInterp *interp, PyClass *cls, PyList **names, PyList **values);
/* A member of an enum: its name and value; FALSE when v is none. */
gboolean py_enum_member(PyInterp *interp, PyValue v, PyValue *name, PyValue *value);
/* A new exception class "name" below base (a builtin's name), the runtime's. */
PyClass *py_exception_class(PyInterp *interp, const char *module, const char *name, const char *base);
PyValue py_new_exception(PyInterp *interp, PyClass *cls, const char *message);

/* ---- functions and callables ---- */

PyValue py_native(PyInterp *interp, const PyMethod *method);
/* The same with a self that the function finds in call->self. */
PyValue py_native_bound(PyInterp *interp, const PyMethod *method, PyValue self);

/* ---- modules ---- */

typedef struct {
  const char *name;
  const PyHostClass *host;
} PyClassMember;

typedef struct PyModuleDef PyModuleDef;
struct PyModuleDef {
  const char *name;                  /* dotted: "sqlalchemy.dialects.postgresql" */
  const PyMethod *functions;         /* ends with a NULL name; or NULL */
  const PyHostClass *const *classes; /* NULL-terminated, under their own names; or NULL */
  const PyClassMember *aliases;      /* classes under other names; ends with a NULL name; or NULL */
  /* An attribute of neither table: constants, objects made per run.  PY_NULL without failure: no such attribute (the
   * run then fails with AttributeError or ImportError; return py_unknown() for what is merely not understood).
   * Called once a run and name; the result is kept for the run. */
  PyValue (*getattr)(PyInterp *interp, const PyModuleDef *module, const char *name);
  const char *const
      *star; /* __all__ for "from m import *"; NULL: functions, classes and aliases without "_" */
  /* The same for modules with getattr, in the arena; NULL: nobody knows, the run stops.  Names that the module turns
   * out not to have are passed over. */
  const char *const *(*star_names)(PyInterp *interp, const PyModuleDef *module);
};

/* Parents ("sqlalchemy" for "sqlalchemy.sql.expression") need not be registered: they are packages then.  A module
 * registered twice: the later one wins. */
void py_runtime_add_module(PyRuntime *runtime, const PyModuleDef *module);
/* Modules of this name and below that nobody registered are unknown values, never looked for in the project. */
void py_runtime_add_unknown(PyRuntime *runtime, const char *prefix);

/* ---- arguments, after binding ---- */

gboolean py_arg_given(const PyCall *call, guint i); /* neither absent nor None */
/* Text of a str argument; NULL and TypeError when it is something else. */
const char *py_arg_text(PyCall *call, guint i);
/* The same, but absent or None gives NULL without failure (*ok FALSE on failure). */
const char *py_arg_text_opt(PyCall *call, guint i, gboolean *ok);
gboolean py_arg_int(PyCall *call, guint i, gint64 *value);
/* Truth of the argument; otherwise when absent or None.  -1: failed. */
int py_arg_bool(PyCall *call, guint i, gboolean otherwise);
/* Items of an iterable argument; an empty list when absent or None; NULL on failure. */
PyList *py_arg_list(PyCall *call, guint i);
/* A keyword of an unbound call; PY_NULL when not given. */
PyValue py_call_get(const PyCall *call, const char *name);

/* ---- datetime, UUID and Decimal values, for hosts that write literals ---- */

typedef struct {
  int year, month, day, hour, minute, second, microsecond;
  gboolean has_date, has_time;
  gboolean has_offset;
  int offset_seconds;
} PyDateTime;
/* date, datetime or time values. */
gboolean py_as_datetime(PyInterp *interp, PyValue v, PyDateTime *out);
/* timedelta in microseconds. */
gboolean py_as_timedelta(PyInterp *interp, PyValue v, gint64 *days, gint64 *seconds, gint64 *microseconds);
/* Text of a UUID ("xxxxxxxx-xxxx-...") or Decimal ("1.50"), in the arena; NULL when v is neither. */
const char *py_as_uuid(PyInterp *interp, PyValue v);
const char *py_as_decimal(PyInterp *interp, PyValue v);
