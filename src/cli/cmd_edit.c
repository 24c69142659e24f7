#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "position.h"
#include "retort/base/error.h"
#include "retort/history/target.h"

/* The operator's editor by Alembic's rules: EDITOR, VISUAL, then the usual ones; NULL when there is none. */
static char *find_editor(void)
{
  static const char *const usual[] = {"sensible-editor", "editor", "nano", "vim", "code"};
  static const char *const variables[] = {"EDITOR", "VISUAL"};
  g_autoptr(GPtrArray) candidates = g_ptr_array_new();
  for (guint i = 0; i < G_N_ELEMENTS(variables); i++) {
    const char *choice = g_getenv(variables[i]);
    if (!choice)
      continue;
    if (g_file_test(choice, G_FILE_TEST_EXISTS))
      return g_strdup(choice);
    if (!strchr(choice, '/'))
      g_ptr_array_add(candidates, (void *)choice);
  }
  for (guint i = 0; i < G_N_ELEMENTS(usual); i++)
    g_ptr_array_add(candidates, (void *)usual[i]);
  g_auto(GStrv) folders = g_strsplit(g_getenv("PATH") ? g_getenv("PATH") : "", ":", -1);
  for (guint i = 0; i < candidates->len; i++)
    for (char **folder = folders; *folder; folder++) {
      g_autofree char *path = g_build_filename(*folder, candidates->pdata[i], NULL);
      if (*(const char *)candidates->pdata[i] && g_file_test(path, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&path);
    }
  return NULL;
}

static gboolean fail_editor(GError **error, const char *reason)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "Error executing editor (%s)", reason);
  return FALSE;
}

static gboolean open_file(const char *path, GError **error)
{
  g_autofree char *editor = find_editor();
  if (!editor)
    return fail_editor(error, "No suitable editor found. Please set the \"EDITOR\" or \"VISUAL\" environment "
                              "variables");
  g_autoptr(GError) failure = NULL;
  g_autoptr(GSubprocess) child =
      g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_INHERIT, &failure, editor, path, NULL);
  if (!child || !g_subprocess_wait(child, NULL, &failure))
    return fail_editor(error, failure->message);
  if (g_subprocess_get_successful(child))
    return TRUE;
  g_autofree char *reason = g_subprocess_get_if_exited(child)
                                ? g_strdup_printf("Command '['%s', '%s']' returned non-zero exit status %d.",
                                                  editor, path, g_subprocess_get_exit_status(child))
                                : g_strdup_printf("Command '['%s', '%s']' died with signal %d.", editor, path,
                                                  g_subprocess_get_term_sig(child));
  return fail_editor(error, reason);
}

COMMAND_RUN(edit)
{
  const char *symbol = args_positional(session->args, 0);
  if (!session_project(session, error))
    return FALSE;
  g_autoptr(GPtrArray) revisions = NULL;
  gboolean current = strcmp(symbol, "current") == 0;
  if (current)
    revisions = position_revisions(session, error);
  else if (session_map(session, error))
    revisions = target_resolve(session->map, symbol, NULL, error);
  if (!revisions)
    return FALSE;
  if (revisions->len == 0) {
    if (current)
      g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "No current revisions");
    else
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "No revision files indicated by symbol '%s'",
                  symbol);
    return FALSE;
  }
  for (guint i = 0; i < revisions->len; i++)
    if (!open_file(((const Revision *)revisions->pdata[i])->path, error))
      return FALSE;
  return TRUE;
}
