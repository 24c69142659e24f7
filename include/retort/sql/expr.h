/* Core expressions as a tree, with the rules by which SQLAlchemy builds them.
 *
 * The constructors do what SQLAlchemy does when Python evaluates the expression: "== None" becomes IS NULL, a bare
 * value takes the type of what it is compared with, "~(a == b)" becomes a != b, and_() drops true(), operands get the
 * parentheses their precedence asks for.  The tree that results says exactly what will be printed; compile.h prints it.
 * A tree may also be written by hand (SqlExpr x = {.kind = SQL_EXPR_COLUMN, ...}); then parentheses are yours
 * (SQL_EXPR_GROUPING).
 *
 *   SqlExpr *id = sql_column(arena, sql_name("id"), sql_type(SQL_TYPE_INTEGER), NULL);
 *   SqlExpr *where = sql_operate(arena, SQL_OP_EQ, id, sql_bind_value(arena, sql_value_int(arena, 5), NULL), &error);
 *
 * Trees are immutable once built and may share parts; they live in the arena.  Constructors that take a GError ** give
 * NULL where SQLAlchemy raises.  Nesting is limited when the tree is printed (SQL_MAX_NESTING): CompileError.
 */
#pragma once

#include <glib.h>

#include "retort/sql/type.h"

#define SQL_MAX_NESTING \
  400 /* of expressions and subqueries: enough for any migration, far from the C stack's end */

typedef struct SqlFrom SqlFrom;         /* dml.h: table, alias, subquery, join, ... */
typedef struct SqlQuery SqlQuery;       /* dml.h: select, insert, ... */
typedef struct SqlSequence SqlSequence; /* schema.h */
SQL_DEFINE_LIST(SqlExprList, sql_expr_list, SqlExpr *)

/* Operators: enum, spelling between operands, precedence (higher binds tighter), the operator of the negation.
 * Precedences are SQLAlchemy's; -100 stands for its "not in the table", which always brings parentheses. */
#define SQL_OPERATORS(X)                                                               \
  X(NONE, "", 0, NONE)                                                                 \
  X(AND, " AND ", 3, NONE)                                                             \
  X(OR, " OR ", 2, NONE)                                                               \
  X(NOT, "NOT ", 5, NONE)                                                              \
  X(ADD, " + ", 7, NONE)                                                               \
  X(SUB, " - ", 7, NONE)                                                               \
  X(MUL, " * ", 8, NONE)                                                               \
  X(DIV, " / ", 8, NONE)                                                               \
  X(FLOORDIV, " / ", 8, NONE)                                                          \
  X(MOD, " % ", 8, NONE)                                                               \
  X(NEG, "-", 8, NONE)                                                                 \
  X(BITWISE_AND, " & ", 7, NONE)                                                       \
  X(BITWISE_OR, " | ", 7, NONE)                                                        \
  X(BITWISE_XOR, " # ", 7, NONE)                                                       \
  X(BITWISE_LSHIFT, " << ", 7, NONE)                                                   \
  X(BITWISE_RSHIFT, " >> ", 7, NONE)                                                   \
  X(BITWISE_NOT, "~", 8, NONE)                                                         \
  X(CONCAT, " || ", 5, NONE)                                                           \
  X(EQ, " = ", 5, NE)                                                                  \
  X(NE, " != ", 5, EQ)                                                                 \
  X(LT, " < ", 5, GE)                                                                  \
  X(LE, " <= ", 5, GT)                                                                 \
  X(GT, " > ", 5, LE)                                                                  \
  X(GE, " >= ", 5, LT)                                                                 \
  X(IS, " IS ", 5, IS_NOT)                                                             \
  X(IS_NOT, " IS NOT ", 5, IS)                                                         \
  X(IS_DISTINCT_FROM, " IS DISTINCT FROM ", 5, IS_NOT_DISTINCT_FROM)                   \
  X(IS_NOT_DISTINCT_FROM, " IS NOT DISTINCT FROM ", 5, IS_DISTINCT_FROM)               \
  X(IN, " IN ", 5, NOT_IN)                                                             \
  X(NOT_IN, " NOT IN ", 5, IN)                                                         \
  X(BETWEEN, " BETWEEN ", 5, NOT_BETWEEN)                                              \
  X(NOT_BETWEEN, " NOT BETWEEN ", 5, BETWEEN)                                          \
  X(LIKE, " LIKE ", 5, NOT_LIKE)                                                       \
  X(NOT_LIKE, " NOT LIKE ", 5, LIKE)                                                   \
  X(ILIKE, " ILIKE ", 5, NOT_ILIKE)                                                    \
  X(NOT_ILIKE, " NOT ILIKE ", 5, ILIKE)                                                \
  X(CONTAINS, " LIKE ", -100, NOT_CONTAINS) /* LIKE '%' || x || '%' */                 \
  X(NOT_CONTAINS, " NOT LIKE ", -100, CONTAINS)                                        \
  X(STARTSWITH, " LIKE ", -100, NOT_STARTSWITH)                                        \
  X(NOT_STARTSWITH, " NOT LIKE ", -100, STARTSWITH)                                    \
  X(ENDSWITH, " LIKE ", -100, NOT_ENDSWITH)                                            \
  X(NOT_ENDSWITH, " NOT LIKE ", -100, ENDSWITH)                                        \
  X(ICONTAINS, " ILIKE ", -100, NOT_ICONTAINS)                                         \
  X(NOT_ICONTAINS, " NOT ILIKE ", -100, ICONTAINS)                                     \
  X(ISTARTSWITH, " ILIKE ", -100, NOT_ISTARTSWITH)                                     \
  X(NOT_ISTARTSWITH, " NOT ILIKE ", -100, ISTARTSWITH)                                 \
  X(IENDSWITH, " ILIKE ", -100, NOT_IENDSWITH)                                         \
  X(NOT_IENDSWITH, " NOT ILIKE ", -100, IENDSWITH)                                     \
  X(MATCH, " @@ plainto_tsquery", 5, NOT_MATCH)                                        \
  X(NOT_MATCH, " @@ plainto_tsquery", 5, MATCH)                                        \
  X(REGEXP_MATCH, " ~ ", 5, NOT_REGEXP_MATCH) /* " ~* " with flags "i" */              \
  X(NOT_REGEXP_MATCH, " !~ ", 5, REGEXP_MATCH)                                         \
  X(REGEXP_REPLACE, "", 5, NONE) /* REGEXP_REPLACE(a, b, c) */                         \
  X(COLLATE, " COLLATE ", 4, NONE)                                                     \
  X(GETITEM, "", 15, NONE) /* array[1], array[1:2] */                                  \
  X(JSON_GETITEM, " -> ", 15, NONE)                                                    \
  X(JSON_PATH_GETITEM, " #> ", 15, NONE)                                               \
  X(JSON_ASTEXT, " ->> ", 15, NONE)                                                    \
  X(JSON_PATH_ASTEXT, " #>> ", 15, NONE)                                               \
  X(HAS_KEY, " ? ", 5, NONE)                                                           \
  X(HAS_ALL, " ?& ", 5, NONE)                                                          \
  X(HAS_ANY, " ?| ", 5, NONE)                                                          \
  X(PG_CONTAINS, " @> ", 5, NONE)                                                      \
  X(CONTAINED_BY, " <@ ", 5, NONE)                                                     \
  X(DELETE_PATH, " #- ", 15, NONE)                                                     \
  X(PATH_EXISTS, " @? ", 5, NONE)                                                      \
  X(PATH_MATCH, " @@ ", 5, NONE)                                                       \
  X(OVERLAP, " && ", 5, NONE)                                                          \
  X(STRICTLY_LEFT_OF, " << ", 5, NONE)                                                 \
  X(STRICTLY_RIGHT_OF, " >> ", 5, NONE)                                                \
  X(NOT_EXTEND_RIGHT_OF, " &< ", 5, NONE)                                              \
  X(NOT_EXTEND_LEFT_OF, " &> ", 5, NONE)                                               \
  X(ADJACENT_TO, " -|- ", 5, NONE)                                                     \
  X(CUSTOM, "", 0, NONE) /* .op("..."): text, precedence and comparison in the node */ \
  X(DISTINCT, "DISTINCT ", 5, NONE)                                                    \
  X(EXISTS, "EXISTS ", 0, NONE)                                                        \
  X(ANY, "ANY ", 15, NONE)                                                             \
  X(ALL, "ALL ", 15, NONE)                                                             \
  X(DESC, " DESC", 3, ASC)                                                             \
  X(ASC, " ASC", 3, DESC)                                                              \
  X(NULLS_FIRST, " NULLS FIRST", -100, NULLS_LAST)                                     \
  X(NULLS_LAST, " NULLS LAST", -100, NULLS_FIRST)                                      \
  X(IS_TRUE, "", 5, IS_FALSE) /* a boolean column used as a condition */               \
  X(IS_FALSE, "NOT ", 5, IS_TRUE)                                                      \
  X(FROM, " FROM ", 15, NONE)                                                          \
  X(ASBOOL, "", -10, NONE)                                                             \
  X(COMMA, ", ", -1, NONE)                                                             \
  X(AS, " AS ", -1, NONE)

typedef enum {
#define X(op, spelling, precedence, negation) SQL_OP_##op,
  SQL_OPERATORS(X)
#undef X
} SqlOperator;

typedef enum {
  SQL_EXPR_COLUMN,         /* name, from: sa.column(), table.c.x, Column */
  SQL_EXPR_LITERAL_COLUMN, /* text */
  SQL_EXPR_BIND,           /* bind: a value with or without a name; args: see expanding */
  SQL_EXPR_INLINE,         /* value: op.inline_literal(), always printed */
  SQL_EXPR_TEXT,           /* text, args (BINDs given with bindparams) */
  SQL_EXPR_FUNCTION,       /* name (perhaps dotted), args */
  SQL_EXPR_BINARY,         /* op, left, right; escape, flags, text (custom) */
  SQL_EXPR_UNARY,          /* op before (or after, for DESC and its likes) left */
  SQL_EXPR_GROUPING,       /* ( left ) */
  SQL_EXPR_LIST,           /* op between args: AND, OR, COMMA, and arithmetic chains */
  SQL_EXPR_TUPLE,          /* ( args ) */
  SQL_EXPR_ARRAY,          /* ARRAY[ args ] */
  SQL_EXPR_CAST,           /* CAST(left AS type) */
  SQL_EXPR_TYPE_COERCE,    /* left, of another type */
  SQL_EXPR_CASE,           /* left or NULL, args: when, then, when, then, ...; right: else or NULL */
  SQL_EXPR_COLLATION,      /* name: right side of COLLATE */
  SQL_EXPR_EXTRACT,        /* EXTRACT(text FROM left) */
  SQL_EXPR_NULL,
  SQL_EXPR_TRUE,
  SQL_EXPR_FALSE,
  SQL_EXPR_LABEL,        /* left AS name, where columns are listed; left (or name in ORDER BY) elsewhere;
                            * left NULL: a reference to the selected column of that name */
  SQL_EXPR_SUBQUERY,     /* ( query ): scalar subquery, IN (SELECT ...), EXISTS's operand */
  SQL_EXPR_NEXTVAL,      /* nextval('sequence') */
  SQL_EXPR_OVER,         /* left OVER (PARTITION BY args ORDER BY order frame) */
  SQL_EXPR_FILTER,       /* left FILTER (WHERE right) */
  SQL_EXPR_WITHIN_GROUP, /* left WITHIN GROUP (ORDER BY order) */
  SQL_EXPR_ORDERED,      /* aggregate_order_by: left ORDER BY order */
  SQL_EXPR_SLICE,        /* left:right, in brackets of GETITEM */
  SQL_EXPR_STAR,         /* from.* or * */
  SQL_EXPR_DEFAULT,      /* DEFAULT, where a value stands in VALUES */
} SqlExprKind;

/* Limits of a window frame: {0} none given. */
typedef enum {
  SQL_FRAME_NONE,
  SQL_FRAME_ROWS,
  SQL_FRAME_RANGE,
  SQL_FRAME_GROUPS,
} SqlFrameKind;

typedef struct {
  SqlFrameKind kind;
  SqlInt start; /* absent: UNBOUNDED PRECEDING; 0: CURRENT ROW; -2: 2 PRECEDING */
  SqlInt end;   /* absent: UNBOUNDED FOLLOWING */
} SqlFrame;

struct SqlExpr {
  SqlExprKind kind;
  SqlOperator op;
  const SqlType *type; /* NULL: NullType */
  SqlName name;
  const char *text;
  SqlExpr *left;
  SqlExpr *right;
  SqlExprList args;
  SqlExprList order;
  SqlFrom *from;
  SqlQuery *query;
  const SqlSequence *sequence;
  const SqlValue *value; /* BIND: NULL when it has none */
  SqlFrame frame;
  const char *escape;  /* LIKE ... ESCAPE */
  const char *flags;   /* regexp flags */
  int precedence;      /* CUSTOM */
  gboolean comparison; /* CUSTOM: result is boolean */
  gboolean unique;     /* BIND: anonymous, its printed name gets a number */
  gboolean expanding;  /* BIND: prints as a list in parentheses; args: of the tuple beside it */
  gboolean required;   /* BIND: bindparam("x") without a value */
  gboolean free_type;  /* BIND: a bare value; takes its type from what it meets */
  gboolean ungrouped;  /* LIST: never takes parentheses (BETWEEN's pair) */
  gboolean criteria;   /* LIST: what where() was called with, rather than an and_() */
  gboolean quoted;     /* FUNCTION: its name is quoted_name */
  gboolean as_boolean; /* TRUE, FALSE: what an and_() or or_() came to */
};

/* --- Leaves --- */

SqlExpr *sql_column(Arena *arena, SqlName name, const SqlType *type, SqlFrom *from);
SqlExpr *sql_literal_column(Arena *arena, const char *text, const SqlType *type);
/* A bare Python value (type NULL: decided by what it meets) or literal(value, type). */
SqlExpr *sql_bind_value(Arena *arena, const SqlValue *value, const SqlType *type);
/* bindparam(key[, value][, type]); value NULL: required. */
SqlExpr *sql_bind_named(Arena *arena, const char *key, const SqlValue *value, const SqlType *type);
SqlExpr *sql_inline_literal(Arena *arena, const SqlValue *value, const SqlType *type);
/* text(...).  Colons in it are read when it is printed (alembic.md 9.4). */
SqlExpr *sql_text(Arena *arena, const char *text);
/* text.bindparams(bind): a new text with that bind (replaces one of the same key).  ArgumentError when the text has no
 * such parameter. */
SqlExpr *sql_text_with_bind(Arena *arena, const SqlExpr *text, SqlExpr *bind, GError **error);
SqlExpr *sql_null(Arena *arena);
SqlExpr *sql_true(Arena *arena);
SqlExpr *sql_false(Arena *arena);
SqlExpr *sql_star(Arena *arena);
SqlExpr *sql_nextval(Arena *arena, const SqlSequence *sequence);

/* --- Operators --- */

/* left op right, as Python's operators and ColumnOperators' methods do: EQ..GE, IS.., arithmetic, CONCAT, LIKE..,
 * AND/OR, bitwise, JSON and array operators.  ADD of strings is CONCAT.  ArgumentError, TypeError as SQLAlchemy. */
SqlExpr *sql_operate(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right, GError **error);
/* left.op(text, precedence, is_comparison)(right) and bool_op. */
SqlExpr *sql_custom_op(Arena *arena, const char *text, int precedence, gboolean comparison, SqlExpr *left,
                       SqlExpr *right, GError **error);
/* LIKE, CONTAINS, STARTSWITH, ... with escape (NULL for none) and autoescape. */
SqlExpr *sql_like(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right, const char *escape,
                  gboolean autoescape, GError **error);
/* REGEXP_MATCH; flags may be NULL. */
SqlExpr *sql_regexp_match(Arena *arena, SqlExpr *left, SqlExpr *pattern, const char *flags, GError **error);
SqlExpr *sql_regexp_replace(Arena *arena, SqlExpr *left, SqlExpr *pattern, SqlExpr *replacement,
                            const char *flags, GError **error);
/* left IN (values): values may be empty; elements are bare values or expressions. */
SqlExpr *sql_in(Arena *arena, SqlExpr *left, SqlExprList values, gboolean negated, GError **error);
SqlExpr *sql_in_query(Arena *arena, SqlExpr *left, SqlQuery *query, gboolean negated);
/* left.in_(bindparam("x", expanding=True)) */
SqlExpr *sql_in_bind(Arena *arena, SqlExpr *left, SqlExpr *bind, gboolean negated);
SqlExpr *sql_between(Arena *arena, SqlExpr *left, SqlExpr *low, SqlExpr *high, gboolean symmetric,
                     GError **error);
/* ~x and not_(x): rewrites comparisons, negates booleans, otherwise NOT x. */
SqlExpr *sql_not(Arena *arena, SqlExpr *x);
SqlExpr *sql_negative(Arena *arena, SqlExpr *x);
/* and_(*args) / or_(*args): op is SQL_OP_AND or SQL_OP_OR. */
SqlExpr *sql_conjunction(Arena *arena, SqlOperator op, SqlExprList args);
/* DESC, ASC, NULLS_FIRST, NULLS_LAST, DISTINCT, ANY, ALL, BITWISE_NOT. */
SqlExpr *sql_modifier(Arena *arena, SqlOperator op, SqlExpr *x);
SqlExpr *sql_collate(Arena *arena, SqlExpr *x, const char *collation);
/* x[index]: array element, JSON member (right a bare value: text or number; a list for a path). */
SqlExpr *sql_getitem(Arena *arena, SqlExpr *x, SqlExpr *index, GError **error);
SqlExpr *sql_getslice(Arena *arena, SqlExpr *x, SqlExpr *start, SqlExpr *end);
/* JSON's x.astext, for x built by sql_getitem(). */
SqlExpr *sql_astext(Arena *arena, SqlExpr *x, GError **error);

/* x in the parentheses it needs as an operand of against (SQL_OP_NONE: whenever it is an operator at all). */
SqlExpr *sql_self_group(Arena *arena, SqlExpr *x, SqlOperator against);
/* The name by which Python code would find x in a dictionary of columns: a column's or label's name, a text's text. */
const char *sql_expr_key(const SqlExpr *x);

/* --- Composites --- */

/* func.name(*args): known names get their type and spelling (now, count, coalesce, current_timestamp without
 * parentheses, ...); name may be dotted.  type NULL: what SQLAlchemy knows, else NullType. */
SqlExpr *sql_function(Arena *arena, const char *name, SqlExprList args, const SqlType *type);
SqlExpr *sql_cast(Arena *arena, SqlExpr *x, const SqlType *type);
SqlExpr *sql_type_coerce(Arena *arena, SqlExpr *x, const SqlType *type);
/* whens: condition, result, condition, result, ...; value and otherwise (Python's None) may be NULL. */
SqlExpr *sql_case(Arena *arena, SqlExpr *value, SqlExprList whens, SqlExpr *otherwise);
SqlExpr *sql_extract(Arena *arena, const char *field, SqlExpr *x);
/* x.label(name); a name of NULL is anonymous. */
SqlExpr *sql_label(Arena *arena, SqlName name, SqlExpr *x);
/* order_by("name"), desc("name"): the selected column or label of that name. */
SqlExpr *sql_label_reference(Arena *arena, const char *name);
SqlExpr *sql_tuple(Arena *arena, SqlExprList items);
/* postgresql.array(items[, type_=item_type]). */
SqlExpr *sql_array(Arena *arena, SqlExprList items, const SqlType *item_type);
SqlExpr *sql_scalar_subquery(Arena *arena, SqlQuery *query);
SqlExpr *sql_exists(Arena *arena, SqlQuery *query);
SqlExpr *sql_over(Arena *arena, SqlExpr *x, SqlExprList partition_by, SqlExprList order_by, SqlFrame frame);
SqlExpr *sql_filter(Arena *arena, SqlExpr *x, SqlExpr *condition);
SqlExpr *sql_within_group(Arena *arena, SqlExpr *x, SqlExprList order_by);
SqlExpr *sql_aggregate_order_by(Arena *arena, SqlExpr *x, SqlExprList order_by);
