#include "commands.h"
#include "out.h"

/* Names and synopses as Alembic 1.19 prints them. */
static const char *const templates[][2] = {
    {"async", "Generic single-database configuration with an async dbapi."},
    {"generic", "Generic single-database configuration."},
    {"multidb", "Rudimentary multi-database configuration."},
    {"pyproject", "pyproject configuration, based on the generic configuration."},
    {"pyproject_async", "pyproject configuration, with an async dbapi."},
};

COMMAND_RUN(list_templates)
{
  (void)error;
  out_line(session, "Available templates:\n");
  for (guint i = 0; i < G_N_ELEMENTS(templates); i++)
    out_line(session, "%s - %s", templates[i][0], templates[i][1]);
  out_line(session, "\nTemplates are used via the 'init' command, e.g.:");
  out_line(session, "\n  alembic init --template generic ./scripts");
  return TRUE;
}
