/* Naming conventions that the project's MetaData may have (naming.c). */
#pragma once

#include "session.h"

/* Whether op comes out differently under some naming convention. */
gboolean naming_matters(const Run *run, const SqlOp *op);
/* Searches the project's sources: sets session->naming_state, and the convention when it is known. */
void naming_ask(RenderSession *session);
