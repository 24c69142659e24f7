/* A pinned plan for people. */
#include <glib/gi18n.h>
#include <string.h>

#include "pinned-private.h"
#include "retort/base/text.h"
#include "rollout-private.h"

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
    g_string_append_printf(out, "       COMMIT   -- %s\n", _("early: the version rows have not moved yet"));
  if (!statement->autocommit && !*open)
    g_string_append(out, "       BEGIN\n");
  *open = !statement->autocommit;
  add_indented(out, prefix, statement->sql);
  for (guint i = 0; i < statement->locks->len; i++)
    g_string_append_printf(out, "         · %s\n", (char *)g_ptr_array_index(statement->locks, i));
  if (statement->summary != NULL && *statement->summary != '\0')
    g_string_append_printf(out, "         · %s\n", statement->summary);
}

static void show_native_step(GString *out, const PinnedPlan *plan, guint index, const char *rows,
                             gboolean *open)
{
  const PinnedStep *step = g_ptr_array_index(plan->steps, index);
  gboolean alembic_next =
      index + 1 < plan->steps->len && pinned_step_by_alembic(g_ptr_array_index(plan->steps, index + 1));
  for (guint i = 0; i < step->asks->len; i++) {
    g_autofree char *safe = text_escape(g_ptr_array_index(step->asks, i), -1, FALSE);
    g_string_append_printf(out, "       %s %s\n", _("asks the database, and asks again when it runs:"), safe);
  }
  for (guint i = 0; i < step->statements->len; i++)
    show_statement(out, i + 1, g_ptr_array_index(step->statements, i), open);
  if (!*open)
    g_string_append(out, "       BEGIN\n");
  *open = TRUE;
  g_string_append_printf(out, "       %s %s\n", _("version rows:"), rows);
  if (plan->transaction != ROLLOUT_ALL || index + 1 == plan->steps->len || alembic_next) {
    g_string_append(out, "       COMMIT\n");
    *open = FALSE;
  }
}

static void show_alembic_step(GString *out, const PinnedStep *step, const char *rows, gboolean *open)
{
  g_autofree char *why = step->why != NULL ? text_escape(step->why, -1, FALSE) : NULL;
  *open = FALSE;
  g_string_append_printf(out, "       %s\n",
                         _("by the project's own Alembic, this revision alone, in transactions of its own"));
  if (why != NULL)
    g_string_append_printf(out, "       %s %s\n", _("because"), why);
  if (step->statements->len > 0)
    g_string_append_printf(out, "       %s\n", _("as it was rendered when the plan was made:"));
  for (guint i = 0; i < step->statements->len; i++) {
    gboolean within = !((PinnedStatement *)g_ptr_array_index(step->statements, i))->autocommit;
    show_statement(out, i + 1, g_ptr_array_index(step->statements, i), &within);
  }
  g_string_append_printf(out, "       %s %s\n", _("version rows:"), rows);
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
  if (pinned_step_by_alembic(step))
    show_alembic_step(out, step, rows, open);
  else
    show_native_step(out, plan, index, rows, open);
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
