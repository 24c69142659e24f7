/* The ini reader, and interpolation of all it found. */
#include <stdint.h>

#include "retort/base/ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const defaults[] = {"here", "/x", NULL};
  g_autoptr(Ini) ini = ini_parse("x.ini", (const char *)data, size, defaults, NULL);
  g_auto(GStrv) sections = ini ? ini_sections(ini) : NULL;

  for (char **section = sections; section && *section; section++) {
    g_auto(GStrv) keys = ini_keys(ini, *section);
    for (char **key = keys; *key; key++) {
      g_autoptr(GError) error = NULL;
      g_autofree char *value = ini_get(ini, *section, *key, &error);
      g_assert((value == NULL) == (error != NULL));
    }
  }
  return 0;
}
