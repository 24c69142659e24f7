/* `sql --database` against a real server. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "program.h"

static const char migration[] = "revision = 'a1'\n"
                                "down_revision = None\n"
                                "from alembic import op\n"
                                "import sqlalchemy as sa\n"
                                "def upgrade():\n"
                                "    bind = op.get_bind()\n"
                                "    if not sa.inspect(bind).has_table('no_such_shelf'):\n"
                                "        op.execute('CREATE TABLE no_such_shelf ()')\n"
                                "def downgrade():\n"
                                "    for (n,) in op.get_bind().execute(sa.text('SELECT n FROM "
                                "generate_series(1, 3) n WHERE n < :x'), {'x': 3}):\n"
                                "        op.execute(f'NOTIFY n{n}')\n";

Test(sql, asks_the_database_when_told_to)
{
  g_autofree char *folder = g_dir_make_tmp("retort-sql-XXXXXX", NULL);
  g_autofree char *file = g_build_filename(folder, "a1.py", NULL);
  cr_assert(g_file_set_contents(file, migration, -1, NULL));
  g_autofree char *alone = NULL, *asked = NULL, *notes = NULL, *json = NULL;
  int status = program_run(folder, "sql a1.py", &alone, NULL);
  cr_expect(status == 1 && !strstr(alone, "CREATE"), "without: %d %s", status, alone);
  status = program_run(folder, "sql --database a1.py", &asked, &notes);
  cr_expect_eq(status, 0, "status %d: %s", status, notes);
  cr_expect_str_eq(asked,
                   "CREATE TABLE no_such_shelf ();\n\n"
                   "SELECT n FROM generate_series(1, 3) n WHERE n < 3;\n\nNOTIFY n1;\n\nNOTIFY n2;\n\n");
  cr_expect(strstr(notes, "as the database answered at"), "%s", notes);
  status = program_run(folder, "sql --database --json --downgrade a1.py", &json, NULL);
  static const char *const parts[] = {"\"state\" : \"database\"", "\"answered\" : true", "\"NOTIFY n2\"",
                                      "\"query\" : \"SELECT n FROM generate_series(1, 3) n WHERE n < 3\""};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    cr_expect(strstr(json, parts[i]), "%s lacks %s", json, parts[i]);
  g_unlink(file);
  g_rmdir(folder);
}
