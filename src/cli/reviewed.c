#include "reviewed.h"

#include <glib/gi18n.h>

#include "out.h"
#include "retort/run/losses.h"

GPtrArray *reviewed_pinned(const PinnedPlan *plan)
{
  GPtrArray *reviews = g_ptr_array_new_with_free_func((GDestroyNotify)review_free);
  g_autoptr(ForecastSession) forecasts = forecast_session_new(plan->server_version);
  for (guint i = 0; i < plan->steps->len; i++) {
    const PinnedStep *step = plan->steps->pdata[i];
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
    for (guint k = 0; k < step->statements->len; k++) {
      const PinnedStatement *statement = step->statements->pdata[k];
      g_ptr_array_add(statements, statement_new(statement->sql, statement->autocommit, 0, 0));
    }
    g_ptr_array_add(reviews, review_statements(forecasts, statements));
  }
  return reviews;
}

/* More of them nobody reads before a rollout; `retort review' has all. */
#define WORST_SHOWN 5

static int by_severity(gconstpointer a, gconstpointer b)
{
  const Finding *first = *(Finding *const *)a, *second = *(Finding *const *)b;
  return (int)second->severity - (int)first->severity;
}

void reviewed_print_worst(const Session *session, const GPtrArray *reviews)
{
  g_autoptr(GPtrArray) findings = g_ptr_array_new();
  for (guint i = 0; i < reviews->len; i++) {
    g_autoptr(GArray) placed = review_worst_findings(reviews->pdata[i], SEVERITY_CARE, 0);
    for (guint k = 0; k < placed->len; k++)
      g_ptr_array_add(findings, (void *)g_array_index(placed, PlacedFinding, k).finding);
  }
  g_ptr_array_sort(findings, by_severity);
  if (findings->len > 0)
    out_line(session, "\n%s", _("The worst that its review finds:"));
  for (guint i = 0; i < findings->len && i < WORST_SHOWN; i++) {
    const Finding *finding = findings->pdata[i];
    g_autofree char *text = finding_text(finding);
    out_line(session, "  %s: %s", severity_name(finding->severity), text);
  }
  if (findings->len > WORST_SHOWN)
    out_line(session, ngettext("  and %u more", "  and %u more", findings->len - WORST_SHOWN),
             findings->len - WORST_SHOWN);
}

typedef struct {
  GPtrArray *counts;
  GError *error;
  gboolean done;
} Counted;

static void on_counted(GPtrArray *counts, const GError *error, void *data)
{
  Counted *counted = data;
  counted->counts = counts;
  counted->error = error ? g_error_copy(error) : NULL;
  counted->done = TRUE;
}

gboolean reviewed_print_losses(Session *session, const GPtrArray *reviews, GError **error)
{
  Counted counted = {0};
  losses_count(session->conn, reviews, 0, on_counted, &counted);
  while (!counted.done)
    g_main_context_iteration(NULL, TRUE);
  if (counted.error) {
    g_propagate_error(error, counted.error);
    return FALSE;
  }
  g_autoptr(GPtrArray) counts = counted.counts;
  gboolean any = FALSE;
  for (guint i = 0; i < counts->len; i++) {
    const LossCount *count = counts->pdata[i];
    g_autofree char *text = loss_count_text(count);
    if (count->missing)
      continue;
    if (!any)
      out_line(session, "\n%s", _("This will be lost:"));
    any = TRUE;
    out_line(session, "  %s", text);
  }
  return TRUE;
}
