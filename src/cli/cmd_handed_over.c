/* Commands that need the project's Python: its models, its template engine, its hooks. */
#include <glib/gi18n.h>

#include "commands.h"
#include "handover.h"
#include "retort/base/error.h"

const ArgOption init_options[] = {
    {'t', "template", ARG_VALUE, NULL, N_("Template of the environment (see list_templates)."), FALSE},
    {0, "package", ARG_FLAG, NULL, N_("Write empty __init__.py files too."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

const ArgOption merge_options[] = {
    {'m', "message", ARG_VALUE, NULL, N_("Message of the revision."), FALSE},
    {0, "branch-label", ARG_VALUE, NULL, N_("Branch label of the revision."), FALSE},
    {0, "rev-id", ARG_VALUE, NULL, N_("Identifier of the revision, rather than a random one."), FALSE},
    {0, "splice", ARG_FLAG, NULL, N_("Allow revisions that are no heads."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

const ArgOption revision_options[] = {
    {'m', "message", ARG_VALUE, NULL, N_("Message of the revision."), FALSE},
    {0, "autogenerate", ARG_FLAG, NULL, N_("Fill it with the difference between models and database."),
     FALSE},
    {0, "sql", ARG_FLAG, NULL, N_("Run env.py in offline mode."), FALSE},
    {0, "head", ARG_VALUE, NULL, N_("Head to build on, or label@head."), FALSE},
    {0, "splice", ARG_FLAG, NULL, N_("Allow a revision that is no head."), FALSE},
    {0, "branch-label", ARG_VALUE, NULL, N_("Branch label of the revision."), FALSE},
    {0, "version-path", ARG_VALUE, NULL, N_("Which of the version locations to write to."), FALSE},
    {0, "rev-id", ARG_VALUE, NULL, N_("Identifier of the revision, rather than a random one."), FALSE},
    {0, "depends-on", ARG_APPEND, NULL, N_("Revision that must run before; may be repeated."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

/* env.py finds its database by itself, so one that was named here would silently not be the one in use. */
static gboolean refuse_database(Session *session, GError **error)
{
  if (!session_value(session, "url") && !session->target)
    return FALSE;
  g_set_error(
      error, RETORT_ERROR, RETORT_ERROR_REFUSED,
      _("`%s` is done by the project's own Alembic, whose env.py chooses the database: --url and --target "
        "cannot be passed on"),
      session->command->name);
  return TRUE;
}

COMMAND_RUN(check)
{
  if (refuse_database(session, error))
    return FALSE;
  return handover_exec(session, _("comparing with the models needs the project's Python"), error);
}

COMMAND_RUN(revision)
{
  if (refuse_database(session, error))
    return FALSE;
  return handover_exec(session, _("new revision files are written by the project's template"), error);
}

COMMAND_RUN(merge)
{
  if (refuse_database(session, error))
    return FALSE;
  return handover_exec(session, _("new revision files are written by the project's template"), error);
}

COMMAND_RUN(init)
{
  return handover_exec(session, _("a new environment is written from Alembic's templates"), error);
}
