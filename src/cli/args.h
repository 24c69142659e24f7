/* Command lines by the rules of Python's argparse, because scripts are written against them.
 *
 * Long options may be abbreviated while they stay unique, `-vq` bundles flags, `-r-2:` and `--rev-range=-2:` attach a
 * value, a word like `-1` is a positional as no option looks like a number, a word with a space is no option, and `--`
 * ends the options; one that adjoins no positional is an extra.  retort's own options give way to Alembic's when an abbreviation fits both.
 *
 * The tables are static; an ArgOption list ends with an all-zero entry.  Values are borrowed from argv.
 */
#pragma once

#include <glib.h>

typedef enum {
  ARG_FLAG = 1, /* present or not */
  ARG_VALUE,    /* takes a value; the last one counts */
  ARG_APPEND,   /* takes a value; all count */
  ARG_HELP,     /* ends parsing: Args.help */
  ARG_VERSION,  /* ends parsing: Args.version */
} ArgKind;

typedef struct {
  char letter;      /* -v, or 0 */
  const char *name; /* --verbose without its dashes, or NULL */
  ArgKind kind;
  const char *metavar; /* of the value; NULL: the name in capitals */
  const char *help;    /* one sentence, marked with N_() */
  gboolean own;        /* retort's, unknown to Alembic */
} ArgOption;

typedef enum {
  ARG_ONE = '1',      /* exactly one */
  ARG_OPTIONAL = '?', /* none or one */
  ARG_SOME = '+',     /* one or more, without options in between */
  ARG_ANY = '*',      /* any number, anywhere */
} ArgCount;

typedef struct {
  const char *name;
  ArgCount count;
  const char *help;
} ArgPositional;

typedef struct {
  const ArgOption *const *options;  /* lists, NULL-terminated */
  const ArgPositional *positionals; /* ends with an all-zero entry; NULL: none */
  gboolean has_commands;            /* the first positional and all after it go to Args.rest */
} ArgSpec;

typedef struct {
  GHashTable *values;     /* name (or letter) -> GPtrArray of const char* */
  GPtrArray *positionals; /* const char*, of all positionals in order */
  GPtrArray *extras;      /* const char*: words nothing claims */
  char **rest;            /* has_commands: the command and what follows; borrowed from argv */
  gboolean help;
  gboolean version;
} Args;

/* argv: the words after the program's or command's name, NULL-terminated.  RETORT_ERROR_USAGE carries argparse's text.
 * Words that nothing claims are no error here but in extras, because argparse reports them last. */
Args *args_parse(const ArgSpec *spec, char **argv, GError **error);
void args_free(Args *args);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Args, args_free)

/* name is the long name, or the letter for options without one. */
gboolean args_has(const Args *args, const char *name);
/* The last value, or NULL. */
const char *args_value(const Args *args, const char *name);
/* All values, NULL-terminated, the caller's array of borrowed strings; never NULL. */
const char **args_values(const Args *args, const char *name);
/* Positional number i, or NULL. */
const char *args_positional(const Args *args, guint i);

/* "-c/--config", as argparse names an option. */
char *arg_option_display(const ArgOption *option);
/* "CONFIG": what stands for the value. */
char *arg_option_metavar(const ArgOption *option);
/* "usage: prog [-h] ...", wrapped to columns; tail replaces the positionals unless NULL.  The caller's. */
char *args_usage(const ArgSpec *spec, const char *prog, const char *tail, int columns);
