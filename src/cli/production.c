#include "production.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "retort/base/error.h"

gboolean production_interactive(const Session *session)
{
  return !session->json && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* A line from the keyboard without its end, or NULL. */
static char *read_line(void)
{
  char line[256];
  fflush(stdout);
  return fgets(line, sizeof line, stdin) ? g_strdup(g_strstrip(line)) : NULL;
}

gboolean production_ask(const char *question)
{
  printf("%s [y/N] ", question);
  g_autofree char *answer = read_line();
  return answer && (g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0 ||
                    strcmp(answer, _("yes")) == 0);
}

/* The production target that this is, also when it was reached by its URL. */
static const SettingsTarget *find_target(Session *session)
{
  if (session->target)
    return session->target->production ? session->target : NULL;
  g_autoptr(PgParams) here = session_params(session, NULL);
  GPtrArray *targets = settings_targets(session->settings);
  for (guint i = 0; here && i < targets->len; i++) {
    const SettingsTarget *target = targets->pdata[i];
    g_autoptr(PgParams) there =
        target->production && target->url ? pg_params_parse(target->url, target->name, NULL) : NULL;
    if (there && strcmp(there->display, here->display) == 0)
      return target;
  }
  return NULL;
}

gboolean production_confirm(Session *session, const char *confirm, const char *what, GError **error)
{
  const SettingsTarget *target = find_target(session);
  if (!target)
    return TRUE;
  g_autofree char *typed = g_strdup(confirm);
  if (!typed && production_interactive(session)) {
    printf(_("%s on %s, which is production.\nType the target's name to confirm: "), what, target->name);
    typed = read_line();
  }
  if (g_strcmp0(typed, target->name) == 0)
    return TRUE;
  if (!typed)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                _("%s is production: nothing is done without --confirm %s"), target->name, target->name);
  else
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("\"%s\" is not %s, so nothing was done"), typed,
                target->name);
  return FALSE;
}
