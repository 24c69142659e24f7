/* Opening repositories, and what is known of one at a glance. */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "git-private.h"
#include "retort/base/error.h"

/* Enough for the trees of a walk; libgit2's own default is four times that. */
#define CACHE_BYTES ((gssize)64 * 1024 * 1024)
#define SHORT_ID 7

static void *initialize(void *data)
{
  (void)data;
  git_libgit2_init();
  /* Only objects and references are read here; no hook, filter or command of the repository's configuration is ever
   * run, so that a checkout of another owner (as root meets them on servers) is safe to look at. */
  git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, CACHE_BYTES);
  /* git log does not hash what it reads either, and that would be most of the time of a walk */
  git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
  return NULL;
}

gboolean repo_error(GError **error, const char *what)
{
  const git_error *last = git_error_last();

  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED, "%s: %s", what,
              last ? last->message : _("unknown error"));
  return FALSE;
}

git_repository *repo_open(const char *folder, GError **error)
{
  static GOnce once = G_ONCE_INIT;
  git_repository *git = NULL;

  g_once(&once, initialize, NULL);
  int code = git_repository_open_ext(&git, folder, GIT_REPOSITORY_OPEN_CROSS_FS, NULL);
  if (code == GIT_ENOTFOUND)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s is in no git repository"), folder);
  else if (code < 0)
    repo_error(error, _("the git repository cannot be opened"));
  return code < 0 ? NULL : git;
}

static char *real_path(const char *path)
{
  char *real = path ? realpath(path, NULL) : NULL;
  char *copy = g_strdup(real);

  free(real);
  return copy;
}

char *repo_workdir(git_repository *git)
{
  return real_path(git_repository_workdir(git));
}

char *repo_relative(git_repository *git, const char *path)
{
  g_autofree char *workdir = repo_workdir(git);
  g_autofree char *real = real_path(path);

  if (!workdir || !real)
    return NULL;
  gsize n = strlen(workdir);
  if (strcmp(real, workdir) == 0)
    return g_strdup("");
  return strncmp(real, workdir, n) == 0 && real[n] == '/' ? g_strdup(real + n + 1) : NULL;
}

/* The same for a path that does not exist: its nearest folder that does counts. */
static char *relative_missing(git_repository *git, const char *path)
{
  g_autofree char *parent = g_path_get_dirname(path);
  g_autofree char *name = g_path_get_basename(path);

  if (strcmp(parent, path) == 0 || strcmp(name, "..") == 0)
    return NULL;
  g_autofree char *above = repo_relative(git, parent);
  if (!above)
    above = relative_missing(git, parent);
  if (!above)
    return NULL;
  return *above ? g_build_filename(above, name, NULL) : g_steal_pointer(&name);
}

RepoReader *repo_reader_open(const Project *project, GError **error)
{
  git_repository *git = NULL;
  GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < project->version_locations->len; i++) {
    const char *folder = project->version_locations->pdata[i];
    if (!git && !(git = repo_open(folder, error)))
      break;
    char *relative = repo_relative(git, folder);
    if (relative)
      g_ptr_array_add(folders, relative);
  }
  /* other commits may have what is missing here */
  for (guint i = 0; git && project->missing_locations && i < project->missing_locations->len; i++) {
    char *relative = relative_missing(git, project->missing_locations->pdata[i]);
    if (relative)
      g_ptr_array_add(folders, relative);
  }
  if (git && folders->len == 0)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE,
                _("the revision files are not in a git working folder"));
  else if (!git && error && !*error)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s has no folder of revision files"),
                project->name);
  if (!git || folders->len == 0) {
    g_ptr_array_free(folders, TRUE);
    git_repository_free(git);
    return NULL;
  }
  RepoReader *reader = repo_reader_new(git, folders, project->recursive, error);
  if (reader)
    reader->owns_git = TRUE;
  else
    git_repository_free(git);
  return reader;
}

void repo_describe(git_repository *git, const git_oid *id, char **author, char **email, gint64 *when,
                   char **summary)
{
  git_commit *commit = NULL;

  if (git_commit_lookup(&commit, git, id) < 0)
    return;
  const git_signature *signature = git_commit_author(commit);
  if (author)
    *author = g_strdup(signature ? signature->name : NULL);
  if (email)
    *email = g_strdup(signature ? signature->email : NULL);
  if (when)
    *when = signature ? signature->when.time : git_commit_time(commit);
  if (summary)
    *summary = g_strdup(git_commit_summary(commit));
  git_commit_free(commit);
}

static void ref_free(void *data)
{
  RepoRef *ref = data;

  g_free(ref->name);
  g_free(ref);
}

static gboolean peel_to_commit(const git_reference *reference, git_oid *id)
{
  git_object *object = NULL;

  if (git_reference_type(reference) != GIT_REFERENCE_DIRECT ||
      git_reference_peel(&object, reference, GIT_OBJECT_COMMIT) < 0)
    return FALSE;
  git_oid_cpy(id, git_object_id(object));
  git_object_free(object);
  return TRUE;
}

static void add_refs(git_repository *git, const char *glob, GPtrArray *refs)
{
  git_reference_iterator *iterator = NULL;
  git_reference *reference = NULL;

  if (git_reference_iterator_glob_new(&iterator, git, glob) < 0)
    return;
  while (git_reference_next(&reference, iterator) == 0) {
    RepoRef *ref = g_new0(RepoRef, 1);
    if (peel_to_commit(reference, &ref->commit)) {
      ref->name = g_strdup(git_reference_shorthand(reference));
      g_ptr_array_add(refs, ref);
    } else {
      g_free(ref);
    }
    git_reference_free(reference);
  }
  git_reference_iterator_free(iterator);
}

GPtrArray *repo_refs(git_repository *git, gboolean tags)
{
  GPtrArray *refs = g_ptr_array_new_with_free_func(ref_free);

  add_refs(git, "refs/heads/*", refs);
  add_refs(git, "refs/remotes/*", refs);
  if (tags)
    add_refs(git, "refs/tags/*", refs);
  return refs;
}

GPtrArray *repo_refs_matching(git_repository *git, const char *glob)
{
  GPtrArray *refs = g_ptr_array_new_with_free_func(ref_free);

  if (g_str_has_prefix(glob, "refs/")) {
    add_refs(git, glob, refs);
    return refs;
  }
  g_autoptr(GPtrArray) all = repo_refs(git, FALSE);
  for (guint i = 0; i < all->len; i++) {
    const RepoRef *ref = all->pdata[i];
    if (!g_pattern_match_simple(glob, ref->name))
      continue;
    RepoRef *copy = g_new0(RepoRef, 1);
    *copy = (RepoRef){.name = g_strdup(ref->name), .commit = ref->commit};
    g_ptr_array_add(refs, copy);
  }
  return refs;
}

/* The branch that HEAD names, which need not have a commit yet. */
static char *branch_name(git_repository *git)
{
  git_reference *head = NULL;
  char *name = NULL;

  if (git_reference_lookup(&head, git, "HEAD") < 0)
    return NULL;
  if (git_reference_type(head) == GIT_REFERENCE_SYMBOLIC) {
    const char *target = git_reference_symbolic_target(head);
    name = g_strdup(g_str_has_prefix(target, "refs/heads/") ? target + strlen("refs/heads/") : target);
  } else {
    char id[GIT_OID_HEXSZ + 1];
    git_oid_tostr(id, sizeof id, git_reference_target(head));
    name = g_strdup_printf(_("(detached %.*s)"), SHORT_ID, id);
  }
  git_reference_free(head);
  return name;
}

static void read_tags(git_repository *git, const git_oid *head, GPtrArray *tags)
{
  g_autoptr(GPtrArray) refs = g_ptr_array_new_with_free_func(ref_free);

  add_refs(git, "refs/tags/*", refs);
  for (guint i = 0; i < refs->len; i++) {
    const RepoRef *ref = refs->pdata[i];
    if (git_oid_equal(&ref->commit, head))
      g_ptr_array_add(tags, g_strdup(ref->name));
  }
}

GitStatus *git_status(const char *folder)
{
  GitStatus *status = g_new0(GitStatus, 1);
  g_autoptr(GError) error = NULL;
  git_repository *git = repo_open(folder, &error);
  git_oid head;

  status->tags = g_ptr_array_new_with_free_func(g_free);
  if (!git) {
    status->reason = g_strdup(error->message);
    return status;
  }
  status->available = TRUE;
  status->branch = branch_name(git);
  status->workdir = repo_workdir(git);
  status->shallow = git_repository_is_shallow(git) == 1;
  if (git_reference_name_to_id(&head, git, "HEAD") == 0) {
    status->head = g_malloc(GIT_OID_HEXSZ + 1);
    git_oid_tostr(status->head, GIT_OID_HEXSZ + 1, &head);
    read_tags(git, &head, status->tags);
  }
  git_repository_free(git);
  return status;
}

void git_status_free(GitStatus *status)
{
  if (!status)
    return;
  g_free(status->branch);
  g_free(status->head);
  g_free(status->workdir);
  g_free(status->reason);
  g_ptr_array_free(status->tags, TRUE);
  g_free(status);
}
