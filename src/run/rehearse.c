/* There, back, and there again. */
#include "retort/run/rehearse.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rehearse-private.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/render/offline.h"
#include "retort/run/scratch.h"

static void step_free(void *data)
{
  RehearsedStep *step = data;
  g_free(step->revision);
  g_ptr_array_unref(step->statements);
  g_free(step);
}

void rehearsal_free(Rehearsal *rehearsal)
{
  if (rehearsal == NULL)
    return;
  g_free(rehearsal->scratch);
  g_free(rehearsal->error);
  g_free(rehearsal->failed_sql);
  g_ptr_array_unref(rehearsal->steps);
  g_clear_pointer(&rehearsal->not_undone, g_ptr_array_unref);
  g_clear_pointer(&rehearsal->not_redone, g_ptr_array_unref);
  g_free(rehearsal);
}

/* A step of one of the passes, its script when it is known beforehand, and the rows after it. */
typedef struct {
  Revision *revision;
  Direction direction;
  guint pass;
  Script *script;
  char **rows;
} Scene;

typedef struct {
  const RehearsalRequest *request;
  Rehearsal *rehearsal;
  Stage stage;
  GPtrArray *scenes; /* Scene* */
  SchemaIgnore ignore;
  GPtrArray *pictures[4]; /* before, and after each pass */
} Play;

static void scene_free(void *data)
{
  Scene *scene = data;
  script_free(scene->script);
  g_strfreev(scene->rows);
  g_free(scene);
}

static void add_scene(Play *play, const PlanStep *step, Direction direction, guint pass, char **rows)
{
  Scene *scene = g_new0(Scene, 1);
  *scene = (Scene){.revision = step->revision, .direction = direction, .pass = pass, .rows = rows};
  g_ptr_array_add(play->scenes, scene);
}

static void write_scenes(Play *play)
{
  const Plan *plan = play->request->plan;
  for (guint pass = 0; pass < (play->request->round_trip ? 3 : 1); pass++)
    for (guint i = 0; i < plan->steps->len; i++) {
      guint at = pass == 1 ? plan->steps->len - 1 - i : i;
      const PlanStep *step = g_ptr_array_index(plan->steps, at);
      gboolean up = (step->direction == DIRECTION_UPGRADE) == (pass != 1);
      if (step->direction != DIRECTION_STAMP)
        add_scene(play, step, up ? DIRECTION_UPGRADE : DIRECTION_DOWNGRADE, pass,
                  plan_rows_after(plan, pass == 1 ? at : at + 1));
    }
}

/* ---- Rendering ------------------------------------------------------------------------------------------------- */

/* Takes script over; NULL with an error when it is not a whole one. */
static Script *check_script(const Scene *scene, Script *script, GError **error)
{
  g_autoptr(Script) own = script;
  if (own == NULL)
    return NULL;
  if (own->error != NULL) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, "%s:%u: %s", scene->revision->path,
                own->error_line, own->error);
    return NULL;
  }
  if (own->state == RENDER_EXACT || own->answered || own->engine != NULL)
    return g_steal_pointer(&own);
  const RenderReason *reason =
      own->reasons != NULL && own->reasons->len > 0 ? g_ptr_array_index(own->reasons, 0) : NULL;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s:%u cannot be rehearsed: %s"),
              scene->revision->path, reason != NULL ? reason->line : 0, reason != NULL ? reason->what : "?");
  return NULL;
}

static Script *render_scene(Play *play, const Scene *scene, PgConn *conn, GError **error)
{
  const RehearsalRequest *request = play->request;
  return check_script(scene, request->render(scene->revision, scene->direction, conn, request->data, error),
                      error);
}

/* In one transaction nothing can be asked any more, and nothing may leave it. */
static gboolean render_all(Play *play, GError **error)
{
  for (guint i = 0; i < play->scenes->len; i++) {
    Scene *scene = g_ptr_array_index(play->scenes, i);
    scene->script = render_scene(play, scene, play->stage.conn, error);
    if (scene->script == NULL)
      return FALSE;
    for (guint k = 0; k < scene->script->statements->len; k++) {
      const Statement *statement = g_ptr_array_index(scene->script->statements, k);
      if (!statement->autocommit)
        continue;
      g_autofree char *safe = text_escape(statement->sql, -1, FALSE);
      g_set_error(
          error, RETORT_ERROR, RETORT_ERROR_REFUSED,
          _("Revision %s leaves the transaction (%s), so it can only be rehearsed on a scratch database."),
          scene->revision->id, safe);
      return FALSE;
    }
  }
  return TRUE;
}

/* ---- Playing --------------------------------------------------------------------------------------------------- */

static gboolean on_database(const Play *play)
{
  return play->request->place == REHEARSE_TRANSACTION;
}

static gboolean perform(Play *play, RehearsedStep *step, const Statement *statement, GError **error)
{
  const RehearsalRequest *request = play->request;
  RehearsedStatement *done = stage_perform(&play->stage, statement, error);
  if (done == NULL) {
    play->rehearsal->failed_sql = g_strdup(statement->sql);
    return FALSE;
  }
  g_ptr_array_add(step->statements, done);
  step->elapsed_s += done->elapsed_s;
  if (request->statement != NULL)
    request->statement(step, done, request->data);
  return TRUE;
}

/* The transaction as the statement needs it: left for one of autocommit, entered again for the others. */
static gboolean enter_transaction(Play *play, gboolean *open, gboolean wanted, GError **error)
{
  if (*open == wanted || on_database(play))
    return TRUE;
  *open = wanted;
  stage_forget_locks(&play->stage);
  return stage_tell(&play->stage, wanted ? "BEGIN" : "COMMIT", error);
}

static gboolean play_script(Play *play, const Scene *scene, const Script *script, RehearsedStep *step,
                            GError **error)
{
  const char *schema = NULL;
  const char *table = project_version_table(play->request->project, &schema);
  gboolean open = FALSE;
  for (guint i = 0; i < script->statements->len; i++) {
    const Statement *statement = g_ptr_array_index(script->statements, i);
    if (!enter_transaction(play, &open, !statement->autocommit, error) ||
        !perform(play, step, statement, error))
      return FALSE;
  }
  g_autofree char *create = version_table_create_sql(play->request->project);
  return enter_transaction(play, &open, TRUE, error) &&
         scratch_stand_at(play->stage.conn, table, schema, create, (const char *const *)scene->rows, error) &&
         enter_transaction(play, &open, FALSE, error);
}

static gboolean play_scene(Play *play, Scene *scene, GError **error)
{
  const RehearsalRequest *request = play->request;
  g_autoptr(Script) own = scene->script == NULL ? render_scene(play, scene, play->stage.conn, error) : NULL;
  const Script *script = scene->script != NULL ? scene->script : own;
  RehearsedStep *step = g_new0(RehearsedStep, 1);
  step->revision = g_strdup(scene->revision->id);
  step->direction = scene->direction;
  step->pass = scene->pass;
  step->statements = g_ptr_array_new_with_free_func(rehearsed_statement_free);
  g_ptr_array_add(play->rehearsal->steps, step);
  if (request->step != NULL)
    request->step(step, request->data);
  return script != NULL && play_script(play, scene, script, step, error);
}

static gboolean take_picture(Play *play, guint number, GError **error)
{
  if (!play->request->round_trip)
    return TRUE;
  play->pictures[number] = schema_read_sync(play->stage.conn, &play->ignore, error);
  return play->pictures[number] != NULL;
}

static gboolean play_all(Play *play, GCancellable *cancellable, GError **error)
{
  if (!take_picture(play, 0, error))
    return FALSE;
  for (guint i = 0; i < play->scenes->len; i++) {
    Scene *scene = g_ptr_array_index(play->scenes, i);
    gboolean last =
        i + 1 == play->scenes->len || ((Scene *)g_ptr_array_index(play->scenes, i + 1))->pass != scene->pass;
    if (g_cancellable_set_error_if_cancelled(cancellable, error) || !play_scene(play, scene, error) ||
        (last && !take_picture(play, scene->pass + 1, error)))
      return FALSE;
  }
  return TRUE;
}

static gboolean is_told(const GPtrArray *told, const SchemaDifference *difference)
{
  for (guint i = 0; i < told->len; i++) {
    const SchemaDifference *one = g_ptr_array_index(told, i);
    if (one->change == difference->change && strcmp(one->kind, difference->kind) == 0 &&
        strcmp(one->name, difference->name) == 0)
      return TRUE;
  }
  return FALSE;
}

static void compare_pictures(Play *play)
{
  if (play->pictures[2] != NULL)
    play->rehearsal->not_undone = schema_compare(play->pictures[0], play->pictures[2]);
  if (play->pictures[3] == NULL)
    return;
  play->rehearsal->round_trip = TRUE;
  play->rehearsal->not_redone = schema_compare(play->pictures[1], play->pictures[3]);
  /* What was left behind is still there the second time. */
  for (guint i = play->rehearsal->not_redone->len; i > 0; i--)
    if (is_told(play->rehearsal->not_undone, g_ptr_array_index(play->rehearsal->not_redone, i - 1)))
      g_ptr_array_remove_index(play->rehearsal->not_redone, i - 1);
}

static void cancelled(G_GNUC_UNUSED GCancellable *cancellable, void *data)
{
  pg_conn_cancel(((Play *)data)->stage.conn);
}

/* What the migrations say is the rehearsal's answer; what stops us before the first is an error. */
static gboolean perform_play(Play *play, const PgParams *params, GCancellable *cancellable, GError **error)
{
  g_autoptr(GError) problem = NULL;
  if (!stage_open(&play->stage, params, play->request->lock_timeout_ms, error) ||
      (on_database(play) && !render_all(play, error)) ||
      (on_database(play) && !stage_tell(&play->stage, "BEGIN", error)))
    return FALSE;
  stage_ignore(&play->stage, play->ignore.table);
  gulong handler =
      cancellable != NULL ? g_cancellable_connect(cancellable, G_CALLBACK(cancelled), play, NULL) : 0;
  gboolean whole = play_all(play, cancellable, &problem);
  if (handler != 0)
    g_cancellable_disconnect(cancellable, handler);
  if (pg_conn_transaction(play->stage.conn) != PQTRANS_IDLE)
    stage_tell(&play->stage, "ROLLBACK", NULL);
  compare_pictures(play);
  if (whole)
    return TRUE;
  if (cancellable != NULL && g_cancellable_is_cancelled(cancellable))
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_CANCELLED, _("The rehearsal was stopped."));
  else
    play->rehearsal->error = g_strdup(problem->message);
  return play->rehearsal->error != NULL;
}

/* The copy of the schema has a version table, without rows. */
static gboolean set_up_scratch(const Play *play, const Scratch *scratch, GError **error)
{
  const char *schema = NULL;
  const char *table = project_version_table(play->request->project, &schema);
  g_autofree char *create = version_table_create_sql(play->request->project);
  g_autoptr(PgConn) conn = pg_conn_new(scratch_params(scratch), NULL);
  return pg_conn_connect_sync(conn, error) &&
         scratch_stand_at(conn, table, schema, create, (const char *const *)play->request->plan->rows_before,
                          error);
}

Rehearsal *rehearse(const PgParams *params, const RehearsalRequest *request, GCancellable *cancellable,
                    GError **error)
{
  g_autoptr(Rehearsal) rehearsal = g_new0(Rehearsal, 1);
  g_autoptr(GPtrArray) scenes = g_ptr_array_new_with_free_func(scene_free);
  g_autoptr(GError) problem = NULL;
  g_autoptr(Scratch) scratch = NULL;
  Play play = {.request = request, .rehearsal = rehearsal, .scenes = scenes};
  rehearsal->steps = g_ptr_array_new_with_free_func(step_free);
  rehearsal->place = request->place;
  play.ignore.table = project_version_table(request->project, &play.ignore.schema);
  write_scenes(&play);
  if (!on_database(&play)) {
    scratch = scratch_new(params, request->place == REHEARSE_SCHEMA ? SCRATCH_SCHEMA : SCRATCH_TEMPLATE,
                          cancellable, error);
    if (scratch == NULL || !set_up_scratch(&play, scratch, error))
      return NULL;
    rehearsal->scratch = g_strdup(scratch_name(scratch));
  }
  gboolean played =
      perform_play(&play, scratch != NULL ? scratch_params(scratch) : params, cancellable, &problem);
  stage_clear(&play.stage);
  for (guint i = 0; i < G_N_ELEMENTS(play.pictures); i++)
    g_clear_pointer(&play.pictures[i], g_ptr_array_unref);
  if (played)
    return g_steal_pointer(&rehearsal);
  g_propagate_error(error, g_steal_pointer(&problem));
  return NULL;
}
