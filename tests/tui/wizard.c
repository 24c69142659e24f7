/* The small project that the wizards' tests work on. */
#include "wizard.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

void wizard_write(const Wizard *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
  cr_assert(g_file_set_contents(path, text, -1, NULL), "cannot write %s", path);
}

char *wizard_read(const Wizard *fixture, const char *id)
{
  g_autofree char *path = g_strdup_printf("%s/versions/%s.py", fixture->folder, id);
  char *text = NULL;
  cr_assert(g_file_get_contents(path, &text, NULL, NULL), "cannot read %s", path);
  return text;
}

void wizard_revision(const Wizard *fixture, const char *id, const char *down)
{
  g_autofree char *name = g_strdup_printf("versions/%s.py", id);
  g_autofree char *text = g_strdup_printf(
      "\"\"\"make %s\"\"\"\nfrom alembic import op\nrevision = '%s'\ndown_revision = %s  # kept\n\n\n"
      "def upgrade():\n    op.execute('CREATE TABLE %s()')\n",
      id, id, down, id);
  wizard_write(fixture, name, text);
}

void wizard_open(Wizard *fixture, const char *options)
{
  fixture->folder = g_dir_make_tmp("retort-wizard-XXXXXX", NULL);
  g_autofree char *versions = g_build_filename(fixture->folder, "versions", NULL);
  g_autofree char *config = g_build_filename(fixture->folder, "alembic.ini", NULL);
  g_autofree char *ini = g_strconcat("[alembic]\nscript_location = %(here)s\n", options, NULL);
  g_mkdir(versions, 0755);
  /* Nobody's own targets are asked. */
  g_setenv("XDG_CONFIG_HOME", fixture->folder, TRUE);
  wizard_write(fixture, "alembic.ini", ini);
  wizard_write(fixture, "script.py.mako",
               "\"\"\"${message}\"\"\"\nfrom alembic import op\nrevision = ${repr(up_revision)}\n"
               "down_revision = ${repr(down_revision)}\nbranch_labels = ${repr(branch_labels)}\n"
               "depends_on = ${repr(depends_on)}\n\n\ndef upgrade():\n    op.execute('SELECT 1')\n");
  wizard_revision(fixture, "aaa", "None");
  wizard_revision(fixture, "bbb", "'aaa'");
  wizard_revision(fixture, "ccc", "'aaa'");
  wizard_revision(fixture, "ddd", "'ccc'");
  fixture->bench = bench_open(110, 40, config);
}

void wizard_close(Wizard *fixture)
{
  const char *argv[] = {"rm", "-rf", fixture->folder, NULL};
  bench_free(fixture->bench);
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free(fixture->folder);
}

void wizard_expect(Bench *bench, const char *keys, const char *expected)
{
  bench_keys(bench, keys);
  g_autofree char *screen = bench_screen(bench);
  cr_expect(strstr(screen, expected), "after %s there is no \"%s\" in\n%s", keys, expected, screen);
}
