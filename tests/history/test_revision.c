/* Headers of revision files, as odd as Python lets them be. */
#include <criterion/criterion.h>
#include <string.h>

#include "fs.h"
#include "retort/base/error.h"
#include "retort/history/revision.h"

/* "id|parents|depends_on|labels|doc", or "line: part of the message" when the file is refused. */
typedef struct {
  const char *name;
  const char *text;
  const char *expected;
} HeaderCase;

#define IDS "revision = 'a'\ndown_revision = None\n"

static const HeaderCase HEADERS[] = {
    {"plain", IDS, "a||||"},
    {"double quotes", "revision = \"a\"\ndown_revision = \"b\"\n", "a|b|||"},
    {"no line end at the end", "revision = 'a'\ndown_revision = 'b'", "a|b|||"},
    {"no blanks", "revision='a'\ndown_revision='b'\n", "a|b|||"},
    {"semicolons", "revision = 'a'; down_revision = 'b'; depends_on = 'c'\n", "a|b|c||"},
    {"windows line ends", "\"\"\"one\r\n\r\ntwo\r\n\"\"\"\r\nrevision = 'a'\r\ndown_revision = 'b'\r\n",
     "a|b|||one"},
    {"old mac line ends", "revision = 'a'\rdown_revision = 'b'\r", "a|b|||"},
    {"byte order mark", "\357\273\277" IDS, "a||||"},
    {"tuple", "revision = 'a'\ndown_revision = ('b', 'c')\n", "a|b,c|||"},
    {"tuple of one", "revision = 'a'\ndown_revision = ('b',)\n", "a|b|||"},
    {"empty tuple", "revision = 'a'\ndown_revision = ()\n", "a||||"},
    {"empty string", "revision = 'a'\ndown_revision = ''\n", "a||||"},
    {"list", "revision = 'a'\ndown_revision = ['b', 'c']\n", "a|b,c|||"},
    {"tuple without brackets", "revision = 'a'\ndown_revision = 'b', 'c'\n", "a|b,c|||"},
    {"value in brackets", "revision = ('a')\ndown_revision = (None)\n", "a||||"},
    {"over lines with comments", "revision = 'a'\ndown_revision = (  # two\n    'b',  # ) one\n    'c',\n)\n",
     "a|b,c|||"},
    {"backslash", "revision = \\\n    'a'\ndown_revision = 'b' \\\n    'c'\n", "a|bc|||"},
    {"annotated", "revision: str = 'a'\ndown_revision: Union[str, Sequence[str], None] = 'b'\n", "a|b|||"},
    {"annotated with a string", "revision: \"str = 1\" = 'a'\ndown_revision: 'str|None' = 'b'\n", "a|b|||"},
    {"only annotated later", IDS "revision: str\n", "a||||"},
    {"labels and dependencies", IDS "branch_labels = ('x', 'y')\ndepends_on = ['d']\n", "a||d|x,y|"},
    {"label alone", IDS "branch_labels = 'x'\n", "a|||x|"},
    {"prefixes", "revision = r'a'\ndown_revision = u'b'\ndepends_on = f'c'\n", "a|b|c||"},
    {"escapes", "revision = '\\x61\\142'\ndown_revision = '\\u0063'\n", "ab|c|||"},
    {"triple quotes", "revision = '''a'''\ndown_revision = \"\"\"b\"\"\"\n", "a|b|||"},
    {"joined literals", "revision = 'a' 'b'\ndown_revision = 'c' + 'd'\n", "ab|cd|||"},
    {"joined sequences", "revision = 'a'\ndown_revision = ('b',) + ('c',)\n", "a|b,c|||"},
    {"constant", "PARENT = 'b'\nrevision = 'a'\ndown_revision = PARENT\n", "a|b|||"},
    {"constant of a constant", "X = 'b'\nY = (X, 'c')\nrevision = 'a'\ndown_revision = Y\n", "a|b,c|||"},
    {"its own id", "revision = 'a'\ndown_revision = None\ndepends_on = revision\n", "a||a||"},
    {"constant before it changes", "X = 'b'\nrevision = 'a'\ndown_revision = X\nX = 'c'\n", "a|b|||"},
    {"set twice", "revision = 'z'\ndown_revision = 'b'\nrevision = 'a'\n", "a|b|||"},
    {"set again at the end", IDS "def upgrade():\n    pass\n\ndown_revision = 'c'\n", "a|c|||"},
    {"chained", "revision = other = 'a'\ndown_revision = None\n", "a||||"},
    {"unpacked", "revision, down_revision = 'a', 'b'\n", "a|b|||"},
    {"unpacked from what it replaces", "x = 'b'\nx, down_revision = 'z', x\nrevision = 'a'\n", "a|b|||"},
    {"unpacked from brackets", "(revision, down_revision) = ('a', ('b', 'c'))\n", "a|b,c|||"},
    {"set in a function", IDS "def upgrade():\n    revision = 'z'\n    down_revision = f()\n", "a||||"},
    {"set in a class", IDS "class A:\n    revision = 'z'\n", "a||||"},
    {"set within a string", IDS "x = \"\"\"\nrevision = 'z'\n\"\"\"\n", "a||||"},
    {"set within brackets", IDS "f(\nrevision='z',\n)\n", "a||||"},
    {"string at column 0 of a body", IDS "def upgrade():\n    op.execute(\"\"\"\nrevision = 'z'\n\"\"\")\n",
     "a||||"},
    {"apostrophes in comments", "# don't\n" IDS "# it's\ndef upgrade():\n    # can't (\n    pass\n", "a||||"},
    {"escaped quotes", IDS "x = 'it\\'s'\ny = \"\\\"\"\nz = '\\\\'\n", "a||||"},
    {"tabs", "revision\t=\t'a'\ndown_revision\t=\tNone\n", "a||||"},
    {"form feed", "\f\nrevision = 'a'\n\f\ndown_revision = None\n", "a||||"},
    {"names that begin alike", "revision_x = 'z'\nxrevision = 'z'\nrevision.x = 'z'\n" IDS, "a||||"},
    {"comparison", IDS "revision == 'z'\n", "a||||"},
    {"attribute of a subscript", IDS "x['revision'] = 'z'\n", "a||||"},
    {"type checking", "if TYPE_CHECKING:\n    from typing import Any\n" IDS, "a||||"},
    {"reset after a condition", "if x:\n    revision = 'z'\n" IDS, "a||||"},
    {"decorator and async", IDS "@f(\n  1)\nasync def upgrade():\n    revision = 1\n", "a||||"},
    {"nested f-string quotes of new Pythons", IDS "def upgrade():\n    x(f\"{y[\"it's\"]}\")\n", "a||||"},
    {"quotes in the format of an f-string", IDS "def upgrade():\n    x(f\"{y:'>10}\", f'{z!r:{w}}', f'{{')\n",
     "a||||"},
    {"docstring", "\"\"\"add users\n\nRevision ID: a\n\"\"\"\n" IDS, "a||||add users"},
    {"docstring of two lines", "\"\"\"add users\nand more\n\nRevision ID: a\n\"\"\"\n" IDS,
     "a||||add users\nand more"},
    {"blank line with a blank", "\"\"\"a\n \nb\"\"\"\n" IDS, "a||||a\n \nb"},
    {"docstring behind comments", "# -*- coding: utf-8 -*-\n# c\n\n'doc'\n" IDS, "a||||doc"},
    {"raw docstring", "r\"\"\"a\\nb\"\"\"\n" IDS, "a||||a\\nb"},
    {"docstring in brackets", "('a'\n 'b')\n" IDS, "a||||ab"},
    {"no docstring: not first", IDS "'doc'\n", "a||||"},
    {"no docstring: formatted", "f'doc'\n" IDS, "a||||"},
    {"no docstring: bytes", "b'doc'\n" IDS, "a||||"},
    {"no docstring: a sum", "'a' + 'b'\n" IDS, "a||||"},
    {"docstring by name", "__doc__ = 'x'\n" IDS, "a||||x"},
    {"latin-1", "# -*- coding: latin-1 -*-\n'\344\366'\n" IDS, "a||||\303\244\303\266"},
    {"cookie on the second line", "#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\n'\244'\n" IDS,
     "a||||\342\202\254"},
    {"cookie that is too late", "# a\n# b\n# coding: latin-1\n'\344'\n" IDS, "4: UTF-8"},
    {"utf-8", "'\303\244 \342\234\223'\n" IDS, "a||||\303\244 \342\234\223"},

    {"no down_revision", "revision = 'a'\n", "0: does not set \"down_revision\""},
    {"no revision", "down_revision = 'a'\n", "0: Could not determine revision id from filename x y.py."},
    {"computed parent", "revision = 'a'\ndown_revision = get_down_revision(revision)\n",
     "2: get_down_revision(revision)"},
    {"computed id", "import os\nrevision = os.environ['X']\ndown_revision = None\n", "2: \"revision\""},
    {"formatted id", "revision = f'{x}'\ndown_revision = None\n", "1: \"revision\""},
    {"condition", IDS "if x:\n    down_revision = 'b'\n", "4: \"down_revision\""},
    {"condition on one line", IDS "if x: down_revision = 'b'\n", "3: \"down_revision\""},
    {"try", "try:\n    revision = 'a'\nexcept Exception:\n    pass\ndown_revision = None\n",
     "2: \"revision\""},
    {"loop", IDS "for revision in 'x':\n    pass\n", "3: \"revision\""},
    {"imported name", "from x import revision\ndown_revision = None\n", "1: \"revision\""},
    {"added to", IDS "revision += 'b'\n", "3: \"revision\""},
    {"deleted", IDS "del down_revision\n", "3: \"down_revision\""},
    {"a function of that name", IDS "def revision():\n    pass\n", "3: \"revision\""},
    {"a number", "revision = 1\ndown_revision = None\n", "1: not a string"},
    {"bytes", "revision = b'a'\ndown_revision = None\n", "1: \"revision\""},
    {"None among parents", "revision = 'a'\ndown_revision = ('b', None)\n", "2: \"down_revision\""},
    {"a number as parent", "revision = 'a'\ndown_revision = 5\n", "2: neither a string"},
    {"string without end", IDS "def upgrade():\n    x = \"\"\"\n    pass\n", "4: a string begins here"},
    {"bracket without end", IDS "\ndef upgrade():\n    f((1, 2)\n", "5: a bracket is opened here"},
    {"id without its quote", "revision = 'a\ndown_revision = None\n", "1: \"revision\""},
    {"not UTF-8", IDS "# \377\n", "3: UTF-8"},
    {"unknown encoding", "# coding: klingon\n" IDS, "1: klingon"},
    {"encoding against the mark", "\357\273\277# coding: latin-1\n" IDS, "1: latin-1"},
    {"names in a circle", "X = X\nrevision = X\ndown_revision = None\n", "2: \"revision\""},
    {"empty", "", "0: Could not determine revision id"},
};

static char *describe(Revision *revision)
{
  g_autofree char *down = g_strjoinv(",", revision->down_revision);
  g_autofree char *deps = g_strjoinv(",", revision->depends_on);
  g_autofree char *labels = g_strjoinv(",", revision->branch_labels);

  return g_strdup_printf("%s|%s|%s|%s|%s", revision->id, down, deps, labels, revision->doc);
}

/* "LINE: part" against the message of a refusal. */
static gboolean refused_as(const char *message, const char *expected)
{
  guint line = (guint)g_ascii_strtoull(expected, NULL, 10);
  const char *part = strchr(expected, ':') + 2;
  g_autofree char *place = g_strdup_printf("/v/x y.py:%u: ", line);

  return strstr(message, part) && (line == 0 || g_str_has_prefix(message, place));
}

Test(revision, reads_headers)
{
  for (guint i = 0; i < G_N_ELEMENTS(HEADERS); i++) {
    const HeaderCase *one = &HEADERS[i];
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) revision = revision_parse("/v/x y.py", one->text, strlen(one->text), &error);
    g_autofree char *got = revision ? describe(revision) : NULL;
    gboolean refusal = g_ascii_isdigit(one->expected[0]);
    if (refusal)
      cr_expect(!revision && error && refused_as(error->message, one->expected),
                "%s: expected \"%s\", got %s (%s)", one->name, one->expected, got,
                error ? error->message : "no error");
    else
      cr_expect(g_strcmp0(got, one->expected) == 0, "%s: expected \"%s\", got \"%s\" (%s)", one->name,
                one->expected, got, error ? error->message : "no error");
  }
}

Test(revision, tells_what_alembic_would_say)
{
  static const struct {
    const char *text;
    int code;
  } cases[] = {
      {"down_revision = None\n", RETORT_ERROR_COMMAND},
      {"revision = 'a'\n", RETORT_ERROR_TRACEBACK},
      {"revision = 'a'\ndown_revision = f()\n", RETORT_ERROR_FILE},
      {"revision = 'a'\n<<<<<<< HEAD\ndown_revision = 'b'\n=======\ndown_revision = 'c'\n>>>>>>> x\n",
       RETORT_ERROR_TRACEBACK},
      {"revision = 'a'\ndown_revision = 'b'\ndef upgrade():\n<<<<<<< HEAD\n    pass\n",
       RETORT_ERROR_TRACEBACK}};

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) revision = revision_parse("/v/x.py", cases[i].text, strlen(cases[i].text), &error);
    cr_expect(!revision && error->code == cases[i].code, "case %u: code %d", i, error ? error->code : -1);
  }
}

Test(revision, takes_a_hexadecimal_file_name_for_the_id)
{
  static const struct {
    const char *path;
    const char *id;
  } cases[] = {
      {"/v/0123abc.py", "0123abc"}, {"/v/0123abc_x.py", NULL}, {"/v/ABC.py", NULL}, {"/v/.py", NULL}};

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Revision) revision = revision_parse(cases[i].path, "down_revision = None\n", 21, NULL);
    cr_expect(g_strcmp0(revision ? revision->id : NULL, cases[i].id) == 0, "%s: got %s", cases[i].path,
              revision ? revision->id : NULL);
  }
}

Test(revision, keeps_date_line_and_form)
{
  static const char text[] =
      "\"\"\"x\n\nRevision ID: a\nCreate Date: 2024-01-02 03:04:05.678901 \n\n\"\"\"\n\n"
      "revision = 'a'\ndown_revision = 'b'\n";
  g_autoptr(Revision) scalar = revision_parse("/v/a.py", text, strlen(text), NULL);
  g_autoptr(Revision) tuple = revision_parse("/v/a.py", "revision='a'\ndown_revision=('b',)\n", 34, NULL);

  cr_assert(scalar && tuple, "not read");
  cr_expect_str_eq(scalar->create_date, "2024-01-02 03:04:05.678901", "date is \"%s\"", scalar->create_date);
  cr_expect(scalar->down_revision_line == 9, "line is %u", scalar->down_revision_line);
  cr_expect(scalar->down_revision_is_scalar && !tuple->down_revision_is_scalar, "scalar %d, tuple %d",
            scalar->down_revision_is_scalar, tuple->down_revision_is_scalar);
  cr_expect(tuple->create_date == NULL && tuple->down_revision_line == 2);
}

Test(revision, follows_constants_of_the_projects_modules)
{
  char *root = fs_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(root, "app/db/versions/1.py", NULL);

  fs_write(root, "app/db/cli.py", "from app.names import OTHER\nEXPAND = 'expand'\nif x:\n    BAD = 'b'\n");
  fs_write(root, "app/names.py", "OTHER = ('o', 'p')\n");
  fs_write(root, "app/__init__.py", "ROOT = 'r'\n");
  fs_write(root, "app/db/versions/1.py",
           "from app.db import cli\nimport app.names as names\nfrom app import ROOT as R\nrevision = 'a'\n"
           "down_revision = R\nbranch_labels = (cli.EXPAND,)\ndepends_on = names.OTHER + cli.OTHER\n");
  g_autoptr(Revision) revision = revision_read(path, &error);
  g_autofree char *got = revision ? describe(revision) : NULL;
  cr_expect(g_strcmp0(got, "a|r|o,p,o,p|expand|") == 0, "got %s (%s)", got,
            error ? error->message : "no error");

  fs_write(root, "app/db/versions/1.py",
           "from app.db import cli\nrevision = 'a'\ndown_revision = None\nbranch_labels = cli.BAD\n");
  g_autoptr(Revision) refused = revision_read(path, NULL);
  cr_expect(refused == NULL, "a conditional constant was believed");
  fs_remove(root);
}

Test(revision, does_not_follow_names_for_ever)
{
  g_autoptr(GString) text = g_string_new("a0 = 'x'\n");

  for (int i = 1; i <= 40; i++)
    g_string_append_printf(text, "a%d = a%d + a%d\n", i, i - 1, i - 1);
  g_string_append(text, "revision = a40\ndown_revision = None\n");
  g_autoptr(Revision) revision = revision_parse("/v/x.py", text->str, text->len, NULL);
  cr_expect(revision == NULL, "2^40 characters were put together");

  g_string_assign(text, "revision = ");
  for (int i = 0; i < 200000; i++)
    g_string_append_c(text, '(');
  for (int i = 0; i < 200000; i++)
    g_string_append_c(text, ')');
  g_autoptr(Revision) deep = revision_parse("/v/x.py", text->str, text->len, NULL);
  cr_expect(deep == NULL, "200000 brackets were taken");
}

Test(revision, sees_what_changes_sqlalchemy_for_all)
{
  static const struct {
    const char *text;
    guint line;
  } cases[] = {
      {"import sqlalchemy as sa\nfrom sqlalchemy.ext import compiler\n\n"
       "@compiler.compiles(sa.ForeignKeyConstraint, 'postgresql')\ndef f(e, c, **kw): pass\n",
       6},
      {"from sqlalchemy.types import JSON\n@compiles(JSON)\ndef f(): pass\n", 4},
      {"from sqlalchemy import (\n  JSON,\n)\n@compiles(JSON, \"default\")\ndef f(): pass\n", 6},
      {"from sqlalchemy.types import JSON\n@compiles(JSON, \"sqlite\")\ndef f(): pass\n", 0},
      {"class Mine(DDLElement): pass\n@compiles(Mine)\ndef f(): pass\n", 0},
      {"class MineToo(DDLElement): pass\n@compiles(Mine)\ndef f(): pass\n", 4},
      {"from app.ddl import Mine\n@compiles(Mine, 'postgresql')\ndef f(): pass\n", 0},
      {"def upgrade():\n  # @compiles(JSON)\n  @compiles(JSON)\n  def f(): pass\n", 0},
      {"x = 'compiles('\n", 0},
      {"@compiles(\n", 0},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = g_strconcat("revision = 'a'\ndown_revision = None\n", cases[i].text, NULL);
    g_autoptr(Revision) revision = revision_parse("/v/a.py", text, strlen(text), NULL);
    guint line = revision ? revision->compiles_line : 0;
    cr_expect_eq(line, cases[i].line, "%s: line %u, not %u", cases[i].text, line, cases[i].line);
  }
}
