#include "app.h"

#include <string.h>

#include "header.h"
#include "retort/base/text.h"

#define MIN_WIDTH 40
#define MIN_HEIGHT 10
#define FOOTER_GAP 2

struct App {
  Workspace *ws;
  const AppHost *host;
  void *host_data;
  Keymap *keymap;
  Canvas *canvas;
  GPtrArray *screens; /* Screen*, the top last */
  Prompt *prompt;
  char *message;
  Style message_style;
  GPtrArray *search_history, *command_history; /* char* */
  char *confirm_word;
  AppAnswerFunc answer;
  void *answer_data;
};

static void screen_free(void *data)
{
  Screen *screen = data;
  screen->class->free(screen);
}

App *app_new(Workspace *ws, const AppHost *host, void *host_data, int width, int height, gboolean ascii)
{
  App *app = g_new0(App, 1);
  app->ws = ws;
  app->host = host;
  app->host_data = host_data;
  app->keymap = keymap_new();
  app->canvas = canvas_new(width, height, ascii);
  app->screens = g_ptr_array_new_with_free_func(screen_free);
  app->search_history = g_ptr_array_new_with_free_func(g_free);
  app->command_history = g_ptr_array_new_with_free_func(g_free);
  return app;
}

void app_free(App *app)
{
  if (!app)
    return;
  /* Upper screens may look at lower ones: the top goes first. */
  while (app->screens->len > 0)
    g_ptr_array_remove_index(app->screens, app->screens->len - 1);
  g_ptr_array_unref(app->screens);
  prompt_free(app->prompt);
  keymap_free(app->keymap);
  canvas_free(app->canvas);
  g_ptr_array_unref(app->search_history);
  g_ptr_array_unref(app->command_history);
  g_free(app->message);
  g_free(app->confirm_word);
  g_free(app);
}

Workspace *app_workspace(App *app)
{
  return app->ws;
}

Keymap *app_keymap(App *app)
{
  return app->keymap;
}

gboolean app_ascii(const App *app)
{
  return app->canvas->ascii;
}

void app_repaint(App *app)
{
  if (app->host && app->host->wake)
    app->host->wake(app->host_data);
}

Screen *app_top(App *app)
{
  return app->screens->len ? g_ptr_array_index(app->screens, app->screens->len - 1) : NULL;
}

void app_push(App *app, Screen *screen)
{
  g_ptr_array_add(app->screens, screen);
  app_repaint(app);
}

void app_close(App *app, Screen *screen)
{
  g_ptr_array_remove(app->screens, screen);
  app_repaint(app);
}

void app_pop(App *app)
{
  if (app->screens->len > 1)
    app_close(app, app_top(app));
}

static guint contexts_of(Screen *screen)
{
  return screen->class->contexts(screen);
}

static const char *refusal(Screen *screen, ActionId action)
{
  return screen->class->refuse ? screen->class->refuse(screen, action) : NULL;
}

/* Messages and prompts */

void app_message(App *app, Style style, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_free(app->message);
  app->message = g_strdup_vprintf(format, args);
  va_end(args);
  app->message_style = style;
  app_repaint(app);
}

void app_prompt(App *app, const PromptSpec *spec)
{
  prompt_free(app->prompt);
  app->prompt = prompt_new(spec);
  g_clear_pointer(&app->message, g_free);
  app_repaint(app);
}

static void confirmed(const char *text, void *data)
{
  App *app = data;
  g_autofree char *word = g_steal_pointer(&app->confirm_word);
  AppAnswerFunc answer = app->answer;
  gboolean yes = text && word && strcmp(text, word) == 0;
  if (text && !yes)
    app_message(app, STYLE_CARE, _("“%s” was not typed: nothing was done"), word);
  answer(yes, app->answer_data);
}

void app_confirm_typed(App *app, const char *question, const char *word, AppAnswerFunc func, void *data)
{
  g_free(app->confirm_word);
  app->confirm_word = g_strdup(word);
  app->answer = func;
  app->answer_data = data;
  PromptSpec spec = {
      .label = g_strdup_printf(_("%s  Type %s: "), question, word), .done = confirmed, .data = app};
  app_prompt(app, &spec);
}

void app_confirm(App *app, const char *question, AppAnswerFunc func, void *data)
{
  g_free(app->confirm_word);
  app->confirm_word = g_strdup(C_("answer", "y"));
  app->answer = func;
  app->answer_data = data;
  PromptSpec spec = {.label = g_strdup_printf(_("%s and Enter: %s "), app->confirm_word, question),
                     .done = confirmed,
                     .data = app};
  app_prompt(app, &spec);
}

static gboolean search(Screen *screen, const char *text)
{
  const ScreenClass *class = screen->class;
  if (class->search)
    return class->search(screen, text);
  return !class->text_view || textview_search(class->text_view(screen), text);
}

static gboolean search_next(Screen *screen, int direction)
{
  const ScreenClass *class = screen->class;
  if (class->search_next)
    return class->search_next(screen, direction);
  return !class->text_view || textview_search_next(class->text_view(screen), direction);
}

static void search_done(const char *text, void *data)
{
  App *app = data;
  if (text && !search(app_top(app), text) && *text)
    app_message(app, STYLE_CARE, _("“%s” is not here"), text);
}

static void ask_search(App *app)
{
  PromptSpec spec = {
      .label = g_strdup("/"), .history = app->search_history, .done = search_done, .data = app};
  app_prompt(app, &spec);
}

static GPtrArray *complete_command(const char *word, void *data)
{
  App *app = data;
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  guint contexts = contexts_of(app_top(app));
  for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++)
    if ((action_info(i)->contexts & contexts) && g_str_has_prefix(action_info(i)->name, word))
      g_ptr_array_add(names, g_strdup(action_info(i)->name));
  return names;
}

static const char *nearest_command(App *app, const char *word)
{
  g_autoptr(GPtrArray) names = complete_command("", app);
  g_ptr_array_add(names, NULL);
  const char *near = text_nearest(word, (const char *const *)names->pdata);
  /* The table's string outlives the array. */
  return near ? action_info(action_by_name(near))->name : NULL;
}

static void command_done(const char *text, void *data)
{
  App *app = data;
  if (!text || !*text)
    return;
  g_autofree char *name = g_strstrip(g_strdup(text));
  ActionId action = action_by_name(name);
  if (action != ACTION_NONE) {
    app_run_action(app, action);
    return;
  }
  g_autofree char *shown = text_escape(name, -1, FALSE);
  const char *near = nearest_command(app, name);
  if (near)
    app_message(app, STYLE_CARE, _("there is no command “%s”; did you mean %s?"), shown, near);
  else
    app_message(app, STYLE_CARE, _("there is no command “%s”; Tab shows those that are"), shown);
}

static void ask_command(App *app)
{
  PromptSpec spec = {.label = g_strdup(":"),
                     .history = app->command_history,
                     .complete = complete_command,
                     .done = command_done,
                     .data = app};
  app_prompt(app, &spec);
}

/* Services of the terminal */

void app_copy(App *app, const char *text, const char *what)
{
  if (!app->host || !app->host->copy)
    return;
  if (app->host->copy(text, app->host_data))
    app_message(app, STYLE_NORMAL, _("%s copied to the clipboard"), what);
  else
    app_message(app, STYLE_CARE, _("%s is too long for the terminal's clipboard"), what);
}

void app_edit(App *app, const char *path, guint line)
{
  g_autoptr(GError) error = NULL;
  if (!app->host || !app->host->edit)
    return;
  if (!app->host->edit(path, line, app->host_data, &error))
    app_message(app, STYLE_DANGER, "%s", error->message);
}

void app_outside(App *app, void (*func)(void *func_data), void *func_data)
{
  if (app->host && app->host->outside)
    app->host->outside(func, func_data, app->host_data);
  else
    func(func_data);
}

void app_redraw(App *app)
{
  if (app->host && app->host->redraw)
    app->host->redraw(app->host_data);
  app_repaint(app);
}

void app_quit(App *app)
{
  if (app->host && app->host->quit)
    app->host->quit(app->host_data);
}

/* Actions */

static void move_search(App *app, Screen *screen, int direction)
{
  if (!search_next(screen, direction))
    app_message(app, STYLE_CARE, _("nothing found; / starts a search"));
}

/* What the app does with an action that the screen left to it. */
static void run_common(App *app, Screen *screen, ActionId action)
{
  switch (action) {
  case ACTION_SEARCH: ask_search(app); break;
  case ACTION_SEARCH_NEXT: move_search(app, screen, 1); break;
  case ACTION_SEARCH_PREVIOUS: move_search(app, screen, -1); break;
  case ACTION_COMMAND: ask_command(app); break;
  case ACTION_HELP:
    if (contexts_of(screen) == CONTEXT_HELP)
      app_pop(app);
    else
      app_push(app, screen_help_new(app, contexts_of(screen)));
    break;
  case ACTION_LOCKS: app_push(app, screen_locks_new(app)); break;
  case ACTION_RECORDS: app_push(app, screen_records_new(app)); break;
  case ACTION_BACK: app_pop(app); break;
  case ACTION_REDRAW: app_redraw(app); break;
  case ACTION_CONNECT: workspace_connect(app->ws); break;
  case ACTION_SUSPEND:
    if (app->host && app->host->suspend)
      app->host->suspend(app->host_data);
    break;
  case ACTION_QUIT: app_quit(app); break;
  default: break;
  }
}

void app_run_action(App *app, ActionId action)
{
  Screen *screen = app_top(app);
  const ActionInfo *info = action_info(action);
  if (!(info->contexts & contexts_of(screen))) {
    app_message(app, STYLE_CARE, _("%s does not work here"), info->name);
    return;
  }
  const char *why = refusal(screen, action);
  if (why) {
    app_message(app, STYLE_CARE, "%s", why);
    return;
  }
  guint result = screen->class->act ? screen->class->act(screen, action) : 0;
  if (!(result & SCREEN_TAKEN))
    run_common(app, screen, action);
  if (result & SCREEN_POP)
    app_close(app, screen);
  app_repaint(app);
}

void app_run_late(App *app, Screen *screen, ActionId action)
{
  if (app_top(app) == screen && !app->prompt)
    app_run_action(app, action);
  else
    app_message(app, STYLE_CARE, _("%s: all have answered, but you are at something else"),
                action_info(action)->name);
}

/* A key that does not work here says where it does. */
static void explain_key(App *app, Key key)
{
  g_autofree char *name = key_format(key);
  for (int bit = 0; bit < N_CONTEXTS; bit++) {
    ActionId action = keymap_lookup(app->keymap, 1u << bit, key);
    if (action == ACTION_NONE)
      continue;
    app_message(app, STYLE_CARE, _("%s (%s) works in: %s; ? shows what works here"), name,
                action_info(action)->name, context_name(1u << bit));
    return;
  }
  app_message(app, STYLE_CARE, _("%s does nothing; ? shows what works here"), name);
}

static void prompt_event(App *app, Key key)
{
  PromptState state = prompt_key(app->prompt, key);
  if (state == PROMPT_OPEN)
    return;
  /* The answer may open the next prompt. */
  g_autoptr(Prompt) finished = g_steal_pointer(&app->prompt);
  prompt_finish(finished, state);
}

static void key_event(App *app, Key key)
{
  Screen *screen = app_top(app);
  app_repaint(app);
  if (app->prompt) {
    prompt_event(app, key);
    return;
  }
  g_clear_pointer(&app->message, g_free);
  ActionId action = keymap_lookup(app->keymap, contexts_of(screen), key);
  if (action == ACTION_NONE)
    explain_key(app, key);
  else
    app_run_action(app, action);
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  const ScreenClass *class = screen->class;
  if (class->mouse)
    return class->mouse(screen, event);
  if (class->text_view && (event->kind == MOUSE_WHEEL_UP || event->kind == MOUSE_WHEEL_DOWN))
    textview_scroll(class->text_view(screen), event->kind == MOUSE_WHEEL_UP ? -3 : 3);
  return SCREEN_DONE;
}

void app_event(App *app, const InputEvent *event)
{
  Screen *screen = app_top(app);
  if (!screen)
    return;
  if (event->type == EVENT_KEY) {
    key_event(app, event->key);
  } else if (event->type == EVENT_MOUSE && !app->prompt) {
    if (mouse(screen, &event->mouse) & SCREEN_POP)
      app_close(app, screen);
    app_repaint(app);
  }
}

void app_changed(App *app, guint what)
{
  for (guint i = app->screens->len; i-- > 0;) {
    Screen *screen = g_ptr_array_index(app->screens, i);
    if (screen->class->changed)
      screen->class->changed(screen, what);
  }
  app_repaint(app);
}

gboolean app_animated(App *app)
{
  Screen *screen = app_top(app);
  return app->ws->loading || app->ws->database == DATABASE_CONNECTING ||
         (screen && screen->class->animated && screen->class->animated(screen));
}

gboolean app_interrupt(App *app)
{
  gboolean idle = TRUE;
  for (guint i = 0; i < app->screens->len; i++) {
    Screen *screen = g_ptr_array_index(app->screens, i);
    if (screen->class->busy && screen->class->busy(screen)) {
      screen->class->interrupt(screen);
      idle = FALSE;
    }
  }
  return idle;
}

/* Painting */

void app_resize(App *app, int width, int height)
{
  gboolean ascii = app->canvas->ascii;
  canvas_free(app->canvas);
  app->canvas = canvas_new(width, height, ascii);
  app_repaint(app);
}

static int footer_width(const char *key, const char *label)
{
  return text_width(key) + 1 + text_width(label) + FOOTER_GAP;
}

static gboolean in_footer(Screen *screen, ActionId action)
{
  const ActionInfo *info = action_info(action);
  if (!(info->contexts & contexts_of(screen)) || !*info->footer || refusal(screen, action))
    return FALSE;
  return !screen->class->uncalled || !screen->class->uncalled(screen, action);
}

/* The way out and the help stay, however narrow the window is. */
static gboolean is_essential(ActionId action)
{
  return action == ACTION_HELP || action == ACTION_QUIT || action == ACTION_BACK || action == ACTION_LEAVE ||
         action == ACTION_CANCEL;
}

static void paint_footer(App *app, Rect rect)
{
  Screen *screen = app_top(app);
  int reserved = 0, x = rect.x + 1;
  for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++) {
    g_autofree char *key = keymap_key(app->keymap, i);
    if (key && is_essential(i) && in_footer(screen, i))
      reserved += footer_width(key, _(action_info(i)->footer));
  }
  for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++) {
    g_autofree char *key = keymap_key(app->keymap, i);
    if (!key || !in_footer(screen, i))
      continue;
    const char *label = _(action_info(i)->footer);
    int width = footer_width(key, label);
    if (is_essential(i))
      reserved -= width;
    else if (x + width + reserved > rect.x + rect.width + FOOTER_GAP)
      continue;
    x += canvas_text(app->canvas, x, rect.y, -1, STYLE_KEY, key) + 1;
    x += canvas_text(app->canvas, x, rect.y, -1, STYLE_NORMAL, label) + FOOTER_GAP;
  }
}

static void paint_status(App *app, Screen *screen, Rect rect)
{
  if (app->prompt)
    prompt_paint(app->prompt, app->canvas, rect);
  else if (app->message)
    canvas_text_clipped(app->canvas, rect.x + 1, rect.y, rect.width - 1, app->message_style, app->message);
  else if (screen->class->status)
    screen->class->status(screen, app->canvas, rect);
  else
    locks_line_paint(app->ws, app->canvas, rect);
}

const Canvas *app_paint(App *app)
{
  Canvas *canvas = app->canvas;
  Screen *screen = app_top(app);
  canvas_clear(canvas);
  Rect rect = {0, 0, canvas->width, canvas->height};
  if (canvas->width < MIN_WIDTH || canvas->height < MIN_HEIGHT) {
    canvas_printf(canvas, 0, 0, -1, STYLE_CARE, _("too small: %dx%d"), canvas->width, canvas->height);
    canvas_printf(canvas, 0, 1, -1, STYLE_NORMAL, _("needs %dx%d"), MIN_WIDTH, MIN_HEIGHT);
    return canvas;
  }
  if (!screen)
    return canvas;
  header_paint(app->ws, canvas, rect_cut_top(&rect, 1));
  Rect footer = rect_cut_bottom(&rect, 1);
  Rect status = rect_cut_bottom(&rect, 1);
  Rect before = canvas_clip(canvas, rect);
  screen->class->paint(screen, canvas, rect);
  canvas_unclip(canvas, before);
  paint_footer(app, footer);
  paint_status(app, screen, status);
  return canvas;
}
