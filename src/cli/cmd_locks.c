/* One look at who waits for whom. */
#include <glib/gi18n.h>
#include <stdio.h>

#include "commands.h"
#include "json.h"
#include "out.h"
#include "retort/base/text.h"
#include "retort/pg/locks.h"

#define QUERY_COLUMNS 60 /* of a backend's query in a line of text */

typedef struct {
  LockSnapshot *snapshot;
  GError *error;
  gboolean done;
} Answer;

static void on_snapshot(LockSnapshot *snapshot, const GError *error, void *data)
{
  Answer *answer = data;
  answer->snapshot = snapshot;
  if (error)
    answer->error = g_error_copy(error);
  answer->done = TRUE;
}

static LockSnapshot *take_snapshot(PgConn *conn, GError **error)
{
  Answer answer = {NULL, NULL, FALSE};
  lock_snapshot_take(conn, NULL, on_snapshot, &answer);
  while (!answer.done)
    g_main_context_iteration(NULL, TRUE);
  if (answer.error)
    g_propagate_error(error, answer.error);
  return answer.snapshot;
}

/* An age in seconds; a negative one stands for none. */
static void add_age(JsonBuilder *builder, const char *name, double seconds)
{
  json_builder_set_member_name(builder, name);
  if (seconds < 0)
    json_builder_add_null_value(builder);
  else
    json_builder_add_double_value(builder, seconds);
}

static void add_node(JsonBuilder *builder, const LockNode *node)
{
  json_builder_begin_object(builder);
  json_add_int(builder, "pid", node->pid);
  json_builder_set_member_name(builder, "blocked_by");
  json_builder_begin_array(builder);
  for (guint i = 0; node->blocked_by && i < node->blocked_by->len; i++)
    json_builder_add_int_value(builder, g_array_index(node->blocked_by, int, i));
  json_builder_end_array(builder);
  json_add_text(builder, "user", node->user);
  json_add_text(builder, "application", node->application);
  json_add_text(builder, "client", node->client);
  json_add_text(builder, "state", node->state);
  json_add_text(builder, "wait_event", node->wait_event);
  add_age(builder, "transaction_s", node->xact_s);
  add_age(builder, "state_s", node->state_s);
  add_age(builder, "wait_s", node->wait_s);
  json_add_text(builder, "lock_mode", node->lock_mode);
  json_add_text(builder, "lock_relation", node->lock_relation);
  json_add_truth(builder, "lock_granted", node->lock_granted);
  json_add_text(builder, "query", node->query);
  json_builder_end_object(builder);
}

static void print_json(const LockSnapshot *snapshot)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_array(builder);
  for (guint i = 0; i < snapshot->listed->len; i++)
    add_node(builder, snapshot->listed->pdata[i]);
  json_builder_end_array(builder);
  out_json(json_builder_get_root(builder));
}

static void append_escaped(GString *line, const char *text)
{
  g_autofree char *safe = text_escape(text ? text : "", -1, FALSE);
  g_string_append(line, safe);
}

/* "4711 app@web3  idle in transaction 4 m 12 s  ACCESS SHARE on public.orders  SELECT ..." */
static void print_node(const Session *session, const LockNode *node)
{
  g_autoptr(GString) line = g_string_new(NULL);
  g_string_append_printf(line, "%*s%s%d ", (int)node->depth * 2, "", node->depth ? "- " : "", node->pid);
  append_escaped(line, node->user);
  if (node->application && *node->application) {
    g_string_append_c(line, ' ');
    append_escaped(line, node->application);
  }
  g_string_append(line, "  ");
  append_escaped(line, node->state);
  double age = node->wait_s >= 0 ? node->wait_s : node->state_s;
  if (age >= 0) {
    g_autofree char *duration = text_duration(age);
    g_string_append_printf(line, " %s", duration);
  }
  if (node->lock_mode) {
    const char *how = node->lock_granted ? _("holds") : _("waits for");
    g_string_append_printf(line, "  %s %s", how, node->lock_mode);
    if (node->lock_relation) {
      g_string_append_printf(line, " %s ", _("on"));
      append_escaped(line, node->lock_relation);
    }
  }
  if (node->query && *node->query) {
    g_autofree char *safe = text_escape(node->query, -1, FALSE);
    g_autofree char *clipped = text_clip(safe, QUERY_COLUMNS, session_ascii(session));
    g_string_append_printf(line, "  %s", clipped);
  }
  out_line(session, "%s", line->str);
}

COMMAND_RUN(locks)
{
  session_project_quietly(session);
  PgConn *conn = session_connect(session, error);
  if (!conn)
    return FALSE;
  g_autoptr(LockSnapshot) snapshot = take_snapshot(conn, error);
  if (!snapshot)
    return FALSE;
  if (session->json) {
    print_json(snapshot);
    return TRUE;
  }
  if (snapshot->listed->len == 0)
    out_line(session, "%s", _("nobody waits for a lock"));
  for (guint i = 0; i < snapshot->listed->len; i++)
    print_node(session, snapshot->listed->pdata[i]);
  return TRUE;
}
