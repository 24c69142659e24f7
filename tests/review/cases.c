#include "cases.h"

#include <string.h>

/* Rows name what they say; the rest is empty. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define UP_ONLY "def upgrade():\n    pass\n"
#define BOTH "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"

/* One row a case: a check has at least one that fires and one near it that does not. */
const CheckCase check_cases[] = {
    /* ---- indexes ---- */
    {"index-not-concurrent", TRUE, "CREATE INDEX i ON t (a)"},
    {"index-not-concurrent", TRUE, "CREATE UNIQUE INDEX IF NOT EXISTS i ON s.t (lower(a)) WHERE b"},
    {"index-not-concurrent", FALSE, "!CREATE INDEX CONCURRENTLY i ON t (a)"},
    {"index-not-concurrent", FALSE, "CREATE TABLE t (a int) ;; CREATE INDEX i ON t (a)"},
    {"index-not-concurrent", FALSE, "CREATE TEMP TABLE t (a int) ;; CREATE INDEX i ON t (a)"},
    {"index-not-concurrent", FALSE, "CREATE TABLE t AS SELECT * FROM u ;; CREATE INDEX i ON t (a)"},
    {"index-drop-not-concurrent", TRUE, "DROP INDEX i"},
    {"index-drop-not-concurrent", FALSE, "!DROP INDEX CONCURRENTLY i"},
    {"index-drop-not-concurrent", FALSE, "CREATE TABLE t (a int) ;; CREATE INDEX i ON t (a) ;; DROP INDEX i"},
    {"index-drop-not-concurrent", FALSE, "DROP INDEX ix_code ;; DROP TABLE orders", .catalog = TRUE},
    {"reindex-not-concurrent", TRUE, "REINDEX TABLE t"},
    {"reindex-not-concurrent", FALSE, "!REINDEX TABLE CONCURRENTLY t"},
    {"concurrently-in-transaction", TRUE, "CREATE INDEX CONCURRENTLY i ON t (a)"},
    {"concurrently-in-transaction", TRUE, "VACUUM t"},
    {"concurrently-in-transaction", TRUE, "!CREATE INDEX CONCURRENTLY i ON t (a); SELECT 1"},
    {"concurrently-in-transaction", TRUE, "COMMIT ;; BEGIN ;; DROP INDEX CONCURRENTLY i"},
    {"concurrently-in-transaction", FALSE, "!CREATE INDEX CONCURRENTLY i ON t (a)"},
    {"concurrently-in-transaction", FALSE, "COMMIT ;; CREATE INDEX CONCURRENTLY i ON t (a)"},
    {"concurrently-leftover", TRUE, "!CREATE INDEX CONCURRENTLY i ON t (a)"},
    {"concurrently-leftover", FALSE, "CREATE INDEX i ON t (a)"},
    {"concurrently-partitioned", TRUE,
     "!CREATE TABLE p (a int) PARTITION BY RANGE (a) ;; !CREATE INDEX CONCURRENTLY i ON p (a)"},
    {"concurrently-partitioned", FALSE, "!CREATE TABLE p (a int) ;; !CREATE INDEX CONCURRENTLY i ON p (a)"},
    {"concurrently-corrupts", TRUE, "!CREATE INDEX CONCURRENTLY i ON t (a)", .version = 140003},
    {"concurrently-corrupts", FALSE, "!CREATE INDEX CONCURRENTLY i ON t (a)", .version = 140004},
    {"concurrently-corrupts", FALSE, "!CREATE INDEX i ON t (a)", .version = 140003},
    /* ---- constraints ---- */
    {"check-validates", TRUE, "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)"},
    {"check-validates", TRUE, "ALTER TABLE t ADD COLUMN a int CHECK (a > 0)"},
    {"check-validates", FALSE, "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID"},
    {"check-validates", FALSE, "CREATE TABLE t (a int) ;; ALTER TABLE t ADD CHECK (a > 0)"},
    {"foreign-key-validates", TRUE, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r"},
    {"foreign-key-validates", FALSE, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r NOT VALID"},
    {"foreign-key-validates", FALSE, "ALTER TABLE t ADD COLUMN a int REFERENCES r"},
    {"foreign-key-validates", FALSE,
     "CREATE TABLE t (a int) ;; ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r"},
    {"validate-in-same-transaction", TRUE,
     "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID ;; ALTER TABLE t VALIDATE CONSTRAINT c"},
    {"validate-in-same-transaction", FALSE,
     "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID ;; !ALTER TABLE t VALIDATE CONSTRAINT c"},
    {"validate-in-same-transaction", FALSE, "ALTER TABLE t VALIDATE CONSTRAINT c"},
    {"not-null-scans", TRUE, "ALTER TABLE t ALTER a SET NOT NULL"},
    {"not-null-scans", FALSE, "ALTER TABLE t ALTER a DROP NOT NULL"},
    {"not-null-scans", FALSE, "ALTER TABLE orders ALTER proven SET NOT NULL", .catalog = TRUE},
    {"not-null-scans", TRUE, "ALTER TABLE orders ALTER proven SET NOT NULL", .catalog = TRUE,
     .version = 110000},
    {"unique-builds-index", TRUE, "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)"},
    {"unique-builds-index", TRUE, "ALTER TABLE t ADD PRIMARY KEY (a)"},
    {"unique-builds-index", FALSE, "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i"},
    {"unique-builds-index", FALSE, "CREATE TABLE t (a int) ;; ALTER TABLE t ADD UNIQUE (a)"},
    {"exclude-builds-index", TRUE, "ALTER TABLE t ADD EXCLUDE USING gist (p WITH &&)"},
    {"exclude-builds-index", FALSE, "CREATE TABLE t (p int4range, EXCLUDE USING gist (p WITH &&))"},
    {"primary-key-using-index", TRUE, "ALTER TABLE t ADD CONSTRAINT c PRIMARY KEY USING INDEX i"},
    {"primary-key-using-index", FALSE, "ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i"},
    {"locks-other-table", TRUE, "ALTER TABLE t DROP CONSTRAINT t_a_fkey"},
    {"locks-other-table", TRUE, "ALTER TABLE lines DROP CONSTRAINT belongs", .catalog = TRUE},
    {"locks-other-table", TRUE, "DROP TABLE lines", .catalog = TRUE},
    {"locks-other-table", FALSE, "ALTER TABLE t DROP CONSTRAINT ck_positive"},
    {"locks-other-table", FALSE, "ALTER TABLE orders DROP CONSTRAINT proven_check", .catalog = TRUE},
    {"foreign-key-without-index", TRUE, "CREATE TABLE t (id int PRIMARY KEY, a int REFERENCES r)"},
    {"foreign-key-without-index", TRUE, "ALTER TABLE t ADD COLUMN a int REFERENCES r"},
    {"foreign-key-without-index", FALSE, "CREATE TABLE t (a int REFERENCES r) ;; CREATE INDEX i ON t (a)"},
    {"foreign-key-without-index", FALSE, "CREATE TABLE t (a int REFERENCES r, b int, PRIMARY KEY (a, b))"},
    {"foreign-key-without-index", FALSE, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r NOT VALID"},
    {"foreign-key-type", TRUE,
     "CREATE TABLE r (id bigint PRIMARY KEY) ;; CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES r (id))"},
    {"foreign-key-type", FALSE,
     "CREATE TABLE r (id bigserial PRIMARY KEY) ;; CREATE TABLE t (a bigint, FOREIGN KEY (a) REFERENCES r "
     "(id))"},
    {"foreign-key-type", FALSE,
     "CREATE TABLE r (id varchar PRIMARY KEY) ;; CREATE TABLE t (a text, FOREIGN KEY (a) REFERENCES r (id))"},
    {"unnamed-constraint", TRUE, "ALTER TABLE t ADD UNIQUE (a)", "", .source = BOTH,
     .facts = {.downgrade_error = "sqlalchemy.exc.CompileError: Can't emit DROP CONSTRAINT for constraint "
                                  "UniqueConstraint(); it has no name"}},
    {"unnamed-constraint", TRUE, "ALTER TABLE t ADD UNIQUE (a)", "ALTER TABLE t DROP COLUMN b"},
    {"unnamed-constraint", FALSE, "ALTER TABLE t ADD UNIQUE (a)", "ALTER TABLE t DROP CONSTRAINT t_a_key"},
    {"identifier-too-long", TRUE,
     "CREATE TABLE t (a int, CONSTRAINT a_name_that_goes_on_and_on_until_it_has_more_than_sixty_three_bytes "
     "CHECK (a > 0))"},
    {"identifier-too-long", FALSE,
     "CREATE TABLE t (a int, CONSTRAINT a_name_that_goes_on_and_on_until CHECK (a > 0))"},
    {"domain-constraint", TRUE, "ALTER DOMAIN d ADD CHECK (VALUE > 0)"},
    {"domain-constraint", FALSE, "ALTER DOMAIN d SET DEFAULT 1"},
    /* ---- columns ---- */
    {"default-rewrites", TRUE, "ALTER TABLE t ADD a uuid DEFAULT gen_random_uuid()"},
    {"default-rewrites", FALSE, "ALTER TABLE t ADD a timestamptz DEFAULT now() NOT NULL"},
    {"default-rewrites", FALSE, "ALTER TABLE t ADD a text[] DEFAULT ARRAY[]::text[] NOT NULL"},
    {"default-rewrites", FALSE, "ALTER TABLE t ADD a timestamptz DEFAULT (now() - interval '1 day')"},
    {"default-rewrites", FALSE, "ALTER TABLE t ALTER a SET DEFAULT gen_random_uuid()"},
    {"serial-rewrites", TRUE, "ALTER TABLE t ADD a bigserial"},
    {"serial-rewrites", TRUE, "ALTER TABLE t ADD a int GENERATED ALWAYS AS IDENTITY"},
    {"serial-rewrites", FALSE, "CREATE TABLE t (a bigserial)"},
    {"generated-rewrites", TRUE, "ALTER TABLE t ADD a int GENERATED ALWAYS AS (b * 2) STORED"},
    {"generated-rewrites", FALSE, "CREATE TABLE t (b int, a int GENERATED ALWAYS AS (b * 2) STORED)"},
    {"domain-rewrites", TRUE, "CREATE DOMAIN d AS int CHECK (VALUE > 0) ;; ALTER TABLE t ADD a d"},
    {"domain-rewrites", FALSE, "CREATE DOMAIN d AS int ;; ALTER TABLE t ADD a d"},
    {"type-change", TRUE, "ALTER TABLE t ALTER a TYPE bigint"},
    {"type-change", FALSE, "ALTER TABLE t ALTER a TYPE varchar(50)",
     "ALTER TABLE t ALTER a TYPE varchar(20)"},
    {"type-change", FALSE, "ALTER TABLE orders ALTER note TYPE varchar(50)", .catalog = TRUE},
    {"type-widened", TRUE, "ALTER TABLE t ALTER a TYPE text", "ALTER TABLE t ALTER a TYPE varchar(20)"},
    {"type-widened", TRUE, "ALTER TABLE orders ALTER note TYPE varchar(50)", .catalog = TRUE},
    {"type-widened", FALSE, "ALTER TABLE t ALTER a TYPE varchar(50) USING left(a, 50)",
     "ALTER TABLE t ALTER a TYPE varchar(20)"},
    {"type-widened", FALSE, "ALTER TABLE t ALTER a TYPE bigint", "ALTER TABLE t ALTER a TYPE int"},
    {"widening-trap", TRUE, "ALTER TABLE orders ALTER checked TYPE varchar(50)", .catalog = TRUE},
    {"widening-trap", TRUE, "ALTER TABLE orders ALTER indexed TYPE varchar(50)", .catalog = TRUE},
    {"widening-trap", TRUE, "ALTER TABLE lines ALTER order_code TYPE varchar(50)", .catalog = TRUE},
    {"widening-trap", TRUE, "ALTER TABLE orders ALTER code TYPE varchar(50)", .catalog = TRUE},
    {"widening-trap", TRUE, "ALTER TABLE orders ALTER viewed TYPE text", .catalog = TRUE},
    {"widening-trap", FALSE, "ALTER TABLE orders ALTER note TYPE varchar(50)", .catalog = TRUE},
    {"narrowing-type", TRUE, "ALTER TABLE t ALTER a TYPE varchar(10)",
     "ALTER TABLE t ALTER a TYPE varchar(20)"},
    {"narrowing-type", TRUE, "ALTER TABLE t ALTER a TYPE int", "ALTER TABLE t ALTER a TYPE bigint"},
    {"narrowing-type", TRUE, "ALTER TABLE orders ALTER note TYPE varchar(10)", .catalog = TRUE},
    {"narrowing-type", FALSE, "ALTER TABLE t ALTER a TYPE varchar(30)",
     "ALTER TABLE t ALTER a TYPE varchar(20)"},
    {"narrowing-type", FALSE, "ALTER TABLE t ALTER a TYPE bigint", "ALTER TABLE t ALTER a TYPE int"},
    {"statistics-lost", TRUE, "ALTER TABLE t ALTER a TYPE bigint"},
    {"statistics-lost", FALSE, "ALTER TABLE t ALTER a TYPE bigint ;; ANALYZE t"},
    {"statistics-lost", FALSE, "CREATE TABLE t (a int) ;; ALTER TABLE t ALTER a TYPE bigint"},
    {"required-column", TRUE, "ALTER TABLE t ADD a int NOT NULL"},
    {"required-column", FALSE, "ALTER TABLE t ADD a int DEFAULT 1 NOT NULL"},
    {"required-column", FALSE, "ALTER TABLE t ADD a serial NOT NULL"},
    {"required-column", FALSE, "CREATE TABLE t (b int) ;; ALTER TABLE t ADD a int NOT NULL"},
    {"json-type", TRUE, "ALTER TABLE t ADD a json"},
    {"json-type", TRUE, "CREATE TABLE t (id int, a json)"},
    {"json-type", FALSE, "ALTER TABLE t ADD a jsonb"},
    {"json-type", FALSE, "CREATE TABLE t (id int, a jsonb)"},
    /* ---- what is lost ---- */
    {"column-dropped", TRUE, "ALTER TABLE t DROP COLUMN a"},
    {"column-dropped", FALSE, "CREATE TABLE t (a int, b int) ;; ALTER TABLE t DROP COLUMN a"},
    {"table-dropped", TRUE, "DROP TABLE t"},
    {"table-dropped", FALSE, "CREATE TABLE t (a int) ;; DROP TABLE t"},
    {"object-dropped", TRUE, "DROP VIEW v"},
    {"object-dropped", TRUE, "DROP SCHEMA s"},
    {"object-dropped", FALSE, "DROP VIEW v ;; CREATE VIEW v AS SELECT 1"},
    {"object-dropped", FALSE, "DROP FUNCTION f() ;; DROP TYPE e"},
    {"renamed", TRUE, "ALTER TABLE t RENAME COLUMN a TO b"},
    {"renamed", TRUE, "ALTER TABLE t RENAME TO u"},
    {"renamed", TRUE, "ALTER TYPE e RENAME VALUE 'x' TO 'y'"},
    {"renamed", TRUE, "ALTER SCHEMA s RENAME TO z"},
    {"renamed", FALSE, "ALTER INDEX i RENAME TO j"},
    {"renamed", FALSE, "CREATE TABLE t (a int) ;; ALTER TABLE t RENAME TO u"},
    {"cascade", TRUE, "DROP TABLE t CASCADE"},
    {"cascade", FALSE, "DROP TABLE t"},
    {"truncate", TRUE, "TRUNCATE t"},
    {"truncate", FALSE, "CREATE TABLE t (a int) ;; TRUNCATE t"},
    {"looks-like-rename", TRUE, "ALTER TABLE t ADD b int ;; ALTER TABLE t DROP COLUMN a"},
    {"looks-like-rename", TRUE, "ALTER TABLE t ADD b int ;; ALTER TABLE t DROP COLUMN a",
     "ALTER TABLE t ADD a int ;; ALTER TABLE t DROP COLUMN b"},
    {"looks-like-rename", FALSE, "ALTER TABLE t ADD b int ;; ALTER TABLE t DROP COLUMN a",
     "ALTER TABLE t ADD a text ;; ALTER TABLE t DROP COLUMN b"},
    {"looks-like-rename", FALSE, "ALTER TABLE t ADD b int ;; ALTER TABLE u DROP COLUMN a"},
    {"looks-like-rename", FALSE,
     "ALTER TABLE t ADD b int ;; ALTER TABLE t DROP COLUMN a ;; ALTER TABLE t DROP COLUMN c"},
    {"looks-like-rename", FALSE,
     "ALTER TABLE t ADD b int ;; UPDATE t SET b = a ;; ALTER TABLE t DROP COLUMN a"},
    /* ---- types ---- */
    {"enum-value-in-transaction", TRUE, "ALTER TYPE e ADD VALUE 'x'"},
    {"enum-value-in-transaction", FALSE, "ALTER TYPE e RENAME VALUE 'x' TO 'y'"},
    {"enum-value-in-transaction", FALSE, "!ALTER TYPE e ADD VALUE 'x'"},
    {"enum-value-used", TRUE, "ALTER TYPE e ADD VALUE 'x' ;; UPDATE t SET a = 'x' WHERE id = 1"},
    {"enum-value-used", TRUE, "ALTER TYPE e ADD VALUE 'x' ;; ALTER TABLE t ALTER a SET DEFAULT 'x'"},
    {"enum-value-used", FALSE, "!ALTER TYPE e ADD VALUE 'x' ;; UPDATE t SET a = 'x' WHERE id = 1"},
    {"enum-value-used", FALSE, "ALTER TYPE e ADD VALUE 'x' ;; UPDATE t SET a = 'y' WHERE id = 1"},
    {"enum-value-used", FALSE, "ALTER TYPE e ADD VALUE 'x' ;; ALTER TYPE e ADD VALUE 'y'"},
    /* ---- partitions and whole tables ---- */
    {"attach-scans", TRUE, "ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1)"},
    {"attach-scans", FALSE, "CREATE TABLE c (a int) ;; ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1)"},
    {"partition-locks-parent", TRUE, "CREATE TABLE c PARTITION OF p FOR VALUES IN (1)"},
    {"partition-locks-parent", FALSE,
     "CREATE TABLE p (a int) PARTITION BY LIST (a) ;; CREATE TABLE c PARTITION OF p FOR VALUES IN (1)"},
    {"detach-not-concurrent", TRUE, "ALTER TABLE p DETACH PARTITION c"},
    {"detach-not-concurrent", FALSE, "!ALTER TABLE p DETACH PARTITION c CONCURRENTLY"},
    {"full-rewrite", TRUE, "ALTER TABLE t SET LOGGED"},
    {"full-rewrite", FALSE, "ALTER TABLE t SET (fillfactor = 70)"},
    {"disk-headroom", TRUE, "ALTER TABLE orders ALTER amount TYPE bigint", .catalog = TRUE},
    {"disk-headroom", FALSE, "ALTER TABLE lines ALTER n TYPE bigint", .catalog = TRUE},
    {"refresh-not-concurrent", TRUE, "REFRESH MATERIALIZED VIEW v"},
    {"refresh-not-concurrent", FALSE, "REFRESH MATERIALIZED VIEW CONCURRENTLY v"},
    /* ---- rows ---- */
    {"whole-table-change", TRUE, "UPDATE t SET a = 1"},
    {"whole-table-change", TRUE, "UPDATE t SET a = 1 WHERE a IS NULL"},
    {"whole-table-change", TRUE, "DELETE FROM t WHERE a < b"},
    {"whole-table-change", FALSE, "UPDATE t SET a = 1 WHERE id = 2"},
    {"whole-table-change", FALSE, "DELETE FROM t WHERE name IN ('x', 'y') AND b IS NULL"},
    {"whole-table-change", FALSE, "CREATE TABLE t (a int) ;; UPDATE t SET a = 1"},
    {"whole-table-change", FALSE, "UPDATE lines SET n = 1", .catalog = TRUE},
    {"data-with-ddl", TRUE, "ALTER TABLE t ADD a int ;; UPDATE t SET a = b"},
    {"data-with-ddl", TRUE, "UPDATE t SET a = b ;; ALTER TABLE t ADD c int"},
    {"data-with-ddl", FALSE, "!ALTER TABLE t ADD a int ;; UPDATE t SET a = b"},
    {"data-with-ddl", FALSE, "ALTER TABLE t ADD a int ;; INSERT INTO u VALUES (1)"},
    {"data-with-ddl", FALSE, "CREATE TABLE t (a int) ;; INSERT INTO t SELECT 1"},
    /* ---- locks ---- */
    {"work-under-lock", TRUE, "ALTER TABLE t ADD a int ;; CREATE INDEX i ON t (a)"},
    {"work-under-lock", TRUE, "ALTER TABLE t ADD a int ;; UPDATE t SET a = b"},
    {"work-under-lock", FALSE, "CREATE INDEX i ON t (b) ;; ALTER TABLE t ADD a int"},
    {"work-under-lock", FALSE, "CREATE TABLE u (a int) ;; CREATE INDEX i ON u (a)"},
    {"work-under-lock", FALSE, "ALTER TABLE t ADD a int ;; SELECT * FROM u"},
    {"several-tables", TRUE, "ALTER TABLE t ADD a int ;; ALTER TABLE u ADD a int"},
    {"several-tables", FALSE, "ALTER TABLE t ADD a int ;; ALTER TABLE t ADD b int"},
    {"several-tables", FALSE, "!ALTER TABLE t ADD a int ;; !ALTER TABLE u ADD a int"},
    {"several-scans", TRUE, "ALTER TABLE t ALTER a SET NOT NULL ;; ALTER TABLE t ALTER b SET NOT NULL"},
    {"several-scans", FALSE, "ALTER TABLE t ALTER a SET NOT NULL, ALTER b SET NOT NULL"},
    {"several-scans", FALSE, "ALTER TABLE t ALTER a SET NOT NULL ;; ALTER TABLE t ADD c int"},
    {"if-exists-locks", TRUE, "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int"},
    {"if-exists-locks", FALSE, "ALTER TABLE t ADD COLUMN a int"},
    {"if-exists-locks", FALSE, "CREATE TABLE IF NOT EXISTS t (a int)"},
    {"explicit-lock", TRUE, "LOCK TABLE t IN SHARE MODE"},
    {"explicit-lock", FALSE, "SELECT * FROM t FOR UPDATE"},
    {"lock-timeout-too-short", TRUE, "SET LOCAL lock_timeout = '500ms'"},
    {"lock-timeout-too-short", TRUE, "SET lock_timeout TO 1000"},
    {"lock-timeout-too-short", TRUE, "SET lock_timeout = '1s'"},
    {"lock-timeout-too-short", TRUE, "SELECT set_config('lock_timeout', '500ms', true)"},
    {"lock-timeout-too-short", FALSE, "SELECT set_config('lock_timeout', '2s', true)"},
    {"lock-timeout-too-short", FALSE, "SELECT set_config('statement_timeout', '500ms', true)"},
    {"lock-timeout-too-short", FALSE, "SET lock_timeout = '2s'"},
    {"lock-timeout-too-short", FALSE, "SET lock_timeout = 0"},
    {"lock-timeout-too-short", FALSE, "SET statement_timeout = '500ms'"},
    {"no-lock-timeout", TRUE, "ALTER TABLE t ADD a int"},
    {"no-lock-timeout", FALSE, "SET lock_timeout = '2s' ;; ALTER TABLE t ADD a int"},
    {"no-lock-timeout", FALSE, "CREATE TABLE t (a int)"},
    /* ---- the migration ---- */
    {"downgrade-missing", TRUE, "ALTER TABLE t ADD a int", "", .source = UP_ONLY,
     .facts = {.downgrade_error = "AttributeError: no attribute 'downgrade'"}},
    {"downgrade-missing", FALSE, "ALTER TABLE t ADD a int", "", .source = BOTH},
    {"downgrade-missing", FALSE, "INSERT INTO t VALUES (1)", "", .source = UP_ONLY,
     .facts = {.downgrade_error = "AttributeError: no attribute 'downgrade'"}},
    {"downgrade-empty", TRUE, "ALTER TABLE t ADD a int", "", .source = BOTH},
    {"downgrade-empty", FALSE, "UPDATE t SET a = 1 WHERE id = 1", "", .source = BOTH},
    {"downgrade-empty", FALSE, "ALTER TABLE t ADD a int", "ALTER TABLE t DROP COLUMN a", .source = BOTH},
    {"downgrade-refuses", TRUE, "ALTER TABLE t ADD a int", "", .source = BOTH,
     .facts = {.downgrade_error = "NotImplementedError: no way back"}},
    {"downgrade-refuses", FALSE, "ALTER TABLE t ADD a int", "", .source = BOTH},
    {"downgrade-incomplete", TRUE, "ALTER TABLE t ADD a int ;; CREATE INDEX i ON t (b)",
     "ALTER TABLE t DROP COLUMN a"},
    {"downgrade-incomplete", TRUE, "CREATE TYPE e AS ENUM ('x') ;; CREATE TABLE t (a e)", "DROP TABLE t"},
    {"downgrade-incomplete", TRUE, "ALTER TABLE t ALTER a SET NOT NULL", "SELECT 1"},
    {"downgrade-incomplete", TRUE, "ALTER TABLE t RENAME TO u", "SELECT 1"},
    {"downgrade-incomplete", TRUE, "ALTER TABLE t ADD a int", "ALTER TABLE t DROP COLUMN a ;; DROP TABLE u"},
    {"downgrade-incomplete", FALSE,
     "CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE) ;; CREATE INDEX i ON t (b)",
     "DROP INDEX i ;; DROP TABLE t"},
    {"downgrade-incomplete", FALSE, "ALTER TABLE t ADD a int ;; CREATE INDEX i ON t (a)",
     "ALTER TABLE t DROP COLUMN a"},
    {"downgrade-incomplete", FALSE, "ALTER TABLE t RENAME TO u ;; ALTER TABLE u ADD a int",
     "ALTER TABLE u DROP COLUMN a ;; ALTER TABLE u RENAME TO t"},
    {"downgrade-incomplete", FALSE, "DROP TABLE t", "CREATE TABLE t (a int) ;; CREATE INDEX i ON t (a)"},
    {"downgrade-incomplete", FALSE, "ALTER TABLE t ALTER a TYPE text",
     "ALTER TABLE t ALTER a TYPE varchar(5)"},
    {"downgrade-incomplete", FALSE, "ALTER TYPE e ADD VALUE 'x'", "SELECT 1"},
    {"downgrade-incomplete", FALSE, "CREATE TABLE t (a int)", "DO $$ BEGIN END $$"},
    {"downgrade-incomplete", FALSE, "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
     "DROP FUNCTION f()"},
    {"downgrade-incomplete", FALSE, "CREATE EXTENSION IF NOT EXISTS citext ;; ALTER TABLE t ADD a int",
     "ALTER TABLE t DROP COLUMN a"},
    {"downgrade-incomplete", FALSE,
     "!CREATE UNIQUE INDEX CONCURRENTLY u ON t (a) ;; ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX u",
     "ALTER TABLE t DROP CONSTRAINT u"},
    {"downgrade-incomplete", FALSE, "ALTER TABLE t ALTER a SET DEFAULT 1 ;; ALTER TABLE t RENAME a TO b",
     "ALTER TABLE t ALTER b SET DEFAULT 2 ;; ALTER TABLE t RENAME b TO a"},
    {"downgrade-incomplete", FALSE, "DROP INDEX i ;; DROP TABLE t",
     "CREATE TABLE t (a int) ;; CREATE INDEX i ON t (a)"},
    {"downgrade-incomplete", TRUE, "DROP INDEX i ;; DROP TABLE t", "CREATE TABLE t (a int)"},
    {"downgrade-incomplete", FALSE, "ALTER TABLE t ADD a int ;; ALTER TABLE t ADD CONSTRAINT c CHECK (a > b)",
     "ALTER TABLE t DROP COLUMN a"},
    {"downgrade-incomplete", FALSE,
     "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1' ;; ALTER TABLE t ADD a int",
     "ALTER TABLE t DROP COLUMN a"},
    {"downgrade-incomplete", FALSE,
     "ALTER TABLE s.a RENAME TO b ;; ALTER TABLE s.b RENAME CONSTRAINT x TO y ;; ALTER INDEX s.i RENAME TO j "
     ";; "
     "ALTER SEQUENCE s.q RENAME TO r",
     "ALTER SEQUENCE s.r RENAME TO q ;; ALTER INDEX s.j RENAME TO i ;; ALTER TABLE s.b RENAME CONSTRAINT y "
     "TO x ;; ALTER TABLE s.b RENAME TO "
     "a"},
    {"downgrade-incomplete", TRUE, "ALTER TABLE s.a RENAME TO b", "ALTER TABLE s.c RENAME TO a"},
    {"downgrade-incomplete", FALSE, "ALTER TABLE a SET SCHEMA s", "ALTER TABLE s.a SET SCHEMA public"},
    {"downgrade-incomplete", TRUE, "ALTER TABLE a SET SCHEMA s", "SELECT 1"},
    {"downgrade-incomplete", FALSE,
     "ALTER TYPE e RENAME TO e_old ;; CREATE TYPE e AS ENUM ('a') ;; ALTER TABLE t ALTER c TYPE e USING "
     "c::text::e ;; DROP TYPE e_old",
     "ALTER TYPE e ADD VALUE 'b'"},
    {"merge-does-something", TRUE, "ALTER TABLE t ADD a int", .facts = {.is_merge = TRUE}},
    {"merge-does-something", FALSE, "", .facts = {.is_merge = TRUE}},
    {"merge-does-something", FALSE, "ALTER TABLE t ADD a int"},
    {"changed-after-apply", TRUE, "SELECT 1", .facts = {.changed = "since v1.4"}},
    {"changed-after-apply", FALSE, "SELECT 1"},
    {"several-heads", TRUE, "SELECT 1", .facts = {.other_heads = "77ab19fe01c2"}},
    {"several-heads", FALSE, "SELECT 1"},
    {"depends-on-data", TRUE, "SELECT 1", .facts = {.asks = "op.get_bind().execute(...)"}},
    {"depends-on-data", FALSE, "SELECT 1"},
    /* ---- the same in other words ---- */
    {"index-not-concurrent", TRUE, "create index if not exists \"Ix\" on public.orders using gin (tags)"},
    {"index-not-concurrent", TRUE, "CREATE UNIQUE INDEX ON t(a,b) INCLUDE (c) NULLS NOT DISTINCT"},
    {"index-not-concurrent", TRUE, "CREATE TABLE s.t (a int) ;; CREATE INDEX i ON public.t (a)"},
    {"index-not-concurrent", FALSE,
     "CREATE UNLOGGED TABLE IF NOT EXISTS t (a int) ;; CREATE INDEX i ON public.t (a)"},
    {"index-not-concurrent", FALSE,
     "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a ;; CREATE UNIQUE INDEX i ON v (a)"},
    {"index-not-concurrent", FALSE,
     "CREATE TABLE p (a int) PARTITION BY RANGE (a) ;; CREATE TABLE p1 PARTITION OF p DEFAULT ;; CREATE "
     "INDEX i ON p1 (a)"},
    {"index-not-concurrent", FALSE, "SELECT * INTO t FROM u ;; CREATE INDEX i ON t (a)"},
    {"index-not-concurrent", FALSE, "CREATE TABLE t (LIKE u INCLUDING ALL) ;; CREATE INDEX i ON t (a)"},
    {"index-not-concurrent", FALSE,
     "CREATE TABLE t (a int) ;; ALTER TABLE t RENAME TO u ;; CREATE INDEX i ON u (a)"},
    {"index-not-concurrent", FALSE,
     "CREATE TABLE t (a int) ;; ALTER TABLE t SET SCHEMA s ;; CREATE INDEX i ON s.t (a)"},
    {"index-drop-not-concurrent", TRUE, "drop index if exists s.\"I\", j cascade"},
    {"index-drop-not-concurrent", TRUE, "DROP INDEX public.i RESTRICT"},
    {"index-drop-not-concurrent", FALSE,
     "CREATE TABLE t (a int) ;; CREATE INDEX ON t (a) ;; DROP INDEX t_a_idx"},
    {"index-drop-not-concurrent", FALSE, "ALTER TABLE t DROP CONSTRAINT u"},
    {"reindex-not-concurrent", TRUE, "REINDEX (VERBOSE) INDEX i"},
    {"reindex-not-concurrent", TRUE, "REINDEX INDEX s.i"},
    {"reindex-not-concurrent", FALSE, "!REINDEX (CONCURRENTLY) INDEX i"},
    {"reindex-not-concurrent", FALSE, "!REINDEX (CONCURRENTLY, VERBOSE) TABLE t"},
    {"concurrently-in-transaction", TRUE, "REINDEX (CONCURRENTLY) INDEX i"},
    {"concurrently-in-transaction", TRUE, "ALTER TABLE p DETACH PARTITION c CONCURRENTLY"},
    {"concurrently-in-transaction", TRUE, "CREATE DATABASE x"},
    {"concurrently-in-transaction", TRUE, "ALTER SYSTEM SET work_mem = 1"},
    {"concurrently-in-transaction", FALSE, "!REINDEX INDEX CONCURRENTLY i"},
    {"concurrently-in-transaction", FALSE, "!VACUUM (FULL) t"},
    {"concurrently-in-transaction", FALSE, "REFRESH MATERIALIZED VIEW CONCURRENTLY v"},
    {"check-validates", TRUE, "ALTER TABLE ONLY public.t ADD CHECK (a IS NOT NULL)"},
    {"check-validates", TRUE, "ALTER TABLE t ADD COLUMN a int DEFAULT 1 CONSTRAINT c CHECK (a > 0)"},
    {"check-validates", FALSE, "CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0))"},
    {"check-validates", FALSE, "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 1) NOT VALID"},
    {"check-validates", FALSE, "CREATE TEMP TABLE t (a int) ;; ALTER TABLE t ADD CHECK (a > 0)"},
    {"foreign-key-validates", TRUE,
     "ALTER TABLE ONLY s.t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES r (x, y) DEFERRABLE INITIALLY "
     "DEFERRED"},
    {"foreign-key-validates", TRUE, "ALTER TABLE t ADD COLUMN a int DEFAULT 5 REFERENCES r (id)"},
    {"foreign-key-validates", FALSE, "CREATE TABLE t (a int REFERENCES r (id))"},
    {"validate-in-same-transaction", TRUE,
     "ALTER TABLE s.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES r NOT VALID ;; SELECT 1 ;; ALTER TABLE s.t "
     "VALIDATE CONSTRAINT f"},
    {"validate-in-same-transaction", TRUE,
     "ALTER TABLE t ADD CONSTRAINT c CHECK (a>0) NOT VALID, VALIDATE CONSTRAINT c"},
    {"validate-in-same-transaction", FALSE,
     "!ALTER TABLE t ADD CONSTRAINT c CHECK (a>0) NOT VALID ;; !ALTER TABLE t VALIDATE CONSTRAINT c"},
    {"validate-in-same-transaction", FALSE,
     "CREATE TABLE t (a int) ;; ALTER TABLE t ADD CONSTRAINT c CHECK (a>0) NOT VALID ;; ALTER TABLE t "
     "VALIDATE CONSTRAINT c"},
    {"validate-in-same-transaction", FALSE,
     "ALTER TABLE t ADD CONSTRAINT c CHECK (a>0) NOT VALID ;; ALTER TABLE u VALIDATE CONSTRAINT c"},
    {"not-null-scans", TRUE, "alter table \"T\" alter column \"A\" set not null, alter b drop default"},
    {"not-null-scans", TRUE,
     "ALTER TABLE t ADD COLUMN a int ;; UPDATE t SET a = 1 ;; ALTER TABLE t ALTER COLUMN a SET NOT NULL"},
    {"not-null-scans", FALSE, "CREATE TABLE t (a int) ;; ALTER TABLE t ALTER a SET NOT NULL"},
    {"not-null-scans", FALSE,
     "ALTER TABLE t ADD COLUMN a int NOT NULL DEFAULT 0 ;; ALTER TABLE t ALTER a SET NOT NULL"},
    {"not-null-scans", FALSE,
     "!ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID ;; !ALTER TABLE t VALIDATE CONSTRAINT "
     "c ;; !ALTER TABLE t ALTER a SET NOT NULL"},
    {"unique-builds-index", TRUE,
     "ALTER TABLE t ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a, b) DEFERRABLE"},
    {"unique-builds-index", TRUE,
     "ALTER TABLE t ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"},
    {"unique-builds-index", TRUE, "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (a, b)"},
    {"unique-builds-index", FALSE, "CREATE TABLE t (a int UNIQUE, PRIMARY KEY (a))"},
    {"unique-builds-index", FALSE, "ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY USING INDEX i"},
    {"exclude-builds-index", TRUE, "ALTER TABLE s.t ADD CONSTRAINT x EXCLUDE (a WITH =) WHERE (b)"},
    {"exclude-builds-index", FALSE, "CREATE TABLE t (a int) ;; ALTER TABLE t ADD EXCLUDE (a WITH =)"},
    {"exclude-builds-index", FALSE, "ALTER TABLE t ADD UNIQUE (a)"},
    {"primary-key-using-index", TRUE, "ALTER TABLE t ADD PRIMARY KEY USING INDEX i"},
    {"primary-key-using-index", FALSE, "ALTER TABLE t ADD PRIMARY KEY (a)"},
    {"locks-other-table", TRUE, "ALTER TABLE t DROP CONSTRAINT fk_t_r"},
    {"locks-other-table", FALSE, "CREATE TABLE t (a int REFERENCES r) ;; DROP TABLE t"},
    {"foreign-key-without-index", TRUE,
     "CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT f FOREIGN KEY (a) REFERENCES r (id)) ;; CREATE "
     "INDEX i ON t (id, a)"},
    {"foreign-key-without-index", TRUE,
     "CREATE TABLE t (a int REFERENCES r) ;; CREATE INDEX i ON t (a) WHERE b"},
    {"foreign-key-without-index", FALSE, "CREATE TABLE t (a int UNIQUE REFERENCES r)"},
    {"foreign-key-without-index", FALSE, "CREATE TABLE t (a int PRIMARY KEY REFERENCES r)"},
    {"foreign-key-without-index", FALSE,
     "CREATE TABLE t (a int, b int, FOREIGN KEY (a, b) REFERENCES r (x, y)) ;; CREATE INDEX i ON t (b, a)"},
    {"foreign-key-without-index", FALSE,
     "CREATE TABLE t (a int REFERENCES r) ;; CREATE INDEX i ON t (a DESC, b)"},
    {"foreign-key-type", TRUE,
     "CREATE TABLE r (id uuid PRIMARY KEY) ;; CREATE TABLE t (a text REFERENCES r)"},
    {"foreign-key-type", TRUE,
     "CREATE TABLE r (id int PRIMARY KEY) ;; ALTER TABLE t ADD COLUMN a bigint REFERENCES r (id)"},
    {"foreign-key-type", FALSE,
     "CREATE TABLE r (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY) ;; CREATE TABLE t (a integer "
     "REFERENCES r)"},
    {"foreign-key-type", FALSE,
     "CREATE TABLE r (id varchar(10) PRIMARY KEY) ;; CREATE TABLE t (a varchar(20) REFERENCES r)"},
    {"identifier-too-long", TRUE,
     "CREATE INDEX iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii ON t (a)"},
    {"identifier-too-long", TRUE, "ALTER TABLE t RENAME COLUMN a TO \"éééééééééééééééééééééééééééééééé\""},
    {"identifier-too-long", FALSE,
     "CREATE INDEX iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii ON t (a)"},
    {"domain-constraint", TRUE, "ALTER DOMAIN s.d SET NOT NULL"},
    {"domain-constraint", TRUE, "ALTER DOMAIN d VALIDATE CONSTRAINT c"},
    {"domain-constraint", FALSE, "ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0) NOT VALID"},
    {"domain-constraint", FALSE, "ALTER DOMAIN d DROP CONSTRAINT c"},
    {"domain-constraint", FALSE, "CREATE DOMAIN d AS int ;; ALTER DOMAIN d ADD CHECK (value > 0)"},
    {"default-rewrites", TRUE, "ALTER TABLE t ADD a double precision DEFAULT random() * 5"},
    {"default-rewrites", TRUE, "ALTER TABLE t ADD a timestamptz NOT NULL DEFAULT clock_timestamp()"},
    {"default-rewrites", TRUE, "ALTER TABLE t ADD a bigint DEFAULT nextval('s')"},
    {"default-rewrites", TRUE, "ALTER TABLE t ADD a uuid DEFAULT uuid_generate_v4()"},
    {"default-rewrites", FALSE, "ALTER TABLE t ADD a timestamp DEFAULT CURRENT_TIMESTAMP"},
    {"default-rewrites", FALSE, "ALTER TABLE t ADD a timestamp DEFAULT (now() AT TIME ZONE 'utc')"},
    {"default-rewrites", FALSE, "ALTER TABLE t ADD a jsonb DEFAULT '[]'::jsonb NOT NULL"},
    {"default-rewrites", FALSE, "ALTER TABLE t ADD a boolean DEFAULT false NOT NULL"},
    {"default-rewrites", FALSE,
     "CREATE TABLE t (id int) ;; ALTER TABLE t ADD a uuid DEFAULT gen_random_uuid()"},
    {"serial-rewrites", TRUE, "ALTER TABLE t ADD COLUMN IF NOT EXISTS a smallserial"},
    {"serial-rewrites", TRUE, "ALTER TABLE t ADD COLUMN a serial8 UNIQUE"},
    {"serial-rewrites", FALSE, "ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY"},
    {"generated-rewrites", TRUE,
     "ALTER TABLE t ADD COLUMN a tsvector GENERATED ALWAYS AS (to_tsvector('simple', b)) STORED"},
    {"generated-rewrites", FALSE, "ALTER TABLE t ALTER COLUMN a DROP EXPRESSION"},
    {"domain-rewrites", TRUE, "CREATE DOMAIN d AS text NOT NULL ;; ALTER TABLE t ADD a d DEFAULT 'x'"},
    {"domain-rewrites", TRUE,
     "CREATE DOMAIN d AS int CHECK (value > 0) ;; CREATE DOMAIN e AS d ;; ALTER TABLE t ADD a e"},
    {"domain-rewrites", FALSE, "CREATE DOMAIN d AS int CHECK (VALUE > 0) ;; CREATE TABLE t (a d)"},
    {"type-change", TRUE, "ALTER TABLE t ALTER COLUMN a SET DATA TYPE jsonb USING a::jsonb"},
    {"type-change", TRUE, "ALTER TABLE t ALTER COLUMN a TYPE timestamptz USING a AT TIME ZONE 'UTC'"},
    {"type-change", FALSE, "CREATE TABLE t (a int) ;; ALTER TABLE t ALTER a TYPE bigint"},
    {"type-change", FALSE, "CREATE TABLE t (a varchar(5)) ;; ALTER TABLE t ALTER a TYPE text"},
    {"statistics-lost", TRUE, "ALTER TABLE t ALTER a TYPE text USING a::text"},
    {"statistics-lost", FALSE, "ALTER TABLE t ALTER a TYPE bigint ;; ANALYZE t (a)"},
    {"statistics-lost", FALSE, "ALTER TABLE t ALTER a TYPE bigint ;; ANALYZE"},
    {"statistics-lost", FALSE, "ALTER TABLE t ALTER a SET DEFAULT 1"},
    {"required-column", TRUE, "ALTER TABLE t ADD COLUMN IF NOT EXISTS a text NOT NULL"},
    {"required-column", TRUE, "ALTER TABLE t ADD a int CONSTRAINT n NOT NULL CHECK (a > 0)"},
    {"required-column", TRUE, "ALTER TABLE t ADD a int NOT NULL, ALTER a SET DEFAULT 1"},
    {"required-column", TRUE, "ALTER TABLE t ADD a int NOT NULL DEFAULT NULL"},
    {"required-column", FALSE, "ALTER TABLE t ADD a int NOT NULL GENERATED ALWAYS AS (b + 1) STORED"},
    {"required-column", FALSE, "ALTER TABLE t ADD a int GENERATED BY DEFAULT AS IDENTITY NOT NULL"},
    {"json-type", TRUE, "ALTER TABLE t ALTER a TYPE json USING a::json"},
    {"json-type", TRUE, "CREATE TABLE t (a json[])"},
    {"json-type", FALSE, "ALTER TABLE t ALTER a TYPE jsonb USING a::json::jsonb"},
    {"column-dropped", TRUE, "ALTER TABLE t DROP a CASCADE, ADD b int"},
    {"column-dropped", TRUE, "ALTER TABLE IF EXISTS t DROP COLUMN IF EXISTS a"},
    {"column-dropped", FALSE, "ALTER TABLE t ADD COLUMN a int ;; ALTER TABLE t DROP COLUMN a"},
    {"column-dropped", FALSE, "ALTER TABLE t ALTER a DROP DEFAULT"},
    {"table-dropped", TRUE, "DROP TABLE IF EXISTS s.t, u CASCADE"},
    {"table-dropped", FALSE, "CREATE TEMP TABLE t (a int) ;; DROP TABLE t"},
    {"table-dropped", FALSE, "DROP VIEW t"},
    {"object-dropped", TRUE, "DROP MATERIALIZED VIEW v"},
    {"object-dropped", TRUE, "DROP VIEW IF EXISTS s.v CASCADE"},
    {"object-dropped", FALSE, "DROP VIEW s.v ;; CREATE OR REPLACE VIEW s.v AS SELECT 2"},
    {"object-dropped", FALSE, "CREATE VIEW v AS SELECT 1 ;; DROP VIEW v"},
    {"object-dropped", FALSE, "DROP MATERIALIZED VIEW v ;; CREATE MATERIALIZED VIEW v AS SELECT 1"},
    {"renamed", TRUE, "ALTER VIEW v RENAME TO w"},
    {"renamed", TRUE, "ALTER TABLE t SET SCHEMA s"},
    {"renamed", TRUE, "ALTER TABLE IF EXISTS s.t RENAME a TO b"},
    {"renamed", FALSE, "ALTER TABLE t RENAME CONSTRAINT a TO b"},
    {"renamed", FALSE, "CREATE TABLE t_new (a int) ;; ALTER TABLE t_new RENAME a TO b"},
    {"renamed", FALSE, "ALTER SEQUENCE s RENAME TO z"},
    {"cascade", TRUE, "ALTER TABLE t DROP COLUMN a CASCADE"},
    {"cascade", TRUE, "DROP TYPE e CASCADE"},
    {"cascade", TRUE, "TRUNCATE t CASCADE"},
    {"cascade", FALSE, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r ON DELETE CASCADE NOT VALID"},
    {"truncate", TRUE, "TRUNCATE TABLE ONLY s.t RESTART IDENTITY"},
    {"truncate", FALSE, "CREATE TEMP TABLE t (a int) ;; TRUNCATE t"},
    {"looks-like-rename", TRUE, "ALTER TABLE s.t DROP COLUMN a ;; ALTER TABLE s.t ADD COLUMN b int"},
    {"looks-like-rename", TRUE, "ALTER TABLE t DROP COLUMN a, ADD COLUMN b text"},
    {"looks-like-rename", FALSE,
     "ALTER TABLE t ADD COLUMN b int ;; INSERT INTO t (b) SELECT a FROM t ;; ALTER TABLE t DROP COLUMN a"},
    {"enum-value-in-transaction", TRUE, "ALTER TYPE s.e ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'"},
    {"enum-value-in-transaction", FALSE, "CREATE TYPE e AS ENUM ('a') ;; ALTER TYPE e ADD VALUE 'b'"},
    {"enum-value-used", TRUE, "ALTER TYPE e ADD VALUE 'x' ;; INSERT INTO t (a) VALUES ('x')"},
    {"enum-value-used", TRUE,
     "ALTER TYPE e ADD VALUE 'x' ;; ALTER TABLE t ADD COLUMN a e NOT NULL DEFAULT 'x'"},
    {"enum-value-used", TRUE, "ALTER TYPE e ADD VALUE 'x' ;; CREATE INDEX i ON t (a) WHERE a = 'x'"},
    {"enum-value-used", FALSE,
     "CREATE TYPE e AS ENUM ('a') ;; ALTER TYPE e ADD VALUE 'x' ;; INSERT INTO t (a) VALUES ('x')"},
    {"enum-value-used", FALSE, "ALTER TYPE e ADD VALUE 'x' ;; COMMIT ;; UPDATE t SET a = 'x' WHERE id = 1"},
    {"attach-scans", TRUE, "ALTER TABLE p ATTACH PARTITION c DEFAULT"},
    {"attach-scans", FALSE,
     "CREATE TABLE c (LIKE p) ;; ALTER TABLE p ATTACH PARTITION c FOR VALUES FROM ('a') TO ('b')"},
    {"partition-locks-parent", TRUE,
     "DROP TABLE c ;; CREATE TABLE IF NOT EXISTS c2 PARTITION OF s.p DEFAULT"},
    {"partition-locks-parent", FALSE,
     "CREATE TABLE c (LIKE p) ;; ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1)"},
    {"detach-not-concurrent", TRUE, "ALTER TABLE IF EXISTS s.p DETACH PARTITION s.c"},
    {"detach-not-concurrent", FALSE, "!ALTER TABLE p DETACH PARTITION c FINALIZE"},
    {"full-rewrite", TRUE, "!VACUUM (FULL, ANALYZE) t"},
    {"full-rewrite", TRUE, "CLUSTER t USING i"},
    {"full-rewrite", TRUE, "ALTER TABLE t SET UNLOGGED"},
    {"full-rewrite", FALSE, "!VACUUM (ANALYZE, FULL false) t"},
    {"full-rewrite", FALSE, "ALTER TABLE t CLUSTER ON i"},
    {"refresh-not-concurrent", TRUE, "REFRESH MATERIALIZED VIEW s.v WITH DATA"},
    {"refresh-not-concurrent", FALSE,
     "CREATE MATERIALIZED VIEW v AS SELECT 1 WITH NO DATA ;; REFRESH MATERIALIZED VIEW v"},
    {"whole-table-change", TRUE, "UPDATE s.t SET a = 1 FROM u WHERE u.x = t.x"},
    {"whole-table-change", TRUE, "DELETE FROM t"},
    {"whole-table-change", TRUE, "WITH x AS (UPDATE t SET a = 1 RETURNING *) SELECT 1"},
    {"whole-table-change", FALSE, "UPDATE t SET a = 1 WHERE id IN (1, 2, 3)"},
    {"whole-table-change", FALSE, "CREATE TEMP TABLE x AS SELECT 1 AS a ;; UPDATE x SET a = 2"},
    {"whole-table-change", FALSE, "DELETE FROM t WHERE key = 'feature' AND value <> 'b'"},
    {"data-with-ddl", FALSE, "CREATE TABLE t (a int) ;; INSERT INTO t VALUES (1)"},
    {"data-with-ddl", FALSE, "!UPDATE t SET a = 1 ;; !ALTER TABLE u ADD b int"},
    {"work-under-lock", TRUE, "ALTER TABLE t ADD a int ;; CREATE INDEX i ON u (b)"},
    {"work-under-lock", TRUE, "ALTER TABLE t ADD a int ;; UPDATE u SET b = 1"},
    {"work-under-lock", FALSE, "ALTER TABLE t ADD a int ;; ALTER TABLE t ADD b int"},
    {"work-under-lock", FALSE, "CREATE INDEX i ON u (b) ;; ALTER TABLE t ADD a int"},
    {"several-tables", TRUE, "ALTER TABLE t ADD a int ;; ALTER TABLE u DROP COLUMN b"},
    {"several-tables", TRUE, "ALTER TABLE t ADD a int ;; LOCK TABLE u ;; ALTER TABLE v ADD c int"},
    {"several-tables", FALSE, "ALTER TABLE t ADD a int ;; CREATE TABLE u (a int) ;; ALTER TABLE u ADD b int"},
    {"several-tables", FALSE, "!ALTER TABLE t ADD a int ;; !ALTER TABLE u ADD a int"},
    {"several-scans", TRUE,
     "ALTER TABLE t ADD CONSTRAINT c CHECK (a>0) ;; ALTER TABLE t ALTER b SET NOT NULL"},
    {"several-scans", FALSE, "ALTER TABLE t ADD CONSTRAINT c CHECK (a>0), ALTER b SET NOT NULL"},
    {"if-exists-locks", TRUE, "CREATE INDEX IF NOT EXISTS i ON t (a)"},
    {"if-exists-locks", FALSE, "CREATE TABLE IF NOT EXISTS t (a int)"},
    {"if-exists-locks", FALSE, "DROP TABLE IF EXISTS t"},
    {"explicit-lock", TRUE, "LOCK t IN EXCLUSIVE MODE NOWAIT"},
    {"explicit-lock", FALSE, "SELECT * FROM t FOR UPDATE"},
    {"explicit-lock", FALSE, "CREATE TABLE t (a int) ;; LOCK TABLE t"},
    {"lock-timeout-too-short", TRUE, "SET LOCAL lock_timeout = 500 ;; ALTER TABLE t ADD a int"},
    {"lock-timeout-too-short", TRUE, "SET lock_timeout TO '1s' ;; ALTER TABLE t ADD a int"},
    {"lock-timeout-too-short", TRUE,
     "SELECT set_config('lock_timeout', '200ms', true) ;; ALTER TABLE t ADD a int"},
    {"lock-timeout-too-short", FALSE, "SET LOCAL lock_timeout = '5s' ;; ALTER TABLE t ADD a int"},
    {"lock-timeout-too-short", FALSE,
     "SET deadlock_timeout = '100ms' ;; SET lock_timeout = '500ms' ;; ALTER TABLE t ADD a int"},
    {"lock-timeout-too-short", FALSE, "SET lock_timeout = 0 ;; ALTER TABLE t ADD a int"},
    /* ---- silencing ---- */
    {"silence-without-reason", TRUE, "ALTER TABLE t ADD a int NOT NULL",
     .source = "# retort: allow required-column\nx = 1\n"},
    {"silence-without-reason", FALSE, "ALTER TABLE t ADD a int NOT NULL",
     .source = "# retort: allow required-column: it is empty\nx = 1\n"},
    {"silence-unused", TRUE, "ALTER TABLE t ADD a int",
     .source = "# retort: allow required-column: it is empty\nx = 1\n"},
    {"silence-unused", FALSE, "ALTER TABLE t ADD a int NOT NULL",
     .source = "# retort: allow required-column: it is empty\nx = 1\n"},
    {"silence-unknown", TRUE, "SELECT 1", .source = "# retort: allow everything: now\nx = 1\n"},
    {"silence-unknown", FALSE, "SELECT 1", .source = "# retort: allow all: now\nx = 1\n"},
};
const guint n_check_cases = G_N_ELEMENTS(check_cases);

/* ---- a catalog by hand ---- */

static GStrv words(const char *text)
{
  return g_strsplit(text, " ", -1);
}

static void add_index(ReviewCatalog *catalog, ReviewRelation *table, guint id, const char *name,
                      const char *key, const char *mentions, gboolean expressions)
{
  ReviewRelation *index = review_relation_new(id, "public", name, 'i');
  index->known = TRUE;
  index->index = g_new0(ReviewIndex, 1);
  index->index->table = table->id;
  index->index->method = g_strdup("btree");
  index->index->keys = words(key);
  index->index->n_keys = 1;
  index->index->mentions = words(mentions);
  index->index->expressions = expressions;
  index->index->valid = TRUE;
  g_array_append_val(table->indexes, id);
  review_catalog_add(catalog, index);
}

static void add_view(ReviewCatalog *catalog, ReviewRelation *table, guint id, const char *column)
{
  ReviewRelation *view = review_relation_new(id, "public", "v", 'v');
  view->known = TRUE;
  ReviewUse *use = g_new0(ReviewUse, 1);
  *use = (ReviewUse){.base = table->id, .column = g_strdup(column)};
  g_ptr_array_add(view->uses, use);
  g_array_append_val(table->dependents, id);
  review_catalog_add(catalog, view);
}

/* orders is large, lines is small and points at it. */
static ReviewCatalog *catalog_by_hand(int version)
{
  ReviewCatalog *catalog = review_catalog_new(version);
  catalog->complete = TRUE;
  ReviewRelation *orders = review_relation_new(10, "public", "orders", 'r');
  orders->known = TRUE;
  orders->rows = 50 * 1000 * 1000;
  orders->bytes = (gint64)12 << 30;
  static const char *const texts[] = {"note", "checked", "indexed", "code", "proven", "viewed"};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    review_relation_add_column(orders, texts[i], "varchar", 24);
  review_relation_add_column(orders, "amount", "int4", -1);
  ReviewConstraint *check = review_relation_add_constraint(orders, "checked_check", 'c');
  check->columns = words("checked");
  check->expression = g_strdup("(length((checked)::text) > 1)");
  check->validated = TRUE;
  ReviewConstraint *proven = review_relation_add_constraint(orders, "proven_check", 'c');
  proven->columns = words("proven");
  proven->expression = g_strdup("(proven IS NOT NULL)");
  proven->validated = TRUE;
  ReviewRelation *lines = review_relation_new(20, "public", "lines", 'r');
  lines->known = TRUE;
  lines->rows = 500;
  lines->bytes = 65536;
  review_relation_add_column(lines, "n", "int4", -1);
  review_relation_add_column(lines, "order_code", "varchar", 24);
  ReviewConstraint *belongs = review_relation_add_constraint(lines, "belongs", 'f');
  belongs->columns = words("order_code");
  belongs->referenced = orders->id;
  belongs->referenced_columns = words("code");
  belongs->validated = TRUE;
  guint id = lines->id;
  g_array_append_val(orders->referenced_by, id);
  review_catalog_add(catalog, orders);
  review_catalog_add(catalog, lines);
  add_index(catalog, orders, 11, "ix_lower", "", "indexed", TRUE);
  add_index(catalog, orders, 12, "ix_code", "code", "code", FALSE);
  add_view(catalog, orders, 30, "viewed");
  return catalog;
}

/* ---- running ---- */

static GPtrArray *statements_of(const char *text, guint first_line)
{
  GPtrArray *statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  g_auto(GStrv) parts = g_strsplit(text, " ;; ", -1);
  for (guint i = 0; parts[i] != NULL; i++) {
    gboolean autocommit = parts[i][0] == '!';
    if (parts[i][0] != '\0')
      g_ptr_array_add(statements, statement_new(parts[i] + autocommit, autocommit, first_line + i, 1));
  }
  return statements;
}

Review *case_review(const CheckCase *c, const ReviewPolicy *policy)
{
  int version = c->version > 0 ? c->version : 150008;
  g_autoptr(GPtrArray) up = statements_of(c->up, MAX(c->line, 1));
  g_autoptr(GPtrArray) down = c->down != NULL ? statements_of(c->down, 100) : NULL;
  g_autoptr(ForecastSession) session = forecast_session_new(version);
  g_autoptr(ReviewCatalog) catalog = c->catalog ? catalog_by_hand(version) : NULL;
  if (catalog != NULL)
    forecast_session_use(session, catalog);
  MigrationFacts facts = c->facts;
  facts.path = "/project/versions/8d41_total.py";
  facts.upgrade = up;
  facts.upgrade_whole = TRUE;
  facts.downgrade = down;
  facts.downgrade_whole = down != NULL;
  facts.source = c->source;
  facts.source_len = c->source != NULL ? strlen(c->source) : 0;
  return review_migration(session, &facts, policy);
}

static void append(GString *out, const GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++) {
    const Finding *finding = g_ptr_array_index(findings, i);
    const char *name = check_info(finding->check).name;
    g_string_append_printf(out, finding->silenced != NULL ? "%s(%s)" : "%s%s", out->len > 0 ? " " : "", name);
  }
}

char *case_fired(const Review *review)
{
  GString *out = g_string_new(NULL);
  append(out, review->findings);
  for (guint i = 0; i < review->forecasts->len; i++)
    append(out, ((const Forecast *)g_ptr_array_index(review->forecasts, i))->findings);
  return g_string_free(out, FALSE);
}
