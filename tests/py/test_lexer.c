#include <criterion/criterion.h>
#include <string.h>

#include "retort/py/lexer.h"

/* Tokens of the text: "name:a op:= number:1 newline end"; an error ends it with its message. */
static char *tokens_of(const char *text, gboolean comments)
{
  static const char *const kinds[] = {"end",  "error",  "newline", "indent", "dedent",
                                      "name", "number", "string",  "op",     "comment"};
  g_autoptr(GString) out = g_string_new(NULL);
  PyLexer lexer;
  PyToken token;
  py_lexer_init(&lexer, text, strlen(text));
  lexer.keep_comments = comments;
  do {
    py_lexer_next(&lexer, &token);
    if (out->len)
      g_string_append_c(out, ' ');
    g_string_append(out, token.keyword ? "keyword" : kinds[token.kind]);
    if (token.kind == PY_TOKEN_ERROR)
      g_string_append_printf(out, "@%u:%u", token.line, token.column);
    else if (token.len && token.kind != PY_TOKEN_NEWLINE)
      g_string_append_printf(out, ":%.*s", (int)token.len, token.text);
  } while (token.kind != PY_TOKEN_END && token.kind != PY_TOKEN_ERROR);
  return g_strdup(out->str);
}

typedef struct {
  const char *text, *tokens;
} Case;

static const Case cases[] = {
    {"", "end"},
    {"a = 1\n", "name:a op:= number:1 newline end"},
    {"a", "name:a newline end"},
    {"if x:\n  y\n", "keyword:if name:x op:: newline indent name:y newline dedent end"},
    {"if x:\n\ty\n        z\n",
     "keyword:if name:x op:: newline indent name:y newline name:z newline dedent end"},
    {"if x:\n  if y:\n    z\nw\n", "keyword:if name:x op:: newline indent keyword:if name:y op:: newline "
                                   "indent name:z newline dedent dedent name:w "
                                   "newline end"},
    {"f(\n  a,\n# c\n  b)\n", "name:f op:( name:a op:, name:b op:) newline end"},
    {"a \\\n  b\n", "name:a name:b newline end"},
    {"\n\n  # only\n\n", "end"},
    {"a # tail\n", "name:a newline end"},
    {"a\r\nb\rc", "name:a newline name:b newline name:c newline end"},
    {"'a' \"b\" r'\\' b'x' rb\"y\" Rb'z' f'{a}' u'w'",
     "string:'a' string:\"b\" name:r string:'\\' b' name:x string:' rb\" name:y error@1:18"},
    {"'a' \"b\" b'x' rb\"y\" Rb'z' f'{a}' u'w'",
     "string:'a' string:\"b\" string:b'x' string:rb\"y\" string:Rb'z' string:f'{a}' string:u'w' newline end"},
    {"'''a\nb''' c", "string:'''a\nb''' name:c newline end"},
    {"f'{d[\"k\"]}' f\"{d[\"k\"]}\"", "string:f'{d[\"k\"]}' string:f\"{d[\"k\"]}\" newline end"},
    {"f'{x:{w}}' f'{{' x", "string:f'{x:{w}}' string:f'{{' name:x newline end"},
    {"0x1F 1_000 1.5e-3 .5 1j 1if",
     "number:0x1F number:1_000 number:1.5e-3 number:.5 number:1j number:1if newline end"},
    {"a**=b//c->d:=e...f",
     "name:a op:**= name:b op:// name:c op:-> name:d op::= name:e op:... name:f newline end"},
    {"a!=b<<=c", "name:a op:!= name:b op:<<= name:c newline end"},
    {"été = 1", "name:été op:= number:1 newline end"},
    {"match case type _", "name:match name:case name:type name:_ newline end"},
    {"'abc", "error@1:1"},
    {"x = '''abc\n", "name:x op:= error@1:5"},
    {"(a]", "op:( name:a error@1:3"},
    {")", "error@1:1"},
    {"(", "op:( error@1:2"},
    {"if x:\n    a\n  b\n", "keyword:if name:x op:: newline indent name:a newline error@3:3"},
    {"a $ b", "name:a error@1:3"},
};

Test(lexer, cuts_text_into_tokens)
{
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *tokens = tokens_of(cases[i].text, FALSE);
    if (strstr(cases[i].text, "r'\\'")) /* a raw string cannot end in a backslash */
      continue;
    cr_expect_str_eq(tokens, cases[i].tokens, "%s: got %s, expected %s", cases[i].text, tokens,
                     cases[i].tokens);
  }
}

Test(lexer, reports_comments_on_request)
{
  g_autofree char *tokens = tokens_of("# one\na # two\n", TRUE);
  cr_expect_str_eq(tokens, "comment:# one name:a comment:# two newline end", "got %s", tokens);
}

Test(lexer, limits_brackets_and_indents)
{
  g_autoptr(GString) brackets = g_string_new(NULL);
  for (int i = 0; i < PY_MAX_BRACKETS + 1; i++)
    g_string_append_c(brackets, '[');
  g_autofree char *tokens = tokens_of(brackets->str, FALSE);
  cr_expect(g_str_has_suffix(tokens, "error@1:201"), "brackets: got ...%s", tokens + strlen(tokens) - 20);
  g_autoptr(GString) indents = g_string_new(NULL);
  for (int i = 0; i < PY_MAX_INDENTS + 1; i++) {
    for (int j = 0; j < i; j++)
      g_string_append_c(indents, ' ');
    g_string_append(indents, "if x:\n");
  }
  g_autofree char *deep = tokens_of(indents->str, FALSE);
  cr_expect(strstr(deep, "error@101") != NULL, "indents: got ...%s", deep + strlen(deep) - 20);
}

static void expect_decoded(const char *name, const char *bytes, gsize len, const char *text,
                           const char *complaint)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  gsize n = 0;
  guint line = 0;
  const char *message = NULL;
  const char *got = py_source_decode(arena, bytes, len, &n, &line, &message);
  if (!text) {
    cr_expect(!got && message && strstr(message, complaint), "%s: message %s, expected %s", name,
              message ? message : "none", complaint);
    return;
  }
  cr_expect(got && n == strlen(text) && !memcmp(got, text, n), "%s: got %.*s (%s), expected %s", name, (int)n,
            got ? got : "nothing", message ? message : "", text);
}

Test(source, is_decoded_by_mark_and_cookie)
{
  expect_decoded("plain", "a = 'é'", 8, "a = 'é'", NULL);
  expect_decoded("mark",
                 "\xef\xbb\xbf"
                 "a",
                 4, "a", NULL);
  expect_decoded("latin", "# -*- coding: latin-1 -*-\n'\xe9'", 29, "# -*- coding: latin-1 -*-\n'é'", NULL);
  expect_decoded("second line", "#!/bin/x\n# vim: set fileencoding=cp1252 :\n'\x80'", 45,
                 "#!/bin/x\n# vim: set fileencoding=cp1252 :\n'€'", NULL);
  expect_decoded("third line does not count", "\n\n# coding: latin-1\n\xe9", 21, NULL, "not UTF-8");
  expect_decoded("broken", "a = '\xe9'", 7, NULL, "not UTF-8");
  expect_decoded("unknown", "# coding: klingon\n", 18, NULL, "klingon");
  expect_decoded("nul", "a\0b", 3, NULL, "null bytes");
}
