/* Revisions as Alembic prints them: one line, a block, or JSON (alembic.md 6.1 and 6.2). */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "retort/history/revmap.h"

typedef enum {
  FORMAT_PARENTS = 1 << 0,
  FORMAT_LABELS = 1 << 1,
  FORMAT_TREE = 1 << 2, /* (branchpoint) and (mergepoint) */
  FORMAT_DOC = 1 << 3,
  FORMAT_CURRENT = 1 << 4, /* the database stands here */
} FormatBits;

/* "<base> -> ae1027a6acf (head), message"; the caller's. */
char *format_line(const Revision *revision, FormatBits bits);
/* "Rev: ...\nParent: ...\n...", ending in a newline; the caller's. */
char *format_block(const Revision *revision, FormatBits bits);
/* The members of a revision for --json, added to the object that builder has open. */
void format_json(JsonBuilder *builder, const Revision *revision);
/* Adds "name": [...] of NULL-terminated strings. */
void format_json_strings(JsonBuilder *builder, const char *name, const char *const *strings);
