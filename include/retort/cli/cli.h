/* The command line: Alembic's commands and retort's own, and the way to the screen. */
#pragma once

/* argv as main() got it.  Returns the exit status:
 *   0    done
 *   1    something failed (Alembic: a traceback), retort refused, or files could not be read
 *   2    wrong words on the command line, or no terminal for the screen
 *   130  interrupted
 *   255  Alembic's "FAILED: ..." */
int cli_main(int argc, char **argv);
