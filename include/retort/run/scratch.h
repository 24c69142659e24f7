/* A database to try things in: made for the purpose, dropped when freed.
 *
 *   g_autoptr(Scratch) scratch = scratch_new(params, SCRATCH_SCHEMA, &error);
 *   PgParams *there = scratch_params(scratch);     connect to it as to any other
 *
 * Its name is the database's with "_retort_scratch_" and a number behind it; one that a killed process left behind
 * can be told by that name (scratch_leftovers()).  SCRATCH_SCHEMA copies the schema with pg_dump and pg_restore, no
 * data: the rows of the version table have to be written by who needs them (scratch_stand_at()).  SCRATCH_TEMPLATE
 * copies everything with CREATE DATABASE ... TEMPLATE, which the server allows only while nobody is connected to the
 * original.  SCRATCH_EMPTY copies nothing.
 *
 * These functions block, turning the thread's default main context: from a screen call them in a GTask's thread, with a
 * context of its own.  Not to be shared by threads.
 */
#pragma once

#include <gio/gio.h>

#include "retort/pg/conn.h"

typedef enum {
  SCRATCH_EMPTY,
  SCRATCH_SCHEMA,
  SCRATCH_TEMPLATE,
} ScratchKind;

typedef struct Scratch Scratch;

/* params: of the original (for SCRATCH_EMPTY of any database of that server).  RETORT_ERROR_REFUSED when the role may
 * not create databases, or somebody is connected to the original that is to be a template, and says so. */
Scratch *scratch_new(const PgParams *params, ScratchKind kind, GCancellable *cancellable, GError **error);
/* Ends the sessions in it and drops it.  Connections of ours to it have to be freed before. */
void scratch_free(Scratch *scratch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scratch, scratch_free)

const char *scratch_name(const Scratch *scratch);
/* To connect with; borrowed. */
const PgParams *scratch_params(const Scratch *scratch);
/* Another one that begins as this one is now; close the connections to this one first. */
Scratch *scratch_copy(const Scratch *scratch, GCancellable *cancellable, GError **error);

/* Makes the version table (create_sql: how, when it is missing) hold exactly these rows. */
gboolean scratch_stand_at(PgConn *conn, const char *table, const char *schema, const char *create_sql,
                          const char *const *rows, GError **error);
/* Names (char*) of databases that a killed process left behind on this server; NULL with an error. */
GPtrArray *scratch_leftovers(PgConn *conn, GError **error);
