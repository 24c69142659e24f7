/* What statements change, and whether what two sides change goes together. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/review/change.h"

static char *describe(const char *sql)
{
  g_autofree char *unknown = NULL;
  g_autoptr(GPtrArray) changes = changes_read(sql, &unknown);
  GString *out = g_string_new(unknown ? "? " : NULL);

  for (guint i = 0; i < changes->len; i++) {
    const Change *change = changes->pdata[i];
    g_autofree char *text = change_text(change);
    if (change->verb != CHANGE_USE)
      g_string_append_printf(out, "%s%s; ", text, change->guarded ? " guarded" : "");
  }
  return g_string_free(out, FALSE);
}

Test(change, statements_are_read_object_by_object)
{
  static const struct {
    const char *sql, *want;
  } cases[] = {
      {"CREATE TABLE public.t (id serial PRIMARY KEY, n numeric(10,2) UNIQUE, CHECK (n > 0))",
       "creates table t; creates column t.id (serial); creates constraint t.t_pkey; creates column t.n "
       "(numeric(10,2)); creates constraint t.t_n_key; creates constraint t.t_check; "},
      {"ALTER TABLE s.t ADD COLUMN IF NOT EXISTS c text[]", "creates column s.t.c (text[]) guarded; "},
      {"ALTER TABLE t DROP COLUMN c, ALTER COLUMN d TYPE bigint, ALTER d SET DEFAULT now() + '1 day'",
       "drops column t.c; changes column t.d: type int8; changes column t.d: default now() + '1 day'; "},
      {"ALTER TABLE t ALTER c SET NOT NULL, ALTER c DROP DEFAULT",
       "changes column t.c: not null yes; changes column t.c: default; "},
      {"ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES u (x, y), DROP CONSTRAINT IF EXISTS k",
       "creates constraint t.t_a_b_fkey; drops constraint t.k guarded; "},
      {"ALTER TABLE t VALIDATE CONSTRAINT k", "changes constraint t.k: valid yes; "},
      {"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON t (lower(a), b) WHERE c > 0",
       "creates index ix guarded; "},
      {"CREATE INDEX ON t (a)", "creates index t_a_idx; "},
      {"DROP INDEX a, s.b", "drops index a; drops index s.b; "},
      {"DROP TABLE IF EXISTS t CASCADE", "drops table t guarded; "},
      {"ALTER TABLE t RENAME TO u", "renames table t to u; "},
      {"ALTER TABLE t RENAME COLUMN a TO b", "renames column t.a to b; "},
      {"ALTER TABLE t RENAME CONSTRAINT a TO b", "renames constraint t.a to b; "},
      {"ALTER INDEX a RENAME TO b", "renames index a to b; "},
      {"CREATE TYPE mood AS ENUM ('a', 'b')", "creates type mood; "},
      {"ALTER TYPE mood ADD VALUE 'c' AFTER 'b'", "changes type mood: value c; "},
      {"DROP TYPE mood", "drops type mood; "},
      {"UPDATE t SET a = (SELECT max(b) FROM u)", "changes rows of table t; "},
      {"INSERT INTO t SELECT 1", "changes rows of table t; "},
      {"SELECT 1", ""},
      {"CREATE VIEW v AS SELECT * FROM t", "creates view v; "},
      {"CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()", "creates trigger t.g; "},
      {"DROP TRIGGER g ON t", "drops trigger t.g; "},
      {"CREATE EXTENSION IF NOT EXISTS citext", "creates extension citext guarded; "},
      {"CREATE SEQUENCE q; DROP SEQUENCE r", "creates sequence q; drops sequence r; "},
      {"CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "creates function f; "},
      {"COMMENT ON TABLE s.t IS 'x'", "changes table s.t: comment; "},
      {"COMMENT ON COLUMN s.t.c IS NULL", "changes column s.t.c: comment; "},
      {"COMMENT ON CONSTRAINT k ON t IS 'x'", "changes constraint t.k: comment; "},
      {"COMMENT ON TYPE mood IS 'x'", "changes type mood: comment; "},
      {"COMMENT ON POLICY p ON t IS 'x'", "changes policy t.p: comment; "},
      {"GRANT SELECT ON t, s.u TO bob", "changes table t: privileges; changes table s.u: privileges; "},
      {"REVOKE ALL ON SCHEMA s FROM bob", "changes schema s: privileges; "},
      {"GRANT ALL ON ALL TABLES IN SCHEMA s TO bob", "changes schema s: privileges; "},
      {"GRANT EXECUTE ON FUNCTION f(int) TO bob", "changes function f: privileges; "},
      {"CREATE POLICY p ON t USING (a = 1)", "creates policy t.p; "},
      {"ALTER POLICY p ON t USING (a = 2)", "changes policy t.p; "},
      {"ALTER POLICY p ON t RENAME TO q", "renames policy t.p to q; "},
      {"DROP POLICY IF EXISTS p ON s.t", "drops policy s.t.p guarded; "},
      {"CREATE OR REPLACE RULE r AS ON INSERT TO t DO INSTEAD NOTHING", "creates rule t.r guarded; "},
      {"DROP RULE r ON t", "drops rule t.r; "},
      {"DO $$ BEGIN END $$", "? "},
      {"ALTER TABLE t ADD", "? "},
      {"", ""},
  };

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = describe(cases[i].sql);
    cr_expect(strcmp(got, cases[i].want) == 0, "%s: \"%s\", want \"%s\"", cases[i].sql, got, cases[i].want);
  }
}

/* The worst verdict of any two changes, as conflicts add them up. */
static Verdict compare(const char *left, const char *right)
{
  g_autofree char *unknown = NULL;
  g_autofree char *unknown_too = NULL;
  g_autoptr(GPtrArray) a = changes_read(left, &unknown);
  g_autoptr(GPtrArray) b = changes_read(right, &unknown_too);
  Verdict worst = VERDICT_INDEPENDENT;

  for (guint i = 0; i < a->len; i++)
    for (guint k = 0; k < b->len; k++) {
      g_autofree char *why = NULL;
      Verdict verdict = changes_compare(a->pdata[i], b->pdata[k], &why);
      cr_expect((verdict == VERDICT_INDEPENDENT) == (why == NULL), "%s / %s: %s", left, right, why);
      worst = MAX(worst, verdict);
    }
  return worst;
}

Test(change, two_sides_go_together_or_not)
{
  static const struct {
    const char *left, *right, *want;
  } cases[] = {
      {"ALTER TABLE t ADD COLUMN a int", "ALTER TABLE u ADD COLUMN a int", "independent"},
      {"ALTER TABLE t ADD COLUMN a int", "ALTER TABLE t ADD COLUMN b int", "same-object"},
      {"ALTER TABLE t ADD COLUMN a int", "ALTER TABLE t ADD COLUMN a text", "contradictory"},
      {"ALTER TABLE t ADD COLUMN IF NOT EXISTS a int", "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int",
       "same-object"},
      {"ALTER TABLE t DROP COLUMN a", "ALTER TABLE t ALTER a SET NOT NULL", "contradictory"},
      {"ALTER TABLE t DROP COLUMN a", "CREATE INDEX i ON t (a)", "contradictory"},
      {"ALTER TABLE t DROP COLUMN a", "CREATE INDEX i ON t (b)", "same-object"},
      {"ALTER TABLE t DROP COLUMN a", "ALTER TABLE u ADD FOREIGN KEY (x) REFERENCES t (a)", "contradictory"},
      {"DROP TABLE t", "ALTER TABLE t ADD COLUMN a int", "contradictory"},
      {"DROP TABLE t", "UPDATE t SET a = 1", "contradictory"},
      {"DROP TABLE t", "CREATE VIEW v AS SELECT * FROM t", "contradictory"},
      {"DROP TABLE t", "CREATE INDEX i ON u (a)", "independent"},
      {"ALTER TABLE t RENAME TO u", "CREATE INDEX i ON t (a)", "contradictory"},
      {"ALTER TABLE t RENAME TO u", "CREATE TABLE u (a int)", "contradictory"},
      {"ALTER TABLE t RENAME a TO b", "ALTER TABLE t ADD b int", "contradictory"},
      {"CREATE TABLE x (a int)", "CREATE INDEX x ON t (a)", "contradictory"},
      {"CREATE INDEX i ON t (a)", "CREATE INDEX i ON u (a)", "contradictory"},
      {"CREATE INDEX i ON t (a)", "CREATE INDEX j ON t (a)", "same-object"},
      {"ALTER TABLE t ALTER a TYPE bigint", "ALTER TABLE t ALTER a TYPE text", "contradictory"},
      {"ALTER TABLE t ALTER a TYPE bigint", "ALTER TABLE t ALTER a TYPE bigint", "same-object"},
      {"ALTER TABLE t ALTER a TYPE bigint", "ALTER TABLE t ALTER a SET NOT NULL", "same-object"},
      {"CREATE TYPE m AS ENUM ('a')", "CREATE TYPE m AS ENUM ('b')", "contradictory"},
      {"ALTER TYPE m ADD VALUE 'a'", "ALTER TYPE m ADD VALUE 'b'", "same-object"},
      {"ALTER TYPE m ADD VALUE 'a'", "ALTER TYPE m ADD VALUE 'a'", "contradictory"},
      {"DROP TYPE m", "ALTER TABLE t ADD a m", "contradictory"},
      {"DROP CONSTRAINT", "DROP TABLE t", "independent"},
      {"ALTER TABLE t DROP CONSTRAINT k", "ALTER TABLE t DROP CONSTRAINT k", "contradictory"},
      {"ALTER TABLE t DROP CONSTRAINT k", "ALTER TABLE u DROP CONSTRAINT k", "independent"},
      {"UPDATE t SET a = 1", "UPDATE t SET b = 1", "same-object"},
      {"COMMENT ON COLUMN t.a IS 'x'", "COMMENT ON COLUMN t.a IS 'y'", "same-object"},
      {"COMMENT ON COLUMN t.a IS 'x'", "ALTER TABLE t DROP COLUMN a", "contradictory"},
      {"COMMENT ON COLUMN t.a IS 'x'", "COMMENT ON COLUMN u.a IS 'y'", "independent"},
      {"GRANT SELECT ON t TO a", "GRANT SELECT ON t TO b", "same-object"},
      {"GRANT SELECT ON t TO a", "DROP TABLE t", "contradictory"},
      {"GRANT SELECT ON t TO a", "ALTER TABLE t ADD COLUMN a int", "same-object"},
      {"CREATE POLICY p ON t", "CREATE POLICY p ON t", "contradictory"},
      {"CREATE POLICY p ON t", "CREATE POLICY p ON u", "independent"},
      {"CREATE POLICY p ON t", "DROP TABLE t", "contradictory"},
      {"ALTER POLICY p ON t USING (true)", "DROP POLICY p ON t", "contradictory"},
      {"CREATE RULE r AS ON INSERT TO t DO NOTHING", "CREATE RULE q AS ON UPDATE TO t DO NOTHING",
       "same-object"},
      {"SELECT * FROM t", "SELECT * FROM t", "independent"},
      {"CREATE TABLE a.t (x int)", "CREATE TABLE b.t (x int)", "independent"},
      {"CREATE TABLE public.t (x int)", "DROP TABLE t", "contradictory"},
  };

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const char *one = verdict_name(compare(cases[i].left, cases[i].right));
    const char *other = verdict_name(compare(cases[i].right, cases[i].left));
    cr_expect(strcmp(one, cases[i].want) == 0 && strcmp(other, one) == 0, "%s / %s: %s and %s, want %s",
              cases[i].left, cases[i].right, one, other, cases[i].want);
  }
}
