#include "program.h"

#include <criterion/criterion.h>
#include <sys/wait.h>

char *program_source(const char *folder, const char *name)
{
  const char *srcdir = g_getenv("srcdir") ? g_getenv("srcdir") : ".";
  g_autofree char *path = g_build_filename(srcdir, folder, name, NULL);
  g_autofree char *real = g_canonicalize_filename(path, NULL);
  return g_steal_pointer(&real);
}

char *program_path(void)
{
  const char *path = g_getenv("RETORT") ? g_getenv("RETORT") : "./retort";
  return g_canonicalize_filename(path, NULL);
}

int program_run(const char *folder, const char *words, char **output, char **errors)
{
  g_auto(GStrv) parsed = NULL;
  g_autoptr(GError) error = NULL;
  g_shell_parse_argv(words, NULL, &parsed, NULL);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_autofree char *program = program_path();
  g_ptr_array_add(argv, program);
  for (char **word = parsed; word && *word; word++)
    g_ptr_array_add(argv, *word);
  g_ptr_array_add(argv, NULL);
  g_auto(GStrv) env = g_get_environ();
  static const char *const unset[] = {"DATABASE_URL", "ALEMBIC_CONFIG", "LANGUAGE"};
  for (guint i = 0; i < G_N_ELEMENTS(unset); i++)
    env = g_environ_unsetenv(env, unset[i]);
  env = g_environ_setenv(env, "LC_ALL", "C.UTF-8", TRUE);
  env = g_environ_setenv(env, "COLUMNS", "80", TRUE);
  env = g_environ_setenv(env, "XDG_CONFIG_HOME", "/nonexistent", FALSE);
  env = g_environ_setenv(env, "XDG_STATE_HOME", "/nonexistent", FALSE);
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  int wait_status = 0;
  gboolean ok = g_spawn_sync(folder, (char **)argv->pdata, env, G_SPAWN_DEFAULT, NULL, NULL, &out, &err,
                             &wait_status, &error);
  cr_assert(ok, "%s runs: %s", program, error ? error->message : "");
  if (output)
    *output = g_steal_pointer(&out);
  if (errors)
    *errors = g_steal_pointer(&err);
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}
