/* The module _retort: what the modules written in Python need from the program. */
#include <glib/gi18n.h>

#include "modules.h"
#include "object.h"

/* unknown(kind, text): kind is "clock", "database" or "python". */
static PyValue retort_unknown(PyInterp *interp, PyCall *call)
{
  const char *kind = py_arg_text(call, 0), *text = kind ? py_arg_text(call, 1) : NULL;
  if (!text)
    return py_null();
  PyReasonKind reason = *kind == 'c'   ? PY_NONDETERMINISTIC
                        : *kind == 'd' ? PY_NEEDS_DATABASE
                                       : PY_NEEDS_PYTHON;
  return py_unknown(interp, reason, _("%s cannot be known in advance"), text);
}

static PyValue retort_read_text(PyInterp *interp, PyCall *call)
{
  gboolean ok = TRUE;
  const char *path = py_arg_text(call, 0);
  const char *encoding = path ? py_arg_text_opt(call, 1, &ok) : NULL;
  return path && ok ? py_read_file(interp, path, encoding) : py_null();
}

static PyValue retort_write(PyInterp *interp, PyCall *call)
{
  PyValue text = call->values[0];
  if (interp->print && text.type == PY_STR)
    interp->print(interp->print_data, text.str->data, text.str->len);
  return py_none();
}

/* is_unknown(v): lets a module pass one on without deciding by it. */
static PyValue retort_is_unknown(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return py_bool(call->values[0].type == PY_UNKNOWN);
}

/* is_user_object(v): an instance of a class written in Python, all of whose state is in its attributes. */
static PyValue retort_is_user_object(PyInterp *interp, PyCall *call)
{
  (void)interp;
  PyValue v = call->values[0];
  return py_bool(v.type == PY_INSTANCE && v.instance->cls->user && !v.instance->cls->host &&
                 !v.instance->cls->is_enum && v.instance->value.type == PY_NULL);
}

static const PyMethod retort_functions[] = {
    {"unknown", retort_unknown, "kind, text", PY_METHOD_PLAIN},
    {"read_text", retort_read_text, "path, encoding=None", PY_PURE},
    {"write", retort_write, "text", PY_TAKES_UNKNOWN},
    {"is_unknown", retort_is_unknown, "value", PY_TAKES_UNKNOWN},
    {"is_user_object", retort_is_user_object, "value", PY_TAKES_UNKNOWN},
    {0},
};

const PyModuleDef py_module_retort = {.name = "_retort", .functions = retort_functions};

/* builtins */

static PyValue builtins_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  (void)module;
  return py_dict_get_text(interp->runtime->builtins, name);
}

const PyModuleDef py_module_builtins = {.name = "builtins", .getattr = builtins_attr};
