/* What the project's own Alembic renders, played by a script. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "retort/run/fallback.h"

#define TAIL \
  "UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a';\n\nCOMMIT;\n\n"

static const struct {
  const char *name;
  const char *output;
  const char *want; /* statements by "|", "!" before those outside; NULL: refused */
} outputs[] = {
    {"a body", "BEGIN;\n\n-- Running upgrade a -> b, m\n\nSELECT ';', $$x;y$$;\n\nDROP TABLE t;\n\n" TAIL,
     "SELECT ';', $$x;y$$|DROP TABLE t"},
    {"an empty body", "-- Running upgrade a -> b\n\n" TAIL, ""},
    {"autocommit",
     "-- Running upgrade a -> b\n\nCOMMIT;\n\nDROP INDEX CONCURRENTLY i;\n\nBEGIN;\n\nSELECT 1;\n\n" TAIL,
     "!DROP INDEX CONCURRENTLY i|SELECT 1"},
    {"the first of all",
     "BEGIN;\n\nCREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL\n);\n\n-- Running "
     "upgrade  -> a\n\n"
     "SELECT 1;\n\nINSERT INTO alembic_version (version_num) VALUES ('a');\n\nCOMMIT;\n\n",
     "SELECT 1"},
    {"back to nothing",
     "BEGIN;\n\n-- Running downgrade a -> \n\nSELECT 1;\n\nDELETE FROM alembic_version WHERE "
     "alembic_version.version_num = 'a';\n\nDROP TABLE alembic_version;\n\nCOMMIT;\n\n",
     "SELECT 1"},
    {"a body that writes the version too",
     "-- Running upgrade a -> b\n\nDELETE FROM alembic_version WHERE version_num = 'z';\n\n" TAIL,
     "DELETE FROM alembic_version WHERE version_num = 'z'"},
    {"two revisions", "-- Running upgrade a -> b\n\n" TAIL "-- Running upgrade b -> c\n\n" TAIL, NULL},
    {"no version", "-- Running upgrade a -> b\n\nSELECT 1;\n\n", NULL},
    {"something else", "usage: alembic\n", NULL},
    {"nothing", "", NULL},
};

Test(fallback, reads_the_body_of_one_revision)
{
  for (guint i = 0; i < G_N_ELEMENTS(outputs); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(ScriptBlock));
    g_autoptr(GPtrArray) statements =
        fallback_statements(outputs[i].output, "alembic_version", blocks, &error);
    g_autoptr(GString) got = g_string_new(NULL);
    for (guint k = 0; statements && k < statements->len; k++) {
      const Statement *statement = statements->pdata[k];
      g_string_append_printf(got, "%s%s%s", k ? "|" : "", statement->autocommit ? "!" : "", statement->sql);
    }
    cr_expect(!statements == !outputs[i].want && (!statements || strcmp(got->str, outputs[i].want) == 0),
              "%s: %s %s", outputs[i].name, got->str, error ? error->message : "");
  }
}

typedef struct {
  char *folder, *program, *migration, *count;
  char *argv[2];
  char *none[1];
  AlembicCommand command;
  Project project;
  Revision revision;
} Setting;

static void setting_set_up(Setting *setting, const char *script)
{
  *setting = (Setting){.folder = g_dir_make_tmp("retort-fallback-XXXXXX", NULL)};
  g_setenv("XDG_STATE_HOME", setting->folder, TRUE);
  g_setenv("XDG_CACHE_HOME", setting->folder, TRUE);
  setting->program = g_build_filename(setting->folder, "alembic", NULL);
  setting->migration = g_build_filename(setting->folder, "b.py", NULL);
  setting->count = g_build_filename(setting->folder, "count", NULL);
  g_autofree char *text = g_strconcat("#!/bin/sh\necho \"$@\" >>count\n", script, NULL);
  cr_assert(g_file_set_contents(setting->program, text, -1, NULL));
  cr_assert(g_file_set_contents(setting->migration, "x = 1\n", -1, NULL));
  g_chmod(setting->program, 0755);
  setting->argv[0] = setting->program;
  setting->command.argv = setting->argv;
  setting->project.config_path = g_build_filename(setting->folder, "alembic.ini", NULL);
  setting->project.script_location = setting->folder;
  setting->revision = (Revision){.id = (char *)"b", .path = setting->migration};
  setting->revision.down_revision = setting->revision.depends_on = setting->none;
}

static void setting_tear_down(Setting *setting)
{
  g_autofree char *line = g_strdup_printf("rm -rf '%s'", setting->folder);
  g_spawn_command_line_sync(line, NULL, NULL, NULL, NULL);
  char *texts[] = {setting->folder, setting->program, setting->migration, setting->count,
                   setting->project.config_path};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
}

static gboolean fill(Setting *setting, guint timeout_ms, gboolean anew, Script **script, GError **error)
{
  FallbackOptions options = {&setting->project, &setting->command, timeout_ms, anew};
  g_autoptr(RenderSession) session = render_session_new(NULL, NULL);
  static const char source[] = "import nowhere\ndef upgrade():\n    nowhere.go()\n";
  *script = render_source(session, "b.py", source, strlen(source), DIRECTION_UPGRADE);
  return fallback_fill(&options, &setting->revision, DIRECTION_UPGRADE, *script, error);
}

static void expect_runs(Setting *setting, const char *want, const char *when)
{
  g_autofree char *text = NULL;
  g_file_get_contents(setting->count, &text, NULL, NULL);
  cr_expect_str_eq(text, want, "%s: %s", when, text);
}

#define LINE "-c %s/alembic.ini upgrade base:b --sql\n"

Test(fallback, runs_alembic_once_for_a_file)
{
  Setting setting;
  setting_set_up(&setting,
                 "printf -- '-- Running upgrade  -> b\\n\\nSELECT 1;\\n\\nINSERT INTO alembic_version "
                 "(version_num) VALUES (1);\\n\\n'; echo noise >&2\n");
  g_autofree char *once = g_strdup_printf(LINE, setting.folder);
  g_autofree char *twice = g_strconcat(once, once, NULL);
  for (guint i = 0; i < 3; i++) {
    g_autoptr(Script) script = NULL;
    g_autoptr(GError) error = NULL;
    cr_assert(fill(&setting, 0, i == 2, &script, &error), "%s", error ? error->message : "");
    cr_expect(script->state == RENDER_PYTHON && g_strcmp0(script->engine, "alembic") == 0, "state %d",
              script->state);
    cr_expect_eq(script->statements->len, 1, "%u statements", script->statements->len);
    expect_runs(&setting, i == 2 ? twice : once, i == 2 ? "asked anew" : "from the cache");
  }
  cr_assert(g_file_set_contents(setting.migration, "x = 2\n", -1, NULL));
  g_autoptr(Script) script = NULL;
  cr_expect(fill(&setting, 0, FALSE, &script, NULL));
  g_autofree char *thrice = g_strconcat(twice, once, NULL);
  expect_runs(&setting, thrice, "another file");
  setting_tear_down(&setting);
}

static const struct {
  const char *script;
  const char *want;
} failures[] = {
    {"echo first >&2; echo 'ImportError: x' >&2; exit 1\n", "ImportError: x"},
    {"echo 'SELECT 1;'\n", "not the script of one revision"},
    {"exec sleep 100\n", "took more than"},
};

Test(fallback, says_why_there_is_nothing)
{
  for (guint i = 0; i < G_N_ELEMENTS(failures); i++) {
    Setting setting;
    g_autoptr(Script) script = NULL;
    g_autoptr(GError) error = NULL;
    setting_set_up(&setting, failures[i].script);
    cr_expect(!fill(&setting, i == 2 ? 100 : 20000, FALSE, &script, &error), "%s", failures[i].script);
    cr_expect(error && strstr(error->message, failures[i].want), "%s: %s", failures[i].script,
              error ? error->message : "no error");
    cr_expect(!script->engine, "%s: nobody rendered it", failures[i].script);
    setting_tear_down(&setting);
  }
}

Test(fallback, is_allowed_by_project_until_taken_back)
{
  Setting setting;
  setting_set_up(&setting, "");
  Project other = {.script_location = (char *)"/elsewhere"};
  cr_expect(!fallback_allowed(&setting.project), "nobody was asked");
  cr_expect(fallback_allow(&other, TRUE, NULL) && fallback_allow(&setting.project, TRUE, NULL));
  cr_expect(fallback_allowed(&setting.project) && fallback_allowed(&other), "both");
  cr_expect(fallback_allow(&setting.project, FALSE, NULL));
  cr_expect(!fallback_allowed(&setting.project) && fallback_allowed(&other), "taken back from one");
  setting_tear_down(&setting);
}
