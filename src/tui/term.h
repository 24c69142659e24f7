/* The terminal: the only file that knows of ncurses.  Cells out, keys and mouse in.
 *
 *   term_start(&options, &error);  ...  term_show(canvas);  while (term_read(&event)) ...;  term_stop();
 *
 * One terminal a process: the state is in term.c, because the crash handler must reach it.  From term_start() to
 * term_stop() a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) first gives the terminal back.  Between
 * term_suspend() and term_resume() the terminal is somebody else's, in its old state.
 */
#pragma once

#include <glib.h>

#include "canvas.h"
#include "key.h"

typedef struct {
  gboolean ascii;
  gboolean no_color;
  gboolean no_mouse;
} TermOptions;

gboolean term_start(const TermOptions *options, GError **error);
void term_stop(void);
void term_suspend(void);
void term_resume(void);

/* Asks the system how large the terminal is now and adapts. */
void term_size(int *width, int *height);
void term_show(const Canvas *canvas);
/* Takes everything on the next term_show() as unknown and paints it anew. */
void term_redraw(void);
/* The next event that is already there; FALSE when there is none. */
gboolean term_read(InputEvent *event);
/* Hands text to the terminal's clipboard (OSC 52); FALSE when it is longer than terminals take. */
gboolean term_copy(const char *text);
/* TRUE when only ASCII may be shown: asked for, or the locale is not UTF-8. */
gboolean term_is_ascii(void);
