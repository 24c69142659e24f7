/* A project with aaa below bbb, and below ccc with ddd on it, for the tests of wizards. */
#pragma once

#include "bench.h"

typedef struct {
  char *folder;
  Bench *bench;
} Wizard;

/* options: more lines for alembic.ini.  The screen is 110 by 40. */
void wizard_open(Wizard *wizard, const char *options);
void wizard_close(Wizard *wizard);

/* A file of the project, by its name below the folder. */
void wizard_write(const Wizard *wizard, const char *name, const char *text);
/* versions/ID.py, on down, a Python literal. */
void wizard_revision(const Wizard *wizard, const char *id, const char *down);
/* What that file says; the caller's. */
char *wizard_read(const Wizard *wizard, const char *id);

/* Types keys and looks for a text on the screen. */
void wizard_expect(Bench *bench, const char *keys, const char *expected);
