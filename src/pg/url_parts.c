/* Cutting a URL as SQLAlchemy's pattern does, and printing it as str(URL) does. */
#include "url-private.h"

#include <string.h>

/* Percent-escapes (and plus signs, in a query) to bytes; what is no escape stays. */
static char *decode(const char *s, gsize len, gboolean plus)
{
  GString *out = g_string_sized_new(len);
  for (gsize i = 0; i < len; i++) {
    if (s[i] == '%' && i + 2 < len && g_ascii_isxdigit(s[i + 1]) && g_ascii_isxdigit(s[i + 2])) {
      char byte = (char)(g_ascii_xdigit_value(s[i + 1]) * 16 + g_ascii_xdigit_value(s[i + 2]));
      if (byte != '\0')
        g_string_append_c(out, byte);
      i += 2;
    } else {
      g_string_append_c(out, plus && s[i] == '+' ? ' ' : s[i]);
    }
  }
  return g_string_free(out, FALSE);
}

/* "user:password@", leaving *rest behind it.  The user name is greedy: "a@b@host" is the user "a@b". */
static void take_user(UrlParts *parts, const char **rest)
{
  const char *s = *rest;
  gsize n = strcspn(s, ":/");
  const char *at = s[n] == ':' ? strchr(s + n, '@') : NULL;
  if (at != NULL) {
    parts->user = decode(s, n, FALSE);
    parts->password = decode(s + n + 1, (gsize)(at - (s + n + 1)), FALSE);
    *rest = at + 1;
    return;
  }
  at = g_strrstr_len(s, (gssize)n, "@");
  if (at != NULL) {
    parts->user = decode(s, (gsize)(at - s), FALSE);
    *rest = at + 1;
  }
}

static void take_host(UrlParts *parts, const char **rest)
{
  const char *s = *rest;
  const char *close = *s == '[' ? g_strrstr_len(s, (gssize)strcspn(s, "/?"), "]") : NULL;
  if (close != NULL && close > s + 1) {
    parts->host = g_strndup(s + 1, (gsize)(close - s - 1));
    s = close + 1;
  } else {
    gsize n = strcspn(s, "/:?");
    if (n > 0)
      parts->host = g_strndup(s, n);
    s += n;
  }
  if (*s == ':') {
    gsize n = strcspn(s + 1, "/?");
    if (n > 0)
      parts->port = g_strndup(s + 1, n);
    s += n + 1;
  }
  *rest = s;
}

static void take_query(UrlParts *parts, const char *query)
{
  g_auto(GStrv) pairs = g_strsplit(query, "&", -1);
  for (char **pair = pairs; *pair != NULL; pair++) {
    const char *equals = strchr(*pair, '=');
    if (equals == NULL || equals[1] == '\0')
      continue;
    g_ptr_array_add(parts->query, decode(*pair, (gsize)(equals - *pair), TRUE));
    g_ptr_array_add(parts->query, decode(equals + 1, strlen(equals + 1), TRUE));
  }
}

UrlParts *url_parts_parse(const char *url)
{
  const char *rest = strstr(url, "://");
  if (rest == NULL || rest == url)
    return NULL;
  for (const char *s = url; s < rest; s++)
    if (!g_ascii_isalnum(*s) && *s != '_' && *s != '+')
      return NULL;
  g_autoptr(UrlParts) parts = g_new0(UrlParts, 1);
  parts->query = g_ptr_array_new_with_free_func(g_free);
  parts->scheme = g_strndup(url, (gsize)(rest - url));
  rest += 3;
  take_user(parts, &rest);
  take_host(parts, &rest);
  if (*rest == '/') {
    gsize n = strcspn(rest + 1, "?");
    parts->database = g_strndup(rest + 1, n);
    rest += n + 1;
  }
  if (*rest == '?') {
    take_query(parts, rest + 1);
    return g_steal_pointer(&parts);
  }
  return *rest == '\0' ? g_steal_pointer(&parts) : NULL;
}

void url_parts_free(UrlParts *parts)
{
  if (parts == NULL)
    return;
  g_free(parts->scheme);
  g_free(parts->user);
  g_free(parts->password);
  g_free(parts->host);
  g_free(parts->port);
  g_free(parts->database);
  g_ptr_array_unref(parts->query);
  g_free(parts);
}

gboolean url_key_is_secret(const char *key)
{
  static const char *const secrets[] = {"password", "passwd", "pass", "sslpassword", "pwd", NULL};
  for (const char *const *secret = secrets; *secret != NULL; secret++)
    if (g_ascii_strcasecmp(key, *secret) == 0)
      return TRUE;
  return FALSE;
}

static void append_quoted(GString *out, const char *s, const char *safe, gboolean plus)
{
  for (; *s != '\0'; s++) {
    if (g_ascii_isalnum(*s) || strchr("_.-~", *s) != NULL || strchr(safe, *s) != NULL)
      g_string_append_c(out, *s);
    else if (plus && *s == ' ')
      g_string_append_c(out, '+');
    else
      g_string_append_printf(out, "%%%02X", (guchar)*s);
  }
}

static int compare_keys(const void *a, const void *b, void *query)
{
  const char *x = g_ptr_array_index((GPtrArray *)query, *(const guint *)a);
  const char *y = g_ptr_array_index((GPtrArray *)query, *(const guint *)b);
  int order = strcmp(x, y);
  return order != 0 ? order : (int)*(const guint *)a - (int)*(const guint *)b;
}

static void append_query(GString *out, GPtrArray *query)
{
  g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < query->len; i += 2)
    g_array_append_val(order, i);
  g_array_sort_with_data(order, compare_keys, query);
  for (guint i = 0; i < order->len; i++) {
    guint at = g_array_index(order, guint, i);
    const char *key = g_ptr_array_index(query, at);
    g_string_append_c(out, i == 0 ? '?' : '&');
    append_quoted(out, key, "", TRUE);
    g_string_append_c(out, '=');
    if (url_key_is_secret(key))
      g_string_append(out, "***");
    else
      append_quoted(out, g_ptr_array_index(query, at + 1), "", TRUE);
  }
}

char *url_parts_redacted(const UrlParts *parts)
{
  GString *out = g_string_new(parts->scheme);
  g_string_append(out, "://");
  if (parts->user != NULL) {
    append_quoted(out, parts->user, " +", FALSE);
    if (parts->password != NULL)
      g_string_append(out, ":***");
    g_string_append_c(out, '@');
  }
  if (parts->host != NULL)
    g_string_append_printf(out, strchr(parts->host, ':') != NULL ? "[%s]" : "%s", parts->host);
  if (parts->port != NULL)
    g_string_append_printf(out, ":%s", parts->port);
  if (parts->database != NULL)
    g_string_append_printf(out, "/%s", parts->database);
  append_query(out, parts->query);
  return g_string_free(out, FALSE);
}
