/* A revision's SQL: one direction of one migration to statements, or the reason why not.
 *
 *   g_autoptr(RenderSession) session = render_session_new(project, &options);
 *   g_autoptr(Script) script = render_revision(session, revision, DIRECTION_UPGRADE);
 *
 * Nothing of the project is executed: the migration is interpreted within limits of steps and memory.  A session is one
 * Alembic run: it remembers which enum types were created, as Alembic does, and caches parsed modules.  Sessions are
 * not thread-safe; use one a thread.
 */
#pragma once

#include <glib.h>

#include "retort/history/plan.h"
#include "retort/history/project.h"
#include "retort/render/answers.h"
#include "retort/sql/stmt.h"

typedef enum {
  RENDER_EXACT,    /* these are the statements */
  RENDER_DATABASE, /* depends on what a database answers, or answered (Script.answered) */
  RENDER_PYTHON,   /* calls what retort cannot know */
} RenderState;

typedef struct {
  guint line; /* in the migration (or in path, when that is set) */
  guint column;
  char *path; /* NULL: the migration itself */
  char *what; /* "op.get_bind().execute(...): its result decides what follows" */
} RenderReason;

/* One autocommit_block(): statements[start] up to, not including, statements[end]; may be empty. */
typedef struct {
  guint start;
  guint end;
} ScriptBlock;

/* What a migration print()ed, which lands between the statements of --sql. */
typedef struct {
  guint before; /* the statement it comes before */
  guint edges;  /* beginnings and ends of blocks that it comes after */
  char *text;
} ScriptPrint;

typedef struct {
  RenderState state;
  GPtrArray *statements; /* Statement*; up to the first reason when state is not RENDER_EXACT */
  GArray *blocks;        /* ScriptBlock, in order; --sql prints COMMIT and BEGIN around each */
  GArray *prints;        /* ScriptPrint, in order */
  GPtrArray *reasons;    /* RenderReason* */
  GPtrArray *warnings;   /* char*: warnings Alembic or SQLAlchemy would give */
  char *
      error; /* the migration itself fails here (Alembic raises too): last line of the traceback; else NULL */
  guint error_line;
  /* RENDER_DATABASE: a database was asked and the script is whole, but true only for what it answered; reasons tell
   * where it was asked. */
  gboolean answered;
  gint64 answered_at; /* µs since 1970, of the first answer; 0: nothing was asked */
  GPtrArray *answers; /* QueryAnswer*, in the order asked; NULL: nothing was asked */
  const char *engine; /* RENDER_PYTHON: who rendered the statements after all ("alembic"); NULL: nobody */
} Script;

/* The version of Alembic/SQLAlchemy to follow where they differ (alembic.md 13). */
typedef enum {
  RENDER_AS_NEW, /* 1.19 / 2.0 */
  RENDER_AS_OLD, /* 1.8 / 1.4 */
} RenderFlavor;

typedef struct {
  gboolean
      online; /* as sent to a server rather than as --sql prints it: backslashes and percent signs differ */
  RenderFlavor flavor;
  gboolean no_literal_binds;      /* env.py does not set literal_binds */
  gboolean pyformat;              /* percent signs are doubled (env.py sets no paramstyle) */
  const char *const *x_arguments; /* -x, NULL-terminated, or NULL */
  const char *tag;                /* --tag */
  /* target_metadata.naming_convention as key, template pairs ("ix", "ix_%(column_0_label)s", ..., NULL); NULL: none
   * but SQLAlchemy's own. */
  const char *const *naming_convention;
  /* With online: who answers what migrations ask the database; borrowed while the session lives.  NULL: nobody. */
  const AnswerSource *answers;
} RenderOptions;

typedef struct RenderSession RenderSession;

/* project may be NULL (a file outside any project). */
RenderSession *render_session_new(const Project *project, const RenderOptions *options);
void render_session_free(RenderSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RenderSession, render_session_free)
/* Forgets what the run remembers (created enum types, what its scripts change), keeps caches. */
void render_session_restart(RenderSession *session);

/* Never NULL.  For a revision with a broken file the script is RENDER_PYTHON with that reason. */
Script *render_revision(RenderSession *session, const Revision *revision, Direction direction);
/* The same from source in memory. */
Script *render_source(RenderSession *session, const char *path, const char *text, gsize len,
                      Direction direction);
void script_free(Script *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Script, script_free)
gboolean script_equal(const Script *a, const Script *b);
