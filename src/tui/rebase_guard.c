#include "rebase_guard.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/settings.h"
#include "retort/base/text.h"
#include "retort/edit/uses.h"
#include "retort/run/standing.h"

/* Columns of names of those who have not answered. */
#define MANY_NAMES 40

struct RebaseGuard {
  App *app;
  void (*news)(void *data);
  void *data;
  GuardPurpose purpose;
  Snapshot *snapshot;
  GPtrArray *moved; /* Revision* of snapshot->map */
  StandingSurvey *survey;
  GCancellable *cancellable; /* of the question to git; NULL: none is under way */
  GPtrArray *uses;           /* RevisionUse*, or NULL */
  char *problem;             /* why git did not answer */
  gboolean git_known;
  char *wanted; /* the difference to be written as soon as all have answered; or NULL */
  Guard *guard; /* of all answers so far; NULL while nothing has moved */
};

RebaseGuard *rebase_guard_new(App *app, void (*news)(void *data), void *data)
{
  RebaseGuard *guard = g_new0(RebaseGuard, 1);
  guard->app = app;
  guard->news = news;
  guard->data = data;
  guard->moved = g_ptr_array_new();
  return guard;
}

static void stop_git(RebaseGuard *guard)
{
  if (guard->cancellable)
    g_cancellable_cancel(guard->cancellable);
  g_clear_object(&guard->cancellable);
}

void rebase_guard_free(RebaseGuard *guard)
{
  if (!guard)
    return;
  stop_git(guard);
  standing_survey_free(guard->survey);
  guard_free(guard->guard);
  g_clear_pointer(&guard->uses, g_ptr_array_unref);
  g_ptr_array_unref(guard->moved);
  snapshot_unref(guard->snapshot);
  g_free(guard->problem);
  g_free(guard->wanted);
  g_free(guard);
}

void rebase_guard_set_purpose(RebaseGuard *guard, GuardPurpose purpose)
{
  guard->purpose = purpose;
}

/* The sentences anew from all answers. */
static void judge(RebaseGuard *guard)
{
  g_clear_pointer(&guard->guard, guard_free);
  if (guard->moved->len == 0)
    return;
  guard->guard = guard_new(guard->snapshot->map, guard->moved, guard->purpose);
  const GPtrArray *list = standing_survey_list(guard->survey);
  for (guint i = 0; i < list->len; i++) {
    const Standing *standing = g_ptr_array_index(list, i);
    GuardDatabase database = {standing->name, standing->production, (const char *const *)standing->rows,
                              standing->problem};
    if (standing->answered)
      guard_add_database(guard->guard, &database);
  }
  if (guard->git_known)
    guard_add_uses(guard->guard, guard->uses, guard->problem);
  if (!rebase_guard_asking(guard))
    guard_verdict(guard->guard);
}

static void database_answered(StandingSurvey *survey, void *data)
{
  (void)survey;
  RebaseGuard *guard = data;
  judge(guard);
  guard->news(guard->data);
}

static void ask_databases(RebaseGuard *guard)
{
  const Workspace *ws = app_workspace(guard->app);
  g_autoptr(Settings) settings = settings_load(NULL, NULL);
  guard->survey = standing_survey_new(guard->snapshot->project, settings, ws->params, ws->database_name,
                                      database_answered, guard);
}

/* Git, in a thread */

typedef struct {
  RebaseGuard *guard;
  Snapshot *snapshot;
  GPtrArray *moved;
} UsesJob;

static void uses_job_free(void *data)
{
  UsesJob *job = data;
  snapshot_unref(job->snapshot);
  g_ptr_array_unref(job->moved);
  g_free(job);
}

static void uses_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  const UsesJob *job = task_data;
  GError *error = NULL;
  GPtrArray *uses =
      revision_uses(job->snapshot->project, job->snapshot->map, job->moved, cancellable, &error);
  if (uses)
    g_task_return_pointer(task, uses, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error(task, error);
}

static void uses_known(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  (void)data;
  g_autoptr(GError) error = NULL;
  const UsesJob *job = g_task_get_task_data(G_TASK(result));
  g_autoptr(GPtrArray) uses = g_task_propagate_pointer(G_TASK(result), &error);
  if (g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
    return;
  RebaseGuard *guard = job->guard;
  g_clear_object(&guard->cancellable);
  guard->git_known = TRUE;
  guard->uses = g_steal_pointer(&uses);
  guard->problem = error ? g_strdup(error->message) : NULL;
  judge(guard);
  guard->news(guard->data);
}

static void ask_git(RebaseGuard *guard)
{
  stop_git(guard);
  g_clear_pointer(&guard->uses, g_ptr_array_unref);
  g_clear_pointer(&guard->problem, g_free);
  guard->git_known = FALSE;
  if (guard->moved->len == 0)
    return;
  UsesJob *job = g_new0(UsesJob, 1);
  *job = (UsesJob){guard, snapshot_ref(guard->snapshot), g_ptr_array_copy(guard->moved, NULL, NULL)};
  guard->cancellable = g_cancellable_new();
  g_autoptr(GTask) task = g_task_new(NULL, guard->cancellable, uses_known, NULL);
  g_task_set_task_data(task, job, uses_job_free);
  g_task_run_in_thread(task, uses_thread);
}

void rebase_guard_ask(RebaseGuard *guard, Snapshot *snapshot, const GPtrArray *moved)
{
  if (snapshot != guard->snapshot) {
    snapshot_unref(guard->snapshot);
    guard->snapshot = snapshot_ref(snapshot);
  }
  g_ptr_array_set_size(guard->moved, 0);
  for (guint i = 0; i < moved->len; i++)
    g_ptr_array_add(guard->moved, g_ptr_array_index(moved, i));
  if (!guard->survey)
    ask_databases(guard);
  ask_git(guard);
  judge(guard);
}

gboolean rebase_guard_asking(const RebaseGuard *guard)
{
  return guard->moved->len > 0 && (guard->cancellable || !standing_survey_done(guard->survey));
}

const char *rebase_guard_refusal(RebaseGuard *guard)
{
  for (guint i = 0; guard->guard && i < guard->guard->reasons->len; i++) {
    const GuardReason *reason = g_ptr_array_index(guard->guard->reasons, i);
    if (reason->weight == GUARD_REFUSE)
      return reason->text;
  }
  return NULL;
}

void rebase_guard_want(RebaseGuard *guard, const char *difference)
{
  g_free(guard->wanted);
  guard->wanted = g_strdup(difference);
}

gboolean rebase_guard_wanted(const RebaseGuard *guard)
{
  return guard->wanted != NULL;
}

void rebase_guard_forget(RebaseGuard *guard)
{
  g_clear_pointer(&guard->wanted, g_free);
}

gboolean rebase_guard_due(RebaseGuard *guard, const char *difference)
{
  if (!guard->wanted || rebase_guard_asking(guard))
    return FALSE;
  g_autofree char *wanted = g_steal_pointer(&guard->wanted);
  if (g_strcmp0(wanted, difference) == 0)
    return TRUE;
  app_message(guard->app, STYLE_CARE, "%s",
              _("not written: files have changed meanwhile; Enter writes what is shown now"));
  return FALSE;
}

char *rebase_guard_question(RebaseGuard *guard)
{
  guint n = 0;
  for (guint i = 0; guard->guard && i < guard->guard->reasons->len; i++)
    n += ((const GuardReason *)g_ptr_array_index(guard->guard->reasons, i))->weight == GUARD_CONFIRM ? 1 : 0;
  return n == 0 ? NULL
                : g_strdup_printf(ngettext("%u reason against it is named above.",
                                           "%u reasons against it are named above.", n),
                                  n);
}

/* Painting */

static guint reasons(const RebaseGuard *guard)
{
  return guard->guard ? guard->guard->reasons->len : 0;
}

guint rebase_guard_lines(const RebaseGuard *guard, guint limit)
{
  return MIN(reasons(guard) + (rebase_guard_asking(guard) ? 1 : 0), limit);
}

static const char *const marks[] = {"✓ ", "! ", "‼ "};
static const Style styles[] = {STYLE_FAINT, STYLE_CARE, STYLE_DANGER};

/* The gravest first, so that a small window shows what counts. */
static int paint_weight(const RebaseGuard *guard, GuardVerdict weight, Canvas *canvas, Rect rect, int line)
{
  for (guint i = 0; i < reasons(guard) && line < rect.height; i++) {
    const GuardReason *reason = g_ptr_array_index(guard->guard->reasons, i);
    if (reason->weight != weight)
      continue;
    int x = rect.x + 1 + canvas_text(canvas, rect.x + 1, rect.y + line, -1, styles[weight], marks[weight]);
    canvas_text_clipped(canvas, x, rect.y + line++, rect.x + rect.width - x, styles[weight], reason->text);
  }
  return line;
}

/* Who has not answered yet; the caller's. */
static char *still_asked(const RebaseGuard *guard)
{
  g_autoptr(GString) names = g_string_new(NULL);
  const GPtrArray *list = standing_survey_list(guard->survey);
  guint more = 0;
  for (guint i = 0; i < list->len; i++) {
    const Standing *standing = g_ptr_array_index(list, i);
    if (standing->answered)
      continue;
    if (names->len > MANY_NAMES)
      more++;
    else
      g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", standing->name);
  }
  if (more > 0)
    g_string_append_printf(names, _(" and %u more"), more);
  if (guard->cancellable)
    g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", "git");
  g_autofree char *shown = text_escape(names->str, -1, FALSE);
  return g_strdup_printf(guard->wanted ? _("writes as soon as %s answered; Esc takes it back")
                                       : _("asking %s who has it"),
                         shown);
}

void rebase_guard_paint(const RebaseGuard *guard, Canvas *canvas, Rect rect)
{
  int line = 0;
  if (rebase_guard_asking(guard))
    rect.height--; /* the last line says who is asked */
  for (int weight = GUARD_REFUSE; weight >= GUARD_FREE; weight--)
    line = paint_weight(guard, (GuardVerdict)weight, canvas, rect, line);
  if (!rebase_guard_asking(guard) || rect.height < 0)
    return;
  canvas_put(canvas, rect.x + 1, rect.y + line, STYLE_FAINT, theme_spinner(g_get_monotonic_time()));
  g_autofree char *text = still_asked(guard);
  canvas_text_clipped(canvas, rect.x + 3, rect.y + line, rect.width - 3,
                      guard->wanted ? STYLE_CARE | STYLE_BOLD : STYLE_FAINT, text);
}

void rebase_guard_fill(const RebaseGuard *guard, TextView *view)
{
  textview_clear(view);
  for (guint i = 0; i < reasons(guard); i++) {
    const GuardReason *reason = g_ptr_array_index(guard->guard->reasons, i);
    textview_add_marked(view, styles[reason->weight], marks[reason->weight], styles[reason->weight],
                        reason->text);
  }
}
