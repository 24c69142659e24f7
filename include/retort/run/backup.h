/* A backup before the rollout: pg_dump under supervision, checked, and only then given its name.
 *
 *   g_autoptr(Backup) backup = backup_new(params, &options, event, data);
 *   backup_start(backup);                          events arrive on the main context
 *
 * The file is FOLDER/shop-20261123T151500Z-51c2aa90d3f1.dump (a folder without a suffix in directory format); while it
 * is written its name ends in ".part", and what a failure leaves is removed.  A pg_dump older than the server and a
 * disk without room are refused before anything is written.  The password travels in the environment, never in argv.
 */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"

typedef enum {
  BACKUP_CUSTOM,    /* one compressed file */
  BACKUP_DIRECTORY, /* a folder, several jobs at once */
} BackupFormat;

typedef struct {
  const char *folder;   /* made when missing, for its owner only */
  const char *position; /* version rows, for the name; NULL: left out */
  BackupFormat format;
  guint jobs;            /* BACKUP_DIRECTORY; 0: 1 */
  const char *pg_dump;   /* program; NULL: the server's version where Debian keeps it, else from PATH */
  gboolean ignore_space; /* do not ask whether the disk has room */
} BackupOptions;

typedef enum {
  BACKUP_STARTED,   /* pg_dump runs; total is known */
  BACKUP_PROGRESS,  /* table is being written */
  BACKUP_VERIFYING, /* pg_restore reads its table of contents */
  BACKUP_DONE,      /* path and bytes are final */
  BACKUP_FAILED,    /* error; nothing is left behind */
} BackupEventKind;

typedef struct {
  BackupEventKind kind;
  const char *path;  /* final name */
  const char *table; /* PROGRESS: "public.orders" */
  guint64 done;      /* bytes of tables (as the server stores them) whose turn is over */
  guint64 total;     /* of all tables */
  guint64 bytes;     /* DONE: size of the backup */
  double elapsed_s;
  double remaining_s; /* PROGRESS: at this pace; < 0: unknown */
  const GError *error;
} BackupEvent;

typedef void (*BackupFunc)(const BackupEvent *event, void *data);

typedef struct Backup Backup;
Backup *backup_new(const PgParams *params, const BackupOptions *options, BackupFunc func, void *data);
/* Stops what still runs, and removes what it wrote.  May be called from func. */
void backup_free(Backup *backup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Backup, backup_free)
void backup_start(Backup *backup);
/* Ends in FAILED with RETORT_ERROR_CANCELLED. */
void backup_cancel(Backup *backup);

/* The newest backup of that database in folder, or NULL; its age in *age_s.  The caller's. */
char *backup_newest(const char *folder, const char *database, double *age_s);
