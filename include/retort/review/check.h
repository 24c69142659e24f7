/* The checks: what can be wrong with a statement or a migration, one row each.
 *
 * A row is id, default severity, title, why it matters, and the safer way.  Everything that lists, explains, silences
 * or counts findings works from this table; adding a check is one row here and the call of add_finding() where the
 * statement is read (src/review/forecast_*.c) or compared with its neighbours (src/review/findings.c).
 *
 * The rules behind them were measured on PostgreSQL 11 to 18; what is already safe (objects the same plan creates, NOT
 * VALID, CONCURRENTLY) fires nothing.
 */
#pragma once

#include <glib.h>

typedef enum {
  SEVERITY_NOTE,   /* worth knowing */
  SEVERITY_CARE,   /* look before you run it */
  SEVERITY_DANGER, /* stops the application, loses data, or fails */
} Severity;

// clang-format off
#define REVIEW_CHECKS(X) \
  X(INDEX_NOT_CONCURRENT, "index-not-concurrent", DANGER, \
    N_("index built while writes wait"), \
    N_("CREATE INDEX keeps every INSERT, UPDATE and DELETE on the table waiting until the index is complete."), \
    N_("Build it with postgresql_concurrently=True inside op.get_context().autocommit_block().")) \
  X(INDEX_DROP_NOT_CONCURRENT, "index-drop-not-concurrent", CARE, \
    N_("index dropped under ACCESS EXCLUSIVE"), \
    N_("DROP INDEX locks the table against reads as well; behind a long query everybody queues."), \
    N_("Drop it with postgresql_concurrently=True inside op.get_context().autocommit_block().")) \
  X(REINDEX_NOT_CONCURRENT, "reindex-not-concurrent", DANGER, \
    N_("index rebuilt while writes wait, and reads too"), \
    N_("REINDEX locks the index ACCESS EXCLUSIVE: even planning a query on the table waits."), \
    N_("REINDEX ... CONCURRENTLY, from PostgreSQL 12 on.")) \
  X(CONCURRENTLY_IN_TRANSACTION, "concurrently-in-transaction", DANGER, \
    N_("cannot run inside a transaction"), \
    N_("The server refuses this statement in a transaction block, and Alembic runs migrations in one."), \
    N_("Put it into `with op.get_context().autocommit_block():`.")) \
  X(CONCURRENTLY_LEFTOVER, "concurrently-leftover", NOTE, \
    N_("leaves an invalid index when it fails"), \
    N_("A failed or cancelled CREATE INDEX CONCURRENTLY stays behind INVALID, is kept up to date by writes and used by nobody."), \
    N_("After a failure drop the invalid index concurrently, then try again.")) \
  X(CHECK_VALIDATES, "check-validates", DANGER, \
    N_("CHECK constraint validated under ACCESS EXCLUSIVE"), \
    N_("Every row is read while nobody can use the table."), \
    N_("Add it with postgresql_not_valid=True, then VALIDATE CONSTRAINT in a later transaction: that lets reads and writes go on.")) \
  X(FOREIGN_KEY_VALIDATES, "foreign-key-validates", DANGER, \
    N_("foreign key validated while writes to both tables wait"), \
    N_("Both tables are locked SHARE ROW EXCLUSIVE while every row is compared."), \
    N_("Add it with postgresql_not_valid=True, then VALIDATE CONSTRAINT in a later transaction.")) \
  X(VALIDATE_IN_SAME_TRANSACTION, "validate-in-same-transaction", DANGER, \
    N_("constraint validated in the transaction that added it"), \
    N_("The strong lock of ADD CONSTRAINT is held until the commit, so validating separately gains nothing."), \
    N_("Validate in a migration of its own.")) \
  X(NOT_NULL_SCANS, "not-null-scans", DANGER, \
    N_("SET NOT NULL reads every row under ACCESS EXCLUSIVE"), \
    N_("Nobody can use the table meanwhile."), \
    N_("Add CHECK (column IS NOT NULL) NOT VALID, validate it in a later transaction, then SET NOT NULL (no scan from 12 on), then drop the check.")) \
  X(UNIQUE_BUILDS_INDEX, "unique-builds-index", DANGER, \
    N_("unique index built under ACCESS EXCLUSIVE"), \
    N_("ADD UNIQUE or PRIMARY KEY builds its index while nobody can use the table."), \
    N_("Build a unique index concurrently, then ADD CONSTRAINT ... USING INDEX.")) \
  X(EXCLUDE_BUILDS_INDEX, "exclude-builds-index", DANGER, \
    N_("exclusion constraint built under ACCESS EXCLUSIVE"), \
    N_("There is no concurrent way: nobody can use the table while it is built."), \
    N_("Do it in a maintenance window, or on a new table.")) \
  X(KEY_USING_INDEX, "primary-key-using-index", NOTE, \
    N_("primary key from an index: nullable columns are read"), \
    N_("A key column that is still nullable is set NOT NULL, which reads every row under ACCESS EXCLUSIVE."), \
    N_("Make the columns NOT NULL first, through a validated CHECK.")) \
  X(DEFAULT_REWRITES, "default-rewrites", DANGER, \
    N_("volatile default: the table is written anew"), \
    N_("A default that differs for each row is worked out for every row under ACCESS EXCLUSIVE."), \
    N_("Add the column without it, set the default, fill old rows in batches.")) \
  X(SERIAL_REWRITES, "serial-rewrites", DANGER, \
    N_("serial or identity column: the table is written anew"), \
    N_("Every row gets its number under ACCESS EXCLUSIVE."), \
    N_("Add a plain column, attach a sequence as default, fill old rows in batches.")) \
  X(GENERATED_REWRITES, "generated-rewrites", DANGER, \
    N_("stored generated column: the table is written anew"), \
    N_("Every row's value is computed under ACCESS EXCLUSIVE."), \
    N_("Use a plain column kept by a trigger and fill it in batches, or do it in a window.")) \
  X(TYPE_CHANGE, "type-change", DANGER, \
    N_("type change: the table may be written anew"), \
    N_("Unless the new type only widens the old one (varchar(20) to varchar(50), to text), every row and index is written anew under ACCESS EXCLUSIVE; statistics are lost, too."), \
    N_("Add a new column, fill it in batches, switch over; then ANALYZE.")) \
  X(REQUIRED_COLUMN, "required-column", DANGER, \
    N_("NOT NULL column without a default"), \
    N_("It fails when the table has rows, and programs that do not know it can no longer insert."), \
    N_("Give it a server_default, or add it nullable, fill it, and set NOT NULL later.")) \
  X(COLUMN_DROPPED, "column-dropped", CARE, \
    N_("column and its data dropped"), \
    N_("Running programs that still name the column fail from the commit on, and its data is gone."), \
    N_("Remove it from the programs first; keep a backup.")) \
  X(TABLE_DROPPED, "table-dropped", CARE, \
    N_("table and its data dropped"), \
    N_("Running programs that still use it fail from the commit on, and its rows are gone."), \
    N_("Rename it first and drop it in a later release; keep a backup.")) \
  X(RENAMED, "renamed", CARE, \
    N_("renamed: programs that use the old name fail"), \
    N_("Old and new program versions run side by side during a deployment; one of them has the wrong name."), \
    N_("Add the new name, write both, move over, drop the old one later; or keep a view under the old name.")) \
  X(CASCADES, "cascade", CARE, \
    N_("CASCADE: whatever depends on it goes, too"), \
    N_("What is dropped is not visible in the statement."), \
    N_("Name the dependent objects and drop them one by one.")) \
  X(TRUNCATES, "truncate", DANGER, \
    N_("every row removed"), \
    N_("TRUNCATE takes ACCESS EXCLUSIVE and leaves nothing to roll back to after the commit."), \
    N_("Make sure it is meant; keep a backup.")) \
  X(JSON_TYPE, "json-type", NOTE, \
    N_("json has no equality"), \
    N_("SELECT DISTINCT, UNION and GROUP BY over the row fail with json."), \
    N_("Use jsonb.")) \
  X(ENUM_VALUE, "enum-value-in-transaction", CARE, \
    N_("new enum value cannot be used before the commit"), \
    N_("Up to 11 the server refuses ADD VALUE in a transaction; later the value exists only after the commit."), \
    N_("Put it into an autocommit_block() or a migration of its own.")) \
  X(PARTITION_SCAN, "attach-scans", CARE, \
    N_("attaching reads every row of the new partition"), \
    N_("The partition is locked ACCESS EXCLUSIVE while its rows are checked against its bounds."), \
    N_("Give it a validated CHECK with the same bounds first.")) \
  X(DOMAIN_CONSTRAINT, "domain-constraint", DANGER, \
    N_("domain constraint reads every table that uses the domain"), \
    N_("All of them are locked SHARE meanwhile: writes wait."), \
    N_("Add it NOT VALID and validate it later.")) \
  X(FULL_REWRITE, "full-rewrite", DANGER, \
    N_("the table is written anew"), \
    N_("Nobody can use it meanwhile, and it needs its own size again on disk."), \
    N_("Use pg_repack or pg_squeeze, or a maintenance window.")) \
  X(REFRESH_BLOCKS, "refresh-not-concurrent", CARE, \
    N_("materialized view refreshed while reads wait"), \
    N_("REFRESH MATERIALIZED VIEW takes ACCESS EXCLUSIVE on the view."), \
    N_("REFRESH MATERIALIZED VIEW CONCURRENTLY, with a unique index.")) \
  X(WHOLE_TABLE_CHANGE, "whole-table-change", CARE, \
    N_("every row changed in one transaction"), \
    N_("All rows stay locked until the commit, the table doubles in size, and replicas fall behind."), \
    N_("Change rows in batches outside the migration, a transaction each.")) \
  X(GUARD_LOCKS, "if-exists-locks", NOTE, \
    N_("IF [NOT] EXISTS still takes the lock"), \
    N_("Even when there is nothing to do the statement waits for its lock, and everybody behind it."), \
    N_("Set a lock_timeout, as for any other DDL.")) \
  X(LOCKS_TABLE, "explicit-lock", CARE, \
    N_("table locked by hand"), \
    N_("The lock is held until the commit."), \
    N_("Keep what follows short.")) \
  X(WORK_UNDER_LOCK, "work-under-lock", DANGER, \
    N_("long work while an ACCESS EXCLUSIVE lock is held"), \
    N_("An earlier statement of this transaction locked a table against everybody, and this one takes long."), \
    N_("Split the migration, so that the lock ends before the long work begins.")) \
  X(DATA_WITH_DDL, "data-with-ddl", CARE, \
    N_("rows and schema changed in one transaction"), \
    N_("The schema's locks are held while the rows are changed."), \
    N_("Move the data change into a migration of its own.")) \
  X(SEVERAL_TABLES, "several-tables", CARE, \
    N_("several tables locked against everybody in one transaction"), \
    N_("Queries that lock the same tables in another order deadlock with it, and all of them wait for the slowest."), \
    N_("One table a migration, or transaction_per_migration.")) \
  X(LOOKS_LIKE_RENAME, "looks-like-rename", DANGER, \
    N_("dropped and added: probably meant as a rename"), \
    N_("Autogenerate cannot see renames; as written the column's data is lost."), \
    N_("op.alter_column(table, old, new_column_name=new)."))
// clang-format on

typedef enum {
#define X(id, name, severity, title, why, advice) CHECK_##id,
  REVIEW_CHECKS(X)
#undef X
      N_CHECKS
} CheckId;

typedef struct {
  const char *name;
  Severity severity;
  const char *title; /* translated by check_info() */
  const char *why;
  const char *advice;
} CheckInfo;

/* What the row says, translated. */
CheckInfo check_info(CheckId id);
/* -1 when there is no such check. */
int check_find(const char *name);
const char *severity_name(Severity severity); /* "note", "care", "danger" */

typedef struct {
  CheckId check;
  char *object; /* what it is about: "orders", "orders.total", or NULL */
} Finding;
