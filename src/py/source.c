/* What encoding a source file is in, and its text as UTF-8. */
#include <string.h>
#include <glib/gi18n.h>

#include "retort/py/lexer.h"

/* PEP 263: only the first two lines may hold the cookie, the second only when the first is blank or a comment. */
#define COOKIE_LINES 2

/* "coding[:=]\s*([-\w.]+)" in a comment line; the name in the arena, or NULL. */
static const char *cookie_in(Arena *arena, const char *line, const char *end)
{
  const char *p = line;
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\f'))
    p++;
  if (p >= end || *p != '#')
    return NULL;
  for (; end - p > 7; p++) {
    if (strncmp(p, "coding", 6) || (p[6] != ':' && p[6] != '='))
      continue;
    p += 7;
    while (p < end && (*p == ' ' || *p == '\t'))
      p++;
    const char *start = p;
    while (p < end && (g_ascii_isalnum(*p) || *p == '-' || *p == '_' || *p == '.'))
      p++;
    return p > start ? arena_strndup(arena, start, p - start) : NULL;
  }
  return NULL;
}

static gboolean blank_or_comment(const char *p, const char *end)
{
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\f' || *p == '\r'))
    p++;
  return p >= end || *p == '#';
}

static const char *find_cookie(Arena *arena, const char *text, gsize len, guint *line)
{
  const char *p = text, *all_end = text + len;
  for (guint i = 0; i < COOKIE_LINES && p < all_end; i++) {
    const char *end = memchr(p, '\n', (gsize)(all_end - p));
    if (!end)
      end = all_end;
    const char *name = cookie_in(arena, p, end);
    if (name) {
      *line = i + 1;
      return name;
    }
    if (!blank_or_comment(p, end))
      return NULL;
    p = end + 1;
  }
  return NULL;
}

static gboolean same_name(const char *name, const char *other)
{
  for (; *name && *other; name++, other++)
    if (g_ascii_tolower(*name == '_' ? '-' : *name) != *other)
      return FALSE;
  return !*other && (!*name || *name == '-' || *name == '_');
}

static gboolean means_utf8(const char *name)
{
  return same_name(name, "utf-8") || !g_ascii_strcasecmp(name, "utf8") || !g_ascii_strcasecmp(name, "u8") ||
         !g_ascii_strncasecmp(name, "utf8-", 5);
}

/* Python knows names that iconv does not. */
static const char *iconv_name(const char *name)
{
  if (same_name(name, "latin-1") || same_name(name, "iso-latin-1") || !g_ascii_strcasecmp(name, "latin1") ||
      !g_ascii_strcasecmp(name, "l1"))
    return "ISO-8859-1";
  if (!g_ascii_strcasecmp(name, "ascii") || same_name(name, "us-ascii"))
    return "ASCII";
  return name;
}

static guint line_of(const char *text, gsize offset)
{
  guint line = 1;
  for (gsize i = 0; i < offset; i++)
    line += text[i] == '\n';
  return line;
}

/* How much of the text begins as plain ASCII without null bytes; source mostly is, all of it. */
static gsize ascii_len(const char *text, gsize len)
{
  gsize i = 0;
  for (; i + sizeof(guint64) <= len; i += sizeof(guint64)) {
    guint64 word;
    memcpy(&word, text + i, sizeof word);
    guint64 zeros = (word - G_GUINT64_CONSTANT(0x0101010101010101)) & ~word;
    if ((word | zeros) & G_GUINT64_CONSTANT(0x8080808080808080))
      break;
  }
  return i;
}

static const char *check_utf8(const char *text, gsize len, gsize *text_len, guint *error_line,
                              const char **message)
{
  const char *bad;
  gsize ascii = ascii_len(text, len);
  if (!g_utf8_validate_len(text + ascii, len - ascii, &bad)) {
    *error_line = line_of(text, (gsize)(bad - text));
    *message = *bad ? _("the file is not UTF-8 and declares no other encoding")
                    : _("source code cannot contain null bytes");
    return NULL;
  }
  *text_len = len;
  return text;
}

const char *py_source_decode(Arena *arena, const char *bytes, gsize len, gsize *text_len, guint *error_line,
                             const char **message)
{
  gboolean mark = len >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3);
  if (mark) {
    bytes += 3;
    len -= 3;
  }
  guint line = 1;
  const char *cookie = find_cookie(arena, bytes, len, &line);
  if (!cookie || means_utf8(cookie))
    return check_utf8(bytes, len, text_len, error_line, message);
  if (mark) {
    *error_line = line;
    *message = arena_printf(arena, _("encoding problem: %s with a UTF-8 byte order mark"), cookie);
    return NULL;
  }
  gsize written = 0;
  g_autoptr(GError) problem = NULL;
  g_autofree char *utf8 =
      g_convert(bytes, (gssize)len, "UTF-8", iconv_name(cookie), NULL, &written, &problem);
  if (!utf8) {
    gboolean unknown = g_error_matches(problem, G_CONVERT_ERROR, G_CONVERT_ERROR_NO_CONVERSION);
    *error_line = line;
    *message = arena_printf(
        arena, unknown ? _("unknown encoding: %s") : _("the file is not in its declared encoding, %s"),
        cookie);
    return NULL;
  }
  return check_utf8(arena_strndup(arena, utf8, (gssize)written), written, text_len, error_line, message);
}

char *py_source_encode(const char *bytes, gsize len, const char *text, gsize text_len, gsize *out_len)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  gboolean mark = len >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3);
  guint line = 1;
  const char *cookie = mark ? NULL : find_cookie(arena, bytes, len, &line);
  if (cookie && !means_utf8(cookie))
    return g_convert(text, (gssize)text_len, iconv_name(cookie), "UTF-8", NULL, out_len, NULL);
  GString *out = g_string_new(mark ? "\xef\xbb\xbf" : "");
  g_string_append_len(out, text, (gssize)text_len);
  *out_len = out->len;
  return g_string_free(out, FALSE);
}
