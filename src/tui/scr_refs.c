/* The graph as of another commit, or the difference of two: read from git beside the screen, nothing is checked out. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "retort/base/text.h"
#include "retort/history/graph.h"
#include "retort/history/refs.h"
#include "textview.h"

typedef struct {
  Screen screen;
  Workspace *ws;
  char *asked; /* "v1.4" or "v1.4..v1.5" */
  char *shown; /* escaped */
  TextView *view;
  GCancellable *cancellable;
  gboolean loading;
} RefsScreen;

/* What is read: one end, or both. */
typedef struct {
  Snapshot *snapshot;
  char *asked;
  GitRevisions *from; /* NULL: no difference was asked for */
  GitRevisions *to;
} RefsJob;

static void job_free(void *data)
{
  RefsJob *job = data;
  snapshot_unref(job->snapshot);
  git_revisions_free(job->from);
  git_revisions_free(job->to);
  g_free(job->asked);
  g_free(job);
}

/* ---- reading ---- */

static gboolean read_both(RefsJob *job, GError **error)
{
  g_autoptr(GitRefs) refs = git_refs_open(job->snapshot->project, error);
  if (refs && strstr(job->asked, ".."))
    return git_revisions_range(refs, job->asked, job->snapshot->map, &job->from, &job->to, error);
  job->to = refs ? git_revisions_at(refs, job->asked, error) : NULL;
  return job->to != NULL;
}

static void read_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  (void)cancellable;
  GError *error = NULL;
  if (read_both(task_data, &error))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, error);
}

/* ---- showing ---- */

static void mark(GHashTable *marks, const GPtrArray *revisions, const char *with)
{
  for (guint i = 0; i < revisions->len; i++)
    g_hash_table_insert(marks, ((Revision *)g_ptr_array_index(revisions, i))->id, (char *)with);
}

static void add_row(RefsScreen *self, const GraphRow *row, guint lanes, GHashTable *marks)
{
  const char *sign = row->revision ? g_hash_table_lookup(marks, row->revision->id) : NULL;
  g_autoptr(GString) cells = g_string_new(sign ? sign : " ");
  gboolean ascii = app_ascii(self->screen.app);
  g_string_append_c(cells, ' ');
  for (guint i = 0; i < 2 * lanes - 1; i++)
    g_string_append(cells, i < row->n_cells ? graph_cell_glyph(&row->cells[i], ascii) : " ");
  Style style = !sign ? STYLE_NORMAL : *sign == '+' ? STYLE_DONE : *sign == '-' ? STYLE_DANGER : STYLE_CARE;
  if (!row->revision) {
    textview_add(self->view, STYLE_FAINT, cells->str);
    return;
  }
  g_autofree char *doc = g_strdup(row->revision->doc ? row->revision->doc : "");
  doc[strcspn(doc, "\r\n")] = '\0';
  g_autofree char *text =
      g_strdup_printf("  %s  %s%s", row->revision->id, doc, revision_is_head(row->revision) ? "  HEAD" : "");
  textview_add_marked(self->view, style, cells->str, style, text);
}

static void add_problems(RefsScreen *self, const GitRevisions *revisions)
{
  for (guint i = 0; i < revisions->map->diags->items->len; i++) {
    g_autofree char *text = diag_format(g_ptr_array_index(revisions->map->diags->items, i));
    textview_add_marked(self->view, STYLE_DANGER, "‼ ", STYLE_NORMAL, text);
  }
}

static void show(RefsScreen *self, const RefsJob *job)
{
  g_autoptr(GHashTable) marks = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GitDifference) difference = job->from ? git_difference_new(job->from, job->to) : NULL;
  if (difference) {
    mark(marks, difference->added, "+");
    mark(marks, difference->changed, "~");
    mark(marks, difference->moved, ">");
    mark(marks, difference->removed, "-");
    textview_addf(self->view, STYLE_TITLE, _("+ %u added   ~ %u changed   > %u moved   - %u removed"),
                  difference->added->len, difference->changed->len, difference->moved->len,
                  difference->removed->len);
  } else {
    textview_addf(self->view, STYLE_TITLE,
                  ngettext("%u revision, %u head", "%u revisions, %u heads", job->to->map->revisions->len),
                  job->to->map->revisions->len, job->to->map->heads->len);
  }
  add_problems(self, job->to);
  textview_add(self->view, STYLE_NORMAL, "");
  g_autoptr(RevisionMap) map = git_difference_map(difference, job->to);
  g_autoptr(Graph) graph = graph_layout(map, NULL);
  for (guint i = 0; i < graph->rows->len; i++)
    add_row(self, graph_row(graph, i), graph->n_lanes, marks);
}

static void read_done(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  g_autoptr(GError) error = NULL;
  gboolean good = g_task_propagate_boolean(G_TASK(result), &error);
  if (g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
    return;
  RefsScreen *self = data;
  self->loading = FALSE;
  textview_clear(self->view);
  if (good) {
    show(self, g_task_get_task_data(G_TASK(result)));
  } else {
    g_autofree char *text = text_escape(error->message, -1, FALSE);
    textview_add_marked(self->view, STYLE_DANGER, "✗ ", STYLE_NORMAL, text);
  }
  app_repaint(self->screen.app);
}

static void begin(RefsScreen *self, const char *asked)
{
  if (self->cancellable)
    g_cancellable_cancel(self->cancellable);
  g_clear_object(&self->cancellable);
  self->cancellable = g_cancellable_new();
  g_free(self->asked);
  g_free(self->shown);
  self->asked = g_strdup(asked);
  self->shown = text_escape(asked, -1, FALSE);
  self->loading = TRUE;
  textview_clear(self->view);
  textview_rewind(self->view);
  RefsJob *job = g_new0(RefsJob, 1);
  *job = (RefsJob){.snapshot = snapshot_ref(self->ws->snapshot), .asked = g_strdup(asked)};
  g_autoptr(GTask) task = g_task_new(NULL, self->cancellable, read_done, self);
  g_task_set_check_cancellable(task, FALSE);
  g_task_set_task_data(task, job, job_free);
  g_task_run_in_thread(task, read_thread);
}

/* ---- the screen ---- */

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_REFS;
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  RefsScreen *self = (RefsScreen *)screen;
  char buffer[32];
  g_autofree char *place = g_strdup(textview_place(self->view, buffer, sizeof buffer));
  g_autofree char *title =
      g_strdup_printf(strstr(self->asked, "..") ? _("Difference %s") : _("As of %s"), self->shown);
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, title, place);
  inside.x++;
  inside.width -= 2;
  if (self->loading) {
    canvas_put(canvas, inside.x, inside.y, STYLE_FAINT, theme_spinner(g_get_monotonic_time()));
    canvas_text(canvas, inside.x + 2, inside.y, inside.width - 2, STYLE_FAINT, _("reading git"));
  } else {
    textview_paint(self->view, canvas, inside);
  }
}

static void prompt_done(const char *text, void *data)
{
  if (text && *text)
    begin(data, text);
}

static guint act(Screen *screen, ActionId action)
{
  RefsScreen *self = (RefsScreen *)screen;
  if (textview_act(self->view, action))
    return SCREEN_DONE;
  if (action != ACTION_GRAPH_AT)
    return 0;
  PromptSpec spec = screen_refs_prompt(self->asked);
  spec.done = prompt_done;
  spec.data = self;
  app_prompt(screen->app, &spec);
  return SCREEN_DONE;
}

static TextView *text_view(Screen *screen)
{
  return ((RefsScreen *)screen)->view;
}

static gboolean animated(Screen *screen)
{
  return ((RefsScreen *)screen)->loading;
}

static void free_screen(Screen *screen)
{
  RefsScreen *self = (RefsScreen *)screen;
  g_cancellable_cancel(self->cancellable);
  g_object_unref(self->cancellable);
  textview_free(self->view);
  g_free(self->asked);
  g_free(self->shown);
  g_free(self);
}

static const ScreenClass refs_class = {
    .name = N_("Other commits"),
    .contexts = contexts,
    .paint = paint,
    .act = act,
    .text_view = text_view,
    .animated = animated,
    .free = free_screen,
};

PromptSpec screen_refs_prompt(const char *initial)
{
  return (PromptSpec){
      .label = g_strdup(_("branch, tag or commit, or a difference A..B (A..: to the files here): ")),
      .initial = g_strdup(initial)};
}

Screen *screen_refs_new(App *app, const char *asked)
{
  RefsScreen *self = g_new0(RefsScreen, 1);
  self->screen = (Screen){&refs_class, app};
  self->ws = app_workspace(app);
  self->view = textview_new();
  begin(self, asked);
  return &self->screen;
}
