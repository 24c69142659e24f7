/* The decimal module in the plain case: exact numbers of up to 18 digits.  Anything that would round is unknown. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "modules.h"

/* coefficient * 10 ** exponent; the coefficient stays below 10 ** 18, so that products fit in 128 bits. */
typedef struct {
  gint64 coefficient;
  int exponent;
} Decimal;

#define MOST ((gint64)1000000000000000000)

static const PyHostClass decimal_class;

static PyValue new_decimal(PyInterp *interp, Decimal value)
{
  Decimal *decimal = arena_new0(py_arena(interp), Decimal);
  *decimal = value;
  return py_host_object(interp, &decimal_class, decimal);
}

static PyValue inexact(PyInterp *interp)
{
  return py_unknown(interp, PY_NEEDS_PYTHON, _("Decimal arithmetic that may round"));
}

/* FALSE: not a number; too long sets *fits to FALSE. */
static gboolean read_decimal(const char *text, Decimal *out, gboolean *fits)
{
  g_autofree char *copy = g_strstrip(g_strdup(text));
  const char *p = copy;
  gboolean negative = *p == '-';
  gsize digits = 0;
  gint64 exponent = 0;
  *fits = TRUE;
  p += *p == '-' || *p == '+';
  for (gboolean point = FALSE; g_ascii_isdigit(*p) || (*p == '.' && !point) || (*p == '_' && digits > 0);
       p++) {
    point |= *p == '.';
    if (!g_ascii_isdigit(*p))
      continue;
    digits++;
    exponent -= point;
    if (out->coefficient >= MOST / 10)
      *fits = FALSE;
    else
      out->coefficient = out->coefficient * 10 + (*p - '0');
  }
  if (digits > 0 && (*p == 'e' || *p == 'E')) {
    char *end = NULL;
    exponent += g_ascii_strtoll(p + 1, &end, 10);
    p = end == p + 1 ? p : end;
  }
  out->exponent = (int)CLAMP(exponent, -100000, 100000);
  if (negative)
    out->coefficient = -out->coefficient;
  *fits &= !(negative && out->coefficient == 0);
  return digits > 0 && *p == '\0';
}

static PyValue decimal_construct(PyInterp *interp, PyCall *call)
{
  PyValue value = call->values[0];
  Decimal decimal = {0};
  gboolean fits = TRUE;
  if (py_payload(value, &decimal_class) != NULL)
    return value;
  if (value.type == PY_FLOAT)
    return inexact(interp);
  const char *text = value.type == PY_STR ? py_text(value) : py_int_text(interp, value);
  if (text == NULL)
    return py_raise(interp, "TypeError", "conversion from %s to Decimal is not supported",
                    py_type_name(interp, value));
  if (!read_decimal(text, &decimal, &fits))
    return strpbrk(text, "nNiI") != NULL
               ? inexact(interp)
               : py_raise(interp, "ArithmeticError", "[<class 'decimal.ConversionSyntax'>]");
  return fits ? new_decimal(interp, decimal) : inexact(interp);
}

/* As str() writes it; NULL where that needs an exponent. */
static char *decimal_text(const Decimal *d)
{
  g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, ABS(d->coefficient));
  const char *sign = d->coefficient < 0 ? "-" : "";
  int point = (int)strlen(digits) + d->exponent; /* digits before the point */
  if (d->exponent > 0 || point < -5)
    return NULL;
  if (d->exponent == 0)
    return g_strconcat(sign, digits, NULL);
  if (point > 0)
    return g_strdup_printf("%s%.*s.%s", sign, point, digits, digits + point);
  g_autofree char *zeros = g_strnfill((gsize)-point, '0');
  return g_strconcat(sign, "0.", zeros, digits, NULL);
}

static PyValue decimal_str(PyInterp *interp, PyValue self)
{
  g_autofree char *text = decimal_text(py_payload(self, &decimal_class));
  return text != NULL ? py_str(interp, text, -1) : inexact(interp);
}

static PyValue decimal_repr(PyInterp *interp, PyValue self)
{
  g_autofree char *text = decimal_text(py_payload(self, &decimal_class));
  return text != NULL ? py_strf(interp, "Decimal('%s')", text) : inexact(interp);
}

static gboolean as_operand(PyValue v, Decimal *out)
{
  const Decimal *decimal = py_payload(v, &decimal_class);
  if (decimal != NULL)
    *out = *decimal;
  else if (py_as_int64(v, &out->coefficient))
    out->exponent = 0;
  else
    return FALSE;
  return TRUE;
}

/* Both with the smaller exponent; FALSE when that does not fit. */
static gboolean align(Decimal *a, Decimal *b)
{
  Decimal *high = a->exponent > b->exponent ? a : b;
  int target = MIN(a->exponent, b->exponent);
  while (high->exponent > target) {
    if (ABS(high->coefficient) >= MOST / 10)
      return FALSE;
    high->coefficient *= 10;
    high->exponent--;
  }
  return TRUE;
}

static PyValue decimal_compare(PyOp op, const Decimal *a, const Decimal *b)
{
  switch (op) {
  case PY_EQ: return py_bool(a->coefficient == b->coefficient);
  case PY_NE: return py_bool(a->coefficient != b->coefficient);
  case PY_LT: return py_bool(a->coefficient < b->coefficient);
  case PY_LE: return py_bool(a->coefficient <= b->coefficient);
  case PY_GT: return py_bool(a->coefficient > b->coefficient);
  case PY_GE: return py_bool(a->coefficient >= b->coefficient);
  default: return py_not_implemented();
  }
}

static PyValue decimal_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  Decimal a = {0}, b = {0};
  if (py_is_unknown(other))
    return other;
  if (!as_operand(other, &b))
    return py_not_implemented();
  as_operand(self, &a);
  if (reflected) {
    Decimal swap = a;
    a = b;
    b = swap;
  }
  if (op == PY_MUL) {
    __int128 product = (__int128)a.coefficient * b.coefficient;
    if (product >= MOST || product <= -MOST)
      return inexact(interp);
    return new_decimal(interp,
                       (Decimal){.coefficient = (gint64)product, .exponent = a.exponent + b.exponent});
  }
  if (!align(&a, &b))
    return inexact(interp);
  if (op != PY_ADD && op != PY_SUB) {
    PyValue compared = decimal_compare(op, &a, &b);
    return compared.type == PY_BOOL ? compared : inexact(interp);
  }
  gint64 sum = op == PY_ADD ? a.coefficient + b.coefficient : a.coefficient - b.coefficient;
  return ABS(sum) < MOST ? new_decimal(interp, (Decimal){.coefficient = sum, .exponent = a.exponent})
                         : inexact(interp);
}

static PyValue decimal_unary(PyInterp *interp, PyOp op, PyValue self)
{
  Decimal value = *(const Decimal *)py_payload(self, &decimal_class);
  if (op == PY_POS)
    return self;
  if (op != PY_NEG || value.coefficient == 0)
    return inexact(interp);
  value.coefficient = -value.coefficient;
  return new_decimal(interp, value);
}

static int decimal_truth(PyInterp *interp, PyValue self)
{
  (void)interp;
  return ((const Decimal *)py_payload(self, &decimal_class))->coefficient != 0;
}

static guint decimal_hash(PyInterp *interp, PyValue self)
{
  (void)interp;
  Decimal value = *(const Decimal *)py_payload(self, &decimal_class);
  while (value.coefficient != 0 && value.coefficient % 10 == 0) {
    value.coefficient /= 10;
    value.exponent++;
  }
  return (guint)(value.coefficient ^ (value.coefficient >> 32)) + (guint)value.exponent;
}

static PyValue decimal_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  (void)self;
  return name->data[0] == '_' ? py_null() : inexact(interp);
}

static const PyHostClass decimal_class = {
    .name = "Decimal",
    .module = "decimal",
    .construct = decimal_construct,
    .params = "value='0', context=None",
    .flags = PY_PURE,
    .getattr = decimal_getattr,
    .str = decimal_str,
    .repr = decimal_repr,
    .binary = decimal_binary,
    .unary = decimal_unary,
    .truth = decimal_truth,
    .hash = decimal_hash,
};

static PyValue module_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  (void)module;
  return py_unknown(interp, PY_NEEDS_PYTHON, _("decimal.%s"), name);
}

static const PyHostClass *const classes[] = {&decimal_class, NULL};

const PyModuleDef py_module_decimal = {.name = "decimal", .classes = classes, .getattr = module_attr};

const char *py_as_decimal(PyInterp *interp, PyValue v)
{
  const Decimal *decimal = py_payload(v, &decimal_class);
  g_autofree char *text = decimal != NULL ? decimal_text(decimal) : NULL;
  return arena_strdup(py_arena(interp), text);
}
