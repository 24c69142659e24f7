/* The TOML reader. */
#include <stdint.h>

#include "retort/base/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gsize weigh(const TomlValue *value)
{
  gsize n = 1;

  for (guint i = 0; value->items && i < value->items->len; i++)
    n += weigh(value->items->pdata[i]);
  return n + value->len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Toml) toml = toml_parse("x.toml", (const char *)data, size, &error);

  g_assert((toml == NULL) == (error != NULL));
  g_assert(!toml || weigh(toml_root(toml)) > 0);
  return 0;
}
