/* Revisions on stdout: lines, blocks with -v, an array with --json. */
#pragma once

#include "retort/history/format.h"
#include "session.h"

/* revisions: Revision*.  current: version rows to mark as (current), or NULL. */
void list_print(const Session *session, const GPtrArray *revisions, FormatFlags flags,
                const char *const *current);
/* Blocks without -v, as show prints them. */
void list_print_blocks(const Session *session, const GPtrArray *revisions);
