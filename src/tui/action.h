/* Actions: everything a key, the `:` prompt or the mouse can ask for, in one table.
 *
 * A row names the action, its default keys, where it works, its word in the footer ("" when it has none there) and one
 * sentence of help.  Dispatcher, footer, help screen, `:` prompt, the [keys] section of the configuration and the man page all
 * come from it.  In one context a key means one thing; tests/tui proves it.
 */
#pragma once

#include <glib.h>
#include <glib/gi18n.h>

#include "key.h"

/* Where an action works: the graph and the details of the main screen, and the other screens. */
typedef enum {
  CONTEXT_GRAPH = 1 << 0,
  CONTEXT_DETAILS = 1 << 1,
  CONTEXT_STEP = 1 << 2,
  CONTEXT_RUN = 1 << 3,
  CONTEXT_LOCKS = 1 << 4,
  CONTEXT_HELP = 1 << 5,
  CONTEXT_DONE = 1 << 6,
  CONTEXT_CHOOSE = 1 << 7,
  CONTEXT_MERGE = 1 << 8,
  CONTEXT_RECORDS = 1 << 9,
  CONTEXT_REPLAY = 1 << 10,
  CONTEXT_REBASE = 1 << 11,
  CONTEXT_REVISION = 1 << 12,
  CONTEXT_DELETE = 1 << 13,
  CONTEXT_REFS = 1 << 14,
  CONTEXT_REPAIR = 1 << 15,
  CONTEXT_MISSING = 1 << 16,
} Context;
#define CONTEXT_MAIN (CONTEXT_GRAPH | CONTEXT_DETAILS)
#define CONTEXT_ALL ((1 << 17) - 1)
#define N_CONTEXTS 17
/* The wizards that write files. */
#define CONTEXT_WIZARD (CONTEXT_MERGE | CONTEXT_REBASE | CONTEXT_REVISION | CONTEXT_DELETE)
/* Screens that lie on another one and are left by going back. */
#define CONTEXT_ASIDE                                                                             \
  (CONTEXT_STEP | CONTEXT_LOCKS | CONTEXT_HELP | CONTEXT_DONE | CONTEXT_CHOOSE | CONTEXT_WIZARD | \
   CONTEXT_RECORDS | CONTEXT_REPLAY | CONTEXT_REFS | CONTEXT_REPAIR | CONTEXT_MISSING)

/* X(id, name, default keys, contexts, footer, help); the order is the order in footer and help. */
// clang-format off
#define TUI_ACTIONS(X) \
  X(RUN, "run", "Enter", CONTEXT_STEP, N_("run"), N_("Run these statements")) \
  X(RUN_STATEMENTS, "run-statements", "s", CONTEXT_STEP, N_("one by one"), \
    N_("Run, waiting for a key before each statement")) \
  X(RUN_PAUSE, "run-pause", "p", CONTEXT_STEP, N_("pause before COMMIT"), \
    N_("Run, waiting for a key before each COMMIT")) \
  X(RUN_CAREFULLY, "run-carefully", "c", CONTEXT_STEP, N_("pause at warnings"), \
    N_("Run, waiting for a key before each statement that has a warning")) \
  X(LOCK_TIMEOUT, "lock-timeout", "t", CONTEXT_STEP, N_("lock time-out"), \
    N_("Give up a statement that waits longer than this for a lock")) \
  X(CONTINUE, "continue", "Enter", CONTEXT_RUN, N_("go on"), N_("Go on after a pause")) \
  X(FINISH, "finish", "Enter", CONTEXT_DONE, "", N_("Leave the finished rollout")) \
  X(CANCEL, "cancel", "Esc C-c", CONTEXT_RUN, N_("cancel, roll back"), \
    N_("Cancel the running statement and roll back")) \
  X(SIGNAL_BLOCKER, "signal-blocker", "t", CONTEXT_RUN, N_("end the blocker"), \
    N_("Cancel or terminate the session the statement waits for, whichever helps")) \
  X(PAUSE, "pause", "P", CONTEXT_RUN, N_("pause"), \
    N_("Wait for a key before each statement, each COMMIT, each migration, at warnings; or run on")) \
  X(OVERRIDE, "override", "o", CONTEXT_RUN, N_("override"), N_("Run in spite of what preflight says")) \
  X(ALLOW, "allow-python", "y", CONTEXT_RUN | CONTEXT_STEP, N_("allow Python"), \
    N_("Let the project's own Alembic render and run what needs Python, from now on")) \
  X(TAKE_BACKUP, "take-backup", "b", CONTEXT_RUN, N_("backup"), N_("Take a backup first")) \
  X(SKIP_BACKUP, "skip-backup", "s", CONTEXT_RUN, N_("no backup"), N_("Go on without a backup; the record says so")) \
  X(BRAKE, "brake", "c", CONTEXT_RUN, N_("cancel the statement"), \
    N_("Cancel the statement that others wait for; it is tried again later")) \
  X(WAIT, "wait", "w", CONTEXT_RUN, N_("wait"), N_("Let those behind us wait, or hold the next try")) \
  X(RETRY, "retry", "r", CONTEXT_RUN, N_("again"), N_("Look, or run the statement, again")) \
  X(CLEAN_UP, "clean-up", "x", CONTEXT_RUN, N_("clean up"), N_("Remove what the statement left behind, and end")) \
  X(COMPLETE, "complete", "f", CONTEXT_RUN, N_("finish it"), N_("Complete what the statement began, and go on")) \
  X(BACKUP_CHOICE, "backup-choice", "b", CONTEXT_STEP, N_("backup"), \
    N_("Before running: a backup, none, or ask then")) \
  X(PIN, "pin", "w", CONTEXT_STEP, N_("write plan"), \
    N_("Write the plan to a file, for retort rollout FILE")) \
  X(AGAIN, "again", "r", CONTEXT_DONE, N_("again"), N_("After a failure: confirm and run the rest again")) \
  X(SIGNAL_CANCEL, "signal-cancel", "c", CONTEXT_LOCKS, N_("cancel"), \
    N_("Cancel the query of the selected session")) \
  X(SIGNAL_TERMINATE, "signal-terminate", "t", CONTEXT_LOCKS, N_("terminate"), \
    N_("Terminate the selected session")) \
  X(STEP_UP, "step-up", "u", CONTEXT_MAIN, N_("up"), N_("Upgrade by one revision")) \
  X(STEP_DOWN, "step-down", "d", CONTEXT_MAIN, N_("down"), N_("Downgrade by one revision")) \
  X(UP_TO, "up-to", "U", CONTEXT_MAIN, N_("up to here"), N_("Upgrade up to the selected revision")) \
  X(DOWN_TO, "down-to", "D", CONTEXT_MAIN, N_("down to here"), \
    N_("Downgrade down to the selected revision")) \
  X(MERGE, "merge", "m", CONTEXT_MAIN, N_("merge"), N_("Resolve several heads with a merge revision")) \
  X(REBASE, "rebase", "r", CONTEXT_MAIN | CONTEXT_MERGE, N_("rebase"), \
    N_("Move one side on top of the other, or rearrange what is not applied")) \
  X(CONFLICTS, "conflicts", "K", CONTEXT_MAIN, "", \
    N_("Show branches that would add a head once they are merged, and what they do to each other")) \
  X(GRAPH_AT, "graph-at", "@", CONTEXT_MAIN | CONTEXT_REFS, "", \
    N_("Show the graph as of a branch, tag or commit, or the difference of two")) \
  X(REVISION, "revision", "a", CONTEXT_MAIN, N_("new"), N_("Write a new revision")) \
  X(DELETE, "delete", "X", CONTEXT_MAIN, "", N_("Delete the selected revision, if it was just made")) \
  X(WRITE, "write", "Enter", CONTEXT_WIZARD, N_("write"), N_("Change the files as shown")) \
  X(UNDO, "undo", "z", CONTEXT_WIZARD, N_("undo"), \
    N_("Take back what was written, or before that the last move")) \
  X(PANE_NEXT, "pane-next", "Tab", CONTEXT_WIZARD, N_("view"), N_("Show the next pane")) \
  X(AUTOGENERATE, "autogenerate", "a", CONTEXT_REVISION, N_("autogenerate"), \
    N_("Let the project's own Alembic write it from the difference between models and database")) \
  X(TOGGLE, "toggle", "x", CONTEXT_MERGE, N_("choose"), N_("Take the head in, or leave it out")) \
  X(OTHER_SIDE, "other-side", "x", CONTEXT_REBASE, N_("other side"), N_("Move the other one of two heads")) \
  X(ONTO, "onto", "o", CONTEXT_REBASE, N_("onto"), \
    N_("Put the selected revision, with what it alone has below it, on top of another")) \
  X(LIFT, "lift", "K S-Up", CONTEXT_REBASE, N_("up"), N_("Let it change places with the revision above")) \
  X(LOWER, "lower", "J S-Down", CONTEXT_REBASE, N_("down"), \
    N_("Let it change places with the revision below")) \
  X(ALONE, "alone", "O", CONTEXT_REBASE, N_("alone onto"), \
    N_("Put the selected revision alone on top of another")) \
  X(PARENTS, "parents", "p", CONTEXT_REBASE, N_("parents"), N_("Set the parents by hand")) \
  X(DATE, "date", "t", CONTEXT_REBASE, N_("new date"), \
    N_("Give the changed files a new Create Date, and a new date in their names")) \
  X(MERGE_INSTEAD, "merge-instead", "m", CONTEXT_REBASE, N_("merge instead"), N_("Merge the heads instead")) \
  X(PROVE, "prove", "v", CONTEXT_MERGE, N_("prove"), \
    N_("Apply the sides in both orders on a scratch database and compare")) \
  X(MESSAGE, "message", "e", CONTEXT_MERGE | CONTEXT_REVISION, N_("message"), N_("Change the message")) \
  X(STAND_ON, "stand-on", "p", CONTEXT_REVISION, N_("stand on"), N_("Choose the revision to build on")) \
  X(LABEL, "label", "l", CONTEXT_MERGE | CONTEXT_REVISION, N_("label"), N_("Set the branch label")) \
  X(DEPENDS_ON, "depends-on", "d", CONTEXT_MERGE | CONTEXT_REVISION, N_("depends on"), \
    N_("Set the revisions that must run before")) \
  X(STAGE, "stage", "s", CONTEXT_WIZARD, N_("git add"), N_("Put what is written into git's index, too")) \
  X(EDIT_FILE, "edit-file", "E", CONTEXT_WIZARD & ~CONTEXT_DELETE, N_("edit"), N_("Open the written file in $EDITOR")) \
  X(PANE_PREVIOUS, "pane-previous", "S-Tab", CONTEXT_WIZARD, "", N_("Show the pane before")) \
  X(OPEN, "open", "Enter", CONTEXT_GRAPH, "", N_("Unfold a fold, or go to the details of the revision")) \
  X(FOCUS_NEXT, "focus-next", "Tab", CONTEXT_MAIN, N_("details"), N_("Go to the other pane")) \
  X(FOCUS_PREVIOUS, "focus-previous", "S-Tab", CONTEXT_MAIN, "", N_("Go back to the other pane")) \
  X(TAB_NEXT, "tab-next", "Right ]", CONTEXT_MAIN, "", N_("Next tab of the details")) \
  X(TAB_PREVIOUS, "tab-previous", "Left [", CONTEXT_MAIN, "", N_("Previous tab of the details")) \
  X(TAB_UPGRADE, "tab-upgrade", "1", CONTEXT_MAIN, "", N_("Show the SQL of the upgrade")) \
  X(TAB_DOWNGRADE, "tab-downgrade", "2", CONTEXT_MAIN, "", N_("Show the SQL of the downgrade")) \
  X(TAB_SOURCE, "tab-source", "3", CONTEXT_MAIN, "", N_("Show the migration's file")) \
  X(TAB_GIT, "tab-git", "4", CONTEXT_MAIN, "", N_("Show the commit that brought the file in")) \
  X(TAB_REVIEW, "tab-review", "5", CONTEXT_MAIN, "", \
    N_("Show what the checks say of the upgrade, and the safer way")) \
  X(FINDING_NEXT, "finding-next", "f", CONTEXT_MAIN, "", \
    N_("Go to the next finding, in this review or the next pending revision")) \
  X(FINDING_PREVIOUS, "finding-previous", "F", CONTEXT_MAIN, "", \
    N_("Go to the previous finding, in this review or the revision before")) \
  X(LOCKS, "locks", "L", CONTEXT_MAIN | CONTEXT_STEP | CONTEXT_RUN | CONTEXT_DONE, N_("locks"), \
    N_("Show who waits for whom")) \
  X(OPEN_PLAN, "open-plan", "o", CONTEXT_MAIN, "", N_("Run a plan that was reviewed and written to a file")) \
  X(REPAIR, "repair", "R", CONTEXT_MAIN, N_("repair"), \
    N_("Compare a half applied migration, or a position that no file has, with what is there")) \
  X(REPAIR_CONTINUE, "repair-continue", "Enter", CONTEXT_REPAIR, N_("continue"), \
    N_("Plan the rest of the migration, from the first statement that is not done")) \
  X(REPAIR_UNDO, "repair-undo", "u", CONTEXT_REPAIR, N_("copy the undo"), \
    N_("Copy the SQL that takes back what is done, to be run by hand")) \
  X(REPAIR_STAMP, "repair-stamp", "s", CONTEXT_REPAIR, N_("stamp"), \
    N_("Move only the version rows, as if the migration were done")) \
  X(REPAIR_LOOK, "repair-look", "r", CONTEXT_REPAIR, N_("look again"), N_("Compare with the catalog again")) \
  X(MISSING_WRITE, "missing-write", "w", CONTEXT_MISSING, N_("write the file"), \
    N_("Put the file back into the versions folder, so that its downgrade can be run")) \
  X(RECORDS, "records", "l", CONTEXT_MAIN | CONTEXT_DONE, N_("log"), \
    N_("List past rollouts, and those at work")) \
  X(REPLAY, "replay", "Enter", CONTEXT_RECORDS, N_("open"), N_("Read, replay or watch this rollout")) \
  X(OPEN_RECORD, "open-record", "o", CONTEXT_RECORDS, N_("open a file"), \
    N_("Open the record of a rollout that is kept elsewhere")) \
  X(PLAY, "play", "Enter p", CONTEXT_REPLAY, N_("play, pause"), N_("Replay it at the pace it had")) \
  X(NEXT_EVENT, "next-event", "Right ]", CONTEXT_REPLAY, N_("next"), N_("Show one event more")) \
  X(PREVIOUS_EVENT, "previous-event", "Left [", CONTEXT_REPLAY, N_("previous"), N_("Show one event less")) \
  X(FASTER, "faster", "+", CONTEXT_REPLAY, N_("faster"), N_("Replay twice as fast")) \
  X(SLOWER, "slower", "-", CONTEXT_REPLAY, N_("slower"), N_("Replay half as fast")) \
  X(WHOLE, "whole", "e", CONTEXT_REPLAY, N_("whole"), N_("Show all of it, and what is still to come")) \
  X(SEARCH, "search", "/", CONTEXT_ALL & ~CONTEXT_RUN, N_("search"), N_("Search, ignoring case")) \
  X(SEARCH_NEXT, "search-next", "n", CONTEXT_ALL & ~CONTEXT_RUN, "", N_("Next match")) \
  X(SEARCH_PREVIOUS, "search-previous", "N", CONTEXT_ALL & ~CONTEXT_RUN, "", N_("Previous match")) \
  X(GOTO, "goto", "#", CONTEXT_MAIN, "", N_("Go to a revision by the start of its id")) \
  X(GOTO_POSITION, "goto-position", ".", CONTEXT_MAIN, "", N_("Go to where the database stands")) \
  X(GOTO_HEAD, "goto-head", "H", CONTEXT_MAIN, "", N_("Go to the next head")) \
  X(GOTO_BASE, "goto-base", "B", CONTEXT_MAIN, "", N_("Go to the next base")) \
  X(GOTO_PARENT, "goto-parent", "p", CONTEXT_MAIN, "", \
    N_("Go to the parent; again for the next parent of a merge")) \
  X(GOTO_CHILD, "goto-child", "c", CONTEXT_MAIN, "", \
    N_("Go to the child; again for the next child of a branch point")) \
  X(GOTO_JUNCTION, "goto-junction", "M", CONTEXT_MAIN, "", N_("Go to the next merge or branch point")) \
  X(FILTER, "filter", "&", CONTEXT_MAIN, "", \
    N_("Show only revisions that match: text, author:, branch:, table:, pending, applied, head")) \
  X(UNFILTER, "unfilter", "Esc", CONTEXT_GRAPH, N_("show all"), N_("Show all revisions again")) \
  X(FOLD, "fold", "z", CONTEXT_MAIN, "", N_("Fold or unfold all runs of applied revisions")) \
  X(COPY_ID, "copy-id", "y", CONTEXT_MAIN, "", N_("Copy the revision's id to the clipboard")) \
  X(COPY_TEXT, "copy-text", "Y", CONTEXT_MAIN | CONTEXT_STEP | CONTEXT_REPLAY | CONTEXT_REPAIR | CONTEXT_MISSING, "", \
    N_("Copy what the details show to the clipboard")) \
  X(ENVIRONMENT, "environment", "E", CONTEXT_MAIN, "", \
    N_("Choose among the Alembic environments of this repository")) \
  X(CHOOSE, "choose", "Enter", CONTEXT_CHOOSE, N_("open"), N_("Open this environment")) \
  X(EDIT, "edit", "e", CONTEXT_MAIN, "", N_("Open the migration in $EDITOR")) \
  X(CONNECT, "connect", "C", CONTEXT_MAIN | CONTEXT_LOCKS, "", \
    N_("Connect to the database again and read the position")) \
  X(RELOAD, "reload", "F5 C-r", CONTEXT_MAIN, "", N_("Read all files again")) \
  X(UP, "up", "Up k C-p", CONTEXT_ALL, "", N_("Go up a line")) \
  X(DOWN, "down", "Down j C-n", CONTEXT_ALL, "", N_("Go down a line")) \
  X(PAGE_UP, "page-up", "PgUp C-b", CONTEXT_ALL, "", N_("Go up a page")) \
  X(PAGE_DOWN, "page-down", "PgDn C-f Space", CONTEXT_ALL, "", N_("Go down a page")) \
  X(FIRST, "first", "Home g", CONTEXT_ALL, "", N_("Go to the first line")) \
  X(LAST, "last", "End G", CONTEXT_ALL, "", N_("Go to the last line")) \
  X(BACK, "back", "Esc q", CONTEXT_ASIDE, N_("back"), N_("Go back to the screen before")) \
  X(LEAVE, "leave", "Esc", CONTEXT_DETAILS, N_("graph"), N_("Go back to the graph")) \
  X(COMMAND, "command", ":", CONTEXT_ALL, N_("command"), N_("Run an action by its name")) \
  X(HELP, "help", "? F1", CONTEXT_ALL, N_("help"), N_("Explain the keys and marks of this screen")) \
  X(REDRAW, "redraw", "C-l", CONTEXT_ALL, "", N_("Paint the screen anew")) \
  X(SUSPEND, "suspend", "C-z", CONTEXT_ALL, "", N_("Suspend retort and go back to the shell")) \
  X(QUIT, "quit", "q C-c", CONTEXT_MAIN, N_("quit"), N_("Leave retort"))
// clang-format on

typedef enum {
  ACTION_NONE,
#define X(id, name, keys, contexts, footer, help) ACTION_##id,
  TUI_ACTIONS(X)
#undef X
      N_ACTIONS,
} ActionId;

typedef struct {
  const char *name;
  const char *keys; /* separated by blanks */
  guint contexts;
  const char *footer; /* not yet translated */
  const char *help;   /* not yet translated */
} ActionInfo;

const ActionInfo *action_info(ActionId action);
/* ACTION_NONE when there is none. */
ActionId action_by_name(const char *name);
/* "graph", "details", "step", ...: translated name of one context. */
const char *context_name(guint context);

/* Which key runs what. */
typedef struct Keymap Keymap;

Keymap *keymap_new(void);
void keymap_free(Keymap *keymap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keymap, keymap_free)
/* Replaces the keys of an action ("none" or "" takes them all away). */
gboolean keymap_bind(Keymap *keymap, const char *name, const char *keys, GError **error);
/* The [keys] section of an ini file; what is wrong there goes to problems (char*), the rest is taken. */
gboolean keymap_load(Keymap *keymap, const char *path, GPtrArray *problems, GError **error);
ActionId keymap_lookup(const Keymap *keymap, guint contexts, Key key);
/* The first key of an action as text, the caller's; NULL when it has none. */
char *keymap_key(const Keymap *keymap, ActionId action);
/* All of them, separated by blanks; the caller's. */
char *keymap_keys(const Keymap *keymap, ActionId action);
