/* Calling functions, natives, methods, classes and objects. */
#include <string.h>
#include <alloca.h>
#include <glib/gi18n.h>

#include "object.h"

/* ---- natives ---- */

PyValue py_native_value(PyInterp *interp, const PyMethod *method, PyValue self, const char *owner)
{
  PyNative *native = new0(interp, PyNative);
  native->def = method;
  native->self = self;
  native->owner = owner;
  native->signature = method->params ? py_signature_parse(interp->arena, method->params) : NULL;
  return (PyValue){.type = PY_NATIVE, .native = native};
}

PyValue py_native(PyInterp *interp, const PyMethod *method)
{
  return py_native_value(interp, method, py_null(), NULL);
}

PyValue py_native_bound(PyInterp *interp, const PyMethod *method, PyValue self)
{
  return py_native_value(interp, method, self, NULL);
}

/* The first unknown among self and the direct arguments. */
static const PyReason *unknown_argument(PyValue self, const PyArgs *args)
{
  if (self.type == PY_UNKNOWN)
    return self.reason;
  for (guint i = 0; i < args->n; i++)
    if (args->args[i].type == PY_UNKNOWN)
      return args->args[i].reason;
  for (guint i = 0; i < args->n_keywords; i++)
    if (args->keywords[i].type == PY_UNKNOWN)
      return args->keywords[i].reason;
  return NULL;
}

/* Natives go through their arguments in one step of ours, so that long ones must count for more. */
static guint64 size_steps(PyValue v)
{
  v = py_plain(v);
  switch (v.type) {
  case PY_STR:
  case PY_BYTES: return v.str->len / 64;
  case PY_LIST:
  case PY_TUPLE: return v.list->len / 8;
  case PY_DICT:
  case PY_SET:
  case PY_FROZENSET: return v.dict->live / 8;
  default: return 0;
  }
}

PyValue py_run_native(PyInterp *interp, PyNativeFunction function, const PySignature *signature,
                      PyMethodFlags flags, const char *name, PyValue self, PyClass *cls, const PyArgs *args)
{
  if (!(flags & PY_TAKES_UNKNOWN)) {
    const PyReason *reason = unknown_argument(self, args);
    if (reason)
      return flags & PY_PURE ? py_doubt(interp, py_unknown_because(reason)) : py_stop_because(interp, reason);
  }
  PyValue *values = alloca(sizeof(PyValue) * (py_signature_size(signature) + 1));
  if (signature && !py_signature_bind(interp, signature, name, args, values))
    return py_null();
  guint64 steps = size_steps(self);
  for (guint i = 0; i < args->n; i++)
    steps += size_steps(args->args[i]);
  if (py_deep(interp) || !py_spend(interp, steps))
    return py_null();
  PyCall call = {.interp = interp,
                 .self = self,
                 .cls = cls,
                 .values = values,
                 .n_values = py_signature_size(signature),
                 .args = args->args,
                 .n_args = args->n,
                 .names = args->names,
                 .keywords = args->keywords,
                 .n_keywords = args->n_keywords,
                 .place = py_here(interp),
                 .function = name};
  interp->depth++;
  PyValue result = function(interp, &call);
  interp->depth--;
  return py_failed(interp) ? py_null() : result;
}

static PyValue call_native(PyInterp *interp, PyNative *native, PyValue self, const PyArgs *args)
{
  if (native->self.type != PY_NULL)
    self = native->self;
  else if (self.type == PY_INSTANCE && self.instance->value.type != PY_NULL && native->owner) {
    const PyClass *owner = g_hash_table_lookup(interp->runtime->classes, native->owner);
    if (owner && owner->builtin)
      self = self.instance->value;
  }
  PyClass *cls = self.type == PY_CLASS ? self.cls : NULL;
  return py_run_native(interp, native->def->function, native->signature, native->def->flags,
                       native->def->name, self, cls, args);
}

/* A method of a builtin class called through the class: str.upper("x"). */
static PyValue call_unbound(PyInterp *interp, PyNative *native, const PyArgs *args)
{
  if (!native->owner || native->self.type != PY_NULL || native->def->flags & (PY_STATIC | PY_CLASSMETHOD) ||
      !args->n)
    return call_native(interp, native, py_null(), args);
  PyArgs rest = *args;
  rest.args++;
  rest.n--;
  PyClass *cls = g_hash_table_lookup(interp->runtime->classes, native->owner);
  PyValue self = args->args[0];
  if (cls && self.type != PY_UNKNOWN && !py_isinstance(interp, self, cls) && cls != interp->runtime->object)
    return py_raise(interp, "TypeError", "descriptor '%s' for '%s' objects doesn't apply to a '%s' object",
                    native->def->name, native->owner, py_type_name(interp, self));
  return call_native(interp, native, self, &rest);
}

/* ---- Python functions ---- */

static gboolean too_many(PyInterp *interp, PyFunction *function, guint given)
{
  guint most = function->params->n_positional, least = most;
  while (least && !py_is_null(function->defaults[least - 1]))
    least--;
  const char *range = least < most ? arena_printf(interp->arena, "from %u to %u", least, most)
                                   : arena_printf(interp->arena, "%u", most);
  py_raise(interp, "TypeError", "%s() takes %s positional argument%s but %u %s given", function->qualname,
           range, most == 1 && least == most ? "" : "s", given, given == 1 ? "was" : "were");
  return FALSE;
}

static gboolean bind_extra(PyInterp *interp, PyFunction *function, const PyArgs *args, guint shift,
                           PyValue self, Frame *frame)
{
  const PyParams *params = function->params;
  guint given = args->n + shift;
  if (params->star) {
    guint first = params->n_positional > shift ? params->n_positional - shift : 0;
    guint n = args->n > first ? args->n - first : 0;
    if (shift && !params->n_positional) {
      PyValue *items = new_array(interp, PyValue, n + 2);
      items[0] = self;
      for (guint i = 0; i < n; i++)
        items[i + 1] = args->args[first + i];
      frame->slots[params->n_params] = py_tuple_take(interp, items, n + 1);
    } else {
      frame->slots[params->n_params] = py_tuple(interp, args->args + (args->n ? MIN(first, args->n) : 0), n);
    }
    return TRUE;
  }
  if (given <= params->n_positional)
    return TRUE;
  return too_many(interp, function, given);
}

static int find_param(const PyParams *params, const PyStr *name)
{
  for (guint i = params->n_positional_only; i < params->n_params; i++)
    if (py_str_equal(params->params[i].name, name))
      return (int)i;
  return -1;
}

static gboolean bind_keyword(PyInterp *interp, PyFunction *function, Frame *frame, PyStr *name, PyValue value)
{
  const PyParams *params = function->params;
  int at = find_param(params, name);
  if (at >= 0) {
    if (!py_is_null(frame->slots[at])) {
      py_raise(interp, "TypeError", "%s() got multiple values for argument '%s'", function->qualname,
               name->data);
      return FALSE;
    }
    frame->slots[at] = value;
    return TRUE;
  }
  if (params->star_star) {
    guint slot = params->n_params + (params->star ? 1 : 0);
    if (py_dict_find(frame->slots[slot].dict, name)) {
      py_raise(interp, "TypeError", "%s() got multiple values for keyword argument '%s'", function->qualname,
               name->data);
      return FALSE;
    }
    py_dict_put(interp, frame->slots[slot].dict, name, value);
    return TRUE;
  }
  py_raise(interp, "TypeError", "%s() got an unexpected keyword argument '%s'", function->qualname,
           name->data);
  return FALSE;
}

/* "missing 2 required positional arguments: 'a' and 'b'" */
static gboolean missing_arguments(PyInterp *interp, PyFunction *function, Frame *frame, guint from, guint to,
                                  const char *kind)
{
  const PyParams *params = function->params;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = from; i < to; i++)
    if (py_is_null(frame->slots[i]) && py_is_null(function->defaults[i]))
      g_ptr_array_add(names, params->params[i].name->data);
  g_autoptr(GString) list = g_string_new(NULL);
  for (guint i = 0; i < names->len; i++) {
    if (i)
      g_string_append(list, names->len == 2 ? " and " : i + 1 == names->len ? ", and " : ", ");
    g_string_append_printf(list, "'%s'", (char *)names->pdata[i]);
  }
  py_raise(interp, "TypeError", "%s() missing %u required %s argument%s: %s", function->qualname, names->len,
           kind, names->len == 1 ? "" : "s", list->str);
  return FALSE;
}

static gboolean fill_defaults(PyInterp *interp, PyFunction *function, Frame *frame)
{
  const PyParams *params = function->params;
  for (guint i = 0; i < params->n_params; i++) {
    if (!py_is_null(frame->slots[i]))
      continue;
    frame->slots[i] = function->defaults[i];
    if (!py_is_null(frame->slots[i]))
      continue;
    return i < params->n_positional
               ? missing_arguments(interp, function, frame, 0, params->n_positional, "positional")
               : missing_arguments(interp, function, frame, params->n_positional, params->n_params,
                                   "keyword-only");
  }
  return TRUE;
}

static gboolean bind_function(PyInterp *interp, PyFunction *function, Frame *frame, PyValue self,
                              const PyArgs *args)
{
  const PyParams *params = function->params;
  guint shift = self.type == PY_NULL ? 0 : 1;
  if (shift && params->n_positional)
    frame->slots[0] = self;
  for (guint i = 0; i < args->n && i + shift < params->n_positional; i++)
    frame->slots[i + shift] = args->args[i];
  if (!bind_extra(interp, function, args, shift, self, frame))
    return FALSE;
  if (params->star_star)
    frame->slots[params->n_params + (params->star ? 1 : 0)] = py_dict(interp);
  for (guint i = 0; i < args->n_keywords; i++)
    if (!bind_keyword(interp, function, frame, args->names[i], args->keywords[i]))
      return FALSE;
  return fill_defaults(interp, function, frame);
}

PyValue py_call_function(PyInterp *interp, PyFunction *function, PyValue self, const PyArgs *args)
{
  if (function->is_async)
    return py_unknown(interp, PY_NEEDS_PYTHON, _("%s is an async function"), function->name->data);
  if (py_deep(interp) || !py_step(interp))
    return py_null();
  Frame *frame = new0(interp, Frame);
  frame->scope = function->scope;
  frame->slots = new_array(interp, PyValue, function->scope->n_names + 1);
  frame->outer = function->closure;
  frame->module = function->module;
  frame->tree = function->tree;
  frame->function = function;
  frame->caller = interp->frame;
  if (!bind_function(interp, function, frame, self, args))
    return py_null();
  frame->self = function->scope->n_names ? frame->slots[0] : py_null();
  if (function->scope->is_generator)
    return py_generator_new(interp, frame, function);
  interp->frame = frame;
  interp->depth++;
  PyValue result = py_none();
  if (function->expr) {
    result = py_eval(interp, frame, function->expr);
  } else {
    Flow flow = py_exec_block(interp, frame, function->body);
    if (flow == FLOW_RETURN)
      result = frame->result;
    else if (flow == FLOW_FAIL)
      result = py_null();
  }
  interp->depth--;
  interp->frame = frame->caller;
  return result;
}

/* ---- anything ---- */

/* What an unknown does when called cannot be known: while a module is loaded that is taken to be harmless. */
static PyValue call_unknown(PyInterp *interp, PyValue callee)
{
  if (callee.reason->kind == PY_NEEDS_PYTHON && !interp->loading)
    return py_stop_because(interp, callee.reason);
  return py_doubt(interp, callee);
}

static PyValue call_instance(PyInterp *interp, PyValue callee, const PyArgs *args)
{
  PyClass *cls = callee.instance->cls;
  PyValue method = py_special(interp, callee, "__call__");
  if (!py_is_null(method))
    return py_call_self(interp, method, callee, args);
  if (cls->host && cls->host->call)
    return py_run_native(interp, cls->host->call, cls->call_signature, cls->host->call_flags, cls->name->data,
                         callee, cls, args);
  return py_raise(interp, "TypeError", "'%s' object is not callable", cls->name->data);
}

PyValue py_call_self(PyInterp *interp, PyValue function, PyValue self, const PyArgs *args)
{
  if (self.type == PY_NULL)
    return py_call_args(interp, function, args);
  if (function.type == PY_FUNCTION)
    return py_call_function(interp, function.function, self, args);
  if (function.type == PY_NATIVE)
    return call_native(interp, function.native, self, args);
  PyValue *with_self = alloca(sizeof(PyValue) * (args->n + 1));
  with_self[0] = self;
  for (guint i = 0; i < args->n; i++)
    with_self[i + 1] = args->args[i];
  PyArgs all = *args;
  all.args = with_self;
  all.n = args->n + 1;
  return py_call_args(interp, function, &all);
}

PyValue py_call_args(PyInterp *interp, PyValue callee, const PyArgs *args)
{
  switch (callee.type) {
  case PY_FUNCTION: return py_call_function(interp, callee.function, py_null(), args);
  case PY_NATIVE: return call_unbound(interp, callee.native, args);
  case PY_METHOD: return py_call_self(interp, callee.method->function, callee.method->self, args);
  case PY_CLASS: return py_instantiate(interp, callee.cls, args);
  case PY_INSTANCE: return call_instance(interp, callee, args);
  case PY_UNKNOWN: return call_unknown(interp, callee);
  case PY_NULL: return callee;
  case PY_DESCRIPTOR:
    if (callee.descriptor->kind == DESCRIPTOR_STATIC)
      return py_call_args(interp, callee.descriptor->get, args);
    break;
  default: break;
  }
  return py_raise(interp, "TypeError", "'%s' object is not callable", py_type_name(interp, callee));
}

PyValue py_call_1(PyInterp *interp, PyValue callee, PyValue a)
{
  return py_call_args(interp, callee, &(PyArgs){.args = &a, .n = 1});
}

PyValue py_call_2(PyInterp *interp, PyValue callee, PyValue a, PyValue b)
{
  PyValue args[] = {a, b};
  return py_call_args(interp, callee, &(PyArgs){.args = args, .n = 2});
}

/* ---- the interface ---- */

/* A call that comes from outside: sets where the stack begins. */
static PyValue call_from_host(PyInterp *interp, PyValue callee, const PyArgs *args)
{
  char *saved = interp->stack_limit;
  if (!saved)
    interp->stack_limit = (char *)__builtin_frame_address(0) - PY_STACK_BYTES;
  PyValue result = py_failed(interp) ? py_null() : py_call_args(interp, callee, args);
  interp->stack_limit = saved;
  return result;
}

PyValue py_call(PyInterp *interp, PyValue callee, const PyValue *args, guint n)
{
  return call_from_host(interp, callee, &(PyArgs){.args = args, .n = n});
}

PyValue py_call_keywords(PyInterp *interp, PyValue callee, const PyValue *args, guint n, PyDict *keywords)
{
  gsize count = keywords ? py_dict_len(keywords) : 0;
  PyStr **names = new_array(interp, PyStr *, count + 1);
  PyValue *values = new_array(interp, PyValue, count + 1);
  guint used = 0;
  PyValue key, value;
  for (gsize at = 0; keywords && py_dict_next(keywords, &at, &key, &value); used++) {
    if (key.type != PY_STR)
      return py_raise(interp, "TypeError", "keywords must be strings");
    names[used] = key.str;
    values[used] = value;
  }
  return call_from_host(interp, callee, &(PyArgs){args, n, names, values, used});
}

PyValue py_call_method(PyInterp *interp, PyValue self, const char *name, const PyValue *args, guint n)
{
  PyValue method = py_getattr(interp, self, name);
  return py_is_null(method) ? method : py_call(interp, method, args, n);
}

gboolean py_callable(PyInterp *interp, PyValue v)
{
  switch (v.type) {
  case PY_FUNCTION:
  case PY_NATIVE:
  case PY_METHOD:
  case PY_CLASS: return TRUE;
  case PY_INSTANCE:
    return !py_is_null(py_special(interp, v, "__call__")) ||
           (v.instance->cls->host && v.instance->cls->host->call);
  default: return FALSE;
  }
}
