/* Text on its way to a terminal: width, clipping, escaping, sentences about time and size.
 *
 * Everything foreign (messages, author names, SQL, server errors) passes text_escape() before it reaches a terminal:
 * control characters, escape sequences, bidirectional overrides and bytes that are not UTF-8 come out visible.
 */
#pragma once

#include <glib.h>

/* Columns a terminal uses for one character: 0 for combining marks, 2 for wide ones. */
int text_char_width(gunichar c);
/* Columns of a UTF-8 string (invalid bytes count one each). */
int text_width(const char *s);
/* The longest prefix within columns; if s does not fit, it ends in "…" ("~" when ascii).  The caller's. */
char *text_clip(const char *s, int columns, gboolean ascii);
/* s with what a terminal would obey made visible: ^[ for escape, \x9b, <U+202E>; keeps newlines and tabs if told. */
char *text_escape(const char *s, gssize len, gboolean keep_newlines);
/* Valid UTF-8 from any bytes (invalid ones become U+FFFD); the caller's. */
char *text_utf8(const char *s, gssize len);
/* "3 s", "4 m 10 s", "2 h 05 m". */
char *text_duration(gdouble seconds);
/* "5h", "2d", "3w", "4mo", "2y": age of a time, for a narrow column. */
char *text_age(gint64 unix_time, gint64 now);
/* "12 GB", "41 MB", "8 kB". */
char *text_size(guint64 bytes);
/* "41M", "3.2k", "17": a count of rows. */
char *text_count(guint64 n);
/* The candidate nearest to word when it is near enough for "did you mean"; borrowed, or NULL. */
const char *text_nearest(const char *word, const char *const *candidates);
