#include <criterion/criterion.h>
#include <string.h>

#include "../../src/tui/run_log.h"
#include "retort/base/error.h"

static char *paint(RunLog *log)
{
  g_autoptr(Canvas) canvas = canvas_new(70, 12, FALSE);
  run_log_paint_result(log, canvas, (Rect){0, 0, 70, 12});
  return canvas_dump(canvas);
}

static void play(RunLog *log, const RolloutEvent *events, gsize n)
{
  for (gsize i = 0; i < n; i++)
    run_log_event(log, &events[i]);
}

static void expect_text(const char *text, const char *expected)
{
  cr_expect(strstr(text, expected), "there is no \"%s\" in\n%s", expected, text);
}

Test(run_log, tells_success_at_a_glance)
{
  g_autoptr(RunLog) log = run_log_new("shop", 2);
  char abc[] = "abc", *rows[] = {abc, NULL};
  const RolloutEvent events[] = {
      {.kind = ROLLOUT_EVENT_BEGIN},
      {.kind = ROLLOUT_EVENT_STATEMENT, .sql = "ALTER TABLE a ADD COLUMN b int"},
      {.kind = ROLLOUT_EVENT_STATEMENT_DONE, .text = "ALTER TABLE", .elapsed_s = 61},
      {.kind = ROLLOUT_EVENT_NOTICE, .text = "NOTICE: \x1b[31mred"},
      {.kind = ROLLOUT_EVENT_RETRY, .attempt = 2, .wait_s = 1},
      {.kind = ROLLOUT_EVENT_COMMIT},
  };
  play(log, events, G_N_ELEMENTS(events));
  const RunEnd end = {.outcome = SUPERVISED_DONE, .rows = rows, .elapsed_s = 62, .longest_s = 1.6};
  run_log_end(log, &end);
  cr_expect(run_log_succeeded(log), "succeeded");
  g_autofree char *text = textview_text(run_log_view(log));
  expect_text(text, "BEGIN\n  1  ALTER TABLE a ADD COLUMN b int;\n     ✓ ALTER TABLE  1 m 01 s\n");
  cr_expect_null(strchr(text, '\x1b'), "a notice reaches the terminal: %s", text);
  g_autofree char *result = paint(log);
  expect_text(result, "✓ shop stands at abc.  2 steps, 1 m 02 s, 1 retry, longest");
  expect_text(result, "┌ Done");
}

Test(run_log, tells_a_failure_with_what_the_server_said)
{
  g_autoptr(RunLog) log = run_log_new("shop", 3);
  g_autoptr(GError) error = g_error_new(RETORT_ERROR, RETORT_ERROR_DATABASE, "duplicate key");
  char *rows[] = {NULL};
  const RolloutEvent events[] = {
      {.kind = ROLLOUT_EVENT_STATEMENT, .sql = "SELECT 1", .statement = 1},
      {.kind = ROLLOUT_EVENT_FAILED,
       .step = 1,
       .error = error,
       .rows = rows,
       .rolled_back = TRUE,
       .text = "Undone."},
  };
  play(log, events, G_N_ELEMENTS(events));
  const RunEnd end = {.outcome = SUPERVISED_FAILED, .rows = rows, .error = error};
  run_log_end(log, &end);
  cr_expect_not(run_log_succeeded(log));
  g_autofree char *result = paint(log);
  expect_text(result, "✗ failed in step 2 of 3, statement 2:");
  expect_text(result, "✗ duplicate key");
  expect_text(result, "Undone.");
  expect_text(result, "shop stands at base.");
}

Test(run_log, says_what_a_pause_waits_for)
{
  g_autoptr(RunLog) log = run_log_new("shop", 1);
  const RolloutEvent paused = {.kind = ROLLOUT_EVENT_PAUSED, .text = "before COMMIT"};
  run_log_event(log, &paused);
  cr_expect(run_log_paused(log));
  g_autofree char *now = run_log_now(log, 0);
  expect_text(now, "paused before COMMIT");
  run_log_resume(log);
  cr_expect_not(run_log_paused(log));
}

Test(theme, meaning_needs_no_colour)
{
  Look plain = theme_look(STYLE_NORMAL | STYLE_SELECTED, 0);
  cr_expect(plain.bits & LOOK_REVERSE, "the selection shows without colours");
  cr_expect(theme_look(STYLE_HEAD, 0).bits & LOOK_REVERSE, "HEAD shows without colours");
  static const int colors[] = {0, 8, 16, 256};
  for (gsize c = 0; c < G_N_ELEMENTS(colors); c++)
    for (guint style = 0; style < N_STYLES; style++) {
      Look look = theme_look((Style)style, colors[c]);
      cr_expect(look.fg < colors[c] || look.fg < 0, "style %u asks for colour %d of %d", style, look.fg,
                colors[c]);
    }
}
