/* Arithmetic. */
#include <math.h>

#include "bigint.h"
#include "object.h"

static PyValue too_long(PyInterp *interp)
{
  py_exhausted(interp, "it computes with integers of too many digits");
  return py_null();
}

static PyValue checked(PyInterp *interp, PyValue v)
{
  return py_is_null(v) ? too_long(interp) : v;
}

PyValue py_int_from_double(PyInterp *interp, gdouble d)
{
  if (isnan(d))
    return py_raise(interp, "ValueError", "cannot convert float NaN to integer");
  if (isinf(d))
    return py_raise(interp, "OverflowError", "cannot convert float infinity to integer");
  return big_from_double(interp->arena, trunc(d));
}

static PyValue zero_division(PyInterp *interp, PyOp op)
{
  return py_raise(interp, "ZeroDivisionError", "%s",
                  op == PY_MOD ? "integer modulo by zero" : "integer division or modulo by zero");
}

static PyValue divide_ints(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  if (b.type != PY_BIGINT && b.i == 0)
    return op == PY_DIV ? py_raise(interp, "ZeroDivisionError", "division by zero")
                        : zero_division(interp, op);
  if (op == PY_DIV) {
    gdouble x = py_to_double(a), y = py_to_double(b);
    return isfinite(x) && isfinite(y)
               ? py_float(x / y)
               : py_raise(interp, "OverflowError", "integer division result too large for a float");
  }
  if (a.type == PY_BIGINT || b.type == PY_BIGINT || (a.i == G_MININT64 && b.i == -1)) {
    PyValue quotient, remainder;
    big_divmod(interp->arena, a, b, &quotient, &remainder);
    return checked(interp, op == PY_MOD ? remainder : quotient);
  }
  gint64 quotient = a.i / b.i, remainder = a.i % b.i;
  if (remainder && (remainder < 0) != (b.i < 0)) {
    quotient--;
    remainder += b.i;
  }
  return py_int(op == PY_MOD ? remainder : quotient);
}

static PyValue power(PyInterp *interp, PyValue a, PyValue b)
{
  if (b.type == PY_BIGINT)
    return a.type != PY_BIGINT && (a.i == 0 || a.i == 1) ? a : too_long(interp);
  if (b.i < 0) {
    if (a.type != PY_BIGINT && a.i == 0)
      return py_raise(interp, "ZeroDivisionError", "0.0 cannot be raised to a negative power");
    return py_float(pow(py_to_double(a), (gdouble)b.i));
  }
  return checked(interp, big_pow(interp->arena, a, (guint64)b.i));
}

static PyValue shift(PyInterp *interp, PyValue a, PyValue b, gboolean left)
{
  if (b.type == PY_BIGINT)
    return left ? too_long(interp) : py_int(0);
  if (b.i < 0)
    return py_raise(interp, "ValueError", "negative shift count");
  gint64 count = MIN(b.i, PY_MAX_INT_BITS + 1);
  return checked(interp, big_shift(interp->arena, a, left ? count : -count));
}

static PyValue bitwise(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  if (a.type == PY_BIGINT || b.type == PY_BIGINT)
    return checked(interp, big_bitwise(interp->arena, a, b, op == PY_AND ? '&' : op == PY_OR ? '|' : '^'));
  gint64 i = op == PY_AND ? a.i & b.i : op == PY_OR ? a.i | b.i : a.i ^ b.i;
  return a.type == PY_BOOL && b.type == PY_BOOL ? py_bool(i != 0) : py_int(i);
}

static PyValue int_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  gboolean small = a.type != PY_BIGINT && b.type != PY_BIGINT;
  gint64 result;
  switch (op) {
  case PY_ADD:
    return small && !__builtin_add_overflow(a.i, b.i, &result)
               ? py_int(result)
               : checked(interp, big_add(interp->arena, a, b));
  case PY_SUB:
    return small && !__builtin_sub_overflow(a.i, b.i, &result)
               ? py_int(result)
               : checked(interp, big_sub(interp->arena, a, b));
  case PY_MUL:
    return small && !__builtin_mul_overflow(a.i, b.i, &result)
               ? py_int(result)
               : checked(interp, big_mul(interp->arena, a, b));
  case PY_DIV:
  case PY_FLOORDIV:
  case PY_MOD: return divide_ints(interp, op, a, b);
  case PY_POW: return power(interp, a, b);
  case PY_LSHIFT:
  case PY_RSHIFT: return shift(interp, a, b, op == PY_LSHIFT);
  case PY_AND:
  case PY_OR:
  case PY_XOR: return bitwise(interp, op, a, b);
  default: return py_not_implemented();
  }
}

static gdouble float_mod(gdouble a, gdouble b)
{
  gdouble m = fmod(a, b);
  if (m != 0 && (m < 0) != (b < 0))
    m += b;
  return m == 0 ? copysign(0.0, b) : m;
}

static PyValue float_power(PyInterp *interp, gdouble x, gdouble y)
{
  if (x == 0 && y < 0)
    return py_raise(interp, "ZeroDivisionError", "0.0 cannot be raised to a negative power");
  if (x < 0 && y != floor(y))
    return py_unknown(interp, PY_NEEDS_PYTHON, "complex numbers are not supported");
  gdouble result = pow(x, y);
  if (isinf(result) && isfinite(x) && isfinite(y))
    return py_raise(interp, "OverflowError", "(34, 'Numerical result out of range')");
  return py_float(result);
}

static PyValue float_binary(PyInterp *interp, PyOp op, gdouble x, gdouble y)
{
  switch (op) {
  case PY_ADD: return py_float(x + y);
  case PY_SUB: return py_float(x - y);
  case PY_MUL: return py_float(x * y);
  case PY_DIV:
    return y == 0 ? py_raise(interp, "ZeroDivisionError", "float division by zero") : py_float(x / y);
  case PY_FLOORDIV:
    return y == 0 ? py_raise(interp, "ZeroDivisionError", "float floor division by zero")
                  : py_float(floor((x - float_mod(x, y)) / y + 0.5));
  case PY_MOD:
    return y == 0 ? py_raise(interp, "ZeroDivisionError", "float modulo") : py_float(float_mod(x, y));
  case PY_POW: return float_power(interp, x, y);
  default: return py_not_implemented();
  }
}

PyValue py_numeric_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  if (a.type == PY_FLOAT || b.type == PY_FLOAT)
    return float_binary(interp, op, py_to_double(a), py_to_double(b));
  return int_binary(interp, op, a, b);
}
