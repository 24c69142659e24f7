/* Single questions to the history: a file's last change, a blob by name. */
#include <glib/gi18n.h>
#include <string.h>

#include "git-private.h"
#include "retort/base/error.h"

/* A details pane shows this much of a patch and no more. */
#define PATCH_LIMIT ((gsize)512 * 1024)

/* The blob or tree at a path of a commit. */
static gboolean entry_at(RepoReader *reader, const RepoCommit *commit, const char *path, git_oid *id)
{
  *id = commit->tree;
  for (const char *p = path; *p;) {
    const char *stop = strchrnul(p, '/');
    git_oid next;
    if (!repo_tree_entry(reader, id, p, (gsize)(stop - p), &next))
      return FALSE;
    *id = next;
    p = *stop ? stop + 1 : stop;
  }
  return TRUE;
}

/* The newest commit that changed the path, by the rules of `git log -1`. */
static RepoCommit *last_change(RepoReader *reader, RepoCommit *commit, const char *path)
{
  git_oid here;

  if (!entry_at(reader, commit, path, &here))
    return NULL;
  for (;;) {
    RepoCommit *same = NULL;
    for (guint i = 0; i < commit->n_parents && !same; i++) {
      RepoCommit *parent = repo_commit(reader, &commit->parents[i]);
      git_oid there;
      if (parent && entry_at(reader, parent, path, &there) && git_oid_equal(&here, &there))
        same = parent;
    }
    if (!same)
      return commit;
    commit = same;
  }
}

static void append_header(GString *out, git_commit *commit)
{
  const git_signature *author = git_commit_author(commit);
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset(author ? author->when.offset * 60 : 0);
  g_autoptr(GDateTime) utc = author ? g_date_time_new_from_unix_utc(author->when.time) : NULL;
  g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;
  g_autofree char *date = local ? g_date_time_format(local, "%Y-%m-%d %H:%M:%S %z") : NULL;
  char id[GIT_OID_HEXSZ + 1];

  git_oid_tostr(id, sizeof id, git_commit_id(commit));
  g_string_append_printf(out, "commit %s\n", id);
  if (author)
    g_string_append_printf(out, "Author: %s <%s>\n", author->name, author->email);
  if (date)
    g_string_append_printf(out, "Date:   %s\n", date);
  g_string_append_c(out, '\n');
  g_autofree char *message = g_strchomp(g_strdup(git_commit_message(commit)));
  g_auto(GStrv) lines = g_strsplit(message, "\n", -1);
  for (char **line = lines; *line; line++)
    g_string_append_printf(out, "    %s\n", *line);
  g_string_append_c(out, '\n');
}

static int append_patch_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
                             const git_diff_line *line, void *data)
{
  GString *out = data;

  (void)delta;
  (void)hunk;
  if (out->len > PATCH_LIMIT)
    return 1;
  if (line->origin == GIT_DIFF_LINE_CONTEXT || line->origin == GIT_DIFF_LINE_ADDITION ||
      line->origin == GIT_DIFF_LINE_DELETION)
    g_string_append_c(out, line->origin);
  g_string_append_len(out, line->content, (gssize)line->content_len);
  return 0;
}

static void append_patch(GString *out, git_repository *git, git_commit *commit, const char *path)
{
  char *paths[] = {(char *)path};
  git_diff_options options;
  git_commit *parent = NULL;
  git_tree *old = NULL;
  git_tree *new = NULL;
  git_diff *diff = NULL;

  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.pathspec = (git_strarray){.strings = paths, .count = 1};
  options.flags = GIT_DIFF_DISABLE_PATHSPEC_MATCH;
  if (git_commit_parent(&parent, commit, 0) == 0)
    git_commit_tree(&old, parent);
  if (git_commit_tree(&new, commit) == 0 && git_diff_tree_to_tree(&diff, git, old, new, &options) == 0)
    git_diff_print(diff, GIT_DIFF_FORMAT_PATCH, append_patch_line, out);
  git_diff_free(diff);
  git_tree_free(old);
  git_tree_free(new);
  git_commit_free(parent);
}

static char *file_log(RepoReader *reader, const char *relative, const char *path, GError **error)
{
  g_autoptr(GString) out = g_string_new(NULL);
  git_commit *commit = NULL;
  git_oid head;

  gboolean has_head = git_reference_name_to_id(&head, reader->git, "HEAD") == 0;
  RepoCommit *tip = has_head ? repo_commit(reader, &head) : NULL;
  RepoCommit *change = tip ? last_change(reader, tip, relative) : NULL;
  if (!change) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s has never been committed"), path);
    return NULL;
  }
  if (git_commit_lookup(&commit, reader->git, &change->id) < 0) {
    repo_error(error, path);
    return NULL;
  }
  append_header(out, commit);
  append_patch(out, reader->git, commit, relative);
  git_commit_free(commit);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

char *git_file_log(const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname(path);
  git_repository *git = repo_open(folder, error);
  char *log = NULL;

  if (!git)
    return NULL;
  g_autofree char *relative = repo_relative(git, path);
  g_autoptr(RepoReader) reader = repo_reader_new(git, g_ptr_array_new_with_free_func(g_free), FALSE, error);
  if (!relative)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE,
                _("%s is not in the working folder of its repository"), path);
  else if (reader)
    log = file_log(reader, relative, path, error);
  g_clear_pointer(&reader, repo_reader_free);
  git_repository_free(git);
  return log;
}

char *git_read_file(const Project *project, const char *spec, gsize *len, GError **error)
{
  g_autoptr(RepoReader) reader = repo_reader_open(project, error);
  git_object *object = NULL;
  char *data = NULL;

  if (!reader)
    return NULL;
  if (git_revparse_single(&object, reader->git, spec) < 0)
    repo_error(error, spec);
  else if (!(data = repo_blob(reader, git_object_id(object), len)))
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s is no file"), spec);
  git_object_free(object);
  return data;
}
