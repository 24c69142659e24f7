/* What the relations of the database look like, loaded beside the screen for the forecasts. */
#include "workspace-private.h"

/* Who uses a table changes all the time: what is looked at is not older than this. */
#define CATALOG_OLD_S 15

static void arrived(ReviewCatalog *catalog, const GError *error, void *data)
{
  Workspace *ws = data;
  (void)error; /* without it the forecasts say what the statements alone tell */
  ws->catalog_asked = FALSE;
  ws->catalog_time = g_get_monotonic_time();
  if (catalog) {
    gboolean first = ws->catalog == NULL;
    review_catalog_unref(ws->catalog);
    ws->catalog = catalog;
    workspace_announce(ws, CHANGED_CATALOG);
    if (first && ws->snapshot)
      workspace_survey(ws);
  }
  workspace_serve(ws);
}

static void ask(PgConn *conn, void *data)
{
  review_catalog_load(conn, NULL, arrived, data);
}

/* Another position: the relations may be others. */
void workspace_load_catalog(Workspace *ws)
{
  g_clear_pointer(&ws->catalog, review_catalog_unref);
  if (!ws->catalog_asked)
    workspace_when_free(ws, ask, ws);
  ws->catalog_asked = TRUE;
}

void workspace_freshen_catalog(Workspace *ws)
{
  gboolean old = g_get_monotonic_time() - ws->catalog_time > CATALOG_OLD_S * G_USEC_PER_SEC;
  if (!ws->catalog || !old || ws->catalog_asked || ws->supervision)
    return;
  ws->catalog_asked = TRUE;
  workspace_when_free(ws, ask, ws);
}

/* The catalog is of now: it tells what becomes of a step that is ahead, not what became of one that was taken. */
const ReviewCatalog *workspace_catalog_for(const Workspace *ws, const Revision *revision, Direction direction)
{
  gboolean applied = ws->applied && ws->applied[revision->index];
  return applied == (direction == DIRECTION_DOWNGRADE) ? ws->catalog : NULL;
}
