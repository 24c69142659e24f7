/* A forecast as lines below its statement: what it means, and each lock with the size of the table. */
#pragma once

#include "retort/pg/catalog.h"
#include "retort/render/render.h"
#include "retort/review/findings.h"
#include "textview.h"

/* What the catalog knows of the relations; both NULL: nothing. */
typedef struct {
  const GPtrArray *relations; /* char*: as the forecast writes them */
  const GPtrArray *tables;    /* TableInfo*, parallel */
} TableSizes;

/* told: set of notes that the text has already; each is told once. */
void forecast_text_add(TextView *view, const Forecast *forecast, const TableSizes *sizes, GHashTable *told);
/* Below the statements of a script: locks that are held while a later statement works. */
void forecast_text_add_held(TextView *view, const Script *script, const GPtrArray *forecasts);
