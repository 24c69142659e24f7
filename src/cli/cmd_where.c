#include <glib/gi18n.h>

#include "commands.h"
#include "json.h"
#include "out.h"
#include "refs.h"
#include "retort/base/error.h"
#include "retort/history/where.h"

/* Names on one line; --json has all. */
#define MANY_NAMES 6
#define SHORT_COMMIT 10

static void json_where(JsonBuilder *builder, const Where *where)
{
  static const char *const kinds[] = {"added", "changed", "moved", "deleted"};

  json_builder_begin_object(builder);
  json_add_text(builder, "revision", where->id);
  json_add_text(builder, "message", where->message);
  json_add_text(builder, "path", where->path);
  json_add_text(builder, "commit", where->commit);
  json_add_array(builder, "branches", where->branches);
  json_add_array(builder, "tags", where->tags);
  json_builder_set_member_name(builder, "events");
  json_builder_begin_array(builder);
  for (guint i = 0; i < where->events->len; i++) {
    const WhereEvent *event = where->events->pdata[i];
    json_builder_begin_object(builder);
    json_add_text(builder, "kind", kinds[event->kind]);
    json_add_text(builder, "commit", event->commit);
    json_add_text(builder, "author", event->author);
    json_add_int(builder, "time", event->time);
    json_add_text(builder, "summary", event->summary);
    json_add_text(builder, "path", event->path);
    json_add_text(builder, "from", event->from);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  json_builder_end_object(builder);
}

static void print_json(const GPtrArray *found)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_array(builder);
  for (guint i = 0; i < found->len; i++)
    json_where(builder, found->pdata[i]);
  json_builder_end_array(builder);
  out_json(json_builder_get_root(builder));
}

static void print_names(const Session *session, const char *title, const GPtrArray *names)
{
  g_autoptr(GString) out = g_string_new(NULL);

  if (names->len == 0)
    return;
  for (guint i = 0; i < names->len && i < MANY_NAMES; i++)
    g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", (const char *)names->pdata[i]);
  if (names->len > MANY_NAMES)
    g_string_append_printf(out, _(" and %u more"), names->len - MANY_NAMES);
  out_line(session, "  %s %s", title, out->str);
}

static void print_text(const Session *session, const Where *where)
{
  g_autofree char *message = refs_message(where->message);

  out_line(session, "%s  %s", where->id, message);
  out_line(session, "  %s", where->path);
  print_names(session, _("branches:"), where->branches);
  print_names(session, _("tags:"), where->tags);
  if (where->branches->len + where->tags->len == 0)
    out_line(session, _("  in no branch and no tag any more; last in commit %.*s"), SHORT_COMMIT,
             where->commit);
  for (guint i = 0; i < where->events->len; i++) {
    const WhereEvent *event = where->events->pdata[i];
    g_autofree char *age = refs_age(event->author, event->time);
    out_line(session, "  %.*s  %s  %s  %s", SHORT_COMMIT, event->commit, where_kind_name(event->kind), age,
             event->summary ? event->summary : "");
    if (event->kind == WHERE_MOVED)
      out_line(session, "      %s -> %s", event->from, event->path);
  }
}

/* A file here that git has never seen. */
static gboolean print_uncommitted(Session *session, const char *id)
{
  const RevisionMap *map = session_map_with_faults(session, NULL);
  gboolean any = FALSE;

  for (guint i = 0; map && i < map->revisions->len; i++) {
    const Revision *revision = map->revisions->pdata[i];
    if (!g_str_has_prefix(revision->id, id))
      continue;
    any = TRUE;
    if (session->json)
      continue;
    g_autofree char *message = refs_message(revision->doc);
    out_line(session, "%s  %s", revision->id, message);
    out_line(session, "  %s", revision->path);
    out_line(session, _("  not committed"));
  }
  return any;
}

COMMAND_RUN(where)
{
  const char *id = args_positional(session->args, 0);
  gboolean bare;
  g_autoptr(GitRefs) refs = refs_open(session, NULL, &bare, error);
  g_autoptr(GPtrArray) found = refs ? git_where(refs, id, NULL, error) : NULL;

  if (!found)
    return FALSE;
  if (session->json)
    print_json(found);
  for (guint i = 0; i < found->len && !session->json; i++)
    print_text(session, found->pdata[i]);
  if (found->len == 0 && !bare && print_uncommitted(session, id))
    return TRUE;
  if (found->len == 0) {
    g_autofree char *advice = where_advice(NULL, id);
    out_note("%s", advice);
    session->status = 1;
  }
  return TRUE;
}
