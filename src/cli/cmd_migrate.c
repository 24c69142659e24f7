#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "migrate.h"
#include "retort/base/error.h"

const ArgOption script_options[] = {
    {0, "sql", ARG_FLAG, NULL, N_("Print the SQL rather than running it."), FALSE},
    {0, "tag", ARG_VALUE, NULL, N_("Word that env.py may ask for."), FALSE},
    MIGRATE_OPTIONS,
    {0, NULL, 0, NULL, NULL, FALSE},
};

static Plan *upgrade_to(const RevisionMap *map, const char *const *rows, gconstpointer target, GError **error)
{
  return plan_upgrade(map, rows, target, error);
}

static Plan *downgrade_to(const RevisionMap *map, const char *const *rows, gconstpointer target,
                          GError **error)
{
  return plan_downgrade(map, rows, target, error);
}

static gboolean fail(GError **error, const char *message)
{
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND, message);
  return FALSE;
}

COMMAND_RUN(upgrade)
{
  const char *target = args_positional(session->args, 0);
  if (!session_project(session, error))
    return FALSE;
  if (!args_has(session->args, "sql")) {
    if (strchr(target, ':'))
      return fail(error, "Range revision not allowed");
    return migrate_online(session, upgrade_to, target, error);
  }
  g_autofree char *start = NULL;
  g_autofree char *end = NULL;
  if (!migrate_split(target, &start, &end, error))
    return FALSE;
  return migrate_offline(session, start, upgrade_to, end, error);
}

COMMAND_RUN(downgrade)
{
  const char *target = args_positional(session->args, 0);
  if (!session_project(session, error))
    return FALSE;
  gboolean range = strchr(target, ':') != NULL;
  if (!args_has(session->args, "sql")) {
    if (range)
      return fail(error, "Range revision not allowed");
    return migrate_online(session, downgrade_to, target, error);
  }
  if (!range)
    return fail(error, "downgrade with --sql requires <fromrev>:<torev>");
  g_autofree char *start = NULL;
  g_autofree char *end = NULL;
  if (!migrate_split(target, &start, &end, error))
    return FALSE;
  return migrate_offline(session, start, downgrade_to, end, error);
}
