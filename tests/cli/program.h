/* Running the program that was built, for tests. */
#pragma once

#include <glib.h>

/* tests/... in the source tree; absolute, the caller's. */
char *program_source(const char *folder, const char *name);
/* Path of the program that was built (RETORT, else ./retort); the caller's. */
char *program_path(void);
/* Runs it in folder with words as a shell reads them, in the C.UTF-8 locale, without a terminal or a database of the
 * environment.  output and errors may be NULL; the caller's.  Returns the exit status, 128 + n for a signal. */
int program_run(const char *folder, const char *words, char **output, char **errors);
