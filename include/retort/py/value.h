/* Python values: what a migration computes with.
 *
 * A PyValue is 16 bytes and passed by value.  None, bool, small int and float are immediate; everything else points
 * into an arena (the interpreter's for what a run makes, the tree's for constants, the runtime's for classes and
 * modules), so values are never freed one by one and may be copied freely while their arena lives.
 *
 * Three types are not Python's:
 *
 *   PY_NULL     "no value".  A function that returns PY_NULL has failed: an exception is pending, or the run stopped
 *               (interp.h says which); the caller returns at once.  In bound arguments it means "not given".
 *   PY_UNKNOWN  a value that cannot be known without running something, with the reason.  Operations on it give it
 *               back; deciding by it stops the run.  One that is never needed does no harm.
 *   PY_NOT_IMPLEMENTED  answer of a binary operator that leaves the work to the other operand.
 *
 * Constructors that need memory take the interpreter.  Where a function says "may fail", see PY_NULL above.
 */
#pragma once

#include <glib.h>

#include "retort/base/arena.h"

typedef struct PyInterp PyInterp;
typedef struct PyValue PyValue;

typedef enum {
  PY_NULL,
  PY_NONE,
  PY_BOOL,
  PY_INT,    /* fits in 64 bits */
  PY_BIGINT, /* does not */
  PY_FLOAT,
  PY_STR,
  PY_BYTES,
  PY_LIST,
  PY_TUPLE,
  PY_DICT,
  PY_SET,
  PY_FROZENSET,
  PY_RANGE,
  PY_SLICE,
  PY_FUNCTION, /* def or lambda */
  PY_NATIVE,   /* a function written in C */
  PY_METHOD,   /* function or native bound to a self */
  PY_CLASS,
  PY_INSTANCE, /* of a user class, a host class or an exception */
  PY_MODULE,
  PY_ITERATOR,
  PY_GENERATOR,
  PY_DESCRIPTOR, /* property, staticmethod, classmethod, seen only inside classes */
  PY_ELLIPSIS,
  PY_NOT_IMPLEMENTED,
  PY_UNKNOWN,
} PyType;

/* str and bytes.  Text is UTF-8 (lone surrogates are kept as three bytes); data is NUL-terminated. */
typedef struct {
  gsize len;   /* bytes */
  gsize chars; /* code points; equals len for ASCII text and for bytes */
  guint hash;  /* of the bytes; 0: not computed yet */
  char data[];
} PyStr;

typedef struct PyBig PyBig;
typedef struct PyDict PyDict;
typedef struct PyFunction PyFunction;
typedef struct PyNative PyNative;
typedef struct PyMethodValue PyMethodValue;
typedef struct PyClass PyClass;
typedef struct PyInstance PyInstance;
typedef struct PyModule PyModule;
typedef struct PyIterator PyIterator;
typedef struct PyGenerator PyGenerator;
typedef struct PyDescriptor PyDescriptor;
typedef struct PyRange PyRange;
typedef struct PySlice PySlice;
typedef struct PyList PyList;
typedef struct PyReason PyReason;

struct PyValue {
  PyType type;
  union {
    gint64 i; /* PY_INT, PY_BOOL */
    gdouble f;
    PyStr *str; /* PY_STR, PY_BYTES */
    PyBig *big;
    PyList *list; /* PY_LIST, PY_TUPLE */
    PyDict *dict; /* PY_DICT, PY_SET, PY_FROZENSET (sets use keys only) */
    PyRange *range;
    PySlice *slice;
    PyFunction *function;
    PyNative *native;
    PyMethodValue *method;
    PyClass *cls;
    PyInstance *instance;
    PyModule *module;
    PyIterator *iterator;
    PyGenerator *generator;
    PyDescriptor *descriptor;
    const PyReason *reason;
    void *pointer;
  };
};

struct PyList { /* also a tuple, whose length then never changes */
  PyValue *items;
  gsize len;
  gsize capacity;
};

/* Where in the source something is. */
typedef struct {
  const char *path; /* as given to the parser */
  guint line;       /* from 1; 0: unknown */
  guint column;     /* from 1, in bytes */
} PyPlace;

typedef enum {
  PY_NEEDS_DATABASE,   /* depends on what a database answers */
  PY_NEEDS_PYTHON,     /* depends on code that is not here or not understood */
  PY_NONDETERMINISTIC, /* clock, random numbers, environment */
} PyReasonKind;

struct PyReason {
  PyReasonKind kind;
  PyPlace place;    /* where the unknown value came from, or where the run stopped */
  const char *text; /* translated; names the call: "app.models.X is not available" */
  gboolean host;    /* a name in a module that is known here: changing it may change what that does */
};

/* ---- immediate values ---- */

static inline PyValue py_null(void)
{
  return (PyValue){.type = PY_NULL};
}
static inline PyValue py_none(void)
{
  return (PyValue){.type = PY_NONE};
}
static inline PyValue py_bool(gboolean truth)
{
  return (PyValue){.type = PY_BOOL, .i = truth ? 1 : 0};
}
static inline PyValue py_int(gint64 i)
{
  return (PyValue){.type = PY_INT, .i = i};
}
static inline PyValue py_float(gdouble f)
{
  return (PyValue){.type = PY_FLOAT, .f = f};
}
static inline PyValue py_not_implemented(void)
{
  return (PyValue){.type = PY_NOT_IMPLEMENTED};
}
static inline gboolean py_is(PyValue v, PyType type)
{
  return v.type == type;
}
static inline gboolean py_is_null(PyValue v)
{
  return v.type == PY_NULL;
}
static inline gboolean py_is_none(PyValue v)
{
  return v.type == PY_NONE;
}
static inline gboolean py_is_true(PyValue v) /* the very value True */
{
  return v.type == PY_BOOL && v.i;
}
static inline gboolean py_is_unknown(PyValue v)
{
  return v.type == PY_UNKNOWN;
}

/* ---- strings ---- */

/* A str from UTF-8 (len < 0: NUL-terminated).  Bytes that are not UTF-8 become U+FFFD. */
PyValue py_str(PyInterp *interp, const char *utf8, gssize len);
PyValue py_strf(PyInterp *interp, const char *format, ...) G_GNUC_PRINTF(2, 3);
PyValue py_bytes(PyInterp *interp, const void *data, gsize len);
/* The text of a str value, borrowed and NUL-terminated; NULL when v is not a str. */
const char *py_text(PyValue v);
gboolean py_str_is(const PyStr *s, const char *text);
gboolean py_str_equal(const PyStr *a, const PyStr *b);
/* Makes one in an arena, without an interpreter (the parser's way). */
PyStr *py_str_in(Arena *arena, const char *utf8, gsize len);
guint py_str_hash(const PyStr *s);

/* ---- lists and tuples ---- */

PyValue py_list(PyInterp *interp, gsize reserve);
/* Copies n values; items may be NULL, then all are None. */
PyValue py_tuple(PyInterp *interp, const PyValue *items, gsize n);
void py_list_append(PyInterp *interp, PyList *list, PyValue item);
/* Items of a list or tuple, borrowed; FALSE (and no exception) when v is neither. */
gboolean py_sequence(PyValue v, PyValue **items, gsize *n);

/* ---- dicts and sets, in insertion order ---- */

PyValue py_dict(PyInterp *interp);
PyValue py_set(PyInterp *interp);
/* May fail (an unhashable or unknown key). */
gboolean py_dict_set(PyInterp *interp, PyDict *dict, PyValue key, PyValue value);
/* FALSE: not there, or failed (ask py_failed()). */
gboolean py_dict_get(PyInterp *interp, const PyDict *dict, PyValue key, PyValue *value);
gboolean py_dict_del(PyInterp *interp, PyDict *dict, PyValue key);
/* By text; cannot fail.  get gives PY_NULL when there is none. */
PyValue py_dict_get_text(const PyDict *dict, const char *key);
void py_dict_set_text(PyInterp *interp, PyDict *dict, const char *key, PyValue value);
gsize py_dict_len(const PyDict *dict);
/* Walks in order: gsize at = 0; while (py_dict_next(dict, &at, &key, &value)) ...  value may be NULL. */
gboolean py_dict_next(const PyDict *dict, gsize *at, PyValue *key, PyValue *value);

/* ---- unknown values ---- */

/* An unknown value that arose at the present call site. */
PyValue py_unknown(PyInterp *interp, PyReasonKind kind, const char *format, ...) G_GNUC_PRINTF(3, 4);
PyValue py_unknown_because(const PyReason *reason);
/* A name that a known module has and that is not understood, see PyReason.host. */
PyValue py_unknown_name(PyInterp *interp, const char *module, const char *name);
/* The reason inside v: v itself, or an unknown nested in its lists, tuples, dicts, sets; NULL when all is known. */
const PyReason *py_find_unknown(PyValue v);

/* ---- classes ---- */

/* The class of any value, as type(v). */
PyClass *py_class_of(PyInterp *interp, PyValue v);
const char *py_class_name(const PyClass *cls);
/* type(v).__name__, for messages. */
const char *py_type_name(PyInterp *interp, PyValue v);
gboolean py_class_is_subclass(const PyClass *cls, const PyClass *base);

/* ---- numbers ---- */

/* An int as gint64: FALSE (and no exception) when v is no int or too large.  bool counts as int, as in Python. */
gboolean py_as_int64(PyValue v, gint64 *i);
/* Decimal digits of an int of any size, in the interpreter's arena; NULL when v is no int. */
const char *py_int_text(PyInterp *interp, PyValue v);
