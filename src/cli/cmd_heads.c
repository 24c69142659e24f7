#include <glib/gi18n.h>

#include "commands.h"
#include "list.h"
#include "out.h"
#include "refs.h"
#include "retort/base/error.h"

const ArgOption heads_options[] = {
    {'v', "verbose", ARG_FLAG, NULL, N_("Print whole blocks rather than lines."), FALSE},
    {0, "resolve-dependencies", ARG_FLAG, NULL, N_("Leave out heads that another revision depends on."),
     FALSE},
    {0, "with", ARG_VALUE, "REF",
     N_("What the heads would be if this branch, with what is not committed, were merged with the branch, "
        "tag or commit REF; exit with 1 when the merge would add a head."),
     TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

/* The newest revisions that all heads come from. */
static char *common_names(const RevisionMap *map)
{
  g_autoptr(GPtrArray) common = revision_map_common(map, map->heads);
  GString *names = g_string_new(NULL);

  for (guint i = 0; i < common->len; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", ((Revision *)common->pdata[i])->id);
  return g_string_free(names, FALSE);
}

static void note_merge(const GitRevisions *merged, guint here, guint there, guint heads)
{
  g_autofree char *common = common_names(merged->map);

  if (merged->no_base)
    out_note(_("no commit in common with %s is known here: files are put together as they are"),
             merged->name);
  if (heads <= MAX(here, there))
    return;
  if (*common)
    out_note(_("merging %s would leave %u heads, which part at %s: `retort conflicts --of HEAD' says more"),
             merged->name, heads, common);
  else
    out_note(_("merging %s would leave %u heads: `retort conflicts --of HEAD' says more"), merged->name,
             heads);
}

static gboolean heads_with(Session *session, const char *ref, gboolean resolve, GError **error)
{
  gboolean bare;
  g_autoptr(GitRefs) refs = refs_open(session, NULL, &bare, error);
  const RevisionMap *ours = NULL;

  if (!refs || (!bare && !(ours = session_map_with_faults(session, error))))
    return FALSE;
  g_autoptr(GitRevisions) there = git_revisions_at(refs, ref, error);
  g_autoptr(GitRevisions) here = there && bare ? git_revisions_at(refs, "HEAD", error) : NULL;
  g_autoptr(GitRevisions) merged =
      there && (here || ours) ? git_revisions_merged(refs, ours, ref, error) : NULL;
  if (!merged)
    return FALSE;
  const GPtrArray *heads = resolve ? merged->map->real_heads : merged->map->heads;
  guint n_here = bare ? here->map->heads->len : ours->heads->len;
  list_print(session, heads, FORMAT_OF_HEADS, NULL);
  gboolean wrong = refs_report(merged);
  note_merge(merged, n_here, there->map->heads->len, merged->map->heads->len);
  session->status = wrong || merged->map->heads->len > MAX(n_here, there->map->heads->len) ? 1 : 0;
  return TRUE;
}

COMMAND_RUN(heads)
{
  gboolean resolve = args_has(session->args, "resolve-dependencies");
  const char *with = args_value(session->args, "with");
  g_autoptr(GError) fault = NULL;

  if (with)
    return heads_with(session, with, resolve, error);
  g_autoptr(GitRevisions) then = NULL;
  RevisionMap *map = refs_map_to_read(session, &then, &fault);
  if (!map) {
    /* Alembic lets a faulty map through as a traceback here, and only here. */
    if (session->map && !resolve)
      fault->code = RETORT_ERROR_TRACEBACK;
    g_propagate_error(error, g_steal_pointer(&fault));
    return FALSE;
  }
  list_print(session, resolve ? map->real_heads : map->heads, FORMAT_OF_HEADS, NULL);
  return TRUE;
}
