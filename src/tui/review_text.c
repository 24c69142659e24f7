#include "review_text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/review/remedy.h"

#define CODE_INDENT 6

static Style severity_style(Severity severity)
{
  return severity == SEVERITY_DANGER ? STYLE_DANGER : severity == SEVERITY_CARE ? STYLE_CARE : STYLE_FAINT;
}

static const char *severity_mark(Severity severity)
{
  return severity == SEVERITY_DANGER ? "‼ " : severity == SEVERITY_CARE ? "! " : "· ";
}

void review_text_add_short(TextView *view, const Finding *finding)
{
  if (finding->silenced || finding->severity <= SEVERITY_NOTE)
    return;
  g_autofree char *mark = g_strconcat("    ", severity_mark(finding->severity), NULL);
  Style style = severity_style(finding->severity);
  textview_add_marked(view, style, mark, style, check_info(finding->check).title);
}

static void add_code(TextView *view, Language language, const char *title, const char *code)
{
  if (!code)
    return;
  textview_add(view, STYLE_FAINT, title);
  textview_add_code(view, language, CODE_INDENT, NULL, code, (gssize)strlen(code));
}

/* Somebody has looked at it: one dim line with the reason. */
static void add_silenced(TextView *view, const Finding *finding)
{
  g_autofree char *title = finding_text(finding);
  g_autofree char *text =
      g_strdup_printf(_("silenced (%s): %s  %s"), finding->silenced_by ? finding->silenced_by : "",
                      finding->silenced[0] ? finding->silenced : _("no reason given"), title);
  textview_add_marked(view, STYLE_FAINT, "  ", STYLE_FAINT, text);
}

static void add_finding(TextView *view, const Finding *finding, const char *sql, GArray *marks)
{
  if (finding->silenced) {
    add_silenced(view, finding);
    return;
  }
  guint line = textview_lines(view);
  g_array_append_val(marks, line);
  CheckInfo check = check_info(finding->check);
  Style style = severity_style(finding->severity);
  g_autofree char *text = finding_text(finding);
  g_autofree char *title = g_strdup_printf("%s  (%s)", text, check.name);
  textview_add_marked(view, style, severity_mark(finding->severity), style | STYLE_BOLD, title);
  textview_add_marked(view, STYLE_NORMAL, "  ", STYLE_NORMAL, check.why);
  textview_add_marked(view, STYLE_DONE, "  → ", STYLE_NORMAL, check.advice);
  g_autoptr(Remedy) remedy = remedy_for(finding, sql);
  add_code(view, LANGUAGE_PYTHON, _("    in the migration:"), remedy->alembic);
  add_code(view, LANGUAGE_SQL, remedy->since ? _("    in SQL (newer servers):") : _("    in SQL:"),
           remedy->sql);
}

void review_text_add(TextView *view, const Script *script, const Review *review, GArray *marks)
{
  guint silenced = review_silenced(review);
  if (silenced > 0) {
    g_autofree char *text =
        g_strdup_printf(ngettext("%u finding is silenced", "%u findings are silenced", silenced), silenced);
    textview_add(view, STYLE_FAINT, text);
  }
  for (guint i = 0; i < review->findings->len; i++)
    add_finding(view, g_ptr_array_index(review->findings, i), NULL, marks);
  if (review->findings->len > 0)
    textview_add(view, STYLE_NORMAL, "");
  for (guint i = 0; i < script->statements->len && i < review->forecasts->len; i++) {
    const Statement *statement = g_ptr_array_index(script->statements, i);
    const Forecast *forecast = g_ptr_array_index(review->forecasts, i);
    if (forecast->findings->len == 0)
      continue;
    textview_add_sql(view, 0, NULL, statement->sql);
    for (guint k = 0; k < forecast->findings->len; k++)
      add_finding(view, g_ptr_array_index(forecast->findings, k), statement->sql, marks);
    textview_add(view, STYLE_NORMAL, "");
  }
  if (marks->len == 0)
    textview_add(view, STYLE_FAINT, _("the checks have nothing to say about this upgrade"));
  if (script->state != RENDER_EXACT)
    textview_add(view, STYLE_CARE, _("not all of its statements are known (see Upgrade)"));
}
