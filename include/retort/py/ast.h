/* The syntax tree of one Python file.
 *
 * Nodes live in the arena the file was parsed into and are constant.  Every node knows its line and column and the
 * byte range of its text.  Names are interned within one tree: two names are equal exactly when their PyStr pointers
 * are.  Sequences are plain arrays with a count.
 *
 * What a function assigns decides which names are local to it; the parser collects that in a PyScope.
 */
#pragma once

#include <glib.h>

#include "retort/py/value.h"

typedef struct PyExpr PyExpr;
typedef struct PyStmt PyStmt;
typedef struct PyPattern PyPattern;
typedef struct PyScope PyScope;

typedef struct {
  guint line;   /* from 1 */
  guint column; /* from 1, in bytes */
  guint start;  /* byte offset into PyTree.text */
  guint end;    /* one past the last byte */
} PySpan;

typedef enum {
  PY_EXPR_CONSTANT, /* None True False ... numbers str bytes */
  PY_EXPR_NAME,
  PY_EXPR_ATTRIBUTE,
  PY_EXPR_SUBSCRIPT,
  PY_EXPR_CALL,
  PY_EXPR_UNARY,
  PY_EXPR_BINARY,
  PY_EXPR_BOOL, /* and, or */
  PY_EXPR_COMPARE,
  PY_EXPR_IF,
  PY_EXPR_LAMBDA,
  PY_EXPR_TUPLE,
  PY_EXPR_LIST,
  PY_EXPR_SET,
  PY_EXPR_DICT,
  PY_EXPR_LIST_COMP,
  PY_EXPR_SET_COMP,
  PY_EXPR_DICT_COMP,
  PY_EXPR_GENERATOR,
  PY_EXPR_STARRED,   /* *x in calls, displays and targets */
  PY_EXPR_NAMED,     /* name := value */
  PY_EXPR_JOINED,    /* f-string */
  PY_EXPR_FORMATTED, /* {value!r:spec} inside PY_EXPR_JOINED */
  PY_EXPR_SLICE,
  PY_EXPR_YIELD,
  PY_EXPR_YIELD_FROM,
  PY_EXPR_AWAIT,
} PyExprKind;

/* Operators as the evaluator and host classes see them; text by py_op_text(). */
typedef enum {
  PY_ADD,
  PY_SUB,
  PY_MUL,
  PY_MATMUL,
  PY_DIV,
  PY_FLOORDIV,
  PY_MOD,
  PY_POW,
  PY_LSHIFT,
  PY_RSHIFT,
  PY_AND,
  PY_OR,
  PY_XOR,
  PY_EQ,
  PY_NE,
  PY_LT,
  PY_LE,
  PY_GT,
  PY_GE,
  PY_IN,
  PY_NOT_IN,
  PY_IS,
  PY_IS_NOT,
  PY_NEG,
  PY_POS,
  PY_INVERT,
  PY_NOT,
} PyOp;
const char *py_op_text(PyOp op);

typedef struct {
  PyStr *name; /* NULL: **value */
  PyExpr *value;
  PySpan span;
} PyKeywordArg;

typedef struct {
  PyExpr *target;
  PyExpr *iter;
  PyExpr **conditions;
  guint n_conditions;
  gboolean is_async;
} PyComprehension;

typedef struct {
  PyStr *name;
  PyExpr *annotation; /* or NULL */
  PyExpr *value;      /* default, or NULL */
  PySpan span;
} PyParam;

/* Order in params: positional-only, positional, then keyword-only. */
typedef struct {
  PyParam *params;
  guint n_params;
  guint n_positional_only;
  guint n_positional; /* positional-only included */
  PyParam *star;      /* *args, or NULL */
  PyParam *star_star; /* **kwargs, or NULL */
} PyParams;

struct PyExpr {
  PyExprKind kind;
  PyOp op; /* UNARY, BINARY; BOOL: PY_AND or PY_OR */
  gboolean parenthesized;
  PySpan span;
  union {
    PyValue constant;
    PyStr *name; /* NAME */
    struct {
      PyExpr *value;
      PyStr *name;
      PySpan name_span;
    } attribute;
    struct {
      PyExpr *value, *index;
    } subscript;
    struct {
      PyExpr *function;
      PyExpr **args; /* may hold STARRED */
      PyKeywordArg *keywords;
      guint n_args, n_keywords;
    } call;
    struct {
      PyExpr *left, *right;
    } binary;
    PyExpr *operand; /* UNARY, STARRED, AWAIT, YIELD (may be NULL), YIELD_FROM */
    struct {
      PyExpr **items; /* TUPLE, LIST, SET, BOOL, JOINED (str constants and FORMATTED) */
      guint n;
    } list;
    struct {
      PyExpr **keys; /* a NULL key: **value */
      PyExpr **values;
      guint n;
    } dict;
    struct {
      PyExpr *first;
      PyOp *ops;
      PyExpr **rest;
      guint n; /* of ops and rest */
    } compare;
    struct {
      PyExpr *test, *body, *orelse;
    } if_exp;
    struct {
      PyParams params;
      PyExpr *body;
      PyScope *scope;
    } lambda;
    struct {
      PyExpr *element; /* key of DICT_COMP */
      PyExpr *value;   /* DICT_COMP */
      PyComprehension *generators;
      guint n;
      PyScope *scope;
    } comp;
    struct {
      PyStr *name;
      PyExpr *value;
    } named;
    struct {
      PyExpr *value;
      char conversion; /* 'r' 's' 'a' or 0 */
      PyExpr *spec;    /* JOINED, or NULL */
    } formatted;
    struct {
      PyExpr *lower, *upper, *step; /* NULL when absent */
    } slice;
  };
};

typedef enum {
  PY_STMT_EXPR,
  PY_STMT_ASSIGN,     /* a = b = value */
  PY_STMT_ANN_ASSIGN, /* a: type = value */
  PY_STMT_AUG_ASSIGN,
  PY_STMT_RETURN,
  PY_STMT_RAISE,
  PY_STMT_PASS,
  PY_STMT_BREAK,
  PY_STMT_CONTINUE,
  PY_STMT_DELETE,
  PY_STMT_ASSERT,
  PY_STMT_GLOBAL,
  PY_STMT_NONLOCAL,
  PY_STMT_IMPORT,
  PY_STMT_IMPORT_FROM,
  PY_STMT_IF,
  PY_STMT_WHILE,
  PY_STMT_FOR,
  PY_STMT_WITH,
  PY_STMT_TRY,
  PY_STMT_FUNCTION,
  PY_STMT_CLASS,
  PY_STMT_MATCH,
  PY_STMT_TYPE_ALIAS, /* type X = ... */
} PyStmtKind;

typedef struct {
  PyStmt **items;
  guint n;
} PyBlock;

typedef struct {
  PyStr *name;   /* dotted for import; "*" for a star import */
  PyStr *asname; /* or NULL */
  PySpan span;
} PyAlias;

typedef struct {
  PyExpr *context;
  PyExpr *target; /* or NULL */
} PyWithItem;

typedef struct {
  PyExpr *type; /* NULL: bare except */
  PyStr *name;  /* or NULL */
  PyBlock body;
  PySpan span;
} PyHandler;

typedef struct {
  PyPattern *pattern;
  PyExpr *guard; /* or NULL */
  PyBlock body;
} PyCase;

struct PyStmt {
  PyStmtKind kind;
  PyOp op; /* AUG_ASSIGN */
  PySpan span;
  union {
    PyExpr *expr; /* EXPR, RETURN (may be NULL) */
    struct {
      PyExpr **targets;
      guint n;
      PyExpr *value;
    } assign;
    struct {
      PyExpr *target, *annotation, *value; /* value may be NULL */
    } ann_assign;
    struct {
      PyExpr *target, *value;
    } aug_assign;
    struct {
      PyExpr *exc, *cause; /* may be NULL */
    } raise;
    struct {
      PyExpr **targets;
      guint n;
    } del;
    struct {
      PyExpr *test, *message;
    } assert_;
    struct {
      PyStr **names;
      guint n;
    } names; /* GLOBAL, NONLOCAL */
    struct {
      PyStr *module; /* IMPORT_FROM: dotted, or NULL for "from . import" */
      guint level;   /* IMPORT_FROM: leading dots */
      PyAlias *names;
      guint n;
    } import;
    struct {
      PyExpr *test;
      PyBlock body, orelse; /* elif: one IF in orelse */
    } if_;                  /* IF, WHILE */
    struct {
      PyExpr *target, *iter;
      PyBlock body, orelse;
      gboolean is_async;
    } for_;
    struct {
      PyWithItem *items;
      guint n;
      PyBlock body;
      gboolean is_async;
    } with;
    struct {
      PyBlock body, orelse, finalbody;
      PyHandler *handlers;
      guint n;
      gboolean is_star; /* except* */
    } try_;
    struct {
      PyStr *name;
      PyParams params;
      PyExpr *returns; /* or NULL */
      PyExpr **decorators;
      guint n_decorators;
      PyBlock body;
      PyScope *scope;
      gboolean is_async;
      PyStr *doc; /* docstring, or NULL */
    } function;
    struct {
      PyStr *name;
      PyExpr **bases;
      guint n_bases;
      PyKeywordArg *keywords;
      guint n_keywords;
      PyExpr **decorators;
      guint n_decorators;
      PyBlock body;
      PyScope *scope;
    } class;
    struct {
      PyExpr *subject;
      PyCase *cases;
      guint n;
    } match;
    struct {
      PyStr *name;
      PyExpr *value;
    } type_alias;
  };
};

typedef enum {
  PY_PATTERN_VALUE,   /* literal or dotted name, compared with == (None, True, False with is) */
  PY_PATTERN_CAPTURE, /* name, or NULL for _ */
  PY_PATTERN_STAR,    /* *name inside a sequence */
  PY_PATTERN_SEQUENCE,
  PY_PATTERN_MAPPING,
  PY_PATTERN_CLASS,
  PY_PATTERN_OR,
  PY_PATTERN_AS, /* pattern as name */
} PyPatternKind;

struct PyPattern {
  PyPatternKind kind;
  PySpan span;
  PyExpr *value;     /* VALUE; CLASS: the class */
  PyStr *name;       /* CAPTURE, STAR, AS; MAPPING: **rest; or NULL */
  PyPattern **items; /* SEQUENCE, OR, CLASS positional, AS (one), MAPPING values */
  guint n;
  PyExpr **keys;         /* MAPPING */
  PyStr **keyword_names; /* CLASS keywords */
  PyPattern **keyword_items;
  guint n_keywords;
};

typedef enum {
  PY_SCOPE_MODULE,
  PY_SCOPE_FUNCTION, /* def, lambda, comprehension */
  PY_SCOPE_CLASS,
} PyScopeKind;

/* Names a module, function or class binds; a function's parameters come first, in PyParams order, then *args, **kwargs. */
struct PyScope {
  PyScopeKind kind;
  PyScope *parent;
  PyStr **names;
  guint n_names;
  PyStr **globals;
  guint n_globals;
  PyStr **nonlocals;
  guint n_nonlocals;
  gboolean is_generator; /* holds a yield */
  gboolean is_comprehension;
};

typedef struct {
  const char *path; /* as given; for messages */
  const char *text; /* decoded source; offsets count here */
  gsize len;
  PyBlock body;
  PyScope *scope;
  PyStr *doc;              /* module docstring, or NULL */
  gboolean bodies_skipped; /* parsed with PY_PARSE_HEADER */
} PyTree;

/* ---- small questions readers of trees ask ---- */

/* Name of a plain name, else NULL. */
const char *py_expr_name(const PyExpr *expr);
/* "a.b.c" for names and attributes of names, in the arena; else NULL. */
const char *py_expr_dotted(Arena *arena, const PyExpr *expr);
/* A str literal's text (implicit concatenation included), else NULL. */
const char *py_expr_text(const PyExpr *expr);
/* The keyword argument's value in a CALL, or NULL. */
const PyExpr *py_call_keyword(const PyExpr *call, const char *name);
/* The constant folded from literals, tuples/lists of them, string concatenation with +, and signs: what reading
 * `down_revision = ("a", "b")` needs.  FALSE when something else is in it.  Lists and tuples come as PY_LIST and
 * PY_TUPLE in the arena. */
gboolean py_expr_literal(Arena *arena, const PyExpr *expr, PyValue *value);
/* Calls visit for every expression below (and including) the statements, outermost first; visit answers FALSE to
 * stop the walk. */
typedef gboolean (*PyVisit)(const PyExpr *expr, void *data);
gboolean py_visit_block(const PyBlock *block, PyVisit visit, void *data);
