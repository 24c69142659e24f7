#include <glib/gi18n.h>

#include "commands.h"
#include "migrate.h"
#include "out.h"
#include "retort/render/offline.h"

const ArgOption ensure_version_options[] = {
    {0, "sql", ARG_FLAG, NULL, N_("Print the SQL rather than running it."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static gboolean print_script(Session *session, GError **error)
{
  if (!migrate_may_print(session, error))
    return FALSE;
  session_enter_env(session, TRUE);
  gboolean transaction = migrate_has_transaction(session->project);
  g_autofree char *sql = version_table_create_offline_sql(session->project);
  g_autoptr(Statement) statement = statement_new(sql, FALSE, 0, 0);
  g_autofree char *text = statement_offline_text(statement);
  g_autofree char *script =
      g_strdup_printf("%s%s;\n\n%s", transaction ? "BEGIN;\n\n" : "", text, transaction ? "COMMIT;\n\n" : "");
  out_text(script);
  return TRUE;
}

COMMAND_RUN(ensure_version)
{
  if (!session_project(session, error))
    return FALSE;
  if (args_has(session->args, "sql"))
    return print_script(session, error);
  if (!migrate_may_write(session, error))
    return FALSE;
  g_autoptr(VersionRows) rows = session_rows(session, error);
  if (!rows || rows->exists)
    return rows != NULL;
  g_autofree char *sql = version_table_create_sql(session->project);
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(session->conn, sql, NULL, error);
  return results != NULL;
}
