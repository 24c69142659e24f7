/* What a supervised rollout says, for people. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "out.h"
#include "retort/base/text.h"
#include "supervised.h"

#define SQL_INDENT "     "
#define CULPRITS_NAMED 3

char *supervised_duration(double seconds)
{
  return seconds < 1 ? g_strdup_printf("%.0f ms", seconds * 1000) : text_duration(seconds);
}

void supervised_text_settle(SupervisedText *text)
{
  if (!text->status)
    return;
  fputs("\r\033[K", stderr);
  fflush(stderr);
  text->status = FALSE;
}

/* A line that the next one replaces; only where that works. */
static void show_status(SupervisedText *text, const char *line)
{
  if (!text->status_possible)
    return;
  g_autofree char *clipped = text_clip(line, 78, FALSE);
  fflush(stdout);
  fprintf(stderr, "\r\033[K%s", clipped);
  fflush(stderr);
  text->status = TRUE;
}

/* Every piece of foreign text was escaped before. */
static void say(SupervisedText *text, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say(SupervisedText *text, const char *format, ...)
{
  va_list ap;
  va_start(ap, format);
  g_autofree char *line = g_strdup_vprintf(format, ap);
  va_end(ap);
  supervised_text_settle(text);
  out_line(text->session, "%s", line);
  fflush(stdout);
}

void supervised_print_items(const Session *session, const GPtrArray *items)
{
  const char *levels[] = {
      [PREFLIGHT_OK] = _("ok"), [PREFLIGHT_WARNING] = _("warning"), [PREFLIGHT_STOP] = _("STOP")};
  for (guint i = 0; i < items->len; i++) {
    const PreflightItem *item = items->pdata[i];
    out_line(session, "  %-8s %-20s %s", levels[item->level], item->check, item->text);
    if (item->advice && item->level != PREFLIGHT_OK)
      out_line(session, "  %-8s %-20s -> %s", "", "", item->advice);
  }
  fflush(stdout);
}

/* ---- Statements ------------------------------------------------------------------------------------------------- */

static void say_sql(SupervisedText *text, const char *sql)
{
  g_autofree char *safe = text_escape(sql ? sql : "", -1, TRUE);
  g_auto(GStrv) lines = g_strsplit(g_strstrip(safe), "\n", -1);
  for (char **line = lines; *line; line++)
    say(text, SQL_INDENT "%s", *line);
}

static void say_locks(SupervisedText *text, const GPtrArray *locks)
{
  g_autoptr(GString) line = g_string_new(NULL);
  for (guint i = 0; locks && i < locks->len; i++) {
    const HeldLock *lock = locks->pdata[i];
    if (lock->kind == 'i' || lock->kind == 'I')
      continue; /* they follow their table */
    g_autofree char *safe = text_escape(lock->relation, -1, FALSE);
    g_string_append_printf(line, "%s%s %s", line->len ? ", " : "", lock_mode_name(lock->mode), safe);
  }
  if (line->len > 0)
    say(text, SQL_INDENT "%s %s", _("holds"), line->str);
}

static void say_retry(SupervisedText *text, const RolloutEvent *event)
{
  g_autofree char *why = text_escape(event->error ? event->error->message : "", -1, FALSE);
  g_autofree char *wait = supervised_duration(event->wait_s);
  say(text, SQL_INDENT "%s", why);
  say(text, SQL_INDENT "%s", _("rolled back; nothing of this transaction remains"));
  g_autofree char *line = g_strdup_printf(_("attempt %u begins in %s"), event->attempt, wait);
  say(text, SQL_INDENT "%s", line);
}

static void say_rollout(SupervisedText *text, const SupervisionEvent *supervised)
{
  const RolloutEvent *event = supervised->rollout;
  g_autofree char *elapsed = supervised_duration(event->elapsed_s);
  g_autofree char *note = event->text ? text_escape(event->text, -1, FALSE) : NULL;
  switch (event->kind) {
  case ROLLOUT_EVENT_STEP:
    say(text, "%u/%u  %s", event->step + 1, text->titles->len, (char *)text->titles->pdata[event->step]);
    break;
  case ROLLOUT_EVENT_STATEMENT:
    text->statement_began = g_get_monotonic_time();
    g_clear_pointer(&text->last_wait, g_free);
    g_clear_pointer(&text->last_phase, g_free);
    say_sql(text, event->sql);
    break;
  case ROLLOUT_EVENT_STATEMENT_DONE:
    text->statement_began = 0;
    say(text, SQL_INDENT "  %s  %s", note ? note : "", elapsed);
    break;
  case ROLLOUT_EVENT_BEGIN: say(text, SQL_INDENT "BEGIN"); break;
  case ROLLOUT_EVENT_COMMIT: say(text, SQL_INDENT "COMMIT  %s", elapsed); break;
  case ROLLOUT_EVENT_NOTICE: say(text, SQL_INDENT "%s", note); break;
  case ROLLOUT_EVENT_LOCKS: say_locks(text, event->locks); break;
  case ROLLOUT_EVENT_RETRY: say_retry(text, event); break;
  case ROLLOUT_EVENT_PAUSED: say(text, "%s: %s", _("paused"), note); break;
  case ROLLOUT_EVENT_FAILED:
    text->statement_began = 0;
    if (note)
      say(text, "%s", note);
    break;
  default: break;
  }
}

static void say_engine(SupervisedText *text, const SupervisionEvent *supervised)
{
  const EngineEvent *event = supervised->engine;
  g_autofree char *safe = event->text ? text_escape(event->text, -1, FALSE) : NULL;
  g_autofree char *elapsed = supervised_duration(event->elapsed_s);
  switch (event->kind) {
  case ENGINE_STARTED:
    say(text, "%u/%u  %s", supervised->step + 1, text->titles->len,
        (char *)text->titles->pdata[supervised->step]);
    say(text, SQL_INDENT "$ %s", safe);
    text->statement_began = g_get_monotonic_time();
    break;
  case ENGINE_OUTPUT: say(text, SQL_INDENT "| %s", safe); break;
  case ENGINE_BACKEND:
    if (event->pid)
      say(text, SQL_INDENT "%s %d", _("its session at the server:"), event->pid);
    break;
  case ENGINE_DONE: say(text, SQL_INDENT "  %s  %s", _("done"), elapsed); break;
  default: break;
  }
  if (event->kind == ENGINE_DONE || event->kind == ENGINE_FAILED)
    text->statement_began = 0;
}

/* ---- Waiting ---------------------------------------------------------------------------------------------------- */

static char *describe_node(const LockNode *node)
{
  g_autofree char *user = text_escape(node->user ? node->user : "?", -1, FALSE);
  g_autofree char *application = text_escape(node->application ? node->application : "", -1, FALSE);
  g_autofree char *since = node->state_s >= 0 ? text_duration(node->state_s) : g_strdup("");
  if (node->pid == 0)
    return g_strdup_printf(_("a prepared transaction (%s)"),
                           node->gids && node->gids[0] ? node->gids[0] : "?");
  return g_strdup_printf("pid %d %s%s%s, %s %s", node->pid, user, *application ? "/" : "", application,
                         node->state ? node->state : "?", since);
}

static char *describe_culprits(const LockSnapshot *snapshot, int pid)
{
  g_autoptr(GPtrArray) culprits = lock_snapshot_culprits(snapshot, pid);
  g_autoptr(GString) out = g_string_new(NULL);
  for (guint i = 0; i < culprits->len && i < CULPRITS_NAMED; i++) {
    g_autofree char *one = describe_node(culprits->pdata[i]);
    g_string_append_printf(out, "%s%s", i ? "; " : "", one);
  }
  if (culprits->len > CULPRITS_NAMED)
    g_string_append_printf(out, ngettext("; and %u more", "; and %u more", culprits->len - CULPRITS_NAMED),
                           culprits->len - CULPRITS_NAMED);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

char *supervised_culprits(const Supervision *supervision)
{
  const LockReport *report = supervision_report(supervision);
  if (!report || !report->snapshot)
    return NULL;
  g_autofree char *text = describe_culprits(report->snapshot, supervision_backend_pid(supervision));
  return *text ? g_steal_pointer(&text) : NULL;
}

/* Whose pids, how many behind us: what makes a wait another one. */
static gboolean is_new_wait(SupervisedText *text, const LockSnapshot *snapshot, int pid, guint behind)
{
  g_autoptr(GPtrArray) culprits = lock_snapshot_culprits(snapshot, pid);
  g_autoptr(GString) key = g_string_new(NULL);
  for (guint i = 0; i < culprits->len; i++)
    g_string_append_printf(key, "%d ", ((LockNode *)culprits->pdata[i])->pid);
  g_string_append_printf(key, "/ %u", behind);
  if (g_strcmp0(text->last_wait, key->str) == 0)
    return FALSE;
  g_free(text->last_wait);
  text->last_wait = g_string_free(g_steal_pointer(&key), FALSE);
  return TRUE;
}

static void say_waits(SupervisedText *text, const LockSnapshot *snapshot, const LockNode *ours,
                      const Blast *blast)
{
  if (ours->wait_s >= 0) {
    g_autofree char *culprits = describe_culprits(snapshot, ours->pid);
    g_autofree char *lock = text_escape(ours->lock_relation ? ours->lock_relation : "", -1, FALSE);
    say(text, SQL_INDENT "%s %s%s%s: %s", _("waits for"),
        ours->lock_mode ? ours->lock_mode : (ours->lock_type ? ours->lock_type : "?"), *lock ? " on " : "",
        lock, *culprits ? culprits : "?");
  }
  if (blast && blast->waiting > 0) {
    g_autofree char *longest = text_duration(blast->longest_s);
    g_autofree char *who = text_escape(blast->applications ? blast->applications : "", -1, FALSE);
    g_autofree char *line =
        g_strdup_printf(ngettext("%u session waits behind us, for %s: %s",
                                 "%u sessions wait behind us, the longest for %s: %s", blast->waiting),
                        blast->waiting, longest, who);
    say(text, SQL_INDENT "%s", line);
  }
}

static void say_progress(SupervisedText *text, const Progress *progress)
{
  g_autofree char *phase = text_escape(progress->phase ? progress->phase : "", -1, FALSE);
  if (progress->waits_for && g_strcmp0(text->last_phase, phase) != 0)
    say(text, SQL_INDENT "%s: %s %d", phase, _("waits for pid"), progress->waits_for);
  else if (g_strcmp0(text->last_phase, phase) != 0 && !text->status_possible)
    say(text, SQL_INDENT "%s", phase);
  g_free(text->last_phase);
  text->last_phase = g_steal_pointer(&phase);
}

static void say_report(SupervisedText *text, const Supervision *supervision, const SupervisionEvent *event)
{
  const LockReport *report = event->report;
  int pid = supervision_backend_pid(supervision);
  if (!text->statement_began || !report || !report->snapshot)
    return;
  const LockNode *ours = lock_snapshot_find(report->snapshot, pid);
  guint behind = event->blast ? event->blast->waiting : 0;
  if (ours && (ours->wait_s >= 0 || behind > 0) && is_new_wait(text, report->snapshot, pid, behind))
    say_waits(text, report->snapshot, ours, event->blast);
  if (report->progress)
    say_progress(text, report->progress);
  g_autofree char *elapsed =
      text_duration((double)(g_get_monotonic_time() - text->statement_began) / G_USEC_PER_SEC);
  g_autoptr(GString) line = g_string_new(SQL_INDENT);
  g_string_append(line, elapsed);
  if (report->progress && report->progress->overall >= 0)
    g_string_append_printf(line, "  %s %.0f%%", text->last_phase, report->progress->overall * 100);
  if (ours && ours->wait_s >= 0)
    g_string_append_printf(line, "  %s", _("waits"));
  show_status(text, line->str);
}

/* ---- Everything else -------------------------------------------------------------------------------------------- */

static void say_backup(SupervisedText *text, const BackupEvent *event)
{
  g_autofree char *path = text_escape(event->path ? event->path : "", -1, FALSE);
  g_autofree char *total = text_size(event->total);
  g_autofree char *done = text_size(event->kind == BACKUP_DONE ? event->bytes : event->done);
  g_autofree char *table = text_escape(event->table ? event->table : "", -1, FALSE);
  g_autofree char *left = event->remaining_s >= 0 ? text_duration(event->remaining_s) : NULL;
  g_autofree char *elapsed = supervised_duration(event->elapsed_s);
  g_autofree char *line = NULL;
  switch (event->kind) {
  case BACKUP_STARTED: say(text, "%s %s (%s)", _("backup to"), path, total); break;
  case BACKUP_PROGRESS:
    line = g_strdup_printf("  %s / %s  %s%s%s", done, total, table, left ? "  " : "", left ? left : "");
    if (text->status_possible)
      show_status(text, line);
    else
      say(text, "%s", line);
    break;
  case BACKUP_VERIFYING: say(text, "  %s", _("reading it back")); break;
  case BACKUP_DONE: say(text, "  %s, %s, %s", _("done"), done, elapsed); break;
  default: break;
  }
}

static void say_mutex(SupervisedText *text, const MutexHolder *holder)
{
  if (!holder) {
    say(text, "%s", _("another rollout is at work here"));
    return;
  }
  g_autofree char *user = text_escape(holder->user ? holder->user : "?", -1, FALSE);
  g_autofree char *application = text_escape(holder->application ? holder->application : "?", -1, FALSE);
  g_autofree char *client = text_escape(holder->client ? holder->client : "?", -1, FALSE);
  g_autofree char *since = text_duration(holder->since_s);
  say(text, _("another rollout is at work here: pid %d, %s (%s) from %s, for %s"), holder->pid, user,
      application, client, since);
}

static void say_phase(SupervisedText *text, const SupervisionEvent *event)
{
  if (event->phase == PHASE_PREFLIGHT)
    say(text, "%s", _("preflight"));
  else if (event->phase == PHASE_VERIFY)
    say(text, "%s", _("verify"));
}

void supervised_text(SupervisedText *text, const Supervision *supervision, const SupervisionEvent *event)
{
  g_autofree char *note = event->text ? text_escape(event->text, -1, FALSE) : NULL;
  switch (event->kind) {
  case SUPERVISION_PHASE: say_phase(text, event); break;
  case SUPERVISION_MUTEX: say_mutex(text, event->holder); break;
  case SUPERVISION_PREFLIGHT:
  case SUPERVISION_VERIFIED:
    supervised_text_settle(text);
    supervised_print_items(text->session, event->items);
    break;
  case SUPERVISION_BACKUP: say_backup(text, event->backup); break;
  case SUPERVISION_ROLLOUT: say_rollout(text, event); break;
  case SUPERVISION_ENGINE: say_engine(text, event); break;
  case SUPERVISION_REPORT: say_report(text, supervision, event); break;
  case SUPERVISION_BRAKE: say(text, "%s %s", _("brake:"), note); break;
  case SUPERVISION_LOCKS:
  case SUPERVISION_NOTE:
    if (note)
      say(text, "%s", note);
    break;
  default: break;
  }
}
