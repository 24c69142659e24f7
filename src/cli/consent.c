#include "consent.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "out.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/edit/uses.h"
#include "retort/run/standing.h"

void consent_ask_everybody(Session *session, Guard *guard)
{
  g_autoptr(PgParams) params = session_names_database(session) ? session_params(session, NULL) : NULL;
  g_autoptr(StandingSurvey) survey =
      standing_survey_new(session->project, session->settings, params, NULL, NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) uses = revision_uses(session->project, session->map, guard->moved, NULL, &error);
  guard_add_uses(guard, uses, error ? error->message : NULL);
  standing_survey_wait(survey);
  const GPtrArray *list = standing_survey_list(survey);
  for (guint i = 0; i < list->len; i++) {
    const Standing *standing = list->pdata[i];
    GuardDatabase database = {standing->name, standing->production, (const char *const *)standing->rows,
                              standing->problem};
    guard_add_database(guard, &database);
  }
}

void consent_print_reasons(const Guard *guard)
{
  static const char *const marks[] = {"  ", "! ", "‼ "};
  fflush(stdout);
  for (guint i = 0; i < guard->reasons->len; i++) {
    const GuardReason *reason = guard->reasons->pdata[i];
    fprintf(stderr, "%s%s\n", marks[reason->weight], reason->text);
  }
}

/* A line that was typed, without its newline; NULL at the end of the input. */
static char *ask_line(const char *question)
{
  char line[256];
  fflush(stdout);
  fprintf(stderr, "%s ", question);
  fflush(stderr);
  if (!fgets(line, sizeof line, stdin))
    return NULL;
  return g_strdup(g_strstrip(line));
}

static gboolean typed(const char *question, const char *word)
{
  if (!isatty(STDIN_FILENO))
    return FALSE;
  g_autofree char *answer = ask_line(question);
  return answer && strcmp(answer, word) == 0;
}

static gboolean refuse(GError **error, const char *why, const char *instead)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, "%s%s%s", why, instead ? "; " : "",
              instead ? instead : "");
  return FALSE;
}

gboolean consent_given(Session *session, Guard *guard, const char *id, const char *question,
                       const char *instead, GError **error)
{
  GuardVerdict verdict = guard_verdict(guard);
  consent_print_reasons(guard);
  if (verdict == GUARD_REFUSE)
    return refuse(error, _("refused: nothing was written"), instead);
  const char *word = args_value(session->args, "confirm");
  if (word && strcmp(word, id) == 0)
    return TRUE;
  if (verdict == GUARD_CONFIRM) {
    g_autofree char *ask = g_strdup_printf(_("Type %s to do it all the same:"), id);
    g_autofree char *hint = g_strdup_printf(_("not done: --confirm=%s does it all the same"), id);
    if (!word && typed(ask, id))
      return TRUE;
    return refuse(error, hint, instead);
  }
  g_autofree char *ask = g_strdup_printf("%s [y/N]", question);
  if (args_has(session->args, "yes") || typed(ask, C_("answer", "y")))
    return TRUE;
  return refuse(
      error, isatty(STDIN_FILENO) ? _("nothing was written") : _("nothing was written: --yes does it"), NULL);
}

gboolean consent_apply(Session *session, Changes *changes, GError **error)
{
  g_autoptr(GError) failure = NULL;
  if (!changes_apply(changes, error))
    return FALSE;
  if (args_has(session->args, "stage") && !changes_stage(changes, &failure)) {
    g_autoptr(GError) undoing = NULL;
    gboolean undone = changes_undo(changes, &undoing);
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED,
                undone ? _("not staged, so nothing was written: %s") : _("written, but not staged: %s"),
                failure->message);
    return FALSE;
  }
  for (guint i = 0; i < changes->files->len; i++) {
    const FileChange *change = changes->files->pdata[i];
    g_autofree char *path = text_escape(change->path, -1, FALSE);
    out_note(change->after ? _("wrote %s") : _("removed %s"), path);
  }
  return TRUE;
}
