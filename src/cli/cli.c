/* From the command line to a command: parse, prepare the session, run, report. */
#include "retort/cli/cli.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "help.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/run/journal.h"
#include "screen.h"

/* Usage on stderr as argparse prints it; returns the status for it. */
static int usage_error(const Command *command, const char *message)
{
  g_autofree char *usage = help_usage(command);
  fflush(stdout);
  fprintf(stderr, "%s\nretort%s%s: error: %s\n", usage, command ? " " : "", command ? command->name : "",
          message);
  return 2;
}

static int unknown_command(const char *name)
{
  g_autoptr(GString) message = g_string_new("argument ");
  g_autofree char *choices = command_choices();
  g_string_append_printf(message, "%s: invalid choice: '%s' (choose from ", choices, name);
  gboolean first = TRUE;
  for (const Command *c = commands; c->name; c++)
    if (!c->hidden) {
      g_string_append_printf(message, "%s'%s'", first ? "" : ", ", c->name);
      first = FALSE;
    }
  g_string_append_c(message, ')');
  return usage_error(NULL, message->str);
}

/* Both halves of the command line; FALSE: *status is what to exit with. */
static gboolean parse(Session *session, char **argv, int *status)
{
  g_autoptr(GError) error = NULL;
  ArgSpec spec = program_spec();
  g_autofree const ArgOption **lists G_GNUC_UNUSED = (const ArgOption **)spec.options;
  *status = 0;
  session->global = args_parse(&spec, argv, &error);
  if (!session->global) {
    *status = usage_error(NULL, error->message);
    return FALSE;
  }
  if (session->global->help || session->global->version) {
    if (session->global->help)
      help_print(NULL);
    else
      puts("retort " PACKAGE_VERSION);
    return FALSE;
  }
  g_autofree char *extras = NULL;
  if (session->global->rest) {
    session->command = command_find(session->global->rest[0]);
    if (!session->command) {
      *status = unknown_command(session->global->rest[0]);
      return FALSE;
    }
    if (session->command->run == NULL)
      return FALSE;
    ArgSpec own = command_spec(session->command);
    g_autofree const ArgOption **own_lists G_GNUC_UNUSED = (const ArgOption **)own.options;
    session->args = args_parse(&own, session->global->rest + 1, &error);
    if (!session->args) {
      *status = usage_error(session->command, error->message);
      return FALSE;
    }
    if (session->args->help) {
      help_print(session->command);
      return FALSE;
    }
  }
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  g_ptr_array_extend(words, session->global->extras, NULL, NULL);
  if (session->args)
    g_ptr_array_extend(words, session->args->extras, NULL, NULL);
  if (words->len) {
    g_ptr_array_add(words, NULL);
    extras = g_strjoinv(" ", (char **)words->pdata);
    g_autofree char *message = g_strconcat("unrecognized arguments: ", extras, NULL);
    *status = usage_error(NULL, message);
    return FALSE;
  }
  return TRUE;
}

/* Where a team keeps its records together. */
static gboolean share_records(const Settings *settings, GError **error)
{
  const char *folder = settings_get(settings, NULL, NULL, "journal_folder");
  if (folder && !g_path_is_absolute(folder)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG, _("journal_folder = %s is no absolute path"),
                folder);
    return FALSE;
  }
  journal_share(folder);
  return TRUE;
}

static gboolean prepare(Session *session, GError **error)
{
  session->config_files = args_values(session->global, "config");
  session->x_arguments = args_values(session->global, "x");
  session->quiet = session_flag(session, "quiet");
  session->json = session_flag(session, "json");
  session->read_only = session_flag(session, "read-only");
  const char *directory = session_value(session, "directory");
  if (directory && chdir(directory) != 0) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("cannot go to %s: %s"), directory,
                g_strerror(errno));
    return FALSE;
  }
  session->settings = settings_load(NULL, error);
  if (!session->settings)
    return FALSE;
  if (!share_records(session->settings, error))
    return FALSE;
  const char *target = session_value(session, "target");
  if (!target)
    return TRUE;
  session->target = settings_target(session->settings, target);
  if (!session->target) {
    g_autofree char *path = settings_path();
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG, _("%s has no section [target %s]"), path, target);
    return FALSE;
  }
  session->read_only |= session->target->read_only;
  return TRUE;
}

static int run(Session *session)
{
  g_autoptr(GError) error = NULL;
  if (!prepare(session, &error))
    return out_error(session, error);
  if (!session->command)
    return screen_open(session);
  DiagList *diags = settings_diags(session->settings);
  for (guint i = 0; i < diags->items->len && !session->command->hidden; i++) {
    g_autofree char *line = diag_format(diags->items->pdata[i]);
    fprintf(stderr, "%s\n", line);
  }
  if (!session->command->run(session, &error)) {
    int status = out_error(session, error);
    /* A file that cannot be read is what Alembic would have died of. */
    return session->incomplete && status == 255 ? 1 : status;
  }
  return session->status == 0 && session->incomplete ? 1 : session->status;
}

int cli_main(int argc, char **argv)
{
  (void)argc;
  setlocale(LC_ALL, "");
  bindtextdomain(GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
  textdomain(GETTEXT_PACKAGE);
  Session session = {.argv = argv};
  int status;
  if (parse(&session, argv + 1, &status))
    status = run(&session);
  if (fflush(stdout) != 0 && status == 0 && errno != EPIPE)
    status = 1;
  session_clear(&session);
  return status;
}
