/* The parser against argparse's own answers: what a line means, and what is said when it means nothing. */
#include <criterion/criterion.h>
#include <string.h>

#include "args.h"

static const ArgOption globals[] = {
    {'h', "help", ARG_HELP, NULL, "", FALSE},     {0, "version", ARG_VERSION, NULL, "", FALSE},
    {'c', "config", ARG_APPEND, NULL, "", FALSE}, {'n', "name", ARG_VALUE, NULL, "", FALSE},
    {'x', NULL, ARG_APPEND, "X", "", FALSE},      {0, "raiseerr", ARG_FLAG, NULL, "", FALSE},
    {'q', "quiet", ARG_FLAG, NULL, "", FALSE},    {0, "read-only", ARG_FLAG, NULL, "", TRUE},
    {0, "no-color", ARG_FLAG, NULL, "", TRUE},    {0, NULL, 0, NULL, NULL, FALSE},
};
static const ArgOption history[] = {
    {'h', "help", ARG_HELP, NULL, "", FALSE},
    {'r', "rev-range", ARG_VALUE, NULL, "", FALSE},
    {'v', "verbose", ARG_FLAG, NULL, "", FALSE},
    {'i', "indicate-current", ARG_FLAG, NULL, "", FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};
static const ArgOption stamp[] = {
    {0, "sql", ARG_FLAG, NULL, "", FALSE},    {0, "tag", ARG_VALUE, NULL, "", FALSE},
    {0, "purge", ARG_FLAG, NULL, "", FALSE},  {0, "splice", ARG_FLAG, NULL, "", FALSE},
    {0, "target", ARG_VALUE, NULL, "", TRUE}, {0, NULL, 0, NULL, NULL, FALSE},
};
static const ArgPositional revisions[] = {{"revisions", ARG_SOME, ""}, {NULL, 0, NULL}};
static const ArgOption upgrade[] = {{0, "sql", ARG_FLAG, NULL, "", FALSE},
                                    {0, "tag", ARG_VALUE, NULL, "", FALSE},
                                    {0, NULL, 0, NULL, NULL, FALSE}};
static const ArgPositional revision[] = {{"revision", ARG_ONE, ""}, {NULL, 0, NULL}};

static const ArgOption *const global_lists[] = {globals, NULL};
static const ArgOption *const history_lists[] = {history, NULL};
static const ArgOption *const stamp_lists[] = {stamp, NULL};
static const ArgOption *const upgrade_lists[] = {upgrade, NULL};

static const ArgSpec specs[] = {
    {global_lists, NULL, TRUE},
    {history_lists, NULL, FALSE},
    {stamp_lists, revisions, FALSE},
    {upgrade_lists, revision, FALSE},
};
enum { GLOBAL, HISTORY, STAMP, UPGRADE };

/* Everything an answer holds as one line: values by name, positionals, extras, the rest. */
static char *describe(const ArgSpec *spec, const Args *args)
{
  GString *out = g_string_new(NULL);
  for (const ArgOption *o = spec->options[0]; o->kind; o++) {
    const char letter[] = {o->letter, '\0'};
    const char *name = o->name ? o->name : letter;
    if (!args_has(args, name))
      continue;
    g_string_append_printf(out, "%s", name);
    g_autofree const char **values = args_values(args, name);
    for (guint i = 0; values[i]; i++)
      g_string_append_printf(out, "=%s", values[i]);
    g_string_append_c(out, ' ');
  }
  for (guint i = 0; i < args->positionals->len; i++)
    g_string_append_printf(out, "<%s> ", (const char *)args->positionals->pdata[i]);
  for (guint i = 0; i < args->extras->len; i++)
    g_string_append_printf(out, "?%s ", (const char *)args->extras->pdata[i]);
  for (char **p = args->rest; p && *p; p++)
    g_string_append_printf(out, "|%s ", *p);
  return g_strchomp(g_string_free(out, FALSE));
}

static const struct {
  int spec;
  const char *line; /* words parted by "~" */
  const char *want; /* "! text" for an error */
} cases[] = {
    {GLOBAL, "heads", "|heads"},
    {GLOBAL, "-c~a.ini~heads~-v", "config=a.ini |heads |-v"},
    {GLOBAL, "-ca.ini~--config=b~--conf~c~heads", "config=a.ini=b=c |heads"},
    {GLOBAL, "-x~a=1~-xb=2~-q~up", "x=a=1=b=2 quiet |up"},
    {GLOBAL, "-qn~other~heads", "name=other quiet |heads"},
    {GLOBAL, "--na~other~heads", "name=other |heads"},
    {GLOBAL, "--r~heads", "raiseerr |heads"},
    {GLOBAL, "--re~heads", "read-only |heads"},
    {GLOBAL, "--n~other", "name=other"},
    {GLOBAL, "-c", "! argument -c/--config: expected one argument"},
    {GLOBAL, "-c~-q~heads", "! argument -c/--config: expected one argument"},
    {GLOBAL, "--quiet=1~heads", "! argument -q/--quiet: ignored explicit argument '1'"},
    {GLOBAL, "--bogus~heads", "?--bogus |heads"},
    {GLOBAL, "", ""},
    {HISTORY, "-r-2:", "rev-range=-2:"},
    {HISTORY, "--rev-range=-2:", "rev-range=-2:"},
    {HISTORY, "-r~-2:", "! argument -r/--rev-range: expected one argument"},
    {HISTORY, "-r~-2", "rev-range=-2"},
    {HISTORY, "-vi", "verbose indicate-current"},
    {HISTORY, "-vr~a:b", "rev-range=a:b verbose"},
    {HISTORY, "-vra:b", "rev-range=a:b verbose"},
    {HISTORY, "-vz", "! argument -v/--verbose: ignored explicit argument 'z'"},
    {HISTORY, "word", "?word"},
    {HISTORY, "-r=a:b", "rev-range=a:b"},
    {HISTORY, "--", "?--"},
    {HISTORY, "-v~--~-i", "verbose ?-- ?-i"},
    {HISTORY, "a~--~b", "?a ?-- ?b"},
    {GLOBAL, "-q~--~heads", "quiet |-- |heads"},
    {GLOBAL, "--", "?--"},
    {UPGRADE, "head~--", "<head>"},
    {UPGRADE, "head~--~-x", "<head> ?-x"},
    {UPGRADE, "head~--sql~--", "sql <head> ?--"},
    {UPGRADE, "--", "! the following arguments are required: revision"},
    {STAMP, "a~--~-b", "<a> <-b>"},
    {STAMP, "--~-a~--", "<-a> <-->"},
    {STAMP, "a~--sql~--~b", "sql <a> ?-- ?b"},
    {UPGRADE, "-1", "<-1>"},
    {UPGRADE, "-1.5", "<-1.5>"},
    {UPGRADE, "-1:base", "! the following arguments are required: revision"},
    {UPGRADE, "+1", "<+1>"},
    {UPGRADE, "--sq~head", "sql <head>"},
    {UPGRADE, "head~--sql", "sql <head>"},
    {UPGRADE, "a~b", "<a> ?b"},
    {UPGRADE, "--~-x", "<-x>"},
    {UPGRADE, "-a b", "<-a b>"},
    {UPGRADE, "-", "<->"},
    {UPGRADE, "", "! the following arguments are required: revision"},
    {UPGRADE, "--tag", "! argument --tag: expected one argument"},
    {UPGRADE, "--tag~-x y~head", "tag=-x y <head>"},
    {STAMP, "a~b~--sql", "sql <a> <b>"},
    {STAMP, "a~--sql~b", "sql <a> ?b"},
    {STAMP, "--s~a", "! ambiguous option: --s could match --sql, --splice"},
    {STAMP, "--ta~x~a", "tag=x <a>"},
    {STAMP, "--tar~x~a", "target=x <a>"},
};

Test(args, a_line_means_what_argparse_takes_it_for)
{
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(GStrv) words = *cases[i].line ? g_strsplit(cases[i].line, "~", -1) : g_new0(char *, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(Args) args = args_parse(&specs[cases[i].spec], words, &error);
    g_autofree char *got =
        args ? describe(&specs[cases[i].spec], args) : g_strconcat("! ", error->message, NULL);
    cr_expect(strcmp(got, cases[i].want) == 0, "%s: got \"%s\", want \"%s\"", cases[i].line, got,
              cases[i].want);
  }
}

Test(args, usage_wraps_under_the_program_name)
{
  g_autofree char *usage = args_usage(&specs[HISTORY], "retort history", NULL, 40);
  cr_expect(strcmp(usage, "usage: retort history [-h]\n"
                          "                      [-r REV_RANGE]\n"
                          "                      [-v] [-i]") == 0,
            "%s", usage);
  g_autofree char *wide = args_usage(&specs[STAMP], "retort stamp", NULL, 200);
  cr_expect(strcmp(wide,
                   "usage: retort stamp [--sql] [--tag TAG] [--purge] [--splice] [--target TARGET] revisions "
                   "[revisions ...]") == 0,
            "%s", wide);
}
