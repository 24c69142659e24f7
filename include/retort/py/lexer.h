/* Python source to tokens.
 *
 * Brackets swallow newlines, an indent stack makes INDENT and DEDENT, strings are found but not decoded here (the
 * parser does, because f-strings hold expressions).  Tokens point into the text.  Nothing is allocated per token.
 *
 *   PyLexer lexer;
 *   py_lexer_init(&lexer, text, len);
 *   do
 *     py_lexer_next(&lexer, &token);
 *   while (token.kind != PY_TOKEN_END && token.kind != PY_TOKEN_ERROR);
 *
 * Text is UTF-8 (py_source_decode() makes it so).  A syntax highlighter may use the lexer alone: comments are reported
 * when keep_comments is set, and after an error it can go on from any later line with a fresh lexer.
 */
#pragma once

#include <glib.h>

#include "retort/base/arena.h"

/* Nesting of brackets and of indentation: CPython's own limits are 200 and 100. */
#define PY_MAX_BRACKETS 200
#define PY_MAX_INDENTS 100

typedef enum {
  PY_TOKEN_END,
  PY_TOKEN_ERROR, /* lexer->error says what; text is where */
  PY_TOKEN_NEWLINE,
  PY_TOKEN_INDENT,
  PY_TOKEN_DEDENT,
  PY_TOKEN_NAME, /* keywords too: see keyword */
  PY_TOKEN_NUMBER,
  PY_TOKEN_STRING,  /* with prefix and quotes, one literal */
  PY_TOKEN_OP,      /* see op */
  PY_TOKEN_COMMENT, /* only with keep_comments */
} PyTokenKind;

/* Keywords and operators; PY_KW_NONE for a plain name.  Soft keywords (match, case, type, _) are plain names. */
// clang-format off
#define PY_KEYWORDS(X) \
  X(FALSE, "False") \
  X(NONE_, "None") \
  X(TRUE, "True") \
  X(AND, "and") \
  X(AS, "as") \
  X(ASSERT, "assert") \
  X(ASYNC, "async") \
  X(AWAIT, "await") \
  X(BREAK, "break") \
  X(CLASS, "class") \
  X(CONTINUE, "continue") \
  X(DEF, "def") \
  X(DEL, "del") \
  X(ELIF, "elif") \
  X(ELSE, "else") \
  X(EXCEPT, "except") \
  X(FINALLY, "finally") \
  X(FOR, "for") \
  X(FROM, "from") \
  X(GLOBAL, "global") \
  X(IF, "if") \
  X(IMPORT, "import") \
  X(IN, "in") \
  X(IS, "is") \
  X(LAMBDA, "lambda") \
  X(NONLOCAL, "nonlocal") \
  X(NOT, "not") \
  X(OR, "or") \
  X(PASS, "pass") \
  X(RAISE, "raise") \
  X(RETURN, "return") \
  X(TRY, "try") \
  X(WHILE, "while") \
  X(WITH, "with") \
  X(YIELD, "yield")

#define PY_OPERATORS(X) \
  X(LPAR, "(") \
  X(RPAR, ")") \
  X(LSQB, "[") \
  X(RSQB, "]") \
  X(LBRACE, "{") \
  X(RBRACE, "}") \
  X(COLON, ":") \
  X(COMMA, ",") \
  X(SEMI, ";") \
  X(DOT, ".") \
  X(ELLIPSIS, "...") \
  X(ARROW, "->") \
  X(ASSIGN, "=") \
  X(WALRUS, ":=") \
  X(PLUS, "+") \
  X(MINUS, "-") \
  X(STAR, "*") \
  X(STARSTAR, "**") \
  X(SLASH, "/") \
  X(SLASHSLASH, "//") \
  X(PERCENT, "%") \
  X(AT, "@") \
  X(AMP, "&") \
  X(BAR, "|") \
  X(CARET, "^") \
  X(TILDE, "~") \
  X(LSHIFT, "<<") \
  X(RSHIFT, ">>") \
  X(LT, "<") \
  X(GT, ">") \
  X(LE, "<=") \
  X(GE, ">=") \
  X(EQ, "==") \
  X(NE, "!=") \
  X(PLUS_ASSIGN, "+=") \
  X(MINUS_ASSIGN, "-=") \
  X(STAR_ASSIGN, "*=") \
  X(SLASH_ASSIGN, "/=") \
  X(SLASHSLASH_ASSIGN, "//=") \
  X(PERCENT_ASSIGN, "%=") \
  X(AT_ASSIGN, "@=") \
  X(AMP_ASSIGN, "&=") \
  X(BAR_ASSIGN, "|=") \
  X(CARET_ASSIGN, "^=") \
  X(LSHIFT_ASSIGN, "<<=") \
  X(RSHIFT_ASSIGN, ">>=") \
  X(STARSTAR_ASSIGN, "**=")

// clang-format on

typedef enum {
  PY_KW_NONE,
#define X(name, text) PY_KW_##name,
  PY_KEYWORDS(X)
#undef X
} PyKeyword;

typedef enum {
  PY_OP_NONE,
#define X(name, text) PY_OP_##name,
  PY_OPERATORS(X)
#undef X
} PyOperator;

typedef struct {
  PyTokenKind kind;
  PyKeyword keyword; /* PY_TOKEN_NAME */
  PyOperator op;     /* PY_TOKEN_OP */
  const char *text;  /* into the source */
  guint len;
  guint line;   /* from 1 */
  guint column; /* from 1, in bytes */
  guint hash;   /* PY_TOKEN_NAME: of the name */
} PyToken;

typedef struct {
  const char *text, *end, *at;
  const char *line_start;
  guint line;
  guint indents[PY_MAX_INDENTS];
  guint n_indents;
  guint pending_dedents;
  char brackets[PY_MAX_BRACKETS];
  guint n_brackets;
  gboolean line_begins;
  gboolean inside;    /* an expression in an f-string */
  gboolean ended;     /* the NEWLINE that ends the last line was made */
  guint first_column; /* column of text[0] when inside */
  gboolean keep_comments;
  const char *error; /* translated sentence after PY_TOKEN_ERROR */
} PyLexer;

void py_lexer_init(PyLexer *lexer, const char *text, gsize len);
void py_lexer_next(PyLexer *lexer, PyToken *token);
/* Lexes an expression inside an f-string, text[0] being at line and column: newlines are white space, and there is no
 * indentation. */
void py_lexer_init_expression(PyLexer *lexer, const char *text, gsize len, guint line, guint column);

/* For f-strings: from behind a field's "{" to its "}" (not consumed), over nested strings and brackets; NULL when
 * there is none before end. */
const char *py_skip_field(const char *at, const char *end, guint depth);

const char *py_keyword_text(PyKeyword keyword);
const char *py_operator_text(PyOperator op);

/* Bytes of a file as UTF-8 text: byte order mark, encoding cookie in the first two lines (PEP 263), else UTF-8.
 * Borrowed from bytes when nothing had to change, else in the arena; NULL with a message when it cannot be decoded. */
const char *py_source_decode(Arena *arena, const char *bytes, gsize len, gsize *text_len, guint *error_line,
                             const char **message);
/* The way back: text as the file of those bytes writes it, with its mark or in its encoding; the caller's.  NULL when
 * the encoding does not have all of it. */
char *py_source_encode(const char *bytes, gsize len, const char *text, gsize text_len, gsize *out_len);
