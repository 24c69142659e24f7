/* Operations of a migration: one struct for every directive of Alembic's op, and for the DDL elements that op.execute()
 * and bind.execute() take.
 *
 * What an operation takes is what Alembic's does, resolved: names as SqlName, types as SqlType, keyword arguments as
 * fields.  Checks of keyword names (TypeError for unknown ones) belong to whoever reads the Python call.
 */
#pragma once

#include <glib.h>

#include "retort/sql/dml.h"
#include "retort/sql/schema.h"

typedef enum {
  SQL_CREATE_TABLE,
  SQL_DROP_TABLE,
  SQL_CREATE_ALL,
  SQL_DROP_ALL,
  SQL_RENAME_TABLE,
  SQL_ADD_COLUMN,
  SQL_DROP_COLUMN,
  SQL_ALTER_COLUMN,
  SQL_ADD_CONSTRAINT,
  SQL_DROP_CONSTRAINT,
  SQL_CREATE_INDEX,
  SQL_DROP_INDEX,
  SQL_TABLE_COMMENT,
  SQL_COLUMN_COMMENT,
  SQL_CONSTRAINT_COMMENT,
  SQL_CREATE_TYPE,
  SQL_DROP_TYPE,
  SQL_CREATE_SEQUENCE,
  SQL_DROP_SEQUENCE,
  SQL_CREATE_SCHEMA,
  SQL_DROP_SCHEMA,
  SQL_EXECUTE,
  SQL_DDL_TEXT,
  SQL_BULK_INSERT,
  SQL_BATCH,
  SQL_N_OP_KINDS,
} SqlOpKind;

typedef struct SqlOp SqlOp;
SQL_DEFINE_LIST(SqlOpList, sql_op_list, SqlOp *)

typedef enum {
  SQL_BATCH_AUTO,
  SQL_BATCH_ALWAYS,
  SQL_BATCH_NEVER,
} SqlBatchRecreate;

/* One row of bulk_insert: the columns it names, in the table's order or not. */
typedef struct {
  SqlName column; /* by key */
  const SqlValue *value;
  const SqlExpr *expr; /* op.inline_literal(); else NULL */
} SqlCell;
SQL_DEFINE_LIST(SqlCellList, sql_cell_list, SqlCell)
SQL_DEFINE_LIST(SqlCellRowList, sql_cell_row_list, SqlCellList *)

struct SqlOp {
  SqlOpKind kind;
  union {
    /* op.create_table(), Table.create(). */
    struct {
      SqlTable *table;
      gboolean if_not_exists;
      gboolean direct;     /* Table.create(): remembers the types it creates for itself only */
      gboolean only_table; /* CreateTable(t) given to execute(): no types, indexes or comments */
    } create_table;

    struct {
      SqlName name;
      SqlName schema;
      gboolean if_exists;
      gboolean direct; /* DropTable(t), t.drop(): 1.4 knows its IF EXISTS, Alembic 1.8's own does not */
      SqlTable
          *drop_types_of; /* Table.drop(): also drops its sequences and enum types; op.drop_table: NULL */
    } drop_table;

    /* metadata.create_all(), drop_all(). */
    struct {
      SqlTableList tables;       /* in the order of the statements */
      SqlTableList registered;   /* all of the MetaData, as they came: their types are created or dropped */
      SqlSequenceList sequences; /* the MetaData's own; drop: those of columns, too */
    } all;

    struct {
      SqlName name;
      SqlName schema;
      SqlName new_name;
    } rename_table;

    struct {
      SqlName table;
      SqlName schema;
      SqlColumn *column;
      gboolean if_not_exists;
      gboolean inline_references;
      gboolean inline_primary_key;
      const char *insert_before; /* in a batch that recreates the table: where the column goes */
      const char *insert_after;
    } add_column;

    struct {
      SqlName table;
      SqlName schema;
      SqlName column;
      gboolean if_exists;
    } drop_column;

    /* What is not said stays as it is. */
    struct {
      SqlName table;
      SqlName schema;
      SqlName column;
      SqlTri nullable;
      gboolean
          set_default; /* server_default= given (anything but False); server_default.kind NONE drops it */
      SqlDefault server_default;
      SqlName new_name;
      const SqlType *type;
      gboolean set_comment; /* comment= given; NULL removes it */
      const char *comment;
      const SqlType *existing_type;
      SqlTri existing_nullable;
      gboolean has_existing_default; /* existing_server_default= given, None included */
      SqlDefault existing_default;
      const char *using;          /* postgresql_using */
      gboolean set_autoincrement; /* autoincrement= given */
    } alter_column;

    /* create_primary_key, create_unique_constraint, create_check_constraint, create_foreign_key,
     * create_exclude_constraint. */
    struct {
      SqlName table;
      SqlName schema;
      SqlConstraint *constraint;
    } add_constraint;

    struct {
      SqlName table;
      SqlName schema;
      SqlName name;
      const char *type; /* "foreignkey", "primary", "unique", "check", or NULL */
      gboolean if_exists;
      gboolean cascade; /* DropConstraint(cascade=True) only */
    } drop_constraint;

    struct {
      SqlName table;
      SqlName schema;
      SqlIndex *index;
      gboolean if_not_exists;
      gboolean direct; /* CreateIndex(i), i.create() */
    } create_index;

    struct {
      SqlName name;
      SqlExprList expressions; /* of the index; they give it a name when it has none */
      SqlName table;           /* may be none */
      SqlName schema;
      gboolean concurrently;
      gboolean if_exists;
      gboolean direct; /* DropIndex(i), i.drop() */
    } drop_index;

    struct {
      SqlName table;
      SqlName schema;
      SqlName column;            /* COLUMN_COMMENT */
      SqlConstraint *constraint; /* CONSTRAINT_COMMENT */
      const char *comment;       /* NULL: IS NULL */
      gboolean drop;             /* drop_table_comment(), not create_table_comment(None) */
    } comment;

    /* Enum(...).create(bind), .drop(bind), CreateEnumType, CreateDomainType: exactly one of the two is set. */
    struct {
      SqlEnum *enumeration;
      SqlDomain *domain;
      gboolean
          checkfirst; /* remembered in the run's memo only by create_table, so unused there; kept for online */
      gboolean cascade;
    } type;

    struct {
      SqlSequence *sequence;
      gboolean if_exists; /* IF EXISTS or IF NOT EXISTS */
    } sequence;

    struct {
      SqlName name;
      gboolean if_exists;
      gboolean cascade;
    } schema;

    /* op.execute(), bind.execute() of text or a Core statement. */
    struct {
      SqlQuery *query;
    } execute;

    /* sa.DDL("..."): %-formatted by whoever makes it. */
    struct {
      const char *text;
    } ddl;

    struct {
      SqlTable *table;
      SqlCellRowList rows;
      gboolean multiinsert; /* online: executemany or one by one; the statements are the same */
    } bulk_insert;

    /* batch_alter_table(): operations in the order they were queued (execute() is not queued: it is its own
     * operation before).  Each of ops names its table itself. */
    struct {
      SqlName table;
      SqlName schema;
      SqlBatchRecreate recreate;
      SqlTable *copy_from;
      const SqlTable *reflected; /* recreate with a live database: what it said; NULL otherwise */
      SqlConstraintList table_args;
      SqlIndexList table_indexes;
      SqlOpList ops;
    } batch;
  };
};
