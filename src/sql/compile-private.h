/* How the files of the compiler speak to each other.
 *
 * One SqlCompiler lives for one sql_compile() call.  Printing functions append to a GString and cannot fail by
 * themselves: the first problem is kept in compiler->error and ends the statement, so a chain of prints needs one check
 * at its end (sql_emit() is that check).  The flags are what SQLAlchemy passes down as keyword arguments; whoever
 * changes one restores it.
 */
#pragma once

#include <glib.h>

#include "retort/sql/compile.h"

typedef struct {
  const SqlContext *context;
  SqlPlace place;
  GPtrArray *out;
  Arena *arena; /* for what the compilation makes; goes at its end */
  GError *error;
  guint depth; /* of expressions and subqueries being printed */

  gboolean ddl;           /* inside DDL: literals by their type, always inline */
  gboolean hide_table;    /* columns without their table */
  gboolean in_operator;   /* below a binary operator: eager operators take parentheses */
  gboolean in_order_by;   /* directly in ORDER BY: selected labels print as their bare name */
  gboolean named_binds;   /* binds print as names although values are known */
  gboolean hide_schema;   /* tables without their schema */
  SqlOperator expand_op;  /* IN or NOT IN around an expanding bind */
  GHashTable *names;      /* anonymous object -> the name it got */
  GHashTable *counters;   /* "param" -> how many so far */
  struct SqlScope *scope; /* the statement being printed, innermost first */
  GPtrArray *ctes;        /* char *: "name AS (...)", in the order they are printed */
  GHashTable *cte_seen;   /* SqlFrom * whose text is in ctes or under way */
  gboolean cte_recursive;
} SqlCompiler;

/* --- compile.c --- */

void sql_fail(SqlCompiler *c, SqlErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Hands the finished text over as a statement, unless an error came up.  Takes text; TRUE when all is well. */
gboolean sql_emit(SqlCompiler *c, GString *text);
/* Enters one more level of nesting; FALSE (and an error) when it is too deep. */
gboolean sql_enter(SqlCompiler *c);
void sql_leave(SqlCompiler *c);
gboolean sql_is_old(const SqlCompiler *c);
gboolean sql_double_percents(const SqlCompiler *c);
SqlEscape sql_escape(const SqlCompiler *c);
/* TRUE the first time this run creates the named type. */
gboolean sql_run_claims_type(SqlRun *run, SqlName schema, SqlName name);

void sql_put_name(SqlCompiler *c, GString *out, SqlName name);
void sql_put_qualified(SqlCompiler *c, GString *out, SqlName schema, SqlName name);
/* The table as Alembic's own ALTER spells it. */
void sql_put_altered(SqlCompiler *c, GString *out, SqlName schema, SqlName table);
/* A constraint's or index's name, shortened or refused when too long. */
void sql_put_fitted(SqlCompiler *c, GString *out, SqlName name);
void sql_put_string(SqlCompiler *c, GString *out, const char *text);
/* Verbatim text of SQL, with percent signs doubled where the output wants it. */
void sql_put_verbatim(SqlCompiler *c, GString *out, const char *text);

/* One function an operation; compile.c's table calls them. */
void sql_compile_create_table(SqlCompiler *c, const SqlOp *op);
void sql_compile_drop_table(SqlCompiler *c, const SqlOp *op);
void sql_compile_create_all(SqlCompiler *c, const SqlOp *op);
void sql_compile_drop_all(SqlCompiler *c, const SqlOp *op);
void sql_compile_rename_table(SqlCompiler *c, const SqlOp *op);
void sql_compile_add_column(SqlCompiler *c, const SqlOp *op);
void sql_compile_drop_column(SqlCompiler *c, const SqlOp *op);
void sql_compile_alter_column(SqlCompiler *c, const SqlOp *op);
void sql_compile_add_constraint(SqlCompiler *c, const SqlOp *op);
void sql_compile_drop_constraint(SqlCompiler *c, const SqlOp *op);
void sql_compile_create_index(SqlCompiler *c, const SqlOp *op);
void sql_compile_drop_index(SqlCompiler *c, const SqlOp *op);
void sql_compile_table_comment(SqlCompiler *c, const SqlOp *op);
void sql_compile_column_comment(SqlCompiler *c, const SqlOp *op);
void sql_compile_constraint_comment(SqlCompiler *c, const SqlOp *op);
void sql_compile_create_type(SqlCompiler *c, const SqlOp *op);
void sql_compile_drop_type(SqlCompiler *c, const SqlOp *op);
void sql_compile_create_sequence(SqlCompiler *c, const SqlOp *op);
void sql_compile_drop_sequence(SqlCompiler *c, const SqlOp *op);
void sql_compile_create_schema(SqlCompiler *c, const SqlOp *op);
void sql_compile_drop_schema(SqlCompiler *c, const SqlOp *op);
void sql_compile_execute(SqlCompiler *c, const SqlOp *op);
void sql_compile_ddl_text(SqlCompiler *c, const SqlOp *op);
void sql_compile_bulk_insert(SqlCompiler *c, const SqlOp *op);
void sql_compile_batch(SqlCompiler *c, const SqlOp *op);
/* Compiles op as part of another (batch). */
void sql_compile_nested(SqlCompiler *c, const SqlOp *op);

/* --- compile_recreate.c --- */

/* batch_alter_table(recreate="always"): the "move and copy" of a table that is known. */
void sql_recreate_table(SqlCompiler *c, const SqlOp *op);

/* --- compile_bulk.c --- */

/* Whether an INSERT that leaves the column out still names it: a default on Python's side or a sequence. */
gboolean sql_column_has_insert_default(const SqlColumn *column);
void sql_put_insert_default(SqlCompiler *c, GString *out, const SqlColumn *column);
/* The same as an expression. */
SqlExpr *sql_insert_default_expr(SqlCompiler *c, const SqlColumn *column);

/* --- compile_type.c, compile_literal.c --- */

void sql_put_type(SqlCompiler *c, GString *out, const SqlType *type);
/* CREATE TYPE and CREATE DOMAIN for what type holds and the run has not created yet, as create_table does. */
void sql_create_types_of(SqlCompiler *c, const SqlType *type, SqlName table_schema);
void sql_drop_types_of(SqlCompiler *c, const SqlType *type, SqlName table_schema);
/* The type's name as an error message shows it: the default dialect's, not PostgreSQL's. */
const char *sql_type_message_name(SqlCompiler *c, const SqlType *type);
/* value as a literal of type, as literal_processor writes it. */
void sql_put_literal(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type);
/* value as the driver would put it into the statement (online). */
void sql_put_adapted(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type);

/* --- compile_column.c --- */

/* ArgumentError for autoincrement=True on a key column that is no number. */
void sql_check_autoincrement(SqlCompiler *c, const SqlTable *table);
/* name, type, default, generated, nullability; not the CHECKs.  table may be NULL (ALTER on a lone column). */
void sql_put_column_spec(SqlCompiler *c, GString *out, const SqlColumn *column, const SqlTable *table);
/* " CHECK (...)" for every check written inside the column. */
void sql_put_column_checks(SqlCompiler *c, GString *out, const SqlColumn *column, const SqlTable *table);
/* What follows SET DEFAULT / DEFAULT. */
void sql_put_default(SqlCompiler *c, GString *out, const SqlDefault *value);
/* " INCREMENT BY 1 ...", with the given text before the first option. */
void sql_put_sequence_options(GString *out, const SqlSequenceOptions *options, const char *before);
void sql_put_identity(SqlCompiler *c, GString *out, const SqlIdentity *identity);
gboolean sql_column_is_nullable(const SqlColumn *column, const SqlTable *table);

/* --- compile_identity.c --- */

/* What follows ALTER COLUMN c when an identity comes, goes or changes. */
void sql_put_altered_identity(SqlCompiler *c, GString *out, const SqlOp *op);

/* --- compile_constraint.c --- */

/* Index methods SQLAlchemy lets through, as its message shows them. */
#define SQL_INDEX_METHODS "^(?:btree|hash|gist|gin|[\\w_]+)$"
/* phrase when it matches pattern (case-insensitively), else CompileError. */
void sql_put_phrase(SqlCompiler *c, GString *out, const char *phrase, const char *pattern);
void sql_put_include(SqlCompiler *c, GString *out, const SqlNameList *include, const SqlTable *table);
/* Fails in the old flavor for options that came later, as if the keyword were unknown. */
void sql_check_constraint_options(SqlCompiler *c, const SqlConstraint *constraint);
void sql_fail_option(SqlCompiler *c, const char *option, const char *class_name);
/* The value for key, or NULL; key may be NULL. */
const char *sql_pair_value(const SqlPairList *pairs, const char *key);

/* The constraint's final name (convention applied); no name: text NULL. */
SqlName sql_constraint_name(SqlCompiler *c, const SqlConstraint *constraint, const SqlTable *table);
SqlName sql_index_name(SqlCompiler *c, const SqlIndex *index, const SqlTable *table);
/* "CONSTRAINT n UNIQUE (a)": what stands in CREATE TABLE and after ADD.  Nothing for an empty UNIQUE. */
void sql_put_constraint(SqlCompiler *c, GString *out, const SqlConstraint *constraint, const SqlTable *table);
/* The same for a CHECK inside a column. */
void sql_put_column_check(SqlCompiler *c, GString *out, const SqlConstraint *constraint,
                          const SqlTable *table);
/* " REFERENCES o (id) ON DELETE ..." for inline_references. */
void sql_put_references(SqlCompiler *c, GString *out, const SqlConstraint *constraint);
/* ALTER TABLE t ADD constraint, as a statement. */
void sql_emit_add_constraint(SqlCompiler *c, const SqlConstraint *constraint, const SqlTable *table);
/* Everything a table's columns and constraint list bring, in the order they are printed. */
SqlConstraintList sql_table_all_constraints(SqlCompiler *c, const SqlTable *table);
/* What one column brings to its table beside the primary key: UNIQUE, CHECK of its type, foreign keys. */
void sql_column_constraints(SqlCompiler *c, const SqlColumn *column, const SqlTable *table,
                            SqlConstraintList *list);

/* --- compile_index.c --- */

void sql_emit_create_index(SqlCompiler *c, const SqlIndex *index, const SqlTable *table,
                           gboolean if_not_exists);
/* The Index of Column(index=True). */
SqlIndex *sql_column_index(SqlCompiler *c, const SqlColumn *column);

/* --- compile_table.c --- */

void sql_emit_create_table(SqlCompiler *c, const SqlTable *table, gboolean if_not_exists);

/* --- compile_comment.c --- */

void sql_emit_create_sequence(SqlCompiler *c, const SqlSequence *sequence, gboolean if_not_exists);
void sql_emit_drop_sequence(SqlCompiler *c, const SqlSequence *sequence, gboolean if_exists);
void sql_emit_table_comment(SqlCompiler *c, SqlName schema, SqlName table, const char *comment);
void sql_emit_column_comment(SqlCompiler *c, SqlName schema, SqlName table, SqlName column,
                             const char *comment);

/* --- expr.c --- */

/* A bare value outside a comparison: takes type (or its own) and key (NULL: "param"); None becomes NULL. */
SqlExpr *sql_settle(Arena *arena, SqlExpr *x, const SqlType *type, const char *key);
static inline gboolean sql_has_type(const SqlExpr *x)
{
  return x->type != NULL && x->type->kind != SQL_TYPE_NULL;
}

/* --- expr_operate.c --- */

SqlExpr *sql_expr_node(Arena *arena, SqlExprKind kind, SqlOperator op, const SqlType *type);
/* left op right, each in the parentheses it needs. */
SqlExpr *sql_expr_binary(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right, const SqlType *type);
/* A Python value that has not met anything yet. */
gboolean sql_is_bare(const SqlExpr *x);
/* The type a bare value takes beside something of type (coerce_compared_value). */
const SqlType *sql_compared_type(const SqlType *type, const SqlValue *value, SqlOperator op);
/* What anonymous binds beside x are named after; NULL: "param". */
const char *sql_bind_key(const SqlExpr *x);
/* right as an operand beside left. */
SqlExpr *sql_tuple_beside(Arena *arena, const SqlValue *list, const SqlExpr *left, SqlOperator op);
SqlExpr *sql_coerced(Arena *arena, SqlExpr *right, const SqlExpr *left, SqlOperator op);
/* None, True, False and their SQL constants; NULL for anything else. */
SqlExpr *sql_constant(Arena *arena, SqlExpr *x);

/* --- expr_group.c --- */

typedef struct {
  SqlOperator op;
  int precedence; /* of CUSTOM */
} SqlAgainst;
SqlExpr *sql_group_against(Arena *arena, SqlExpr *x, SqlAgainst against);
gboolean sql_is_comparison(SqlOperator op);
int sql_precedence(SqlOperator op);
const char *sql_spelling(SqlOperator op);
SqlOperator sql_negation(SqlOperator op);
/* JSON and array operators that take parentheses below any other operator. */
gboolean sql_is_eager(SqlOperator op);
gboolean sql_is_modifier(SqlOperator op);

/* --- compile_text.c --- */

/* Whether text(text) has a parameter of that name. */
gboolean sql_text_has_bind(const char *text, const char *name);
void sql_put_text(SqlCompiler *c, GString *out, const SqlExpr *text);
/* A bind: its value, or its name where binds stay. */
void sql_put_bind(SqlCompiler *c, GString *out, const SqlExpr *bind);
/* A bind by name, whatever its value. */
void sql_put_bind_name(SqlCompiler *c, GString *out, const SqlExpr *bind);

/* "param_1", "anon_2": the name of an anonymous object, numbered by key when first asked for. */
const char *sql_anonymous_name(SqlCompiler *c, const void *object, const char *key);

/* --- compile_expr.c --- */

/* An empty IN list, by c->expand_op. */
void sql_put_empty_set(SqlCompiler *c, GString *out, const SqlExpr *bind);

void sql_put_expr(SqlCompiler *c, GString *out, const SqlExpr *expr);
void sql_put_exprs(SqlCompiler *c, GString *out, const SqlExprList *list, const char *separator);
/* Expressions inside DDL: no table names, binds inline. */
void sql_put_ddl_expr(SqlCompiler *c, GString *out, const SqlExpr *expr);
/* --- compile_function.c --- */
void sql_put_function(SqlCompiler *c, GString *out, const SqlExpr *function);

/* --- compile_from.c --- */

SQL_DEFINE_LIST(SqlFromSet, sql_from_set, SqlFrom *)

/* What stands before the dot of a column: the alias or the qualified table name.  FALSE: nothing. */
gboolean sql_put_from_name(SqlCompiler *c, GString *out, const SqlFrom *from);
/* An entry of a FROM list. */
void sql_put_from(SqlCompiler *c, GString *out, SqlFrom *from);
/* Has a class of its own in SQLAlchemy. */
gboolean sql_is_known_function(const SqlExpr *function);
gboolean sql_from_set_has(const SqlFromSet *set, const SqlFrom *from);
/* Adds what the expression's columns come from, in order, each once. */
void sql_collect_froms(Arena *arena, const SqlExpr *expr, SqlFromSet *set);
/* The name of from's column of that key, or none; makes no column. */
SqlName sql_from_column_name(const SqlFrom *from, const char *key);
/* from and, for a join, all that it joins. */
void sql_flatten_from(Arena *arena, SqlFrom *from, SqlFromSet *set);
/* The select's FROM list before correlation: given entries, then those of columns and WHERE; no table twice. */
SqlFromSet sql_select_froms(Arena *arena, const SqlQuery *query);

/* --- compile_select.c --- */

/* A statement whose names inner statements can see. */
typedef struct SqlScope {
  struct SqlScope *outer;
  const SqlQuery *query;
  SqlFromSet froms;    /* as displayed, joins flattened */
  gboolean in_columns; /* its list of columns is being printed */
} SqlScope;

/* as_from: in a FROM list or a CTE, where columns take AS labels. */
void sql_put_select(SqlCompiler *c, GString *out, const SqlQuery *query, gboolean as_from, gboolean lateral);
void sql_put_compound(SqlCompiler *c, GString *out, const SqlQuery *query, gboolean as_from);
gboolean sql_is_selected_label(SqlCompiler *c, const SqlExpr *label);
SqlName sql_label_name(SqlCompiler *c, const SqlExpr *label);
void sql_put_label_reference(SqlCompiler *c, GString *out, const SqlExpr *reference);

/* --- compile_columns.c --- */

/* The list of selected or returned columns with the labels they need. */
void sql_put_columns(SqlCompiler *c, GString *out, const SqlExprList *columns, gboolean as_from);
/* Their names as the outside sees them, for "cte(a, b)". */
void sql_put_column_names(SqlCompiler *c, GString *out, const SqlExprList *columns);
/* The label an expression takes: what it wraps, or a numbered name. */
SqlName sql_anonymous_label(SqlCompiler *c, const SqlExpr *x);
/* A column's name as a subquery gives it on: its own or what a cast wraps; NULL for an expression. */
const char *sql_outer_name(const SqlExpr *column);
/* A column's own name; NULL for an expression. */
const char *sql_natural_name(const SqlExpr *column);

/* --- compile_dml.c --- */

void sql_put_insert(SqlCompiler *c, GString *out, const SqlQuery *query, gboolean is_top);
void sql_put_update(SqlCompiler *c, GString *out, const SqlQuery *query);
void sql_put_delete(SqlCompiler *c, GString *out, const SqlQuery *query);
/* " RETURNING ..." */
void sql_put_returning(SqlCompiler *c, GString *out, const SqlExprList *columns);
/* "a AND b", as WHERE and HAVING print their condition. */
void sql_put_condition(SqlCompiler *c, GString *out, SqlExpr *condition);
/* A bind for a column that got no value. */
void sql_put_column_bind(SqlCompiler *c, GString *out, const char *key, const SqlType *type);

/* --- compile_conflict.c --- */

/* " ON CONFLICT ..." */
void sql_put_conflict(SqlCompiler *c, GString *out, const SqlQuery *insert);

/* --- compile_query.c --- */

/* A whole statement, with its CTEs before it. */
void sql_put_query(SqlCompiler *c, GString *out, const SqlQuery *query);
/* The statement without them. */
void sql_put_body(SqlCompiler *c, GString *out, const SqlQuery *query, gboolean as_from);
/* (SELECT ...): a query inside an expression. */
void sql_put_nested_query(SqlCompiler *c, GString *out, const SqlQuery *query);
/* Makes sure the CTE's text is in c->ctes. */
void sql_need_cte(SqlCompiler *c, SqlFrom *cte);
