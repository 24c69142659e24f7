#include "forecast_text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "review_text.h"

#define LOCKS_SHOWN 4
#define INDENT "      "

static const TableInfo *table_info(const TableSizes *sizes, const char *relation)
{
  for (guint i = 0; sizes->tables && i < sizes->tables->len && i < sizes->relations->len; i++) {
    const TableInfo *info = g_ptr_array_index(sizes->tables, i);
    if (info->oid && strcmp(g_ptr_array_index(sizes->relations, i), relation) == 0)
      return info;
  }
  return NULL;
}

static void append_size(GString *line, const TableInfo *info)
{
  g_autofree char *size = text_size(info->bytes);
  if (info->rows >= 0) {
    g_autofree char *rows = text_count((guint64)info->rows);
    g_string_append_printf(line, _("  %s, %s rows"), size, rows);
  } else {
    g_string_append_printf(line, "  %s", size);
  }
}

static void add_lock(TextView *view, const ForecastLock *lock, const TableSizes *sizes)
{
  const TableInfo *info = table_info(sizes, lock->relation);
  TableInfo known = {.bytes = (guint64)MAX(lock->bytes, 0), .rows = lock->rows};
  g_autofree char *name = text_escape(forecast_display(lock->relation), -1, FALSE);
  g_autoptr(GString) line = g_string_new(NULL);
  g_string_append_printf(line, "%-16s  %s", name, lock_mode_name(lock->mode));
  if (lock->is_new)
    g_string_append_printf(line, "  %s", _("new: nobody uses it yet"));
  else if (info || lock->bytes > 0)
    append_size(line, info ? info : &known);
  if (lock->because)
    g_string_append_printf(line, "  (%s)", lock->because);
  textview_add_marked(view, STYLE_FAINT, INDENT, STYLE_FAINT, line->str);
  if (lock->users == 0)
    return;
  g_autofree char *age = text_duration(MAX(lock->oldest_s, 0));
  g_autofree char *users =
      g_strdup_printf(ngettext("%u session is in its way, in a transaction of %s",
                               "%u sessions are in its way, the oldest in a transaction of %s", lock->users),
                      lock->users, age);
  textview_add_marked(view, STYLE_CARE, INDENT "! ", STYLE_CARE, users);
}

/* Tables one by one, then what else there is: indexes have their table's fate. */
static void add_locks(TextView *view, const Forecast *forecast, const TableSizes *sizes)
{
  guint shown = 0, more = 0, indexes = 0;
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    if (lock->table != NULL && forecast_lock(forecast, lock->table) != NULL)
      indexes++;
    else if (shown < LOCKS_SHOWN)
      shown++, add_lock(view, lock, sizes);
    else
      more++;
  }
  if (more > 0) {
    g_autofree char *text =
        g_strdup_printf(ngettext("and %u more relation", "and %u more relations", more), more);
    textview_add_marked(view, STYLE_FAINT, INDENT, STYLE_FAINT, text);
  }
  if (indexes > 0) {
    g_autofree char *text = g_strdup_printf(ngettext("and %u index", "and %u indexes", indexes), indexes);
    textview_add_marked(view, STYLE_FAINT, INDENT, STYLE_FAINT, text);
  }
}

static void add_findings(TextView *view, const Forecast *forecast)
{
  for (guint i = 0; i < forecast->findings->len; i++)
    review_text_add_short(view, g_ptr_array_index(forecast->findings, i));
}

void forecast_text_add(TextView *view, const Forecast *forecast, const TableSizes *sizes, GHashTable *told)
{
  ForecastLevel level = forecast_level(forecast);
  g_autofree char *summary = forecast_summary(forecast);
  /* What the checks say is said below; then the summary needs no mark of its own. */
  if (forecast_worst(forecast) >= (int)SEVERITY_CARE)
    level = FORECAST_CALM;
  const char *mark = level == FORECAST_DANGER ? "    ‼ " : level == FORECAST_CARE ? "    ! " : INDENT;
  Style style = level == FORECAST_DANGER ? STYLE_DANGER : level == FORECAST_CARE ? STYLE_CARE : STYLE_FAINT;
  if (summary && *summary)
    textview_add_marked(view, style, mark, style, summary);
  add_findings(view, forecast);
  add_locks(view, forecast, sizes);
  for (guint i = 0; i < forecast->notes->len; i++)
    if (g_hash_table_add(told, g_strdup(g_ptr_array_index(forecast->notes, i))))
      textview_add_marked(view, STYLE_FAINT, INDENT, STYLE_FAINT, g_ptr_array_index(forecast->notes, i));
}

void forecast_text_add_held(TextView *view, const Script *script, const GPtrArray *forecasts)
{
  g_autofree gboolean *autocommit = g_new0(gboolean, forecasts->len + 1);
  for (guint i = 0; i < script->statements->len && i < forecasts->len; i++)
    autocommit[i] = ((const Statement *)g_ptr_array_index(script->statements, i))->autocommit;
  g_autoptr(GPtrArray) held = forecast_held(forecasts, autocommit);
  for (guint i = 0; i < held->len; i++) {
    const HeldThrough *lock = g_ptr_array_index(held, i);
    if (lock->behind == G_MAXUINT)
      continue;
    g_autofree char *name = text_escape(forecast_display(lock->relation), -1, FALSE);
    const char *duration = forecast_duration_text(lock->duration);
    g_autofree char *text = g_strdup_printf(
        _("%s stays locked %s from statement %u to the commit, while statement %u works%s%s"), name,
        lock_mode_name(lock->mode), lock->from + 1, lock->behind + 1, *duration ? ": " : "", duration);
    textview_add_marked(view, STYLE_CARE, "! ", STYLE_CARE, text);
  }
}
