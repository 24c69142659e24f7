#include "bigint.h"

#include <math.h>
#include <string.h>

#define MAX_LIMBS (PY_MAX_INT_BITS / 32)

/* Any int as a magnitude; small ones use the buffer. */
typedef struct {
  gboolean negative;
  guint n;
  const guint32 *limbs;
  guint32 small[2];
} Magnitude;

static void magnitude_of(PyValue v, Magnitude *m)
{
  if (v.type == PY_BIGINT) {
    *m = (Magnitude){.negative = v.big->negative, .n = v.big->n, .limbs = v.big->limbs};
    return;
  }
  guint64 u = v.i < 0 ? 0 - (guint64)v.i : (guint64)v.i;
  m->negative = v.i < 0;
  m->small[0] = (guint32)u;
  m->small[1] = (guint32)(u >> 32);
  m->n = m->small[1] ? 2 : m->small[0] ? 1 : 0;
  m->limbs = m->small;
}

static PyBig *new_big(Arena *arena, guint n)
{
  PyBig *big = arena_alloc(arena, sizeof(PyBig) + sizeof(guint32) * (n + 1));
  big->n = n;
  return big;
}

static PyValue normal(PyBig *big)
{
  while (big->n && !big->limbs[big->n - 1])
    big->n--;
  if (big->n > MAX_LIMBS)
    return py_null();
  if (big->n <= 2) {
    guint64 u = big->n ? big->limbs[0] : 0;
    if (big->n == 2)
      u |= (guint64)big->limbs[1] << 32;
    if (u <= G_MAXINT64)
      return py_int(big->negative ? -(gint64)u : (gint64)u);
    if (big->negative && u == (guint64)1 << 63)
      return py_int(G_MININT64);
  }
  return (PyValue){.type = PY_BIGINT, .big = big};
}

static int compare_magnitude(const Magnitude *a, const Magnitude *b)
{
  if (a->n != b->n)
    return a->n < b->n ? -1 : 1;
  for (guint i = a->n; i-- > 0;)
    if (a->limbs[i] != b->limbs[i])
      return a->limbs[i] < b->limbs[i] ? -1 : 1;
  return 0;
}

int big_compare(PyValue a, PyValue b)
{
  Magnitude x, y;
  magnitude_of(a, &x);
  magnitude_of(b, &y);
  if (x.negative != y.negative)
    return x.negative ? -1 : 1;
  int order = compare_magnitude(&x, &y);
  return x.negative ? -order : order;
}

static PyValue add_magnitudes(Arena *arena, const Magnitude *a, const Magnitude *b, gboolean negative)
{
  guint n = MAX(a->n, b->n) + 1;
  PyBig *sum = new_big(arena, n);
  guint64 carry = 0;
  for (guint i = 0; i < n; i++) {
    carry += (guint64)(i < a->n ? a->limbs[i] : 0) + (i < b->n ? b->limbs[i] : 0);
    sum->limbs[i] = (guint32)carry;
    carry >>= 32;
  }
  sum->negative = negative;
  return normal(sum);
}

/* |a| - |b| where |a| >= |b|. */
static PyValue sub_magnitudes(Arena *arena, const Magnitude *a, const Magnitude *b, gboolean negative)
{
  PyBig *difference = new_big(arena, a->n);
  gint64 borrow = 0;
  for (guint i = 0; i < a->n; i++) {
    gint64 d = (gint64)a->limbs[i] - (i < b->n ? b->limbs[i] : 0) - borrow;
    borrow = d < 0;
    difference->limbs[i] = (guint32)d;
  }
  difference->negative = negative;
  return normal(difference);
}

static PyValue add_signed(Arena *arena, const Magnitude *a, const Magnitude *b)
{
  if (a->negative == b->negative)
    return add_magnitudes(arena, a, b, a->negative);
  return compare_magnitude(a, b) >= 0 ? sub_magnitudes(arena, a, b, a->negative)
                                      : sub_magnitudes(arena, b, a, b->negative);
}

PyValue big_add(Arena *arena, PyValue a, PyValue b)
{
  Magnitude x, y;
  magnitude_of(a, &x);
  magnitude_of(b, &y);
  return add_signed(arena, &x, &y);
}

PyValue big_sub(Arena *arena, PyValue a, PyValue b)
{
  Magnitude x, y;
  magnitude_of(a, &x);
  magnitude_of(b, &y);
  y.negative = !y.negative;
  return add_signed(arena, &x, &y);
}

PyValue big_negate(Arena *arena, PyValue a)
{
  return big_sub(arena, py_int(0), a);
}

PyValue big_mul(Arena *arena, PyValue a, PyValue b)
{
  Magnitude x, y;
  magnitude_of(a, &x);
  magnitude_of(b, &y);
  if (x.n + y.n > MAX_LIMBS + 1)
    return py_null();
  PyBig *product = new_big(arena, x.n + y.n);
  for (guint i = 0; i < x.n; i++) {
    guint64 carry = 0;
    for (guint j = 0; j < y.n; j++) {
      carry += (guint64)x.limbs[i] * y.limbs[j] + product->limbs[i + j];
      product->limbs[i + j] = (guint32)carry;
      carry >>= 32;
    }
    product->limbs[i + y.n] = (guint32)carry;
  }
  product->negative = x.negative != y.negative;
  return normal(product);
}

/* Divides limbs in place by a small number; gives the remainder. */
static guint32 divide_small(guint32 *limbs, guint n, guint32 divisor)
{
  guint64 rest = 0;
  for (guint i = n; i-- > 0;) {
    rest = rest << 32 | limbs[i];
    limbs[i] = (guint32)(rest / divisor);
    rest %= divisor;
  }
  return (guint32)rest;
}

/* out = m << bits (bits < 32), with one limb more. */
static void shift_into(guint32 *out, const Magnitude *m, guint bits)
{
  guint64 carry = 0;
  for (guint i = 0; i < m->n; i++) {
    carry |= (guint64)m->limbs[i] << bits;
    out[i] = (guint32)carry;
    carry >>= 32;
  }
  out[m->n] = (guint32)carry;
}

/* Schoolbook long division (Knuth's algorithm D) of magnitudes, divisor of two limbs or more. */
static void divide_long(Arena *arena, const Magnitude *a, const Magnitude *b, PyBig *quotient,
                        PyBig *remainder)
{
  guint shift = (guint)__builtin_clz(b->limbs[b->n - 1]);
  guint32 *u = arena_array(arena, guint32, a->n + 1), *v = arena_array(arena, guint32, b->n + 1);
  shift_into(u, a, shift);
  shift_into(v, b, shift);
  for (guint j = a->n - b->n + 1; j-- > 0;) {
    guint64 top = (guint64)u[j + b->n] << 32 | u[j + b->n - 1];
    guint64 q = top / v[b->n - 1], r = top % v[b->n - 1];
    while (q > G_MAXUINT32 || q * v[b->n - 2] > (r << 32 | u[j + b->n - 2])) {
      q--;
      r += v[b->n - 1];
      if (r > G_MAXUINT32)
        break;
    }
    gint64 borrow = 0;
    for (guint i = 0; i < b->n; i++) {
      guint64 part = q * v[i];
      gint64 d = (gint64)u[i + j] - borrow - (gint64)(guint32)part;
      u[i + j] = (guint32)d;
      borrow = (gint64)(part >> 32) - (d >> 32);
    }
    gint64 d = (gint64)u[j + b->n] - borrow;
    u[j + b->n] = (guint32)d;
    if (d < 0) { /* one too many: add back */
      q--;
      guint64 carry = 0;
      for (guint i = 0; i < b->n; i++) {
        carry += (guint64)u[i + j] + v[i];
        u[i + j] = (guint32)carry;
        carry >>= 32;
      }
      u[j + b->n] += (guint32)carry;
    }
    quotient->limbs[j] = (guint32)q;
  }
  for (guint i = 0; i < b->n; i++)
    remainder->limbs[i] = shift ? (guint32)((((guint64)u[i + 1] << 32) | u[i]) >> shift) : u[i];
}

gboolean big_divmod(Arena *arena, PyValue a, PyValue b, PyValue *quotient, PyValue *remainder)
{
  Magnitude x, y;
  magnitude_of(a, &x);
  magnitude_of(b, &y);
  if (!y.n)
    return FALSE;
  if (compare_magnitude(&x, &y) < 0) {
    *quotient = py_int(0);
    *remainder = a;
  } else {
    PyBig *q = new_big(arena, x.n - y.n + 1), *r = new_big(arena, y.n);
    if (y.n == 1) {
      q->n = x.n;
      memcpy(q->limbs, x.limbs, sizeof(guint32) * x.n);
      r->limbs[0] = divide_small(q->limbs, x.n, y.limbs[0]);
    } else {
      divide_long(arena, &x, &y, q, r);
    }
    q->negative = x.negative != y.negative;
    r->negative = x.negative;
    *quotient = normal(q);
    *remainder = normal(r);
  }
  gboolean zero = remainder->type == PY_INT && remainder->i == 0;
  if (!zero && x.negative != y.negative) { /* round down, not towards zero */
    *quotient = big_sub(arena, *quotient, py_int(1));
    *remainder = big_add(arena, *remainder, b);
  }
  return TRUE;
}

PyValue big_pow(Arena *arena, PyValue base, guint64 exponent)
{
  PyValue result = py_int(1);
  gboolean trivial = base.type == PY_INT && base.i >= -1 && base.i <= 1;
  if (!trivial && (exponent > PY_MAX_INT_BITS || (guint64)(big_bits(base) - 1) * exponent > PY_MAX_INT_BITS))
    return py_null();
  if (trivial && exponent)
    return base.i == -1 ? py_int(exponent & 1 ? -1 : 1) : base;
  for (; exponent; exponent >>= 1) {
    if (exponent & 1)
      result = big_mul(arena, result, base);
    if (py_is_null(result))
      return result;
    if (exponent > 1)
      base = big_mul(arena, base, base);
    if (py_is_null(base))
      return base;
  }
  return result;
}

guint big_bits(PyValue a)
{
  Magnitude m;
  magnitude_of(a, &m);
  return m.n ? m.n * 32 - (guint)__builtin_clz(m.limbs[m.n - 1]) : 0;
}

PyValue big_shift(Arena *arena, PyValue a, gint64 left)
{
  Magnitude m;
  magnitude_of(a, &m);
  if (!m.n)
    return py_int(0);
  if (left >= 0) {
    if (left > PY_MAX_INT_BITS)
      return py_null();
    guint words = (guint)(left / 32);
    PyBig *big = new_big(arena, m.n + words + 1);
    shift_into(big->limbs + words, &m, (guint)(left % 32));
    big->negative = m.negative;
    return normal(big);
  }
  if (-left >= (gint64)m.n * 32)
    return py_int(m.negative ? -1 : 0);
  PyValue quotient, remainder;
  big_divmod(arena, a, big_pow(arena, py_int(2), (guint64)-left), &quotient, &remainder);
  return quotient;
}

/* Two's complement in n limbs. */
static void complement_into(guint32 *out, const Magnitude *m, guint n)
{
  guint64 carry = 1;
  for (guint i = 0; i < n; i++) {
    guint32 limb = i < m->n ? m->limbs[i] : 0;
    if (m->negative) {
      carry += (guint32)~limb;
      limb = (guint32)carry;
      carry >>= 32;
    }
    out[i] = limb;
  }
}

PyValue big_bitwise(Arena *arena, PyValue a, PyValue b, char op)
{
  Magnitude x, y;
  magnitude_of(a, &x);
  magnitude_of(b, &y);
  guint n = MAX(x.n, y.n) + 1;
  PyBig *out = new_big(arena, n);
  guint32 *left = out->limbs, *right = arena_array(arena, guint32, n);
  complement_into(left, &x, n);
  complement_into(right, &y, n);
  for (guint i = 0; i < n; i++)
    left[i] = op == '&' ? left[i] & right[i] : op == '|' ? left[i] | right[i] : left[i] ^ right[i];
  if (left[n - 1] >> 31) { /* negative: back to a magnitude */
    Magnitude m = {.negative = TRUE, .n = n, .limbs = left};
    complement_into(left, &m, n);
    out->negative = TRUE;
  }
  return normal(out);
}

PyValue big_from_text(Arena *arena, const char *digits, gsize len, guint base)
{
  guint bits = base <= 2 ? 1 : base <= 8 ? 3 : base <= 16 ? 4 : 6;
  if (len > PY_MAX_INT_BITS / bits)
    return py_null();
  PyBig *big = new_big(arena, (guint)(len * bits / 32) + 2);
  guint room = big->n;
  big->n = 0;
  for (gsize i = 0; i < len; i++) {
    guint64 carry =
        (guint64)(g_ascii_isdigit(digits[i]) ? digits[i] - '0' : g_ascii_tolower(digits[i]) - 'a' + 10);
    for (guint j = 0; j < big->n; j++) {
      carry += (guint64)big->limbs[j] * base;
      big->limbs[j] = (guint32)carry;
      carry >>= 32;
    }
    if (carry && big->n < room)
      big->limbs[big->n++] = (guint32)carry;
  }
  return normal(big);
}

PyValue big_from_double(Arena *arena, gdouble d)
{
  int exponent;
  gdouble fraction = frexp(fabs(d), &exponent);
  if (exponent <= 62)
    return py_int((gint64)d);
  PyValue mantissa = py_int((gint64)ldexp(fraction, 62));
  PyValue v = big_shift(arena, mantissa, exponent - 62);
  return d < 0 ? big_negate(arena, v) : v;
}

gdouble big_to_double(PyValue v)
{
  Magnitude m;
  magnitude_of(v, &m);
  gdouble d = 0;
  for (guint i = m.n; i-- > 0;)
    d = d * 4294967296.0 + m.limbs[i];
  return m.negative ? -d : d;
}

char *big_text(Arena *arena, PyValue a, guint base)
{
  Magnitude m;
  magnitude_of(a, &m);
  /* Cut off as many digits at a time as fit in a limb. */
  guint32 chunk = base == 10 ? 1000000000u : base == 8 ? 1u << 30 : 1u << 28;
  guint digits = base == 10 ? 9 : base == 8 ? 10 : base == 16 ? 7 : 28;
  guint32 *work = arena_array(arena, guint32, m.n + 1);
  gsize room = (gsize)m.n * 33 + 40;
  char *end = (char *)arena_alloc(arena, room) + room - 1, *p = end;
  memcpy(work, m.limbs, sizeof(guint32) * m.n);
  guint n = m.n;
  do {
    guint32 part = divide_small(work, n, chunk);
    while (n && !work[n - 1])
      n--;
    for (guint i = 0; i < digits && (n || part || i == 0); i++) {
      *--p = "0123456789abcdef"[part % base];
      part /= base;
    }
  } while (n);
  if (m.negative)
    *--p = '-';
  return p;
}

guint big_hash(PyValue a)
{
  guint hash = a.big->negative;
  for (guint i = 0; i < a.big->n; i++)
    hash = hash * 31 + a.big->limbs[i];
  return hash;
}
