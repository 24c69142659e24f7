#include "list.h"

#include "json.h"
#include "out.h"

static void print_json(const GPtrArray *revisions, const char *const *current)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_array(builder);
  for (guint i = 0; i < revisions->len; i++) {
    const Revision *revision = revisions->pdata[i];
    json_builder_begin_object(builder);
    json_add_revision(builder, revision);
    if (current)
      json_add_truth(builder, "current", g_strv_contains(current, revision->id));
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  out_json(json_builder_get_root(builder));
}

static void print_all(const Session *session, const GPtrArray *revisions, gboolean blocks, FormatFlags flags,
                      const char *const *current)
{
  if (session->json) {
    print_json(revisions, current);
    return;
  }
  for (guint i = 0; i < revisions->len; i++) {
    const Revision *revision = revisions->pdata[i];
    FormatFlags own = current && g_strv_contains(current, revision->id) ? flags | FORMAT_CURRENT : flags;
    g_autofree char *text = blocks ? format_block(revision, own) : format_line(revision, own);
    out_line(session, "%s", text);
  }
}

void list_print(const Session *session, const GPtrArray *revisions, FormatFlags flags,
                const char *const *current)
{
  print_all(session, revisions, args_has(session->args, "verbose"), flags, current);
}

void list_print_blocks(const Session *session, const GPtrArray *revisions)
{
  print_all(session, revisions, TRUE, 0, NULL);
}
