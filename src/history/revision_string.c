/* Where string literals end. */
#include <string.h>

#include "revision_module.h"

/* f-strings within f-strings, and how long one may be to be looked into. */
#define FORMAT_DEPTH 8
#define FORMAT_LENGTH 1024
static gboolean is_name_char(char c)
{
  return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

static const char *skip_triple(const char *p, const char *end, guint *line, gboolean *closed)
{
  char quote = *p;

  for (p += 3; p < end; p++) {
    if (*p == '\\' && p + 1 < end) {
      p++;
      *line += *p == '\n';
    } else if (*p == '\n') {
      ++*line;
    } else if (*p == quote && end - p >= 3 && p[1] == quote && p[2] == quote) {
      return p + 3;
    }
  }
  *closed = FALSE;
  return end;
}

/* Is the quote at p that of an f-string?  start bounds the look back at the prefix. */
static gboolean is_format(const char *p, const char *start)
{
  const char *prefix = p;

  while (prefix > start && p - prefix < 3 && is_name_char(prefix[-1]))
    prefix--;
  return (p - prefix == 1 || p - prefix == 2) && strspn(prefix, "fFrR") >= (gsize)(p - prefix) &&
         (memchr(prefix, 'f', (gsize)(p - prefix)) || memchr(prefix, 'F', (gsize)(p - prefix)));
}

static const char *skip_plain(const char *p, const char *end, guint *line)
{
  char quote = *p;

  for (p++; p < end && *p != '\n'; p++) {
    if (*p == '\\' && p + 1 < end) {
      p++;
      *line += *p == '\n';
    } else if (*p == quote) {
      return p + 1;
    }
  }
  return p;
}

/* An f-string on one line, in whose braces newer Pythons allow the same quotes again.  NULL when that reading does not
 * work out. */
static const char *skip_format(const char *p, const char *end, guint depth)
{
  char quote = *p;
  guint braces = 0;
  guint brackets = 0; /* within the braces */
  gboolean in_spec = FALSE;

  if (depth > FORMAT_DEPTH)
    return NULL;
  for (p++; p < end && *p != '\n'; p++) {
    gboolean text = braces == 0 || in_spec;
    if (text && *p == quote)
      return braces == 0 ? p + 1 : NULL;
    if (text && (*p == '\\' || (braces == 0 && p + 1 < end && p[1] == *p && (*p == '{' || *p == '}')))) {
      p++;
    } else if (*p == '{') {
      braces++;
      in_spec = FALSE;
    } else if (*p == '}' && braces > 0) {
      braces--;
      in_spec = braces > 0;
    } else if (!text && (*p == '"' || *p == '\'')) {
      const char *stop = skip_format(p, end, depth + 1);
      if (!stop)
        return NULL;
      p = stop - 1;
    } else if (!text && (*p == '(' || *p == '[')) {
      brackets++;
    } else if (!text && (*p == ')' || *p == ']')) {
      brackets -= brackets > 0;
    } else if (!text && *p == ':' && brackets == 0) {
      in_spec = TRUE;
    }
  }
  return NULL;
}

const char *module_skip_string(const char *p, const char *end, guint *line, gboolean *closed)
{
  if (end - p >= 3 && p[1] == *p && p[2] == *p)
    return skip_triple(p, end, line, closed);
  return skip_plain(p, end, line);
}

const char *module_skip_format(const char *p, const char *text, const char *end)
{
  if (!is_format(p, text) || (end - p >= 3 && p[1] == *p))
    return NULL;
  return skip_format(p, MIN(end, p + FORMAT_LENGTH), 0);
}
