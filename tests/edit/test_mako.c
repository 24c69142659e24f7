#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/edit/mako.h"

static const char prelude[] = "message = 'add x'\n"
                              "up_revision = '3f2a'\n"
                              "down_revision = ('a', 'b')\n"
                              "nothing = None\n"
                              "items = ['one', 'two']\n"
                              "def comma(value):\n"
                              "    return ', '.join(value)\n";

Test(mako, templates_write_what_mako_writes)
{
  static const struct {
    const char *template, *output;
  } cases[] = {
      {"plain\n", "plain\n"},
      {"", ""},
      {"no newline", "no newline"},
      {"${message}!", "add x!"},
      {"rev ${repr(up_revision)}\n", "rev '3f2a'\n"},
      {"${down_revision | comma,n}\n", "a, b\n"},
      {"${nothing}", "None"},
      {"${imports if imports else \"\"}|", "|"},
      {"${upgrades if upgrades else 'pass'}", "pass"},
      {"${'}'}${\"|\"}", "}|"},
      {"${{'a': 1}['a']}", "1"},
      {"% if message:\nyes\n% else:\nno\n% endif\nend\n", "yes\nend\n"},
      {"% if nothing:\nyes\n% elif items:\nmaybe\n% endif\n", "maybe\n"},
      {"  % for i in items:\n  - ${i}\n  % endfor\n", "  - one\n  - two\n"},
      {"% for i in items:\n% endfor\nx", "x"},
      {"% for i in items:\n%   if i == 'two':\n<${i}>\n%   endif\n% endfor\n", "<two>\n"},
      {"## a comment\ntext # not one\n", "text # not one\n"},
      {"a <%doc>gone\nall</%doc>b\n", "a b\n"},
      {"<%text>${raw} % ##</%text>\n", "${raw} % ##\n"},
      {"<% x = 5 %>${x}\n", "5\n"},
      {"<%\n    y = 2\n    if y:\n        y = 3\n%>\n${y}\n", "\n3\n"},
      {"<%!\nimport re\n\n%>${re.split(',', 'a,b')[1]}", "b"},
      {"%% kept\n", "% kept\n"},
      {"joined \\\nline\n", "joined line\n"},
      {"100% and $5 and <b>\n", "100% and $5 and <b>\n"},
      {"${context.get('missing', 'default')}", "default"},
      {"${'  x ' | trim}|", "x|"},
      {"ünïcödé ${'é'}\n", "ünïcödé é\n"},
      {"% while False:\nx\n% endwhile\ny", "y"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *output =
        mako_render("t.mako", cases[i].template, strlen(cases[i].template), prelude, &error);
    cr_expect(output != NULL, "case %zu (%s): %s", i, cases[i].template, error != NULL ? error->message : "");
    if (output != NULL)
      cr_expect_str_eq(output, cases[i].output, "case %zu (%s): got \"%s\"", i, cases[i].template, output);
  }
}

Test(mako, what_cannot_be_rendered_is_refused_with_its_line)
{
  static const struct {
    const char *template;
    RetortError code;
    const char *part;
  } cases[] = {
      {"a\n<%include file=\"x\"/>\n", RETORT_ERROR_REFUSED, "line 2"},
      {"<%def name=\"f()\">x</%def>", RETORT_ERROR_REFUSED, "<%def"},
      {"${open", RETORT_ERROR_COMMAND, "line 1"},
      {"\n\n% if x:\n", RETORT_ERROR_COMMAND, "'if' is not closed"},
      {"% endfor\n", RETORT_ERROR_COMMAND, "endfor"},
      {"% else:\n", RETORT_ERROR_COMMAND, "else"},
      {"${missing}", RETORT_ERROR_COMMAND, "missing is not defined"},
      {"${1 +}", RETORT_ERROR_COMMAND, "parse"},
      {"${1 / 0}", RETORT_ERROR_COMMAND, "ZeroDivisionError"},
      {"<% while True: pass %>", RETORT_ERROR_REFUSED, "t.mako"},
      {"<%! from app import secret %>${secret()}", RETORT_ERROR_REFUSED, "app"},
      {"<%doc>open", RETORT_ERROR_COMMAND, "not closed"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *output =
        mako_render("t.mako", cases[i].template, strlen(cases[i].template), prelude, &error);
    cr_expect(output == NULL, "case %zu (%s): got \"%s\"", i, cases[i].template, output);
    cr_expect(g_error_matches(error, RETORT_ERROR, cases[i].code), "case %zu (%s): %s", i, cases[i].template,
              error != NULL ? error->message : "no error");
    cr_expect(error != NULL && strstr(error->message, cases[i].part) != NULL, "case %zu: \"%s\" lacks \"%s\"",
              i, error != NULL ? error->message : "", cases[i].part);
  }
}

Test(mako, literals_are_python)
{
  g_autofree char *quoted = mako_literal("it's \\ a\nline é");
  cr_expect_str_eq(quoted, "'it\\'s \\\\ a\\U0000000aline \\U000000e9'", "got %s", quoted);
  g_autofree char *none = mako_literal(NULL);
  cr_expect_str_eq(none, "None");
}
