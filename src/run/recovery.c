/* Reading a record that has no end. */
#include "retort/run/recovery.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/pg/version_table.h"
#include "rollout-private.h"

/* While its transaction is open a statement is neither done nor undone. */
typedef enum {
  MARK_NOT_DONE,
  MARK_OPEN,
  MARK_DOUBT,
  MARK_DONE,
} Mark;

typedef struct {
  guint step;
  char *revision;
  Direction direction;
  GPtrArray *sql;      /* char* by statement, NULL where the record has none */
  GArray *marks;       /* Mark */
  GArray *outside;     /* gboolean */
  gboolean rows_moved; /* its COMMIT with the version rows was recorded */
  gboolean foreign;    /* the project's Alembic does it */
  char *rows_after;    /* NULL: not recorded */
} StepTrace;

typedef struct {
  GPtrArray *steps;        /* StepTrace* */
  gboolean open;           /* a transaction */
  char *xid;               /* of a COMMIT without an answer */
  char *committing_rows;   /* as of that COMMIT; NULL: they do not move with it */
  gint64 committing_steps; /* that are in the rows with it; < 0: not recorded */
  char *server_start;
  gboolean witnessed; /* the server's word about it counts after a restart too */
  char *rows;         /* as of the last COMMIT that was answered; NULL: not recorded */
} Trace;

static void step_trace_free(void *data)
{
  StepTrace *step = data;
  g_free(step->revision);
  g_free(step->rows_after);
  g_ptr_array_unref(step->sql);
  g_array_unref(step->marks);
  g_array_unref(step->outside);
  g_free(step);
}

static const char *text_of(JsonObject *line, const char *name)
{
  JsonNode *node = json_object_get_member(line, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
             ? json_node_get_string(node)
             : NULL;
}

static gint64 number_of(JsonObject *line, const char *name, gint64 otherwise)
{
  JsonNode *node = json_object_get_member(line, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : otherwise;
}

static Direction direction_of(const char *name)
{
  return g_strcmp0(name, "downgrade") == 0 ? DIRECTION_DOWNGRADE
         : g_strcmp0(name, "stamp") == 0   ? DIRECTION_STAMP
                                           : DIRECTION_UPGRADE;
}

static StepTrace *step_trace_new(guint number, JsonObject *line)
{
  StepTrace *step = g_new0(StepTrace, 1);
  step->step = number;
  step->revision = g_strdup(text_of(line, "revision"));
  step->direction = direction_of(text_of(line, "direction"));
  step->rows_after = g_strdup(text_of(line, "rows_after"));
  step->foreign = text_of(line, "engine") != NULL;
  step->sql = g_ptr_array_new_with_free_func(g_free);
  step->marks = g_array_new(FALSE, TRUE, sizeof(Mark));
  step->outside = g_array_new(FALSE, TRUE, sizeof(gboolean));
  return step;
}

/* The trace has a place for statements up to this one. */
static void reach(StepTrace *step, gint64 statement)
{
  while (step->marks->len <= statement) {
    Mark none = MARK_NOT_DONE;
    gboolean inside = FALSE;
    g_array_append_val(step->marks, none);
    g_array_append_val(step->outside, inside);
    g_ptr_array_add(step->sql, NULL);
  }
}

/* A step may begin more than once: after a repair it goes on behind what is done. */
static void begin_step(Trace *trace, JsonObject *line)
{
  guint number = (guint)number_of(line, "step", 0);
  StepTrace *step = trace->steps->len > 0 ? g_ptr_array_index(trace->steps, trace->steps->len - 1) : NULL;
  if (step == NULL || step->step != number) {
    step = step_trace_new(number, line);
    g_ptr_array_add(trace->steps, step);
  }
  /* What an earlier rollout, or an earlier part of this one, had done already. */
  gint64 skip = CLAMP(number_of(line, "skip", 0), 0, 100000);
  reach(step, skip - 1);
  for (gint64 i = 0; i < skip; i++)
    g_array_index(step->marks, Mark, i) = MARK_DONE;
}

/* A file may name any number; more statements than this no migration has. */
#define STATEMENT_LIMIT 1000000

static void take_statement(Trace *trace, JsonObject *line, gboolean done)
{
  gint64 index = number_of(line, "statement", -1);
  StepTrace *step = trace->steps->len > 0 ? g_ptr_array_index(trace->steps, trace->steps->len - 1) : NULL;
  if (step == NULL || index < 0 || index > STATEMENT_LIMIT)
    return;
  reach(step, index);
  Mark *mark = &g_array_index(step->marks, Mark, index);
  gboolean *outside = &g_array_index(step->outside, gboolean, index);
  if (!done) {
    g_free(step->sql->pdata[index]);
    step->sql->pdata[index] = g_strdup(text_of(line, "sql"));
    *outside = json_object_has_member(line, "outside");
    *mark = *outside ? MARK_DOUBT : MARK_OPEN;
  } else if (*outside) {
    *mark = MARK_DONE;
  }
}

static void settle(Trace *trace, Mark mark)
{
  for (guint i = 0; i < trace->steps->len; i++) {
    StepTrace *step = g_ptr_array_index(trace->steps, i);
    for (guint j = 0; j < step->marks->len; j++)
      if (g_array_index(step->marks, Mark, j) == MARK_OPEN)
        g_array_index(step->marks, Mark, j) = mark;
  }
  trace->open = FALSE;
}

/* steps: how many are in the rows now. */
static void move_rows(Trace *trace, gint64 steps)
{
  for (guint i = 0; i < trace->steps->len; i++) {
    StepTrace *step = g_ptr_array_index(trace->steps, i);
    step->rows_moved = step->rows_moved || step->step < steps;
  }
}

/* The rollout said itself how it ended: a statement that was answered with an error is not in doubt. */
static void end_here(Trace *trace, JsonObject *line)
{
  if (trace->xid == NULL)
    settle(trace, MARK_NOT_DONE);
  StepTrace *step = trace->steps->len > 0 ? g_ptr_array_index(trace->steps, trace->steps->len - 1) : NULL;
  for (guint i = 0; step != NULL && !json_object_has_member(line, "unknown") && i < step->marks->len; i++)
    if (g_array_index(step->marks, Mark, i) == MARK_DOUBT)
      g_array_index(step->marks, Mark, i) = MARK_NOT_DONE;
}

static void take_line(Trace *trace, JsonObject *line)
{
  const char *event = text_of(line, "event");
  if (g_strcmp0(event, "step") == 0) {
    begin_step(trace, line);
  } else if (g_strcmp0(event, "begin") == 0) {
    trace->open = TRUE;
  } else if (g_strcmp0(event, "statement") == 0 || g_strcmp0(event, "statement-done") == 0) {
    take_statement(trace, line, strcmp(event, "statement-done") == 0);
  } else if (g_strcmp0(event, "committing") == 0) {
    g_free(trace->xid);
    trace->xid = g_strdup(text_of(line, "xid"));
    g_free(trace->committing_rows);
    trace->committing_rows = g_strdup(text_of(line, "rows_after"));
    trace->committing_steps = number_of(line, "steps", -1);
    g_free(trace->server_start);
    trace->server_start = g_strdup(text_of(line, "server_start"));
    trace->witnessed = json_object_has_member(line, "witnessed");
  } else if (g_strcmp0(event, "commit") == 0) {
    settle(trace, MARK_DONE);
    move_rows(trace, number_of(line, "steps", 0));
    g_clear_pointer(&trace->xid, g_free);
    g_clear_pointer(&trace->committing_rows, g_free);
    g_free(trace->rows);
    trace->rows = g_strdup(text_of(line, "rows"));
  } else if (g_strcmp0(event, "started") == 0) {
    g_free(trace->rows);
    trace->rows = g_strdup(text_of(line, "rows"));
  } else if (g_strcmp0(event, "retry") == 0) {
    settle(trace, MARK_NOT_DONE);
    g_clear_pointer(&trace->xid, g_free);
  } else if (g_strcmp0(event, "failed") == 0 || g_strcmp0(event, "cancelled") == 0 ||
             g_strcmp0(event, "part-failed") == 0 || g_strcmp0(event, "part-cancelled") == 0) {
    end_here(trace, line);
  }
}

/* ---- What follows ---------------------------------------------------------------------------------------------- */

static void recovered_statement_free(void *data)
{
  RecoveredStatement *statement = data;
  g_free(statement->sql);
  g_free(statement);
}

void recovery_free(Recovery *recovery)
{
  if (recovery == NULL)
    return;
  char *texts[] = {recovery->journal, recovery->text,    recovery->revision,
                   recovery->xid,     recovery->verdict, recovery->server_start};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_ptr_array_unref(recovery->statements);
  g_strfreev(recovery->rows);
  g_strfreev(recovery->rows_after);
  g_free(recovery);
}

/* The rows as the record writes them: "a, b", or "base"; the caller's. */
static char **rows_from_text(const char *recorded)
{
  return g_strsplit(strcmp(recorded, "base") != 0 ? recorded : "", ", ", -1);
}

static StepTrace *step_in_work(const Trace *trace)
{
  for (guint i = 0; i < trace->steps->len; i++) {
    StepTrace *step = g_ptr_array_index(trace->steps, i);
    if (!step->rows_moved)
      return step;
  }
  return NULL;
}

static void describe_step(Recovery *recovery, const StepTrace *step)
{
  recovery->step = step->step;
  recovery->revision = g_strdup(step->revision);
  recovery->direction = step->direction;
  recovery->rows_after = step->rows_after != NULL ? rows_from_text(step->rows_after) : NULL;
  for (guint i = 0; i < step->marks->len; i++) {
    Mark mark = g_array_index(step->marks, Mark, i);
    RecoveredStatement *statement = g_new0(RecoveredStatement, 1);
    statement->sql = g_strdup(g_ptr_array_index(step->sql, i));
    statement->outside = g_array_index(step->outside, gboolean, i);
    statement->fate = mark == MARK_DONE ? FATE_DONE : mark == MARK_DOUBT ? FATE_IN_DOUBT : FATE_NOT_DONE;
    g_ptr_array_add(recovery->statements, statement);
    if (mark == MARK_DONE && recovery->resume_at == i)
      recovery->resume_at = i + 1;
  }
}

static gboolean anything_remains(const Recovery *recovery)
{
  for (guint i = 0; i < recovery->statements->len; i++)
    if (((RecoveredStatement *)g_ptr_array_index(recovery->statements, i))->fate != FATE_NOT_DONE)
      return TRUE;
  return FALSE;
}

static char *state_text(const Recovery *recovery)
{
  switch (recovery->state) {
  case RECOVERY_ROLLED_BACK:
    return g_strdup(_("It ended inside a transaction, which the server rolled back."));
  case RECOVERY_COMMITTED: return g_strdup(_("It ended during a COMMIT, which took effect."));
  case RECOVERY_UNKNOWN:
    return g_strdup(_("It ended during a COMMIT, and the server no longer knows whether that took effect."));
  case RECOVERY_FOREIGN:
    return g_strdup_printf(
        _("It ended while the project's Alembic worked on revision %s, and the version rows have not moved."),
        recovery->revision);
  case RECOVERY_PARTIAL:
    return g_strdup_printf(
        _("Revision %s is half done: %u of its statements remain, and the version rows have not "
          "moved."),
        recovery->revision, recovery->resume_at);
  default: return g_strdup(_("It ended between two migrations; nothing is half done."));
  }
}

static gboolean rows_are(const char *const *rows, const char *recorded)
{
  if (rows == NULL || recorded == NULL)
    return FALSE;
  g_auto(GStrv) names = rows_from_text(recorded);
  return rollout_rows_equal(rows, (const char *const *)names);
}

typedef enum {
  COMMIT_NONE,
  COMMIT_TOOK_EFFECT,
  COMMIT_DID_NOT,
  COMMIT_UNKNOWN,
} CommitFate;

/* As in the rollout itself: rows that were to move tell; else the server's word. */
static CommitFate commit_fate(const Trace *trace, const char *const *rows, const char *verdict)
{
  if (trace->xid == NULL)
    return COMMIT_NONE;
  if (trace->committing_rows != NULL && rows_are(rows, trace->committing_rows))
    return COMMIT_TOOK_EFFECT;
  if (g_strcmp0(verdict, "aborted") == 0 || (trace->committing_rows != NULL && rows_are(rows, trace->rows)))
    return COMMIT_DID_NOT;
  return g_strcmp0(verdict, "committed") == 0 ? COMMIT_TOOK_EFFECT : COMMIT_UNKNOWN;
}

/* Of a step that the project's Alembic did nothing but the rows is known: they have moved, or not. */
static gboolean see_foreign(Trace *trace, const char *const *rows)
{
  StepTrace *step = step_in_work(trace);
  if (step == NULL || !step->foreign || !rows_are(rows, step->rows_after))
    return FALSE;
  step->rows_moved = TRUE;
  return TRUE;
}

Recovery *recovery_from_lines(GPtrArray *lines, const char *const *rows, const char *verdict)
{
  Recovery *recovery = g_new0(Recovery, 1);
  Trace trace = {.steps = g_ptr_array_new_with_free_func(step_trace_free)};
  recovery->statements = g_ptr_array_new_with_free_func(recovered_statement_free);
  for (guint i = 0; i < lines->len; i++)
    take_line(&trace, g_ptr_array_index(lines, i));
  gboolean was_open = trace.open;
  recovery->xid = g_strdup(trace.xid);
  recovery->verdict = g_strdup(verdict);
  recovery->server_start = g_strdup(trace.server_start);
  recovery->witnessed = trace.witnessed;
  recovery->rows = g_strdupv((char **)rows);
  CommitFate fate = commit_fate(&trace, rows, verdict);
  gboolean committed = fate == COMMIT_TOOK_EFFECT, unknown = fate == COMMIT_UNKNOWN;
  settle(&trace, committed ? MARK_DONE : unknown ? MARK_DOUBT : MARK_NOT_DONE);
  if (committed && trace.committing_rows != NULL && trace.steps->len > 0)
    move_rows(&trace, trace.committing_steps >= 0
                          ? trace.committing_steps
                          : ((StepTrace *)g_ptr_array_index(trace.steps, trace.steps->len - 1))->step + 1);
  committed = see_foreign(&trace, rows) || committed;
  const StepTrace *step = step_in_work(&trace);
  if (step != NULL)
    describe_step(recovery, step);
  recovery->state = unknown                         ? RECOVERY_UNKNOWN
                    : step != NULL && step->foreign ? RECOVERY_FOREIGN
                    : anything_remains(recovery)    ? RECOVERY_PARTIAL
                    : committed                     ? RECOVERY_COMMITTED
                    : was_open                      ? RECOVERY_ROLLED_BACK
                                                    : RECOVERY_UNTOUCHED;
  recovery->text = state_text(recovery);
  g_ptr_array_unref(trace.steps);
  g_free(trace.xid);
  g_free(trace.committing_rows);
  g_free(trace.server_start);
  g_free(trace.rows);
  return recovery;
}

/* Without an end and without a process; or ended, but in the middle of a migration. */
static gboolean needs_attention(const JournalEntry *entry)
{
  if (entry->outcome == JOURNAL_OPEN)
    return !entry->alive;
  g_autoptr(GPtrArray) lines = entry->outcome != JOURNAL_DONE ? journal_read(entry->path, NULL) : NULL;
  g_autoptr(Recovery) recovery = lines != NULL ? recovery_from_lines(lines, NULL, NULL) : NULL;
  return recovery != NULL && (recovery->state == RECOVERY_PARTIAL || recovery->state == RECOVERY_UNKNOWN ||
                              recovery->state == RECOVERY_FOREIGN);
}

/* One database may be reached by several names; a cluster has one identity. */
static gboolean is_database(const JournalEntry *entry, const char *database, const char *system_id)
{
  if (system_id == NULL || entry->system_id == NULL || entry->database == NULL)
    return g_strcmp0(entry->database, database) == 0;
  const char *recorded = strrchr(entry->database, '/'), *here = strrchr(database, '/');
  return strcmp(entry->system_id, system_id) == 0 && g_strcmp0(recorded, here) == 0;
}

JournalEntry *recovery_find(const char *database, const char *system_id, GError **error)
{
  g_autoptr(GPtrArray) entries = journal_list(error);
  for (guint i = 0; entries != NULL && i < entries->len; i++) {
    JournalEntry *entry = g_ptr_array_index(entries, i);
    if (!is_database(entry, database, system_id))
      continue;
    if (!entry->begun)
      continue;
    /* Older ones were looked at, or overtaken by this one. */
    return needs_attention(entry) ? g_ptr_array_steal_index(entries, i) : NULL;
  }
  return NULL;
}

/* ---- Asking the server ----------------------------------------------------------------------------------------- */

typedef struct {
  char *path;
  char *table;
  char *schema;
  GPtrArray *lines;
  char *server_start;
  gboolean witnessed;
  char *verdict;
  RecoveryFunc func;
  void *data;
} Examination;

static void examination_free(void *data)
{
  Examination *examination = data;
  g_free(examination->path);
  g_free(examination->table);
  g_free(examination->schema);
  g_clear_pointer(&examination->lines, g_ptr_array_unref);
  g_free(examination->verdict);
  g_free(examination->server_start);
  g_free(examination);
}

static void rows_known(VersionRows *rows, const GError *error, void *data)
{
  Examination *examination = data;
  Recovery *recovery = NULL;
  if (rows != NULL) {
    recovery = recovery_from_lines(examination->lines, (const char *const *)rows->rows, examination->verdict);
    recovery->journal = g_strdup(examination->path);
  }
  version_rows_free(rows);
  examination->func(recovery, error, examination->data);
  examination_free(examination);
}

/* An id that the server has not given out yet (22023) was lost with it, and its transaction too.  After a restart
 * "committed" may be said of another transaction that was given the same id, unless the id was seen to reach the disk. */
static char *trusted_verdict(const Examination *examination, GPtrArray *results, const GError *error)
{
  if (error != NULL)
    return strcmp(pg_error_sqlstate(error), "22023") == 0 ? g_strdup("aborted") : NULL;
  const PGresult *result = g_ptr_array_index(results, results->len - 1);
  if (PQntuples(result) != 1 || PQgetisnull(result, 0, 0))
    return NULL;
  const char *word = PQgetvalue(result, 0, 0);
  gboolean restarted = g_strcmp0(PQgetvalue(result, 0, 1), examination->server_start) != 0;
  return restarted && !examination->witnessed && strcmp(word, "committed") == 0 ? NULL : g_strdup(word);
}

static void verdict_known(PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  Examination *examination = data;
  if (pg_conn_state(conn) != PG_CONN_IDLE) {
    examination->func(NULL, error, examination->data);
    examination_free(examination);
    return;
  }
  examination->verdict = trusted_verdict(examination, results, error);
  version_rows_read(conn, examination->table, examination->schema, rows_known, examination);
}

gboolean recovery_examine(PgConn *conn, const char *journal, const char *table, const char *schema,
                          RecoveryFunc func, void *data, GError **error)
{
  g_autoptr(GPtrArray) lines = journal_read(journal, error);
  if (lines == NULL)
    return FALSE;
  g_autoptr(Recovery) first = recovery_from_lines(lines, NULL, NULL);
  guint64 xid = first->xid != NULL ? g_ascii_strtoull(first->xid, NULL, 10) : 0;
  /* Without a COMMIT on its way the question is an empty one. */
  g_autofree char *sql = xid > 0
                             ? g_strdup_printf("SELECT pg_catalog.txid_status(%" G_GUINT64_FORMAT
                                               "), extract(epoch FROM pg_catalog.pg_postmaster_start_time())",
                                               xid)
                             : g_strdup("SELECT NULL, NULL");
  Examination *examination = g_new0(Examination, 1);
  *examination = (Examination){.path = g_strdup(journal),
                               .table = g_strdup(table),
                               .schema = g_strdup(schema),
                               .lines = g_steal_pointer(&lines),
                               .server_start = g_strdup(first->server_start),
                               .witnessed = first->witnessed,
                               .func = func,
                               .data = data};
  pg_conn_exec_owned(conn, sql, NULL, verdict_known, examination, examination_free);
  return TRUE;
}
