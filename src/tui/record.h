/* A rollout's record (run/journal.h) as the screen shows it: read as it grows, told up to any of its events.
 *
 *   g_autoptr(Record) record = record_open(path, &error);
 *   while (record_read_on(record)) ;               a bounded piece a call
 *   record_write(record, record_length(record), view);
 *
 * The file may have been written by anybody: members of unexpected types are left out, texts are escaped by the view.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "retort/pg/locks.h"
#include "textview.h"

typedef struct Record Record;

/* RETORT_ERROR_FILE when it cannot be opened. */
Record *record_open(const char *path, GError **error);
void record_free(Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Record, record_free)

/* Reads what has been added since, a piece at most; TRUE when there were new events. */
gboolean record_read_on(Record *record);
guint record_length(const Record *record); /* events */
/* Seconds between the first event and this one. */
double record_time(const Record *record, guint event);
/* Its last event says how it ended. */
gboolean record_ended(const Record *record);
/* A member of the first event ("database", "command", "who"), not escaped; "" when it has none. */
const char *record_head(const Record *record, const char *member);

/* Adds the events from `from` up to, not including, `to`. */
void record_write(const Record *record, guint from, guint to, TextView *view);
/* The newest look at the locks among the first n events, or NULL; the caller's. */
LockSnapshot *record_locks(const Record *record, guint n);
