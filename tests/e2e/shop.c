#include "shop.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

static const char *const ini = "[alembic]\nscript_location = migrations\n";
static const char *const env =
    "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n"
    "engine = create_engine(os.environ['DATABASE_URL'])\n"
    "context.configure(connection=engine.connect())\n"
    "with context.begin_transaction():\n"
    "    context.run_migrations()\n";
static const struct {
  const char *name, *parent, *doc, *up, *down;
} migrations[] = {
    {"c0", NULL, "tables",
     "    op.execute('CREATE TABLE orders (id int PRIMARY KEY, total int)')\n"
     "    op.execute('CREATE TABLE customers (id int PRIMARY KEY, phone text)')\n",
     "    op.execute('DROP TABLE orders')\n    op.execute('DROP TABLE customers')\n"},
    {"c1", "c0", "orders: note", "    op.add_column('orders', sa.Column('note', sa.Text()))\n",
     "    op.drop_column('orders', 'note')\n"},
    {"c2", "c1", "orders: unique total",
     "    with op.get_context().autocommit_block():\n"
     "        op.create_index('ux_total', 'orders', ['total'], unique=True, postgresql_concurrently=True)\n",
     "    op.drop_index('ux_total', 'orders')\n"},
    {"c3", "c2", "customers: no phone", "    op.drop_column('customers', 'phone')\n",
     "    op.add_column('customers', sa.Column('phone', sa.Text()))\n"},
};

static void write_file(const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autofree char *above = g_path_get_dirname(path);
  cr_assert_eq(g_mkdir_with_parents(above, 0700), 0, "%s", above);
  cr_assert(g_file_set_contents(path, text, -1, NULL), "%s", path);
}

static void write_project(const char *folder)
{
  write_file(folder, "shop/alembic.ini", ini);
  write_file(folder, "shop/migrations/env.py", env);
  for (gsize i = 0; i < G_N_ELEMENTS(migrations); i++) {
    g_autofree char *parent =
        migrations[i].parent ? g_strdup_printf("'%s'", migrations[i].parent) : g_strdup("None");
    g_autofree char *text =
        g_strdup_printf("\"\"\"%s\"\"\"\n"
                        "import sqlalchemy as sa\nfrom alembic import op\n"
                        "revision = '%s'\ndown_revision = %s\n"
                        "def upgrade():\n%sdef downgrade():\n%s",
                        migrations[i].doc, migrations[i].name, parent, migrations[i].up, migrations[i].down);
    g_autofree char *name = g_strdup_printf("shop/migrations/versions/%s_.py", migrations[i].name);
    write_file(folder, name, text);
  }
}

static char *environment_value(const char *name, const char *otherwise)
{
  const char *value = g_getenv(name);
  return g_strdup(value ? value : otherwise);
}

Shop *shop_new(const char *database, const char *settings)
{
  Shop *shop = g_new0(Shop, 1);
  shop->folder = g_dir_make_tmp("retort-e2e-XXXXXX", NULL);
  shop->database = g_strdup(database);
  g_autofree char *host = environment_value("PGHOST", "");
  g_autofree char *user = environment_value("PGUSER", "postgres");
  shop->url = g_strdup_printf("postgresql://%s@/%s?host=%s", user, database, host);
  write_project(shop->folder);
  g_autofree char *config =
      g_strdup_printf("[target prod]\nurl = %s\n%s", shop->url, settings ? settings : "");
  write_file(shop->folder, "config/retort/config", config);
  PGconn *conn = PQconnectdb("dbname=postgres");
  g_autofree char *create = g_strdup_printf("CREATE DATABASE %s", database);
  shop_sql(conn, create);
  PQfinish(conn);
  const char *words[] = {"upgrade", "--confirm", "prod", "c0", NULL};
  cr_assert_eq(shop_command(shop, words), 0, "upgrade c0");
  return shop;
}

static void change_file(const char *path, const char *from, const char *to)
{
  g_autofree char *text = NULL;
  cr_assert(g_file_get_contents(path, &text, NULL, NULL), "%s", path);
  g_auto(GStrv) parts = g_strsplit(text, from, 2);
  cr_assert(parts[1], "%s has no %s", path, from);
  g_autofree char *changed = g_strconcat(parts[0], to, parts[1], NULL);
  cr_assert(g_file_set_contents(path, changed, -1, NULL), "%s", path);
}

void shop_change(const Shop *shop, const char *revision, const char *from, const char *to)
{
  g_autofree char *path = g_strdup_printf("%s/shop/migrations/versions/%s_.py", shop->folder, revision);
  change_file(path, from, to);
}

void shop_change_env(const Shop *shop, const char *from, const char *to)
{
  g_autofree char *path = g_build_filename(shop->folder, "shop", "migrations", "env.py", NULL);
  change_file(path, from, to);
}

gboolean shop_has_alembic(void)
{
  const char *argv[] = {"sh", "-c",
                        "alembic --version && head -1 $(command -v alembic) | sed 's/^#! *//' | "
                        "{ read python; $python -c 'import alembic, psycopg2'; }",
                        NULL};
  int status = -1;
  g_spawn_sync(NULL, (char **)argv, NULL,
               G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
               NULL, NULL, &status, NULL);
  return status == 0;
}

void shop_git(const Shop *shop, const char *commands)
{
  g_autofree char *line = g_strdup_printf(
      "cd %s/shop && export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t "
      "GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t && %s",
      shop->folder, commands);
  const char *argv[] = {"sh", "-c", line, NULL};
  int status = -1;
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL);
  cr_assert_eq(status, 0, "%s", commands);
}

static void remove_tree(const char *path)
{
  g_autoptr(GDir) dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *below = g_build_filename(path, name, NULL);
    remove_tree(below);
  }
  g_remove(path);
}

void shop_free(Shop *shop)
{
  remove_tree(shop->folder);
  g_free(shop->folder);
  g_free(shop->url);
  g_free(shop->database);
  g_free(shop);
}

static char *program(void)
{
  const char *builddir = g_getenv("top_builddir");
  g_autofree char *path = g_build_filename(builddir ? builddir : ".", "retort", NULL);
  return g_canonicalize_filename(path, NULL);
}

/* As env(1) takes them: nothing of the tester's own configuration or state. */
static GPtrArray *command_line(const Shop *shop)
{
  GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *retort = program();
  g_ptr_array_add(words, g_strdup("env"));
  g_ptr_array_add(words, g_strdup_printf("--chdir=%s/shop", shop->folder));
  g_ptr_array_add(words, g_strdup_printf("XDG_CONFIG_HOME=%s/config", shop->folder));
  g_ptr_array_add(words, g_strdup_printf("XDG_STATE_HOME=%s/state", shop->folder));
  g_ptr_array_add(words, g_strdup_printf("XDG_CACHE_HOME=%s/cache", shop->folder));
  g_ptr_array_add(words, g_strdup_printf("DATABASE_URL=%s", shop->url));
  g_ptr_array_add(words, g_steal_pointer(&retort));
  return words;
}

Vt *shop_open(const Shop *shop, const char *target, int columns, int rows)
{
  g_autoptr(GPtrArray) words = command_line(shop);
  if (target)
    g_ptr_array_add(words, g_strdup_printf("--target=%s", target));
  g_ptr_array_add(words, NULL);
  return vt_spawn((const char *const *)words->pdata, NULL, columns, rows);
}

int shop_command(const Shop *shop, const char *const *rest)
{
  g_autoptr(GPtrArray) words = command_line(shop);
  for (; *rest; rest++)
    g_ptr_array_add(words, g_strdup(*rest));
  g_ptr_array_add(words, NULL);
  int status = -1;
  g_autoptr(GError) error = NULL;
  gboolean ran = g_spawn_sync(NULL, (char **)words->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                              &status, &error);
  cr_assert(ran, "%s", error ? error->message : "");
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

PGconn *shop_session(const Shop *shop, const char *application)
{
  g_autofree char *conninfo = g_strdup_printf("dbname=%s application_name=%s", shop->database, application);
  PGconn *conn = PQconnectdb(conninfo);
  cr_assert(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
  return conn;
}

void shop_sql(PGconn *conn, const char *sql)
{
  PGresult *result = PQexec(conn, sql);
  ExecStatusType status = PQresultStatus(result);
  cr_assert(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s: %s", sql, PQerrorMessage(conn));
  PQclear(result);
}

char *shop_value(PGconn *conn, const char *sql)
{
  PGresult *result = PQexec(conn, sql);
  cr_assert(PQresultStatus(result) == PGRES_TUPLES_OK, "%s: %s", sql, PQerrorMessage(conn));
  char *value = PQntuples(result) > 0 ? g_strdup(PQgetvalue(result, 0, 0)) : NULL;
  PQclear(result);
  return value;
}

PGconn *shop_reader(const Shop *shop, const char *application, const char *table)
{
  PGconn *conn = shop_session(shop, application);
  shop_sql(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ");
  g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s", table);
  shop_sql(conn, sql);
  return conn;
}

typedef struct {
  const char *a, *b;
} Both;

static gboolean on_one_line(Vt *vt, void *data)
{
  const Both *both = data;
  g_auto(GStrv) lines = g_strsplit(vt_last(vt), "\n", -1);
  for (char **line = lines; *line; line++)
    if (strstr(*line, both->a) && strstr(*line, both->b))
      return TRUE;
  return FALSE;
}

gboolean shop_wait_line(Vt *vt, const char *a, const char *b)
{
  Both both = {a, b};
  return vt_wait_until(vt, on_one_line, &both, SHOP_SOON);
}
