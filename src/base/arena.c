#include "retort/base/arena.h"

#include <stdarg.h>
#include <string.h>

/* Chunks double from 4 KiB up to 256 KiB: a typical migration fits in the first two. */
#define CHUNK_FIRST ((gsize)4096)
#define CHUNK_MOST ((gsize)256 * 1024)
#define ALIGNMENT ((gsize)16)

typedef struct Chunk Chunk;
struct Chunk {
  Chunk *next;
  gsize size;
  gsize used;
  _Alignas(16) guint8 data[];
};

typedef struct Owned Owned;
struct Owned {
  Owned *next;
  void *data;
  GDestroyNotify free_func;
};

struct Arena {
  Chunk *chunks; /* the one being filled first */
  Owned *owned;
  gsize used;
  gsize limit;
};

Arena *arena_new(gsize limit)
{
  Arena *arena = g_new0(Arena, 1);
  arena->limit = limit;
  return arena;
}

void arena_free(Arena *arena)
{
  if (arena == NULL)
    return;
  for (Owned *owned = arena->owned; owned != NULL; owned = owned->next)
    owned->free_func(owned->data);
  while (arena->chunks != NULL) {
    Chunk *next = arena->chunks->next;
    g_free(arena->chunks);
    arena->chunks = next;
  }
  g_free(arena);
}

static Chunk *chunk_for(Arena *arena, gsize size)
{
  Chunk *chunk = arena->chunks;
  if (chunk != NULL && chunk->size - chunk->used >= size)
    return chunk;

  gsize next_size = chunk == NULL ? CHUNK_FIRST : MIN(chunk->size * 2, CHUNK_MOST);
  gboolean oversized = size > next_size;
  Chunk *fresh = g_malloc(sizeof(Chunk) + (oversized ? size : next_size));
  fresh->size = oversized ? size : next_size;
  fresh->used = 0;
  if (oversized && chunk != NULL) {
    /* A large block goes behind the chunk in use, whose free space stays usable. */
    fresh->next = chunk->next;
    chunk->next = fresh;
  } else {
    fresh->next = chunk;
    arena->chunks = fresh;
  }
  return fresh;
}

void *arena_alloc(Arena *arena, gsize size)
{
  gsize rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  if (rounded < size)
    g_error("arena: a block of %" G_GSIZE_FORMAT " bytes is beyond the address space", size);
  Chunk *chunk = chunk_for(arena, rounded);
  void *block = chunk->data + chunk->used;
  chunk->used += rounded;
  arena->used += rounded;
  memset(block, 0, rounded);
  return block;
}

char *arena_strndup(Arena *arena, const char *s, gssize len)
{
  if (s == NULL)
    return NULL;
  gsize n = len < 0 ? strlen(s) : (gsize)len;
  char *copy = arena_alloc(arena, n + 1);
  memcpy(copy, s, n);
  return copy;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return arena_strndup(arena, text, -1);
}

void arena_own(Arena *arena, void *data, GDestroyNotify free_func)
{
  Owned *owned = arena_new0(arena, Owned);
  owned->data = data;
  owned->free_func = free_func;
  owned->next = arena->owned;
  arena->owned = owned;
}

gsize arena_used(const Arena *arena)
{
  return arena->used;
}

gboolean arena_exhausted(const Arena *arena)
{
  return arena->limit != ARENA_NO_LIMIT && arena->used > arena->limit;
}
