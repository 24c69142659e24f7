#include "retort/run/preflight_plan.h"

#include "retort/run/touched.h"

void preflight_run_reviews(PgConn *conn, const GPtrArray *reviews, const RolloutPolicy *policy,
                           const char *const *rows, gboolean mutex_held, PreflightFunc func, void *data)
{
  g_autoptr(Touched) touched = touched_new();
  for (guint i = 0; i < reviews->len; i++) {
    const Review *review = g_ptr_array_index(reviews, i);
    for (guint j = 0; review != NULL && j < review->forecasts->len; j++)
      touched_add(touched, g_ptr_array_index(review->forecasts, j));
  }
  PreflightInput input = {
      .lock_timeout_ms = policy->ddl_lock_timeout_ms,
      .mutex_key = policy->mutex_key,
      .old_transaction_s = policy->old_transaction_s,
      .replica_lag_s = (guint)policy->brake.replica_lag_s,
      .backup_folder = policy->backup_folder,
      .rows = rows,
      .mutex_held = mutex_held,
  };
  touched_input(touched, &input);
  preflight_run(conn, &input, func, data);
}
