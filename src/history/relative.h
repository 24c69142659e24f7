/* Relative words: [LABEL@][SYM]+N and -N, read at the start of a target (alembic.md 4.3). */
#pragma once

#include <glib.h>

typedef struct {
  char *label;  /* or NULL */
  char *symbol; /* or NULL */
  char *text;   /* the number as written, with its sign */
  gint64 steps; /* saturated */
} Relative;

/* FALSE when target does not start with a relative word.  What follows the number is ignored, as Alembic does. */
gboolean relative_parse(const char *target, Relative *relative);
void relative_clear(Relative *relative);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Relative, relative_clear)
/* "didn't produce": shown is the number as Alembic words it in this place. */
char *relative_too_far(const Relative *relative, gboolean as_written);
