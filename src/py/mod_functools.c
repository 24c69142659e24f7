/* The functools module. */
#include <string.h>

#include "modules.h"

/* ---- partial ---- */

typedef struct {
  PyValue function;
  const PyValue *args;
  guint n_args;
  PyDict *keywords;
} Partial;

static const PyHostClass partial_class;

static PyValue partial_construct(PyInterp *interp, PyCall *call)
{
  if (call->n_args == 0)
    return py_raise(interp, "TypeError", "type 'partial' takes at least one argument");
  Partial *partial = arena_new0(py_arena(interp), Partial);
  PyValue *args = arena_array(py_arena(interp), PyValue, call->n_args);
  memcpy(args, call->args + 1, sizeof(PyValue) * (call->n_args - 1));
  *partial = (Partial){call->args[0], args, call->n_args - 1, py_dict(interp).dict};
  for (guint i = 0; i < call->n_keywords; i++)
    py_dict_set_text(interp, partial->keywords, call->names[i]->data, call->keywords[i]);
  return py_host_new(interp, call->cls, partial);
}

static PyValue partial_call(PyInterp *interp, PyCall *call)
{
  const Partial *partial = py_payload(call->self, &partial_class);
  guint n = partial->n_args + call->n_args;
  PyValue *args = arena_array(py_arena(interp), PyValue, n + 1);
  memcpy(args, partial->args, sizeof(PyValue) * partial->n_args);
  memcpy(args + partial->n_args, call->args, sizeof(PyValue) * call->n_args);
  PyDict *keywords = py_dict(interp).dict;
  PyValue key, value;
  for (gsize at = 0; py_dict_next(partial->keywords, &at, &key, &value);)
    py_dict_set(interp, keywords, key, value);
  for (guint i = 0; i < call->n_keywords; i++)
    py_dict_set_text(interp, keywords, call->names[i]->data, call->keywords[i]);
  return py_call_keywords(interp, partial->function, args, n, keywords);
}

static PyValue partial_attr(PyInterp *interp, PyValue self, PyStr *name)
{
  const Partial *partial = py_payload(self, &partial_class);
  if (py_str_is(name, "func"))
    return partial->function;
  if (py_str_is(name, "args"))
    return py_tuple(interp, partial->args, partial->n_args);
  return py_null();
}

static const PyHostClass partial_class = {.name = "partial",
                                          .module = "functools",
                                          .construct = partial_construct,
                                          .flags = PY_TAKES_UNKNOWN,
                                          .call = partial_call,
                                          .call_flags = PY_TAKES_UNKNOWN,
                                          .getattr = partial_attr};

/* ---- decorators ---- */

/* A decorator that gives back what it decorates: caching shows no difference in a run without side effects of its own,
 * and a function keeps the name it was defined with. */
static PyValue same(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->args[0];
}

static const PyMethod same_method = {"decorator", same, NULL, PY_TAKES_UNKNOWN};

static PyValue give_decorator(PyInterp *interp, PyCall *call)
{
  (void)call;
  return py_native(interp, &same_method);
}

/* @lru_cache and @lru_cache(maxsize=...) alike. */
static PyValue lru_cache(PyInterp *interp, PyCall *call)
{
  if (call->n_args == 1 && py_callable(interp, call->args[0]))
    return call->args[0];
  return py_native(interp, &same_method);
}

static PyValue cached_property(PyInterp *interp, PyCall *call)
{
  PyValue property = py_class_value(py_builtin_class(interp, "property"));
  return py_call(interp, property, call->args, call->n_args);
}

/* ---- reduce, cmp_to_key ---- */

static PyValue reduce(PyInterp *interp, PyCall *call)
{
  PyList *items = py_arg_list(call, 1);
  if (items == NULL)
    return py_null();
  gsize at = 0;
  PyValue total = call->values[2];
  if (py_is_null(total)) {
    if (items->len == 0)
      return py_raise(interp, "TypeError", "reduce() of empty iterable with no initial value");
    total = items->items[at++];
  }
  for (; at < items->len && !py_is_null(total); at++) {
    PyValue pair[] = {total, items->items[at]};
    total = py_call(interp, call->values[0], pair, 2);
  }
  return total;
}

static const PyMethod functions[] = {
    {"wraps", give_decorator, NULL, PY_TAKES_UNKNOWN},
    {"lru_cache", lru_cache, NULL, PY_TAKES_UNKNOWN},
    {"cache", same, NULL, PY_TAKES_UNKNOWN},
    {"cached_property", cached_property, NULL, PY_TAKES_UNKNOWN},
    {"reduce", reduce, "function, iterable, initial=?", PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static PyValue unknown_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  return py_unknown(interp, PY_NEEDS_PYTHON, "%s.%s", module->name, name);
}

static const PyHostClass *const classes[] = {&partial_class, NULL};

const PyModuleDef py_module_functools = {
    .name = "functools", .functions = functions, .classes = classes, .getattr = unknown_attr};
