/* What differs between a pinned plan and one made now. */
#include <glib/gi18n.h>
#include <string.h>

#include "pinned-private.h"
#include "retort/base/text.h"
#include "rollout-private.h"

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

static void compare_engines(GPtrArray *differences, const PinnedStep *a, const PinnedStep *b)
{
  if (g_strcmp0(a->engine, b->engine) == 0)
    return;
  if (pinned_step_by_alembic(a))
    differ(differences, _("Revision %s was to be run by the project's own Alembic, and no longer needs it."),
           a->revision);
  else
    differ(differences,
           _("Revision %s was to be run by retort, and is now for the project's own Alembic: %s."),
           a->revision, b->why != NULL ? b->why : "-");
}

static void compare_steps(GPtrArray *differences, const PinnedStep *a, const PinnedStep *b)
{
  if (strcmp(a->revision, b->revision) != 0 || a->direction != b->direction) {
    differ(differences, _("The plan has revision %s where it would now be %s."), a->revision, b->revision);
    return;
  }
  if (g_strcmp0(a->sha256, b->sha256) != 0)
    differ(differences, _("The file of revision %s changed (%s)."), a->revision, b->path);
  compare_engines(differences, a, b);
  if (!pinned_step_by_alembic(a) && !pinned_step_by_alembic(b))
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
