/* A statement: what travels from the renderer to the review, the screen and the server. */
#pragma once

#include <glib.h>

typedef struct {
  char *sql;           /* as it is sent: no trailing semicolon added, nothing stripped */
  gboolean autocommit; /* inside autocommit_block(): runs outside a transaction */
  guint line;          /* of the call in the migration, from 1; 0: not from a file */
  guint column;
} Statement;

Statement *statement_new(const char *sql, gboolean autocommit, guint line, guint column);
void statement_free(Statement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Statement, statement_free)

/* The text as `alembic --sql` prints it, without the semicolon: tabs become four spaces, outer white space goes. */
char *statement_offline_text(const Statement *statement);
