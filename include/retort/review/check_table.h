/* The rows of the checks; see check.h.
 *
 *   X(ID, "name", SEVERITY, since, title, why, advice, alembic, sql)
 *
 * SEVERITY is the one a check has unless a policy says otherwise; OFF: only who asks for it gets it.  since is the
 * first PostgreSQL that knows the safer way, 0: all that Alembic still meets.  alembic and sql are that way as code, or
 * NULL where there is none to write; remedy.h fills {table}, {relation} (with its schema), {schema} (as an argument),
 * {column}, {columns}, {list}, {name}, {referenced}, {referenced_columns}, {referenced_list}, {type}, {expression},
 * {kind}, {new} and {statement} from the statement that was found. */
#pragma once

/* clang-format off */
#define IN_AUTOCOMMIT "with op.get_context().autocommit_block():\n    "

#define REVIEW_CHECKS(X) \
  /* ---- indexes ---- */ \
  X(INDEX_NOT_CONCURRENT, "index-not-concurrent", DANGER, 0, \
    N_("index built while writes wait"), \
    N_("CREATE INDEX keeps every INSERT, UPDATE and DELETE on the table waiting until the index is complete."), \
    N_("Build it concurrently, outside a transaction."), \
    IN_AUTOCOMMIT "op.create_index(\"{name}\", \"{table}\", [{list}]{schema}, postgresql_concurrently=True)", \
    "{statement:concurrently};") \
  X(INDEX_DROP_NOT_CONCURRENT, "index-drop-not-concurrent", CARE, 0, \
    N_("index dropped under ACCESS EXCLUSIVE"), \
    N_("DROP INDEX locks the table against reads as well; behind a long query everybody queues."), \
    N_("Drop it concurrently, outside a transaction."), \
    IN_AUTOCOMMIT "op.drop_index(\"{name}\"{schema}, postgresql_concurrently=True)", \
    "{statement:concurrently};") \
  X(REINDEX_NOT_CONCURRENT, "reindex-not-concurrent", DANGER, 12, \
    N_("index rebuilt while writes wait, and reads too"), \
    N_("REINDEX locks the index ACCESS EXCLUSIVE: even planning a query on the table waits."), \
    N_("REINDEX ... CONCURRENTLY, from PostgreSQL 12 on."), \
    IN_AUTOCOMMIT "op.execute(\"{statement:concurrently}\")", \
    "{statement:concurrently};") \
  X(CONCURRENTLY_IN_TRANSACTION, "concurrently-in-transaction", DANGER, 0, \
    N_("cannot run inside a transaction"), \
    N_("The server refuses this statement in a transaction block, also beside other statements in one string, and Alembic runs migrations in one."), \
    N_("Put it, alone, into an autocommit_block()."), \
    IN_AUTOCOMMIT "op.execute(\"{statement}\")", \
    "COMMIT;\n{statement};\nBEGIN;") \
  X(CONCURRENTLY_LEFTOVER, "concurrently-leftover", NOTE, 0, \
    N_("leaves an invalid index when it fails"), \
    N_("A failed or cancelled CREATE INDEX CONCURRENTLY stays behind INVALID, is kept up to date by writes and used by nobody."), \
    N_("After a failure drop the invalid index concurrently, then try again."), \
    IN_AUTOCOMMIT "op.execute(\"DROP INDEX CONCURRENTLY IF EXISTS {name}\")\n    op.create_index(\"{name}\", \"{table}\", [{list}]{schema}, postgresql_concurrently=True)", \
    "DROP INDEX CONCURRENTLY IF EXISTS {name};\n{statement};") \
  X(CONCURRENTLY_PARTITIONED, "concurrently-partitioned", DANGER, 11, \
    N_("no index is built concurrently on a partitioned table"), \
    N_("The server refuses CREATE INDEX CONCURRENTLY on the parent of partitions, in every version."), \
    N_("Create the index on ONLY the parent, then concurrently on each partition, and attach these."), \
    "op.execute(\"CREATE INDEX {name} ON ONLY {relation} ({columns})\")\nwith op.get_context().autocommit_block():\n    op.execute(\"CREATE INDEX CONCURRENTLY {name}_1 ON PARTITION_1 ({columns})\")\nop.execute(\"ALTER INDEX {name} ATTACH PARTITION {name}_1\")", \
    "CREATE INDEX {name} ON ONLY {table} ({columns});\nCREATE INDEX CONCURRENTLY {name}_1 ON PARTITION_1 ({columns});\nALTER INDEX {name} ATTACH PARTITION {name}_1;") \
  X(CONCURRENTLY_CORRUPTS, "concurrently-corrupts", DANGER, 0, \
    N_("CONCURRENTLY can corrupt the index on 14.0 to 14.3"), \
    N_("A defect of PostgreSQL 14.0 to 14.3 lets rows changed meanwhile be missing from the index."), \
    N_("Update the server to 14.4 or newer first; check indexes built before with amcheck."), \
    NULL, \
    "CREATE EXTENSION IF NOT EXISTS amcheck;\nSELECT bt_index_check('{name}', true);") \
  /* ---- constraints ---- */ \
  X(CHECK_VALIDATES, "check-validates", DANGER, 0, \
    N_("CHECK constraint validated under ACCESS EXCLUSIVE"), \
    N_("Every row is read while nobody can use the table."), \
    N_("Add it NOT VALID, then validate it in a later transaction: that lets reads and writes go on."), \
    "op.create_check_constraint(\"{name}\", \"{table}\", \"{expression}\"{schema}, postgresql_not_valid=True)\n# in the next migration:\nop.execute(\"ALTER TABLE {relation} VALIDATE CONSTRAINT {name}\")", \
    "ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({expression}) NOT VALID;\n-- in a later transaction:\nALTER TABLE {table} VALIDATE CONSTRAINT {name};") \
  X(FOREIGN_KEY_VALIDATES, "foreign-key-validates", DANGER, 0, \
    N_("foreign key validated while writes to both tables wait"), \
    N_("Both tables are locked SHARE ROW EXCLUSIVE while every row is compared."), \
    N_("Add it NOT VALID, then validate it in a later transaction."), \
    "op.create_foreign_key(\"{name}\", \"{table}\", \"{referenced}\", [{list}], [{referenced_list}], postgresql_not_valid=True)\n# in the next migration:\nop.execute(\"ALTER TABLE {relation} VALIDATE CONSTRAINT {name}\")", \
    "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {referenced} ({referenced_columns}) NOT VALID;\n-- in a later transaction:\nALTER TABLE {table} VALIDATE CONSTRAINT {name};") \
  X(VALIDATE_IN_SAME_TRANSACTION, "validate-in-same-transaction", DANGER, 0, \
    N_("constraint validated in the transaction that added it"), \
    N_("The strong lock of ADD CONSTRAINT is held until the commit, so validating separately gains nothing."), \
    N_("Validate in a migration of its own, or outside the transaction."), \
    IN_AUTOCOMMIT "op.execute(\"{statement}\")", \
    "COMMIT;\n{statement};") \
  X(NOT_NULL_SCANS, "not-null-scans", DANGER, 12, \
    N_("SET NOT NULL reads every row under ACCESS EXCLUSIVE"), \
    N_("Nobody can use the table meanwhile."), \
    N_("Prove it first: CHECK (column IS NOT NULL) NOT VALID, validated in a later transaction; SET NOT NULL then reads nothing (12 and newer), and the check can go."), \
    "op.create_check_constraint(\"{table}_{column}_not_null\", \"{table}\", \"{column} IS NOT NULL\"{schema}, postgresql_not_valid=True)\n# in the next migration:\nop.execute(\"ALTER TABLE {relation} VALIDATE CONSTRAINT {table}_{column}_not_null\")\n# and in the one after it:\nop.alter_column(\"{table}\", \"{column}\", nullable=False{schema})\nop.drop_constraint(\"{table}_{column}_not_null\", \"{table}\"{schema})", \
    "ALTER TABLE {table} ADD CONSTRAINT {name}_not_null CHECK ({column} IS NOT NULL) NOT VALID;\n-- in a later transaction:\nALTER TABLE {table} VALIDATE CONSTRAINT {name}_not_null;\n-- in the one after it:\nALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\nALTER TABLE {table} DROP CONSTRAINT {name}_not_null;") \
  X(UNIQUE_BUILDS_INDEX, "unique-builds-index", DANGER, 0, \
    N_("unique index built under ACCESS EXCLUSIVE"), \
    N_("ADD UNIQUE or PRIMARY KEY builds its index while nobody can use the table."), \
    N_("Build a unique index concurrently, then make it the constraint."), \
    IN_AUTOCOMMIT "op.create_index(\"{name}\", \"{table}\", [{list}]{schema}, unique=True, postgresql_concurrently=True)\nop.execute(\"ALTER TABLE {relation} ADD CONSTRAINT {name} {kind} USING INDEX {name}\")", \
    "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns});\nALTER TABLE {table} ADD CONSTRAINT {name} {kind} USING INDEX {name};") \
  X(EXCLUDE_BUILDS_INDEX, "exclude-builds-index", DANGER, 0, \
    N_("exclusion constraint built under ACCESS EXCLUSIVE"), \
    N_("There is no concurrent way: nobody can use the table while it is built."), \
    N_("Do it in a maintenance window, or on a new table."), \
    NULL, NULL) \
  X(KEY_USING_INDEX, "primary-key-using-index", NOTE, 12, \
    N_("primary key from an index: nullable columns are read"), \
    N_("A key column that is still nullable is set NOT NULL, which reads every row under ACCESS EXCLUSIVE."), \
    N_("Make the columns NOT NULL first, through a validated CHECK."), \
    "op.create_check_constraint(\"{table}_not_null\", \"{table}\", \"COLUMN IS NOT NULL\"{schema}, postgresql_not_valid=True)\n# in the next migration:\nop.execute(\"ALTER TABLE {relation} VALIDATE CONSTRAINT {table}_not_null\")\n# and in the one after it:\nop.alter_column(\"{table}\", \"COLUMN\", nullable=False{schema})\nop.execute(\"{statement}\")", \
    "ALTER TABLE {table} ADD CHECK (COLUMN IS NOT NULL) NOT VALID;\n-- validate it, then:\nALTER TABLE {table} ALTER COLUMN COLUMN SET NOT NULL;\n{statement};") \
  X(LOCKS_OTHER_TABLE, "locks-other-table", CARE, 0, \
    N_("another table is locked against everybody, too"), \
    N_("Dropping a foreign key, alone or with its column or table, takes ACCESS EXCLUSIVE on the table it points at as well."), \
    N_("Drop the foreign keys first, one a transaction and under a lock_timeout, then the rest."), \
    "op.drop_constraint(\"{name}\", \"{table}\"{schema}, type_=\"foreignkey\")\n# and the rest in the next migration", \
    "SET lock_timeout = '2s';\nALTER TABLE {table} DROP CONSTRAINT {name};") \
  X(FK_WITHOUT_INDEX, "foreign-key-without-index", NOTE, 0, \
    N_("foreign key without an index on its column"), \
    N_("Each DELETE, and each change of a key, in the referenced table reads the referencing table as a whole."), \
    N_("Index the referencing columns."), \
    IN_AUTOCOMMIT "op.create_index(\"ix_{table}_{column}\", \"{table}\", [{list}]{schema}, postgresql_concurrently=True)", \
    "CREATE INDEX CONCURRENTLY ix_{name} ON {table} ({columns});") \
  X(FK_TYPE_MISMATCH, "foreign-key-type", CARE, 0, \
    N_("foreign key between columns of different types"), \
    N_("Values that fit the one may not fit the other, and comparing them may not use the index."), \
    N_("Give the referencing column the type of the referenced one."), \
    "sa.Column(\"{column}\", <the type of {referenced}>)", \
    NULL) \
  X(UNNAMED_CONSTRAINT, "unnamed-constraint", CARE, 0, \
    N_("constraint without a name, which the downgrade cannot drop"), \
    N_("The server makes a name up; Alembic raises where it has to drop a constraint whose name it does not know."), \
    N_("Name it here, or give target_metadata a naming_convention."), \
    "op.create_unique_constraint(\"uq_{table}_{column}\", \"{table}\", [{list}]{schema})", \
    "ALTER TABLE {table} ADD CONSTRAINT uq_{name} UNIQUE ({columns});") \
  X(IDENTIFIER_TOO_LONG, "identifier-too-long", CARE, 0, \
    N_("name longer than 63 bytes: the server cuts it off"), \
    N_("It is not found under the name that the migration and the model use, and two long names may become one."), \
    N_("Choose a shorter name."), \
    NULL, NULL) \
  X(DOMAIN_CONSTRAINT, "domain-constraint", DANGER, 0, \
    N_("domain constraint reads every table that uses the domain"), \
    N_("All of them are locked SHARE meanwhile: writes wait."), \
    N_("Add it NOT VALID and validate it later."), \
    "op.execute(\"{statement} NOT VALID\")", \
    "{statement} NOT VALID;\n-- later, table by table checked:\nALTER DOMAIN {name} VALIDATE CONSTRAINT CONSTRAINT_NAME;") \
  /* ---- columns ---- */ \
  X(DEFAULT_REWRITES, "default-rewrites", DANGER, 0, \
    N_("volatile default: the table is written anew"), \
    N_("A default that differs for each row is worked out for every row under ACCESS EXCLUSIVE, and the table needs its own size again on disk."), \
    N_("Add the column without it, set the default, fill old rows in batches."), \
    "op.add_column(\"{table}\", sa.Column(\"{column}\", <type>, nullable=True){schema})\nop.alter_column(\"{table}\", \"{column}\", server_default=sa.text(\"{expression}\"){schema})", \
    "ALTER TABLE {table} ADD COLUMN {column} {type};\nALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {expression};\n-- outside the migration, again and again until no row is left:\nUPDATE {table} SET {column} = {expression} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {column} IS NULL LIMIT 10000));") \
  X(SERIAL_REWRITES, "serial-rewrites", DANGER, 0, \
    N_("serial or identity column: the table is written anew"), \
    N_("Every row gets its number under ACCESS EXCLUSIVE, and the table needs its own size again on disk."), \
    N_("Add a plain column, attach a sequence as default, fill old rows in batches."), \
    "op.execute(\"CREATE SEQUENCE {name}_seq\")\nop.add_column(\"{table}\", sa.Column(\"{column}\", sa.BigInteger()){schema})\nop.alter_column(\"{table}\", \"{column}\", server_default=sa.text(\"nextval('{name}_seq')\"){schema})", \
    "CREATE SEQUENCE {name}_seq;\nALTER TABLE {table} ADD COLUMN {column} bigint;\nALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval('{name}_seq');\n-- then fill old rows in batches") \
  X(GENERATED_REWRITES, "generated-rewrites", DANGER, 0, \
    N_("stored generated column: the table is written anew"), \
    N_("Every row's value is computed under ACCESS EXCLUSIVE, and the table needs its own size again on disk."), \
    N_("Use a plain column kept by a trigger and filled in batches; from 18 on VIRTUAL costs nothing."), \
    "op.add_column(\"{table}\", sa.Column(\"{column}\", <type>){schema})\n# a BEFORE INSERT OR UPDATE trigger keeps it; old rows are filled in batches", \
    "ALTER TABLE {table} ADD COLUMN {column} {type};\n-- a BEFORE INSERT OR UPDATE trigger keeps it; old rows are filled in batches") \
  X(DOMAIN_REWRITES, "domain-rewrites", DANGER, 0, \
    N_("column of a domain with a check: the table is written anew"), \
    N_("Even without a default every row is written, under ACCESS EXCLUSIVE."), \
    N_("Use the domain's base type and a CHECK constraint that is added NOT VALID."), \
    "op.add_column(\"{table}\", sa.Column(\"{column}\", <base type>){schema})\nop.create_check_constraint(\"ck_{table}_{column}\", \"{table}\", \"...\", postgresql_not_valid=True{schema})", \
    "ALTER TABLE {table} ADD COLUMN {column} BASE_TYPE;\nALTER TABLE {table} ADD CONSTRAINT ck_{name} CHECK (...) NOT VALID;") \
  X(TYPE_CHANGE, "type-change", DANGER, 0, \
    N_("type change: the table is written anew"), \
    N_("Unless the new type only widens the old one (varchar(20) to varchar(50), to text), every row and index is written anew under ACCESS EXCLUSIVE, and the table needs its own size again on disk."), \
    N_("Add a new column, keep both in step with a trigger, fill it in batches, switch over, drop the old one later."), \
    "op.add_column(\"{table}\", sa.Column(\"{column}_new\", <type>, nullable=True){schema})\n# a trigger keeps both in step; fill old rows in batches; in a later migration:\nop.drop_column(\"{table}\", \"{column}\"{schema})\nop.alter_column(\"{table}\", \"{column}_new\", new_column_name=\"{column}\"{schema})", \
    "ALTER TABLE {table} ADD COLUMN {column}_new {type};\n-- a trigger keeps both in step; fill old rows in batches; later, in one transaction:\nALTER TABLE {table} DROP COLUMN {column};\nALTER TABLE {table} RENAME COLUMN {column}_new TO {column};") \
  X(TYPE_WIDENED, "type-widened", NOTE, 0, \
    N_("type widened: only the catalog changes, unless something else hangs on the column"), \
    N_("A CHECK on the column is validated anew (every row is read), an index on an expression of it or with a predicate on it is rebuilt, a foreign key has the other table locked ACCESS EXCLUSIVE as well, and a view that shows it makes the statement fail."), \
    N_("Review it against the database: there these are known."), \
    NULL, \
    "SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend\nWHERE refobjid = '{table}'::regclass AND refobjsubid = (SELECT attnum FROM pg_attribute\n  WHERE attrelid = '{table}'::regclass AND attname = '{column}');") \
  X(WIDENING_TRAP, "widening-trap", DANGER, 0, \
    N_("this widening is not free"), \
    N_("Something that hangs on the column is checked or rebuilt under ACCESS EXCLUSIVE, locks another table, or makes the statement fail."), \
    N_("Drop what hangs on it first and put it back afterwards without a lock: a CHECK as NOT VALID, an index concurrently, a view after the change."), \
    NULL, NULL) \
  X(NARROWING_TYPE, "narrowing-type", DANGER, 0, \
    N_("type made narrower: values that no longer fit make it fail"), \
    N_("Every row is checked and written anew under ACCESS EXCLUSIVE; one value too long or too large ends it, at worst after minutes, and a cast in USING may cut values off silently."), \
    N_("Keep the wide type and add a CHECK that is validated later."), \
    "op.create_check_constraint(\"ck_{table}_{column}\", \"{table}\", \"char_length({column}) <= N\"{schema}, postgresql_not_valid=True)\n# in the next migration:\nop.execute(\"ALTER TABLE {relation} VALIDATE CONSTRAINT ck_{table}_{column}\")", \
    "ALTER TABLE {table} ADD CONSTRAINT ck_{name} CHECK (char_length({column}) <= N) NOT VALID;\n-- in a later transaction:\nALTER TABLE {table} VALIDATE CONSTRAINT ck_{name};") \
  X(STATISTICS_LOST, "statistics-lost", NOTE, 0, \
    N_("the column's statistics are gone until the next ANALYZE"), \
    N_("Queries on the column are planned blindly meanwhile."), \
    N_("ANALYZE the table right afterwards."), \
    "op.execute(\"ANALYZE {relation}\")", \
    "ANALYZE {table};") \
  X(REQUIRED_COLUMN, "required-column", DANGER, 0, \
    N_("NOT NULL column without a default"), \
    N_("It fails when the table has rows, and programs that do not know it can no longer insert."), \
    N_("Give it a server_default, or add it nullable, fill it, and set NOT NULL later."), \
    "op.add_column(\"{table}\", sa.Column(\"{column}\", <type>, server_default=<value>, nullable=False){schema})", \
    "ALTER TABLE {table} ADD COLUMN {column} {type} DEFAULT <value> NOT NULL;") \
  X(JSON_TYPE, "json-type", NOTE, 0, \
    N_("json has no equality"), \
    N_("SELECT DISTINCT, UNION and GROUP BY over the row fail with json."), \
    N_("Use jsonb."), \
    "sa.Column(\"{column}\", postgresql.JSONB())", \
    "ALTER TABLE {table} ADD COLUMN {column} jsonb;") \
  /* ---- what programs and people lose ---- */ \
  X(COLUMN_DROPPED, "column-dropped", CARE, 0, \
    N_("column and its data dropped"), \
    N_("Running programs that still name the column fail from the commit on, and its data is gone."), \
    N_("Take it out of the models first and release that; keep a backup."), \
    "# release without the column in the model first; then:\nop.drop_column(\"{table}\", \"{column}\"{schema})", \
    "CREATE TABLE {name}_backup AS SELECT <key>, {column} FROM {table};\n{statement};") \
  X(TABLE_DROPPED, "table-dropped", CARE, 0, \
    N_("table and its data dropped"), \
    N_("Running programs that still use it fail from the commit on, and its rows are gone."), \
    N_("Rename it first and drop it in a later release; keep a backup."), \
    "op.rename_table(\"{table}\", \"{table}_unused\"{schema})\n# in a later release:\nop.drop_table(\"{table}_unused\"{schema})", \
    "ALTER TABLE {table} RENAME TO {name}_unused;\n-- in a later release:\nDROP TABLE {name}_unused;") \
  X(OBJECT_DROPPED, "object-dropped", CARE, 0, \
    N_("schema or view dropped"), \
    N_("Running programs that still use it fail from the commit on."), \
    N_("Release programs that do without it first."), \
    NULL, NULL) \
  X(RENAMED, "renamed", CARE, 0, \
    N_("renamed: programs that use the old name fail"), \
    N_("Old and new program versions run side by side during a deployment; one of them has the wrong name."), \
    N_("Add the new name, write both, move over, drop the old one later; or keep a view under the old name."), \
    "# keep the name in the database and rename in the model only:\n{column} = mapped_column(\"{column}\", ...)", \
    "-- a table: ALTER TABLE {table} RENAME TO NEW; CREATE VIEW {table} AS SELECT * FROM NEW;") \
  X(CASCADES, "cascade", CARE, 0, \
    N_("CASCADE: whatever depends on it goes, too"), \
    N_("What is dropped is not visible in the statement."), \
    N_("Name the dependent objects and drop them one by one."), \
    NULL, NULL) \
  X(TRUNCATES, "truncate", DANGER, 0, \
    N_("every row removed"), \
    N_("TRUNCATE takes ACCESS EXCLUSIVE and leaves nothing to roll back to after the commit."), \
    N_("Make sure it is meant; keep a backup."), \
    NULL, NULL) \
  X(LOOKS_LIKE_RENAME, "looks-like-rename", DANGER, 0, \
    N_("dropped and added: probably meant as a rename"), \
    N_("Autogenerate cannot see renames; as written the data is lost."), \
    N_("Rename it."), \
    "op.alter_column(\"{table}\", \"{column}\", new_column_name=\"{new}\"{schema})", \
    "ALTER TABLE {table} RENAME COLUMN {column} TO {new};") \
  /* ---- types ---- */ \
  X(ENUM_VALUE, "enum-value-in-transaction", NOTE, 0, \
    N_("new enum value cannot be used before the commit"), \
    N_("Up to 11 the server refuses ADD VALUE in a transaction; later the value exists only after the commit."), \
    N_("Put it into an autocommit_block() or a migration of its own."), \
    IN_AUTOCOMMIT "op.execute(\"{statement}\")", \
    "{statement};\n-- and use it in another transaction") \
  X(ENUM_VALUE_USED, "enum-value-used", DANGER, 0, \
    N_("enum value used in the transaction that adds it"), \
    N_("The server refuses it: \"unsafe use of new value\" (up to 11 it refuses ADD VALUE itself)."), \
    N_("Add the value in an autocommit_block() before, or in a migration of its own."), \
    IN_AUTOCOMMIT "op.execute(\"ALTER TYPE {type} ADD VALUE IF NOT EXISTS '{new}'\")", \
    "ALTER TYPE {type} ADD VALUE IF NOT EXISTS '{new}';\nCOMMIT;\n{statement};") \
  /* ---- partitions and whole tables ---- */ \
  X(PARTITION_SCAN, "attach-scans", CARE, 0, \
    N_("attaching reads every row of the new partition"), \
    N_("The partition is locked ACCESS EXCLUSIVE while its rows are checked against its bounds; a DEFAULT partition is locked and read as well."), \
    N_("Give it a validated CHECK with the same bounds first, and the DEFAULT partition one that excludes them."), \
    "op.execute(\"ALTER TABLE {name} ADD CONSTRAINT {name}_bounds CHECK (<the bounds>) NOT VALID\")\n# in the next migration:\nop.execute(\"ALTER TABLE {name} VALIDATE CONSTRAINT {name}_bounds\")\n# and in the one after it:\nop.execute(\"{statement}\")", \
    "ALTER TABLE {name} ADD CONSTRAINT {name}_bounds CHECK (<the bounds>) NOT VALID;\n-- in a later transaction:\nALTER TABLE {name} VALIDATE CONSTRAINT {name}_bounds;\n{statement};") \
  X(PARTITION_LOCKS_PARENT, "partition-locks-parent", CARE, 12, \
    N_("new partition: the parent is locked against everybody"), \
    N_("CREATE TABLE ... PARTITION OF takes ACCESS EXCLUSIVE on the parent, and reads a DEFAULT partition."), \
    N_("Create it as a table of its own and attach it: from 12 on that lets reads and writes of the parent go on."), \
    "op.execute(\"CREATE TABLE {name} (LIKE {relation} INCLUDING ALL)\")\nop.execute(\"ALTER TABLE {relation} ATTACH PARTITION {name} FOR VALUES ...\")", \
    "CREATE TABLE {name} (LIKE {table} INCLUDING ALL);\nALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES ...;") \
  X(DETACH_BLOCKS, "detach-not-concurrent", CARE, 14, \
    N_("partition detached under ACCESS EXCLUSIVE on the parent"), \
    N_("All of the partitioned table waits, behind the longest query on any of its partitions."), \
    N_("DETACH PARTITION ... CONCURRENTLY, from 14 on, outside a transaction and without a DEFAULT partition."), \
    IN_AUTOCOMMIT "op.execute(\"{statement} CONCURRENTLY\")", \
    "{statement} CONCURRENTLY;") \
  X(FULL_REWRITE, "full-rewrite", DANGER, 0, \
    N_("the table is written anew"), \
    N_("Nobody can use it meanwhile, and it needs its own size again on disk."), \
    N_("Use pg_repack or pg_squeeze, or a maintenance window."), \
    NULL, NULL) \
  X(DISK_HEADROOM, "disk-headroom", NOTE, 0, \
    N_("needs the table's size again on disk"), \
    N_("The old and the new copy exist side by side until the commit."), \
    N_("Look that the file system, and each replica's, has that much left."), \
    NULL, \
    "SELECT pg_size_pretty(pg_total_relation_size('{table}'));") \
  X(REFRESH_BLOCKS, "refresh-not-concurrent", CARE, 0, \
    N_("materialized view refreshed while reads wait"), \
    N_("REFRESH MATERIALIZED VIEW takes ACCESS EXCLUSIVE on the view."), \
    N_("Refresh it concurrently; that needs a unique index on it."), \
    "op.execute(\"{statement:concurrently}\")", \
    "{statement:concurrently};") \
  /* ---- rows ---- */ \
  X(WHOLE_TABLE_CHANGE, "whole-table-change", CARE, 0, \
    N_("many rows changed in one transaction"), \
    N_("They stay locked until the commit, each leaves a dead copy behind, and replicas lag."), \
    N_("Change rows in batches outside the migration, a transaction each."), \
    IN_AUTOCOMMIT "# a batch a transaction, until rowcount is 0:\n    op.execute(\"{statement:batched}\")", \
    "{statement:batched};\n-- again and again, a transaction each, until no row is left") \
  X(DATA_WITH_DDL, "data-with-ddl", CARE, 0, \
    N_("rows and schema changed in one transaction"), \
    N_("The schema's locks are held while the rows are changed, or the rows stay locked while the schema's lock is waited for."), \
    N_("Move the data change into a migration of its own."), \
    "# this migration: the schema; the next one: the rows", NULL) \
  /* ---- locks ---- */ \
  X(WORK_UNDER_LOCK, "work-under-lock", DANGER, 0, \
    N_("long work while an ACCESS EXCLUSIVE lock is held"), \
    N_("An earlier statement of this transaction locked a table against everybody, and this one takes long."), \
    N_("Split the migration, so that the lock ends before the long work begins."), \
    "# this migration up to here; a new one from here on", NULL) \
  X(SEVERAL_TABLES, "several-tables", CARE, 0, \
    N_("several tables locked against everybody in one transaction"), \
    N_("Queries that lock the same tables in another order deadlock with it, and all of them wait for the slowest."), \
    N_("One table a migration, with transaction_per_migration=True in env.py."), \
    "context.configure(..., transaction_per_migration=True)  # env.py", NULL) \
  X(SEVERAL_SCANS, "several-scans", NOTE, 0, \
    N_("the same table read or written as a whole more than once"), \
    N_("Each statement goes through all of the table under its lock."), \
    N_("Put the changes into one ALTER TABLE: it goes through the table once."), \
    "op.execute(\"ALTER TABLE {relation} <first change>, <second change>\")", \
    "ALTER TABLE {table} <first change>, <second change>;") \
  X(GUARD_LOCKS, "if-exists-locks", NOTE, 0, \
    N_("IF [NOT] EXISTS still takes the lock"), \
    N_("Even when there is nothing to do the statement waits for its lock, and everybody behind it."), \
    N_("Set a lock_timeout, as for any other DDL."), \
    "op.execute(\"SET LOCAL lock_timeout = '2s'\")", \
    "SET lock_timeout = '2s';\n{statement};") \
  X(LOCKS_TABLE, "explicit-lock", CARE, 0, \
    N_("table locked by hand"), \
    N_("The lock is held until the commit."), \
    N_("Keep what follows short."), \
    NULL, NULL) \
  X(LOCK_TIMEOUT_SHORT, "lock-timeout-too-short", CARE, 0, \
    N_("lock_timeout does not outlast deadlock_timeout"), \
    N_("A running autovacuum gives way only when the waiting statement's deadlock check fires, after deadlock_timeout (1s unless changed): with a shorter or equal lock_timeout it never does, and each try fails."), \
    N_("2 to 3 seconds, and several tries."), \
    "op.execute(\"SET LOCAL lock_timeout = '2500ms'\")", \
    "SET lock_timeout = '2500ms';") \
  X(NO_LOCK_TIMEOUT, "no-lock-timeout", OFF, 0, \
    N_("waits for its lock without a limit"), \
    N_("While it waits everybody else queues behind it.  (A rollout by retort sets a lock_timeout by itself.)"), \
    N_("Set lock_timeout before it, above deadlock_timeout."), \
    "op.execute(\"SET LOCAL lock_timeout = '2500ms'\")", \
    "SET lock_timeout = '2500ms';\n{statement};") \
  /* ---- the migration as a whole ---- */ \
  X(DOWNGRADE_MISSING, "downgrade-missing", CARE, 0, \
    N_("there is no downgrade()"), \
    N_("When the rollout has to be taken back, somebody writes it by hand under pressure."), \
    N_("Write it; where nothing can be undone, say so with an exception."), \
    "def downgrade() -> None:\n    raise NotImplementedError(\"restore the backup\")", NULL) \
  X(DOWNGRADE_EMPTY, "downgrade-empty", CARE, 0, \
    N_("the downgrade does nothing"), \
    N_("Alembic moves the position back and leaves the schema as it is; the next upgrade then fails, or runs on what it does not expect."), \
    N_("Undo the upgrade; where nothing can be undone, say so with an exception."), \
    "def downgrade() -> None:\n    raise NotImplementedError(\"restore the backup\")", NULL) \
  X(DOWNGRADE_INCOMPLETE, "downgrade-incomplete", CARE, 0, \
    N_("the downgrade does not undo this"), \
    N_("After a downgrade the schema is not the one before the upgrade: going up again fails, or runs on what it does not expect."), \
    N_("Undo it in downgrade()."), \
    NULL, NULL) \
  X(DOWNGRADE_REFUSES, "downgrade-refuses", NOTE, 0, \
    N_("the downgrade refuses"), \
    N_("The way back is a backup, or a new migration."), \
    N_("Make sure that there is a backup before this one runs."), \
    NULL, NULL) \
  X(MERGE_DOES_SOMETHING, "merge-does-something", CARE, 0, \
    N_("a merge that changes the schema"), \
    N_("Merges are expected to join branches and nothing else; who merges again, or resolves the heads in another way, loses or doubles the change."), \
    N_("Leave the merge empty and put the change into a revision on top of it."), \
    "alembic revision -m \"...\"   # on top of the merge", NULL) \
  X(CHANGED_AFTER_APPLY, "changed-after-apply", DANGER, 0, \
    N_("changed after it was released or applied"), \
    N_("Databases that have this revision already will never run what it says now: their schema differs from then on."), \
    N_("Take the change back and put it into a new revision."), \
    "alembic revision -m \"...\"   # and git checkout the released file", NULL) \
  X(SEVERAL_HEADS, "several-heads", CARE, 0, \
    N_("several heads"), \
    N_("`alembic upgrade head' refuses while there is more than one."), \
    N_("Merge them, or put the one on top of the other while nobody has applied it."), \
    "alembic merge heads -m \"merge heads\"", NULL) \
  X(DEPENDS_ON_DATA, "depends-on-data", NOTE, 0, \
    N_("what it does depends on what the database answers"), \
    N_("It cannot be previewed without that database, and may do something else on the next one."), \
    N_("Say it in SQL that decides on the server, or split it off."), \
    NULL, NULL) \
  /* ---- silencing ---- */ \
  X(SILENCE_WITHOUT_REASON, "silence-without-reason", CARE, 0, \
    N_("silenced without a reason"), \
    N_("Who reads it next year does not know whether it still holds."), \
    N_("Write the reason behind a colon."), \
    "# retort: allow {name}: the table is empty until the release", \
    "-- retort: allow {name}: the table is empty until the release") \
  X(SILENCE_UNUSED, "silence-unused", NOTE, 0, \
    N_("silences nothing"), \
    N_("The statement changed, or the check never said anything here."), \
    N_("Remove the comment."), \
    NULL, NULL) \
  X(SILENCE_UNKNOWN, "silence-unknown", CARE, 0, \
    N_("names no check"), \
    N_("`retort review --checks' lists them."), \
    N_("Correct the name."), \
    NULL, NULL)
/* clang-format on */
