#include "rollout_support.h"

#include <criterion/criterion.h>
#include <string.h>

static PgConn *conn_on_schema(const char *schema)
{
  g_autoptr(PgParams) params = pg_params_default();
  g_autofree char *options = g_strdup_printf("-c search_path=%s", schema);
  PgConn *conn = pg_conn_new(params, &(PgConnOptions){.options = options});
  g_autoptr(GError) error = NULL;
  cr_assert(pg_conn_connect_sync(conn, &error), "connects: %s", error != NULL ? error->message : "");
  return conn;
}

static void row_op_free(void *data)
{
  RowOp *op = data;
  g_free(op->from);
  g_free(op->to);
  g_free(op);
}

static void step_free(void *data)
{
  PlanStep *step = data;
  if (step->revision != NULL) {
    g_free(step->revision->id);
    g_free(step->revision->path);
    g_free(step->revision);
  }
  g_ptr_array_unref(step->row_ops);
  g_free(step);
}

static void hand_made_script_free(void *data)
{
  Script *script = data;
  if (script == NULL)
    return;
  g_ptr_array_unref(script->statements);
  g_free(script);
}

RolloutFixture *rollout_fixture_adopt(const char *schema)
{
  RolloutFixture *fixture = g_new0(RolloutFixture, 1);
  fixture->conn = conn_on_schema(schema);
  fixture->other = conn_on_schema(schema);
  fixture->plan = g_ptr_array_new_with_free_func(step_free);
  fixture->scripts = g_ptr_array_new_with_free_func(hand_made_script_free);
  fixture->options.transaction = ROLLOUT_PER_MIGRATION;
  fixture->options.create_version_table = TRUE;
  fixture->log = g_string_new(NULL);
  return fixture;
}

RolloutFixture *rollout_fixture_new(const char *schema)
{
  RolloutFixture *fixture = rollout_fixture_adopt(schema);
  g_autofree char *create = g_strdup_printf("CREATE SCHEMA %s", schema);
  test_sql(fixture->other, create);
  return fixture;
}

void rollout_fixture_free(RolloutFixture *fixture)
{
  rollout_free(fixture->rollout);
  pg_conn_free(fixture->conn);
  pg_conn_free(fixture->other);
  g_ptr_array_unref(fixture->plan);
  g_ptr_array_unref(fixture->scripts);
  g_string_free(fixture->log, TRUE);
  g_strfreev(fixture->rows);
  g_clear_error(&fixture->error);
  g_free(fixture->text);
  g_free(fixture);
}

static RowOp *row_op(const char *word)
{
  RowOp *op = g_new0(RowOp, 1);
  const char *arrow = strchr(word, '>');
  if (*word == '+') {
    *op = (RowOp){ROW_INSERT, NULL, g_strdup(word + 1)};
  } else if (*word == '-') {
    *op = (RowOp){ROW_DELETE, g_strdup(word + 1), NULL};
  } else {
    *op = (RowOp){ROW_UPDATE, g_strndup(word, (gsize)(arrow - word)), g_strdup(arrow + 1)};
  }
  return op;
}

void rollout_fixture_add(RolloutFixture *fixture, Direction direction, const char *rows, ...)
{
  PlanStep *step = g_new0(PlanStep, 1);
  Script *script = g_new0(Script, 1);
  step->direction = direction;
  step->revision = g_new0(Revision, 1);
  step->revision->id = g_strdup_printf("rev%u", fixture->plan->len);
  step->row_ops = g_ptr_array_new_with_free_func(row_op_free);
  g_auto(GStrv) words = g_strsplit(rows, " ", -1);
  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_ptr_array_add(step->row_ops, row_op(*word));
  script->statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  va_list args;
  va_start(args, rows);
  for (const char *sql; (sql = va_arg(args, const char *)) != NULL;)
    g_ptr_array_add(script->statements, statement_new(*sql == '!' ? sql + 1 : sql, *sql == '!', 1, 1));
  va_end(args);
  g_ptr_array_add(fixture->plan, step);
  if (direction == DIRECTION_STAMP)
    g_clear_pointer(&script, hand_made_script_free);
  g_ptr_array_add(fixture->scripts, script);
}

void rollout_fixture_add_victims_plan(RolloutFixture *fixture)
{
  rollout_fixture_add(fixture, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)",
                      NULL);
  rollout_fixture_add(fixture, DIRECTION_UPGRADE, "a>b", "ALTER TABLE t ADD y int",
                      "!CREATE INDEX CONCURRENTLY t_x ON t (x)", "ALTER TABLE t ADD z int", NULL);
}

static void log_event(RolloutFixture *fixture, const RolloutEvent *event)
{
  GString *log = fixture->log;
  g_string_append(log, log->len > 0 ? " " : "");
  switch (event->kind) {
  case ROLLOUT_EVENT_STARTED: g_string_append(log, "started"); break;
  case ROLLOUT_EVENT_STEP: g_string_append_printf(log, "step%u", event->step); break;
  case ROLLOUT_EVENT_BEGIN: g_string_append(log, "begin"); break;
  case ROLLOUT_EVENT_STATEMENT:
    if (event->statement == ROLLOUT_VERSION_TABLE)
      g_string_append(log, "table");
    else
      g_string_append_printf(log, "%u.%u%s", event->step, event->statement, event->in_transaction ? "" : "!");
    break;
  case ROLLOUT_EVENT_STATEMENT_DONE: g_string_append(log, "ok"); break;
  case ROLLOUT_EVENT_NOTICE: g_string_append_printf(log, "[%s]", event->text); break;
  case ROLLOUT_EVENT_COMMIT: g_string_append(log, "commit"); break;
  case ROLLOUT_EVENT_STEP_DONE: g_string_append(log, "stepdone"); break;
  case ROLLOUT_EVENT_PAUSED: g_string_append(log, "paused"); break;
  case ROLLOUT_EVENT_FAILED: g_string_append(log, "failed"); break;
  case ROLLOUT_EVENT_CANCELLED: g_string_append(log, "cancelled"); break;
  case ROLLOUT_EVENT_DONE: g_string_append(log, "done"); break;
  case ROLLOUT_EVENT_RETRY: g_string_append_printf(log, "retry%u", event->attempt); break;
  case ROLLOUT_EVENT_LOCKS: g_string_append(log, "locks"); break;
  }
}

static void on_event(const RolloutEvent *event, void *data)
{
  RolloutFixture *fixture = data;
  cr_assert(!fixture->finished, "nothing comes after the last event");
  log_event(fixture, event);
  if (event->kind == ROLLOUT_EVENT_FAILED || event->kind == ROLLOUT_EVENT_CANCELLED ||
      event->kind == ROLLOUT_EVENT_DONE) {
    fixture->finished = TRUE;
    fixture->rows = g_strdupv(event->rows);
    fixture->error = event->error != NULL ? g_error_copy(event->error) : NULL;
    fixture->text = g_strdup(event->text);
    fixture->rolled_back = event->rolled_back;
    fixture->unknown = event->outcome_unknown;
  }
  if (fixture->on_event != NULL)
    fixture->on_event(event, fixture);
}

void rollout_fixture_start(RolloutFixture *fixture, const char *before)
{
  static const RolloutSink sink = {on_event};
  g_autofree RolloutStep *steps = g_new0(RolloutStep, fixture->plan->len + 1);
  g_auto(GStrv) rows = *before != '\0' ? g_strsplit(before, " ", -1) : g_new0(char *, 1);
  for (guint i = 0; i < fixture->plan->len; i++)
    steps[i] = (RolloutStep){.step = g_ptr_array_index(fixture->plan, i),
                             .script = g_ptr_array_index(fixture->scripts, i),
                             .skip = i == 0 ? fixture->skip : 0};
  rollout_free(fixture->rollout);
  fixture->finished = FALSE;
  g_string_truncate(fixture->log, 0);
  fixture->rollout = rollout_new(fixture->conn, NULL, steps, fixture->plan->len, (const char *const *)rows,
                                 &fixture->options, &sink, fixture);
  rollout_start(fixture->rollout);
}

void rollout_fixture_wait(RolloutFixture *fixture)
{
  while (!fixture->finished)
    g_main_context_iteration(NULL, TRUE);
}

void rollout_fixture_run(RolloutFixture *fixture, const char *before)
{
  rollout_fixture_start(fixture, before);
  rollout_fixture_wait(fixture);
}

char *rollout_fixture_rows(const RolloutFixture *fixture)
{
  return fixture->rows != NULL ? g_strjoinv(" ", fixture->rows) : g_strdup("-");
}
