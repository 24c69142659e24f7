/* revision_map_load(): lists the files, reads and scans them, builds the map.
 *
 * Reading is spread over threads when there is enough of it.  Results and faults are kept by position and collected
 * in order, so that the outcome does not depend on the threads.
 */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <sys/stat.h>
#include <unistd.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "revision_module.h"

/* Below this many files a thread costs more than it saves. */
#define FILES_PER_THREAD 400
#define MAX_THREADS 8
/* Files a thread takes at a time. */
#define BATCH 32

typedef struct {
  LoadEntry *entries;
  guint n_entries;
  gint next;
} Work;

/* What a thread uses again for every file. */
typedef struct {
  char *data;
  gsize size;
  GArray *bindings;
} Scratch;

static gboolean fail(LoadEntry *entry, const char *format, const char *detail)
{
  entry->fault = (RevisionFault){.code = RETORT_ERROR_FILE, .text = g_strdup_printf(format, detail)};
  return FALSE;
}

/* All of a regular file into the scratch buffer. */
static gboolean read_fd(LoadEntry *entry, int fd, Scratch *scratch, gsize *len, FileStamp *stamp)
{
  struct stat st;

  if (fstat(fd, &st) != 0)
    return fail(entry, "%s", g_strerror(errno));
  if (!S_ISREG(st.st_mode))
    return fail(entry, "%s", _("not a regular file"));
  if ((guint64)st.st_size > FILE_LIMIT)
    return fail(entry, "%s", _("larger than any migration: not read"));
  gsize size = (gsize)st.st_size;
  if (scratch->size < size + 1) {
    scratch->size = MAX(size + 1, 2 * scratch->size);
    scratch->data = g_realloc(scratch->data, scratch->size);
  }
  for (*len = 0; *len < size;) {
    gssize n = read(fd, scratch->data + *len, size - *len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail(entry, "%s", g_strerror(errno));
    if (n == 0)
      break;
    *len += (gsize)n;
  }
  scratch->data[*len] = '\0';
  *stamp = (FileStamp){.mtime_ns = (gint64)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
                       .size = size,
                       .inode = st.st_ino,
                       .device = st.st_dev};
  return TRUE;
}

static void load_entry(LoadEntry *entry, Scratch *scratch)
{
  /* without O_NONBLOCK a FIFO would wait for a writer */
  int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  g_autofree char *path = load_entry_path(entry);
  gboolean relative = entry->folder->fd >= 0 && !entry->path;
  int fd = relative ? openat(entry->folder->fd, entry->name, flags) : open(path, flags);
  FileStamp stamp;
  gsize len;

  if (fd < 0) {
    fail(entry, _("cannot be read: %s"), g_strerror(errno));
    return;
  }
  if (read_fd(entry, fd, scratch, &len, &stamp))
    entry->revision = revision_scan(path, path, scratch->data, len, scratch->bindings, &entry->fault);
  if (entry->revision)
    entry->revision->stamp = stamp;
  close(fd);
}

static void *work(void *data)
{
  Work *work = data;
  Scratch scratch = {.bindings = g_array_sized_new(FALSE, FALSE, sizeof(Binding), 64)};

  for (;;) {
    guint from = (guint)g_atomic_int_add(&work->next, BATCH);
    if (from >= work->n_entries)
      break;
    for (guint i = from; i < MIN(from + BATCH, work->n_entries); i++)
      load_entry(&work->entries[i], &scratch);
  }
  g_free(scratch.data);
  g_array_free(scratch.bindings, TRUE);
  return NULL;
}

void load_read(LoadListing *listing)
{
  guint n = listing->entries->len;
  Work shared = {.entries = (LoadEntry *)listing->entries->data, .n_entries = n};
  guint n_threads = MIN(MIN(g_get_num_processors(), n / FILES_PER_THREAD), MAX_THREADS);
  GThread *threads[MAX_THREADS];

  for (guint i = 1; i < n_threads; i++)
    threads[i] = g_thread_try_new("load", work, &shared, NULL);
  work(&shared);
  for (guint i = 1; i < n_threads; i++)
    if (threads[i])
      g_thread_join(threads[i]);
}

/* Revisions and faults in load order; *fault becomes the first that Alembic would stop at. */
static GPtrArray *collect(LoadListing *listing, GError **fault)
{
  GPtrArray *revisions = g_ptr_array_new_full(listing->entries->len, NULL);

  for (guint i = 0; i < listing->entries->len; i++) {
    LoadEntry *entry = &g_array_index(listing->entries, LoadEntry, i);
    if (entry->revision) {
      g_ptr_array_add(revisions, g_steal_pointer(&entry->revision));
      continue;
    }
    g_autofree char *path = load_entry_path(entry);
    diag_add(listing->diags, DIAG_ERROR, path, entry->fault.line, 0, "%s", entry->fault.text);
    diag_about(listing->diags, entry->fault.id);
    if (*fault || entry->fault.code == RETORT_ERROR_FILE)
      continue;
    if (entry->fault.code == RETORT_ERROR_COMMAND)
      g_set_error_literal(fault, RETORT_ERROR, entry->fault.code, entry->fault.text);
    else
      g_set_error(fault, RETORT_ERROR, entry->fault.code, "%s:%u: %s", path, entry->fault.line,
                  entry->fault.text);
  }
  return revisions;
}

static void report_hidden(const LoadListing *listing)
{
  if (listing->hidden)
    diag_add(
        listing->diags, DIAG_WARNING, listing->hidden_folder, 0, 0,
        ngettext("%u revision file in a subfolder is not loaded: version_locations does not name it and "
                 "recursive_version_locations is not set (the project may set them in its own code)",
                 "%u revision files in subfolders are not loaded: version_locations does not name them and "
                 "recursive_version_locations is not set (the project may set them in its own code)",
                 listing->hidden),
        listing->hidden);
}

RevisionMap *revision_map_load(const Project *project, GError **error)
{
  g_autoptr(GError) fault = NULL;
  LoadListing listing;

  if (project->version_locations->len == 0 && !project->script_location) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG, _("%s has no folder of revision files"),
                project->name);
    return NULL;
  }
  load_list(&listing, project);
  load_read(&listing);
  GPtrArray *revisions = collect(&listing, &fault);
  report_hidden(&listing);
  RevisionMap *map = revision_map_new(revisions);
  /* files are read before the map is built, so their faults and warnings come first */
  g_ptr_array_extend_and_steal(listing.warnings, g_steal_pointer(&map->warnings));
  map->warnings = g_steal_pointer(&listing.warnings);
  listing.warnings = g_ptr_array_new();
  diag_list_take(listing.diags, map->diags);
  diag_list_take(map->diags, listing.diags);
  if (fault) {
    g_clear_error(&map->fault);
    map->fault = g_steal_pointer(&fault);
  }
  load_listing_clear(&listing);
  return map;
}
