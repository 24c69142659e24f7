/* Writes a revision file at a given moment, for compare_files.py: one request a line on stdin, one answer a line.
 *
 * A request is tab-separated: configuration, moment in µs, time zone of the process, identifier, then words: m=TEXT,
 * head=SYMBOL, splice, label=NAME, depends=SYMBOL, path=FOLDER.  The answer is the path, or "! KIND MESSAGE".  Tabs,
 * newlines and backslashes are written \t, \n and \\. */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "retort/base/error.h"
#include "retort/edit/draft.h"
#include "retort/edit/hooks.h"

static const char *const kinds[] = {
    [RETORT_ERROR_COMMAND] = "command",
    [RETORT_ERROR_TRACEBACK] = "traceback",
    [RETORT_ERROR_REFUSED] = "refused",
};

static void answer_error(const GError *error)
{
  const char *kind =
      error->domain == RETORT_ERROR && (gsize)error->code < G_N_ELEMENTS(kinds) ? kinds[error->code] : NULL;
  g_autofree char *text = g_strescape(error->message, "\"");
  printf("! %s %s\n", kind != NULL ? kind : "other", text);
}

typedef struct {
  RevisionRequest request;
  GPtrArray *heads, *labels, *depends_on; /* char*, borrowed */
} Words;

static void read_word(Words *words, char *word)
{
  if (strcmp(word, "splice") == 0) {
    words->request.splice = TRUE;
    return;
  }
  char *value = strchr(word, '=') + 1;
  if (g_str_has_prefix(word, "m="))
    words->request.message = value;
  else if (g_str_has_prefix(word, "path="))
    words->request.version_path = value;
  else
    g_ptr_array_add(g_str_has_prefix(word, "head=")    ? words->heads
                    : g_str_has_prefix(word, "label=") ? words->labels
                                                       : words->depends_on,
                    value);
}

static const char *const *list_or_null(GPtrArray *list)
{
  gboolean empty = list->len == 0;
  g_ptr_array_add(list, NULL);
  return empty ? NULL : (const char *const *)list->pdata;
}

static void said_nothing(const char *line, void *data)
{
  (void)line;
  (void)data;
}

static const HookSink quiet = {.said = said_nothing};

static char *write_file(char **fields, GError **error)
{
  const char *configs[] = {fields[0], NULL};
  ProjectOptions options = {.config_files = configs};
  g_autoptr(GPtrArray) heads = g_ptr_array_new(), labels = g_ptr_array_new(), depends_on = g_ptr_array_new();
  Words words = {.heads = heads, .labels = labels, .depends_on = depends_on};
  words.request.now = g_ascii_strtoll(fields[1], NULL, 10);
  words.request.rev_id = fields[3];
  for (char **word = fields + 4; *word != NULL; word++)
    read_word(&words, *word);
  words.request.heads = list_or_null(heads);
  words.request.branch_labels = list_or_null(labels);
  words.request.depends_on = list_or_null(depends_on);
  g_setenv("TZ", fields[2], TRUE);
  tzset();
  g_autoptr(Project) project = project_open(&options, error);
  g_autoptr(RevisionMap) map = project != NULL ? revision_map_load(project, error) : NULL;
  g_autoptr(RevisionDraft) draft =
      map != NULL ? revision_draft_new(project, map, &words.request, error) : NULL;
  if (draft == NULL || !changes_apply(draft->changes, error))
    return NULL;
  if (!hooks_run(project, draft->path, &quiet, NULL, NULL, error)) {
    changes_settle(draft->changes, NULL);
    changes_undo(draft->changes, NULL);
    return NULL;
  }
  return g_strdup(draft->path);
}

int main(void)
{
  g_autofree char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) {
    g_auto(GStrv) fields = g_strsplit(g_strchomp(line), "\t", -1);
    g_autoptr(GError) error = NULL;
    for (char **field = fields; *field != NULL; field++) {
      char *plain = g_strcompress(*field);
      g_free(*field);
      *field = plain;
    }
    g_autofree char *path = write_file(fields, &error);
    if (path == NULL)
      answer_error(error);
    else
      printf("%s\n", path);
    fflush(stdout);
  }
  return 0;
}
