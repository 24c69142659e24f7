/* Which files of a project are revision files, in Alembic's load order. */
#pragma once

#include "retort/history/revmap.h"
#include "revision-private.h"

typedef struct {
  char *path; /* real path */
  int fd;     /* kept open for openat(), or -1 */
} LoadFolder;

typedef struct {
  const LoadFolder *folder;
  char *name;
  char *path; /* of a symbolic link's target; NULL: folder and name */
  Revision *revision;
  RevisionFault fault;
} LoadEntry;

typedef struct {
  GPtrArray *folders;  /* LoadFolder* */
  GArray *entries;     /* LoadEntry */
  GPtrArray *warnings; /* char*: Alembic's words */
  DiagList *diags;
  GHashTable *seen;      /* real paths of the files so far */
  GHashTable *locations; /* real paths of the version locations */
  gboolean recursive;
  gboolean sourceless;
  guint looked;        /* subfolders looked through for what is hidden */
  guint hidden;        /* revision files in subfolders that are not looked into */
  char *hidden_folder; /* the first of those */
} LoadListing;

void load_list(LoadListing *listing, const Project *project);
/* Reads the listed files: every entry then has its revision or its fault. */
void load_read(LoadListing *listing);
void load_listing_clear(LoadListing *listing);
char *load_entry_path(const LoadEntry *entry);
