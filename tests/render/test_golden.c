/* Whole migrations (golden/NAME.py) against the SQL that Alembic prints for them (golden/NAME.sql, make_golden.py). */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/base/file.h"
#include "retort/render/offline.h"
#include "support.h"

static void check_direction(const char *name, const char *source, const char *expected, Direction direction)
{
  g_autoptr(RenderSession) session = render_session_new(NULL, NULL);
  g_autoptr(Script) script = render_source(session, name, source, strlen(source), direction);
  g_autoptr(GString) sql = g_string_new(NULL);
  const RenderReason *reason = script->reasons->len ? script->reasons->pdata[0] : NULL;
  cr_expect(script->state == RENDER_EXACT && !script->error, "%s: line %u: %s", name,
            reason ? reason->line : script->error_line, reason ? reason->what : script->error);
  if (script->state != RENDER_EXACT || script->error)
    return;
  script_offline_text(script, TRUE, sql);
  cr_expect_str_eq(sql->str, expected, "%s\n--- expected\n%s\n--- rendered\n%s", name, expected, sql->str);
  expect_parses(name, script);
}

Test(golden, every_migration_renders_as_alembic_prints_it)
{
  g_autofree char *folder = test_path("golden");
  g_auto(GStrv) names = file_list(folder, NULL);
  guint n = 0;
  for (char **name = names; name && *name; name++) {
    if (!g_str_has_suffix(*name, ".py"))
      continue;
    g_autofree char *stem = g_strndup(*name, strlen(*name) - strlen(".py"));
    g_autofree char *py = g_strdup_printf("golden/%s.py", stem);
    g_autofree char *sql = g_strdup_printf("golden/%s.sql", stem);
    g_autofree char *source = test_read(py);
    g_autofree char *expected = test_read(sql);
    char *middle = strstr(expected, "== downgrade\n");
    cr_assert(middle, "%s has no downgrade", sql);
    *middle = '\0';
    check_direction(*name, source, expected, DIRECTION_UPGRADE);
    check_direction(*name, source, middle + strlen("== downgrade\n"), DIRECTION_DOWNGRADE);
    n++;
  }
  cr_expect(n >= 15, "only %u golden migrations were found", n);
}
