#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "json.h"
#include "out.h"
#include "refs.h"
#include "retort/base/text.h"

static void json_list(JsonBuilder *builder, const char *name, const GPtrArray *revisions)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint i = 0; i < revisions->len; i++) {
    json_builder_begin_object(builder);
    json_add_revision(builder, revisions->pdata[i]);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void json_commit(JsonBuilder *builder, const char *name, const GitRevisions *revisions)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_object(builder);
  json_add_text(builder, "name", revisions->name);
  json_add_text(builder, "commit", revisions->commit);
  json_add_int(builder, "time", revisions->time);
  json_builder_set_member_name(builder, "heads");
  json_builder_begin_array(builder);
  for (guint i = 0; i < revisions->map->heads->len; i++) {
    g_autofree char *id = text_utf8(((Revision *)revisions->map->heads->pdata[i])->id, -1);
    json_builder_add_string_value(builder, id);
  }
  json_builder_end_array(builder);
  json_builder_end_object(builder);
}

static void print_json(const GitRevisions *a, const GitRevisions *b, const GitDifference *difference)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_object(builder);
  json_commit(builder, "from", a);
  json_commit(builder, "to", b);
  json_list(builder, "added", difference->added);
  json_list(builder, "changed", difference->changed);
  json_list(builder, "moved", difference->moved);
  json_list(builder, "removed", difference->removed);
  json_builder_end_object(builder);
  out_json(json_builder_get_root(builder));
}

static void print_list(const Session *session, const char *title, char mark, const GitRevisions *of,
                       const GPtrArray *revisions)
{
  if (revisions->len == 0)
    return;
  out_line(session, "%s", title);
  for (guint i = 0; i < revisions->len; i++) {
    const Revision *revision = revisions->pdata[i];
    g_autofree char *doc = refs_message(revision->doc);
    out_line(session, "  %c %s  %s", mark, revision->id, doc);
    out_line(session, "      %s", git_revision_place(of, revision));
  }
}

/* Oldest first, as they would be applied. */
static int by_depth(const void *a, const void *b)
{
  const Revision *x = *(Revision *const *)a;
  const Revision *y = *(Revision *const *)b;

  if (x->depth != y->depth)
    return x->depth < y->depth ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

static void print_text(const Session *session, const GitRevisions *a, const GitRevisions *b,
                       const GitDifference *difference)
{
  print_list(session, _("added"), '+', b, difference->added);
  print_list(session, _("changed after they were there"), '~', b, difference->changed);
  print_list(session, _("moved to another file"), '>', b, difference->moved);
  print_list(session, _("removed"), '-', a, difference->removed);
  out_line(session, _("%u added, %u changed, %u moved, %u removed"), difference->added->len,
           difference->changed->len, difference->moved->len, difference->removed->len);
}

COMMAND_RUN(diff)
{
  g_autoptr(GitRevisions) a = NULL;
  g_autoptr(GitRevisions) b = NULL;

  if (!refs_open_range(session, args_positional(session->args, 0), &a, &b, error))
    return FALSE;
  g_autoptr(GitDifference) difference = git_difference_new(a, b);
  g_ptr_array_sort(difference->added, by_depth);
  if (session->json)
    print_json(a, b, difference);
  else
    print_text(session, a, b, difference);
  return TRUE;
}
