/* What values are made of, and what the evaluator's files share. */
#pragma once

#include "retort/py/ast.h"
#include "retort/py/host.h"
#include "retort/py/interp.h"
#include "retort/py/value.h"

/* Shared inside the room only: not exported, so that no library's function of the same name is replaced. */
#pragma GCC visibility push(hidden)

/* ---- limits ---- */

/* C stack one run may use before it counts as runaway recursion: half of what the smallest usual stack (8 MB, also
 * glibc's default for threads) has, so that the caller has room left. */
#define PY_STACK_BYTES ((gsize)4 * 1024 * 1024)
/* Stack of a generator; one that needs more is recursion gone wrong. */
#define PY_GENERATOR_STACK ((gsize)256 * 1024)
/* Generator functions started and not finished; each keeps a stack (address space, mostly untouched). */
#define PY_MAX_GENERATORS 2048

/* ---- values ---- */

typedef struct {
  PyValue key; /* PY_NULL: deleted */
  PyValue value;
  guint hash;
} PyEntry;

struct PyDict {
  PyEntry *entries;
  gsize used; /* entries, deleted ones included */
  gsize live;
  gsize capacity;
  guint32 *index; /* entry number + 1 by hash; NULL while small */
  gsize mask;
};

typedef struct Frame Frame;

struct PyFunction {
  PyStr *name;
  const char *qualname;
  const PyParams *params;
  const PyBlock *body; /* NULL for a lambda */
  const PyExpr *expr;  /* lambda's body */
  const PyScope *scope;
  Frame *closure; /* the frame it was made in; NULL at module level */
  PyModule *module;
  const PyTree *tree;
  PyValue *defaults; /* one a parameter, PY_NULL: none */
  PyDict *attrs;     /* or NULL */
  PyClass **owner;   /* class it was defined in (filled when that is made), for super(); or NULL */
  PyStr *doc;
  gboolean is_async;
};

typedef struct PySignature PySignature;

struct PyNative {
  const PyMethod *def;
  PySignature *signature; /* NULL: unbound */
  PyValue self;           /* PY_NULL, or what it was bound to */
  const char *owner;      /* class name for messages, or NULL */
};

struct PyMethodValue {
  PyValue function; /* PY_FUNCTION, PY_NATIVE or any callable */
  PyValue self;
};

typedef enum {
  DESCRIPTOR_PROPERTY,
  DESCRIPTOR_STATIC,
  DESCRIPTOR_CLASS,
} DescriptorKind;

struct PyDescriptor {
  DescriptorKind kind;
  PyValue get; /* or the function of a static or class method */
  PyValue set;
};

struct PyClass {
  PyStr *name;
  const char *module;
  PyClass **bases;
  guint n_bases;
  PyClass **mro; /* itself first */
  guint n_mro;
  PyDict *attrs;
  PyHostClass *host;           /* hooks, inherited ones filled in; NULL for a class without */
  const PyHostClass *host_def; /* the table, on the class made from it only */
  PyType builtin;              /* type of the values this class stands for, or PY_NULL */
  gboolean user;               /* written in Python: its attributes may be set */
  gboolean in_runtime;
  gboolean is_exception;
  gboolean is_enum;
  PyList *enum_members; /* PY_INSTANCE members in order, aliases left out */
  PySignature *init_signature, *call_signature;
};

struct PyInstance {
  PyClass *cls;
  PyDict *dict; /* or NULL while empty */
  void *payload;
  PyValue value; /* of a subclass of int, str, list, dict ...: the plain value; else PY_NULL */
};

struct PyModule {
  const char *name;
  const char *path; /* NULL for host modules */
  PyDict *globals;
  const PyModuleDef *def;
  gboolean is_package;
  gboolean loading;
  gboolean in_runtime;
};

struct PyIterator {
  gboolean (*next)(PyInterp *interp, PyIterator *self, PyValue *item);
  PyValue source, extra;
  gsize at;
  gsize n;
  PyValue *parts;
  const char *type_name;
};

struct PyRange {
  gint64 start, stop, step;
};

struct PySlice {
  PyValue start, stop, step;
};

/* ---- running ---- */

struct Frame {
  const PyScope *scope;
  PyValue *slots;    /* one a name of the scope */
  PyDict *namespace; /* class bodies and modules */
  Frame *outer;      /* lexically; NULL at module level */
  Frame *caller;
  PyModule *module;
  const PyTree *tree;
  PyFunction *function; /* NULL in modules, classes */
  PyClass **owner;      /* class bodies: the class to be */
  const char *qualname; /* class bodies */
  PySpan at;            /* what is in work */
  PyValue self;         /* first argument, for super() */
  PyValue handled;      /* exception an except clause works on, for a bare raise */
  PyValue result;       /* of return */
};

typedef enum {
  FLOW_NEXT,
  FLOW_BREAK,
  FLOW_CONTINUE,
  FLOW_RETURN,
  FLOW_FAIL,
} Flow;

#define PY_TRACE_DEPTH 64 /* places kept of a failure, innermost first */

typedef struct Coroutine Coroutine;

struct PyGenerator {
  Coroutine *coroutine; /* NULL: not started */
  Frame *frame;
  PyFunction *function;
  const PyExpr *expression; /* a generator expression, which needs no stack of its own */
  PyValue *iterators;       /* its loops' iterators, outermost first */
  guint level;              /* innermost one open */
  PyValue sent;             /* value for yield to give, PY_NULL: raise `thrown` there */
  PyValue thrown;
  PyValue yielded;
  PyValue result; /* of return */
  gboolean running, finished;
  guint inside_try;
};

struct PyInterp {
  PyRuntime *runtime;
  Arena *arena;
  void *data;
  PyPrint print;
  void *print_data;
  PyLimits limits;
  guint64 steps_left;
  guint depth;
  char *stack_limit;
  Frame *frame;
  PyDict *modules; /* name to module value */
  PyOutcome outcome;
  PyValue exception;
  const PyReason *reason;
  const PyPlace *trace; /* of the failure, innermost first */
  guint n_trace;
  guint inside_try;
  guint loading;
  guint n_doubts;        /* things done so far that the real Python may fail at, for all we know */
  const PyReason *doubt; /* the latest */
  guint n_generators;
  PyGenerator *generator; /* the one that runs */
  GPtrArray *stacks;      /* free generator stacks */
  GPtrArray *coroutines;  /* all alive */
};

/* Arguments of a call, stars expanded. */
typedef struct {
  const PyValue *args;
  guint n;
  PyStr *const *names;
  const PyValue *keywords;
  guint n_keywords;
} PyArgs;

struct PyRuntime {
  Arena *arena;
  PyInterp *builder; /* an interpreter whose arena is the runtime's: makes classes and modules */
  PyResolve resolve;
  void *resolve_data;
  PyMayRead may_read;
  void *may_read_data;
  GHashTable *data_files;   /* path -> FileStamp* of what open() and the like have read (files.c) */
  GHashTable *modules;      /* name -> const PyModuleDef* */
  GHashTable *packages;     /* names above registered modules */
  GHashTable *made;         /* const PyModuleDef* -> PyModule* */
  GHashTable *host_classes; /* const PyHostClass* -> PyClass* */
  GHashTable *classes;      /* name -> PyClass* of builtins and exceptions */
  GHashTable *trees;        /* path -> Parsed* (modules.c) */
  GPtrArray *unknown_prefixes;
  GHashTable *libraries;        /* name -> const PyLibrary* */
  GHashTable *library_packages; /* names above those */
  PyDict *builtins;
  PyClass *types[PY_UNKNOWN + 1];
  PyClass *object, *type, *exception, *base_exception, *enum_class, *str_enum, *int_enum, *flag_class;
};

/* ---- memory and budget: interp.c ---- */

#define new0(interp, type) arena_new0((interp)->arena, type)
#define new_array(interp, type, n) arena_array((interp)->arena, type, n)
/* FALSE (and BUDGET) when bytes more would pass the limit. */
gboolean py_reserve(PyInterp *interp, gsize bytes);
gboolean py_exhausted(PyInterp *interp, const char *text);
gboolean py_step(PyInterp *interp);
/* Notes that something was done with an unknown value that may raise in reality; gives the value back. */
PyValue py_doubt(PyInterp *interp, PyValue unknown);
/* Something in an unknown is set or deleted.  It stays unknown, so that this does no harm while modules are loaded; in a
 * function it stops the run: FALSE. */
gboolean py_change_unknown(PyInterp *interp, PyValue unknown);
gboolean py_deep(PyInterp *interp);

/* ---- values.c ---- */
PyValue py_from_str(PyStr *s);
PyValue py_tuple_take(PyInterp *interp, PyValue *items, gsize n);
PyValue py_list_of(PyInterp *interp, const PyValue *items, gsize n);
PyValue py_reason_value(PyInterp *interp, const PyReason *reason);
/* The plain value of an instance of a class derived from int, str, list ...; any other value itself. */
PyValue py_plain(PyValue v);
gboolean py_is_int(PyValue v); /* bool included */
gboolean py_is_number(PyValue v);
gdouble py_to_double(PyValue v);
PyValue py_char_at(PyInterp *interp, const PyStr *s, gsize index);
gsize py_byte_offset(const PyStr *s, gsize chars);
/* s[from:to] in characters */
PyValue py_substring(PyInterp *interp, PyValue s, gsize from, gsize to);

/* ---- dict.c ---- */
gboolean py_hash(PyInterp *interp, PyValue v, guint *hash);
/* Names: keys that are plain str; never fail. */
PyValue *py_dict_find(const PyDict *dict, const PyStr *name);
void py_dict_put(PyInterp *interp, PyDict *dict, PyStr *name, PyValue value);
gboolean py_dict_remove(PyDict *dict, const PyStr *name);
PyDict *py_dict_new(PyInterp *interp);
void py_dict_clear(PyDict *dict);
PyDict *py_dict_copy(PyInterp *interp, const PyDict *dict);
gboolean py_dict_update(PyInterp *interp, PyDict *dict, const PyDict *from);

/* ---- errors.c ---- */
PyValue py_raise_name(PyInterp *interp, const char *type, PyStr *name, const char *format);
PyValue py_exception_new(PyInterp *interp, PyClass *cls, const PyValue *args, gsize n);
void py_make_exceptions(PyRuntime *runtime);
/* Whether v (a class or a tuple of them) catches the exception: 1, 0, -1 failed. */
int py_exception_matches(PyInterp *interp, PyValue exception, PyValue v);
void py_note_place(PyInterp *interp);

/* ---- classes.c ---- */
PyClass *py_class_new(PyInterp *interp, PyStr *name, PyClass **bases, guint n_bases, PyDict *attrs);
PyClass *py_builtin_class_new(PyRuntime *runtime, const char *name, PyClass *base, PyType type,
                              const PyMethod *methods);
PyValue py_class_lookup(const PyClass *cls, const PyStr *name);
PyValue py_class_lookup_after(const PyClass *cls, const PyClass *after, const PyStr *name);
PyValue py_class_lookup_text(const PyClass *cls, const char *name);
PyValue py_bind(PyInterp *interp, PyValue found, PyValue self, PyClass *cls);
PyValue py_instantiate(PyInterp *interp, PyClass *cls, const PyArgs *args);
PyInstance *py_instance_new(PyInterp *interp, PyClass *cls);
/* A method the user wrote (not a host's table): PY_NULL when there is none. */
PyValue py_special(const PyInterp *interp, PyValue v, const char *name);
void py_make_types(PyRuntime *runtime);
extern const PyMethod object_methods[];

/* ---- attributes.c ---- */
PyValue py_get_attr(PyInterp *interp, PyValue v, PyStr *name);
/* Without AttributeError: PY_NULL and no failure when there is none. */
PyValue py_find_attr(PyInterp *interp, PyValue v, PyStr *name);
gboolean py_set_attr(PyInterp *interp, PyValue v, PyStr *name, PyValue value);
gboolean py_del_attr(PyInterp *interp, PyValue v, PyStr *name);
/* For v.name(...): the function and the self to pass, without making a bound method. */
gboolean py_find_method(PyInterp *interp, PyValue v, PyStr *name, PyValue *function, PyValue *self);

/* ---- calls.c, signature.c ---- */
PyValue py_call_args(PyInterp *interp, PyValue callee, const PyArgs *args);
PyValue py_call_self(PyInterp *interp, PyValue function, PyValue self, const PyArgs *args);
PyValue py_call_1(PyInterp *interp, PyValue callee, PyValue a);
PyValue py_call_2(PyInterp *interp, PyValue callee, PyValue a, PyValue b);
PySignature *py_signature_parse(Arena *arena, const char *text);
guint py_signature_size(const PySignature *signature);
gboolean py_signature_bind(PyInterp *interp, const PySignature *signature, const char *function,
                           const PyArgs *args, PyValue *values);
PyValue py_run_native(PyInterp *interp, PyNativeFunction function, const PySignature *signature,
                      PyMethodFlags flags, const char *name, PyValue self, PyClass *cls, const PyArgs *args);
PyValue py_native_value(PyInterp *interp, const PyMethod *method, PyValue self, const char *owner);

/* ---- eval_*.c ---- */
PyValue py_eval(PyInterp *interp, Frame *frame, const PyExpr *expr);
/* Whether evaluating it can have no effect but its value (or an exception). */
gboolean py_harmless(const PyExpr *expr);
PyValue py_eval_call(PyInterp *interp, Frame *frame, const PyExpr *expr);
PyValue py_eval_comprehension(PyInterp *interp, Frame *frame, const PyExpr *expr);
PyValue py_eval_joined(PyInterp *interp, Frame *frame, const PyExpr *expr);
/* 1: all conditions of the loop hold, 0: one does not, -1: failed. */
int py_conditions_hold(PyInterp *interp, Frame *frame, const PyComprehension *part);
Flow py_exec_block(PyInterp *interp, Frame *frame, const PyBlock *block);
Flow py_exec_with(PyInterp *interp, Frame *frame, const PyStmt *stmt, guint item);
/* Whether the block does nothing but give values to names; and giving them all one unknown instead. */
gboolean py_only_binds(const PyBlock *block);
void py_bind_unknown(PyInterp *interp, Frame *frame, const PyBlock *block, PyValue unknown);
Flow py_exec_try(PyInterp *interp, Frame *frame, const PyStmt *stmt);
Flow py_exec_match(PyInterp *interp, Frame *frame, const PyStmt *stmt);
Flow py_exec_class(PyInterp *interp, Frame *frame, const PyStmt *stmt);
PyValue py_make_class(PyInterp *interp, PyStr *name, PyClass **bases, guint n, PyDict *attrs);
Flow py_exec_import(PyInterp *interp, Frame *frame, const PyStmt *stmt);
gboolean py_assign(PyInterp *interp, Frame *frame, const PyExpr *target, PyValue value);
gboolean py_store_name(PyInterp *interp, Frame *frame, PyStr *name, PyValue value);
PyValue py_load_name(PyInterp *interp, Frame *frame, PyStr *name);
gboolean py_delete_name(PyInterp *interp, Frame *frame, PyStr *name);
/* Python's __qualname__ of something defined in the frame. */
const char *py_qualname(PyInterp *interp, const Frame *frame, const PyStr *name);
PyValue py_make_function(PyInterp *interp, Frame *frame, PyStr *name, const PyParams *params,
                         const PyScope *scope);
PyValue py_call_function(PyInterp *interp, PyFunction *function, PyValue self, const PyArgs *args);

/* ---- generator.c, coroutine.c ---- */
PyValue py_generator_new(PyInterp *interp, Frame *frame, PyFunction *function);
PyValue py_generator_expression_new(PyInterp *interp, Frame *frame, const PyExpr *expr, PyValue first_iter);
/* sent: what yield gives; PY_NULL: raise thrown there.  TRUE: *item yielded; FALSE: ended or failed. */
gboolean py_generator_resume(PyInterp *interp, PyGenerator *generator, PyValue sent, PyValue thrown,
                             PyValue *item);
PyValue py_generator_yield(PyInterp *interp, PyValue value);
PyValue py_eval_yield_from(PyInterp *interp, Frame *frame, const PyExpr *expr);
void coroutines_free(PyInterp *interp);
Coroutine *coroutine_new(PyInterp *interp, void (*run)(PyInterp *interp, void *data), void *data);
void coroutine_switch_in(PyInterp *interp, Coroutine *coroutine);
void coroutine_switch_out(PyInterp *interp, Coroutine *coroutine, gboolean last);
extern const PyMethod generator_methods[];

/* ---- iterate.c ---- */
PyValue py_iterator_new(PyInterp *interp, const char *type_name,
                        gboolean (*next)(PyInterp *interp, PyIterator *self, PyValue *item), PyValue source);
/* Like py_iter(), for consumers to whom the order does not matter: sets may be given. */
PyValue py_iter_unordered(PyInterp *interp, PyValue v);
PyList *py_collect_unordered(PyInterp *interp, PyValue v);
/* Exactly n items into out; fails as unpacking does. */
gboolean py_unpack(PyInterp *interp, PyValue v, guint n, PyValue *out);

/* ---- operators.c, numbers.c, compare.c ---- */
PyValue py_numeric_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b);
/* int(d); raises for infinities and NaN. */
PyValue py_int_from_double(PyInterp *interp, gdouble d);
PyValue py_sequence_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b);
PyValue py_set_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b);
/* The comparison operators; may give any value when classes overload them. */
PyValue py_compare(PyInterp *interp, PyOp op, PyValue a, PyValue b);
int py_contains(PyInterp *interp, PyValue container, PyValue item);
/* a < b for sorting: 1, 0, -1. */
int py_less(PyInterp *interp, PyValue a, PyValue b);
gboolean py_sort_values(PyInterp *interp, PyValue *items, gsize n, PyValue key, gboolean reverse);
PyValue py_get_item(PyInterp *interp, PyValue v, PyValue key);
gboolean py_set_item(PyInterp *interp, PyValue v, PyValue key, PyValue value);
gboolean py_del_item(PyInterp *interp, PyValue v, PyValue key);
/* Python's slice.indices(); FALSE on failure. */
gboolean py_slice_indices(PyInterp *interp, const PySlice *slice, gsize len, gint64 *start, gint64 *step,
                          gsize *n);
gboolean py_index_value(PyInterp *interp, PyValue v, gint64 *index);
gsize py_range_len(const PyRange *range);
PyValue py_inplace_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b);

/* ---- text output: builder.c, repr.c, format.c, strformat.c ---- */

/* A growing str in the arena; an unknown put into it makes the whole unknown. */
typedef struct {
  PyInterp *interp;
  char *data;
  gsize len, capacity;
  const PyReason *reason; /* first unknown */
  gboolean failed;
} Builder;

void builder_init(Builder *b, PyInterp *interp);
void builder_put(Builder *b, const char *data, gsize len);
void builder_text(Builder *b, const char *text);
void builder_char(Builder *b, char c);
void builder_unichar(Builder *b, gunichar c);
void builder_printf(Builder *b, const char *format, ...) G_GNUC_PRINTF(2, 3);
void builder_repr(Builder *b, PyValue v);
void builder_str(Builder *b, PyValue v);
void builder_unknown(Builder *b, const PyReason *reason);
PyValue builder_end(Builder *b);
PyValue builder_end_bytes(Builder *b);

char *py_float_repr(Arena *arena, gdouble d);
void builder_float(Builder *b, gdouble d);
void builder_str_repr(Builder *b, const PyStr *s);
/* text % values */
PyValue py_percent_format(PyInterp *interp, PyValue format, PyValue values);
/* text.format(...) */
PyValue py_brace_format(PyInterp *interp, const PyStr *format, const PyArgs *args, PyValue mapping);
PyValue py_format_value(PyInterp *interp, PyValue v, const PyStr *spec);

/* ---- builtins and methods ---- */
extern const PyMethod builtin_functions[], builtin_functions_more[];
extern const PyMethod str_methods[], str_part_methods[], bytes_methods[], list_methods[], tuple_methods[],
    dict_methods[], set_methods[], frozenset_methods[], int_methods[], float_methods[], range_methods[];
PyValue py_construct_builtin(PyInterp *interp, PyClass *cls, PyType type, const PyArgs *args);
extern const PyHostClass dict_keys_class, dict_values_class, dict_items_class, super_class;
PyValue py_super_new(PyInterp *interp, PyClass *after, PyValue self);
PyValue py_super_getattr(PyInterp *interp, PyInstance *instance, PyStr *name);

/* ---- enums.c ---- */
gboolean py_enum_finish(PyInterp *interp, PyClass *cls);
PyValue py_enum_call(PyInterp *interp, PyClass *cls, const PyArgs *args);
PyValue py_enum_by_name(PyInterp *interp, PyClass *cls, PyValue name);
void py_make_enums(PyRuntime *runtime);

/* ---- modules.c ---- */
PyValue py_import_module(PyInterp *interp, const char *name, gboolean *missing);
PyValue py_module_attr(PyInterp *interp, PyModule *module, PyStr *name);
PyValue py_text_value(PyInterp *interp, const char *text);
void py_add_standard_modules(PyRuntime *runtime);
gboolean py_is_standard(const PyModuleDef *module);
extern const PyLibrary py_library[]; /* the standard modules */

#pragma GCC visibility pop
