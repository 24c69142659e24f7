/* A screen: a const struct of functions over its own state.
 *
 * Functions change state and say what follows; they never paint by themselves.  The app paints once a turn of the
 * main loop.  All functions but paint, contexts and free may be NULL.
 *
 * To add a screen: a file scr_NAME.c with its ScreenClass and a function that makes one, a context in action.h if it
 * needs its own keys, and an action that pushes it.
 */
#pragma once

#include "action.h"
#include "canvas.h"
#include "prompt.h"
#include "textview.h"

typedef struct App App;
typedef struct Screen Screen;

/* What an action led to. */
typedef enum {
  SCREEN_TAKEN = 1 << 0, /* the screen did it; otherwise the app tries */
  SCREEN_REPAINT = 1 << 1,
  SCREEN_POP = 1 << 2, /* the screen is done: go back to the one below */
} ScreenResult;
#define SCREEN_DONE (SCREEN_TAKEN | SCREEN_REPAINT)

typedef struct {
  const char *name; /* for the help screen: N_() */
  guint (*contexts)(Screen *screen);
  void (*paint)(Screen *screen, Canvas *canvas, Rect rect);
  /* The line above the footer when there is no message; NULL: locks in brief. */
  void (*status)(Screen *screen, Canvas *canvas, Rect rect);
  /* Why an action does not work now, translated, static or interned; NULL: it works. */
  const char *(*refuse)(Screen *screen, ActionId action);
  /* TRUE for an action that works but is not called for now: its key stays out of the footer.  May be NULL. */
  gboolean (*uncalled)(Screen *screen, ActionId action);
  guint (*act)(Screen *screen, ActionId action);
  /* The text that the wheel scrolls and a search looks through, where the three below do not say otherwise. */
  TextView *(*text_view)(Screen *screen);
  guint (*mouse)(Screen *screen, const MouseEvent *mouse);
  gboolean (*search)(Screen *screen, const char *text);
  gboolean (*search_next)(Screen *screen, int direction);
  /* what: WorkspaceChange bits. */
  void (*changed)(Screen *screen, guint what);
  /* TRUE while something on the screen moves. */
  gboolean (*animated)(Screen *screen);
  /* TRUE while leaving would cut work off; asked to stop by interrupt(). */
  gboolean (*busy)(Screen *screen);
  void (*interrupt)(Screen *screen);
  void (*free)(Screen *screen);
} ScreenClass;

struct Screen {
  const ScreenClass *class;
  App *app;
};

Screen *screen_main_new(App *app);
Screen *screen_help_new(App *app, guint contexts);
Screen *screen_locks_new(App *app);
Screen *screen_choose_new(App *app);
Screen *screen_merge_new(App *app);
Screen *screen_conflicts_new(App *app);
/* asked: a branch, tag or commit, or a difference A..B. */
Screen *screen_refs_new(App *app, const char *asked);
/* What to ask first; done and data are to be set. */
PromptSpec screen_refs_prompt(const char *initial);
/* revision: the selected one, or NULL. */
Screen *screen_rebase_new(App *app, const char *revision);
Screen *screen_revision_new(App *app, const char *revision);
Screen *screen_delete_new(App *app, const char *revision);
Screen *screen_records_new(App *app);
/* A half applied migration: the one an interrupted rollout left, or that of the given revision (id, copied). */
Screen *screen_repair_new(App *app, const char *revision);
/* A version row that no file has. */
Screen *screen_missing_new(App *app, const char *revision);
/* NULL with error when there is no such file. */
Screen *screen_replay_new(App *app, const char *path, GError **error);
