/* What a Python module's top level binds, found by skipping rather than parsing.
 *
 * module_scan() walks the logical lines of a module once: strings, brackets, comments and the bodies of functions
 * and classes are stepped over, every binding at the top level is noted with the span of its value.  Nothing is
 * evaluated until module_literal() is asked for a name: then literals, sequences of literals, concatenations, names
 * of earlier constants and constants imported from the project's own modules are followed; all else is unknown.
 *
 * Bindings point into the text, which must be UTF-8 with "\n" line ends (module_text()) and outlive the module.
 */
#pragma once

#include <glib.h>

typedef enum {
  BINDING_VALUE,  /* name = expression */
  BINDING_IMPORT, /* import module [as name] */
  BINDING_FROM,   /* from module import original [as name] */
  BINDING_OPAQUE, /* bound in a way only Python can follow: in an if, by a loop, a function, ... */
} BindingKind;

typedef struct {
  BindingKind kind;
  guint line;
  guint before; /* bindings made when its statement began: what its value may refer to */
  guint name_len;
  guint module_len;
  const char *name;
  const char *module; /* imports */
  const char *value;  /* the expression, or the original name of a from-import */
  const char *value_end;
} Binding;

typedef struct {
  const char *path; /* decides where imports are looked for; may be NULL */
  const char *text;
  const char *end;
  const char *doc; /* the docstring's literal, or NULL */
  const char *doc_end;
  GArray *bindings; /* Binding, in source order */
} Module;

typedef enum {
  LITERAL_UNKNOWN,
  LITERAL_NONE,
  LITERAL_BOOLEAN,
  LITERAL_NUMBER,
  LITERAL_STRING,
  LITERAL_SEQUENCE, /* of strings */
} LiteralKind;

typedef struct {
  LiteralKind kind;
  gboolean truth;
  GString *string;
  GPtrArray *items; /* char* */
} Literal;

/* Decodes source bytes as Python does (BOM, encoding cookie, line ends).  Returns data itself when there is nothing
 * to do, else a text in *owned.  NULL: *line and *reason (the caller's) say why not. */
const char *module_text(const char *data, gsize len, gsize *text_len, char **owned, guint *line,
                        char **reason);

/* bindings: an empty array that may be reused.  FALSE: the text is no module; *line and *reason (static, translated)
 * say why. */
gboolean module_scan(Module *module, const char *text, gsize len, GArray *bindings, guint *line,
                     const char **reason);
/* The binding in force at the end of the module, or NULL. */
const Binding *module_binding(const Module *module, const char *name);
/* The value of a binding.  FALSE when only Python knows it. */
gboolean module_literal(const Module *module, const Binding *binding, Literal *literal);
/* The docstring; FALSE when there is none. */
gboolean module_docstring(const Module *module, Literal *literal);
/* The value of any expression at the end of the module. */
gboolean module_expression(const Module *module, const char *start, const char *end, Literal *literal);
void literal_clear(Literal *literal);

/* For readers of other parts of a module.  p stands at the opening quote (behind its prefix); returns behind the
 * closing one, or end with *closed FALSE.  Adds the line ends passed to *line. */
const char *module_skip_string(const char *p, const char *end, guint *line, gboolean *closed);

/* The same for an f-string on one line, whose braces may hold the same quotes again in newer Pythons.  text is where a
 * prefix is looked for.  NULL: it is none, or cannot be read that way. */
const char *module_skip_format(const char *p, const char *text, const char *end);

/* The next element of a comma-separated list between brackets, without blanks and comments around it; FALSE at the
 * end.  p moves behind its comma. */
gboolean module_next_element(const char **p, const char *end, const char **start, const char **stop);
