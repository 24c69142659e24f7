/* math */
#include <math.h>
#include <string.h>

#include "bigint.h"
#include "modules.h"
#include "object.h"

static gboolean number(PyCall *call, guint i, gdouble *d)
{
  PyValue v = py_plain(call->values[i]);
  const char *text = v.type == PY_INSTANCE ? py_as_decimal(call->interp, v) : NULL;
  if (text)
    *d = g_ascii_strtod(text, NULL);
  else if (py_is_number(v))
    *d = py_to_double(v);
  else {
    py_raise(call->interp, "TypeError", "must be real number, not %s", py_type_name(call->interp, v));
    return FALSE;
  }
  return TRUE;
}

static PyValue rounded(PyInterp *interp, PyCall *call)
{
  gdouble d;
  PyValue v = py_plain(call->values[0]);
  if (py_is_int(v))
    return py_unary(interp, PY_POS, v);
  if (!number(call, 0, &d))
    return py_null();
  if (!isfinite(d))
    return py_raise(interp, "OverflowError", "cannot convert float infinity to integer");
  char first = call->function[0];
  return py_int_from_double(interp, first == 'f' ? floor(d) : first == 'c' ? ceil(d) : trunc(d));
}

typedef struct {
  const char *name;
  gdouble (*function)(gdouble d);
} Real;

static const Real reals[] = {
    {"sqrt", sqrt}, {"exp", exp},   {"log2", log2}, {"log10", log10}, {"sin", sin},   {"cos", cos},
    {"tan", tan},   {"fabs", fabs}, {"atan", atan}, {"asin", asin},   {"acos", acos},
};

static PyValue real(PyInterp *interp, PyCall *call)
{
  gdouble d;
  if (!number(call, 0, &d))
    return py_null();
  for (gsize i = 0; i < G_N_ELEMENTS(reals); i++)
    if (!strcmp(reals[i].name, call->function)) {
      gdouble result = reals[i].function(d);
      return isnan(result) && !isnan(d) ? py_raise(interp, "ValueError", "math domain error")
                                        : py_float(result);
    }
  return py_none();
}

static PyValue math_log(PyInterp *interp, PyCall *call)
{
  gdouble d, base = G_E;
  if (!number(call, 0, &d) || (!py_is_null(call->values[1]) && !number(call, 1, &base)))
    return py_null();
  if (d <= 0 || base <= 0 || base == 1)
    return py_raise(interp, "ValueError", "math domain error");
  return py_float(py_is_null(call->values[1]) ? log(d) : log(d) / log(base));
}

static PyValue math_pow(PyInterp *interp, PyCall *call)
{
  gdouble x, y;
  (void)interp;
  return number(call, 0, &x) && number(call, 1, &y) ? py_float(pow(x, y)) : py_null();
}

static PyValue classify(PyInterp *interp, PyCall *call)
{
  gdouble d;
  (void)interp;
  if (!number(call, 0, &d))
    return py_null();
  return py_bool(call->function[2] == 'n' ? isnan(d) : call->function[2] == 'i' ? isinf(d) : isfinite(d));
}

static PyValue math_gcd(PyInterp *interp, PyCall *call)
{
  gint64 result = 0;
  const PyList *items = call->values[0].list;
  for (gsize i = 0; i < items->len; i++) {
    gint64 b;
    if (!py_index_value(interp, items->items[i], &b))
      return py_null();
    while (b) {
      gint64 rest = result % b;
      result = b;
      b = rest == 0 ? 0 : rest;
    }
  }
  return py_int(result < 0 ? -result : result);
}

static PyValue math_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  (void)interp;
  (void)module;
  if (!strcmp(name, "pi"))
    return py_float(G_PI);
  if (!strcmp(name, "e"))
    return py_float(G_E);
  if (!strcmp(name, "inf"))
    return py_float(INFINITY);
  return !strcmp(name, "nan") ? py_float(NAN) : py_null();
}

static const PyMethod math_functions[] = {
    {"acos", real, "x, /", PY_PURE},
    {"asin", real, "x, /", PY_PURE},
    {"atan", real, "x, /", PY_PURE},
    {"ceil", rounded, "x, /", PY_PURE},
    {"cos", real, "x, /", PY_PURE},
    {"exp", real, "x, /", PY_PURE},
    {"fabs", real, "x, /", PY_PURE},
    {"floor", rounded, "x, /", PY_PURE},
    {"gcd", math_gcd, "*integers", PY_PURE},
    {"isfinite", classify, "x, /", PY_PURE},
    {"isinf", classify, "x, /", PY_PURE},
    {"isnan", classify, "x, /", PY_PURE},
    {"log", math_log, "x, base=?, /", PY_PURE},
    {"log10", real, "x, /", PY_PURE},
    {"log2", real, "x, /", PY_PURE},
    {"pow", math_pow, "x, y, /", PY_PURE},
    {"sin", real, "x, /", PY_PURE},
    {"sqrt", real, "x, /", PY_PURE},
    {"tan", real, "x, /", PY_PURE},
    {"trunc", rounded, "x, /", PY_PURE},
    {0},
};

const PyModuleDef py_module_math = {.name = "math", .functions = math_functions, .getattr = math_attr};
