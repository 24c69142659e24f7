/* Who has the revisions that are to be moved or deleted, asked beside the screen: databases, git, and the sentences. */
#pragma once

#include "app.h"
#include "retort/edit/guard.h"
#include "textview.h"

typedef struct RebaseGuard RebaseGuard;

/* news: called when something was answered. */
RebaseGuard *rebase_guard_new(App *app, void (*news)(void *data), void *data);
void rebase_guard_free(RebaseGuard *guard);

/* moved: Revision* of the snapshot's map.  Databases are asked once, git for each set of revisions. */
void rebase_guard_ask(RebaseGuard *guard, Snapshot *snapshot, const GPtrArray *moved);
void rebase_guard_set_purpose(RebaseGuard *guard, GuardPurpose purpose);
gboolean rebase_guard_asking(const RebaseGuard *guard);
/* Why it cannot be done; the guard's own; NULL: it can, perhaps after more answers or a question. */
const char *rebase_guard_refusal(RebaseGuard *guard);
/* Writing was asked for while somebody is still being asked: shown until it is due or forgotten.  difference: what was
 * agreed to. */
void rebase_guard_want(RebaseGuard *guard, const char *difference);
gboolean rebase_guard_wanted(const RebaseGuard *guard);
void rebase_guard_forget(RebaseGuard *guard);
/* TRUE once, when all have answered since: then it is to be written as if it was asked for now.  It is not when the
 * difference has become another, which is said. */
gboolean rebase_guard_due(RebaseGuard *guard, const char *difference);
/* The question to be answered with a typed id; NULL: none is needed.  The caller's. */
char *rebase_guard_question(RebaseGuard *guard);

guint rebase_guard_lines(const RebaseGuard *guard, guint limit);
void rebase_guard_paint(const RebaseGuard *guard, Canvas *canvas, Rect rect);
/* All sentences, unclipped. */
void rebase_guard_fill(const RebaseGuard *guard, TextView *view);
