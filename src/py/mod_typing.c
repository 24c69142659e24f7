/* typing: its names stand in annotations, which are not evaluated; what is called gives something harmless. */
#include <string.h>

#include "modules.h"
#include "object.h"

static PyValue same(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->values[call->n_values - 1];
}

static PyValue first(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->values[0];
}

static PyValue form_new(PyInterp *interp, PyCall *call)
{
  return py_host_new(interp, call->cls, NULL);
}

static PyValue form_getitem(PyInterp *interp, PyValue self, PyValue key)
{
  (void)interp;
  (void)key;
  return self;
}

static PyValue form_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  (void)interp;
  (void)other;
  (void)reflected;
  return op == PY_OR ? self : py_not_implemented();
}

static PyValue form_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  (void)interp;
  return name->data[0] == '_' ? py_null() : self;
}

/* Any, Optional[...], TypeVar("T"): whatever is done to one gives it back. */
static const PyHostClass form_class = {.name = "_SpecialForm",
                                       .module = "typing",
                                       .construct = form_new,
                                       .flags = PY_TAKES_UNKNOWN,
                                       .getitem = form_getitem,
                                       .binary = form_binary,
                                       .getattr = form_getattr,
                                       .call = form_new,
                                       .call_flags = PY_TAKES_UNKNOWN};

static PyValue protocol_new(PyInterp *interp, PyCall *call)
{
  return py_host_new(interp, call->cls, NULL);
}

/* Bases that add nothing: Generic, Protocol. */
static const PyHostClass generic_class = {.name = "Generic", .module = "typing", .construct = protocol_new};

static const PyMethod typing_functions[] = {
    {"cast", same, "typ, val", PY_TAKES_UNKNOWN},    {"final", first, "f", PY_TAKES_UNKNOWN},
    {"no_type_check", first, "f", PY_TAKES_UNKNOWN}, {"overload", first, "f", PY_TAKES_UNKNOWN},
    {"override", first, "f", PY_TAKES_UNKNOWN},      {"runtime_checkable", first, "cls", PY_TAKES_UNKNOWN},
    {"NewType", same, "name, tp", PY_TAKES_UNKNOWN}, {0},
};

typedef struct {
  const char *name;
  PyType type;
} Builtin;

/* Names that mean a builtin class, also as a base. */
static const Builtin builtins[] = {
    {"Dict", PY_DICT},           {"List", PY_LIST}, {"Set", PY_SET},        {"Tuple", PY_TUPLE},
    {"FrozenSet", PY_FROZENSET}, {"Text", PY_STR},  {"TypedDict", PY_DICT}, {"Type", PY_CLASS},
};

static PyValue typing_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  (void)module;
  if (!strcmp(name, "TYPE_CHECKING"))
    return py_bool(FALSE);
  if (!strcmp(name, "Generic") || !strcmp(name, "Protocol"))
    return py_class_value(py_host_class(interp, &generic_class));
  if (!strcmp(name, "NamedTuple"))
    return py_getattr(interp, py_import(interp, "_namedtuple"), "NamedTuple");
  if (!strcmp(name, "get_type_hints"))
    return py_unknown(interp, PY_NEEDS_PYTHON, "typing.get_type_hints");
  for (gsize i = 0; i < G_N_ELEMENTS(builtins); i++)
    if (!strcmp(name, builtins[i].name))
      return py_class_value(interp->runtime->types[builtins[i].type]);
  return name[0] == '_' ? py_null() : py_host_object(interp, &form_class, NULL);
}

static const char *const typing_star[] = {
    "Any",   "Callable",      "ClassVar", "Dict",       "Final",     "Generic",  "Iterable", "Iterator",
    "List",  "Literal",       "Mapping",  "NamedTuple", "Optional",  "Protocol", "Sequence", "Set",
    "Tuple", "TYPE_CHECKING", "Type",     "TypeVar",    "TypedDict", "Union",    "cast",     NULL};

const PyModuleDef py_module_typing = {
    .name = "typing", .functions = typing_functions, .getattr = typing_attr, .star = typing_star};

/* The same names from other places. */
const PyModuleDef py_module_typing_extensions = {
    .name = "typing_extensions", .functions = typing_functions, .getattr = typing_attr, .star = typing_star};

static const char *const abc_star[] = {"Callable", "Iterable", "Iterator", "Mapping", "Sequence", NULL};
const PyModuleDef py_module_collections_abc = {
    .name = "collections.abc", .getattr = typing_attr, .star = abc_star};
