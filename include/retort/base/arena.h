/* Bump allocation for what dies together.
 *
 * An arena hands out memory that is never freed piece by piece: everything that belongs to one migration (its
 * tokens, tree, values, statements) goes when the arena goes.  Memory is zeroed and aligned for any type.
 *
 *   Arena *arena = arena_new(ARENA_NO_LIMIT);
 *   Node *n = arena_new0(arena, Node);
 *   arena_free(arena);
 *
 * A limit turns a runaway script into an answer: once it is passed, arena_exhausted() says so and the owner stops.
 * Allocation itself never fails (GLib aborts when the machine has no memory left).
 */
#pragma once

#include <glib.h>

#define ARENA_NO_LIMIT ((gsize)0)

typedef struct Arena Arena;

/* limit: bytes after which arena_exhausted() answers TRUE, or ARENA_NO_LIMIT. */
Arena *arena_new(gsize limit);
void arena_free(Arena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arena, arena_free)

void *arena_alloc(Arena *arena, gsize size);
/* A NUL-terminated copy of len bytes of s; len < 0 means strlen(s).  NULL gives NULL. */
char *arena_strndup(Arena *arena, const char *s, gssize len);
char *arena_printf(Arena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Runs free_func(data) when the arena is freed, latest first. */
void arena_own(Arena *arena, void *data, GDestroyNotify free_func);

/* What the arena holds now, to be put back later: what is changed after this is undone, what is allocated after it is
 * freed.  Pointers stay what they are.  Free the image before or after the arena, but do not use it after. */
typedef struct ArenaImage ArenaImage;
ArenaImage *arena_save(const Arena *arena);
void arena_restore(Arena *arena, const ArenaImage *image);
void arena_image_free(ArenaImage *image);

/* Bytes handed out so far. */
gsize arena_used(const Arena *arena);
gboolean arena_exhausted(const Arena *arena);

#define arena_new0(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, n) ((type *)arena_alloc((arena), sizeof(type) * (gsize)(n)))
#define arena_strdup(arena, s) arena_strndup((arena), (s), -1)
