/* Colours for text in the details: small lexers that know just enough of SQL, Python and diffs to style them.
 *
 * A highlighter goes line by line and carries its state (open string, open comment) from one to the next, so that a
 * text of any length is styled in one pass.
 */
#pragma once

#include <glib.h>

#include "theme.h"

typedef enum {
  LANGUAGE_NONE,
  LANGUAGE_SQL,
  LANGUAGE_PYTHON,
  LANGUAGE_DIFF,
} Language;

/* From this byte of the line on. */
typedef struct {
  guint start;
  Style style;
} StyleRun;

typedef struct {
  Language language;
  char quote[4];       /* what closes the open string or comment; "" when none is open */
  char dollar[64];     /* the open $tag$ of SQL */
  gboolean in_comment; /* SQL block comment */
} Highlighter;

/* Appends the runs (StyleRun) of one line without its newline. */
void highlight_line(Highlighter *state, const char *line, gsize len, GArray *runs);
/* TRUE when word (any case) is an SQL keyword that is worth a colour. */
gboolean highlight_sql_keyword(const char *word, gsize len);
