#include "screen.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "out.h"
#include "retort/tui/tui.h"

/* --url and --target are the operator's word here and now; DATABASE_URL comes after them, the project last. */
static void choose_url(Session *session, TuiOptions *options)
{
  options->url = session_value(session, "url");
  options->url_source = "--url";
  if (session->target) {
    options->target = session->target->name;
    options->production = session->target->production;
    if (!options->url) {
      options->url = session->target->url;
      options->url_source = session->target->name;
    }
  }
  if (!options->url && !session->target) {
    options->url = g_getenv("DATABASE_URL");
    options->url_source = "DATABASE_URL";
  }
  if (options->url && !*options->url)
    options->url = NULL;
}

int screen_open(Session *session)
{
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    out_note("%s", _("the screen needs a terminal; `retort --help` lists the commands that do not"));
    return 2;
  }
  TuiOptions options = {
      .read_only = session->read_only,
      .settings = session->settings,
      .ascii = session_ascii(session),
      .no_color = session_flag(session, "no-color") ||
                  !settings_truth(settings_get(session->settings, NULL, NULL, "color"), TRUE),
      .no_mouse = !settings_truth(settings_get(session->settings, NULL, NULL, "mouse"), TRUE),
      .flavor = session_flavor(session),
      .x_arguments = session->x_arguments,
  };
  session_project_options(session, &options.project);
  choose_url(session, &options);
  g_autoptr(GError) error = NULL;
  int status = tui_run(&options, &error);
  if (status >= 0)
    return status;
  out_note("%s", error->message);
  return 2;
}
