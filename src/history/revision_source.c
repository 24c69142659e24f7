/* From the bytes of a source file to text: byte order mark, encoding cookie, line ends. */
#include "revision_module.h"

#include <glib/gi18n.h>
#include <string.h>

static guint line_of(const char *data, const char *at)
{
  guint line = 1;

  for (const char *p = data; p < at; p++)
    line += *p == '\n' || (*p == '\r' && p[1] != '\n');
  return line;
}

/* The name behind "coding:" or "coding=" in a comment; NULL when the line has none. */
static char *cookie_in_line(const char *p, const char *end, gboolean *only_comment)
{
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\f'))
    p++;
  *only_comment = p == end || *p == '#' || *p == '\r';
  if (p == end || *p != '#')
    return NULL;
  for (; end - p > 7; p++) {
    if (memcmp(p, "coding", 6) != 0 || (p[6] != ':' && p[6] != '='))
      continue;
    const char *name = p + 7;
    while (name < end && (*name == ' ' || *name == '\t'))
      name++;
    const char *stop = name;
    while (stop < end && (g_ascii_isalnum(*stop) || *stop == '-' || *stop == '_' || *stop == '.'))
      stop++;
    if (stop > name)
      return g_strndup(name, (gsize)(stop - name));
  }
  return NULL;
}

static char *find_cookie(const char *data, gsize len)
{
  const char *end = data + len;
  gboolean only_comment = TRUE;

  for (guint i = 0; i < 2 && data < end && only_comment; i++) {
    const char *stop = data;
    while (stop < end && *stop != '\n' && *stop != '\r')
      stop++;
    char *cookie = cookie_in_line(data, stop, &only_comment);
    if (cookie)
      return cookie;
    if (stop + 1 < end && stop[0] == '\r' && stop[1] == '\n')
      stop++;
    data = stop + 1;
  }
  return NULL;
}

/* Python's spelling of an encoding as iconv knows it. */
static char *iconv_name(const char *cookie)
{
  char *name = g_ascii_strdown(cookie, -1);

  g_strdelimit(name, "_", '-');
  if (strcmp(name, "latin-1") == 0 || strcmp(name, "latin1") == 0 || strcmp(name, "l1") == 0 ||
      g_str_has_prefix(name, "latin-1-") || g_str_has_prefix(name, "iso-latin-1") ||
      strcmp(name, "iso8859-1") == 0 || g_str_has_prefix(name, "iso-8859-1-")) {
    g_free(name);
    name = g_strdup("iso-8859-1");
  } else if (strcmp(name, "utf8") == 0 || strcmp(name, "u8") == 0 || g_str_has_prefix(name, "utf-8")) {
    g_free(name);
    name = g_strdup("utf-8");
  } else if (g_str_has_prefix(name, "iso8859-")) {
    char *full = g_strconcat("iso-8859-", name + strlen("iso8859-"), NULL);
    g_free(name);
    name = full;
  }
  return name;
}

/* "\r\n" and "\r" to "\n". */
static char *with_newlines(const char *data, gsize len, gsize *text_len)
{
  char *text = g_malloc(len + 1);
  gsize n = 0;

  for (gsize i = 0; i < len; i++) {
    if (data[i] != '\r')
      text[n++] = data[i];
    else if (i + 1 == len || data[i + 1] != '\n')
      text[n++] = '\n';
  }
  text[n] = '\0';
  *text_len = n;
  return text;
}

static char *decode(const char *data, gsize len, const char *cookie, const char *encoding, gsize *text_len,
                    guint *line, char **reason)
{
  g_autoptr(GError) failure = NULL;
  gsize read = 0;
  char *text = g_convert(data, (gssize)len, "utf-8", encoding, &read, text_len, &failure);

  if (text)
    return text;
  if (g_error_matches(failure, G_CONVERT_ERROR, G_CONVERT_ERROR_NO_CONVERSION)) {
    *line = 1;
    *reason = g_strdup_printf(_("its encoding \"%s\" is not known"), cookie);
  } else {
    *line = line_of(data, data + MIN(read, len));
    *reason = g_strdup_printf(_("a byte here is not \"%s\", the encoding that the file claims"), cookie);
  }
  return NULL;
}

static gboolean check_utf8(const char *data, gsize len, guint *line, char **reason)
{
  const char *at;

  if (g_utf8_validate_len(data, len, &at))
    return TRUE;
  *line = line_of(data, at);
  *reason = g_strdup(*at ? _("a byte here is not UTF-8, and the file claims no other encoding")
                         : _("a NUL byte, which Python does not take in a source file"));
  return FALSE;
}

const char *module_text(const char *data, gsize len, gsize *text_len, char **owned, guint *line,
                        char **reason)
{
  gboolean marked = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0;
  const char *text = data + (marked ? 3 : 0);
  gsize n = len - (marked ? 3 : 0);
  g_autofree char *cookie = find_cookie(text, n);
  g_autofree char *encoding = cookie ? iconv_name(cookie) : NULL;

  *owned = NULL;
  if (marked && encoding && strcmp(encoding, "utf-8") != 0) {
    *line = 1;
    *reason = g_strdup_printf(_("it begins as UTF-8 but claims to be \"%s\""), cookie);
    return NULL;
  }
  if (encoding && strcmp(encoding, "utf-8") != 0) {
    text = *owned = decode(text, n, cookie, encoding, &n, line, reason);
    if (!text)
      return NULL;
  }
  if (!check_utf8(text, n, line, reason)) {
    g_clear_pointer(owned, g_free);
    return NULL;
  }
  if (memchr(text, '\r', n)) {
    char *unix_text = with_newlines(text, n, &n);
    g_free(*owned);
    text = *owned = unix_text;
  }
  *text_len = n;
  return text;
}
