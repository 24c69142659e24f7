/* Numbers, strings and f-strings. */
#include <string.h>
#include <glib/gi18n.h>

#include "bigint.h"
#include "parser-private.h"

/* CPython refuses to read longer decimal integers as well (sys.int_max_str_digits). */
#define MAX_DECIMAL_DIGITS 4300

/* An expression that is exactly this stretch of text, whatever was read last. */
static PyExpr *new_at(Parser *p, PyExprKind kind, PySpan span)
{
  PyExpr *expr = arena_new0(p->arena, PyExpr);
  expr->kind = kind;
  expr->span = span;
  return expr;
}

static PyExpr *new_constant(Parser *p, PySpan span, PyValue value)
{
  PyExpr *expr = new_at(p, PY_EXPR_CONSTANT, span);
  expr->constant = value;
  return expr;
}

/* A constant nobody here can work out. */
static PyValue unknown_constant(Parser *p, PySpan span, const char *text)
{
  PyReason *reason = arena_new0(p->arena, PyReason);
  reason->kind = PY_NEEDS_PYTHON;
  reason->place = (PyPlace){p->path, span.line, span.column};
  reason->text = arena_strdup(p->arena, text);
  return (PyValue){.type = PY_UNKNOWN, .reason = reason};
}

/* ---- numbers ---- */

/* Copies without underscores; FALSE when one stands where none may. */
static gboolean without_underscores(const PyToken *token, char *out)
{
  char before = 0;
  for (guint i = 0; i < token->len; i++) {
    char c = token->text[i];
    if (c == '_') {
      if (!g_ascii_isxdigit(before) && !(i == 2 && g_ascii_isalpha(before)))
        return FALSE;
    } else {
      *out++ = c;
    }
    before = c;
  }
  *out = 0;
  return before != '_';
}

static gboolean digits_of_base(const char *text, guint base)
{
  if (!*text)
    return FALSE;
  for (; *text; text++) {
    int digit = g_ascii_xdigit_value(*text);
    if (digit < 0 || (guint)digit >= base)
      return FALSE;
  }
  return TRUE;
}

static gboolean parse_integer(Parser *p, const char *text, PyValue *value)
{
  guint base = 10;
  if (text[0] == '0' && text[1] && strchr("xXoObB", text[1])) {
    base = g_ascii_tolower(text[1]) == 'x' ? 16 : g_ascii_tolower(text[1]) == 'o' ? 8 : 2;
    text += 2;
  }
  if (!digits_of_base(text, base))
    return FALSE;
  gsize len = strlen(text);
  if (base == 10 && len > 1 && text[0] == '0' && strspn(text, "0") != len)
    return FALSE;
  if (len < 16 || (base == 10 && len < 19)) {
    *value = py_int(g_ascii_strtoll(text, NULL, (guint)base));
    return TRUE;
  }
  *value = base == 10 && len > MAX_DECIMAL_DIGITS ? py_null() : big_from_text(p->arena, text, len, base);
  return !py_is_null(*value);
}

PyExpr *parse_number(Parser *p)
{
  PySpan start = parser_span(p);
  char small[64];
  char *text = p->token.len < sizeof small ? small : arena_alloc(p->arena, p->token.len + 1u);
  if (!without_underscores(&p->token, text))
    return parser_fail(p, _("invalid number"));
  PyValue value;
  gsize len = strlen(text);
  gboolean hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  if (!hex && strpbrk(text, ".eEjJ")) {
    gboolean imaginary = text[len - 1] == 'j' || text[len - 1] == 'J';
    if (imaginary)
      text[--len] = 0;
    char *end;
    gdouble d = g_ascii_strtod(text, &end);
    if (end != text + len || !len)
      return parser_fail(p, _("invalid number"));
    value = imaginary ? unknown_constant(p, start, _("complex numbers are not supported")) : py_float(d);
  } else if (!parse_integer(p, text, &value)) {
    return parser_fail(p, _("invalid number"));
  }
  parser_next(p);
  return new_constant(p, start, value);
}

/* ---- string literals ---- */

typedef struct {
  const char *body, *end;
  gboolean raw, bytes, formatted;
} Literal;

static void split_literal(const PyToken *token, Literal *literal)
{
  *literal = (Literal){0};
  const char *at = token->text;
  for (; *at != '\'' && *at != '"'; at++) {
    char c = g_ascii_tolower(*at);
    literal->raw |= c == 'r';
    literal->bytes |= c == 'b';
    literal->formatted |= c == 'f';
  }
  gboolean triple = token->text + token->len - at >= 6 && at[1] == *at && at[2] == *at;
  literal->body = at + (triple ? 3 : 1);
  literal->end = token->text + token->len - (triple ? 3 : 1);
}

/* UTF-8 of any code point; surrogates too, three bytes each, so that they survive until somebody encodes them. */
static char *put_char(char *out, gunichar c)
{
  if (c < 0x80) {
    *out++ = (char)c;
  } else if (c < 0x800) {
    *out++ = (char)(0xc0 | c >> 6);
    *out++ = (char)(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    *out++ = (char)(0xe0 | c >> 12);
    *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    *out++ = (char)(0x80 | (c & 0x3f));
  } else {
    *out++ = (char)(0xf0 | c >> 18);
    *out++ = (char)(0x80 | (c >> 12 & 0x3f));
    *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    *out++ = (char)(0x80 | (c & 0x3f));
  }
  return out;
}

/* n hexadecimal digits at p, or -1. */
static gint64 hex_digits(const char *p, const char *end, guint n)
{
  gint64 value = 0;
  if ((gsize)(end - p) < n)
    return -1;
  for (guint i = 0; i < n; i++) {
    int digit = g_ascii_xdigit_value(p[i]);
    if (digit < 0)
      return -1;
    value = value * 16 + digit;
  }
  return value;
}

typedef enum {
  ESCAPE_OK,
  ESCAPE_BAD,
  ESCAPE_NAME, /* \N{...}: would need the Unicode name table */
} EscapeResult;

/* \x, \u and \U with their digits. */
static EscapeResult hex_escape(const char **at, const char *end, gboolean bytes, char **out)
{
  guint n = **at == 'x' ? 2 : **at == 'u' ? 4 : 8;
  gint64 value = hex_digits(*at + 1, end, n);
  if (value < 0 || value > 0x10ffff)
    return ESCAPE_BAD;
  *at += 1 + n;
  if (bytes)
    *(*out)++ = (char)value;
  else
    *out = put_char(*out, (gunichar)value);
  return ESCAPE_OK;
}

/* One escape; *at is behind the backslash. */
static EscapeResult decode_escape(const char **at, const char *end, gboolean bytes, char **out)
{
  static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
  char c = **at;
  const char *found = c ? strchr(from, c) : NULL;
  if (found) {
    *(*out)++ = to[found - from];
    (*at)++;
  } else if (c == '\n' || c == '\r') {
    *at += c == '\r' && *at + 1 < end && (*at)[1] == '\n' ? 2 : 1;
  } else if (c >= '0' && c <= '7') {
    guint value = 0;
    for (guint i = 0; i < 3 && *at < end && **at >= '0' && **at <= '7'; i++)
      value = value * 8 + (guint)(*(*at)++ - '0');
    if (bytes)
      *(*out)++ = (char)value;
    else
      *out = put_char(*out, value);
  } else if (c == 'x' || (!bytes && (c == 'u' || c == 'U'))) {
    return hex_escape(at, end, bytes, out);
  } else if (c == 'N' && !bytes) {
    return ESCAPE_NAME;
  } else {
    *(*out)++ = '\\';
  }
  return ESCAPE_OK;
}

/* The value of the text between start and end; PY_NULL after a failure. */
static PyValue decode(Parser *p, PySpan span, const Literal *literal, const char *start, const char *end)
{
  PyType type = literal->bytes ? PY_BYTES : PY_STR;
  gsize len = (gsize)(end - start);
  gboolean plain = !memchr(start, '\r', len) && (literal->raw || !memchr(start, '\\', len));
  if (plain && !literal->bytes)
    return (PyValue){.type = type, .str = py_str_in(p->arena, start, len)};
  char *buffer = arena_alloc(p->arena, len + 1), *out = buffer;
  for (const char *at = start; at < end;) {
    if (literal->bytes && (guchar)*at >= 0x80) {
      parser_fail_at(p, span, _("bytes can only contain ASCII literal characters"));
      return py_null();
    }
    if (*at == '\r') {
      *out++ = '\n';
      at += at + 1 < end && at[1] == '\n' ? 2 : 1;
    } else if (*at == '\\' && !literal->raw && at + 1 < end) {
      at++;
      EscapeResult result = decode_escape(&at, end, literal->bytes, &out);
      if (result == ESCAPE_NAME)
        return unknown_constant(p, span, _("characters by name, \\N{...}, are not supported"));
      if (result == ESCAPE_BAD) {
        parser_fail_at(p, span, _("invalid escape in string: truncated \\x, \\u or \\U"));
        return py_null();
      }
    } else {
      *out++ = *at++;
    }
  }
  PyStr *s = py_str_in(p->arena, buffer, (gsize)(out - buffer));
  if (literal->bytes)
    s->chars = s->len;
  return (PyValue){.type = type, .str = s};
}

static gboolean push_text(Parser *p, PySpan span, const Literal *literal, const char *start, const char *end)
{
  if (start == end)
    return TRUE;
  PyValue value = decode(p, span, literal, start, end);
  if (py_is_null(value))
    return FALSE;
  parser_push(p, new_constant(p, span, value));
  return TRUE;
}

/* ---- f-strings ---- */

static gboolean parse_pieces(Parser *p, PySpan span, const Literal *literal, const char *start,
                             const char *end, gboolean spec);

static PyExpr *parse_spec(Parser *p, PySpan span, const Literal *literal, const char *start, const char *end)
{
  gsize mark = p->n_scratch;
  if (!parser_enter(p))
    return NULL;
  gboolean ok = parse_pieces(p, span, literal, start, end, TRUE);
  parser_leave(p);
  if (!ok)
    return NULL;
  PyExpr *expr = new_at(p, PY_EXPR_JOINED, span);
  expr->list.items = parser_pop(p, mark, &expr->list.n);
  return expr;
}

/* "=" of f"{x=}": the text up to here, white space included, comes before the value. */
static const char *debug_text(Parser *p, PySpan span, const char *start, const char *close)
{
  const char *at = p->token.text + 1;
  while (at < close && g_ascii_isspace(*at))
    at++;
  parser_push(
      p, new_constant(p, span,
                      (PyValue){.type = PY_STR, .str = py_str_in(p->arena, start, (gsize)(at - start))}));
  return at;
}

/* What follows the expression of a field: "=", "!r", ":spec". */
static gboolean parse_field_tail(Parser *p, PySpan span, const Literal *literal, PyExpr *field,
                                 const char *start, const char *close)
{
  const char *at = p->token.kind == PY_TOKEN_END ? close : p->token.text;
  gboolean debug = at_op(p, PY_OP_ASSIGN);
  if (debug)
    at = debug_text(p, span, start, close);
  if (at < close && *at == '!') {
    if (at + 1 >= close || !strchr("rsa", at[1]) ||
        (at + 2 < close && at[2] != ':' && !g_ascii_isspace(at[2]))) {
      parser_fail_at(p, span, _("f-string: invalid conversion character"));
      return FALSE;
    }
    field->formatted.conversion = at[1];
    at += 2;
    while (at < close && g_ascii_isspace(*at))
      at++;
  }
  if (at < close && *at == ':') {
    field->formatted.spec = parse_spec(p, span, literal, at + 1, close);
    if (!field->formatted.spec)
      return FALSE;
  } else if (at < close) {
    parser_fail(p, _("f-string: invalid syntax"));
    return FALSE;
  }
  if (debug && !field->formatted.conversion && !field->formatted.spec)
    field->formatted.conversion = 'r';
  return TRUE;
}

/* Where `at` stands, counted from the beginning of the literal. */
static void place_of(Parser *p, PySpan span, const char *at, guint *line, guint *column)
{
  const char *line_start = p->text + span.start - (span.column - 1);
  *line = span.line;
  for (const char *c = p->text + span.start; c < at; c++)
    if (*c == '\n') {
      ++*line;
      line_start = c + 1;
    }
  *column = (guint)(at - line_start) + 1;
}

static gboolean parse_field(Parser *p, PySpan span, const Literal *literal, const char *start,
                            const char *close)
{
  PyLexer lexer = p->lexer;
  PyToken token = p->token;
  const char *last = p->last;
  guint line, column;
  place_of(p, span, start, &line, &column);
  py_lexer_init_expression(&p->lexer, start, (gsize)(close - start), line, column);
  parser_next(p);
  gboolean ok = FALSE;
  PyExpr *value = p->token.kind == PY_TOKEN_END
                      ? parser_fail_at(p, span, _("f-string: empty expression not allowed"))
                      : parse_expressions(p);
  if (value) {
    PyExpr *field = new_at(p, PY_EXPR_FORMATTED, value->span);
    field->formatted.value = value;
    ok = parse_field_tail(p, span, literal, field, start, close);
    parser_push(p, field);
  }
  p->lexer = lexer;
  p->token = token;
  p->last = last;
  return ok;
}

static gboolean parse_pieces(Parser *p, PySpan span, const Literal *literal, const char *start,
                             const char *end, gboolean spec)
{
  const char *from = start;
  for (const char *at = start; at < end;) {
    if (*at == '\\' && !literal->raw && at + 1 < end && at[1] != '{' && at[1] != '}') {
      at += 2;
    } else if ((*at == '{' || *at == '}') && !spec && at + 1 < end && at[1] == *at) {
      if (!push_text(p, span, literal, from, at + 1))
        return FALSE;
      from = at += 2;
    } else if (*at == '{') {
      const char *close = py_skip_field(at + 1, end, 0);
      if (!close) {
        parser_fail_at(p, span, _("f-string: expecting '}'"));
        return FALSE;
      }
      if (!push_text(p, span, literal, from, at) || !parse_field(p, span, literal, at + 1, close))
        return FALSE;
      from = at = close + 1;
    } else if (*at == '}') {
      parser_fail_at(p, span, _("f-string: single '}' is not allowed"));
      return FALSE;
    } else {
      at++;
    }
  }
  return push_text(p, span, literal, from, end);
}

/* ---- implicit concatenation ---- */

static PyValue concatenate(Parser *p, PyExpr *const *parts, guint n)
{
  gsize len = 0;
  for (guint i = 0; i < n; i++) {
    if (parts[i]->constant.type == PY_UNKNOWN)
      return parts[i]->constant;
    len += parts[i]->constant.str->len;
  }
  char *buffer = arena_alloc(p->arena, len + 1), *out = buffer;
  for (guint i = 0; i < n; i++) {
    memcpy(out, parts[i]->constant.str->data, parts[i]->constant.str->len);
    out += parts[i]->constant.str->len;
  }
  PyValue value = {.type = parts[0]->constant.type, .str = py_str_in(p->arena, buffer, len)};
  if (value.type == PY_BYTES)
    value.str->chars = len;
  return value;
}

/* Pushes the pieces of one literal. */
static gboolean parse_literal(Parser *p, const Literal *literal, PySpan span)
{
  if (literal->formatted)
    return parse_pieces(p, span, literal, literal->body, literal->end, FALSE);
  PyValue value = decode(p, span, literal, literal->body, literal->end);
  parser_push(p, new_constant(p, span, value));
  return !py_is_null(value);
}

PyExpr *parse_strings(Parser *p)
{
  PySpan start = parser_span(p);
  gsize mark = p->n_scratch;
  gboolean formatted = FALSE, text = FALSE, bytes = FALSE;
  while (p->token.kind == PY_TOKEN_STRING) {
    Literal literal;
    split_literal(&p->token, &literal);
    formatted |= literal.formatted;
    *(literal.bytes ? &bytes : &text) = TRUE;
    if (!parse_literal(p, &literal, parser_span(p)))
      return NULL;
    parser_next(p);
  }
  if (bytes && text)
    return parser_fail_at(p, start, _("cannot mix bytes and nonbytes literals"));
  guint n;
  PyExpr **parts = parser_pop(p, mark, &n);
  if (formatted) {
    PyExpr *expr = parser_new_expr(p, PY_EXPR_JOINED, start);
    expr->list.items = parts;
    expr->list.n = n;
    return expr;
  }
  if (n == 1) {
    parts[0]->span = parser_span_from(p, start);
    return parts[0];
  }
  return new_constant(p, parser_span_from(p, start), concatenate(p, parts, n));
}
