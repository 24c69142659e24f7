/* What a wizard would write, and the writing: the graph afterwards, the difference, texts of the wizard's own; then the
 * file is written, hooks run over it, git's index is told, and all of it can be taken back until the wizard closes.
 *
 * The changes stay the wizard's and must live until others are shown.  Large windows show graph and difference one
 * above the other; small ones have tabs.
 */
#pragma once

#include "app.h"
#include "graphpane.h"
#include "retort/edit/changes.h"
#include "textview.h"

typedef enum {
  PANE_GRAPH,
  PANE_DIFFERENCE,
  PANE_REPORT, /* the wizard's own: its verdict, why it is refused, what a program printed */
  PANE_SQL,    /* what a new revision sends */
  N_PANES,
} ChangePane;

typedef struct ChangeView ChangeView;

/* report: title of PANE_REPORT.  done: called when writing (with its hooks) has ended, or was undone. */
ChangeView *changeview_new(App *app, const char *report, void (*done)(void *data), void *data);
void changeview_free(ChangeView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChangeView, changeview_free)

/* snapshot: whose hooks run over new files.  map: as it will be, taken over; marked: ids that are new or moved. */
void changeview_show(ChangeView *view, Snapshot *snapshot, Changes *changes, RevisionMap *map,
                     const GPtrArray *marked);
/* The same for what another program has just written: it goes into git's index at once where that is wanted. */
void changeview_adopt(ChangeView *view, Snapshot *snapshot, Changes *changes, RevisionMap *map,
                      const GPtrArray *marked);
/* Nothing to write, because of this (escaped); map: what there is to see all the same, taken over, or NULL. */
void changeview_refuse(ChangeView *view, const char *problem, Snapshot *snapshot, RevisionMap *map,
                       const GPtrArray *marked);
/* Texts of the wizard's own; PANE_SQL has a tab once it has lines. */
TextView *changeview_text(ChangeView *view, ChangePane pane);
void changeview_set_pane(ChangeView *view, ChangePane pane);

gboolean changeview_written(const ChangeView *view);
gboolean changeview_busy(const ChangeView *view);
/* Why WRITE, STAGE, UNDO or EDIT_FILE does not work now; NULL: it does, or the action is another. */
const char *changeview_refusal(const ChangeView *view, ActionId action);
/* Writes; hooks: whether the project's post-write hooks run over the first file. */
void changeview_write(ChangeView *view, gboolean hooks);
void changeview_undo(ChangeView *view);
/* git add comes after writing, at once when it is written already. */
void changeview_toggle_stage(ChangeView *view);
gboolean changeview_stages(const ChangeView *view);
/* Stops hooks that are running; their file is taken back. */
void changeview_interrupt(ChangeView *view);

/* Panes, scrolling, and writing that needs no more words; FALSE when the action is none of them. */
gboolean changeview_act(ChangeView *view, ActionId action);
void changeview_wheel(ChangeView *view, int rows);
/* What the chosen pane shows as text, for searching. */
TextView *changeview_shown_text(const ChangeView *view);
void changeview_paint(ChangeView *view, Canvas *canvas, Rect rect);
