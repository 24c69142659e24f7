/* Names and dates of revision files. */
#include "file_name.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/edit/draft.h"
#include "retort/edit/mako.h"
#include "retort/history/format.h"

char *revision_make_id(void)
{
  g_autofree char *uuid = g_uuid_string_random();
  return g_strndup(uuid + strlen(uuid) - 12, 12);
}

GDateTime *draft_create_date(const Project *project, gint64 now, GError **error)
{
  gint64 us = now != 0 ? now : g_get_real_time();
  g_autoptr(GTimeZone) zone = NULL;
  if (project->timezone == NULL) {
    zone = g_time_zone_new_local();
  } else {
    g_autofree char *upper = g_ascii_strup(project->timezone, -1);
    const char *names[] = {project->timezone, upper};
    /* Offsets such as "+02" are names to GLib but not to Python. */
    for (gsize i = 0; i < G_N_ELEMENTS(names) && zone == NULL && g_ascii_isalpha(names[i][0]); i++)
      zone = g_time_zone_new_identifier(names[i]);
    if (zone == NULL) {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "Can't locate timezone: %s", project->timezone);
      return NULL;
    }
  }
  g_autoptr(GDateTime) seconds = g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) exact = g_date_time_add(seconds, us % G_USEC_PER_SEC);
  return g_date_time_to_timezone(exact, zone);
}

char *draft_file_name(const Project *project, const char *rev_id, const char *message, GDateTime *date,
                      GError **error)
{
  g_autofree char *slug = format_slug(message, project->truncate_slug_length);
  g_autofree char *template = mako_literal(project->file_template);
  g_autofree char *rev = mako_literal(rev_id), *slug_literal = mako_literal(slug);
  g_autofree char *prelude =
      g_strdup_printf("_name = %s %% {'rev': %s, 'slug': %s, 'epoch': %" G_GINT64_FORMAT
                      ", 'year': %d, 'month': %d, 'day': %d, "
                      "'hour': %d, 'minute': %d, 'second': %d}\n",
                      template, rev, slug_literal, g_date_time_to_unix(date), g_date_time_get_year(date),
                      g_date_time_get_month(date), g_date_time_get_day_of_month(date),
                      g_date_time_get_hour(date), g_date_time_get_minute(date), g_date_time_get_second(date));
  static const char name_template[] = "${_name}.py";
  char *name = mako_render("file_template", name_template, strlen(name_template), prelude, error);
  if (name == NULL && error != NULL && *error != NULL)
    (*error)->code = RETORT_ERROR_TRACEBACK;
  return name;
}
