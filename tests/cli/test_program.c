/* The program's own manners: JSON, plans, bad input, hand-over, completions, manual pages. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>

#include "program.h"

/* A copy of one of the sample projects, to be spoiled. */
static char *copy_project(const char *name)
{
  g_autofree char *source = program_source("tests/cli/projects", name);
  char *folder = g_dir_make_tmp("retort-cli-XXXXXX", NULL);
  cr_assert(folder != NULL, "a temporary folder can be made");
  const char *argv[] = {"cp", "-R", source, folder, NULL};
  gint status = 0;
  cr_assert(
      g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL) &&
          status == 0,
      "%s is copied", source);
  char *copy = g_build_filename(folder, name, NULL);
  g_chmod(copy, 0755);
  g_autofree char *versions = g_build_filename(copy, "migrations", "versions", NULL);
  g_autofree char *migrations = g_build_filename(copy, "migrations", NULL);
  g_chmod(migrations, 0755);
  g_chmod(versions, 0755);
  g_free(folder);
  return copy;
}

static void remove_copy(char *copy)
{
  g_autofree char *folder = g_path_get_dirname(copy);
  const char *argv[] = {"rm", "-rf", folder, NULL};
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free(copy);
}

static void put_file(const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  cr_assert(g_file_set_contents(path, text, -1, NULL), "%s is written", path);
}

/* Runs words and checks the status and that stdout and stderr hold these texts (NULL: anything). */
static void expect(const char *folder, const char *words, int status, const char *out, const char *err)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int got = program_run(folder, words, &output, &errors);
  cr_expect(got == status, "%s: status %d, want %d\n%s%s", words, got, status, output, errors);
  cr_expect(!out || strstr(output, out) != NULL, "%s: stdout is\n%s\nwithout \"%s\"", words, output, out);
  cr_expect(!err || strstr(errors, err) != NULL, "%s: stderr is\n%s\nwithout \"%s\"", words, errors, err);
}

static JsonNode *run_json(const char *folder, const char *words)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  program_run(folder, words, &output, &errors);
  g_autoptr(GError) error = NULL;
  JsonNode *node = json_from_string(output, &error);
  cr_assert(node != NULL, "%s: %s in\n%s%s", words, error ? error->message : "nothing", output, errors);
  return node;
}

Test(json, reading_commands_describe_revisions)
{
  g_autofree char *folder = program_source("tests/cli/projects", "shop");
  static const struct {
    const char *words;
    guint length;
    const char *first;
  } cases[] = {
      {"heads --json", 3, "6f06c0ffee06"},     {"history --json", 11, NULL},  {"branches --json", 2, NULL},
      {"show 4d04 --json", 1, "4d04c0ffee04"}, {"show base --json", 0, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(JsonNode) node = run_json(folder, cases[i].words);
    JsonArray *array = json_node_get_array(node);
    cr_expect(json_array_get_length(array) == cases[i].length, "%s: %u revisions, want %u", cases[i].words,
              json_array_get_length(array), cases[i].length);
    if (!cases[i].first)
      continue;
    const char *id = json_object_get_string_member(json_array_get_object_element(array, 0), "revision");
    cr_expect(strcmp(id, cases[i].first) == 0, "%s: first is %s, want %s", cases[i].words, id,
              cases[i].first);
  }
}

Test(json, a_plan_tells_steps_and_rows)
{
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  g_autoptr(JsonNode) node = run_json(folder, "plan --from s001 --json head");
  JsonArray *steps = json_object_get_array_member(json_node_get_object(node), "steps");
  cr_assert(json_array_get_length(steps) == 3, "%u steps", json_array_get_length(steps));
  JsonObject *last = json_array_get_object_element(steps, 2);
  cr_expect(strcmp(json_object_get_string_member(last, "direction"), "upgrade") == 0, "it goes up");
  cr_expect(strcmp(json_object_get_string_member(last, "revision"), "s004") == 0, "to s004");
  JsonArray *rows = json_object_get_array_member(last, "rows_after");
  cr_expect(json_array_get_length(rows) == 1 && strcmp(json_array_get_string_element(rows, 0), "s004") == 0,
            "which is the row then");
  g_autoptr(JsonNode) failed = run_json(folder, "plan --from base --json nope");
  const char *error = json_object_get_string_member(json_node_get_object(failed), "error");
  cr_expect(strcmp(error, "Can't locate revision identified by 'nope'") == 0, "%s", error);
}

Test(plan, the_direction_is_inferred)
{
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  expect(folder, "plan --from s001 s003", 0, "upgrade s002 -> s003", NULL);
  expect(folder, "plan --from s003 s001", 0, "downgrade s003 -> s002", NULL);
  expect(folder, "plan --from s003 -- -1", 0, "downgrade s003 -> s002", NULL);
  expect(folder, "plan --from s003 base", 0, "downgrade s001 -> ", NULL);
  expect(folder, "plan --from=s001 --stamp s003", 0, "stamp_revision s001 -> s003", NULL);
  expect(folder, "plan --from base nope", 255, "FAILED: Can't locate revision identified by 'nope'", NULL);
  expect(folder, "plan --upgrade --downgrade s001", 2, NULL, "only one of");
}

Test(bad_input, a_broken_file_does_not_hide_the_others)
{
  char *copy = copy_project("linear");
  put_file(copy, "migrations/versions/999_broken.py", "def (\n");
  expect(copy, "heads", 1, "s004 (head)", "999_broken.py:1");
  expect(copy, "history", 1, "s003 -> s004 (head), step 4", "999_broken.py:1");
  expect(copy, "upgrade head --sql", 1, NULL, "999_broken.py:1");
  remove_copy(copy);
}

Test(bad_input, what_is_no_file_is_not_read)
{
  char *copy = copy_project("linear");
  g_autofree char *pipe = g_build_filename(copy, "migrations/versions/pipe.py", NULL);
  cr_assert(mkfifo(pipe, 0644) == 0, "a FIFO can be made");
  expect(copy, "heads", 1, "s004 (head)", "pipe.py");
  remove_copy(copy);
}

Test(bad_input, missing_things_are_named)
{
  char *copy = copy_project("linear");
  g_autofree char *outer = g_path_get_dirname(copy);
  expect(outer, "heads", 255, "FAILED: No 'script_location' key found in configuration.",
         "linear/alembic.ini");
  expect(copy, "-C nowhere heads", 1, NULL, "nowhere");
  expect(copy, "--target nowhere current", 1, NULL, "[target nowhere]");
  expect(copy, "--url mysql://db/shop current", 1, NULL, "mysql");
  expect(copy, "--url postgresql://app:secret@127.0.0.1:1/shop current", 1, NULL, "127.0.0.1");
  remove_copy(copy);
}

Test(bad_input, a_password_is_never_shown)
{
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  static const char *const lines[] = {
      "--url postgresql://app:hush@127.0.0.1:1/shop current",
      "--url postgresql://app:hush@127.0.0.1:1/shop upgrade head",
      "--url 'host=127.0.0.1 port=1 password=hush' locks",
      "--url postgresql+mysql://app:hush@nowhere.invalid/shop current -v",
  };
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_autofree char *output = NULL;
    g_autofree char *errors = NULL;
    int status = program_run(folder, lines[i], &output, &errors);
    cr_expect(status == 1, "%s: status %d", lines[i], status);
    cr_expect(!strstr(output, "hush") && !strstr(errors, "hush"), "%s shows the password:\n%s%s", lines[i],
              output, errors);
  }
}

Test(manners, read_only_refuses_before_it_connects)
{
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  static const char *const lines[] = {"--read-only upgrade head",
                                      "upgrade --read-only head",
                                      "--read-only downgrade -1",
                                      "--read-only stamp head",
                                      "--read-only rehearse head --scratch schema",
                                      "--read-only ensure_version"};
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
    expect(folder, lines[i], 1, "", "read-only");
}

Test(manners, the_screen_wants_a_terminal)
{
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  expect(folder, "", 2, "", "terminal");
}

Test(manners, a_lost_option_of_alembic_is_passed_on)
{
  char *copy = copy_project("linear");
  g_autofree char *bin = g_build_filename(copy, ".venv", "bin", NULL);
  g_mkdir_with_parents(bin, 0755);
  put_file(bin, "alembic", "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit 7\n");
  g_autofree char *program = g_build_filename(bin, "alembic", NULL);
  g_chmod(program, 0755);
  expect(copy, "-x a=1 -q check", 7, "<-xa=1><--quiet><check>", "project's own Alembic");
  expect(copy, "revision --auto -m 'two words'", 7, "<revision><--message=two words><--autogenerate>", NULL);
  expect(copy, "--url postgresql:///x check", 1, "", "--url");
  remove_copy(copy);
}

Test(completion, words_come_from_the_tables_and_the_project)
{
  g_autofree char *folder = program_source("tests/cli/projects", "shop");
  static const struct {
    const char *words, *want, *not ;
  } cases[] = {
      {"__complete -- up", "upgrade\t", "downgrade"},
      {"__complete -- upgrade 4d", "4d04c0ffee04\tunique e-mail in two lines\n", "2b02"},
      {"__complete -- upgrade he", "heads\t", "base"},
      {"__complete -- upgrade bil", "billing@head\t", "reports"},
      {"__complete -- upgrade --", "--sql\t", "--purge"},
      {"__complete -- stamp --p", "--purge\t", "--sql"},
      {"__complete -- history -r 1a01c0ffee01:6f", "1a01c0ffee01:6f06c0ffee06\t", "2b02"},
      {"__complete -- -c alembic.ini show 9c", "9c09c0ffee09\t", "9d10"},
      {"__complete -- --config ''", ":files\n", "upgrade"},
      {"__complete -- history --rev-range=1a01c0ffee01:6f", "--rev-range=1a01c0ffee01:6f06c0ffee06\t",
       "2b02"},
      {"__complete -- --config=al", ":files\n", "--config"},
      {"__complete -- init -t pyproject_", "pyproject_async\t", "generic"},
      {"__complete -- init --template=g", "--template=generic\t", "async"},
      {"__complete -- __", "", "__complete"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *output = NULL;
    int status = program_run(folder, cases[i].words, &output, NULL);
    cr_expect(status == 0 && strstr(output, cases[i].want), "%s: status %d, got\n%s\nwithout \"%s\"",
              cases[i].words, status, output, cases[i].want);
    cr_expect(!strstr(output, cases[i].not ), "%s: got\n%s\nwith \"%s\"", cases[i].words, output,
              cases[i].not );
  }
}

/* What bash is given to put behind the last mark at which readline parts words. */
Test(completion, bash_parts_words_where_readline_does)
{
  static const struct {
    const char *line, *want;
  } cases[] = {
      {"retort upgrade bil", "billing@head"},
      {"retort upgrade billing@", "@head"},
      {"retort upgrade billing@h", "@head"},
      {"retort upgrade 1a01c0ffee01:6f", "6f06c0ffee06"},
      {"retort upgrade 2b02c0ffee02:billing@h", "@head"},
      {"retort history --rev-range=1a01c0ffee01:6f", "6f06c0ffee06"},
      {"retort -c alembic.ini upgrade 6f", "6f06c0ffee06"},
  };
  g_autofree char *bash = g_find_program_in_path("bash");
  if (!bash)
    cr_skip("no bash here");
  g_autofree char *folder = program_source("tests/cli/projects", "shop");
  g_autofree char *completions = program_source("data", "completions/retort");
  g_autofree char *program = program_path();
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *script = g_strdup_printf(
        "cd '%s' && . '%s' && retort() { '%s' \"$@\"; } && COMP_LINE='%s' COMP_POINT=${#COMP_LINE} && "
        "COMP_WORDBREAKS=$' \\t\\n\"\\'@><=;|&(:' && _retort && printf '%%s ' \"${COMPREPLY[@]}\"",
        folder, completions, program, cases[i].line);
    const char *argv[] = {bash, "--norc", "-c", script, NULL};
    g_autofree char *output = NULL, *errors = NULL;
    cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL, &output, &errors, NULL, NULL));
    g_strchomp(output);
    cr_expect_str_eq(output, cases[i].want, "%s: got \"%s\", want \"%s\" %s", cases[i].line, output,
                     cases[i].want, errors);
  }
}

Test(manual, every_command_option_and_key_is_in_the_pages)
{
  g_autofree char *folder = program_source("man", ".");
  g_autofree char *page = NULL;
  g_autofree char *settings = NULL;
  g_autofree char *help = NULL;
  cr_assert(program_run(folder, "__manual retort.1.in", &page, NULL) == 0, "the page is made");
  cr_assert(program_run(folder, "__manual retort.5.in", &settings, NULL) == 0, "the page is made");
  cr_assert(program_run(folder, "--help", &help, NULL) == 0, "there is help");
  cr_expect(!strchr(page, '@') || !strstr(page, "@COMMANDS@"), "no placeholder is left");
  static const char *const words[] = {".SS \\fBupgrade\\fR", ".SS \\fBplan\\fR", "\\fB\\-\\-read\\-only\\fR",
                                      "\\fB\\-c\\fR, \\fB\\-\\-config\\fR"};
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    cr_expect(strstr(page, words[i]) != NULL, "the page lacks %s", words[i]);
  cr_expect(strstr(settings, "\\fBversion_table_schema\\fR") != NULL, "retort.5 lacks a key");
  static const char *const commands[] = {
      "branches", "check",          "current", "downgrade", "edit", "ensure_version", "heads",   "history",
      "init",     "list_templates", "merge",   "revision",  "show", "stamp",          "upgrade", "plan",
      "sql",      "locks",          "graph"};
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
    g_autofree char *line = g_strdup_printf("\n  %s ", commands[i]);
    cr_expect(strstr(help, line) != NULL, "--help lacks %s", commands[i]);
  }
}

Test(files, what_init_and_revision_write_is_read_again)
{
  g_autofree char *folder = g_dir_make_tmp("retort-cli-XXXXXX", NULL);
  expect(folder, "init -t generic db", 0, "Generating ", NULL);
  expect(folder, "init db", 255, "FAILED: Directory db already exists and is not empty", NULL);
  expect(folder, "heads", 0, "", NULL);
  expect(folder, "revision --rev-id aa11 -m 'Erste Größe'", 0, "/db/versions/aa11_erste_größe.py ...  done\n",
         NULL);
  expect(folder, "-q revision --rev-id bb22 --head aa11 --branch-label side", 0, "", NULL);
  expect(folder, "revision --rev-id cc33 --head aa11", 255,
         "FAILED: Revision aa11 is not a head revision; please specify --splice", NULL);
  expect(folder, "revision --rev-id cc33 --head aa11 --splice", 0, "cc33_.py", NULL);
  expect(folder, "merge --rev-id dd44 -m both heads", 0, "dd44_both.py", NULL);
  expect(folder, "history", 0, "bb22, cc33 -> dd44 (side) (head) (mergepoint), both\n", NULL);
  expect(folder, "upgrade head --sql", 0, "version_num='dd44'", NULL);
  const char *argv[] = {"rm", "-rf", folder, NULL};
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}
