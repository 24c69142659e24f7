/* Inside the room: the date and the name a new revision file gets. */
#pragma once

#include <glib.h>

#include "retort/history/project.h"

/* now (µs; 0: the clock) in the project's time zone, or in local time without one. */
GDateTime *draft_create_date(const Project *project, gint64 now, GError **error);
/* file_template filled in, with ".py"; may contain slashes. */
char *draft_file_name(const Project *project, const char *rev_id, const char *message, GDateTime *date,
                      GError **error);
