#include <glib/gi18n.h>

#include "commands.h"
#include "handover.h"

COMMAND_RUN(check)
{
  if (handover_refuse_database(session, error))
    return FALSE;
  return handover_exec(session, _("comparing with the models needs the project's Python"), error);
}
