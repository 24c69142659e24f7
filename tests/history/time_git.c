/* Times what git tells of the revisions of a project:
 *
 *   time_git ALEMBIC.INI
 *
 * Prints how many of its files have a commit, until the first came and until all were there. */
#include <stdio.h>

#include "retort/history/git.h"

typedef struct {
  GMainLoop *loop;
  GHashTable *known;
  gint64 start, first;
  int status;
} Timing;

static void on_files(GPtrArray *files, void *data)
{
  Timing *timing = data;
  for (guint i = 0; i < files->len; i++) {
    const GitFileInfo *info = files->pdata[i];
    if (info->commit)
      g_hash_table_add(timing->known, g_strdup(info->path));
  }
  if (timing->first == 0 && g_hash_table_size(timing->known) > 0)
    timing->first = g_get_monotonic_time();
}

static void on_foreign(GPtrArray *foreign, void *data)
{
  (void)foreign;
  (void)data;
}

static void on_done(const GError *error, void *data)
{
  Timing *timing = data;
  if (error) {
    fprintf(stderr, "time_git: %s\n", error->message);
    timing->status = 1;
  }
  gint64 end = g_get_monotonic_time();
  printf("files %u first_ms %.1f all_ms %.1f\n", g_hash_table_size(timing->known),
         timing->first ? (double)(timing->first - timing->start) / 1000 : 0.0,
         (double)(end - timing->start) / 1000);
  g_main_loop_quit(timing->loop);
}

int main(int argc, char **argv)
{
  if (argc != 2) {
    fprintf(stderr, "usage: time_git ALEMBIC.INI\n");
    return 2;
  }
  const char *configs[] = {argv[1], NULL};
  ProjectOptions options = {.config_files = configs};
  g_autoptr(GError) error = NULL;
  Project *project = project_open(&options, &error);
  if (!project) {
    fprintf(stderr, "time_git: %s\n", error->message);
    return 1;
  }
  Timing timing = {.loop = g_main_loop_new(NULL, FALSE),
                   .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                   .start = g_get_monotonic_time()};
  GitAnnotateSink sink = {on_files, on_foreign, on_done};
  git_annotate(project, NULL, NULL, &sink, &timing);
  g_main_loop_run(timing.loop);
  g_main_loop_unref(timing.loop);
  g_hash_table_unref(timing.known);
  project_free(project);
  return timing.status;
}
