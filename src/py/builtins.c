/* Builtin functions about values and attributes. */
#include <math.h>
#include <string.h>
#include <glib/gi18n.h>

#include "bigint.h"
#include "modules.h"
#include "object.h"

static PyValue builtin_abs(PyInterp *interp, PyCall *call)
{
  PyValue v = py_plain(call->values[0]);
  if (v.type == PY_FLOAT)
    return py_float(fabs(v.f));
  if (py_is_int(v))
    return (v.type == PY_BIGINT ? v.big->negative : v.i < 0) ? py_unary(interp, PY_NEG, v)
                                                             : py_unary(interp, PY_POS, v);
  PyValue method = py_special(interp, v, "__abs__");
  if (!py_is_null(method))
    return py_call_self(interp, method, v, &(PyArgs){0});
  return py_raise(interp, "TypeError", "bad operand type for abs(): '%s'", py_type_name(interp, v));
}

static PyValue builtin_callable(PyInterp *interp, PyCall *call)
{
  return py_bool(py_callable(interp, call->values[0]));
}

static PyValue builtin_chr(PyInterp *interp, PyCall *call)
{
  gint64 c;
  if (!py_index_value(interp, call->values[0], &c))
    return py_null();
  if (c < 0 || c > 0x10ffff)
    return py_raise(interp, "ValueError", "chr() arg not in range(0x110000)");
  if (c >= 0xd800 && c < 0xe000)
    return py_unknown(interp, PY_NEEDS_PYTHON, _("half of a surrogate pair"));
  char utf8[8];
  return py_str(interp, utf8, g_unichar_to_utf8((gunichar)c, utf8));
}

static PyValue builtin_ord(PyInterp *interp, PyCall *call)
{
  PyValue v = py_plain(call->values[0]);
  if ((v.type != PY_STR && v.type != PY_BYTES) || v.str->chars != 1)
    return py_raise(interp, "TypeError", "ord() expected a character");
  return py_int(v.type == PY_STR ? (gint64)g_utf8_get_char(v.str->data) : (guchar)v.str->data[0]);
}

static PyValue in_base(PyInterp *interp, PyValue v, guint base, const char *prefix)
{
  gint64 i;
  v = py_plain(v);
  if (v.type != PY_BIGINT) {
    if (!py_index_value(interp, v, &i))
      return py_null();
    v = py_int(i);
  }
  const char *digits = big_text(interp->arena, v, base);
  gboolean negative = *digits == '-';
  return py_strf(interp, "%s%s%s", negative ? "-" : "", prefix, digits + negative);
}

static PyValue builtin_bin(PyInterp *interp, PyCall *call)
{
  return in_base(interp, call->values[0], 2, "0b");
}

static PyValue builtin_oct(PyInterp *interp, PyCall *call)
{
  return in_base(interp, call->values[0], 8, "0o");
}

static PyValue builtin_hex(PyInterp *interp, PyCall *call)
{
  return in_base(interp, call->values[0], 16, "0x");
}

static PyValue builtin_divmod(PyInterp *interp, PyCall *call)
{
  PyValue quotient = py_binary(interp, PY_FLOORDIV, call->values[0], call->values[1]);
  PyValue rest =
      py_is_null(quotient) ? quotient : py_binary(interp, PY_MOD, call->values[0], call->values[1]);
  return py_is_null(rest) ? rest : py_tuple(interp, (PyValue[]){quotient, rest}, 2);
}

static PyValue builtin_pow(PyInterp *interp, PyCall *call)
{
  if (py_is_null(call->values[2]) || py_is_none(call->values[2]))
    return py_binary(interp, PY_POW, call->values[0], call->values[1]);
  PyValue base = call->values[0], exponent = call->values[1], modulus = call->values[2], result = py_int(1);
  if (!py_is_int(base) || exponent.type != PY_INT || exponent.i < 0 || !py_is_int(modulus))
    return py_unknown(interp, PY_NEEDS_PYTHON, _("pow() with a modulus"));
  for (gint64 e = exponent.i; e && !py_is_null(base) && !py_is_null(result); e >>= 1) {
    if (e & 1)
      result = py_numeric_binary(interp, PY_MOD, py_numeric_binary(interp, PY_MUL, result, base), modulus);
    base = py_numeric_binary(interp, PY_MOD, py_numeric_binary(interp, PY_MUL, base, base), modulus);
  }
  return py_is_null(result) ? result : py_numeric_binary(interp, PY_MOD, result, modulus);
}

static PyValue builtin_round(PyInterp *interp, PyCall *call)
{
  PyValue v = py_plain(call->values[0]);
  gboolean whole = py_is_null(call->values[1]) || py_is_none(call->values[1]);
  gint64 digits = 0;
  if (!whole && !py_index_value(interp, call->values[1], &digits))
    return py_null();
  PyValue method = py_special(interp, v, "__round__");
  if (!py_is_null(method))
    return py_call_self(interp, method, v, &(PyArgs){.args = &call->values[1], .n = whole ? 0 : 1});
  if (py_is_int(v))
    return digits >= 0 ? py_unary(interp, PY_POS, v)
                       : py_unknown(interp, PY_NEEDS_PYTHON, _("round() to tens"));
  if (v.type != PY_FLOAT)
    return py_raise(interp, "TypeError", "type %s doesn't define __round__ method", py_type_name(interp, v));
  if (whole && isfinite(v.f))
    return py_int_from_double(interp, nearbyint(v.f));
  if (whole)
    return py_raise(interp, "ValueError", "cannot convert float to integer");
  if (digits > 300 || !isfinite(v.f))
    return v;
  if (digits < 0)
    return py_unknown(interp, PY_NEEDS_PYTHON, _("round() to tens"));
  char format[16], *text = arena_alloc(interp->arena, 700);
  g_snprintf(format, sizeof format, "%%.%df", (int)digits);
  g_ascii_formatd(text, 700, format, v.f);
  return py_float(g_ascii_strtod(text, NULL));
}

static PyValue builtin_hash(PyInterp *interp, PyCall *call)
{
  guint hash;
  if (!py_hash(interp, call->values[0], &hash))
    return py_null();
  PyValue v = call->values[0];
  if ((v.type == PY_INT || v.type == PY_BOOL) && v.i > -1 && v.i < G_MAXINT32)
    return py_int(v.i);
  if (v.type == PY_FLOAT && v.f == floor(v.f) && v.f >= 0 && v.f < G_MAXINT32)
    return py_int((gint64)v.f);
  return py_unknown(interp, PY_NONDETERMINISTIC, _("hash() of a %s"), py_type_name(interp, v));
}

static PyValue builtin_id(PyInterp *interp, PyCall *call)
{
  (void)call;
  return py_unknown(interp, PY_NONDETERMINISTIC, _("id() is an address"));
}

/* ---- types and attributes ---- */

/* 1, 0, -1: failed; *unknown: a class that cannot be known. */
static int instance_of(PyInterp *interp, PyValue v, PyValue classes, gboolean subclass, PyValue *unknown)
{
  if (classes.type == PY_UNKNOWN) {
    *unknown = classes;
    return 0;
  }
  if (classes.type == PY_TUPLE) {
    for (gsize i = 0; i < classes.list->len; i++) {
      int is = instance_of(interp, v, classes.list->items[i], subclass, unknown);
      if (is)
        return is;
    }
    return 0;
  }
  if (classes.type == PY_NONE)
    return !subclass && v.type == PY_NONE;
  if (classes.type == PY_INSTANCE) { /* typing.Sequence and the like */
    *unknown =
        py_unknown(interp, PY_NEEDS_PYTHON, _("isinstance() with a %s"), py_type_name(interp, classes));
    return 0;
  }
  if (classes.type != PY_CLASS || (subclass && v.type != PY_CLASS)) {
    py_raise(interp, "TypeError",
             subclass ? "issubclass() arg 1 must be a class, a tuple of classes, or a union"
                      : "isinstance() arg 2 must be a type, a tuple of types, or a union");
    return -1;
  }
  return subclass ? py_class_is_subclass(v.cls, classes.cls) : py_isinstance(interp, v, classes.cls);
}

static PyValue builtin_isinstance(PyInterp *interp, PyCall *call)
{
  PyValue unknown = call->values[0].type == PY_UNKNOWN ? call->values[0] : py_null();
  if (!py_is_null(unknown))
    return unknown;
  int is = instance_of(interp, call->values[0], call->values[1], FALSE, &unknown);
  return is < 0 ? py_null() : !is && !py_is_null(unknown) ? unknown : py_bool(is);
}

static PyValue builtin_issubclass(PyInterp *interp, PyCall *call)
{
  PyValue unknown = call->values[0].type == PY_UNKNOWN ? call->values[0] : py_null();
  if (!py_is_null(unknown))
    return unknown;
  int is = instance_of(interp, call->values[0], call->values[1], TRUE, &unknown);
  return is < 0 ? py_null() : !is && !py_is_null(unknown) ? unknown : py_bool(is);
}

static gboolean attribute_name(PyInterp *interp, PyValue name)
{
  if (name.type == PY_STR)
    return TRUE;
  if (name.type == PY_UNKNOWN)
    py_stop_because(interp, name.reason);
  else
    py_raise(interp, "TypeError", "attribute name must be string, not '%s'", py_type_name(interp, name));
  return FALSE;
}

static PyValue builtin_getattr(PyInterp *interp, PyCall *call)
{
  if (call->values[0].type == PY_UNKNOWN)
    return call->values[0];
  if (!attribute_name(interp, call->values[1]))
    return py_null();
  if (py_is_null(call->values[2]))
    return py_get_attr(interp, call->values[0], call->values[1].str);
  PyValue v = py_getattr_opt(interp, call->values[0], call->values[1].str->data);
  return py_is_null(v) && !py_failed(interp) ? call->values[2] : v;
}

static PyValue builtin_hasattr(PyInterp *interp, PyCall *call)
{
  if (call->values[0].type == PY_UNKNOWN)
    return call->values[0];
  if (!attribute_name(interp, call->values[1]))
    return py_null();
  PyValue v = py_getattr_opt(interp, call->values[0], call->values[1].str->data);
  if (v.type == PY_UNKNOWN)
    return v;
  return py_failed(interp) ? py_null() : py_bool(!py_is_null(v));
}

static PyValue builtin_setattr(PyInterp *interp, PyCall *call)
{
  if (!attribute_name(interp, call->values[1]))
    return py_null();
  return py_set_attr(interp, call->values[0], call->values[1].str, call->values[2]) ? py_none() : py_null();
}

static PyValue builtin_delattr(PyInterp *interp, PyCall *call)
{
  if (!attribute_name(interp, call->values[1]))
    return py_null();
  return py_del_attr(interp, call->values[0], call->values[1].str) ? py_none() : py_null();
}

static PyValue builtin_repr(PyInterp *interp, PyCall *call)
{
  return py_repr(interp, call->values[0]);
}

static PyValue builtin_ascii(PyInterp *interp, PyCall *call)
{
  PyValue text = py_repr(interp, call->values[0]);
  for (const char *p = py_text(text); p && *p; p++)
    if ((guchar)*p >= 0x80)
      return py_unknown(interp, PY_NEEDS_PYTHON, _("ascii() of other characters"));
  return text;
}

static PyValue builtin_format(PyInterp *interp, PyCall *call)
{
  return call->values[1].type == PY_STR ? py_format_value(interp, call->values[0], call->values[1].str)
                                        : py_raise(interp, "TypeError", "format() argument 2 must be str");
}

static PyValue builtin_len(PyInterp *interp, PyCall *call)
{
  gssize n = py_len(interp, call->values[0]);
  return n < 0 ? py_null() : py_int(n);
}

/* ---- the world ---- */

static PyValue builtin_print(PyInterp *interp, PyCall *call)
{
  Builder b;
  builder_init(&b, interp);
  const PyList *items = call->values[0].list;
  for (gsize i = 0; i < items->len; i++) {
    if (i)
      builder_str(&b, py_is_none(call->values[1]) ? py_str(interp, " ", 1) : call->values[1]);
    builder_str(&b, items->items[i]);
  }
  builder_str(&b, py_is_none(call->values[2]) ? py_str(interp, "\n", 1) : call->values[2]);
  PyValue text = builder_end(&b);
  gboolean to_file = !py_is_none(call->values[3]);
  if (text.type == PY_STR && interp->print && !to_file)
    interp->print(interp->print_data, text.str->data, text.str->len);
  return py_is_null(text) ? text : py_none();
}

/* Text to be read is an io.StringIO of what the file holds. */
static PyValue builtin_open(PyInterp *interp, PyCall *call)
{
  gboolean ok = TRUE;
  PyValue path = py_str_of(interp, call->values[0]);
  const char *mode = py_arg_text(call, 1), *encoding = py_arg_text_opt(call, 3, &ok);
  if (py_is_null(path) || !mode || !ok)
    return py_null();
  gboolean plain = !py_arg_given(call, 4) && !py_arg_given(call, 5);
  if (!plain || (strcmp(mode, "r") != 0 && strcmp(mode, "rt") != 0))
    return py_unknown(interp, PY_NEEDS_PYTHON, _("open(%s) reads a file"), py_text(path));
  PyValue text = py_read_file(interp, py_text(path), encoding);
  if (text.type != PY_STR)
    return text;
  PyValue class = py_getattr(interp, py_import(interp, "io"), "StringIO");
  return py_is_null(class) ? class : py_call(interp, class, &text, 1);
}

static PyValue builtin_run(PyInterp *interp, PyCall *call)
{
  return py_stop(interp, PY_NEEDS_PYTHON, _("%s() is not supported"), call->function);
}

static PyValue builtin_globals(PyInterp *interp, PyCall *call)
{
  (void)call;
  return (PyValue){.type = PY_DICT, .dict = interp->frame->module->globals};
}

static PyValue builtin_locals(PyInterp *interp, PyCall *call)
{
  (void)call;
  const Frame *frame = interp->frame;
  if (frame->namespace)
    return (PyValue){.type = PY_DICT, .dict = py_dict_copy(interp, frame->namespace)};
  PyValue dict = py_dict(interp);
  for (guint i = 0; i < frame->scope->n_names; i++)
    if (!py_is_null(frame->slots[i]))
      py_dict_put(interp, dict.dict, frame->scope->names[i], frame->slots[i]);
  return dict;
}

static PyValue builtin_vars(PyInterp *interp, PyCall *call)
{
  return py_is_null(call->values[0]) ? builtin_locals(interp, call)
                                     : py_getattr(interp, call->values[0], "__dict__");
}

static PyValue builtin_import(PyInterp *interp, PyCall *call)
{
  const char *name = py_arg_text(call, 0);
  return name ? py_import(interp, name) : py_null();
}

static PyValue builtin_exit(PyInterp *interp, PyCall *call)
{
  return py_raise_value(interp,
                        py_exception_new(interp, py_builtin_class(interp, "SystemExit"), call->values, 1));
}

/* ---- descriptors ---- */

static PyValue new_descriptor(PyInterp *interp, DescriptorKind kind, PyValue get, PyValue set)
{
  PyDescriptor *descriptor = new0(interp, PyDescriptor);
  *descriptor = (PyDescriptor){kind, get, set};
  return (PyValue){.type = PY_DESCRIPTOR, .descriptor = descriptor};
}

static PyValue builtin_property(PyInterp *interp, PyCall *call)
{
  PyValue set = py_is_none(call->values[1]) ? py_null() : call->values[1];
  return new_descriptor(interp, DESCRIPTOR_PROPERTY, call->values[0], set);
}

static PyValue builtin_staticmethod(PyInterp *interp, PyCall *call)
{
  return new_descriptor(interp, DESCRIPTOR_STATIC, call->values[0], py_null());
}

static PyValue builtin_classmethod(PyInterp *interp, PyCall *call)
{
  return new_descriptor(interp, DESCRIPTOR_CLASS, call->values[0], py_null());
}

/* ---- super() ---- */

typedef struct {
  PyClass *after;
  PyValue self;
} Super;

const PyHostClass super_class = {.name = "super"};

PyValue py_super_new(PyInterp *interp, PyClass *after, PyValue self)
{
  Super *payload = new0(interp, Super);
  *payload = (Super){after, self};
  return py_host_object(interp, &super_class, payload);
}

PyValue py_super_getattr(PyInterp *interp, PyInstance *instance, PyStr *name)
{
  const Super *payload = instance->payload;
  PyValue self = payload->self;
  PyClass *cls = self.type == PY_CLASS ? self.cls : py_class_of(interp, self);
  PyValue found = py_class_lookup_after(cls, payload->after, name);
  if (!py_is_null(found)) {
    if (self.type == PY_CLASS &&
        found.type == PY_FUNCTION) /* __new__, __init_subclass__ take the class themselves */
      return py_str_is(name, "__new__") ? found : py_bind(interp, found, self, cls);
    return py_bind(interp, found, self.type == PY_CLASS ? py_null() : self, cls);
  }
  if (cls->host && cls->host->getattr && self.type == PY_INSTANCE)
    found = cls->host->getattr(interp, self, name);
  return found;
}

static PyValue builtin_super(PyInterp *interp, PyCall *call)
{
  if (call->n_args == 2 && call->args[0].type == PY_CLASS)
    return py_super_new(interp, call->args[0].cls, call->args[1]);
  const Frame *frame = interp->frame;
  while (frame && !frame->function && frame->outer)
    frame = frame->outer;
  const PyFunction *function = frame ? frame->function : NULL;
  const Frame *method = frame;
  while (method && method->outer &&
         method->outer->function) /* a function inside a method uses the method's self */
    method = method->outer;
  if (!function || !function->owner || !*function->owner || py_is_null(method->self))
    return py_raise(interp, "RuntimeError", "super(): no arguments");
  return py_super_new(interp, *function->owner, py_is_null(frame->self) ? method->self : frame->self);
}

const PyMethod builtin_functions[] = {
    {"abs", builtin_abs, "x, /", PY_PURE},
    {"ascii", builtin_ascii, "x, /", PY_PURE},
    {"bin", builtin_bin, "x, /", PY_PURE},
    {"breakpoint", builtin_run, NULL, PY_TAKES_UNKNOWN},
    {"callable", builtin_callable, "x, /", PY_PURE},
    {"chr", builtin_chr, "x, /", PY_PURE},
    {"classmethod", builtin_classmethod, "function, /", PY_TAKES_UNKNOWN},
    {"compile", builtin_run, NULL, PY_TAKES_UNKNOWN},
    {"delattr", builtin_delattr, "object, name, /", PY_METHOD_PLAIN},
    {"divmod", builtin_divmod, "a, b, /", PY_PURE},
    {"eval", builtin_run, NULL, PY_TAKES_UNKNOWN},
    {"exec", builtin_run, NULL, PY_TAKES_UNKNOWN},
    {"exit", builtin_exit, "code=None", PY_TAKES_UNKNOWN},
    {"format", builtin_format, "value, format_spec='', /", PY_PURE},
    {"getattr", builtin_getattr, "object, name, default=?, /", PY_TAKES_UNKNOWN},
    {"globals", builtin_globals, "", PY_METHOD_PLAIN},
    {"hasattr", builtin_hasattr, "object, name, /", PY_TAKES_UNKNOWN},
    {"hash", builtin_hash, "x, /", PY_PURE},
    {"hex", builtin_hex, "x, /", PY_PURE},
    {"id", builtin_id, "x, /", PY_PURE},
    {"input", builtin_run, NULL, PY_TAKES_UNKNOWN},
    {"isinstance", builtin_isinstance, "object, classinfo, /", PY_TAKES_UNKNOWN},
    {"issubclass", builtin_issubclass, "cls, classinfo, /", PY_TAKES_UNKNOWN},
    {"len", builtin_len, "x, /", PY_PURE},
    {"locals", builtin_locals, "", PY_METHOD_PLAIN},
    {"oct", builtin_oct, "x, /", PY_PURE},
    {"open", builtin_open,
     "file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None",
     PY_PURE},
    {"ord", builtin_ord, "x, /", PY_PURE},
    {"pow", builtin_pow, "base, exp, mod=None", PY_PURE},
    {"print", builtin_print, "*values, sep=None, end=None, file=None, flush=False", PY_TAKES_UNKNOWN},
    {"property", builtin_property, "fget=None, fset=None, fdel=None, doc=None", PY_TAKES_UNKNOWN},
    {"quit", builtin_exit, "code=None", PY_TAKES_UNKNOWN},
    {"repr", builtin_repr, "x, /", PY_PURE},
    {"round", builtin_round, "number, ndigits=None", PY_PURE},
    {"setattr", builtin_setattr, "object, name, value, /", PY_TAKES_UNKNOWN},
    {"staticmethod", builtin_staticmethod, "function, /", PY_TAKES_UNKNOWN},
    {"super", builtin_super, NULL, PY_TAKES_UNKNOWN},
    {"vars", builtin_vars, "object=?, /", PY_PURE},
    {"__import__", builtin_import, "name, globals=None, locals=None, fromlist=(), level=0", PY_METHOD_PLAIN},
    {0},
};
