/* Driving a supervised rollout from the command line. */
#include "supervised.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "out.h"
#include "retort/base/error.h"
#include "retort/base/text.h"

#define ANSWERS_MAX 16 /* bits of SupervisionAnswer */

typedef struct {
  Session *session;
  const SupervisedAnswers *answers;
  Supervision *supervision;
  GMainLoop *loop;
  SupervisedText text;
  gboolean paused;  /* waits for the operator between statements */
  gboolean delayed; /* ... or for its next attempt */
  char *refused;    /* the question that nobody was there to answer, and that ended it */
  SupervisionOutcome outcome;
  GError *error;
  char **rows;
} Run;

/* ---- Answers ---------------------------------------------------------------------------------------------------- */

static gboolean all_overridden(const SupervisedAnswers *answers, const GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++) {
    const PreflightItem *item = items->pdata[i];
    if (item->level == PREFLIGHT_STOP && !g_strv_contains(answers->overrides, item->check) &&
        !g_strv_contains(answers->overrides, "all"))
      return FALSE;
  }
  return TRUE;
}

/* What the options say to a question; 0: nothing. */
static SupervisionAnswer answer_by_options(const SupervisedAnswers *answers, const SupervisionEvent *event)
{
  switch (event->question) {
  case QUESTION_PREFLIGHT: return all_overridden(answers, event->items) ? ANSWER_OVERRIDE : 0;
  case QUESTION_CONSENT: return answers->allow_python ? ANSWER_ALLOW : 0;
  case QUESTION_BACKUP:
  case QUESTION_BACKUP_FAILED: return answers->skip_backup ? ANSWER_SKIP : 0;
  default: return 0;
  }
}

static void print_aftermath(const Session *session, const Aftermath *aftermath)
{
  g_autofree char *cleanup = aftermath->cleanup ? text_escape(aftermath->cleanup, -1, FALSE) : NULL;
  g_autofree char *finish = aftermath->finish ? text_escape(aftermath->finish, -1, FALSE) : NULL;
  if (cleanup)
    out_line(session, "  %s %s", _("to clean up:"), cleanup);
  if (finish)
    out_line(session, "  %s %s", _("to complete it:"), finish);
}

static void print_choices(SupervisionQuestion question, guint answers)
{
  guint number = 0;
  SupervisionAnswer careful = supervision_default_answer(question);
  for (guint bit = 0; bit < ANSWERS_MAX; bit++)
    if (answers & (1u << bit)) {
      SupervisionAnswer answer = (SupervisionAnswer)(1u << bit);
      printf("  %u  %s%s\n", ++number, supervision_answer_label(question, answer),
             answer == careful ? " *" : "");
    }
  printf("%s ", _("Which? (* when empty)"));
  fflush(stdout);
}

static void on_question(Run *run, const SupervisionEvent *event)
{
  SupervisionAnswer answer = answer_by_options(run->answers, event);
  g_autofree char *text = event->text ? text_escape(event->text, -1, FALSE) : NULL;
  supervised_text_settle(&run->text);
  if (!run->session->json && (!answer || !run->answers->interactive)) {
    out_line(run->session, "%s", text ? text : "");
    if (event->aftermath)
      print_aftermath(run->session, event->aftermath);
  }
  if (!answer && run->answers->interactive) {
    print_choices(event->question, event->answers);
    return;
  }
  if (!answer) {
    answer = supervision_default_answer(event->question);
    if (answer == ANSWER_ABORT && !run->refused)
      run->refused = g_strdup(text);
  }
  if (!run->session->json)
    out_line(run->session, "  -> %s", supervision_answer_label(event->question, answer));
  supervision_answer(run->supervision, answer);
}

/* ---- The operator's keyboard ------------------------------------------------------------------------------------ */

static void choose(Run *run, SupervisionQuestion question, guint answers, const char *word)
{
  guint64 wanted = g_ascii_strtoull(word, NULL, 10);
  guint number = 0;
  SupervisionAnswer chosen = *word ? 0 : supervision_default_answer(question);
  for (guint bit = 0; bit < ANSWERS_MAX; bit++)
    if (answers & (1u << bit) && ++number == wanted)
      chosen = (SupervisionAnswer)(1u << bit);
  if (chosen & answers)
    supervision_answer(run->supervision, chosen);
  else
    print_choices(question, answers);
}

static void obey(Run *run, const char *word)
{
  guint answers = 0;
  SupervisionQuestion question = supervision_question(run->supervision, &answers);
  if (question != QUESTION_NONE) {
    choose(run, question, answers, word);
  } else if (*word == 'a') {
    supervision_cancel(run->supervision);
  } else if (run->paused || run->delayed) {
    if (*word == 'r')
      supervision_set_pause(run->supervision, ROLLOUT_PAUSE_NEVER);
    run->paused = run->delayed = FALSE;
    supervision_continue(run->supervision);
  } else if (*word == 'p') {
    supervision_set_pause(run->supervision, ROLLOUT_PAUSE_STATEMENT);
  }
}

static gboolean on_keyboard(int fd, G_GNUC_UNUSED GIOCondition condition, void *data)
{
  Run *run = data;
  char line[256];
  ssize_t n = read(fd, line, sizeof line - 1);
  if (n <= 0) {
    /* Nobody is there any more. */
    supervision_cancel(run->supervision);
    return G_SOURCE_REMOVE;
  }
  line[n] = '\0';
  obey(run, g_strstrip(line));
  return G_SOURCE_CONTINUE;
}

static gboolean on_signal(void *data)
{
  Run *run = data;
  supervision_cancel(run->supervision);
  return G_SOURCE_CONTINUE;
}

/* ---- Events ----------------------------------------------------------------------------------------------------- */

static void hint(Run *run, const RolloutEvent *event)
{
  run->paused = event->kind == ROLLOUT_EVENT_PAUSED;
  run->delayed = event->kind == ROLLOUT_EVENT_RETRY;
  if (!run->answers->interactive || run->session->json)
    return;
  if (run->paused)
    out_line(run->session, "  %s", _("Enter: go on   r: go on without pauses   a: abort"));
  else if (run->delayed)
    out_line(run->session, "  %s", _("Enter: now   a: abort"));
}

static void on_event(const SupervisionEvent *event, void *data)
{
  Run *run = data;
  if (run->session->json) {
    g_autofree char *line = supervised_json(event);
    if (line)
      puts(line);
    fflush(stdout);
  } else {
    supervised_text(&run->text, run->supervision, event);
  }
  if (event->kind == SUPERVISION_QUESTION) {
    on_question(run, event);
  } else if (event->kind == SUPERVISION_ROLLOUT) {
    hint(run, event->rollout);
  } else if (event->kind == SUPERVISION_ENGINE) {
    run->delayed = FALSE;
  } else if (event->kind == SUPERVISION_ENDED) {
    run->outcome = event->outcome;
    run->error = event->error ? g_error_copy(event->error) : NULL;
    run->rows = g_strdupv(event->rows);
    g_main_loop_quit(run->loop);
  }
}

static char *title_of(const PlanStep *step)
{
  g_autofree char *log = plan_step_log(step, TRUE);
  return text_escape(g_str_has_prefix(log, "Running ") ? log + strlen("Running ") : log, -1, FALSE);
}

static void say_end(Run *run)
{
  g_autofree char *rows = run->rows ? g_strjoinv(", ", run->rows) : NULL;
  supervised_text_settle(&run->text);
  if (run->session->json)
    return;
  if (rows)
    out_line(run->session, _("the database stands at %s"), *rows ? rows : "base");
  if (supervision_journal_path(run->supervision))
    out_line(run->session, "%s %s", _("record:"), supervision_journal_path(run->supervision));
}

/* Why it did not come to its end; takes what run has of that. */
static GError *why(Run *run)
{
  g_autofree char *refused = g_steal_pointer(&run->refused);
  GError *error = g_steal_pointer(&run->error);
  if (run->outcome != SUPERVISED_CANCELLED && error)
    return error;
  g_clear_error(&error);
  return refused ? g_error_new_literal(RETORT_ERROR, RETORT_ERROR_REFUSED, refused)
                 : g_error_new_literal(RETORT_ERROR, RETORT_ERROR_CANCELLED,
                                       _("interrupted; what was open is rolled back"));
}

gboolean supervised_run(Session *session, const PgParams *params, const SupervisedStep *steps, guint n_steps,
                        const char *const *rows, const SupervisionOptions *options,
                        const SupervisedAnswers *answers, GError **error)
{
  g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < n_steps; i++)
    g_ptr_array_add(titles, title_of(steps[i].step));
  Run run = {.session = session,
             .answers = answers,
             .loop = g_main_loop_new(NULL, FALSE),
             .text = {.session = session,
                      .titles = titles,
                      .status_possible = !session->json && isatty(STDERR_FILENO)}};
  run.supervision = supervision_new(params, session->project, steps, n_steps, rows, options, on_event, &run);
  guint sources[] = {g_unix_signal_add(SIGINT, on_signal, &run), g_unix_signal_add(SIGTERM, on_signal, &run)};
  GSource *keyboard = answers->interactive ? g_unix_fd_source_new(STDIN_FILENO, G_IO_IN | G_IO_HUP) : NULL;
  if (keyboard) {
    g_source_set_callback(keyboard, (GSourceFunc)(void (*)(void))on_keyboard, &run, NULL);
    g_source_attach(keyboard, NULL);
  }
  supervision_start(run.supervision);
  if (!supervision_finished(run.supervision))
    g_main_loop_run(run.loop);
  for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
    g_source_remove(sources[i]);
  if (keyboard) {
    g_source_destroy(keyboard);
    g_source_unref(keyboard);
  }
  say_end(&run);
  supervision_free(run.supervision);
  g_main_loop_unref(run.loop);
  g_strfreev(run.rows);
  g_free(run.text.last_wait);
  g_free(run.text.last_phase);
  if (run.outcome == SUPERVISED_DONE) {
    g_clear_error(&run.error);
    return TRUE;
  }
  g_propagate_error(error, why(&run));
  return FALSE;
}
