/* What a session takes from the project around a migration: modules it can read, the naming convention. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "retort/render/offline.h"
#include "support.h"

static void put(const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autofree char *above = g_path_get_dirname(path);
  cr_assert_eq(g_mkdir_with_parents(above, 0755), 0);
  cr_assert(g_file_set_contents(path, text, -1, NULL), "%s", path);
}

static void remove_tree(const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
      remove_tree(path);
    else
      g_unlink(path);
  }
  g_rmdir(folder);
}

/* A project with one migration and the application's models; the caller frees the folder with remove_tree(). */
static char *make_project(const char *models, const char *migration)
{
  char *folder = g_dir_make_tmp("retort-render-XXXXXX", NULL);
  put(folder, ".git/HEAD", "ref: refs/heads/main\n");
  put(folder, "alembic.ini", "[alembic]\nscript_location = %(here)s/migrations\nprepend_sys_path = .\n");
  put(folder, "migrations/env.py",
      "from alembic import context\nfrom app.models import metadata\ntarget_metadata = metadata\n"
      "context.configure(target_metadata=target_metadata)\n");
  put(folder, "migrations/versions/a.py", migration);
  put(folder, "app/__init__.py", "");
  put(folder, "app/models.py", models);
  return folder;
}

static Script *render_in(const char *folder, RenderSession **session)
{
  g_autofree char *config = g_build_filename(folder, "alembic.ini", NULL);
  g_autofree char *path = g_build_filename(folder, "migrations", "versions", "a.py", NULL);
  g_autofree char *text = NULL;
  const char *const configs[] = {config, NULL};
  ProjectOptions options = {.config_files = configs};
  g_autoptr(GError) error = NULL;
  g_autoptr(Project) project = project_open(&options, &error);
  cr_assert(project, "%s", error ? error->message : "");
  *session = render_session_new(project, NULL);
  cr_assert(g_file_get_contents(path, &text, NULL, NULL));
  return render_source(*session, path, text, strlen(text), DIRECTION_UPGRADE);
}

#define MIGRATION                                                                                      \
  "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\ndown_revision = None\n"            \
  "def upgrade():\n    op.create_index('ix', 't', ['a'])\n    op.create_unique_constraint(None, 't', " \
  "['a'])\n"

typedef struct {
  const char *name;
  const char *models;
  const char *last; /* the second statement; NULL: refused */
} Naming;

static const Naming namings[] = {
    {"none", "import sqlalchemy as sa\nmetadata = sa.MetaData()\n", "ALTER TABLE t ADD UNIQUE (a)"},
    {"a dict in place",
     "import sqlalchemy as sa\nmetadata = sa.MetaData(naming_convention={'uq': 'uq_%(table_name)s'})\n",
     "ALTER TABLE t ADD CONSTRAINT uq_t UNIQUE (a)"},
    {"a constant",
     "import sqlalchemy as sa\nNAMES: dict = {\n  'uq': 'u_%(table_name)s_%(column_0_name)s',\n}\n"
     "metadata = sa.MetaData(naming_convention=NAMES)\n",
     "ALTER TABLE t ADD CONSTRAINT u_t_a UNIQUE (a)"},
    {"made by a function", "import sqlalchemy as sa\nmetadata = sa.MetaData(naming_convention=names())\n",
     NULL},
};

Test(project, its_naming_convention_names_what_a_migration_does_not)
{
  for (guint i = 0; i < G_N_ELEMENTS(namings); i++) {
    const Naming *n = &namings[i];
    g_autofree char *folder = make_project(n->models, MIGRATION);
    g_autoptr(RenderSession) session = NULL;
    g_autoptr(Script) script = render_in(folder, &session);
    cr_expect_eq(script->state, n->last ? RENDER_EXACT : RENDER_PYTHON, "%s: %d", n->name, script->state);
    cr_expect_eq(script->statements->len, n->last ? 2 : 1, "%s: %u statements", n->name,
                 script->statements->len);
    if (n->last && script->statements->len == 2)
      cr_expect_str_eq(((Statement *)script->statements->pdata[1])->sql, n->last, "%s: %s", n->name,
                       ((Statement *)script->statements->pdata[1])->sql);
    remove_tree(folder);
  }
}

Test(project, its_readable_modules_are_read)
{
  g_autofree char *folder =
      make_project("import enum\nimport flask\nfrom sqlalchemy import types\nmetadata = None\nSIZE = 30\n"
                   "class Kind(enum.Enum):\n    a = 1\n    b = 2\n"
                   "class Short(types.TypeDecorator):\n    impl = types.String(SIZE)\n",
                   "from alembic import op\nimport sqlalchemy as sa\nfrom app import models\n"
                   "revision = 'a'\ndown_revision = None\ndef upgrade():\n"
                   "    op.add_column('t', sa.Column('k', sa.Enum(models.Kind)))\n"
                   "    op.add_column('t', sa.Column('s', models.Short()))\n");
  g_autoptr(RenderSession) session = NULL;
  g_autoptr(Script) script = render_in(folder, &session);
  cr_expect_eq(script->state, RENDER_EXACT);
  cr_assert_eq(script->statements->len, 2, "%s", script->error);
  cr_expect_str_eq(((Statement *)script->statements->pdata[0])->sql, "ALTER TABLE t ADD COLUMN k kind");
  cr_expect_str_eq(((Statement *)script->statements->pdata[1])->sql,
                   "ALTER TABLE t ADD COLUMN s VARCHAR(30)");
  remove_tree(folder);
}

static Script *render_next(RenderSession *session, const char *folder, const char *body)
{
  g_autofree char *path = g_build_filename(folder, "migrations", "versions", "b.py", NULL);
  g_autofree char *text =
      g_strdup_printf("from alembic import op\nimport sqlalchemy as sa\nfrom app import models\n"
                      "import app.models as same\ndown_revision = None\ndef upgrade():\n%s",
                      body);
  return render_source(session, path, text, strlen(text), DIRECTION_UPGRADE);
}

static void expect_sql(const Script *script, const char *sql)
{
  cr_assert_eq(script->statements->len, 1, "%u statements instead of %s (%s)", script->statements->len, sql,
               script->error);
  const char *got = ((Statement *)script->statements->pdata[0])->sql;
  cr_expect_str_eq(got, sql, "%s instead of %s", got, sql);
}

Test(project, what_one_migration_does_to_a_module_the_next_one_does_not_see)
{
  const char *use =
      "    op.execute('%s %d %s' % (models.LIST, models.Kind.size, sorted(models.md.tables)))\n";
  g_autofree char *folder = make_project(
      "import sqlalchemy as sa\nmetadata = md = sa.MetaData()\nLIST = [1]\nclass Kind:\n    size = 5\n",
      "from alembic import op\nfrom app import models\nrevision = 'a'\ndown_revision = None\ndef upgrade():\n"
      "    op.execute('%s' % models.LIST)\n");
  g_autoptr(RenderSession) session = NULL;
  g_autoptr(Script) first = render_in(folder, &session);
  expect_sql(first, "[1]");
  for (guint i = 0; i < 3; i++) {
    g_autofree char *body = g_strconcat("    models.LIST.append(2)\n    same.Kind.size = 6\n    "
                                        "sa.Table('x', models.md, sa.Column('a', sa.Text))\n"
                                        "    models.new = 1\n",
                                        use, NULL);
    g_autoptr(Script) changing = render_next(session, folder, body);
    expect_sql(changing, "[1, 2] 6 ['x']");
    g_autoptr(Script) next = render_next(session, folder, use);
    expect_sql(next, "[1] 5 []");
  }
  put(folder, "app/models.py",
      "import sqlalchemy as sa\nmd = sa.MetaData()\nLIST = 'changed'\nclass Kind:\n    size = 7\n");
  /* Files are looked at again after a moment only. */
  g_autoptr(Script) after = NULL;
  do {
    script_free(after);
    after = render_next(session, folder, use);
  } while (after->statements->len == 1 && strstr(((Statement *)after->statements->pdata[0])->sql, "[1]"));
  expect_sql(after, "changed 7 []");
  remove_tree(folder);
}

typedef struct {
  const char *name;
  const char *const *files; /* made empty, below the folder */
  gboolean reached;         /* whether a module beside the project is found */
} Top;

Test(project, modules_above_the_project_are_not_looked_at)
{
  static const char *const git[] = {"project/.git/HEAD", NULL};
  static const char *const ini[] = {"project/alembic.ini", NULL};
  static const char *const packaged[] = {"project/alembic.ini", "project/__init__.py", NULL};
  static const char *const nothing[] = {NULL};
  static const Top tops[] = {
      {"a repository", git, FALSE},
      {"a configuration", ini, FALSE},
      {"a configuration inside a package", packaged, TRUE},
      {"neither", nothing, FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(tops); i++) {
    g_autofree char *folder = g_dir_make_tmp("retort-render-XXXXXX", NULL);
    const char *text = "from alembic import op\nfrom beside import NAME\ndown_revision = None\n"
                       "def upgrade():\n    op.execute(NAME)\n";
    put(folder, "beside.py", "NAME = 'x'\n");
    put(folder, "project/migrations/env.py", "");
    for (const char *const *file = tops[i].files; *file; file++)
      put(folder, *file, "");
    g_autofree char *path = g_build_filename(folder, "project", "migrations", "versions", "a.py", NULL);
    put(folder, "project/migrations/versions/a.py", text);
    g_autoptr(RenderSession) session = render_session_new(NULL, NULL);
    g_autoptr(Script) script = render_source(session, path, text, strlen(text), DIRECTION_UPGRADE);
    cr_expect_eq(script->state, tops[i].reached ? RENDER_EXACT : RENDER_PYTHON, "%s: %d", tops[i].name,
                 script->state);
    remove_tree(folder);
  }
}

Test(project, what_a_migration_prints_stands_between_its_statements)
{
  g_autofree char *folder =
      make_project("metadata = None\n",
                   "from alembic import op\nprint('loaded')\nrevision = 'a'\ndown_revision = None\n"
                   "def upgrade():\n    print('first')\n    op.execute('one')\n    print('a', 'b', sep='-')\n"
                   "    with op.get_context().autocommit_block():\n        print('inside')\n"
                   "        op.execute('two')\n    print('last')\n");
  g_autofree char *config = g_build_filename(folder, "alembic.ini", NULL);
  const char *const configs[] = {config, NULL};
  const char *const none[] = {NULL};
  ProjectOptions options = {.config_files = configs};
  g_autoptr(GError) error = NULL;
  g_autoptr(Project) project = project_open(&options, &error);
  cr_assert(project, "%s", error ? error->message : "");
  g_autoptr(RevisionMap) map = revision_map_load(project, &error);
  g_autoptr(Plan) plan = map ? plan_upgrade(map, none, "head", &error) : NULL;
  cr_assert(plan, "%s", error ? error->message : "");
  g_autoptr(RenderSession) session = render_session_new(project, NULL);
  g_autoptr(GString) out = g_string_new(NULL);
  cr_assert(offline_script(session, project, plan, out, &error), "%s", error ? error->message : "");
  const char *body = strstr(out->str, "first");
  cr_assert(body, "%s", out->str);
  cr_expect(g_str_has_prefix(body, "first\none;\n\na-b\nCOMMIT;\n\ninside\ntwo;\n\nBEGIN;\n\nlast\nINSERT"),
            "%s", body);
  cr_expect(!strstr(out->str, "loaded"), "%s", out->str);
  remove_tree(folder);
}

Test(project, modules_in_a_source_folder_beside_the_migrations_are_found)
{
  g_autofree char *folder = g_dir_make_tmp("retort-render-XXXXXX", NULL);
  const char *text = "from alembic import op\nfrom shop.names import NAME\ndown_revision = None\n"
                     "def upgrade():\n    op.execute(NAME)\n";
  put(folder, "pyproject.toml", "");
  put(folder, "src/shop/names.py",
      "from sqlalchemy import event\nfrom sqlalchemy.orm import declarative_base, Session\n"
      "Base = declarative_base()\nBase.log = print\n"
      "@event.listens_for(Session, 'after_commit')\ndef committed(session):\n    raise ValueError\n"
      "class Cart(Base):\n    __tablename__ = 'cart'\n"
      "NAME = 'x'\n");
  put(folder, "migrations/versions/a.py", text);
  g_autofree char *path = g_build_filename(folder, "migrations", "versions", "a.py", NULL);
  g_autoptr(RenderSession) session = render_session_new(NULL, NULL);
  g_autoptr(Script) script = render_source(session, path, text, strlen(text), DIRECTION_UPGRADE);
  const RenderReason *reason = script->reasons->len ? script->reasons->pdata[0] : NULL;
  cr_expect_eq(script->state, RENDER_EXACT, "%d: %s", script->state, reason ? reason->what : "-");
  remove_tree(folder);
}

typedef struct {
  const char *name;
  const char *expression; /* what is executed */
  const char *sql;        /* NULL: refused */
} Reading;

#define BESIDE "os.path.join(os.path.dirname(__file__), '..', 'sql', "

Test(project, files_of_the_project_are_read_and_no_others)
{
  static const Reading readings[] = {
      {"open", "open(" BESIDE "'views.sql')).read()", "one\ntwo"},
      {"lines", "''.join(line.strip() for line in open(" BESIDE "'views.sql'), 'r', encoding='UTF-8'))",
       "onetwo"},
      {"read_text", "(pathlib.Path(__file__).parent.parent / 'sql' / 'views.sql').read_text()", "one\ntwo"},
      {"bytes", "open(" BESIDE "'views.sql'), 'rb').read()", NULL},
      {"another encoding", "open(" BESIDE "'views.sql'), encoding='latin-1').read()", NULL},
      {"another encoding, read_text", "pathlib.Path(" BESIDE "'views.sql')).read_text(encoding='latin-1')",
       NULL},
      {"a relative path", "open('migrations/sql/views.sql').read()", NULL},
      {"no text", "open(" BESIDE "'latin1.sql')).read()", NULL},
      {"absent", "open(" BESIDE "'absent.sql')).read()", NULL},
      {"outside", "open('/etc/passwd').read()", NULL},
      {"a link that leads outside", "open(" BESIDE "'passwd.sql')).read()", NULL},
      {"a device", "open('/dev/zero').read()", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(readings); i++) {
    g_autofree char *text =
        g_strdup_printf("import os, pathlib\nfrom alembic import op\nrevision = 'a'\ndown_revision = None\n"
                        "def upgrade():\n    op.execute(%s)\n",
                        readings[i].expression);
    g_autofree char *folder = make_project("metadata = None\n", text);
    g_autofree char *link = g_build_filename(folder, "migrations", "sql", "passwd.sql", NULL);
    put(folder, "migrations/sql/views.sql", "one\r\ntwo");
    put(folder, "migrations/sql/latin1.sql", "\xe4");
    cr_assert_eq(symlink("/etc/passwd", link), 0);
    g_autoptr(RenderSession) session = NULL;
    g_autoptr(Script) script = render_in(folder, &session);
    const char *got = script->statements->len ? ((Statement *)script->statements->pdata[0])->sql : NULL;
    cr_expect_eq(script->state, readings[i].sql ? RENDER_EXACT : RENDER_PYTHON, "%s: state %d %s",
                 readings[i].name, script->state, script->error);
    cr_expect_str_eq(got ? got : "-", readings[i].sql ? readings[i].sql : "-", "%s: %s", readings[i].name,
                     got);
    remove_tree(folder);
  }
}
