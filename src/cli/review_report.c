#include "review_report.h"

#include "retort/base/file.h"

static void file_free(void *data)
{
  ReviewedFile *file = data;
  g_free(file->revision);
  g_free(file->path);
  g_free(file->unknown);
  g_ptr_array_unref(file->statements);
  review_free(file->review);
  g_free(file);
}

ReviewReport *review_report_new(void)
{
  ReviewReport *report = g_new0(ReviewReport, 1);
  report->files = g_ptr_array_new_with_free_func(file_free);
  return report;
}

void review_report_free(ReviewReport *report)
{
  if (!report)
    return;
  g_ptr_array_unref(report->files);
  g_free(report->root);
  g_free(report);
}

void review_report_add(ReviewReport *report, const char *revision, const char *path, GPtrArray *statements,
                       Review *review, char *unknown, guint unknown_line)
{
  ReviewedFile *file = g_new0(ReviewedFile, 1);
  *file = (ReviewedFile){g_strdup(revision), g_strdup(path), statements, review, unknown, unknown_line};
  g_ptr_array_add(report->files, file);
}

void review_report_each(const ReviewReport *report, ReportedFunc func, void *data)
{
  for (guint f = 0; f < report->files->len; f++) {
    const ReviewedFile *file = report->files->pdata[f];
    for (guint i = 0; i < file->review->findings->len; i++) {
      const Finding *finding = file->review->findings->pdata[i];
      func(&(ReportedFinding){file, NULL, NULL, finding, finding->line}, data);
    }
    for (guint s = 0; s < file->review->forecasts->len; s++) {
      const Forecast *forecast = file->review->forecasts->pdata[s];
      const Statement *statement = file->statements->pdata[s];
      for (guint i = 0; i < forecast->findings->len; i++) {
        const Finding *finding = forecast->findings->pdata[i];
        func(&(ReportedFinding){file, statement, forecast, finding,
                                finding->line ? finding->line : statement->line},
             data);
      }
    }
  }
}

void review_report_each_unknown(const ReviewReport *report, UnknownFunc func, void *data)
{
  for (guint f = 0; f < report->files->len; f++) {
    const ReviewedFile *file = report->files->pdata[f];
    for (guint s = 0; s < file->review->forecasts->len; s++) {
      const Forecast *forecast = file->review->forecasts->pdata[s];
      const Statement *statement = file->statements->pdata[s];
      if (forecast->unknown)
        func(file, statement, forecast->unknown, statement->line, data);
    }
    if (file->unknown)
      func(file, NULL, file->unknown, file->unknown_line, data);
  }
}

static void note_unknown(const ReviewedFile *file, const Statement *statement, const char *why, guint line,
                         void *data)
{
  (void)file;
  (void)statement;
  (void)why;
  (void)line;
  int *worst = data;
  *worst = MAX(*worst, (int)SEVERITY_CARE);
}

int review_report_worst(const ReviewReport *report)
{
  int worst = -1;
  for (guint f = 0; f < report->files->len; f++)
    worst = MAX(worst, review_worst(((const ReviewedFile *)report->files->pdata[f])->review));
  review_report_each_unknown(report, note_unknown, &worst);
  return worst;
}

char *review_report_path(const ReviewedFile *file, const char *root)
{
  g_autofree char *here = root ? g_strdup(root) : g_get_current_dir();
  g_autofree char *full = g_path_is_absolute(file->path) ? g_strdup(file->path) : NULL;
  if (!full && root && g_strcmp0(file->path, "-") != 0)
    full = g_canonicalize_filename(file->path, NULL);
  return full ? file_relative(full, here) : g_strdup(file->path);
}
