/* Methods of bytes, numbers and ranges. */
#include <math.h>
#include <string.h>
#include <glib/gi18n.h>

#include "bigint.h"
#include "object.h"

/* ---- bytes ---- */

/* Python has it, we do not. */
static PyValue unsupported(PyInterp *interp, PyCall *call)
{
  return py_unknown(interp, PY_NEEDS_PYTHON, _("%s.%s() is not supported"), py_type_name(interp, call->self),
                    call->function);
}

#define UNSUPPORTED(name)            \
  {                                  \
    name, unsupported, NULL, PY_PURE \
  }

static PyValue bytes_decode(PyInterp *interp, PyCall *call)
{
  const char *encoding = py_arg_text(call, 0);
  const PyStr *s = call->self.str;
  if (!encoding)
    return py_null();
  gboolean utf8 = !g_ascii_strcasecmp(encoding, "utf-8") || !g_ascii_strcasecmp(encoding, "utf8") ||
                  !g_ascii_strcasecmp(encoding, "ascii");
  if (!utf8)
    return py_unknown(interp, PY_NEEDS_PYTHON, _("decoding from %s is not supported"), encoding);
  if (!g_utf8_validate_len(s->data, s->len, NULL))
    return py_raise(interp, "UnicodeDecodeError", "'utf-8' codec can't decode byte");
  return py_from_str(py_str_in(interp->arena, s->data, s->len));
}

static PyValue bytes_hex(PyInterp *interp, PyCall *call)
{
  Builder b;
  builder_init(&b, interp);
  for (gsize i = 0; i < call->self.str->len; i++)
    builder_printf(&b, "%02x", (guchar)call->self.str->data[i]);
  return builder_end(&b);
}

static PyValue bytes_fromhex(PyInterp *interp, PyCall *call)
{
  const char *p = py_arg_text(call, 0);
  Builder b;
  builder_init(&b, interp);
  while (p && *p) {
    if (g_ascii_isspace(*p)) {
      p++;
      continue;
    }
    if (!g_ascii_isxdigit(p[0]) || !g_ascii_isxdigit(p[1]))
      return py_raise(interp, "ValueError", "non-hexadecimal number found in fromhex() arg");
    builder_char(&b, (char)(g_ascii_xdigit_value(p[0]) << 4 | g_ascii_xdigit_value(p[1])));
    p += 2;
  }
  return p ? builder_end_bytes(&b) : py_null();
}

static PyValue bytes_join(PyInterp *interp, PyCall *call)
{
  PyList *items = py_collect(interp, call->values[0]);
  Builder b;
  builder_init(&b, interp);
  for (gsize i = 0; items && i < items->len; i++) {
    if (items->items[i].type != PY_BYTES)
      return py_raise(interp, "TypeError", "sequence item %" G_GSIZE_FORMAT ": expected a bytes-like object",
                      i);
    if (i)
      builder_put(&b, call->self.str->data, call->self.str->len);
    builder_put(&b, items->items[i].str->data, items->items[i].str->len);
  }
  return items ? builder_end_bytes(&b) : py_null();
}

static PyValue bytes_startswith(PyInterp *interp, PyCall *call)
{
  PyValue part = call->values[0];
  if (part.type != PY_BYTES)
    return py_raise(interp, "TypeError", "%s first arg must be bytes", call->function);
  const PyStr *s = call->self.str;
  gboolean end = call->function[0] == 'e';
  return py_bool(part.str->len <= s->len &&
                 !memcmp(end ? s->data + s->len - part.str->len : s->data, part.str->data, part.str->len));
}

const PyMethod bytes_methods[] = {
    {"decode", bytes_decode, "encoding='utf-8', errors='strict'", PY_PURE},
    {"endswith", bytes_startswith, "suffix, /", PY_PURE},
    {"fromhex", bytes_fromhex, "string, /", PY_PURE | PY_STATIC},
    {"hex", bytes_hex, "", PY_PURE},
    {"join", bytes_join, "iterable, /", PY_PURE},
    {"startswith", bytes_startswith, "prefix, /", PY_PURE},
    UNSUPPORTED("capitalize"),
    UNSUPPORTED("center"),
    UNSUPPORTED("count"),
    UNSUPPORTED("expandtabs"),
    UNSUPPORTED("find"),
    UNSUPPORTED("index"),
    UNSUPPORTED("isalnum"),
    UNSUPPORTED("isalpha"),
    UNSUPPORTED("isascii"),
    UNSUPPORTED("isdigit"),
    UNSUPPORTED("islower"),
    UNSUPPORTED("isspace"),
    UNSUPPORTED("istitle"),
    UNSUPPORTED("isupper"),
    UNSUPPORTED("ljust"),
    UNSUPPORTED("lower"),
    UNSUPPORTED("lstrip"),
    UNSUPPORTED("maketrans"),
    UNSUPPORTED("partition"),
    UNSUPPORTED("removeprefix"),
    UNSUPPORTED("removesuffix"),
    UNSUPPORTED("replace"),
    UNSUPPORTED("rfind"),
    UNSUPPORTED("rindex"),
    UNSUPPORTED("rjust"),
    UNSUPPORTED("rpartition"),
    UNSUPPORTED("rsplit"),
    UNSUPPORTED("rstrip"),
    UNSUPPORTED("split"),
    UNSUPPORTED("splitlines"),
    UNSUPPORTED("strip"),
    UNSUPPORTED("swapcase"),
    UNSUPPORTED("title"),
    UNSUPPORTED("translate"),
    UNSUPPORTED("upper"),
    UNSUPPORTED("zfill"),
    {0},
};

/* ---- numbers ---- */

static PyValue int_bit_length(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return py_int(big_bits(call->self));
}

static PyValue number_self(PyInterp *interp, PyCall *call)
{
  return py_unary(interp, PY_POS, call->self);
}

static PyValue int_zero(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return py_int(call->function[0] == 'd' ? 1 : 0);
}

static PyValue float_is_integer(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return py_bool(call->self.f == floor(call->self.f) && isfinite(call->self.f));
}

const PyMethod int_methods[] = {
    {"bit_length", int_bit_length, "", PY_PURE},
    UNSUPPORTED("as_integer_ratio"),
    UNSUPPORTED("bit_count"),
    UNSUPPORTED("from_bytes"),
    UNSUPPORTED("is_integer"),
    UNSUPPORTED("to_bytes"),
    {"conjugate", number_self, "", PY_PURE},
    {"real", number_self, "", PY_PURE | PY_PROPERTY},
    {"numerator", number_self, "", PY_PURE | PY_PROPERTY},
    {"imag", int_zero, "", PY_PURE | PY_PROPERTY},
    {"denominator", int_zero, "", PY_PURE | PY_PROPERTY},
    {0},
};

const PyMethod float_methods[] = {
    {"is_integer", float_is_integer, "", PY_PURE},
    UNSUPPORTED("as_integer_ratio"),
    UNSUPPORTED("conjugate"),
    UNSUPPORTED("fromhex"),
    UNSUPPORTED("hex"),
    UNSUPPORTED("imag"),
    {"real", number_self, "", PY_PURE | PY_PROPERTY},
    {0},
};

static PyValue range_part(PyInterp *interp, PyCall *call)
{
  (void)interp;
  const PyRange *range = call->self.range;
  return py_int(call->function[2] == 'a'   ? range->start
                : call->function[2] == 'o' ? range->stop
                                           : range->step);
}

const PyMethod range_methods[] = {
    {"start", range_part, "", PY_PURE | PY_PROPERTY},
    {"stop", range_part, "", PY_PURE | PY_PROPERTY},
    {"step", range_part, "", PY_PURE | PY_PROPERTY},
    {0},
};
