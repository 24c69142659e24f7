/* Reading bound arguments. */
#include <string.h>

#include "object.h"

gboolean py_arg_given(const PyCall *call, guint i)
{
  return i < call->n_values && !py_is_null(call->values[i]) && !py_is_none(call->values[i]);
}

const char *py_arg_text(PyCall *call, guint i)
{
  PyValue v = py_plain(call->values[i]);
  if (v.type == PY_STR)
    return v.str->data;
  if (v.type == PY_UNKNOWN)
    py_stop_because(call->interp, v.reason);
  else
    py_raise(call->interp, "TypeError", "%s() argument %u must be str, not %s", call->function, i + 1,
             py_is_null(v) ? "nothing" : py_type_name(call->interp, call->values[i]));
  return NULL;
}

const char *py_arg_text_opt(PyCall *call, guint i, gboolean *ok)
{
  *ok = TRUE;
  if (!py_arg_given(call, i))
    return NULL;
  const char *text = py_arg_text(call, i);
  *ok = text != NULL;
  return text;
}

gboolean py_arg_int(PyCall *call, guint i, gint64 *value)
{
  return py_index_value(call->interp, call->values[i], value);
}

int py_arg_bool(PyCall *call, guint i, gboolean otherwise)
{
  return py_arg_given(call, i) ? py_truth(call->interp, call->values[i]) : otherwise;
}

PyList *py_arg_list(PyCall *call, guint i)
{
  if (!py_arg_given(call, i))
    return py_list(call->interp, 0).list;
  return py_collect(call->interp, call->values[i]);
}

PyValue py_call_get(const PyCall *call, const char *name)
{
  for (guint i = 0; i < call->n_keywords; i++)
    if (py_str_is(call->names[i], name))
      return call->keywords[i];
  return py_null();
}
