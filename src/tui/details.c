#include "details.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "forecast_text.h"
#include "retort/base/file.h"
#include "retort/base/text.h"
#include "review_text.h"

/* Until then the old text stays, so that nothing flickers. */
#define PATIENCE_US (150 * 1000)

struct Details {
  App *app;
  TextView *view;
  DetailsTab tab;
  char *shown; /* key of what is shown: id and tab */
  char *id;    /* of the selected revision, or NULL */
  Snapshot *snapshot;
  const Revision *revision; /* of snapshot, or NULL */
  char *path;               /* file to show */
  guint line;               /* of it, from 1; 0: the top */
  char *sentence;           /* instead of or above a file */
  char *heading;
  GArray *marks; /* guint: lines of the view at which the review's findings begin */
  int mark;      /* the one that was gone to, or -1 */
  GCancellable *pending;
  gint64 asked;
};

Details *details_new(App *app)
{
  Details *details = g_new0(Details, 1);
  details->app = app;
  details->view = textview_new();
  details->marks = g_array_new(FALSE, FALSE, sizeof(guint));
  return details;
}

static void stop(Details *details)
{
  if (details->pending)
    g_cancellable_cancel(details->pending);
  g_clear_object(&details->pending);
}

static void forget(Details *details)
{
  stop(details);
  g_clear_pointer(&details->id, g_free);
  g_clear_pointer(&details->path, g_free);
  g_clear_pointer(&details->sentence, g_free);
  g_clear_pointer(&details->heading, g_free);
  g_clear_pointer(&details->snapshot, snapshot_unref);
  details->revision = NULL;
  details->line = 0;
}

void details_free(Details *details)
{
  if (!details)
    return;
  forget(details);
  textview_free(details->view);
  g_array_unref(details->marks);
  g_free(details->shown);
  g_free(details);
}

TextView *details_text(Details *details)
{
  return details->view;
}

DetailsTab details_tab(const Details *details)
{
  return details->tab;
}

gboolean details_finding(Details *details, int direction)
{
  int wanted = details->mark < 0 && direction < 0 ? -1 : details->mark + direction;
  if (details->tab != TAB_REVIEW || wanted < 0 || wanted >= (int)details->marks->len)
    return FALSE;
  details->mark = wanted;
  textview_show_line(details->view, g_array_index(details->marks, guint, wanted));
  return TRUE;
}

gboolean details_loading(const Details *details)
{
  return details->pending != NULL;
}

/* Text of a script */

static void add_reasons(TextView *view, const Script *script, const char *path)
{
  g_autofree char *file = path ? g_path_get_basename(path) : g_strdup("");
  gboolean database = script->state == RENDER_DATABASE;
  if (script->error) {
    g_autofree char *text =
        g_strdup_printf(_("%s:%u: Alembic fails here too: %s"), file, script->error_line, script->error);
    textview_add_marked(view, STYLE_DANGER, "‼ ", STYLE_DANGER, text);
  }
  if (script->state == RENDER_EXACT)
    return;
  textview_add(view, STYLE_CARE | STYLE_BOLD,
               database ? _("⟲ needs the database: what it answers decides what is sent")
                        : _("λ needs Python: retort cannot know what this migration sends"));
  for (guint i = 0; i < script->reasons->len; i++) {
    const RenderReason *reason = g_ptr_array_index(script->reasons, i);
    g_autofree char *where = reason->path ? g_path_get_basename(reason->path) : g_strdup(file);
    g_autofree char *text = g_strdup_printf("%s:%u: %s", where, reason->line, reason->what);
    textview_add_marked(view, STYLE_CARE, "  ", STYLE_NORMAL, text);
  }
  textview_add(view, STYLE_NORMAL, "");
  if (script->statements->len > 0)
    textview_add(view, STYLE_FAINT, _("certain up to there:"));
}

void details_add_script(TextView *view, const Script *script, const GPtrArray *forecasts, const char *path)
{
  static const TableSizes unknown = {NULL, NULL};
  g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  add_reasons(view, script, path);
  gboolean autocommit = FALSE;
  for (guint i = 0; i < script->statements->len; i++) {
    const Statement *statement = g_ptr_array_index(script->statements, i);
    if (statement->autocommit != autocommit)
      textview_add(view, STYLE_FAINT,
                   statement->autocommit ? _("outside a transaction (autocommit):")
                                         : _("in a transaction again:"));
    autocommit = statement->autocommit;
    textview_add_sql(view, 0, NULL, statement->sql);
    if (i < forecasts->len)
      forecast_text_add(view, g_ptr_array_index(forecasts, i), &unknown, told);
    textview_add(view, STYLE_NORMAL, "");
  }
  forecast_text_add_held(view, script, forecasts);
  if (script->statements->len == 0 && script->state == RENDER_EXACT && !script->error)
    textview_add(view, STYLE_FAINT, _("no statements: only the position moves"));
}

/* Loading */

typedef struct {
  Details *details;
  char *path;
  gboolean git;
  char *text; /* result */
  gsize len;
} FileJob;

static void file_job_free(void *data)
{
  FileJob *job = data;
  g_free(job->path);
  g_free(job->text);
  g_free(job);
}

static void finish(Details *details)
{
  g_clear_object(&details->pending);
  app_repaint(details->app);
}

static void begin(Details *details)
{
  textview_clear(details->view);
  g_array_set_size(details->marks, 0);
  details->mark = -1;
  if (details->heading)
    textview_add(details->view, STYLE_FAINT, details->heading);
  if (details->sentence) {
    textview_add(details->view, STYLE_CARE, details->sentence);
    textview_add(details->view, STYLE_NORMAL, "");
  }
}

static void add_review(Details *details, const RenderedScript *rendered)
{
  review_text_add(details->view, rendered->script, rendered->review, details->marks);
  details->mark = 0; /* the first is in sight */
}

static void script_arrived(RenderedScript *rendered, void *data)
{
  Details *details = data;
  g_autoptr(RenderedScript) taken = rendered;
  begin(details);
  if (details->tab == TAB_REVIEW)
    add_review(details, taken);
  else
    details_add_script(details->view, taken->script, taken->review->forecasts, details->path);
  finish(details);
}

static void read_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  (void)cancellable;
  FileJob *job = task_data;
  GError *error = NULL;
  job->text =
      job->git ? git_file_log(job->path, &error) : file_read(job->path, FILE_LIMIT, &job->len, NULL, &error);
  if (job->text && job->git)
    job->len = strlen(job->text);
  if (error)
    g_task_return_error(task, error);
  else
    g_task_return_boolean(task, TRUE);
}

static void add_names(TextView *view, const char *what, char **names)
{
  if (!names || !names[0])
    return;
  g_autofree char *joined = g_strjoinv(", ", names);
  g_autofree char *text = g_strdup_printf("%-14s%s", what, joined);
  textview_add(view, STYLE_NORMAL, text);
}

/* What the file says of itself, above what git says of it. */
static void add_facts(Details *details)
{
  const Revision *revision = details->revision;
  if (!revision)
    return;
  TextView *view = details->view;
  add_names(view, _("revision"), (char *[]){revision->id, NULL});
  add_names(view, _("revises"), revision->down_revision);
  add_names(view, _("depends on"), revision->depends_on);
  add_names(view, _("labels"), revision->branch_labels);
  add_names(view, _("created"), (char *[]){revision->create_date, NULL});
  const Project *project = details->snapshot->project;
  g_autofree char *folder = project->config_path ? g_path_get_dirname(project->config_path) : NULL;
  g_autofree char *path = folder ? file_relative(revision->path, folder) : g_strdup(revision->path);
  add_names(view, _("file"), (char *[]){path, NULL});
  textview_add(view, STYLE_NORMAL, "");
}

static void file_arrived(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  (void)data;
  g_autoptr(GError) error = NULL;
  FileJob *job = g_task_get_task_data(G_TASK(result));
  gboolean done = g_task_propagate_boolean(G_TASK(result), &error);
  if (g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
    return;
  Details *details = job->details;
  begin(details);
  if (job->git)
    add_facts(details);
  if (!done)
    textview_add_marked(details->view, STYLE_CARE, "! ", STYLE_CARE, error->message);
  else if (job->git && (!job->text || !*job->text))
    textview_add(details->view, STYLE_FAINT, _("git does not know this file yet: git add brings it in"));
  else if (job->git)
    textview_add_code(details->view, LANGUAGE_DIFF, 0, NULL, job->text, (gssize)job->len);
  else
    textview_add_numbered(details->view, LANGUAGE_PYTHON, job->text, (gssize)job->len);
  if (!job->git && details->line > 0)
    textview_show_line(details->view, details->line - 1);
  finish(details);
}

static void ask_file(Details *details, gboolean git)
{
  FileJob *job = g_new0(FileJob, 1);
  *job = (FileJob){.details = details, .path = g_strdup(details->path), .git = git};
  g_autoptr(GTask) task = g_task_new(NULL, details->pending, file_arrived, NULL);
  g_task_set_task_data(task, job, file_job_free);
  g_task_run_in_thread(task, read_thread);
}

static void load(Details *details)
{
  stop(details);
  const Workspace *ws = app_workspace(details->app);
  gboolean git = ws->git && ws->git->available;
  if (details->tab == TAB_GIT && details->revision && !git) {
    begin(details);
    add_facts(details);
    g_autofree char *reason =
        ws->git && ws->git->reason ? text_escape(ws->git->reason, -1, FALSE) : g_strdup("");
    textview_addf(details->view, STYLE_FAINT, _("no git here: authors, ages and branches come from it  %s"),
                  reason);
    return;
  }
  if (!details->path || (details->tab != TAB_SOURCE && !details->revision && !details->line)) {
    begin(details);
    return;
  }
  details->pending = g_cancellable_new();
  details->asked = g_get_monotonic_time();
  if (details->revision && details->tab != TAB_SOURCE && details->tab != TAB_GIT)
    workspace_render(app_workspace(details->app), details->revision,
                     details->tab == TAB_DOWNGRADE ? DIRECTION_DOWNGRADE : DIRECTION_UPGRADE,
                     details->pending, script_arrived, details);
  else
    ask_file(details, details->tab == TAB_GIT && details->revision);
}

/* Selection */

static void take_revision(Details *details, const Workspace *ws, const GraphSelection *selection)
{
  details->snapshot = snapshot_ref(ws->snapshot);
  details->revision = selection->revision;
  details->path = g_strdup(selection->revision->path);
  if (selection->folded > 1)
    details->heading =
        g_strdup_printf(ngettext("the newest of %u applied revision; Enter unfolds",
                                 "the newest of %u applied revisions; Enter unfolds", selection->folded),
                        selection->folded);
}

static void take_foreign(Details *details, const ForeignNote *note)
{
  g_autofree char *age = text_age(note->time, g_get_real_time() / G_USEC_PER_SEC);
  details->sentence =
      g_strdup_printf(_("This revision is not in the files here, only on branch %s (commit %.7s, %s, %s "
                        "ago). Check that branch out, or merge it, to see its SQL and to run it."),
                      note->ref, note->commit ? note->commit : "", note->author ? note->author : "?", age);
}

void details_show(Details *details, const GraphSelection *selection, gboolean refresh)
{
  const Workspace *ws = app_workspace(details->app);
  const char *id = selection->revision  ? selection->revision->id
                   : selection->foreign ? selection->foreign->revision->id
                   : selection->text    ? selection->text
                                        : "";
  g_autofree char *key = g_strdup_printf("%d %u %d %u %s", details->tab, ws->generation, ws->server_version,
                                         selection->folded, id);
  if (!refresh && g_strcmp0(key, details->shown) == 0)
    return;
  gboolean same = g_strcmp0(details->id, id) == 0;
  g_free(details->shown);
  details->shown = g_steal_pointer(&key);
  forget(details);
  details->id = g_strdup(id);
  if (selection->revision) {
    take_revision(details, ws, selection);
  } else if (selection->foreign) {
    take_foreign(details, selection->foreign);
  } else if (selection->text) {
    details->sentence = g_strdup(selection->text);
    details->path = selection->diag ? g_strdup(selection->diag->path) : NULL;
    details->line = selection->diag ? MAX(selection->diag->line, 1) : 0;
  }
  if (!same || !refresh)
    textview_rewind(details->view);
  load(details);
}

void details_set_tab(Details *details, DetailsTab tab)
{
  details->tab = tab;
}

/* Painting */

static const char *tab_name(DetailsTab tab)
{
  switch (tab) {
  case TAB_UPGRADE: return _("Upgrade");
  case TAB_DOWNGRADE: return _("Downgrade");
  case TAB_SOURCE: return _("Source");
  case TAB_GIT: return _("Git");
  default: return _("Review");
  }
}

int details_tab_at(const Details *details, int column)
{
  (void)details;
  int x = 1;
  for (DetailsTab tab = 0; tab < N_TABS; tab++) {
    int width = text_width(tab_name(tab));
    if (column >= x && column < x + width)
      return (int)tab;
    x += width + 2;
  }
  return -1;
}

static void paint_tabs(const Details *details, Canvas *canvas, Rect rect, gboolean focused)
{
  int x = rect.x + 1;
  for (DetailsTab tab = 0; tab < N_TABS; tab++) {
    Style style = tab == details->tab ? (focused ? STYLE_ACCENT : STYLE_NORMAL) | STYLE_BOLD | STYLE_UNDERLINE
                                      : STYLE_FAINT;
    x += canvas_text(canvas, x, rect.y, rect.x + rect.width - x, style, tab_name(tab)) + 2;
  }
  char buffer[32];
  const char *place = textview_place(details->view, buffer, sizeof buffer);
  int width = text_width(place);
  if (x + width <= rect.x + rect.width)
    canvas_text(canvas, rect.x + rect.width - width, rect.y, -1, STYLE_FAINT, place);
}

void details_paint(Details *details, Canvas *canvas, Rect rect, gboolean focused)
{
  Rect tabs = rect_cut_top(&rect, 1);
  rect_cut_left(&rect, 1);
  gint64 now = g_get_monotonic_time();
  if (details->pending && now - details->asked > PATIENCE_US)
    canvas_put(canvas, rect.x, rect.y, STYLE_FAINT, theme_spinner(now));
  else
    textview_paint(details->view, canvas, rect);
  paint_tabs(details, canvas, tabs, focused);
}
