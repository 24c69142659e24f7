/* How much a forecast weighs: how long it takes, in one line, and what a transaction holds meanwhile. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

/* What a middling server does in a second on data that is not in memory.  Only the order of magnitude matters: the
 * classes are a factor of thirty apart. */
#define SCAN_BYTES 250e6
#define REWRITE_BYTES 60e6
#define INDEX_BYTES 50e6  /* of the table, for one index */
#define CHANGE_BYTES 15e6 /* of the table, rows changed with their indexes */

#define MOMENT_S 1.0
#define SECONDS_S 60.0
#define MINUTES_S 1800.0

/* Seconds for working through the named relations at a speed; < 0 when some size is not known. */
static double time_for(const Reading *r, const GPtrArray *names, double speed)
{
  double sum = 0;
  for (guint i = 0; i < names->len; i++) {
    const ForecastLock *entry = forecast_lock(r->forecast, g_ptr_array_index(names, i));
    const ReviewRelation *relation = forecast_session_relation(r->session, g_ptr_array_index(names, i));
    gint64 bytes = entry != NULL ? entry->bytes : relation != NULL ? relation->bytes : -1;
    if (bytes < 0)
      return -1;
    sum += (double)bytes / speed;
  }
  return sum;
}

void weigh(Reading *r)
{
  Forecast *f = r->forecast;
  const struct {
    const GPtrArray *names;
    double speed;
  } works[] = {{f->truncates ? NULL : f->rewrites, REWRITE_BYTES},
               {f->scans, f->changes_rows ? CHANGE_BYTES : SCAN_BYTES},
               {f->truncates ? NULL : f->rebuilds, INDEX_BYTES},
               {f->builds, INDEX_BYTES}};
  double seconds = 0;
  for (guint i = 0; i < G_N_ELEMENTS(works); i++) {
    double part = works[i].names != NULL ? time_for(r, works[i].names, works[i].speed) : 0;
    if (part < 0 || (f->unknown != NULL && part == 0)) {
      f->duration = DURATION_UNKNOWN;
      return;
    }
    seconds += part;
  }
  f->duration = seconds < MOMENT_S    ? DURATION_MOMENT
                : seconds < SECONDS_S ? DURATION_SECONDS
                : seconds < MINUTES_S ? DURATION_MINUTES
                                      : DURATION_LONGER;
}

const char *forecast_duration_text(ForecastDuration duration)
{
  switch (duration) {
  case DURATION_UNKNOWN: return "";
  case DURATION_MOMENT: return _("a moment");
  case DURATION_SECONDS: return _("seconds");
  case DURATION_MINUTES: return _("minutes");
  case DURATION_LONGER: return _("longer than half an hour");
  }
  return "";
}

const char *forecast_display(const char *relation)
{
  return g_str_has_prefix(relation, "public.") ? relation + strlen("public.") : relation;
}

/* ---- in one line ---- */

static char *work_text(const char *work, const char *waits, ForecastDuration duration)
{
  return duration == DURATION_UNKNOWN
             ? g_strdup_printf("%s: %s", work, waits)
             : g_strdup_printf("%s: %s, %s", work, waits, forecast_duration_text(duration));
}

char *forecast_summary(const Forecast *f)
{
  if (f->unknown != NULL)
    return g_strdup_printf(_("not known: %s"), f->unknown);
  LockMode mode = forecast_strongest(f);
  const char *waits = lock_mode_blocks_reads(mode)    ? _("reads and writes wait")
                      : lock_mode_blocks_writes(mode) ? _("writes wait")
                                                      : _("nobody waits");
  if (f->rewrites->len > 0 && !f->truncates)
    return work_text(_("writes the whole table anew"), waits, f->duration);
  if ((f->rebuilds->len > 0 && !f->truncates) || f->builds->len > 0)
    return work_text(_("builds indexes over every row"), waits, f->duration);
  if (f->scans->len > 0 && !f->changes_rows)
    return work_text(_("reads every row"), waits, f->duration);
  if (f->losses->len > 0)
    return g_strdup(_("data is lost"));
  if (f->changes_rows && f->scans->len > 0 && f->duration != DURATION_UNKNOWN)
    return g_strdup_printf(_("changes rows: they stay locked until the commit, %s"),
                           forecast_duration_text(f->duration));
  if (f->changes_rows)
    return g_strdup(_("changes rows: they stay locked until the commit"));
  if (mode == LOCK_MODE_NONE)
    return g_strdup(f->locks->len > 0 ? _("only what this plan made") : _("no table is locked"));
  if (lock_mode_blocks_writes(mode))
    return g_strdup_printf(_("catalog only, a moment: %s"), waits);
  return g_strdup(waits);
}

/* Work that takes a moment on a table known to be small alarms nobody. */
ForecastLevel forecast_level(const Forecast *f)
{
  LockMode mode = forecast_strongest(f);
  gboolean works = (f->rewrites->len > 0 && !f->truncates) || f->scans->len > 0 || f->builds->len > 0 ||
                   (f->rebuilds->len > 0 && !f->truncates);
  if (f->losses->len > 0 || (works && lock_mode_blocks_writes(mode) && f->duration != DURATION_MOMENT))
    return FORECAST_DANGER;
  if (f->unknown != NULL || f->notes->len > 0 || f->changes_rows || works || lock_mode_blocks_reads(mode))
    return FORECAST_CARE;
  return FORECAST_CALM;
}

/* ---- held until the commit ---- */

static void held_free(gpointer data)
{
  HeldThrough *held = data;
  g_free(held->relation);
  g_free(held);
}

static void note_held(GPtrArray *list, const ForecastLock *entry, guint statement)
{
  for (guint i = 0; i < list->len; i++) {
    HeldThrough *held = g_ptr_array_index(list, i);
    if (strcmp(held->relation, entry->relation) == 0) {
      held->mode = MAX(held->mode, entry->mode);
      return;
    }
  }
  HeldThrough *held = g_new0(HeldThrough, 1);
  *held =
      (HeldThrough){g_strdup(entry->relation), entry->mode, statement, statement, G_MAXUINT, DURATION_MOMENT};
  g_ptr_array_add(list, held);
}

static gboolean takes_long(const Forecast *f)
{
  return f->duration != DURATION_MOMENT && (f->rewrites->len > 0 || f->scans->len > 0 || f->builds->len > 0 ||
                                            f->rebuilds->len > 0 || f->changes_rows || f->unknown != NULL);
}

/* Longer counts as worse than not known, which counts as worse than a moment. */
static int weight_of(ForecastDuration duration)
{
  return duration == DURATION_UNKNOWN ? 1 : duration == DURATION_MOMENT ? 0 : (int)duration;
}

static void extend(GPtrArray *open, const Forecast *f, guint statement)
{
  for (guint i = 0; i < open->len; i++) {
    HeldThrough *held = g_ptr_array_index(open, i);
    held->until = statement;
    gboolean longer =
        takes_long(f) && (held->behind == G_MAXUINT || weight_of(f->duration) > weight_of(held->duration));
    if (statement > held->from && longer)
      held->behind = statement;
    if (longer)
      held->duration = f->duration;
  }
}

static int compare_held(const void *a, const void *b)
{
  const HeldThrough *x = *(HeldThrough *const *)a, *y = *(HeldThrough *const *)b;
  int by_duration = weight_of(y->duration) - weight_of(x->duration);
  return by_duration != 0 ? by_duration : (int)(y->until - y->from) - (int)(x->until - x->from);
}

GPtrArray *forecast_held(const GPtrArray *forecasts, const gboolean *autocommit)
{
  GPtrArray *all = g_ptr_array_new_with_free_func(held_free);
  g_autoptr(GPtrArray) open = g_ptr_array_new();
  for (guint i = 0; i < forecasts->len; i++) {
    const Forecast *f = g_ptr_array_index(forecasts, i);
    if (autocommit != NULL && autocommit[i]) {
      g_ptr_array_extend_and_steal(all, g_steal_pointer(&open));
      open = g_ptr_array_new();
      continue;
    }
    for (guint k = 0; k < f->locks->len; k++) {
      const ForecastLock *entry = g_ptr_array_index(f->locks, k);
      if (!entry->is_new && entry->kind != 'i' && lock_mode_blocks_writes(entry->mode))
        note_held(open, entry, i);
    }
    extend(open, f, i);
  }
  g_ptr_array_extend_and_steal(all, g_steal_pointer(&open));
  g_ptr_array_sort(all, compare_held);
  return all;
}
