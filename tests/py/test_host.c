/* What a host sees: functions, classes, operators, contexts, subclasses, modules. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "support.h"

/* ---- a small host: functions that write down their calls, and a class with everything ---- */

static PyValue host_log(PyInterp *interp, PyCall *call)
{
  GString *log = py_data(interp);
  for (guint i = 0; i < call->n_values; i++) {
    if (py_is_null(call->values[i])) {
      g_string_append(log, " -");
      continue;
    }
    PyValue text = py_repr(interp, call->values[i]);
    g_string_append_printf(log, " %s", py_text(text) ? py_text(text) : "?");
  }
  g_string_append_printf(log, " @%u;", call->place.line);
  return py_none();
}

typedef struct {
  const char *text;
} Expr;

static const PyHostClass expr_class;

static PyValue expr_new(PyInterp *interp, const char *text)
{
  Expr *expr = arena_new0(py_arena(interp), Expr);
  expr->text = text;
  return py_host_object(interp, &expr_class, expr);
}

static PyValue expr_construct(PyInterp *interp, PyCall *call)
{
  Expr *expr = arena_new0(py_arena(interp), Expr);
  expr->text = py_arg_text(call, 0);
  return expr->text ? py_host_new(interp, call->cls, expr) : py_null();
}

static const char *text_of(PyInterp *interp, PyValue v)
{
  const Expr *expr = py_payload(v, &expr_class);
  return expr ? expr->text : py_text(py_repr(interp, v));
}

static PyValue expr_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  PyValue left = reflected ? other : self, right = reflected ? self : other;
  return expr_new(interp, arena_printf(py_arena(interp), "(%s %s %s)", text_of(interp, left), py_op_text(op),
                                       text_of(interp, right)));
}

static PyValue expr_unary(PyInterp *interp, PyOp op, PyValue self)
{
  return expr_new(interp, arena_printf(py_arena(interp), "%s%s", py_op_text(op), text_of(interp, self)));
}

static PyValue expr_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  if (name->data[0] == 'n')
    return py_null();
  return expr_new(interp, arena_printf(py_arena(interp), "%s.%s", text_of(interp, self), name->data));
}

static PyValue expr_getitem(PyInterp *interp, PyValue self, PyValue key)
{
  return expr_new(interp,
                  arena_printf(py_arena(interp), "%s[%s]", text_of(interp, self), text_of(interp, key)));
}

static PyValue expr_call(PyInterp *interp, PyCall *call)
{
  return expr_new(interp, arena_printf(py_arena(interp), "%s(%s)", text_of(interp, call->self),
                                       py_text(py_repr(interp, call->values[0]))));
}

static PyValue expr_repr(PyInterp *interp, PyValue self)
{
  return py_strf(interp, "<%s>", text_of(interp, self));
}

static int expr_truth(PyInterp *interp, PyValue self)
{
  (void)self;
  py_raise(interp, "TypeError", "Boolean value of this clause is not defined");
  return -1;
}

static PyValue expr_label(PyInterp *interp, PyCall *call)
{
  return py_strf(interp, "%s AS %s", text_of(interp, call->self), py_arg_text(call, 0));
}

static PyValue expr_enter(PyInterp *interp, PyValue self)
{
  g_string_append(py_data(interp), "enter;");
  return self;
}

static int expr_exit(PyInterp *interp, PyValue self, PyValue exception)
{
  (void)self;
  g_string_append_printf(py_data(interp), "exit %s;",
                         py_is_null(exception) ? "well" : py_type_name(interp, exception));
  return !py_is_null(exception) && !strcmp(py_type_name(interp, exception), "KeyError");
}

static const PyMethod expr_methods[] = {{"label", expr_label, "name", PY_METHOD_PLAIN}, {0}};
static const PyHostClass expr_class = {.name = "Expr",
                                       .module = "host",
                                       .methods = expr_methods,
                                       .construct = expr_construct,
                                       .params = "text",
                                       .getattr = expr_getattr,
                                       .getitem = expr_getitem,
                                       .call = expr_call,
                                       .call_params = "*args",
                                       .binary = expr_binary,
                                       .unary = expr_unary,
                                       .truth = expr_truth,
                                       .repr = expr_repr,
                                       .enter = expr_enter,
                                       .exit = expr_exit};

/* A type that users derive from: spec() asks the Python method. */
static PyValue type_init(PyInterp *interp, PyCall *call)
{
  (void)interp;
  py_set_payload(call->self, (void *)"initialised");
  return py_none();
}

static gboolean type_subclassed(PyInterp *interp, PyClass *cls)
{
  g_string_append_printf(py_data(interp), "subclass %s;", py_class_name(cls));
  return TRUE;
}

static const PyHostClass type_class = {.name = "UserType",
                                       .module = "host",
                                       .init = type_init,
                                       .params = "length=None",
                                       .subclassed = type_subclassed};

static PyValue host_spec(PyInterp *interp, PyCall *call)
{
  GString *log = py_data(interp);
  PyValue v = call->values[0];
  if (!py_is_host(v, &type_class))
    return py_raise(interp, "TypeError", "not a type");
  const char *payload = py_payload(v, &type_class);
  PyValue spec = py_call_method(interp, v, "get_col_spec", NULL, 0);
  if (py_is_null(spec))
    return spec;
  PyValue own = py_class_get_user(interp, py_class_of(interp, v), "impl");
  g_string_append_printf(log, "spec %s %s %s;", py_text(spec), payload ? payload : "bare",
                         py_is_null(own) ? "no" : "impl");
  return py_none();
}

static PyValue host_where(PyInterp *interp, PyCall *call)
{
  (void)call;
  g_string_append_printf(py_data(interp), "%s try %u loading %d;", py_here_text(interp),
                         py_inside_try(interp), py_loading(interp));
  return py_unknown(interp, PY_NEEDS_DATABASE, "rows of %s", "t");
}

static PyValue host_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  (void)module;
  if (!strcmp(name, "VERSION"))
    return py_str(interp, "2.0", -1);
  return strcmp(name, "odd") ? py_null() : py_unknown(interp, PY_NEEDS_PYTHON, "host.odd");
}

static const PyMethod host_functions[] = {
    {"log", host_log, "a, b=None, /, c='x', *rest, d, e=?, **extra", PY_METHOD_PLAIN},
    {"takes", host_log, "a", PY_TAKES_UNKNOWN},
    {"pure", host_log, "a", PY_PURE},
    {"plain", host_log, "a", PY_METHOD_PLAIN},
    {"spec", host_spec, "a", PY_METHOD_PLAIN},
    {"where", host_where, "", PY_METHOD_PLAIN},
    {0},
};
static const PyHostClass *const host_classes[] = {&expr_class, &type_class, NULL};
static const PyModuleDef host = {
    .name = "host", .functions = host_functions, .classes = host_classes, .getattr = host_attr};
static const PyMethod deep_functions[] = {{"go", host_log, "a", PY_METHOD_PLAIN}, {0}};
static const PyModuleDef deep = {.name = "pack.deep.er", .functions = deep_functions};
static const PyModuleDef *const modules[] = {&host, &deep, NULL};

typedef struct {
  const char *text, *printed, *outcome;
} Case;

static const Case cases[] = {
    {"host.log(1, d=2)", " 1 None 'x' () 2 - {} @2;", "ok"},
    {"host.log(1, 2, 3, 4, 5, d=6, e=7, z=8)", " 1 2 3 (4, 5) 6 7 {'z': 8} @2;", "ok"},
    {"host.log(*[1, 2], **{'c': 3, 'd': 4})", " 1 2 3 () 4 - {} @2;", "ok"},
    {"\nhost.plain(\n  a=1)", " 1 @3;", "ok"},
    {"host.log(d=1)", "", "raised TypeError: log() missing 1 required positional argument: 'a' at 2"},
    {"host.log(1)", "", "raised TypeError: log() missing 1 required keyword-only argument: 'd' at 2"},
    {"host.plain(1, 2)", "", "raised TypeError: plain() takes 1 positional argument but 2 were given at 2"},
    {"host.plain(b=1)", "", "raised TypeError: plain() got an unexpected keyword argument 'b' at 2"},
    {"host.plain(1, a=1)", "", "raised TypeError: plain() got multiple values for argument 'a' at 2"},
    {"host.takes(host.odd)", " ? @2;", "ok"},
    {"x = host.pure(host.odd)", "", "ok"},
    {"host.plain(host.odd)", "", "stopped: host.odd at 2"},
    {"e = host.Expr('a')\nhost.plain([e == 1, e < 2, 3 > e, e + e, 1 - e, -e, ~e, e & (e | e), e.col, "
     "e['k'], e(1, 2)])",
     " [<(a == 1)>, <(a < 2)>, <(a < 3)>, <(a + a)>, <(1 - a)>, <-a>, <~a>, <(a & (a | a))>, <a.col>, "
     "<a['k']>, <a((1, "
     "2))>] @3;",
     "ok"},
    {"e = host.Expr('a')\nhost.plain(e.label('b'))", " 'a AS b' @3;", "ok"},
    {"e = host.Expr('a')\ne.nope", "", "raised AttributeError: 'Expr' object has no attribute 'nope' at 3"},
    {"if host.Expr('a') == 1: pass", "",
     "raised TypeError: Boolean value of this clause is not defined at 2"},
    {"with host.Expr('a') as e: host.plain(e)", "enter; <a> @2;exit well;", "ok"},
    {"with host.Expr('a'): {}[1]\nhost.plain(2)", "enter;exit KeyError; 2 @3;", "ok"},
    {"with host.Expr('a'): 1 / 0", "enter;exit ZeroDivisionError;",
     "raised ZeroDivisionError: division by zero at 2"},
    {"class T(host.UserType):\n  impl = 1\n  def get_col_spec(self, **kw): return 'SPEC'\nhost.spec(T(5))",
     "subclass T;spec SPEC initialised impl;", "ok"},
    {"class T(host.UserType):\n  def __init__(self, n):\n    super().__init__(n)\n    self.n = n\n"
     "  def get_col_spec(self): return 'S%d' % self.n\nhost.spec(T(5))",
     "subclass T;spec S5 initialised no;", "ok"},
    {"class T(host.UserType):\n  def __init__(self): pass\n  def get_col_spec(self): return "
     "'S'\nhost.spec(T())",
     "subclass T;spec S bare no;", "ok"},
    {"class T(host.UserType):\n  def get_col_spec(self): raise ValueError('deep')\nhost.spec(T())",
     "subclass T;", "raised ValueError: deep at 3"},
    {"class E(host.Expr):\n  def __eq__(self, o): return 'mine'\n  def shout(self): return self.label('x')\n"
     "host.plain([E('a') == 1, E('a') + 1, E('b').shout()])",
     " ['mine', <(a + 1)>, 'b AS x'] @5;", "ok"},
    {"host.plain([isinstance(host.Expr('a'), host.Expr), host.Expr.__name__, host.VERSION])",
     " [True, 'Expr', '2.0'] @2;", "ok"},
    {"host.nothing", "", "raised AttributeError: module 'host' has no attribute 'nothing' at 2"},
    {"from host import nothing", "", "raised ImportError: cannot import name 'nothing' from 'host' at 2"},
    {"from host import *\nplain(Expr('q'))", " <q> @3;", "ok"},
    {"import pack.deep.er\npack.deep.er.go(1)\nfrom pack.deep import er\ner.go(2)\nimport pack.deep.er as "
     "z\nz.go(3)",
     " 1 @3; 2 @5; 3 @7;", "ok"},
    {"def f():\n  try:\n    x = host.where()\n  except ValueError: pass\n  return x\nr = "
     "f()\nhost.takes(r.all())",
     "host.where() try 1 loading 1; ? @8;", "ok"},
    {"while host.where(): pass", "host.where() try 0 loading 1;", "stopped: rows of t at 2"},
    {"host.Expr.new = 1", "", "stopped: "},
};

Test(host, functions_classes_and_modules_are_bound)
{
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GString) log = g_string_new(NULL);
    g_autofree char *text = g_strconcat("import host\n", cases[i].text, NULL);
    Run run;
    run_hosted(&run, text, modules, log);
    g_autofree char *outcome = run_outcome(&run);
    cr_expect_str_eq(log->str, cases[i].printed, "%s\n logged:   %s (%s)\n expected: %s", text, log->str,
                     outcome, cases[i].printed);
    cr_expect(g_str_has_prefix(outcome, cases[i].outcome), "%s\n got:      %s\n expected: %s", text, outcome,
              cases[i].outcome);
    run_end(&run);
  }
}

/* ---- project modules ---- */

static char *resolve(void *data, const char *module, gboolean *is_package)
{
  const char *folder = data;
  g_autofree char *file = g_strdelimit(g_strdup(module), ".", '/');
  g_autofree char *package = g_build_filename(folder, file, "__init__.py", NULL);
  *is_package = g_file_test(package, G_FILE_TEST_EXISTS);
  if (*is_package)
    return g_strdup(package);
  g_autofree char *name = g_strconcat(file, ".py", NULL);
  g_autofree char *path = g_build_filename(folder, name, NULL);
  return g_file_test(path, G_FILE_TEST_EXISTS) ? g_strdup(path) : NULL;
}

static const Case project[] = {
    {"from shop import consts\nprint(consts.NAME)", "shop\n", "ok"},
    {"import shop.consts\nprint(shop.consts.NAME, shop.helper('x'))", "shop <x>\n", "ok"},
    {"from shop.sub.inner import up, NAME\nprint(up(), NAME)", "shop inner\n", "ok"},
    {"import shop\nprint(shop.sub.inner.NAME)", "inner\n", "ok"},
    {"import shop.broken\nx = shop.broken.y", "", "ok"},
    {"from shop.broken import y\nif y: print(1)", "",
     "stopped: shop.broken.y is not available: module shop.broken cannot be loaded here: SyntaxError"},
    {"from shop.raises import y\nif y: print(1)", "",
     "stopped: shop.raises.y is not available: module shop.raises cannot be loaded here: RuntimeError"},
    {"from shop import nothing\nx = nothing.y", "", "ok"},
    {"import shop\nif shop.nothing: print(1)", "", "stopped: shop.nothing is not known here at 2"},
    {"from shop.circular import B\nprint(B)", "b\n", "ok"},
};

Test(host, project_modules_are_found_by_the_resolver)
{
  g_autofree char *folder = source_path("tests/py/project");
  for (gsize i = 0; i < G_N_ELEMENTS(project); i++) {
    Run run = {.runtime = py_runtime_new()};
    py_runtime_set_resolver(run.runtime, resolve, folder);
    run.arena = arena_new(ARENA_NO_LIMIT);
    run.printed = g_string_new(NULL);
    run.interp = py_interp_new(run.runtime, NULL, NULL);
    py_set_print(run.interp, (PyPrint)(void (*)(void))g_string_append_len, run.printed);
    PySyntaxError problem;
    const PyTree *tree =
        py_parse(run.arena, "test.py", project[i].text, strlen(project[i].text), 0, &problem);
    cr_assert(tree, "%s", project[i].text);
    py_run(run.interp, tree, "__main__");
    g_autofree char *outcome = run_outcome(&run);
    cr_expect_str_eq(run.printed->str, project[i].printed, "%s: printed %s (%s)", project[i].text,
                     run.printed->str, outcome);
    /* Messages go on with where the file lies. */
    cr_expect(g_str_has_prefix(outcome, project[i].outcome), "%s: %s", project[i].text, outcome);
    run_end(&run);
  }
}

/* Runs "import changing" and tells its X. */
static gint64 imported_x(PyRuntime *runtime)
{
  Run run = {.arena = arena_new(ARENA_NO_LIMIT), .interp = py_interp_new(runtime, NULL, NULL)};
  PySyntaxError problem;
  const char *text = "import changing\nx = changing.X";
  PyModule *module =
      py_run(run.interp, py_parse(run.arena, "test.py", text, strlen(text), 0, &problem), "__main__");
  PyValue x = module ? py_module_get(module, "x") : py_null();
  gint64 value = x.type == PY_INT ? x.i : -1;
  py_interp_free(run.interp);
  arena_free(run.arena);
  return value;
}

Test(host, a_changed_project_module_is_read_again)
{
  g_autofree char *folder = g_dir_make_tmp("retort-py-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "changing.py", NULL);
  g_autoptr(PyRuntime) runtime = py_runtime_new();
  py_runtime_set_resolver(runtime, resolve, folder);
  g_file_set_contents(path, "X = 1\n", -1, NULL);
  cr_expect(imported_x(runtime) == 1, "at first");
  cr_expect(imported_x(runtime) == 1, "unchanged");
  g_file_set_contents(path, "X = 2 + 0\n", -1, NULL);
  cr_expect(imported_x(runtime) == 2, "changed");
  g_remove(path);
  g_rmdir(folder);
}

Test(host, calls_python_back)
{
  Run run;
  run_text(
      &run,
      "def f(a, b=2, **k): return a + b + k.get('c', 0)\nlst = [3, 1, 2]\nclass C:\n  x = 5\nd = {'a': 1}\n",
      NULL);
  cr_assert(run.module, "did not run");
  PyInterp *interp = run.interp;
  PyValue f = py_module_get(run.module, "f"), one = py_int(1);
  PyValue sum = py_call(interp, f, &one, 1);
  cr_expect(sum.type == PY_INT && sum.i == 3, "f(1) is %" G_GINT64_FORMAT, sum.i);
  PyValue keywords = py_dict(interp);
  py_dict_set_text(interp, keywords.dict, "c", py_int(10));
  sum = py_call_keywords(interp, f, &one, 1, keywords.dict);
  cr_expect(sum.i == 13, "f(1, c=10) is %" G_GINT64_FORMAT, sum.i);
  PyList *items = py_collect(interp, py_module_get(run.module, "lst"));
  cr_expect(items && items->len == 3, "three items");
  PyValue text = py_format(interp, py_float(2.5), ".2f");
  cr_expect_str_eq(py_text(text), "2.50", "got %s", py_text(text));
  cr_expect(py_is_null(py_getattr_opt(interp, py_module_get(run.module, "C"), "nope")) && !py_failed(interp),
            "a missing attribute is no failure");
  cr_expect(py_getattr(interp, py_module_get(run.module, "C"), "x").i == 5, "C.x");
  PyValue none = py_call_method(interp, py_module_get(run.module, "d"), "nothing", NULL, 0);
  cr_expect(py_is_null(none) && py_outcome(interp) == PY_RAISED, "an unknown method raises");
  cr_expect_str_eq(py_exception_text(interp), "AttributeError: 'dict' object has no attribute 'nothing'",
                   "got %s", py_exception_text(interp));
  py_clear(interp);
  cr_expect(!py_failed(interp), "cleared");
  cr_expect(!py_call_named(interp, run.module, "upgrade") && py_outcome(interp) == PY_RAISED, "no upgrade()");
  run_end(&run);
}
