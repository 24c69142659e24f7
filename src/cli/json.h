/* Members of JSON objects for --json, and a revision as one. */
#pragma once

#include <json-glib/json-glib.h>

#include "retort/history/revision.h"

/* Adds a member to the object that builder has open; foreign bytes become valid UTF-8, NULL becomes null. */
void json_add_text(JsonBuilder *builder, const char *name, const char *text);
void json_add_int(JsonBuilder *builder, const char *name, gint64 value);
void json_add_truth(JsonBuilder *builder, const char *name, gboolean truth);
/* strings: NULL-terminated, or NULL. */
void json_add_strings(JsonBuilder *builder, const char *name, const char *const *strings);
/* strings: of char*. */
void json_add_array(JsonBuilder *builder, const char *name, const GPtrArray *strings);
/* The members of a revision. */
void json_add_revision(JsonBuilder *builder, const Revision *revision);
