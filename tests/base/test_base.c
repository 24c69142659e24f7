#include <criterion/criterion.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "retort/base/arena.h"
#include "retort/base/diag.h"
#include "retort/base/error.h"
#include "retort/base/file.h"

Test(arena, memory_is_zeroed_aligned_and_distinct)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  guint8 *previous = NULL;
  for (gsize size = 1; size < 700000; size = size * 3 + 1) {
    guint8 *block = arena_alloc(arena, size);
    cr_expect((gsize)block % 16 == 0, "%zu bytes at %p", size, (void *)block);
    for (gsize i = 0; i < size; i++)
      cr_assert(block[i] == 0, "byte %zu of %zu is %u", i, size, block[i]);
    memset(block, 0xAA, size);
    cr_expect(block != previous);
    previous = block;
  }
}

static void count_up(gpointer data)
{
  (*(int *)data)++;
}

Test(arena, owned_data_goes_with_it)
{
  int freed = 0;
  Arena *arena = arena_new(ARENA_NO_LIMIT);
  arena_own(arena, &freed, count_up);
  arena_own(arena, &freed, count_up);
  arena_free(arena);
  cr_assert(freed == 2, "freed %d times", freed);
}

Test(arena, an_image_is_put_back)
{
  int freed = 0;
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  char *kept = arena_strdup(arena, "kept");
  char *large = arena_alloc(arena, 300 * 1024);
  large[300 * 1024 - 1] = 'x';
  gsize used = arena_used(arena);
  ArenaImage *image = arena_save(arena);
  for (guint round = 1; round <= 3; round++) {
    kept[0] = 'K';
    large[300 * 1024 - 1] = 'y';
    for (guint i = 0; i < 1000; i++)
      arena_alloc(arena, i % 10 == 0 ? 20000 : 100);
    arena_own(arena, &freed, count_up);
    arena_restore(arena, image);
    cr_expect_str_eq(kept, "kept");
    cr_expect_eq(large[300 * 1024 - 1], 'x');
    cr_expect_eq(arena_used(arena), used, "round %u: %zu instead of %zu", round, arena_used(arena), used);
    cr_expect_eq(freed, (int)round, "round %u: freed %d times", round, freed);
    char *fresh = arena_alloc(arena, 64);
    for (guint i = 0; i < 64; i++)
      cr_expect_eq(fresh[i], 0, "memory handed out again is not zeroed");
  }
  arena_image_free(image);
}

Test(arena, the_limit_is_reported_and_not_enforced)
{
  g_autoptr(Arena) arena = arena_new(1000);
  cr_assert(!arena_exhausted(arena));
  cr_assert_not_null(arena_alloc(arena, 2000));
  cr_assert(arena_exhausted(arena));
}

Test(arena, strings_are_copied)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  char *s = arena_strndup(arena, "abcdef", 3);
  cr_assert_str_eq(s, "abc");
  cr_assert_null(arena_strdup(arena, NULL));
  cr_assert_str_eq(arena_printf(arena, "%d-%s", 7, "x"), "7-x");
}

Test(diag, a_line_names_place_and_escapes_the_text)
{
  g_autoptr(DiagList) list = diag_list_new();
  diag_add(list, DIAG_ERROR, "versions/a.py", 3, 7, "bad %s", "\x1b[2J");
  diag_add(list, DIAG_WARNING, NULL, 0, 0, "general");
  g_autofree char *first = diag_format(g_ptr_array_index(list->items, 0));
  g_autofree char *second = diag_format(g_ptr_array_index(list->items, 1));
  cr_expect_str_eq(first, "versions/a.py:3:7: error: bad ^[[2J", "got \"%s\"", first);
  cr_expect_str_eq(second, "warning: general", "got \"%s\"", second);
  cr_expect(diag_count(list, DIAG_ERROR) == 1);
  g_autoptr(DiagList) all = diag_list_new();
  diag_list_take(all, list);
  cr_expect(all->items->len == 2 && list->items->len == 0);
}

static char *scratch_folder(void)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp("retort-test-XXXXXX", &error);
  cr_assert_not_null(folder, "%s", error != NULL ? error->message : "");
  return folder;
}

Test(file, only_regular_files_within_the_limit_are_read, .timeout = 10)
{
  g_autofree char *folder = scratch_folder();
  g_autofree char *fifo = g_build_filename(folder, "fifo.py", NULL);
  g_autofree char *plain = g_build_filename(folder, "plain.py", NULL);
  cr_assert(mkfifo(fifo, 0600) == 0);
  cr_assert(g_file_set_contents(plain, "a\0b", 3, NULL));
  const char *refused[] = {fifo, folder, "/dev/zero", "/nowhere/at/all"};
  for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *data = file_read(refused[i], FILE_LIMIT, NULL, NULL, &error);
    cr_expect_null(data, "%s was read", refused[i]);
    cr_expect(g_error_matches(error, RETORT_ERROR, RETORT_ERROR_FILE), "%s", refused[i]);
    cr_expect(error != NULL && strstr(error->message, refused[i]) != NULL, "the message does not name %s",
              refused[i]);
  }
  gsize len = 0;
  g_autofree char *data = file_read(plain, FILE_LIMIT, &len, NULL, NULL);
  cr_expect(len == 3 && memcmp(data, "a\0b", 4) == 0);
  g_autoptr(GError) error = NULL;
  cr_expect_null(file_read(plain, 2, NULL, NULL, &error));
  cr_expect_not_null(error);
  g_unlink(fifo);
  g_unlink(plain);
  g_rmdir(folder);
}

Test(file, a_stamp_changes_with_the_file_and_a_write_keeps_the_mode)
{
  g_autofree char *folder = scratch_folder();
  g_autofree char *path = g_build_filename(folder, "x.py", NULL);
  cr_assert(g_file_set_contents(path, "one", -1, NULL));
  cr_assert(g_chmod(path, 0640) == 0);
  FileStamp before, after;
  cr_assert(file_stamp(path, &before) && file_stamp(path, &after));
  cr_expect(file_stamp_equal(&before, &after));
  cr_assert(file_write_atomic(path, "three", 5, NULL));
  cr_assert(file_stamp(path, &after));
  cr_expect(!file_stamp_equal(&before, &after));
  struct stat st;
  cr_assert(stat(path, &st) == 0);
  cr_expect((st.st_mode & 07777) == 0640, "mode is %o", (unsigned)st.st_mode & 07777);
  g_unlink(path);
  cr_expect(!file_stamp(path, &after));
  g_rmdir(folder);
}

Test(file, names_are_sorted_by_code_point_and_paths_shortened)
{
  g_autofree char *folder = scratch_folder();
  const char *names[] = {"b.py", "B.py", "a.py", "é.py", "_x.py"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_build_filename(folder, names[i], NULL);
    cr_assert(g_file_set_contents(path, "", 0, NULL));
  }
  g_auto(GStrv) listed = file_list(folder, NULL);
  g_autofree char *joined = g_strjoinv(" ", listed);
  cr_expect_str_eq(joined, "B.py _x.py a.py b.py é.py", "got %s", joined);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_build_filename(folder, names[i], NULL);
    g_unlink(path);
  }
  g_rmdir(folder);
  g_autofree char *below = file_relative("/a/b/c.py", "/a/b/"), *beside = file_relative("/a/bc/d.py", "/a/b");
  cr_expect_str_eq(below, "c.py");
  cr_expect_str_eq(beside, "/a/bc/d.py");
}
