#include "interrupted.h"

#include <glib/gi18n.h>

#include "out.h"
#include "retort/base/error.h"
#include "retort/base/text.h"

typedef struct {
  void *answer;
  GError *error;
  gboolean done;
} Wait;

static void answered(Wait *wait, void *answer, const GError *error)
{
  wait->answer = answer;
  wait->error = error ? g_error_copy(error) : NULL;
  wait->done = TRUE;
}

static void on_recovery(Recovery *recovery, const GError *error, void *data)
{
  answered(data, recovery, error);
}

static void on_aftermath(Aftermath *aftermath, const GError *error, void *data)
{
  answered(data, aftermath, error);
}

static void *wait_for(Wait *wait, GError **error)
{
  while (!wait->done)
    g_main_context_iteration(NULL, TRUE);
  if (wait->error)
    g_propagate_error(error, wait->error);
  return wait->answer;
}

Recovery *interrupted_find(Session *session, const char *system_id, GError **error)
{
  g_autoptr(JournalEntry) entry = recovery_find(pg_conn_display(session->conn), system_id, NULL);
  if (!entry)
    return NULL;
  const char *schema = NULL;
  const char *table = project_version_table(session->project, &schema);
  Wait wait = {0};
  if (!recovery_examine(session->conn, entry->path, table, schema, on_recovery, &wait, error))
    return NULL;
  return wait_for(&wait, error);
}

Aftermath *interrupted_look(Session *session, const char *sql, GError **error)
{
  Wait wait = {0};
  aftermath_examine(session->conn, sql, on_aftermath, &wait);
  return wait_for(&wait, error);
}

void interrupted_print(const Session *session, const Recovery *recovery)
{
  const char *fates[] = {
      [FATE_NOT_DONE] = _("not done"), [FATE_DONE] = _("done"), [FATE_IN_DOUBT] = _("in doubt")};
  g_autofree char *rows = recovery->rows ? g_strjoinv(", ", recovery->rows) : NULL;
  out_line(session, "%s", recovery->text);
  out_line(session, "  %s %s", _("record:"), recovery->journal);
  if (rows)
    out_line(session, "  %s %s", _("version rows:"), *rows ? rows : "base");
  if (recovery->state != RECOVERY_PARTIAL)
    return;
  for (guint i = 0; i < recovery->statements->len; i++) {
    const RecoveredStatement *statement = recovery->statements->pdata[i];
    g_autofree char *sql = text_escape(statement->sql, -1, FALSE);
    out_line(session, "  %3u  %-8s  %s%s", i + 1, fates[statement->fate], sql,
             statement->outside ? _("  (outside a transaction)") : "");
  }
}

static gboolean refuse(const char *sql, const Aftermath *aftermath, GError **error)
{
  g_autofree char *safe = text_escape(sql, -1, FALSE);
  g_autofree char *cleanup = aftermath->cleanup ? text_escape(aftermath->cleanup, -1, FALSE) : NULL;
  g_autofree char *finish = aftermath->finish ? text_escape(aftermath->finish, -1, FALSE) : NULL;
  if (cleanup)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s: %s Clean up first: %s"), safe,
                aftermath->text, cleanup);
  else if (finish)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s: %s Complete it first: %s"), safe,
                aftermath->text, finish);
  else
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                _("%s: %s Look for yourself, then see retort recover."), safe, aftermath->text);
  return FALSE;
}

gboolean interrupted_resume_at(Session *session, const Recovery *recovery, guint *resume_at, GError **error)
{
  *resume_at = recovery->resume_at;
  if (recovery->resume_at >= recovery->statements->len)
    return TRUE;
  const RecoveredStatement *statement = recovery->statements->pdata[recovery->resume_at];
  if (statement->fate != FATE_IN_DOUBT)
    return TRUE;
  g_autoptr(Aftermath) aftermath = interrupted_look(session, statement->sql, error);
  if (!aftermath)
    return FALSE;
  if (aftermath->state == AFTERMATH_DONE)
    (*resume_at)++;
  else if (aftermath->state != AFTERMATH_NOT_DONE)
    return refuse(statement->sql, aftermath, error);
  out_note("%s", aftermath->text);
  return TRUE;
}
