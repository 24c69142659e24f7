#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "retort/review/findings.h"

/* Statements of one migration, those after "!" in autocommit_block(); what fires, "statement:check" for each. */
typedef struct {
  const char *statements[6];
  const char *expected;
} Case;

static char *fired(const Case *c)
{
  g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  for (guint i = 0; i < G_N_ELEMENTS(c->statements) && c->statements[i] != NULL; i++) {
    gboolean autocommit = c->statements[i][0] == '!';
    g_ptr_array_add(statements, statement_new(c->statements[i] + autocommit, autocommit, i + 1, 1));
  }
  g_autoptr(ForecastSession) session = forecast_session_new(150008);
  g_autoptr(Review) review = review_statements(session, statements);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < review->forecasts->len; i++) {
    const Forecast *forecast = g_ptr_array_index(review->forecasts, i);
    for (guint k = 0; k < forecast->findings->len; k++) {
      const Finding *finding = g_ptr_array_index(forecast->findings, k);
      g_string_append_printf(out, "%s%u:%s", out->len > 0 ? " " : "", i + 1, check_info(finding->check).name);
    }
  }
  return g_string_free(out, FALSE);
}

static void check_all(const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_autofree char *got = fired(&cases[i]);
    cr_expect_str_eq(got, cases[i].expected, "case %zu: %s\n  got      %s\n  expected %s", i,
                     cases[i].statements[0], got, cases[i].expected);
  }
}

Test(findings, each_check_fires_and_its_safe_form_does_not)
{
  static const Case cases[] = {
      {{"CREATE INDEX i ON t (a)"}, "1:index-not-concurrent"},
      {{"!CREATE INDEX CONCURRENTLY i ON t (a)"}, "1:concurrently-leftover"},
      {{"CREATE TABLE t (a int)", "CREATE INDEX i ON t (a)"}, ""},
      {{"CREATE INDEX IF NOT EXISTS i ON t (a)"}, "1:index-not-concurrent 1:if-exists-locks"},
      {{"DROP INDEX i"}, "1:index-drop-not-concurrent"},
      {{"!DROP INDEX CONCURRENTLY i"}, ""},
      {{"REINDEX INDEX i"}, "1:reindex-not-concurrent"},
      {{"!REINDEX INDEX CONCURRENTLY i"}, ""},
      {{"CREATE INDEX CONCURRENTLY i ON t (a)"}, "1:concurrently-leftover 1:concurrently-in-transaction"},
      {{"ALTER TABLE t ADD CHECK (a > 0)"}, "1:check-validates"},
      {{"ALTER TABLE t ADD CHECK (a > 0) NOT VALID"}, ""},
      {{"ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r"}, "1:foreign-key-validates"},
      {{"ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r NOT VALID"}, ""},
      {{"ALTER TABLE t ADD COLUMN a int REFERENCES r"}, ""},
      {{"ALTER TABLE t ALTER a SET NOT NULL"}, "1:not-null-scans"},
      {{"ALTER TABLE t ALTER a DROP NOT NULL"}, ""},
      {{"ALTER TABLE t ADD UNIQUE (a)"}, "1:unique-builds-index"},
      {{"ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i"}, ""},
      {{"ALTER TABLE t ADD CONSTRAINT c PRIMARY KEY USING INDEX i"}, "1:primary-key-using-index"},
      {{"ALTER TABLE t ADD EXCLUDE USING gist (p WITH &&)"}, "1:exclude-builds-index"},
      {{"ALTER TABLE t ADD a uuid DEFAULT gen_random_uuid()"}, "1:default-rewrites"},
      {{"ALTER TABLE t ADD a timestamptz DEFAULT now() NOT NULL"}, ""},
      {{"ALTER TABLE t ADD a bool DEFAULT false NOT NULL"}, ""},
      {{"ALTER TABLE t ADD a serial NOT NULL"}, "1:serial-rewrites"},
      {{"ALTER TABLE t ADD a int GENERATED ALWAYS AS (b) STORED"}, "1:generated-rewrites"},
      {{"ALTER TABLE t ALTER a TYPE bigint"}, "1:type-change"},
      {{"ALTER TABLE t ADD a int NOT NULL"}, "1:required-column"},
      {{"ALTER TABLE t ADD a json"}, "1:json-type"},
      {{"ALTER TABLE t DROP COLUMN a"}, "1:column-dropped"},
      {{"DROP TABLE t"}, "1:table-dropped"},
      {{"CREATE TABLE t (a int)", "DROP TABLE t"}, ""},
      {{"ALTER TABLE t RENAME TO u"}, "1:renamed"},
      {{"DROP VIEW v CASCADE"}, "1:cascade"},
      {{"TRUNCATE t"}, "1:truncate"},
      {{"ALTER TYPE e ADD VALUE 'x'"}, "1:enum-value-in-transaction"},
      {{"ALTER TYPE e RENAME VALUE 'x' TO 'y'"}, ""},
      {{"ALTER DOMAIN d ADD CHECK (VALUE > 0)"}, "1:domain-constraint"},
      {{"ALTER TABLE t SET LOGGED"}, "1:full-rewrite"},
      {{"REFRESH MATERIALIZED VIEW v"}, "1:refresh-not-concurrent"},
      {{"REFRESH MATERIALIZED VIEW CONCURRENTLY v"}, ""},
      {{"UPDATE t SET a = 1"}, "1:whole-table-change"},
      {{"UPDATE t SET a = 1 WHERE id = 2"}, ""},
      {{"LOCK TABLE t"}, "1:explicit-lock"},
      {{"ALTER TABLE t ADD COLUMN IF NOT EXISTS a int"}, "1:if-exists-locks"},
  };
  check_all(cases, G_N_ELEMENTS(cases));
}

Test(findings, statements_are_judged_beside_their_neighbours)
{
  static const Case cases[] = {
      {{"ALTER TABLE t ADD a int", "UPDATE t SET a = 1 WHERE b"}, "2:work-under-lock 2:data-with-ddl"},
      {{"!ALTER TABLE t ADD a int", "UPDATE t SET a = 1 WHERE b"}, ""},
      {{"UPDATE t SET a = 1 WHERE b", "ALTER TABLE t ADD c int"}, ""},
      {{"ALTER TABLE t ADD a int", "ALTER TABLE u ADD a int"}, "2:several-tables"},
      {{"ALTER TABLE t ADD a int", "ALTER TABLE t ADD b int"}, ""},
      {{"ALTER TABLE t ADD b int", "ALTER TABLE t DROP COLUMN a"}, "2:column-dropped 2:looks-like-rename"},
      {{"ALTER TABLE t ADD b int", "ALTER TABLE u DROP COLUMN a"}, "2:column-dropped 2:several-tables"},
      {{"ALTER TABLE t ADD CHECK (a > 0) NOT VALID", "ALTER TABLE t VALIDATE CONSTRAINT c"},
       "2:validate-in-same-transaction 2:work-under-lock"},
      {{"!ALTER TABLE t VALIDATE CONSTRAINT c"}, ""},
      {{"CREATE TABLE t (a int)", "INSERT INTO t VALUES (1)"}, ""},
  };
  check_all(cases, G_N_ELEMENTS(cases));
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
