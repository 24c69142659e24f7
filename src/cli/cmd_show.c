#include <string.h>

#include "commands.h"
#include "list.h"
#include "position.h"
#include "retort/history/target.h"

COMMAND_RUN(show)
{
  const char *symbol = args_positional(session->args, 0);
  if (!session_project(session, error))
    return FALSE;
  g_autoptr(GPtrArray) revisions = NULL;
  if (strcmp(symbol, "current") == 0)
    revisions = position_revisions(session, error);
  else if (session_map_to_read(session, error))
    revisions = target_resolve(session->map, symbol, NULL, error);
  if (!revisions)
    return FALSE;
  list_print_blocks(session, revisions);
  return TRUE;
}
