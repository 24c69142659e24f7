/* Python source to a tree: the grammar of Python 3.12.
 *
 *   g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
 *   const PyTree *tree = py_parse(arena, path, bytes, len, 0, &problem);
 *   if (!tree)
 *     py_syntax_error_set(error, path, &problem);
 *
 * The whole file is decoded first (byte order mark, encoding cookie).  The first syntax error ends the parse.
 * PY_PARSE_HEADER is for readers of module-level assignments: bodies of functions and classes are stepped over and
 * come out empty, so an error inside them is not seen.
 *
 * Thread-safe: no shared state.
 */
#pragma once

#include <glib.h>

#include "retort/base/diag.h"
#include "retort/py/ast.h"

/* Depth of nested expressions, blocks and patterns: CPython gives up near here as well, and it bounds our stack. */
#define PY_MAX_DEPTH 200

typedef enum {
  PY_PARSE_DEFAULT = 0,
  PY_PARSE_HEADER = 1 << 0, /* step over bodies of functions and classes */
} PyParseFlags;

typedef struct {
  guint line;   /* from 1 */
  guint column; /* from 1, in bytes; 0: the whole line */
  char *text;   /* translated; in the arena */
} PySyntaxError;

/* Borrows bytes: they must outlive the tree (arena_strndup() them when in doubt).  NULL with *problem filled. */
const PyTree *py_parse(Arena *arena, const char *path, const char *bytes, gsize len, PyParseFlags flags,
                       PySyntaxError *problem);
/* One expression, as in an f-string or a literal in a configuration. */
const PyExpr *py_parse_expression(Arena *arena, const char *text, gsize len, PySyntaxError *problem);

/* RETORT_ERROR_FILE: "path, line 3: text". */
void py_syntax_error_set(GError **error, const char *path, const PySyntaxError *problem);
void py_syntax_error_diag(DiagList *list, const char *path, const PySyntaxError *problem);
