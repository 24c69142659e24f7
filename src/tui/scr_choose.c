/* Choosing among the Alembic environments of a repository. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "list.h"
#include "retort/base/text.h"

typedef struct {
  Screen screen;
  Workspace *ws;
  List list;
  Rect list_rect;
} ChooseScreen;

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_CHOOSE;
}

static guint row_count(void *data)
{
  const ChooseScreen *self = data;
  return self->ws->environments ? self->ws->environments->len : 0;
}

static const ProjectCandidate *candidate_at(const ChooseScreen *self, guint row)
{
  return row < row_count((void *)self) ? g_ptr_array_index(self->ws->environments, row) : NULL;
}

static gboolean is_open(const ChooseScreen *self, const ProjectCandidate *candidate)
{
  const Project *project = self->ws->snapshot ? self->ws->snapshot->project : NULL;
  return project && g_strcmp0(project->script_location, candidate->script_location) == 0 &&
         g_strcmp0(project->config_path, candidate->config_path) == 0 &&
         (!candidate->section || g_strcmp0(project->section, candidate->section) == 0);
}

static void paint_row(void *data, guint row, Canvas *canvas, Rect rect, gboolean selected, gboolean focused)
{
  (void)selected;
  (void)focused;
  const ChooseScreen *self = data;
  const ProjectCandidate *candidate = candidate_at(self, row);
  g_autofree char *label = text_escape(candidate->label, -1, FALSE);
  g_autofree char *location = text_escape(candidate->script_location, -1, FALSE);
  int x = rect.x + 1;
  canvas_put(canvas, x, rect.y, STYLE_POSITION, is_open(self, candidate) ? GLYPH_CURRENT : ' ');
  x += 2 + canvas_text_clipped(canvas, x + 2, rect.y, rect.width / 2, STYLE_NORMAL, label);
  canvas_text_clipped(canvas, x + 2, rect.y, rect.x + rect.width - x - 2, STYLE_FAINT, location);
}

static gboolean matches(void *data, guint row, const char *folded)
{
  g_autofree char *label = g_utf8_casefold(candidate_at(data, row)->label, -1);
  return strstr(label, folded) != NULL;
}

static const ListModel model = {.count = row_count, .paint = paint_row, .matches = matches};

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  ChooseScreen *self = (ChooseScreen *)screen;
  Rect inside =
      canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, _("Alembic environments found here"), NULL);
  self->list_rect = inside;
  if (self->ws->searching)
    canvas_text_clipped(canvas, inside.x + 1, inside.y, inside.width - 1, STYLE_FAINT, _("looking ..."));
  else if (row_count(self) == 0)
    canvas_text_clipped(canvas, inside.x + 1, inside.y, inside.width - 1, STYLE_FAINT,
                        _("none: `retort init FOLDER` makes one"));
  else
    list_paint(&self->list, canvas, inside, TRUE);
}

static const char *refuse(Screen *screen, ActionId action)
{
  ChooseScreen *self = (ChooseScreen *)screen;
  return action == ACTION_CHOOSE && (row_count(self) == 0 || self->ws->searching) ? _("there is none to open")
                                                                                  : NULL;
}

static guint act(Screen *screen, ActionId action)
{
  ChooseScreen *self = (ChooseScreen *)screen;
  if (list_act(&self->list, action))
    return SCREEN_DONE;
  if (action != ACTION_CHOOSE)
    return 0;
  workspace_choose(self->ws, self->list.selected);
  return SCREEN_DONE | SCREEN_POP;
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  ChooseScreen *self = (ChooseScreen *)screen;
  int row = list_row_at(&self->list, event->y - self->list_rect.y);
  if (!rect_contains(self->list_rect, event->x, event->y) || row < 0)
    return SCREEN_TAKEN;
  list_select(&self->list, (guint)row);
  return event->kind == MOUSE_DOUBLE ? act(screen, ACTION_CHOOSE) : SCREEN_DONE;
}

static gboolean search(Screen *screen, const char *text)
{
  return list_search(&((ChooseScreen *)screen)->list, text);
}

static gboolean search_next(Screen *screen, int direction)
{
  return list_search_next(&((ChooseScreen *)screen)->list, direction);
}

static void free_screen(Screen *screen)
{
  ChooseScreen *self = (ChooseScreen *)screen;
  list_clear(&self->list);
  g_free(self);
}

static const ScreenClass choose_class = {
    .name = N_("Environments"),
    .contexts = contexts,
    .paint = paint,
    .refuse = refuse,
    .act = act,
    .mouse = mouse,
    .search = search,
    .search_next = search_next,
    .free = free_screen,
};

Screen *screen_choose_new(App *app)
{
  ChooseScreen *self = g_new0(ChooseScreen, 1);
  self->screen = (Screen){&choose_class, app};
  self->ws = app_workspace(app);
  list_init(&self->list, &model, self);
  if (!self->ws->environments)
    workspace_find_environments(self->ws);
  return &self->screen;
}
