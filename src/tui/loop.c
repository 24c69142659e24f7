/* tui_run(): the app on a real terminal, in the main loop. */
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"
#include "retort/base/error.h"
#include "retort/base/settings.h"
#include "retort/tui/tui.h"
#include "term.h"

#define TICK_MS 100
/* How long a running statement may take to stop when the program is told to end. */
#define FAREWELL_MS 5000

typedef struct {
  App *app;
  Workspace *ws;
  GMainLoop *loop;
  guint paint_source;
  guint tick_source;
  int status;
  gboolean leaving;
} Loop;

static gboolean paint_now(void *data)
{
  Loop *self = data;
  self->paint_source = 0;
  term_show(app_paint(self->app));
  return G_SOURCE_REMOVE;
}

static gboolean tick(void *data);

static void wake(void *data)
{
  Loop *self = data;
  if (!self->app)
    return;
  if (!self->paint_source)
    self->paint_source = g_idle_add_full(G_PRIORITY_HIGH_IDLE + 20, paint_now, self, NULL);
  if (!self->tick_source && app_animated(self->app))
    self->tick_source = g_timeout_add(TICK_MS, tick, self);
}

/* Only runs while something moves. */
static gboolean tick(void *data)
{
  Loop *self = data;
  gboolean going_on = app_animated(self->app);
  if (!going_on)
    self->tick_source = 0;
  wake(self);
  return going_on ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Leaving */

static gboolean leave_anyway(void *data)
{
  Loop *self = data;
  g_main_loop_quit(self->loop);
  return G_SOURCE_REMOVE;
}

/* A rollout is cancelled first; the loop goes on until the server has answered. */
static void leave(Loop *self, int status)
{
  self->status = status;
  if (app_interrupt(self->app)) {
    g_main_loop_quit(self->loop);
    return;
  }
  if (!self->leaving)
    g_timeout_add(FAREWELL_MS, leave_anyway, self);
  self->leaving = TRUE;
}

static void workspace_changed(guint what, void *data)
{
  Loop *self = data;
  app_changed(self->app, what);
  if (self->leaving && app_interrupt(self->app))
    g_main_loop_quit(self->loop);
}

static gboolean on_term(void *data)
{
  leave(data, 128 + SIGTERM);
  return G_SOURCE_CONTINUE;
}

static gboolean on_hup(void *data)
{
  leave(data, 128 + SIGHUP);
  return G_SOURCE_CONTINUE;
}

static gboolean on_int(void *data)
{
  leave(data, 128 + SIGINT);
  return G_SOURCE_CONTINUE;
}

static gboolean on_winch(void *data)
{
  Loop *self = data;
  int width, height;
  term_size(&width, &height);
  app_resize(self->app, width, height);
  return G_SOURCE_CONTINUE;
}

static gboolean on_input(int fd, GIOCondition condition, void *data)
{
  (void)fd;
  Loop *self = data;
  InputEvent event;
  while (term_read(&event)) {
    if (event.type == EVENT_RESIZE)
      on_winch(self);
    else
      app_event(self->app, &event);
  }
  if (condition & (G_IO_HUP | G_IO_ERR)) {
    leave(self, 128 + SIGHUP);
    return G_SOURCE_REMOVE;
  }
  return G_SOURCE_CONTINUE;
}

/* Suspending: GLib has no source for SIGTSTP, so that a handler writes into a pipe. */

static int stop_pipe[2] = {-1, -1};

static void stop_requested(int signal_number)
{
  (void)signal_number;
  int saved = errno;
  ssize_t ignored = write(stop_pipe[1], "z", 1);
  (void)ignored;
  errno = saved;
}

static void suspend(void *data)
{
  Loop *self = data;
  term_suspend();
  signal(SIGTSTP, SIG_DFL);
  /* The whole job stops, as with any program; this returns when it goes on. */
  kill(0, SIGTSTP);
  signal(SIGTSTP, stop_requested);
  term_resume();
  on_winch(self);
}

static gboolean on_stop(int fd, GIOCondition condition, void *data)
{
  (void)condition;
  char bytes[16];
  ssize_t ignored = read(fd, bytes, sizeof bytes);
  (void)ignored;
  suspend(data);
  return G_SOURCE_CONTINUE;
}

/* Services for the app */

static gboolean copy(const char *text, void *data)
{
  (void)data;
  return term_copy(text);
}

static gboolean edit(const char *path, guint line, void *data, GError **error)
{
  Loop *self = data;
  const char *editor = g_getenv("VISUAL");
  if (!editor || !*editor)
    editor = g_getenv("EDITOR");
  if (!editor || !*editor)
    editor = "vi";
  g_auto(GStrv) words = NULL;
  if (!g_shell_parse_argv(editor, NULL, &words, error))
    return FALSE;
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; words[i]; i++)
    g_ptr_array_add(argv, g_strdup(words[i]));
  if (line > 1)
    g_ptr_array_add(argv, g_strdup_printf("+%u", line));
  g_ptr_array_add(argv, g_strdup(path));
  g_ptr_array_add(argv, NULL);
  term_suspend();
  gboolean done =
      g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL,
                   NULL, NULL, NULL, NULL, error);
  term_resume();
  on_winch(self);
  workspace_reload(self->ws);
  return done;
}

static void outside(void (*func)(void *func_data), void *func_data, void *data)
{
  term_suspend();
  func(func_data);
  term_resume();
  on_winch(data);
}

static void redraw(void *data)
{
  (void)data;
  term_redraw();
}

static void quit(void *data)
{
  leave(data, 0);
}

static const AppHost host = {wake, copy, edit, suspend, outside, redraw, quit};

/* The operator's own keys */
static void load_keys(Loop *self)
{
  g_autofree char *path = settings_path();
  if (!path || !g_file_test(path, G_FILE_TEST_EXISTS))
    return;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  if (!keymap_load(app_keymap(self->app), path, problems, &error))
    app_message(self->app, STYLE_CARE, "%s", error->message);
  else if (problems->len > 0)
    app_message(self->app, STYLE_CARE, "%s", (const char *)g_ptr_array_index(problems, 0));
}

static void add_sources(Loop *self, GArray *ids)
{
  guint list[] = {
      g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, self),
      g_unix_fd_add(stop_pipe[0], G_IO_IN, on_stop, self),
      g_unix_signal_add(SIGWINCH, on_winch, self),
      g_unix_signal_add(SIGTERM, on_term, self),
      g_unix_signal_add(SIGHUP, on_hup, self),
      g_unix_signal_add(SIGINT, on_int, self),
  };
  g_array_append_vals(ids, list, G_N_ELEMENTS(list));
}

static gboolean start_terminal(const TuiOptions *options, GError **error)
{
  TermOptions term = {.ascii = options->ascii || g_getenv("RETORT_ASCII"),
                      .no_color = options->no_color || (g_getenv("NO_COLOR") && *g_getenv("NO_COLOR")),
                      .no_mouse = options->no_mouse};
  if (!g_unix_open_pipe(stop_pipe, FD_CLOEXEC, error))
    return FALSE;
  /* Before ncurses, which leaves alone what is handled already. */
  signal(SIGTSTP, stop_requested);
  if (term_start(&term, error))
    return TRUE;
  signal(SIGTSTP, SIG_DFL);
  close(stop_pipe[0]);
  close(stop_pipe[1]);
  return FALSE;
}

static void stop_terminal(void)
{
  term_stop();
  signal(SIGTSTP, SIG_DFL);
  close(stop_pipe[0]);
  close(stop_pipe[1]);
}

int tui_run(const TuiOptions *options, GError **error)
{
  if (!start_terminal(options, error))
    return -1;
  Loop self = {.loop = g_main_loop_new(NULL, FALSE), .ws = workspace_new(options)};
  g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(guint));
  int width, height;
  term_size(&width, &height);
  self.app = app_new(self.ws, &host, &self, width, height, term_is_ascii());
  load_keys(&self);
  app_push(self.app, screen_main_new(self.app));
  workspace_listen(self.ws, workspace_changed, &self);
  add_sources(&self, sources);
  workspace_start(self.ws);
  g_main_loop_run(self.loop);
  for (guint i = 0; i < sources->len; i++)
    g_source_remove(g_array_index(sources, guint, i));
  if (self.paint_source)
    g_source_remove(self.paint_source);
  if (self.tick_source)
    g_source_remove(self.tick_source);
  stop_terminal();
  App *app = g_steal_pointer(&self.app);
  app_free(app);
  workspace_free(self.ws);
  g_main_loop_unref(self.loop);
  return self.status;
}
