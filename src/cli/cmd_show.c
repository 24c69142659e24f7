#include <string.h>

#include "commands.h"
#include "list.h"
#include "position.h"
#include "refs.h"
#include "retort/history/target.h"

COMMAND_RUN(show)
{
  const char *symbol = args_positional(session->args, 0);
  if (!git_is_bare(".") && !session_project(session, error))
    return FALSE;
  g_autoptr(GitRevisions) then = NULL;
  g_autoptr(GPtrArray) revisions = NULL;
  RevisionMap *map = NULL;
  if (strcmp(symbol, "current") == 0)
    revisions = position_revisions(session, error);
  else if ((map = refs_map_to_read(session, &then, error)))
    revisions = target_resolve(map, symbol, NULL, error);
  if (!revisions)
    return FALSE;
  list_print_blocks(session, revisions);
  return TRUE;
}
