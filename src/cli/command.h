/* One command of the program: a row of the table in commands.c.
 *
 * The table feeds the parser, --help, the man page and the completions; a command is one file cmd_<name>.c with a run
 * function and its options.
 */
#pragma once

#include "args.h"
#include "session.h"

/* What a positional stands for, so that the shell can complete it. */
typedef enum {
  WORDS_NONE,
  WORDS_REVISIONS,
  WORDS_TARGETS, /* revisions, labels, head, base, ... */
  WORDS_RANGES,
  WORDS_FOLDERS,
} WordKind;

typedef struct Command {
  const char *name;
  const char *summary;      /* N_(): one sentence */
  const ArgOption *options; /* its own, beside the common ones */
  const ArgPositional *positionals;
  WordKind words;    /* what its positionals are */
  gboolean own;      /* retort's, unknown to Alembic */
  gboolean has_json; /* takes --json */
  gboolean hidden;   /* for the program's own files: not in --help */
  gboolean (*run)(Session *session, GError **error);
  const char *manual; /* N_(): paragraphs for the man page, parted by empty lines; or NULL */
} Command;

extern const Command commands[]; /* ends with an all-zero entry */

const Command *command_find(const char *name);
/* "{branches,check,...}" */
char *command_choices(void);
/* The option lists a command takes, its own first: for ArgSpec; the caller's array. */
const ArgOption **command_options(const Command *command);
extern const ArgOption global_options[]; /* before the command: Alembic's and retort's */
extern const ArgOption common_options[]; /* retort's, before or behind the command */

#define COMMAND_RUN(name) gboolean cmd_##name(Session *session, GError **error)
