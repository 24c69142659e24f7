/* Connection parameters: from a URL's parts to libpq's keywords. */
#include "retort/pg/url.h"

#include <glib/gi18n.h>
#include <libpq-fe.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/text.h"
#include "url-private.h"

/* What Python drivers call otherwise; sslmode's values are translated too. */
static const struct {
  const char *theirs;
  const char *libpq;
} renamed[] = {
    {"ssl", "sslmode"},    {"timeout", "connect_timeout"}, {"database", "dbname"},     {"username", "user"},
    {"unix_sock", "host"}, {"sslkeyfile", "sslkey"},       {"sslcertfile", "sslcert"},
};

/* asyncpg and pg8000 take truth values for ssl. */
static const struct {
  const char *theirs;
  const char *libpq;
} ssl_values[] = {
    {"true", "require"},  {"1", "require"}, {"on", "require"},
    {"false", "disable"}, {"0", "disable"}, {"off", "disable"},
};

static PgParams *params_new(const char *source)
{
  PgParams *params = g_new0(PgParams, 1);
  params->keywords = g_ptr_array_new_with_free_func(g_free);
  params->values = g_ptr_array_new_with_free_func(g_free);
  params->notes = g_ptr_array_new_with_free_func(g_free);
  params->source = g_strdup(source);
  return params;
}

void pg_params_free(PgParams *params)
{
  if (params == NULL)
    return;
  g_ptr_array_unref(params->keywords);
  g_ptr_array_unref(params->values);
  g_ptr_array_unref(params->notes);
  g_free(params->display);
  g_free(params->source);
  g_free(params);
}

const char *pg_params_get(const PgParams *params, const char *keyword)
{
  for (guint i = 0; i < params->keywords->len; i++)
    if (strcmp(g_ptr_array_index(params->keywords, i), keyword) == 0)
      return g_ptr_array_index(params->values, i);
  return NULL;
}

static void put(PgParams *params, const char *keyword, const char *value)
{
  for (guint i = 0; i < params->keywords->len; i++) {
    if (strcmp(g_ptr_array_index(params->keywords, i), keyword) != 0)
      continue;
    g_ptr_array_remove_index(params->keywords, i);
    g_ptr_array_remove_index(params->values, i);
    break;
  }
  if (value == NULL)
    return;
  g_ptr_array_add(params->keywords, g_strdup(keyword));
  g_ptr_array_add(params->values, g_strdup(value));
}

/* What is set, or what libpq would take from the environment. */
static const char *effective(const PgParams *params, const PQconninfoOption *defaults, const char *keyword)
{
  const char *value = pg_params_get(params, keyword);
  if (value != NULL && *value != '\0')
    return value;
  for (const PQconninfoOption *option = defaults; option != NULL && option->keyword != NULL; option++)
    if (strcmp(option->keyword, keyword) == 0)
      return option->val != NULL && *option->val != '\0' ? option->val : NULL;
  return NULL;
}

/* "user@host:port/database"; several hosts as "a:1,b:2". */
static void append_hosts(GString *out, const char *host, const char *port)
{
  g_auto(GStrv) hosts = g_strsplit(host != NULL ? host : "local", ",", -1);
  g_auto(GStrv) ports = g_strsplit(port != NULL ? port : "5432", ",", -1);
  guint n_ports = g_strv_length(ports);
  for (guint i = 0; hosts[i] != NULL; i++) {
    const char *one = n_ports == 0 ? "" : ports[n_ports == 1 ? 0 : MIN(i, n_ports - 1)];
    gboolean brackets = strchr(hosts[i], ':') != NULL;
    g_string_append_printf(out, "%s%s%s%s:%s", i > 0 ? "," : "", brackets ? "[" : "",
                           *hosts[i] != '\0' ? hosts[i] : "local", brackets ? "]" : "",
                           *one != '\0' ? one : "5432");
  }
}

static void refresh_display(PgParams *params)
{
  PQconninfoOption *defaults = PQconndefaults();
  g_autoptr(GString) out = g_string_new(NULL);
  const char *service = pg_params_get(params, "service");
  const char *user = effective(params, service != NULL ? NULL : defaults, "user");
  const char *host = effective(params, service != NULL ? NULL : defaults, "host");
  const char *dbname = effective(params, service != NULL ? NULL : defaults, "dbname");
  if (host == NULL)
    host = effective(params, service != NULL ? NULL : defaults, "hostaddr");
  if (user != NULL)
    g_string_append_printf(out, "%s@", user);
  if (service != NULL && host == NULL)
    g_string_append_printf(out, "service:%s", service);
  else
    append_hosts(out, host, effective(params, defaults, "port"));
  if (dbname != NULL || (user != NULL && service == NULL))
    g_string_append_printf(out, "/%s", dbname != NULL ? dbname : user);
  g_free(params->display);
  params->display = text_escape(out->str, (gssize)out->len, FALSE);
  PQconninfoFree(defaults);
}

void pg_params_set(PgParams *params, const char *keyword, const char *value)
{
  put(params, keyword, value);
  refresh_display(params);
}

PgParams *pg_params_default(void)
{
  PgParams *params = params_new(_("libpq defaults"));
  refresh_display(params);
  return params;
}

PgParams *pg_params_copy(const PgParams *params)
{
  PgParams *copy = params_new(params->source);
  for (guint i = 0; i < params->keywords->len; i++)
    put(copy, g_ptr_array_index(params->keywords, i), g_ptr_array_index(params->values, i));
  for (guint i = 0; i < params->notes->len; i++)
    g_ptr_array_add(copy->notes, g_strdup(g_ptr_array_index(params->notes, i)));
  g_free(copy->display);
  copy->display = g_strdup(params->display);
  return copy;
}

/* A keyword libpq takes from a client; replication turns the connection into something else. */
static gboolean keyword_known(const char *keyword)
{
  PQconninfoOption *defaults = PQconndefaults();
  gboolean known = FALSE;
  for (const PQconninfoOption *option = defaults; option != NULL && option->keyword != NULL && !known;
       option++)
    known = strcmp(option->keyword, keyword) == 0 && strcmp(keyword, "replication") != 0;
  PQconninfoFree(defaults);
  return known;
}

/* libpq's own reading of a string.  Its message may quote a piece of the password, so ours does not repeat it. */
static PgParams *parse_by_libpq(const char *text, const char *source)
{
  PQconninfoOption *options = PQconninfoParse(text, NULL);
  if (options == NULL)
    return NULL;
  PgParams *params = params_new(source);
  for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
    if (option->val != NULL && strcmp(option->keyword, "replication") != 0)
      put(params, option->keyword, option->val);
  PQconninfoFree(options);
  refresh_display(params);
  return params;
}

/* pg8000 names the socket itself; libpq wants its folder and the port. */
static void put_unix_socket(PgParams *params, const char *path)
{
  const char *mark = strstr(path, "/.s.PGSQL.");
  if (mark == NULL) {
    put(params, "host", path);
    return;
  }
  g_autofree char *folder = g_strndup(path, (gsize)(mark - path));
  put(params, "host", *folder != '\0' ? folder : "/");
  put(params, "port", mark + strlen("/.s.PGSQL."));
}

static void put_option(PgParams *params, const char *key, const char *value)
{
  const char *keyword = key;
  if (strcmp(key, "unix_sock") == 0) {
    put_unix_socket(params, value);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS(renamed); i++)
    if (strcmp(renamed[i].theirs, key) == 0)
      keyword = renamed[i].libpq;
  for (guint i = 0; strcmp(key, "ssl") == 0 && i < G_N_ELEMENTS(ssl_values); i++) {
    if (g_ascii_strcasecmp(ssl_values[i].theirs, value) == 0) {
      value = ssl_values[i].libpq;
      break;
    }
  }
  if (keyword_known(keyword)) {
    put(params, keyword, value);
    return;
  }
  g_autofree char *shown = text_escape(key, -1, FALSE);
  g_ptr_array_add(params->notes,
                  g_strdup_printf(_("The option \"%s\" of the URL is for a Python driver and is "
                                    "left out."),
                                  shown));
}

static gboolean port_valid(const char *port)
{
  guint64 number;
  return g_ascii_string_to_unsigned(port, 10, 1, 65535, &number, NULL);
}

/* host= given once or often: "a,b", "a:1", "host=a:1&host=b:2"; port= as "1,2" beside it. */
static gboolean put_hosts(PgParams *params, GPtrArray *query, GError **error)
{
  g_autoptr(GString) hosts = g_string_new(NULL);
  g_autoptr(GString) ports = g_string_new(NULL);
  guint n = 0, given = 0;
  for (guint i = 0; i < query->len; i += 2)
    n += strcmp(g_ptr_array_index(query, i), "host") == 0;
  if (n == 0)
    return TRUE;
  for (guint i = 0; i < query->len; i += 2) {
    if (strcmp(g_ptr_array_index(query, i), "host") != 0)
      continue;
    const char *value = g_ptr_array_index(query, i + 1);
    const char *colon = *value != '/' ? strchr(value, ':') : NULL;
    /* A single host with several colons is an IPv6 address; a list with a port is cut at the colon. */
    gboolean cut = colon != NULL && strchr(colon + 1, ':') == NULL && (n > 1 || strchr(value, ',') == NULL);
    if (cut && colon[1] != '\0' && !port_valid(colon + 1)) {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG,
                  _("The port of %s in the database URL is no number."), value);
      return FALSE;
    }
    if (hosts->len > 0 || given > 0) {
      g_string_append_c(hosts, ',');
      g_string_append_c(ports, ',');
    }
    given++;
    g_string_append_len(hosts, value, cut ? (gssize)(colon - value) : (gssize)strlen(value));
    if (cut)
      g_string_append(ports, colon + 1);
  }
  put(params, "host", hosts->str);
  if (strspn(ports->str, ",") < ports->len)
    put(params, "port", ports->str);
  return TRUE;
}

/* A host that percent-escapes its slashes is libpq's way to write a socket folder. */
static char *decode_host(const char *host)
{
  char *decoded = strchr(host, '%') != NULL ? g_uri_unescape_string(host, NULL) : NULL;
  return decoded != NULL ? decoded : g_strdup(host);
}

static PgParams *params_from_parts(const UrlParts *parts, const char *source, GError **error)
{
  g_autoptr(PgParams) params = params_new(source);
  if (parts->host != NULL) {
    g_autofree char *host = decode_host(parts->host);
    put(params, "host", host);
  }
  if (parts->port != NULL)
    put(params, "port", parts->port);
  if (parts->user != NULL && *parts->user != '\0')
    put(params, "user", parts->user);
  if (parts->password != NULL && *parts->password != '\0')
    put(params, "password", parts->password);
  if (parts->database != NULL && *parts->database != '\0')
    put(params, "dbname", parts->database);
  if (!put_hosts(params, parts->query, error))
    return NULL;
  for (guint i = 0; i < parts->query->len; i += 2) {
    const char *key = g_ptr_array_index(parts->query, i);
    if (strcmp(key, "host") != 0)
      put_option(params, key, g_ptr_array_index(parts->query, i + 1));
  }
  refresh_display(params);
  return g_steal_pointer(&params);
}

static gboolean is_postgresql(const char *scheme)
{
  gsize n = strcspn(scheme, "+");
  return (n == 10 && strncmp(scheme, "postgresql", n) == 0) ||
         (n == 8 && strncmp(scheme, "postgres", n) == 0);
}

static PgParams *parse_url(const char *url, const char *source, GError **error)
{
  g_autoptr(UrlParts) parts = url_parts_parse(url);
  g_autofree char *scheme = g_strndup(url, (gsize)(strstr(url, "://") - url));
  if (!is_postgresql(scheme)) {
    g_autofree char *shown = text_escape(scheme, -1, FALSE);
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG,
                _("%s names a \"%s\" database; retort works with PostgreSQL only."), source, shown);
    return NULL;
  }
  /* The pattern splits at the first "@": what follows would be shown as a host. */
  if (parts != NULL && parts->host != NULL && strchr(parts->host, '@') != NULL) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG,
                _("The password in %s contains \"@\"; write it as %%40."), source);
    return NULL;
  }
  if (parts != NULL && (parts->port == NULL || port_valid(parts->port)))
    return params_from_parts(parts, source, error);
  PgParams *params = strchr(scheme, '+') == NULL ? parse_by_libpq(url, source) : NULL;
  if (params == NULL)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG,
                _("%s is no database URL that can be read; expected postgresql://user@host:port/database."),
                source);
  return params;
}

PgParams *pg_params_parse(const char *url, const char *source, GError **error)
{
  g_autofree char *text = g_strstrip(g_strdup(url));
  if (source == NULL)
    source = _("The database URL");
  if (!g_utf8_validate(text, -1, NULL)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG, _("%s is not valid UTF-8."), source);
    return NULL;
  }
  const char *scheme_end = strstr(text, "://");
  const char *equals = strchr(text, '=');
  if (scheme_end != NULL && (equals == NULL || scheme_end < equals))
    return parse_url(text, source, error);
  PgParams *params = equals != NULL ? parse_by_libpq(text, source) : NULL;
  if (params == NULL)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG,
                _("%s is neither a URL (postgresql://user@host:port/database) nor a list of libpq keywords "
                  "(service=name)."),
                source);
  return params;
}

/* keyword=value pairs again, secrets hidden. */
static char *redact_conninfo(const char *text)
{
  PQconninfoOption *options = PQconninfoParse(text, NULL);
  if (options == NULL)
    return g_strdup("***");
  GString *out = g_string_new(NULL);
  for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
    if (option->val != NULL)
      g_string_append_printf(out, "%s%s=%s", out->len > 0 ? " " : "", option->keyword,
                             url_key_is_secret(option->keyword) ? "***" : option->val);
  PQconninfoFree(options);
  return g_string_free(out, FALSE);
}

char *pg_url_redact(const char *url)
{
  const char *scheme_end = strstr(url, "://");
  const char *equals = strchr(url, '=');
  if (scheme_end == NULL || (equals != NULL && equals < scheme_end))
    return redact_conninfo(url);
  g_autoptr(UrlParts) parts = url_parts_parse(url);
  if (parts == NULL || (parts->host != NULL && strchr(parts->host, '@') != NULL))
    return g_strdup_printf("%.*s://***", (int)(scheme_end - url), url);
  return url_parts_redacted(parts);
}
