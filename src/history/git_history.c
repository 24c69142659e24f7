/* Single questions to the history: a file's last change, a blob by name, where a revision was last seen. */
#include <glib/gi18n.h>
#include <string.h>

#include "git-private.h"
#include "retort/base/error.h"

/* A details pane shows this much of a patch and no more. */
#define PATCH_LIMIT ((gsize)512 * 1024)
#define CANCEL_EVERY 256

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

/* ---- where a revision was last seen ---------------------------------------------------------------------- */

typedef struct {
  RepoReader *reader;
  const char *id;
  GCancellable *cancellable;
  GHashTable *blobs; /* contents known not to be it */
} Hunt;

/* Is the file the revision that is looked for? */
static gboolean is_it(Hunt *hunt, const RepoEntry *entry)
{
  gsize len;

  if (!g_hash_table_add(hunt->blobs, g_memdup2(&entry->blob, sizeof entry->blob)))
    return FALSE;
  g_autofree char *data = repo_blob(hunt->reader, &entry->blob, &len);
  /* most files do not even mention it */
  if (!data || (!memmem(data, len, hunt->id, strlen(hunt->id)) && !strstr(entry->path, hunt->id)))
    return FALSE;
  g_autoptr(Revision) revision = repo_revision(hunt->reader, &entry->blob, entry->path, NULL);
  return revision && strcmp(revision->id, hunt->id) == 0;
}

static const RepoEntry *find_entry(Hunt *hunt, const GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    if (is_it(hunt, entries->pdata[i]))
      return entries->pdata[i];
  return NULL;
}

static void on_introduced(gpointer wanted, const git_oid *commit, gpointer data)
{
  (void)wanted;
  *(git_oid *)data = *commit;
}

static GitSighting *sighting_new(Hunt *hunt, const char *ref, const RepoCommit *commit, const char *path)
{
  GitSighting *sighting = g_new0(GitSighting, 1);
  g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(RepoWanted));
  RepoWanted one = {.path = path, .data = sighting};
  git_oid introduced = commit->id;

  sighting->ref = g_strdup(ref);
  sighting->path = g_strdup(path);
  sighting->commit = g_malloc(GIT_OID_HEXSZ + 1);
  git_oid_tostr(sighting->commit, GIT_OID_HEXSZ + 1, &commit->id);
  g_array_append_val(wanted, one);
  repo_find_introductions(hunt->reader, &commit->id, wanted, NULL, 0, hunt->cancellable, on_introduced,
                          &introduced);
  repo_describe(hunt->reader->git, &introduced, &sighting->author, NULL, &sighting->time, NULL);
  return sighting;
}

static GitSighting *hunt_in_refs(Hunt *hunt, const GPtrArray *refs)
{
  RepoCommit *last = NULL;

  for (guint i = 0; i < refs->len && !g_cancellable_is_cancelled(hunt->cancellable); i++) {
    const RepoRef *ref = refs->pdata[i];
    RepoCommit *tip = repo_commit(hunt->reader, &ref->commit);
    if (!tip)
      continue;
    /* neighbouring branches differ by little */
    g_autoptr(RepoChanges) changes = repo_changes(hunt->reader, last, tip);
    const RepoEntry *entry = find_entry(hunt, changes->added);
    if (!entry)
      entry = find_entry(hunt, changes->after);
    if (entry)
      return sighting_new(hunt, ref->name, tip, entry->path);
    last = tip;
  }
  return NULL;
}

/* What a commit took away from one of its parents: that parent and the file's path there. */
static char *hunt_in_commit(Hunt *hunt, const RepoCommit *commit, RepoCommit **last)
{
  for (guint i = 0; i < commit->n_parents; i++) {
    RepoCommit *parent = repo_commit(hunt->reader, &commit->parents[i]);
    if (!parent || repo_commit_same(hunt->reader, parent, commit))
      continue;
    g_autoptr(RepoChanges) changes = repo_changes(hunt->reader, parent, commit);
    const RepoEntry *entry = find_entry(hunt, changes->deleted);
    if (!entry)
      entry = find_entry(hunt, changes->before);
    *last = parent;
    if (entry)
      return g_strdup(entry->path);
  }
  return NULL;
}

/* Where HEAD once stood: what was rebased or reset away is still there for a while. */
static void push_reflog(Hunt *hunt, RepoQueue *queue)
{
  git_reflog *log = NULL;

  if (git_reflog_read(&log, hunt->reader->git, "HEAD") < 0)
    return;
  for (gsize i = 0; i < git_reflog_entrycount(log); i++) {
    const git_oid *id = git_reflog_entry_id_new(git_reflog_entry_byindex(log, i));
    if (!git_oid_is_zero(id))
      repo_queue_push(queue, repo_commit(hunt->reader, id));
  }
  git_reflog_free(log);
}

static GitSighting *hunt_in_history(Hunt *hunt, const GPtrArray *refs)
{
  g_autofree char *path = NULL;
  RepoCommit *commit;
  RepoCommit *last = NULL;
  RepoQueue queue;
  git_oid head;

  repo_queue_init(&queue, hunt->reader);
  if (git_reference_name_to_id(&head, hunt->reader->git, "HEAD") == 0)
    repo_queue_push(&queue, repo_commit(hunt->reader, &head));
  for (guint i = 0; i < refs->len; i++)
    repo_queue_push(&queue, repo_commit(hunt->reader, &((RepoRef *)refs->pdata[i])->commit));
  push_reflog(hunt, &queue);
  for (guint n = 1; !path && (commit = repo_queue_pop(&queue)); n++) {
    if (n % CANCEL_EVERY == 0 && g_cancellable_is_cancelled(hunt->cancellable))
      break;
    path = hunt_in_commit(hunt, commit, &last);
    for (guint i = 0; i < commit->n_parents; i++)
      repo_queue_push(&queue, repo_commit(hunt->reader, &commit->parents[i]));
  }
  repo_queue_clear(&queue);
  return path ? sighting_new(hunt, NULL, last, path) : NULL;
}

GitSighting *git_find_revision(const Project *project, const char *id, GCancellable *cancellable,
                               GError **error)
{
  g_autoptr(RepoReader) reader = *id ? repo_reader_open(project, NULL) : NULL;
  Hunt hunt = {.reader = reader, .id = id, .cancellable = cancellable};

  if (!reader)
    return NULL;
  hunt.blobs = g_hash_table_new_full(repo_oid_hash, repo_oid_equal, g_free, NULL);
  g_autoptr(GPtrArray) refs = repo_refs(reader->git, TRUE);
  GitSighting *sighting = hunt_in_refs(&hunt, refs);
  if (!sighting && !g_cancellable_is_cancelled(cancellable))
    sighting = hunt_in_history(&hunt, refs);
  g_hash_table_destroy(hunt.blobs);
  if (!sighting && g_cancellable_is_cancelled(cancellable))
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_CANCELLED,
                        _("reading the git history was stopped"));
  return sighting;
}

void git_sighting_free(GitSighting *sighting)
{
  if (!sighting)
    return;
  g_free(sighting->ref);
  g_free(sighting->commit);
  g_free(sighting->path);
  g_free(sighting->author);
  g_free(sighting);
}
