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
  RolloutEventKind outcome; /* DONE, FAILED or CANCELLED, once ended */
  gint64 ended;
  guint n_statements; /* of the step */
  guint statement;    /* shown number of the one under way */
  gint64 began;       /* it, monotonic; 0: none */
  gboolean paused;
  char *why;       /* of the pause */
  gint64 retry_at; /* > 0: waiting to try again */
};

RunLog *run_log_new(const char *name, guint n_steps)
{
  RunLog *log = g_new0(RunLog, 1);
  log->name = g_strdup(name);
  log->n_steps = n_steps;
  log->view = textview_new();
  textview_follow(log->view);
  log->result = textview_new();
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

gboolean run_log_succeeded(const RunLog *log)
{
  return log->ended && log->outcome == ROLLOUT_EVENT_DONE;
}

gint64 run_log_ended(const RunLog *log)
{
  return log->ended;
}

void run_log_step(RunLog *log, const PlanStep *step, guint n_statements)
{
  log->n_statements = n_statements;
  g_autofree char *transition = step_text_transition(step);
  g_autofree char *title =
      g_strdup_printf("%s  %s", transition, step->revision && step->revision->doc ? step->revision->doc : "");
  textview_add(log->view, STYLE_ACCENT | STYLE_BOLD, title);
}

void run_log_resume(RunLog *log)
{
  log->paused = FALSE;
  log->retry_at = 0;
  g_clear_pointer(&log->why, g_free);
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

static void add_result(RunLog *log, const RolloutEvent *event)
{
  g_autofree char *rows = position(event->rows);
  g_autofree char *since = text_duration(event->elapsed_s);
  TextView *view = log->result;
  g_autofree char *text = NULL;
  if (event->kind == ROLLOUT_EVENT_DONE) {
    text = g_strdup_printf(
        ngettext("%s stands at %s.  %u step, %s", "%s stands at %s.  %u steps, %s", log->n_steps), log->name,
        rows, log->n_steps, since);
    textview_add_marked(view, STYLE_DONE | STYLE_BOLD, "✓ ", STYLE_DONE | STYLE_BOLD, text);
    textview_add_marked(view, STYLE_FAINT, "  ", STYLE_FAINT, _("Enter goes back"));
    return;
  }
  if (event->kind == ROLLOUT_EVENT_FAILED) {
    g_autofree char *where = g_strdup_printf(_("failed in step %u of %u, statement %u:"), event->step + 1,
                                             log->n_steps, log->statement);
    textview_add_marked(view, STYLE_DANGER, "✗ ", STYLE_DANGER, where);
    if (event->error)
      add_error(view, event->error);
  } else {
    textview_add_marked(view, STYLE_CARE | STYLE_BOLD, "✗ ", STYLE_CARE | STYLE_BOLD, _("cancelled"));
  }
  if (event->text && *event->text)
    textview_add_marked(view, STYLE_NORMAL, "  ", STYLE_NORMAL, event->text);
  if (event->outcome_unknown)
    textview_add_marked(view, STYLE_DANGER, "  ", STYLE_DANGER,
                        _("Nobody can tell whether the last statement took effect: look."));
  text = g_strdup_printf(_("%s stands at %s."), log->name, rows);
  textview_add_marked(view, STYLE_NORMAL, "  ", STYLE_TITLE, text);
  textview_add_marked(view, STYLE_FAINT, "  ", STYLE_FAINT,
                      _("r plans and runs the rest again, Enter goes back"));
}

static void end(RunLog *log, const RolloutEvent *event)
{
  log->ended = g_get_monotonic_time();
  log->outcome = event->kind;
  log->began = 0;
  log->paused = FALSE;
  add_result(log, event);
}

static void begin_statement(RunLog *log, const RolloutEvent *event)
{
  char prefix[16];
  log->statement = event->statement == ROLLOUT_VERSION_TABLE ? 0 : event->statement + 1;
  log->began = g_get_monotonic_time();
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
  log->retry_at = g_get_monotonic_time() + (gint64)(event->wait_s * G_USEC_PER_SEC);
  if (event->error)
    add_error(log->view, event->error);
  g_free(log->why);
  log->why = g_strdup_printf(_("rolled back; try %u"), event->attempt);
  textview_addf(log->view, STYLE_CARE, _("     rolled back; try %u follows"), event->attempt);
}

/* "before a statement: ALTER TABLE orders ...", in one line. */
static char *pause_reason(const RolloutEvent *event)
{
  g_autofree char *whole = event->sql ? g_strdup_printf("%s: %s", event->text ? event->text : "", event->sql)
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
    log->retry_at = 0;
    log->paused = FALSE;
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
  case ROLLOUT_EVENT_COMMIT: textview_add(log->view, STYLE_TITLE, "COMMIT"); break;
  case ROLLOUT_EVENT_STEP_DONE: textview_add(log->view, STYLE_NORMAL, ""); break;
  case ROLLOUT_EVENT_PAUSED:
    log->paused = TRUE;
    log->began = 0;
    g_free(log->why);
    log->why = pause_reason(event);
    break;
  case ROLLOUT_EVENT_RETRY: add_retry(log, event); break;
  case ROLLOUT_EVENT_FAILED:
  case ROLLOUT_EVENT_CANCELLED:
  case ROLLOUT_EVENT_DONE: end(log, event); break;
  default: break;
  }
}

char *run_log_title(const RunLog *log)
{
  if (log->ended)
    return g_strdup(log->outcome == ROLLOUT_EVENT_DONE        ? _("Done")
                    : log->outcome == ROLLOUT_EVENT_CANCELLED ? _("Cancelled")
                                                              : _("Failed"));
  if (log->paused)
    return g_strdup(log->retry_at ? _("Waiting to try again") : _("Paused"));
  return log->statement ? g_strdup_printf(_("Statement %u of %u"), log->statement, log->n_statements)
                        : g_strdup(_("Starting"));
}

char *run_log_now(const RunLog *log, gint64 now)
{
  if (log->retry_at) {
    g_autofree char *left = text_duration(MAX((double)(log->retry_at - now) / G_USEC_PER_SEC, 0));
    return g_strdup_printf(_("%s in %s; Enter: now, Esc: give up"), log->why, left);
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
  Style style = log->outcome == ROLLOUT_EVENT_DONE        ? STYLE_DONE
                : log->outcome == ROLLOUT_EVENT_CANCELLED ? STYLE_CARE
                                                          : STYLE_DANGER;
  g_autofree char *title = run_log_title(log);
  Rect inside = canvas_box(canvas, rect, style, style, title, NULL);
  textview_paint(log->result, canvas, inside);
}
