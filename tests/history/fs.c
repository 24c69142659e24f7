#include "fs.h"

#include <criterion/criterion.h>
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH 1704067200

char *fs_new(void)
{
  g_autofree char *folder = g_dir_make_tmp("retort-XXXXXX", NULL);
  char *real = realpath(folder, NULL);
  char *copy = g_strdup(real);

  free(real);
  return copy;
}

static int run(const char *root, int time, const char *arguments, char **output)
{
  g_autofree char *date = g_strdup_printf("%d +0000", EPOCH + time);
  g_autofree char *line = g_strdup_printf("git -c init.defaultBranch=main -c commit.gpgsign=false -c "
                                          "protocol.file.allow=always %s",
                                          arguments);
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) words = NULL;
  g_auto(GStrv) environment = g_get_environ();
  int status = -1;
  const char *const set[] = {"GIT_AUTHOR_NAME",
                             "Ann Author",
                             "GIT_AUTHOR_EMAIL",
                             "ann@example.org",
                             "GIT_COMMITTER_NAME",
                             "Ann Author",
                             "GIT_COMMITTER_EMAIL",
                             "ann@example.org",
                             "GIT_CONFIG_GLOBAL",
                             "/dev/null",
                             "GIT_CONFIG_NOSYSTEM",
                             "1",
                             "GIT_AUTHOR_DATE",
                             date,
                             "GIT_COMMITTER_DATE",
                             date,
                             "GIT_TERMINAL_PROMPT",
                             "0",
                             NULL};

  for (guint i = 0; set[i]; i += 2)
    environment = g_environ_setenv(environment, set[i], set[i + 1], TRUE);
  cr_assert(g_shell_parse_argv(line, NULL, &words, &error), "%s: %s", line, error ? error->message : "");
  cr_assert(g_spawn_sync(root, words, environment, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                         NULL, output, NULL, &status, &error),
            "%s: %s", line, error ? error->message : "");
  return status;
}

void fs_git(const char *root, int time, const char *arguments)
{
  g_autofree char *output = NULL;

  cr_assert(run(root, time, arguments, &output) == 0, "git %s failed in %s", arguments, root);
}

void fs_commit(const char *root, int time, const char *message)
{
  g_autofree char *line = g_strdup_printf("commit -q --no-verify --allow-empty -m '%s'", message);

  fs_git(root, time, "add -A");
  fs_git(root, time, line);
}

char *fs_git_output(const char *root, const char *arguments)
{
  char *output = NULL;

  cr_assert(run(root, 0, arguments, &output) == 0, "git %s failed in %s", arguments, root);
  return g_strchomp(output);
}

void fs_remove(char *folder)
{
  g_autofree char *quoted = g_shell_quote(folder);
  g_autofree char *line = g_strdup_printf("rm -rf -- %s", quoted);

  g_spawn_command_line_sync(line, NULL, NULL, NULL, NULL);
  g_free(folder);
}

void fs_write(const char *root, const char *path, const char *text)
{
  g_autofree char *file = g_build_filename(root, path, NULL);
  g_autofree char *folder = g_path_get_dirname(file);

  cr_assert(g_mkdir_with_parents(folder, 0755) == 0, "cannot make %s", folder);
  cr_assert(g_file_set_contents(file, text, -1, NULL), "cannot write %s", file);
}

void fs_revision(const char *root, const char *id, const char *down)
{
  g_auto(GStrv) parents = g_strsplit(down, ",", -1);
  g_autoptr(GString) value = g_string_new(NULL);
  g_autofree char *path = g_strdup_printf("versions/%s.py", id);

  for (char **parent = parents; *parent; parent++)
    g_string_append_printf(value, "'%s', ", *parent);
  g_autofree char *text = g_strdup_printf(
      "\"\"\"message of %s\n\nRevision ID: %s\nRevises: %s\nCreate Date: 2024-01-02 03:04:05\n\n\"\"\"\n"
      "revision = '%s'\ndown_revision = (%s)\n\n\ndef upgrade():\n    pass\n",
      id, id, down, id, value->str);
  fs_write(root, path, text);
}
