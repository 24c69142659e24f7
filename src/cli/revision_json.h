/* A revision for --json. */
#pragma once

#include <json-glib/json-glib.h>

#include "retort/history/revision.h"

/* The members of a revision, added to the object that builder has open. */
void revision_json(JsonBuilder *builder, const Revision *revision);
