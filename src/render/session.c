/* Sessions: set up once, shared by all scripts of a run. */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "shared.h"
#include "retort/base/file.h"

/* How far up from a migration its project may begin. */
#define MAX_LEVELS 8

void session_set_naming(RenderSession *session, const char *const *pairs)
{
  static const char *const names[SQL_N_NAMING] = {"ix", "uq", "ck", "fk", "pk"};
  session->naming_pairs = g_strdupv((char **)pairs);
  session->options.naming_convention = (const char *const *)session->naming_pairs;
  for (char **pair = session->naming_pairs; pair && pair[0] && pair[1]; pair += 2)
    for (guint i = 0; i < SQL_N_NAMING; i++)
      if (strcmp(pair[0], names[i]) == 0)
        session->naming.templates[i] = pair[1];
}

/* Without target_metadata in env.py no convention reaches a migration. */
static gboolean has_target_metadata(const Project *project)
{
  g_autofree char *text =
      project->env.path ? file_read(project->env.path, FILE_LIMIT, NULL, NULL, NULL) : NULL;
  return text && strstr(text, "target_metadata") && !strstr(text, "target_metadata = None");
}

static const RenderOptions default_options;
static void resolved_free(gpointer data);
static void add_project_roots(RenderSession *session, const Project *project);

RenderSession *render_session_new(const Project *project, const RenderOptions *options)
{
  RenderSession *session = g_new0(RenderSession, 1);
  session->options = options ? *options : default_options;
  session->x_arguments = g_strdupv((char **)session->options.x_arguments);
  session->options.x_arguments = (const char *const *)session->x_arguments;
  session->options.tag = session->tag = g_strdup(session->options.tag);
  if (session->options.naming_convention)
    session_set_naming(session, session->options.naming_convention);
  session->sql_run = sql_run_new();
  session->exceptions = g_hash_table_new(g_str_hash, g_str_equal);
  session->roots = g_ptr_array_new_with_free_func(g_free);
  session->changes = g_ptr_array_new_with_free_func(seen_change_free);
  session->resolved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, resolved_free);
  session->runtime = py_runtime_new();
  session->modules = register_modules(session->runtime);
  py_runtime_set_resolver(session->runtime, session_resolve, session);
  py_runtime_set_may_read(session->runtime, session_may_read, session);
  if (project && project->script_location)
    add_project_roots(session, project);
  if (project && project->config_path && !session->options.naming_convention && has_target_metadata(project))
    session->naming_state = NAMING_UNASKED;
  return session;
}

void render_session_free(RenderSession *session)
{
  if (!session)
    return;
  shared_forget(session);
  py_runtime_free(session->runtime);
  g_free(session->modules);
  sql_run_free(session->sql_run);
  g_hash_table_unref(session->exceptions);
  g_ptr_array_unref(session->roots);
  g_ptr_array_unref(session->changes);
  g_hash_table_unref(session->resolved);
  arena_free(session->tree_arena);
  g_strfreev(session->naming_pairs);
  g_strfreev(session->x_arguments);
  g_free(session->tag);
  g_free(session->searched);
  g_free(session->top);
  g_free(session->naming_place);
  g_free(session);
}

void render_session_restart(RenderSession *session)
{
  sql_run_restart(session->sql_run);
  g_ptr_array_set_size(session->changes, 0);
}

/* Folders that are part of a package, or that are the migration environment itself, are not where imports begin. */
static gboolean may_be_root(const char *folder)
{
  static const char *const signs[] = {"__init__.py", "env.py"};
  for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
    g_autofree char *path = g_build_filename(folder, signs[i], NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
      return FALSE;
  }
  return TRUE;
}

static void add_root(RenderSession *session, const char *folder)
{
  for (guint i = 0; i < session->roots->len; i++)
    if (strcmp(session->roots->pdata[i], folder) == 0)
      return;
  g_ptr_array_add(session->roots, g_strdup(folder));
}

/* Packages may also lie in a folder src beside what uses them. */
static void add_source_folder(RenderSession *session, const char *folder)
{
  g_autofree char *source = g_build_filename(folder, "src", NULL);
  if (g_file_test(source, G_FILE_TEST_IS_DIR))
    add_root(session, source);
}

static gboolean folder_has(const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void go_up(char **folder)
{
  char *up = g_path_get_dirname(*folder);
  g_free(*folder);
  *folder = up;
}

/* Whether something here says that a project begins. */
static gboolean begins_project(const char *folder)
{
  static const char *const signs[] = {"alembic.ini", "pyproject.toml", "setup.py", "setup.cfg"};
  for (guint i = 0; i < G_N_ELEMENTS(signs); i++)
    if (folder_has(folder, signs[i]))
      return TRUE;
  return FALSE;
}

/* The uppermost folder that belongs to the project: that of its repository, or the last one above in which a
 * configuration lies, and the package around that.  NULL: nothing says. */
static char *project_top(const char *from)
{
  g_autofree char *folder = g_strdup(from);
  g_autofree char *configured = NULL;
  for (guint i = 0; i < MAX_LEVELS && strlen(folder) > 1; i++, go_up(&folder)) {
    if (folder_has(folder, ".git"))
      return g_steal_pointer(&folder);
    if (begins_project(folder)) {
      g_free(configured);
      configured = g_strdup(folder);
    }
  }
  while (configured && strlen(configured) > 1 && folder_has(configured, "__init__.py"))
    go_up(&configured);
  return g_steal_pointer(&configured);
}

/* A project's modules lie in a folder above its migrations, not above the project; where nothing says how far that
 * reaches, the first folder that may hold them is all. */
void session_find_roots(RenderSession *session, const char *path)
{
  g_autofree char *folder = g_path_get_dirname(path);
  if (g_strcmp0(session->searched, folder) == 0 || session->project_roots)
    return;
  g_free(session->searched);
  session->searched = g_strdup(folder);
  g_ptr_array_set_size(session->roots, 0);
  g_hash_table_remove_all(session->resolved);
  shared_forget(session);
  g_autofree char *top = project_top(folder);
  g_free(session->top);
  session->top = top ? g_strdup(top) : g_path_get_dirname(folder);
  for (guint i = 0; i < MAX_LEVELS && strlen(folder) > 1; i++, go_up(&folder)) {
    if (i > 0 && may_be_root(folder))
      add_root(session, folder);
    if (i > 0)
      add_source_folder(session, folder);
    if (top ? strcmp(folder, top) == 0 : session->roots->len > 0)
      return;
  }
}

/* A migration may read what belongs to its project; links that lead out of it are not followed. */
gboolean session_may_read(void *data, const char *path)
{
  const RenderSession *session = data;
  g_autofree char *top = session->top ? realpath(session->top, NULL) : NULL;
  g_autofree char *file = realpath(path, NULL);
  gsize len = top ? strlen(top) : 0;
  return file && len > 1 && strncmp(file, top, len) == 0 && file[len] == '/';
}

/* prepend_sys_path counts from where Alembic is run, which is where its configuration lies. */
static void add_project_roots(RenderSession *session, const Project *project)
{
  g_autofree char *here = project->config_path ? g_path_get_dirname(project->config_path) : NULL;
  g_autofree char *paths = project_option(project, "prepend_sys_path", NULL);
  g_autofree char *inside = g_build_filename(project->script_location, "versions", NULL);
  session_find_roots(session, inside);
  g_auto(GStrv) entries = g_strsplit_set(paths ? paths : ".", " ,:;\n", -1);
  for (char **entry = entries; here && *entry; entry++) {
    if (!**entry)
      continue;
    g_autofree char *folder = g_canonicalize_filename(*entry, here);
    for (guint i = 0; i < session->roots->len; i++)
      if (strcmp(session->roots->pdata[i], folder) == 0)
        g_ptr_array_remove_index(session->roots, i--);
    g_ptr_array_insert(session->roots, 0, g_strdup(folder));
  }
  g_hash_table_remove_all(session->resolved);
  shared_forget(session);
  session->project_roots = TRUE;
}

static char *find_in(const char *root, const char *relative, gboolean *is_package)
{
  g_autofree char *package = g_build_filename(root, relative, "__init__.py", NULL);
  g_autofree char *module = g_strdup_printf("%s/%s.py", root, relative);
  *is_package = g_file_test(package, G_FILE_TEST_IS_REGULAR);
  if (*is_package)
    return g_steal_pointer(&package);
  return g_file_test(module, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&module) : NULL;
}

/* What a name leads to; remembered, because every migration asks for the same ones. */
typedef struct {
  char *path; /* NULL: nowhere */
  gboolean is_package;
} Resolved;

static void resolved_free(gpointer data)
{
  Resolved *resolved = data;
  g_free(resolved->path);
  g_free(resolved);
}

static Resolved *resolve(RenderSession *session, const char *module)
{
  Resolved *resolved = g_new0(Resolved, 1);
  g_autofree char *relative = g_strdelimit(g_strdup(module), ".", '/');
  for (guint i = 0; i < session->roots->len && !resolved->path; i++)
    resolved->path = find_in(session->roots->pdata[i], relative, &resolved->is_package);
  /* A folder without __init__.py is a package, too, when nothing better has the name. */
  for (guint i = 0; i < session->roots->len && !resolved->path; i++) {
    g_autofree char *folder = g_build_filename(session->roots->pdata[i], relative, NULL);
    if (g_file_test(folder, G_FILE_TEST_IS_DIR)) {
      resolved->path = g_strdup("");
      resolved->is_package = TRUE;
    }
  }
  return resolved;
}

char *session_resolve(void *data, const char *module, gboolean *is_package)
{
  RenderSession *session = data;
  Resolved *resolved = g_hash_table_lookup(session->resolved, module);
  if (!resolved) {
    resolved = resolve(session, module);
    g_hash_table_insert(session->resolved, g_strdup(module), resolved);
  }
  *is_package = resolved->is_package;
  return g_strdup(resolved->path);
}
