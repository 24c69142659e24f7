/* Listing version folders as Alembic does: names sorted, a folder's files before its subfolders, links followed to
 * files but not to folders.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"

#define MAX_OPEN_FOLDERS 64
/* No tree of migrations is this deep; a bind mount of a folder into itself is. */
#define MAX_FOLDER_DEPTH 40
/* How many folders and files are looked at for revisions that are not loaded, only to say so. */
#define MAX_LOOKS 300

/* One name in a folder. */
typedef struct {
  char *name;
  mode_t type; /* S_IFMT bits, of the link itself */
} Name;

static void name_clear(void *data)
{
  g_free(((Name *)data)->name);
}

static int compare_names(const void *a, const void *b)
{
  return strcmp(((const Name *)a)->name, ((const Name *)b)->name);
}

static void folder_free(void *data)
{
  LoadFolder *folder = data;

  if (folder->fd >= 0)
    close(folder->fd);
  g_free(folder->path);
  g_free(folder);
}

static void entry_clear(void *data)
{
  LoadEntry *entry = data;

  g_free(entry->name);
  g_free(entry->path);
  revision_free(entry->revision);
  revision_fault_clear(&entry->fault);
}

char *load_entry_path(const LoadEntry *entry)
{
  return entry->path ? g_strdup(entry->path)
                     : g_strconcat(entry->folder->path, G_DIR_SEPARATOR_S, entry->name, NULL);
}

static mode_t entry_type(int fd, const struct dirent *entry)
{
  struct stat st;

  if (entry->d_type != DT_UNKNOWN)
    return DTTOIF(entry->d_type);
  return fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode & S_IFMT : S_IFREG;
}

/* The names in a folder, sorted; NULL with errno set. */
static GArray *read_names(const char *path, int *fd)
{
  const struct dirent *entry;
  DIR *dir = opendir(path);

  if (!dir)
    return NULL;
  GArray *names = g_array_new(FALSE, FALSE, sizeof(Name));
  g_array_set_clear_func(names, name_clear);
  while ((entry = readdir(dir))) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    Name name = {.name = g_strdup(entry->d_name), .type = entry_type(dirfd(dir), entry)};
    g_array_append_val(names, name);
  }
  if (fd)
    *fd = fcntl(dirfd(dir), F_DUPFD_CLOEXEC, 3);
  closedir(dir);
  g_array_sort(names, compare_names);
  return names;
}

/* Where a link leads decides whether it is loaded, and under which name. */
static char *resolve_link(LoadListing *listing, const LoadFolder *folder, const char *name)
{
  g_autofree char *link = g_build_filename(folder->path, name, NULL);
  char *target = realpath(link, NULL);

  if (!target) {
    if (revision_file_name(name))
      diag_add(listing->diags, DIAG_ERROR, link, 0, 0, _("this link leads nowhere: %s"), g_strerror(errno));
    return NULL;
  }
  char *path = g_strdup(target);
  free(target);
  return path;
}

static gboolean seen_before(LoadListing *listing, const LoadEntry *entry)
{
  g_autofree char *path = load_entry_path(entry);

  if (g_hash_table_contains(listing->seen, path)) {
    /* Alembic's own words: not translated */
    g_ptr_array_add(
        listing->warnings,
        g_strdup_printf("File %s loaded twice! ignoring. Please ensure version_locations is unique.", path));
    return TRUE;
  }
  g_hash_table_add(listing->seen, g_steal_pointer(&path));
  return FALSE;
}

/* A link that looks like a revision file but leads to something that Alembic does not load. */
static void report_link(LoadListing *listing, const LoadFolder *folder, const char *name, const char *target)
{
  g_autofree char *link = g_build_filename(folder->path, name, NULL);

  if (target && revision_file_name(name) && !g_file_test(target, G_FILE_TEST_IS_DIR))
    diag_add(listing->diags, DIAG_WARNING, link, 0, 0,
             _("not loaded: this link leads to %s, which is no revision file"), target);
}

static void add_file(LoadListing *listing, const LoadFolder *folder, const Name *name)
{
  LoadEntry entry = {.folder = folder};
  gboolean link = S_ISLNK(name->type);

  if (!link && !revision_file_name(name->name))
    return;
  if (link) {
    entry.path = resolve_link(listing, folder, name->name);
    g_autofree char *base = entry.path ? g_path_get_basename(entry.path) : NULL;
    if (!base || !revision_file_name(base) || !g_file_test(entry.path, G_FILE_TEST_IS_REGULAR)) {
      report_link(listing, folder, name->name, entry.path);
      g_free(entry.path);
      return;
    }
  }
  entry.name = g_strdup(name->name);
  if (seen_before(listing, &entry))
    entry_clear(&entry);
  else
    g_array_append_val(listing->entries, entry);
}

/* Compiled files without their source: Alembic could load them, this program cannot. */
static void report_sourceless(LoadListing *listing, const LoadFolder *folder, const GArray *names,
                              const Name *name)
{
  gsize len = strlen(name->name);
  g_autofree char *source = g_strndup(name->name, len - 1);
  Name key = {.name = source};

  if (!bsearch(&key, names->data, names->len, sizeof(Name), compare_names)) {
    g_autofree char *path = g_build_filename(folder->path, name->name, NULL);
    diag_add(listing->diags, DIAG_ERROR, path, 0, 0,
             _("a compiled revision without its source; only Python can read it"));
  }
}

/* The first has to be read, to be sure that it is a revision; where there is one there are others. */
static void count_hidden_file(LoadListing *listing, const char *folder, const char *name)
{
  if (listing->hidden == 0) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(Revision) revision = ++listing->looked < MAX_LOOKS ? revision_read(path, NULL) : NULL;
    if (!revision)
      return;
    listing->hidden_folder = g_strdup(folder);
  }
  listing->hidden++;
}

/* Revision files below a folder that is not looked into. */
static void count_hidden(LoadListing *listing, const char *parent, const char *name, guint depth)
{
  g_autofree char *path = g_build_filename(parent, name, NULL);
  gboolean skip = depth >= MAX_FOLDER_DEPTH || listing->looked >= MAX_LOOKS ||
                  g_hash_table_contains(listing->locations, path);
  listing->looked++;
  g_autoptr(GArray) names = skip ? NULL : read_names(path, NULL);

  for (guint i = 0; names && i < names->len; i++) {
    const Name *entry = &g_array_index(names, Name, i);
    if (S_ISDIR(entry->type) && !g_str_has_suffix(entry->name, "__pycache__")) {
      count_hidden(listing, path, entry->name, depth + 1);
    } else if (S_ISREG(entry->type) && revision_file_name(entry->name)) {
      count_hidden_file(listing, path, entry->name);
    }
  }
}

static void list_folder(LoadListing *listing, const char *path, guint depth)
{
  LoadFolder *folder = g_new0(LoadFolder, 1);
  gboolean keep = listing->folders->len < MAX_OPEN_FOLDERS;

  folder->path = g_strdup(path);
  folder->fd = -1;
  g_ptr_array_add(listing->folders, folder);
  g_autoptr(GArray) names = read_names(path, keep ? &folder->fd : NULL);
  if (!names) {
    diag_add(listing->diags, DIAG_ERROR, path, 0, 0, _("this folder cannot be listed: %s"),
             g_strerror(errno));
    return;
  }
  for (guint i = 0; i < names->len; i++) {
    const Name *name = &g_array_index(names, Name, i);
    if (S_ISDIR(name->type))
      continue;
    if (listing->sourceless && (g_str_has_suffix(name->name, ".pyc") || g_str_has_suffix(name->name, ".pyo")))
      report_sourceless(listing, folder, names, name);
    else
      add_file(listing, folder, name);
  }
  for (guint i = 0; i < names->len; i++) {
    const Name *name = &g_array_index(names, Name, i);
    if (!S_ISDIR(name->type) || g_str_has_suffix(name->name, "__pycache__"))
      continue;
    if (!listing->recursive) {
      count_hidden(listing, path, name->name, depth + 1);
    } else if (depth < MAX_FOLDER_DEPTH) {
      g_autofree char *below = g_build_filename(path, name->name, NULL);
      list_folder(listing, below, depth + 1);
    }
  }
}

void load_list(LoadListing *listing, const Project *project)
{
  guint n = project->version_locations->len;

  *listing = (LoadListing){.recursive = project->recursive, .sourceless = project->sourceless};
  listing->folders = g_ptr_array_new_with_free_func(folder_free);
  listing->entries = g_array_new(FALSE, TRUE, sizeof(LoadEntry));
  listing->warnings = g_ptr_array_new_with_free_func(g_free);
  listing->diags = diag_list_new();
  g_array_set_clear_func(listing->entries, entry_clear);
  listing->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  listing->locations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) real_paths = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < n; i++) {
    char *real = realpath(project->version_locations->pdata[i], NULL);
    if (!real || !g_file_test(real, G_FILE_TEST_IS_DIR)) {
      free(real);
      continue;
    }
    g_ptr_array_add(real_paths, g_strdup(real));
    g_hash_table_add(listing->locations, g_strdup(real));
    free(real);
  }
  for (guint i = 0; i < real_paths->len; i++)
    list_folder(listing, real_paths->pdata[i], 0);
}

void load_listing_clear(LoadListing *listing)
{
  g_array_free(listing->entries, TRUE);
  g_ptr_array_free(listing->folders, TRUE);
  g_ptr_array_free(listing->warnings, TRUE);
  g_hash_table_destroy(listing->seen);
  g_hash_table_destroy(listing->locations);
  diag_list_free(listing->diags);
  g_free(listing->hidden_folder);
}
