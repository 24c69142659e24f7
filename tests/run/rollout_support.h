/* Plans built by hand and what their rollout reports, for tests on a real server. */
#pragma once

#include "../pg/support.h"
#include "retort/run/rollout.h"

typedef struct {
  PgConn *conn;       /* what the rollout uses; its search path is a schema of this test alone */
  PgConn *other;      /* a second session on the same schema */
  GPtrArray *plan;    /* PlanStep* */
  GPtrArray *scripts; /* Script* or NULL */
  guint skip;         /* statements of the first step that are done already */
  RolloutOptions options;
  Rollout *rollout;
  GString *log;  /* the events: "started step0 begin 0.0 ok ..." */
  char **rows;   /* of the last event */
  GError *error; /* of FAILED */
  char *text;    /* of the last event */
  gboolean rolled_back;
  gboolean unknown;
  gboolean finished;
  /* Called for each event after it was logged; may be NULL. */
  void (*on_event)(const RolloutEvent *event, void *fixture);
} RolloutFixture;

RolloutFixture *rollout_fixture_new(const char *schema);
/* The same on a schema that is there already. */
RolloutFixture *rollout_fixture_adopt(const char *schema);
void rollout_fixture_free(RolloutFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RolloutFixture, rollout_fixture_free)

/* rows: "+a" inserts, "-a" deletes, "a>b" updates, separated by spaces.  Statements follow, NULL-terminated; one that
 * begins with "!" is an autocommit statement. */
void rollout_fixture_add(RolloutFixture *fixture, Direction direction, const char *rows,
                         ...) G_GNUC_NULL_TERMINATED;
/* The plan of the program `victim`: two steps, the second with an autocommit statement in its middle. */
void rollout_fixture_add_victims_plan(RolloutFixture *fixture);
/* before: version rows the plan starts from, separated by spaces.  Begins; turn the loop or wait. */
void rollout_fixture_start(RolloutFixture *fixture, const char *before);
void rollout_fixture_wait(RolloutFixture *fixture);
void rollout_fixture_run(RolloutFixture *fixture, const char *before);
/* The rows of the last event as "a b", "-" when unknown; the caller's. */
char *rollout_fixture_rows(const RolloutFixture *fixture);
