#include "help.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "retort/base/text.h"

#define HELP_COLUMN 26 /* where the sentences start */

ArgSpec program_spec(void)
{
  const ArgOption **lists = g_new0(const ArgOption *, 3);
  lists[0] = global_options;
  lists[1] = common_options;
  return (ArgSpec){.options = lists, .has_commands = TRUE};
}

ArgSpec command_spec(const Command *command)
{
  return (ArgSpec){.options = command_options(command), .positionals = command->positionals};
}

static int columns(void)
{
  const char *env = g_getenv("COLUMNS");
  int n = env ? atoi(env) : 0;
  struct winsize size;
  if (n <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
    n = size.ws_col;
  return (n > 0 ? n : 80) - 2;
}

char *help_usage(const Command *command)
{
  ArgSpec spec = command ? command_spec(command) : program_spec();
  g_autofree const ArgOption **lists G_GNUC_UNUSED = (const ArgOption **)spec.options;
  g_autofree char *choices = command_choices();
  g_autofree char *tail = g_strconcat(choices, " ...", NULL);
  g_autofree char *prog = command ? g_strconcat("retort ", command->name, NULL) : g_strdup("retort");
  return args_usage(&spec, prog, command ? NULL : tail, columns());
}

/* A word and its sentence, wrapped behind the word's column. */
static void print_entry(const char *word, const char *sentence)
{
  int width = MAX(columns() - HELP_COLUMN, 20);
  printf("  %s", word);
  int at = text_width(word) + 2;
  if (at > HELP_COLUMN - 2) {
    putchar('\n');
    at = 0;
  }
  g_auto(GStrv) words = g_strsplit(sentence, " ", -1);
  int used = 0;
  for (char **p = words; *p; p++) {
    int w = text_width(*p);
    if (used && used + 1 + w > width) {
      putchar('\n');
      at = used = 0;
    }
    if (used)
      putchar(' ');
    else
      printf("%*s", HELP_COLUMN - at, "");
    fputs(*p, stdout);
    used += (used ? 1 : 0) + w;
  }
  putchar('\n');
}

static void print_options(const ArgOption *const *lists)
{
  printf("\n%s\n", _("options:"));
  for (; *lists; lists++)
    for (const ArgOption *o = *lists; o->kind; o++) {
      g_autofree char *metavar = arg_option_metavar(o);
      const char *value = o->kind == ARG_VALUE || o->kind == ARG_APPEND ? metavar : NULL;
      g_autoptr(GString) word = g_string_new(NULL);
      if (o->letter)
        g_string_append_printf(word, "-%c", o->letter);
      if (o->name)
        g_string_append_printf(word, "%s--%s", o->letter ? ", " : "", o->name);
      if (value)
        g_string_append_printf(word, " %s", value);
      print_entry(word->str, _(o->help));
    }
}

void help_print(const Command *command)
{
  ArgSpec spec = command ? command_spec(command) : program_spec();
  g_autofree const ArgOption **lists G_GNUC_UNUSED = (const ArgOption **)spec.options;
  g_autofree char *usage = help_usage(command);
  puts(usage);
  printf("\n%s\n",
         command ? _(command->summary)
                 : _("Roll Alembic migrations out to PostgreSQL. Without a command, opens the screen."));
  if (command && command->positionals) {
    printf("\n%s\n", _("arguments:"));
    for (const ArgPositional *p = command->positionals; p->name; p++)
      print_entry(p->name, _(p->help));
  }
  if (!command) {
    printf("\n%s\n", _("commands:"));
    for (const Command *c = commands; c->name; c++)
      if (!c->hidden)
        print_entry(c->name, _(c->summary));
  }
  print_options(lists);
}
