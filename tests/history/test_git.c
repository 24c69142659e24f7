/* What git knows of revisions, over small repositories made by the git command. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fs.h"
#include "retort/base/error.h"
#include "retort/history/git.h"
#include "retort/history/where.h"

/* What git_annotate() delivered. */
typedef struct {
  GMainLoop *loop;
  GHashTable *files;   /* base name -> "state commit's summary" */
  GHashTable *foreign; /* id -> "ref: path's base name by whom" */
  GHashTable *commits; /* base name -> commit id */
  char *error;
  guint batches;
} Annotation;

static void on_files(GPtrArray *files, void *data)
{
  static const char *const states[] = {"clean", "untracked", "added", "modified"};
  Annotation *annotation = data;

  annotation->batches++;
  for (guint i = 0; i < files->len; i++) {
    const GitFileInfo *info = files->pdata[i];
    char *name = g_path_get_basename(info->path);
    g_hash_table_insert(annotation->commits, g_strdup(name), g_strdup(info->commit ? info->commit : ""));
    g_hash_table_insert(annotation->files, name,
                        g_strdup_printf("%s %s", states[info->state], info->summary ? info->summary : "-"));
    cr_expect(!info->commit || (strcmp(info->author, "Ann Author") == 0 && info->time > 1700000000),
              "%s by %s", info->path, info->author);
  }
}

static void on_foreign(GPtrArray *foreign, void *data)
{
  Annotation *annotation = data;

  for (guint i = 0; i < foreign->len; i++) {
    const GitForeignRevision *one = foreign->pdata[i];
    cr_expect(strlen(one->commit) == 40 && one->time > 0, "%s has no commit", one->revision->id);
    g_hash_table_insert(annotation->foreign, g_strdup(one->revision->id),
                        g_strdup_printf("%s %s", one->ref, one->revision->path));
    g_hash_table_insert(annotation->commits, g_strdup(one->revision->id), g_strdup(one->commit));
  }
}

static void on_done(const GError *error, void *data)
{
  Annotation *annotation = data;

  annotation->error = error ? g_strdup(error->message) : NULL;
  g_main_loop_quit(annotation->loop);
}

static Project *open_root(const char *root)
{
  ProjectOptions options = {.start = root};
  g_autoptr(GError) error = NULL;
  Project *project = project_open(&options, &error);

  cr_assert(project, "%s", error ? error->message : "");
  return project;
}

static Annotation *annotate_again(const char *root, GitMemory *memory, GCancellable *cancellable)
{
  static const GitAnnotateSink sink = {on_files, on_foreign, on_done};
  Annotation *annotation = g_new0(Annotation, 1);
  g_autoptr(Project) project = open_root(root);

  annotation->loop = g_main_loop_new(NULL, FALSE);
  annotation->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  annotation->foreign = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  annotation->commits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  git_annotate(project, memory, cancellable, &sink, annotation);
  g_main_loop_run(annotation->loop);
  return annotation;
}

static Annotation *annotate(const char *root, GCancellable *cancellable)
{
  return annotate_again(root, NULL, cancellable);
}

static void annotation_free(Annotation *annotation)
{
  g_main_loop_unref(annotation->loop);
  g_hash_table_destroy(annotation->files);
  g_hash_table_destroy(annotation->foreign);
  g_hash_table_destroy(annotation->commits);
  g_free(annotation->error);
  g_free(annotation);
}

static void expect_file(const Annotation *annotation, const char *name, const char *expected)
{
  const char *got = g_hash_table_lookup(annotation->files, name);

  cr_expect(g_strcmp0(got, expected) == 0, "%s: expected \"%s\", got \"%s\"", name, expected, got);
}

static void expect_foreign(const Annotation *annotation, const char *id, const char *expected)
{
  const char *got = g_hash_table_lookup(annotation->foreign, id);

  cr_expect(g_strcmp0(got, expected) == 0, "%s: expected \"%s\", got \"%s\"", id, expected, got);
}

/* A repository with alembic.ini and env.py in its first commit. */
static char *new_repository(void)
{
  char *root = fs_new();

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = .\n");
  fs_write(root, "env.py", "");
  fs_git(root, 0, "init -q");
  fs_commit(root, 0, "start");
  return root;
}

Test(git, tells_introductions_and_states)
{
  char *root = new_repository();

  fs_revision(root, "a", "");
  fs_commit(root, 10, "add a");
  fs_revision(root, "b", "a");
  fs_commit(root, 20, "add b");
  fs_write(root, "versions/a.py", "revision = 'a'\ndown_revision = None\n");
  fs_commit(root, 30, "touch a");
  fs_revision(root, "c", "b");
  fs_commit(root, 40, "add c");
  fs_write(root, "versions/b.py", "revision = 'b'\ndown_revision = 'a'\n# changed\n");
  fs_revision(root, "staged", "c");
  fs_git(root, 50, "add versions/staged.py");
  fs_revision(root, "new", "c");

  Annotation *got = annotate(root, NULL);
  expect_file(got, "a.py", "clean add a");
  expect_file(got, "b.py", "modified add b");
  expect_file(got, "c.py", "clean add c");
  expect_file(got, "staged.py", "added -");
  expect_file(got, "new.py", "untracked -");
  cr_expect(got->error == NULL && g_hash_table_size(got->foreign) == 0, "error %s", got->error);
  annotation_free(got);
  fs_remove(root);
}

Test(git, follows_renames_and_moves)
{
  char *root = new_repository();

  fs_revision(root, "a", "");
  fs_revision(root, "b", "a");
  fs_commit(root, 10, "add both");
  fs_git(root, 20, "mv versions/a.py versions/a_users.py");
  fs_commit(root, 20, "rename a");
  fs_git(root, 30, "mv versions/b.py versions/b_orders.py");
  fs_write(root, "versions/b_orders.py",
           "\"\"\"quite another text\"\"\"\nrevision = 'b'\ndown_revision = 'a'\n");
  fs_commit(root, 30, "rename and rewrite b");
  fs_write(root, "db/env.py", "");
  fs_git(root, 40, "mv versions db/versions");
  fs_write(root, "alembic.ini", "[alembic]\nscript_location = db\n");
  fs_commit(root, 40, "move the folder");

  Annotation *got = annotate(root, NULL);
  expect_file(got, "a_users.py", "clean add both");
  expect_file(got, "b_orders.py", "clean add both");
  annotation_free(got);
  fs_remove(root);
}

Test(git, follows_merges)
{
  char *root = new_repository();

  fs_revision(root, "a", "");
  fs_commit(root, 10, "add a");
  fs_git(root, 0, "checkout -q -b side");
  fs_revision(root, "s", "a");
  fs_commit(root, 20, "add s");
  fs_git(root, 0, "checkout -q main");
  fs_revision(root, "m", "a");
  fs_commit(root, 30, "add m");
  fs_git(root, 40, "merge -q --no-ff -m merge side");
  fs_revision(root, "x", "m,s");
  fs_git(root, 50, "add -A");
  fs_git(root, 50, "commit -q --amend --no-edit");

  Annotation *got = annotate(root, NULL);
  expect_file(got, "a.py", "clean add a");
  expect_file(got, "s.py", "clean add s");
  expect_file(got, "m.py", "clean add m");
  expect_file(got, "x.py", "clean merge");
  annotation_free(got);
  fs_remove(root);
}

/* The commit behind the first walk is gone when the second one runs: what it knew can only come from the memory. */
Test(git, reads_only_new_commits_with_a_memory)
{
  char *root = new_repository();
  g_autoptr(GitMemory) memory = git_memory_new();

  fs_revision(root, "a", "");
  fs_commit(root, 10, "add a");
  fs_revision(root, "b", "a");
  fs_commit(root, 20, "add b");
  Annotation *first = annotate_again(root, memory, NULL);
  expect_file(first, "a.py", "clean add a");
  annotation_free(first);

  fs_revision(root, "c", "b");
  fs_commit(root, 30, "add c");
  fs_git(root, 0, "mv versions/b.py versions/renamed.py");
  fs_commit(root, 40, "rename b");
  g_autofree char *old = fs_git_output(root, "rev-parse HEAD~4");
  g_autofree char *object = g_strdup_printf("%s/.git/objects/%.2s/%s", root, old, old + 2);
  cr_assert(g_unlink(object) == 0, "%s", object);

  Annotation *with = annotate_again(root, memory, NULL);
  expect_file(with, "a.py", "clean add a");
  expect_file(with, "renamed.py", "clean add b");
  expect_file(with, "c.py", "clean add c");
  annotation_free(with);
  Annotation *without = annotate(root, NULL);
  expect_file(without, "a.py", "clean -");
  expect_file(without, "c.py", "clean add c");
  annotation_free(without);
  fs_remove(root);
}

Test(git, finds_revisions_of_other_branches)
{
  char *root = new_repository();
  g_autoptr(GError) error = NULL;
  gsize len;

  fs_revision(root, "a", "");
  fs_commit(root, 10, "add a");
  fs_git(root, 0, "checkout -q -b feature/x");
  fs_revision(root, "fx", "a");
  fs_commit(root, 20, "add fx");
  fs_write(root, "other", "1");
  fs_commit(root, 30, "something else");
  fs_git(root, 0, "checkout -q -b feature/y");
  fs_revision(root, "fy", "fx");
  fs_commit(root, 40, "add fy");
  fs_git(root, 0, "update-ref refs/remotes/origin/z HEAD");
  fs_git(root, 0, "symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/z");
  fs_git(root, 0, "checkout -q main");

  Annotation *got = annotate(root, NULL);
  expect_foreign(got, "fx", "feature/x feature/x:versions/fx.py");
  expect_foreign(got, "fy", "feature/y feature/y:versions/fy.py");
  cr_expect(g_hash_table_size(got->foreign) == 2, "%u foreign revisions", g_hash_table_size(got->foreign));
  g_autofree char *introduced = fs_git_output(root, "rev-parse feature/x~1");
  cr_expect_str_eq(g_hash_table_lookup(got->commits, "fx"), introduced, "fx came with %s",
                   (char *)g_hash_table_lookup(got->commits, "fx"));
  annotation_free(got);

  g_autoptr(Project) project = open_root(root);
  g_autofree char *text = git_read_file(project, "feature/x:versions/fx.py", &len, &error);
  cr_expect(text && strstr(text, "revision = 'fx'"), "%s", error ? error->message : text);
  g_autofree char *none = git_read_file(project, "feature/x:versions/none.py", &len, &error);
  cr_expect(!none && error, "read a file that is not there");
  fs_remove(root);
}

Test(git, finds_where_a_revision_went)
{
  char *root = new_repository();
  g_autoptr(GError) error = NULL;

  fs_revision(root, "a", "");
  fs_revision(root, "gone", "a");
  fs_commit(root, 10, "add both");
  fs_write(root, "x", "");
  fs_commit(root, 20, "last with it");
  g_autofree char *last = fs_git_output(root, "rev-parse HEAD");
  fs_git(root, 0, "rm -q versions/gone.py");
  fs_commit(root, 30, "remove it");
  fs_revision(root, "b", "a");
  fs_commit(root, 40, "add b");
  fs_git(root, 0, "checkout -q -b side");
  fs_revision(root, "other", "b");
  fs_commit(root, 50, "add other");
  fs_git(root, 0, "checkout -q main");
  fs_git(root, 0, "checkout -q --detach");
  fs_revision(root, "lost", "b");
  fs_commit(root, 60, "never on a branch");
  fs_git(root, 0, "checkout -q main");

  g_autoptr(Project) project = open_root(root);
  g_autoptr(GitRefs) refs = git_refs_open(project, &error);
  cr_assert(refs, "%s", error ? error->message : "");
  g_autoptr(GPtrArray) gone = git_where(refs, "gone", NULL, &error);
  cr_assert(gone && gone->len == 1, "gone was not found");
  const Where *one = gone->pdata[0];
  cr_expect(one->branches->len == 0 && strcmp(one->commit, last) == 0, "gone: %s", one->commit);
  cr_expect_str_eq(one->path, "versions/gone.py", "path is %s", one->path);
  cr_assert(one->events->len == 2, "gone has %u events", one->events->len);
  const WhereEvent *deleted = one->events->pdata[0], *added = one->events->pdata[1];
  cr_expect(deleted->kind == WHERE_DELETED && strcmp(deleted->before, last) == 0, "last was %d",
            deleted->kind);
  cr_expect(added->kind == WHERE_ADDED && added->time == 1704067210 &&
                strcmp(added->author, "Ann Author") == 0,
            "by %s", added->author);
  g_autoptr(GPtrArray) other = git_where(refs, "other", NULL, &error);
  cr_assert(other && other->len == 1, "other was not found");
  one = other->pdata[0];
  cr_expect(one->branches->len == 1 && strcmp(one->branches->pdata[0], "side") == 0,
            "other is in %u branches", one->branches->len);
  g_autoptr(GPtrArray) lost = git_where(refs, "lost", NULL, &error);
  cr_expect(lost && (lost->len == 0 || ((Where *)lost->pdata[0])->branches->len == 0), "lost is on a branch");
  g_autoptr(GPtrArray) never = git_where(refs, "never", NULL, &error);
  cr_expect(never && never->len == 0 && error == NULL, "found what never was");
  fs_remove(root);
}

Test(git, shows_a_files_last_change)
{
  char *root = new_repository();
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(root, "versions/a.py", NULL);
  g_autofree char *untracked = g_build_filename(root, "versions/u.py", NULL);

  fs_revision(root, "a", "");
  fs_commit(root, 10, "add a");
  fs_write(root, "versions/a.py", "revision = 'a'\ndown_revision = None\n");
  fs_commit(root, 20, "rewrite a");
  fs_revision(root, "b", "a");
  fs_commit(root, 30, "add b");
  fs_revision(root, "u", "a");
  g_autofree char *log = git_file_log(path, &error);
  cr_assert(log, "%s", error ? error->message : "");
  cr_expect(strstr(log, "Author: Ann Author <ann@example.org>\n") && strstr(log, "\n    rewrite a\n") &&
                strstr(log, "\n-Revises: \n") && strstr(log, "\n+down_revision = None\n") &&
                !strstr(log, "b.py"),
            "the log is\n%s", log);
  cr_expect(strstr(log, "Date:   2024-01-01 00:00:20 +0000\n"), "the log is\n%s", log);
  g_autofree char *none = git_file_log(untracked, &error);
  cr_expect(!none && error && strstr(error->message, "never been committed"), "%s",
            error ? error->message : none);
  fs_remove(root);
}

Test(git, knows_the_state_of_a_repository)
{
  char *root = new_repository();
  g_autofree char *head = fs_git_output(root, "rev-parse HEAD");
  g_autoptr(GitStatus) clean = NULL;
  g_autoptr(GitStatus) detached = NULL;

  fs_git(root, 0, "tag light");
  fs_git(root, 0, "tag -a -m x annotated");
  clean = git_status(root);
  cr_assert(clean->available, "%s", clean->reason);
  cr_expect(g_strcmp0(clean->branch, "main") == 0 && g_strcmp0(clean->head, head) == 0, "%s at %s",
            clean->branch, clean->head);
  cr_expect(g_strcmp0(clean->workdir, root) == 0 && !clean->shallow, "workdir %s", clean->workdir);
  cr_expect(clean->tags->len == 2, "%u tags", clean->tags->len);
  fs_git(root, 0, "checkout -q --detach");
  detached = git_status(root);
  g_autofree char *expected = g_strdup_printf("(detached %.7s)", head);
  cr_expect_str_eq(detached->branch, expected, "branch is %s", detached->branch);
  fs_remove(root);
}

Test(git, does_without_a_repository)
{
  char *root = fs_new();
  g_autoptr(GError) error = NULL;

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = .\n");
  fs_revision(root, "a", "");
  g_autoptr(GitStatus) status = git_status(root);
  cr_expect(!status->available && status->reason && strstr(status->reason, "no git repository"),
            "reason is %s", status->reason);
  Annotation *got = annotate(root, NULL);
  cr_expect(got->error == NULL && g_hash_table_size(got->files) == 0);
  annotation_free(got);
  g_autoptr(Project) project = open_root(root);
  g_autoptr(GitRefs) refs = git_refs_open(project, &error);
  cr_expect(!refs && g_error_matches(error, RETORT_ERROR, RETORT_ERROR_FILE), "opened no repository");
  fs_remove(root);
}

Test(git, manages_before_the_first_commit)
{
  char *root = fs_new();

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = .\n");
  fs_revision(root, "a", "");
  fs_revision(root, "b", "a");
  fs_git(root, 0, "init -q");
  fs_git(root, 0, "add versions/a.py");
  g_autoptr(GitStatus) status = git_status(root);
  cr_expect(status->available && g_strcmp0(status->branch, "main") == 0 && !status->head, "%s at %s",
            status->branch, status->head);
  Annotation *got = annotate(root, NULL);
  expect_file(got, "a.py", "added -");
  expect_file(got, "b.py", "untracked -");
  annotation_free(got);
  fs_remove(root);
}

Test(git, manages_bare_shallow_linked_and_submodule)
{
  char *root = new_repository();
  char *other = fs_new();
  g_autofree char *bare = g_build_filename(other, "bare", NULL);
  g_autofree char *shallow = g_build_filename(other, "shallow", NULL);
  g_autofree char *linked = g_build_filename(other, "linked", NULL);
  g_autofree char *super = g_build_filename(other, "super", NULL);
  g_autofree char *sub = g_build_filename(super, "sub", NULL);

  fs_revision(root, "a", "");
  fs_commit(root, 10, "add a");
  fs_revision(root, "b", "a");
  fs_commit(root, 20, "add b");
  g_autofree char *clone_bare = g_strdup_printf("clone -q --bare %s %s", root, bare);
  g_autofree char *clone_shallow = g_strdup_printf("clone -q --depth 1 file://%s %s", root, shallow);
  g_autofree char *worktree = g_strdup_printf("worktree add -q -b linked %s", linked);
  g_autofree char *submodule = g_strdup_printf("submodule --quiet add %s sub", root);
  fs_git(other, 0, clone_bare);
  fs_git(other, 0, clone_shallow);
  fs_git(root, 0, worktree);
  fs_git(other, 0, "init -q super");
  fs_git(super, 0, submodule);

  g_autoptr(GitStatus) bare_status = git_status(bare);
  cr_expect(bare_status->available && !bare_status->workdir && bare_status->head, "bare: %s",
            bare_status->reason);

  g_autoptr(GitStatus) shallow_status = git_status(shallow);
  cr_expect(shallow_status->available && shallow_status->shallow, "shallow: %s", shallow_status->reason);
  Annotation *in_shallow = annotate(shallow, NULL);
  expect_file(in_shallow, "a.py", "clean -");
  expect_file(in_shallow, "b.py", "clean -");
  annotation_free(in_shallow);

  g_autoptr(GitStatus) linked_status = git_status(linked);
  cr_expect(g_strcmp0(linked_status->branch, "linked") == 0, "linked: %s", linked_status->branch);
  Annotation *in_linked = annotate(linked, NULL);
  expect_file(in_linked, "b.py", "clean add b");
  annotation_free(in_linked);

  Annotation *in_sub = annotate(sub, NULL);
  expect_file(in_sub, "a.py", "clean add a");
  annotation_free(in_sub);
  fs_remove(root);
  fs_remove(other);
}

Test(git, stops_when_cancelled)
{
  char *root = new_repository();
  g_autoptr(GCancellable) cancellable = g_cancellable_new();

  fs_revision(root, "a", "");
  fs_commit(root, 10, "add a");
  g_cancellable_cancel(cancellable);
  Annotation *got = annotate(root, cancellable);
  cr_expect(got->error && got->batches == 0, "%u batches, error %s", got->batches, got->error);
  annotation_free(got);
  fs_remove(root);
}

Test(git, manages_thousands_of_branches)
{
  char *root = new_repository();
  g_autoptr(GString) refs = g_string_new(NULL);

  fs_revision(root, "a", "");
  fs_commit(root, 10, "add a");
  fs_git(root, 0, "checkout -q -b feature");
  fs_revision(root, "f", "a");
  fs_commit(root, 20, "add f");
  g_autofree char *tip = fs_git_output(root, "rev-parse HEAD");
  g_autofree char *base = fs_git_output(root, "rev-parse main");
  fs_git(root, 0, "checkout -q main");
  g_string_append(refs, "# pack-refs with: peeled fully-peeled sorted \n");
  for (int i = 0; i < 5000; i++)
    g_string_append_printf(refs, "%s refs/heads/x%05d\n", i % 2 ? tip : base, i);
  fs_git(root, 0, "pack-refs --all");
  g_autofree char *packed = g_build_filename(root, ".git/packed-refs", NULL);
  g_autofree char *old = NULL;
  cr_assert(g_file_get_contents(packed, &old, NULL, NULL));
  for (char *line = strchr(old, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
    g_autofree char *one = g_strndup(line + 1, strcspn(line + 1, "\n"));
    if (!strstr(one, "refs/heads/x"))
      g_string_append_printf(refs, "%s\n", one);
  }
  fs_write(root, ".git/packed-refs", refs->str);
  gint64 begin = g_get_monotonic_time();
  Annotation *got = annotate(root, NULL);
  gint64 took = (g_get_monotonic_time() - begin) / 1000;
  cr_expect(g_hash_table_lookup(got->foreign, "f"), "f was not found");
  cr_expect(took < 5000, "5000 branches took %d ms", (int)took);
  annotation_free(got);
  fs_remove(root);
}
