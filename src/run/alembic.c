#include "retort/run/alembic.h"

#include <signal.h>
#include <string.h>

#include "child.h"

struct AlembicChild {
  Child *child;
  AlembicLineFunc line;
  AlembicEndFunc end;
  void *data;
};

static void child_said(G_GNUC_UNUSED Child *child, const char *line, void *data)
{
  AlembicChild *self = data;
  self->line(line, self->data);
}

static void child_ended(G_GNUC_UNUSED Child *child, gboolean success, void *data)
{
  AlembicChild *self = data;
  self->end(success, self->data);
}

static char **command_line(const Project *project, const AlembicCommand *command, const char *const *words)
{
  g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
  g_strv_builder_addv(argv, (const char **)command->argv);
  if (project->config_path != NULL && !g_str_has_suffix(project->config_path, ".toml"))
    g_strv_builder_add_many(argv, "-c", project->config_path, NULL);
  if (project->section != NULL && strcmp(project->section, "alembic") != 0)
    g_strv_builder_add_many(argv, "-n", project->section, NULL);
  g_strv_builder_addv(argv, (const char **)words);
  return g_strv_builder_end(argv);
}

AlembicChild *alembic_child_new(const Project *project, const AlembicCommand *command,
                                const char *const *words, AlembicLineFunc line, AlembicEndFunc end,
                                void *data, GError **error)
{
  AlembicChild *self = g_new0(AlembicChild, 1);
  *self = (AlembicChild){.line = line, .end = end, .data = data};
  g_auto(GStrv) argv = command_line(project, command, words);
  g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "PYTHONUNBUFFERED", "1", TRUE);
  g_autofree char *folder = project->config_path != NULL ? g_path_get_dirname(project->config_path) : NULL;
  self->child =
      child_new((const char *const *)argv, environment, folder, child_said, child_ended, self, error);
  if (self->child == NULL)
    g_clear_pointer(&self, g_free);
  return self;
}

void alembic_child_free(AlembicChild *child)
{
  if (child == NULL)
    return;
  child_free(child->child);
  g_free(child);
}

void alembic_child_interrupt(AlembicChild *child)
{
  child_signal(child->child, SIGINT);
}
