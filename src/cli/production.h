/* Before anything changes on a production database: its target's name has to be typed. */
#pragma once

#include "session.h"

/* confirm: the name given on the command line, or NULL; then it is asked for on a terminal, and elsewhere refused.
 * TRUE for everything that is not production; a database whose URL is that of a production target is.  RETORT_ERROR_REFUSED. */
gboolean production_confirm(Session *session, const char *confirm, const char *what, GError **error);
/* Whether somebody sits there who can be asked. */
gboolean production_interactive(const Session *session);
/* Asks on the terminal; TRUE for yes.  Only when interactive. */
gboolean production_ask(const char *question);
