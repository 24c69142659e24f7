/* How runs end: exceptions, unknown values, budgets. */
#include <criterion/criterion.h>
#include <string.h>

#include "support.h"

typedef struct {
  const char *text, *outcome;
} Case;

static void check(const Case *cases, gsize n, const PyLimits *limits)
{
  for (gsize i = 0; i < n; i++) {
    Run run;
    run_text(&run, cases[i].text, limits);
    if (run.module && !py_is_null(py_module_get(run.module, "upgrade")))
      py_call_named(run.interp, run.module, "upgrade");
    g_autofree char *outcome = run_outcome(&run);
    cr_expect(g_str_has_prefix(outcome, cases[i].outcome), "%s\n got:      %s (printed %s)\n expected: %s",
              cases[i].text, outcome, run.printed->str, cases[i].outcome);
    run_end(&run);
  }
}

static const Case raised[] = {
    {"x = 1\nraise ValueError('no')", "raised ValueError: no at 2"},
    {"def f():\n  return g()\ndef g():\n  return {}['k']\nf()", "raised KeyError: 'k' at 4"},
    {"class E(Exception): pass\nraise E", "raised E at 2"},
    {"class E(Exception):\n  def __str__(self): return 'mine'\nraise E()", "raised E: mine at 3"},
    {"f(\n  1,\n  2)", "raised NameError: name 'f' is not defined at 1"},
    {"exit(3)", "raised SystemExit: 3 at 1"},
    {"try:\n  1/0\nfinally:\n  x = 1", "raised ZeroDivisionError: division by zero at 2"},
    {"from json import nothing_like_it", "ok"},
};

Test(outcomes, exceptions_name_their_line)
{
  check(raised, G_N_ELEMENTS(raised), NULL);
}

/* What is unknown does no harm until something is decided by it. */
static const Case unknown[] = {
    {"from app.models import X, Y as Z\nimport app\nq = X.y[1] + Z(2) * app.z\nr = f'{q}' + 'x'\ns = [q, {1: "
     "q}]\nt = q == 1",
     "ok"},
    {"from app import X\nif X:\n  a = 1\nelse:\n  a = 2", "ok"},
    {"from app import X\nif X:\n  a = 1\nif a == 1:\n  print('x')", "stopped: app.X is not available at 4"},
    {"from app import X\nif X:\n  print(1)", "stopped: app.X is not available at 2"},
    {"from app import X\nfor a in X:\n  pass", "stopped: app.X is not available at 2"},
    {"from app import X\nwhile X: pass", "stopped: app.X is not available at 2"},
    {"from app import X\ndef upgrade():\n  X.run()", "stopped: app.X is not available at 3"},
    {"from app import X\ndef f():\n  return X.value\nf()", "ok"},
    {"from app import *\n", "stopped: module app is not available at 1"},
    {"from app import X\nclass A(X): pass\na = A()\nclass B(A): pass", "ok"},
    {"from app import X\n@X\ndef f(): pass\nf()", "ok"},
    {"from app import X\ntry:\n  1/0\nexcept X:\n  pass", "stopped: app.X is not available at 4"},
    {"from app import X\nwith X(): pass", "stopped: app.X is not available at 2"},
    {"from app import X\nassert X", "stopped: app.X is not available at 2"},
    {"from app import X\nx = X or 5\ny = X if X else 2\nz = not X\nw = X and X.y", "ok"},
    {"from app import X\na, (b, *c) = X", "ok"},
    {"from app import X\nd = {X: 1}\nl = sorted([X, 1])\nn = len(X)\nj = ','.join(['a', X])", "ok"},
    {"from app import X\ndef f(a, *b, **c): return c\nf(X, X, k=X)", "ok"},
    {"from app import X\nf = print\nf(*X)", "stopped: app.X is not available at 3"},
    {"from app import X\nmatch X:\n  case 1: pass", "stopped: app.X is not available at 3"},
    {"from app import X\nX.attr = 1\nX['k'] = 2", "ok"},
    {"for x in __spec__: pass", "stopped: __spec__ is not understood at 1"},
    {"import json\njson.encoder.FLOAT_REPR = str", "stopped: json.encoder is not known here at 2"},
    {"import datetime\nn = datetime.datetime.now()\nm = n.isoformat() + 'x'", "ok"},
    {"import datetime\nif datetime.datetime.now().year > 3000:\n  print(1)", "stopped: "},
    {"import uuid, random, time, os\na = [uuid.uuid4(), random.random(), time.time(), os.environ.get('X')]",
     "ok"},
    {"import os\ndef f():\n  return os.environ['HOME'] + os.getenv('X', 'y')\nf()", "ok"},
    {"import os\nif os.getenv('X'):\n  print(1)", "stopped: "},
    {"for x in {'a', 'b'}: pass", "stopped: the order of a set"},
    {"for x in {'a'}: pass\nsorted({'b', 'a'})\nlen({1, 2})\nx = list({'a', 'b'})\ny = str({1, 2})", "ok"},
    {"repr(object())", "ok"},
    {"print(open('x').read())", "ok"},
    {"with open('x') as f:\n  pass", "stopped: the file x is not read here"},
    {"eval('1')", "stopped: eval()"},
    {"async def f(): pass\nx = f()", "ok"},
    {"int.x = 1", "stopped: "},
    {"import json\njson.dumps = 1", "stopped: "},
    {"from app import X\ndef upgrade():\n  a = [x.y for x in X]\n  b = {x: 1 for x in X if x}", "ok"},
    {"from app import X\ndef upgrade():\n  [print(x) for x in X]", "stopped: app.X is not available at 3"},
    {"from app import X\ndef upgrade():\n  list(map(print, X))", "stopped: app.X is not available at 3"},
    {"from app import X\ndef upgrade():\n  any(print(x) for x in X)", "stopped: app.X is not available at 3"},
    {"from app import X\ndef upgrade():\n  X or print(1)", "stopped: app.X is not available at 3"},
    {"from app import X\ndef upgrade():\n  print(1) if X else print(2)",
     "stopped: app.X is not available at 3"},
    {"import enum\nclass L(enum.IntEnum):\n  A = 1\nif str(L.A) == '1': print(1)",
     "stopped: what str() of L"},
    {"import enum\nclass S(str, enum.Enum):\n  A = 'a'\nif f'{S.A}' == 'a': print(1)",
     "stopped: what formatting S"},
    {"try:\n  import yaml\n  HAS = True\nexcept ImportError:\n  HAS = False\nx = HAS\nassert HAS",
     "stopped: module yaml"},
    {"try:\n  import yaml\nexcept ImportError:\n  raise RuntimeError('install it')\nx = yaml.load", "ok"},
    {"try:\n  import yaml\nexcept ImportError:\n  print('none')", "stopped: module yaml"},
    {"try:\n  import json\n  HAS = True\nexcept ImportError:\n  HAS = False\nassert HAS", "ok"},
    {"import os\ntry:\n  x = os.environ['X']\nexcept KeyError:\n  x = 'none'\ny = x", "ok"},
    {"import os\ntry:\n  x = os.environ['X']\n  HAS = 1\nexcept KeyError:\n  HAS = 0\nassert HAS",
     "stopped: os.environ"},
    {"import os\ndef upgrade():\n  try:\n    x = os.environ['X']\n    print(1)\n  except KeyError:\n    "
     "print(2)",
     "stopped: os.environ"},
    {"def f():\n  try:\n    import yaml\n    return True\n  except ImportError:\n    return False\nx = "
     "f()\nassert x",
     "stopped: module yaml"},
    {"import os\ndef upgrade():\n  try:\n    return os.environ['X']\n  except KeyError:\n    return 'd'",
     "ok"},
    {"import numpy as np\ntry:\n  import yaml\nexcept ImportError:\n  yaml = None", "ok"},
};

Test(outcomes, unknown_values_stop_where_they_decide)
{
  check(unknown, G_N_ELEMENTS(unknown), NULL);
}

static const Case endless[] = {
    {"while True: pass", "budget: it takes more steps"},
    {"def f(): f()\nf()", "budget: it calls itself too deeply"},
    {"x = []\nwhile True: x.append(1)", "budget: "},
    {"'x' * 10**12", "budget: it needs more memory"},
    {"[0] * 10**12", "budget: it needs more memory"},
    {"'x' * 10**30", "raised TypeError"},
    {"10 ** 10 ** 10", "budget: "},
    {"1 << 10**9", "budget: "},
    {"x = 'ab'\nwhile True: x += x", "budget: it needs more memory"},
    {"list(range(10**12))", "budget: "},
    {"sum(range(10**12))", "budget: "},
    {"10**15 in (x for x in range(10**15))", "budget: "},
    {"def g():\n  while True: yield 1\nlist(g())", "budget: "},
    {"def g():\n  yield from g()\nlist(g())", "budget: "},
    {"f'{1:{10**9}}'", "budget: "},
    {"'%1000000000d' % 1", "budget: "},
    {"'a'.ljust(10**12)", "budget: "},
    {"'a'.zfill(10**12)", "budget: "},
    {"bytes(10**12)", "budget: "},
    {"x = []\nx.append(x)\nprint(x == x)", "ok"},
    {"x = []\nx.append(x)\ny = [x]\nx == y", "ok"},
    {"x = []\nx.append(x)\ny = []\ny.append(y)\nx == y", "budget: "},
    {"a = []\na.append(a)\nrepr(a)", "ok"},
    {"class A:\n  def __getattr__(self, n): return getattr(self, n + 'x')\nA().y", "budget: "},
    {"class A:\n  def __repr__(self): return repr(self)\nrepr(A())", "budget: "},
    {"class A:\n  def __eq__(self, o): return self == o\nA() == A()", "budget: "},
    {"import itertools\nfor x in itertools.repeat(1): pass", ""},
    {"d = {}\nfor i in range(10**9): d[i] = i", "budget: "},
    {"try:\n  while True: pass\nexcept BaseException:\n  pass\nfinally:\n  print('never')", "budget: "},
    {"'a'.replace('', 'b' * 10**7) * 100", "budget: "},
    {"x = [1]\nfor i in x: x.append(i)", "budget: "},
    {"sorted(range(10**8))", "budget: "},
    {"import json\njson.dumps(['x' * 10**6] * 10**4)", "budget: "},
    {"import re\nre.sub('a', 'b' * 10**6, 'a' * 10**6)", "budget: "},
    {"import re\nre.match('(a+)+$', 'a' * 40 + 'b')", "stopped: the regular expression"},
    {"import textwrap\ntextwrap.indent('a\\n' * 10**6, 'x' * 10**5)", "budget: "},
    {"x = 'x' * 10**7\nwhile True: x.find('y')", "budget: "},
    {"x = 'x' * 10**7\ny = 'x' * 10**7\nwhile x == y: pass", "budget: "},
    {"x = []\nfor i in range(100): x = [x, x]\nassert x == 1", "stopped: a value too large"},
    {"x = ()\nfor i in range(100): x = (x, x)\n{x: 1}", "budget: "},
    {"x = ()\nfor i in range(100): x = (x, x)\nrepr(x)", "budget: "},
    {"import itertools\nlist(itertools.product(range(1000), repeat=10))", "budget: "},
};

Test(outcomes, runaway_programs_end_within_their_budget)
{
  PyLimits limits = {.steps = 500000, .memory = 32 << 20}; /* the defaults take a second each */
  check(endless, G_N_ELEMENTS(endless), &limits);
}

Test(outcomes, deep_expressions_end_cleanly)
{
  g_autoptr(GString) text = g_string_new("x = 1");
  for (int i = 0; i < 100000; i++)
    g_string_append(text, " + 1");
  Run run;
  run_text(&run, text->str, NULL);
  g_autofree char *outcome = run_outcome(&run);
  cr_expect(!strcmp(outcome, "ok") || g_str_has_prefix(outcome, "budget"), "got %s", outcome);
  run_end(&run);
}

Test(outcomes, small_limits_are_kept)
{
  PyLimits limits = {.steps = 1000, .memory = 1 << 20, .recursion = 20};
  static const char *const programs[] = {"for i in range(2000): pass", "x = 'a' * (2 << 20)",
                                         "def f(n): return n and f(n - 1)\nf(30)"};
  for (gsize i = 0; i < G_N_ELEMENTS(programs); i++) {
    Run run;
    run_text(&run, programs[i], &limits);
    cr_expect(py_outcome(run.interp) == PY_BUDGET, "%s: outcome %d", programs[i], py_outcome(run.interp));
    run_end(&run);
  }
}
