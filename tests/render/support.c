#include "support.h"

#include <criterion/criterion.h>
#include <pg_query.h>
#include <string.h>

#include "retort/base/file.h"

char *test_path(const char *name)
{
  const char *srcdir = g_getenv("srcdir");
  return g_build_filename(srcdir ? srcdir : ".", "tests", "render", name, NULL);
}

char *test_read(const char *name)
{
  g_autofree char *path = test_path(name);
  char *text = file_read(path, FILE_LIMIT, NULL, NULL, NULL);
  cr_assert(text, "%s cannot be read", path);
  return text;
}

const char *test_short_error(const char *error)
{
  const char *colon = strchr(error, ':'), *name = error;
  for (const char *p = error; p < colon; p++)
    if (*p == '.')
      name = p + 1;
  return name;
}

void expect_parses(const char *name, const Script *script)
{
  for (guint i = 0; i < script->statements->len; i++) {
    const Statement *statement = script->statements->pdata[i];
    PgQueryParseResult result = pg_query_parse(statement->sql);
    cr_expect(!result.error, "%s: %s: %s", name, statement->sql, result.error ? result.error->message : "");
    pg_query_free_parse_result(result);
  }
}
