/* Classes: their order of bases, their instances. */
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

const char *py_class_name(const PyClass *cls)
{
  return cls->name->data;
}

PyValue py_class_value(PyClass *cls)
{
  return (PyValue){.type = PY_CLASS, .cls = cls};
}

gboolean py_class_is_user(const PyClass *cls)
{
  return cls->user;
}

gboolean py_class_is_subclass(const PyClass *cls, const PyClass *base)
{
  for (guint i = 0; i < cls->n_mro; i++)
    if (cls->mro[i] == base)
      return TRUE;
  return FALSE;
}

PyClass *py_class_of(PyInterp *interp, PyValue v)
{
  return v.type == PY_INSTANCE ? v.instance->cls : interp->runtime->types[v.type];
}

const char *py_type_name(PyInterp *interp, PyValue v)
{
  return py_class_of(interp, v)->name->data;
}

/* ---- C3 linearisation ---- */

typedef struct {
  PyClass **items;
  guint n, at;
} Tail;

static gboolean in_tail(const Tail *tails, guint n, const PyClass *cls)
{
  for (guint i = 0; i < n; i++)
    for (guint j = tails[i].at + 1; j < tails[i].n; j++)
      if (tails[i].items[j] == cls)
        return TRUE;
  return FALSE;
}

static PyClass *next_head(const Tail *tails, guint n)
{
  for (guint i = 0; i < n; i++)
    if (tails[i].at < tails[i].n && !in_tail(tails, n, tails[i].items[tails[i].at]))
      return tails[i].items[tails[i].at];
  return NULL;
}

static gboolean linearise(PyInterp *interp, PyClass *cls)
{
  guint n_tails = cls->n_bases + 1, room = 1;
  Tail *tails = new_array(interp, Tail, n_tails);
  for (guint i = 0; i < cls->n_bases; i++) {
    tails[i] = (Tail){cls->bases[i]->mro, cls->bases[i]->n_mro, 0};
    room += cls->bases[i]->n_mro;
  }
  tails[cls->n_bases] = (Tail){cls->bases, cls->n_bases, 0};
  cls->mro = new_array(interp, PyClass *, room);
  cls->mro[cls->n_mro++] = cls;
  for (PyClass *head; (head = next_head(tails, n_tails));) {
    cls->mro[cls->n_mro++] = head;
    for (guint i = 0; i < n_tails; i++)
      if (tails[i].at < tails[i].n && tails[i].items[tails[i].at] == head)
        tails[i].at++;
  }
  for (guint i = 0; i < n_tails; i++)
    if (tails[i].at < tails[i].n) {
      py_raise(interp, "TypeError", "Cannot create a consistent method resolution order (MRO) for bases");
      return FALSE;
    }
  return TRUE;
}

static void inherit(PyClass *cls)
{
  for (guint i = 1; i < cls->n_mro; i++) {
    const PyClass *base = cls->mro[i];
    if (!cls->host)
      cls->host = base->host;
    if (!cls->builtin)
      cls->builtin = base->builtin;
    if (!cls->init_signature)
      cls->init_signature = base->init_signature;
    if (!cls->call_signature)
      cls->call_signature = base->call_signature;
    cls->is_exception |= base->is_exception;
    cls->is_enum |= base->is_enum;
  }
}

PyClass *py_class_new(PyInterp *interp, PyStr *name, PyClass **bases, guint n_bases, PyDict *attrs)
{
  PyClass *cls = new0(interp, PyClass);
  cls->name = name;
  cls->module = "__main__";
  cls->attrs = attrs;
  if (!n_bases && interp->runtime->object) {
    bases = &interp->runtime->object;
    n_bases = 1;
  }
  cls->bases = new_array(interp, PyClass *, n_bases + 1);
  cls->n_bases = n_bases;
  for (guint i = 0; i < n_bases; i++)
    cls->bases[i] = bases[i];
  if (!linearise(interp, cls))
    return NULL;
  inherit(cls);
  return cls;
}

PyClass *py_builtin_class_new(PyRuntime *runtime, const char *name, PyClass *base, PyType type,
                              const PyMethod *methods)
{
  PyInterp *builder = runtime->builder;
  PyClass *cls = py_class_new(builder, py_str_in(runtime->arena, name, strlen(name)), &base, base ? 1 : 0,
                              py_dict_new(builder));
  cls->module = "builtins";
  cls->in_runtime = TRUE;
  cls->builtin = type != PY_NULL ? type : cls->builtin;
  if (type != PY_NULL && type <= PY_UNKNOWN)
    runtime->types[type] = cls;
  for (const PyMethod *m = methods; m && m->name; m++)
    py_dict_set_text(builder, cls->attrs, m->name, py_native_value(builder, m, py_null(), name));
  g_hash_table_insert(runtime->classes, (char *)name, cls);
  return cls;
}

/* ---- host classes ---- */

/* Fills hooks that the table leaves out from the class below it in the hierarchy. */
static PyHostClass *merge_hooks(PyInterp *builder, const PyHostClass *host, const PyHostClass *base)
{
  PyHostClass *merged = new0(builder, PyHostClass);
  *merged = *host;
  if (!base)
    return merged;
#define HOOK(name)   \
  if (!merged->name) \
  merged->name = base->name
  if (!host->construct && !host->init) {
    merged->construct = base->construct;
    merged->init = base->init;
    merged->params = host->params ? host->params : base->params;
    merged->flags = host->flags ? host->flags : base->flags;
  }
  if (!host->call) {
    merged->call_params = base->call_params;
    merged->call_flags = base->call_flags;
  }
  HOOK(subclassed);
  HOOK(getattr);
  HOOK(class_getattr);
  HOOK(setattr);
  HOOK(call);
  HOOK(getitem);
  HOOK(setitem);
  HOOK(delitem);
  HOOK(contains);
  HOOK(len);
  HOOK(iter);
  HOOK(binary);
  HOOK(unary);
  HOOK(truth);
  HOOK(repr);
  HOOK(str);
  HOOK(format);
  HOOK(hash);
  HOOK(enter);
  HOOK(exit);
#undef HOOK
  return merged;
}

static void add_host_methods(PyInterp *builder, PyClass *cls, const PyHostClass *host)
{
  for (const PyMethod *m = host->methods; m && m->name; m++)
    py_dict_set_text(builder, cls->attrs, m->name, py_native_value(builder, m, py_null(), host->name));
  if (host->init) {
    PyMethod *init = new0(builder, PyMethod);
    *init = (PyMethod){"__init__", host->init, host->params, host->flags};
    py_dict_set_text(builder, cls->attrs, "__init__", py_native_value(builder, init, py_null(), host->name));
  }
}

PyClass *py_host_class(PyInterp *interp, const PyHostClass *host)
{
  PyRuntime *runtime = interp->runtime;
  PyClass *cls = g_hash_table_lookup(runtime->host_classes, host);
  if (cls)
    return cls;
  PyInterp *builder = runtime->builder;
  PyClass *base = host->base ? py_host_class(interp, host->base) : runtime->object;
  cls = py_class_new(builder, py_str_in(runtime->arena, host->name, strlen(host->name)), &base, 1,
                     py_dict_new(builder));
  cls->module = host->module ? host->module : "builtins";
  cls->in_runtime = TRUE;
  cls->host_def = host;
  cls->host = merge_hooks(builder, host, base->host);
  if (cls->host->params && (host->construct || host->init || host->params))
    cls->init_signature = py_signature_parse(runtime->arena, cls->host->params);
  if (host->call)
    cls->call_signature = host->call_params ? py_signature_parse(runtime->arena, host->call_params) : NULL;
  g_hash_table_insert(runtime->host_classes, (void *)host, cls);
  add_host_methods(builder, cls, host);
  return cls;
}

/* Whether cls is made from host or lies below it. */
static gboolean derives(const PyClass *cls, const PyHostClass *host)
{
  for (guint i = 0; i < cls->n_mro; i++)
    if (cls->mro[i]->host_def == host)
      return TRUE;
  return FALSE;
}

gboolean py_is_host(PyValue v, const PyHostClass *host)
{
  return v.type == PY_INSTANCE && derives(v.instance->cls, host);
}

gboolean py_is_host_class(PyValue v, const PyHostClass *host)
{
  return v.type == PY_CLASS && derives(v.cls, host);
}

const PyHostClass *py_host_of(PyValue v)
{
  const PyClass *cls = v.type == PY_INSTANCE ? v.instance->cls : v.type == PY_CLASS ? v.cls : NULL;
  for (guint i = 0; cls && i < cls->n_mro; i++)
    if (cls->mro[i]->host_def)
      return cls->mro[i]->host_def;
  return NULL;
}

void *py_payload(PyValue v, const PyHostClass *host)
{
  return py_is_host(v, host) ? v.instance->payload : NULL;
}

void py_set_payload(PyValue self, void *payload)
{
  self.instance->payload = payload;
}

/* ---- instances ---- */

PyInstance *py_instance_new(PyInterp *interp, PyClass *cls)
{
  PyInstance *instance = new0(interp, PyInstance);
  instance->cls = cls;
  return instance;
}

PyValue py_host_new(PyInterp *interp, PyClass *cls, void *payload)
{
  PyInstance *instance = py_instance_new(interp, cls);
  instance->payload = payload;
  return (PyValue){.type = PY_INSTANCE, .instance = instance};
}

PyValue py_host_object(PyInterp *interp, const PyHostClass *host, void *payload)
{
  return py_host_new(interp, py_host_class(interp, host), payload);
}

PyDict *py_instance_dict(PyInterp *interp, PyValue self)
{
  if (!self.instance->dict)
    self.instance->dict = py_dict_new(interp);
  return self.instance->dict;
}

PyValue py_instance_attr(PyValue self, const char *name)
{
  return self.type == PY_INSTANCE && self.instance->dict ? py_dict_get_text(self.instance->dict, name)
                                                         : py_null();
}

void py_instance_set_attr(PyInterp *interp, PyValue self, const char *name, PyValue value)
{
  py_dict_set_text(interp, py_instance_dict(interp, self), name, value);
}

/* ---- looking along the classes ---- */

PyValue py_class_lookup(const PyClass *cls, const PyStr *name)
{
  return py_class_lookup_after(cls, NULL, name);
}

PyValue py_class_lookup_after(const PyClass *cls, const PyClass *after, const PyStr *name)
{
  guint i = 0;
  while (after && i < cls->n_mro && cls->mro[i] != after)
    i++;
  for (i += after ? 1 : 0; i < cls->n_mro; i++) {
    PyValue *found = py_dict_find(cls->mro[i]->attrs, name);
    if (found)
      return *found;
  }
  return py_null();
}

PyValue py_class_lookup_text(const PyClass *cls, const char *name)
{
  for (guint i = 0; i < cls->n_mro; i++) {
    PyValue found = py_dict_get_text(cls->mro[i]->attrs, name);
    if (!py_is_null(found))
      return found;
  }
  return py_null();
}

PyValue py_class_get(PyInterp *interp, PyClass *cls, const char *name)
{
  (void)interp;
  return py_class_lookup_text(cls, name);
}

PyValue py_class_get_user(PyInterp *interp, PyClass *cls, const char *name)
{
  (void)interp;
  for (guint i = 0; i < cls->n_mro; i++) {
    if (!cls->mro[i]->user)
      continue;
    PyValue found = py_dict_get_text(cls->mro[i]->attrs, name);
    if (!py_is_null(found))
      return found;
  }
  return py_null();
}

PyValue py_special(const PyInterp *interp, PyValue v, const char *name)
{
  return v.type == PY_INSTANCE ? py_class_get_user((PyInterp *)interp, v.instance->cls, name) : py_null();
}

/* ---- making instances ---- */

/* A class of the host: through construct, unless a user's __init__ wants to come first. */
static PyValue instantiate_host(PyInterp *interp, PyClass *cls, const PyArgs *args)
{
  const PyHostClass *host = cls->host;
  gboolean user_init = cls->user && !py_is_null(py_class_get_user(interp, cls, "__init__"));
  if (host->construct && !(user_init && host->init))
    return py_run_native(interp, host->construct, cls->init_signature, host->flags, cls->name->data,
                         py_null(), cls, args);
  PyValue self = py_host_new(interp, cls, NULL);
  PyValue init = user_init ? py_class_get_user(interp, cls, "__init__") : py_null();
  PyValue done;
  if (user_init)
    done = py_call_self(interp, init, self, args);
  else if (host->init)
    done =
        py_run_native(interp, host->init, cls->init_signature, host->flags, cls->name->data, self, cls, args);
  else
    return py_raise(interp, "TypeError", "cannot create '%s' instances", cls->name->data);
  return py_is_null(done) || py_is_unknown(done) ? done : self;
}

static PyValue run_init(PyInterp *interp, PyClass *cls, PyValue self, const PyArgs *args)
{
  PyValue init = py_class_get_user(interp, cls, "__init__");
  if (py_is_null(init)) {
    if (cls->is_exception || cls->builtin || !py_is_null(py_class_get_user(interp, cls, "__new__")))
      return self;
    if (args->n || args->n_keywords)
      return py_raise(interp, "TypeError", "%s() takes no arguments", cls->name->data);
    return self;
  }
  return py_is_null(py_call_self(interp, init, self, args)) ? py_null() : self;
}

/* Whether a plain value of this class gets its content from __init__ rather than when it is made. */
static gboolean filled_by_init(PyInterp *interp, PyClass *cls)
{
  return (cls->builtin == PY_LIST || cls->builtin == PY_DICT || cls->builtin == PY_SET) &&
         !py_is_null(py_class_get_user(interp, cls, "__init__"));
}

static PyValue default_new(PyInterp *interp, PyClass *cls, const PyArgs *args)
{
  PyInstance *instance = py_instance_new(interp, cls);
  PyValue self = {.type = PY_INSTANCE, .instance = instance};
  if (cls->is_exception)
    py_instance_set_attr(interp, self, "args", py_tuple(interp, args->args, args->n));
  if (cls->builtin) {
    gboolean empty = filled_by_init(interp, cls);
    instance->value = py_construct_builtin(interp, interp->runtime->types[cls->builtin], cls->builtin,
                                           empty ? &(PyArgs){0} : args);
    if (instance->value.type == PY_NULL || instance->value.type == PY_UNKNOWN)
      return instance->value;
  }
  return self;
}

/* object.__new__(cls, ...) and its like: also reached by super().__new__(cls, ...). */
static PyValue object_new(PyInterp *interp, PyCall *call)
{
  if (!call->n_args || call->args[0].type != PY_CLASS)
    return py_raise(interp, "TypeError", "object.__new__(X): X is not a type object");
  PyArgs rest = {call->args + 1, call->n_args - 1, call->names, call->keywords, call->n_keywords};
  return default_new(interp, call->args[0].cls, &rest);
}

PyValue py_instantiate(PyInterp *interp, PyClass *cls, const PyArgs *args)
{
  if (cls->is_enum)
    return py_enum_call(interp, cls, args);
  PyValue make = cls->user ? py_class_get_user(interp, cls, "__new__") : py_null();
  if (!py_is_null(make)) {
    if (make.type == PY_DESCRIPTOR)
      make = make.descriptor->get;
    PyValue self = py_call_self(interp, make, py_class_value(cls), args);
    if (self.type != PY_INSTANCE || !py_class_is_subclass(self.instance->cls, cls))
      return self;
    return run_init(interp, cls, self, args);
  }
  if (cls->host && (cls->host->construct || cls->host->init))
    return instantiate_host(interp, cls, args);
  if (cls->builtin && !cls->user)
    return py_construct_builtin(interp, cls, cls->builtin, args);
  if (!cls->user && !cls->is_exception && cls != interp->runtime->object)
    return py_raise(interp, "TypeError", "cannot create '%s' instances", cls->name->data);
  if (!cls->user && cls->is_exception && args->n_keywords)
    return py_raise(interp, "TypeError", "%s() takes no keyword arguments", cls->name->data);
  PyValue self = default_new(interp, cls, args);
  return self.type == PY_INSTANCE ? run_init(interp, cls, self, args) : self;
}

/* ---- object's own methods ---- */

static PyValue object_init(PyInterp *interp, PyCall *call)
{
  PyValue plain = py_plain(call->self);
  if (plain.type == PY_LIST && call->n_args) {
    PyList *items = py_collect(interp, call->args[0]);
    if (!items)
      return py_null();
    *plain.list = *items;
  } else if ((plain.type == PY_DICT || plain.type == PY_SET) && (call->n_args || call->n_keywords)) {
    PyArgs args = {call->args, call->n_args, call->names, call->keywords, call->n_keywords};
    PyValue made = py_construct_builtin(interp, interp->runtime->types[plain.type], plain.type, &args);
    if (made.type != plain.type)
      return made;
    *plain.dict = *made.dict;
  }
  return py_none();
}

static PyValue object_setattr(PyInterp *interp, PyCall *call)
{
  if (call->values[0].type != PY_STR)
    return py_raise(interp, "TypeError", "attribute name must be string");
  if (call->self.type == PY_INSTANCE) {
    py_dict_put(interp, py_instance_dict(interp, call->self), call->values[0].str, call->values[1]);
    return py_none();
  }
  return py_set_attr(interp, call->self, call->values[0].str, call->values[1]) ? py_none() : py_null();
}

static PyValue object_getattribute(PyInterp *interp, PyCall *call)
{
  if (call->values[0].type != PY_STR)
    return py_raise(interp, "TypeError", "attribute name must be string");
  return py_get_attr(interp, call->self, call->values[0].str);
}

static PyValue object_repr(PyInterp *interp, PyCall *call)
{
  return py_unknown(interp, PY_NONDETERMINISTIC, _("the repr of a %s object holds its address"),
                    py_type_name(interp, call->self));
}

static PyValue object_str(PyInterp *interp, PyCall *call)
{
  PyValue plain = py_plain(call->self);
  return plain.type == PY_STR && call->self.type != PY_STR ? plain : py_repr(interp, plain);
}

static PyValue object_eq(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return py_identical(call->self, call->values[0]) ? py_bool(TRUE) : py_not_implemented();
}

static PyValue object_format(PyInterp *interp, PyCall *call)
{
  return call->values[0].type == PY_STR ? py_format_value(interp, call->self, call->values[0].str)
                                        : py_raise(interp, "TypeError", "format_spec must be str");
}

static PyValue object_nothing(PyInterp *interp, PyCall *call)
{
  (void)interp;
  (void)call;
  return py_none();
}

const PyMethod object_methods[] = {
    {"__new__", object_new, NULL, PY_STATIC | PY_TAKES_UNKNOWN},
    {"__init__", object_init, NULL, PY_TAKES_UNKNOWN},
    {"__setattr__", object_setattr, "name, value", PY_TAKES_UNKNOWN},
    {"__getattribute__", object_getattribute, "name", PY_METHOD_PLAIN},
    {"__repr__", object_repr, "", PY_PURE},
    {"__str__", object_str, "", PY_PURE},
    {"__eq__", object_eq, "other", PY_PURE},
    {"__format__", object_format, "spec", PY_PURE},
    {"__init_subclass__", object_nothing, "**kwargs", PY_CLASSMETHOD | PY_TAKES_UNKNOWN},
    {0},
};
