/* enum.Enum and its like: what happens when a class body with members is finished, and calls of such a class. */
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

/* ---- auto() ---- */

static PyValue auto_new(PyInterp *interp, PyCall *call)
{
  return py_host_new(interp, call->cls, NULL);
}

static const PyHostClass auto_class = {.name = "auto", .module = "enum", .construct = auto_new, .params = ""};

static gboolean is_flag(PyInterp *interp, const PyClass *cls)
{
  return py_class_is_subclass(cls, interp->runtime->flag_class);
}

static PyValue auto_value(PyInterp *interp, PyClass *cls, PyValue name, PyList *values)
{
  PyValue hook = py_class_get_user(interp, cls, "_generate_next_value_");
  if (!py_is_null(hook)) {
    if (hook.type == PY_DESCRIPTOR)
      hook = hook.descriptor->get;
    PyValue last = {.type = PY_LIST, .list = values};
    PyValue args[] = {name, py_int(1), py_int((gint64)values->len), last};
    return py_call(interp, hook, args, 4);
  }
  if (py_class_is_subclass(cls, interp->runtime->str_enum))
    return py_call_method(interp, name, "lower", NULL, 0);
  gint64 highest = 0, value;
  for (gsize i = 0; i < values->len; i++)
    if (py_as_int64(values->items[i], &value))
      highest = MAX(highest, value);
  if (!is_flag(interp, cls))
    return py_int(highest + 1);
  gint64 bit = 1;
  while (bit <= highest)
    bit <<= 1;
  return py_int(bit);
}

/* ---- members ---- */

/* Names in the body that are no members. */
static gboolean is_member(PyInterp *interp, PyValue name, PyValue value)
{
  if (name.type != PY_STR || name.str->data[0] == '_')
    return FALSE;
  switch (value.type) {
  case PY_FUNCTION:
  case PY_DESCRIPTOR:
  case PY_CLASS: return FALSE;
  case PY_INSTANCE: return py_is_null(py_special(interp, value, "__get__"));
  default: return TRUE;
  }
}

static PyValue find_member(PyInterp *interp, PyClass *cls, PyValue value)
{
  for (gsize i = 0; i < cls->enum_members->len; i++) {
    PyValue member = cls->enum_members->items[i];
    int same = py_equal(interp, py_instance_attr(member, "_value_"), value);
    if (same)
      return same < 0 ? py_null() : member;
  }
  return py_null();
}

/* The mixed-in plain value: str(value) for class X(str, Enum), and so on. */
static gboolean mix_in(PyInterp *interp, PyClass *cls, PyValue member, PyValue value)
{
  if (!cls->builtin)
    return TRUE;
  PyArgs args = {.args = &value, .n = 1};
  if (value.type == PY_TUPLE && cls->builtin != PY_TUPLE)
    args = (PyArgs){.args = value.list->items, .n = (guint)value.list->len};
  member.instance->value =
      py_construct_builtin(interp, interp->runtime->types[cls->builtin], cls->builtin, &args);
  return !py_failed(interp);
}

static gboolean add_member(PyInterp *interp, PyClass *cls, PyStr *name, PyValue value)
{
  PyValue member = find_member(interp, cls, value);
  if (py_failed(interp))
    return FALSE;
  if (py_is_null(member)) {
    member = (PyValue){.type = PY_INSTANCE, .instance = py_instance_new(interp, cls)};
    if (!mix_in(interp, cls, member, value))
      return FALSE;
    PyValue shown =
        cls->builtin && cls->builtin != PY_TUPLE && value.type == PY_TUPLE ? member.instance->value : value;
    py_instance_set_attr(interp, member, "_name_", py_from_str(name));
    py_instance_set_attr(interp, member, "_value_", shown);
    PyValue init = py_class_get_user(interp, cls, "__init__");
    if (!py_is_null(init)) {
      PyArgs args = {.args = &value, .n = 1};
      if (value.type == PY_TUPLE)
        args = (PyArgs){.args = value.list->items, .n = (guint)value.list->len};
      if (py_is_null(py_call_self(interp, init, member, &args)))
        return FALSE;
    }
    py_list_append(interp, cls->enum_members, member);
  }
  py_dict_put(interp, cls->attrs, name, member);
  return TRUE;
}

gboolean py_enum_finish(PyInterp *interp, PyClass *cls)
{
  PyDict *body = py_dict_copy(interp, cls->attrs);
  PyValue name, value, values = py_list(interp, 0);
  cls->enum_members = py_list(interp, 0).list;
  if (!py_is_null(py_class_get_user(interp, cls, "__new__"))) {
    py_stop(interp, PY_NEEDS_PYTHON, _("an enum with its own __new__ is not supported"));
    return FALSE;
  }
  for (gsize at = 0; py_dict_next(body, &at, &name, &value);) {
    if (!is_member(interp, name, value))
      continue;
    if (value.type == PY_UNKNOWN) {
      py_stop_because(interp, value.reason);
      return FALSE;
    }
    if (py_is_host(value, &auto_class))
      value = auto_value(interp, cls, name, values.list);
    if (py_is_null(value))
      return FALSE;
    py_list_append(interp, values.list, value);
    if (!add_member(interp, cls, name.str, value))
      return FALSE;
  }
  if (!cls->enum_members->len) /* a base for others */
    cls->enum_members = NULL;
  return TRUE;
}

/* ---- Color("red"), Color["RED"], Enum("Color", "RED GREEN") ---- */

static PyValue functional(PyInterp *interp, PyClass *base, const PyArgs *args)
{
  if (args->n < 2 || args->args[0].type != PY_STR)
    return py_raise(interp, "TypeError", "%s() missing 1 required positional argument: 'names'",
                    base->name->data);
  PyValue names = py_plain(args->args[1]);
  if (names.type == PY_STR) {
    PyValue spaced = py_call_method(interp, names, "replace",
                                    (PyValue[]){py_str(interp, ",", 1), py_str(interp, " ", 1)}, 2);
    names = py_is_null(spaced) ? spaced : py_call_method(interp, spaced, "split", NULL, 0);
  }
  PyDict *attrs = py_dict_new(interp);
  PyList *list = names.type == PY_DICT ? py_collect(interp, py_call_method(interp, names, "items", NULL, 0))
                                       : py_collect(interp, names);
  for (gsize i = 0; list && i < list->len; i++) {
    PyValue item = list->items[i], pair[2] = {item, py_int((gint64)i + 1)};
    if (item.type == PY_STR && py_class_is_subclass(base, interp->runtime->str_enum))
      pair[1] = py_call_method(interp, item, "lower", NULL, 0);
    if (item.type != PY_STR && !py_unpack(interp, item, 2, pair))
      return py_null();
    if (!py_dict_set(interp, attrs, pair[0], pair[1]))
      return py_null();
  }
  return list ? py_make_class(interp, args->args[0].str, &base, 1, attrs) : py_null();
}

static PyValue flag_value(PyInterp *interp, PyClass *cls, PyValue value)
{
  gint64 bits;
  if (!py_as_int64(value, &bits))
    return py_null();
  PyValue member = {.type = PY_INSTANCE, .instance = py_instance_new(interp, cls)};
  Builder name;
  builder_init(&name, interp);
  for (gsize i = 0; i < cls->enum_members->len; i++) {
    gint64 bit;
    PyValue one = cls->enum_members->items[i];
    if (!py_as_int64(py_instance_attr(one, "_value_"), &bit) || !bit || (bits & bit) != bit)
      continue;
    if (name.len)
      builder_char(&name, '|');
    builder_str(&name, py_instance_attr(one, "_name_"));
  }
  py_instance_set_attr(interp, member, "_name_", builder_end(&name));
  py_instance_set_attr(interp, member, "_value_", value);
  mix_in(interp, cls, member, value);
  return member;
}

PyValue py_enum_call(PyInterp *interp, PyClass *cls, const PyArgs *args)
{
  if (!cls->enum_members)
    return functional(interp, cls, args);
  if (args->n != 1)
    return py_raise(interp, "TypeError", "%s() takes 1 positional argument", cls->name->data);
  PyValue value = args->args[0];
  if (value.type == PY_UNKNOWN || (value.type == PY_INSTANCE && value.instance->cls == cls))
    return value;
  PyValue member = find_member(interp, cls, value);
  if (!py_is_null(member) || py_failed(interp))
    return member;
  PyValue missing = py_class_get_user(interp, cls, "_missing_");
  if (missing.type == PY_DESCRIPTOR) {
    member = py_call_self(interp, missing.descriptor->get, py_class_value(cls), args);
    if (py_is_null(member) || !py_is_none(member))
      return member;
  }
  if (is_flag(interp, cls) && value.type == PY_INT)
    return flag_value(interp, cls, value);
  PyValue repr = py_repr(interp, value);
  return py_raise(interp, "ValueError", "%s is not a valid %s", py_text(repr) ? py_text(repr) : "it",
                  cls->name->data);
}

PyValue py_enum_by_name(PyInterp *interp, PyClass *cls, PyValue name)
{
  PyValue *found = name.type == PY_STR ? py_dict_find(cls->attrs, name.str) : NULL;
  if (found && found->type == PY_INSTANCE && found->instance->cls == cls)
    return *found;
  return py_raise_value(interp, py_exception_new(interp, py_builtin_class(interp, "KeyError"), &name, 1));
}

gboolean py_enum_members(PyInterp *interp, PyClass *cls, PyList **names, PyList **values)
{
  if (!cls->is_enum || !cls->enum_members)
    return FALSE;
  *names = py_list(interp, cls->enum_members->len).list;
  *values = py_list(interp, cls->enum_members->len).list;
  for (gsize i = 0; i < cls->enum_members->len; i++) {
    py_list_append(interp, *names, py_instance_attr(cls->enum_members->items[i], "_name_"));
    py_list_append(interp, *values, py_instance_attr(cls->enum_members->items[i], "_value_"));
  }
  return TRUE;
}

gboolean py_enum_member(PyInterp *interp, PyValue v, PyValue *name, PyValue *value)
{
  (void)interp;
  if (v.type != PY_INSTANCE || !v.instance->cls->is_enum)
    return FALSE;
  *name = py_instance_attr(v, "_name_");
  *value = py_instance_attr(v, "_value_");
  return TRUE;
}

/* ---- the classes ---- */

static PyValue member_part(PyInterp *interp, PyCall *call)
{
  (void)interp;
  PyValue v = py_instance_attr(call->self, call->function[0] == 'n' ? "_name_" : "_value_");
  return py_is_null(v) ? py_none() : v;
}

static const PyMethod enum_methods[] = {
    {"name", member_part, "", PY_PURE | PY_PROPERTY},
    {"value", member_part, "", PY_PURE | PY_PROPERTY},
    {0},
};

static PyValue combine_flags(PyInterp *interp, PyCall *call)
{
  PyOp op = call->function[2] == 'o' ? PY_OR : call->function[2] == 'a' ? PY_AND : PY_XOR;
  PyValue a = py_instance_attr(call->self, "_value_"), b = py_plain(call->values[0]);
  if (b.type == PY_INSTANCE)
    b = py_instance_attr(b, "_value_");
  PyValue bits = py_is_null(b) ? b : py_binary(interp, op, a, b);
  return py_is_null(bits) ? bits
                          : py_enum_call(interp, call->self.instance->cls, &(PyArgs){.args = &bits, .n = 1});
}

/* other in self: all of its bits are ours. */
static PyValue flag_contains(PyInterp *interp, PyCall *call)
{
  gint64 bits, other;
  (void)interp;
  return py_bool(py_as_int64(py_instance_attr(call->self, "_value_"), &bits) &&
                 py_as_int64(py_instance_attr(call->values[0], "_value_"), &other) &&
                 (bits & other) == other);
}

static PyValue flag_iter(PyInterp *interp, PyCall *call)
{
  PyClass *cls = call->self.instance->cls;
  PyValue list = py_list(interp, 0);
  gint64 bits = 0, bit;
  py_as_int64(py_instance_attr(call->self, "_value_"), &bits);
  for (gsize i = 0; cls->enum_members && i < cls->enum_members->len; i++)
    if (py_as_int64(py_instance_attr(cls->enum_members->items[i], "_value_"), &bit) && bit &&
        (bits & bit) == bit)
      py_list_append(interp, list.list, cls->enum_members->items[i]);
  return py_iter(interp, list);
}

static PyValue flag_bool(PyInterp *interp, PyCall *call)
{
  return py_bool(py_truth(interp, py_instance_attr(call->self, "_value_")) > 0);
}

static const PyMethod flag_methods[] = {
    {"__or__", combine_flags, "other", PY_PURE},
    {"__and__", combine_flags, "other", PY_PURE},
    {"__xor__", combine_flags, "other", PY_PURE},
    {"__bool__", flag_bool, "", PY_PURE},
    {"__contains__", flag_contains, "other", PY_PURE},
    {"__iter__", flag_iter, "", PY_PURE},
    {0},
};

static PyClass *enum_class(PyRuntime *runtime, const char *name, PyClass **bases, guint n,
                           const PyMethod *methods)
{
  PyInterp *builder = runtime->builder;
  PyClass *cls =
      py_class_new(builder, py_str_in(runtime->arena, name, strlen(name)), bases, n, py_dict_new(builder));
  cls->module = "enum";
  cls->in_runtime = cls->is_enum = TRUE;
  for (const PyMethod *m = methods; m && m->name; m++)
    py_dict_set_text(builder, cls->attrs, m->name, py_native_value(builder, m, py_null(), name));
  g_hash_table_insert(runtime->classes, arena_printf(runtime->arena, "enum.%s", name), cls);
  return cls;
}

void py_make_enums(PyRuntime *runtime)
{
  PyClass *str = runtime->types[PY_STR], *integer = runtime->types[PY_INT];
  runtime->enum_class = enum_class(runtime, "Enum", &runtime->object, 1, enum_methods);
  runtime->str_enum = enum_class(runtime, "StrEnum", (PyClass *[]){str, runtime->enum_class}, 2, NULL);
  runtime->int_enum = enum_class(runtime, "IntEnum", (PyClass *[]){integer, runtime->enum_class}, 2, NULL);
  runtime->flag_class = enum_class(runtime, "Flag", &runtime->enum_class, 1, flag_methods);
  /* Its methods are found the way those written in Python are. */
  runtime->flag_class->user = TRUE;
  enum_class(runtime, "IntFlag", (PyClass *[]){integer, runtime->flag_class}, 2, NULL);
}

static PyValue same(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->values[0];
}

static PyValue enum_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  (void)module;
  g_autofree char *full = g_strdup_printf("enum.%s", name);
  PyClass *cls = g_hash_table_lookup(interp->runtime->classes, full);
  return cls ? py_class_value(cls) : py_null();
}

static const PyMethod enum_functions[] = {
    {"unique", same, "enumeration", PY_TAKES_UNKNOWN},
    {"member", same, "value", PY_TAKES_UNKNOWN},
    {0},
};
static const PyHostClass *const enum_classes[] = {&auto_class, NULL};
static const char *const enum_star[] = {"Enum",    "IntEnum", "StrEnum", "Flag",
                                        "IntFlag", "auto",    "unique",  NULL};

const PyModuleDef py_module_enum = {.name = "enum",
                                    .functions = enum_functions,
                                    .classes = enum_classes,
                                    .getattr = enum_attr,
                                    .star = enum_star};
