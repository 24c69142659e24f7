#include "retort/py/lexer.h"

#include <string.h>
#include <glib/gi18n.h>

static const char *const keyword_texts[] = {"",
#define X(name, text) text,
                                            PY_KEYWORDS(X)
#undef X
                                                ""};

static const char *const operator_texts[] = {"",
#define X(name, text) text,
                                             PY_OPERATORS(X)
#undef X
};

/* Keywords are in alphabetical order, so those of one letter stand together. */
static const guint8 first_keyword['z' + 1] = {
    ['F'] = PY_KW_FALSE,    ['N'] = PY_KW_NONE_,  ['T'] = PY_KW_TRUE,  ['a'] = PY_KW_AND,
    ['b'] = PY_KW_BREAK,    ['c'] = PY_KW_CLASS,  ['d'] = PY_KW_DEF,   ['e'] = PY_KW_ELIF,
    ['f'] = PY_KW_FINALLY,  ['g'] = PY_KW_GLOBAL, ['i'] = PY_KW_IF,    ['l'] = PY_KW_LAMBDA,
    ['n'] = PY_KW_NONLOCAL, ['o'] = PY_KW_OR,     ['p'] = PY_KW_PASS,  ['r'] = PY_KW_RAISE,
    ['t'] = PY_KW_TRY,      ['w'] = PY_KW_WHILE,  ['y'] = PY_KW_YIELD,
};

enum {
  CHAR_NAME_START = 1,
  CHAR_DIGIT = 2,
};

static inline guint char_class(guchar c)
{
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80)
    return CHAR_NAME_START;
  return c >= '0' && c <= '9' ? CHAR_DIGIT : 0;
}

const char *py_keyword_text(PyKeyword keyword)
{
  return keyword_texts[keyword];
}

const char *py_operator_text(PyOperator op)
{
  return operator_texts[op];
}

void py_lexer_init(PyLexer *lexer, const char *text, gsize len)
{
  memset(lexer, 0, sizeof *lexer);
  lexer->text = lexer->at = lexer->line_start = text;
  lexer->end = text + len;
  lexer->line = 1;
  lexer->line_begins = TRUE;
  lexer->n_indents = 1;
}

void py_lexer_init_expression(PyLexer *lexer, const char *text, gsize len, guint line, guint column)
{
  py_lexer_init(lexer, text, len);
  lexer->line = line;
  lexer->first_column = column;
  lexer->line_begins = FALSE;
  lexer->inside = TRUE;
}

static guint column_of(const PyLexer *lexer, const char *at)
{
  guint column = (guint)(at - lexer->line_start) + 1;
  return lexer->line_start == lexer->text && lexer->first_column ? column + lexer->first_column - 1 : column;
}

static void fill(PyLexer *lexer, PyToken *token, PyTokenKind kind, const char *start, const char *end)
{
  *token = (PyToken){.kind = kind,
                     .text = start,
                     .len = (guint)(end - start),
                     .line = lexer->line,
                     .column = column_of(lexer, start)};
  lexer->at = end;
}

static void fail(PyLexer *lexer, PyToken *token, const char *at, const char *message)
{
  lexer->error = message;
  fill(lexer, token, PY_TOKEN_ERROR, at, at);
}

/* A line break at p: its length, 0 when there is none. */
static inline gsize break_len(const char *p, const char *end)
{
  if (p >= end)
    return 0;
  if (*p == '\n')
    return 1;
  return *p == '\r' ? (p + 1 < end && p[1] == '\n' ? 2 : 1) : 0;
}

static const char *line_end(const char *p, const char *end)
{
  while (p < end && *p != '\n' && *p != '\r')
    p++;
  return p;
}

static const char *next_line(PyLexer *lexer, const char *p)
{
  p += break_len(p, lexer->end);
  lexer->line++;
  lexer->line_start = p;
  return p;
}

/* Steps over blank lines and comments at the start of a line and measures its indentation; tabs go to the next
 * multiple of 8.  FALSE when a comment was reported. */
static gboolean begin_line(PyLexer *lexer, PyToken *token, guint *indent)
{
  const char *p = lexer->at;
  for (;;) {
    guint width = 0;
    for (; p < lexer->end; p++) {
      if (*p == ' ')
        width++;
      else if (*p == '\t')
        width = (width / 8 + 1) * 8;
      else if (*p == '\f')
        width = 0;
      else
        break;
    }
    if (p < lexer->end && *p == '#') {
      const char *start = p;
      p = line_end(p, lexer->end);
      if (lexer->keep_comments) {
        fill(lexer, token, PY_TOKEN_COMMENT, start, p);
        return FALSE;
      }
    }
    if (p < lexer->end && break_len(p, lexer->end)) {
      p = next_line(lexer, p);
      continue;
    }
    if (p + 1 < lexer->end && *p == '\\' && break_len(p + 1, lexer->end)) {
      p = next_line(lexer, p + 1);
      continue;
    }
    *indent = p >= lexer->end ? 0 : width;
    lexer->at = p;
    return TRUE;
  }
}

/* INDENT and DEDENT of a new line; FALSE when a token was made. */
static gboolean indentation(PyLexer *lexer, PyToken *token)
{
  guint indent;
  if (!begin_line(lexer, token, &indent))
    return FALSE;
  lexer->line_begins = FALSE;
  if (lexer->at >= lexer->end)
    lexer->ended = TRUE;
  guint top = lexer->indents[lexer->n_indents - 1];
  if (indent == top)
    return TRUE;
  if (indent > top) {
    if (lexer->n_indents == PY_MAX_INDENTS) {
      fail(lexer, token, lexer->at, _("too many levels of indentation"));
      return FALSE;
    }
    lexer->indents[lexer->n_indents++] = indent;
    fill(lexer, token, PY_TOKEN_INDENT, lexer->at, lexer->at);
    return FALSE;
  }
  while (lexer->indents[lexer->n_indents - 1] > indent) {
    lexer->n_indents--;
    lexer->pending_dedents++;
  }
  if (lexer->indents[lexer->n_indents - 1] != indent) {
    fail(lexer, token, lexer->at, _("unindent does not match any outer indentation level"));
    return FALSE;
  }
  return TRUE;
}

/* ---- strings ---- */

static gboolean is_quote(char c)
{
  return c == '\'' || c == '"';
}

/* The end of the string literal whose opening quote is at `at`, NULL when it has none before end. */
static const char *skip_string(const char *at, const char *end, gboolean formatted, guint depth)
{
  char quote = *at;
  gboolean triple = end - at >= 3 && at[1] == quote && at[2] == quote;
  const char *p = at + (triple ? 3 : 1);
  while (p < end) {
    while (p < end && *p != quote && *p != '\\' && *p != '\n' && *p != '\r' && *p != '{')
      p++;
    if (p >= end)
      return NULL;
    if (*p == '\\') {
      gsize n = break_len(p + 1, end);
      p += 1 + (n ? n : 1);
    } else if (*p == quote && (!triple || (end - p >= 3 && p[1] == quote && p[2] == quote))) {
      return p + (triple ? 3 : 1);
    } else if (!triple && break_len(p, end)) {
      return NULL;
    } else if (formatted && *p == '{') {
      if (p + 1 < end && p[1] == '{') {
        p += 2;
        continue;
      }
      const char *close = py_skip_field(p + 1, end, depth + 1);
      if (!close)
        return NULL;
      p = close + 1;
    } else {
      p++;
    }
  }
  return NULL;
}

/* An f-string's format spec: to its closing brace. */
static const char *skip_spec(const char *p, const char *end, guint depth)
{
  while (p < end && *p != '}') {
    if (*p == '{') {
      p = py_skip_field(p + 1, end, depth + 1);
      if (!p)
        return NULL;
    }
    p++;
  }
  return p < end ? p : NULL;
}

/* Whether the letters before a quote make it an f-string. */
static gboolean formatted_prefix(const char *start, const char *quote)
{
  for (const char *p = quote; p > start && quote - p < 2; p--) {
    char c = p[-1];
    if (c == 'f' || c == 'F')
      return TRUE;
    if (c != 'r' && c != 'R')
      return FALSE;
  }
  return FALSE;
}

/* Deeper f-strings in f-strings than anybody writes; it bounds our stack. */
#define MAX_FIELD_DEPTH 20

const char *py_skip_field(const char *at, const char *end, guint depth)
{
  if (depth > MAX_FIELD_DEPTH)
    return NULL;
  guint open = 0;
  for (const char *p = at; p < end; p++) {
    switch (*p) {
    case '(':
    case '[':
    case '{': open++; break;
    case ')':
    case ']':
      if (open)
        open--;
      break;
    case '}':
      if (!open)
        return p;
      open--;
      break;
    case ':':
      if (!open)
        return skip_spec(p + 1, end, depth);
      break;
    case '#':
      while (p + 1 < end && !break_len(p + 1, end))
        p++;
      break;
    case '\'':
    case '"':
      p = skip_string(p, end, formatted_prefix(at, p), depth);
      if (!p)
        return NULL;
      p--;
      break;
    default: break;
    }
  }
  return NULL;
}

static void lex_string(PyLexer *lexer, PyToken *token, const char *start, const char *quote)
{
  const char *end = skip_string(quote, lexer->end, formatted_prefix(start, quote), 0);
  if (!end) {
    fail(lexer, token, start,
         quote + 2 < lexer->end && quote[1] == *quote && quote[2] == *quote
             ? _("unterminated triple-quoted string literal")
             : _("unterminated string literal"));
    return;
  }
  fill(lexer, token, PY_TOKEN_STRING, start, end);
  gsize len = (gsize)(end - quote);
  if (!memchr(quote, '\n', len) && !memchr(quote, '\r', len))
    return;
  for (const char *p = quote; p < end;) {
    if (break_len(p, lexer->end))
      p = next_line(lexer, p);
    else
      p++;
  }
  lexer->at = end;
}

/* "r", "b", "u", "f" and their pairs, before a quote. */
static gboolean string_prefix(const char *start, const char *end)
{
  guint seen = 0;
  for (const char *p = start; p < end; p++) {
    const char *found = strchr("rRbBuUfF", *p);
    if (!found)
      return FALSE;
    guint bit = 1u << (guint)((found - "rRbBuUfF") / 2);
    if (seen & bit)
      return FALSE;
    seen |= bit;
  }
  return seen == 1 || seen == 2 || seen == 4 || seen == 8 || seen == 3 || seen == 9;
}

/* ---- names, numbers, operators ---- */

static void lex_name(PyLexer *lexer, PyToken *token, const char *start)
{
  const char *p = start;
  guint hash = 5381;
  gboolean plain = TRUE;
  while (p < lexer->end && char_class((guchar)*p)) {
    hash = hash * 33 + (guchar)*p;
    plain &= (guchar)*p < 0x80;
    p++;
  }
  if (p < lexer->end && is_quote(*p) && p - start <= 2 && string_prefix(start, p)) {
    lex_string(lexer, token, start, p);
    return;
  }
  gsize len = (gsize)(p - start);
  fill(lexer, token, PY_TOKEN_NAME, start, p);
  token->hash = hash ? hash : 1;
  if (!plain)
    return;
  guint keyword = *start <= 'z' ? first_keyword[(guchar)*start] : 0;
  for (; keyword && keyword_texts[keyword][0] == *start; keyword++)
    if (!strncmp(keyword_texts[keyword], start, len) && !keyword_texts[keyword][len]) {
      token->keyword = (PyKeyword)keyword;
      return;
    }
}

/* Digits, letters, underscores, one exponent sign: the parser checks what it means. */
static void lex_number(PyLexer *lexer, PyToken *token, const char *start)
{
  const char *p = start;
  gboolean based = *p == '0' && p + 1 < lexer->end && strchr("xXoObB", p[1]) && p[1];
  while (p < lexer->end) {
    if (!based && (*p == '+' || *p == '-') && (p[-1] == 'e' || p[-1] == 'E'))
      p++;
    else if ((!based && *p == '.') || (char_class((guchar)*p) && (guchar)*p < 0x80))
      p++;
    else
      break;
  }
  fill(lexer, token, PY_TOKEN_NUMBER, start, p);
}

/* The operator of one character, whatever follows. */
static PyOperator single_operator(char c)
{
  switch (c) {
  case '(': return PY_OP_LPAR;
  case ')': return PY_OP_RPAR;
  case '[': return PY_OP_LSQB;
  case ']': return PY_OP_RSQB;
  case '{': return PY_OP_LBRACE;
  case '}': return PY_OP_RBRACE;
  case ',': return PY_OP_COMMA;
  case ';': return PY_OP_SEMI;
  case '~': return PY_OP_TILDE;
  case ':': return PY_OP_COLON;
  case '.': return PY_OP_DOT;
  case '=': return PY_OP_ASSIGN;
  case '+': return PY_OP_PLUS;
  case '-': return PY_OP_MINUS;
  case '*': return PY_OP_STAR;
  case '/': return PY_OP_SLASH;
  case '%': return PY_OP_PERCENT;
  case '@': return PY_OP_AT;
  case '&': return PY_OP_AMP;
  case '|': return PY_OP_BAR;
  case '^': return PY_OP_CARET;
  case '<': return PY_OP_LT;
  case '>': return PY_OP_GT;
  default: return PY_OP_NONE;
  }
}

/* Whether c can be the second character of an operator. */
static gboolean continues_operator(char c)
{
  return c == '=' || c == '*' || c == '/' || c == '<' || c == '>' || c == '.';
}

/* The operator at p: the longest of at most three characters. */
static PyOperator find_operator(const char *p, const char *end)
{
  gsize len = end - p > 1 && continues_operator(p[1]) ? MIN(3, (gsize)(end - p)) : 1;
  for (; len > 1; len--)
    for (guint op = PY_OP_LPAR; op < G_N_ELEMENTS(operator_texts); op++)
      if (operator_texts[op][0] == *p && !strncmp(operator_texts[op], p, len) && !operator_texts[op][len])
        return (PyOperator)op;
  return single_operator(*p);
}

static gboolean track_brackets(PyLexer *lexer, PyToken *token, PyOperator op, const char *p)
{
  if (op == PY_OP_LPAR || op == PY_OP_LSQB || op == PY_OP_LBRACE) {
    if (lexer->n_brackets == PY_MAX_BRACKETS) {
      fail(lexer, token, p, _("too many nested brackets"));
      return FALSE;
    }
    lexer->brackets[lexer->n_brackets++] = *p;
  } else if (op == PY_OP_RPAR || op == PY_OP_RSQB || op == PY_OP_RBRACE) {
    char open = lexer->n_brackets ? lexer->brackets[lexer->n_brackets - 1] : 0;
    if (open != (op == PY_OP_RPAR ? '(' : op == PY_OP_RSQB ? '[' : '{')) {
      fail(lexer, token, p,
           open ? _("closing bracket does not match the opening one") : _("unmatched closing bracket"));
      return FALSE;
    }
    lexer->n_brackets--;
  }
  return TRUE;
}

static void lex_operator(PyLexer *lexer, PyToken *token, const char *p)
{
  PyOperator op = find_operator(p, lexer->end);
  if (!op) {
    fail(lexer, token, p, _("invalid character"));
    return;
  }
  if (!track_brackets(lexer, token, op, p))
    return;
  fill(lexer, token, PY_TOKEN_OP, p, p + strlen(operator_texts[op]));
  token->op = op;
}

/* White space, continued lines and, inside brackets, line breaks and comments.  FALSE when a token was made. */
static gboolean skip_space(PyLexer *lexer, PyToken *token)
{
  const char *p = lexer->at;
  gboolean joined = lexer->n_brackets > 0 || lexer->inside;
  while (p < lexer->end) {
    if (*p == ' ' || *p == '\t' || *p == '\f') {
      p++;
    } else if (*p == '#') {
      const char *start = p;
      p = line_end(p, lexer->end);
      if (lexer->keep_comments) {
        fill(lexer, token, PY_TOKEN_COMMENT, start, p);
        return FALSE;
      }
    } else if (*p == '\\' && break_len(p + 1, lexer->end)) {
      p = next_line(lexer, p + 1);
    } else if (joined && break_len(p, lexer->end)) {
      p = next_line(lexer, p);
    } else {
      break;
    }
  }
  lexer->at = p;
  return TRUE;
}

/* At the end: a NEWLINE if the last line lacks one, then the DEDENTs. */
static void lex_end(PyLexer *lexer, PyToken *token)
{
  if (lexer->n_brackets) {
    fail(lexer, token, lexer->end, _("a bracket was never closed"));
    return;
  }
  if (!lexer->inside && !lexer->ended) {
    lexer->ended = TRUE;
    fill(lexer, token, PY_TOKEN_NEWLINE, lexer->end, lexer->end);
    return;
  }
  if (lexer->n_indents > 1) {
    lexer->n_indents--;
    fill(lexer, token, PY_TOKEN_DEDENT, lexer->end, lexer->end);
    return;
  }
  fill(lexer, token, PY_TOKEN_END, lexer->end, lexer->end);
}

void py_lexer_next(PyLexer *lexer, PyToken *token)
{
  if (lexer->line_begins && !indentation(lexer, token))
    return;
  if (lexer->pending_dedents) {
    lexer->pending_dedents--;
    fill(lexer, token, PY_TOKEN_DEDENT, lexer->at, lexer->at);
    return;
  }
  if (!skip_space(lexer, token))
    return;
  const char *p = lexer->at;
  if (p >= lexer->end) {
    lex_end(lexer, token);
    return;
  }
  if (break_len(p, lexer->end)) {
    fill(lexer, token, PY_TOKEN_NEWLINE, p, p + break_len(p, lexer->end));
    next_line(lexer, p);
    lexer->line_begins = TRUE;
    return;
  }
  guint kind = char_class((guchar)*p);
  if (kind == CHAR_NAME_START)
    lex_name(lexer, token, p);
  else if (kind == CHAR_DIGIT || (*p == '.' && p + 1 < lexer->end && char_class((guchar)p[1]) == CHAR_DIGIT))
    lex_number(lexer, token, p);
  else if (is_quote(*p))
    lex_string(lexer, token, p, p);
  else
    lex_operator(lexer, token, p);
}
