/* Integers beyond 64 bits: sign and magnitude in limbs of 32 bits, least first, no leading zero limb.
 *
 * Results that fit in 64 bits come back as PY_INT, so PY_BIGINT values are always large and comparing types is enough
 * to tell them from small ones.  Everything lives in the arena given.
 */
#pragma once

#include "retort/py/value.h"

/* Longer integers have no place in a migration, and schoolbook multiplication of these takes well under 10 ms. */
#define PY_MAX_INT_BITS 65536

struct PyBig {
  gboolean negative;
  guint n;
  guint32 limbs[];
};

/* PY_NULL from the functions below: the result would be longer than PY_MAX_INT_BITS (or division by zero). */
PyValue big_from_text(Arena *arena, const char *digits, gsize len, guint base);
PyValue big_from_double(Arena *arena, gdouble d);
gdouble big_to_double(PyValue v);
PyValue big_add(Arena *arena, PyValue a, PyValue b);
PyValue big_sub(Arena *arena, PyValue a, PyValue b);
PyValue big_mul(Arena *arena, PyValue a, PyValue b);
/* Floor division and modulo, as Python's. */
gboolean big_divmod(Arena *arena, PyValue a, PyValue b, PyValue *quotient, PyValue *remainder);
PyValue big_pow(Arena *arena, PyValue base, guint64 exponent);
PyValue big_shift(Arena *arena, PyValue a, gint64 left); /* negative: right, rounding down */
/* &, |, ^ on two's complement of unlimited length. */
PyValue big_bitwise(Arena *arena, PyValue a, PyValue b, char op);
int big_compare(PyValue a, PyValue b);
PyValue big_negate(Arena *arena, PyValue a);
/* Digits in base 2, 8, 10 or 16, with a minus sign. */
char *big_text(Arena *arena, PyValue a, guint base);
guint big_bits(PyValue a);
guint big_hash(PyValue a);
