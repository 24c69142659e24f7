#include "child.h"

#include "retort/base/text.h"

/* What a program says last is what went wrong. */
#define LINES_KEPT 8

struct Child {
  guint refs; /* the owner's, and one for each answer that is due */
  gboolean freed;
  GSubprocess *process;
  GDataInputStream *words;
  gboolean exited, said_all;
  GQueue last_lines; /* char* */
  ChildLineFunc line;
  ChildEndFunc end;
  void *data;
};

static void child_unref(Child *child)
{
  if (--child->refs > 0)
    return;
  g_clear_object(&child->process);
  g_clear_object(&child->words);
  g_queue_clear_full(&child->last_lines, g_free);
  g_free(child);
}

static void finish_if_over(Child *child)
{
  if (child->exited && child->said_all && !child->freed)
    child->end(child, g_subprocess_get_successful(child->process), child->data);
}

static void line_read(GObject *stream, GAsyncResult *result, void *data)
{
  Child *child = data;
  g_autofree char *bytes =
      g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(stream), result, NULL, NULL);
  if (bytes != NULL && !child->freed) {
    char *line = text_utf8(bytes, -1);
    g_queue_push_tail(&child->last_lines, line);
    if (g_queue_get_length(&child->last_lines) > LINES_KEPT)
      g_free(g_queue_pop_head(&child->last_lines));
    child->refs++;
    child->line(child, line, child->data);
    if (!child->freed)
      g_data_input_stream_read_line_async(child->words, G_PRIORITY_DEFAULT, NULL, line_read, child);
    else
      child_unref(child);
  } else {
    child->said_all = TRUE;
    finish_if_over(child);
  }
  child_unref(child);
}

static void process_ended(GObject *process, GAsyncResult *result, void *data)
{
  Child *child = data;
  g_subprocess_wait_finish(G_SUBPROCESS(process), result, NULL);
  child->exited = TRUE;
  finish_if_over(child);
  child_unref(child);
}

Child *child_new(const char *const *argv, char **environment, const char *folder, ChildLineFunc line,
                 ChildEndFunc end, void *data, GError **error)
{
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  if (environment != NULL)
    g_subprocess_launcher_set_environ(launcher, environment);
  if (folder != NULL)
    g_subprocess_launcher_set_cwd(launcher, folder);
  GSubprocess *process = g_subprocess_launcher_spawnv(launcher, argv, error);
  if (process == NULL)
    return NULL;
  Child *child = g_new0(Child, 1);
  child->process = process;
  child->words = g_data_input_stream_new(g_subprocess_get_stdout_pipe(process));
  g_queue_init(&child->last_lines);
  child->line = line;
  child->end = end;
  child->data = data;
  child->refs = 3;
  g_subprocess_wait_async(process, NULL, process_ended, child);
  g_data_input_stream_read_line_async(child->words, G_PRIORITY_DEFAULT, NULL, line_read, child);
  return child;
}

void child_free(Child *child)
{
  if (child == NULL || child->freed)
    return;
  child->freed = TRUE;
  if (!child->exited)
    g_subprocess_force_exit(child->process);
  child_unref(child);
}

void child_signal(Child *child, int signal)
{
  if (!child->exited)
    g_subprocess_send_signal(child->process, signal);
}

char *child_last_words(const Child *child)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (GList *line = child->last_lines.head; line != NULL; line = line->next)
    g_string_append_printf(out, "%s%s", out->len > 0 ? "\n" : "", (const char *)line->data);
  return text_escape(out->str, (gssize)out->len, TRUE);
}
