/* retort review: what it chooses, how it tells it, and what it exits with. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "program.h"

/* A project in a repository: one revision on main, released as v1, one more on a branch. */
static char *folder;

static void put(const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname(path);
  g_mkdir_with_parents(parent, 0755);
  cr_assert(g_file_set_contents(path, text, -1, NULL), "%s is written", path);
}

static void git(const char *words)
{
  g_autofree char *line = g_strdup_printf(
      "git -c user.name=ana -c user.email=ana@x -c init.defaultBranch=main -C %s %s", folder, words);
  gint status = 0;
  g_autofree char *errors = NULL;
  cr_assert(g_spawn_command_line_sync(line, NULL, &errors, &status, NULL) && status == 0, "%s: %s", words,
            errors);
}

static void put_revision(const char *id, const char *parent, const char *up, const char *down)
{
  g_autofree char *name = g_strdup_printf("versions/%s_x.py", id);
  g_autofree char *text = g_strdup_printf("\"\"\"%s\"\"\"\n"
                                          "from alembic import op\nimport sqlalchemy as sa\n\n"
                                          "revision = \"%s\"\ndown_revision = %s\n\n\n"
                                          "def upgrade():\n    %s\n\n\ndef downgrade():\n    %s\n",
                                          id, id, parent, up, down);
  put(name, text);
}

#define ADD "op.add_column(\"orders\", sa.Column(\"note\", sa.String(20)))"
#define INDEX "op.create_index(\"ix_note\", \"orders\", [\"note\"])"

static void setup(void)
{
  folder = g_dir_make_tmp("retort-review-XXXXXX", NULL);
  put("alembic.ini", "[alembic]\nscript_location = .\n");
  put("env.py", "");
  put_revision("aaaa", "None", ADD, "op.drop_column(\"orders\", \"note\")");
  git("init -q");
  git("add .");
  git("commit -qm first");
  git("tag v1");
  git("checkout -qb feature");
  put_revision("bbbb", "\"aaaa\"", INDEX, "op.drop_index(\"ix_note\")");
}

static void teardown(void)
{
  const char *argv[] = {"rm", "-rf", folder, NULL};
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free(folder);
}

TestSuite(review, .init = setup, .fini = teardown);

static void expect(const char *words, int status, const char *out, const char *not_out)
{
  g_autofree char *output = NULL, *errors = NULL;
  int got = program_run(folder, words, &output, &errors);
  cr_expect_eq(got, status, "%s: status %d, want %d\n%s%s", words, got, status, output, errors);
  cr_expect(out == NULL || strstr(output, out) != NULL, "%s: no \"%s\" in\n%s%s", words, out, output, errors);
  cr_expect(not_out == NULL || strstr(output, not_out) == NULL, "%s: \"%s\" in\n%s", words, not_out, output);
}

Test(review, of_what_the_branch_adds)
{
  expect("review --server-version 15", 1,
         "versions/bbbb_x.py:10: danger: index-not-concurrent: orders:", "aaaa_x.py");
  expect("review --all --server-version 15", 1, "index-not-concurrent", NULL);
  expect("review aaaa --server-version 15", 0, "1 statement: nothing to say", NULL);
  expect("review versions/bbbb_x.py --server-version 15", 1, "index-not-concurrent", NULL);
  git("add .");
  git("commit -qm second");
  expect("review --base main --server-version 15", 1, "index-not-concurrent", NULL);
  expect("review --base feature --server-version 15", 0, "0 statements: nothing to say", NULL);
  expect("review --base nothing --server-version 15", 1, NULL, "statements");
}

Test(review, of_a_file_that_was_changed_after_its_release)
{
  put_revision("aaaa", "None", "# a comment changes nothing\n    " ADD,
               "op.drop_column(\"orders\", \"note\")");
  expect("review aaaa --server-version 15", 0, NULL, "changed-after-apply");
  put_revision("aaaa", "None", ADD "\n    " INDEX, "op.drop_column(\"orders\", \"note\")");
  expect("review --server-version 15", 1, "aaaa_x.py:9: danger: changed-after-apply", NULL);
  expect("review aaaa --server-version 15", 1, "since main the upgrade sends something else", NULL);
}

Test(review, fails_on_what_it_is_told_to)
{
  expect("review --server-version 15 --fail-on off", 0, "danger", NULL);
  expect("review --server-version 15 --fail-on low", 2, NULL, NULL);
  expect("review --server-version fifteen", 2, NULL, NULL);
  put("alembic.ini", "[alembic]\nscript_location = .\n[retort.review]\nindex-not-concurrent = care\n");
  expect("review --server-version 15", 0, "care: index-not-concurrent", NULL);
  expect("review --server-version 15 --fail-on care", 1, NULL, NULL);
  expect("review --server-version 15 --at-least danger", 0, NULL, "index-not-concurrent");
  put("alembic.ini",
      "[alembic]\nscript_location = .\n[retort.review]\nallow = index-not-concurrent bbbb*: small\n");
  expect("review --server-version 15", 0, "1 silenced", NULL);
  put_revision("bbbb", "\"aaaa\"", INDEX "  # retort: allow index-not-concurrent: small",
               "op.drop_index(\"ix_note\")");
  put("alembic.ini", "[alembic]\nscript_location = .\n");
  expect("review --server-version 15", 0, "1 silenced", "silence-unused");
}

/* The members a statement has for those who read it by program. */
Test(review, as_json)
{
  g_autofree char *output = NULL;
  program_run(folder, "review --server-version 15 --format json", &output, NULL);
  g_autoptr(JsonParser) parser = json_parser_new();
  cr_assert(json_parser_load_from_data(parser, output, -1, NULL), "%s", output);
  JsonArray *array = json_node_get_array(json_parser_get_root(parser));
  cr_assert_eq(json_array_get_length(array), 1, "%s", output);
  JsonObject *statement = json_array_get_object_element(array, 0);
  static const char *const members[] = {"statement", "revision", "line",        "locks",    "rewrites",
                                        "scans",     "rebuilds", "transaction", "findings", "unknown"};
  for (guint i = 0; i < G_N_ELEMENTS(members); i++)
    cr_expect(json_object_has_member(statement, members[i]), "no %s", members[i]);
  JsonObject *lock = json_array_get_object_element(json_object_get_array_member(statement, "locks"), 0);
  cr_expect_str_eq(json_object_get_string_member(lock, "relation"), "public.orders");
  cr_expect_str_eq(json_object_get_string_member(lock, "mode"), "SHARE");
  cr_expect_str_eq(json_object_get_string_member(statement, "transaction"), "allowed");
  cr_expect_eq(json_object_get_int_member(statement, "line"), 10);
  cr_expect(json_object_get_null_member(statement, "unknown"));
}

Test(review, as_sarif_and_annotations)
{
  g_autofree char *output = NULL;
  program_run(folder, "review --server-version 15 --format sarif", &output, NULL);
  g_autoptr(JsonParser) parser = json_parser_new();
  cr_assert(json_parser_load_from_data(parser, output, -1, NULL), "%s", output);
  JsonObject *run = json_array_get_object_element(
      json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)), "runs"), 0);
  JsonObject *result = json_array_get_object_element(json_object_get_array_member(run, "results"), 0);
  cr_expect_str_eq(json_object_get_string_member(result, "ruleId"), "index-not-concurrent");
  cr_expect_str_eq(json_object_get_string_member(result, "level"), "error");
  cr_expect(strstr(output, "\"versions/bbbb_x.py\"") != NULL, "%s", output);
  expect("review --server-version 15 --format github", 1,
         "::error file=versions/bbbb_x.py,line=10,title=retort%3A index-not-concurrent::orders: index built",
         NULL);
}

Test(review, of_plain_sql)
{
  put("a.sql", "-- nothing\n\nSELECT 1;\n/* more */ DROP TABLE t;\n"
               "-- retort: allow truncate: a cache\nTRUNCATE u;\n");
  expect("review --sql a.sql --server-version 15", 0, "a.sql:4: care: table-dropped: t:", "danger");
  put("b.sql", "CREATE INDEX CONCURRENTLY i ON t (a);\nBEGIN;\nDROP INDEX CONCURRENTLY i;\nCOMMIT;\n");
  expect("review --sql b.sql --server-version 15", 1, "b.sql:3: danger: concurrently-in-transaction",
         "b.sql:1: danger");
  put("c.sql", "ALTER TABLE t ADD a uuid DEFAULT my_uuid();\nCALL p();\n");
  expect("review --sql c.sql --server-version 15 --fail-on care", 1, "c.sql:2: unknown", NULL);
  /* what the scanner takes for no statement */
  put("d.sql", "SELECT 1; SELEC 2;\n\n/* x; */ FROBNICATE t ;\nSELECT 3;\n");
  expect("review --sql d.sql --server-version 15", 0, "d.sql:1: unknown", NULL);
  expect("review --sql d.sql --server-version 15", 0, "d.sql:3: unknown", "d.sql:4: unknown");
  expect("review --checks", 0, "index-not-concurrent", NULL);
}

/* As pg_dump and people write it for psql. */
Test(review, of_what_psql_would_send)
{
  put("p.sql",
      "\\set x 'a;b'\nBEGIN;\nCOPY t (a) FROM stdin;\n1\t'x\n2;3 \\N\n\\.\nALTER TABLE u ADD a json;\n"
      "\\i other.sql\nCOMMIT;\nSELECT $q$ \\i no $q$, E'\\\\', '\\', \"a\\b\" /* \\i /* */ \\x */; -- \\i\n"
      "DROP TABLE a \\g\nDROP TABLE c;\n");
  expect("review --sql p.sql --server-version 15", 0, "p.sql:8: unknown", "p.sql:3: unknown");
  expect("review --sql p.sql --server-version 15", 0, "p.sql:11: care: table-dropped", "p.sql:1: unknown");
  expect("review --sql p.sql --server-version 15", 0, "p.sql:12: care: table-dropped", "p.sql:10: unknown");
}

Test(review, for_versions_beyond_the_rules)
{
  put("v.sql", "ALTER TABLE t ADD a integer DEFAULT 1;\n");
  expect("review --sql v.sql --server-version 9.6", 0, "v.sql:1: unknown", NULL);
  expect("review --sql v.sql --server-version 11", 0, NULL, "unknown");
  expect("review --sql v.sql --server-version abc", 2, NULL, "v.sql");
}
