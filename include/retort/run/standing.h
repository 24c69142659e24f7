/* Where every configured database stands: the version rows of all [target NAME] (but those of other projects) and of the
 * database in use.
 *
 *   g_autoptr(StandingSurvey) survey = standing_survey_new(project, settings, params, "app@db1/shop", arrived, data);
 *   standing_survey_wait(survey);                 for the command line; a screen lets its main loop turn instead
 *   for each of standing_survey_list(survey): rows, or the problem
 *
 * All are asked at once over connections of their own that can only read, with time-outs; a server that does not
 * answer costs SURVEY_SECONDS and is a problem, not an error.
 */
#pragma once

#include "retort/base/settings.h"
#include "retort/history/project.h"
#include "retort/pg/url.h"

#define SURVEY_SECONDS 8

typedef struct {
  char *name; /* of the target, or what the database in use is called */
  gboolean production;
  gboolean answered; /* or given up */
  char **rows;       /* empty without a version table; NULL: not known */
  char *problem;     /* why not; not escaped */
} Standing;

typedef struct StandingSurvey StandingSurvey;
/* Each time a database has answered, on the main context that was the thread's default. */
typedef void (*StandingFunc)(StandingSurvey *survey, void *data);

/* settings and params (the database in use, borrowed for the call) may be NULL; a target that is the same database is
 * asked once, under its target's name. */
StandingSurvey *standing_survey_new(const Project *project, const Settings *settings, const PgParams *params,
                                    const char *name, StandingFunc func, void *data);
/* Cuts off what is under way; func is not called any more. */
void standing_survey_free(StandingSurvey *survey);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StandingSurvey, standing_survey_free)
/* Standing*, borrowed: all of them from the beginning. */
const GPtrArray *standing_survey_list(const StandingSurvey *survey);
gboolean standing_survey_done(const StandingSurvey *survey);
void standing_survey_wait(StandingSurvey *survey);
