/* From result rows to nodes; apart from the query, so that tests need no server. */
#pragma once

#include "retort/pg/locks.h"

/* One row of pg_locks about an object that somebody waits for. */
typedef struct {
  int pid;    /* 0: a prepared transaction */
  char *key;  /* identity of the locked object */
  char *mode; /* as pg_locks spells it */
  char *type;
  char *relation; /* or NULL */
  char *gid;      /* or NULL */
  char *owner;    /* of gid */
  double prepared_s;
  gboolean granted;
} LockFact;

/* The text that asks for both: activity first, facts second. */
char *lock_query(int server_version, const int *own);
GPtrArray *lock_nodes_from_result(const PGresult *result);
GPtrArray *lock_facts_from_result(const PGresult *result); /* LockFact* */
/* Fills lock_*, queued_behind and what is known of prepared transactions. */
void lock_nodes_add_facts(GPtrArray *nodes, GPtrArray *facts);
