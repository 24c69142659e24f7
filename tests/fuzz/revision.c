/* The reader of revision headers. */
#include <stdint.h>

#include "retort/history/revision.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Revision) revision = revision_parse("x.py", (const char *)data, size, &error);

  g_assert((revision == NULL) == (error != NULL));
  g_assert(!revision || (revision->id && revision->down_revision && revision->doc && revision->long_doc));
  return 0;
}
