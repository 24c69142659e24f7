/* The program against what Alembic 1.19 printed: golden/PROJECT.txt, recorded by tests/cli/record. */
#include <criterion/criterion.h>
#include <gio/gio.h>
#include <string.h>

#include "program.h"

/* One command: its words, the output with @DIR@ for the project's folder, the exit status. */
typedef struct {
  char *words;
  GString *output;
  int status;
} Case;

static void case_free(Case *item)
{
  g_free(item->words);
  g_string_free(item->output, TRUE);
  g_free(item);
}

static GPtrArray *read_golden(const char *path)
{
  g_autofree char *text = NULL;
  cr_assert(g_file_get_contents(path, &text, NULL, NULL), "%s can be read", path);
  GPtrArray *cases = g_ptr_array_new_with_free_func((GDestroyNotify)case_free);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  Case *item = NULL;
  for (char **line = lines; *line; line++) {
    if (g_str_has_prefix(*line, "$ ")) {
      item = g_new0(Case, 1);
      item->words = g_strdup(*line + 2);
      item->output = g_string_new(NULL);
      g_ptr_array_add(cases, item);
    } else if (item && g_str_has_prefix(*line, "= ")) {
      item->status = (int)g_ascii_strtoll(*line + 2, NULL, 10);
    } else if (item && g_str_has_prefix(*line, "  ")) {
      g_string_append_printf(item->output, "%s\n", *line + 2);
    }
  }
  return cases;
}

static void compare(const char *project, const Case *item)
{
  g_autofree char *folder = program_source("tests/cli/projects", project);
  g_autofree char *output = NULL;
  int status = program_run(folder, item->words, &output, NULL);
  g_autoptr(GString) shown = g_string_new(output);
  g_string_replace(shown, folder, "@DIR@", 0);
  cr_expect(status == item->status, "%s: %s: status %d, want %d", project, item->words, status, item->status);
  cr_expect(strcmp(shown->str, item->output->str) == 0, "%s: %s: got\n%s\nwant\n%s", project, item->words,
            shown->str, item->output->str);
}

Test(golden, every_command_prints_what_alembic_prints)
{
  g_autofree char *folder = program_source("tests/cli", "golden");
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  cr_assert(dir != NULL, "%s is there", folder);
  guint n = 0;
  for (const char *name; (name = g_dir_read_name(dir));) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *project = g_strndup(name, strlen(name) - strlen(".txt"));
    g_autoptr(GPtrArray) cases = read_golden(path);
    for (guint i = 0; i < cases->len; i++)
      compare(project, cases->pdata[i]);
    n += cases->len;
  }
  cr_expect(n > 100, "only %u cases were found", n);
}
