#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/edit/rebase.h"

/* "a b:a c:a m:b,c d:c+b" in a folder of files: id:parents+dependencies. */
typedef struct {
  char *folder;
  Project *project;
  RevisionMap *map;
} Fixture;

static char *literal(const char *list)
{
  g_auto(GStrv) ids = g_strsplit(list, ",", -1);
  if (ids[0] == NULL || *ids[0] == '\0')
    return g_strdup("None");
  if (ids[1] == NULL)
    return g_strdup_printf("'%s'", ids[0]);
  g_autofree char *joined = g_strjoinv("', '", ids);
  return g_strdup_printf("('%s')", joined);
}

static void write_revision(const char *folder, const char *spec)
{
  g_auto(GStrv) parts = g_strsplit_set(spec, ":+", -1);
  guint n = g_strv_length(parts);
  g_autofree char *down = literal(n > 1 ? parts[1] : ""), *deps = literal(n > 2 ? parts[2] : "");
  g_autofree char *text = g_strdup_printf(
      "\"\"\"message %s\n\nRevision ID: %s\nRevises: %s\nCreate Date: 2026-01-01 10:00:00\n\n\"\"\"\n"
      "revision = '%s'\ndown_revision = %s\ndepends_on = %s\n",
      parts[0], parts[0], n > 1 ? parts[1] : "", parts[0], down, deps);
  g_autofree char *path = g_strdup_printf("%s/versions/%s_message_%s.py", folder, parts[0], parts[0]);
  cr_assert(g_file_set_contents(path, text, -1, NULL));
}

static void open_fixture(Fixture *fixture, const char *graph, const char *options)
{
  g_autoptr(GError) error = NULL;
  fixture->folder = g_dir_make_tmp("retort-test-XXXXXX", NULL);
  g_autofree char *versions = g_build_filename(fixture->folder, "versions", NULL);
  g_autofree char *ini = g_build_filename(fixture->folder, "alembic.ini", NULL);
  g_autofree char *text = g_strconcat("[alembic]\nscript_location = %(here)s\n", options, NULL);
  cr_assert(g_mkdir(versions, 0755) == 0 && g_file_set_contents(ini, text, -1, NULL));
  g_auto(GStrv) specs = g_strsplit(graph, " ", -1);
  for (char **spec = specs; *spec != NULL; spec++)
    write_revision(fixture->folder, *spec);
  const char *files[] = {ini, NULL};
  ProjectOptions opening = {.config_files = files};
  fixture->project = project_open(&opening, &error);
  cr_assert_not_null(fixture->project, "%s", error != NULL ? error->message : "");
  fixture->map = revision_map_load(fixture->project, &error);
  cr_assert_not_null(fixture->map, "%s", error != NULL ? error->message : "");
}

static void close_fixture(Fixture *fixture)
{
  revision_map_free(fixture->map);
  project_free(fixture->project);
  const char *argv[] = {"rm", "-rf", fixture->folder, NULL};
  cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
  g_free(fixture->folder);
}

/* "onto x y", "alone x y", "up x", "down x", "parents x y,z", "back"; "-" is base or nothing. */
static gboolean move(Rebase *rebase, const char *words, GError **error)
{
  g_auto(GStrv) word = g_strsplit(words, " ", -1);
  const char *other = word[1] != NULL && word[2] != NULL && strcmp(word[2], "-") != 0 ? word[2] : NULL;
  if (strcmp(word[0], "onto") == 0)
    return rebase_onto(rebase, word[1], other, error);
  if (strcmp(word[0], "alone") == 0)
    return rebase_alone(rebase, word[1], other, error);
  if (strcmp(word[0], "back") == 0)
    return rebase_take_back(rebase);
  if (strcmp(word[0], "parents") == 0) {
    g_auto(GStrv) parents = other != NULL ? g_strsplit(other, ",", -1) : g_new0(char *, 1);
    return rebase_set_parents(rebase, word[1], (const char *const *)parents, error);
  }
  return rebase_swap(rebase, word[1], strcmp(word[0], "up") == 0, error);
}

static char *moved_text(const Rebase *rebase)
{
  g_autoptr(GPtrArray) moved = rebase_moved(rebase);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < moved->len; i++) {
    const Revision *revision = moved->pdata[i];
    g_autofree char *parents = g_strjoinv(",", (char **)rebase_parents(rebase, revision->id));
    g_string_append_printf(out, "%s%s:%s", i > 0 ? " " : "", revision->id, parents);
  }
  return g_string_free(out, FALSE);
}

Test(rebase, moves)
{
  static const struct {
    const char *graph, *moves, *result; /* result "! words": refused */
  } cases[] = {
      {"a b:a c:a", "onto c b", "c:b"},
      {"a b:a c:a", "onto b c", "b:c"},
      {"a b:a c:a d:c", "onto d b", "c:b"},
      {"a b:a c:a d:c", "onto b c", "b:c"},
      {"a b:a", "onto b a", "! stands on a already"},
      {"a b:a c:b", "onto a c", "! is below c"},
      {"a b:a c:b", "onto a a", "! cannot stand on itself"},
      {"a b:a", "onto x a", "! no revision x"},
      {"a b:a", "onto b x", "! no revision x"},
      /* a side that forks and merges comes as it is */
      {"a b:a c:a d:a m:c,d", "onto m b", "c:b d:b"},
      /* what it forked from is in the middle of the other side */
      {"a b:a c:b d:a m:b,d", "onto m c", "d:c m:d"},
      {"a b x y:x", "onto y b", "x:b"},
      /* both are merged already */
      {"a b:a c:a m:b,c", "onto c b", "! merges c and b"},
      {"a b:a c:a m:b,c", "parents m c", "m:c"},
      {"a b:a c:a m:b,c", "parents m b,a", "! would stand on the other"},
      {"a b:a c:b", "parents a c", "! cycle"},
      {"a b:a c:b", "parents c c", "! on itself"},
      {"a b:a c:b", "parents c a,a", "! named twice"},
      {"a b:a c:b", "parents c b", "! stands there already"},
      {"a b:a c:b", "parents c -", "c:"},
      /* depends_on against the new direction */
      {"a b:a+c c:a", "onto c b", "! depends on a revision that would stand on it"},
      {"a b:a+c c:a", "onto b c", "b:c"},
      {"a b:a+d c:a d:c", "onto c b", "! depends on a revision"},
      /* order in a line */
      {"a b:a c:b d:c", "up b", "b:c c:a d:b"},
      {"a b:a c:b d:c", "down c", "b:c c:a d:b"},
      {"a b:a c:b d:c", "up b;up b", "b:d c:a"},
      {"a b:a c:b d:c", "up b;down b", ""},
      {"a b:a c:b d:c", "up b;back", ""},
      {"a b:a c:b d:c", "up d", "! nothing stands on d"},
      {"a b:a c:b d:c", "down a", "! at the bottom"},
      {"a b:a c:b d:b", "up b", "! 2 revisions stand on b"},
      {"a b:a c:a m:b,c", "up b", "! is a merge"},
      {"a b:a c:b d:b", "up a", "a:b b: c:a d:a"},
      {"a b:a c:b d:c", "down b", "a:b b: c:a"},
      /* one alone */
      {"a b:a c:b d:a", "alone b d", "b:d c:a"},
      {"a b:a c:b d:c", "alone d a", "b:d d:a"},
      {"a b:a c:b d:c e:a", "alone d a", "b:d d:a"},
      {"a b:a c:b d:c", "alone b d", "b:d c:a"},
      {"a b:a c:a m:b,c", "alone m a", "! is a merge"},
      {"a b:a c:b", "alone c b", "! stands there already"},
      {"a b:a c:b", "alone b -", "b: c:a"},
      /* a merge above what is taken out keeps its sides */
      {"a b:a c:a x:b m:x,c", "alone x a", "b:x m:b,c x:a"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Fixture fixture;
    open_fixture(&fixture, cases[i].graph, "");
    g_autoptr(Rebase) rebase = rebase_new(fixture.project, fixture.map);
    g_auto(GStrv) moves = g_strsplit(cases[i].moves, ";", -1);
    g_autoptr(GError) error = NULL;
    gboolean good = TRUE;
    for (char **m = moves; good && *m != NULL; m++)
      good = move(rebase, *m, &error);
    g_autofree char *got = moved_text(rebase);
    if (cases[i].result[0] == '!') {
      cr_expect(!good && error != NULL && strstr(error->message, cases[i].result + 2) != NULL,
                "%s | %s: \"%s\" rather than %s", cases[i].graph, cases[i].moves,
                error != NULL ? error->message : got, cases[i].result);
      cr_expect_str_eq(got, "", "%s | %s: refused, but %s", cases[i].graph, cases[i].moves, got);
    } else {
      cr_expect(good && strcmp(got, cases[i].result) == 0, "%s | %s: \"%s\" rather than \"%s\"",
                cases[i].graph, cases[i].moves, error != NULL ? error->message : got, cases[i].result);
    }
    close_fixture(&fixture);
  }
}

Test(rebase, a_plan_becomes_files)
{
  Fixture fixture;
  open_fixture(&fixture, "a b:a c:a d:c", "");
  g_autoptr(Rebase) rebase = rebase_new(fixture.project, fixture.map);
  g_autoptr(GError) error = NULL;
  cr_assert(move(rebase, "onto d b", &error), "%s", error != NULL ? error->message : "");
  g_autoptr(RebasePlan) plan = rebase_plan(rebase, NULL, &error);
  cr_assert_not_null(plan, "%s", error != NULL ? error->message : "");
  cr_expect(plan->changes->files->len == 1 && plan->map->heads->len == 1, "%u files, %u heads",
            plan->changes->files->len, plan->map->heads->len);
  cr_assert(changes_apply(plan->changes, &error), "%s", error != NULL ? error->message : "");
  g_autoptr(RevisionMap) after = revision_map_load(fixture.project, NULL);
  cr_expect(after->heads->len == 1 && strcmp(((Revision *)after->heads->pdata[0])->id, "d") == 0);
  const FileChange *change = plan->changes->files->pdata[0];
  cr_expect(strstr(change->after, "Revises: b\n") != NULL &&
                strstr(change->after, "down_revision = 'b'") != NULL,
            "%s", change->after);
  cr_assert(changes_undo(plan->changes, &error), "%s", error != NULL ? error->message : "");
  close_fixture(&fixture);
}

Test(rebase, files_changed_meanwhile_stop_the_plan)
{
  Fixture fixture;
  open_fixture(&fixture, "a b:a c:a", "");
  g_autoptr(Rebase) rebase = rebase_new(fixture.project, fixture.map);
  g_autoptr(GError) error = NULL;
  cr_assert(move(rebase, "onto c b", NULL));
  write_revision(fixture.folder, "c:a+a");
  g_autoptr(RebasePlan) plan = rebase_plan(rebase, NULL, &error);
  cr_expect_null(plan);
  cr_expect(error != NULL && strstr(error->message, "changed meanwhile") != NULL, "%s",
            error != NULL ? error->message : "no error");
  close_fixture(&fixture);
}

Test(rebase, a_computed_parent_is_refused_with_its_line)
{
  Fixture fixture;
  open_fixture(&fixture, "a b:a", "");
  static const char text[] = "revision = 'c'\nbefore = 'a'\n\ndown_revision = before\n";
  g_autofree char *path = g_build_filename(fixture.folder, "versions", "c_message_c.py", NULL);
  cr_assert(g_file_set_contents(path, text, -1, NULL));
  revision_map_free(fixture.map);
  fixture.map = revision_map_load(fixture.project, NULL);
  g_autoptr(Rebase) rebase = rebase_new(fixture.project, fixture.map);
  g_autoptr(GError) error = NULL;
  if (!move(rebase, "onto c b", &error))
    cr_assert_fail("%s", error->message);
  g_autoptr(RebasePlan) plan = rebase_plan(rebase, NULL, &error);
  cr_expect_null(plan);
  cr_expect(error != NULL && strstr(error->message, "line 4: down_revision is computed by Python") != NULL,
            "%s", error != NULL ? error->message : "no error");
  close_fixture(&fixture);
}

Test(rebase, the_date_goes_into_the_file_and_its_name)
{
  Fixture fixture;
  open_fixture(&fixture, "a b:a c:a", "timezone = UTC\nfile_template = %%(year)d_%%(rev)s_%%(slug)s\n");
  g_autoptr(Rebase) rebase = rebase_new(fixture.project, fixture.map);
  g_autoptr(GError) error = NULL;
  cr_assert(move(rebase, "onto c b", NULL));
  /* Its name was not made by the template: it stays, and the plan says so. */
  RebaseOptions options = {.date = TRUE, .now = G_GINT64_CONSTANT(1801627506000789)};
  g_autoptr(RebasePlan) kept = rebase_plan(rebase, &options, &error);
  cr_assert_not_null(kept, "%s", error != NULL ? error->message : "");
  cr_expect(kept->notes->len == 1, "%u notes", kept->notes->len);
  const FileChange *change = kept->changes->files->pdata[0];
  cr_expect(strstr(change->after, "Create Date: 2027-02-03 04:05:06.000789+00:00\n") != NULL, "%s",
            change->after);
  g_autofree char *old = g_build_filename(fixture.folder, "versions", "c_message_c.py", NULL);
  g_autofree char *named = g_build_filename(fixture.folder, "versions", "2026_c_message_c.py", NULL);
  cr_assert(g_rename(old, named) == 0);
  g_autoptr(RevisionMap) map = revision_map_load(fixture.project, NULL);
  g_autoptr(Rebase) again = rebase_new(fixture.project, map);
  cr_assert(move(again, "onto c b", NULL));
  g_autoptr(RebasePlan) plan = rebase_plan(again, &options, &error);
  cr_assert_not_null(plan, "%s", error != NULL ? error->message : "");
  change = plan->changes->files->pdata[0];
  cr_expect(g_str_has_suffix(change->path, "/2027_c_message_c.py"), "%s", change->path);
  cr_assert(changes_apply(plan->changes, &error), "%s", error != NULL ? error->message : "");
  cr_expect(!g_file_test(named, G_FILE_TEST_EXISTS) && g_file_test(change->path, G_FILE_TEST_EXISTS));
  close_fixture(&fixture);
}
