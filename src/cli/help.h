/* --help and the usage lines, from the tables. */
#pragma once

#include "command.h"

/* "usage: retort [-h] ..." of the program (command NULL) or of a command; the caller's. */
char *help_usage(const Command *command);
/* Prints the whole help to stdout. */
void help_print(const Command *command);
/* What the parser wants to know of a command; the option list is the caller's (g_free(spec.options)). */
ArgSpec command_spec(const Command *command);
ArgSpec program_spec(void);
