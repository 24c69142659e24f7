/* Carrying statements out and seeing what they lock. */
#pragma once

#include "retort/review/forecast.h"
#include "retort/run/rehearse.h"

/* A session to rehearse on, and a second one that looks while it works. */
typedef struct {
  PgConn *conn;
  PgConn *watcher;
  GHashTable *known; /* char*: relations that were there before */
  GHashTable *held;  /* char* -> LockMode: in the open transaction */
  ReviewCatalog *catalog;
  ForecastSession *forecasts;
} Stage;

void rehearsed_statement_free(void *statement);
gboolean stage_open(Stage *stage, const PgParams *params, guint lock_timeout_ms, GError **error);
/* Locks of the version table are not the migrations'. */
void stage_ignore(Stage *stage, const char *table);
void stage_clear(Stage *stage);
/* BEGIN, COMMIT, ...: nothing is looked at. */
gboolean stage_tell(Stage *stage, const char *sql, GError **error);
/* Locks of a transaction that is over. */
void stage_forget_locks(Stage *stage);
/* NULL with the server's error. */
RehearsedStatement *stage_perform(Stage *stage, const Statement *statement, GError **error);
