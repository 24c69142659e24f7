/* The table of commands; one row and one file make one more. */
#include "command.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"

const ArgOption global_options[] = {
    {'h', "help", ARG_HELP, NULL, N_("Show this help and exit."), FALSE},
    {0, "version", ARG_VERSION, NULL, N_("Show the program's version and exit."), FALSE},
    {'c', "config", ARG_APPEND, NULL,
     N_("Configuration file: alembic.ini or pyproject.toml; may be given twice to name one of each. Default: "
        "$ALEMBIC_CONFIG, else alembic.ini in this folder or one above."),
     FALSE},
    {'n', "name", ARG_VALUE, NULL, N_("Section of the ini file to read (default: alembic)."), FALSE},
    {'x', NULL, ARG_APPEND, "X", N_("Argument for the project's env.py, such as -x tenant=acme."), FALSE},
    {0, "raiseerr", ARG_FLAG, NULL, N_("Exit with status 1 rather than 255 when a command fails."), FALSE},
    {'q', "quiet", ARG_FLAG, NULL, N_("Print no command output."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

const ArgOption common_options[] = {
    {0, "url", ARG_VALUE, NULL, N_("The database, as SQLAlchemy or libpq write it."), TRUE},
    {0, "target", ARG_VALUE, "NAME", N_("The database of that name in retort's configuration."), TRUE},
    {'C', "directory", ARG_VALUE, "FOLDER", N_("Go to FOLDER first."), TRUE},
    {'d', "folder", ARG_VALUE, "FOLDER",
     N_("Read a bare FOLDER of revision files; no configuration is needed."), TRUE},
    {0, "read-only", ARG_FLAG, NULL, N_("Change nothing in any database."), TRUE},
    {0, "ascii", ARG_FLAG, NULL, N_("Draw with ASCII characters only."), TRUE},
    {0, "no-color", ARG_FLAG, NULL, N_("Use no colours."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static const ArgOption help_options[] = {
    {'h', "help", ARG_HELP, NULL, N_("Show this help and exit."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static const ArgOption json_options[] = {
    {0, "json", ARG_FLAG, NULL, N_("Print JSON."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static const ArgOption no_options[] = {
    {0, NULL, 0, NULL, NULL, FALSE},
};

static const ArgPositional revision_one[] = {
    {"revision", ARG_ONE,
     N_("A revision: id, unique start of one, label, head, heads, base, label@x, +2, -1.")},
    {NULL, 0, NULL},
};

static const ArgPositional rev_one[] = {
    {"rev", ARG_ONE,
     N_("A revision: id, unique start of one, label, head, heads, base, current, label@x, -1.")},
    {NULL, 0, NULL},
};

static const ArgPositional side_optional[] = {
    {"side", ARG_OPTIONAL, N_("The revision to move, with what it has below it that --onto has not.")},
    {NULL, 0, NULL},
};

static const ArgPositional range_one[] = {
    {"range", ARG_ONE, N_("Two commits, tags or branches: v1.4..v1.5.")},
    {NULL, 0, NULL},
};

static const ArgPositional id_one[] = {
    {"revision", ARG_ONE, N_("A revision's id, or the start of one.")},
    {NULL, 0, NULL},
};

static const ArgPositional revisions_some[] = {
    {"revisions", ARG_SOME, N_("One or more revisions, or heads for all heads.")},
    {NULL, 0, NULL},
};

static const ArgPositional directory_one[] = {
    {"directory", ARG_ONE, N_("Folder of the new environment.")},
    {NULL, 0, NULL},
};

static const ArgPositional plan_targets[] = {
    {"target", ARG_SOME, N_("Where to: as for upgrade, downgrade or stamp.")},
    {NULL, 0, NULL},
};

static const ArgPositional sql_targets[] = {
    {"revision", ARG_ANY, N_("A revision, a range a:b, or a file.")},
    {NULL, 0, NULL},
};

static const ArgPositional record_optional[] = {
    {"number", ARG_OPTIONAL, N_("Which record, as the list counts them; without, the list.")},
    {NULL, 0, NULL},
};

static const ArgPositional plan_file[] = {
    {"file", ARG_ONE, N_("The plan, as `retort plan TARGET -o FILE` wrote it.")},
    {NULL, 0, NULL},
};

static const ArgPositional preflight_of[] = {
    {"target", ARG_OPTIONAL, N_("Where to, or the file of a plan; default: heads.")},
    {NULL, 0, NULL},
};

static const ArgPositional recover_of[] = {
    {"revision", ARG_OPTIONAL,
     N_("The migration in question; default: the one the record names, or the next.")},
    {NULL, 0, NULL},
};

static const ArgPositional target_one[] = {
    {"target", ARG_ONE, N_("Where to: as for upgrade or downgrade.")},
    {NULL, 0, NULL},
};

static const ArgPositional any_words[] = {
    {"word", ARG_ANY, N_("A word.")},
    {NULL, 0, NULL},
};

const Command commands[] = {
    {.name = "backup",
     .summary = N_("Back the database up with pg_dump, checked before it gets its name."),
     .manual = N_(
         "The file is named for database, time and position, and readable by its owner only. While it is "
         "written its name ends in .part; it is read back with pg_restore --list before it is renamed, and "
         "what a failure leaves is removed. A pg_dump older than the server and a disk without room are "
         "refused."),
     .options = backup_options,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_backup},
    {.name = "branches",
     .summary = N_("Show the branch points."),
     .options = verbose_options,
     .has_json = TRUE,
     .run = cmd_branches},
    {.name = "check",
     .summary = N_("Compare the database with the models (by the project's own Alembic)."),
     .manual = N_("Runs the project's own Alembic, found by the setting alembic, in $VIRTUAL_ENV, in .venv "
                  "beside the project, or on PATH."),
     .options = no_options,
     .run = cmd_check},
    {.name = "conflicts",
     .summary = N_("Show branches that would add a head once they are merged."),
     .manual = N_(
         "Each branch is compared with the trunk by the revisions that it adds since it left it, from git's "
         "objects alone: nothing is checked out, and a bare clone will do. Revisions under the same parent "
         "collide unless a merge revision joins them already; a branch with a branch label of its own is "
         "meant. What is not committed counts as well. The exit status is 1 when there are any, for "
         "continuous integration and pre-commit: there `retort conflicts --of HEAD' asks for the branch at "
         "hand, and `retort heads --with origin/main' for one other."),
     .options = conflicts_options,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_conflicts},
    {.name = "current",
     .summary = N_("Show where the database stands."),
     .manual = N_("Never creates the version table. When the database stands at a revision that no file has, "
                  "git is asked where it was last seen."),
     .options = current_options,
     .has_json = TRUE,
     .run = cmd_current},
    {.name = "delete",
     .summary = N_("Delete a revision that was just made."),
     .manual = N_(
         "Only one that nothing stands on or depends on. Databases and git are asked as for rebase; one that "
         "has the revision refuses."),
     .options = delete_options,
     .positionals = revision_one,
     .words = WORDS_TARGETS,
     .own = TRUE,
     .run = cmd_delete},
    {.name = "diff",
     .summary = N_("Show which revisions a release adds, changes and removes."),
     .manual = N_(
         "A..B compares two commits, tags or branches; A...B begins where B left A; A alone, or A.., ends at "
         "the working folder with what is not committed (in a bare repository at HEAD). "
         "Nothing is checked out. What was changed after it was there is worth a look: a database that "
         "has the revision does not run it again."),
     .options = no_options,
     .positionals = range_one,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_diff},
    {.name = "downgrade",
     .summary = N_("Go back to an earlier revision."),
     .manual = N_("As upgrade, in the other direction. With --sql a range is needed."),
     .options = script_options,
     .positionals = revision_one,
     .words = WORDS_TARGETS,
     .run = cmd_downgrade},
    {.name = "edit",
     .summary = N_("Open revision files in your editor."),
     .options = no_options,
     .positionals = rev_one,
     .words = WORDS_TARGETS,
     .run = cmd_edit},
    {.name = "ensure_version",
     .summary = N_("Create the version table if it is missing."),
     .options = ensure_version_options,
     .run = cmd_ensure_version},
    {.name = "graph",
     .summary = N_("Draw the revision graph: as text, JSON, Mermaid or Graphviz."),
     .manual = N_(
         "With --at as of any branch, tag or commit, with --diff two of them in one: + is added, ~ changed, "
         "> moved to another file, - removed."),
     .options = graph_options,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_graph},
    {.name = "heads",
     .summary = N_("Show the heads."),
     .options = heads_options,
     .has_json = TRUE,
     .run = cmd_heads},
    {.name = "history",
     .summary = N_("List revisions, newest first."),
     .manual = N_("With -i, or where current is one end, the database is asked where it stands. Unlike "
                  "Alembic, this never creates the version table."),
     .options = history_options,
     .has_json = TRUE,
     .run = cmd_history},
    {.name = "init",
     .summary = N_("Set up a new environment."),
     .manual = N_("The files are retort's own; Alembic uses them at once."),
     .options = init_options,
     .positionals = directory_one,
     .words = WORDS_FOLDERS,
     .run = cmd_init},
    {.name = "list_templates",
     .summary = N_("List the templates that init knows."),
     .options = no_options,
     .run = cmd_list_templates},
    {.name = "locks",
     .summary = N_("Show who waits for whom in the database, once."),
     .manual = N_("A backend that waits stands below those it waits for."),
     .options = no_options,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_locks},
    {.name = "log",
     .summary = N_("Show what rollouts did, or the record of one."),
     .manual = N_(
         "The records are in $XDG_STATE_HOME/retort/journal, one file a rollout, one JSON object a line. "
         "One is "
         "shown as a timeline; --json prints its lines. --watch follows a rollout that is at work, as a "
         "second person may do, and touches neither it nor the database.\n\nAnother user can do so where "
         "both "
         "have journal_folder (see retort(5)) set to the same folder, which an administrator makes for their "
         "group: install -d -m 2770 -g GROUP FOLDER. Records there are readable by that group; "
         "redact_queries keeps the query texts of other sessions out of them."),
     .options = log_options,
     .positionals = record_optional,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_log},
    {.name = "merge",
     .summary = N_("Write a revision that joins heads."),
     .manual = N_(
         "The file is written from the project's script.py.mako, and the post-write hooks run. What "
         "takes the project's Python is handed over to its own Alembic. Unlike Alembic, one head alone and "
         "a revision with its own ancestor are refused, and a hook that cannot be run or was stopped leaves "
         "no file behind."),
     .options = merge_options,
     .positionals = revisions_some,
     .words = WORDS_TARGETS,
     .run = cmd_merge},
    {.name = "plan",
     .summary = N_("Show which steps lead to a target, without taking them."),
     .manual = N_(
         "Without a direction, a target that is applied already and is no row itself means a downgrade.\n\n"
         "With -o the plan is written to a file for review and for `retort rollout FILE`: the steps in "
         "order, for each its file and the file's hash, the engine and why, every statement with the locks "
         "it takes, where transactions begin and end, and the version rows afterwards; and the database it "
         "was made for. Migrations that ask the database are rendered as it answers now. It always names "
         "revisions, never relative positions."),
     .options = plan_options,
     .positionals = plan_targets,
     .words = WORDS_TARGETS,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_plan},
    {.name = "preflight",
     .summary = N_("Say whether this is a good moment, on this server, for a plan."),
     .manual = N_(
         "Changes nothing and locks no table. Each check is ok, a warning or a stop, with what to do about "
         "it. The exit status is 1 when one of them is a stop."),
     .options = preflight_options,
     .positionals = preflight_of,
     .words = WORDS_TARGETS,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_preflight},
    {.name = "rebase",
     .summary = N_("Move one side of several heads on top of the other."),
     .manual = N_(
         "Rewrites down_revision of the first revision of the moved side, and Revises in its docstring; "
         "every "
         "other byte stays. With two heads one of them need not be named. The difference is shown first.\n\n"
         "A revision that a database has already must not be moved: what is slipped in beneath it never runs "
         "there. So every [target NAME] of retort's configuration and the database in use are asked, "
         "read-only, "
         "and the branches in git. When one of them has it, or does not answer, the id of the revision has "
         "to be "
         "typed or given as --confirm; a production target that has it refuses. Then `merge` is the way.\n\n"
         "All files are written, or none. With --dry-run the exit status is 1 when something speaks against "
         "it."),
     .options = rebase_options,
     .positionals = side_optional,
     .words = WORDS_TARGETS,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_rebase},
    {.name = "recover",
     .summary = N_("Say what an interrupted migration left behind, and help out of it."),
     .manual = N_(
         "Reads the record of the newest rollout of this database and compares the statements of the "
         "migration that was at work with the catalog: which are done, in doubt, not done. It works without "
         "a record as well, when Alembic itself left half a migration. Nothing is run unless told: "
         "--continue cleans up and runs what is left, --undo prints the SQL that takes back what is done, "
         "--stamp writes the version row as if all were done.\n\nA database that stands at a revision which "
         "no file "
         "has is another case: the file is looked for in other branches and in history; --restore writes it "
         "back, and --undo prints the SQL of its downgrade. The exit status is 1 while something is half "
         "applied or lost."),
     .options = recover_options,
     .positionals = recover_of,
     .words = WORDS_TARGETS,
     .own = TRUE,
     .run = cmd_recover},
    {.name = "rehearse",
     .summary = N_("Try a plan where it does no harm, and see what it locks and how long it takes."),
     .manual = N_(
         "In a transaction of the database itself, which is rolled back: its locks are real while it lasts. "
         "Or with --scratch on a database made for the purpose and dropped afterwards: schema copies the "
         "schema, without rows, and template everything, while nobody is connected. There, statements "
         "outside transactions run as well.\n\nWith --round-trip the plan is gone there, back and there "
         "again, and the catalog compared each time: what the downgrade did not undo is listed. The exit "
         "status is 1 when something failed or differs."),
     .options = rehearse_options,
     .positionals = target_one,
     .words = WORDS_TARGETS,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_rehearse},
    {.name = "review",
     .summary = N_("Say what statements will lock, rewrite and risk."),
     .manual = N_(
         "Of the revisions, ranges and files named; else of those that are pending, when a database is "
         "named; "
         "else, in a git repository, of those that the current branch (and the working folder) adds to the "
         "branch that origin/HEAD names, or changes. With a database the forecast knows its tables, their "
         "sizes and what hangs on them.\n\n"
         "A finding is silenced by a comment with a reason: \"# retort: allow CHECK: reason\" behind the "
         "statement or in a line of its own above it; on or above a line that opens a block or a function "
         "it speaks of all of that, outside of functions of the whole file. Several checks are parted by "
         "commas. In SQL the comment begins with --. A silence without a reason, or one that silences "
         "nothing, is a finding itself. --checks lists the checks.\n\n"
         "[retort.review] in alembic.ini, [tool.retort.review] in pyproject.toml and [review] in the "
         "operator's configuration say, for each check, danger, care, note or off; fail_on and "
         "server_version stand for the options; allow lists lines \"CHECK, CHECK PATH: REASON\" (PATH is a "
         "file, a folder or a pattern, from its end).\n\n"
         "Plain SQL is judged as psql would send it: outside BEGIN and COMMIT each statement is a "
         "transaction of its own. What is not known (a statement that no rule fits, a migration that cannot "
         "be rendered) counts as care."),
     .options = review_options,
     .positionals = sql_targets,
     .words = WORDS_RANGES,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_review},
    {.name = "revision",
     .summary = N_("Write a new revision file."),
     .manual = N_("The file is written from the project's script.py.mako, and the post-write hooks run. With "
                  "--autogenerate, with revision_environment and for templates beyond retort, the project's "
                  "own Alembic does it."),
     .options = revision_options,
     .run = cmd_revision},
    {.name = "rollout",
     .summary = N_("Carry out a plan that was reviewed, step by step and under watch."),
     .manual = N_(
         "Executes exactly what the file says. The database, its version rows, the revision files and every "
         "statement are compared with it first; if anything differs, that is shown and nothing is touched. "
         "After an interruption the same command goes on from where the database stands; in the middle of a "
         "migration only with --continue, or when asked on the terminal.\n\nThen, in this order: an advisory "
         "lock lets one rollout run at a time; a preflight looks at the server, and its stops end the "
         "rollout "
         "unless they are overridden; a backup is taken; the steps run with ddl_lock_timeout, and a "
         "transaction "
         "that meets it is tried again; while they run, those who wait behind them are watched, and the "
         "brake "
         "cancels the statement before users notice; at the end the outcome is verified. Migrations that "
         "need "
         "Python are run by the project's own Alembic, one at a time, after you allowed it; with engine = "
         "alembic in the configuration all are. Pauses come before it begins, because it commits by itself. "
         "Everything is "
         "recorded (see log). On a production target its name has to be typed, or given with --confirm.\n\n"
         "Without a terminal the careful answer is given to every question: a backup is taken, the brake "
         "cancels, a stop of the preflight ends the rollout. With --json every event is a line of JSON. "
         "Ctrl-C cancels the running statement and rolls back; a COMMIT is never cancelled. Time-outs, "
         "retries, "
         "brake and backup can be configured for each target (see retort(5))."),
     .options = rollout_options,
     .positionals = plan_file,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_rollout},
    {.name = "show",
     .summary = N_("Show revisions in full."),
     .options = no_options,
     .positionals = rev_one,
     .words = WORDS_TARGETS,
     .has_json = TRUE,
     .run = cmd_show},
    {.name = "sql",
     .summary = N_("Show the SQL of revisions."),
     .manual =
         N_("Each revision by itself, upgrade and downgrade, oldest first. A migration that cannot be "
            "rendered exactly is left out, its reasons stand on stderr, and the exit status is 1. With "
            "-d works on a bare folder of revision files. With --database, migrations that ask the "
            "database are rendered as it answers now, from one read-only snapshot. With --allow-python, "
            "migrations that need Python are rendered by the project's own Alembic, which runs the "
            "project's code, once for each; the permission is kept for this project, in "
            "$XDG_STATE_HOME/retort/consent, and what Alembic printed in $XDG_CACHE_HOME/retort."),
     .options = sql_options,
     .positionals = sql_targets,
     .words = WORDS_RANGES,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_sql},
    {.name = "stamp",
     .summary = N_("Write a position into the version table; run nothing."),
     .options = stamp_options,
     .positionals = revisions_some,
     .words = WORDS_TARGETS,
     .run = cmd_stamp},
    {.name = "upgrade",
     .summary = N_("Go to a later revision."),
     .manual = N_(
         "Every migration is rendered before anything is sent; when one of them cannot be rendered "
         "exactly, nothing is done, and the lines that stand in the way are named. Everything runs in one "
         "transaction, or as env.py has it (transaction_per_migration, transactional_ddl, "
         "autocommit_block()). Ctrl-C cancels the running statement and rolls back. A record is kept (see "
         "log).\n\nenv.py is read, not run. Where it does more than connect and run migrations, such as "
         "statements of its own, on_version_apply, a loop over tenants or databases, or a meaning for -x, "
         "the line is named and nothing is done, unless ignore_env = yes in retort's configuration says that "
         "it makes no difference. Where its database does not come from sqlalchemy.url alone, --url or "
         "--target has to name it.\n\n"
         "With --sql, prints the script that Alembic would print, for a target or a range a:b."),
     .options = script_options,
     .positionals = revision_one,
     .words = WORDS_TARGETS,
     .run = cmd_upgrade},
    {.name = "where",
     .summary = N_("Show where a revision lives: branches, tags, commits."),
     .manual = N_(
         "Also of a revision that no file here has, as when a database stands at one: when its file was "
         "added, changed, moved and deleted, by whom, and which branches and tags have it. The start of an "
         "id is enough. The exit status is 1 when git has never seen it."),
     .options = no_options,
     .positionals = id_one,
     .words = WORDS_REVISIONS,
     .own = TRUE,
     .has_json = TRUE,
     .run = cmd_where},
    {.name = "__complete",
     .summary = N_("Print completions for a command line."),
     .options = no_options,
     .positionals = any_words,
     .own = TRUE,
     .hidden = TRUE,
     .run = cmd_complete},
    {.name = "__manual",
     .summary = N_("Fill a manual page's template from the program's tables."),
     .options = no_options,
     .positionals = any_words,
     .own = TRUE,
     .hidden = TRUE,
     .run = cmd_manual},
    {.name = NULL},
};

const Command *command_find(const char *name)
{
  for (const Command *command = commands; command->name; command++)
    if (strcmp(command->name, name) == 0)
      return command;
  return NULL;
}

char *command_choices(void)
{
  GString *out = g_string_new("{");
  for (const Command *command = commands; command->name; command++)
    if (!command->hidden)
      g_string_append_printf(out, "%s%s", out->len > 1 ? "," : "", command->name);
  g_string_append_c(out, '}');
  return g_string_free(out, FALSE);
}

const ArgOption **command_options(const Command *command)
{
  const ArgOption **lists = g_new0(const ArgOption *, 5);
  guint n = 0;
  lists[n++] = help_options;
  lists[n++] = command->options;
  if (command->has_json)
    lists[n++] = json_options;
  lists[n++] = common_options;
  return lists;
}
