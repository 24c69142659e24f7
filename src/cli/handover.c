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

/* A file to execute that is not this very program under Alembic's name. */
static gboolean is_usable(const char *path)
{
  struct stat st, own;
  if (access(path, X_OK) != 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
    return FALSE;
  return stat("/proc/self/exe", &own) != 0 || st.st_ino != own.st_ino || st.st_dev != own.st_dev;
}

static char *take_if_usable(char *path)
{
  if (path && is_usable(path))
    return path;
  g_free(path);
  return NULL;
}

/* FOLDER/.venv/bin/alembic and its like, from the project's folder upwards to the file system's root. */
static char *find_in_venvs(const char *folder)
{
  static const char *const names[] = {".venv", "venv", "env"};
  for (g_autofree char *at = g_strdup(folder);;) {
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
      char *path = take_if_usable(g_build_filename(at, names[i], "bin", "alembic", NULL));
      if (path)
        return path;
    }
    char *up = g_path_get_dirname(at);
    gboolean top = strcmp(up, at) == 0;
    g_free(at);
    at = up;
    if (top)
      return NULL;
  }
}

static char *find_on_path(void)
{
  g_auto(GStrv) folders = g_strsplit(g_getenv("PATH") ? g_getenv("PATH") : "", ":", -1);
  for (char **folder = folders; *folder; folder++) {
    char *path = take_if_usable(g_build_filename(**folder ? *folder : ".", "alembic", NULL));
    if (path)
      return path;
  }
  return NULL;
}

static char *project_folder(const Session *session)
{
  if (session->project && session->project->config_path)
    return g_path_get_dirname(session->project->config_path);
  return g_get_current_dir();
}

char *handover_find(Session *session, GError **error)
{
  if (!session->project)
    session_project(session, NULL);
  g_autofree char *folder = project_folder(session);
  const char *configured =
      settings_get(session->settings, session->project ? session->project->name : NULL, folder, "alembic");
  if (configured) {
    char *path = take_if_usable(g_strdup(configured));
    if (!path)
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG,
                  _("retort's configuration names %s, which cannot be run"), configured);
    return path;
  }
  const char *venv = g_getenv("VIRTUAL_ENV");
  char *path = venv ? take_if_usable(g_build_filename(venv, "bin", "alembic", NULL)) : NULL;
  if (!path)
    path = find_in_venvs(folder);
  if (!path)
    path = find_on_path();
  if (!path)
    g_set_error(
        error, RETORT_ERROR, RETORT_ERROR_REFUSED,
        _("`%s` needs the project's own Alembic, and none was found in $VIRTUAL_ENV, %s/.venv or PATH; name "
          "it in retort's configuration (alembic = /path/to/alembic)"),
        session->command->name, folder);
  return path;
}

/* Alembic's words among ours: retort's own options have no meaning there. */
static GPtrArray *alembic_words(const Session *session, const char *program)
{
  GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(words, g_strdup(program));
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
  g_autoptr(GPtrArray) words = alembic_words(session, "alembic");
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
  g_autofree char *program = handover_find(session, error);
  if (!program)
    return FALSE;
  g_autofree char *line = handover_line(session);
  out_note(_("%s; running the project's own Alembic: %s (%s)"), why, line, program);
  g_autoptr(GPtrArray) words = alembic_words(session, program);
  g_ptr_array_add(words, NULL);
  fflush(NULL);
  execv(program, (char **)words->pdata);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED, _("cannot run %s: %s"), program, g_strerror(errno));
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
