/* The interactive screen.
 *
 *   TuiOptions options = {.project = {.config_files = files}, .url = url, .url_source = "--url"};
 *   int status = tui_run(&options, &error);
 *
 * tui_run() takes the terminal over and gives it back, in its old state, before it returns and also when the program
 * is ended by a signal or crashes.  The project is loaded and the server is asked while the screen is already up: what
 * is missing or wrong is said there, so the caller need open nothing first.  The locale must have been set
 * (setlocale(LC_ALL, "")).
 */
#pragma once

#include <glib.h>

#include "retort/base/settings.h"
#include "retort/history/project.h"
#include "retort/render/render.h"

/* Everything is borrowed and must live until tui_run() returns; zero is the default everywhere. */
typedef struct {
  ProjectOptions project;
  /* As given by --url or the environment.  NULL: sqlalchemy.url of the project, else libpq's PG* variables when one is
   * set, else no database. */
  const char *url;
  const char *url_source;   /* "--url", "DATABASE_URL": for messages */
  const char *target;       /* name of the target in the user's configuration, or NULL */
  gboolean production;      /* running a step wants the target's name typed */
  gboolean read_only;       /* nothing that changes the database */
  const Settings *settings; /* of the operator: how rollouts are done; or NULL */
  gboolean ascii; /* no character beyond ASCII; forced when the locale is not UTF-8 or RETORT_ASCII is set */
  gboolean no_color; /* forced by NO_COLOR in the environment */
  gboolean no_mouse;
  RenderFlavor flavor;
  const char *const *x_arguments; /* -x, NULL-terminated, or NULL */
  const char *tag;                /* --tag */
} TuiOptions;

/* Runs until the operator quits: 0, or 128 + the signal's number that ended it.  -1 with error when there is no usable
 * terminal. */
int tui_run(const TuiOptions *options, GError **error);

typedef enum {
  TUI_DESCRIBE_TEXT, /* for --print-keys */
  TUI_DESCRIBE_MAN,  /* sections of a man page */
  TUI_DESCRIBE_RC,   /* a retortrc [keys] section that documents every action with its default */
} TuiDescribe;

/* Every action with its keys, where it works and what it does, from the one table that drives the screen; the
 * caller's. */
char *tui_actions_describe(TuiDescribe format);
