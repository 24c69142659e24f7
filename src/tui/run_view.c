#include "run_view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "lockview.h"
#include "retort/base/text.h"
#include "retort/run/brake.h"

#define WIDE 100
/* From here on locks held and foreseen stand beside the statements. */
#define VERY_WIDE 160
#define STEPS_WIDTH 40
#define LOCKS_WIDTH 56
#define STEPS_ROWS 5
#define BAR_WIDTH 20
#define LIVE_ROWS 3
#define QUESTION_ROWS_MOST 14

static const char *short_name(const char *relation)
{
  return g_str_has_prefix(relation, "public.") ? relation + strlen("public.") : relation;
}

/* Answers and keys */

static const struct {
  SupervisionAnswer answer;
  ActionId action;
} answers[] = {
    {ANSWER_OVERRIDE, ACTION_OVERRIDE}, {ANSWER_AGAIN, ACTION_RETRY},
    {ANSWER_ALLOW, ACTION_ALLOW},       {ANSWER_BACKUP, ACTION_TAKE_BACKUP},
    {ANSWER_SKIP, ACTION_SKIP_BACKUP},  {ANSWER_CANCEL_STATEMENT, ACTION_BRAKE},
    {ANSWER_RETRY, ACTION_RETRY},       {ANSWER_CLEANUP, ACTION_CLEAN_UP},
    {ANSWER_FINISH, ACTION_COMPLETE},   {ANSWER_GO_ON, ACTION_WAIT},
    {ANSWER_ABORT, ACTION_CANCEL},
};

ActionId run_view_action(SupervisionAnswer answer)
{
  for (gsize i = 0; i < G_N_ELEMENTS(answers); i++)
    if (answers[i].answer == answer)
      return answers[i].action;
  return ACTION_NONE;
}

SupervisionAnswer run_view_answer(const RunState *state, ActionId action)
{
  for (gsize i = 0; i < G_N_ELEMENTS(answers); i++)
    if (answers[i].action == action && (state->answers & answers[i].answer))
      return answers[i].answer;
  return 0;
}

const char *run_view_pause(RolloutPause pause)
{
  switch (pause) {
  case ROLLOUT_PAUSE_STATEMENT: return _("pauses before each statement");
  case ROLLOUT_PAUSE_COMMIT: return _("pauses before each COMMIT");
  case ROLLOUT_PAUSE_MIGRATION: return _("pauses after this step");
  case ROLLOUT_PAUSE_WARNING: return _("pauses at each warning");
  default: return "";
  }
}

/* Steps */

static void paint_step(const RunState *state, guint index, Canvas *canvas, Rect rect)
{
  const PlanStep *step = run_state_step(state, index);
  const RunStep *mark = &state->steps[index];
  static const gunichar glyphs[] = {' ', GLYPH_CURRENT, GLYPH_DONE, GLYPH_FAILED};
  static const Style styles[] = {STYLE_FAINT, STYLE_ACCENT | STYLE_BOLD, STYLE_DONE, STYLE_DANGER};
  canvas_put(canvas, rect.x, rect.y, styles[mark->mark], glyphs[mark->mark]);
  g_autofree char *since = mark->mark == STEP_DONE              ? text_duration(mark->elapsed_s)
                           : mark->engine == SUPERVISED_ALEMBIC ? g_strdup("λ")
                                                                : g_strdup("");
  int width = text_width(since);
  g_autofree char *whole = g_strdup_printf("%s  %s", step->revision ? step->revision->id : "base",
                                           step->revision && step->revision->doc ? step->revision->doc : "");
  g_autofree char *shown = text_escape(whole, -1, FALSE);
  canvas_text_clipped(canvas, rect.x + 2, rect.y, rect.width - 3 - width,
                      mark->mark == STEP_RUNNING ? STYLE_TITLE : STYLE_NORMAL, shown);
  canvas_text(canvas, rect.x + rect.width - width, rect.y, width, STYLE_FAINT, since);
}

/* A window over the steps that keeps the current one in sight. */
static void paint_steps(const RunState *state, Canvas *canvas, Rect rect)
{
  guint n = state->planned->plan->steps->len, height = (guint)MAX(rect.height, 0);
  guint top = state->step >= height ? state->step - height + 1 : 0;
  if (top + height < n && state->step == top + height - 1 && height > 1)
    top++;
  for (guint i = 0; i < height && top + i < n; i++)
    paint_step(state, top + i, canvas, (Rect){rect.x, rect.y + (int)i, rect.width, 1});
}

/* What moves: since when, for what and because of whom */

static void put_line(Canvas *canvas, Rect *rect, Style style, const char *text)
{
  Rect line = rect_cut_top(rect, 1);
  if (line.height > 0)
    canvas_text_clipped(canvas, line.x + 2, line.y, line.width - 2, style, text);
}

/* " (brake at 20 sessions or 10 s)" */
static char *brake_text(const RunState *state)
{
  const BrakeLimits *limits = &state->policy->brake;
  if (state->policy->brake_action == BRAKE_OFF || (limits->waiting == 0 && limits->longest_s <= 0))
    return g_strdup(_("; no brake"));
  g_autofree char *since = limits->longest_s > 0 ? text_duration(limits->longest_s) : g_strdup("-");
  return g_strdup_printf(state->policy->brake_action == BRAKE_CANCEL ? _("; brake at %u or %s")
                                                                     : _("; asks at %u or %s"),
                         limits->waiting, since);
}

static void paint_blast(const RunState *state, const LockNode *own, Canvas *canvas, Rect *rect)
{
  g_auto(Blast) blast;
  blast_measure(state->report->snapshot, own->pid, &blast);
  if (blast.waiting == 0)
    return;
  g_autofree char *since = text_duration(blast.longest_s);
  g_autofree char *applications = text_escape(blast.applications ? blast.applications : "", -1, FALSE);
  g_autofree char *brake = brake_text(state);
  g_autofree char *text = g_strdup_printf(
      ngettext("before %u session that waits behind us for %s: %s%s",
               "before %u sessions that wait behind us, the longest for %s: %s%s", blast.waiting),
      blast.waiting, since, applications, brake);
  put_line(canvas, rect, STYLE_CARE, text);
}

static void paint_culprit(const RunState *state, Canvas *canvas, Rect *rect)
{
  const LockNode *node = run_state_culprit(state);
  if (!node)
    return;
  g_autofree char *who = lockview_describe(node);
  g_autofree char *lock = lockview_lock(node);
  g_autofree char *text = node->lock_mode ? g_strdup_printf(_("behind %s: holds %s"), who, lock)
                                          : g_strdup_printf(_("behind %s"), who);
  put_line(canvas, rect, STYLE_CARE, text);
}

static void append_bar(GString *out, double fraction)
{
  for (int i = 0; i < BAR_WIDTH; i++)
    g_string_append(out, i < (int)(fraction * BAR_WIDTH) ? "█" : "░");
  g_string_append_printf(out, " %3.0f%%  ", fraction * 100);
}

static void paint_progress(const Progress *progress, Canvas *canvas, Rect *rect)
{
  g_autoptr(GString) out = g_string_new(NULL);
  double overall = progress->overall >= 0 ? progress->overall : progress->fraction;
  if (overall >= 0)
    append_bar(out, overall);
  g_string_append(out, progress->phase && *progress->phase ? progress->phase : progress->command);
  if (progress->fraction >= 0 && progress->fraction < 1 && progress->overall >= 0 && !progress->waits_for)
    g_string_append_printf(out, " %.0f%%", progress->fraction * 100);
  if (progress->waits_for)
    g_string_append_printf(out, _(", waits for %d"), progress->waits_for);
  g_autofree char *shown = text_escape(out->str, -1, FALSE);
  put_line(canvas, rect, progress->waits_for ? STYLE_CARE : STYLE_NORMAL, shown);
}

static const char *phase_text(const RunState *state)
{
  switch (state->phase) {
  case PHASE_CONNECTING: return _("connecting");
  case PHASE_MUTEX: return state->holder ? state->holder : _("making sure that nobody else rolls out here");
  case PHASE_ROWS: return _("reading the position again");
  case PHASE_PREFLIGHT: return _("preflight: is this a good moment?");
  case PHASE_AFTERMATH: return _("looking at what was left behind");
  case PHASE_VERIFY: return _("verifying the result");
  default: return NULL;
  }
}

static char *backup_text(const RunState *state)
{
  const RunBackup *backup = &state->backup;
  GString *out = g_string_new(NULL);
  if (!backup->begun)
    return g_string_free(g_string_append(out, _("backup: starting pg_dump")), FALSE);
  if (backup->kind == BACKUP_VERIFYING)
    return g_string_free(g_string_append(out, _("backup: reading it back with pg_restore")), FALSE);
  if (backup->total > 0)
    append_bar(out, MIN((double)backup->done / (double)backup->total, 1));
  g_autofree char *since = text_duration(backup->elapsed_s);
  g_string_append_printf(out, _("backup, %s"), since);
  if (backup->remaining_s >= 0) {
    g_autofree char *left = text_duration(backup->remaining_s);
    g_string_append_printf(out, _(", about %s left"), left);
  }
  if (backup->table)
    g_string_append_printf(out, "  %s", backup->table);
  g_autofree char *shown = text_escape(out->str, -1, FALSE);
  g_string_free(out, TRUE);
  return g_steal_pointer(&shown);
}

/* How long our session has waited by now: since the look at the locks, but not longer than its statement runs. */
static double waited(const RunState *state, const LockNode *own, gint64 now)
{
  gint64 began = run_log_began(state->log);
  double since = own->wait_s + (double)(now - state->report->snapshot->taken) / G_USEC_PER_SEC;
  return began ? MIN(since, (double)(now - began) / G_USEC_PER_SEC) : own->wait_s;
}

/* "1.9 s, waits 1.9 s of 2.5 s for ACCESS EXCLUSIVE on orders" */
static char *statement_text(const RunState *state, const LockNode *own, gint64 now)
{
  g_autofree char *now_text = run_log_now(state->log, now);
  if (!own || own->wait_s < 0 || run_log_paused(state->log))
    return g_steal_pointer(&now_text);
  g_autofree char *since = text_duration(waited(state, own, now));
  g_autofree char *lock = lockview_lock(own);
  guint limit = run_log_inside(state->log) ? state->policy->ddl_lock_timeout_ms : 0;
  if (limit == 0)
    return g_strdup_printf(_("%s  waits %s for %s"), now_text, since, lock);
  g_autofree char *most = text_duration(limit / 1000.0);
  return g_strdup_printf(_("%s  waits %s of %s for %s"), now_text, since, most, lock);
}

static char *live_text(const RunState *state, const LockNode *own, gint64 now)
{
  if (state->cancelling)
    return g_strdup(_("cancelling: waiting for the server"));
  if (state->phase == PHASE_BACKUP)
    return backup_text(state);
  const char *phase = phase_text(state);
  if (phase && !run_log_paused(state->log))
    return text_escape(phase, -1, FALSE);
  return statement_text(state, own, now);
}

static void paint_live(const RunState *state, Canvas *canvas, Rect rect)
{
  gint64 now = state->now ? state->now : g_get_monotonic_time();
  const LockNode *own = run_state_own(state);
  gboolean waits = own && own->wait_s >= 0 && !run_log_paused(state->log);
  gboolean care = waits || state->holder;
  g_autofree char *text = live_text(state, own, now);
  Rect line = rect_cut_top(&rect, 1);
  canvas_put(canvas, line.x, line.y, STYLE_ACCENT,
             run_log_paused(state->log) ? GLYPH_CURRENT : theme_spinner(now));
  canvas_text_clipped(canvas, line.x + 2, line.y, line.width - 2,
                      care ? STYLE_CARE | STYLE_BOLD : STYLE_TITLE, text);
  const Progress *progress = state->report ? state->report->progress : NULL;
  if (progress && progress->command)
    paint_progress(progress, canvas, &rect);
  if (waits)
    paint_culprit(state, canvas, &rect);
  if (own && own->descendants > 0)
    paint_blast(state, own, canvas, &rect);
  if (state->replica_lag_s >= 1) {
    g_autofree char *lag = text_duration(state->replica_lag_s);
    g_autofree char *lag_text = g_strdup_printf(_("a replica is %s behind"), lag);
    put_line(canvas, &rect, STYLE_CARE, lag_text);
  }
}

static void paint_log(const RunState *state, Canvas *canvas, Rect rect)
{
  g_autofree char *title = run_log_title(state->log);
  g_autofree char *attempt = run_log_try(state->log);
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, title, *attempt ? attempt : NULL);
  if (!state->finished) {
    Rect live = rect_cut_bottom(&inside, MIN(LIVE_ROWS, inside.height / 2));
    paint_live(state, canvas, live);
  }
  textview_paint(run_log_view(state->log), canvas, inside);
}

/* Questions */

static const char *question_title(SupervisionQuestion question)
{
  switch (question) {
  case QUESTION_PREFLIGHT: return _("Preflight says stop");
  case QUESTION_CONSENT: return _("Python of this project");
  case QUESTION_BACKUP: return _("Backup first?");
  case QUESTION_BACKUP_FAILED: return _("There is no backup");
  case QUESTION_BRAKE: return _("Brake?");
  default: return _("Something was left behind");
  }
}

static TextView *question_text(const RunState *state, const Keymap *keymap)
{
  TextView *view = textview_new();
  for (guint i = 0; i < state->asked->len; i++) {
    const char *text = g_ptr_array_index(state->asked, i);
    if (g_str_has_prefix(text, "> "))
      textview_add_sql(view, 4, "    ", text + 2);
    else if (g_str_has_prefix(text, "‼ "))
      textview_add_marked(view, STYLE_DANGER, "‼ ", STYLE_DANGER, text + strlen("‼ "));
    else
      textview_add(view, STYLE_NORMAL, text);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
    if (!(state->answers & answers[i].answer))
      continue;
    g_autofree char *key = keymap_key(keymap, answers[i].action);
    g_autofree char *mark = g_strdup_printf(" %-6s", key ? key : "");
    textview_add_marked(view, STYLE_KEY, mark, STYLE_NORMAL,
                        supervision_answer_label(state->question, answers[i].answer));
  }
  return view;
}

static int question_rows(TextView *view, int width)
{
  g_autofree char *text = textview_text(view);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  int rows = 2;
  for (guint i = 0; lines[i] && lines[i + 1]; i++)
    rows += 1 + text_width(lines[i]) / MAX(width - 2, 1);
  return MIN(rows, QUESTION_ROWS_MOST);
}

static void paint_question(const RunState *state, const Keymap *keymap, Canvas *canvas, Rect *rect)
{
  g_autoptr(TextView) view = question_text(state, keymap);
  Rect box = rect_cut_bottom(rect, MIN(question_rows(view, rect->width), MAX(rect->height * 2 / 3, 3)));
  Rect inside = canvas_box(canvas, box, STYLE_CARE | STYLE_BOLD, STYLE_CARE | STYLE_BOLD,
                           question_title(state->question), NULL);
  inside.x++;
  inside.width -= 2;
  textview_paint(view, canvas, inside);
}

/* Locks */

/* "orders ACCESS EXCLUSIVE, orders_pkey ...": what others would wait for. */
static char *held_text(const GPtrArray *held)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (guint i = 0; i < held->len; i++) {
    const HeldLock *lock = g_ptr_array_index(held, i);
    if (lock->granted)
      g_string_append_printf(out, "%s%s %s", out->len ? ", " : "", short_name(lock->relation),
                             lock_mode_name(lock->mode));
  }
  return text_escape(out->str, -1, FALSE);
}

/* Rows worth showing: the tree that somebody waits in, or who was in the way at the last try. */
static guint busy_rows(const RunState *state)
{
  if (run_state_between_tries(state))
    return state->kept->rows->len;
  const LockSnapshot *locks = state->report ? state->report->snapshot : NULL;
  return locks ? lockview_busy_rows(locks) : 0;
}

static void paint_locks(const RunState *state, Canvas *canvas, Rect rect)
{
  const LockReport *report = state->report;
  gboolean kept = run_state_between_tries(state);
  const LockSnapshot *locks = kept ? state->kept : report ? report->snapshot : NULL;
  guint busy = busy_rows(state);
  Rect inside =
      canvas_box(canvas, rect, STYLE_BORDER, busy ? STYLE_CARE : STYLE_NORMAL,
                 kept ? _("In the way at the last try") : _("Locks"), busy || !locks ? NULL : _("quiet"));
  if (report && report->error) {
    g_autofree char *text = text_escape(report->error->message, -1, FALSE);
    canvas_text_clipped(canvas, inside.x, inside.y, inside.width, STYLE_CARE, text);
    return;
  }
  if (busy == 0 && report && report->locks && report->locks->len > 0) {
    g_autofree char *held = held_text(report->locks);
    g_autofree char *text = g_strdup_printf(_("we hold %s"), held);
    canvas_text_clipped(canvas, inside.x, inside.y, inside.width, STYLE_FAINT, text);
  }
  for (guint i = 0; i < busy && (int)i < inside.height; i++) {
    Rect line = {inside.x, inside.y + (int)i, inside.width, 1};
    if ((int)i == inside.height - 1 && i + 1 < busy)
      canvas_printf(canvas, line.x, line.y, line.width, STYLE_FAINT, _("%u more; L shows all"), busy - i);
    else
      lockview_paint_row(locks, i, canvas, line);
  }
}

static const HeldLock *held_lock(const GPtrArray *held, const char *relation)
{
  for (guint i = 0; held && i < held->len; i++) {
    const HeldLock *lock = g_ptr_array_index(held, i);
    if (strcmp(short_name(lock->relation), short_name(relation)) == 0)
      return lock;
  }
  return NULL;
}

static void paint_pair(Canvas *canvas, Rect line, const ForecastLock *lock, const HeldLock *held)
{
  gboolean more = held && held->granted && held->mode > lock->mode;
  const char *now = !held ? "-" : held->granted ? lock_mode_name(held->mode) : _("waits for it");
  int half = line.width / 2, name = line.width / 4;
  g_autofree char *relation = text_escape(short_name(lock->relation), -1, FALSE);
  canvas_text_clipped(canvas, line.x, line.y, name - 1, STYLE_NORMAL, relation);
  canvas_text_clipped(canvas, line.x + name, line.y, half - 1, STYLE_FAINT, lock_mode_name(lock->mode));
  canvas_text_clipped(canvas, line.x + name + half - name / 2, line.y, line.width - name - half + name / 2,
                      more                     ? STYLE_CARE
                      : held && !held->granted ? STYLE_CARE
                      : held                   ? STYLE_NORMAL
                                               : STYLE_FAINT,
                      now);
}

/* Foreseen for this step, and held now. */
static void paint_foreseen(const RunState *state, Canvas *canvas, Rect rect)
{
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER, STYLE_NORMAL, _("Locks: foreseen, held now"), NULL);
  g_autoptr(GPtrArray) foreseen = run_state_foreseen(state, state->step);
  const GPtrArray *held = state->report ? state->report->locks : NULL;
  for (guint i = 0; i < foreseen->len && inside.height > 0; i++) {
    const ForecastLock *lock = g_ptr_array_index(foreseen, i);
    gboolean again = FALSE;
    for (guint k = 0; k < i; k++)
      again = again || strcmp(((ForecastLock *)foreseen->pdata[k])->relation, lock->relation) == 0;
    if (!again)
      paint_pair(canvas, rect_cut_top(&inside, 1), lock, held_lock(held, lock->relation));
  }
}

static int lock_rows(const RunState *state, int height)
{
  guint busy = busy_rows(state);
  return height < 10 ? 0 : CLAMP((int)busy + 2, 3, MAX(height / 3, 3));
}

static void paint_wide(const RunState *state, Canvas *canvas, Rect rect)
{
  guint n = state->planned->plan->steps->len;
  g_autofree char *title = g_strdup_printf(_("Step %u of %u"), state->step + 1, n);
  Rect left = rect_cut_left(&rect, STEPS_WIDTH);
  if (rect.width + STEPS_WIDTH >= VERY_WIDE) {
    Rect middle = rect_cut_left(&rect, rect.width - LOCKS_WIDTH);
    paint_foreseen(state, canvas, rect);
    rect = middle;
  }
  paint_steps(state, canvas, canvas_box(canvas, left, STYLE_BORDER, STYLE_NORMAL, title, NULL));
  paint_log(state, canvas, rect);
}

void run_view_paint(const RunState *state, const Keymap *keymap, Canvas *canvas, Rect rect)
{
  guint n = state->planned->plan->steps->len;
  if (state->finished) {
    Rect result =
        rect_cut_bottom(&rect, MIN(run_log_result_rows(state->log, rect.width - 2), rect.height / 2));
    run_log_paint_result(state->log, canvas, result);
  } else {
    Rect locks = rect_cut_bottom(&rect, lock_rows(state, rect.height));
    if (locks.height > 0)
      paint_locks(state, canvas, locks);
    if (state->question != QUESTION_NONE)
      paint_question(state, keymap, canvas, &rect);
  }
  if (rect.width >= WIDE) {
    paint_wide(state, canvas, rect);
    return;
  }
  if (n > 1 && rect.height > 12) {
    Rect top = rect_cut_top(&rect, MIN((int)n, STEPS_ROWS));
    paint_steps(state, canvas, (Rect){top.x + 1, top.y, top.width - 2, top.height});
  }
  paint_log(state, canvas, rect);
}

void run_view_status(const RunState *state, const char *database, Canvas *canvas, Rect rect)
{
  gint64 until = state->finished ? run_log_ended(state->log) : g_get_monotonic_time();
  g_autofree char *since = text_duration((double)(until - state->started) / G_USEC_PER_SEC);
  const char *pause = state->finished ? "" : run_view_pause(state->pause);
  g_autofree char *text =
      g_strdup_printf(_("%s, on %s%s%s"), since, database ? database : "", *pause ? "; " : "", pause);
  canvas_text_clipped(canvas, rect.x + 1, rect.y, rect.width - 1, STYLE_FAINT, text);
}
