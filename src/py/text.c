/* PyStr in an arena. */
#include <string.h>

#include "retort/py/value.h"

guint py_str_hash(const PyStr *s)
{
  if (s->hash)
    return s->hash;
  guint hash = 5381;
  for (gsize i = 0; i < s->len; i++)
    hash = hash * 33 + (guchar)s->data[i];
  ((PyStr *)s)->hash = hash ? hash : 1; /* a cache: the value does not change */
  return s->hash;
}

PyStr *py_str_in(Arena *arena, const char *utf8, gsize len)
{
  PyStr *s = arena_alloc(arena, sizeof(PyStr) + len + 1);
  memcpy(s->data, utf8, len);
  s->len = len;
  gsize chars = len;
  for (gsize i = 0; i < len; i++)
    chars -= ((guchar)utf8[i] & 0xc0) == 0x80;
  s->chars = chars;
  return s;
}

gboolean py_str_is(const PyStr *s, const char *text)
{
  gsize len = strlen(text);
  return s->len == len && !memcmp(s->data, text, len);
}

gboolean py_str_equal(const PyStr *a, const PyStr *b)
{
  if (a == b)
    return TRUE;
  if (a->len != b->len || (a->hash && b->hash && a->hash != b->hash))
    return FALSE;
  return !memcmp(a->data, b->data, a->len);
}

const char *py_text(PyValue v)
{
  return v.type == PY_STR ? v.str->data : NULL;
}
