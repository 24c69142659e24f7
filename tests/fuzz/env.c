/* The reader of env.py. */
#include <stdint.h>

#include "../../src/history/project-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(DiagList) diags = diag_list_new();
  EnvScript online = {0};
  EnvScript offline = {0};

  env_script_parse("env.py", (const char *)data, size, &online, &offline, diags);
  env_script_clear(&online);
  env_script_clear(&offline);
  return 0;
}
