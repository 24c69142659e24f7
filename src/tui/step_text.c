#include "step_text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "details.h"
#include "retort/base/text.h"
#include "retort/render/offline.h"
#include "retort/run/engine.h"
#include "retort/run/fallback.h"

/* NULL for a stamp. */
static const GPtrArray *forecasts_of(const PlannedScripts *planned, guint step)
{
  const Review *review = g_ptr_array_index(planned->reviews, step);
  return review ? review->forecasts : NULL;
}

char *step_text_transition(const PlanStep *step)
{
  g_autofree char *from = step->from && step->from[0] ? g_strjoinv(", ", step->from) : g_strdup("base");
  g_autofree char *to = step->to && step->to[0] ? g_strjoinv(", ", step->to) : g_strdup("base");
  g_autofree char *whole = g_strdup_printf("%s → %s", from, to);
  return text_escape(whole, -1, FALSE);
}

/* What the project's own Alembic runs, once it may. */
static gboolean by_alembic(const PlannedScripts *planned, const Script *script)
{
  const Project *project = planned->snapshot->project;
  return script && !script->error && project->config_path && alembic_takes(project, script);
}

static gboolean runnable(const PlannedScripts *planned, const Script *script)
{
  if (by_alembic(planned, script))
    return fallback_allowed(planned->snapshot->project);
  return !script || (!script->error && (script->state == RENDER_EXACT || script->answered));
}

char *step_text_obstacle(const PlannedScripts *planned)
{
  for (guint i = 0; i < planned->scripts->len; i++) {
    const Script *script = g_ptr_array_index(planned->scripts, i);
    const PlanStep *step = g_ptr_array_index(planned->plan->steps, i);
    if (runnable(planned, script))
      continue;
    if (by_alembic(planned, script))
      return g_strdup_printf(script->state == RENDER_PYTHON
                                 ? _("%s needs Python: y lets the project's own Alembic run it")
                                 : _("%s is for the project's own Alembic: y lets it run"),
                             step->revision->id);
    g_autofree char *file = g_path_get_basename(step->revision->path);
    const RenderReason *reason = script->reasons->len ? g_ptr_array_index(script->reasons, 0) : NULL;
    guint line = script->error ? script->error_line : reason ? reason->line : 0;
    const char *what = script->error ? script->error : reason ? reason->what : "";
    g_autofree char *whole = g_strdup_printf(_("cannot be run by retort: %s:%u: %s"), file, line, what);
    return text_escape(whole, -1, FALSE);
  }
  return NULL;
}

static void add_losses(GString *out, const Forecast *forecast)
{
  for (guint i = 0; i < forecast->losses->len; i++) {
    const ForecastLoss *loss = g_ptr_array_index(forecast->losses, i);
    const char *separator = out->len ? ", " : "";
    switch (loss->kind) {
    case LOSS_TABLE:
      g_string_append_printf(out, _("%stable %s"), separator, forecast_display(loss->relation));
      break;
    case LOSS_COLUMN:
      g_string_append_printf(out, _("%scolumn %s.%s"), separator, forecast_display(loss->relation),
                             loss->column);
      break;
    case LOSS_ROWS:
      g_string_append_printf(out, _("%srows of %s"), separator, forecast_display(loss->relation));
      break;
    case LOSS_OTHER:
      g_string_append_printf(out, "%s%s", separator, loss->relation ? forecast_display(loss->relation) : "?");
      break;
    }
  }
}

char *step_text_losses(const PlannedScripts *planned)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (guint i = 0; i < planned->reviews->len; i++) {
    const GPtrArray *forecasts = forecasts_of(planned, i);
    for (guint j = 0; forecasts && j < forecasts->len; j++)
      add_losses(out, g_ptr_array_index(forecasts, j));
  }
  return out->len ? text_escape(out->str, -1, FALSE) : NULL;
}

/* ---- Findings -------------------------------------------------------------------------------------------------- */

/* Named before a plan runs: more of them nobody reads, and all of them stand at their statements below. */
#define WORST_IN_QUESTION 3
#define WORST_ON_CARD 4

static int by_severity(gconstpointer a, gconstpointer b)
{
  const Finding *first = *(Finding *const *)a, *second = *(Finding *const *)b;
  return (int)second->severity - (int)first->severity;
}

/* Finding* of all steps, the worst first, those of a step in its order. */
static GPtrArray *findings_of(const PlannedScripts *planned, Severity at_least)
{
  GPtrArray *all = g_ptr_array_new();
  for (guint i = 0; i < planned->reviews->len; i++) {
    const Review *review = g_ptr_array_index(planned->reviews, i);
    g_autoptr(GArray) placed = review ? review_worst_findings(review, at_least, 0) : NULL;
    for (guint k = 0; placed && k < placed->len; k++)
      g_ptr_array_add(all, (void *)g_array_index(placed, PlacedFinding, k).finding);
  }
  g_ptr_array_sort(all, by_severity);
  return all;
}

static char *escaped_finding(const Finding *finding)
{
  g_autofree char *text = finding_text(finding);
  return text_escape(text, -1, FALSE);
}

char *step_text_dangers(const PlannedScripts *planned)
{
  g_autoptr(GPtrArray) dangers = findings_of(planned, SEVERITY_DANGER);
  g_autoptr(GString) names = g_string_new(NULL);
  if (dangers->len == 0)
    return NULL;
  for (guint i = 0; i < dangers->len && i < WORST_IN_QUESTION; i++) {
    g_autofree char *text = escaped_finding(g_ptr_array_index(dangers, i));
    g_string_append_printf(names, "%s%s", i > 0 ? "; " : "", text);
  }
  if (dangers->len > WORST_IN_QUESTION)
    g_string_append(names, "; ...");
  return g_strdup_printf(ngettext("%u danger: %s", "%u dangers: %s", dangers->len), dangers->len, names->str);
}

static void add_findings(const StepText *step, TextView *view)
{
  g_autoptr(GPtrArray) findings = findings_of(step->planned, SEVERITY_CARE);
  for (guint i = 0; i < findings->len && i < WORST_ON_CARD; i++) {
    const Finding *finding = g_ptr_array_index(findings, i);
    gboolean danger = finding->severity == SEVERITY_DANGER;
    g_autofree char *text = escaped_finding(finding);
    textview_add_marked(view, danger ? STYLE_DANGER : STYLE_CARE, danger ? "‼ " : "! ",
                        danger ? STYLE_DANGER : STYLE_CARE, text);
  }
  guint more = findings->len > WORST_ON_CARD ? findings->len - WORST_ON_CARD : 0;
  if (more) {
    g_autofree char *text =
        g_strdup_printf(ngettext("%u more finding below", "%u more findings below", more), more);
    textview_add_marked(view, STYLE_CARE, "! ", STYLE_CARE, text);
  }
}

GPtrArray *step_text_relations(const PlannedScripts *planned)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < planned->reviews->len; i++) {
    const GPtrArray *forecasts = forecasts_of(planned, i);
    for (guint j = 0; forecasts && j < forecasts->len; j++) {
      const Forecast *forecast = g_ptr_array_index(forecasts, j);
      for (guint k = 0; k < forecast->locks->len; k++) {
        const ForecastLock *lock = g_ptr_array_index(forecast->locks, k);
        if (!lock->is_new && lock->table == NULL &&
            !g_ptr_array_find_with_equal_func(names, lock->relation, g_str_equal, NULL))
          g_ptr_array_add(names, g_strdup(lock->relation));
      }
    }
  }
  return names;
}

/* Statements */

typedef struct {
  TextView *view;
  guint number;     /* of the next statement */
  gboolean open;    /* a transaction is */
  GHashTable *told; /* notes */
} Writer;

static void set_open(Writer *writer, gboolean open)
{
  if (writer->open != open)
    textview_add(writer->view, STYLE_TITLE, open ? "BEGIN" : "COMMIT");
  writer->open = open;
}

static void add_statement(Writer *writer, const char *sql)
{
  char prefix[16];
  g_snprintf(prefix, sizeof prefix, "%3u  ", ++writer->number);
  textview_add_sql(writer->view, 5, prefix, sql);
}

static void add_row_ops(const StepText *step, Writer *writer, const PlanStep *plan_step)
{
  set_open(writer, TRUE);
  for (guint i = 0; i < plan_step->row_ops->len; i++) {
    g_autofree char *sql =
        version_row_sql(step->planned->snapshot->project, g_ptr_array_index(plan_step->row_ops, i));
    add_statement(writer, sql);
  }
  set_open(writer, FALSE);
}

static void add_script(const StepText *step, Writer *writer, guint skip, const Script *script,
                       const GPtrArray *forecasts)
{
  TableSizes sizes = {step->facts ? step->facts->relations : NULL, step->facts ? step->facts->tables : NULL};
  for (guint i = 0; i < script->statements->len; i++) {
    const Statement *statement = g_ptr_array_index(script->statements, i);
    set_open(writer, !statement->autocommit);
    if (statement->autocommit)
      textview_add(writer->view, STYLE_CARE,
                   _("outside a transaction (autocommit): a failure here cannot be rolled back"));
    if (i < skip)
      textview_add(writer->view, STYLE_DONE, _("✓ done already by an earlier rollout, not run again:"));
    add_statement(writer, statement->sql);
    if (i < forecasts->len)
      forecast_text_add(writer->view, g_ptr_array_index(forecasts, i), &sizes, writer->told);
  }
}

/* Who sends the statements, when it is not plainly retort, and why. */
static void add_engine(const StepText *step, TextView *view, const Script *script, const Revision *revision)
{
  g_autofree char *file = g_path_get_basename(revision->path);
  const RenderReason *reason = script->reasons->len ? g_ptr_array_index(script->reasons, 0) : NULL;
  if (script->state == RENDER_DATABASE && script->answered) {
    g_autofree char *text = g_strdup_printf(
        _("rests on what the database answered just now (%s:%u); it is asked again in the step's own "
          "transaction, and another answer stops it"),
        file, reason ? reason->line : 0);
    textview_add_marked(view, STYLE_CARE, "⟲ ", STYLE_NORMAL, text);
  }
  if (by_alembic(step->planned, script) && fallback_allowed(step->planned->snapshot->project)) {
    g_autofree char *text =
        script->state == RENDER_PYTHON
            ? g_strdup_printf(_("run by the project's own Alembic, for %s:%u: %s"), file,
                              reason ? reason->line : 0, reason ? reason->what : "")
            : g_strdup(_("run by the project's own Alembic, as the configuration says (engine = alembic)"));
    textview_add_marked(view, STYLE_CARE, "λ ", STYLE_NORMAL, text);
    if (script->engine)
      textview_add(view, STYLE_FAINT,
                   _("  what it says it will send (alembic --sql); online it may differ:"));
  }
}

static void add_step(const StepText *step, TextView *view, guint index, guint *number, GHashTable *told)
{
  const PlannedScripts *planned = step->planned;
  const PlanStep *plan_step = g_ptr_array_index(planned->plan->steps, index);
  const Script *script = g_ptr_array_index(planned->scripts, index);
  g_autofree char *transition = step_text_transition(plan_step);
  const char *doc = plan_step->revision && plan_step->revision->doc ? plan_step->revision->doc : "";
  g_autofree char *title = g_strdup_printf("%s  %s", transition, doc);
  textview_add(view, STYLE_ACCENT | STYLE_BOLD, title);
  gboolean whole = !script || (!script->error && (script->state == RENDER_EXACT || script->answered ||
                                                  (runnable(planned, script) && script->engine)));
  if (script)
    add_engine(step, view, script, plan_step->revision);
  if (!whole) {
    details_add_script(view, script, forecasts_of(planned, index), plan_step->revision->path);
    return;
  }
  const char *const *prepare = workspace_prepare(step->ws, plan_step);
  for (; prepare && *prepare; prepare++) {
    textview_add(view, STYLE_CARE, _("first, outside a transaction, what was left behind:"));
    textview_add_sql(view, 5, "     ", *prepare);
  }
  Writer writer = {view, *number, FALSE, told};
  if (script)
    add_script(step, &writer, workspace_done_already(step->ws, plan_step), script,
               forecasts_of(planned, index));
  if (script)
    forecast_text_add_held(view, script, forecasts_of(planned, index));
  add_row_ops(step, &writer, plan_step);
  *number = writer.number;
  textview_add(view, STYLE_NORMAL, "");
}

/* What stands above the statements */

static void add_item(TextView *view, const PreflightItem *item)
{
  static const struct {
    const char *mark;
    Style style, text_style;
  } looks[] = {[PREFLIGHT_OK] = {"  ✓ ", STYLE_DONE, STYLE_FAINT},
               [PREFLIGHT_WARNING] = {"  ! ", STYLE_CARE, STYLE_CARE},
               [PREFLIGHT_STOP] = {"  ‼ ", STYLE_DANGER, STYLE_DANGER}};
  textview_add_marked(view, looks[item->level].style, looks[item->level].mark, looks[item->level].text_style,
                      item->text);
  if (item->advice && item->level != PREFLIGHT_OK)
    textview_add_marked(view, STYLE_DONE, "    → ", STYLE_NORMAL, item->advice);
}

static guint count_items(const GPtrArray *items, PreflightLevel level)
{
  guint n = 0;
  for (guint i = 0; i < items->len; i++)
    n += ((const PreflightItem *)g_ptr_array_index(items, i))->level == level;
  return n;
}

static void add_card(const StepText *step, TextView *view)
{
  const GPtrArray *card = step->facts ? step->facts->card : NULL;
  if (!card) {
    const char *why = step->facts ? step->facts->card_error : NULL;
    textview_add_marked(view, why ? STYLE_CARE : STYLE_FAINT, why ? "! " : "  ",
                        why ? STYLE_CARE : STYLE_FAINT, why ? why : _("preflight: looking ..."));
    return;
  }
  guint stops = count_items(card, PREFLIGHT_STOP), warnings = count_items(card, PREFLIGHT_WARNING);
  g_autofree char *some = g_strdup_printf(ngettext("%u warning", "%u warnings", warnings), warnings);
  g_autofree char *bad = g_strdup_printf(ngettext("%u stop", "%u stops", stops), stops);
  g_autofree char *text =
      g_strdup_printf(_("preflight: %u ok, %s, %s"), count_items(card, PREFLIGHT_OK), some, bad);
  Style style = stops ? STYLE_DANGER : warnings ? STYLE_CARE : STYLE_DONE;
  textview_add_marked(view, style | STYLE_BOLD,
                      stops      ? "‼ "
                      : warnings ? "! "
                                 : "✓ ",
                      style | STYLE_BOLD, text);
  for (int level = PREFLIGHT_STOP; level >= (int)PREFLIGHT_WARNING; level--)
    for (guint i = 0; i < card->len; i++) {
      const PreflightItem *item = g_ptr_array_index(card, i);
      if ((int)item->level == level)
        add_item(view, item);
    }
}

static void add_backup(const StepText *step, TextView *view)
{
  const RolloutPolicy *policy = step->policy;
  g_autofree char *text = NULL;
  Style style = STYLE_NORMAL;
  if (step->backup == BACKUP_CHOICE_SKIP || policy->backup == BACKUP_POLICY_NO) {
    style = STYLE_CARE;
    text = g_strdup(policy->backup == BACKUP_POLICY_NO
                        ? _("backup: none, as the configuration says; the record keeps that")
                        : _("backup: none, as chosen here; the record keeps that (b changes it)"));
  } else if (step->backup == BACKUP_CHOICE_TAKE || policy->backup == BACKUP_POLICY_REQUIRED) {
    text = g_strdup_printf(_("backup: taken first, into %s"), policy->backup_folder);
  } else {
    text = g_strdup(_("backup: asked about before the first statement (b decides now)"));
  }
  textview_add_marked(view, STYLE_FAINT, "  ", style, text);
}

static void add_policy(const StepText *step, TextView *view)
{
  const RolloutPolicy *policy = step->policy;
  if (policy->ddl_lock_timeout_ms > 0)
    textview_addf(
        view, STYLE_FAINT,
        ngettext("  a statement that waits longer than %.1f s for a lock is rolled back and tried again, "
                 "%u time at most",
                 "  a statement that waits longer than %.1f s for a lock is rolled back and tried again, "
                 "%u times at most",
                 policy->retries),
        policy->ddl_lock_timeout_ms / 1000.0, policy->retries);
  else
    textview_add(view, STYLE_CARE, _("  a statement waits for locks as long as it takes; t sets a time-out"));
}

/* What goes, with what it holds now once that is counted. */
static void add_losses_counted(const StepText *step, TextView *view)
{
  const GPtrArray *counts = step->facts ? step->facts->losses : NULL;
  for (guint i = 0; counts && i < counts->len; i++) {
    const LossCount *count = g_ptr_array_index(counts, i);
    g_autofree char *text = loss_count_text(count);
    gboolean empty = count->missing || count->rows == 0 || count->non_null == 0;
    textview_add_marked(view, empty ? STYLE_FAINT : STYLE_DANGER, "  - ", empty ? STYLE_FAINT : STYLE_DANGER,
                        text);
  }
}

/* A sentence, and below it what was and what is. */
static void add_difference(TextView *view, const char *text)
{
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    textview_add_marked(view, STYLE_DANGER, i ? "      " : "  - ",
                        i && lines[i][0] == '-'   ? STYLE_REMOVED
                        : i && lines[i][0] == '+' ? STYLE_ADDED
                                                  : STYLE_NORMAL,
                        lines[i]);
}

/* What was reviewed, against what is there now. */
static void add_pinned(const StepText *step, TextView *view)
{
  if (!step->pinned)
    return;
  guint n = step->differences ? step->differences->len : 0;
  g_autofree char *text = g_strdup_printf(!step->differences ? _("from %s: comparing ...")
                                          : n ? _("from %s: this differs from what was reviewed")
                                              : _("from %s: all is as it was reviewed"),
                                          step->pinned);
  Style style = n ? STYLE_DANGER : step->differences ? STYLE_DONE : STYLE_FAINT;
  textview_add_marked(view, style, n ? "‼ " : step->differences ? "✓ " : "  ", style, text);
  for (guint i = 0; i < n; i++)
    add_difference(view, g_ptr_array_index(step->differences, i));
}

static void add_warnings(const StepText *step, TextView *view)
{
  g_autofree char *losses = step_text_losses(step->planned);
  if (losses) {
    g_autofree char *text = g_strdup_printf(_("data is gone afterwards: %s"), losses);
    textview_add_marked(view, STYLE_DANGER, "‼ ", STYLE_DANGER, text);
    add_losses_counted(step, view);
  }
  add_findings(step, view);
  for (guint i = 0; i < step->planned->plan->warnings->len; i++)
    textview_add_marked(view, STYLE_CARE, "! ", STYLE_CARE,
                        g_ptr_array_index(step->planned->plan->warnings, i));
  if (step->planned->problem)
    textview_add_marked(view, STYLE_CARE, "! ", STYLE_CARE, step->planned->problem);
}

/* The whole card, for who wants to see what was looked at. */
static void add_passed(const StepText *step, TextView *view)
{
  const GPtrArray *card = step->facts ? step->facts->card : NULL;
  if (!card)
    return;
  textview_add(view, STYLE_TITLE, _("Preflight: what is fine"));
  for (guint i = 0; i < card->len; i++) {
    const PreflightItem *item = g_ptr_array_index(card, i);
    if (item->level == PREFLIGHT_OK)
      add_item(view, item);
  }
}

void step_text_write(const StepText *step, TextView *view)
{
  guint number = 0;
  g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  textview_clear(view);
  add_pinned(step, view);
  add_warnings(step, view);
  add_card(step, view);
  add_backup(step, view);
  add_policy(step, view);
  textview_add(view, STYLE_NORMAL, "");
  for (guint i = 0; i < step->planned->plan->steps->len; i++)
    add_step(step, view, i, &number, told);
  add_passed(step, view);
}
