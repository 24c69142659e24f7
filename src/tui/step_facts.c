#include "step_facts.h"

#include <string.h>

#include "retort/base/text.h"
#include "retort/run/engine.h"
#include "retort/run/preflight_plan.h"
#include "step_text.h"

#define LOOK_INTERVAL_S 3

/* A question that may outlive who asked it. */
typedef struct {
  StepInquiry *inquiry; /* NULL: gone */
} Ask;

struct StepInquiry {
  Workspace *ws;
  const PlannedScripts *planned;
  const RolloutPolicy *policy;
  void (*changed)(void *data);
  void *data;
  StepFacts facts;
  Ask *ask;        /* under way */
  gboolean queued; /* or waiting for the connection */
  guint timer;
};

static Ask *new_ask(StepInquiry *inquiry)
{
  inquiry->queued = FALSE;
  inquiry->ask = g_new0(Ask, 1);
  inquiry->ask->inquiry = inquiry;
  return inquiry->ask;
}

static StepInquiry *take_ask(void *data)
{
  Ask *ask = data;
  StepInquiry *inquiry = ask->inquiry;
  if (inquiry)
    inquiry->ask = NULL;
  g_free(ask);
  return inquiry;
}

static void ask_next(StepInquiry *inquiry, void (*func)(PgConn *conn, void *data))
{
  inquiry->queued = TRUE;
  workspace_when_free(inquiry->ws, func, inquiry);
}

/* The score card */

static void card_known(GPtrArray *items, const GError *error, void *data)
{
  StepInquiry *inquiry = take_ask(data);
  if (!inquiry) {
    g_clear_pointer(&items, g_ptr_array_unref);
    return;
  }
  StepFacts *facts = &inquiry->facts;
  g_clear_pointer(&facts->card, g_ptr_array_unref);
  g_clear_pointer(&facts->card_error, g_free);
  facts->card = items;
  if (error)
    facts->card_error = text_escape(error->message, -1, FALSE);
  inquiry->changed(inquiry->data);
  workspace_serve(inquiry->ws);
}

static void ask_card(PgConn *conn, void *data)
{
  StepInquiry *inquiry = data;
  const PlannedScripts *planned = inquiry->planned;
  const Project *project = planned->snapshot->project;
  guint by_alembic = 0;
  for (guint i = 0; i < planned->scripts->len; i++)
    by_alembic += alembic_takes(project, g_ptr_array_index(planned->scripts, i));
  PreflightPlan plan = {.reviews = planned->reviews,
                        .policy = inquiry->policy,
                        .rows = (const char *const *)planned->plan->rows_before,
                        .project = project,
                        .native = by_alembic<planned->scripts->len, .by_alembic = by_alembic> 0};
  preflight_run_plan(conn, &plan, card_known, new_ask(inquiry));
}

void step_inquiry_look_again(StepInquiry *inquiry)
{
  if (!inquiry->ask && !inquiry->queued)
    ask_next(inquiry, ask_card);
}

static gboolean look_again(void *data)
{
  step_inquiry_look_again(data);
  return G_SOURCE_CONTINUE;
}

/* The server */

static void losses_known(GPtrArray *counts, const GError *error, void *data)
{
  StepInquiry *inquiry = take_ask(data);
  (void)error;
  if (!inquiry) {
    g_clear_pointer(&counts, g_ptr_array_unref);
    return;
  }
  inquiry->facts.losses = counts;
  inquiry->changed(inquiry->data);
  ask_next(inquiry, ask_card);
  workspace_serve(inquiry->ws);
}

static void ask_losses(PgConn *conn, void *data)
{
  StepInquiry *inquiry = data;
  losses_count(conn, inquiry->planned->reviews, 0, losses_known, new_ask(inquiry));
}

static void server_known(ServerInfo *info, const GError *error, void *data)
{
  StepInquiry *inquiry = take_ask(data);
  (void)error;
  if (!inquiry) {
    g_clear_pointer(&info, server_info_free);
    return;
  }
  inquiry->facts.server = info;
  g_autofree char *losses = step_text_losses(inquiry->planned);
  ask_next(inquiry, losses ? ask_losses : ask_card);
  workspace_serve(inquiry->ws);
}

static void ask_server(PgConn *conn, void *data)
{
  catalog_server(conn, server_known, new_ask(data));
}

/* Sizes */

static void tables_known(GPtrArray *tables, const GError *error, void *data)
{
  StepInquiry *inquiry = take_ask(data);
  (void)error;
  if (!inquiry) {
    g_clear_pointer(&tables, g_ptr_array_unref);
    return;
  }
  inquiry->facts.tables = tables;
  inquiry->changed(inquiry->data);
  ask_next(inquiry, ask_server);
  workspace_serve(inquiry->ws);
}

/* "schema.name" as the catalog wants it. */
static void ask_tables(PgConn *conn, void *data)
{
  StepInquiry *inquiry = data;
  const GPtrArray *relations = inquiry->facts.relations;
  g_autofree RelationName *names = g_new0(RelationName, relations->len + 1);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < relations->len; i++) {
    char *text = g_strdup(g_ptr_array_index(relations, i));
    g_ptr_array_add(texts, text);
    char *dot = strchr(text, '.');
    names[i] = (RelationName){dot ? text : NULL, dot ? dot + 1 : text};
    if (dot)
      *dot = '\0';
  }
  catalog_tables(conn, names, relations->len, tables_known, new_ask(inquiry));
}

StepInquiry *step_inquiry_new(Workspace *ws, const PlannedScripts *planned, const RolloutPolicy *policy,
                              void (*changed)(void *data), void *data)
{
  StepInquiry *inquiry = g_new0(StepInquiry, 1);
  inquiry->ws = ws;
  inquiry->planned = planned;
  inquiry->policy = policy;
  inquiry->changed = changed;
  inquiry->data = data;
  inquiry->facts.relations = step_text_relations(planned);
  inquiry->timer = g_timeout_add_seconds(LOOK_INTERVAL_S, look_again, inquiry);
  ask_next(inquiry, inquiry->facts.relations->len > 0 ? ask_tables : ask_server);
  return inquiry;
}

void step_inquiry_free(StepInquiry *inquiry)
{
  if (!inquiry)
    return;
  g_source_remove(inquiry->timer);
  workspace_forget(inquiry->ws, inquiry);
  if (inquiry->ask)
    inquiry->ask->inquiry = NULL;
  StepFacts *facts = &inquiry->facts;
  g_ptr_array_unref(facts->relations);
  g_clear_pointer(&facts->tables, g_ptr_array_unref);
  g_clear_pointer(&facts->card, g_ptr_array_unref);
  g_clear_pointer(&facts->server, server_info_free);
  g_clear_pointer(&facts->losses, g_ptr_array_unref);
  g_free(facts->card_error);
  g_free(inquiry);
}

const StepFacts *step_inquiry_facts(const StepInquiry *inquiry)
{
  return &inquiry->facts;
}
