/* timedelta and timezone. */
#include <math.h>
#include <string.h>

#include "mod_datetime.h"

#define MAX_DELTA_DAYS 999999999

PyValue new_delta(PyInterp *interp, gint64 days, gint64 seconds, gint64 microseconds)
{
  Delta *delta = arena_new0(py_arena(interp), Delta);
  seconds += microseconds / MICROSECONDS;
  microseconds %= MICROSECONDS;
  if (microseconds < 0) {
    microseconds += MICROSECONDS;
    seconds--;
  }
  days += seconds / SECONDS_A_DAY;
  seconds %= SECONDS_A_DAY;
  if (seconds < 0) {
    seconds += SECONDS_A_DAY;
    days--;
  }
  if (ABS(days) > MAX_DELTA_DAYS)
    return py_raise(interp, "OverflowError", "days=%" G_GINT64_FORMAT "; must have magnitude <= 999999999",
                    days);
  *delta = (Delta){days, seconds, microseconds};
  return py_host_object(interp, &timedelta_class, delta);
}

/* Adds value * unit microseconds; whole and fractional parts apart, so that nothing is lost for integers. */
static gboolean add_part(PyInterp *interp, PyValue value, gint64 unit, gint64 *days, gint64 *microseconds)
{
  const gint64 day = (gint64)SECONDS_A_DAY * MICROSECONDS;
  gint64 whole;
  if (value.type == PY_FLOAT) {
    gdouble us = value.f * (gdouble)unit;
    if (!isfinite(us) || fabs(us) > 9e18) {
      py_raise(interp, "OverflowError", "timedelta is out of range");
      return FALSE;
    }
    whole = (gint64)nearbyint(us);
    *days += whole / day;
    *microseconds += whole % day;
    return TRUE;
  }
  if (!py_as_int64(value, &whole) || ABS(whole) > G_GINT64_CONSTANT(86400000000000)) {
    py_raise(interp, "TypeError", "unsupported type for timedelta component: %s",
             py_type_name(interp, value));
    return FALSE;
  }
  if (unit % day == 0) {
    *days += whole * (unit / day);
    return TRUE;
  }
  gint64 in_a_day = day / unit;
  *days += whole / in_a_day;
  *microseconds += whole % in_a_day * unit;
  return TRUE;
}

static PyValue delta_construct(PyInterp *interp, PyCall *call)
{
  static const gint64 units[] = {
      G_GINT64_CONSTANT(86400000000), 1000000, 1, 1000, 60000000, G_GINT64_CONSTANT(3600000000),
      G_GINT64_CONSTANT(604800000000)};
  gint64 days = 0, microseconds = 0;
  for (guint i = 0; i < G_N_ELEMENTS(units); i++)
    if (!add_part(interp, call->values[i], units[i], &days, &microseconds))
      return py_null();
  return new_delta(interp, days, 0, microseconds);
}

static PyValue delta_attr(PyInterp *interp, PyValue self, PyStr *name)
{
  (void)interp;
  const Delta *delta = py_payload(self, &timedelta_class);
  if (py_str_is(name, "days"))
    return py_int(delta->days);
  if (py_str_is(name, "seconds"))
    return py_int(delta->seconds);
  if (py_str_is(name, "microseconds"))
    return py_int(delta->microseconds);
  return py_null();
}

static gdouble delta_seconds(const Delta *d)
{
  return ((gdouble)(d->days * SECONDS_A_DAY + d->seconds) * MICROSECONDS + (gdouble)d->microseconds) /
         MICROSECONDS;
}

static PyValue delta_total_seconds(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return py_float(delta_seconds(py_payload(call->self, &timedelta_class)));
}

static int compare_deltas(const Delta *a, const Delta *b)
{
  if (a->days != b->days)
    return a->days < b->days ? -1 : 1;
  if (a->seconds != b->seconds)
    return a->seconds < b->seconds ? -1 : 1;
  return a->microseconds < b->microseconds ? -1 : a->microseconds > b->microseconds;
}

static PyValue delta_with_number(PyInterp *interp, PyOp op, const Delta *a, PyValue other, gboolean reflected)
{
  gint64 n;
  if (op == PY_MUL && py_as_int64(other, &n) && ABS(n) < 1000000)
    return new_delta(interp, a->days * n, a->seconds * n, a->microseconds * n);
  if (reflected || (op != PY_MUL && op != PY_DIV && op != PY_FLOORDIV))
    return py_not_implemented();
  gdouble factor = other.type == PY_FLOAT ? other.f : py_as_int64(other, &n) ? (gdouble)n : NAN;
  if (isnan(factor))
    return py_not_implemented();
  if (op != PY_MUL && factor == 0)
    return py_raise(interp, "ZeroDivisionError", "integer division or modulo by zero");
  gdouble us = delta_seconds(a) * MICROSECONDS;
  us = op == PY_MUL ? us * factor : us / factor;
  if (fabs(us) > 9e18)
    return py_raise(interp, "OverflowError", "timedelta is out of range");
  return new_delta(interp, 0, 0, (gint64)(op == PY_FLOORDIV ? floor(us) : nearbyint(us)));
}

static PyValue delta_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  if (py_is_unknown(other))
    return other;
  const Delta *a = py_payload(self, &timedelta_class), *b = py_payload(other, &timedelta_class);
  if (b == NULL)
    return delta_with_number(interp, op, a, other, reflected);
  switch (op) {
  case PY_ADD:
    return new_delta(interp, a->days + b->days, a->seconds + b->seconds, a->microseconds + b->microseconds);
  case PY_SUB:
    return reflected ? py_not_implemented()
                     : new_delta(interp, a->days - b->days, a->seconds - b->seconds,
                                 a->microseconds - b->microseconds);
  case PY_DIV:
    if (delta_seconds(b) == 0)
      return py_raise(interp, "ZeroDivisionError", "division by zero");
    return py_float(delta_seconds(a) / delta_seconds(b));
  case PY_EQ: return py_bool(compare_deltas(a, b) == 0);
  case PY_NE: return py_bool(compare_deltas(a, b) != 0);
  case PY_LT: return py_bool(compare_deltas(a, b) < 0);
  case PY_LE: return py_bool(compare_deltas(a, b) <= 0);
  case PY_GT: return py_bool(compare_deltas(a, b) > 0);
  case PY_GE: return py_bool(compare_deltas(a, b) >= 0);
  default: return py_not_implemented();
  }
}

static PyValue delta_unary(PyInterp *interp, PyOp op, PyValue self)
{
  const Delta *d = py_payload(self, &timedelta_class);
  if (op == PY_NEG)
    return new_delta(interp, -d->days, -d->seconds, -d->microseconds);
  return op == PY_POS ? self
                      : py_raise(interp, "TypeError", "bad operand type for unary ~: 'datetime.timedelta'");
}

static int delta_truth(PyInterp *interp, PyValue self)
{
  (void)interp;
  const Delta *d = py_payload(self, &timedelta_class);
  return d->days != 0 || d->seconds != 0 || d->microseconds != 0;
}

static PyValue delta_str(PyInterp *interp, PyValue self)
{
  const Delta *d = py_payload(self, &timedelta_class);
  g_autofree char *days =
      d->days == 0 ? g_strdup("")
                   : g_strdup_printf("%" G_GINT64_FORMAT " day%s, ", d->days, ABS(d->days) == 1 ? "" : "s");
  g_autofree char *fraction =
      d->microseconds != 0 ? g_strdup_printf(".%06d", (int)d->microseconds) : g_strdup("");
  return py_strf(interp, "%s%d:%02d:%02d%s", days, (int)(d->seconds / 3600), (int)(d->seconds / 60 % 60),
                 (int)(d->seconds % 60), fraction);
}

static PyValue delta_repr(PyInterp *interp, PyValue self)
{
  const Delta *d = py_payload(self, &timedelta_class);
  g_autoptr(GString) out = g_string_new("datetime.timedelta(");
  const struct {
    const char *name;
    gint64 value;
  } parts[] = {{"days", d->days}, {"seconds", d->seconds}, {"microseconds", d->microseconds}};
  gboolean any = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    if (parts[i].value == 0)
      continue;
    g_string_append_printf(out, "%s%s=%" G_GINT64_FORMAT, any ? ", " : "", parts[i].name, parts[i].value);
    any = TRUE;
  }
  g_string_append(out, any ? ")" : "0)");
  return py_str(interp, out->str, -1);
}

static guint delta_hash(PyInterp *interp, PyValue self)
{
  (void)interp;
  const Delta *d = py_payload(self, &timedelta_class);
  return (guint)(d->days * 31 + d->seconds * 7 + d->microseconds);
}

static const PyMethod delta_methods[] = {
    {"total_seconds", delta_total_seconds, "", PY_METHOD_PLAIN},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

const PyHostClass timedelta_class = {
    .name = "timedelta",
    .module = "datetime",
    .methods = delta_methods,
    .construct = delta_construct,
    .params = "days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0",
    .flags = PY_PURE,
    .getattr = delta_attr,
    .binary = delta_binary,
    .unary = delta_unary,
    .truth = delta_truth,
    .str = delta_str,
    .repr = delta_repr,
    .hash = delta_hash,
};

/* ---- timezone ---- */

static PyValue zone_construct(PyInterp *interp, PyCall *call)
{
  const Delta *offset = py_payload(call->values[0], &timedelta_class);
  if (offset == NULL)
    return py_raise(interp, "TypeError", "timezone() argument 1 must be datetime.timedelta, not %s",
                    py_type_name(interp, call->values[0]));
  gint64 seconds = offset->days * SECONDS_A_DAY + offset->seconds;
  if (ABS(seconds) >= SECONDS_A_DAY)
    return py_raise(
        interp, "ValueError",
        "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24)");
  gboolean ok;
  const char *name = py_arg_text_opt(call, 1, &ok);
  if (!ok)
    return py_null();
  Zone *zone = arena_new0(py_arena(interp), Zone);
  zone->offset = seconds;
  zone->name = name;
  return py_host_new(interp, call->cls, zone);
}

static PyValue zone_class_attr(PyInterp *interp, PyClass *cls, PyStr *name)
{
  if (!py_str_is(name, "utc"))
    return py_null();
  return py_host_new(interp, cls, arena_new0(py_arena(interp), Zone));
}

static char *zone_text(const Zone *zone)
{
  if (zone->name != NULL)
    return g_strdup(zone->name);
  g_autofree char *offset = zone->offset != 0 ? offset_text(zone->offset, ":") : g_strdup("");
  return g_strconcat("UTC", offset, NULL);
}

static PyValue zone_str(PyInterp *interp, PyValue self)
{
  g_autofree char *text = zone_text(py_payload(self, &timezone_class));
  return py_str(interp, text, -1);
}

static PyValue zone_repr(PyInterp *interp, PyValue self)
{
  const Zone *zone = py_payload(self, &timezone_class);
  if (zone->offset == 0 && zone->name == NULL)
    return py_str(interp, "datetime.timezone.utc", -1);
  PyValue delta = delta_repr(interp, new_delta(interp, 0, zone->offset, 0));
  return py_strf(interp, "datetime.timezone(%s)", py_text(delta));
}

static PyValue zone_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  (void)interp;
  (void)reflected;
  const Zone *a = py_payload(self, &timezone_class), *b = py_payload(other, &timezone_class);
  if (b == NULL || (op != PY_EQ && op != PY_NE))
    return py_not_implemented();
  return py_bool((a->offset == b->offset) == (op == PY_EQ));
}

static guint zone_hash(PyInterp *interp, PyValue self)
{
  (void)interp;
  return (guint)((const Zone *)py_payload(self, &timezone_class))->offset;
}

static PyValue zone_utcoffset(PyInterp *interp, PyCall *call)
{
  return new_delta(interp, 0, ((const Zone *)py_payload(call->self, &timezone_class))->offset, 0);
}

static PyValue zone_tzname(PyInterp *interp, PyCall *call)
{
  return zone_str(interp, call->self);
}

static const PyMethod zone_methods[] = {
    {"utcoffset", zone_utcoffset, "dt", PY_METHOD_PLAIN},
    {"tzname", zone_tzname, "dt", PY_METHOD_PLAIN},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

const PyHostClass tzinfo_class = {.name = "tzinfo", .module = "datetime"};

const PyHostClass timezone_class = {
    .name = "timezone",
    .module = "datetime",
    .base = &tzinfo_class,
    .methods = zone_methods,
    .construct = zone_construct,
    .params = "offset, name=None",
    .flags = PY_PURE,
    .class_getattr = zone_class_attr,
    .binary = zone_binary,
    .hash = zone_hash,
    .str = zone_str,
    .repr = zone_repr,
};
