/* The project's modules, loaded once and handed to every script that imports them.
 *
 * Alembic loads them once, too, and then runs one migration after the other in the same process.  Here each script gets
 * them as they were when they had been loaded, so that none sees what another did to them.
 */
#pragma once

#include "session.h"

typedef struct Shared Shared;

/* An interpreter for the migration with the modules it imports at its top, or NULL when it imports none of the project,
 * or they cannot be shared.  It is the session's and valid until the next call. */
PyInterp *shared_interp(RenderSession *session, const PyTree *tree, Run *run);
/* Forgets what was loaded: the folders in which modules are looked for have changed. */
void shared_forget(RenderSession *session);
