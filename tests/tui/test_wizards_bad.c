/* Bad input and bad surroundings in the wizards: each says what happened and leaves the tree as it was. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "wizard.h"

static char *shell(const Wizard *wizard, const char *command)
{
  g_autofree char *line = g_strdup_printf("cd '%s' && %s", wizard->folder, command);
  const char *argv[] = {"sh", "-c", line, NULL};
  char *out = NULL;
  int status = -1;
  cr_assert(
      g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, NULL) &&
          status == 0,
      "%s ended with %d", command, status);
  return out;
}

/* Names, kinds and contents, and what git's index says; not the objects, of which nobody knows. */
static char *tree(const Wizard *wizard)
{
  return shell(wizard,
               "find . -path ./.git -prune -o -printf '%p %y %m %l\\n' -type f -exec cksum {} + | sort; "
               "git ls-files -s 2>/dev/null || true");
}

static void do_git(const Wizard *wizard)
{
  g_free(shell(wizard, "git init -q && git config user.email a@b && git config user.name a && "
                       "git config core.hooksPath /dev/null && git add -A && git commit -qm one"));
}

static void locked_index(const Wizard *wizard)
{
  do_git(wizard);
  wizard_write(wizard, ".git/index.lock", "");
}

static void dirty(const Wizard *wizard)
{
  do_git(wizard);
  g_free(shell(wizard, "echo '# mine' >> versions/bbb.py && echo '# mine' >> versions/ccc.py"));
}

static void edited(const Wizard *wizard)
{
  g_free(shell(wizard, "echo '# later' >> versions/bbb.py && echo '# later' >> versions/ccc.py"));
}

static void edited_ddd(const Wizard *wizard)
{
  g_free(shell(wizard, "echo '# later' >> versions/ddd.py"));
}

static void removed(const Wizard *wizard)
{
  g_free(shell(wizard, "rm versions/bbb.py versions/ccc.py"));
}

static void one_head(const Wizard *wizard)
{
  wizard_revision(wizard, "bbb", "'ddd'");
}

static void template_fails(const Wizard *wizard)
{
  wizard_write(wizard, "script.py.mako", "${message.nope()}\n");
}

static void template_says_nothing(const Wizard *wizard)
{
  wizard_write(wizard, "script.py.mako", "x = 1\n");
}

static void template_without_labels(const Wizard *wizard)
{
  wizard_write(wizard, "script.py.mako",
               "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n");
}

/* A limit on the size of files stands for the disk. */
static void limit_files(rlim_t bytes)
{
  struct rlimit limit = {bytes, RLIM_INFINITY};
  signal(SIGXFSZ, SIG_IGN);
  cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void full_disk(const Wizard *wizard)
{
  (void)wizard;
  limit_files(10);
}

#define HOOK(script)                                                  \
  "[post_write_hooks]\nhooks = x\nx.type = exec\nx.executable = sh\n" \
  "x.options = -c '" script "' sh REVISION_SCRIPT_FILENAME\n"

/* Before the wizard opens; keys that open it and come so far; meanwhile; keys that write (ID: typed where the wizard
 * asks for it); what the screen says then. */
static const struct {
  const char *options;
  void (*before)(const Wizard *);
  const char *open;
  void (*meanwhile)(const Wizard *);
  const char *write, *typed, *expected;
} situations[] = {
    {"", one_head, "m", NULL, "", NULL, "there is one head"},
    {"", template_fails, "m Enter", NULL, "Enter", NULL, "nope"},
    {"", template_fails, "a Enter", NULL, "Enter", NULL, "nope"},
    {"", template_says_nothing, "m Enter", NULL, "Enter", NULL, "Could not determine revision id"},
    {"", template_says_nothing, "a Enter", NULL, "Enter", NULL, "Could not determine revision id"},
    {"", template_without_labels, "a Enter l x Enter", NULL, "Enter", NULL, "does not have them"},
    {HOOK("echo \"def (:\" > \"$1\""), NULL, "a Enter", NULL, "Enter", NULL, "taken back: "},
    {HOOK("rm \"$1\""), NULL, "a Enter", NULL, "Enter", NULL, "taken back: "},
    {"", locked_index, "a Enter s", NULL, "Enter", NULL, "taken back: git's index cannot be written"},
    {"", locked_index, "r s", NULL, "Enter", "ccc", "taken back: git's index cannot be written"},
    {"", dirty, "r s", NULL, "Enter", "ccc", "not committed"},
    {"", NULL, "r s", NULL, "Enter", "ccc", "is in no git repository"},
    {"", NULL, "r", edited, "Enter", "ccc", "was changed meanwhile"},
    {"", NULL, "r", removed, "Enter", "ccc", "ccc.py"},
    {"", NULL, "r", full_disk, "Enter", "ccc", "File too large"},
    {"", NULL, "a Enter", full_disk, "Enter", NULL, "File too large"},
    {"", NULL, "# d d d Enter X", edited_ddd, "Enter", "ddd", "was changed meanwhile"},
    {"", locked_index, "# d d d Enter X s", NULL, "Enter", "ddd", "taken back: git"},
};

static void go_through(gsize i)
{
  Wizard wizard;
  wizard_open(&wizard, situations[i].options);
  Bench *bench = wizard.bench;
  if (situations[i].before) {
    situations[i].before(&wizard);
    workspace_reload(bench->ws);
    bench_reloaded(bench);
  }
  bench_keys(bench, situations[i].open);
  g_free(bench_screen(bench));
  if (situations[i].meanwhile)
    situations[i].meanwhile(&wizard);
  g_autofree char *was = tree(&wizard);
  bench_keys(bench, situations[i].write);
  if (situations[i].typed) {
    bench_type(bench, situations[i].typed);
    bench_keys(bench, "Enter");
  }
  g_autofree char *screen = bench_screen(bench);
  cr_expect(strstr(screen, situations[i].expected), "situation %zu: no \"%s\" in\n%s", i,
            situations[i].expected, screen);
  limit_files(RLIM_INFINITY);
  g_autofree char *is = tree(&wizard);
  cr_expect_str_eq(is, was, "situation %zu: the tree was\n%s\nand is\n%s", i, was, is);
  wizard_close(&wizard);
}

Test(wizards_bad, each_says_what_happened_and_leaves_the_tree_as_it_was, .timeout = 300)
{
  for (gsize i = 0; i < G_N_ELEMENTS(situations); i++)
    go_through(i);
}
