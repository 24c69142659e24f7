#include "retort/review/check.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/review/forecast.h"

static const CheckInfo rows[] = {
#define X(id, name, severity, since, title, why, advice, alembic, sql) \
  {name, SEVERITY_##severity, since, title, why, advice, alembic, sql},
    REVIEW_CHECKS(X)
#undef X
};

static const struct {
  Severity severity;
  const char *name;
} severities[] = {
    {SEVERITY_OFF, "off"}, {SEVERITY_NOTE, "note"}, {SEVERITY_CARE, "care"}, {SEVERITY_DANGER, "danger"}};

CheckInfo check_info(CheckId id)
{
  CheckInfo info = rows[id];
  info.title = _(info.title);
  info.why = _(info.why);
  info.advice = _(info.advice);
  return info;
}

int check_find(const char *name)
{
  for (int i = 0; i < N_CHECKS; i++)
    if (strcmp(rows[i].name, name) == 0)
      return i;
  return -1;
}

const char *severity_name(Severity severity)
{
  for (guint i = 0; i < G_N_ELEMENTS(severities); i++)
    if (severities[i].severity == severity)
      return severities[i].name;
  return "";
}

gboolean severity_parse(const char *text, Severity *severity)
{
  for (guint i = 0; i < G_N_ELEMENTS(severities); i++)
    if (strcmp(severities[i].name, text) == 0) {
      *severity = severities[i].severity;
      return TRUE;
    }
  return FALSE;
}

Finding *finding_new(CheckId check, const char *object, const char *detail)
{
  Finding *finding = g_new0(Finding, 1);
  finding->check = check;
  finding->severity = rows[check].severity;
  finding->object = object != NULL ? g_strdup(forecast_display(object)) : NULL;
  finding->detail = g_strdup(detail);
  return finding;
}

void finding_free(Finding *finding)
{
  if (finding == NULL)
    return;
  g_free(finding->object);
  g_free(finding->detail);
  g_free(finding->silenced);
  g_free(finding->silenced_by);
  g_free(finding);
}

Finding *finding_add(GPtrArray *findings, CheckId check, const char *object, const char *detail)
{
  object = object != NULL ? forecast_display(object) : NULL;
  for (guint i = 0; i < findings->len; i++) {
    Finding *other = g_ptr_array_index(findings, i);
    if (other->check == check && g_strcmp0(other->object, object) == 0)
      return other;
  }
  Finding *finding = finding_new(check, object, detail);
  g_ptr_array_add(findings, finding);
  return finding;
}

char *finding_text(const Finding *finding)
{
  GString *text = g_string_new(NULL);
  if (finding->object != NULL)
    g_string_append_printf(text, "%s: ", finding->object);
  g_string_append(text, check_info(finding->check).title);
  if (finding->detail != NULL)
    g_string_append_printf(text, " (%s)", finding->detail);
  return g_string_free(text, FALSE);
}
