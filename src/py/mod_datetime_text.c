/* Dates and times as text, both ways; never through the locale. */
#include <stdio.h>
#include <string.h>

#include "mod_datetime.h"

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};

char *offset_text(gint64 offset, const char *colon)
{
  gint64 a = ABS(offset);
  g_autofree char *seconds = a % 60 != 0 ? g_strdup_printf("%s%02d", colon, (int)(a % 60)) : g_strdup("");
  return g_strdup_printf("%c%02d%s%02d%s", offset < 0 ? '-' : '+', (int)(a / 3600), colon, (int)(a / 60 % 60),
                         seconds);
}

static void append_clock(GString *out, const PyDateTime *at, const char *timespec)
{
  gboolean automatic = strcmp(timespec, "auto") == 0;
  if (strcmp(timespec, "hours") == 0)
    g_string_append_printf(out, "%02d", at->hour);
  else if (strcmp(timespec, "minutes") == 0)
    g_string_append_printf(out, "%02d:%02d", at->hour, at->minute);
  else
    g_string_append_printf(out, "%02d:%02d:%02d", at->hour, at->minute, at->second);
  if (strcmp(timespec, "milliseconds") == 0)
    g_string_append_printf(out, ".%03d", at->microsecond / 1000);
  else if (strcmp(timespec, "microseconds") == 0 || (automatic && at->microsecond != 0))
    g_string_append_printf(out, ".%06d", at->microsecond);
}

char *stamp_isoformat(const Stamp *stamp, const char *separator, const char *timespec)
{
  const PyDateTime *at = &stamp->at;
  GString *out = g_string_new(NULL);
  if (at->has_date)
    g_string_append_printf(out, "%04d-%02d-%02d", at->year, at->month, at->day);
  if (at->has_date && at->has_time)
    g_string_append(out, separator);
  if (at->has_time)
    append_clock(out, at, timespec);
  if (at->has_offset) {
    g_autofree char *offset = offset_text(at->offset_seconds, ":");
    g_string_append(out, offset);
  }
  return g_string_free(out, FALSE);
}

static gboolean append_directive(GString *out, const Stamp *stamp, char directive)
{
  const PyDateTime *at = &stamp->at;
  gint64 ordinal = at->has_date ? ordinal_of(at->year, at->month, at->day) : 1;
  int weekday = (int)((ordinal + 6) % 7); /* Monday is 0 */
  switch (directive) {
  case 'Y': g_string_append_printf(out, "%d", at->year); break;
  case 'y': g_string_append_printf(out, "%02d", at->year % 100); break;
  case 'm': g_string_append_printf(out, "%02d", at->month); break;
  case 'd': g_string_append_printf(out, "%02d", at->day); break;
  case 'H': g_string_append_printf(out, "%02d", at->hour); break;
  case 'I': g_string_append_printf(out, "%02d", at->hour % 12 == 0 ? 12 : at->hour % 12); break;
  case 'M': g_string_append_printf(out, "%02d", at->minute); break;
  case 'S': g_string_append_printf(out, "%02d", at->second); break;
  case 'f': g_string_append_printf(out, "%06d", at->microsecond); break;
  case 'p': g_string_append(out, at->hour < 12 ? "AM" : "PM"); break;
  case 'B': g_string_append(out, months[at->month - 1]); break;
  case 'b': g_string_append_len(out, months[at->month - 1], 3); break;
  case 'A': g_string_append(out, weekdays[weekday]); break;
  case 'a': g_string_append_len(out, weekdays[weekday], 3); break;
  case 'w': g_string_append_printf(out, "%d", (weekday + 1) % 7); break;
  case 'j': g_string_append_printf(out, "%03d", (int)(ordinal - ordinal_of(at->year, 1, 1) + 1)); break;
  case 'F': g_string_append_printf(out, "%d-%02d-%02d", at->year, at->month, at->day); break;
  case 'T': g_string_append_printf(out, "%02d:%02d:%02d", at->hour, at->minute, at->second); break;
  case 'z':
    if (at->has_offset) {
      g_autofree char *offset = offset_text(at->offset_seconds, "");
      g_string_append(out, offset);
    }
    break;
  case '%': g_string_append_c(out, '%'); break;
  default: return FALSE;
  }
  return TRUE;
}

char *stamp_strftime(const Stamp *stamp, const char *format)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *p = format; *p != '\0'; p++) {
    if (*p != '%')
      g_string_append_c(out, *p);
    else if (!append_directive(out, stamp, *++p))
      return NULL;
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Up to most digits; how many there were. */
static int digits(const char **p, int most, int *value)
{
  int n = 0;
  *value = 0;
  while (n < most && g_ascii_isdigit(**p)) {
    *value = *value * 10 + (**p - '0');
    (*p)++;
    n++;
  }
  return n;
}

static gboolean exactly(const char **p, int n, int *value)
{
  return digits(p, n, value) == n;
}

static gboolean parse_offset(const char **p, PyDateTime *at)
{
  if (**p == 'Z') {
    (*p)++;
    at->has_offset = TRUE;
    return TRUE;
  }
  int sign = **p == '-' ? -1 : 1, hours, minutes, seconds = 0;
  (*p)++;
  if (!exactly(p, 2, &hours))
    return FALSE;
  if (**p == ':')
    (*p)++;
  if (!exactly(p, 2, &minutes))
    return FALSE;
  if (**p == ':' && ((*p)++, !exactly(p, 2, &seconds)))
    return FALSE;
  at->has_offset = TRUE;
  at->offset_seconds = sign * (hours * 3600 + minutes * 60 + seconds);
  return TRUE;
}

static gboolean parse_clock(const char **p, PyDateTime *at)
{
  if (!exactly(p, 2, &at->hour))
    return FALSE;
  if (**p == ':' && ((*p)++, !exactly(p, 2, &at->minute)))
    return FALSE;
  if (**p == ':' && ((*p)++, !exactly(p, 2, &at->second)))
    return FALSE;
  if (**p == '.') {
    (*p)++;
    int n = digits(p, 6, &at->microsecond);
    if (n == 0)
      return FALSE;
    for (; n < 6; n++)
      at->microsecond *= 10;
    int more;
    digits(p, 20, &more);
  }
  at->has_time = TRUE;
  return **p == 'Z' || **p == '+' || **p == '-' ? parse_offset(p, at) : TRUE;
}

gboolean stamp_parse_iso(const char *text, PyDateTime *at)
{
  const char *p = text;
  if (strlen(text) >= 10 && text[4] == '-') {
    if (!exactly(&p, 4, &at->year) || *p++ != '-' || !exactly(&p, 2, &at->month) || *p++ != '-' ||
        !exactly(&p, 2, &at->day))
      return FALSE;
    at->has_date = TRUE;
    if (*p == '\0')
      return TRUE;
    p = g_utf8_next_char(p);
  }
  return parse_clock(&p, at) && *p == '\0';
}

static gboolean parse_name(const char **p, const char *const *names, int n, gboolean shortened, int *value)
{
  for (int i = 0; i < n; i++) {
    gsize len = shortened ? 3 : strlen(names[i]);
    if (g_ascii_strncasecmp(*p, names[i], len) == 0) {
      *p += len;
      *value = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* 1, 0, -1 as stamp_strptime(). */
static int parse_directive(const char **p, char directive, PyDateTime *at, gboolean *afternoon)
{
  int value;
  switch (directive) {
  case 'Y': return exactly(p, 4, &at->year);
  case 'm': return digits(p, 2, &at->month) > 0;
  case 'd': return digits(p, 2, &at->day) > 0;
  case 'H':
  case 'I': return digits(p, 2, &at->hour) > 0;
  case 'M': return digits(p, 2, &at->minute) > 0;
  case 'S': return digits(p, 2, &at->second) > 0;
  case 'y':
    if (!exactly(p, 2, &value))
      return 0;
    at->year = value + (value < 69 ? 2000 : 1900);
    return 1;
  case 'f': {
    int n = digits(p, 6, &at->microsecond);
    for (int i = n; i < 6; i++)
      at->microsecond *= 10;
    return n > 0;
  }
  case 'B':
  case 'b':
    if (!parse_name(p, months, 12, directive == 'b', &value))
      return 0;
    at->month = value + 1;
    return 1;
  case 'A':
  case 'a': return parse_name(p, weekdays, 7, directive == 'a', &value);
  case 'p':
    *afternoon = g_ascii_strncasecmp(*p, "pm", 2) == 0;
    if (!*afternoon && g_ascii_strncasecmp(*p, "am", 2) != 0)
      return 0;
    *p += 2;
    return 1;
  case 'z': return **p != '\0' && strchr("Z+-", **p) != NULL && parse_offset(p, at);
  case '%': return *(*p)++ == '%';
  default: return -1;
  }
}

int stamp_strptime(const char *text, const char *format, PyDateTime *at)
{
  gboolean afternoon = FALSE, half_day = strstr(format, "%p") != NULL;
  *at = (PyDateTime){.year = 1900, .month = 1, .day = 1, .has_date = TRUE, .has_time = TRUE};
  const char *p = text;
  for (const char *f = format; *f != '\0'; f++) {
    if (*f == '%') {
      int matched = parse_directive(&p, *++f, at, &afternoon);
      if (matched != 1)
        return matched;
    } else if (g_ascii_isspace(*f)) {
      while (g_ascii_isspace(*p))
        p++;
    } else if (*p++ != *f)
      return 0;
  }
  if (half_day)
    at->hour = at->hour % 12 + (afternoon ? 12 : 0);
  return *p == '\0';
}
