/* What the relations of the database look like, loaded beside the screen for the forecasts. */
#include "workspace-private.h"

static void arrived(ReviewCatalog *catalog, const GError *error, void *data)
{
  Workspace *ws = data;
  (void)error; /* without it the forecasts say what the statements alone tell */
  if (catalog) {
    review_catalog_unref(ws->catalog);
    ws->catalog = catalog;
    workspace_announce(ws, CHANGED_CATALOG);
    if (ws->snapshot)
      workspace_survey(ws);
  }
  workspace_serve(ws);
}

static void ask(PgConn *conn, void *data)
{
  review_catalog_load(conn, NULL, arrived, data);
}

void workspace_load_catalog(Workspace *ws)
{
  workspace_when_free(ws, ask, ws);
}

/* The catalog is of now: it tells what becomes of a step that is ahead, not what became of one that was taken. */
const ReviewCatalog *workspace_catalog_for(const Workspace *ws, const Revision *revision, Direction direction)
{
  gboolean applied = ws->applied && ws->applied[revision->index];
  return applied == (direction == DIRECTION_DOWNGRADE) ? ws->catalog : NULL;
}
