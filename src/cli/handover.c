#include "handover.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/run/engine.h"

/* Whether this is the very program that runs here, under Alembic's name: handing over to it would never end. */
static gboolean is_ourselves(const char *program)
{
  struct stat st, own;
  return stat(program, &st) == 0 && stat("/proc/self/exe", &own) == 0 && st.st_ino == own.st_ino &&
         st.st_dev == own.st_dev;
}

AlembicCommand *handover_command(Session *session, GError **error)
{
  if (!session->project)
    session_project_quietly(session);
  const Project *project = session->project;
  g_autofree char *folder =
      project && project->config_path ? g_path_get_dirname(project->config_path) : g_get_current_dir();
  const char *configured = settings_get(session->settings, project ? project->name : NULL, folder, "alembic");
  g_autoptr(AlembicCommand) command = alembic_command_find(project, configured, error);
  if (!command || !is_ourselves(command->argv[0]))
    return g_steal_pointer(&command);
  g_set_error(
      error, RETORT_ERROR, RETORT_ERROR_CONFIG,
      _("%s is retort itself; name the project's own Alembic in retort's configuration (alembic = ...)"),
      command->argv[0]);
  return NULL;
}

/* Alembic's words among ours: retort's own options have no meaning there. */
static GPtrArray *alembic_words(const Session *session, const char *const *program)
{
  GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
  for (; *program; program++)
    g_ptr_array_add(words, g_strdup(*program));
  for (const ArgOption *o = global_options; o->kind; o++) {
    const char letter[] = {o->letter, '\0'};
    const char *name = o->name ? o->name : letter;
    g_autofree const char **values = args_values(session->global, name);
    if (o->kind == ARG_FLAG && args_has(session->global, name))
      g_ptr_array_add(words, g_strdup_printf("--%s", name));
    for (guint i = 0; values[i]; i++) {
      if (o->name)
        g_ptr_array_add(words, g_strdup_printf("--%s=%s", name, values[i]));
      else
        g_ptr_array_add(words, g_strdup_printf("-%s%s", name, values[i]));
    }
  }
  g_ptr_array_add(words, g_strdup(session->command->name));
  for (const ArgOption *o = session->command->options; o->kind; o++) {
    if (o->own)
      continue;
    g_autofree const char **values = args_values(session->args, o->name);
    if (o->kind == ARG_FLAG && args_has(session->args, o->name))
      g_ptr_array_add(words, g_strdup_printf("--%s", o->name));
    for (guint i = 0; values[i]; i++)
      g_ptr_array_add(words, g_strdup_printf("--%s=%s", o->name, values[i]));
  }
  for (guint i = 0; i < session->args->positionals->len; i++) {
    const char *word = session->args->positionals->pdata[i];
    if (i == 0 && word[0] == '-')
      g_ptr_array_add(words, g_strdup("--"));
    g_ptr_array_add(words, g_strdup(word));
  }
  return words;
}

char *handover_line(Session *session)
{
  g_autoptr(GPtrArray) words = alembic_words(session, (const char *const[]){"alembic", NULL});
  g_autoptr(GString) line = g_string_new(NULL);
  for (guint i = 0; i < words->len; i++) {
    const char *word = words->pdata[i];
    gboolean plain =
        *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:@./,%") ==
                     strlen(word);
    g_autofree char *quoted = plain ? g_strdup(word) : g_shell_quote(word);
    g_string_append_printf(line, "%s%s", i ? " " : "", quoted);
  }
  return g_string_free(g_steal_pointer(&line), FALSE);
}

gboolean handover_exec(Session *session, const char *why, GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(AlembicCommand) command = handover_command(session, &failure);
  if (!command) {
    g_set_error(error, failure->domain, failure->code, _("%s, so the project's own Alembic is needed: %s"),
                why, failure->message);
    return FALSE;
  }
  g_autofree char *line = handover_line(session);
  out_note(_("%s; running the project's own Alembic: %s (%s)"), why, line, command->why);
  g_autoptr(GPtrArray) words = alembic_words(session, (const char *const *)command->argv);
  g_ptr_array_add(words, NULL);
  fflush(NULL);
  execvp(words->pdata[0], (char **)words->pdata);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED, _("cannot run %s: %s"), command->argv[0],
              g_strerror(errno));
  return FALSE;
}

gboolean handover_refuse_database(Session *session, GError **error)
{
  if (!session_value(session, "url") && !session->target)
    return FALSE;
  g_set_error(
      error, RETORT_ERROR, RETORT_ERROR_REFUSED,
      _("`%s` is done by the project's own Alembic here, whose env.py chooses the database: --url and "
        "--target cannot be passed on"),
      session->command->name);
  return TRUE;
}
