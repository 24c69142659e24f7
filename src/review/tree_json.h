/* Inside the room: libpg_query's JSON, read into the structs that its protobuf would be unpacked to.
 *
 * libpg_query hands a tree out as JSON or as protobuf.  It writes JSON as it walks; to pack protobuf it goes through
 * every possible field of every node several times over, and the whole of it again for every level of depth, which takes
 * ten times as long as parsing.
 */
#pragma once

#include <pg_query/pg_query.pb-c.h>

#include "retort/base/arena.h"

typedef enum {
  TREE_JSON_READ,
  TREE_JSON_TOO_DEEP,
  TREE_JSON_STRANGE, /* not what this libpg_query's structs have a place for */
} TreeJsonOutcome;

/* json is written over: texts of the tree stay in it.  The structs belong to the arena.  zeros: there are integers that
 * are 0, or negative: some releases of libpg_query leave both out. */
TreeJsonOutcome tree_json_read(char *json, Arena *arena, PgQuery__ParseResult **root, gboolean *zeros);
