/* A new revision: from the project's template, or by its own Alembic from the models; its file before it is written,
 * its SQL and what the checks say of it afterwards. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "changeview.h"
#include "details.h"
#include "retort/base/settings.h"
#include "retort/base/text.h"
#include "retort/edit/draft.h"
#include "retort/history/target.h"
#include "retort/run/alembic.h"
#include "retort/run/fallback.h"

typedef struct {
  Screen screen;
  Workspace *ws;
  Snapshot *snapshot;
  char *message;
  char *parent; /* id; NULL: base */
  char *label;
  char *depends_on; /* as typed */
  char *rev_id;
  gint64 now;
  RevisionDraft *draft; /* NULL: see the view's problem */
  Changes *adopted;     /* what Alembic wrote */
  ChangeView *view;
  AlembicChild *child; /* runs */
  gboolean generated;  /* Alembic has run: its file turns up in the next look at the project, or never */
  GCancellable *rendering;
} RevisionScreen;

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_REVISION;
}

static void complain(RevisionScreen *self, const GError *error)
{
  g_autofree char *text = text_escape(error->message, -1, FALSE);
  app_message(self->screen.app, STYLE_CARE, "%s", text);
}

static char **words_of(const char *text)
{
  g_auto(GStrv) pieces = g_strsplit_set(text ? text : "", " ,", -1);
  g_autoptr(GStrvBuilder) out = g_strv_builder_new();
  for (char **piece = pieces; *piece; piece++)
    if (**piece)
      g_strv_builder_add(out, *piece);
  return g_strv_builder_end(out);
}

static gboolean is_head(const RevisionScreen *self, const char *id)
{
  const Revision *revision = id ? revision_map_get(self->snapshot->map, id) : NULL;
  return revision && revision_is_head(revision);
}

/* The draft anew, after something was typed. */
static void redraft(RevisionScreen *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) marked = g_ptr_array_new();
  const char *heads[] = {self->parent ? self->parent : "base", NULL}, *labels[] = {self->label, NULL};
  g_auto(GStrv) depends_on = words_of(self->depends_on);
  RevisionRequest request = {.message = *self->message ? self->message : NULL,
                             .rev_id = self->rev_id,
                             .heads = heads,
                             .splice = self->parent && !is_head(self, self->parent),
                             .branch_labels = *self->label ? labels : NULL,
                             .depends_on = depends_on[0] ? (const char *const *)depends_on : NULL,
                             .now = self->now};
  g_ptr_array_add(marked, self->rev_id);
  changeview_refuse(self->view, "", self->snapshot, NULL, marked);
  g_clear_pointer(&self->draft, revision_draft_free);
  self->draft = revision_draft_new(self->snapshot->project, self->snapshot->map, &request, &error);
  RevisionMap *map = self->draft ? revision_draft_map(self->draft, self->snapshot->map, &error) : NULL;
  if (map) {
    changeview_show(self->view, self->snapshot, self->draft->changes, map, marked);
    return;
  }
  g_autofree char *problem = text_escape(error->message, -1, FALSE);
  changeview_refuse(self->view, problem, self->snapshot, NULL, marked);
}

static void begin(RevisionScreen *self)
{
  changeview_refuse(self->view, "", self->ws->snapshot, NULL, NULL);
  snapshot_unref(self->snapshot);
  self->snapshot = snapshot_ref(self->ws->snapshot);
  if (self->parent && !revision_map_get(self->snapshot->map, self->parent))
    g_clear_pointer(&self->parent, g_free);
  redraft(self);
}

/* What it sends */

static void rendered(RenderedScript *script, void *data)
{
  RevisionScreen *self = data;
  g_autoptr(RenderedScript) taken = script;
  g_clear_object(&self->rendering);
  TextView *text = changeview_text(self->view, PANE_SQL);
  textview_clear(text);
  const Revision *revision = revision_map_get(self->ws->snapshot->map, self->rev_id);
  details_add_script(text, taken->script, taken->review->forecasts, revision ? revision->path : NULL);
  changeview_set_pane(self->view, PANE_SQL);
  app_repaint(self->screen.app);
}

static void stop_rendering(RevisionScreen *self)
{
  if (self->rendering)
    g_cancellable_cancel(self->rendering);
  g_clear_object(&self->rendering);
}

static void render(RevisionScreen *self)
{
  const Revision *revision = revision_map_get(self->ws->snapshot->map, self->rev_id);
  stop_rendering(self);
  if (!revision)
    return;
  self->rendering = g_cancellable_new();
  workspace_render(self->ws, revision, DIRECTION_UPGRADE, self->rendering, rendered, self);
}

/* By the project's own Alembic */

static void said(const char *line, void *data)
{
  RevisionScreen *self = data;
  textview_add(changeview_text(self->view, PANE_REPORT), STYLE_NORMAL, line);
  app_repaint(self->screen.app);
}

static void ended(gboolean success, void *data)
{
  RevisionScreen *self = data;
  g_clear_pointer(&self->child, alembic_child_free);
  if (!success)
    app_message(self->screen.app, STYLE_DANGER, "%s", _("Alembic failed: what it said stands below"));
  self->generated = TRUE;
  workspace_reload(self->ws);
}

static char **alembic_words(const RevisionScreen *self)
{
  g_autoptr(GStrvBuilder) words = g_strv_builder_new();
  g_auto(GStrv) depends_on = words_of(self->depends_on);
  g_strv_builder_add_many(words, "revision", "--autogenerate", "--rev-id", self->rev_id, "--head",
                          self->parent ? self->parent : "base", NULL);
  if (*self->message)
    g_strv_builder_add_many(words, "-m", self->message, NULL);
  if (self->parent && !is_head(self, self->parent))
    g_strv_builder_add(words, "--splice");
  if (*self->label)
    g_strv_builder_add_many(words, "--branch-label", self->label, NULL);
  for (char **one = depends_on; *one; one++)
    g_strv_builder_add_many(words, "--depends-on", *one, NULL);
  return g_strv_builder_end(words);
}

static AlembicCommand *find_command(const RevisionScreen *self, GError **error)
{
  const Project *project = self->snapshot->project;
  g_autoptr(Settings) settings = settings_load(NULL, NULL);
  g_autofree char *folder = project->config_path ? g_path_get_dirname(project->config_path) : NULL;
  return alembic_command_find(
      project, settings ? settings_get(settings, project->name, folder, "alembic") : NULL, error);
}

static void autogenerate(RevisionScreen *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AlembicCommand) command = find_command(self, &error);
  g_auto(GStrv) words = alembic_words(self);
  TextView *text = changeview_text(self->view, PANE_REPORT);
  textview_clear(text);
  textview_follow(text);
  self->generated = FALSE;
  if (command)
    self->child = alembic_child_new(self->snapshot->project, command, (const char *const *)words, said, ended,
                                    self, &error);
  if (!self->child) {
    complain(self, error);
    return;
  }
  g_autofree char *line = g_strjoinv(" ", words), *program = g_strjoinv(" ", command->argv);
  textview_addf(text, STYLE_FAINT, "%s %s   (%s)", program, line, command->why);
  changeview_set_pane(self->view, PANE_REPORT);
}

static void allowed(gboolean yes, void *data)
{
  RevisionScreen *self = data;
  g_autoptr(GError) error = NULL;
  if (!yes)
    return;
  if (!fallback_allow(self->snapshot->project, TRUE, &error))
    complain(self, error);
  autogenerate(self);
}

/* Its file is there. */
static void adopt(RevisionScreen *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) marked = g_ptr_array_new();
  const Revision *revision = revision_map_get(self->ws->snapshot->map, self->rev_id);
  self->generated = FALSE;
  g_clear_pointer(&self->adopted, changes_free);
  self->adopted = changes_new();
  if (!changes_adopt(self->adopted, revision->path, &error)) {
    complain(self, error);
    return;
  }
  g_ptr_array_add(marked, self->rev_id);
  GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
  const GPtrArray *now = self->ws->snapshot->map->revisions;
  for (guint i = 0; i < now->len; i++)
    g_ptr_array_add(all, revision_copy(g_ptr_array_index(now, i)));
  changeview_adopt(self->view, self->snapshot, self->adopted, revision_map_new(all), marked);
  app_message(self->screen.app, STYLE_DONE, "%s", _("Alembic wrote it.  E edits it, z removes it"));
  render(self);
}

/* Painting */

static int paint_field(Canvas *canvas, Rect rect, int line, const char *name, const char *value,
                       const char *empty)
{
  g_autofree char *shown = text_escape(value, -1, FALSE);
  canvas_text(canvas, rect.x + 1, rect.y + line, -1, STYLE_FAINT, name);
  int x = rect.x + 13;
  canvas_text_clipped(canvas, x, rect.y + line, rect.x + rect.width - x, *value ? STYLE_NORMAL : STYLE_FAINT,
                      *value ? shown : empty);
  return line + 1;
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  RevisionScreen *self = (RevisionScreen *)screen;
  Rect inside = canvas_box(canvas, rect_cut_top(&rect, 6), STYLE_BORDER_FOCUS, STYLE_TITLE, _("New revision"),
                           self->child ? _("Alembic is at work: Esc stops it") : NULL);
  const Revision *parent = self->parent ? revision_map_get(self->snapshot->map, self->parent) : NULL;
  g_autofree char *on =
      parent ? g_strdup_printf("%s  %s", parent->id, parent->doc ? parent->doc : "") : g_strdup("base");
  int line = paint_field(canvas, inside, 0, _("message"), self->message, _("none"));
  line = paint_field(canvas, inside, line, _("stands on"), on, "");
  line = paint_field(canvas, inside, line, _("label"), self->label, _("none"));
  paint_field(canvas, inside, line, _("depends on"), self->depends_on, _("nothing"));
  changeview_paint(self->view, canvas, rect);
}

/* Actions */

static const char *refuse(Screen *screen, ActionId action)
{
  RevisionScreen *self = (RevisionScreen *)screen;
  gboolean written = changeview_written(self->view);
  switch (action) {
  case ACTION_AUTOGENERATE:
    if (!self->snapshot->project->config_path)
      return _("there is no configuration for Alembic");
    G_GNUC_FALLTHROUGH;
  case ACTION_MESSAGE:
  case ACTION_STAND_ON:
  case ACTION_LABEL:
  case ACTION_DEPENDS_ON:
  case ACTION_WRITE:
    if (self->child)
      return _("Alembic is at work: Esc stops it");
    if (written)
      return _("the file is written: z undoes that first");
    return action == ACTION_WRITE ? changeview_refusal(self->view, action) : NULL;
  default: return changeview_refusal(self->view, action);
  }
}

static void set(RevisionScreen *self, char **field, const char *text)
{
  if (!text)
    return;
  g_free(*field);
  *field = g_strstrip(g_strdup(text));
  redraft(self);
}

static void message_done(const char *text, void *data)
{
  RevisionScreen *self = data;
  set(self, &self->message, text);
}

static void label_done(const char *text, void *data)
{
  RevisionScreen *self = data;
  set(self, &self->label, text);
}

static void depends_done(const char *text, void *data)
{
  RevisionScreen *self = data;
  set(self, &self->depends_on, text);
}

static void parent_done(const char *text, void *data)
{
  RevisionScreen *self = data;
  g_autoptr(GError) error = NULL;
  Revision *found = NULL;
  if (!text || !*text)
    return;
  g_autofree char *name = g_strstrip(g_strdup(text));
  if (!target_resolve_one(self->snapshot->map, name, NULL, &found, &error)) {
    complain(self, error);
    return;
  }
  g_free(self->parent);
  self->parent = g_strdup(found ? found->id : NULL);
  redraft(self);
}

static void ask(RevisionScreen *self, const char *label, const char *initial,
                void (*done)(const char *, void *))
{
  PromptSpec spec = {.label = g_strdup(label), .initial = g_strdup(initial), .done = done, .data = self};
  app_prompt(self->screen.app, &spec);
}

static void ask_to_run_python(RevisionScreen *self)
{
  if (fallback_allowed(self->snapshot->project))
    autogenerate(self);
  else
    app_confirm(self->screen.app, _("this runs the project's Python, with env.py's database"), allowed, self);
}

static void stop(RevisionScreen *self)
{
  if (self->child)
    alembic_child_interrupt(self->child);
  changeview_interrupt(self->view);
}

static guint act(Screen *screen, ActionId action)
{
  RevisionScreen *self = (RevisionScreen *)screen;
  if (changeview_act(self->view, action))
    return SCREEN_DONE;
  switch (action) {
  case ACTION_MESSAGE: ask(self, _("message: "), self->message, message_done); return SCREEN_DONE;
  case ACTION_LABEL: ask(self, _("branch label: "), self->label, label_done); return SCREEN_DONE;
  case ACTION_DEPENDS_ON:
    ask(self, _("depends on (revisions or labels): "), self->depends_on, depends_done);
    return SCREEN_DONE;
  case ACTION_STAND_ON:
    ask(self, _("stand on (a revision, a label, head, base): "), self->parent, parent_done);
    return SCREEN_DONE;
  case ACTION_WRITE: changeview_write(self->view, TRUE); return SCREEN_DONE;
  case ACTION_UNDO: changeview_undo(self->view); return SCREEN_DONE;
  case ACTION_AUTOGENERATE: ask_to_run_python(self); return SCREEN_DONE;
  case ACTION_BACK:
    if (!self->child && !changeview_busy(self->view))
      return 0;
    stop(self);
    return SCREEN_DONE;
  default: return 0;
  }
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  if (event->kind != MOUSE_WHEEL_UP && event->kind != MOUSE_WHEEL_DOWN)
    return SCREEN_TAKEN;
  changeview_wheel(((RevisionScreen *)screen)->view, event->kind == MOUSE_WHEEL_UP ? -3 : 3);
  return SCREEN_DONE;
}

static TextView *text_view(Screen *screen)
{
  return changeview_shown_text(((RevisionScreen *)screen)->view);
}

static void changed(Screen *screen, guint what)
{
  RevisionScreen *self = (RevisionScreen *)screen;
  if (!(what & CHANGED_PROJECT) || !self->ws->snapshot)
    return;
  if (changeview_written(self->view))
    render(self);
  else if (self->generated && revision_map_get(self->ws->snapshot->map, self->rev_id))
    adopt(self);
  else if (!self->child)
    begin(self);
}

/* Undone: the old text of its SQL says nothing any more. */
static void written_or_undone(void *data)
{
  RevisionScreen *self = data;
  if (!changeview_written(self->view)) {
    stop_rendering(self);
    textview_clear(changeview_text(self->view, PANE_SQL));
    changeview_set_pane(self->view, PANE_DIFFERENCE);
    if (self->adopted)
      redraft(self);
    g_clear_pointer(&self->adopted, changes_free);
  }
  app_repaint(self->screen.app);
}

static gboolean busy(Screen *screen)
{
  RevisionScreen *self = (RevisionScreen *)screen;
  return self->child != NULL || changeview_busy(self->view);
}

static void interrupt(Screen *screen)
{
  stop((RevisionScreen *)screen);
}

static gboolean animated(Screen *screen)
{
  const RevisionScreen *self = (const RevisionScreen *)screen;
  return self->rendering || self->child || changeview_busy(self->view);
}

static void free_screen(Screen *screen)
{
  RevisionScreen *self = (RevisionScreen *)screen;
  g_clear_pointer(&self->child, alembic_child_free);
  stop_rendering(self);
  changeview_free(self->view);
  revision_draft_free(self->draft);
  g_clear_pointer(&self->adopted, changes_free);
  snapshot_unref(self->snapshot);
  char *texts[] = {self->message, self->parent, self->label, self->depends_on, self->rev_id};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_free(self);
}

static const ScreenClass revision_class = {
    .name = N_("New revision"),
    .contexts = contexts,
    .paint = paint,
    .refuse = refuse,
    .act = act,
    .mouse = mouse,
    .text_view = text_view,
    .changed = changed,
    .animated = animated,
    .busy = busy,
    .interrupt = interrupt,
    .free = free_screen,
};

static gboolean stands_on(const Revision *head, const Revision *below)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  g_ptr_array_add(todo, (void *)head);
  while (todo->len > 0) {
    Revision *next = g_ptr_array_steal_index(todo, todo->len - 1);
    if (next == below)
      return TRUE;
    for (guint i = 0; g_hash_table_add(seen, next) && i < next->down->len; i++)
      g_ptr_array_add(todo, g_ptr_array_index(next->down, i));
  }
  return FALSE;
}

/* The head above what is selected, so that no head is added unasked. */
static char *first_parent(const Workspace *ws, const char *selected)
{
  const RevisionMap *map = ws->snapshot->map;
  const Revision *below = selected ? revision_map_get(map, selected) : NULL;
  for (guint i = 0; i < map->heads->len; i++) {
    const Revision *head = g_ptr_array_index(map->heads, i);
    if (!below || stands_on(head, below))
      return g_strdup(head->id);
  }
  return g_strdup(selected);
}

Screen *screen_revision_new(App *app, const char *revision)
{
  RevisionScreen *self = g_new0(RevisionScreen, 1);
  self->screen = (Screen){&revision_class, app};
  self->ws = app_workspace(app);
  self->message = g_strdup("");
  self->label = g_strdup("");
  self->depends_on = g_strdup("");
  self->parent = first_parent(self->ws, revision);
  self->rev_id = revision_make_id();
  self->now = g_get_real_time();
  self->view = changeview_new(app, _("Output"), written_or_undone, self);
  begin(self);
  return &self->screen;
}
