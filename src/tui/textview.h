/* Text that scrolls, wraps, is coloured and can be searched: SQL, source, diffs, explanations.
 *
 * Lines are added in order; foreign text is escaped and tabs are expanded here.  Long lines wrap at words.  Painting
 * costs what is visible; the wrapping is worked out once a width.
 */
#pragma once

#include "action.h"
#include "canvas.h"
#include "highlight.h"

typedef struct TextView TextView;

TextView *textview_new(void);
void textview_free(TextView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextView, textview_free)

/* Takes all lines away; the place is kept for what comes next, if it is as long. */
void textview_clear(TextView *view);
void textview_rewind(TextView *view);
/* One or more lines in one style; a continuation of a wrapped line is indented like it. */
void textview_add(TextView *view, Style style, const char *text);
void textview_addf(TextView *view, Style style, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* A line with a coloured beginning: "! text" or " 1  text". */
void textview_add_marked(TextView *view, Style mark_style, const char *mark, Style style, const char *text);
/* Lines of a language, each after indent blanks; first_prefix stands before the first one. */
void textview_add_code(TextView *view, Language language, guint indent, const char *first_prefix,
                       const char *code, gssize len);
/* An SQL statement, closed by a semicolon. */
void textview_add_sql(TextView *view, guint indent, const char *first_prefix, const char *sql);
/* Code with line numbers. */
void textview_add_numbered(TextView *view, Language language, const char *code, gssize len);
guint textview_lines(const TextView *view);
/* All text as it was added (escaped), the caller's. */
char *textview_text(const TextView *view);

void textview_paint(TextView *view, Canvas *canvas, Rect rect);
/* FALSE when the action is no movement. */
gboolean textview_act(TextView *view, ActionId action);
void textview_scroll(TextView *view, int rows);
/* From now on the end stays in sight as lines are added, unless somebody scrolls up. */
void textview_follow(TextView *view);
/* Scrolls so that line is visible. */
void textview_show_line(TextView *view, guint line);
/* As with lists: matches are highlighted. */
gboolean textview_search(TextView *view, const char *text);
gboolean textview_search_next(TextView *view, int direction);
/* "40%": how far the window has come, "" when all is visible; in buffer or static. */
const char *textview_place(const TextView *view, char *buffer, gsize size);
