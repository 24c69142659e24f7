/* Alembic's own answers about graphs, as recorded in *.json.gz here: a list of {"name", "graph", "queries"}. */
#pragma once

#include <json-glib/json-glib.h>

#include "retort/history/revmap.h"

/* Loads tests/history/NAME.json.gz from the source tree; aborts the test when it cannot. */
JsonNode *case_file_load(const char *name);
/* The map of one "graph" array; paths and docstrings as in the records. */
RevisionMap *case_graph_map(JsonArray *graph);
/* A revision as a test writes it; lists are separated by spaces, NULL or "" is none. */
Revision *case_revision(const char *id, const char *down, const char *depends_on, const char *labels);
/* The strings of an array, or of a lone string; null gives an empty vector. */
char **case_strings(JsonNode *node);
/* A map from lines "ID: PARENT ... [> DEPENDENCY ...] [@ LABEL ...] [# CREATE DATE]", in load order. */
RevisionMap *case_map_from_text(const char *text);
