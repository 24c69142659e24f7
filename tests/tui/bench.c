#include "bench.h"

#include <criterion/criterion.h>
#include <string.h>

const char *bench_srcdir(void)
{
  const char *srcdir = g_getenv("srcdir");
  return srcdir ? srcdir : ".";
}

static void changed(guint what, void *data)
{
  app_changed(data, what);
}

static Bench *bench_empty(int width, int height, const char *config)
{
  Bench *bench = g_new0(Bench, 1);
  bench->config = g_strdup(config);
  bench->configs[0] = bench->config;
  bench->options.project.config_files = bench->configs;
  bench->ws = workspace_new(&bench->options);
  bench->app = app_new(bench->ws, NULL, NULL, width, height, FALSE);
  workspace_listen(bench->ws, changed, bench->app);
  app_push(bench->app, screen_main_new(bench->app));
  return bench;
}

Bench *bench_open(int width, int height, const char *config)
{
  Bench *bench = bench_empty(width, height, config);
  g_autoptr(GError) error = NULL;
  Project *opened = project_open(&bench->options.project, &error);
  cr_assert(opened, "project_open: %s", error ? error->message : "");
  RevisionMap *map = revision_map_load(opened, &error);
  cr_assert(map, "revision_map_load: %s", error ? error->message : "");
  g_free(opened->name);
  opened->name = g_strdup("shop");
  workspace_take_snapshot(bench->ws, snapshot_new(opened, map));
  return bench;
}

Bench *bench_new(int width, int height, gboolean project)
{
  g_autofree char *config = g_build_filename(bench_srcdir(), "tests", "tui", "project", "alembic.ini", NULL);
  return project ? bench_open(width, height, config) : bench_empty(width, height, config);
}

void bench_reloaded(Bench *bench)
{
  while (bench->ws->loading)
    g_main_context_iteration(NULL, TRUE);
}

void bench_free(Bench *bench)
{
  if (!bench)
    return;
  app_free(bench->app);
  workspace_free(bench->ws);
  lock_snapshot_free(bench->locks);
  g_free(bench->config);
  g_free(bench);
}

void bench_stand_at(Bench *bench, const char *const *rows)
{
  Workspace *ws = bench->ws;
  ws->database = DATABASE_READY;
  g_free(ws->database_name);
  ws->database_name = g_strdup("app@db1/shop");
  g_free(ws->server);
  ws->server = g_strdup("postgresql 15.4");
  ws->server_version = 150004;
  VersionRows *taken = g_new0(VersionRows, 1);
  taken->exists = TRUE;
  taken->rows = g_strdupv((char **)rows);
  workspace_take_rows(ws, taken);
}

static LockNode *node(int pid, const char *application, const char *state, const char *query, int blocked_by)
{
  LockNode *made = lock_node_new(pid);
  made->user = g_strdup("app");
  made->application = g_strdup(application);
  made->client = g_strdup("10.0.0.7");
  made->state = g_strdup(state);
  made->backend_start = g_strdup("2024-01-01");
  made->query = g_strdup(query);
  made->xact_s = 252;
  made->state_s = 252;
  made->lock_relation = g_strdup("public.orders");
  if (blocked_by) {
    g_array_append_val(made->blocked_by, blocked_by);
    made->wait_s = 2.4;
    made->lock_mode = g_strdup("ACCESS EXCLUSIVE");
  } else {
    made->lock_granted = TRUE;
    made->lock_mode = g_strdup("ACCESS SHARE");
  }
  return made;
}

void bench_lock(Bench *bench)
{
  GPtrArray *nodes = g_ptr_array_new_with_free_func((GDestroyNotify)lock_node_free);
  g_ptr_array_add(nodes,
                  node(4711, "web3", "idle in transaction", "SELECT total\n  FROM orders WHERE id = 1", 0));
  LockNode *own = node(4790, "retort", "active", "ALTER TABLE orders ADD COLUMN note text", 4711);
  own->own = TRUE;
  g_ptr_array_add(nodes, own);
  g_ptr_array_add(nodes, node(4802, "web\x1b[1m1", "active", "SELECT 1 FROM orders", 4790));
  bench->locks = lock_snapshot_build(nodes);
  bench->ws->locks = bench->locks;
  bench->ws->own_pids[0] = 4790;
  workspace_announce(bench->ws, CHANGED_LOCKS);
}

void bench_keys(Bench *bench, const char *keys)
{
  g_auto(GStrv) names = g_strsplit(keys, " ", -1);
  for (guint i = 0; names[i]; i++) {
    if (!*names[i])
      continue;
    InputEvent event = {.type = EVENT_KEY};
    cr_assert(key_parse(names[i], &event.key), "\"%s\" is no key", names[i]);
    app_event(bench->app, &event);
  }
}

void bench_type(Bench *bench, const char *text)
{
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    InputEvent event = {.type = EVENT_KEY, .key = c == ' ' ? TKEY_SPACE : c};
    app_event(bench->app, &event);
  }
}

char *bench_screen(Bench *bench)
{
  while (app_animated(bench->app))
    g_main_context_iteration(NULL, TRUE);
  return canvas_dump(app_paint(bench->app));
}

/* Names the first line that differs. */
static void report(const char *name, const char *expected, const char *got)
{
  g_auto(GStrv) want = g_strsplit(expected, "\n", -1);
  g_auto(GStrv) have = g_strsplit(got, "\n", -1);
  guint i = 0;
  while (want[i] && have[i] && strcmp(want[i], have[i]) == 0)
    i++;
  cr_expect_fail("screen %s, line %u:\nexpected |%s|\n     got |%s|\n%s", name, i + 1,
                 want[i] ? want[i] : "(end)", have[i] ? have[i] : "(end)", got);
}

void bench_compare(Bench *bench, const char *name)
{
  g_autofree char *file = g_strconcat(name, ".txt", NULL);
  g_autofree char *path = g_build_filename(bench_srcdir(), "tests", "tui", "screens", file, NULL);
  g_autofree char *got = bench_screen(bench);
  g_autofree char *expected = NULL;
  if (g_getenv("UPDATE_SCREENS")) {
    cr_assert(g_file_set_contents(path, got, -1, NULL), "cannot write %s", path);
    return;
  }
  cr_assert(g_file_get_contents(path, &expected, NULL, NULL), "no %s: run with UPDATE_SCREENS=1 and read it",
            path);
  if (strcmp(got, expected) != 0)
    report(name, expected, got);
}
