/* The datetime module: date, time and datetime.  What asks the clock is nondeterministic, hence unknown. */
#include "mod_datetime.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "modules.h"

/* ---- the calendar ---- */

static gboolean is_leap(int year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int year, int month)
{
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && is_leap(year));
}

static gint64 days_before_year(int year)
{
  gint64 y = year - 1;
  return y * 365 + y / 4 - y / 100 + y / 400;
}

gint64 ordinal_of(int year, int month, int day)
{
  gint64 ordinal = days_before_year(year) + day;
  for (int m = 1; m < month; m++)
    ordinal += days_in_month(year, m);
  return ordinal;
}

void date_of_ordinal(gint64 ordinal, PyDateTime *at)
{
  int year = (int)(ordinal / 366) + 1;
  while (days_before_year(year + 1) < ordinal)
    year++;
  gint64 rest = ordinal - days_before_year(year);
  int month = 1;
  while (rest > days_in_month(year, month))
    rest -= days_in_month(year, month++);
  at->year = year;
  at->month = month;
  at->day = (int)rest;
  at->has_date = TRUE;
}

gboolean valid_date(PyInterp *interp, const PyDateTime *at)
{
  if (at->year < MINYEAR || at->year > MAXYEAR)
    py_raise(interp, "ValueError", "year %d is out of range", at->year);
  else if (at->month < 1 || at->month > 12)
    py_raise(interp, "ValueError", "month must be in 1..12");
  else if (at->day < 1 || at->day > days_in_month(at->year, at->month))
    py_raise(interp, "ValueError", "day is out of range for month");
  else
    return TRUE;
  return FALSE;
}

gboolean valid_time(PyInterp *interp, const PyDateTime *at)
{
  if (at->hour < 0 || at->hour > 23)
    py_raise(interp, "ValueError", "hour must be in 0..23");
  else if (at->minute < 0 || at->minute > 59)
    py_raise(interp, "ValueError", "minute must be in 0..59");
  else if (at->second < 0 || at->second > 59)
    py_raise(interp, "ValueError", "second must be in 0..59");
  else if (at->microsecond < 0 || at->microsecond >= MICROSECONDS)
    py_raise(interp, "ValueError", "microsecond must be in 0..999999");
  else
    return TRUE;
  return FALSE;
}

/* ---- values ---- */

static const PyHostClass *class_for(const PyDateTime *at)
{
  return !at->has_time ? &date_class : at->has_date ? &datetime_class : &time_class;
}

static void set_zone(Stamp *stamp, PyValue tz)
{
  const Zone *zone = py_payload(tz, &timezone_class);
  stamp->tz = zone != NULL ? tz : py_null();
  stamp->at.has_offset = zone != NULL;
  stamp->at.offset_seconds = zone != NULL ? (int)zone->offset : 0;
}

PyValue new_stamp(PyInterp *interp, const PyHostClass *host, const PyDateTime *at, PyValue tz)
{
  Stamp *stamp = arena_new0(py_arena(interp), Stamp);
  stamp->at = *at;
  set_zone(stamp, tz);
  return py_host_object(interp, host, stamp);
}

/* A timezone value for an offset that was read from text; PY_NULL for none. */
static PyValue zone_for(PyInterp *interp, const PyDateTime *at)
{
  if (!at->has_offset)
    return py_null();
  Zone *zone = arena_new0(py_arena(interp), Zone);
  zone->offset = at->offset_seconds;
  return py_host_object(interp, &timezone_class, zone);
}

static Stamp *stamp_of(PyValue v)
{
  Stamp *stamp = py_payload(v, &date_class);
  return stamp != NULL ? stamp : py_payload(v, &time_class);
}

void stamp_moment(const Stamp *stamp, gint64 *days, gint64 *microseconds)
{
  const PyDateTime *at = &stamp->at;
  *days = at->has_date ? ordinal_of(at->year, at->month, at->day) : 0;
  *microseconds = ((gint64)at->hour * 3600 + at->minute * 60 + at->second) * MICROSECONDS + at->microsecond;
}

static PyValue stamp_at_moment(PyInterp *interp, const Stamp *like, gint64 days, gint64 microseconds)
{
  const gint64 day = (gint64)SECONDS_A_DAY * MICROSECONDS;
  days += microseconds / day;
  microseconds %= day;
  if (microseconds < 0) {
    microseconds += day;
    days--;
  }
  if (days < 1 || days > MAX_ORDINAL)
    return py_raise(interp, "OverflowError", "date value out of range");
  PyDateTime at = {.has_time = like->at.has_time};
  date_of_ordinal(days, &at);
  at.microsecond = (int)(microseconds % MICROSECONDS);
  gint64 seconds = microseconds / MICROSECONDS;
  at.hour = (int)(seconds / 3600);
  at.minute = (int)(seconds / 60 % 60);
  at.second = (int)(seconds % 60);
  return new_stamp(interp, class_for(&at), &at, like->tz);
}

/* The int arguments from..to-1 into out; FALSE on failure. */
static gboolean take_ints(PyCall *call, guint from, guint to, int *const *out)
{
  for (guint i = from; i < to; i++) {
    gint64 value;
    if (!py_arg_int(call, i, &value))
      return FALSE;
    *out[i - from] = (int)CLAMP(value, -1000000000, 1000000000);
  }
  return TRUE;
}

static gboolean take_zone(PyInterp *interp, PyValue tz)
{
  if (py_is_null(tz) || py_is_none(tz) || py_payload(tz, &timezone_class) != NULL)
    return TRUE;
  if (py_is_host(tz, &tzinfo_class))
    py_stop(interp, PY_NEEDS_PYTHON, _("a tzinfo of the program's own"));
  else
    py_raise(interp, "TypeError", "tzinfo argument must be None or of a tzinfo subclass, not type '%s'",
             py_type_name(interp, tz));
  return FALSE;
}

static PyValue construct(PyInterp *interp, PyCall *call, PyDateTime *at, PyValue tz)
{
  if ((at->has_date && !valid_date(interp, at)) || (at->has_time && !valid_time(interp, at)) ||
      !take_zone(interp, tz))
    return py_null();
  Stamp *stamp = arena_new0(py_arena(interp), Stamp);
  stamp->at = *at;
  set_zone(stamp, tz);
  return py_host_new(interp, call->cls, stamp);
}

static PyValue date_construct(PyInterp *interp, PyCall *call)
{
  PyDateTime at = {.has_date = TRUE};
  int *const out[] = {&at.year, &at.month, &at.day};
  return take_ints(call, 0, 3, out) ? construct(interp, call, &at, py_null()) : py_null();
}

static PyValue time_construct(PyInterp *interp, PyCall *call)
{
  PyDateTime at = {.has_time = TRUE};
  int *const out[] = {&at.hour, &at.minute, &at.second, &at.microsecond};
  return take_ints(call, 0, 4, out) ? construct(interp, call, &at, call->values[4]) : py_null();
}

static PyValue datetime_construct(PyInterp *interp, PyCall *call)
{
  PyDateTime at = {.has_date = TRUE, .has_time = TRUE};
  int *const out[] = {&at.year, &at.month, &at.day, &at.hour, &at.minute, &at.second, &at.microsecond};
  return take_ints(call, 0, 7, out) ? construct(interp, call, &at, call->values[7]) : py_null();
}

/* ---- attributes and text ---- */

static PyValue stamp_attr(PyInterp *interp, PyValue self, PyStr *name)
{
  (void)interp;
  const Stamp *stamp = stamp_of(self);
  const PyDateTime *at = &stamp->at;
  const struct {
    const char *name;
    gboolean there;
    int value;
  } fields[] = {
      {"year", at->has_date, at->year},
      {"month", at->has_date, at->month},
      {"day", at->has_date, at->day},
      {"hour", at->has_time, at->hour},
      {"minute", at->has_time, at->minute},
      {"second", at->has_time, at->second},
      {"microsecond", at->has_time, at->microsecond},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
    if (fields[i].there && py_str_is(name, fields[i].name))
      return py_int(fields[i].value);
  if (at->has_time && py_str_is(name, "tzinfo"))
    return py_is_null(stamp->tz) ? py_none() : stamp->tz;
  return py_null();
}

static PyValue stamp_str(PyInterp *interp, PyValue self)
{
  g_autofree char *text = stamp_isoformat(stamp_of(self), " ", "auto");
  return py_str(interp, text, -1);
}

static PyValue stamp_repr(PyInterp *interp, PyValue self)
{
  const Stamp *stamp = stamp_of(self);
  const PyDateTime *at = &stamp->at;
  g_autoptr(GString) out = g_string_new(NULL);
  g_string_append_printf(out, "datetime.%s(", class_for(at)->name);
  if (at->has_date)
    g_string_append_printf(out, "%d, %d, %d%s", at->year, at->month, at->day, at->has_time ? ", " : "");
  if (at->has_time)
    g_string_append_printf(out, "%d, %d", at->hour, at->minute);
  if (at->has_time && (at->second != 0 || at->microsecond != 0))
    g_string_append_printf(out, ", %d", at->second);
  if (at->microsecond != 0)
    g_string_append_printf(out, ", %d", at->microsecond);
  if (!py_is_null(stamp->tz))
    g_string_append_printf(out, ", tzinfo=%s", py_text(py_repr(interp, stamp->tz)));
  g_string_append_c(out, ')');
  return py_str(interp, out->str, -1);
}

static PyValue stamp_isoformat_method(PyInterp *interp, PyCall *call)
{
  const Stamp *stamp = stamp_of(call->self);
  const char *separator = "T", *timespec = "auto";
  if (call->n_values == 2 && (separator = py_arg_text(call, 0)) == NULL)
    return py_null();
  if (call->n_values >= 1 && (timespec = py_arg_text(call, call->n_values - 1)) == NULL)
    return py_null();
  g_autofree char *text = stamp_isoformat(stamp, separator, timespec);
  return py_str(interp, text, -1);
}

static PyValue format_stamp(PyInterp *interp, PyValue self, const char *format)
{
  g_autofree char *text = stamp_strftime(stamp_of(self), format);
  if (text == NULL)
    return py_stop(interp, PY_NEEDS_PYTHON, _("strftime(\"%s\")"), format);
  return py_str(interp, text, -1);
}

static PyValue stamp_strftime_method(PyInterp *interp, PyCall *call)
{
  const char *format = py_arg_text(call, 0);
  return format != NULL ? format_stamp(interp, call->self, format) : py_null();
}

static PyValue stamp_format(PyInterp *interp, PyValue self, const char *spec)
{
  return spec[0] == '\0' ? stamp_str(interp, self) : format_stamp(interp, self, spec);
}

/* ---- arithmetic ---- */

static gboolean aware(const Stamp *stamp)
{
  return stamp->at.has_offset;
}

/* a - b in microseconds within a day, days apart, in UTC when both know their offset. */
static void difference(const Stamp *a, const Stamp *b, gint64 *days, gint64 *microseconds)
{
  gint64 days_b, microseconds_b;
  stamp_moment(a, days, microseconds);
  stamp_moment(b, &days_b, &microseconds_b);
  *days -= days_b;
  *microseconds -= microseconds_b;
  if (aware(a) && aware(b))
    *microseconds -= (gint64)(a->at.offset_seconds - b->at.offset_seconds) * MICROSECONDS;
}

static int compare_stamps(const Stamp *a, const Stamp *b)
{
  gint64 days, microseconds;
  difference(a, b, &days, &microseconds);
  gint64 total = days * SECONDS_A_DAY * MICROSECONDS + microseconds;
  return total < 0 ? -1 : total > 0;
}

static gboolean same_kind(const Stamp *a, const Stamp *b)
{
  return a->at.has_date == b->at.has_date && a->at.has_time == b->at.has_time;
}

static PyValue compare(PyInterp *interp, PyOp op, const Stamp *a, const Stamp *b)
{
  gboolean comparable = same_kind(a, b) && aware(a) == aware(b);
  if (op == PY_EQ || op == PY_NE)
    return py_bool((comparable && compare_stamps(a, b) == 0) == (op == PY_EQ));
  if (!same_kind(a, b))
    return py_not_implemented();
  if (!comparable)
    return py_raise(interp, "TypeError", "can't compare offset-naive and offset-aware %ss",
                    a->at.has_date ? "datetime" : "time");
  int order = compare_stamps(a, b);
  switch (op) {
  case PY_LT: return py_bool(order < 0);
  case PY_LE: return py_bool(order <= 0);
  case PY_GT: return py_bool(order > 0);
  case PY_GE: return py_bool(order >= 0);
  default: return py_not_implemented();
  }
}

static PyValue shift(PyInterp *interp, PyOp op, const Stamp *stamp, const Delta *delta, gboolean reflected)
{
  if (!stamp->at.has_date || (op != PY_ADD && op != PY_SUB) || (op == PY_SUB && reflected))
    return py_not_implemented();
  int sign = op == PY_SUB ? -1 : 1;
  gint64 days, microseconds;
  stamp_moment(stamp, &days, &microseconds);
  days += sign * delta->days;
  if (stamp->at.has_time)
    microseconds += sign * (delta->seconds * MICROSECONDS + delta->microseconds);
  return stamp_at_moment(interp, stamp, days, microseconds);
}

static PyValue stamp_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  if (py_is_unknown(other))
    return other;
  const Stamp *a = stamp_of(self), *b = stamp_of(other);
  const Delta *delta = py_payload(other, &timedelta_class);
  if (delta != NULL)
    return shift(interp, op, a, delta, reflected);
  if (b == NULL)
    return py_not_implemented();
  if (op != PY_SUB)
    return compare(interp, op, a, b);
  if (!a->at.has_date || !same_kind(a, b) || reflected)
    return py_not_implemented();
  if (aware(a) != aware(b))
    return py_raise(interp, "TypeError", "can't subtract offset-naive and offset-aware datetimes");
  gint64 days, microseconds;
  difference(a, b, &days, &microseconds);
  return new_delta(interp, days, 0, microseconds);
}

static guint stamp_hash(PyInterp *interp, PyValue self)
{
  (void)interp;
  const Stamp *stamp = stamp_of(self);
  gint64 days, microseconds;
  stamp_moment(stamp, &days, &microseconds);
  if (aware(stamp))
    microseconds -= (gint64)stamp->at.offset_seconds * MICROSECONDS;
  return (guint)(days * 86399 + microseconds / MICROSECONDS + microseconds % MICROSECONDS);
}

/* ---- methods ---- */

static PyValue weekday(PyInterp *interp, PyCall *call)
{
  (void)interp;
  const PyDateTime *at = &stamp_of(call->self)->at;
  return py_int((ordinal_of(at->year, at->month, at->day) + 6) % 7);
}

static PyValue isoweekday(PyInterp *interp, PyCall *call)
{
  PyValue day = weekday(interp, call);
  return py_int(day.i + 1);
}

static PyValue toordinal(PyInterp *interp, PyCall *call)
{
  (void)interp;
  const PyDateTime *at = &stamp_of(call->self)->at;
  return py_int(ordinal_of(at->year, at->month, at->day));
}

static PyValue replace(PyInterp *interp, PyCall *call)
{
  static const char *const names[] = {"year", "month", "day", "hour", "minute", "second", "microsecond"};
  const Stamp *stamp = stamp_of(call->self);
  PyDateTime at = stamp->at;
  int *const out[] = {&at.year, &at.month, &at.day, &at.hour, &at.minute, &at.second, &at.microsecond};
  guint first = at.has_date ? 0 : 3;
  for (guint i = 0; i < call->n_args && first + i < G_N_ELEMENTS(out); i++) {
    gint64 value;
    if (!py_as_int64(call->args[i], &value))
      return py_raise(interp, "TypeError", "an integer is required (got type %s)",
                      py_type_name(interp, call->args[i]));
    *out[first + i] = (int)CLAMP(value, -1000000000, 1000000000);
  }
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    PyValue given = py_call_get(call, names[i]);
    gint64 value;
    if (!py_is_null(given) && py_as_int64(given, &value))
      *out[i] = (int)CLAMP(value, -1000000000, 1000000000);
  }
  PyValue tz = py_call_get(call, "tzinfo");
  if (py_is_null(tz))
    tz = stamp->tz;
  if ((at.has_date && !valid_date(interp, &at)) || (at.has_time && !valid_time(interp, &at)) ||
      !take_zone(interp, tz))
    return py_null();
  return new_stamp(interp, class_for(&at), &at, tz);
}

static PyValue date_part(PyInterp *interp, PyCall *call)
{
  PyDateTime at = stamp_of(call->self)->at;
  PyDateTime date = {.year = at.year, .month = at.month, .day = at.day, .has_date = TRUE};
  return new_stamp(interp, &date_class, &date, py_null());
}

static PyValue time_part(PyInterp *interp, PyCall *call)
{
  PyDateTime at = stamp_of(call->self)->at;
  PyDateTime time = {.hour = at.hour,
                     .minute = at.minute,
                     .second = at.second,
                     .microsecond = at.microsecond,
                     .has_time = TRUE};
  return new_stamp(interp, &time_class, &time, py_null());
}

static PyValue utcoffset(PyInterp *interp, PyCall *call)
{
  const Stamp *stamp = stamp_of(call->self);
  return aware(stamp) ? new_delta(interp, 0, stamp->at.offset_seconds, 0) : py_none();
}

static PyValue timestamp(PyInterp *interp, PyCall *call)
{
  const Stamp *stamp = stamp_of(call->self);
  if (!aware(stamp))
    return py_unknown(interp, PY_NONDETERMINISTIC,
                      _("timestamp() of a time without zone depends on the machine's zone"));
  gint64 days, microseconds;
  stamp_moment(stamp, &days, &microseconds);
  days -= ordinal_of(1970, 1, 1);
  microseconds -= (gint64)stamp->at.offset_seconds * MICROSECONDS;
  return py_float((gdouble)days * SECONDS_A_DAY + (gdouble)microseconds / MICROSECONDS);
}

static PyValue astimezone(PyInterp *interp, PyCall *call)
{
  const Stamp *stamp = stamp_of(call->self);
  const Zone *zone = py_payload(call->values[0], &timezone_class);
  if (!aware(stamp) || zone == NULL)
    return py_unknown(interp, PY_NONDETERMINISTIC, _("astimezone() depends on the machine's time zone"));
  gint64 days, microseconds;
  stamp_moment(stamp, &days, &microseconds);
  microseconds += (zone->offset - stamp->at.offset_seconds) * MICROSECONDS;
  Stamp like = *stamp;
  set_zone(&like, call->values[0]);
  return stamp_at_moment(interp, &like, days, microseconds);
}

/* ---- class methods ---- */

static PyValue clock_value(PyInterp *interp, PyCall *call)
{
  return py_unknown(interp, PY_NONDETERMINISTIC, _("%s() asks the clock"), call->function);
}

static PyValue fromisoformat(PyInterp *interp, PyCall *call)
{
  const char *text = py_arg_text(call, 0);
  if (text == NULL)
    return py_null();
  PyDateTime at = {0};
  const PyHostClass *host = py_host_of(call->self);
  gboolean good = stamp_parse_iso(text, &at);
  if (good && host == &datetime_class && at.has_date)
    at.has_time = TRUE;
  if (!good || class_for(&at) != host)
    return py_raise(interp, "ValueError", "Invalid isoformat string: '%s'", text);
  if ((at.has_date && !valid_date(interp, &at)) || (at.has_time && !valid_time(interp, &at)))
    return py_null();
  return new_stamp(interp, host, &at, zone_for(interp, &at));
}

static PyValue fromordinal(PyInterp *interp, PyCall *call)
{
  gint64 ordinal;
  if (!py_arg_int(call, 0, &ordinal))
    return py_null();
  if (ordinal < 1 || ordinal > MAX_ORDINAL)
    return py_raise(interp, "ValueError", "ordinal must be >= 1 and <= %d", MAX_ORDINAL);
  PyDateTime at = {.has_time = py_host_of(call->self) == &datetime_class};
  date_of_ordinal(ordinal, &at);
  return new_stamp(interp, class_for(&at), &at, py_null());
}

static PyValue fromtimestamp(PyInterp *interp, PyCall *call)
{
  gboolean utc = strcmp(call->function, "utcfromtimestamp") == 0;
  const Zone *zone = call->n_values > 1 ? py_payload(call->values[1], &timezone_class) : NULL;
  if (!utc && zone == NULL)
    return py_unknown(interp, PY_NONDETERMINISTIC,
                      _("fromtimestamp() without tz depends on the machine's time zone"));
  gint64 whole;
  gdouble seconds = call->values[0].type == PY_FLOAT       ? call->values[0].f
                    : py_as_int64(call->values[0], &whole) ? (gdouble)whole
                                                           : NAN;
  if (isnan(seconds) || fabs(seconds) > 4e11)
    return py_raise(interp, "ValueError", "timestamp is out of range");
  gint64 microseconds = (gint64)nearbyint((seconds - floor(seconds)) * MICROSECONDS);
  gint64 floor_seconds = (gint64)floor(seconds) + (zone != NULL ? zone->offset : 0);
  Stamp like = {.at = {.has_time = TRUE}};
  set_zone(&like, zone != NULL ? call->values[1] : py_null());
  return stamp_at_moment(interp, &like, ordinal_of(1970, 1, 1) + floor_seconds / SECONDS_A_DAY,
                         floor_seconds % SECONDS_A_DAY * MICROSECONDS + microseconds);
}

static PyValue parse_time(PyInterp *interp, PyCall *call)
{
  const char *text = py_arg_text(call, 0), *format = text != NULL ? py_arg_text(call, 1) : NULL;
  if (format == NULL)
    return py_null();
  PyDateTime at;
  int matched = stamp_strptime(text, format, &at);
  if (matched < 0)
    return py_stop(interp, PY_NEEDS_PYTHON, _("strptime with \"%s\""), format);
  if (matched == 0)
    return py_raise(interp, "ValueError", "time data '%s' does not match format '%s'", text, format);
  if (!valid_date(interp, &at) || !valid_time(interp, &at))
    return py_null();
  return new_stamp(interp, &datetime_class, &at, zone_for(interp, &at));
}

static PyValue combine(PyInterp *interp, PyCall *call)
{
  const Stamp *date = py_payload(call->values[0], &date_class),
              *time = py_payload(call->values[1], &time_class);
  if (date == NULL || time == NULL)
    return py_raise(interp, "TypeError", "combine() takes a date and a time");
  PyDateTime at = time->at;
  at.year = date->at.year;
  at.month = date->at.month;
  at.day = date->at.day;
  at.has_date = TRUE;
  return new_stamp(interp, &datetime_class, &at, time->tz);
}

static PyValue extreme(PyInterp *interp, PyClass *cls, PyStr *name)
{
  const PyHostClass *host = py_host_of(py_class_value(cls));
  PyDateTime at = {.has_date = host != &time_class, .has_time = host != &date_class};
  if (py_str_is(name, "min")) {
    if (at.has_date)
      at.year = at.month = at.day = 1;
  } else if (py_str_is(name, "max")) {
    if (at.has_date)
      at.year = MAXYEAR, at.month = 12, at.day = 31;
    if (at.has_time)
      at.hour = 23, at.minute = at.second = 59, at.microsecond = MICROSECONDS - 1;
  } else
    return py_null();
  return new_stamp(interp, host, &at, py_null());
}

/* ---- tables ---- */

static const PyMethod date_methods[] = {
    {"isoformat", stamp_isoformat_method, "", PY_METHOD_PLAIN},
    {"strftime", stamp_strftime_method, "format", PY_PURE},
    {"weekday", weekday, "", PY_METHOD_PLAIN},
    {"isoweekday", isoweekday, "", PY_METHOD_PLAIN},
    {"toordinal", toordinal, "", PY_METHOD_PLAIN},
    {"replace", replace, NULL, PY_PURE},
    {"today", clock_value, "", PY_CLASSMETHOD},
    {"fromtimestamp", clock_value, "timestamp", PY_CLASSMETHOD | PY_PURE},
    {"fromisoformat", fromisoformat, "text", PY_CLASSMETHOD | PY_PURE},
    {"fromordinal", fromordinal, "ordinal", PY_CLASSMETHOD | PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static const PyMethod time_methods[] = {
    {"isoformat", stamp_isoformat_method, "timespec='auto'", PY_METHOD_PLAIN},
    {"strftime", stamp_strftime_method, "format", PY_PURE},
    {"replace", replace, NULL, PY_PURE},
    {"utcoffset", utcoffset, "", PY_METHOD_PLAIN},
    {"fromisoformat", fromisoformat, "text", PY_CLASSMETHOD | PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static const PyMethod datetime_methods[] = {
    {"isoformat", stamp_isoformat_method, "sep='T', timespec='auto'", PY_METHOD_PLAIN},
    {"date", date_part, "", PY_METHOD_PLAIN},
    {"time", time_part, "", PY_METHOD_PLAIN},
    {"utcoffset", utcoffset, "", PY_METHOD_PLAIN},
    {"timestamp", timestamp, "", PY_METHOD_PLAIN},
    {"astimezone", astimezone, "tz=None", PY_PURE},
    {"now", clock_value, "tz=None", PY_CLASSMETHOD | PY_PURE},
    {"utcnow", clock_value, "", PY_CLASSMETHOD},
    {"fromtimestamp", fromtimestamp, "timestamp, tz=None", PY_CLASSMETHOD | PY_PURE},
    {"utcfromtimestamp", fromtimestamp, "timestamp", PY_CLASSMETHOD | PY_PURE},
    {"strptime", parse_time, "date_string, format", PY_CLASSMETHOD | PY_PURE},
    {"combine", combine, "date, time", PY_CLASSMETHOD | PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

#define STAMP_HOOKS                                                                            \
  .getattr = stamp_attr, .class_getattr = extreme, .binary = stamp_binary, .hash = stamp_hash, \
  .str = stamp_str, .repr = stamp_repr, .format = stamp_format, .flags = PY_PURE, .module = "datetime"

const PyHostClass date_class = {.name = "date",
                                .methods = date_methods,
                                .construct = date_construct,
                                .params = "year, month, day",
                                STAMP_HOOKS};

const PyHostClass time_class = {.name = "time",
                                .methods = time_methods,
                                .construct = time_construct,
                                .params = "hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0",
                                STAMP_HOOKS};

const PyHostClass datetime_class = {
    .name = "datetime",
    .base = &date_class,
    .methods = datetime_methods,
    .construct = datetime_construct,
    .params = "year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0",
    STAMP_HOOKS};

static PyValue module_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  (void)module;
  if (strcmp(name, "UTC") == 0)
    return py_host_object(interp, &timezone_class, arena_new0(py_arena(interp), Zone));
  if (strcmp(name, "MINYEAR") == 0)
    return py_int(MINYEAR);
  if (strcmp(name, "MAXYEAR") == 0)
    return py_int(MAXYEAR);
  return py_null();
}

static const PyHostClass *const classes[] = {
    &date_class, &time_class, &datetime_class, &timedelta_class, &timezone_class, &tzinfo_class, NULL};

const PyModuleDef py_module_datetime = {.name = "datetime", .classes = classes, .getattr = module_attr};

/* ---- for hosts that write literals ---- */

gboolean py_as_datetime(PyInterp *interp, PyValue v, PyDateTime *out)
{
  (void)interp;
  const Stamp *stamp = stamp_of(v);
  if (stamp == NULL)
    return FALSE;
  *out = stamp->at;
  return TRUE;
}

gboolean py_as_timedelta(PyInterp *interp, PyValue v, gint64 *days, gint64 *seconds, gint64 *microseconds)
{
  (void)interp;
  const Delta *delta = py_payload(v, &timedelta_class);
  if (delta == NULL)
    return FALSE;
  *days = delta->days;
  *seconds = delta->seconds;
  *microseconds = delta->microseconds;
  return TRUE;
}
