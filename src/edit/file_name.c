/* Names and dates of revision files. */
#include "file_name.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/edit/draft.h"
#include "retort/edit/mako.h"

/* Python's \w: letters, digits and the underscore. */
static gboolean is_word(gunichar c)
{
  return c == '_' || g_unichar_isalnum(c);
}

/* The first n characters up to their last "_", and a "_". */
static char *truncated(const char *slug, guint n)
{
  g_autofree char *cut = g_utf8_substring(slug, 0, n);
  char *last = strrchr(cut, '_');
  if (last != NULL)
    *last = '\0';
  return g_strconcat(cut, "_", NULL);
}

char *revision_slug(const char *message, guint truncate)
{
  g_autoptr(GString) joined = g_string_new(NULL);
  gboolean in_word = FALSE;
  for (const char *p = message != NULL ? message : ""; *p != '\0'; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    gboolean word = is_word(c);
    if (word && !in_word && joined->len > 0)
      g_string_append_c(joined, '_');
    if (word)
      g_string_append_unichar(joined, c);
    in_word = word;
  }
  char *slug = g_utf8_strdown(joined->str, -1);
  if (g_utf8_strlen(slug, -1) > (glong)truncate) {
    char *whole = slug;
    slug = truncated(whole, truncate);
    g_free(whole);
  }
  return slug;
}

char *revision_make_id(void)
{
  g_autofree char *uuid = g_uuid_string_random();
  return g_strndup(uuid + strlen(uuid) - 12, 12);
}

GDateTime *revision_create_date(const Project *project, gint64 now, GError **error)
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

char *revision_file_name(const Project *project, const char *rev_id, const char *message, GDateTime *date,
                         GError **error)
{
  g_autofree char *slug = revision_slug(message, project->truncate_slug_length);
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
