/* The app: a stack of screens, the keys, one line of messages or input, the footer.
 *
 * It neither reads a terminal nor writes one: events go in through app_event(), and app_paint() gives the canvas.  What
 * only a real terminal can do is asked of an AppHost.  loop.c drives it in the main loop, tests drive it by hand.
 */
#pragma once

#include "action.h"
#include "canvas.h"
#include "prompt.h"
#include "screen.h"
#include "workspace.h"

/* What the app asks of its surroundings; every function may be NULL. */
typedef struct {
  void (*wake)(void *data); /* state changed: paint soon */
  gboolean (*copy)(const char *text, void *data);
  gboolean (*edit)(const char *path, guint line, void *data, GError **error);
  void (*suspend)(void *data);
  /* Gives the terminal away while func runs. */
  void (*outside)(void (*func)(void *func_data), void *func_data, void *data);
  void (*redraw)(void *data);
  void (*quit)(void *data);
} AppHost;

App *app_new(Workspace *ws, const AppHost *host, void *host_data, int width, int height, gboolean ascii);
void app_free(App *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(App, app_free)

Workspace *app_workspace(App *app);
Keymap *app_keymap(App *app);
gboolean app_ascii(const App *app);

/* Takes the screen over. */
void app_push(App *app, Screen *screen);
void app_pop(App *app);
/* Closes the screen wherever it is in the stack. */
void app_close(App *app, Screen *screen);
Screen *app_top(App *app);

void app_event(App *app, const InputEvent *event);
void app_resize(App *app, int width, int height);
/* What stands on the screen now; borrowed. */
const Canvas *app_paint(App *app);
/* Runs an action as if its key had been pressed. */
void app_run_action(App *app, ActionId action);
/* Runs an action that was asked for before and had to wait: unless its screen is not the one in front any more, or
 * something is being typed; then it is only said that it could be done now. */
void app_run_late(App *app, Screen *screen, ActionId action);
/* WorkspaceChange bits, from the session. */
void app_changed(App *app, guint what);
/* TRUE while something moves and the app wants to be painted ten times a second. */
gboolean app_animated(App *app);
/* Asks busy screens to stop; TRUE when none is busy any more. */
gboolean app_interrupt(App *app);

void app_repaint(App *app);
/* A message in the line above the footer, until the next key. */
void app_message(App *app, Style style, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Opens a prompt; the spec's strings are taken over. */
void app_prompt(App *app, const PromptSpec *spec);
typedef void (*AppAnswerFunc)(gboolean yes, void *data);
/* A question that wants `word` typed before func hears TRUE. */
void app_confirm_typed(App *app, const char *question, const char *word, AppAnswerFunc func, void *data);
/* A question that wants y. */
void app_confirm(App *app, const char *question, AppAnswerFunc func, void *data);

void app_copy(App *app, const char *text, const char *what);
void app_edit(App *app, const char *path, guint line);
/* Runs func with the terminal as it was before the screen came up. */
void app_outside(App *app, void (*func)(void *func_data), void *func_data);
void app_redraw(App *app);
void app_quit(App *app);
