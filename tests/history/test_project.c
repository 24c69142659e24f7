/* Finding and opening projects, env.py, and loading their revision files. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs.h"
#include "retort/base/error.h"
#include "retort/history/revmap.h"
#include "retort/history/watch.h"

#define ENV                             \
  "from alembic import context\n"       \
  "context.configure(connection=c)\n"   \
  "with context.begin_transaction():\n" \
  "    context.run_migrations()\n"

/* Opens from root/folder with -c config (or NULL) and -n section (or NULL). */
static Project *open_at(const char *root, const char *folder, const char *config, const char *section,
                        GError **error)
{
  g_autofree char *start = g_build_filename(root, folder, NULL);
  const char *files[] = {config, NULL};
  ProjectOptions options = {.config_files = config ? files : NULL, .section = section, .start = start};

  return project_open(&options, error);
}

/* Script location, version locations and config file, relative to root. */
static char *describe(const Project *project, const char *root)
{
  g_autoptr(GString) out = g_string_new(NULL);
  gsize n = strlen(root) + 1;

  g_string_append(out, project->script_location ? project->script_location + n : "-");
  for (guint i = 0; i < project->version_locations->len; i++) {
    const char *path = project->version_locations->pdata[i];
    g_string_append_printf(out, " %s", strlen(path) > n ? path + n : "");
  }
  g_string_append_printf(out, " (%s)", project->config_path ? project->config_path + n : "-");
  return g_string_free(g_steal_pointer(&out), FALSE);
}

typedef struct {
  const char *name;
  const char *ini;      /* root/alembic.ini, or NULL */
  const char *toml;     /* root/pyproject.toml, or NULL */
  const char *expected; /* as describe(), or "!" and part of the message */
} LocationCase;

static const LocationCase LOCATIONS[] = {
    {"relative", "[alembic]\nscript_location = db\n", NULL, "db db/versions (alembic.ini)"},
    {"dot and slashes", "[alembic]\nscript_location = ./db//\n", NULL, "db db/versions (alembic.ini)"},
    {"here", "[alembic]\nscript_location = %(here)s/db\n", NULL, "db db/versions (alembic.ini)"},
    {"from DEFAULT", "[DEFAULT]\nscript_location = db\n[alembic]\n", NULL, "db db/versions (alembic.ini)"},
    {"toml", NULL, "[tool.alembic]\nscript_location = \"%(here)s/db\"\n", "db db/versions (pyproject.toml)"},
    {"toml beside an empty ini", "[alembic]\n", "[tool.alembic]\nscript_location = 'db'\n",
     "db db/versions (alembic.ini)"},
    {"ini before toml", "[alembic]\nscript_location = db\n", "[tool.alembic]\nscript_location = 'other'\n",
     "db db/versions (alembic.ini)"},
    {"package", "[alembic]\nscript_location = app:db\n", NULL, "app/db app/db/versions (alembic.ini)"},
    {"package in packages", "[alembic]\nscript_location = app.sub:db:deep\n", NULL,
     "app/sub/db/deep app/sub/db/deep/versions (alembic.ini)"},
    {"package in src", "[alembic]\nscript_location = pkg:db\n", NULL,
     "src/pkg/db src/pkg/db/versions (alembic.ini)"},
    {"package in prepend_sys_path", "[alembic]\nscript_location = lib1:db\nprepend_sys_path = . libs\n", NULL,
     "libs/lib1/db libs/lib1/db/versions (alembic.ini)"},
    {"two locations, os",
     "[alembic]\nscript_location = db\nversion_locations = db/versions:%(here)s/other\n"
     "path_separator = os\n",
     NULL, "db db/versions other (alembic.ini)"},
    {"newline",
     "[alembic]\nscript_location = db\npath_separator = newline\nversion_locations =\n  other\n\n  "
     "db/versions\n",
     NULL, "db other db/versions (alembic.ini)"},
    {"space and blanks",
     "[alembic]\nscript_location = db\npath_separator = space\nversion_locations = other  db/versions\n",
     NULL, "db other db/versions (alembic.ini)"},
    {"old separator",
     "[alembic]\nscript_location = db\nversion_path_separator = ;\nversion_locations = other;db/versions\n",
     NULL, "db other db/versions (alembic.ini)"},
    {"new separator before the old one",
     "[alembic]\nscript_location = db\nversion_path_separator = ;\n"
     "path_separator = :\nversion_locations = other:db/versions\n",
     NULL, "db other db/versions (alembic.ini)"},
    {"legacy splitting", "[alembic]\nscript_location = db\nversion_locations = other,  db/versions\n", NULL,
     "db other db/versions (alembic.ini)"},
    {"locations that do not exist", "[alembic]\nscript_location = db\nversion_locations = nowhere other\n",
     NULL, "db other (alembic.ini)"},
    {"list in toml", NULL,
     "[tool.alembic]\nscript_location = 'db'\nversion_locations = ['other', '%(here)s/db/versions']\n",
     "db other db/versions (pyproject.toml)"},
    {"legacy splitting at commas and blanks only",
     "[alembic]\nscript_location = db\nversion_locations = other,\n  db/versions\n", NULL,
     "db other (alembic.ini)"},
    {"nothing between commas is the folder itself",
     "[alembic]\nscript_location = db\nversion_locations = other,,db\n", NULL, "db other  db (alembic.ini)"},
    {"a string for a list is its characters", NULL,
     "[tool.alembic]\nscript_location = 'app:db'\nprepend_sys_path = '.'\nversion_locations = '%%'\n",
     "app/db (pyproject.toml)"},
    {"package as version location",
     "[alembic]\nscript_location = db\nversion_locations = app:db:versions other\n"
     "path_separator = space\n",
     NULL, "db app/db/versions other (alembic.ini)"},

    {"nothing", NULL, NULL, "!No 'script_location' key found in configuration."},
    {"no section", "[other]\nscript_location = db\n", NULL,
     "!No 'script_location' key found in configuration."},
    {"no folder", "[alembic]\nscript_location = ./gone/\n", NULL,
     "!Path doesn't exist: gone.  Please use the 'init' command to create a new scripts folder."},
    {"a bad length before the folder", "[alembic]\nscript_location = gone\ntruncate_slug_length = x\n", NULL,
     "!truncate_slug_length"},
    {"no location before a bad list", NULL, "[tool.alembic]\nprepend_sys_path = 3\n",
     "!No 'script_location' key found in configuration."},
    {"a number for a folder", NULL, "[tool.alembic]\nscript_location = 3\n",
     "!\"script_location\" is no string"},
    {"not UTF-8", "[alembic]\nscript_location = db\n# \xe9\n", NULL, "!is not UTF-8"},
    {"toml with a byte order mark", NULL, "\xef\xbb\xbf[tool.alembic]\nscript_location = 'db'\n",
     "!pyproject.toml:1:"},
    {"a tool that is no table", "[alembic]\nscript_location = db\n", "tool = 3\n", "!\"tool\" is no table"},
    {"no package", "[alembic]\nscript_location = gone:db\n", NULL, "!\"gone\""},
    {"bad separator", "[alembic]\nscript_location = db\nversion_locations = db\npath_separator = foo\n", NULL,
     "!'foo' is not a valid value for path_separator; expected 'space', 'newline', 'os', ':', ';'"},
    {"bad separator that nothing needs", "[alembic]\nscript_location = db\npath_separator = foo\n", NULL,
     "db db/versions (alembic.ini)"},
    {"bad slug length", "[alembic]\nscript_location = db\ntruncate_slug_length = x\n", NULL,
     "!truncate_slug_length"},
    {"flag that is none", NULL, "[tool.alembic]\nscript_location = 'db'\nsourceless = 'true'\n",
     "!boolean value expected for TOML parameter 'sourceless'"},
    {"type that toml options cannot have", NULL, "[tool.alembic]\nscript_location = 1.5\n",
     "!unsupported TOML value type for key: 'script_location'"},
    {"toml that is no table", "[alembic]\nscript_location = db\n", "[tool]\nalembic = 1\n",
     "!Incorrect TOML format"},
    {"broken toml", "[alembic]\nscript_location = db\n", "[tool\n", "!pyproject.toml:1:"},
    {"broken ini", "[alembic]\nscript_location = db\nx\n", NULL, "!alembic.ini:3:"},
    {"bad reference", "[alembic]\nscript_location = %(gone)s\n", NULL, "!\"gone\""},
    {"bad reference in toml", NULL, "[tool.alembic]\nscript_location = '%(gone)s'\n", "!script_location"},
    {"bad reference that nobody reads", "[alembic]\nscript_location = db\nx = %(gone)s\n", NULL,
     "db db/versions (alembic.ini)"},
};

static void make_folders(const char *root)
{
  static const char *const folders[] = {
      "db/versions",           "other", "app/db/versions", "app/sub/db/deep/versions", "src/pkg/db/versions",
      "libs/lib1/db/versions", NULL};

  for (guint i = 0; folders[i]; i++) {
    g_autofree char *path = g_build_filename(root, folders[i], "README", NULL);
    fs_write(root, path + strlen(root) + 1, "");
  }
}

Test(project, finds_locations)
{
  char *root = fs_new();
  g_autofree char *ini = g_build_filename(root, "alembic.ini", NULL);
  g_autofree char *toml = g_build_filename(root, "pyproject.toml", NULL);

  make_folders(root);
  for (guint i = 0; i < G_N_ELEMENTS(LOCATIONS); i++) {
    const LocationCase *one = &LOCATIONS[i];
    g_autoptr(GError) error = NULL;
    g_unlink(ini);
    g_unlink(toml);
    if (one->ini)
      fs_write(root, "alembic.ini", one->ini);
    if (one->toml)
      fs_write(root, "pyproject.toml", one->toml);
    g_autoptr(Project) project = open_at(root, ".", NULL, NULL, &error);
    g_autofree char *got = project ? describe(project, root) : NULL;
    if (one->expected[0] == '!')
      cr_expect(!project && error && strstr(error->message, one->expected + 1),
                "%s: expected \"%s\", got %s (%s)", one->name, one->expected, got,
                error ? error->message : "no error");
    else
      cr_expect(g_strcmp0(got, one->expected) == 0, "%s: expected \"%s\", got \"%s\" (%s)", one->name,
                one->expected, got, error ? error->message : "no error");
  }
  fs_remove(root);
}

Test(project, reads_every_option)
{
  char *root = fs_new();
  g_autoptr(GError) error = NULL;

  make_folders(root);
  fs_write(
      root, "alembic.ini",
      "[alembic]\nscript_location = db\nfile_template = %%(year)d_%%(rev)s\ntimezone = UTC\n"
      "truncate_slug_length = 10\nrecursive_version_locations = true\nsourceless = True\n"
      "revision_environment = Yes\noutput_encoding = latin-1\nsqlalchemy.url = postgresql://u:p%%40@h/d\n"
      "[post_write_hooks]\nhooks = black, ruff\nblack.type = console_scripts\nblack.options = -l 79 FILE\n"
      "ruff.type = exec\n");
  g_autoptr(Project) project = open_at(root, ".", NULL, NULL, &error);
  cr_assert(project, "%s", error ? error->message : "");
  cr_expect_str_eq(project->file_template, "%(year)d_%(rev)s", "file_template \"%s\"",
                   project->file_template);
  cr_expect_str_eq(project->timezone, "UTC", "timezone \"%s\"", project->timezone);
  cr_expect_str_eq(project->output_encoding, "latin-1", "output_encoding \"%s\"", project->output_encoding);
  cr_expect_str_eq(project->url, "postgresql://u:p%40@h/d", "url \"%s\"", project->url);
  cr_expect(project->truncate_slug_length == 10, "slug length %u", project->truncate_slug_length);
  cr_expect(project->recursive && !project->sourceless && project->revision_environment, "flags %d %d %d",
            project->recursive, project->sourceless, project->revision_environment);
  cr_assert(project->hooks->len == 2, "%u hooks", project->hooks->len);
  PostWriteHook *hook = project->hooks->pdata[0];
  cr_expect_str_eq(hook->name, "black", "hook is \"%s\"", hook->name);
  cr_expect_str_eq(g_hash_table_lookup(hook->options, "options"), "-l 79 FILE", "options");
  g_autofree char *option = project_option(project, "TimeZone", NULL);
  cr_expect_str_eq(option, "UTC", "project_option gave \"%s\"", option);
  fs_remove(root);
}

Test(project, reads_options_of_toml)
{
  char *root = fs_new();
  g_autoptr(GError) error = NULL;

  make_folders(root);
  fs_write(
      root, "pyproject.toml",
      "[tool.alembic]\nscript_location = \"db\"\nfile_template = \"%%(rev)s\"\ntruncate_slug_length = 12\n"
      "recursive_version_locations = true\n\n[[tool.alembic.post_write_hooks]]\nname = \"fmt\"\n"
      "type = \"exec\"\nexecutable = \"%(here)s/fmt\"\n");
  g_autoptr(Project) project = open_at(root, ".", NULL, NULL, &error);
  cr_assert(project, "%s", error ? error->message : "");
  cr_expect_str_eq(project->file_template, "%(rev)s", "file_template \"%s\"", project->file_template);
  cr_expect(project->truncate_slug_length == 12 && project->recursive && project->hooks->len == 1);
  PostWriteHook *hook = project->hooks->pdata[0];
  g_autofree char *expected = g_build_filename(root, "fmt", NULL);
  const char *got = g_hash_table_lookup(hook->options, "executable");
  cr_expect_str_eq(got, expected, "executable is \"%s\"", got);
  cr_expect(!g_hash_table_contains(hook->options, "name"), "name is an option");
  fs_remove(root);
}

Test(project, is_found_from_below)
{
  char *root = fs_new();
  g_autoptr(GError) error = NULL;

  make_folders(root);
  fs_write(root, "alembic.ini", "[alembic]\nscript_location = db\n");
  fs_write(root, "deep/down/here/x", "");
  g_autoptr(Project) project = open_at(root, "deep/down/here", NULL, NULL, &error);
  g_autofree char *got = project ? describe(project, root) : NULL;
  cr_expect(g_strcmp0(got, "db db/versions (alembic.ini)") == 0, "got %s (%s)", got,
            error ? error->message : "");
  /* asked for by name, relative locations count from where one stands, as Alembic has it */
  g_autoptr(Project) named = open_at(root, "deep/down/here", "../../../alembic.ini", NULL, &error);
  cr_expect(!named && error && strstr(error->message, "Path doesn't exist: db."), "%s",
            error ? error->message : "opened");
  fs_remove(root);
}

Test(project, takes_the_real_parent_of_a_linked_folder)
{
  char *root = fs_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *link = g_build_filename(root, "link", NULL);
  g_autofree char *target = g_build_filename(root, "deep/down", NULL);

  fs_write(root, "deep/db/versions/x", "");
  fs_write(root, "deep/down/alembic.ini", "[alembic]\nscript_location = ../db\n");
  cr_assert(symlink(target, link) == 0);
  g_autoptr(Project) project = open_at(root, "link", NULL, NULL, &error);
  g_autofree char *got = project ? describe(project, root) : NULL;
  cr_expect(g_strcmp0(got, "deep/db deep/db/versions (link/alembic.ini)") == 0, "got %s (%s)", got,
            error ? error->message : "");
  fs_remove(root);
}

Test(project, takes_the_flask_layout)
{
  static const char *const starts[] = {".", "migrations", "migrations/versions", "app"};
  char *root = fs_new();

  fs_write(root, "app/x.py", "");
  fs_write(root, "migrations/alembic.ini", "[alembic]\n# a template\n[loggers]\nkeys = root\n");
  fs_write(root, "migrations/env.py", ENV);
  fs_write(root, "migrations/versions/a.py", "revision='a'\ndown_revision=None\n");
  for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Project) project = open_at(root, starts[i], NULL, NULL, &error);
    g_autofree char *got = project ? describe(project, root) : NULL;
    cr_expect(g_strcmp0(got, "migrations migrations/versions (migrations/alembic.ini)") == 0,
              "from %s: %s (%s)", starts[i], got, error ? error->message : "");
    g_autofree char *name = g_path_get_basename(root);
    cr_expect(project && strcmp(project->name, name) == 0, "name is %s", project ? project->name : NULL);
  }
  fs_remove(root);
}

Test(project, minds_the_environment_variable)
{
  char *root = fs_new();
  g_autoptr(GError) error = NULL;

  make_folders(root);
  fs_write(root, "alembic.ini", "[alembic]\nscript_location = db\n");
  fs_write(root, "else.ini", "[alembic]\nscript_location = other\n");
  g_setenv("ALEMBIC_CONFIG", "else.ini", TRUE);
  g_autoptr(Project) project = open_at(root, ".", NULL, NULL, &error);
  cr_expect(project && g_str_has_suffix(project->script_location, "/other"), "$ALEMBIC_CONFIG was not read");
  g_autoptr(Project) named = open_at(root, ".", "alembic.ini", NULL, &error);
  cr_expect(named && g_str_has_suffix(named->script_location, "/db"), "-c did not win");
  g_unsetenv("ALEMBIC_CONFIG");
  fs_remove(root);
}

Test(project, refuses_two_ini_files)
{
  const char *ini[] = {"a.ini", "b.ini", NULL};
  const char *toml[] = {"a/pyproject.toml", "b/pyproject.toml", NULL};
  ProjectOptions two_ini = {.config_files = ini};
  ProjectOptions two_toml = {.config_files = toml};
  g_autoptr(GError) first = NULL;
  g_autoptr(GError) second = NULL;
  g_autoptr(Project) a = project_open(&two_ini, &first);
  g_autoptr(Project) b = project_open(&two_toml, &second);

  cr_expect(!a && g_error_matches(first, RETORT_ERROR, RETORT_ERROR_TRACEBACK), "two ini files");
  cr_expect_str_eq(first->message, "only one ini file may be indicated", "\"%s\"", first->message);
  cr_expect(!b && second);
  cr_expect_str_eq(second->message, "pyproject.toml indicated more than once", "\"%s\"", second->message);
}

Test(project, keeps_a_bad_url_for_later)
{
  char *root = fs_new();
  g_autoptr(GError) error = NULL;

  make_folders(root);
  fs_write(root, "alembic.ini",
           "[alembic]\nscript_location = db\nsqlalchemy.url = postgresql://u:se%cret@h/d\n");
  g_autoptr(Project) project = open_at(root, ".", NULL, NULL, &error);
  cr_assert(project, "%s", error ? error->message : "");
  cr_expect(project->url == NULL && project->diags->items->len == 1, "url %s, %u diagnostics", project->url,
            project->diags->items->len);
  g_autofree char *text = diag_format(project->diags->items->pdata[0]);
  cr_expect(strstr(text, "alembic.ini:3") && !strstr(text, "cret"), "diagnostic is \"%s\"", text);
  fs_remove(root);
}

Test(project, lists_all_environments_of_a_repository)
{
  static const char *const expected[] = {"alembic.ini",         "alembic.ini [tenants]",
                                         "bare/migrations",     "svc/alembic.ini",
                                         "svc2/pyproject.toml", "web/migrations/alembic.ini"};
  char *root = fs_new();
  g_autoptr(GString) got = g_string_new(NULL);
  g_autofree char *all = NULL;

  make_folders(root);
  fs_write(root, ".git/HEAD", "ref: refs/heads/main\n");
  fs_write(root, "alembic.ini",
           "[DEFAULT]\nx = 1\n[alembic]\nscript_location = db\n[tenants]\nscript_location = "
           "other\n[logger_root]\nlevel = WARN\n");
  fs_write(root, "setup.ini", "[x]\ny = 1\n");
  fs_write(root, "svc/alembic.ini", "[alembic]\nscript_location = svc/db\n");
  fs_write(root, "svc/db/env.py", ENV);
  fs_write(root, "svc2/pyproject.toml", "[tool.alembic]\nscript_location = 'db'\n");
  fs_write(root, "svc2/db/env.py", ENV);
  fs_write(root, "web/migrations/alembic.ini", "[alembic]\n");
  fs_write(root, "web/migrations/env.py", ENV);
  fs_write(root, "web/migrations/versions/a.py", "revision='a'\ndown_revision=None\n");
  fs_write(root, "bare/migrations/env.py", ENV);
  fs_write(root, "bare/migrations/versions/a.py", "revision='a'\ndown_revision=None\n");
  fs_write(root, "node_modules/migrations/env.py", ENV);
  fs_write(root, "node_modules/migrations/versions/a.py", "revision='a'\ndown_revision=None\n");
  fs_write(root, "empty/env.py", ENV);
  fs_write(root, "empty/versions/x.txt", "");
  all = g_build_filename(root, "svc", NULL);
  g_autoptr(GPtrArray) candidates = project_find_all(all);
  for (guint i = 0; i < candidates->len; i++) {
    const ProjectCandidate *candidate = candidates->pdata[i];
    g_autoptr(GError) error = NULL;
    g_autoptr(Project) project = project_open_candidate(candidate, &error);
    cr_expect(project && strcmp(project->script_location, candidate->script_location) == 0, "%s: %s",
              candidate->label, error ? error->message : "another location");
    g_string_append_printf(got, "%s\n", candidate->label);
  }
  g_autofree char *joined =
      g_strjoin("\n", expected[0], expected[1], expected[2], expected[3], expected[4], expected[5], "", NULL);
  cr_expect_str_eq(got->str, joined, "found\n%s", got->str);
  fs_remove(root);
}

/* ---- env.py ------------------------------------------------------------------------------------------------- */

static void append_setting(GString *out, const char *name, const EnvSetting *setting)
{
  if (setting->state == ENV_LITERAL)
    g_string_append_printf(out, " %s=%s", name,
                           setting->text    ? setting->text
                           : setting->truth ? "yes"
                                            : "no");
  else if (setting->state == ENV_UNKNOWN)
    g_string_append_printf(out, " %s=?%u", name, setting->line);
}

static void append_env(GString *out, const EnvScript *env)
{
  append_setting(out, "table", &env->version_table);
  append_setting(out, "schema", &env->version_table_schema);
  append_setting(out, "pk", &env->version_table_pk);
  append_setting(out, "per", &env->transaction_per_migration);
  append_setting(out, "ddl", &env->transactional_ddl);
  append_setting(out, "binds", &env->literal_binds);
  append_setting(out, "style", &env->paramstyle);
  if (env->begins_transaction)
    g_string_append(out, " begin");
  if (env->expands_line)
    g_string_append_printf(out, " **%u", env->expands_line);
}

static const struct {
  const char *name;
  const char *text;
  const char *expected; /* what holds online, "|", what holds for --sql */
} ENVS[] = {
    {"none", "", "|"},
    {"plain", ENV, " begin| begin"},
    {"literals",
     "context.configure(connection=c, version_table='v', version_table_schema=\"s\", "
     "version_table_pk=False,\n"
     "  transaction_per_migration=True, transactional_ddl = False)\n",
     " table=v schema=s pk=no per=yes ddl=no| table=v schema=s pk=no per=yes ddl=no"},
    {"two modes",
     "def offline():\n    context.configure(url=u, literal_binds=True, dialect_opts={'paramstyle': "
     "'named'})\n"
     "def online():\n    context.configure(connection=c, transaction_per_migration=True)\n",
     " per=yes| binds=yes style=named"},
    {"by position", "context.configure(c, version_table='v')\n", " table=v| table=v"},
    {"computed",
     "context.configure(connection=c,\n  version_table=get('v'),\n  version_table_schema=schema)\n",
     " table=?2 schema=?3| table=?2 schema=?3"},
    {"constant", "TABLE = 'v'\ndef f():\n    context.configure(connection=c, version_table=TABLE + '_x')\n",
     " table=v_x| table=v_x"},
    {"variable of a function",
     "schema = 'a'\ndef f(schema):\n    context.configure(connection=c, "
     "version_table_schema=schema)\n",
     " schema=?3| schema=?3"},
    {"None", "context.configure(connection=c, version_table_schema=None)\n", "|"},
    {"calls that agree",
     "if x:\n    context.configure(connection=c, version_table='v')\nelse:\n"
     "    context.configure(connection=d, version_table='v')\n",
     " table=v| table=v"},
    {"calls that do not",
     "if x:\n    context.configure(connection=c, version_table='v')\nelse:\n"
     "    context.configure(connection=d, version_table='w')\n",
     " table=?4| table=?4"},
    {"stars", "\ncontext.configure(connection=c, **kwargs)\n", " **2| **2"},
    {"comments and strings",
     "# context.configure(version_table='x')\nx = \"context.configure(version_table='y')\"\n"
     "context.configure(connection=c,  # version_table='z', (\n  version_table='v')  # (\n",
     " table=v| table=v"},
    {"other name", "from alembic import context as ctx\nctx.configure(connection=c, version_table='v')\n",
     " table=v| table=v"},
    {"other configure",
     "logging.configure(version_table='v')\norm.configure(connection=c, version_table='v')\n", "|"},
    {"the function itself",
     "from alembic.context import configure\nconfigure(connection=c, version_table='v')\n",
     " table=v| table=v"},
    {"a transaction in one mode",
     "def offline():\n    context.configure(url=u)\n    with context.begin_transaction():\n        pass\n"
     "def online():\n    context.configure(connection=c)\n    context.run_migrations()\n",
     "| begin"},
    {"a transaction ahead",
     "transaction = context.begin_transaction\ncontext.begin_transaction()\n"
     "context.configure(url=u)\ncontext.configure(connection=c)\n",
     " begin| begin"},
    {"full name", "import alembic\nalembic.context.configure(connection=c, version_table='v')\n",
     " table=v| table=v"},
};

Test(env, reads_literal_arguments)
{
  char *root = fs_new();

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = db\n");
  for (guint i = 0; i < G_N_ELEMENTS(ENVS); i++) {
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    fs_write(root, "db/env.py", ENVS[i].text);
    g_autoptr(Project) project = open_at(root, ".", NULL, NULL, &error);
    cr_assert(project, "%s: %s", ENVS[i].name, error ? error->message : "");
    append_env(got, &project->env);
    g_string_append_c(got, '|');
    append_env(got, &project->env_offline);
    cr_expect_str_eq(got->str, ENVS[i].expected, "%s: expected \"%s\", got \"%s\"", ENVS[i].name,
                     ENVS[i].expected, got->str);
  }
  fs_remove(root);
}

#define ENGINE \
  "engine = engine_from_config(config.get_section(config.config_ini_section), prefix='sqlalchemy.')\n"
#define RUN \
  "context.configure(connection=c)\nwith context.begin_transaction():\n    context.run_migrations()\n"

static const struct {
  const char *name;
  const char *text;
  const char *online;  /* the reason not to run migrations, without the path; "": none */
  const char *offline; /* likewise for --sql */
  guint database;      /* line that takes the database from elsewhere */
} DOINGS[] = {
    {"plain", ENGINE RUN, "", "", 0},
    {"main option", "engine = create_engine(config.get_main_option('sqlalchemy.url'))\n" RUN, "", "", 0},
    {"main option in a variable",
     "url = config.get_main_option('sqlalchemy.url')\nengine = create_engine(url)\n" RUN, "", "", 0},
    {"variable that may be another",
     "url = config.get_main_option('sqlalchemy.url')\nurl = settings.URL\nengine = create_engine(url)\n" RUN,
     "", "", 3},
    {"set_main_option", "config.set_main_option('sqlalchemy.url', URL)\n" ENGINE RUN, "", "", 1},
    {"section assigned", "s = config.get_section('alembic')\ns['sqlalchemy.url'] = URL\n" ENGINE RUN, "", "",
     2},
    {"section compared", "if s['sqlalchemy.url'] == URL: pass\n" ENGINE RUN, "", "", 0},
    {"section written out", "s = {'sqlalchemy.url': URL}\n" ENGINE RUN, "", "", 1},
    {"the application's engine", "from app import engine\n" RUN, "", "", 1},
    {"environment", "x = os.environ['APP']\n" ENGINE RUN, "", "", 1},
    {"other prefix", "engine = engine_from_config(section, prefix='app.')\n" RUN, "", "", 1},
    {"in a docstring", "\"\"\"SET search_path, or\n'sqlalchemy.url': x\"\"\"\n" ENGINE RUN, "", "", 0},
    {"in a comment", "# connection.execute('SET search_path TO x')\n" ENGINE RUN, "", "", 0},
    {"search path", ENGINE "connection.execute('SET search_path TO x')\n" RUN,
     ":2: env.py chooses the schema that migrations work in",
     ":2: env.py chooses the schema that migrations work in", 0},
    {"statement", ENGINE "connection.execute('SET lock_timeout = 1')\n" RUN,
     ":2: env.py runs statements or sets up the connection by itself", "", 0},
    {"statement on a call", ENGINE "engine.connect()\\\n  .execute('SET lock_timeout = 1')\n" RUN,
     ":3: env.py runs statements or sets up the connection by itself", "", 0},
    {"statement in the script", ENGINE "context.execute('SET lock_timeout = 1')\n" RUN,
     ":2: env.py runs statements or sets up the connection by itself",
     ":2: env.py runs statements or sets up the connection by itself", 0},
    {"hook", ENGINE "context.configure(connection=c, on_version_apply=f)\ncontext.run_migrations()\n",
     ":2: env.py has code of its own run with each step (on_version_apply)",
     ":2: env.py has code of its own run with each step (on_version_apply)", 0},
    {"loop",
     ENGINE "for c in databases:\n    context.configure(c)\n    with context.begin_transaction():\n\n"
            "        context.run_migrations()\n",
     ":6: env.py runs migrations in a loop or with arguments",
     ":6: env.py runs migrations in a loop or with arguments", 0},
    {"loop beside it", ENGINE "for c in databases:\n    pass\n" RUN, "", "", 0},
    {"arguments", ENGINE "context.run_migrations(engine_name=name)\n",
     ":2: env.py runs migrations in a loop or with arguments",
     ":2: env.py runs migrations in a loop or with arguments", 0},
    {"elsewhere", ENGINE "import app\napp.migrate()\n",
     ":1: env.py does not call context.run_migrations() itself",
     ":1: env.py does not call context.run_migrations() itself", 0},
    {"stars", ENGINE "context.configure(connection=c, **kw)\ncontext.run_migrations()\n",
     ":2: env.py passes configure() arguments from elsewhere",
     ":2: env.py passes configure() arguments from elsewhere", 0},
};

Test(env, tells_what_only_python_can_do)
{
  char *root = fs_new();

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = db\n");
  for (guint i = 0; i < G_N_ELEMENTS(DOINGS); i++) {
    fs_write(root, "db/env.py", DOINGS[i].text);
    g_autoptr(Project) project = open_at(root, ".", NULL, NULL, NULL);
    cr_assert(project, "%s", DOINGS[i].name);
    for (int online = 0; online < 2; online++) {
      g_autofree char *why = project_env_obstacle(project, online, FALSE);
      const char *got = why ? why + strlen(project->env.path) : "";
      const char *expected = online ? DOINGS[i].online : DOINGS[i].offline;
      cr_expect_str_eq(got, expected, "%s, %s: expected \"%s\", got \"%s\"", DOINGS[i].name,
                       online ? "online" : "--sql", expected, got);
    }
    cr_expect_eq(project->env.does[ENV_OWN_DATABASE], DOINGS[i].database, "%s: expected line %u, got %u",
                 DOINGS[i].name, DOINGS[i].database, project->env.does[ENV_OWN_DATABASE]);
  }
  fs_remove(root);
}

Test(env, minds_x_arguments_only_when_given)
{
  char *root = fs_new();

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = db\n");
  fs_write(root, "db/env.py", ENGINE "x = context.get_x_argument()\n" RUN);
  g_autoptr(Project) project = open_at(root, ".", NULL, NULL, NULL);
  cr_assert(project);
  g_autofree char *without = project_env_obstacle(project, TRUE, FALSE);
  g_autofree char *with = project_env_obstacle(project, TRUE, TRUE);
  cr_expect_null(without, "without -x: \"%s\"", without);
  cr_expect(with && g_str_has_suffix(with, ":2: env.py decides something by -x"), "with -x: \"%s\"", with);
  fs_remove(root);
}

/* ---- loading ------------------------------------------------------------------------------------------------ */

static char *loaded_ids(const RevisionMap *map)
{
  g_autoptr(GString) out = g_string_new(NULL);

  for (guint i = 0; i < map->revisions->len; i++)
    g_string_append_printf(out, "%s%s", i ? " " : "", ((Revision *)map->revisions->pdata[i])->id);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static RevisionMap *load(const char *root, Project **project)
{
  g_autoptr(GError) error = NULL;

  *project = open_at(root, ".", NULL, NULL, &error);
  cr_assert(*project, "%s", error ? error->message : "");
  RevisionMap *map = revision_map_load(*project, &error);
  cr_assert(map, "%s", error ? error->message : "");
  return map;
}

static void write_revision(const char *root, const char *path, const char *id)
{
  g_autofree char *text = g_strdup_printf("revision = '%s'\ndown_revision = None\n", id);

  fs_write(root, path, text);
}

Test(load, follows_alembics_order)
{
  char *root = fs_new();
  g_autoptr(Project) project = NULL;

  fs_write(root, "alembic.ini",
           "[alembic]\nscript_location = db\nversion_locations = db/two db/one\npath_separator = space\n"
           "recursive_version_locations = true\n");
  write_revision(root, "db/one/b.py", "1b");
  write_revision(root, "db/one/B.py", "1B");
  write_revision(root, "db/one/a/z.py", "1az");
  write_revision(root, "db/one/a/y/x.py", "1ayx");
  write_revision(root, "db/one/__pycache__/x.py", "cached");
  write_revision(root, "db/two/x.py", "2x");
  write_revision(root, "db/two/.hidden.py", "2hidden");
  write_revision(root, "db/two/.#x.py", "lock");
  write_revision(root, "db/two/__init__.py", "init");
  write_revision(root, "db/two/__init__x.py", "init");
  write_revision(root, "db/two/x.py.bak", "bak");
  write_revision(root, "db/two/x.pyc", "pyc");
  g_autoptr(RevisionMap) map = load(root, &project);
  g_autofree char *ids = loaded_ids(map);
  cr_expect_str_eq(ids, "2hidden 2x 1B 1b 1az 1ayx", "loaded \"%s\"", ids);
  cr_expect(map->diags->items->len == 0, "%u diagnostics", map->diags->items->len);
  fs_remove(root);
}

static gboolean has_diag(const RevisionMap *map, const char *path, const char *text)
{
  for (guint i = 0; i < map->diags->items->len; i++) {
    const Diag *diag = map->diags->items->pdata[i];
    if (g_str_has_suffix(diag->path ? diag->path : "", path) && strstr(diag->text, text))
      return TRUE;
  }
  return FALSE;
}

Test(load, survives_whatever_lies_in_the_folder)
{
  static const struct {
    const char *path;
    const char *text;
  } expected[] = {{"versions/fifo.py", "not a regular file"},
                  {"versions/zero.py", "/dev/zero"},
                  {"versions/loop.py", "nowhere"},
                  {"versions/gone.py", "nowhere"},
                  {"versions/big.py", "larger"},
                  {"versions/broken.py", "never ends"},
                  {"versions/binary.py", "NUL"},
                  {"versions/norev.py", "Could not determine"}};
  char *root = fs_new();
  g_autoptr(Project) project = NULL;
  g_autofree char *versions = g_build_filename(root, "db/versions", NULL);
  g_autofree char *outside = g_build_filename(root, "outside.py", NULL);

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = db\n");
  write_revision(root, "db/versions/good.py", "good");
  write_revision(root, "db/versions/folder.py/x.txt", "no");
  write_revision(root, "outside.py", "linked");
  fs_write(root, "db/versions/broken.py", "revision = 'x'\ndown_revision = None\nx = '''\n");
  fs_write(root, "db/versions/norev.py", "x = 1\n");
  cr_assert(chdir(versions) == 0);
  cr_assert(mkfifo("fifo.py", 0644) == 0 && symlink("/dev/zero", "zero.py") == 0 &&
            symlink("loop.py", "loop.py") == 0 && symlink("missing", "gone.py") == 0 &&
            symlink(outside, "link.py") == 0 && symlink("good.py", "again.py") == 0);
  cr_assert(g_file_set_contents("binary.py", "revision\0=", 10, NULL));
  cr_assert(g_file_set_contents("big.py", "", 0, NULL) && truncate("big.py", 17 << 20) == 0);
  g_autoptr(RevisionMap) map = load(root, &project);
  g_autofree char *ids = loaded_ids(map);
  cr_expect_str_eq(ids, "good linked", "loaded \"%s\"", ids);
  for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
    cr_expect(has_diag(map, expected[i].path, expected[i].text), "no diagnostic \"%s\" for %s",
              expected[i].text, expected[i].path);
  cr_expect(map->warnings->len == 1 && strstr(map->warnings->pdata[0], "loaded twice! ignoring."),
            "%u warnings", map->warnings->len);
  cr_expect(map->fault && map->fault->code == RETORT_ERROR_TRACEBACK, "Alembic would have gone on");
  cr_assert(chdir("/") == 0);
  fs_remove(root);
}

Test(load, tells_of_files_that_are_not_looked_into)
{
  char *root = fs_new();
  g_autoptr(Project) project = NULL;

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = db\n");
  write_revision(root, "db/versions/a.py", "a");
  write_revision(root, "db/versions/2024/expand/b.py", "b");
  write_revision(root, "db/versions/2024/contract/c.py", "c");
  g_autoptr(RevisionMap) map = load(root, &project);
  g_autofree char *ids = loaded_ids(map);
  cr_expect_str_eq(ids, "a", "loaded \"%s\"", ids);
  cr_expect(has_diag(map, "2024/contract", "2 revision files in subfolders"),
            "the others are passed over in silence");
  fs_remove(root);
}

Test(load, reads_many_files_in_order)
{
  char *root = fs_new();
  g_autoptr(Project) project = NULL;
  char id[16];

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = .\n");
  for (int i = 0; i < 3000; i++) {
    g_snprintf(id, sizeof id, "r%05d", i);
    g_autofree char *parent = g_strdup_printf("r%05d", i - 1);
    fs_revision(root, id, i ? parent : "");
  }
  g_autoptr(RevisionMap) map = load(root, &project);
  cr_assert(map->revisions->len == 3000, "%u revisions", map->revisions->len);
  for (guint i = 0; i < 3000; i++) {
    const Revision *revision = map->revisions->pdata[i];
    g_snprintf(id, sizeof id, "r%05u", i);
    cr_assert(strcmp(revision->id, id) == 0, "%u is %s", i, revision->id);
    cr_assert(revision->stamp.size > 0 && strcmp(revision->create_date, "2024-01-02 03:04:05") == 0);
  }
  fs_remove(root);
}

Test(load, takes_a_bare_folder_with_what_is_below_it)
{
  char *root = fs_new();
  g_autoptr(GError) error = NULL;
  ProjectOptions options = {.folder = root};

  write_revision(root, "a.py", "a");
  write_revision(root, "x/b.py", "b");
  g_autoptr(Project) project = project_open(&options, &error);
  cr_assert(project, "%s", error ? error->message : "");
  g_autoptr(RevisionMap) map = revision_map_load(project, &error);
  g_autofree char *ids = loaded_ids(map);
  cr_expect_str_eq(ids, "a b", "loaded \"%s\"", ids);
  fs_remove(root);
}

/* ---- watching ----------------------------------------------------------------------------------------------- */

typedef struct {
  GMainLoop *loop;
  guint calls;
  WatchChange changes;
} Seen;

static void on_change(WatchChange changes, void *data)
{
  Seen *seen = data;

  seen->calls++;
  seen->changes |= changes;
  g_main_loop_quit(seen->loop);
}

static gboolean on_timeout(void *data)
{
  g_main_loop_quit(data);
  return G_SOURCE_REMOVE;
}

/* Runs until something is seen, or 10 s. */
static void wait_for_change(Seen *seen)
{
  guint timeout = g_timeout_add_seconds(10, on_timeout, seen->loop);
  guint before = seen->calls;

  g_main_loop_run(seen->loop);
  if (seen->calls > before)
    g_source_remove(timeout);
}

Test(watch, tells_files_and_configuration_apart)
{
  char *root = fs_new();
  Seen seen = {.loop = g_main_loop_new(NULL, FALSE)};

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = .\n");
  fs_write(root, "env.py", ENV);
  fs_revision(root, "a", "");
  g_autoptr(Project) project = open_at(root, ".", NULL, NULL, NULL);
  g_autoptr(ProjectWatch) watch = project_watch_new(project, on_change, &seen);
  cr_expect(project_watch_complete(watch));

  fs_revision(root, "b", "a");
  fs_revision(root, "c", "b");
  fs_write(root, "versions/notes.txt", "x");
  wait_for_change(&seen);
  cr_expect(seen.changes == WATCH_REVISIONS && seen.calls == 1, "changes %d after %u calls", seen.changes,
            seen.calls);

  seen = (Seen){.loop = seen.loop};
  fs_write(root, "env.py", ENV "\n");
  wait_for_change(&seen);
  cr_expect(seen.changes == WATCH_CONFIG, "changes %d", seen.changes);
  g_main_loop_unref(seen.loop);
  fs_remove(root);
}
