#include "interrupted.h"

#include <glib/gi18n.h>
#include <string.h>

#include "out.h"

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

static void on_repair(Repair *repair, const GError *error, void *data)
{
  answered(data, repair, error);
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

gboolean interrupted_concerns(const Recovery *recovery, const PlanStep *step)
{
  return (recovery->state == RECOVERY_PARTIAL || recovery->state == RECOVERY_FOREIGN) && step->revision &&
         g_strcmp0(recovery->revision, step->revision->id) == 0 && recovery->direction == step->direction;
}

gboolean interrupted_can_be_half(const Script *script)
{
  for (guint i = 0; script && i < script->statements->len; i++)
    if (((const Statement *)script->statements->pdata[i])->autocommit)
      return TRUE;
  return FALSE;
}

Repair *interrupted_repair(Session *session, const Script *script, const Recovery *recovery, GError **error)
{
  Wait wait = {0};
  repair_examine(session->conn, script->statements, recovery, on_repair, &wait);
  return wait_for(&wait, error);
}

void interrupted_print(const Session *session, const Recovery *recovery)
{
  g_autofree char *rows = recovery->rows ? g_strjoinv(", ", recovery->rows) : NULL;
  out_line(session, "%s", recovery->text);
  out_line(session, "  %s %s", _("record:"), recovery->journal);
  if (rows)
    out_line(session, "  %s %s", _("version rows:"), *rows ? rows : "base");
}

void interrupted_print_repair(const Session *session, const Repair *repair)
{
  const char *states[] = {[AFTERMATH_UNKNOWN] = _("unknown"),
                          [AFTERMATH_DONE] = _("done"),
                          [AFTERMATH_NOT_DONE] = _("not done"),
                          [AFTERMATH_BROKEN] = _("half done"),
                          [AFTERMATH_RUNNING] = _("at work")};
  out_line(session, "%s", repair->text);
  for (guint i = 0; i < repair->statements->len; i++) {
    const RepairStatement *statement = repair->statements->pdata[i];
    g_autofree char *sql = out_flat(statement->sql);
    out_line(session, "  %3u  %-9s  %s%s", i + 1, states[statement->state], sql,
             statement->outside ? _("  (outside a transaction)") : "");
    if (statement->aftermath && statement->aftermath->state != AFTERMATH_UNKNOWN)
      out_line(session, "       %-9s  -> %s", "", statement->aftermath->text);
  }
}
