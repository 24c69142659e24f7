/* Commands that look at other commits, over small repositories made by git. */
#include <criterion/criterion.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "../history/fs.h"
#include "program.h"

static void migration(const char *root, const char *id, const char *down, const char *body)
{
  g_autofree char *path = g_strdup_printf("versions/%s.py", id);
  g_autofree char *text = g_strdup_printf(
      "\"\"\"make %s\n\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = '%s'\n"
      "down_revision = %s%s%s\n\n\ndef upgrade():\n    %s\n\n\ndef downgrade():\n    pass\n",
      id, id, *down ? "'" : "", *down ? down : "None", *down ? "'" : "", body);

  fs_write(root, path, text);
}

static void commit(const char *root, int time, const char *message)
{
  g_autofree char *line = g_strdup_printf("commit -q --no-verify -m '%s'", message);

  fs_git(root, time, "add -A");
  fs_git(root, time, line);
}

/* main: a, then c (v2); feature: b beside c; both change orders.note. */
static char *new_repository(void)
{
  char *root = fs_new();

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = .\n");
  fs_write(root, "env.py", "");
  fs_git(root, 0, "init -q");
  migration(root, "a1", "", "op.create_table('orders', sa.Column('id', sa.Integer))");
  commit(root, 0, "start");
  fs_git(root, 0, "tag v1");
  fs_git(root, 0, "checkout -q -b feature");
  migration(root, "b1", "a1", "op.add_column('orders', sa.Column('note', sa.Text))");
  commit(root, 10, "add a note");
  fs_git(root, 0, "checkout -q main");
  migration(root, "c1", "a1", "op.add_column('orders', sa.Column('note', sa.Integer))");
  commit(root, 20, "add another note");
  fs_git(root, 0, "tag v2");
  return root;
}

static void expect(const char *folder, const char *words, int status, const char *out, const char *err)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int got = program_run(folder, words, &output, &errors);

  cr_expect(got == status, "%s: status %d, want %d\n%s%s", words, got, status, output, errors);
  cr_expect(!out || strstr(output, out), "%s: stdout is\n%s\nwithout \"%s\"", words, output, out);
  cr_expect(!err || strstr(errors, err), "%s: stderr is\n%s\nwithout \"%s\"", words, errors, err);
}

Test(conflicts, are_told_with_files_parent_and_fix)
{
  char *root = new_repository();

  expect(root, "conflicts", 1,
         "after a1: 2 lines of revisions\n  versions/a1.py\n  c1  make c1\n      on main\n", NULL);
  expect(root, "conflicts", 1, "retort rebase b1 --onto c1", NULL);
  expect(root, "conflicts --explain", 1, "contradictory: both create column orders.note\n          c1.py:10",
         NULL);
  expect(root, "conflicts --branches 'main'", 0, "no conflicts", NULL);
  expect(root, "conflicts --of v1", 0, "no conflicts", NULL);
  expect(root, "conflicts --newer nonsense", 2, NULL, "give a number of days");
  expect(root, "conflicts --trunk maine", 1, NULL, "did you mean main?");
  expect(root, "conflicts --branches 'x*'", 1, NULL, "no branch matches x*");
  expect(root, "heads", 0, "c1 (head)\n", NULL);
  expect(root, "heads --with feature", 1, "b1 (head)\nc1 (head)\n", "part at a1");
  expect(root, "heads --with v1", 0, "c1 (head)\n", NULL);
  expect(root, "heads --with nowhere", 1, NULL, "git knows no branch, tag or commit nowhere");
  fs_remove(root);
}

Test(conflicts, tell_what_a_merge_would_break)
{
  char *root = new_repository();

  fs_git(root, 0, "checkout -q -b orphan main");
  migration(root, "d1", "gone", "pass");
  commit(root, 30, "after nothing");
  fs_git(root, 0, "checkout -q main");
  expect(root, "conflicts --of orphan", 1,
         "d1 would have no parent: it comes after gone, which main does not have\n      on orphan\n"
         "      versions/d1.py\n",
         NULL);
  expect(root, "conflicts --of orphan --json", 1, "\"kind\" : \"missing-parent\"", NULL);
  expect(root, "conflicts", 1, "2 conflicts: 3 references looked at, 2 add revisions to main\n", NULL);
  expect(root, "heads --with orphan", 1, NULL, "revision d1 comes after gone, which no file has");
  fs_remove(root);
}

Test(conflicts, are_data_with_json)
{
  char *root = new_repository();
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int status = program_run(root, "conflicts --json --explain", &output, &errors);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = json_from_string(output, &error);

  cr_assert(status == 1 && node, "status %d, %s in\n%s%s", status, error ? error->message : "", output,
            errors);
  JsonArray *collisions = json_object_get_array_member(json_node_get_object(node), "collisions");
  cr_assert(json_array_get_length(collisions) == 1);
  JsonObject *collision = json_array_get_object_element(collisions, 0);
  cr_expect_str_eq(json_object_get_string_member(collision, "parent"), "a1");
  JsonObject *explanation = json_object_get_object_member(collision, "explanation");
  cr_expect_str_eq(json_object_get_string_member(explanation, "verdict"), "contradictory");
  JsonObject *side = json_array_get_object_element(json_object_get_array_member(collision, "sides"), 1);
  cr_expect_str_eq(json_object_get_string_member(side, "path"), "versions/b1.py");
  cr_expect_str_eq(json_object_get_string_member(side, "author"), "Ann Author");
  fs_remove(root);
}

Test(conflicts, need_no_working_folder)
{
  char *root = new_repository();
  char *other = fs_new();
  g_autofree char *bare = g_build_filename(other, "shop.git", NULL);
  g_autofree char *clone = g_strdup_printf("clone -q --bare file://%s %s", root, bare);

  fs_git(other, 0, clone);
  expect(bare, "conflicts --explain", 1, "both create column orders.note", NULL);
  expect(bare, "heads --with feature", 1, "b1 (head)\nc1 (head)\n", NULL);
  expect(bare, "graph --at feature", 0, "b1", NULL);
  expect(bare, "where b1", 0, "branches: feature", NULL);
  /* without a working folder it is HEAD that is read */
  expect(bare, "heads", 0, "c1 (head)\n", NULL);
  expect(bare, "history", 0, "a1 -> c1 (head)", NULL);
  expect(bare, "show c1", 0, "Parent: a1\n", NULL);
  expect(bare, "diff v1..v2", 0, "  + c1  make c1\n", NULL);
  expect(other, "conflicts", 255, NULL, NULL);
  fs_remove(root);
  fs_remove(other);
}

/* Cloned without the files' content: what to do is said, rather than that nothing is there. */
Test(conflicts, need_content)
{
  char *root = new_repository();
  char *other = fs_new();
  g_autofree char *partial = g_build_filename(other, "shop.git", NULL);
  g_autofree char *clone = g_strdup_printf("clone -q --bare --filter=blob:none file://%s %s", root, partial);

  fs_git(root, 0, "config uploadpack.allowFilter true");
  fs_git(other, 0, clone);
  expect(partial, "conflicts", 1, NULL, "in a partial clone `git fetch --refetch --no-filter' brings it");
  expect(partial, "heads", 1, NULL, "in a partial clone `git fetch --refetch --no-filter' brings it");
  fs_remove(root);
  fs_remove(other);
}

Test(conflicts, need_commits)
{
  char *root = fs_new();

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = .\n");
  fs_write(root, "env.py", "");
  migration(root, "a1", "", "pass");
  expect(root, "conflicts", 1, NULL, "is in no git repository");
  expect(root, "graph --at HEAD", 1, NULL, "is in no git repository");
  fs_git(root, 0, "init -q");
  expect(root, "conflicts", 1, NULL, "HEAD: the repository has no commit yet");
  expect(root, "heads --with main", 1, NULL, "the repository has no commit yet");
  expect(root, "where a1", 0, "not committed", NULL);
  expect(root, "heads", 0, "a1 (head)\n", "");
  fs_remove(root);
}

Test(rebase, says_why_a_revision_cannot_be_read)
{
  char *root = new_repository();

  fs_write(root, "versions/d1.py", "from x import get\nrevision = 'd1'\ndown_revision = get(revision)\n");
  expect(root, "rebase d1 --parent c1 --yes", 1, NULL,
         "versions/d1.py:3: \"down_revision\" is computed (get(revision)); only Python knows its value\n");
  expect(root, "heads", 1, "c1 (head)\n", "versions/d1.py:3: ");
  expect(root, "graph", 1, "c1", "versions/d1.py:3: ");
  fs_write(root, "versions/d1.py",
           "revision = 'd1'\n<<<<<<< HEAD\ndown_revision = 'c1'\n=======\ndown_revision = 'a1'\n>>>>>>> x\n");
  expect(root, "heads", 1, NULL, "versions/d1.py:2: error: git left a conflict here: resolve it first");
  fs_remove(root);
}

Test(diff, ends_at_the_working_folder)
{
  char *root = new_repository();

  expect(root, "diff v2", 0, "0 added, 0 changed, 0 moved, 0 removed\n", "");
  migration(root, "d1", "c1", "pass");
  migration(root, "c1", "a1", "op.drop_table('orders')");
  fs_git(root, 0, "mv versions/a1.py versions/a1_first.py");
  expect(root, "diff v2", 0,
         "added\n  + d1  make d1\n      versions/d1.py\nchanged after they were there\n  ~ c1  make c1\n"
         "      versions/c1.py\nmoved to another file\n  > a1  make a1\n      versions/a1_first.py\n"
         "1 added, 1 changed, 1 moved, 0 removed\n",
         "");
  expect(root, "diff v2..", 0, "1 added, 1 changed, 1 moved, 0 removed\n", "");
  expect(root, "diff v2..HEAD", 0, "0 added, 0 changed, 0 moved, 0 removed\n", "");
  expect(root, "diff feature...", 0, "  + c1  make c1\n", NULL);
  expect(root, "graph --diff v2..", 0, "d1", NULL);
  expect(root, "diff v2 --json", 0, "\"commit\" : null", NULL);
  fs_remove(root);
}

Test(graph, comes_in_several_forms_and_of_any_commit)
{
  char *root = new_repository();

  migration(root, "c1", "a1", "pass");
  migration(root, "d1", "c1", "pass");
  commit(root, 30, "say \"more\"");
  static const struct {
    const char *words, *out;
  } cases[] = {
      {"graph --at feature --format mermaid",
       "flowchart BT\n  r0[\"a1<br/>make a1\"]\n  r1[\"b1<br/>make b1\"]\n  r0 --> r1\n"},
      {"graph --format dot", "  \"a1\" -> \"c1\";\n"},
      {"graph --diff v2..HEAD --format mermaid", "\"]:::changed\n"},
      {"graph --diff v2..HEAD --format dot", "\"d1\" [label=\"d1\\nmake d1\", style=filled"},
      {"graph --diff v2.. --ascii", "+ *  d1  make d1\n~ *  c1  make c1\n  *  a1  make a1\n"},
      {"graph --diff feature..main --ascii", "- | *  b1  make b1\n"},
      {"graph --json", "\"revision\" : \"d1\""},
      {"diff feature...main", "2 added, 0 changed, 0 moved, 0 removed"},
      {"diff v2", "1 added, 1 changed, 0 moved, 0 removed"},
      {"where b1 --json", "\"kind\" : \"added\""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    expect(root, cases[i].words, 0, cases[i].out, NULL);
  expect(root, "graph --format svg", 2, NULL, "there are text, json, mermaid and dot");
  expect(root, "graph --at v1 --diff v1..v2", 2, NULL, "do not go together");
  expect(root, "graph --at v3", 1, NULL, "git knows no branch, tag or commit v3");
  expect(root, "where nowhere", 1, NULL, "git has never seen it");
  fs_remove(root);
}
