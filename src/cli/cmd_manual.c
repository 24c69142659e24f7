/* Fills the manual pages' templates from the tables: @COMMANDS@, @GLOBAL_OPTIONS@, @COMMON_OPTIONS@, @ACTIONS@ and
 * @SETTINGS@ each stand alone on a line; elsewhere only @VERSION@ is replaced. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/tui/tui.h"

#define TEMPLATE_LIMIT ((gsize)1024 * 1024)

/* Text with what troff would take for a request or an escape made harmless. */
static void put_text(GString *out, const char *text)
{
  for (const char *p = text; *p; p++) {
    if ((*p == '.' || *p == '\'') && (p == text || p[-1] == '\n'))
      g_string_append(out, "\\&");
    if (*p == '\\')
      g_string_append(out, "\\e");
    else if (*p == '-')
      g_string_append(out, "\\-");
    else
      g_string_append_c(out, *p);
  }
}

static void put_option(GString *out, const ArgOption *option)
{
  g_string_append(out, ".TP\n\\fB");
  if (option->letter)
    g_string_append_printf(out, "\\-%c", option->letter);
  if (option->name) {
    g_string_append(out, option->letter ? "\\fR, \\fB\\-\\-" : "\\-\\-");
    put_text(out, option->name);
  }
  g_string_append(out, "\\fR");
  if (option->kind == ARG_VALUE || option->kind == ARG_APPEND) {
    g_autofree char *metavar = arg_option_metavar(option);
    g_string_append(out, " \\fI");
    put_text(out, metavar);
    g_string_append(out, "\\fR");
  }
  g_string_append_c(out, '\n');
  put_text(out, _(option->help));
  g_string_append_c(out, '\n');
}

static void put_options(GString *out, const ArgOption *options)
{
  for (; options->kind; options++)
    put_option(out, options);
}

static void put_command(GString *out, const Command *command)
{
  g_string_append(out, ".SS \\fB");
  put_text(out, command->name);
  g_string_append(out, "\\fR");
  for (const ArgOption *o = command->options; o->kind; o++) {
    g_autofree char *display = o->name ? g_strconcat("--", o->name, NULL) : g_strdup_printf("-%c", o->letter);
    g_autofree char *metavar = arg_option_metavar(o);
    g_string_append(out, " [");
    put_text(out, display);
    if (o->kind == ARG_VALUE || o->kind == ARG_APPEND) {
      g_string_append(out, " \\fI");
      put_text(out, metavar);
      g_string_append(out, "\\fR");
    }
    g_string_append_c(out, ']');
  }
  if (command->has_json)
    g_string_append(out, " [\\-\\-json]");
  for (const ArgPositional *p = command->positionals; p && p->name; p++) {
    gboolean optional = p->count == ARG_ANY || p->count == ARG_OPTIONAL;
    gboolean many = p->count == ARG_ANY || p->count == ARG_SOME;
    g_string_append_printf(out, " %s\\fI%s\\fR%s%s", optional ? "[" : "", p->name, many ? "..." : "",
                           optional ? "]" : "");
  }
  g_string_append_c(out, '\n');
  put_text(out, _(command->summary));
  g_string_append_c(out, '\n');
  if (command->manual) {
    g_auto(GStrv) paragraphs = g_strsplit(_(command->manual), "\n\n", -1);
    for (char **p = paragraphs; *p; p++) {
      g_string_append(out, ".PP\n");
      put_text(out, *p);
      g_string_append_c(out, '\n');
    }
  }
  put_options(out, command->options);
}

static gboolean needs_name(const char *section)
{
  return strcmp(section, "project") == 0 || strcmp(section, "target") == 0;
}

static void put_settings(GString *out)
{
  const char *section = NULL;
  for (const SettingsKey *k = settings_keys; k->section; k++) {
    if (!section || strcmp(section, k->section) != 0)
      g_string_append_printf(out, ".SS [%s%s]\n", k->section, needs_name(k->section) ? " NAME" : "");
    section = k->section;
    if (k->key)
      g_string_append_printf(out, ".TP\n\\fB%s\\fR = \\fI", k->key);
    else
      g_string_append(out, ".TP\n\\fI");
    put_text(out, k->value);
    g_string_append(out, "\\fR\n");
    put_text(out, _(k->help));
    if (k->shared) {
      g_string_append_c(out, ' ');
      put_text(out, _("Also in [project NAME] and [retort]."));
    }
    g_string_append_c(out, '\n');
  }
}

/* TRUE when line is a placeholder, whose text is then in out. */
static gboolean fill(GString *out, const char *line)
{
  if (strcmp(line, "@COMMANDS@") == 0) {
    for (const Command *c = commands; c->name; c++)
      if (!c->hidden)
        put_command(out, c);
  } else if (strcmp(line, "@GLOBAL_OPTIONS@") == 0) {
    put_options(out, global_options);
  } else if (strcmp(line, "@COMMON_OPTIONS@") == 0) {
    put_options(out, common_options);
  } else if (strcmp(line, "@ACTIONS@") == 0) {
    g_autofree char *actions = tui_actions_describe(TUI_DESCRIBE_MAN);
    g_string_append(out, actions);
  } else if (strcmp(line, "@SETTINGS@") == 0) {
    put_settings(out);
  } else {
    return FALSE;
  }
  return TRUE;
}

COMMAND_RUN(manual)
{
  const char *path = args_positional(session->args, 0);
  if (!path) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("name the template"));
    return FALSE;
  }
  g_autofree char *text = file_read(path, TEMPLATE_LIMIT, NULL, NULL, error);
  if (!text)
    return FALSE;
  g_autoptr(GString) out = g_string_new(NULL);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line; line++) {
    if (fill(out, *line) || (!line[1] && !**line))
      continue;
    g_auto(GStrv) parts = g_strsplit(*line, "@VERSION@", -1);
    g_autofree char *filled = g_strjoinv(PACKAGE_VERSION, parts);
    g_string_append_printf(out, "%s\n", filled);
  }
  fputs(out->str, stdout);
  return TRUE;
}
