/* Pinned plans: made from a plan, compared with another, and shown. */
#include "pinned-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/text.h"
#include "retort/review/forecast.h"
#include "rollout-private.h"

void pinned_statement_free(void *data)
{
  PinnedStatement *statement = data;
  g_free(statement->sql);
  g_free(statement->summary);
  g_ptr_array_unref(statement->locks);
  g_free(statement);
}

void pinned_step_free(void *data)
{
  PinnedStep *step = data;
  char *texts[] = {step->revision, step->path, step->sha256, step->engine};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_ptr_array_unref(step->statements);
  g_strfreev(step->rows_after);
  g_free(step);
}

void pinned_plan_free(PinnedPlan *plan)
{
  if (plan == NULL)
    return;
  char *texts[] = {plan->created, plan->project, plan->identity, plan->database, plan->system_id};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_strfreev(plan->rows_before);
  g_ptr_array_unref(plan->steps);
  g_free(plan);
}

PinnedStep *pinned_step_new(void)
{
  PinnedStep *step = g_new0(PinnedStep, 1);
  step->statements = g_ptr_array_new_with_free_func(pinned_statement_free);
  return step;
}

PinnedStatement *pinned_statement_new(const char *sql, gboolean autocommit)
{
  PinnedStatement *statement = g_new0(PinnedStatement, 1);
  statement->sql = g_strdup(sql);
  statement->autocommit = autocommit;
  statement->locks = g_ptr_array_new_with_free_func(g_free);
  return statement;
}

/* ---- Making ---------------------------------------------------------------------------------------------------- */

static void add_forecast(PinnedStatement *statement, ForecastSession *session)
{
  g_autoptr(Forecast) forecast = forecast_statement(session, statement->sql);
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    if (!lock->is_new)
      g_ptr_array_add(statement->locks, g_strdup_printf("%s %s", lock_mode_name(lock->mode), lock->relation));
  }
  statement->summary = forecast_summary(forecast);
}

static gboolean hash_file(PinnedStep *step, GError **error)
{
  gsize len;
  g_autofree char *text = file_read(step->path, FILE_LIMIT, &len, NULL, error);
  if (text == NULL)
    return FALSE;
  step->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, len);
  return TRUE;
}

static gboolean script_usable(const PlanStep *step, const Script *script, GError **error)
{
  if (script == NULL || (script->state == RENDER_EXACT && script->error == NULL))
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
              _("Revision %s cannot be pinned: its statements are not known before it runs."),
              step->revision->id);
  return FALSE;
}

static PinnedStep *pin_step(const PlanStep *step, const Script *script, ForecastSession *session,
                            GError **error)
{
  if (!script_usable(step, script, error))
    return NULL;
  PinnedStep *pinned = pinned_step_new();
  pinned->revision = g_strdup(step->revision != NULL ? step->revision->id : "base");
  pinned->direction = step->direction;
  pinned->engine = g_strdup("native");
  for (guint i = 0; script != NULL && i < script->statements->len; i++) {
    const Statement *statement = g_ptr_array_index(script->statements, i);
    PinnedStatement *copy = pinned_statement_new(statement->sql, statement->autocommit);
    add_forecast(copy, session);
    g_ptr_array_add(pinned->statements, copy);
  }
  pinned->path = script != NULL && step->revision != NULL ? g_strdup(step->revision->path) : NULL;
  if (pinned->path != NULL && !hash_file(pinned, error)) {
    pinned_step_free(pinned);
    return NULL;
  }
  return pinned;
}

static char **rows_now(const GPtrArray *rows)
{
  char **copy = g_new0(char *, rows->len + 1);
  for (guint i = 0; i < rows->len; i++)
    copy[i] = g_strdup(g_ptr_array_index(rows, i));
  return copy;
}

PinnedPlan *pinned_plan_new(const Project *project, const Plan *plan, GPtrArray *scripts,
                            const ServerInfo *server, RolloutTransaction transaction, GError **error)
{
  g_autoptr(PinnedPlan) pinned = g_new0(PinnedPlan, 1);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autoptr(ForecastSession) session = forecast_session_new(server != NULL ? server->version : 0);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
  pinned->created = g_date_time_format_iso8601(now);
  pinned->project = g_strdup(project != NULL ? project->name : NULL);
  pinned->identity = g_strdup(server != NULL ? server->identity : NULL);
  pinned->database = g_strdup(server != NULL ? server->database : NULL);
  pinned->system_id = g_strdup(server != NULL ? server->system_id : NULL);
  pinned->server_version = server != NULL ? server->version : 0;
  pinned->transaction = transaction;
  pinned->rows_before = g_strdupv(plan->rows_before);
  pinned->steps = g_ptr_array_new_with_free_func(pinned_step_free);
  for (char **row = plan->rows_before; *row != NULL; row++)
    g_ptr_array_add(rows, g_strdup(*row));
  for (guint i = 0; i < plan->steps->len; i++) {
    const PlanStep *step = g_ptr_array_index(plan->steps, i);
    PinnedStep *copy = pin_step(step, scripts != NULL ? g_ptr_array_index(scripts, i) : NULL, session, error);
    if (copy == NULL)
      return NULL;
    plan_rows_apply(rows, step);
    copy->rows_after = rows_now(rows);
    g_ptr_array_add(pinned->steps, copy);
  }
  return g_steal_pointer(&pinned);
}

/* ---- Comparing ------------------------------------------------------------------------------------------------- */

guint pinned_plan_position(const PinnedPlan *plan, const char *const *rows)
{
  if (rollout_rows_equal((const char *const *)plan->rows_before, rows))
    return 0;
  for (guint i = 0; i < plan->steps->len; i++) {
    const PinnedStep *step = g_ptr_array_index(plan->steps, i);
    if (rollout_rows_equal((const char *const *)step->rows_after, rows))
      return i + 1;
  }
  return G_MAXUINT;
}

static void differ(GPtrArray *differences, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void differ(GPtrArray *differences, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  g_ptr_array_add(differences, text_escape(text, -1, TRUE));
}

static gboolean both_and_different(const char *a, const char *b)
{
  return a != NULL && b != NULL && strcmp(a, b) != 0;
}

static void compare_places(GPtrArray *differences, const PinnedPlan *pinned, const PinnedPlan *now)
{
  if (both_and_different(pinned->system_id, now->system_id))
    differ(differences, _("The plan was made for another server (%s, system identifier %s)."),
           pinned->identity, pinned->system_id);
  if (both_and_different(pinned->database, now->database))
    differ(differences, _("The plan was made for the database %s, this is %s."), pinned->database,
           now->database);
  if (pinned->server_version / 10000 != now->server_version / 10000 && pinned->server_version != 0)
    differ(differences, _("The plan was made for PostgreSQL %d, this is %d."), pinned->server_version / 10000,
           now->server_version / 10000);
  if (pinned->transaction != now->transaction)
    differ(differences, "%s",
           _("The transactions are set differently (transaction_per_migration in env.py)."));
}

static void compare_statements(GPtrArray *differences, const PinnedStep *a, const PinnedStep *b)
{
  guint common = MIN(a->statements->len, b->statements->len);
  for (guint i = 0; i < common; i++) {
    const PinnedStatement *x = g_ptr_array_index(a->statements, i);
    const PinnedStatement *y = g_ptr_array_index(b->statements, i);
    if (strcmp(x->sql, y->sql) != 0)
      differ(differences, _("Statement %u of revision %s differs:\n- %s\n+ %s"), i + 1, a->revision, x->sql,
             y->sql);
    else if (x->autocommit != y->autocommit)
      differ(differences, _("Statement %u of revision %s moved into or out of a transaction."), i + 1,
             a->revision);
  }
  for (guint i = common; i < a->statements->len; i++)
    differ(differences, _("Statement %u of revision %s is gone:\n- %s"), i + 1, a->revision,
           ((PinnedStatement *)g_ptr_array_index(a->statements, i))->sql);
  for (guint i = common; i < b->statements->len; i++)
    differ(differences, _("Statement %u of revision %s is new:\n+ %s"), i + 1, a->revision,
           ((PinnedStatement *)g_ptr_array_index(b->statements, i))->sql);
}

static void compare_steps(GPtrArray *differences, const PinnedStep *a, const PinnedStep *b)
{
  if (strcmp(a->revision, b->revision) != 0 || a->direction != b->direction) {
    differ(differences, _("The plan has revision %s where it would now be %s."), a->revision, b->revision);
    return;
  }
  if (g_strcmp0(a->sha256, b->sha256) != 0)
    differ(differences, _("The file of revision %s changed (%s)."), a->revision, b->path);
  compare_statements(differences, a, b);
  if (!rollout_rows_equal((const char *const *)a->rows_after, (const char *const *)b->rows_after)) {
    g_autofree char *then = rollout_rows_text((const char *const *)a->rows_after);
    g_autofree char *here = rollout_rows_text((const char *const *)b->rows_after);
    differ(differences, _("After revision %s the database was to stand at %s, now at %s."), a->revision, then,
           here);
  }
}

GPtrArray *pinned_plan_differences(const PinnedPlan *pinned, const PinnedPlan *now, guint from)
{
  GPtrArray *differences = g_ptr_array_new_with_free_func(g_free);
  compare_places(differences, pinned, now);
  if (from > pinned->steps->len) {
    g_autofree char *rows = rollout_rows_text((const char *const *)now->rows_before);
    differ(differences, _("The database stands at %s, where this plan never is."), rows);
    return differences;
  }
  guint left = pinned->steps->len - from;
  if (left != now->steps->len)
    differ(differences, _("%u steps of the plan are left, but it would now take %u."), left, now->steps->len);
  for (guint i = 0; i < MIN(left, now->steps->len); i++)
    compare_steps(differences, g_ptr_array_index(pinned->steps, from + i), g_ptr_array_index(now->steps, i));
  return differences;
}

/* ---- Showing --------------------------------------------------------------------------------------------------- */

static void add_indented(GString *out, const char *prefix, const char *text)
{
  g_autofree char *safe = text_escape(text, -1, TRUE);
  g_auto(GStrv) lines = g_strsplit(g_strstrip(safe), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf(out, "%s%s\n", i == 0 ? prefix : "       ", lines[i]);
}

static void show_statement(GString *out, guint number, const PinnedStatement *statement, gboolean *open)
{
  g_autofree char *prefix = g_strdup_printf("  %3u  ", number);
  if (statement->autocommit && *open)
    g_string_append(out, "       COMMIT\n");
  if (!statement->autocommit && !*open)
    g_string_append(out, "       BEGIN\n");
  *open = !statement->autocommit;
  add_indented(out, prefix, statement->sql);
  for (guint i = 0; i < statement->locks->len; i++)
    g_string_append_printf(out, "         · %s\n", (char *)g_ptr_array_index(statement->locks, i));
  if (statement->summary != NULL && *statement->summary != '\0')
    g_string_append_printf(out, "         · %s\n", statement->summary);
}

static void show_step(GString *out, const PinnedPlan *plan, guint index, gboolean *open)
{
  static const char *const directions[] = {"upgrade", "downgrade", "stamp"};
  const PinnedStep *step = g_ptr_array_index(plan->steps, index);
  g_autofree char *rows = rollout_rows_text((const char *const *)step->rows_after);
  g_autofree char *path = step->path != NULL ? text_escape(step->path, -1, FALSE) : NULL;
  g_string_append_printf(out, "\n%u. %s %s", index + 1, directions[step->direction], step->revision);
  if (path != NULL)
    g_string_append_printf(out, "  %s  (sha256 %.12s)", path, step->sha256);
  g_string_append_c(out, '\n');
  for (guint i = 0; i < step->statements->len; i++)
    show_statement(out, i + 1, g_ptr_array_index(step->statements, i), open);
  if (!*open)
    g_string_append(out, "       BEGIN\n");
  *open = TRUE;
  g_string_append_printf(out, "       %s %s\n", _("version rows:"), rows);
  if (plan->transaction != ROLLOUT_ALL || index + 1 == plan->steps->len) {
    g_string_append(out, "       COMMIT\n");
    *open = FALSE;
  }
}

char *pinned_plan_text(const PinnedPlan *plan)
{
  GString *out = g_string_new(NULL);
  gboolean open = FALSE;
  g_autofree char *rows = rollout_rows_text((const char *const *)plan->rows_before);
  g_autofree char *identity =
      text_escape(plan->identity != NULL ? plan->identity : _("an unknown database"), -1, FALSE);
  g_string_append_printf(out, ngettext("%u step for %s", "%u steps for %s", plan->steps->len),
                         plan->steps->len, identity);
  if (plan->server_version != 0)
    g_string_append_printf(out, " (PostgreSQL %d)", plan->server_version / 10000);
  g_string_append_printf(out, _(", which stands at %s"), rows);
  g_string_append_c(out, '\n');
  for (guint i = 0; i < plan->steps->len; i++)
    show_step(out, plan, i, &open);
  return g_string_free(out, FALSE);
}
