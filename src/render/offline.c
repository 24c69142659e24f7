/* A plan as the script `alembic --sql` prints, and the statements that keep the version table. */
#include "retort/render/offline.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "session.h"

/* ---- the version table ---- */

typedef struct {
  SqlName table;
  SqlName schema;
  gboolean primary_key;
} VersionTable;

/* env.py often configures the table for one of the two modes only. */
static VersionTable version_table_of(const Project *project, gboolean offline)
{
  VersionTable version = {.table = sql_name("alembic_version"), .primary_key = TRUE};
  if (!project)
    return version;
  const EnvScript *env = offline ? &project->env_offline : &project->env;
  if (env->version_table.state == ENV_LITERAL && env->version_table.text)
    version.table = sql_name(env->version_table.text);
  if (env->version_table_schema.state == ENV_LITERAL)
    version.schema = sql_name(env->version_table_schema.text);
  const EnvSetting *pk = &env->version_table_pk;
  version.primary_key = pk->state != ENV_LITERAL || pk->truth;
  return version;
}

static char *create_sql(VersionTable version)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  SqlType type = {.kind = SQL_TYPE_VARCHAR, .length = SQL_INT(32)};
  SqlColumn column = {.name = sql_name("version_num"), .type = &type, .nullable = SQL_NO};
  SqlConstraint key = {.kind = SQL_CONSTRAINT_PRIMARY_KEY,
                       .name = sql_name(arena_printf(arena, "%s_pkc", version.table.text))};
  SqlTable table = {.name = version.table, .schema = version.schema};
  SqlOp op = {.kind = SQL_CREATE_TABLE, .create_table = {.table = &table, .only_table = TRUE}};
  SqlContext context = {.flavor = SQL_FLAVOR_NEW};
  sql_column_list_add(arena, &table.columns, &column);
  sql_name_list_add(arena, &key.columns, column.name);
  if (version.primary_key)
    sql_constraint_list_add(arena, &table.constraints, &key);
  if (!sql_compile(&context, &op, (SqlPlace){0}, out, NULL))
    return NULL;
  const Statement *statement = out->pdata[0];
  return g_strdup(statement->sql);
}

char *version_table_create_sql(const Project *project)
{
  return create_sql(version_table_of(project, FALSE));
}

char *version_table_create_offline_sql(const Project *project)
{
  return create_sql(version_table_of(project, TRUE));
}

static char *row_sql(VersionTable version, const RowOp *row)
{
  g_autoptr(GString) table = g_string_new(NULL);
  sql_append_qualified(table, version.schema, version.table, FALSE);
  switch (row->kind) {
  case ROW_INSERT:
    return version.primary_key
               ? g_strdup_printf("INSERT INTO %s (version_num) VALUES ('%s') RETURNING %s.version_num",
                                 table->str, row->to, table->str)
               : g_strdup_printf("INSERT INTO %s (version_num) VALUES ('%s')", table->str, row->to);
  case ROW_UPDATE:
    return g_strdup_printf("UPDATE %s SET version_num='%s' WHERE %s.version_num = '%s'", table->str, row->to,
                           table->str, row->from);
  case ROW_DELETE:
    return g_strdup_printf("DELETE FROM %s WHERE %s.version_num = '%s'", table->str, table->str, row->from);
  }
  g_assert_not_reached();
}

char *version_row_sql(const Project *project, const RowOp *row)
{
  return row_sql(version_table_of(project, FALSE), row);
}

/* ---- one script ---- */

static void print_statement(GString *out, const char *sql)
{
  g_autoptr(Statement) statement = statement_new(sql, FALSE, 0, 0);
  g_autofree char *text = statement_offline_text(statement);
  g_string_append_printf(out, "%s;\n\n", text);
}

typedef struct {
  const Script *script;
  GString *out;
  guint next_print; /* G_MAXUINT: prints are left out */
  guint edges;      /* of blocks passed */
} Printer;

/* What was print()ed before the statement, and before the next edge of a block. */
static void put_prints(Printer *p, guint before)
{
  for (; p->script->prints && p->next_print < p->script->prints->len; p->next_print++) {
    const ScriptPrint *print = &g_array_index(p->script->prints, ScriptPrint, p->next_print);
    if (print->before > before || print->edges > p->edges)
      return;
    g_string_append(p->out, print->text);
  }
}

/* COMMIT and BEGIN where blocks begin and end before the statement. */
static void put_edges(Printer *p, guint before)
{
  while (p->edges / 2 < p->script->blocks->len) {
    const ScriptBlock *block = &g_array_index(p->script->blocks, ScriptBlock, p->edges / 2);
    gboolean is_end = p->edges % 2 == 1;
    if ((is_end ? block->end : block->start) != before)
      return;
    put_prints(p, before);
    g_string_append(p->out, is_end ? "BEGIN;\n\n" : "COMMIT;\n\n");
    p->edges++;
  }
}

static void put_script(const Script *script, gboolean transactional_ddl, gboolean with_prints, GString *out)
{
  Printer p = {script, out, with_prints ? 0 : G_MAXUINT, transactional_ddl ? 0 : G_MAXUINT};
  for (guint i = 0; i <= script->statements->len; i++) {
    put_edges(&p, i);
    put_prints(&p, i);
    if (i == script->statements->len)
      break;
    g_autofree char *text = statement_offline_text(script->statements->pdata[i]);
    g_string_append_printf(out, "%s;\n\n", text);
  }
}

void script_offline_text(const Script *script, gboolean transactional_ddl, GString *out)
{
  put_script(script, transactional_ddl, FALSE, out);
}

/* ---- the plan ---- */

typedef struct {
  RenderSession *session;
  VersionTable version;
  GString *out;
  gboolean transactional;
  gboolean per_step;
  gboolean begins;
} Offline;

static gboolean truth_of(const EnvSetting *setting, gboolean otherwise)
{
  return setting->state == ENV_LITERAL ? setting->truth : otherwise;
}

/* Why the script of a step cannot be printed. */
static gboolean check_script(const PlanStep *step, const Script *script, GError **error)
{
  if (script->error) {
    static const char command[] = "alembic.util.exc.CommandError: ";
    gboolean plain = g_str_has_prefix(script->error, command);
    g_set_error(error, RETORT_ERROR, plain ? RETORT_ERROR_COMMAND : RETORT_ERROR_TRACEBACK, "%s",
                script->error + (plain ? strlen(command) : 0));
    return FALSE;
  }
  if (script->state == RENDER_EXACT)
    return TRUE;
  const RenderReason *reason = script->reasons->pdata[0];
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s, line %u: %s"),
              reason->path ? reason->path : step->revision->path, reason->line, reason->what);
  return FALSE;
}

static gboolean print_step(Offline *offline, const PlanStep *step, gboolean create, GError **error)
{
  GString *out = offline->out;
  gboolean around = offline->per_step && offline->transactional && offline->begins;
  gboolean ok = TRUE;
  if (around)
    g_string_append(out, "BEGIN;\n\n");
  if (create) {
    g_autofree char *sql = create_sql(offline->version);
    print_statement(out, sql);
  }
  g_autofree char *log = plan_step_log(step, FALSE);
  g_string_append_printf(out, "-- %s\n\n", log);
  if (step->revision && step->direction != DIRECTION_STAMP) {
    g_autoptr(Script) script = render_revision(offline->session, step->revision, step->direction);
    put_script(script, offline->transactional, TRUE, out);
    ok = check_script(step, script, error);
  }
  for (guint i = 0; ok && i < step->row_ops->len; i++) {
    g_autofree char *sql = row_sql(offline->version, step->row_ops->pdata[i]);
    print_statement(out, sql);
  }
  if (ok && around)
    g_string_append(out, "COMMIT;\n\n");
  return ok;
}

gboolean offline_script(RenderSession *session, const Project *project, const Plan *plan, GString *out,
                        GError **error)
{
  const EnvScript *env = project ? &project->env_offline : NULL;
  Offline offline = {
      .session = session,
      .version = version_table_of(project, TRUE),
      .out = out,
      .transactional = !env || truth_of(&env->transactional_ddl, TRUE),
      .per_step = env && truth_of(&env->transaction_per_migration, FALSE),
      .begins = !env || !env->path || env->begins_transaction,
  };
  gboolean around = offline.begins && offline.transactional && !offline.per_step;
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
  for (char **row = plan->rows_before; row && *row; row++)
    g_ptr_array_add(rows, g_strdup(*row));
  render_session_restart(session);
  if (around)
    g_string_append(out, "BEGIN;\n\n");
  for (guint i = 0; i < plan->steps->len; i++) {
    const PlanStep *step = plan->steps->pdata[i];
    if (!print_step(&offline, step, rows->len == 0, error))
      return FALSE;
    plan_rows_apply(rows, step);
  }
  if (session->options.flavor == RENDER_AS_OLD && rows->len == 0) {
    g_string_append(out, "DROP TABLE ");
    sql_append_qualified(out, offline.version.schema, offline.version.table, FALSE);
    g_string_append(out, ";\n\n");
  }
  if (around)
    g_string_append(out, "COMMIT;\n\n");
  return TRUE;
}
