/* Any bytes through the lexer: tokens must lie inside the text and come to an end. */
#include <stdint.h>
#include <stdlib.h>

#include "retort/py/lexer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  gsize len;
  guint line;
  const char *message;
  const char *text = py_source_decode(arena, (const char *)data, size, &len, &line, &message);
  if (!text)
    return 0;
  PyLexer lexer;
  py_lexer_init(&lexer, text, len);
  lexer.keep_comments = size & 1;
  PyToken token;
  gsize n = 0;
  do {
    py_lexer_next(&lexer, &token);
    if (token.text < text || token.text + token.len > text + len || ++n > 4 * len + 200)
      abort();
  } while (token.kind != PY_TOKEN_END && token.kind != PY_TOKEN_ERROR);
  return 0;
}
