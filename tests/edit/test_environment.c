#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/edit/environment.h"
#include "retort/history/project.h"

static void begin(const char *text, gboolean always, void *data)
{
  (void)always;
  g_string_append_printf(data, "%s ...", text);
}

static void end(gboolean done, gboolean always, void *data)
{
  (void)always;
  g_string_append(data, done ? "  done\n" : "  FAILED\n");
}

static void message(const char *text, gboolean always, void *data)
{
  (void)always;
  g_string_append_printf(data, "%s\n", text);
}

static const EnvironmentSink sink = {begin, end, message};

/* A temporary folder, made the current one, so that relative directories are relative to it. */
static char *enter_scratch_folder(void)
{
  g_autofree char *made = g_dir_make_tmp("retort-test-XXXXXX", NULL);
  cr_assert_not_null(made);
  cr_assert(g_chdir(made) == 0);
  return g_get_current_dir();
}

static void remove_folder(const char *folder)
{
  cr_assert(g_chdir("/") == 0);
  const char *argv[] = {"rm", "-rf", folder, NULL};
  cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
}

Test(environment, generic_prints_what_alembic_prints_and_is_a_project)
{
  g_autofree char *folder = enter_scratch_folder();
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(GError) error = NULL;
  EnvironmentRequest request = {
      .directory = "db/scripts", .ini_path = "alembic.ini", .toml_path = "pyproject.toml"};
  cr_assert(environment_init(&request, &sink, out, &error), "%s", error != NULL ? error->message : "");
  g_autofree char *expected = g_strdup_printf(
      "Creating directory %1$s/db/scripts ...  done\n"
      "Creating directory %1$s/db/scripts/versions ...  done\n"
      "Generating %1$s/db/scripts/README ...  done\n"
      "Generating %1$s/db/scripts/env.py ...  done\n"
      "Generating %1$s/db/scripts/script.py.mako ...  done\n"
      "Generating %1$s/alembic.ini ...  done\n"
      "Please edit configuration/connection/logging settings in %1$s/alembic.ini before proceeding.\n",
      folder);
  cr_expect_str_eq(out->str, expected, "got:\n%s", out->str);
  g_autofree char *ini = NULL;
  cr_assert(g_file_get_contents("alembic.ini", &ini, NULL, NULL));
  cr_expect(strstr(ini, "\nscript_location = %(here)s/db/scripts\n") != NULL, "%s", ini);
  cr_expect(strstr(ini, "${") == NULL, "an unfilled place is left in:\n%s", ini);
  ProjectOptions options = {.start = folder};
  g_autoptr(Project) project = project_open(&options, &error);
  cr_assert_not_null(project, "%s", error != NULL ? error->message : "");
  g_autofree char *scripts = g_build_filename(folder, "db/scripts", NULL);
  cr_expect_str_eq(project->script_location, scripts, "got %s", project->script_location);
  remove_folder(folder);
}

Test(environment, a_folder_that_is_not_empty_and_an_unknown_template_are_refused)
{
  g_autofree char *folder = enter_scratch_folder();
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(GError) full = NULL, unknown = NULL;
  cr_assert(g_file_set_contents("occupied", "", 0, NULL));
  EnvironmentRequest here = {.directory = ".", .ini_path = "alembic.ini", .toml_path = "pyproject.toml"};
  cr_expect(!environment_init(&here, &sink, out, &full));
  cr_expect(g_error_matches(full, RETORT_ERROR, RETORT_ERROR_COMMAND));
  cr_expect_str_eq(full->message, "Directory . already exists and is not empty", "got %s", full->message);
  EnvironmentRequest odd = {
      .directory = "x", .template = "fancy", .ini_path = "a.ini", .toml_path = "p.toml"};
  cr_expect(!environment_init(&odd, &sink, out, &unknown));
  cr_expect(g_error_matches(unknown, RETORT_ERROR, RETORT_ERROR_COMMAND));
  cr_expect(!g_file_test("x", G_FILE_TEST_EXISTS));
  cr_expect_str_eq(out->str, "", "something was said: %s", out->str);
  remove_folder(folder);
}

Test(environment, pyproject_is_appended_to_once)
{
  g_autofree char *folder = enter_scratch_folder();
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(GError) error = NULL;
  cr_assert(g_file_set_contents("pyproject.toml", "[project]\nname = \"shop\"\n", -1, NULL));
  EnvironmentRequest request = {.directory = "scripts",
                                .template = "pyproject",
                                .package = TRUE,
                                .ini_path = "alembic.ini",
                                .toml_path = "pyproject.toml"};
  cr_assert(environment_init(&request, &sink, out, &error), "%s", error != NULL ? error->message : "");
  cr_expect(strstr(out->str, "Appending to existing ") != NULL, "%s", out->str);
  cr_expect(g_file_test("scripts/versions/__init__.py", G_FILE_TEST_EXISTS));
  g_autofree char *toml = NULL;
  cr_assert(g_file_get_contents("pyproject.toml", &toml, NULL, NULL));
  cr_expect(g_str_has_prefix(toml, "[project]\nname = \"shop\"\n\n\n[tool.alembic]\n"), "%s", toml);
  cr_expect(strstr(toml, "script_location = \"%(here)s/scripts\"") != NULL, "%s", toml);
  g_string_truncate(out, 0);
  EnvironmentRequest again = {.directory = "more",
                              .template = "pyproject_async",
                              .ini_path = "alembic.ini",
                              .toml_path = "pyproject.toml"};
  cr_assert(environment_init(&again, &sink, out, &error), "%s", error != NULL ? error->message : "");
  cr_expect(strstr(out->str, "already has a [tool.alembic] section, skipping\n") != NULL, "%s", out->str);
  cr_expect(strstr(out->str, "alembic.ini already exists, skipping\n") != NULL, "%s", out->str);
  remove_folder(folder);
}

Test(environment, every_template_has_its_line)
{
  const char *const *names = environment_templates();
  cr_assert(g_strv_length((char **)names) == 5);
  for (; *names != NULL; names++)
    cr_expect_not_null(environment_synopsis(*names), "%s", *names);
  cr_expect_str_eq(environment_synopsis("generic"), "Generic single-database configuration.");
}
