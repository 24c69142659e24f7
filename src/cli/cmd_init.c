#include <glib/gi18n.h>

#include "commands.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/edit/environment.h"
#include "retort/history/project.h"

const ArgOption init_options[] = {
    {'t', "template", ARG_VALUE, NULL, N_("Template of the environment (see list_templates)."), FALSE},
    {0, "package", ARG_FLAG, NULL, N_("Write empty __init__.py files too."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

/* The session's messages, or those of one that is not quiet. */
static const Session *speaker(const Session *session, gboolean always, Session *loud)
{
  *loud = *session;
  loud->quiet = FALSE;
  return always ? loud : session;
}

static void begin(const char *text, gboolean always, void *data)
{
  Session loud;
  out_status(speaker(data, always, &loud), text);
}

static void end(gboolean done, gboolean always, void *data)
{
  Session loud;
  out_status_end(speaker(data, always, &loud), done);
}

static void message(const char *text, gboolean always, void *data)
{
  Session loud;
  out_message(speaker(data, always, &loud), text);
}

COMMAND_RUN(init)
{
  EnvironmentRequest request = {
      .directory = args_positional(session->args, 0),
      .template = args_value(session->args, "template"),
      .package = args_has(session->args, "package"),
  };
  const char *ini, *toml;
  if (!project_named_files(session->config_files, &ini, &toml, error))
    return FALSE;
  request.ini_path = ini ? ini : "alembic.ini";
  request.toml_path = toml ? toml : "pyproject.toml";
  EnvironmentSink sink = {begin, end, message};
  return environment_init(&request, &sink, session, error);
}

COMMAND_RUN(list_templates)
{
  const char *ini, *toml;
  if (!project_named_files(session->config_files, &ini, &toml, error))
    return FALSE;
  out_line(session, "Available templates:\n");
  for (const char *const *name = environment_templates(); *name; name++)
    out_line(session, "%s - %s", *name, environment_synopsis(*name));
  out_line(session, "\nTemplates are used via the 'init' command, e.g.:");
  out_line(session, "\n  alembic init --template generic ./scripts");
  return TRUE;
}
