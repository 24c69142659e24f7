/* Statement by statement the catalog is asked, then all answers are judged together. */
#include "retort/run/repair.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  PgConn *conn;
  Repair *repair;
  guint at;
  RepairFunc func;
  void *data;
} Examination;

static void statement_free_all(void *data)
{
  RepairStatement *statement = data;
  g_free(statement->sql);
  g_clear_pointer(&statement->aftermath, aftermath_free);
  g_free(statement);
}

void repair_free(Repair *repair)
{
  if (repair == NULL)
    return;
  g_ptr_array_unref(repair->statements);
  g_strfreev(repair->prepare);
  g_strfreev(repair->undo);
  g_free(repair->text);
  g_free(repair);
}

static RepairStatement *at(const Repair *repair, guint i)
{
  return g_ptr_array_index(repair->statements, i);
}

/* ---- Together -------------------------------------------------------------------------------------------------- */

/* What the statements of a transaction say of it: the first that knows; FALSE when they disagree. */
static gboolean judge_group(Repair *repair, guint from, guint to)
{
  AftermathState state = AFTERMATH_UNKNOWN;
  for (guint i = from; i < to; i++) {
    RepairStatement *statement = at(repair, i);
    if (statement->state == AFTERMATH_UNKNOWN)
      continue;
    if (state != AFTERMATH_UNKNOWN && statement->state != state)
      return FALSE;
    state = statement->state;
  }
  for (guint i = from; i < to; i++)
    at(repair, i)->state = state;
  return TRUE;
}

static guint group_end(const Repair *repair, guint from)
{
  guint to = from;
  while (to < repair->statements->len && at(repair, to)->group == at(repair, from)->group)
    to++;
  return to;
}

/* They ran in order: what stands before something done is done, what stands behind something not done is not. */
static void judge_order(Repair *repair)
{
  guint n = repair->statements->len, last_done = 0;
  for (guint i = 0; i < n; i++)
    if (at(repair, i)->state == AFTERMATH_DONE)
      last_done = i + 1;
  gboolean open = FALSE;
  for (guint i = 0; i < n; i++) {
    RepairStatement *statement = at(repair, i);
    if (statement->state == AFTERMATH_UNKNOWN && i < last_done)
      statement->state = AFTERMATH_DONE;
    else if (statement->state == AFTERMATH_UNKNOWN && open)
      statement->state = AFTERMATH_NOT_DONE;
    else if (statement->state != AFTERMATH_DONE && i < last_done)
      repair->contradictory = TRUE;
    open = open || statement->state == AFTERMATH_NOT_DONE || statement->state == AFTERMATH_BROKEN;
  }
}

/* ---- Ways out -------------------------------------------------------------------------------------------------- */

static void find_resumption(Repair *repair)
{
  g_autoptr(GStrvBuilder) prepare = g_strv_builder_new();
  repair->may_continue = !repair->contradictory;
  for (repair->resume_at = 0; repair->resume_at < repair->statements->len; repair->resume_at++) {
    const RepairStatement *statement = at(repair, repair->resume_at);
    if (statement->state == AFTERMATH_BROKEN && statement->aftermath->finish != NULL) {
      g_strv_builder_add(prepare, statement->aftermath->finish);
      continue;
    }
    if (statement->state == AFTERMATH_DONE)
      continue;
    if (statement->state == AFTERMATH_BROKEN && statement->aftermath->cleanup != NULL)
      g_strv_builder_add(prepare, statement->aftermath->cleanup);
    else if (statement->state != AFTERMATH_NOT_DONE)
      repair->may_continue = FALSE;
    repair->running = repair->running || statement->state == AFTERMATH_RUNNING;
    break;
  }
  repair->prepare = g_strv_builder_end(prepare);
}

/* Last first.  A broken index is taken back by its cleanup. */
static void find_undo(Repair *repair)
{
  g_autoptr(GStrvBuilder) undo = g_strv_builder_new();
  repair->undo_whole = TRUE;
  for (guint i = repair->statements->len; i-- > 0;) {
    const RepairStatement *statement = at(repair, i);
    const Aftermath *aftermath = statement->aftermath;
    const char *sql = aftermath == NULL                      ? NULL
                      : statement->state == AFTERMATH_DONE   ? aftermath->undo
                      : aftermath->state == AFTERMATH_BROKEN ? aftermath->cleanup
                                                             : NULL;
    if (sql != NULL)
      g_strv_builder_add(undo, sql);
    else if (statement->state == AFTERMATH_DONE)
      repair->undo_whole = FALSE;
  }
  repair->undo = g_strv_builder_end(undo);
}

static char *sentence(const Repair *repair)
{
  guint n = repair->statements->len;
  if (repair->running)
    return g_strdup(_("A session is still at work on this migration; look again when it is over."));
  if (repair->contradictory)
    return g_strdup(_("Some statements took effect and some before them did not; this needs a human eye."));
  if (!repair->may_continue)
    return g_strdup_printf(
        _("Whether statement %u took effect cannot be told from the catalog; what stands before it did."),
        repair->resume_at + 1);
  if (repair->resume_at == 0 && repair->prepare[0] == NULL)
    return g_strdup(_("Nothing of this migration is in the database."));
  if (repair->resume_at == n)
    return g_strdup(_("All statements of this migration took effect; only the version rows have not moved."));
  return g_strdup_printf(
      ngettext("%u of %u statements took effect.", "%u of %u statements took effect.", repair->resume_at),
      repair->resume_at, n);
}

static void judge(Repair *repair)
{
  for (guint from = 0, to; from < repair->statements->len; from = to) {
    to = group_end(repair, from);
    if (!judge_group(repair, from, to))
      repair->contradictory = TRUE;
  }
  judge_order(repair);
  find_resumption(repair);
  find_undo(repair);
  for (guint i = 0; i < repair->statements->len; i++)
    repair->done += at(repair, i)->state == AFTERMATH_DONE;
  repair->half = (repair->done > 0 && repair->done < repair->statements->len) || repair->prepare[0] != NULL;
  repair->text = sentence(repair);
}

/* ---- One by one ------------------------------------------------------------------------------------------------ */

static void examination_free(void *data)
{
  Examination *examination = data;
  repair_free(examination->repair);
  g_free(examination);
}

static void ask_next(Examination *examination);

static void examined(Aftermath *aftermath, const GError *error, void *data)
{
  Examination *examination = data;
  if (pg_conn_state(examination->conn) != PG_CONN_IDLE) {
    aftermath_free(aftermath);
    examination->func(NULL, error, examination->data);
    examination_free(examination);
    return;
  }
  RepairStatement *statement = at(examination->repair, examination->at++);
  statement->aftermath = aftermath;
  /* What the record knows for sure stands. */
  if (!statement->seen && aftermath != NULL && aftermath->state != AFTERMATH_UNKNOWN) {
    statement->state = aftermath->state;
    statement->seen = TRUE;
  }
  ask_next(examination);
}

static void ask_next(Examination *examination)
{
  Repair *repair = examination->repair;
  if (examination->at < repair->statements->len) {
    aftermath_examine_owned(examination->conn, at(repair, examination->at)->sql, examined, examination,
                            examination_free);
    return;
  }
  judge(repair);
  examination->func(g_steal_pointer(&examination->repair), NULL, examination->data);
  examination_free(examination);
}

/* recovered NULL: the record never came to it.  A statement inside a transaction is done or not; one outside that was
 * not answered with success may have left something behind, so that the catalog has to tell, if it can. */
static void believe(RepairStatement *statement, const RecoveredStatement *recovered)
{
  StatementFate fate = recovered != NULL ? recovered->fate : FATE_NOT_DONE;
  if (fate == FATE_DONE)
    statement->state = AFTERMATH_DONE;
  else if (fate == FATE_NOT_DONE)
    statement->state = AFTERMATH_NOT_DONE;
  statement->seen = fate == FATE_DONE || (fate == FATE_NOT_DONE && !statement->outside);
}

static void nothing_to_ask(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results,
                           G_GNUC_UNUSED const GError *error, void *data)
{
  ask_next(data);
}

void repair_examine(PgConn *conn, const GPtrArray *statements, const Recovery *recovery, RepairFunc func,
                    void *data)
{
  Examination *examination = g_new0(Examination, 1);
  Repair *repair = g_new0(Repair, 1);
  guint group = 0;
  *examination = (Examination){.conn = conn, .repair = repair, .func = func, .data = data};
  repair->statements = g_ptr_array_new_with_free_func(statement_free_all);
  for (guint i = 0; i < statements->len; i++) {
    const Statement *given = g_ptr_array_index(statements, i);
    RepairStatement *statement = g_new0(RepairStatement, 1);
    gboolean opens =
        i == 0 || given->autocommit || ((const Statement *)g_ptr_array_index(statements, i - 1))->autocommit;
    group += opens;
    *statement = (RepairStatement){.sql = g_strdup(given->sql), .outside = given->autocommit, .group = group};
    if (recovery != NULL && recovery->state != RECOVERY_FOREIGN)
      believe(statement, i < recovery->statements->len ? g_ptr_array_index(recovery->statements, i) : NULL);
    g_ptr_array_add(repair->statements, statement);
  }
  /* func is never called from inside this call. */
  if (statements->len == 0)
    pg_conn_exec_owned(conn, "SELECT 1", NULL, nothing_to_ask, examination, examination_free);
  else
    ask_next(examination);
}
