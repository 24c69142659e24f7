/* Completions for the shells: candidates for the last word of a command line, one a line, "word<TAB>what it is".
 *
 * A line ":files" or ":folders" tells the shell to complete paths instead.  Nothing here may fail loudly: a broken
 * project completes to less.
 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "help.h"
#include "retort/base/text.h"
#include "retort/edit/environment.h"

#define MANY_REVISIONS 2000 /* newest ones offered; a shell chokes on more */

static void offer(const char *prefix, const char *word, const char *what)
{
  if (!g_str_has_prefix(word, prefix))
    return;
  g_autofree char *safe_word = text_escape(word, -1, FALSE);
  g_autofree char *line = g_strdelimit(g_strdup(what ? what : ""), "\t\r\n", ' ');
  g_autofree char *safe = text_escape(line, -1, FALSE);
  printf("%s\t%s\n", safe_word, safe);
}

static void offer_options(const char *prefix, const ArgOption *const *lists)
{
  for (; *lists; lists++)
    for (const ArgOption *o = *lists; o->kind; o++) {
      g_autofree char *name = o->name ? g_strconcat("--", o->name, NULL) : g_strdup_printf("-%c", o->letter);
      offer(prefix, name, _(o->help));
    }
}

/* The symbols and revisions of the project; start is what a range or a list has in front of the prefix. */
static void offer_revisions(Session *session, const char *start, const char *prefix)
{
  static const char *const symbols[] = {"head", "heads", "base", "current"};
  for (guint i = 0; i < G_N_ELEMENTS(symbols); i++) {
    g_autofree char *word = g_strconcat(start, symbols[i], NULL);
    if (g_str_has_prefix(symbols[i], prefix))
      offer("", word, "");
  }
  if (!session_project_quietly(session))
    return;
  session->map = revision_map_load(session->project, NULL);
  if (!session->map)
    return;
  GPtrArray *revisions = session->map->revisions;
  for (guint i = 0, n = 0; i < revisions->len && n < MANY_REVISIONS; i++) {
    const Revision *revision = revisions->pdata[i];
    for (char **label = revision->branch_labels; label && *label; label++) {
      g_autofree char *word = g_strconcat(start, *label, "@head", NULL);
      if (g_str_has_prefix(*label, prefix) || g_str_has_prefix(prefix, *label))
        offer(start, word, revision->doc);
    }
    if (!g_str_has_prefix(revision->id, prefix))
      continue;
    g_autofree char *word = g_strconcat(start, revision->id, NULL);
    offer("", word, revision->doc);
    n++;
  }
}

static void offer_range(Session *session, const char *before, const char *prefix)
{
  const char *colon = strrchr(prefix, ':');
  g_autofree char *first = colon ? g_strndup(prefix, (gsize)(colon + 1 - prefix)) : g_strdup("");
  g_autofree char *start = g_strconcat(before, first, NULL);
  offer_revisions(session, start, colon ? colon + 1 : prefix);
}

static void offer_word(const char *before, const char *prefix, const char *name, const char *what)
{
  g_autofree char *word = g_strconcat(before, name, NULL);
  if (g_str_has_prefix(name, prefix))
    offer("", word, what);
}

static const ArgOption *find_option(const ArgOption *const *lists, const char *word)
{
  for (; *lists; lists++)
    for (const ArgOption *o = *lists; o->kind; o++)
      if ((o->letter && word[0] == '-' && word[1] == o->letter && !word[2]) ||
          (o->name && g_str_has_prefix(word, "--") && strcmp(word + 2, o->name) == 0))
        return o->kind == ARG_VALUE || o->kind == ARG_APPEND ? o : NULL;
  return NULL;
}

/* before: "--option=" when the value stands in the same word, else "". */
static void offer_value(Session *session, const ArgOption *option, const char *before, const char *prefix)
{
  static const char *const revisions[] = {"head", "depends-on", "from", NULL};
  const char *name = option->name ? option->name : "";
  if (strcmp(name, "config") == 0)
    puts(":files");
  else if (strcmp(name, "directory") == 0 || strcmp(name, "folder") == 0 || strcmp(name, "version-path") == 0)
    puts(":folders");
  else if (strcmp(name, "rev-range") == 0)
    offer_range(session, before, prefix);
  else if (g_strv_contains(revisions, name))
    offer_revisions(session, before, prefix);
  else if (strcmp(name, "template") == 0) {
    for (const char *const *template = environment_templates(); *template; template ++)
      offer_word(before, prefix, *template, environment_synopsis(*template));
  } else if (strcmp(name, "target") == 0) {
    GPtrArray *targets = settings_targets(session->settings);
    for (guint i = 0; i < targets->len; i++)
      offer_word(before, prefix, ((const SettingsTarget *)targets->pdata[i])->name, "");
  }
}

/* "--option=value" in one word. */
static gboolean offer_attached(Session *session, const ArgOption *const *lists, const char *word)
{
  const char *equals = g_str_has_prefix(word, "--") ? strchr(word, '=') : NULL;
  if (!equals)
    return FALSE;
  g_autofree char *name = g_strndup(word, (gsize)(equals - word));
  g_autofree char *before = g_strconcat(name, "=", NULL);
  const ArgOption *option = find_option(lists, name);
  if (option)
    offer_value(session, option, before, equals + 1);
  return TRUE;
}

/* Index of the command among words, or n when it is still to be typed. */
static guint find_command_word(char *const *words, guint n, const ArgOption *const *lists)
{
  for (guint i = 0; i < n; i++) {
    if (words[i][0] != '-')
      return i;
    if (find_option(lists, words[i]))
      i++;
  }
  return n;
}

static void complete(Session *session, char *const *words, guint n, const char *prefix)
{
  ArgSpec spec = program_spec();
  g_autofree const ArgOption **program = (const ArgOption **)spec.options;
  guint at = find_command_word(words, n, program);
  const Command *command = at < n ? command_find(words[at]) : NULL;
  g_autofree const ArgOption **own = command ? command_options(command) : NULL;
  const ArgOption *const *lists = command ? own : program;
  const ArgOption *option = n > (command ? at + 1 : 0) ? find_option(lists, words[n - 1]) : NULL;
  if (option) {
    offer_value(session, option, "", prefix);
  } else if (prefix[0] == '-') {
    if (!offer_attached(session, lists, prefix))
      offer_options(prefix, lists);
  } else if (!command) {
    for (const Command *c = commands; c->name; c++)
      if (!c->hidden)
        offer(prefix, c->name, _(c->summary));
  } else if (command->words == WORDS_TARGETS || command->words == WORDS_REVISIONS) {
    offer_range(session, "", prefix);
  } else if (command->words == WORDS_RANGES) {
    offer_range(session, "", prefix);
    puts(":files");
  } else if (command->words == WORDS_FOLDERS) {
    puts(":folders");
  }
}

COMMAND_RUN(complete)
{
  GPtrArray *given = session->args->positionals;
  if (given->len == 0)
    return TRUE;
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (guint i = 0; i + 1 < given->len; i++)
    g_ptr_array_add(words, given->pdata[i]);
  g_ptr_array_add(words, NULL);
  /* -c, -n, -C and -d of the line being typed say which project it is about. */
  ArgSpec spec = program_spec();
  g_autofree const ArgOption **lists G_GNUC_UNUSED = (const ArgOption **)spec.options;
  Session inner = {.global = args_parse(&spec, (char **)words->pdata, NULL)};
  if (!inner.global)
    inner.global = args_parse(&spec, (char *[]){NULL}, error);
  inner.config_files = args_values(inner.global, "config");
  inner.x_arguments = args_values(inner.global, "x");
  inner.settings = settings_load(NULL, NULL);
  if (!inner.settings)
    inner.settings = settings_parse("", "", 0, error);
  const char *directory = session_value(&inner, "directory");
  if (!directory || chdir(directory) == 0)
    complete(&inner, (char *const *)words->pdata, words->len - 1, given->pdata[given->len - 1]);
  session_clear(&inner);
  return TRUE;
}
