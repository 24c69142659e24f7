#include "client.h"

#include <string.h>

char *client_program(const char *name, int server_version)
{
  g_autofree char *debian = g_strdup_printf("/usr/lib/postgresql/%d/bin/%s", server_version / 10000, name);
  return g_file_test(debian, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer(&debian) : g_strdup(name);
}

char *client_conninfo(const PgParams *params)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < params->keywords->len; i++) {
    const char *keyword = g_ptr_array_index(params->keywords, i);
    if (strcmp(keyword, "password") == 0 || strcmp(keyword, "sslpassword") == 0)
      continue;
    g_string_append_printf(out, "%s%s='", out->len > 0 ? " " : "", keyword);
    for (const char *s = g_ptr_array_index(params->values, i); *s != '\0'; s++) {
      if (*s == '\'' || *s == '\\')
        g_string_append_c(out, '\\');
      g_string_append_c(out, *s);
    }
    g_string_append_c(out, '\'');
  }
  return g_string_free(out, FALSE);
}

char **client_environment(const PgParams *params)
{
  char **environment = g_environ_unsetenv(g_get_environ(), "LC_ALL");
  const char *password = pg_params_get(params, "password");
  if (password != NULL)
    environment = g_environ_setenv(environment, "PGPASSWORD", password, TRUE);
  return g_environ_setenv(environment, "LC_MESSAGES", "C", TRUE);
}
