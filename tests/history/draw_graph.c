/* Draws graphs written by hand.  Standard input, one revision a line, in load order:
 *
 *   ID: PARENT PARENT [> DEPENDENCY ...] [@ LABEL ...] [# CREATE DATE]
 *
 * "-u" draws with Unicode lines, "-f N" folds linear runs of N and more. */
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "retort/history/graph.h"

static gboolean always(const Revision *revision, void *data)
{
  (void)revision;
  (void)data;
  return TRUE;
}

int main(int argc, char **argv)
{
  g_autoptr(GString) text = g_string_new(NULL);
  GraphOptions options = {0};
  gboolean ascii = TRUE;
  char buffer[4096];
  size_t n;

  for (int i = 1; i < argc; i++) {
    if (g_str_equal(argv[i], "-u"))
      ascii = FALSE;
    else if (g_str_equal(argv[i], "-f") && i + 1 < argc)
      options =
          (GraphOptions){.may_fold = always, .fold_at_least = (guint)g_ascii_strtoull(argv[++i], NULL, 10)};
  }
  while ((n = fread(buffer, 1, sizeof(buffer), stdin)) > 0)
    g_string_append_len(text, buffer, n);
  g_autoptr(RevisionMap) map = case_map_from_text(text->str);
  g_autoptr(Graph) graph = graph_layout(map, &options);
  g_autofree char *drawing = graph_to_text(graph, ascii);
  fputs(drawing, stdout);
  return 0;
}
