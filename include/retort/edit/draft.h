/* A new revision (or merge) before it is written: everything decided, nothing touched.
 *
 *   g_autoptr(RevisionDraft) draft = revision_draft_new(project, map, &request, &error);
 *   show(draft->path, draft->content);
 *   changes_apply(draft->changes, &error);                         edit/changes.h
 *   hooks_run(project, draft->path, ...);                          edit/hooks.h
 *   changes_settle(draft->changes, &error);
 *   changes_undo(draft->changes, &error);                          while the operator has not moved on
 *
 * The file comes from the project's script.py.mako, file_template, timezone, slug rules and output encoding; with the
 * same id and date it equals Alembic's.  RETORT_ERROR_REFUSED where only the project's own
 * Alembic can write it: beyond what is known of Mako, of encodings, or of a file that Python has to read.  Checks and
 * their messages follow Alembic's order (alembic 1.19).
 */
#pragma once

#include <glib.h>

#include "retort/edit/changes.h"
#include "retort/history/project.h"
#include "retort/history/revmap.h"

typedef struct {
  const char *message;              /* NULL: "empty message" and no slug */
  const char *rev_id;               /* NULL: 12 random hex digits */
  const char *const *heads;         /* symbols to build on; NULL: "head" */
  gboolean splice;                  /* heads need not be heads */
  gboolean merge;                   /* two or more of them, none standing on another: Alembic takes any */
  const char *const *branch_labels; /* or NULL */
  const char *const *depends_on;    /* symbols, or NULL */
  const char *version_path;         /* or NULL: where the first parent lives, or the only place */
  const char *upgrades;             /* body of upgrade(), indented by 4 after its first line; NULL: pass */
  const char *downgrades;
  const char *imports;
  gint64 now; /* µs since the epoch; 0: the clock */
} RevisionRequest;

typedef struct {
  char *revision;
  char *path;    /* absolute */
  char *content; /* in the project's output encoding */
  gsize len;
  GPtrArray
      *folders; /* char*: those to be created, as Alembic tells them: the version location, the file's own */
  char **down_revision; /* ids, none for a base */
  char *label;          /* the first of those asked for, or NULL */
  Changes *changes;     /* the file alone; one that exists already is replaced, as Alembic does */
} RevisionDraft;

RevisionDraft *revision_draft_new(const Project *project, const RevisionMap *map,
                                  const RevisionRequest *request, GError **error);
void revision_draft_free(RevisionDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RevisionDraft, revision_draft_free)

/* Whether the file on the disk, after hooks had their way with it, is a revision with the label that was asked for.
 * Alembic's words; what else the file says is the author's. */
gboolean revision_draft_check(const RevisionDraft *draft, GError **error);

/* The map as it will be with the draft's file; NULL when that is no revision, or misses its label. */
RevisionMap *revision_draft_map(const RevisionDraft *draft, const RevisionMap *map, GError **error);

/* 12 random hex digits; the caller's. */
char *revision_make_id(void);
