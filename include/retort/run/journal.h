/* The record of what was done: one file a rollout, one JSON object a line, only ever appended to.
 *
 *   $XDG_STATE_HOME/retort/journal/20261123T151500.123456Z-4711.jsonl   (or ~/.local/state/retort/journal)
 *   {"time":"2026-11-23T15:15:00.123456Z","event":"start","database":"app@db1:5432/shop","who":"ann@bastion",...}
 *   {"time":"...","event":"step","step":0,"revision":"51c2aa90d3f1","direction":"upgrade"}
 *   {"time":"...","event":"commit","step":0,"xid":"7311"}
 *
 * Files are readable by their owner only, or by the group of a folder that is shared (journal_share()); passwords never get here (the database is its display form).  Around every
 * commit point the file is flushed to the disk: before the call returns where only the record can tell what happened,
 * beside the work where the version rows tell it too.  A journal that cannot be written
 * (disk full) says so once and does not stop the work: what happens to the database matters more.
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct Journal Journal;

/* Who, where and what, for the first line; any may be NULL. */
typedef struct {
  const char *database; /* display form: no password */
  const char *system_id;
  const char *project; /* folder */
  const char *command; /* "upgrade head" */
} JournalHead;

/* Where this process keeps and looks for records, instead of the folder above: one that several people share.  It has to
 * be there, and its group may read what is written.  To be called before anything else here, on one thread; copied. */
void journal_share(const char *folder);

/* Begins a new file and writes its first line. RETORT_ERROR_FILE when that cannot be done. */
Journal *journal_new(const JournalHead *head, GError **error);
/* The same in a folder of the caller's choice, for tests. */
Journal *journal_new_in(const char *folder, const JournalHead *head, GError **error);
void journal_free(Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_free)
const char *journal_path(const Journal *journal);

/* When a line has to be on the disk. */
typedef enum {
  JOURNAL_LAZY, /* when the system likes */
  JOURNAL_NOW,  /* before journal_write() returns */
  JOURNAL_SOON, /* at once, or a tenth of a second after the last time; nobody waits for it: a helper thread flushes */
} JournalSync;

/* Appends a line; details (taken over, may be NULL) gains "time" and "event". */
void journal_write(Journal *journal, const char *event, JsonObject *details, JournalSync sync);
/* Why the last line could not be written, borrowed; NULL: all is well. */
const GError *journal_error(const Journal *journal);

/* A rollout as its file tells it. */
typedef enum {
  JOURNAL_DONE,
  JOURNAL_FAILED,
  JOURNAL_CANCELLED,
  JOURNAL_OPEN, /* no last line: still at work, or killed */
} JournalOutcome;

typedef struct {
  char *path;
  char *time; /* of its start */
  char *database;
  char *system_id; /* of the server, or NULL */
  char *who;
  char *project;
  char *command;
  JournalOutcome outcome;
  gint pid;       /* of the process that writes or wrote it */
  gboolean alive; /* that process still writes */
  gboolean begun; /* it came as far as its steps: before, nothing can have been changed */
  guint steps;    /* that were committed */
  char *rows;     /* where the database stood at the end: "a, b"; NULL: unknown */
} JournalEntry;

void journal_entry_free(JournalEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JournalEntry, journal_entry_free)
/* All of them, newest first, of JournalEntry*; an empty array when there is no folder. */
GPtrArray *journal_list(GError **error);
GPtrArray *journal_list_in(const char *folder, GError **error);
/* Whether the process that writes this file lives. */
gboolean journal_alive(const char *path);
/* The lines of one file, of JsonObject*; a torn last line is left out. */
GPtrArray *journal_read(const char *path, GError **error);
