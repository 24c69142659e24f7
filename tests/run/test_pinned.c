/* Pinned plans: to a file and back, and what is found to differ. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/run/pinned.h"

/* A plan of two steps, the second with an autocommit statement, over files in folder. */
typedef struct {
  char *folder;
  Plan plan;
  GPtrArray *scripts;
  PlanStep steps[2];
  Revision revisions[2];
  Script script[2];
  RowOp ops[2];
  ServerInfo server;
} Given;

static char *rows_before[] = {(char *)"a", NULL};

static void add_sql(Script *script, const char *sql, gboolean autocommit)
{
  g_ptr_array_add(script->statements, statement_new(sql, autocommit, 1, 1));
}

static void given_set_up(Given *given)
{
  static const char *const ids[] = {"b", "c"};
  *given = (Given){.server = {.version = 150008,
                              .identity = (char *)"app@db1:5432/shop",
                              .database = (char *)"shop",
                              .system_id = (char *)"7"},
                   .ops = {{ROW_UPDATE, (char *)"a", (char *)"b"}, {ROW_UPDATE, (char *)"b", (char *)"c"}}};
  given->folder = g_dir_make_tmp("retort-pinned-XXXXXX", NULL);
  given->plan.steps = g_ptr_array_new();
  given->plan.rows_before = rows_before;
  given->scripts = g_ptr_array_new();
  for (guint i = 0; i < 2; i++) {
    given->revisions[i].id = (char *)ids[i];
    given->revisions[i].path = g_build_filename(given->folder, ids[i], NULL);
    cr_assert(g_file_set_contents(given->revisions[i].path, ids[i], -1, NULL), "a file");
    given->steps[i] = (PlanStep){.direction = DIRECTION_UPGRADE, .revision = &given->revisions[i]};
    given->steps[i].row_ops = g_ptr_array_new();
    g_ptr_array_add(given->steps[i].row_ops, &given->ops[i]);
    given->script[i].statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
    g_ptr_array_add(given->plan.steps, &given->steps[i]);
    g_ptr_array_add(given->scripts, &given->script[i]);
  }
  add_sql(&given->script[0], "ALTER TABLE orders\n  ADD note text", FALSE);
  add_sql(&given->script[1], "CREATE INDEX CONCURRENTLY i ON orders (note)", TRUE);
}

static void given_tear_down(Given *given)
{
  for (guint i = 0; i < 2; i++) {
    g_unlink(given->revisions[i].path);
    g_free(given->revisions[i].path);
    g_ptr_array_unref(given->steps[i].row_ops);
    g_ptr_array_unref(given->script[i].statements);
  }
  g_rmdir(given->folder);
  g_free(given->folder);
  g_ptr_array_unref(given->plan.steps);
  g_ptr_array_unref(given->scripts);
}

static PinnedPlan *pin(Given *given)
{
  g_autoptr(GError) error = NULL;
  PinnedPlan *plan =
      pinned_plan_new(NULL, &given->plan, given->scripts, &given->server, ROLLOUT_PER_MIGRATION, &error);
  cr_assert(plan != NULL, "%s", error != NULL ? error->message : "");
  return plan;
}

Test(pinned, goes_to_a_file_and_back)
{
  Given given;
  given_set_up(&given);
  g_autoptr(PinnedPlan) plan = pin(&given);
  g_autofree char *path = g_build_filename(given.folder, "plan.json", NULL);
  g_autoptr(GError) error = NULL;
  cr_assert(pinned_plan_write(plan, path, &error), "written: %s", error != NULL ? error->message : "");
  g_autoptr(PinnedPlan) back = pinned_plan_read(path, &error);
  cr_assert(back != NULL, "read: %s", error != NULL ? error->message : "");
  g_autoptr(GPtrArray) differences = pinned_plan_differences(back, plan, 0);
  cr_expect(differences->len == 0, "no difference: %s",
            differences->len > 0 ? (char *)differences->pdata[0] : "");
  g_autofree char *text = pinned_plan_text(back);
  g_autofree char *before = pinned_plan_text(plan);
  cr_expect(strcmp(text, before) == 0, "the same text");
  cr_expect(strcmp(back->identity, "app@db1:5432/shop") == 0 && back->server_version == 150008, "for whom");
  g_unlink(path);
  given_tear_down(&given);
}

Test(pinned, shows_where_transactions_begin_and_end)
{
  Given given;
  given_set_up(&given);
  g_autoptr(PinnedPlan) plan = pin(&given);
  g_autofree char *text = pinned_plan_text(plan);
  static const char *const in_order[] = {"2 steps for app@db1:5432/shop (PostgreSQL 15), which stands at a",
                                         "1. upgrade b",
                                         "BEGIN",
                                         "1  ALTER TABLE orders",
                                         "ADD note text",
                                         "ACCESS EXCLUSIVE public.orders",
                                         "version rows: b",
                                         "COMMIT",
                                         "2. upgrade c",
                                         "1  CREATE INDEX CONCURRENTLY",
                                         "SHARE UPDATE EXCLUSIVE public.orders",
                                         "BEGIN",
                                         "version rows: c",
                                         "COMMIT"};
  const char *at = text;
  for (gsize i = 0; i < G_N_ELEMENTS(in_order); i++) {
    const char *found = strstr(at, in_order[i]);
    cr_assert(found != NULL, "\"%s\" comes next in\n%s", in_order[i], text);
    at = found + 1;
  }
  given_tear_down(&given);
}

Test(pinned, knows_where_an_interrupted_rollout_goes_on)
{
  Given given;
  given_set_up(&given);
  g_autoptr(PinnedPlan) plan = pin(&given);
  static const struct {
    const char *rows[3];
    guint position;
  } cases[] = {{{"a"}, 0},         {{"b"}, 1},          {{"c"}, 2},
               {{"z"}, G_MAXUINT}, {{NULL}, G_MAXUINT}, {{"a", "b"}, G_MAXUINT}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    guint position = pinned_plan_position(plan, cases[i].rows);
    cr_expect(position == cases[i].position, "%s: %u, expected %u", cases[i].rows[0], position,
              cases[i].position);
  }
  given_tear_down(&given);
}

static void expect_difference(const PinnedPlan *pinned, Given *given, guint from, const char *word)
{
  g_autoptr(PinnedPlan) now = pin(given);
  g_autoptr(GPtrArray) differences = pinned_plan_differences(pinned, now, from);
  gboolean found = FALSE;
  for (guint i = 0; i < differences->len; i++)
    found = found || strstr(differences->pdata[i], word) != NULL;
  cr_expect(found, "\"%s\" is among %u differences, first: %s", word, differences->len,
            differences->len > 0 ? (char *)differences->pdata[0] : "");
}

Test(pinned, says_what_differs)
{
  Given given;
  given_set_up(&given);
  g_autoptr(PinnedPlan) plan = pin(&given);
  expect_difference(plan, &given, G_MAXUINT, "never is");
  expect_difference(plan, &given, 1, "1 steps of the plan are left");
  given.server.system_id = (char *)"8";
  expect_difference(plan, &given, 0, "another server");
  given.server.database = (char *)"test";
  expect_difference(plan, &given, 0, "the database shop");
  given.server.version = 160001;
  expect_difference(plan, &given, 0, "PostgreSQL 15, this is 16");
  cr_assert(g_file_set_contents(given.revisions[1].path, "# changed", -1, NULL), "a file");
  expect_difference(plan, &given, 0, "file of revision c");
  add_sql(&given.script[1], "SELECT 1", FALSE);
  expect_difference(plan, &given, 0, "+ SELECT 1");
  Statement *first = g_ptr_array_index(given.script[0].statements, 0);
  g_free(first->sql);
  first->sql = g_strdup("DROP TABLE \033orders");
  expect_difference(plan, &given, 0, "+ DROP TABLE ^[orders");
  Statement *second = g_ptr_array_index(given.script[1].statements, 0);
  second->autocommit = FALSE;
  expect_difference(plan, &given, 0, "into or out of");
  given.ops[1].to = (char *)"d";
  expect_difference(plan, &given, 0, "to stand at c, now at d");
  given.revisions[1].id = (char *)"d";
  expect_difference(plan, &given, 0, "revision c where it would now be d");
  given_tear_down(&given);
}

Test(pinned, is_refused_without_exact_statements)
{
  Given given;
  given_set_up(&given);
  given.script[1].state = RENDER_PYTHON;
  g_autoptr(GError) error = NULL;
  cr_expect(pinned_plan_new(NULL, &given.plan, given.scripts, NULL, ROLLOUT_ALL, &error) == NULL, "refused");
  cr_expect(g_error_matches(error, RETORT_ERROR, RETORT_ERROR_REFUSED), "%s", error->message);
  given_tear_down(&given);
}

Test(pinned, what_needs_python_is_a_step_for_alembic)
{
  Given given;
  given_set_up(&given);
  Project project = {.name = (char *)"shop", .config_path = (char *)"/srv/alembic.ini"};
  RenderReason reason = {.line = 12, .what = (char *)"shop.fill(): unknown"};
  given.script[1].state = RENDER_PYTHON;
  given.script[1].reasons = g_ptr_array_new();
  g_ptr_array_add(given.script[1].reasons, &reason);
  g_autoptr(GError) error = NULL;
  g_autoptr(PinnedPlan) plan =
      pinned_plan_new(&project, &given.plan, given.scripts, &given.server, ROLLOUT_ALL, &error);
  cr_assert(plan != NULL, "%s", error != NULL ? error->message : "");
  g_autofree char *path = g_build_filename(given.folder, "plan.json", NULL);
  cr_assert(pinned_plan_write(plan, path, &error), "written: %s", error != NULL ? error->message : "");
  g_autoptr(PinnedPlan) back = pinned_plan_read(path, &error);
  cr_assert(back != NULL, "read: %s", error != NULL ? error->message : "");
  const PinnedStep *step = g_ptr_array_index(back->steps, 1);
  cr_expect(pinned_step_by_alembic(step), "engine %s", step->engine);
  cr_expect(step->statements->len == 0, "half a script is none: %u statements", step->statements->len);
  g_autofree char *text = pinned_plan_text(back);
  const char *commit = strstr(text, "COMMIT"), *second = strstr(text, "2. upgrade c");
  cr_expect(commit != NULL && commit < second, "what is open is committed before Alembic runs:\n%s", text);
  cr_expect(strstr(text, "c:12: needs Python: shop.fill(): unknown") != NULL, "why:\n%s", text);
  g_unlink(path);
  g_ptr_array_unref(given.script[1].reasons);
  given_tear_down(&given);
}

Test(pinned, becomes_a_plan_again)
{
  Given given;
  given_set_up(&given);
  g_autoptr(PinnedPlan) pinned = pin(&given);
  RevisionMap map = {.by_id = g_hash_table_new(g_str_hash, g_str_equal)};
  g_hash_table_insert(map.by_id, (char *)"c", &given.revisions[1]);
  g_autoptr(GError) error = NULL;
  g_autoptr(Plan) left = pinned_plan_remaining(pinned, &map, 1, &error);
  cr_assert(left != NULL, "%s", error != NULL ? error->message : "");
  g_auto(GStrv) rows = plan_rows_after(left, left->steps->len);
  cr_expect(left->steps->len == 1 && strcmp(left->rows_before[0], "b") == 0, "one step from b");
  cr_expect(rows[0] != NULL && strcmp(rows[0], "c") == 0, "to c");
  cr_expect(pinned_plan_remaining(pinned, &map, 0, &error) == NULL, "b has no file any more");
  cr_expect(error != NULL && strstr(error->message, "revision b") != NULL, "%s", error ? error->message : "");
  g_hash_table_unref(map.by_id);
  given_tear_down(&given);
}

Test(pinned, refuses_files_that_are_none)
{
  static const char *const texts[] = {
      "",
      "{}",
      "[]",
      "null",
      "{\"format\":\"retort-plan-2\"}",
      "{\"format\":7}",
      "{\"format\":\"retort-plan-1\",\"transaction\":\"all\",\"rows_before\":[],\"steps\":[1]}",
      "{\"format\":\"retort-plan-1\",\"transaction\":\"all\",\"rows_before\":[1],\"steps\":[]}",
      "{\"format\":\"retort-plan-1\",\"transaction\":\"some\",\"rows_before\":[],\"steps\":[]}",
      "{\"format\":\"retort-plan-1\",\"transaction\":\"all\",\"rows_before\":[],\"steps\":[{\"revision\":"
      "\"a\"}]}",
      "{\"format\":\"retort-plan-1\",\"transaction\":\"all\",\"rows_before\":[],\"steps\":[{\"revision\":"
      "\"a\","
      "\"direction\":\"upgrade\",\"rows_after\":[],\"statements\":[{\"sql\":\"x\",\"autocommit\":\"no\"}]}]"
      "}"};
  g_autofree char *path = g_build_filename(g_get_tmp_dir(), "retort-no-plan.json", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(GError) error = NULL;
    cr_assert(g_file_set_contents(path, texts[i], -1, NULL), "a file");
    cr_expect(pinned_plan_read(path, &error) == NULL, "%s is no plan", texts[i]);
    cr_expect(g_error_matches(error, RETORT_ERROR, RETORT_ERROR_FILE), "%s: code", texts[i]);
  }
  cr_assert(g_file_set_contents(
                path,
                "{\"format\":\"retort-plan-1\",\"transaction\":\"all\",\"rows_before\":[],\"steps\":[]}", -1,
                NULL),
            "a file");
  g_autoptr(PinnedPlan) empty = pinned_plan_read(path, NULL);
  cr_expect(empty != NULL && empty->steps->len == 0, "the smallest plan");
  g_unlink(path);
}
