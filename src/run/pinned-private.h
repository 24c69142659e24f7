/* Building pinned plans, for the files that do. */
#pragma once

#include "retort/run/pinned.h"

PinnedStep *pinned_step_new(void);
void pinned_step_add_row_op(PinnedStep *step, RowOpKind kind, const char *from, const char *to);
void pinned_step_free(void *step);
PinnedStatement *pinned_statement_new(const char *sql, gboolean autocommit);
void pinned_statement_free(void *statement);
