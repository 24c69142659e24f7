#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "cases.h"

/* The statements of `up` stand in lines 2, 3, ... of the source. */
static char *fired_with(const char *up, const char *source, const ReviewPolicy *policy)
{
  CheckCase c = {.up = up, .source = source, .line = 2};
  g_autoptr(Review) review = case_review(&c, policy);
  return case_fired(review);
}

Test(silences, speak_of_what_they_stand_at)
{
  static const struct {
    const char *source, *expected;
  } cases[] = {
      /* at the end of the line */
      {"def upgrade():\n  op.a()  # retort: allow required-column: empty\n  op.b()\n",
       "(required-column) required-column"},
      /* several checks */
      {"def upgrade():\n  op.a()\n", "required-column required-column"},
      {"def upgrade():\n  op.a()\n  op.b()  # retort: allow renamed, required-column: empty\n",
       "required-column (required-column)"},
      {"def upgrade():\n  op.a()\n  op.b()  # retort: allow all: empty\n",
       "required-column (required-column)"},
      /* in a line of its own above */
      {"def upgrade():  # retort: allow renamed: no\n  # retort: allow required-column: empty\n  op.b()\n",
       "silence-unused required-column (required-column)"},
      /* a call over several lines */
      {"def upgrade():\n  op.a(\n   1)  # retort: allow required-column: empty\n",
       "(required-column) (required-column)"},
      /* a block */
      {"def upgrade():\n  if x:  # retort: allow required-column: empty\n    op.b()\n",
       "(required-column) (required-column)"},
      {"def upgrade():\n  if x: op.a()\n  if y:  # retort: allow required-column: empty\n    op.b()\n",
       "required-column (required-column)"},
      /* a function */
      {"def upgrade():  # retort: allow required-column: empty\n  op.a()\n  op.b()\n",
       "(required-column) (required-column)"},
      {"# retort: allow required-column: empty\ndef upgrade():\n  op.b()\n",
       "(required-column) (required-column)"},
      /* the file */
      {"# retort: allow required-column: empty\nrevision = '1'\n", "(required-column) (required-column)"},
      {"x = 1\n\n\n# retort: allow required-column: empty\n", "(required-column) (required-column)"},
      /* not a comment */
      {"x = '# retort: allow required-column: empty'\n", "required-column required-column"},
      {"x = '''\n# retort: allow required-column: empty\n'''\n", "required-column required-column"},
      {"x = 1  # retort: allowed\n", "required-column required-column"},
      /* somebody else's line */
      {"def upgrade():\n  op.a()\n\n\n  op.c()  # retort: allow required-column: empty\n",
       "silence-unused required-column required-column"},
      /* the other direction's cannot be used */
      {"def upgrade():\n  pass\ndef downgrade():\n  op.c()  # retort: allow renamed: internal\n",
       "required-column required-column"},
      /* without a reason it holds, and is told of */
      {"revision = '1'  # retort: allow required-column\n",
       "silence-without-reason (required-column) (required-column)"},
      {"revision = '1'  # retort: allow\n", "silence-unknown required-column required-column"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = fired_with("ALTER TABLE t ADD a int NOT NULL ;; ALTER TABLE t ADD b int NOT NULL",
                                      cases[i].source, NULL);
    cr_expect_str_eq(got, cases[i].expected, "%s\n  got      %s\n  expected %s", cases[i].source, got,
                     cases[i].expected);
  }
}

Test(silences, stand_in_sql_too)
{
  g_autofree char *got =
      fired_with("-- retort: allow truncate: a cache\nTRUNCATE t ;; TRUNCATE u", NULL, NULL);
  cr_expect_str_eq(got, "(truncate) truncate several-tables", "%s", got);
}

static ReviewPolicy *policy_of(const char *text, guint *complaints)
{
  g_autoptr(DiagList) diags = diag_list_new();
  g_autoptr(Ini) ini = ini_parse("alembic.ini", text, strlen(text), NULL, NULL);
  ReviewPolicy *policy = review_policy_new();
  review_policy_read_ini(policy, ini, "retort.review", "/project/alembic.ini", diags);
  *complaints = diags->items->len;
  return policy;
}

Test(silences, policies_set_severities_and_allow_paths)
{
  static const struct {
    const char *policy, *expected;
    guint complaints;
    int worst;
  } cases[] = {
      {"", "truncate", 0, SEVERITY_DANGER},
      {"truncate = care", "truncate", 0, SEVERITY_CARE},
      {"truncate = off", "", 0, -1},
      {"truncate = low", "truncate", 1, SEVERITY_DANGER},
      {"no_such_check = care", "truncate", 1, SEVERITY_DANGER},
      {"allow = truncate versions/8d*: a cache", "(truncate)", 0, -1},
      {"allow =\n  renamed x.py: no\n  all versions: old", "(truncate)", 0, -1},
      {"allow = truncate other/*: a cache", "truncate", 0, SEVERITY_DANGER},
      {"allow = truncate *.py", "(truncate)", 1, -1},
      {"allow = *.py: all", "truncate", 1, SEVERITY_DANGER},
      {"fail_on = care\nserver_version = 15", "truncate", 0, SEVERITY_DANGER},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = g_strdup_printf("[retort.review]\n%s\n", cases[i].policy);
    guint complaints;
    g_autoptr(ReviewPolicy) policy = policy_of(text, &complaints);
    CheckCase c = {.up = "TRUNCATE t"};
    g_autoptr(Review) review = case_review(&c, policy);
    g_autofree char *got = case_fired(review);
    cr_expect_str_eq(got, cases[i].expected, "%s\n  got      %s\n  expected %s", cases[i].policy, got,
                     cases[i].expected);
    cr_expect_eq(complaints, cases[i].complaints, "%s: %u complaints", cases[i].policy, complaints);
    cr_expect_eq(review_worst(review), cases[i].worst, "%s: worst %d", cases[i].policy, review_worst(review));
  }
}

Test(silences, toml_says_the_same)
{
  const char *text = "[tool.retort.review]\nfail_on = \"note\"\nserver_version = 16\ntruncate = \"care\"\n"
                     "allow = [\"required-column 8d41_total.py: it was empty\"]\n";
  g_autoptr(DiagList) diags = diag_list_new();
  g_autoptr(Toml) toml = toml_parse("pyproject.toml", text, strlen(text), NULL);
  cr_assert(toml != NULL);
  g_autoptr(ReviewPolicy) policy = review_policy_new();
  review_policy_read_toml(policy, toml_find(toml_root(toml), "tool", "retort", "review", NULL),
                          "/p/pyproject.toml", diags);
  cr_expect_eq(diags->items->len, 0);
  cr_expect_eq(review_policy_fail_on(policy), SEVERITY_NOTE);
  cr_expect_eq(review_policy_server_version(policy), 16);
  cr_expect_eq(review_policy_severity(policy, CHECK_TRUNCATES), SEVERITY_CARE);
  g_autofree char *got = fired_with("ALTER TABLE t ADD a int NOT NULL", NULL, policy);
  cr_expect_str_eq(got, "(required-column)", "%s", got);
}
