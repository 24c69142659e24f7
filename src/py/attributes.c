/* v.name: instances, classes, modules, functions, and everything else through its class. */
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

static PyValue new_method(PyInterp *interp, PyValue function, PyValue self)
{
  PyMethodValue *method = new0(interp, PyMethodValue);
  *method = (PyMethodValue){function, self};
  return (PyValue){.type = PY_METHOD, .method = method};
}

static PyValue bind_native(PyInterp *interp, PyValue found, PyValue self, PyClass *cls)
{
  PyMethodFlags flags = found.native->def->flags;
  if (flags & PY_STATIC || found.native->self.type != PY_NULL)
    return found;
  if (flags & PY_CLASSMETHOD)
    return new_method(interp, found, py_class_value(cls));
  if (self.type == PY_NULL)
    return found;
  if (flags & PY_PROPERTY)
    return py_call_self(interp, found, self, &(PyArgs){0});
  return new_method(interp, found, self);
}

static PyValue bind_descriptor(PyInterp *interp, PyValue found, PyValue self, PyClass *cls)
{
  switch (found.descriptor->kind) {
  case DESCRIPTOR_STATIC: return found.descriptor->get;
  case DESCRIPTOR_CLASS: return new_method(interp, found.descriptor->get, py_class_value(cls));
  default: return self.type == PY_NULL ? found : py_call_1(interp, found.descriptor->get, self);
  }
}

/* What a value found on a class becomes when looked up on self (PY_NULL: on the class itself). */
PyValue py_bind(PyInterp *interp, PyValue found, PyValue self, PyClass *cls)
{
  switch (found.type) {
  case PY_FUNCTION: return self.type == PY_NULL ? found : new_method(interp, found, self);
  case PY_NATIVE: return bind_native(interp, found, self, cls);
  case PY_DESCRIPTOR: return bind_descriptor(interp, found, self, cls);
  case PY_INSTANCE: {
    PyValue get = py_special(interp, found, "__get__");
    if (py_is_null(get))
      return found;
    PyValue args[] = {self.type == PY_NULL ? py_none() : self, py_class_value(cls)};
    return py_call_self(interp, get, found, &(PyArgs){.args = args, .n = 2});
  }
  default: return found;
  }
}

static PyValue class_value_or_none(PyClass *cls)
{
  return cls ? py_class_value(cls) : py_none();
}

static PyValue copied_dict(PyInterp *interp, const PyDict *dict)
{
  return (PyValue){.type = PY_DICT, .dict = dict ? py_dict_copy(interp, dict) : py_dict_new(interp)};
}

/* ---- instances ---- */

static PyValue instance_special(PyInterp *interp, PyValue v, PyStr *name)
{
  if (py_str_is(name, "__class__"))
    return class_value_or_none(v.instance->cls);
  if (py_str_is(name, "__dict__"))
    return (PyValue){.type = PY_DICT, .dict = py_instance_dict(interp, v)};
  if (py_str_is(name, "__doc__"))
    return py_none();
  return py_null();
}

/* A property, or a descriptor with __set__: goes before the instance's own attributes. */
static gboolean is_data_descriptor(PyInterp *interp, PyValue found)
{
  return (found.type == PY_DESCRIPTOR && found.descriptor->kind == DESCRIPTOR_PROPERTY) ||
         (found.type == PY_NATIVE && found.native->def->flags & PY_PROPERTY) ||
         (found.type == PY_INSTANCE && !py_is_null(py_special(interp, found, "__set__")));
}

static PyValue user_getattr(PyInterp *interp, PyValue v, PyStr *name)
{
  PyValue hook = py_special(interp, v, "__getattr__");
  if (py_is_null(hook))
    return py_null();
  PyValue arg = py_from_str(name);
  return py_call_self(interp, hook, v, &(PyArgs){.args = &arg, .n = 1});
}

/* Classes of Python's own modules have more than is written here: what they lack is unknown rather than an error. */
static PyValue not_known_here(PyInterp *interp, PyValue v, const PyStr *name)
{
  const PyHostClass *host = py_host_of(v);
  const PyModuleDef *module =
      host && host->module ? g_hash_table_lookup(interp->runtime->modules, host->module) : NULL;
  if (!module || !py_is_standard(module) || name->data[0] == '_')
    return py_null();
  return py_unknown(interp, PY_NEEDS_PYTHON, _("%s.%s.%s is not known here"), host->module, host->name,
                    name->data);
}

static PyValue instance_attr(PyInterp *interp, PyValue v, PyStr *name)
{
  PyInstance *instance = v.instance;
  PyClass *cls = instance->cls;
  if (cls->host_def == &super_class)
    return py_super_getattr(interp, instance, name);
  PyValue found = py_class_lookup(cls, name);
  if (!py_is_null(found) && is_data_descriptor(interp, found))
    return py_bind(interp, found, v, cls);
  PyValue *own = instance->dict ? py_dict_find(instance->dict, name) : NULL;
  if (own)
    return *own;
  if (!py_is_null(found))
    return py_bind(interp, found, v, cls);
  if (cls->host && cls->host->getattr) {
    found = cls->host->getattr(interp, v, name);
    if (!py_is_null(found) || py_failed(interp))
      return found;
  }
  found = instance_special(interp, v, name);
  if (py_is_null(found))
    found = user_getattr(interp, v, name);
  return py_is_null(found) && !py_failed(interp) ? not_known_here(interp, v, name) : found;
}

/* ---- classes ---- */

static PyValue class_tuple(PyInterp *interp, PyClass *const *classes, guint n)
{
  PyValue *items = new_array(interp, PyValue, n + 1);
  for (guint i = 0; i < n; i++)
    items[i] = py_class_value(classes[i]);
  return py_tuple_take(interp, items, n);
}

static PyValue enum_members_dict(PyInterp *interp, PyClass *cls)
{
  PyValue members = py_dict(interp);
  PyValue key, value;
  for (gsize at = 0; py_dict_next(cls->attrs, &at, &key, &value);)
    if (value.type == PY_INSTANCE && value.instance->cls == cls)
      py_dict_set(interp, members.dict, key, value);
  return members;
}

static PyValue class_special(PyInterp *interp, PyClass *cls, PyStr *name)
{
  if (py_str_is(name, "__name__") || py_str_is(name, "__qualname__"))
    return py_from_str(cls->name);
  if (py_str_is(name, "__module__"))
    return py_text_value(interp, cls->module);
  if (py_str_is(name, "__mro__"))
    return class_tuple(interp, cls->mro, cls->n_mro);
  if (py_str_is(name, "__bases__"))
    return class_tuple(interp, cls->bases, cls->n_bases);
  if (py_str_is(name, "__base__"))
    return cls->n_bases ? py_class_value(cls->bases[0]) : py_none();
  if (py_str_is(name, "__dict__"))
    return copied_dict(interp, cls->attrs);
  if (py_str_is(name, "__class__"))
    return py_class_value(interp->runtime->type);
  if (py_str_is(name, "__doc__"))
    return py_none();
  if (py_str_is(name, "__members__") && cls->is_enum)
    return enum_members_dict(interp, cls);
  if (py_str_is(name, "__annotations__"))
    return py_dict(interp);
  return py_null();
}

static PyValue class_attr(PyInterp *interp, PyClass *cls, PyStr *name)
{
  PyValue found = py_class_lookup(cls, name);
  if (!py_is_null(found))
    return py_bind(interp, found, py_null(), cls);
  if (cls->host && cls->host->class_getattr) {
    found = cls->host->class_getattr(interp, cls, name);
    if (!py_is_null(found) || py_failed(interp))
      return found;
  }
  return class_special(interp, cls, name);
}

/* ---- functions ---- */

static PyValue function_attr(PyInterp *interp, PyFunction *function, PyStr *name)
{
  PyValue *own = function->attrs ? py_dict_find(function->attrs, name) : NULL;
  if (own)
    return *own;
  if (py_str_is(name, "__name__"))
    return py_from_str(function->name);
  if (py_str_is(name, "__qualname__"))
    return py_text_value(interp, function->qualname);
  if (py_str_is(name, "__doc__"))
    return function->doc ? py_from_str(function->doc) : py_none();
  if (py_str_is(name, "__module__"))
    return py_text_value(interp, function->module ? function->module->name : "builtins");
  if (py_str_is(name, "__dict__")) {
    if (!function->attrs)
      function->attrs = py_dict_new(interp);
    return (PyValue){.type = PY_DICT, .dict = function->attrs};
  }
  if (py_str_is(name, "__annotations__"))
    return py_dict(interp);
  return py_null();
}

static PyValue native_attr(PyInterp *interp, PyNative *native, PyStr *name)
{
  if (py_str_is(name, "__name__") || py_str_is(name, "__qualname__"))
    return py_text_value(interp, native->def->name);
  if (py_str_is(name, "__doc__"))
    return py_none();
  if (py_str_is(name, "__module__"))
    return py_text_value(interp, "builtins");
  return py_null();
}

static PyValue method_attr(PyInterp *interp, PyMethodValue *method, PyStr *name)
{
  if (py_str_is(name, "__self__"))
    return method->self;
  if (py_str_is(name, "__func__"))
    return method->function;
  return py_find_attr(interp, method->function, name);
}

static PyValue property_attr(PyInterp *interp, PyDescriptor *descriptor, PyStr *name);

static PyValue slice_attr(const PySlice *slice, PyStr *name)
{
  return py_str_is(name, "start")  ? slice->start
         : py_str_is(name, "stop") ? slice->stop
         : py_str_is(name, "step") ? slice->step
                                   : py_null();
}

PyValue py_find_attr(PyInterp *interp, PyValue v, PyStr *name)
{
  PyValue found = py_null();
  switch (v.type) {
  case PY_UNKNOWN: return py_doubt(interp, v);
  case PY_INSTANCE: return instance_attr(interp, v, name);
  case PY_CLASS: return class_attr(interp, v.cls, name);
  case PY_MODULE: return py_module_attr(interp, v.module, name);
  case PY_FUNCTION: found = function_attr(interp, v.function, name); break;
  case PY_NATIVE: found = native_attr(interp, v.native, name); break;
  case PY_METHOD: found = method_attr(interp, v.method, name); break;
  case PY_DESCRIPTOR: found = property_attr(interp, v.descriptor, name); break;
  case PY_SLICE: found = slice_attr(v.slice, name); break;
  default: break;
  }
  if (!py_is_null(found) || py_failed(interp))
    return found;
  PyClass *cls = py_class_of(interp, v);
  found = py_class_lookup(cls, name);
  if (!py_is_null(found))
    return py_bind(interp, found, v, cls);
  if (py_str_is(name, "__class__"))
    return py_class_value(cls);
  return py_str_is(name, "__doc__") ? py_none() : py_null();
}

static PyValue no_attribute(PyInterp *interp, PyValue v, PyStr *name)
{
  if (v.type == PY_MODULE)
    return py_raise(interp, "AttributeError", "module '%s' has no attribute '%s'", v.module->name,
                    name->data);
  if (v.type == PY_CLASS)
    return py_raise(interp, "AttributeError", "type object '%s' has no attribute '%s'", v.cls->name->data,
                    name->data);
  return py_raise(interp, "AttributeError", "'%s' object has no attribute '%s'", py_type_name(interp, v),
                  name->data);
}

PyValue py_get_attr(PyInterp *interp, PyValue v, PyStr *name)
{
  PyValue found = py_find_attr(interp, v, name);
  return py_is_null(found) && !py_failed(interp) ? no_attribute(interp, v, name) : found;
}

gboolean py_find_method(PyInterp *interp, PyValue v, PyStr *name, PyValue *function, PyValue *self)
{
  *self = py_null();
  if (v.type != PY_UNKNOWN && v.type != PY_CLASS && v.type != PY_MODULE && v.type != PY_FUNCTION &&
      v.type != PY_METHOD && v.type != PY_DESCRIPTOR &&
      !(v.type == PY_INSTANCE && (v.instance->dict || v.instance->cls->host_def == &super_class))) {
    PyClass *cls = py_class_of(interp, v);
    PyValue found = py_class_lookup(cls, name);
    gboolean plain_native = found.type == PY_NATIVE && found.native->self.type == PY_NULL &&
                            !(found.native->def->flags & (PY_STATIC | PY_CLASSMETHOD | PY_PROPERTY));
    if (found.type == PY_FUNCTION || plain_native) {
      *function = found;
      *self = v;
      return TRUE;
    }
  }
  *function = py_get_attr(interp, v, name);
  return !py_is_null(*function);
}

/* ---- properties ---- */

static PyValue property_with_setter(PyInterp *interp, PyCall *call)
{
  PyDescriptor *copy = new0(interp, PyDescriptor);
  *copy = *call->self.descriptor;
  copy->set = call->values[0];
  return (PyValue){.type = PY_DESCRIPTOR, .descriptor = copy};
}

static PyValue property_with_getter(PyInterp *interp, PyCall *call)
{
  PyDescriptor *copy = new0(interp, PyDescriptor);
  *copy = *call->self.descriptor;
  copy->get = call->values[0];
  return (PyValue){.type = PY_DESCRIPTOR, .descriptor = copy};
}

static const PyMethod property_setter = {"setter", property_with_setter, "function", PY_TAKES_UNKNOWN};
static const PyMethod property_getter = {"getter", property_with_getter, "function", PY_TAKES_UNKNOWN};

static PyValue property_attr(PyInterp *interp, PyDescriptor *descriptor, PyStr *name)
{
  PyValue self = {.type = PY_DESCRIPTOR, .descriptor = descriptor};
  if (py_str_is(name, "setter"))
    return py_native_bound(interp, &property_setter, self);
  if (py_str_is(name, "getter") || py_str_is(name, "deleter"))
    return py_native_bound(interp, &property_getter, self);
  if (py_str_is(name, "fget") || py_str_is(name, "__func__") || py_str_is(name, "__wrapped__"))
    return descriptor->get;
  return py_null();
}

/* ---- setting and deleting ---- */

static gboolean set_instance_attr(PyInterp *interp, PyValue v, PyStr *name, PyValue value)
{
  PyClass *cls = v.instance->cls;
  PyValue hook = py_special(interp, v, "__setattr__");
  if (!py_is_null(hook)) {
    PyValue args[] = {py_from_str(name), value};
    return !py_is_null(py_call_self(interp, hook, v, &(PyArgs){.args = args, .n = 2}));
  }
  PyValue found = py_class_lookup(cls, name);
  if (found.type == PY_DESCRIPTOR && found.descriptor->kind == DESCRIPTOR_PROPERTY) {
    if (found.descriptor->set.type != PY_NULL)
      return !py_is_null(py_call_2(interp, found.descriptor->set, v, value));
    py_raise(interp, "AttributeError", "property '%s' of '%s' object has no setter", name->data,
             cls->name->data);
    return FALSE;
  }
  if (found.type == PY_INSTANCE && !py_is_null(py_special(interp, found, "__set__"))) {
    PyValue args[] = {v, value};
    return !py_is_null(
        py_call_self(interp, py_special(interp, found, "__set__"), found, &(PyArgs){.args = args, .n = 2}));
  }
  if (cls->host && cls->host->setattr)
    return cls->host->setattr(interp, v, name, value);
  py_dict_put(interp, py_instance_dict(interp, v), name, value);
  return TRUE;
}

static gboolean refuse_change(PyInterp *interp, const char *kind, const char *owner, PyStr *name)
{
  py_stop(interp, PY_NEEDS_PYTHON, _("it changes the attribute %s of %s %s"), name->data, kind, owner);
  return FALSE;
}

gboolean py_change_unknown(PyInterp *interp, PyValue v)
{
  if (interp->loading && !v.reason->host)
    return TRUE;
  py_stop_because(interp, v.reason);
  return FALSE;
}

gboolean py_set_attr(PyInterp *interp, PyValue v, PyStr *name, PyValue value)
{
  switch (v.type) {
  case PY_INSTANCE: return set_instance_attr(interp, v, name, value);
  case PY_CLASS:
    if (v.cls->in_runtime)
      return refuse_change(interp, _("class"), v.cls->name->data, name);
    py_dict_put(interp, v.cls->attrs, name, value);
    return TRUE;
  case PY_MODULE:
    if (v.module->in_runtime)
      return refuse_change(interp, _("module"), v.module->name, name);
    py_dict_put(interp, v.module->globals, name, value);
    return TRUE;
  case PY_FUNCTION:
    if (!v.function->attrs)
      v.function->attrs = py_dict_new(interp);
    py_dict_put(interp, v.function->attrs, name, value);
    return TRUE;
  case PY_UNKNOWN: return py_change_unknown(interp, v);
  default:
    py_raise(interp, "AttributeError", "'%s' object has no attribute '%s'", py_type_name(interp, v),
             name->data);
    return FALSE;
  }
}

gboolean py_del_attr(PyInterp *interp, PyValue v, PyStr *name)
{
  if (v.type == PY_UNKNOWN) {
    py_stop_because(interp, v.reason);
    return FALSE;
  }
  PyDict *dict = v.type == PY_INSTANCE                          ? v.instance->dict
                 : v.type == PY_CLASS && !v.cls->in_runtime     ? v.cls->attrs
                 : v.type == PY_MODULE && !v.module->in_runtime ? v.module->globals
                                                                : NULL;
  if (dict && py_dict_remove(dict, name))
    return TRUE;
  no_attribute(interp, v, name);
  return FALSE;
}

/* ---- the interface by text ---- */

static PyStr *name_of(PyInterp *interp, const char *name)
{
  return py_str_in(interp->arena, name, strlen(name));
}

PyValue py_getattr(PyInterp *interp, PyValue v, const char *name)
{
  return py_get_attr(interp, v, name_of(interp, name));
}

PyValue py_getattr_opt(PyInterp *interp, PyValue v, const char *name)
{
  PyValue found = py_find_attr(interp, v, name_of(interp, name));
  if (interp->outcome == PY_RAISED &&
      py_class_is_subclass(interp->exception.instance->cls,
                           g_hash_table_lookup(interp->runtime->classes, "AttributeError")))
    py_clear(interp);
  return found;
}

gboolean py_setattr(PyInterp *interp, PyValue v, const char *name, PyValue value)
{
  return py_set_attr(interp, v, name_of(interp, name), value);
}
