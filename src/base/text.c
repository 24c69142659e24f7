#include "retort/base/text.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

int text_char_width(gunichar c)
{
  if (c == 0 || g_unichar_iszerowidth(c))
    return 0;
  return g_unichar_iswide(c) ? 2 : 1;
}

/* The next character of s before end; a byte that starts none is taken alone as U+FFFD. */
static gunichar next_char(const char **s, const char *end)
{
  gunichar c = g_utf8_get_char_validated(*s, end - *s);
  if (c == (gunichar)-1 || c == (gunichar)-2) {
    (*s)++;
    return 0xFFFD;
  }
  *s += g_unichar_to_utf8(c, NULL);
  return c;
}

int text_width(const char *s)
{
  int width = 0;
  const char *end = s + strlen(s);
  while (s < end)
    width += text_char_width(next_char(&s, end));
  return width;
}

char *text_clip(const char *s, int columns, gboolean ascii)
{
  if (columns <= 0)
    return g_strdup("");
  if (text_width(s) <= columns)
    return g_strdup(s);
  const char *end = s + strlen(s);
  const char *p = s;
  int width = 0;
  while (p < end) {
    const char *after = p;
    int w = text_char_width(next_char(&after, end));
    if (width + w > columns - 1)
      break;
    width += w;
    p = after;
  }
  GString *out = g_string_new_len(s, p - s);
  g_string_append(out, ascii ? "~" : "…");
  return g_string_free(out, FALSE);
}

/* Characters that reorder or hide text: bidirectional controls, invisible operators, line separators, tags. */
static gboolean is_deceptive(gunichar c)
{
  return c == 0x061C || (c >= 0x200E && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xE0000 && c <= 0xE007F);
}

char *text_escape(const char *s, gssize len, gboolean keep_newlines)
{
  if (s == NULL)
    return g_strdup("");
  const char *end = s + (len < 0 ? (gssize)strlen(s) : len);
  GString *out = g_string_sized_new((gsize)(end - s) + 8);
  while (s < end) {
    const char *start = s;
    gunichar c = next_char(&s, end);
    if (c == 0xFFFD && s - start == 1)
      g_string_append_printf(out, "\\x%02x", (guint8)*start);
    else if (keep_newlines && (c == '\n' || c == '\t'))
      g_string_append_c(out, (char)c);
    else if (c < 0x20)
      g_string_append_printf(out, "^%c", (char)(c + '@'));
    else if (c == 0x7F)
      g_string_append(out, "^?");
    else if (c < 0xA0 && c >= 0x80)
      g_string_append_printf(out, "\\x%02x", c);
    else if (is_deceptive(c))
      g_string_append_printf(out, "<U+%04X>", c);
    else
      g_string_append_len(out, start, s - start);
  }
  return g_string_free(out, FALSE);
}

char *text_utf8(const char *s, gssize len)
{
  return g_utf8_make_valid(s, len);
}

char *text_duration(gdouble seconds)
{
  if (seconds < 0)
    seconds = 0;
  if (seconds < 10)
    return g_strdup_printf(_("%.1f s"), floor(seconds * 10) / 10);
  guint64 s = (guint64)seconds;
  if (s < 60)
    return g_strdup_printf(_("%u s"), (guint)s);
  if (s < 3600)
    return g_strdup_printf(_("%u m %02u s"), (guint)(s / 60), (guint)(s % 60));
  return g_strdup_printf(_("%lu h %02u m"), (gulong)(s / 3600), (guint)(s / 60 % 60));
}

char *text_age(gint64 unix_time, gint64 now)
{
  static const struct {
    gint64 below; /* seconds */
    gint64 unit;
    const char *format;
  } ages[] = {
      {60, 1, N_("%us")},
      {3600, 60, N_("%um")},
      {24 * 3600, 3600, N_("%uh")},
      {14 * 24 * 3600, 24 * 3600, N_("%ud")},
      {60 * 24 * 3600, 7 * 24 * 3600, N_("%uw")},
      {730 * 24 * 3600, 30 * 24 * 3600, N_("%umo")},
      {G_MAXINT64, 365 * 24 * 3600, N_("%uy")},
  };
  gint64 age = MAX(now - unix_time, 0);
  guint i = 0;
  while (age >= ages[i].below)
    i++;
  guint n = (guint)(age / ages[i].unit);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf(_(ages[i].format), n);
#pragma GCC diagnostic pop
}

/* value in the largest unit that leaves at least 1, with one decimal below 10. */
static char *scaled(gdouble value, gdouble step, const char *const *units, const char *separator)
{
  guint unit = 0;
  while (value >= step && units[unit + 1] != NULL) {
    value /= step;
    unit++;
  }
  int decimals = unit > 0 && value < 9.95 ? 1 : 0;
  return g_strdup_printf("%.*f%s%s", decimals, value, units[unit][0] != '\0' ? separator : "", units[unit]);
}

char *text_size(guint64 bytes)
{
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", NULL};
  return scaled((gdouble)bytes, 1024, units, " ");
}

char *text_count(guint64 n)
{
  static const char *const units[] = {"", "k", "M", "G", NULL};
  return scaled((gdouble)n, 1000, units, "");
}

/* Levenshtein distance of two short words, at most limit + 1. */
static guint distance(const char *a, const char *b, guint limit)
{
  gsize n = strlen(a), m = strlen(b);
  if (n > 64 || m > 64 || (n > m ? n - m : m - n) > limit)
    return limit + 1;
  guint row[65];
  for (gsize j = 0; j <= m; j++)
    row[j] = (guint)j;
  for (gsize i = 1; i <= n; i++) {
    guint diagonal = row[0];
    row[0] = (guint)i;
    for (gsize j = 1; j <= m; j++) {
      guint above = row[j];
      guint cost = diagonal + (a[i - 1] != b[j - 1]);
      row[j] = MIN(cost, MIN(above, row[j - 1]) + 1);
      diagonal = above;
    }
  }
  return row[m];
}

const char *text_nearest(const char *word, const char *const *candidates)
{
  guint limit = (guint)MAX(strlen(word) / 3, 1);
  const char *best = NULL;
  for (; *candidates != NULL; candidates++) {
    guint d = distance(word, *candidates, limit);
    if (d <= limit) {
      best = *candidates;
      if (d == 0)
        break;
      limit = d - 1 > limit ? 0 : d - 1;
    }
  }
  return best;
}
