/* What was reviewed, and the forms in which it is told. */
#pragma once

#include "retort/review/findings.h"
#include "session.h"

/* One migration, or one file of plain SQL. */
typedef struct {
  char *revision;        /* NULL: plain SQL */
  char *path;            /* absolute, or as given; "-" is standard input */
  GPtrArray *statements; /* Statement*, as far as they are known */
  Review *review;
  char *unknown; /* why these are not all; NULL: they are */
  guint unknown_line;
} ReviewedFile;

typedef struct {
  GPtrArray *files;  /* ReviewedFile*, owned */
  char *root;        /* folder that paths in SARIF and annotations count from: of the repository */
  Severity at_least; /* findings below are left out of what is printed */
} ReviewReport;

ReviewReport *review_report_new(void);
void review_report_free(ReviewReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReviewReport, review_report_free)
/* Takes statements, review and unknown over. */
void review_report_add(ReviewReport *report, const char *revision, const char *path, GPtrArray *statements,
                       Review *review, char *unknown, guint unknown_line);
/* The most severe finding that is not silenced; something not known counts as care; -1: nothing. */
int review_report_worst(const ReviewReport *report);

/* A finding with all that tells where it stands. */
typedef struct {
  const ReviewedFile *file;
  const Statement *statement; /* NULL: the migration as a whole */
  const Forecast *forecast;   /* NULL likewise */
  const Finding *finding;
  guint line; /* 0: not known */
} ReportedFinding;

/* In the order of files, lines of the whole migration first; silenced ones too. */
typedef void (*ReportedFunc)(const ReportedFinding *reported, void *data);
void review_report_each(const ReviewReport *report, ReportedFunc func, void *data);
/* What is not known: of a statement, or (NULL) of the file. */
typedef void (*UnknownFunc)(const ReviewedFile *file, const Statement *statement, const char *why, guint line,
                            void *data);
void review_report_each_unknown(const ReviewReport *report, UnknownFunc func, void *data);
/* The path as it is printed: below root, or below the current folder when root is NULL; the caller's. */
char *review_report_path(const ReviewedFile *file, const char *root);

void review_print_text(const Session *session, const ReviewReport *report);
void review_print_json(const ReviewReport *report);
void review_print_sarif(const ReviewReport *report);
void review_print_github(const ReviewReport *report);
