/* Inside the room: dates and times as the datetime module's files share them. */
#pragma once

#include "retort/py/host.h"

#define MINYEAR 1
#define MAXYEAR 9999
#define MAX_ORDINAL 3652059 /* 9999-12-31 */
#define SECONDS_A_DAY 86400
#define MICROSECONDS 1000000

/* Payload of date, time and datetime; tz is a timezone instance or PY_NULL. */
typedef struct {
  PyDateTime at;
  PyValue tz;
} Stamp;

/* Payload of timedelta, normalized as Python does: 0 <= seconds < 86400, 0 <= microseconds < 1000000. */
typedef struct {
  gint64 days, seconds, microseconds;
} Delta;

/* Payload of timezone. */
typedef struct {
  gint64 offset;    /* seconds */
  const char *name; /* NULL: made from the offset */
} Zone;

extern const PyHostClass date_class, time_class, datetime_class, timedelta_class, timezone_class,
    tzinfo_class;

gint64 ordinal_of(int year, int month, int day); /* 1 for 0001-01-01 */
void date_of_ordinal(gint64 ordinal, PyDateTime *at);
int days_in_month(int year, int month);

PyValue new_stamp(PyInterp *interp, const PyHostClass *host, const PyDateTime *at, PyValue tz);
PyValue new_delta(PyInterp *interp, gint64 days, gint64 seconds, gint64 microseconds);
/* Microseconds since 0001-01-01 in the stamp's own time, as days and microseconds of the day. */
void stamp_moment(const Stamp *stamp, gint64 *days, gint64 *microseconds);
/* Checks ranges; ValueError. */
gboolean valid_date(PyInterp *interp, const PyDateTime *at);
gboolean valid_time(PyInterp *interp, const PyDateTime *at);

/* text.c of the module: isoformat, strftime, reading them back */
char *stamp_isoformat(const Stamp *stamp, const char *separator, const char *timespec);
char *offset_text(gint64 offset, const char *colon);
/* NULL: a directive that is not known here. */
char *stamp_strftime(const Stamp *stamp, const char *format);
gboolean stamp_parse_iso(const char *text, PyDateTime *at);
/* 1, 0: does not match; -1: a directive that is not known here */
int stamp_strptime(const char *text, const char *format, PyDateTime *at);
