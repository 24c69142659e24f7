/* ini files by ConfigParser's rules, and TOML.  The expected values are what Python 3.11 makes of the same texts. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/ini.h"
#include "retort/base/toml.h"

static const char *const DEFAULTS[] = {"here", "/etc/app", NULL};

static Ini *parse(const char *text, GError **error)
{
  return ini_parse("x.ini", text, strlen(text), DEFAULTS, error);
}

/* [s] k of each text; NULL: reading that option fails; "-": there is none; "!": the file is refused. */
static const struct {
  const char *name;
  const char *text;
  const char *value;
} INI_CASES[] = {
    {"equals", "[s]\nk = v", "v"},
    {"colon", "[s]\nk: v", "v"},
    {"first separator wins", "[s]\nk = a:b=c", "a:b=c"},
    {"colon before equals", "[s]\nk : a=b", "a=b"},
    {"no blanks", "[s]\nk=v", "v"},
    {"empty value", "[s]\nk =", ""},
    {"key in capitals", "[s]\nK = v", "v"},
    {"key with blanks", "[s]\n k   = v", "v"},
    {"other key", "[s]\nj = v", "-"},
    {"other section", "[t]\nk = v", "-"},
    {"comment lines", "# c\n[s]\n; c\n  # c\nk = v", "v"},
    {"no comment within a line", "[s]\nk = v # c ; d", "v # c ; d"},
    {"continuation", "[s]\nk = a\n  b\n\tc", "a\nb\nc"},
    {"continuation begins empty", "[s]\nk =\n  b", "\nb"},
    {"comment inside a continuation", "[s]\nk = a\n# c\n  b", "a\nb"},
    {"blank line inside a continuation", "[s]\nk = a\n\n  b\n", "a\n\nb"},
    {"blank lines at the end", "[s]\nk = a\n\n\n[t]\n", "a"},
    {"continuation that looks like an option", "[s]\nk = a\n  j = b", "a\nj = b"},
    {"continuation that looks like a section", "[s]\nk = a\n  [t]", "a\n[t]"},
    {"indented option is none of the line above", "[s]\n  j = 1\n  k = 2", "2"},
    {"windows line ends", "[s]\r\nk = a\r\n  b\r\n", "a\nb"},
    {"old mac line ends", "[s]\rk = a\r", "a"},
    {"text behind a section", "[s] more\nk = v", "v"},
    {"bracket in a section", "[x]y]\n[s]\nk = v", "v"},
    {"reference", "[s]\nj = 1\nk = a%(j)sb", "a1b"},
    {"reference in capitals", "[s]\nj = 1\nk = %(J)s", "1"},
    {"reference forwards", "[s]\nk = %(j)s\nj = 1", "1"},
    {"reference to DEFAULT", "[DEFAULT]\nj = 1\n[s]\nk = %(j)s", "1"},
    {"here", "[s]\nk = %(here)s/x", "/etc/app/x"},
    {"here overridden", "[DEFAULT]\nhere = /o\n[s]\nk = %(here)s", "/o"},
    {"reference through others", "[s]\na = 1\nb = %(a)s\nk = %(b)s%(a)s", "11"},
    {"percent sign", "[s]\nk = 100%%", "100%"},
    {"percent signs make no reference", "[s]\nk = %%(j)s", "%(j)s"},
    {"single percent sign", "[s]\nk = 100% sure", NULL},
    {"percent sign at the end", "[s]\nk = 100%", NULL},
    {"reference to nothing", "[s]\nk = %(j)s", NULL},
    {"reference without s", "[s]\nj = 1\nk = %(j)d", NULL},
    {"reference without end", "[s]\nj = 1\nk = %(j", NULL},
    {"reference to itself", "[s]\nk = %(k)s", NULL},
    {"another option's fault", "[s]\nj = 1%\nk = v", "v"},
    {"from DEFAULT", "[DEFAULT]\nk = v\n[s]\n", "v"},
    {"DEFAULT twice", "[DEFAULT]\nk = v\n[s]\n[DEFAULT]\nj = w", "v"},
    {"DEFAULT gives nothing to a missing section", "[DEFAULT]\nk = v", "-"},
    {"umlaut", "[s]\nk = \303\244", "\303\244"},
    {"no-break space is a blank", "[s]\nk =\302\240v\302\240", "v"},
    {"option twice", "[s]\nk = 1\nk = 2", "!"},
    {"option twice in other letters", "[s]\nk = 1\nK = 2", "!"},
    {"section twice", "[s]\nk = 1\n[s]\n", "!"},
    {"no section", "k = 1\n", "!"},
    {"no separator", "[s]\nk\n", "!"},
    {"no name", "[s]\n= v\n", "!"},
    {"section without end", "[s\nk = v", "!"},
    {"byte order mark", "\357\273\277[s]\nk = v", "!"},
};

Test(ini, reads_as_configparser_does)
{
  for (guint i = 0; i < G_N_ELEMENTS(INI_CASES); i++) {
    const char *expected = INI_CASES[i].value;
    g_autoptr(GError) error = NULL;
    g_autoptr(Ini) ini = parse(INI_CASES[i].text, &error);
    g_autofree char *value = ini ? ini_get(ini, "s", "k", &error) : NULL;
    const char *got = !ini ? "!" : value ? value : error ? NULL : "-";
    cr_expect(g_strcmp0(got, expected) == 0, "%s: expected %s, got %s (%s)", INI_CASES[i].name, expected, got,
              error ? error->message : "no error");
    cr_expect(!error || g_error_matches(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK), "%s: code",
              INI_CASES[i].name);
  }
}

Test(ini, lists_sections_keys_and_lines)
{
  g_autoptr(Ini) ini = parse("[DEFAULT]\nd = 1\n[b]\nx = %(d)s%\n\n[a]\ny = 2\nd = 3\n", NULL);
  g_auto(GStrv) sections = ini_sections(ini);
  g_autofree char *names = g_strjoinv(",", sections);
  g_auto(GStrv) keys = ini_keys(ini, "b");
  g_autofree char *joined = g_strjoinv(",", keys);

  cr_expect_str_eq(names, "b,a", "sections are \"%s\"", names);
  cr_expect_str_eq(joined, "x,here,d", "keys are \"%s\"", joined);
  cr_expect(ini_has_section(ini, "a") && !ini_has_section(ini, "DEFAULT") && !ini_has_section(ini, "c"));
  cr_expect(ini_has_key(ini, "a", "D") && ini_has_key(ini, "b", "d") && !ini_has_key(ini, "c", "d"));
  cr_expect(ini_line(ini, "b", "x") == 4, "line is %u", ini_line(ini, "b", "x"));
  cr_expect(ini_line(ini, "a", "d") == 8 && ini_line(ini, "b", "d") == 2 && ini_line(ini, "b", "here") == 0);
  cr_expect_str_eq(ini_get_raw(ini, "b", "x"), "%(d)s%", "raw is \"%s\"", ini_get_raw(ini, "b", "x"));
}

Test(ini, names_the_line_of_a_fault)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Ini) ini = parse("[s]\nk = 1\n\nk = 2\n", &error);

  cr_assert(ini == NULL && error, "a duplicate passed");
  cr_expect(g_str_has_prefix(error->message, "x.ini:4:"), "message is \"%s\"", error->message);
}

Test(ini, keeps_values_out_of_messages)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Ini) ini = parse("[s]\nurl = postgresql://u:se%cret@h/d\n", NULL);
  g_autofree char *value = ini_get(ini, "s", "url", &error);

  cr_assert(value == NULL && error, "a single percent sign passed");
  cr_expect(!strstr(error->message, "cret"), "the password is in \"%s\"", error->message);
}

Test(ini, does_not_grow_without_end)
{
  g_autoptr(GString) text = g_string_new("[s]\na0 = xxxxxxxxxxxxxxxxxxxxxxxx\n");
  g_autoptr(GError) error = NULL;

  for (int i = 1; i < 10; i++) {
    g_string_append_printf(text, "a%d = ", i);
    for (int j = 0; j < 100; j++)
      g_string_append_printf(text, "%%(a%d)s", i - 1);
    g_string_append_c(text, '\n');
  }
  g_autoptr(Ini) ini = parse(text->str, NULL);
  g_autofree char *value = ini_get(ini, "s", "a9", &error);
  cr_expect(value == NULL && error, "a value of 100^9 names was expanded");
}

/* A TOML value as text: strings bare, arrays in brackets, tables in braces. */
static void show(const TomlValue *value, GString *out)
{
  switch (value->kind) {
  case TOML_STRING: g_string_append(out, value->text); return;
  case TOML_INTEGER: g_string_append_printf(out, "%" G_GINT64_FORMAT, value->integer); return;
  case TOML_FLOAT: g_string_append_printf(out, "%g", value->real); return;
  case TOML_BOOLEAN: g_string_append(out, value->truth ? "true" : "false"); return;
  case TOML_DATETIME: g_string_append_printf(out, "@%s", value->text); return;
  case TOML_ARRAY:
  case TOML_TABLE: break;
  }
  g_string_append_c(out, value->kind == TOML_ARRAY ? '[' : '{');
  for (guint i = 0; i < value->items->len; i++) {
    const TomlValue *item = value->items->pdata[i];
    if (i > 0)
      g_string_append_c(out, ',');
    if (value->kind == TOML_TABLE)
      g_string_append_printf(out, "%s=", item->key);
    show(item, out);
  }
  g_string_append_c(out, value->kind == TOML_ARRAY ? ']' : '}');
}

static const struct {
  const char *text;
  const char *value; /* of all; NULL: refused */
} TOML_CASES[] = {
    {"", "{}"},
    {"# only a comment", "{}"},
    {"a = 1", "{a=1}"},
    {"a = \"x\" # c\r\nb = 'y'\r\n", "{a=x,b=y}"},
    {"a = +99\nb = -1_000\nc = 0xdead_beef\nd = 0o17\ne = 0b11", "{a=99,b=-1000,c=3735928559,d=15,e=3}"},
    {"a = 1.5\nb = -2e3\nc = inf\nd = 6.5e-1", "{a=1.5,b=-2000,c=inf,d=0.65}"},
    {"a = true\nb = false", "{a=true,b=false}"},
    {"a = 1979-05-27T07:32:00Z\nb = 07:32:00\nc = 1979-05-27 07:32:00.5-07:00",
     "{a=@1979-05-27T07:32:00Z,b=@07:32:00,c=@1979-05-27 07:32:00.5-07:00}"},
    {"a = \"\\t\\\"\\u00e9\\U0001F600\\\\\"", "{a=\t\"\303\251\360\237\230\200\\}"},
    {"a = '\\t'", "{a=\\t}"},
    {"a = \"\"\"\nx\n  y\"\"\"", "{a=x\n  y}"},
    {"a = \"\"\"x \\\n   y\"\"\"", "{a=x y}"},
    {"a = \"\"\"x\"\"\"\"\"", "{a=x\"\"}"},
    {"a = '''it's \\n'''", "{a=it's \\n}"},
    {"a = [1, 2,\n # c\n 3,]", "{a=[1,2,3]}"},
    {"a = [[1], [\"x\", \"y\"]]", "{a=[[1],[x,y]]}"},
    {"a = {b = 1, c.d = 2}", "{a={b=1,c={d=2}}}"},
    {"a = {}", "{a={}}"},
    {"a.b.c = 1\na.b.d = 2", "{a={b={c=1,d=2}}}"},
    {"\"a b\" = 1\n'c' = 2\n1 = 3", "{a b=1,c=2,1=3}"},
    {"[a]\nb = 1\n[a.c]\nd = 2", "{a={b=1,c={d=2}}}"},
    {"[a.b]\nc = 1\n[a]\nd = 2", "{a={b={c=1},d=2}}"},
    {"[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3", "{a=[{b=1},{b=2,c={d=3}}]}"},
    {"[ a . \"b\" ]\nc = 1", "{a={b={c=1}}}"},
    {"a = 1\na = 2", NULL},
    {"[a]\n[a]", NULL},
    {"a.b = 1\na.b.c = 2", NULL},
    {"a.b = 1\n[a]", NULL},
    {"a = {b = 1}\na.c = 2", NULL},
    {"a = [1]\n[[a]]", NULL},
    {"[a]\n[[a]]", NULL},
    {"a", NULL},
    {"a =", NULL},
    {"= 1", NULL},
    {"a = 1 b = 2", NULL},
    {"a = 01", NULL},
    {"a = 1__0", NULL},
    {"a = .5", NULL},
    {"a = tru", NULL},
    {"a = \"x", NULL},
    {"a = \"x\ny\"", NULL},
    {"a = \"\\q\"", NULL},
    {"a = \"\\ud800\"", NULL},
    {"a = \"\001\"", NULL},
    {"a = \"\"\"x", NULL},
    {"a = [1", NULL},
    {"a = {b = 1,}", NULL},
    {"a = 99999999999999999999", NULL},
    {"a = 1979-13-01", NULL},
    {"[a", NULL},
    {"a = \"\377\"", NULL},
};

Test(toml, reads_values_and_tables)
{
  for (guint i = 0; i < G_N_ELEMENTS(TOML_CASES); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Toml) toml = toml_parse("x.toml", TOML_CASES[i].text, strlen(TOML_CASES[i].text), &error);
    g_autoptr(GString) out = g_string_new(NULL);
    if (toml)
      show(toml_root(toml), out);
    const char *got = toml ? out->str : NULL;
    cr_expect(g_strcmp0(got, TOML_CASES[i].value) == 0, "case %u, \"%s\": expected %s, got %s (%s)", i,
              TOML_CASES[i].text, TOML_CASES[i].value, got, error ? error->message : "no error");
    cr_expect((toml == NULL) == (error != NULL), "case %u: value and error", i);
  }
}

Test(toml, finds_and_names_lines)
{
  static const char text[] =
      "[tool.alembic]\nscript_location = \"db\"\n\n[[tool.alembic.post_write_hooks]]\nname = 1\n";
  g_autoptr(Toml) toml = toml_parse("x.toml", text, strlen(text), NULL);
  const TomlValue *value = toml_find(toml_root(toml), "tool", "alembic", "script_location", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(Toml) broken = toml_parse("x.toml", "a = 1\n\nb = ?\n", 13, &error);

  cr_assert(value && value->kind == TOML_STRING && value->line == 2,
            "script_location was not found on line 2");
  cr_expect(toml_find(toml_root(toml), "tool", "poetry", "x", NULL) == NULL, "found what is not there");
  cr_expect(!broken && g_str_has_prefix(error->message, "x.toml:3:"), "message is \"%s\"",
            error ? error->message : "none");
}

Test(toml, limits_nesting)
{
  g_autoptr(GString) text = g_string_new("a = ");
  g_autoptr(GError) error = NULL;

  for (int i = 0; i < 100000; i++)
    g_string_append_c(text, '[');
  g_autoptr(Toml) toml = toml_parse("x.toml", text->str, text->len, &error);
  cr_expect(!toml && error, "100000 brackets were taken");
}
