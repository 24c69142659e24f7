#include "retort/run/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "retort/base/error.h"
#include "retort/base/file.h"

/* A rollout of a thousand statements writes half a megabyte; what is larger is no journal. */
#define JOURNAL_LIMIT ((gsize)64 * 1024 * 1024)

struct Journal {
  char *path;
  int fd;
  GError *error;
  GThread *flusher; /* NULL until it is needed */
  GMutex lock;      /* of what follows */
  GCond changed;
  gboolean due, closing;
};

/* A file system that commits our lines holds up others who make files on it, a PostgreSQL on this machine among them: so
 * a crowd of short transactions shares a flush. */
#define FLUSH_GAP_US (100 * 1000)

/* Tries for the lock of a new file, a millisecond apart. */
#define HOLD_TRIES 200

static char *shared_folder;

void journal_share(const char *folder)
{
  g_free(shared_folder);
  shared_folder = g_strdup(folder);
}

static char *default_folder(void)
{
  if (shared_folder != NULL)
    return g_strdup(shared_folder);
  return g_build_filename(g_get_user_state_dir(), "retort", "journal", NULL);
}

static char *now_text(const char *format)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  return g_date_time_format(now, format);
}

static void set_file_error(GError **error, const char *path, const char *what)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, "%s: %s: %s", path, what, g_strerror(errno));
}

/* ---- Writing --------------------------------------------------------------------------------------------------- */

static gboolean write_all(int fd, const char *data, gsize len)
{
  while (len > 0) {
    gssize n = write(fd, data, len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    data += n;
    len -= (gsize)n;
  }
  return TRUE;
}

static void *flush_in_thread(void *data)
{
  Journal *journal = data;
  gint64 last = g_get_monotonic_time() - FLUSH_GAP_US;
  g_mutex_lock(&journal->lock);
  while (journal->due || !journal->closing) {
    while (!journal->due && !journal->closing)
      g_cond_wait(&journal->changed, &journal->lock);
    while (!journal->closing && g_cond_wait_until(&journal->changed, &journal->lock, last + FLUSH_GAP_US))
      ;
    if (!journal->due)
      continue;
    journal->due = FALSE;
    g_mutex_unlock(&journal->lock);
    fdatasync(journal->fd);
    last = g_get_monotonic_time();
    g_mutex_lock(&journal->lock);
  }
  g_mutex_unlock(&journal->lock);
  return NULL;
}

static void flush_soon(Journal *journal)
{
  if (journal->flusher == NULL)
    journal->flusher = g_thread_new("journal", flush_in_thread, journal);
  g_mutex_lock(&journal->lock);
  journal->due = TRUE;
  g_cond_signal(&journal->changed);
  g_mutex_unlock(&journal->lock);
}

static void stop_flusher(Journal *journal)
{
  if (journal->flusher == NULL)
    return;
  g_mutex_lock(&journal->lock);
  journal->closing = TRUE;
  g_cond_signal(&journal->changed);
  g_mutex_unlock(&journal->lock);
  g_thread_join(g_steal_pointer(&journal->flusher));
}

void journal_write(Journal *journal, const char *event, JsonObject *details, JournalSync sync)
{
  g_autoptr(JsonObject) line = json_object_new();
  g_autofree char *time = now_text("%Y-%m-%dT%H:%M:%S.%fZ");
  json_object_set_string_member(line, "time", time);
  json_object_set_string_member(line, "event", event);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  if (details != NULL) {
    json_object_iter_init_ordered(&iter, details);
    while (json_object_iter_next_ordered(&iter, &name, &value))
      json_object_set_member(line, name, json_node_copy(value));
    json_object_unref(details);
  }
  g_autoptr(JsonNode) node = json_node_alloc();
  json_node_init_object(node, line);
  g_autofree char *text = json_to_string(node, FALSE);
  g_autofree char *whole = g_strconcat(text, "\n", NULL);
  g_clear_error(&journal->error);
  if (!write_all(journal->fd, whole, strlen(whole)) || (sync == JOURNAL_NOW && fdatasync(journal->fd) != 0))
    set_file_error(&journal->error, journal->path, _("the record cannot be written"));
  else if (sync == JOURNAL_SOON)
    flush_soon(journal);
}

static JsonObject *head_object(const JournalHead *head)
{
  JsonObject *object = json_object_new();
  g_autofree char *who = g_strdup_printf("%s@%s", g_get_user_name(), g_get_host_name());
  const char *const members[][2] = {{"who", who},
                                    {"database", head->database},
                                    {"system", head->system_id},
                                    {"project", head->project},
                                    {"command", head->command}};
  for (guint i = 0; i < G_N_ELEMENTS(members); i++)
    if (members[i][1] != NULL)
      json_object_set_string_member(object, members[i][0], members[i][1]);
  json_object_set_int_member(object, "pid", getpid());
  return object;
}

/* The folder's own entry has to survive as well, or the file is lost with all its lines. */
static void sync_folder(const char *folder)
{
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return;
  fsync(fd);
  close(fd);
}

/* Somebody who looks whether it is at work holds it for an instant (journal_alive()). */
static void hold(int fd)
{
  for (guint i = 0; i < HOLD_TRIES && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; i++)
    g_usleep(1000);
}

Journal *journal_new_in(const char *folder, const JournalHead *head, GError **error)
{
  gboolean shared = g_strcmp0(folder, shared_folder) == 0;
  if (!shared && g_mkdir_with_parents(folder, 0700) != 0) {
    set_file_error(error, folder, _("the folder of the record cannot be made"));
    return NULL;
  }
  g_autofree char *stamp = now_text("%Y%m%dT%H%M%S.%fZ");
  g_autofree char *name = g_strdup_printf("%s-%d.jsonl", stamp, (int)getpid());
  g_autoptr(Journal) journal = g_new0(Journal, 1);
  g_mutex_init(&journal->lock);
  g_cond_init(&journal->changed);
  journal->path = g_build_filename(folder, name, NULL);
  journal->fd = open(journal->path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (journal->fd < 0) {
    set_file_error(error, journal->path, _("the record cannot be made"));
    return NULL;
  }
  /* Held while this process lives: that is how others tell a rollout at work from one that was killed. */
  hold(journal->fd);
  if (shared && fchmod(journal->fd, 0640) != 0) {
    set_file_error(error, journal->path, _("the record cannot be shared"));
    return NULL;
  }
  journal_write(journal, "start", head_object(head), JOURNAL_NOW);
  sync_folder(folder);
  if (journal->error != NULL) {
    g_propagate_error(error, g_steal_pointer(&journal->error));
    return NULL;
  }
  return g_steal_pointer(&journal);
}

Journal *journal_new(const JournalHead *head, GError **error)
{
  g_autofree char *folder = default_folder();
  return journal_new_in(folder, head, error);
}

void journal_free(Journal *journal)
{
  if (journal == NULL)
    return;
  stop_flusher(journal);
  if (journal->fd >= 0)
    close(journal->fd);
  g_clear_error(&journal->error);
  g_mutex_clear(&journal->lock);
  g_cond_clear(&journal->changed);
  g_free(journal->path);
  g_free(journal);
}

const char *journal_path(const Journal *journal)
{
  return journal->path;
}

const GError *journal_error(const Journal *journal)
{
  return journal->error;
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

GPtrArray *journal_read(const char *path, GError **error)
{
  gsize len;
  g_autofree char *text = file_read(path, JOURNAL_LIMIT, &len, NULL, error);
  if (text == NULL)
    return NULL;
  GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
  g_autoptr(JsonParser) parser = json_parser_new();
  for (char *line = text, *end; (end = memchr(line, '\n', len - (gsize)(line - text))) != NULL;
       line = end + 1) {
    if (!json_parser_load_from_data(parser, line, end - line, NULL))
      continue;
    JsonNode *root = json_parser_get_root(parser);
    if (root != NULL && JSON_NODE_HOLDS_OBJECT(root))
      g_ptr_array_add(lines, json_node_dup_object(root));
  }
  return lines;
}

void journal_entry_free(JournalEntry *entry)
{
  if (entry == NULL)
    return;
  char *texts[] = {entry->path, entry->time,    entry->database, entry->system_id,
                   entry->who,  entry->project, entry->command,  entry->rows};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_free(entry);
}

/* A member of whatever type, as it may have been written by anybody; NULL unless it is a string. */
static const char *string_member(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
             ? json_node_get_string(node)
             : NULL;
}

static gint64 int_member(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
}

gboolean journal_alive(const char *path)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return FALSE;
  gboolean held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(fd);
  return held;
}

static void take_line(JournalEntry *entry, JsonObject *line)
{
  static const struct {
    const char *event;
    JournalOutcome outcome;
  } ends[] = {{"done", JOURNAL_DONE}, {"failed", JOURNAL_FAILED}, {"cancelled", JOURNAL_CANCELLED}};
  const char *event = string_member(line, "event");
  entry->begun = entry->begun || g_strcmp0(event, "step") == 0;
  if (g_strcmp0(event, "commit") == 0) {
    entry->steps = (guint)int_member(line, "steps");
    g_free(entry->rows);
    entry->rows = g_strdup(string_member(line, "rows"));
  }
  for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
    if (g_strcmp0(event, ends[i].event) != 0)
      continue;
    entry->outcome = ends[i].outcome;
    g_free(entry->rows);
    entry->rows = g_strdup(string_member(line, "rows"));
  }
}

static JournalEntry *entry_from_file(const char *path)
{
  g_autoptr(GPtrArray) lines = journal_read(path, NULL);
  if (lines == NULL || lines->len == 0)
    return NULL;
  JsonObject *head = g_ptr_array_index(lines, 0);
  if (g_strcmp0(string_member(head, "event"), "start") != 0)
    return NULL;
  JournalEntry *entry = g_new0(JournalEntry, 1);
  entry->path = g_strdup(path);
  entry->time = g_strdup(string_member(head, "time"));
  entry->database = g_strdup(string_member(head, "database"));
  entry->system_id = g_strdup(string_member(head, "system"));
  entry->who = g_strdup(string_member(head, "who"));
  entry->project = g_strdup(string_member(head, "project"));
  entry->command = g_strdup(string_member(head, "command"));
  entry->pid = (gint)int_member(head, "pid");
  entry->outcome = JOURNAL_OPEN;
  for (guint i = 1; i < lines->len; i++)
    take_line(entry, g_ptr_array_index(lines, i));
  entry->alive = entry->outcome == JOURNAL_OPEN && journal_alive(path);
  return entry;
}

GPtrArray *journal_list_in(const char *folder, GError **error)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func((GDestroyNotify)journal_entry_free);
  if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
    return entries;
  g_auto(GStrv) names = file_list(folder, error);
  if (names == NULL) {
    g_ptr_array_unref(entries);
    return NULL;
  }
  /* Names begin with the time, so backwards is newest first. */
  for (guint i = g_strv_length(names); i-- > 0;) {
    if (!g_str_has_suffix(names[i], ".jsonl"))
      continue;
    g_autofree char *path = g_build_filename(folder, names[i], NULL);
    JournalEntry *entry = entry_from_file(path);
    if (entry != NULL)
      g_ptr_array_add(entries, entry);
  }
  return entries;
}

GPtrArray *journal_list(GError **error)
{
  g_autofree char *folder = default_folder();
  return journal_list_in(folder, error);
}
