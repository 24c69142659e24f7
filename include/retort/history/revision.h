/* One revision file as the graph sees it: its identifiers and its docstring.  Nothing else of the file is parsed. */
#pragma once

#include <glib.h>

#include "retort/base/diag.h"
#include "retort/base/file.h"

typedef struct Revision Revision;
struct Revision {
  char *id;
  char *path;                       /* absolute */
  char **down_revision;             /* as written, NULL-terminated; empty: a base */
  char **depends_on;                /* as written (an id or a branch label) */
  char **branch_labels;             /* as written */
  gboolean down_revision_is_scalar; /* 'x' rather than ('x',) or ['x'] */
  char *doc;      /* docstring, stripped, up to its first empty line: Alembic's doc; "" when there is none */
  char *long_doc; /* docstring, stripped, whole */
  char *create_date;        /* text after "Create Date:", or NULL */
  guint down_revision_line; /* 0 when absent */
  guint compiles_line;      /* @compiles for a class of SQLAlchemy, which holds for every revision; 0: none */
  FileStamp stamp;

  /* Filled by RevisionMap; arrays are owned, their elements are borrowed. */
  guint index;                 /* place in load order */
  guint rank;                  /* place in the map's order: the index of the first revision with this id */
  guint depth;                 /* longest way down to a base along parents */
  const Revision *compiled_by; /* another with compiles_line, or NULL */
  gboolean shadowed;           /* a later file has the same id and took its place in the map */
  GPtrArray *down;             /* Revision*: resolved down_revision */
  GPtrArray *deps;             /* Revision*: resolved depends_on */
  GPtrArray *normalized_deps;  /* deps that no down_revision ancestor lists already */
  GPtrArray *parents;          /* down and normalized_deps without repeats: what plans and rows follow */
  GPtrArray *next;             /* Revision*: who names this in down_revision, in load order */
  GPtrArray *all_next;         /* next and those that depend on it */
  GPtrArray *labels;           /* char*: own and inherited branch labels, borrowed */
};

/* Reads one file.  A file that is no revision (or is broken) gives NULL with a GError naming line and reason. */
Revision *revision_read(const char *path, GError **error);
/* The same from bytes already in memory, for other git branches and for tests. */
Revision *revision_parse(const char *path, const char *text, gsize len, GError **error);
/* What the file says, without what a map made of it; the caller's. */
Revision *revision_copy(const Revision *revision);
void revision_free(Revision *revision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Revision, revision_free)

gboolean revision_is_base(const Revision *revision);
gboolean revision_is_branch_point(const Revision *revision); /* named in more than one down_revision */
gboolean revision_is_merge_point(const Revision *revision);  /* has more than one down_revision */
gboolean revision_is_head(const Revision *revision);         /* nobody's down_revision */
gboolean revision_is_real_head(const Revision *revision);    /* and nobody's dependency */
