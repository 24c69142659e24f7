/* git_annotate(): the worker, what it streams, and revisions that only other branches have. */
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>

#include "git-private.h"
#include "load.h"
#include "retort/base/error.h"

/* A batch goes out when it is this large or this old. */
#define BATCH_SIZE 256
#define BATCH_USECONDS (100 * 1000)
/* How far back on a branch its revisions are looked for; beyond it the branch's newest commit stands in. */
#define BRANCH_LIMIT 2000

/* A batch on its way to the main context: one of both. */
typedef struct {
  GPtrArray *files;   /* GitFileInfo* */
  GPtrArray *foreign; /* GitForeignRevision* */
} Batch;

struct GitMemory {
  gint references;
  GMutex lock;
  RepoKnown known; /* introduced is never changed, only replaced, under lock; NULL: nothing yet */
};

typedef struct {
  GitAnnotateSink sink;
  GitMemory *memory; /* or NULL */
  void *data;
  Project project; /* only what says where revision files are */
  GMainContext *context;
  GMutex lock;
  GQueue batches;     /* Batch*, under lock */
  gboolean scheduled; /* under lock */
  gint references;
} Stream;

/* What the worker thread holds. */
typedef struct {
  Stream *stream;
  GCancellable *cancellable;
  RepoReader *reader;
  git_oid head;
  gboolean has_head;
  Batch batch;
  gint64 batch_since;
  GHashTable *open;  /* GitFileInfo* whose commit is not known yet -> its path below the repository's root */
  GHashTable *found; /* char* such a path -> git_oid*, for the next walk */
  GHashTable *ids;   /* revision ids that files here have, later those already reported */
  GHashTable *blobs; /* contents that need no second look */
  GHashTable *commits; /* tips that need no second look */
} Worker;

static void file_info_free(void *data)
{
  GitFileInfo *info = data;

  g_free(info->path);
  g_free(info->commit);
  g_free(info->author);
  g_free(info->email);
  g_free(info->summary);
  g_free(info);
}

static void foreign_free(void *data)
{
  GitForeignRevision *foreign = data;

  revision_free(foreign->revision);
  g_free(foreign->ref);
  g_free(foreign->commit);
  g_free(foreign->author);
  g_free(foreign);
}

static void batch_free(Batch *batch)
{
  if (batch->files)
    g_ptr_array_free(batch->files, TRUE);
  if (batch->foreign)
    g_ptr_array_free(batch->foreign, TRUE);
  g_free(batch);
}

static void stream_unref(void *data)
{
  Stream *stream = data;
  Batch *batch;

  if (!g_atomic_int_dec_and_test(&stream->references))
    return;
  while ((batch = g_queue_pop_head(&stream->batches)))
    batch_free(batch);
  g_ptr_array_free(stream->project.version_locations, TRUE);
  g_free(stream->project.name);
  git_memory_unref(stream->memory);
  g_main_context_unref(stream->context);
  g_mutex_clear(&stream->lock);
  g_free(stream);
}

/* On the main context: hands over what has come in. */
static void deliver(Stream *stream, gboolean cancelled)
{
  for (;;) {
    g_mutex_lock(&stream->lock);
    stream->scheduled = FALSE;
    Batch *batch = g_queue_pop_head(&stream->batches);
    g_mutex_unlock(&stream->lock);
    if (!batch)
      return;
    if (!cancelled && batch->files && stream->sink.files)
      stream->sink.files(batch->files, stream->data);
    if (!cancelled && batch->foreign && stream->sink.foreign)
      stream->sink.foreign(batch->foreign, stream->data);
    batch_free(batch);
  }
}

typedef struct {
  Stream *stream;
  GCancellable *cancellable;
} Delivery;

static gboolean on_batch(void *data)
{
  Delivery *delivery = data;

  deliver(delivery->stream, g_cancellable_is_cancelled(delivery->cancellable));
  return G_SOURCE_REMOVE;
}

static void delivery_free(void *data)
{
  Delivery *delivery = data;

  stream_unref(delivery->stream);
  g_clear_object(&delivery->cancellable);
  g_free(delivery);
}

static void send(Worker *worker)
{
  Stream *stream = worker->stream;

  if (!worker->batch.files && !worker->batch.foreign)
    return;
  g_mutex_lock(&stream->lock);
  g_queue_push_tail(&stream->batches, g_memdup2(&worker->batch, sizeof worker->batch));
  gboolean schedule = !stream->scheduled;
  stream->scheduled = TRUE;
  g_mutex_unlock(&stream->lock);
  worker->batch = (Batch){0};
  if (!schedule)
    return;
  Delivery *delivery = g_new0(Delivery, 1);
  delivery->stream = stream;
  delivery->cancellable = worker->cancellable ? g_object_ref(worker->cancellable) : NULL;
  g_atomic_int_inc(&stream->references);
  GSource *source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(source, on_batch, delivery, delivery_free);
  g_source_attach(source, stream->context);
  g_source_unref(source);
}

static void send_when_due(Worker *worker, guint len)
{
  gint64 now = g_get_monotonic_time();

  if (len == 1)
    worker->batch_since = now;
  if (len >= BATCH_SIZE || now - worker->batch_since > BATCH_USECONDS)
    send(worker);
}

static void add_file(Worker *worker, GitFileInfo *info)
{
  if (!worker->batch.files)
    worker->batch.files = g_ptr_array_new_with_free_func(file_info_free);
  g_ptr_array_add(worker->batch.files, info);
  send_when_due(worker, worker->batch.files->len);
}

/* ---- files of the working folder ------------------------------------------------------------------------- */

/* Is the file what HEAD has?  Content is compared only when size and times leave a doubt. */
static GitFileState file_state(Worker *worker, git_index *index, const char *relative, const char *path,
                               const git_oid *head)
{
  const git_index_entry *entry = index ? git_index_get_bypath(index, relative, 0) : NULL;
  struct stat st;
  git_oid id;

  if (!head)
    return entry ? GIT_ADDED : GIT_UNTRACKED;
  if (entry && !git_oid_equal(&entry->id, head))
    return GIT_MODIFIED;
  if (stat(path, &st) != 0)
    return GIT_MODIFIED;
  if (entry && entry->file_size == (guint32)st.st_size && entry->mtime.seconds == (gint32)st.st_mtim.tv_sec &&
      entry->mtime.nanoseconds == (guint32)st.st_mtim.tv_nsec)
    return GIT_CLEAN;
  if (git_repository_hashfile(&id, worker->reader->git, relative, GIT_OBJECT_BLOB, relative) < 0)
    return GIT_CLEAN;
  return git_oid_equal(&id, head) ? GIT_CLEAN : GIT_MODIFIED;
}

static void on_introduced(gpointer wanted, const git_oid *commit, gpointer data)
{
  GitFileInfo *info = wanted;
  Worker *worker = data;

  g_hash_table_insert(worker->found, g_strdup(g_hash_table_lookup(worker->open, info)),
                      g_memdup2(commit, sizeof *commit));
  g_hash_table_remove(worker->open, info);
  info->commit = g_malloc(GIT_OID_HEXSZ + 1);
  git_oid_tostr(info->commit, GIT_OID_HEXSZ + 1, commit);
  repo_describe(worker->reader->git, commit, &info->author, &info->email, &info->time, &info->summary);
  add_file(worker, info);
}

/* What HEAD has in the version folders: path -> blob. */
static GHashTable *head_files(Worker *worker)
{
  GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  RepoCommit *head = worker->has_head ? repo_commit(worker->reader, &worker->head) : NULL;
  g_autoptr(GPtrArray) entries = head ? repo_files(worker->reader, head) : NULL;

  for (guint i = 0; entries && i < entries->len; i++) {
    const RepoEntry *entry = entries->pdata[i];
    g_hash_table_insert(files, g_strdup(entry->path), g_memdup2(&entry->blob, sizeof entry->blob));
  }
  return files;
}

/* Walks from HEAD, with what the memory has, and leaves there what it found. */
static void find_introductions(Worker *worker, const GArray *wanted)
{
  GitMemory *memory = worker->stream->memory;
  RepoKnown known = {0};

  if (memory) {
    g_mutex_lock(&memory->lock);
    known.head = memory->known.head;
    known.introduced = memory->known.introduced ? g_hash_table_ref(memory->known.introduced) : NULL;
    g_mutex_unlock(&memory->lock);
  }
  repo_find_introductions(worker->reader, &worker->head, wanted, known.introduced ? &known : NULL, 0,
                          worker->cancellable, on_introduced, worker);
  if (memory && !g_cancellable_is_cancelled(worker->cancellable)) {
    g_mutex_lock(&memory->lock);
    g_clear_pointer(&memory->known.introduced, g_hash_table_unref);
    memory->known = (RepoKnown){.head = worker->head, .introduced = g_hash_table_ref(worker->found)};
    g_mutex_unlock(&memory->lock);
  }
  g_clear_pointer(&known.introduced, g_hash_table_unref);
}

/* States at once; commits as the walk finds them. */
static void annotate_files(Worker *worker, const GPtrArray *paths)
{
  g_autoptr(GHashTable) head = head_files(worker);
  g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(RepoWanted));
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *workdir = repo_workdir(worker->reader->git);
  git_index *index = NULL;

  git_repository_index(&index, worker->reader->git);
  for (guint i = 0; i < paths->len; i++) {
    char *relative = workdir ? file_relative(paths->pdata[i], workdir) : g_strdup(paths->pdata[i]);
    if (g_path_is_absolute(relative)) {
      /* a version folder in another repository */
      g_free(relative);
      continue;
    }
    const git_oid *blob = g_hash_table_lookup(head, relative);
    GitFileInfo *info = g_new0(GitFileInfo, 1);
    g_ptr_array_add(names, relative);
    info->path = g_strdup(paths->pdata[i]);
    info->state = file_state(worker, index, relative, info->path, blob);
    if (info->state == GIT_UNTRACKED || info->state == GIT_ADDED) {
      add_file(worker, info);
      continue;
    }
    if (info->state == GIT_MODIFIED) {
      /* that need not wait for the walk */
      GitFileInfo *now = g_new0(GitFileInfo, 1);
      now->path = g_strdup(info->path);
      now->state = info->state;
      add_file(worker, now);
    }
    RepoWanted one = {.path = relative, .data = info};
    g_array_append_val(wanted, one);
    g_hash_table_insert(worker->open, info, relative);
  }
  send(worker);
  git_index_free(index);
  if (wanted->len > 0)
    find_introductions(worker, wanted);
  /* behind the edge of a shallow clone: the state is known all the same */
  GHashTableIter iter;
  gpointer info;
  g_hash_table_iter_init(&iter, worker->open);
  while (g_hash_table_iter_next(&iter, &info, NULL))
    add_file(worker, info);
  g_hash_table_remove_all(worker->open);
  send(worker);
}

/* ---- revisions of other branches ------------------------------------------------------------------------- */

static void add_foreign(Worker *worker, GitForeignRevision *foreign)
{
  if (!worker->batch.foreign)
    worker->batch.foreign = g_ptr_array_new_with_free_func(foreign_free);
  g_ptr_array_add(worker->batch.foreign, foreign);
  send_when_due(worker, worker->batch.foreign->len);
}

static void describe_foreign(Worker *worker, GitForeignRevision *foreign, const git_oid *commit)
{
  foreign->commit = g_malloc(GIT_OID_HEXSZ + 1);
  git_oid_tostr(foreign->commit, GIT_OID_HEXSZ + 1, commit);
  repo_describe(worker->reader->git, commit, &foreign->author, NULL, &foreign->time, NULL);
}

static void on_foreign_introduced(gpointer wanted, const git_oid *commit, gpointer data)
{
  describe_foreign(data, wanted, commit);
}

/* A file that a branch has otherwise than HEAD, if it holds a revision not seen yet. */
static GitForeignRevision *new_revision(Worker *worker, const RepoRef *ref, const RepoEntry *entry,
                                        const char *workdir)
{
  if (!g_hash_table_add(worker->blobs, g_memdup2(&entry->blob, sizeof entry->blob)))
    return NULL;
  g_autofree char *path = g_strdup_printf("%s:%s", ref->name, entry->path);
  g_autofree char *beside = g_build_filename(workdir ? workdir : "/", entry->path, NULL);
  Revision *revision = repo_revision(worker->reader, &entry->blob, path, beside);
  if (!revision || !g_hash_table_add(worker->ids, g_strdup(revision->id))) {
    revision_free(revision);
    return NULL;
  }
  GitForeignRevision *foreign = g_new0(GitForeignRevision, 1);
  foreign->revision = revision;
  foreign->ref = g_strdup(ref->name);
  return foreign;
}

static void collect_new(Worker *worker, const RepoRef *ref, const GPtrArray *entries, const char *workdir,
                        GArray *wanted)
{
  for (guint i = 0; i < entries->len; i++) {
    const RepoEntry *entry = entries->pdata[i];
    RepoWanted one = {.path = entry->path, .data = new_revision(worker, ref, entry, workdir)};
    if (one.data)
      g_array_append_val(wanted, one);
  }
}

static void look_at_branch(Worker *worker, const RepoRef *ref, const RepoCommit *head, const char *workdir)
{
  RepoCommit *tip = repo_commit(worker->reader, &ref->commit);
  g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(RepoWanted));

  if (!tip || (head && repo_commit_same(worker->reader, tip, head)))
    return;
  g_autoptr(RepoChanges) changes = repo_changes(worker->reader, head, tip);
  collect_new(worker, ref, changes->added, workdir, wanted);
  collect_new(worker, ref, changes->after, workdir, wanted);
  if (wanted->len > 0)
    repo_find_introductions(worker->reader, &ref->commit, wanted, NULL, BRANCH_LIMIT, worker->cancellable,
                            on_foreign_introduced, worker);
  for (guint i = 0; i < wanted->len; i++) {
    GitForeignRevision *foreign = g_array_index(wanted, RepoWanted, i).data;
    if (!foreign->commit)
      describe_foreign(worker, foreign, &ref->commit);
    add_foreign(worker, foreign);
  }
}

/* Main branches first, so that a revision is ascribed to them rather than to what was built on them; the rest in the
 * order that repo_refs() gives. */
static gboolean is_trunk(const char *name)
{
  static const char *const names[] = {"main", "master", "trunk", "develop", NULL};
  const char *slash = strchr(name, '/');

  return g_strv_contains(names, name) || (slash && g_strv_contains(names, slash + 1));
}

static void annotate_branches(Worker *worker)
{
  g_autoptr(GPtrArray) refs = repo_refs(worker->reader->git, FALSE);
  g_autofree char *workdir = repo_workdir(worker->reader->git);
  RepoCommit *head = worker->has_head ? repo_commit(worker->reader, &worker->head) : NULL;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < refs->len && !g_cancellable_is_cancelled(worker->cancellable); i++) {
      const RepoRef *ref = refs->pdata[i];
      if (is_trunk(ref->name) == (pass == 0) &&
          g_hash_table_add(worker->commits, g_memdup2(&ref->commit, sizeof ref->commit)))
        look_at_branch(worker, ref, head, workdir);
    }
  send(worker);
}

/* ---- the task -------------------------------------------------------------------------------------------- */

static void run(Worker *worker)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  LoadListing listing;

  load_list(&listing, &worker->stream->project);
  load_read(&listing);
  for (guint i = 0; i < listing.entries->len; i++) {
    const LoadEntry *entry = &g_array_index(listing.entries, LoadEntry, i);
    g_ptr_array_add(paths, load_entry_path(entry));
    if (entry->revision)
      g_hash_table_add(worker->ids, g_strdup(entry->revision->id));
  }
  load_listing_clear(&listing);
  worker->has_head = git_reference_name_to_id(&worker->head, worker->reader->git, "HEAD") == 0;
  annotate_files(worker, paths);
  if (!g_cancellable_is_cancelled(worker->cancellable))
    annotate_branches(worker);
}

static void annotate_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  Worker worker = {.stream = task_data, .cancellable = cancellable};

  (void)source;
  /* no repository: nothing to say, and git_status() says why */
  worker.reader = repo_reader_open(&worker.stream->project, NULL);
  if (worker.reader) {
    worker.open = g_hash_table_new(NULL, NULL);
    worker.found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    worker.ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    worker.blobs = g_hash_table_new_full(repo_oid_hash, repo_oid_equal, g_free, NULL);
    worker.commits = g_hash_table_new_full(repo_oid_hash, repo_oid_equal, g_free, NULL);
    run(&worker);
    g_hash_table_destroy(worker.open);
    g_hash_table_unref(worker.found);
    g_hash_table_destroy(worker.ids);
    g_hash_table_destroy(worker.blobs);
    g_hash_table_destroy(worker.commits);
    repo_reader_free(worker.reader);
  }
  g_task_return_boolean(task, TRUE);
}

static void on_finished(GObject *source, GAsyncResult *result, void *data)
{
  Stream *stream = data;
  GTask *task = G_TASK(result);
  gboolean cancelled = g_cancellable_is_cancelled(g_task_get_cancellable(task));
  g_autoptr(GError) error = NULL;

  (void)source;
  deliver(stream, cancelled);
  if (cancelled)
    g_set_error_literal(&error, RETORT_ERROR, RETORT_ERROR_CANCELLED,
                        _("reading the git history was stopped"));
  if (stream->sink.done)
    stream->sink.done(error, stream->data);
  stream_unref(stream);
}

GitMemory *git_memory_new(void)
{
  GitMemory *memory = g_new0(GitMemory, 1);

  memory->references = 1;
  g_mutex_init(&memory->lock);
  return memory;
}

void git_memory_unref(GitMemory *memory)
{
  if (!memory || !g_atomic_int_dec_and_test(&memory->references))
    return;
  g_clear_pointer(&memory->known.introduced, g_hash_table_unref);
  g_mutex_clear(&memory->lock);
  g_free(memory);
}

void git_annotate(const Project *project, GitMemory *memory, GCancellable *cancellable,
                  const GitAnnotateSink *sink, void *data)
{
  Stream *stream = g_new0(Stream, 1);

  if (memory)
    g_atomic_int_inc(&memory->references);
  stream->memory = memory;
  stream->sink = *sink;
  stream->data = data;
  stream->context = g_main_context_ref_thread_default();
  stream->references = 2; /* the task's data and its callback */
  stream->project.name = g_strdup(project->name);
  stream->project.recursive = project->recursive;
  stream->project.version_locations = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < project->version_locations->len; i++)
    g_ptr_array_add(stream->project.version_locations, g_strdup(project->version_locations->pdata[i]));
  g_mutex_init(&stream->lock);
  GTask *task = g_task_new(NULL, cancellable, on_finished, stream);
  g_task_set_check_cancellable(task, FALSE);
  g_task_set_task_data(task, stream, stream_unref);
  g_task_run_in_thread(task, annotate_thread);
  g_object_unref(task);
}
