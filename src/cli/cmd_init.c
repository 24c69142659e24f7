#include <glib/gi18n.h>

#include "commands.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/edit/environment.h"

const ArgOption init_options[] = {
    {'t', "template", ARG_VALUE, NULL, N_("Template of the environment (see list_templates)."), FALSE},
    {0, "package", ARG_FLAG, NULL, N_("Write empty __init__.py files too."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static void begin(const char *text, void *data)
{
  out_status(data, text);
}

static void end(gboolean done, void *data)
{
  out_status_end(data, done);
}

static void message(const char *text, void *data)
{
  out_message(data, text);
}

/* Which files -c and $ALEMBIC_CONFIG name: the last ini, the last pyproject.toml. */
static void choose_paths(const Session *session, const char **ini, const char **toml)
{
  const char *env = g_getenv("ALEMBIC_CONFIG");
  *ini = "alembic.ini";
  *toml = "pyproject.toml";
  const char *named[] = {env && *env ? env : NULL, NULL};
  const char *const *lists[] = {named, session->config_files};
  for (guint l = 0; l < G_N_ELEMENTS(lists); l++)
    for (const char *const *path = lists[l]; *path; path++) {
      g_autofree char *base = g_path_get_basename(*path);
      if (g_str_equal(base, "pyproject.toml"))
        *toml = *path;
      else
        *ini = *path;
    }
}

COMMAND_RUN(init)
{
  EnvironmentRequest request = {
      .directory = args_positional(session->args, 0),
      .template = args_value(session->args, "template"),
      .package = args_has(session->args, "package"),
  };
  choose_paths(session, &request.ini_path, &request.toml_path);
  EnvironmentSink sink = {begin, end, message};
  return environment_init(&request, &sink, session, error);
}

COMMAND_RUN(list_templates)
{
  (void)error;
  out_line(session, "Available templates:\n");
  for (const char *const *name = environment_templates(); *name; name++)
    out_line(session, "%s - %s", *name, environment_synopsis(*name));
  out_line(session, "\nTemplates are used via the 'init' command, e.g.:");
  out_line(session, "\n  alembic init --template generic ./scripts");
  return TRUE;
}
