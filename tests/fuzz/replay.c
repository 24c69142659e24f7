/* Runs a fuzz target over stored inputs, so that what fuzzing once found stays fixed without a fuzzer at hand.
 *
 *   tests/fuzz/NAME [FILE|FOLDER...]    without arguments: tests/fuzz/corpus/NAME below $srcdir
 */
#include <gio/gio.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static guint run(const char *path)
{
  g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
  const char *name;
  guint n = 0;
  gsize len;

  if (!folder) {
    g_autofree char *data = NULL;
    if (!g_file_get_contents(path, &data, &len, NULL))
      return 0;
    /* an exact copy, so that a sanitizer sees a read past its end */
    g_autofree uint8_t *copy = g_memdup2(data, len);
    LLVMFuzzerTestOneInput(copy, len);
    return 1;
  }
  while ((name = g_dir_read_name(folder))) {
    g_autofree char *file = g_build_filename(path, name, NULL);
    n += run(file);
  }
  return n;
}

int main(int argc, char **argv)
{
  const char *srcdir = g_getenv("srcdir");
  g_autofree char *name = g_path_get_basename(argv[0]);
  g_autofree char *corpus = g_build_filename(srcdir ? srcdir : ".", "tests/fuzz/corpus", name, NULL);
  guint n = argc > 1 ? 0 : run(corpus);

  for (int i = 1; i < argc; i++)
    n += run(argv[i]);
  printf("%s: %u inputs\n", name, n);
  return n == 0;
}
