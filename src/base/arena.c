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

/* ---- images ---- */

typedef struct {
  Chunk *chunk;
  gsize used;
  guint8 *copy; /* into ArenaImage.bytes */
} ChunkImage;

struct ArenaImage {
  ChunkImage *chunks; /* in the arena's order */
  guint n_chunks;
  guint8 *bytes;
  Owned *owned;
  gsize used;
};

ArenaImage *arena_save(const Arena *arena)
{
  ArenaImage *image = g_new0(ArenaImage, 1);
  gsize bytes = 0;
  for (Chunk *chunk = arena->chunks; chunk != NULL; chunk = chunk->next) {
    image->n_chunks++;
    bytes += chunk->used;
  }
  image->chunks = g_new0(ChunkImage, image->n_chunks);
  image->bytes = g_malloc(bytes);
  image->owned = arena->owned;
  image->used = arena->used;
  guint8 *at = image->bytes;
  guint i = 0;
  for (Chunk *chunk = arena->chunks; chunk != NULL; chunk = chunk->next) {
    image->chunks[i++] = (ChunkImage){chunk, chunk->used, at};
    memcpy(at, chunk->data, chunk->used);
    at += chunk->used;
  }
  return image;
}

static gboolean image_has(const ArenaImage *image, const Chunk *chunk)
{
  for (guint i = 0; i < image->n_chunks; i++)
    if (image->chunks[i].chunk == chunk)
      return TRUE;
  return FALSE;
}

void arena_restore(Arena *arena, const ArenaImage *image)
{
  /* What is owned lies in the arena, so it goes before the chunks do. */
  for (; arena->owned != image->owned; arena->owned = arena->owned->next)
    arena->owned->free_func(arena->owned->data);
  while (arena->chunks != NULL) {
    Chunk *chunk = arena->chunks;
    arena->chunks = chunk->next;
    if (!image_has(image, chunk))
      g_free(chunk);
  }
  for (guint i = image->n_chunks; i-- > 0;) {
    const ChunkImage *saved = &image->chunks[i];
    saved->chunk->used = saved->used;
    memcpy(saved->chunk->data, saved->copy, saved->used);
    saved->chunk->next = arena->chunks;
    arena->chunks = saved->chunk;
  }
  arena->used = image->used;
}

void arena_image_free(ArenaImage *image)
{
  if (image == NULL)
    return;
  g_free(image->chunks);
  g_free(image->bytes);
  g_free(image);
}

gsize arena_used(const Arena *arena)
{
  return arena->used;
}

gboolean arena_exhausted(const Arena *arena)
{
  return arena->limit != ARENA_NO_LIMIT && arena->used > arena->limit;
}
