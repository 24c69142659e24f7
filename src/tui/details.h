/* The details of what is selected: tabs of SQL, source and git, each loaded in a thread when it is looked at. */
#pragma once

#include "graphview.h"
#include "screen.h"
#include "textview.h"

typedef enum {
  TAB_UPGRADE,
  TAB_DOWNGRADE,
  TAB_SOURCE,
  TAB_GIT,
  TAB_REVIEW,
  N_TABS,
} DetailsTab;

typedef struct Details Details;

Details *details_new(App *app);
void details_free(Details *details);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Details, details_free)

/* Shows another selection, or the same one anew when refresh. */
void details_show(Details *details, const GraphSelection *selection, gboolean refresh);
void details_set_tab(Details *details, DetailsTab tab);
DetailsTab details_tab(const Details *details);
TextView *details_text(Details *details);
/* Tabs in the first row, text below. */
void details_paint(Details *details, Canvas *canvas, Rect rect, gboolean focused);
/* The tab under a column of the tab row, or -1. */
int details_tab_at(const Details *details, int column);
/* Scrolls the review to its next (previous) finding; FALSE when there is none, or another tab is shown. */
gboolean details_finding(Details *details, int direction);
gboolean details_loading(const Details *details);

/* The statements of a script as text, each with its Forecast, and before them what stands in the way of an exact one. */
void details_add_script(TextView *view, const Script *script, const GPtrArray *forecasts, const char *path);
