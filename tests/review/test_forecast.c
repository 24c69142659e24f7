#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "retort/review/forecast.h"

static const char *short_mode(LockMode mode)
{
  static const char *const names[] = {"-", "AS", "RS", "RX", "SUX", "S", "SRX", "X", "AX"};
  return names[mode];
}

static void append_names(GString *out, const char *title, const GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf(out, "%s%s", i == 0 ? title : ",", forecast_display(g_ptr_array_index(names, i)));
}

/* "orders AX, customers SRX | rewrites orders | no transaction": what the tables below compare. */
static char *in_short(const Forecast *forecast)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    g_string_append_printf(out, "%s%s%s %s", i > 0 ? ", " : "", lock->is_new ? "new " : "",
                           forecast_display(lock->relation), short_mode(lock->mode));
  }
  append_names(out, " | rewrites ", forecast->rewrites);
  append_names(out, " | scans ", forecast->scans);
  append_names(out, " | rebuilds ", forecast->rebuilds);
  append_names(out, " | builds ", forecast->builds);
  for (guint i = 0; i < forecast->losses->len; i++) {
    const ForecastLoss *loss = g_ptr_array_index(forecast->losses, i);
    g_string_append_printf(out, " | loses %s%s%s", forecast_display(loss->relation),
                           loss->column != NULL ? "." : "", loss->column != NULL ? loss->column : "");
  }
  if (forecast->no_transaction)
    g_string_append(out, " | no transaction");
  if (forecast->changes_rows)
    g_string_append(out, " | rows");
  if (forecast->unknown != NULL)
    g_string_append(out, " | unknown");
  return g_string_free(out, FALSE);
}

typedef struct {
  int version;
  const char *sql;
  const char *expected;
} Case;

static void check(const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_autoptr(ForecastSession) session = forecast_session_new(cases[i].version * 10000);
    g_autoptr(Forecast) forecast = forecast_statement(session, cases[i].sql);
    g_autofree char *got = in_short(forecast);
    g_autofree char *summary = forecast_summary(forecast);
    cr_expect_str_eq(got, cases[i].expected, "PostgreSQL %d: %s\n  got      %s\n  expected %s",
                     cases[i].version, cases[i].sql, got, cases[i].expected);
    cr_expect(summary[0] != '\0', "%s has no summary", cases[i].sql);
  }
}

Test(forecast, columns)
{
  static const Case cases[] = {
      {15, "ALTER TABLE t ADD COLUMN a int", "t AX"},
      {15, "ALTER TABLE s.t ADD COLUMN a text DEFAULT 'x' NOT NULL", "s.t AX"},
      {15, "ALTER TABLE t ADD a timestamptz DEFAULT now()", "t AX"},
      {15, "ALTER TABLE t ADD a timestamptz DEFAULT CURRENT_TIMESTAMP", "t AX"},
      {15, "ALTER TABLE t ADD a timestamptz DEFAULT clock_timestamp()", "t AX | rewrites t | scans t"},
      {15, "ALTER TABLE t ADD a uuid DEFAULT gen_random_uuid()", "t AX | rewrites t | scans t"},
      {15, "ALTER TABLE t ADD a serial", "t AX | rewrites t | scans t"},
      {15, "ALTER TABLE t ADD a int GENERATED ALWAYS AS IDENTITY", "t AX | rewrites t | scans t"},
      {15, "ALTER TABLE t ADD a int GENERATED ALWAYS AS (b * 2) STORED", "t AX | rewrites t | scans t"},
      {15, "ALTER TABLE t ADD a int CHECK (a > 0)", "t AX | scans t"},
      {15, "ALTER TABLE t ADD a int UNIQUE", "t AX | scans t | builds t"},
      {15, "ALTER TABLE t ADD a int REFERENCES r", "t AX, r SRX"},
      {15, "ALTER TABLE t ADD a int DEFAULT 1 REFERENCES r", "t AX, r SRX | scans t,r"},
      {15, "ALTER TABLE t DROP COLUMN a", "t AX | loses t.a"},
      {15, "ALTER TABLE t ALTER a SET DEFAULT 1", "t AX"},
      {15, "ALTER TABLE t ALTER a SET NOT NULL", "t AX | scans t"},
      {15, "ALTER TABLE t ALTER a DROP NOT NULL", "t AX"},
      {15, "ALTER TABLE t ALTER a TYPE bigint", "t AX | rewrites t | scans t"},
      {15, "ALTER TABLE t ALTER a SET STATISTICS 100", "t SUX"},
      {15, "ALTER TABLE t RENAME COLUMN a TO b", "t AX"},
      {15, "ALTER TABLE t RENAME TO u", "t AX"},
      {15, "ALTER TABLE t SET (fillfactor = 70)", "t SUX"},
      {15, "ALTER TABLE t SET LOGGED", "t AX | rewrites t | scans t"},
      {15, "ALTER TABLE t ENABLE TRIGGER ALL", "t SRX"},
      {15, "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "t AX"},
  };
  check(cases, G_N_ELEMENTS(cases));
}

Test(forecast, constraints_and_indexes)
{
  static const Case cases[] = {
      {15, "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", "t AX | scans t"},
      {15, "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID", "t AX"},
      {15, "ALTER TABLE t VALIDATE CONSTRAINT c", "t SUX | scans t"},
      {15, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES s.r (id)", "t SRX, s.r SRX | scans t,s.r"},
      {15, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r (id) NOT VALID", "t SRX, r SRX"},
      {15, "ALTER TABLE t ADD UNIQUE (a)", "t AX | scans t | builds t"},
      {15, "ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i", "t AX, i SUX"},
      {11, "ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i", "t AX, i AX"},
      {15, "ALTER TABLE t ADD EXCLUDE USING gist (p WITH &&)", "t AX | scans t | builds t"},
      {15, "ALTER TABLE t DROP CONSTRAINT c", "t AX"},
      {15, "CREATE INDEX i ON t (a)", "t S | scans t | builds t"},
      {15, "CREATE INDEX CONCURRENTLY i ON t (a)", "t SUX | scans t | builds t | no transaction"},
      {15, "DROP INDEX i", "i AX"},
      {15, "DROP INDEX CONCURRENTLY i", "i SUX | no transaction"},
      {15, "ALTER INDEX i RENAME TO j", "i SUX"},
      {11, "ALTER INDEX i RENAME TO j", "i AX"},
      {15, "REINDEX TABLE t", "t S | scans t"},
      {15, "REINDEX INDEX CONCURRENTLY i", "i SUX | rebuilds i | no transaction"},
      {15, "ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1)", "p SUX, c AX | scans c"},
      {11, "ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1)", "p AX, c AX | scans c"},
      {13, "ALTER TABLE p DETACH PARTITION c", "p AX, c SUX"},
      {15, "ALTER TABLE p DETACH PARTITION c", "p AX, c AX"},
      {15, "ALTER TABLE p DETACH PARTITION c CONCURRENTLY", "p SUX, c AX | no transaction"},
  };
  check(cases, G_N_ELEMENTS(cases));
}

Test(forecast, tables_and_other_objects)
{
  static const Case cases[] = {
      {15, "CREATE TABLE t (id serial PRIMARY KEY, a int REFERENCES r, CHECK (a > 0), UNIQUE (a))", "r SRX"},
      {15, "CREATE TABLE c PARTITION OF p FOR VALUES IN (1)", "p AX"},
      {15, "CREATE TABLE c () INHERITS (p)", "p SUX"},
      {15, "CREATE TABLE u AS SELECT * FROM t", "t AS"},
      {15, "DROP TABLE a, s.b CASCADE", "a AX, s.b AX | loses a | loses s.b"},
      {15, "DROP VIEW v", "v AX"},
      {15, "DROP MATERIALIZED VIEW v", "v AX | loses v"},
      {15, "DROP TRIGGER x ON s.t", "s.t AX"},
      {15, "DROP TYPE e", ""},
      {15, "TRUNCATE a, b", "a AX, b AX | rewrites a,b | loses a | loses b"},
      {15, "CREATE VIEW v AS SELECT * FROM a JOIN s.b USING (id)", "a AS, s.b AS"},
      {15, "CREATE OR REPLACE VIEW v AS SELECT 1 FROM a", "v AX, a AS"},
      {15, "REFRESH MATERIALIZED VIEW v", "v AX | rewrites v"},
      {15, "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "v X | scans v"},
      {15, "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()", "t SRX"},
      {15, "COMMENT ON TABLE t IS 'x'", "t SUX"},
      {15, "COMMENT ON COLUMN s.t.a IS 'x'", "s.t SUX"},
      {15, "COMMENT ON CONSTRAINT c ON t IS 'x'", "t AS"},
      {15, "CREATE TYPE e AS ENUM ('a')", ""},
      {15, "ALTER TYPE e ADD VALUE 'b'", ""},
      {11, "ALTER TYPE e ADD VALUE 'b'", " | no transaction"},
      {15, "ALTER SEQUENCE q RESTART", "q SRX | rewrites q"},
      {15, "VACUUM FULL t", "t AX | rewrites t | scans t | no transaction"},
      {15, "ANALYZE t", "t SUX"},
      {15, "CLUSTER t USING i", "t AX | rewrites t | scans t"},
      {17, "GRANT SELECT ON t TO x", ""},
      {18, "GRANT SELECT ON t TO x", "t AS"},
      {15, "LOCK TABLE t", "t AX"},
      {15, "LOCK TABLE t IN SHARE MODE", "t S"},
      {15, "CREATE EXTENSION citext", " | unknown"},
      {15, "DO $$ BEGIN END $$", " | unknown"},
      {15, "ALTER SYSTEM SET x = 1", " | no transaction"},
      {15, "THIS IS NO SQL", " | unknown"},
      {15, "", ""},
  };
  check(cases, G_N_ELEMENTS(cases));
}

Test(forecast, rows)
{
  static const Case cases[] = {
      {15, "UPDATE t SET a = 1", "t RX | scans t | rows"},
      {15, "UPDATE t SET a = 1 FROM u WHERE u.id = t.id", "t RX, u AS | rows"},
      {15, "DELETE FROM t WHERE id = 1", "t RX | loses t | rows"},
      {15, "INSERT INTO t SELECT * FROM u", "t RX, u AS | rows"},
      {15, "WITH moved AS (DELETE FROM a WHERE x RETURNING *) INSERT INTO b SELECT * FROM moved",
       "b RX, a RX | loses a | rows"},
      {15, "SELECT * FROM t WHERE id IN (SELECT id FROM u)", "t AS, u AS"},
      {15, "SELECT * FROM t FOR UPDATE", "t RS"},
      {15, "SELECT setval('q', 1)", "q RX"},
      {15, "COPY t FROM STDIN", "t RX | rows"},
  };
  check(cases, G_N_ELEMENTS(cases));
}

Test(forecast, what_the_plan_made_is_not_in_use_yet)
{
  static const char *const statements[] = {
      "CREATE TABLE t (id int)",
      "CREATE INDEX i ON t (id)",
      "ALTER TABLE t ALTER id TYPE bigint",
      "DROP INDEX i",
      "DROP TABLE t",
  };
  g_autoptr(ForecastSession) session = forecast_session_new(150008);
  for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
    g_autoptr(Forecast) forecast = forecast_statement(session, statements[i]);
    cr_expect(forecast_strongest(forecast) == LOCK_MODE_NONE, "%s takes a lock that matters", statements[i]);
    cr_expect(forecast->losses->len == 0, "%s loses data", statements[i]);
    cr_expect(forecast_level(forecast) != FORECAST_DANGER, "%s is called dangerous", statements[i]);
  }
}

Test(forecast, levels_tell_calm_from_danger)
{
  static const struct {
    const char *sql;
    ForecastLevel level;
  } cases[] = {
      {"CREATE TABLE t (id int)", FORECAST_CALM},      {"COMMENT ON TABLE t IS 'x'", FORECAST_CALM},
      {"ALTER TABLE t ADD a int", FORECAST_CARE},      {"UPDATE t SET a = 1 WHERE id = 1", FORECAST_CARE},
      {"DO $$ BEGIN END $$", FORECAST_CARE},           {"DROP TABLE t", FORECAST_DANGER},
      {"ALTER TABLE t ADD a serial", FORECAST_DANGER}, {"CREATE INDEX i ON t (a)", FORECAST_DANGER},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(ForecastSession) fresh = forecast_session_new(150008);
    g_autoptr(Forecast) forecast = forecast_statement(fresh, cases[i].sql);
    cr_expect(forecast_level(forecast) == cases[i].level, "%s: level %d", cases[i].sql,
              forecast_level(forecast));
  }
}
