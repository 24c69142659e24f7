#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "cases.h"
#include "retort/review/remedy.h"

static gboolean has_word(const char *text, const char *word)
{
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  return g_strv_contains((const char *const *)words, word);
}

/* Checks that only say something when they are asked to. */
static ReviewPolicy *everything(void)
{
  ReviewPolicy *policy = review_policy_new();
  g_autoptr(DiagList) diags = diag_list_new();
  review_policy_set(policy, "no-lock-timeout", "note", "test", 1, diags);
  return policy;
}

Test(findings, each_check_fires_and_its_near_misses_do_not)
{
  g_autoptr(ReviewPolicy) policy = everything();
  for (guint i = 0; i < n_check_cases; i++) {
    const CheckCase *c = &check_cases[i];
    g_autoptr(Review) review = case_review(c, policy);
    g_autofree char *fired = case_fired(review);
    cr_expect(has_word(fired, c->check) == c->fires, "%s should %sfire on: %s\n  down:  %s\n  fired: %s",
              c->check, c->fires ? "" : "not ", c->up, c->down != NULL ? c->down : "-", fired);
  }
}

Test(findings, every_check_has_both_kinds_of_cases)
{
  for (int i = 0; i < N_CHECKS; i++) {
    const char *name = check_info((CheckId)i).name;
    guint fires = 0, misses = 0;
    for (guint k = 0; k < n_check_cases; k++)
      if (strcmp(check_cases[k].check, name) == 0)
        *(check_cases[k].fires ? &fires : &misses) += 1;
    cr_expect(fires > 0 && misses > 0, "%s: %u cases that fire, %u that do not", name, fires, misses);
  }
}

Test(findings, every_check_explains_itself)
{
  for (int i = 0; i < N_CHECKS; i++) {
    CheckInfo info = check_info((CheckId)i);
    cr_expect(check_find(info.name) == i, "%s", info.name);
    cr_expect(info.title[0] != '\0' && info.why[0] != '\0' && info.advice[0] != '\0', "%s", info.name);
  }
  cr_expect(check_find("no-such-check") == -1);
}

/* A placeholder that nobody fills would be shown to people. */
Test(findings, remedies_are_filled_in)
{
  for (guint i = 0; i < n_check_cases; i++) {
    const CheckCase *c = &check_cases[i];
    g_autofree Finding *finding = finding_new((CheckId)check_find(c->check), NULL, NULL);
    g_autofree char *sql = g_strdup(c->up[0] == '!' ? c->up + 1 : c->up);
    char *end = strstr(sql, " ;; ");
    if (end != NULL)
      *end = '\0';
    g_autoptr(Remedy) remedy = remedy_for(finding, sql);
    cr_expect(remedy->alembic == NULL || strchr(remedy->alembic, '{') == NULL, "%s: %s", c->check,
              remedy->alembic);
    cr_expect(remedy->sql == NULL || strchr(remedy->sql, '{') == NULL, "%s: %s", c->check, remedy->sql);
  }
}

Test(findings, a_remedy_is_about_the_statement)
{
  static const struct {
    const char *check, *sql, *alembic, *safe;
  } cases[] = {
      {"index-not-concurrent", "CREATE UNIQUE INDEX ix_a ON sales.orders (lower(mail), day)",
       "with op.get_context().autocommit_block():\n"
       "    op.create_index(\"ix_a\", \"orders\", [\"lower(mail)\", \"day\"], schema=\"sales\", "
       "postgresql_concurrently=True)",
       "CREATE UNIQUE INDEX CONCURRENTLY ix_a ON sales.orders (lower(mail), day);"},
      {"index-drop-not-concurrent", "DROP INDEX IF EXISTS ix_a;",
       "with op.get_context().autocommit_block():\n    op.drop_index(\"ix_a\", postgresql_concurrently=True)",
       "DROP INDEX CONCURRENTLY IF EXISTS ix_a;"},
      {"foreign-key-validates",
       "ALTER TABLE lines ADD CONSTRAINT fk FOREIGN KEY(a, b) REFERENCES sales.orders (x, y)",
       "op.create_foreign_key(\"fk\", \"lines\", \"sales.orders\", [\"a\", \"b\"], [\"x\", \"y\"], "
       "postgresql_not_valid=True)\n# in the next migration:\nop.execute(\"ALTER TABLE lines VALIDATE "
       "CONSTRAINT fk\")",
       "ALTER TABLE lines ADD CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES sales.orders (x, y) NOT VALID;\n"
       "-- in a later transaction:\nALTER TABLE lines VALIDATE CONSTRAINT fk;"},
      {"statistics-lost", "ALTER TABLE sales.t ALTER a TYPE bigint", "op.execute(\"ANALYZE sales.t\")",
       "ANALYZE sales.t;"},
      {"concurrently-in-transaction", "CREATE INDEX CONCURRENTLY \"I\" ON t (a)",
       "with op.get_context().autocommit_block():\n    op.execute(\"\"\"CREATE INDEX CONCURRENTLY \"I\" ON t "
       "(a)\"\"\")",
       "COMMIT;\nCREATE INDEX CONCURRENTLY \"I\" ON t (a);\nBEGIN;"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Finding *finding = finding_new((CheckId)check_find(cases[i].check), NULL, NULL);
    g_autoptr(Remedy) remedy = remedy_for(finding, cases[i].sql);
    cr_expect_str_eq(remedy->alembic, cases[i].alembic, "%s\n  got      %s\n  expected %s", cases[i].sql,
                     remedy->alembic, cases[i].alembic);
    cr_expect_str_eq(remedy->sql, cases[i].safe, "%s\n  got      %s\n  expected %s", cases[i].sql,
                     remedy->sql, cases[i].safe);
    finding_free(finding);
  }
}

Test(findings, sizes_are_told_and_what_is_brief_weighs_less)
{
  static const CheckCase large = {"", TRUE, "ALTER TABLE orders ALTER amount TYPE bigint", .catalog = TRUE};
  static const CheckCase small = {"", TRUE, "ALTER TABLE lines ALTER n TYPE bigint", .catalog = TRUE};
  g_autoptr(Review) heavy = case_review(&large, NULL);
  g_autoptr(Review) light = case_review(&small, NULL);
  g_autoptr(GArray) worst = review_worst_findings(heavy, SEVERITY_CARE, 1);
  cr_assert_eq(worst->len, 1);
  const Finding *finding = g_array_index(worst, PlacedFinding, 0).finding;
  cr_expect_eq(finding->check, CHECK_TYPE_CHANGE, "%s", check_info(finding->check).name);
  cr_expect(finding->detail != NULL && strstr(finding->detail, "50") != NULL, "detail %s", finding->detail);
  cr_expect_eq(review_worst(heavy), SEVERITY_DANGER, "heavy: %d", review_worst(heavy));
  cr_expect_eq(review_worst(light), SEVERITY_CARE, "light: %d", review_worst(light));
}
