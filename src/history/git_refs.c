/* Revision maps of commits, and of merges that nobody made yet. */
#include <glib/gi18n.h>
#include <string.h>

#include "git_layout.h"
#include "git_refs.h"
#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/text.h"

/* Names offered as a correction are looked for among so many. */
#define MANY_NAMES 5000

static void parsed_free(void *data)
{
  for (RefsParsed *parsed = data, *next; parsed; parsed = next) {
    next = parsed->next;
    revision_free(parsed->revision);
    revision_fault_clear(&parsed->fault);
    g_free(parsed->file);
    g_free(parsed);
  }
}

static GitRefs *refs_new(RepoReader *reader)
{
  GitRefs *refs = g_new0(GitRefs, 1);

  refs->reader = reader;
  refs->workdir = repo_workdir(reader->git);
  refs->parsed = g_hash_table_new_full(repo_oid_hash, repo_oid_equal, g_free, parsed_free);
  return refs;
}

gboolean git_is_bare(const char *folder)
{
  git_repository *git = repo_open(folder, NULL);
  g_autofree char *real = g_canonicalize_filename(folder, NULL);
  g_autofree char *inside = g_strconcat(real, "/", NULL);
  /* a mirror may not say that it is bare: then its own folder tells */
  gboolean bare = git && (git_repository_is_bare(git) || g_str_has_prefix(inside, git_repository_path(git)));

  git_repository_free(git);
  return bare;
}

GitRefs *git_refs_open(const Project *project, GError **error)
{
  RepoReader *reader = repo_reader_open(project, error);

  if (!reader)
    return NULL;
  GitRefs *refs = refs_new(reader);
  layout_of_working(refs, project);
  return refs;
}

GitRefs *git_refs_open_bare(const char *folder, const char *ref, const ProjectOptions *options,
                            GError **error)
{
  git_repository *git = repo_open(folder, error);
  LayoutOpened opened = {0};
  git_oid commit;

  if (!git)
    return NULL;
  if (!refs_resolve(git, ref ? ref : "HEAD", &commit, error) ||
      !layout_open(git, &commit, options, &opened, error)) {
    git_repository_free(git);
    return NULL;
  }
  opened.reader->owns_git = TRUE;
  GitRefs *refs = refs_new(opened.reader);
  refs->project = opened.project;
  layout_of_commit(refs, &commit, &opened);
  return refs;
}

void git_refs_free(GitRefs *refs)
{
  if (!refs)
    return;
  g_hash_table_destroy(refs->parsed);
  layout_clear(refs);
  repo_reader_free(refs->reader);
  project_free(refs->project);
  g_free(refs->workdir);
  g_free(refs);
}

const Project *git_refs_project(const GitRefs *refs)
{
  return refs->project;
}

/* ---- names ---- */

/* A branch or tag that may have been meant. */
static char *nearest_name(git_repository *git, const char *name)
{
  g_autoptr(GPtrArray) refs = repo_refs(git, TRUE);
  g_autoptr(GPtrArray) names = g_ptr_array_new();

  for (guint i = 0; i < refs->len && i < MANY_NAMES; i++)
    g_ptr_array_add(names, ((RepoRef *)refs->pdata[i])->name);
  g_ptr_array_add(names, NULL);
  return g_strdup(text_nearest(name, (const char *const *)names->pdata));
}

static gboolean unknown_name(git_repository *git, const char *name, GError **error)
{
  if (git_repository_head_unborn(git) == 1) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s: the repository has no commit yet"), name);
    return FALSE;
  }
  g_autofree char *near = nearest_name(git, name);
  const char *shallow =
      git_repository_is_shallow(git) == 1 ? _("; this clone is shallow: fetch it first") : "";
  if (near)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE,
                _("git knows no branch, tag or commit %s%s; did you mean %s?"), name, shallow, near);
  else
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("git knows no branch, tag or commit %s%s"), name,
                shallow);
  return FALSE;
}

gboolean refs_resolve(git_repository *git, const char *name, git_oid *commit, GError **error)
{
  git_object *object = NULL;
  git_object *peeled = NULL;

  if (!*name || git_revparse_single(&object, git, name) < 0)
    return unknown_name(git, name, error);
  gboolean good = git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) == 0;
  if (good)
    git_oid_cpy(commit, git_object_id(peeled));
  else
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s is no commit"), name);
  git_object_free(peeled);
  git_object_free(object);
  return good;
}

RepoCommit *refs_commit(GitRefs *refs, const char *name, GError **error)
{
  git_oid id;

  if (!refs_resolve(refs->reader->git, name, &id, error))
    return NULL;
  RepoCommit *commit = repo_commit(refs->reader, &id);
  if (!commit)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("the commit of %s is not in this clone"), name);
  return commit;
}

/* ---- files ---- */

const RefsParsed *refs_parse(GitRefs *refs, const git_oid *blob, const char *path)
{
  RefsParsed *first = g_hash_table_lookup(refs->parsed, blob);
  const char *slash = strrchr(path, '/');
  const char *file = slash ? slash + 1 : path;

  for (const RefsParsed *known = first; known; known = known->next)
    if (strcmp(known->file, file) == 0)
      return known;
  g_autofree char *beside = g_build_filename(refs->workdir ? refs->workdir : "/", path, NULL);
  RefsParsed *parsed = g_new0(RefsParsed, 1);
  parsed->file = g_strdup(file);
  parsed->revision =
      repo_revision_scan(refs->reader, blob, path, refs->workdir ? beside : NULL, &parsed->fault);
  if (first) {
    parsed->next = first->next;
    first->next = parsed;
  } else {
    g_hash_table_insert(refs->parsed, g_memdup2(blob, sizeof *blob), parsed);
  }
  return parsed;
}

/* As load_list() lists them: in a folder files come before subfolders, each by name. */
static int compare_paths(const char *a, const char *b)
{
  while (*a && *a == *b)
    a++, b++;
  gboolean folder_a = strchr(a, '/') != NULL;
  gboolean folder_b = strchr(b, '/') != NULL;
  if (folder_a != folder_b)
    return folder_a ? 1 : -1;
  if (*a == '/' || *b == '/')
    return *a == '/' ? -1 : 1;
  return (guchar)*a - (guchar)*b;
}

static guint folder_of(const RepoReader *reader, const char *path)
{
  guint best = reader->folders->len;
  gsize longest = 0;

  for (guint i = 0; i < reader->folders->len; i++) {
    const char *folder = reader->folders->pdata[i];
    gsize n = strlen(folder);
    gboolean in = n == 0 || (strncmp(path, folder, n) == 0 && path[n] == '/');
    if (in && (best == reader->folders->len || n > longest)) {
      best = i;
      longest = n;
    }
  }
  return best;
}

static int compare_files(const void *a, const void *b, void *data)
{
  const RefsFile *const *x = a;
  const RefsFile *const *y = b;
  guint in_x = folder_of(data, (*x)->path);
  guint in_y = folder_of(data, (*y)->path);

  return in_x != in_y ? (in_x < in_y ? -1 : 1) : compare_paths((*x)->path, (*y)->path);
}

void refs_file_free(void *data)
{
  RefsFile *file = data;

  g_free(file->path);
  g_free(file->name);
  g_free(file);
}

RefsFile *refs_file_new(const char *path, const git_oid *blob, const char *name)
{
  RefsFile *file = g_new0(RefsFile, 1);

  file->path = g_strdup(path);
  file->name = g_strdup(name);
  if (blob)
    file->blob = *blob;
  return file;
}

GPtrArray *refs_files(RepoReader *reader, const RepoCommit *commit, const char *name)
{
  GPtrArray *files = g_ptr_array_new_with_free_func(refs_file_free);
  g_autoptr(GPtrArray) entries = repo_files(reader, repo_commit(reader, &commit->id));

  for (guint i = 0; i < entries->len; i++) {
    const RepoEntry *entry = entries->pdata[i];
    g_ptr_array_add(files, refs_file_new(entry->path, &entry->blob, name));
  }
  return files;
}

/* ---- maps ---- */

static void add_fault(DiagList *diags, GError **fault, const char *path, const RevisionFault *from)
{
  diag_add(diags, DIAG_ERROR, path, from->line, 0, "%s", from->text);
  diag_about(diags, from->id);
  if (*fault || from->code == RETORT_ERROR_FILE)
    return;
  if (from->code == RETORT_ERROR_COMMAND)
    g_set_error_literal(fault, RETORT_ERROR, from->code, from->text);
  else
    g_set_error(fault, RETORT_ERROR, from->code, "%s:%u: %s", path, from->line, from->text);
}

static char *oid_text(const git_oid *id)
{
  char *text = g_malloc(GIT_OID_HEXSZ + 1);

  git_oid_tostr(text, GIT_OID_HEXSZ + 1, id);
  return text;
}

GitRevisions *refs_build(GitRefs *refs, const RepoReader *reader, GPtrArray *files, const char *name,
                         const RepoCommit *commit)
{
  GitRevisions *result = g_new0(GitRevisions, 1);
  GPtrArray *revisions = g_ptr_array_new();
  g_autoptr(DiagList) diags = diag_list_new();
  GError *fault = NULL;

  result->name = g_strdup(name);
  result->commit = oid_text(&commit->id);
  result->time = commit->time;
  result->blobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  result->clashes = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_sort_with_data(files, compare_files, (RepoReader *)reader);
  for (guint i = 0; i < files->len; i++) {
    const RefsFile *file = files->pdata[i];
    if (file->working) {
      g_ptr_array_add(revisions, revision_copy(file->working));
      continue;
    }
    g_autofree char *path = g_strdup_printf("%s:%s", file->name, file->path);
    const RefsParsed *parsed = refs_parse(refs, &file->blob, file->path);
    if (!parsed->revision) {
      add_fault(diags, &fault, path, &parsed->fault);
      continue;
    }
    Revision *revision = revision_copy(parsed->revision);
    g_free(revision->path);
    revision->path = g_steal_pointer(&path);
    g_ptr_array_add(revisions, revision);
    g_hash_table_replace(result->blobs, g_strdup(revision->id), oid_text(&file->blob));
  }
  result->map = revision_map_new(revisions);
  diag_list_take(diags, result->map->diags);
  diag_list_take(result->map->diags, diags);
  if (fault) {
    g_clear_error(&result->map->fault);
    result->map->fault = fault;
  }
  return result;
}

void git_revisions_free(GitRevisions *revisions)
{
  if (!revisions)
    return;
  g_free(revisions->name);
  g_free(revisions->commit);
  g_free(revisions->root);
  revision_map_free(revisions->map);
  g_hash_table_unref(revisions->blobs);
  g_ptr_array_unref(revisions->clashes);
  g_free(revisions);
}

GitRevisions *git_revisions_at(GitRefs *refs, const char *ref, GError **error)
{
  RepoCommit *commit = refs_commit(refs, ref, error);

  if (!commit)
    return NULL;
  RepoReader *reader = layout_at(refs, commit);
  g_autoptr(GPtrArray) files = reader ? refs_files(reader, commit, ref) : g_ptr_array_new();
  return refs_build(refs, reader ? reader : refs->reader, files, ref, commit);
}

const char *git_revision_place(const GitRevisions *of, const Revision *revision)
{
  const char *colon = strchr(revision->path, ':');
  gsize n = of->root ? strlen(of->root) : 0;

  if (!g_path_is_absolute(revision->path))
    return colon ? colon + 1 : revision->path;
  return n > 0 && strncmp(revision->path, of->root, n) == 0 && revision->path[n] == '/'
             ? revision->path + n + 1
             : revision->path;
}

GitRevisions *git_revisions_working(GitRefs *refs, const RevisionMap *map)
{
  GitRevisions *result = g_new0(GitRevisions, 1);
  GPtrArray *revisions = g_ptr_array_new();

  result->name = g_strdup(_("working folder"));
  result->root = g_strdup(refs->workdir);
  result->time = g_get_real_time() / G_USEC_PER_SEC;
  result->blobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  result->clashes = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < map->revisions->len; i++) {
    const Revision *revision = map->revisions->pdata[i];
    const char *path = git_revision_place(result, revision);
    git_oid id;
    if (git_repository_hashfile(&id, refs->reader->git, path, GIT_OBJECT_BLOB, path) == 0)
      g_hash_table_replace(result->blobs, g_strdup(revision->id), oid_text(&id));
    g_ptr_array_add(revisions, revision_copy(revision));
  }
  result->map = revision_map_new(revisions);
  return result;
}

char *git_refs_source(GitRefs *refs, const Revision *revision, gsize *len, GError **error)
{
  git_object *object = NULL;
  char *data = NULL;

  if (g_path_is_absolute(revision->path))
    return file_read(revision->path, FILE_LIMIT, len, NULL, error);
  if (git_revparse_single(&object, refs->reader->git, revision->path) < 0)
    repo_error(error, revision->path);
  else if (!(data = repo_blob(refs->reader, git_object_id(object), len)))
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s is no file"), revision->path);
  git_object_free(object);
  return data;
}
