/* The record of rollouts. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "retort/base/error.h"
#include "rollout_support.h"

static char *folder_new(void)
{
  return g_dir_make_tmp("retort-journal-XXXXXX", NULL);
}

static void folder_remove(const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_unlink(path);
  }
  g_rmdir(folder);
}

static const JournalHead head = {"app@db1:5432/shop", "7311", "/srv/shop", "upgrade head"};

static JournalEntry *only_entry(GPtrArray *entries)
{
  cr_assert(entries != NULL && entries->len == 1, "one entry");
  return g_ptr_array_index(entries, 0);
}

static char *events(GPtrArray *lines)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf(out, "%s%s", i > 0 ? " " : "",
                           json_object_get_string_member(g_ptr_array_index(lines, i), "event"));
  return g_string_free(out, FALSE);
}

Test(journal, tells_what_a_rollout_did)
{
  g_autofree char *folder = folder_new();
  g_autoptr(Journal) journal = journal_new_in(folder, &head, NULL);
  cr_assert(journal != NULL, "a journal");
  g_autoptr(RolloutFixture) f = rollout_fixture_new("journal_tells");
  f->options.journal = journal;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "SELECT 'caf\xc3\xa9 \xff'", NULL);
  rollout_fixture_run(f, "");
  g_autoptr(GPtrArray) lines = journal_read(journal_path(journal), NULL);
  g_autofree char *text = events(lines);
  cr_expect(strcmp(text,
                   "start started step begin statement statement-done statement statement-done statement "
                   "statement-done committing commit step-done step begin statement failed") == 0,
            "%s", text);
  JsonObject *commit = g_ptr_array_index(lines, 10);
  cr_expect(json_object_has_member(commit, "xid"), "the transaction's id is written before COMMIT");
  cr_expect(strcmp(json_object_get_string_member(commit, "rows_after"), "a") == 0, "and what it will change");
  JsonObject *failed = g_ptr_array_index(lines, lines->len - 1);
  cr_expect(strcmp(json_object_get_string_member(failed, "sqlstate"), "22021") == 0, "what went wrong");
  g_autoptr(GPtrArray) entries = journal_list_in(folder, NULL);
  JournalEntry *entry = only_entry(entries);
  cr_expect(entry->outcome == JOURNAL_FAILED && entry->steps == 1, "failed after one step, not %u",
            entry->steps);
  cr_expect(strcmp(entry->rows, "a") == 0, "stands at %s", entry->rows);
  cr_expect(strcmp(entry->database, head.database) == 0 && strcmp(entry->command, head.command) == 0,
            "where and what");
  cr_expect(entry->pid == getpid() && !entry->alive, "over");
  GStatBuf info;
  cr_expect(g_stat(journal_path(journal), &info) == 0 && (info.st_mode & 0777) == 0600, "for its owner only");
  folder_remove(folder);
}

Test(journal, knows_a_rollout_at_work_from_one_that_was_killed)
{
  g_autofree char *folder = folder_new();
  Journal *journal = journal_new_in(folder, &head, NULL);
  g_autoptr(GPtrArray) working = journal_list_in(folder, NULL);
  cr_expect(only_entry(working)->outcome == JOURNAL_OPEN && only_entry(working)->alive, "at work");
  JsonObject *details = json_object_new();
  json_object_set_int_member(details, "steps", 2);
  json_object_set_string_member(details, "rows", "b");
  journal_write(journal, "commit", details, JOURNAL_SOON);
  journal_free(journal);
  g_autoptr(GPtrArray) killed = journal_list_in(folder, NULL);
  JournalEntry *entry = only_entry(killed);
  cr_expect(entry->outcome == JOURNAL_OPEN && !entry->alive, "killed");
  cr_expect(entry->steps == 2 && strcmp(entry->rows, "b") == 0, "after two steps");
  folder_remove(folder);
}

Test(journal, bears_torn_and_foreign_files)
{
  static const char *const files[][2] = {
      {"1.jsonl", ""},
      {"2.jsonl", "{\"event\":\"start\",\"database\":17,\"pid\":\"x\"}\n[1]\nnull\n{\"event\":\"done\","
                  "\"rows\":[]}\n{\"torn"},
      {"3.jsonl", "not json\n"},
      {"4.txt", "{\"event\":\"start\"}\n"},
      {"5.jsonl", "{\"event\":\"commit\"}\n"},
      {"6.jsonl", "{\"event\":\"start\",\"time\":\"t\"}\n{\"event\":\"commit\",\"steps\":\"many\"}\n"},
  };
  g_autofree char *folder = folder_new();
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(folder, files[i][0], NULL);
    cr_assert(g_file_set_contents(path, files[i][1], -1, NULL), "written");
  }
  g_autoptr(GPtrArray) entries = journal_list_in(folder, NULL);
  cr_assert(entries->len == 2, "%u entries", entries->len);
  JournalEntry *second = g_ptr_array_index(entries, 1);
  cr_expect(g_str_has_suffix(second->path, "2.jsonl") && second->outcome == JOURNAL_DONE, "newest first: %s",
            second->path);
  cr_expect(second->database == NULL && second->rows == NULL, "wrong types are left out");
  g_autoptr(GPtrArray) none = journal_list_in("/nonexistent", NULL);
  cr_expect(none != NULL && none->len == 0, "no folder, no entries");
  folder_remove(folder);
}

Test(journal, may_be_shared_with_a_group)
{
  g_autofree char *folder = folder_new();
  mode_t before = umask(077);
  journal_share(folder);
  g_autoptr(Journal) journal = journal_new(&head, NULL);
  cr_assert(journal != NULL, "a record in the shared folder");
  struct stat made;
  cr_assert(stat(journal_path(journal), &made) == 0, "%s", journal_path(journal));
  cr_expect((made.st_mode & 0777) == 0640, "its group may read it: %o", (unsigned)made.st_mode);
  g_autoptr(GPtrArray) entries = journal_list(NULL);
  cr_expect(entries->len == 1 && ((JournalEntry *)g_ptr_array_index(entries, 0))->alive, "%u at work",
            entries->len);
  folder_remove(folder);
  /* It is the administrator's to make. */
  g_autoptr(GError) error = NULL;
  cr_expect(journal_new(&head, &error) == NULL && error != NULL, "the folder is gone");
  journal_share(NULL);
  umask(before);
}

Test(journal, says_when_it_cannot_be_written)
{
  g_autoptr(GError) error = NULL;
  cr_expect(journal_new_in("/proc/nowhere", &head, &error) == NULL, "no journal there");
  cr_expect(g_error_matches(error, RETORT_ERROR, RETORT_ERROR_FILE), "%s", error->message);
}
