#include "run_log.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "step_text.h"

#define RESULT_ROWS_MOST 12

struct RunLog {
  char *name;
  guint n_steps;
  TextView *view;
  TextView *result;
  SupervisionOutcome outcome; /* once ended */
  gint64 ended;
  guint n_statements; /* of the step */
  guint statement;    /* shown number of the one under way */
  gint64 began;       /* it, monotonic; 0: none */
  gboolean inside;    /* a transaction is open */
  gboolean foreign;   /* the project's own Alembic runs the step */
  gboolean paused;
  gboolean held;   /* the next attempt waits for the operator */
  char *why;       /* of the pause */
  gint64 retry_at; /* > 0: waiting to try again */
  guint attempt;   /* of the transaction, from 1 */
  guint retries;   /* altogether */
  /* What failed, for the end. */
  guint failed_step, failed_statement;
  char *fate;
};

RunLog *run_log_new(const char *name, guint n_steps)
{
  RunLog *log = g_new0(RunLog, 1);
  log->name = g_strdup(name);
  log->n_steps = n_steps;
  log->view = textview_new();
  textview_follow(log->view);
  log->result = textview_new();
  log->attempt = 1;
  return log;
}

void run_log_free(RunLog *log)
{
  if (!log)
    return;
  textview_free(log->view);
  textview_free(log->result);
  g_free(log->name);
  g_free(log->why);
  g_free(log->fate);
  g_free(log);
}

TextView *run_log_view(RunLog *log)
{
  return log->view;
}

gboolean run_log_paused(const RunLog *log)
{
  return log->paused;
}

gboolean run_log_held(const RunLog *log)
{
  return log->held;
}

gint64 run_log_retry_at(const RunLog *log)
{
  return log->retry_at;
}

gint64 run_log_began(const RunLog *log)
{
  return log->began;
}

gboolean run_log_inside(const RunLog *log)
{
  return log->inside;
}

gboolean run_log_succeeded(const RunLog *log)
{
  return log->ended && log->outcome == SUPERVISED_DONE;
}

gint64 run_log_ended(const RunLog *log)
{
  return log->ended;
}

void run_log_step(RunLog *log, const PlanStep *step, guint n_statements, const char *engine)
{
  log->n_statements = n_statements;
  log->statement = 0;
  log->attempt = 1;
  log->foreign = engine != NULL;
  g_autofree char *transition = step_text_transition(step);
  g_autofree char *title =
      g_strdup_printf("%s  %s", transition, step->revision && step->revision->doc ? step->revision->doc : "");
  textview_add(log->view, STYLE_ACCENT | STYLE_BOLD, title);
  if (engine)
    textview_add_marked(log->view, STYLE_CARE, "λ ", STYLE_NORMAL, engine);
}

void run_log_resume(RunLog *log)
{
  log->paused = FALSE;
  log->held = FALSE;
  log->retry_at = 0;
  g_clear_pointer(&log->why, g_free);
}

void run_log_hold(RunLog *log)
{
  log->held = log->retry_at != 0;
}

void run_log_note(RunLog *log, Style style, const char *mark, const char *text)
{
  textview_add_marked(log->view, style, mark, style == STYLE_ACCENT ? STYLE_NORMAL : style, text);
}

/* What the server said, with all its details. */
static void add_error(TextView *view, const GError *error)
{
  const PgErrorInfo *info = pg_error_info(error);
  if (!info || !info->message) {
    textview_add_marked(view, STYLE_DANGER, "✗ ", STYLE_DANGER, error->message);
    return;
  }
  g_autofree char *text =
      g_strdup_printf("%s %s %s", info->severity ? info->severity : "ERROR", info->sqlstate, info->message);
  textview_add_marked(view, STYLE_DANGER, "✗ ", STYLE_DANGER, text);
  const char *more[] = {info->detail, info->hint, info->context};
  for (gsize i = 0; i < G_N_ELEMENTS(more); i++)
    if (more[i] && *more[i])
      textview_add_marked(view, STYLE_NORMAL, "  ", STYLE_NORMAL, more[i]);
}

static char *position(char **rows)
{
  if (!rows)
    return g_strdup(_("an unknown revision"));
  return rows[0] ? g_strjoinv(", ", rows) : g_strdup("base");
}

/* "shop stands at abc.  2 steps, 1 m 02 s, 3 retries, ..." */
static char *success_text(const RunLog *log, const RunEnd *end)
{
  g_autofree char *rows = position(end->rows);
  g_autofree char *since = text_duration(end->elapsed_s);
  GString *out = g_string_new(NULL);
  g_string_append_printf(
      out, ngettext("%s stands at %s.  %u step, %s", "%s stands at %s.  %u steps, %s", log->n_steps),
      log->name, rows, log->n_steps, since);
  if (log->retries > 0)
    g_string_append_printf(out, ngettext(", %u retry", ", %u retries", log->retries), log->retries);
  if (end->longest_s > 0) {
    g_autofree char *longest = text_duration(end->longest_s);
    g_string_append_printf(out, _(", longest anyone waited for us %s"), longest);
  }
  return g_string_free(out, FALSE);
}

static void add_failure(RunLog *log, const RunEnd *end)
{
  TextView *view = log->result;
  if (end->outcome == SUPERVISED_CANCELLED) {
    textview_add_marked(view, STYLE_CARE | STYLE_BOLD, "✗ ", STYLE_CARE | STYLE_BOLD, _("cancelled"));
    return;
  }
  g_autofree char *where = log->failed_statement
                               ? g_strdup_printf(_("failed in step %u of %u, statement %u:"),
                                                 log->failed_step + 1, log->n_steps, log->failed_statement)
                               : g_strdup(_("failed:"));
  textview_add_marked(view, STYLE_DANGER, "✗ ", STYLE_DANGER, where);
  if (end->error)
    add_error(view, end->error);
}

void run_log_end(RunLog *log, const RunEnd *end)
{
  TextView *view = log->result;
  log->ended = g_get_monotonic_time();
  log->outcome = end->outcome;
  log->began = 0;
  run_log_resume(log);
  if (end->outcome == SUPERVISED_DONE) {
    g_autofree char *text = success_text(log, end);
    textview_add_marked(view, STYLE_DONE | STYLE_BOLD, "✓ ", STYLE_DONE | STYLE_BOLD, text);
    textview_add_marked(view, STYLE_FAINT, "  ", STYLE_FAINT, _("Enter goes back"));
    return;
  }
  add_failure(log, end);
  if (log->fate && *log->fate)
    textview_add_marked(view, STYLE_NORMAL, "  ", STYLE_NORMAL, log->fate);
  if (end->unknown)
    textview_add_marked(view, STYLE_DANGER, "  ", STYLE_DANGER,
                        _("Nobody can tell whether the last statement took effect: look."));
  g_autofree char *rows = position(end->rows);
  g_autofree char *text = g_strdup_printf(_("%s stands at %s."), log->name, rows);
  textview_add_marked(view, STYLE_NORMAL, "  ", STYLE_TITLE, text);
  textview_add_marked(view, STYLE_FAINT, "  ", STYLE_FAINT,
                      _("r plans and runs the rest again, Enter goes back"));
}

/* Checks and locks */

void run_log_items(RunLog *log, const char *what, const GPtrArray *items)
{
  guint warnings = 0, stops = 0;
  for (guint i = 0; i < items->len; i++) {
    const PreflightItem *item = g_ptr_array_index(items, i);
    warnings += item->level == PREFLIGHT_WARNING;
    stops += item->level == PREFLIGHT_STOP;
  }
  g_autofree char *checks =
      g_strdup_printf(ngettext("%s: %u check", "%s: %u checks", items->len), what, items->len);
  g_autofree char *found = g_strdup_printf(ngettext(", %u warning", ", %u warnings", warnings), warnings);
  g_autofree char *bad = g_strdup_printf(ngettext(", %u stop", ", %u stops", stops), stops);
  g_autofree char *text = g_strconcat(checks, warnings ? found : "", stops ? bad : "", NULL);
  Style style = stops ? STYLE_DANGER : warnings ? STYLE_CARE : STYLE_DONE;
  textview_add_marked(log->view, style, stops ? "‼ " : warnings ? "! " : "✓ ", STYLE_NORMAL, text);
  for (guint i = 0; i < items->len; i++) {
    const PreflightItem *item = g_ptr_array_index(items, i);
    if (item->level == PREFLIGHT_OK)
      continue;
    Style level = item->level == PREFLIGHT_STOP ? STYLE_DANGER : STYLE_CARE;
    textview_add_marked(log->view, level, item->level == PREFLIGHT_STOP ? "  ‼ " : "  ! ", level, item->text);
    if (item->advice)
      textview_add_marked(log->view, STYLE_DONE, "    → ", STYLE_NORMAL, item->advice);
  }
}

static const char *short_name(const char *relation)
{
  return g_str_has_prefix(relation, "public.") ? relation + strlen("public.") : relation;
}

static const ForecastLock *foreseen_lock(const GPtrArray *foreseen, const char *relation)
{
  const ForecastLock *found = NULL;
  for (guint i = 0; i < foreseen->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(foreseen, i);
    if (strcmp(short_name(lock->relation), short_name(relation)) == 0 && (!found || lock->mode > found->mode))
      found = lock;
  }
  return found;
}

static gboolean is_table(const HeldLock *lock)
{
  return lock->kind == 'r' || lock->kind == 'p' || lock->kind == 'm' || lock->kind == 'f';
}

void run_log_locks(RunLog *log, const GPtrArray *held, const GPtrArray *foreseen)
{
  gboolean titled = FALSE;
  for (guint i = 0; i < held->len; i++) {
    const HeldLock *lock = g_ptr_array_index(held, i);
    if (!is_table(lock) || !lock->granted)
      continue;
    if (!titled)
      textview_add_marked(log->view, STYLE_FAINT, "     ", STYLE_FAINT, _("locks held now:"));
    titled = TRUE;
    const ForecastLock *forecast = foreseen_lock(foreseen, lock->relation);
    gboolean weak = lock->mode <= LOCK_MODE_ROW_EXCLUSIVE;
    gboolean more = !weak && (!forecast || forecast->mode < lock->mode);
    g_autofree char *text =
        g_strdup_printf("%-20s  %-22s  %s", short_name(lock->relation), lock_mode_name(lock->mode),
                        more && forecast ? _("more than foreseen")
                        : more           ? _("not foreseen")
                        : forecast       ? _("as foreseen")
                                         : "");
    textview_add_marked(log->view, more ? STYLE_CARE : STYLE_FAINT, more ? "     ! " : "       ",
                        more ? STYLE_CARE : STYLE_FAINT, text);
  }
}

void run_log_engine(RunLog *log, const EngineEvent *event)
{
  g_autofree char *text = NULL;
  switch (event->kind) {
  case ENGINE_STARTED:
    log->began = g_get_monotonic_time();
    textview_add_marked(log->view, STYLE_TITLE, "$ ", STYLE_TITLE, event->text ? event->text : "");
    break;
  case ENGINE_OUTPUT:
    textview_add_marked(log->view, STYLE_FAINT, "  ", STYLE_NORMAL, event->text ? event->text : "");
    break;
  case ENGINE_BACKEND:
    text = event->pid ? g_strdup_printf(_("its session at the server: %d"), event->pid)
                      : g_strdup(_("its session at the server was not found: its locks are not shown"));
    textview_add_marked(log->view, event->pid ? STYLE_FAINT : STYLE_CARE, event->pid ? "  " : "! ",
                        event->pid ? STYLE_FAINT : STYLE_CARE, text);
    break;
  case ENGINE_DONE:
    log->began = 0;
    text = text_duration(event->elapsed_s);
    textview_add_marked(log->view, STYLE_DONE, "  ✓ ", STYLE_FAINT, text);
    break;
  case ENGINE_FAILED:
    log->began = 0;
    if (event->error)
      add_error(log->view, event->error);
    break;
  }
}

static void begin_statement(RunLog *log, const RolloutEvent *event)
{
  char prefix[16];
  log->statement = event->statement == ROLLOUT_VERSION_TABLE ? 0 : event->statement + 1;
  log->began = g_get_monotonic_time();
  log->inside = event->in_transaction;
  if (log->statement)
    g_snprintf(prefix, sizeof prefix, "%3u  ", log->statement);
  else
    g_strlcpy(prefix, "     ", sizeof prefix);
  textview_add_sql(log->view, 5, prefix, event->sql ? event->sql : "");
}

static void add_retry(RunLog *log, const RolloutEvent *event)
{
  log->paused = TRUE;
  log->began = 0;
  log->inside = FALSE;
  log->retry_at = g_get_monotonic_time() + (gint64)(event->wait_s * G_USEC_PER_SEC);
  log->attempt = event->attempt;
  log->retries++;
  if (event->error)
    add_error(log->view, event->error);
  g_free(log->why);
  log->why = g_strdup_printf(_("rolled back; try %u"), event->attempt);
  textview_addf(log->view, STYLE_CARE, _("     rolled back; try %u follows"), event->attempt);
}

static void take_fate(RunLog *log, const RolloutEvent *event)
{
  log->began = 0;
  log->inside = FALSE;
  run_log_resume(log);
  g_free(log->fate);
  log->fate = g_strdup(event->text);
}

static void add_failed(RunLog *log, const RolloutEvent *event)
{
  log->failed_step = event->step;
  log->failed_statement = log->statement;
  take_fate(log, event);
  if (event->error)
    add_error(log->view, event->error);
}

/* "before a statement: ALTER TABLE orders ...", in one line. */
static char *pause_reason(const RolloutEvent *event)
{
  gboolean commit = g_strcmp0(event->sql, "COMMIT") == 0;
  g_autofree char *whole = event->sql && !commit
                               ? g_strdup_printf("%s: %s", event->text ? event->text : "", event->sql)
                               : g_strdup(event->text ? event->text : "");
  g_strdelimit(whole, "\n\t", ' ');
  return text_escape(whole, -1, FALSE);
}

void run_log_event(RunLog *log, const RolloutEvent *event)
{
  g_autofree char *since = text_duration(event->elapsed_s);
  g_autofree char *text = NULL;
  switch (event->kind) {
  case ROLLOUT_EVENT_BEGIN:
    run_log_resume(log);
    log->inside = TRUE;
    textview_add(log->view, STYLE_TITLE, "BEGIN");
    break;
  case ROLLOUT_EVENT_STATEMENT: begin_statement(log, event); break;
  case ROLLOUT_EVENT_STATEMENT_DONE:
    log->began = 0;
    text = g_strdup_printf("%s  %s", event->text ? event->text : "", since);
    textview_add_marked(log->view, STYLE_DONE, "     ✓ ", STYLE_FAINT, text);
    break;
  case ROLLOUT_EVENT_NOTICE:
    textview_add_marked(log->view, STYLE_CARE, "     ! ", STYLE_NORMAL, event->text ? event->text : "");
    break;
  case ROLLOUT_EVENT_COMMIT:
    log->inside = FALSE;
    textview_add(log->view, STYLE_TITLE, "COMMIT");
    break;
  case ROLLOUT_EVENT_STEP_DONE: textview_add(log->view, STYLE_NORMAL, ""); break;
  case ROLLOUT_EVENT_PAUSED:
    log->paused = TRUE;
    log->began = 0;
    g_free(log->why);
    log->why = pause_reason(event);
    break;
  case ROLLOUT_EVENT_RETRY: add_retry(log, event); break;
  case ROLLOUT_EVENT_FAILED: add_failed(log, event); break;
  case ROLLOUT_EVENT_CANCELLED: take_fate(log, event); break;
  default: break;
  }
}

char *run_log_title(const RunLog *log)
{
  if (log->ended)
    return g_strdup(log->outcome == SUPERVISED_DONE        ? _("Done")
                    : log->outcome == SUPERVISED_CANCELLED ? _("Cancelled")
                                                           : _("Failed"));
  if (log->paused)
    return g_strdup(log->retry_at ? _("Waiting to try again") : _("Paused"));
  if (log->foreign)
    return g_strdup(_("The project's own Alembic"));
  return log->statement ? g_strdup_printf(_("Statement %u of %u"), log->statement, log->n_statements)
                        : g_strdup(_("Starting"));
}

char *run_log_try(const RunLog *log)
{
  return log->attempt > 1 && !log->ended ? g_strdup_printf(_("try %u"), log->attempt) : g_strdup("");
}

char *run_log_now(const RunLog *log, gint64 now)
{
  if (log->held)
    return g_strdup_printf(_("%s waits for you; Enter: now, Esc: give up"), log->why);
  if (log->retry_at) {
    g_autofree char *left = text_duration(MAX((double)(log->retry_at - now) / G_USEC_PER_SEC, 0));
    return g_strdup_printf(_("%s in %s; Enter: now, w: wait, Esc: give up"), log->why, left);
  }
  if (log->paused)
    return g_strdup_printf(_("paused %s"), log->why ? log->why : "");
  if (log->began)
    return text_duration((double)(now - log->began) / G_USEC_PER_SEC);
  return g_strdup(_("working"));
}

int run_log_result_rows(RunLog *log, int width)
{
  /* Wrapped lines: counted as if each took its width. */
  g_autofree char *text = textview_text(log->result);
  int rows = 2;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] && lines[i + 1]; i++)
    rows += 1 + text_width(lines[i]) / MAX(width, 1);
  return MIN(rows, RESULT_ROWS_MOST);
}

void run_log_paint_result(RunLog *log, Canvas *canvas, Rect rect)
{
  Style style = log->outcome == SUPERVISED_DONE        ? STYLE_DONE
                : log->outcome == SUPERVISED_CANCELLED ? STYLE_CARE
                                                       : STYLE_DANGER;
  g_autofree char *title = run_log_title(log);
  Rect inside = canvas_box(canvas, rect, style, style, title, NULL);
  textview_paint(log->result, canvas, inside);
}
