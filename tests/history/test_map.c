/* The map itself: faults that still leave a map to draw, diagnostics, labels; and what plans and formats do beyond
 * Alembic's records. */
#include <criterion/criterion.h>
#include <string.h>

#include "cases.h"
#include "retort/base/error.h"
#include "retort/history/format.h"
#include "retort/history/plan.h"
#include "retort/history/target.h"

Test(revision_map, faults_name_the_first_problem)
{
  static const struct {
    const char *graph;
    int code; /* -1: no fault */
    const char *message;
    guint diags, missing;
  } cases[] = {
      {"a:\nb: a\n", -1, "", 0, 0},
      {"a: a\n", RETORT_ERROR_COMMAND, "Self-loop is detected in revisions (a)", 1, 0},
      {"a: > a\n", RETORT_ERROR_COMMAND, "Dependency self-loop is detected in revisions (a)", 1, 0},
      {"a: c\nb: a\nc: b\n", RETORT_ERROR_COMMAND, "Cycle is detected in revisions (a, b, c)", 3, 0},
      {"c: b\nd:\na: c\nb: a\n", RETORT_ERROR_COMMAND, "Cycle is detected in revisions (a, b, c)", 3, 0},
      {"a: > b\nb: a\n", RETORT_ERROR_COMMAND, "Dependency cycle is detected in revisions (a, b)", 2, 0},
      /* Escapes Alembic's own test, which looks from heads and bases only. */
      {"a:\nb: a d\nc: b\nd: c\ne: d\n", RETORT_ERROR_COMMAND, "Cycle is detected in revisions (b, c, d, e)",
       4, 0},
      {"a: zz\n", RETORT_ERROR_TRACEBACK, "revision a comes after zz, which no file has", 1, 1},
      {"a: > zz\n", RETORT_ERROR_TRACEBACK,
       "revision a depends on zz, which no file has (partial identifiers do not count here)", 1, 1},
      {"a+1:\n", RETORT_ERROR_COMMAND, "Character(s) '+' not allowed in revision identifier 'a+1'", 1, 0},
      {"a:\nb: a > zz\nc: b > zz\nc: a\n", RETORT_ERROR_TRACEBACK,
       "revision b depends on zz, which no file has (partial identifiers do not count here)", 3, 2},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(RevisionMap) map = case_map_from_text(cases[i].graph);
    if (cases[i].code < 0)
      cr_expect_null(map->fault, "%s: %s", cases[i].graph, map->fault ? map->fault->message : "");
    else
      cr_expect(map->fault && map->fault->code == cases[i].code &&
                    g_str_equal(map->fault->message, cases[i].message),
                "%s: %s", cases[i].graph, map->fault ? map->fault->message : "no fault");
    cr_expect_eq(map->diags->items->len, cases[i].diags, "%s: %u diagnostics", cases[i].graph,
                 map->diags->items->len);
    cr_expect_eq(map->missing->len, cases[i].missing, "%s: %u missing", cases[i].graph, map->missing->len);
  }
}

/* Commands that need the map get its fault; nothing walks in circles. */
Test(revision_map, a_fault_answers_every_question)
{
  static const char *const rows[] = {"a", NULL}, *const targets[] = {"b", NULL};
  g_autoptr(RevisionMap) map = case_map_from_text("a: c\nb: a\nc: b\nd:\n");
  Revision *revision = NULL;
  GError *errors[6] = {NULL};

  cr_expect_null(target_resolve(map, "a", NULL, &errors[0]));
  cr_expect(!target_resolve_one(map, "a", NULL, &revision, &errors[1]));
  cr_expect_null(target_history_range(map, NULL, NULL, &errors[2]));
  cr_expect_null(plan_upgrade(map, rows, "heads", &errors[3]));
  cr_expect_null(plan_downgrade(map, rows, "base", &errors[4]));
  cr_expect_null(plan_stamp(map, rows, targets, FALSE, &errors[5]));
  for (guint i = 0; i < G_N_ELEMENTS(errors); i++) {
    cr_expect(g_error_matches(errors[i], RETORT_ERROR, RETORT_ERROR_COMMAND), "question %u", i);
    g_clear_error(&errors[i]);
  }
  g_autofree gboolean *applied = plan_applied(map, rows, NULL);
  cr_expect(applied[0] && !applied[3], "what is applied is known all the same");
}

Test(revision_map, a_duplicate_is_replaced_by_the_later_file)
{
  g_autoptr(RevisionMap) map = case_map_from_text("a:\nb: a\nc: b\nb:\n");
  Revision *b = revision_map_get(map, "b");

  cr_assert_null(map->fault);
  cr_assert_eq(b, map->revisions->pdata[3]);
  cr_expect(revision_is_base(b) && b->rank == 1 && !b->shadowed);
  cr_expect(((Revision *)map->revisions->pdata[1])->shadowed);
  cr_expect_eq(map->warnings->len, 1);
  cr_expect_str_eq(map->warnings->pdata[0], "Revision b is present more than once");
  cr_expect_eq(map->diags->items->len, 1);
}

static void expect_labels(const RevisionMap *map, const char *id, const char *expected)
{
  const GPtrArray *labels = revision_map_get(map, id)->labels;
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < labels->len; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? " " : "", (char *)labels->pdata[i]);
  cr_expect_str_eq(text->str, expected, "%s has labels '%s', not '%s'", id, text->str, expected);
}

Test(revision_map, labels_are_inherited)
{
  /* A line hands its labels down too, a fork above the label does not, and dependencies carry none. */
  g_autoptr(RevisionMap) line = case_map_from_text("a:\nb: a @ lab\nc: b\nd: > c\n");
  expect_labels(line, "a", "lab");
  expect_labels(line, "c", "lab");
  expect_labels(line, "d", "");
  g_autoptr(RevisionMap) fork = case_map_from_text("a:\nb: a @ one two\nc: b\nd: b @ three\n");
  expect_labels(fork, "a", "");
  expect_labels(fork, "c", "one two");
  expect_labels(fork, "d", "three one two");
}

Test(plan, rows_follow_the_steps)
{
  static const char *const none[] = {NULL};
  g_autoptr(RevisionMap) map = case_map_from_text("a:\nb1: a\nb2: a\nm: b1 b2\n");
  g_autoptr(Plan) plan = plan_upgrade(map, none, "heads", NULL);
  static const char *const expected[] = {"", "a", "b2", "b2 b1", "m"};

  cr_assert(plan && plan->steps->len == 4);
  for (guint i = 0; i <= plan->steps->len; i++) {
    g_auto(GStrv) rows = plan_rows_after(plan, i);
    g_autofree char *text = g_strjoinv(" ", rows);
    cr_expect_str_eq(text, expected[i], "after %u steps: %s", i, text);
  }
  g_autofree char *log = plan_step_log(plan->steps->pdata[3], TRUE);
  cr_expect_str_eq(log, "Running upgrade b1, b2 -> m, rev m");
  g_autofree char *comment = plan_step_log(plan->steps->pdata[3], FALSE);
  cr_expect_str_eq(comment, "Running upgrade b1, b2 -> m");
}

Test(plan, unknown_rows_are_told_apart)
{
  static const char *const rows[] = {"b", "zzz", NULL};
  g_autoptr(RevisionMap) map = case_map_from_text("a:\nb: a > d\nc: b\nd:\n");
  g_autoptr(GPtrArray) unknown = g_ptr_array_new();
  g_autofree gboolean *applied = plan_applied(map, rows, unknown);
  g_autoptr(GError) error = NULL;

  cr_expect(applied[0] && applied[1] && !applied[2] && applied[3]);
  cr_expect(unknown->len == 1 && g_str_equal(unknown->pdata[0], "zzz"));
  cr_expect_null(plan_upgrade(map, rows, "heads", &error));
  cr_expect_str_eq(error->message, "Can't locate revision identified by 'zzz'");
  g_autoptr(Plan) purged = plan_stamp(map, rows, (const char *const[]){"c", NULL}, TRUE, NULL);
  cr_expect(purged && purged->steps->len == 1, "a purge does not mind");
}

/* Where Alembic dies half-way, the plan goes on to where it meant to. */
Test(plan, reaches_the_target_where_alembic_dies)
{
  static const char *const none[] = {NULL}, *const merged[] = {"m", NULL}, *const both[] = {"b1", "b2", NULL};
  g_autoptr(RevisionMap) chain =
      case_map_from_text("l1:\nl2: l1\nm1: > l1\nm2: m1 > l2\nn1: > m1\nn2: n1 > m2 l2\n");
  g_autoptr(Plan) up = plan_upgrade(chain, none, "heads", NULL);
  cr_assert_not_null(up);
  g_auto(GStrv) rows = plan_rows_after(up, up->steps->len);
  cr_expect(g_strv_length(rows) == 1 && g_str_equal(rows[0], "n2"), "%s", rows[0]);

  g_autoptr(RevisionMap) diamond = case_map_from_text("a:\nb1: a\nb2: a\nm: b1 b2\n");
  g_autoptr(Plan) stamp = plan_stamp(diamond, merged, both, FALSE, NULL);
  cr_assert_not_null(stamp);
  g_auto(GStrv) stamped = plan_rows_after(stamp, stamp->steps->len);
  g_autofree char *text = g_strjoinv(" ", stamped);
  cr_expect_str_eq(text, "b1 b2");
}

Test(target, history_ranges)
{
  static const char *const rows[] = {"b", NULL}, *const none[] = {NULL};
  static const struct {
    const char *range, *expected;
  } cases[] = {
      {NULL, "d c b a"},        {":", "d c b a"},      {"b:", "d c b"},     {":b", "b a"},
      {" b:c ", "c b"},         {"current:", "d c b"}, {":current", "b a"}, {"-1:", "d c"},
      {"base:head", "d c b a"}, {"b:b", "b"},
  };
  g_autoptr(RevisionMap) map = case_map_from_text("a:\nb: a\nc: b\nd: c\n");

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = target_history_range(map, cases[i].range, rows, &error);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint j = 0; list && j < list->len; j++)
      g_string_append_printf(text, "%s%s", j > 0 ? " " : "", ((Revision *)list->pdata[j])->id);
    cr_expect_str_eq(text->str, cases[i].expected, "%s gives %s (%s)", cases[i].range, text->str,
                     error ? error->message : "");
  }
  g_autoptr(GPtrArray) all = target_history_range(map, ":current", none, NULL);
  cr_expect(all && all->len == 4, "no rows: no end");
  g_autoptr(GError) no_colon = NULL;
  cr_expect_null(target_history_range(map, "a", rows, &no_colon));
  cr_expect_str_eq(no_colon->message, "History range requires [start]:[end], [start]:, or :[end]");
  g_autoptr(GError) colons = NULL;
  cr_expect_null(target_history_range(map, "a:b:c", rows, &colons));
  cr_expect(g_error_matches(colons, RETORT_ERROR, RETORT_ERROR_TRACEBACK));
}

Test(format, blocks_and_slugs)
{
  g_autoptr(RevisionMap) map = case_map_from_text("a:\nb: a > c\nd: a b @ lab\nc:\n");
  Revision *d = revision_map_get(map, "d");

  g_free(d->long_doc);
  d->long_doc = g_strdup("first\n\nsecond\r\n\tthird\n");
  g_autofree char *block = format_block(d, FORMAT_CURRENT);
  cr_expect_str_eq(
      block, "Rev: d (head) (mergepoint) (current)\nMerges: a, b\nBranch names: lab\nPath: /versions/d.py\n"
             "\n    first\n    \n    second\n    \tthird\n");
  g_autofree char *branch = format_branch_point(revision_map_get(map, "a"), TRUE);
  cr_expect_str_eq(branch,
                   "Rev: a (branchpoint)\nParent: <base>\nBranches into: b, d\nPath: /versions/a.py\n\n"
                   "    rev a\n\n  -> b, rev b\n  -> d (lab) (head) (mergepoint), rev d\n");
  static const struct {
    const char *message, *slug;
  } slugs[] = {{"Add thing #0 (x)", "add_thing_0_x"},
               {NULL, ""},
               {"aaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbb", "aaaaaaaaaaaaaaaaaaaa_"},
               {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_"},
               {"Ünï cödé", "ünï_cödé"}};
  for (guint i = 0; i < G_N_ELEMENTS(slugs); i++) {
    g_autofree char *slug = format_slug(slugs[i].message, 40);
    cr_expect_str_eq(slug, slugs[i].slug, "%s", slug);
  }
}
