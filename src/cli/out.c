#include "out.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "retort/base/error.h"
#include "retort/base/text.h"

/* A terminal gets foreign bytes made visible; anything else gets them as they are. */
static void put(FILE *stream, const char *text)
{
  if (!isatty(fileno(stream))) {
    fputs(text, stream);
    return;
  }
  g_autofree char *safe = text_escape(text, -1, TRUE);
  fputs(safe, stream);
}

void out_line(const Session *session, const char *format, ...)
{
  if (session->quiet)
    return;
  va_list ap;
  va_start(ap, format);
  g_autofree char *text = g_strdup_vprintf(format, ap);
  va_end(ap);
  put(stdout, text);
  putchar('\n');
}

void out_text(const char *text)
{
  put(stdout, text);
}

/* Columns of the terminal on standard input, which is where Alembic looks; 0: none. */
static int input_columns(void)
{
  struct winsize size;
  return ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void put_message(const char *text)
{
  int columns = input_columns();
  g_autofree char *wrapped = columns > 0 ? out_wrap(text, columns) : g_strdup(text);
  put(stdout, wrapped);
}

void out_message(const Session *session, const char *text)
{
  if (session->quiet)
    return;
  put_message(text);
  putchar('\n');
}

void out_status(const Session *session, const char *text)
{
  if (session->quiet)
    return;
  g_autofree char *dots = g_strconcat(text, " ...", NULL);
  put_message(dots);
  fflush(stdout);
}

void out_status_end(const Session *session, gboolean done)
{
  if (!session->quiet)
    fputs(done ? "  done\n" : "  FAILED\n", stdout);
}

void out_status_line(const char *text)
{
  put_message(text);
  putchar('\n');
  fflush(stdout);
}

void out_log(const Session *session, const char *level, const char *logger, const char *text)
{
  if (!session->logging)
    return;
  fflush(stdout);
  g_autofree char *line = g_strdup_printf("%-5.5s [%s] %s\n", level, logger, text);
  put(stderr, line);
}

void out_warning(const char *text)
{
  fflush(stdout);
  g_autofree char *line = g_strdup_printf("retort: UserWarning: %s\n", text);
  put(stderr, line);
}

void out_note(const char *format, ...)
{
  va_list ap;
  va_start(ap, format);
  g_autofree char *text = g_strdup_vprintf(format, ap);
  va_end(ap);
  fflush(stdout);
  g_autofree char *line = g_strdup_printf("retort: %s\n", text);
  put(stderr, line);
}

char *out_flat(const char *sql)
{
  g_autoptr(GString) line = g_string_new(NULL);
  for (const char *s = sql ? sql : ""; *s; s++) {
    if (!g_ascii_isspace(*s))
      g_string_append_c(line, *s);
    else if (line->len > 0 && line->str[line->len - 1] != ' ')
      g_string_append_c(line, ' ');
  }
  return text_escape(g_strchomp(line->str), -1, FALSE);
}

static int command_error(const Session *session, const GError *error)
{
  if (session->global && session_flag(session, "raiseerr")) {
    out_note("CommandError: %s", error->message);
    return 1;
  }
  out_log(session, "ERROR", "alembic.util.messaging", error->message);
  g_autofree char *text = g_strdup_printf("FAILED: %s", error->message);
  out_message(session, text);
  return 255;
}

int out_error(const Session *session, const GError *error)
{
  if (error->domain == RETORT_ERROR && error->code == RETORT_ERROR_COMMAND)
    return command_error(session, error);
  out_note("%s", error->message);
  const PgErrorInfo *info = pg_error_info(error);
  if (info && info->detail)
    out_note(_("detail: %s"), info->detail);
  if (info && info->hint)
    out_note(_("hint: %s"), info->hint);
  if (error->domain == RETORT_ERROR && error->code == RETORT_ERROR_CANCELLED)
    return 130;
  return error->domain == RETORT_ERROR && error->code == RETORT_ERROR_USAGE ? 2 : 1;
}

void out_json(JsonNode *node)
{
  g_autoptr(JsonGenerator) generator = json_generator_new();
  json_generator_set_root(generator, node);
  json_generator_set_pretty(generator, TRUE);
  g_autofree char *text = json_generator_to_data(generator, NULL);
  puts(text);
  json_node_unref(node);
}
