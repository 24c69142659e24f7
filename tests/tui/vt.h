/* A program on a terminal of our own: run it on a pty, read it through libvterm, press keys, wait for the screen.
 *
 *   g_autoptr(Vt) vt = vt_spawn(argv, NULL, 80, 24);
 *   cr_assert(vt_wait(vt, "2 HEADS", 10), "%s", vt_last(vt));
 *   vt_keys(vt, "j Enter");
 *   int status = vt_exit(vt, 10);
 *
 * There are no sleeps: waiting reads what the program writes until the condition holds or the seconds are over.
 */
#pragma once

#include <glib.h>

typedef struct Vt Vt;

/* environment: NAME=VALUE strings that are set over the present ones, NULL-terminated, or NULL.  TERM is
 * xterm-256color and the locale C.UTF-8 unless they say otherwise. */
Vt *vt_spawn(const char *const *argv, const char *const *environment, int columns, int rows);
/* Ends the program if it still runs. */
void vt_free(Vt *vt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vt, vt_free)

int vt_pid(const Vt *vt);
/* Key names as in the configuration: "u", "Enter", "S-Tab", "C-z", "PgDn", "F1". */
void vt_keys(Vt *vt, const char *keys);
void vt_type(Vt *vt, const char *text);
/* A press of the left button on a cell. */
void vt_click(Vt *vt, int column, int row);
void vt_resize(Vt *vt, int columns, int rows);

/* TRUE as soon as the screen holds text (or does not hold it any more). */
gboolean vt_wait(Vt *vt, const char *text, double seconds);
gboolean vt_wait_gone(Vt *vt, const char *text, double seconds);
/* The same for any condition on the screen. */
gboolean vt_wait_until(Vt *vt, gboolean (*holds)(Vt *vt, void *data), void *data, double seconds);

/* The screen, a line a row without trailing blanks; until the next call. */
const char *vt_last(Vt *vt);
/* What the program put on the clipboard with OSC 52 (base64), or NULL. */
const char *vt_clipboard(const Vt *vt);
/* The terminal's state: the alternate screen is up, the cursor is visible, the mouse is reported. */
gboolean vt_alternate(const Vt *vt);
gboolean vt_cursor(const Vt *vt);
gboolean vt_mouse(const Vt *vt);
/* Waits for the end: its exit status, 128 + signal, or -1 when it still runs. */
int vt_exit(Vt *vt, double seconds);
