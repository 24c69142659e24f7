/* New revision files: written by retort as Alembic writes them, or by the project's own Alembic when that takes its
 * models or a template retort cannot read. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "handover.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/edit/draft.h"
#include "retort/edit/hooks.h"

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

static gboolean hand_over(Session *session, const char *why, GError **error)
{
  return !handover_refuse_database(session, error) && handover_exec(session, why, error);
}

/* Hooks speak also when the command is quiet: they run foreign programs. */
static void before_hook(const char *name, void *data)
{
  (void)data;
  g_autofree char *text = g_strdup_printf("Running post write hook '%s' ...", name);
  out_status_line(text);
}

static void after_hook(const char *name, gboolean done, void *data)
{
  (void)name;
  out_status_end(data, done);
}

static void hook_failed(const char *name, int status, void *data)
{
  (void)data;
  out_note(_("post write hook '%s' ended with status %d"), name, status);
}

/* What Alembic checks once it has loaded the new file. */
static gboolean check_written(Session *session, const RevisionDraft *draft, GError **error)
{
  if (!revision_draft_check(draft, error))
    return FALSE;
  if (revision_map_get(session->map, draft->revision)) {
    g_autofree char *text = g_strdup_printf("Revision %s is present more than once", draft->revision);
    out_warning(text);
  }
  const Revision *rival = draft->label ? g_hash_table_lookup(session->map->by_id, draft->label) : NULL;
  if (rival) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                "Branch name '%s' in revision %s already used by revision %s", draft->label, draft->revision,
                rival->id);
    return FALSE;
  }
  return TRUE;
}

static gboolean run_hooks(Session *session, RevisionDraft *draft, GError **error)
{
  HookSink sink = {.before = before_hook, .after = after_hook, .failed = hook_failed};
  return hooks_run(session->project, draft->path, &sink, session, NULL, error);
}

/* A hook that cannot be run or was stopped, and a file that is no revision, leave nothing behind; with Alembic the
 * file would stay. */
static void take_back(RevisionDraft *draft)
{
  g_autoptr(GError) failure = NULL;
  g_autofree char *path = text_escape(draft->path, -1, FALSE);
  if (changes_settle(draft->changes, &failure) && changes_undo(draft->changes, &failure))
    out_note(_("%s was taken back"), path);
  else
    out_note(_("%s was not taken back: %s"), path, failure->message);
}

static gboolean write_draft(Session *session, RevisionDraft *draft, GError **error)
{
  for (guint i = 0; i < draft->folders->len; i++) {
    g_autofree char *text = g_strdup_printf("Creating directory %s", (const char *)draft->folders->pdata[i]);
    out_status(session, text);
    out_status_end(session, TRUE);
  }
  g_autofree char *text = g_strdup_printf("Generating %s", draft->path);
  out_status(session, text);
  gboolean done = changes_apply(draft->changes, error);
  out_status_end(session, done);
  if (!done)
    return FALSE;
  if (run_hooks(session, draft, error) && check_written(session, draft, error))
    return TRUE;
  take_back(draft);
  return FALSE;
}

static gboolean make_revision(Session *session, RevisionRequest *request, GError **error)
{
  const char *label = args_value(session->args, "branch-label");
  const char *labels[] = {label, NULL};
  request->message = args_value(session->args, "message");
  request->rev_id = args_value(session->args, "rev-id");
  request->splice = args_has(session->args, "splice");
  request->branch_labels = label ? labels : NULL;
  Project *project = session_project(session, error);
  if (!project)
    return FALSE;
  if (project->odd_revision_environment) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                        _("revision_environment in the configuration is neither true nor false"));
    return FALSE;
  }
  if (project->revision_environment)
    return hand_over(session, _("revision_environment is set, so env.py has a say in new files"), error);
  if (!session_map(session, error))
    return FALSE;
  g_autoptr(GError) failure = NULL;
  g_autoptr(RevisionDraft) draft = revision_draft_new(project, session->map, request, &failure);
  if (!draft && g_error_matches(failure, RETORT_ERROR, RETORT_ERROR_REFUSED))
    return hand_over(session, failure->message, error);
  if (!draft) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  return write_draft(session, draft, error);
}

static gboolean fail(GError **error, const char *message)
{
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND, message);
  return FALSE;
}

COMMAND_RUN(revision)
{
  gboolean autogenerate = args_has(session->args, "autogenerate");
  Project *project = session_project(session, error);
  if (!project)
    return FALSE;
  if (args_has(session->args, "sql")) {
    if (autogenerate)
      return fail(error, "Using --sql with --autogenerate does not make any sense");
    if (!project->revision_environment)
      return fail(error,
                  "Using --sql with the revision command when revision_environment is not configured does "
                  "not make any sense");
  }
  if (autogenerate)
    return hand_over(session, _("comparing with the models needs the project's Python"), error);
  const char *heads[] = {args_value(session->args, "head"), NULL};
  g_autofree const char **depends_on = args_values(session->args, "depends-on");
  RevisionRequest request = {
      .heads = heads[0] ? heads : NULL,
      .depends_on = depends_on[0] ? depends_on : NULL,
      .version_path = args_value(session->args, "version-path"),
  };
  return make_revision(session, &request, error);
}

COMMAND_RUN(merge)
{
  g_autoptr(GPtrArray) heads = g_ptr_array_new();
  g_ptr_array_extend(heads, session->args->positionals, NULL, NULL);
  g_ptr_array_add(heads, NULL);
  RevisionRequest request = {.heads = (const char *const *)heads->pdata, .merge = TRUE};
  return make_revision(session, &request, error);
}
