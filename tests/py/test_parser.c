#include <criterion/criterion.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/py/parser.h"

static const PyTree *parse(Arena *arena, const char *text, PyParseFlags flags, PySyntaxError *problem)
{
  *problem = (PySyntaxError){0};
  return py_parse(arena, "file.py", text, strlen(text), flags, problem);
}

static const char *const good[] = {
    "x = yield_ = 1",
    "def f(a, b=1, /, c=2, *d, e, f=3, **g): pass",
    "def f(*, a): pass",
    "lambda: 0",
    "lambda a, *b, c=1, **d: (a, b)",
    "f(*a, **b, c=1, *d)",
    "f(x for x in y)",
    "[x async for x in y]",
    "a[1:2, ::3, ...]",
    "a[*b]",
    "x: int",
    "x.y: int = 1",
    "a, *b = c, *d",
    "for a, (b, *c) in d, e: pass",
    "with a as b, c: pass",
    "with (a as b, c as d,): pass",
    "with (a, b): pass",
    "with (a): pass",
    "with (a) as b: pass",
    "with (yield_): pass",
    "with open(a) as (b, c): pass",
    "try:\n  a\nexcept* B as c:\n  d\nelse:\n  e\nfinally:\n  f",
    "try: a\nfinally: b",
    "@a.b(c)\n@d\nasync def e(): await f",
    "@a\nclass B(C, metaclass=D, *e): x: int = 1",
    "class A: pass",
    "global_ = 1; pass; import a.b as c, d",
    "from . import a",
    "from .a.b import (c as d, e,)",
    "from ... import a",
    "from a import *",
    "if a: b\nelif c: d\nelse: e",
    "while a: break\nelse: b",
    "match a:\n  case [b, *_] if c: d\n  case {'k': v, **r} | {}: e\n  case F(g, h=1): i\n  case -1 | 'x' "
    "'y' | None: j\n"
    "  case (k): l\n  case m.n: o\n  case p, q: r\n  case [] as s: t\n  case *u,: v\n  case _: w",
    "match = 1\nmatch.a\nmatch(b)\nmatch[c]\nmatch, d\nmatch: int\nmatch in e",
    "case = 1\ntype = 2\ntype(x)\n_ = 3",
    "type X = int\ntype Y[T] = list[T]",
    "def f[T: int, *A, **P](x: T) -> T: pass\nclass C[T]: pass",
    "print((y := 1), *z)",
    "[y := 1, y]",
    "a if b else c if d else e",
    "not a in b is not c not in d",
    "-a ** -b",
    "a @ b // c % d << e >> f & g | h ^ ~i",
    "x = (\n  1 +\n  2\n)",
    "f'{a!r:>{b}} {c=} {{}} {d[\"e\"]} {(lambda: 1)()} {f\"{g}\"}'",
    "f'{a:%Y-%m-%d}' f'{a!s}' 'b' rf'\\d{c}'",
    "assert a, b\ndel c, d[0], (e.f)\nraise g from h\nreturn_ = 1",
    "def f():\n  global a\n  def g():\n    nonlocal_ = 1\n  return",
    "def f():\n  x = yield\n  y = yield from z\n  return (yield a, b)",
    "{**a, 'b': c, **d}\n{*a, b}\n{a: b for c in d if e if f}\n{a for b in c}",
    "if 1:\n  pass\n# comment\n  # other\nelse:\n  pass",
    "x = 1 if True else\\\n  2",
    "0x_ff; 0b1_0; 0o17; 1_0.0_1e1_0; 00; 1e5",
    "async def f():\n  async with a as b: pass\n  async for c in d: pass",
};

Test(parser, accepts_python)
{
  for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
    g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
    PySyntaxError problem;
    cr_expect(parse(arena, good[i], PY_PARSE_DEFAULT, &problem), "%s: line %u, column %u: %s", good[i],
              problem.line, problem.column, problem.text);
  }
}

typedef struct {
  const char *text;
  guint line, column;
  const char *message;
} Bad;

static const Bad bad[] = {
    {"x = ", 1, 5, "invalid syntax"},
    {"a b", 1, 3, "invalid syntax"},
    {"f(a=1, b)", 1, 8, "positional argument follows keyword"},
    {"1 = a", 1, 1, "cannot assign"},
    {"f() = a", 1, 1, "cannot assign"},
    {"a + 1 += 2", 1, 1, "augmented"},
    {"def f(a, a): pass", 1, 10, "duplicate argument"},
    {"def f(a=1, b): pass", 1, 12, "without a default"},
    {"if x\n  a", 1, 5, "expected ':'"},
    {"if x:\na", 2, 1, "indented block"},
    {"  a", 1, 3, "unexpected indent"},
    {"return 1", 1, 1, "'return' outside"},
    {"break", 1, 1, "'break' outside"},
    {"def f():\n  continue", 2, 3, "'continue'"},
    {"yield 1", 1, 1, "'yield' outside"},
    {"try:\n  a\nb", 3, 1, "'except' or 'finally'"},
    {"x = 'a\n", 1, 5, "unterminated"},
    {"x = (1,\n", 2, 1, "never closed"},
    {"f'{}'", 1, 1, "empty expression"},
    {"f'{a!x}'", 1, 1, "conversion"},
    {"f'}'", 1, 1, "single '}'"},
    {"x = 'a' b'c'", 1, 5, "mix bytes"},
    {"x = '\\x1'", 1, 5, "escape"},
    {"x = 012", 1, 5, "number"},
    {"x = 1__0", 1, 5, "number"},
    {"del f()", 1, 5, "cannot delete"},
    {"(*a)", 1, 2, "starred"},
    {"nonlocal x", 1, 1, "module level"},
    {"def f():\n  x = 1\n  global x", 3, 3, "before global"},
    {"import", 1, 7, "name"},
    {"from a import", 1, 14, "name"},
    {"class A(:\n  pass", 1, 9, "invalid syntax"},
    {"a := 1", 1, 3, "invalid syntax"},
    {"with a as 1: pass", 1, 11, "cannot assign"},
    {"x = [a for b in c", 1, 18, "never closed"},
    {"lambda x=: 1", 1, 10, "invalid syntax"},
};

Test(parser, names_what_is_wrong_and_where)
{
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
    PySyntaxError problem;
    const PyTree *tree = parse(arena, bad[i].text, PY_PARSE_DEFAULT, &problem);
    cr_expect(!tree, "%s: accepted", bad[i].text);
    if (tree)
      continue;
    cr_expect(problem.line == bad[i].line && problem.column == bad[i].column,
              "%s: at %u:%u (%s), expected %u:%u", bad[i].text, problem.line, problem.column, problem.text,
              bad[i].line, bad[i].column);
    cr_expect(strstr(problem.text, bad[i].message), "%s: %s, expected %s", bad[i].text, problem.text,
              bad[i].message);
  }
}

Test(parser, makes_an_error_of_a_problem)
{
  g_autoptr(GError) error = NULL;
  PySyntaxError problem = {3, 7, (char *)"no good"};
  py_syntax_error_set(&error, "a.py", &problem);
  cr_expect(g_error_matches(error, RETORT_ERROR, RETORT_ERROR_FILE), "code %d", error->code);
  cr_expect_str_eq(error->message, "a.py, line 3: no good", "got %s", error->message);
  g_autoptr(DiagList) list = diag_list_new();
  py_syntax_error_diag(list, "a.py", &problem);
  cr_expect(diag_count(list, DIAG_ERROR) == 1, "%u diagnostics", diag_count(list, DIAG_ERROR));
}

static char *nested(const char *open, const char *middle, const char *close, guint n)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < n; i++)
    g_string_append(text, open);
  g_string_append(text, middle);
  for (guint i = 0; i < n; i++)
    g_string_append(text, close);
  return g_strdup(text->str);
}

Test(parser, refuses_bottomless_nesting)
{
  static const char *const shapes[][3] = {
      {"(", "1", ")"},    {"[", "", "]"},           {"{1:", "1", "}"},     {"-", "1", ""},
      {"not ", "1", ""},  {"a(", "", ")"},          {"lambda: ", "1", ""}, {"1 if 2 else ", "3", ""},
      {"1 ** ", "1", ""}, {"f'{", "1", "}'"},       {"a", "", "[0]"},      {"a", "", ".b"},
      {"a", "", "()"},    {"x = (y := ", "1", ")"}, {"1 + (", "1", ")"},   {"1 if a else lambda: ", "1", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++) {
    g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
    g_autofree char *text = nested(shapes[i][0], shapes[i][1], shapes[i][2], 100000);
    PySyntaxError problem;
    cr_expect(!parse(arena, text, PY_PARSE_DEFAULT, &problem), "%s...: accepted", shapes[i][0]);
  }
}

/* Module-level literals, as history reads them. */
Test(parser, steps_over_bodies_in_header_mode)
{
  const char *text = "'''doc'''\nrevision = 'a' 'b'\ndown: str = ('x',\n 'y')\ndef f():\n  x = (1,\n 2)\n  "
                     "this is not python\n"
                     "class C:\n  pass\nn = -5\nother = f'{x}'\nbranch = 'a' + 'b'\n";
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  PySyntaxError problem;
  const PyTree *tree = parse(arena, text, PY_PARSE_HEADER, &problem);
  cr_assert(tree, "line %u: %s", problem.line, problem.text);
  cr_assert(tree->body.n == 8, "%u statements", tree->body.n);
  cr_expect_str_eq(tree->doc->data, "doc", "doc is %s", tree->doc->data);
  PyValue value;
  cr_expect(py_expr_literal(arena, tree->body.items[1]->assign.value, &value) &&
                !strcmp(py_text(value), "ab"),
            "implicit concatenation");
  cr_expect(py_expr_literal(arena, tree->body.items[2]->ann_assign.value, &value) && value.type == PY_TUPLE &&
                value.list->len == 2,
            "a tuple of two");
  cr_expect(py_expr_literal(arena, tree->body.items[5]->assign.value, &value) && value.i == -5,
            "a negative number");
  cr_expect(!py_expr_literal(arena, tree->body.items[6]->assign.value, &value), "an f-string is no literal");
  cr_expect(py_expr_literal(arena, tree->body.items[7]->assign.value, &value) &&
                !strcmp(py_text(value), "ab"),
            "explicit concatenation");
  cr_expect(tree->body.items[3]->function.body.n == 0, "the body was parsed");
}

Test(parser, keeps_places)
{
  const char *text = "a = 1\nfoo.bar(1,\n  x=f'{y + z}')\n";
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  PySyntaxError problem;
  const PyTree *tree = parse(arena, text, PY_PARSE_DEFAULT, &problem);
  cr_assert(tree, "%s", problem.text);
  const PyExpr *call = tree->body.items[1]->expr;
  cr_expect(call->span.line == 2 && call->span.column == 1, "call at %u:%u", call->span.line,
            call->span.column);
  g_autofree char *source = g_strndup(text + call->span.start, call->span.end - call->span.start);
  cr_expect_str_eq(source, "foo.bar(1,\n  x=f'{y + z}')", "call is %s", source);
  cr_expect_str_eq(py_expr_dotted(arena, call->call.function), "foo.bar", "dotted name");
  const PyExpr *field = py_call_keyword(call, "x")->list.items[0];
  cr_expect(field->span.line == 3 && field->span.column == 8, "field at %u:%u", field->span.line,
            field->span.column);
  g_autofree char *inner = g_strndup(text + field->span.start, field->span.end - field->span.start);
  cr_expect_str_eq(inner, "y + z", "field is %s", inner);
  cr_expect(!py_call_keyword(call, "nope"), "no such keyword");
}

static gboolean count_names(const PyExpr *expr, void *data)
{
  *(guint *)data += expr->kind == PY_EXPR_NAME;
  return TRUE;
}

Test(parser, visits_every_expression)
{
  const char *text =
      "a = [b for c in d if e]\nwith f as g:\n  try: h\n  except i: j\n  finally: k\nmatch l:\n  case 1 if "
      "m: n\n"
      "def o(p=q): return r\n@s\nclass t(u, v=w): x\nfor y in z: aa\nwhile bb: del cc\nassert dd, ee\n";
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  PySyntaxError problem;
  const PyTree *tree = parse(arena, text, PY_PARSE_DEFAULT, &problem);
  cr_assert(tree, "line %u: %s", problem.line, problem.text);
  guint n = 0;
  py_visit_block(&tree->body, count_names, &n);
  cr_expect(n == 27, "%u names", n);
}
