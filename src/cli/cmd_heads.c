#include <glib/gi18n.h>

#include "commands.h"
#include "list.h"
#include "retort/history/target.h"

const ArgOption heads_options[] = {
    {'v', "verbose", ARG_FLAG, NULL, N_("Print whole blocks rather than lines."), FALSE},
    {0, "resolve-dependencies", ARG_FLAG, NULL, N_("Leave out heads that another revision depends on."),
     FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

COMMAND_RUN(heads)
{
  RevisionMap *map = session_map(session, error);
  if (!map)
    return FALSE;
  GPtrArray *heads = args_has(session->args, "resolve-dependencies") ? map->real_heads : map->heads;
  list_print(session, heads, FORMAT_OF_HEADS, NULL);
  return TRUE;
}
