#include "lost.h"

#include <glib/gi18n.h>

#include "migrate.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/render/offline.h"
#include "retort/run/lost.h"

static void show(const Session *session, const LostRevisions *lost)
{
  for (guint i = 0; i < lost->found->len; i++) {
    g_autofree char *text = lost_revision_text(lost->found->pdata[i]);
    out_line(session, "%s", text);
  }
  for (guint i = 0; i < lost->missing->len; i++)
    out_line(session, _("%s is nowhere: neither in the files nor in git."),
             (const char *)lost->missing->pdata[i]);
  if (lost->found->len == 0)
    return;
  out_line(session, "\n%s", _("The ways out:"));
  out_line(session, "  %s", _("bring the files back, then plan as usual:  retort recover --restore"));
  out_line(session, "  %s", _("see the SQL of their downgrades:           retort recover --undo"));
}

static gboolean restore(Session *session, const LostRevisions *lost, GError **error)
{
  for (guint i = 0; i < lost->found->len; i++) {
    g_autofree char *path = lost_revision_restore(session->project, lost->found->pdata[i], error);
    if (!path)
      return FALSE;
    out_line(session, _("%s is written"), path);
  }
  return TRUE;
}

/* Of each by itself, the rows' own first. */
static gboolean print_downgrades(Session *session, const LostRevisions *lost, GError **error)
{
  RenderOptions options;
  migrate_render_options(session, FALSE, &options);
  options.no_literal_binds = options.pyformat = FALSE;
  for (guint i = 0; i < lost->found->len; i++) {
    const LostRevision *one = lost->found->pdata[i];
    g_autoptr(RenderSession) renderer = render_session_new(session->project, &options);
    g_autoptr(Script) script = render_source(renderer, one->path, one->source, one->len, DIRECTION_DOWNGRADE);
    if (script->state != RENDER_EXACT || script->error) {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                  _("the downgrade of %s cannot be rendered exactly; bring its file back instead"), one->id);
      return FALSE;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "-- %s\n", one->id);
    script_offline_text(script, TRUE, out);
    out_text(out->str);
  }
  out_note("%s", _("the version row does not follow by itself"));
  return TRUE;
}

gboolean lost_recover(Session *session, const char *const *rows, gboolean *is_lost, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(LostRevisions) lost = lost_revisions_find(session->project, session->map, rows, NULL, &problem);
  *is_lost = lost != NULL;
  if (problem) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
  }
  if (!lost)
    return TRUE;
  if (args_has(session->args, "undo"))
    return print_downgrades(session, lost, error);
  if (args_has(session->args, "restore"))
    return restore(session, lost, error);
  show(session, lost);
  session->status = 1;
  return TRUE;
}
