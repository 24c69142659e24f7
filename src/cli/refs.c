#include "refs.h"

#include <stdio.h>
#include <string.h>

#include "out.h"
#include "retort/base/text.h"

GitRefs *refs_open(Session *session, const char *at, gboolean *bare, GError **error)
{
  *bare = git_is_bare(".");
  if (*bare) {
    ProjectOptions options;
    session_project_options(session, &options);
    return git_refs_open_bare(".", at, &options, error);
  }
  Project *project = session_project(session, error);
  return project ? git_refs_open(project, error) : NULL;
}

gboolean refs_report(const GitRevisions *revisions)
{
  gboolean wrong = FALSE;

  fflush(stdout);
  for (guint i = 0; i < revisions->map->diags->items->len; i++) {
    const Diag *diag = revisions->map->diags->items->pdata[i];
    g_autofree char *line = diag_format(diag);
    fprintf(stderr, "%s\n", line);
    wrong |= diag->severity == DIAG_ERROR;
  }
  for (guint i = 0; i < revisions->clashes->len; i++)
    out_note("%s", (const char *)revisions->clashes->pdata[i]);
  return wrong;
}

RevisionMap *refs_map_to_read(Session *session, GitRevisions **then, GError **error)
{
  gboolean bare;

  if (!git_is_bare("."))
    return session_map_to_read(session, error);
  g_autoptr(GitRefs) refs = refs_open(session, "HEAD", &bare, error);
  *then = refs ? git_revisions_at(refs, "HEAD", error) : NULL;
  if (!*then)
    return NULL;
  session->status = refs_report(*then) ? 1 : 0;
  if ((*then)->map->fault) {
    g_propagate_error(error, g_error_copy((*then)->map->fault));
    return NULL;
  }
  return (*then)->map;
}

gboolean refs_open_range(Session *session, const char *range, GitRevisions **a, GitRevisions **b,
                         GError **error)
{
  gboolean bare;
  g_autoptr(GitRefs) refs = refs_open(session, NULL, &bare, error);

  const RevisionMap *working = refs && !bare ? session_map_with_faults(session, error) : NULL;
  if (!refs || (!bare && !working) || !git_revisions_range(refs, range, working, a, b, error))
    return FALSE;
  refs_report(*a);
  refs_report(*b);
  return TRUE;
}

char *refs_message(const char *message)
{
  char *first = g_strdup(message ? message : "");

  first[strcspn(first, "\r\n")] = '\0';
  return g_strdelimit(first, "\t", ' ');
}

char *refs_age(const char *author, gint64 time)
{
  g_autofree char *age = time ? text_age(time, g_get_real_time() / G_USEC_PER_SEC) : g_strdup("");
  g_autofree char *who = text_escape(author ? author : "", -1, FALSE);

  return g_strdup_printf("%s%s%s", who, *who && *age ? " " : "", age);
}
