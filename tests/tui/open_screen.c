/* The screen as a program of its own, for tests: open_screen CONFIG [URL]. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "retort/tui/tui.h"

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "");
  const char *configs[2] = {argc > 1 ? argv[1] : NULL, NULL};
  TuiOptions options = {
      .project = {.config_files = configs}, .url = argc > 2 ? argv[2] : NULL, .url_source = "--url"};
  g_autoptr(GError) error = NULL;
  int status = tui_run(&options, &error);
  if (status >= 0)
    return status;
  fprintf(stderr, "%s\n", error->message);
  return 2;
}
