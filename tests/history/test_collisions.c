/* Heads to come, maps of other commits, differences and where revisions live, over repositories made by git. */
#include <criterion/criterion.h>
#include <string.h>

#include "fs.h"
#include "retort/base/error.h"
#include "retort/history/collisions.h"
#include "retort/history/where.h"

/* alembic.ini, and revision a on main. */
static char *new_repository(void)
{
  char *root = fs_new();

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = .\n");
  fs_write(root, "env.py", "");
  fs_git(root, 0, "init -q");
  fs_revision(root, "a", "");
  fs_commit(root, 0, "start");
  return root;
}

static Project *open_root(const char *root)
{
  ProjectOptions options = {.start = root};
  g_autoptr(GError) error = NULL;
  Project *project = project_open(&options, &error);

  cr_assert(project, "%s", error ? error->message : "");
  return project;
}

static void add_branch(const char *root, const char *from, const char *branch, const char *id,
                       const char *down, int time)
{
  g_autofree char *checkout = g_strdup_printf("checkout -q -b %s %s", branch, from);

  fs_git(root, time, checkout);
  fs_revision(root, id, down);
  fs_commit(root, time, id);
  fs_git(root, time, "checkout -q main");
}

/* "a: c on main | b on feature; ..." and the notes behind a line end. */
static char *describe(const Collisions *found)
{
  GString *out = g_string_new(NULL);

  for (guint i = 0; i < found->collisions->len; i++) {
    const Collision *collision = found->collisions->pdata[i];
    g_string_append_printf(out, "%s%s:", i > 0 ? "; " : "", collision->parent ? collision->parent : "-");
    for (guint k = 0; k < collision->sides->len; k++) {
      const CollisionSide *side = collision->sides->pdata[k];
      g_string_append_printf(out, "%s %s", k > 0 ? " |" : "", side->revision);
      if (side->length > 1)
        g_string_append_printf(out, "..%s", side->head);
      g_string_append(out, " on");
      for (guint b = 0; b < side->branches->len; b++)
        g_string_append_printf(out, " %s", ((CollisionBranch *)side->branches->pdata[b])->ref);
    }
  }
  for (guint i = 0; i < found->broken->len; i++) {
    const Breakage *breakage = found->broken->pdata[i];
    g_string_append_printf(out, "\nbroken: %s (%s) %s %s on %s", breakage->revision, breakage->path,
                           breakage->parent ? "after" : "as",
                           breakage->parent ? breakage->parent : breakage->other,
                           ((CollisionBranch *)breakage->branches->pdata[0])->ref);
  }
  for (guint i = 0; i < found->notes->len; i++)
    g_string_append_printf(out, "\n%s", (char *)found->notes->pdata[i]);
  return g_string_free(out, FALSE);
}

static void expect_with(const char *root, const char *what, CollisionOptions options, gboolean working,
                        const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Project) project = open_root(root);
  g_autoptr(GitRefs) refs = git_refs_open(project, &error);
  g_autoptr(RevisionMap) map = working ? revision_map_load(project, &error) : NULL;

  cr_assert(refs && (map || !working), "%s: %s", what, error ? error->message : "");
  options.working = map;
  g_autoptr(Collisions) found = git_collisions(refs, &options, NULL, &error);
  cr_assert(found, "%s: %s", what, error ? error->message : "");
  g_autofree char *got = describe(found);
  cr_expect(strcmp(got, expected) == 0, "%s: expected \"%s\", got \"%s\"", what, expected, got);
}

static void expect(const char *root, const char *what, const char *expected)
{
  expect_with(root, what, (CollisionOptions){0}, FALSE, expected);
}

Test(collisions, of_branches_under_the_same_parent)
{
  char *root = new_repository();

  expect(root, "one branch", "");
  add_branch(root, "main", "feature", "b", "a", 10);
  expect(root, "a branch ahead", "");
  add_branch(root, "main", "other", "c", "a", 20);
  expect(root, "two branches", "a: b on feature | c on other");
  fs_git(root, 30, "merge -q --no-edit other");
  expect(root, "one of them merged", "a: c on main | b on feature");
  add_branch(root, "feature", "stacked", "d", "b", 40);
  expect(root, "a branch on the branch", "a: c on main | b..d on stacked feature");
  fs_git(root, 50, "branch copy feature");
  expect(root, "a second name for it", "a: c on main | b..d on stacked copy feature");
  expect_with(root, "of one", (CollisionOptions){.of = "copy"}, FALSE,
              "a: c on main | b..d on stacked copy feature");
  expect_with(root, "of a merged one", (CollisionOptions){.of = "other"}, FALSE, "");
  expect_with(root, "of HEAD", (CollisionOptions){.of = "HEAD"}, FALSE,
              "a: c on main | b..d on stacked copy feature");
  expect_with(root, "of a pattern", (CollisionOptions){.branches = "feat*"}, FALSE,
              "a: c on main | b on feature");
  expect_with(root, "of references", (CollisionOptions){.branches = "refs/heads/cop*"}, FALSE,
              "a: c on main | b on copy");
  expect_with(root, "another trunk", (CollisionOptions){.trunk = "feature"}, FALSE,
              "a: b on feature | c on main other");
  expect_with(root, "new ones", (CollisionOptions){.newer_than = 1704067200 + 35}, FALSE,
              "a: c on main | b..d on stacked");
  fs_remove(root);
}

Test(collisions, not_of_what_is_joined_or_meant)
{
  char *root = new_repository();

  add_branch(root, "main", "feature", "b", "a", 10);
  add_branch(root, "main", "other", "c", "a", 20);
  fs_git(root, 30, "merge -q --no-edit other");
  fs_git(root, 40, "checkout -q feature");
  fs_git(root, 40, "merge -q --no-edit main");
  expect(root, "merged, but the heads are not", "a: c on main | b on feature");
  fs_revision(root, "m", "b,c");
  fs_commit(root, 50, "join");
  expect(root, "joined by a merge revision", "");
  fs_git(root, 60, "checkout -q main");
  fs_git(root, 60, "checkout -q -b labelled");
  fs_write(root, "versions/l.py",
           "revision = 'l'\ndown_revision = 'a'\nbranch_labels = ('side',)\ndepends_on = None\n");
  fs_commit(root, 60, "a branch with a label");
  expect(root, "labelled on purpose", "");
  fs_remove(root);
}

Test(collisions, not_of_what_the_trunk_has_had)
{
  char *root = new_repository();

  add_branch(root, "main", "old", "b", "a", 10);
  fs_git(root, 20, "merge -q --no-ff --no-edit old");
  fs_git(root, 30, "rm -q versions/b.py");
  fs_commit(root, 30, "take b back");
  fs_revision(root, "c", "a");
  fs_commit(root, 40, "add c");
  expect(root, "merged and deleted", "");
  add_branch(root, "main~1", "squashed", "d", "a", 50);
  fs_revision(root, "d", "c");
  fs_commit(root, 60, "squash d, on top of c");
  expect(root, "squashed with another parent", "");
  fs_git(root, 70, "mv versions/d.py versions/d_renamed.py");
  fs_commit(root, 70, "rename");
  expect(root, "renamed", "\nbroken: d (versions/d.py) as versions/d_renamed.py on squashed");
  fs_remove(root);
}

Test(collisions, several_beginnings)
{
  char *root = new_repository();

  add_branch(root, "main", "base", "z", "", 10);
  expect(root, "a second base", "-: a on main | z on base");
  fs_remove(root);
}

Test(collisions, with_what_is_not_committed)
{
  char *root = new_repository();

  add_branch(root, "main", "feature", "b", "a", 10);
  fs_revision(root, "w", "a");
  expect(root, "committed ones only", "");
  expect_with(root, "with the working folder", (CollisionOptions){.of = "HEAD"}, TRUE,
              "a: b on feature | w on not committed");
  fs_git(root, 20, "add -A");
  expect_with(root, "staged", (CollisionOptions){0}, TRUE, "a: b on feature | w on not committed");
  fs_commit(root, 30, "add w");
  expect_with(root, "committed", (CollisionOptions){0}, TRUE, "a: w on main | b on feature");
  fs_remove(root);
}

Test(collisions, of_a_commit_without_a_branch)
{
  char *root = new_repository();

  add_branch(root, "main", "feature", "b", "a", 10);
  add_branch(root, "main", "other", "c", "a", 20);
  fs_git(root, 30, "checkout -q --detach feature");
  fs_git(root, 30, "branch -q -D feature");
  expect_with(root, "a build", (CollisionOptions){.of = "HEAD"}, TRUE, "a: c on other | b on HEAD");
  expect_with(root, "with one other", (CollisionOptions){.of = "HEAD", .branches = "oth*"}, TRUE,
              "a: c on other | b on HEAD");
  fs_remove(root);
}

Test(collisions, say_what_cannot_be_read)
{
  char *root = new_repository();

  fs_git(root, 10, "checkout -q -b broken");
  fs_write(root, "versions/x.py", "revision = 'x'\ndown_revision = (\n");
  fs_commit(root, 10, "break x");
  fs_git(root, 10, "checkout -q main");
  add_branch(root, "main", "feature", "b", "a", 20);
  g_autoptr(GError) error = NULL;
  g_autoptr(Project) project = open_root(root);
  g_autoptr(GitRefs) refs = git_refs_open(project, &error);
  CollisionOptions options = {0};
  g_autoptr(Collisions) found = git_collisions(refs, &options, NULL, &error);
  cr_assert(found && found->notes->len == 1, "%u notes", found ? found->notes->len : 0);
  cr_expect(g_str_has_prefix(found->notes->pdata[0], "broken:versions/x.py:"), "%s",
            (char *)found->notes->pdata[0]);
  options.trunk = "fature";
  g_autoptr(Collisions) none = git_collisions(refs, &options, NULL, &error);
  cr_expect(!none && strstr(error->message, "fature") && strstr(error->message, "feature"), "%s",
            error ? error->message : "found");
  g_clear_error(&error);
  options = (CollisionOptions){.branches = "nothing*"};
  g_autoptr(Collisions) empty = git_collisions(refs, &options, NULL, &error);
  cr_expect(!empty && strstr(error->message, "nothing*"), "%s", error ? error->message : "found");
  fs_remove(root);
}

Test(collisions, in_a_bare_and_in_a_shallow_clone)
{
  char *root = new_repository();
  char *other = fs_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *bare = g_build_filename(other, "bare.git", NULL);
  g_autofree char *shallow = g_build_filename(other, "shallow", NULL);
  g_autofree char *clone_bare = g_strdup_printf("clone -q --bare file://%s %s", root, bare);
  g_autofree char *clone_shallow =
      g_strdup_printf("clone -q --depth 1 --no-single-branch file://%s %s", root, shallow);

  add_branch(root, "main", "feature", "b", "a", 10);
  fs_revision(root, "c", "a");
  fs_commit(root, 20, "add c");
  fs_git(other, 0, clone_bare);
  fs_git(other, 0, clone_shallow);
  cr_expect(git_is_bare(bare) && !git_is_bare(root), "which one is bare");
  ProjectOptions none = {0};
  g_autoptr(GitRefs) refs = git_refs_open_bare(bare, NULL, &none, &error);
  cr_assert(refs, "%s", error ? error->message : "");
  CollisionOptions options = {0};
  g_autoptr(Collisions) found = git_collisions(refs, &options, NULL, &error);
  g_autofree char *got = describe(found);
  cr_expect_str_eq(got, "a: c on main | b on feature", "bare: %s", got);
  expect(shallow, "shallow",
         "a: c on origin/main | b on origin/feature\n"
         "this clone is shallow: where some branches left origin/main is not known");
  fs_remove(root);
  fs_remove(other);
}

/* ---- maps, merges, differences ---- */

static int by_text(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *heads_of_map(const RevisionMap *map)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new();

  for (guint i = 0; i < map->heads->len; i++)
    g_ptr_array_add(ids, ((Revision *)map->heads->pdata[i])->id);
  g_ptr_array_sort(ids, by_text);
  g_ptr_array_add(ids, NULL);
  return g_strjoinv(" ", (char **)ids->pdata);
}

static char *heads_of(const GitRevisions *revisions)
{
  return heads_of_map(revisions->map);
}

Test(refs, merges_are_thought_through)
{
  char *root = new_repository();
  g_autoptr(GError) error = NULL;

  add_branch(root, "main", "feature", "b", "a", 10);
  fs_revision(root, "c", "a");
  fs_commit(root, 20, "add c");
  fs_revision(root, "d", "c");
  g_autoptr(Project) project = open_root(root);
  g_autoptr(GitRefs) refs = git_refs_open(project, &error);
  g_autoptr(RevisionMap) map = revision_map_load(project, &error);
  g_autoptr(GitRevisions) merged = git_revisions_merged(refs, map, "feature", &error);
  cr_assert(merged, "%s", error ? error->message : "");
  g_autofree char *heads = heads_of(merged);
  cr_expect_str_eq(heads, "b d", "with what is not committed: %s", heads);
  g_autoptr(GitRevisions) committed = git_revisions_merged(refs, NULL, "feature", &error);
  g_autofree char *committed_heads = heads_of(committed);
  cr_expect_str_eq(committed_heads, "b c", "commits only: %s", committed_heads);

  /* deleted there, untouched here: gone; changed on both sides: said */
  fs_git(root, 30, "checkout -q -b cleanup main");
  fs_git(root, 30, "rm -q versions/c.py");
  fs_write(root, "versions/a.py", "revision = 'a'\ndown_revision = None\n# there\n");
  fs_commit(root, 30, "clean up");
  fs_git(root, 30, "checkout -q -f main");
  fs_write(root, "versions/a.py", "revision = 'a'\ndown_revision = None\n# here\n");
  fs_commit(root, 40, "change a");
  g_autoptr(GitRevisions) cleaned = git_revisions_merged(refs, NULL, "cleanup", &error);
  cr_expect(cleaned && !revision_map_get(cleaned->map, "c"), "c was deleted there");
  cr_expect(cleaned->clashes->len == 1 && strstr(cleaned->clashes->pdata[0], "versions/a.py"), "%u clashes",
            cleaned->clashes->len);
  g_autoptr(GitRevisions) nowhere = git_revisions_merged(refs, NULL, "nowhere", &error);
  cr_expect(!nowhere && g_error_matches(error, RETORT_ERROR, RETORT_ERROR_FILE), "nowhere was found");
  fs_remove(root);
}

/* What is foreseen has to be what git then makes of it. */
static void expect_merge(const char *root, const char *what, const char *theirs, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Project) project = open_root(root);
  g_autoptr(GitRefs) refs = git_refs_open(project, &error);
  g_autoptr(RevisionMap) map = revision_map_load(project, &error);
  cr_assert(refs && map, "%s: %s", what, error ? error->message : "");
  g_autoptr(GitRevisions) merged = git_revisions_merged(refs, map, theirs, &error);
  cr_assert(merged, "%s: %s", what, error ? error->message : "");
  g_autofree char *heads = heads_of(merged);
  g_autofree char *line = g_strdup_printf("merge -q --no-edit %s", theirs);

  cr_expect(strcmp(heads, expected) == 0, "%s: foreseen \"%s\", wanted \"%s\"", what, heads, expected);
  cr_expect(merged->clashes->len == 0, "%s: %u clashes", what, merged->clashes->len);
  fs_git(root, 900, line);
  g_autoptr(Project) then = open_root(root);
  g_autoptr(RevisionMap) real = revision_map_load(then, &error);
  cr_assert(real, "%s: %s", what, error ? error->message : "");
  g_autofree char *real_heads = heads_of_map(real);
  cr_expect(strcmp(real_heads, expected) == 0, "%s: git made \"%s\" of it", what, real_heads);
}

static void long_revision(const char *root, const char *id, const char *down, const char *first,
                          const char *last)
{
  g_autofree char *path = g_strdup_printf("versions/%s.py", id);
  g_autofree char *text =
      g_strdup_printf("revision = '%s'\ndown_revision = '%s'\n# %s\n# one\n# two\n# three\n# four\n# five\n"
                      "# six\n# seven\n# eight\n# nine\n# ten\n# %s\n",
                      id, down, first, last);

  fs_write(root, path, text);
}

Test(refs, a_merge_is_foreseen_as_git_makes_it)
{
  char *root = new_repository();

  /* one file, changed at its top here and at its end there */
  long_revision(root, "b", "a", "x", "y");
  fs_revision(root, "k", "a");
  fs_commit(root, 10, "add b and k");
  fs_git(root, 20, "checkout -q -b there");
  long_revision(root, "b", "a", "x", "z");
  fs_commit(root, 20, "change the end of b");
  fs_git(root, 30, "checkout -q main");
  long_revision(root, "b", "k", "x", "y");
  fs_commit(root, 30, "put b on k");
  fs_git(root, 35, "checkout -q there");
  expect_merge(root, "both changed", "main", "b");

  /* renamed there, given another parent here */
  fs_git(root, 40, "checkout -q -b renamed main");
  fs_git(root, 40, "mv versions/b.py versions/zz_b.py");
  fs_commit(root, 40, "rename b");
  fs_git(root, 50, "checkout -q main");
  fs_revision(root, "l", "k");
  long_revision(root, "b", "l", "x", "y");
  fs_commit(root, 50, "put b on l");
  expect_merge(root, "renamed there", "renamed", "b");
  fs_remove(root);
}

Test(refs, a_criss_cross_merge_is_foreseen)
{
  char *root = new_repository();

  fs_revision(root, "b", "a");
  fs_commit(root, 10, "add b");
  add_branch(root, "main", "side", "c", "b", 20);
  fs_revision(root, "d", "b");
  fs_commit(root, 30, "add d");
  fs_git(root, 30, "branch main0");
  fs_git(root, 30, "branch side0 side");
  fs_git(root, 40, "merge -q --no-edit side0");
  fs_git(root, 50, "rm -q versions/c.py");
  fs_commit(root, 50, "take c back");
  fs_git(root, 60, "checkout -q side");
  fs_git(root, 60, "merge -q --no-edit main0");
  fs_revision(root, "e", "d");
  fs_commit(root, 70, "add e");
  expect_merge(root, "criss-cross", "main", "e");
  fs_remove(root);
}

/* The folders that count are those of the merged configuration. */
Test(refs, folders_are_those_after_the_merge)
{
  char *root = new_repository();

  fs_git(root, 10, "checkout -q -b second");
  fs_write(root, "alembic.ini",
           "[alembic]\nscript_location = .\nversion_locations = versions more\n"
           "version_path_separator = space\n");
  fs_write(root, "more/b.py", "revision = 'b'\ndown_revision = 'a'\n");
  fs_commit(root, 10, "a second folder");
  fs_git(root, 20, "checkout -q main");
  fs_revision(root, "c", "a");
  fs_commit(root, 20, "add c");
  expect(root, "only the branch knows the folder", "a: c on main | b on second");
  expect_merge(root, "a second folder", "second", "b c");
  fs_remove(root);
}

Test(collisions, are_seen_across_a_moved_folder)
{
  char *root = new_repository();
  g_autoptr(GError) error = NULL;

  add_branch(root, "main", "old", "b", "a", 10);
  fs_git(root, 20, "mv versions db_versions");
  fs_write(root, "alembic.ini", "[alembic]\nscript_location = .\nversion_locations = db_versions\n");
  fs_write(root, "db_versions/c.py", "revision = 'c'\ndown_revision = 'a'\n");
  fs_commit(root, 20, "move, and add c");
  expect(root, "from the new place", "a: c on main | b on old");
  g_autoptr(Project) project = open_root(root);
  g_autoptr(GitRefs) refs = git_refs_open(project, &error);
  g_autoptr(GitRevisions) merged = git_revisions_merged(refs, NULL, "old", &error);
  cr_assert(merged, "%s", error ? error->message : "");
  g_autofree char *heads = heads_of(merged);
  cr_expect_str_eq(heads, "b c", "after the merge: %s", heads);
  cr_expect(merged->clashes->len == 1 && strstr(merged->clashes->pdata[0], "db_versions"),
            "git asks where it belongs: %u clashes", merged->clashes->len);
  g_autoptr(GPtrArray) found = git_where(refs, "b", NULL, &error);
  cr_expect(found && found->len == 1 && strcmp(((Where *)found->pdata[0])->path, "versions/b.py") == 0,
            "where does not see the other folder");
  fs_git(root, 30, "checkout -q old");
  expect(root, "from the old place", "a: c on main | b on old");
  fs_remove(root);
}

Test(collisions, break_what_loses_its_parent_or_comes_twice)
{
  char *root = new_repository();

  add_branch(root, "main", "orphan", "b", "gone", 10);
  expect(root, "a parent nobody has", "\nbroken: b (versions/b.py) after gone on orphan");
  fs_git(root, 15, "branch -q -D orphan");
  add_branch(root, "main", "twin", "c", "a", 20);
  fs_git(root, 25, "checkout -q twin");
  fs_git(root, 25, "mv versions/c.py versions/c_there.py");
  fs_commit(root, 25, "another name");
  fs_git(root, 30, "checkout -q main");
  fs_write(root, "versions/c_here.py", "revision = 'c'\ndown_revision = 'a'\n# here\n");
  fs_commit(root, 30, "the same id");
  expect(root, "the same id twice", "\nbroken: c (versions/c_there.py) as versions/c_here.py on twin");
  expect_with(root, "of another branch", (CollisionOptions){.of = "HEAD"}, FALSE, "");
  fs_remove(root);
}

Test(refs, releases_are_compared_across_a_move)
{
  char *root = new_repository();
  g_autoptr(GError) error = NULL;

  fs_revision(root, "b", "a");
  fs_revision(root, "x", "b");
  fs_commit(root, 10, "add b and x");
  fs_git(root, 10, "tag v1");
  fs_git(root, 20, "rm -q versions/x.py");
  fs_git(root, 20, "mv versions db_versions");
  fs_write(root, "alembic.ini", "[alembic]\nscript_location = .\nversion_locations = db_versions\n");
  fs_write(root, "db_versions/b.py", "revision = 'b'\ndown_revision = 'a'\n# changed\n");
  fs_write(root, "db_versions/c.py", "revision = 'c'\ndown_revision = 'b'\n");
  fs_commit(root, 30, "move and change");
  g_autoptr(Project) project = open_root(root);
  g_autoptr(GitRefs) refs = git_refs_open(project, &error);
  g_autoptr(GitRevisions) old = git_revisions_at(refs, "v1", &error);
  g_autoptr(GitRevisions) new = git_revisions_at(refs, "HEAD", &error);
  cr_assert(old && new, "%s", error ? error->message : "");
  cr_expect(old->map->revisions->len == 3, "v1 has %u revisions", old->map->revisions->len);
  g_autoptr(GitDifference) difference = git_difference_new(old, new);
  cr_expect(difference->added->len == 1 && strcmp(((Revision *)difference->added->pdata[0])->id, "c") == 0);
  cr_expect(difference->changed->len == 1 &&
            strcmp(((Revision *)difference->changed->pdata[0])->id, "b") == 0);
  cr_expect(difference->moved->len == 1 && strcmp(((Revision *)difference->moved->pdata[0])->id, "a") == 0);
  cr_expect(difference->removed->len == 1 &&
            strcmp(((Revision *)difference->removed->pdata[0])->id, "x") == 0);
  gsize len;
  g_autofree char *source = git_refs_source(refs, difference->changed->pdata[0], &len, &error);
  cr_expect(source && strstr(source, "# changed"), "%s", error ? error->message : source);
  fs_remove(root);
}

Test(where, tells_what_happened_to_a_file)
{
  char *root = new_repository();
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) seen = g_string_new(NULL);

  fs_revision(root, "feed12", "a");
  fs_commit(root, 10, "add it");
  fs_git(root, 10, "tag v1");
  fs_git(root, 20, "mv versions/feed12.py versions/feed12_better.py");
  fs_commit(root, 20, "give it a name");
  fs_write(root, "versions/feed12_better.py", "revision = 'feed12'\ndown_revision = 'a'\n");
  fs_commit(root, 30, "rewrite it");
  fs_git(root, 30, "branch side");
  fs_git(root, 40, "rm -q versions/feed12_better.py");
  fs_commit(root, 40, "drop it");
  fs_revision(root, "feed99", "a");
  fs_commit(root, 50, "another");
  g_autoptr(Project) project = open_root(root);
  g_autoptr(GitRefs) refs = git_refs_open(project, &error);
  g_autoptr(GPtrArray) found = git_where(refs, "feed1", NULL, &error);
  cr_assert(found && found->len == 1, "%u found", found ? found->len : 0);
  const Where *where = found->pdata[0];
  for (guint i = 0; i < where->events->len; i++)
    g_string_append_printf(seen, "%s ", where_kind_name(((WhereEvent *)where->events->pdata[i])->kind));
  cr_expect_str_eq(seen->str, "deleted changed moved added ", "%s", seen->str);
  cr_expect(where->branches->len == 1 && where->tags->len == 1, "in %u branches, %u tags",
            where->branches->len, where->tags->len);
  cr_expect_str_eq(where->path, "versions/feed12_better.py", "%s", where->path);
  g_autofree char *advice = where_advice(where, "feed12");
  cr_expect(strstr(advice, "side") && strstr(advice, "versions/feed12_better.py"), "%s", advice);
  g_autoptr(GPtrArray) both = git_where(refs, "feed", NULL, &error);
  cr_expect(both && both->len == 2, "%u begin with feed", both ? both->len : 0);
  fs_remove(root);
}
