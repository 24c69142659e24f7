/* A review as text: every finding with why it matters and the safer way, as Alembic code and as SQL. */
#pragma once

#include "retort/render/render.h"
#include "retort/review/findings.h"
#include "textview.h"

/* marks (of guint) gains the line of the view at which each finding that counts begins, in order. */
void review_text_add(TextView *view, const Script *script, const Review *review, GArray *marks);
/* The line of one finding below its statement: mark and title. */
void review_text_add_short(TextView *view, const Finding *finding);
