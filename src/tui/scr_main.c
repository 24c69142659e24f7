/* The main screen: the graph, and the details of the selected revision beside it or in its place. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "details.h"
#include "header.h"
#include "retort/base/text.h"
#include "steps.h"

/* From here on graph and details stand side by side. */
#define WIDE 100
#define GRAPH_LEAST 54
#define GRAPH_MOST 100
#define WHEEL_ROWS 3

typedef struct {
  Screen screen;
  Workspace *ws;
  GraphView *graph;
  Details *details;
  gboolean in_details; /* has the keyboard */
  gboolean wide;
  gboolean repairing;            /* what an interrupted rollout left was shown, once */
  gboolean offered;              /* the environments, once, because there is no project */
  Rect graph_rect, details_rect; /* of the last paint, insides */
} MainScreen;

static guint contexts(Screen *screen)
{
  return ((MainScreen *)screen)->in_details ? CONTEXT_DETAILS : CONTEXT_GRAPH;
}

static void sync_details(MainScreen *self, gboolean refresh)
{
  GraphSelection selection = graphview_selection(self->graph);
  details_show(self->details, &selection, refresh);
}

/* Painting */

static void paint_empty(MainScreen *self, Canvas *canvas, Rect rect)
{
  const Workspace *ws = self->ws;
  int x = rect.x + 1, y = rect.y + 1, width = rect.width - 2;
  if (!ws->snapshot && ws->load_error) {
    TextView *text = textview_new();
    textview_add_marked(text, STYLE_DANGER, "✗ ", STYLE_NORMAL, ws->load_error);
    textview_add(text, STYLE_NORMAL, "");
    textview_add(text, STYLE_FAINT,
                 _("Start retort in the folder of alembic.ini, or name it: retort -c FILE.  A new "
                   "environment is written by "
                   "retort init FOLDER.  F5 looks again."));
    textview_paint(text, canvas, (Rect){x, y, width, rect.height - 1});
    textview_free(text);
  } else if (!ws->snapshot) {
    canvas_put(canvas, x, y, STYLE_FAINT, theme_spinner(g_get_monotonic_time()));
    canvas_text(canvas, x + 2, y, width - 2, STYLE_FAINT, _("reading the project"));
  } else {
    canvas_text_clipped(canvas, x, y, width, STYLE_FAINT, _("no revisions yet: a writes the first one"));
  }
}

static void paint_graph(MainScreen *self, Canvas *canvas, Rect rect, gboolean focused)
{
  self->graph_rect = rect;
  const Workspace *ws = self->ws;
  if (!ws->snapshot || ws->snapshot->map->revisions->len == 0) {
    graphview_paint(self->graph, canvas, rect, focused);
    if (!ws->snapshot || ws->snapshot->map->diags->items->len == 0)
      paint_empty(self, canvas, rect);
    return;
  }
  graphview_paint(self->graph, canvas, rect, focused);
}

static char *details_title(const MainScreen *self)
{
  GraphSelection selection = graphview_selection(self->graph);
  const Revision *revision = selection.revision  ? selection.revision
                             : selection.foreign ? selection.foreign->revision
                                                 : NULL;
  if (!revision)
    return g_strdup(selection.text ? _("what is wrong") : "");
  g_autofree char *whole = g_strdup_printf("%s  %s", revision->id, revision->doc ? revision->doc : "");
  g_strdelimit(whole, "\n\r\t", ' ');
  return text_escape(whole, -1, FALSE);
}

static void paint_details(MainScreen *self, Canvas *canvas, Rect rect, gboolean focused)
{
  self->details_rect = rect;
  details_paint(self->details, canvas, rect, focused);
}

static void paint_wide(MainScreen *self, Canvas *canvas, Rect rect)
{
  Rect left = rect_cut_left(&rect, CLAMP(rect.width / 2, GRAPH_LEAST, GRAPH_MOST));
  gboolean details = self->in_details;
  g_autofree char *place = graphview_place(self->graph);
  g_autofree char *title = details_title(self);
  Rect inside = canvas_box(canvas, left, details ? STYLE_BORDER : STYLE_BORDER_FOCUS,
                           details ? STYLE_FAINT : STYLE_TITLE, _("Revisions"), place);
  paint_graph(self, canvas, inside, !details);
  inside = canvas_box(canvas, rect, details ? STYLE_BORDER_FOCUS : STYLE_BORDER,
                      details ? STYLE_TITLE : STYLE_NORMAL, title, NULL);
  paint_details(self, canvas, inside, details);
}

static void paint_narrow(MainScreen *self, Canvas *canvas, Rect rect)
{
  self->graph_rect = self->details_rect = (Rect){0, 0, 0, 0};
  if (!self->in_details) {
    paint_graph(self, canvas, rect, TRUE);
    return;
  }
  g_autofree char *title = details_title(self);
  Rect line = rect_cut_top(&rect, 1);
  canvas_text_clipped(canvas, line.x + 1, line.y, line.width - 1, STYLE_TITLE, title);
  paint_details(self, canvas, rect, TRUE);
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  MainScreen *self = (MainScreen *)screen;
  self->wide = canvas->width >= WIDE;
  if (self->wide)
    paint_wide(self, canvas, rect);
  else
    paint_narrow(self, canvas, rect);
}

static void status(Screen *screen, Canvas *canvas, Rect rect)
{
  MainScreen *self = (MainScreen *)screen;
  if (!self->wide && !self->in_details) {
    g_autofree char *place = graphview_place(self->graph);
    int width = text_width(place);
    canvas_text(canvas, rect.x + rect.width - width - 1, rect.y, -1, STYLE_FAINT, place);
    rect.width -= width + 2;
  }
  locks_line_paint(self->ws, canvas, rect);
}

/* Actions */

static const char *refuse(Screen *screen, ActionId action)
{
  MainScreen *self = (MainScreen *)screen;
  GraphSelection selection = graphview_selection(self->graph);
  switch (action) {
  case ACTION_STEP_UP:
  case ACTION_STEP_DOWN:
  case ACTION_UP_TO:
  case ACTION_DOWN_TO:
  case ACTION_OPEN_PLAN: return steps_refuse(self->ws, action, &selection);
  case ACTION_LOCKS: return self->ws->database == DATABASE_READY ? NULL : steps_refuse_database(self->ws);
  case ACTION_CONFLICTS:
  case ACTION_GRAPH_AT:
    if (!self->ws->snapshot)
      return _("there is no project");
    return !self->ws->git || self->ws->git->available ? NULL : _("there is no git repository here");
  case ACTION_MERGE:
    if (!self->ws->snapshot)
      return _("there is no project");
    return workspace_heads(self->ws) > 1 ? NULL : _("there is one head: nothing to merge");
  case ACTION_REBASE:
  case ACTION_REVISION: return self->ws->snapshot ? NULL : _("there is no project");
  case ACTION_DELETE: return selection.revision ? NULL : _("no revision is selected");
  case ACTION_REPAIR: return steps_refuse_repair(self->ws);
  case ACTION_UNFILTER:
    return graphview_filtered(self->graph) ? NULL : _("there is nothing to leave: q quits");
  case ACTION_EDIT:
  case ACTION_COPY_ID:
    return selection.revision || selection.diag || selection.foreign ? NULL : _("no revision is selected");
  default: return NULL;
  }
}

/* Comparing with the catalog is always possible, but nobody needs to be told while nothing looks wrong. */
static gboolean uncalled(Screen *screen, ActionId action)
{
  const Workspace *ws = ((MainScreen *)screen)->ws;
  return action == ACTION_REPAIR && !ws->recovery && ws->unknown->len == 0;
}

static void goto_done(const char *text, void *data)
{
  MainScreen *self = data;
  gboolean ambiguous;
  if (!text || !*text)
    return;
  g_autofree char *shown = text_escape(text, -1, FALSE);
  if (!graphview_goto(self->graph, text, &ambiguous))
    app_message(self->screen.app, STYLE_CARE, _("no revision begins with “%s”"), shown);
  else if (ambiguous)
    app_message(self->screen.app, STYLE_NORMAL, _("several revisions begin with “%s”: this is the first"),
                shown);
  sync_details(self, FALSE);
}

static GPtrArray *complete_revision(const char *word, void *data)
{
  MainScreen *self = data;
  GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
  const GPtrArray *revisions = self->ws->snapshot->map->revisions;
  for (guint i = 0; i < revisions->len && found->len < 20; i++) {
    const Revision *revision = g_ptr_array_index(revisions, i);
    if (g_str_has_prefix(revision->id, word))
      g_ptr_array_add(found, text_escape(revision->id, -1, FALSE));
  }
  return found;
}

static void ask_goto(MainScreen *self)
{
  if (!self->ws->snapshot)
    return;
  PromptSpec spec = {.label = g_strdup(_("go to revision: ")),
                     .complete = complete_revision,
                     .done = goto_done,
                     .data = self};
  app_prompt(self->screen.app, &spec);
}

static void at_done(const char *text, void *data)
{
  MainScreen *self = data;
  if (text && *text)
    app_push(self->screen.app, screen_refs_new(self->screen.app, text));
}

static void ask_at(MainScreen *self)
{
  PromptSpec spec = screen_refs_prompt(NULL);
  spec.done = at_done;
  spec.data = self;
  app_prompt(self->screen.app, &spec);
}

static void set_tab(MainScreen *self, DetailsTab tab)
{
  details_set_tab(self->details, tab);
  /* In one pane, asking for a tab means to see it. */
  if (!self->wide)
    self->in_details = TRUE;
  sync_details(self, FALSE);
}

static void filter_done(const char *text, void *data)
{
  MainScreen *self = data;
  g_autoptr(GError) error = NULL;
  if (!text)
    return;
  if (!graphview_filter(self->graph, text, &error)) {
    app_message(self->screen.app, STYLE_CARE, "%s", error->message);
    return;
  }
  g_free(self->ws->filter);
  self->ws->filter = *text ? text_escape(text, -1, FALSE) : NULL;
  self->in_details = FALSE;
  sync_details(self, FALSE);
}

static void ask_filter(MainScreen *self)
{
  PromptSpec spec = {.label =
                         g_strdup(_("show only (author: branch: table: pending applied head or text): ")),
                     .initial = g_strdup(self->ws->filter),
                     .done = filter_done,
                     .data = self};
  app_prompt(self->screen.app, &spec);
}

/* Within the review first, then on to the next revision. */
static void show_finding(MainScreen *self, int direction)
{
  if (details_finding(self->details, direction)) {
    app_repaint(self->screen.app);
    return;
  }
  if (!graphview_finding(self->graph, direction)) {
    app_message(self->screen.app, STYLE_NORMAL, _("no pending revision has a finding"));
    return;
  }
  details_set_tab(self->details, TAB_REVIEW);
  sync_details(self, FALSE);
}

static void copy_id(MainScreen *self)
{
  GraphSelection selection = graphview_selection(self->graph);
  const Revision *revision = selection.foreign ? selection.foreign->revision : selection.revision;
  const char *text = revision ? revision->id : selection.diag ? selection.diag->path : NULL;
  g_autofree char *shown = text ? text_escape(text, -1, FALSE) : NULL;
  if (text)
    app_copy(self->screen.app, text, shown);
}

static void copy_text(MainScreen *self)
{
  g_autofree char *text = textview_text(details_text(self->details));
  app_copy(self->screen.app, text, _("the text of the details"));
}

static void edit(MainScreen *self)
{
  GraphSelection selection = graphview_selection(self->graph);
  if (selection.revision)
    app_edit(self->screen.app, selection.revision->path, 1);
  else if (selection.diag && selection.diag->path)
    app_edit(self->screen.app, selection.diag->path, MAX(selection.diag->line, 1));
  else
    app_message(self->screen.app, STYLE_CARE, _("there is no file here to edit"));
}

static gboolean act_tabs(MainScreen *self, ActionId action)
{
  int tab = (int)details_tab(self->details);
  switch (action) {
  case ACTION_TAB_NEXT: set_tab(self, (DetailsTab)((tab + 1) % N_TABS)); return TRUE;
  case ACTION_TAB_PREVIOUS: set_tab(self, (DetailsTab)((tab + N_TABS - 1) % N_TABS)); return TRUE;
  case ACTION_TAB_UPGRADE: set_tab(self, TAB_UPGRADE); return TRUE;
  case ACTION_TAB_DOWNGRADE: set_tab(self, TAB_DOWNGRADE); return TRUE;
  case ACTION_TAB_SOURCE: set_tab(self, TAB_SOURCE); return TRUE;
  case ACTION_TAB_GIT: set_tab(self, TAB_GIT); return TRUE;
  case ACTION_TAB_REVIEW: set_tab(self, TAB_REVIEW); return TRUE;
  case ACTION_FINDING_NEXT: show_finding(self, 1); return TRUE;
  case ACTION_FINDING_PREVIOUS: show_finding(self, -1); return TRUE;
  default: return FALSE;
  }
}

static gboolean act_move(MainScreen *self, ActionId action)
{
  if (self->in_details && textview_act(details_text(self->details), action))
    return TRUE;
  const char *problem;
  if (!graphview_act(self->graph, action, &problem))
    return FALSE;
  if (problem)
    app_message(self->screen.app, STYLE_CARE, "%s", problem);
  sync_details(self, FALSE);
  return TRUE;
}

static const char *selected_id(const GraphSelection *selection)
{
  return selection->revision ? selection->revision->id : NULL;
}

static guint act(Screen *screen, ActionId action)
{
  MainScreen *self = (MainScreen *)screen;
  if (act_tabs(self, action) || act_move(self, action))
    return SCREEN_DONE;
  GraphSelection selection = graphview_selection(self->graph);
  switch (action) {
  case ACTION_STEP_UP:
  case ACTION_STEP_DOWN:
  case ACTION_UP_TO:
  case ACTION_DOWN_TO: steps_begin(screen->app, action, &selection); return SCREEN_DONE;
  case ACTION_OPEN:
    if (graphview_unfold(self->graph))
      sync_details(self, FALSE);
    else
      self->in_details = TRUE;
    return SCREEN_DONE;
  case ACTION_FOCUS_NEXT:
  case ACTION_FOCUS_PREVIOUS: self->in_details = !self->in_details; return SCREEN_DONE;
  case ACTION_LEAVE: self->in_details = FALSE; return SCREEN_DONE;
  case ACTION_GOTO: ask_goto(self); return SCREEN_DONE;
  case ACTION_FILTER: ask_filter(self); return SCREEN_DONE;
  case ACTION_UNFILTER: filter_done("", self); return SCREEN_DONE;
  case ACTION_COPY_ID: copy_id(self); return SCREEN_DONE;
  case ACTION_COPY_TEXT: copy_text(self); return SCREEN_DONE;
  case ACTION_EDIT: edit(self); return SCREEN_DONE;
  case ACTION_RELOAD: workspace_reload(self->ws); return SCREEN_DONE;
  case ACTION_CONFLICTS: app_push(screen->app, screen_conflicts_new(screen->app)); return SCREEN_DONE;
  case ACTION_GRAPH_AT: ask_at(self); return SCREEN_DONE;
  case ACTION_MERGE: app_push(screen->app, screen_merge_new(screen->app)); return SCREEN_DONE;
  case ACTION_REBASE:
    app_push(screen->app, screen_rebase_new(screen->app, selected_id(&selection)));
    return SCREEN_DONE;
  case ACTION_REVISION:
    app_push(screen->app, screen_revision_new(screen->app, selected_id(&selection)));
    app_run_action(screen->app, ACTION_MESSAGE);
    return SCREEN_DONE;
  case ACTION_DELETE:
    app_push(screen->app, screen_delete_new(screen->app, selected_id(&selection)));
    return SCREEN_DONE;
  case ACTION_OPEN_PLAN: steps_open_plan(screen->app); return SCREEN_DONE;
  case ACTION_REPAIR: steps_repair(screen->app, &selection); return SCREEN_DONE;
  case ACTION_ENVIRONMENT: app_push(screen->app, screen_choose_new(screen->app)); return SCREEN_DONE;
  default: return 0;
  }
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  MainScreen *self = (MainScreen *)screen;
  gboolean in_graph = rect_contains(self->graph_rect, event->x, event->y);
  gboolean in_details = rect_contains(self->details_rect, event->x, event->y);
  int rows = event->kind == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS;
  gboolean wheel = event->kind == MOUSE_WHEEL_UP || event->kind == MOUSE_WHEEL_DOWN;
  if (in_graph && wheel) {
    graphview_scroll(self->graph, rows);
  } else if (in_details && wheel) {
    textview_scroll(details_text(self->details), rows);
  } else if (in_graph) {
    self->in_details = FALSE;
    graphview_click(self->graph, event->y - self->graph_rect.y);
    if (event->kind == MOUSE_DOUBLE)
      act(screen, ACTION_OPEN);
  } else if (in_details) {
    self->in_details = TRUE;
    int tab = event->y == self->details_rect.y
                  ? details_tab_at(self->details, event->x - self->details_rect.x)
                  : -1;
    if (tab >= 0)
      set_tab(self, (DetailsTab)tab);
  }
  sync_details(self, FALSE);
  return SCREEN_DONE;
}

static gboolean search(Screen *screen, const char *text)
{
  MainScreen *self = (MainScreen *)screen;
  if (self->in_details)
    return textview_search(details_text(self->details), text);
  gboolean found = graphview_search(self->graph, text);
  sync_details(self, FALSE);
  return found;
}

static gboolean search_next(Screen *screen, int direction)
{
  MainScreen *self = (MainScreen *)screen;
  if (self->in_details)
    return textview_search_next(details_text(self->details), direction);
  gboolean found = graphview_search_next(self->graph, direction);
  sync_details(self, FALSE);
  return found;
}

static void changed(Screen *screen, guint what)
{
  MainScreen *self = (MainScreen *)screen;
  if ((what & CHANGED_FOUND) && !self->offered && !self->ws->snapshot && self->ws->environments->len > 0) {
    self->offered = TRUE;
    app_push(screen->app, screen_choose_new(screen->app));
  }
  /* After a crash the operator looks first. */
  gboolean half = self->ws->recovery && self->ws->recovery->revision && self->ws->rows && self->ws->snapshot;
  if (!half)
    self->repairing = FALSE;
  if (half && !self->repairing && app_top(screen->app) == screen && !steps_refuse_repair(self->ws)) {
    self->repairing = TRUE;
    app_push(screen->app, screen_repair_new(screen->app, self->ws->recovery->revision));
  }
  gboolean shows_sql = details_tab(self->details) == TAB_UPGRADE ||
                       details_tab(self->details) == TAB_DOWNGRADE ||
                       details_tab(self->details) == TAB_REVIEW;
  if ((what & CHANGED_CATALOG) && shows_sql)
    sync_details(self, TRUE);
  gboolean git_done = (what & CHANGED_GIT) && !self->ws->git_loading;
  if ((what & (CHANGED_PROJECT | CHANGED_DATABASE | CHANGED_FOREIGN)) || git_done) {
    graphview_rebuild(self->graph);
    sync_details(self, git_done && details_tab(self->details) == TAB_GIT);
  }
}

static gboolean animated(Screen *screen)
{
  return details_loading(((MainScreen *)screen)->details);
}

static void free_screen(Screen *screen)
{
  MainScreen *self = (MainScreen *)screen;
  details_free(self->details);
  graphview_free(self->graph);
  g_free(self);
}

static const ScreenClass main_class = {
    .name = N_("Revisions"),
    .contexts = contexts,
    .paint = paint,
    .status = status,
    .refuse = refuse,
    .uncalled = uncalled,
    .act = act,
    .mouse = mouse,
    .search = search,
    .search_next = search_next,
    .changed = changed,
    .animated = animated,
    .free = free_screen,
};

Screen *screen_main_new(App *app)
{
  MainScreen *self = g_new0(MainScreen, 1);
  self->screen = (Screen){&main_class, app};
  self->ws = app_workspace(app);
  self->graph = graphview_new(self->ws);
  self->details = details_new(app);
  sync_details(self, TRUE);
  return &self->screen;
}
