#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "migrate.h"
#include "out.h"
#include "retort/base/error.h"

const ArgOption stamp_options[] = {
    {0, "sql", ARG_FLAG, NULL, N_("Print the SQL rather than running it."), FALSE},
    {0, "tag", ARG_VALUE, NULL, N_("Word that env.py may ask for."), FALSE},
    {0, "purge", ARG_FLAG, NULL, N_("Empty the version table first, whatever it holds."), FALSE},
    MIGRATE_OPTIONS,
    {0, NULL, 0, NULL, NULL, FALSE},
};

typedef struct {
  const char *const *targets;
  gboolean purge;
} Stamp;

static Plan *stamp_to(const RevisionMap *map, const char *const *rows, gconstpointer data, GError **error)
{
  const Stamp *stamp = data;
  Plan *plan = plan_stamp(map, rows, stamp->targets, stamp->purge, error);
  if (plan && stamp->purge)
    plan_purge_rows(plan, rows);
  return plan;
}

static Plan *refuse_purge(const RevisionMap *map, const char *const *rows, gconstpointer data, GError **error)
{
  (void)map, (void)rows, (void)data;
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "Can't use --purge with --sql mode");
  return NULL;
}

/* Ends of all "a:b", and the one start they must share. */
static char **split_all(char *const *words, char **start, GError **error)
{
  g_autoptr(GStrvBuilder) ends = g_strv_builder_new();
  for (; *words; words++) {
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    if (!migrate_split(*words, &from, &to, error))
      return NULL;
    if (from && *start && strcmp(from, *start) != 0) {
      g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND,
                          "Stamp operation with --sql only supports a single starting revision at a time");
      return NULL;
    }
    if (from && !*start)
      *start = g_steal_pointer(&from);
    g_strv_builder_add(ends, to);
  }
  return g_strv_builder_end(ends);
}

COMMAND_RUN(stamp)
{
  if (!session_project(session, error))
    return FALSE;
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  g_ptr_array_extend(words, session->args->positionals, NULL, NULL);
  g_ptr_array_add(words, NULL);
  gboolean purge = args_has(session->args, "purge");
  if (!args_has(session->args, "sql")) {
    Stamp stamp = {(const char *const *)words->pdata, purge};
    return migrate_online(session, stamp_to, &stamp, error);
  }
  g_autofree char *start = NULL;
  g_auto(GStrv) ends = split_all((char *const *)words->pdata, &start, error);
  if (!ends)
    return FALSE;
  Stamp stamp = {(const char *const *)ends, FALSE};
  return migrate_offline(session, start, purge ? refuse_purge : stamp_to, &stamp, error);
}
