/* A review for people, and as annotations of GitHub's. */
#include <glib/gi18n.h>
#include <string.h>

#include "out.h"
#include "retort/base/text.h"
#include "retort/review/remedy.h"
#include "review_report.h"

typedef struct {
  const Session *session;
  const ReviewReport *report;
  guint counts[SEVERITY_DANGER + 1];
  guint silenced;
  guint unknown;
} Telling;

static void print_code(const Telling *t, const char *title, const char *code)
{
  g_auto(GStrv) lines = g_strsplit(code ? code : "", "\n", -1);
  for (char **line = lines; code && *line; line++)
    out_line(t->session, "      %s%s", line == lines ? title : "        ", *line);
}

static void print_finding(const ReportedFinding *r, void *data)
{
  Telling *t = data;
  const Finding *finding = r->finding;
  if (finding->silenced) {
    t->silenced++;
    return;
  }
  t->counts[finding->severity]++;
  if (finding->severity < t->report->at_least)
    return;
  CheckInfo info = check_info(finding->check);
  g_autofree char *path = review_report_path(r->file, NULL);
  g_autofree char *text = finding_text(finding);
  g_autoptr(Remedy) remedy = remedy_for(finding, r->statement ? r->statement->sql : NULL);
  out_line(t->session, "%s:%u: %s: %s: %s", path, MAX(r->line, 1), severity_name(finding->severity),
           info.name, text);
  out_line(t->session, "    %s", info.why);
  out_line(t->session, "    %s", info.advice);
  print_code(t, "Alembic ", r->file->revision ? remedy->alembic : NULL);
  print_code(t, "SQL     ", remedy->sql);
}

static void print_unknown(const ReviewedFile *file, const Statement *statement, const char *why, guint line,
                          void *data)
{
  Telling *t = data;
  (void)statement;
  g_autofree char *path = review_report_path(file, NULL);
  out_line(t->session, "%s:%u: %s: %s", path, MAX(line, 1), _("unknown"), why);
  t->unknown++;
}

static void append_count(GString *out, guint n, const char *what)
{
  if (n)
    g_string_append_printf(out, "%s%u %s", out->len ? ", " : "", n, what);
}

static void print_summary(const Telling *t)
{
  guint n = 0;
  for (guint f = 0; f < t->report->files->len; f++)
    n += ((const ReviewedFile *)t->report->files->pdata[f])->statements->len;
  g_autoptr(GString) found = g_string_new(NULL);
  for (int s = SEVERITY_DANGER; s >= SEVERITY_NOTE; s--)
    append_count(found, t->counts[s], severity_name((Severity)s));
  append_count(found, t->unknown, _("unknown"));
  append_count(found, t->silenced, _("silenced"));
  g_autofree char *statements = g_strdup_printf(ngettext("%u statement", "%u statements", n), n);
  out_line(t->session, "%s: %s", statements, found->len ? found->str : _("nothing to say"));
}

void review_print_text(const Session *session, const ReviewReport *report)
{
  Telling telling = {.session = session, .report = report};
  review_report_each(report, print_finding, &telling);
  review_report_each_unknown(report, print_unknown, &telling);
  print_summary(&telling);
}

/* ---- GitHub ---- */

/* Workflow commands end at a newline; in properties a colon and a comma part things, too. */
static void append_escaped(GString *out, const char *text, gboolean property)
{
  for (const char *p = text; *p; p++) {
    if (strchr(property ? "%\r\n:," : "%\r\n", *p))
      g_string_append_printf(out, "%%%02X", (guchar)*p);
    else
      g_string_append_c(out, *p);
  }
}

static void print_command(const ReviewReport *report, const ReviewedFile *file, const char *command,
                          guint line, const char *title, const char *message)
{
  g_autoptr(GString) out = g_string_new(NULL);
  g_autofree char *path = review_report_path(file, report->root);
  g_string_append_printf(out, "::%s file=", command);
  append_escaped(out, path, TRUE);
  g_string_append_printf(out, ",line=%u,title=", MAX(line, 1));
  append_escaped(out, title, TRUE);
  g_string_append(out, "::");
  append_escaped(out, message, FALSE);
  g_string_append_c(out, '\n');
  out_text(out->str);
}

static void annotate_finding(const ReportedFinding *r, void *data)
{
  static const char *const commands[] = {"notice", "warning", "error"};
  const ReviewReport *report = data;
  if (r->finding->silenced || r->finding->severity < report->at_least)
    return;
  CheckInfo info = check_info(r->finding->check);
  g_autofree char *text = finding_text(r->finding);
  g_autofree char *message = g_strdup_printf("%s\n%s\n%s", text, info.why, info.advice);
  g_autofree char *title = g_strdup_printf("retort: %s", info.name);
  print_command(report, r->file, commands[r->finding->severity], r->line, title, message);
}

static void annotate_unknown(const ReviewedFile *file, const Statement *statement, const char *why,
                             guint line, void *data)
{
  (void)statement;
  print_command(data, file, "warning", line, _("retort: unknown"), why);
}

void review_print_github(const ReviewReport *report)
{
  review_report_each(report, annotate_finding, (void *)report);
  review_report_each_unknown(report, annotate_unknown, (void *)report);
}
