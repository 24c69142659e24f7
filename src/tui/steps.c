#include "steps.h"

#include <glib/gi18n.h>

#include "app.h"
#include "retort/base/error.h"
#include "retort/base/settings.h"
#include "retort/base/text.h"

/* A sentence with names in it, kept for as long as the program runs: there are only so many different ones. */
static const char *keep(char *text)
{
  const char *kept = g_intern_string(text);
  g_free(text);
  return kept;
}

const char *steps_refuse_database(const Workspace *ws)
{
  switch (ws->database) {
  case DATABASE_NONE: return _("no database: set --url, DATABASE_URL or sqlalchemy.url");
  case DATABASE_CONNECTING: return _("still connecting");
  case DATABASE_FAILED:
  case DATABASE_LOST: return _("not connected: C tries again");
  case DATABASE_READY: return ws->rows ? NULL : _("still reading the position");
  }
  return NULL;
}

static const char *refuse_environment(const Project *project)
{
  const EnvScript *env = &project->env;
  const struct {
    const char *key;
    const EnvSetting *setting;
  } settings[] = {{"transaction_per_migration", &env->transaction_per_migration},
                  {"transactional_ddl", &env->transactional_ddl},
                  {"version_table_pk", &env->version_table_pk}};
  for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
    if (settings[i].setting->state == ENV_UNKNOWN)
      return keep(g_strdup_printf(_("env.py:%u computes %s: set it in the configuration under [project %s]"),
                                  settings[i].setting->line, settings[i].key, project->name));
  if (env->path && !env->begins_transaction)
    return _("env.py never calls context.begin_transaction(): what Alembic would commit is not known");
  return NULL;
}

static const char *refuse_map(const Workspace *ws)
{
  const RevisionMap *map = ws->snapshot->map;
  if (map->fault)
    return keep(g_strdup_printf(_("Alembic would refuse this project: %s"), map->fault->message));
  if (diag_count(map->diags, DIAG_ERROR) > 0)
    return _("some revision files cannot be read (see the top of the list), so no plan is safe");
  if (ws->unknown->len > 0)
    return keep(g_strdup_printf(_("the database stands at %s, which no file has"),
                                (const char *)g_ptr_array_index(ws->unknown, 0)));
  return refuse_environment(ws->snapshot->project);
}

const char *steps_refuse(const Workspace *ws, ActionId action, const GraphSelection *selection)
{
  if (ws->options.read_only)
    return _("read-only: nothing is changed on this target");
  const char *why = ws->snapshot ? steps_refuse_database(ws) : _("there is no project");
  if (!why)
    why = refuse_map(ws);
  if (why)
    return why;
  const Revision *revision = selection->revision;
  gboolean applied = revision && ws->applied[revision->index];
  switch (action) {
  case ACTION_STEP_UP: return workspace_pending(ws) == 0 ? _("nothing is pending") : NULL;
  case ACTION_STEP_DOWN:
    return !ws->rows->rows[0] ? _("the database stands at base: nothing to go down from") : NULL;
  case ACTION_UP_TO:
    if (selection->foreign)
      return _("this revision is only on another git branch");
    return !revision ? _("select a revision first")
           : applied ? _("this revision is applied already: D goes down to it")
                     : NULL;
  case ACTION_DOWN_TO:
    if (selection->foreign)
      return _("this revision is only on another git branch");
    if (!revision)
      return _("select a revision first");
    if (g_strv_contains((const char *const *)ws->rows->rows, revision->id))
      return _("the database stands here: d goes down one step");
    return applied ? NULL : _("this revision is not applied: U goes up to it");
  default: return NULL;
  }
}

/* The nearest pending descendant of an applied revision, or NULL. */
static const Revision *pending_descendant(const Workspace *ws, const Revision *revision)
{
  g_autoptr(GPtrArray) queue = g_ptr_array_new();
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_ptr_array_add(queue, (void *)revision);
  for (guint at = 0; at < queue->len; at++) {
    const Revision *next = g_ptr_array_index(queue, at);
    if (!ws->applied[next->index])
      return next;
    for (guint i = 0; i < next->next->len; i++)
      if (g_hash_table_add(seen, g_ptr_array_index(next->next, i)))
        g_ptr_array_add(queue, g_ptr_array_index(next->next, i));
  }
  return NULL;
}

/* One step up is the first of those that lead to the selection, or on from the selection when it is applied, or else
 * to the heads. */
static char *target_of_step_up(const Workspace *ws, const Revision *selected, GError **error)
{
  const Revision *goal =
      selected && ws->applied[selected->index] ? pending_descendant(ws, selected) : selected;
  const char *target = goal ? goal->id : "heads";
  g_autoptr(Plan) whole = plan_upgrade(ws->snapshot->map, (const char *const *)ws->rows->rows, target, error);
  if (!whole || whole->steps->len == 0)
    return whole ? g_strdup(target) : NULL;
  const PlanStep *first = g_ptr_array_index(whole->steps, 0);
  return g_strdup(first->revision->id);
}

char *steps_target(const Workspace *ws, Direction direction, const Revision *revision)
{
  if (direction == DIRECTION_UPGRADE)
    return g_strdup(revision->id);
  const char *parent =
      revision->down->len > 0 ? ((Revision *)g_ptr_array_index(revision->down, 0))->id : "base";
  gboolean several = ws->rows->rows[0] && ws->rows->rows[1];
  return several ? g_strdup_printf("%s@%s", revision->id, parent) : g_strdup(parent);
}

/* One step down is that of the selected position, or of the only one; "ID@PARENT" leaves other branches alone. */
static char *target_of_step_down(const Workspace *ws, const Revision *selected, GError **error)
{
  const char *const *rows = (const char *const *)ws->rows->rows;
  const char *from = selected && g_strv_contains(rows, selected->id) ? selected->id : NULL;
  if (!from && rows[0] && rows[1]) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                _("the database stands at several revisions: select the one to go down from"));
    return NULL;
  }
  const Revision *revision = revision_map_get(ws->snapshot->map, from ? from : rows[0]);
  return steps_target(ws, DIRECTION_DOWNGRADE, revision);
}

static void say_why(App *app, const GError *error)
{
  g_autofree char *text = text_escape(error->message, -1, FALSE);
  app_message(app, STYLE_CARE, "%s", text);
}

void steps_plan(App *app, Direction direction, const char *target)
{
  const Workspace *ws = app_workspace(app);
  const char *const *rows = (const char *const *)ws->rows->rows;
  g_autoptr(GError) error = NULL;
  g_autoptr(Plan) plan = direction == DIRECTION_UPGRADE
                             ? plan_upgrade(ws->snapshot->map, rows, target, &error)
                             : plan_downgrade(ws->snapshot->map, rows, target, &error);
  if (plan && plan->steps->len == 0) {
    app_message(app, STYLE_CARE, _("nothing to do: the database stands there already"));
    return;
  }
  Screen *screen = plan ? screen_step_new(app, g_steal_pointer(&plan), target, &error) : NULL;
  if (screen)
    app_push(app, screen);
  else
    say_why(app, error);
}

void steps_begin(App *app, ActionId action, const GraphSelection *selection)
{
  const Workspace *ws = app_workspace(app);
  g_autoptr(GError) error = NULL;
  g_autofree char *target = NULL;
  switch (action) {
  case ACTION_STEP_UP: target = target_of_step_up(ws, selection->revision, &error); break;
  case ACTION_STEP_DOWN: target = target_of_step_down(ws, selection->revision, &error); break;
  default: target = g_strdup(selection->revision->id); break;
  }
  gboolean up = action == ACTION_STEP_UP || action == ACTION_UP_TO;
  if (target)
    steps_plan(app, up ? DIRECTION_UPGRADE : DIRECTION_DOWNGRADE, target);
  else
    say_why(app, error);
}

static void plan_named(const char *path, void *data)
{
  App *app = data;
  g_autoptr(GError) error = NULL;
  if (!path || !*path)
    return;
  Screen *screen = screen_step_pinned(app, path, &error);
  if (screen)
    app_push(app, screen);
  else
    say_why(app, error);
}

void steps_open_plan(App *app)
{
  PromptSpec spec = {.label = g_strdup(_("file of the plan: ")), .done = plan_named, .data = app};
  app_prompt(app, &spec);
}

const char *steps_refuse_repair(const Workspace *ws)
{
  const char *why = ws->snapshot ? steps_refuse_database(ws) : _("there is no project");
  if (why || ws->unknown->len > 0)
    return why;
  return ws->recovery || workspace_pending(ws) > 0 ? NULL : _("nothing is half applied: nothing is pending");
}

void steps_repair(App *app, const GraphSelection *selection)
{
  const Workspace *ws = app_workspace(app);
  g_autoptr(GError) error = NULL;
  g_autofree char *target = NULL;
  if (ws->unknown->len > 0) {
    app_push(app, screen_missing_new(app, g_ptr_array_index(ws->unknown, 0)));
    return;
  }
  if (ws->recovery && ws->recovery->revision)
    target = g_strdup(ws->recovery->revision);
  else
    target = target_of_step_up(ws, selection->revision, &error);
  if (target)
    app_push(app, screen_repair_new(app, target));
  else if (error)
    say_why(app, error);
}

RolloutTransaction steps_transaction(const Project *project)
{
  const EnvScript *env = &project->env;
  if (env->transactional_ddl.state == ENV_LITERAL && !env->transactional_ddl.truth)
    return ROLLOUT_NO_DDL;
  return ROLLOUT_PER_MIGRATION;
}
