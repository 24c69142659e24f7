#include <stdarg.h>
#include <string.h>

#include "object.h"

void builder_init(Builder *b, PyInterp *interp)
{
  *b = (Builder){.interp = interp};
}

void builder_put(Builder *b, const char *data, gsize len)
{
  if (b->failed || !len)
    return;
  if (b->len + len > b->capacity) {
    gsize capacity = MAX(b->capacity * 2, b->len + len + 64);
    if (!py_reserve(b->interp, capacity)) {
      b->failed = TRUE;
      return;
    }
    char *bigger = arena_alloc(b->interp->arena, capacity);
    if (b->len)
      memcpy(bigger, b->data, b->len);
    b->data = bigger;
    b->capacity = capacity;
  }
  memcpy(b->data + b->len, data, len);
  b->len += len;
}

void builder_text(Builder *b, const char *text)
{
  builder_put(b, text, strlen(text));
}

void builder_char(Builder *b, char c)
{
  builder_put(b, &c, 1);
}

void builder_unichar(Builder *b, gunichar c)
{
  char utf8[6];
  builder_put(b, utf8, (gsize)g_unichar_to_utf8(c, utf8));
}

void builder_printf(Builder *b, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  builder_text(b, text);
}

void builder_unknown(Builder *b, const PyReason *reason)
{
  if (!b->reason)
    b->reason = reason;
}

PyValue builder_end(Builder *b)
{
  if (b->failed || py_failed(b->interp))
    return py_null();
  if (b->reason)
    return py_unknown_because(b->reason);
  return py_from_str(py_str_in(b->interp->arena, b->data ? b->data : "", b->len));
}

PyValue builder_end_bytes(Builder *b)
{
  PyValue v = builder_end(b);
  if (v.type == PY_STR) {
    v.type = PY_BYTES;
    v.str->chars = v.str->len;
  }
  return v;
}
