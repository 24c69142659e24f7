/* What the screens show: project, git, the database's position, locks, rendered SQL; loaded beside the screen.
 *
 *   Workspace *workspace = workspace_new(&options);
 *   workspace_listen(workspace, changed, data);
 *   workspace_start(workspace);          loads, connects and watches; changes are announced on the main context
 *
 * Nothing here blocks.  Each part arrives by itself: first the revisions, then git's knowledge, the position and the
 * locks.  Tests build a workspace by hand with workspace_take_map() and friends and start nothing.
 */
#pragma once

#include <gio/gio.h>

#include "retort/history/collisions.h"
#include "retort/history/git.h"
#include "retort/history/plan.h"
#include "retort/history/project.h"
#include "retort/history/revmap.h"
#include "retort/pg/conn.h"
#include "retort/pg/locks.h"
#include "retort/pg/version_table.h"
#include "retort/render/render.h"
#include "retort/review/catalog.h"
#include "retort/review/findings.h"
#include "retort/run/inspect.h"
#include "retort/run/monitor.h"
#include "retort/run/recovery.h"
#include "retort/run/supervise.h"
#include "retort/tui/tui.h"

typedef enum {
  CHANGED_PROJECT = 1 << 0,  /* revisions: everything that points into the old map is gone after this call */
  CHANGED_GIT = 1 << 1,      /* authors, times, states */
  CHANGED_FOREIGN = 1 << 2,  /* revisions of other branches */
  CHANGED_DATABASE = 1 << 3, /* connection or position */
  CHANGED_LOCKS = 1 << 4,
  CHANGED_RENDER = 1 << 5,    /* render states of revisions */
  CHANGED_FOUND = 1 << 6,     /* environments to choose from */
  CHANGED_CATALOG = 1 << 8,   /* what the database's relations look like */
  CHANGED_CONFLICTS = 1 << 7, /* heads to come */
} WorkspaceChange;

/* A project with its revisions, immutable, shared with worker threads by reference counting. */
typedef struct {
  Project *project;
  RevisionMap *map;
  GMutex render_lock;
  RenderSession *render;         /* under render_lock; made when first needed */
  struct SnapshotReview *review; /* what reviews share; locks itself */
} Snapshot;

Snapshot *snapshot_new(Project *project, RevisionMap *map); /* takes both over */
Snapshot *snapshot_ref(Snapshot *snapshot);
void snapshot_unref(Snapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshot, snapshot_unref)

/* What git knows of one file. */
typedef struct {
  char *commit;
  char *author;
  char *summary;
  gint64 time;
  GitFileState state;
} GitNote;

/* A revision of another branch. */
typedef struct {
  Revision *revision;
  char *ref;
  char *commit;
  char *author;
  gint64 time;
} ForeignNote;

typedef enum {
  DATABASE_NONE, /* none is configured */
  DATABASE_CONNECTING,
  DATABASE_READY,
  DATABASE_FAILED, /* could not connect */
  DATABASE_LOST,   /* was connected */
} DatabaseState;

/* A half applied migration that is to be gone on with, as the operator has seen it. */
typedef struct {
  char *revision;
  Direction direction;
  guint skip;     /* statements that are done */
  char **prepare; /* SQL to be run before, or NULL */
} Resume;

typedef struct Workspace Workspace;
struct Workspace {
  TuiOptions options;
  RenderOptions render_options;
  GCancellable *cancellable; /* of everything that runs beside the screen */

  GPtrArray *environments; /* ProjectCandidate*: to choose from; NULL: not looked for */
  int environment;         /* the chosen one, or -1 */
  gboolean searching;
  gboolean fresh; /* another project is being loaded: its database may be another, too */

  gboolean loading;
  char *load_error;      /* why there is no project; escaped */
  Snapshot *snapshot;    /* NULL until loaded */
  guint generation;      /* counts loads */
  guint8 *render_states; /* by Revision index: RENDER_UNKNOWN or RenderState, of the upgrade */
  gint8 *worst;          /* by Revision index: the worst finding's Severity in the upgrade, or -1 */
  char **tables; /* by Revision index: relations its upgrade touches, separated by blanks, or NULL; not
                            NULL-terminated */
  guint n_tables;
  char *filter; /* of the graph, for the header: escaped; or NULL */
  guint survey; /* counts surveys: the newest one's answers hold */

  gboolean git_loading;
  GitMemory *git_memory;  /* of the walks so far */
  GitStatus *git;         /* NULL until known */
  GHashTable *git_notes;  /* path -> GitNote */
  GPtrArray *foreign;     /* ForeignNote* */
  Collisions *collisions; /* heads to come; NULL until known */
  char *collisions_error; /* why they are not; escaped */

  DatabaseState database;
  char *database_error; /* escaped but for newlines */
  char *database_hint;  /* why there is none to connect to; escaped */
  char *database_name;  /* "app@db1/shop", escaped */
  char *server;         /* "postgresql 15.4" */
  int server_version;   /* as libpq gives it */
  PgParams *params;
  ReviewCatalog *catalog; /* its relations, for forecasts; NULL until loaded */
  gint64 catalog_time;    /* g_get_monotonic_time() of its arrival */
  gboolean catalog_asked; /* a newer one is on its way */
  PgConn *conn;           /* for the position and for questions of screens */
  gboolean position_busy;
  Supervision *supervision; /* a rollout at work, borrowed, or NULL: the position is its business meanwhile */
  GQueue waiting;           /* who wants the connection when it is free */
  VersionRows *rows;        /* NULL until read */
  gboolean *applied;        /* by Revision index; NULL until known */
  Recovery *recovery;       /* what an interrupted rollout left behind, or NULL */
  gboolean recovery_asked;
  Resume *resume;        /* what the operator decided to go on with, or NULL */
  GPtrArray *unknown;    /* char*: version rows that no file has, escaped */
  GHashTable *sightings; /* id -> char*: where git saw them, escaped */

  LockMonitor *monitor;      /* looks at locks over a connection of its own */
  const LockSnapshot *locks; /* the newest, borrowed; NULL until taken */
  char *locks_error;         /* escaped */
  guint locks_interest;      /* > 0: a screen looks at them, refresh each second */
  int own_pids[4];           /* zero-terminated */

  void (*listener)(guint what, void *data);
  void *listener_data;
  struct WorkspaceSources *sources; /* timers and monitors */
};

#define RENDER_UNKNOWN 0xff

Workspace *workspace_new(const TuiOptions *options);
void workspace_free(Workspace *ws);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workspace, workspace_free)
void workspace_listen(Workspace *ws, void (*listener)(guint what, void *data), void *data);
void workspace_announce(Workspace *ws, guint what);
void workspace_start(Workspace *ws);

/* By hand: take a project and its map over, or version rows, as loading and connecting do. */
void workspace_take_snapshot(Workspace *ws, Snapshot *snapshot);
void workspace_take_rows(Workspace *ws, VersionRows *rows);

/* workspace_load.c: files */
void workspace_reload(Workspace *ws);
/* Looks for environments below the folder; they are announced when found. */
void workspace_find_environments(Workspace *ws);
/* Opens one of them instead of what the options say. */
void workspace_choose(Workspace *ws, guint environment);
void workspace_watch_files(Workspace *ws);
void workspace_unwatch_files(Workspace *ws);
/* workspace_git.c */
void workspace_ask_git(Workspace *ws);
void workspace_find_unknown(Workspace *ws);
/* workspace_conflicts.c: asked when git has told everything else. */
void workspace_find_conflicts(Workspace *ws);
guint workspace_conflicts(const Workspace *ws);
/* Would the revision of another branch, the first of its line, add a head? */
gboolean workspace_adds_head(const Workspace *ws, const char *id);
/* workspace_db.c: connects anew, reads the position, looks at the locks */
void workspace_connect(Workspace *ws);
void workspace_read_position(Workspace *ws);
/* Calls func as soon as the connection of the position is free, at once when it is; func may send one statement, and
 * calls workspace_serve() when its answer is there.  workspace_forget() takes back what was asked with data.  Nothing
 * is called when there is no connection. */
void workspace_when_free(Workspace *ws, void (*func)(PgConn *conn, void *data), void *data);
void workspace_forget(Workspace *ws, void *data);
/* workspace_catalog.c: loads it anew, at once or when it has grown old; the one that holds for a step, or NULL */
void workspace_load_catalog(Workspace *ws);
void workspace_freshen_catalog(Workspace *ws);
const ReviewCatalog *workspace_catalog_for(const Workspace *ws, const Revision *revision,
                                           Direction direction);
/* Who was given the connection has its answer. */
void workspace_serve(Workspace *ws);
/* A rollout begins, or has finished: then the position is read anew. */
void workspace_lend(Workspace *ws, Supervision *supervision);
void workspace_take_back(Workspace *ws);
/* What the rollout's own monitor saw: meanwhile nobody else looks. */
void workspace_take_report(Workspace *ws, const LockReport *report);
/* How rollouts are carried out here, from the configuration; NULL: it cannot be understood.  The caller's. */
RolloutPolicy *workspace_policy(const Workspace *ws, GError **error);
/* Statements of a step that an interrupted rollout has done for good. */
guint workspace_done_already(const Workspace *ws, const PlanStep *step);
/* The next rollout of this step begins with prepare and leaves out the first skip statements; all copied. */
void workspace_set_resume(Workspace *ws, const char *revision, Direction direction, guint skip,
                          char **prepare);
/* What has to be run before this step, NULL-terminated; NULL: nothing.  Borrowed. */
const char *const *workspace_prepare(const Workspace *ws, const PlanStep *step);
void workspace_start_timers(Workspace *ws);
void workspace_look_at_locks(Workspace *ws);
/* A screen that shows locks begins or ends: meanwhile they are looked at each second. */
void workspace_follow_locks(Workspace *ws, gboolean follow);
/* Signals a backend and says how that went through func (text is escaped, for a message). */
typedef void (*WorkspaceSignalFunc)(gboolean sent, const char *text, void *data);
void workspace_signal(Workspace *ws, const LockNode *node, SignalVerb verb, WorkspaceSignalFunc func,
                      void *data);

/* What one revision sends. */
typedef struct {
  Script *script;
  Review *review;
} RenderedScript;
void rendered_script_free(RenderedScript *rendered);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RenderedScript, rendered_script_free)
/* workspace_render.c: func is called on the main context unless cancellable was cancelled; rendered is the callee's. */
typedef void (*WorkspaceScriptFunc)(RenderedScript *rendered, void *data);
void workspace_render(Workspace *ws, const Revision *revision, Direction direction, GCancellable *cancellable,
                      WorkspaceScriptFunc func, void *data);
/* A plan with what its steps send, in order, rendered in one session; its snapshot stays alive with it.  What needs
 * the database was answered by it, and what needs Python rendered by the project's own Alembic if that is allowed. */
typedef struct {
  Snapshot *snapshot;
  Plan *plan;
  GPtrArray *scripts; /* Script*, parallel to plan->steps; NULL for a stamp */
  GPtrArray *reviews; /* Review*, parallel; NULL for a stamp */
  char *problem; /* why the database or Alembic could not be asked, not escaped; NULL: nothing went wrong */
} PlannedScripts;
void planned_scripts_free(PlannedScripts *planned);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlannedScripts, planned_scripts_free)
typedef void (*WorkspacePlanFunc)(PlannedScripts *planned, void *data);
void workspace_render_plan(Workspace *ws, Plan *plan, GCancellable *cancellable, WorkspacePlanFunc func,
                           void *data);
/* Works out render_states and worst of all revisions, a few at a time. */
void workspace_survey(Workspace *ws);

/* Heads of the map; revisions not applied that some head needs; 0 while unknown. */
guint workspace_heads(const Workspace *ws);
guint workspace_pending(const Workspace *ws);
/* The worst finding of a revision that is not applied yet, as Severity; -1: none, or applied. */
int workspace_worst(const Workspace *ws, const Revision *revision);
/* Revisions not applied that have a dangerous finding. */
guint workspace_dangers(const Workspace *ws);
const GitNote *workspace_git_note(const Workspace *ws, const char *path);
/* "staging", or the database's name: what to call where a step goes; escaped, borrowed. */
const char *workspace_target_name(const Workspace *ws);
