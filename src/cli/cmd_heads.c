#include <glib/gi18n.h>

#include "commands.h"
#include "list.h"
#include "retort/base/error.h"

const ArgOption heads_options[] = {
    {'v', "verbose", ARG_FLAG, NULL, N_("Print whole blocks rather than lines."), FALSE},
    {0, "resolve-dependencies", ARG_FLAG, NULL, N_("Leave out heads that another revision depends on."),
     FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

COMMAND_RUN(heads)
{
  gboolean resolve = args_has(session->args, "resolve-dependencies");
  g_autoptr(GError) fault = NULL;
  RevisionMap *map = session_map_to_read(session, &fault);
  if (!map) {
    /* Alembic lets a faulty map through as a traceback here, and only here. */
    if (session->map && !resolve)
      fault->code = RETORT_ERROR_TRACEBACK;
    g_propagate_error(error, g_steal_pointer(&fault));
    return FALSE;
  }
  list_print(session, resolve ? map->real_heads : map->heads, FORMAT_OF_HEADS, NULL);
  return TRUE;
}
