/* Any bytes through the parser, whole and in steps over bodies, and over the tree that comes out. */
#include <stdint.h>
#include <stdlib.h>

#include "retort/py/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gboolean check(const PyExpr *expr, void *data)
{
  const PyTree *tree = data;
  if (expr->span.end > tree->len || expr->span.start > expr->span.end || !expr->span.line)
    abort();
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  PyValue value;
  py_expr_literal(arena, expr, &value);
  return TRUE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  for (int flags = PY_PARSE_DEFAULT; flags <= PY_PARSE_HEADER; flags++) {
    g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
    PySyntaxError problem = {0};
    const PyTree *tree = py_parse(arena, "fuzz", (const char *)data, size, (PyParseFlags)flags, &problem);
    if (!tree && (!problem.line || !problem.text))
      abort();
    if (tree)
      py_visit_block(&tree->body, check, (void *)tree);
  }
  return 0;
}
