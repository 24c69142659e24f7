#include "commands.h"
#include "out.h"
#include "retort/history/graph.h"

COMMAND_RUN(graph)
{
  RevisionMap *map = session_map_to_read(session, error);
  if (!map)
    return FALSE;
  g_autoptr(Graph) graph = graph_layout(map, NULL);
  g_autofree char *text = graph_to_text(graph, session_ascii(session));
  if (!session->quiet)
    out_text(text);
  return TRUE;
}
