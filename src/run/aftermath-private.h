/* Shared by the files that write questions about a statement. */
#pragma once

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include "retort/run/aftermath.h"

/* NULL for an empty text. */
const char *aftermath_given(const char *name);
/* to_regclass() of a relation, as SQL; the caller's. */
char *aftermath_regclass(const char *schema, const char *name);
char *aftermath_regclass_of(const PgQuery__RangeVar *var);
/* to_regtype(), likewise. */
char *aftermath_regtype(const char *schema, const char *name);
/* A dotted name as a list of String nodes: its last two parts. */
gboolean aftermath_names(PgQuery__Node *const *names, gsize n, const char **schema, const char **name);

/* A session of somebody that does DDL of the CONCURRENTLY kind on table t. */
#define AT_WORK                                                                                      \
  "EXISTS (SELECT 1 FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid " \
  "WHERE l.relation = t.oid AND l.mode = 'ShareUpdateExclusiveLock' AND a.state = 'active' "         \
  "AND a.backend_type = 'client backend' AND a.pid <> pg_catalog.pg_backend_pid())"

/* aftermath_objects.c: statements that can also run inside a transaction; NULL: no question is known. */
char *aftermath_ask_object(const PgQuery__Node *node);
