#include "merge_verdict.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "retort/edit/conflict.h"

typedef struct {
  Snapshot *snapshot;
  RenderOptions options;
  GPtrArray *heads; /* Revision* of the snapshot's map */
  MergeVerdictFunc func;
  void *data;
} VerdictJob;

static void job_free(void *data)
{
  VerdictJob *job = data;
  snapshot_unref(job->snapshot);
  g_ptr_array_unref(job->heads);
  g_free(job);
}

static void line_free(void *data)
{
  VerdictLine *line = data;
  g_free(line->text);
  g_free(line);
}

void merge_verdict_free(MergeVerdict *verdict)
{
  if (!verdict)
    return;
  g_ptr_array_unref(verdict->pairs);
  g_ptr_array_unref(verdict->details);
  g_free(verdict);
}

static void add(GPtrArray *lines, VerdictWeight weight, const char *text)
{
  VerdictLine *line = g_new0(VerdictLine, 1);
  line->weight = weight;
  line->text = text_escape(text, -1, FALSE);
  g_ptr_array_add(lines, line);
}

static VerdictWeight weight_of(Verdict verdict)
{
  switch (verdict) {
  case VERDICT_INDEPENDENT: return VERDICT_CALM;
  case VERDICT_CONTRADICTORY: return VERDICT_DANGER;
  default: return VERDICT_CARE;
  }
}

static void add_change(GPtrArray *lines, const SideChange *change)
{
  g_autofree char *file = g_path_get_basename(change->revision->path);
  g_auto(GStrv) sql = g_strsplit(change->sql ? change->sql : "", "\n", 2);
  g_autofree char *text = g_strdup_printf("    %s:%u  %s", file, change->line, sql[0] ? sql[0] : "");
  add(lines, VERDICT_CALM, text);
}

static void add_pair(MergeVerdict *verdict, const ConflictPair *pair)
{
  g_autofree char *sentence = conflict_sentence(pair);
  g_autofree char *text =
      g_strdup_printf(_("%s and %s: %s"), pair->left->head->id, pair->right->head->id, sentence);
  add(verdict->pairs, weight_of(pair->verdict), text);
  add(verdict->details, weight_of(pair->verdict), text);
  for (guint i = 0; i < pair->ancestors->len; i++) {
    const Revision *ancestor = g_ptr_array_index(pair->ancestors, i);
    g_autofree char *since =
        g_strdup_printf(_("  since %s %s"), ancestor->id, ancestor->doc ? ancestor->doc : "");
    add(verdict->details, VERDICT_CALM, since);
  }
  for (guint i = 0; i < pair->clashes->len; i++) {
    const ConflictClash *clash = g_ptr_array_index(pair->clashes, i);
    g_autofree char *why = g_strconcat("  ", clash->why, NULL);
    add(verdict->details, weight_of(clash->verdict), why);
    add_change(verdict->details, clash->left);
    add_change(verdict->details, clash->right);
  }
  for (guint i = 0; i < pair->unknown->len; i++) {
    g_autofree char *unknown =
        g_strdup_printf(_("  not compared: %s"), (const char *)g_ptr_array_index(pair->unknown, i));
    add(verdict->details, VERDICT_CARE, unknown);
  }
}

/* What it does, each change with where it is written. */
static void add_side(MergeVerdict *verdict, const Conflict *conflict, const ConflictSide *side)
{
  g_autoptr(GPtrArray) changes = conflict_side_changes(conflict, side);
  guint n = side->revisions->len;
  g_autofree char *title = g_strdup_printf(ngettext("%s %s (%u revision)", "%s %s (%u revisions)", n),
                                           side->head->id, side->head->doc ? side->head->doc : "", n);
  add(verdict->details, VERDICT_CALM, "");
  add(verdict->details, VERDICT_CALM, title);
  for (guint i = 0; i < changes->len; i++) {
    const SideChange *change = g_ptr_array_index(changes, i);
    g_autofree char *file = g_path_get_basename(change->revision->path);
    g_autofree char *what = change_text(change->change);
    g_autofree char *text = g_strdup_printf("  %s  (%s:%u)", what, file, change->line);
    add(verdict->details, VERDICT_CALM, text);
  }
}

static void work(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  (void)cancellable;
  VerdictJob *job = task_data;
  g_autoptr(RenderSession) session = render_session_new(job->snapshot->project, &job->options);
  g_autoptr(Conflict) conflict = conflict_new(session, job->snapshot->map, job->heads, NULL, NULL);
  MergeVerdict *verdict = g_new0(MergeVerdict, 1);
  verdict->pairs = g_ptr_array_new_with_free_func(line_free);
  verdict->details = g_ptr_array_new_with_free_func(line_free);
  for (guint i = 0; i < conflict->pairs->len; i++)
    add_pair(verdict, g_ptr_array_index(conflict->pairs, i));
  for (guint i = 0; i < conflict->sides->len; i++)
    add_side(verdict, conflict, g_ptr_array_index(conflict->sides, i));
  g_task_return_pointer(task, verdict, (GDestroyNotify)merge_verdict_free);
}

static void worked(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  (void)data;
  VerdictJob *job = g_task_get_task_data(G_TASK(result));
  MergeVerdict *verdict = g_task_propagate_pointer(G_TASK(result), NULL);
  if (!verdict)
    return;
  job->func(verdict, job->data);
}

void merge_verdict_ask(Workspace *ws, const GPtrArray *heads, GCancellable *cancellable,
                       MergeVerdictFunc func, void *data)
{
  VerdictJob *job = g_new0(VerdictJob, 1);
  *job = (VerdictJob){snapshot_ref(ws->snapshot), ws->render_options, g_ptr_array_new(), func, data};
  for (guint i = 0; i < heads->len; i++) {
    Revision *head = revision_map_get(ws->snapshot->map, g_ptr_array_index(heads, i));
    if (head)
      g_ptr_array_add(job->heads, head);
  }
  g_autoptr(GTask) task = g_task_new(NULL, cancellable, worked, NULL);
  g_task_set_task_data(task, job, job_free);
  if (job->heads->len >= 2)
    g_task_run_in_thread(task, work);
}

void merge_verdict_add_details(const MergeVerdict *verdict, TextView *view)
{
  static const Style styles[] = {STYLE_NORMAL, STYLE_CARE, STYLE_DANGER};
  for (guint i = 0; i < verdict->details->len; i++) {
    const VerdictLine *line = g_ptr_array_index(verdict->details, i);
    textview_add(view, styles[line->weight], line->text);
  }
}
