/* A revision that the project's own Alembic makes from its models, on the screen: its SQL, its findings, an edit, the
 * key that takes it back; and the deletion of one that was just made. */
#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "shop.h"

static const char models[] = "from sqlalchemy import Column, Integer, MetaData, Table, Text\n"
                             "models = MetaData()\n"
                             "Table('orders', models, Column('id', Integer, primary_key=True),\n"
                             "      Column('total', Integer), Column('note', Text),\n"
                             "      Column('weight', Integer, nullable=False))\n"
                             "context.configure(target_metadata=models, ";
static const char template[] = "\"\"\"${message}\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n"
                               "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n\n\n"
                               "def upgrade():\n    ${upgrades if upgrades else 'pass'}\n\n\n"
                               "def downgrade():\n    ${downgrades if downgrades else 'pass'}\n";

/* Names of the revision files, sorted. */
static char *versions(const Shop *shop)
{
  g_autofree char *command =
      g_strdup_printf("ls %s/shop/migrations/versions | grep -v pycache", shop->folder);
  const char *argv[] = {"sh", "-c", command, NULL};
  char *out = NULL;
  cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, NULL));
  return out;
}

static Shop *shop_with_models(void)
{
  Shop *shop = shop_new("e2e_models", "backup = no\n");
  g_autofree char *mako = g_build_filename(shop->folder, "shop", "migrations", "script.py.mako", NULL);
  const char *words[] = {"upgrade", "--confirm", "prod", "head", NULL};
  cr_assert_eq(shop_command(shop, words), 0, "upgrade head");
  cr_assert(g_file_set_contents(mako, template, -1, NULL), "%s", mako);
  shop_change_env(shop, "context.configure(", models);
  return shop;
}

static void generate(Vt *vt)
{
  vt_keys(vt, "a");
  shop_expect(vt, "message:");
  vt_type(vt, "weigh");
  vt_keys(vt, "Enter");
  shop_expect(vt, "_weigh.py");
  vt_keys(vt, "a");
}

static void undo(Vt *vt, const Shop *shop, const char *before)
{
  vt_keys(vt, "z");
  shop_expect(vt, "undone: the files");
  g_autofree char *undone = versions(shop);
  cr_expect_str_eq(undone, before, "after undoing there are\n%s", undone);
  vt_keys(vt, "Esc");
  shop_expect(vt, "up to date");
}

Test(autogenerate, is_shown_with_its_findings_edited_taken_back_and_deleted, .timeout = 400)
{
  if (!shop_has_alembic())
    cr_skip_test("no Alembic with psycopg2 is installed");
  g_setenv("EDITOR", "sed -i s/weight/mass/", TRUE);
  g_autoptr(Shop) shop = shop_with_models();
  g_autofree char *before = versions(shop);
  g_autoptr(Vt) vt = shop_open(shop, NULL, 80, 24);
  shop_expect(vt, "up to date");

  generate(vt);
  shop_expect(vt, "with env.py's database");
  vt_type(vt, "y");
  vt_keys(vt, "Enter");
  shop_expect(vt, "Alembic wrote it.  E edits it, z removes it");
  shop_expect(vt, "ALTER TABLE orders ADD COLUMN weight INTEGER NOT NULL;");
  shop_expect(vt, "NOT NULL column without a default");
  vt_keys(vt, "E");
  shop_expect(vt, "ALTER TABLE orders ADD COLUMN mass INTEGER NOT NULL;");
  undo(vt, shop, before);

  generate(vt);
  shop_expect(vt, "Alembic wrote it.  E edits it, z removes it");
  vt_keys(vt, "Esc");
  shop_expect(vt, "1 pending");
  vt_keys(vt, "Home X");
  shop_expect(vt, "Delete ");
  shop_expect(vt, "has none of it");
  vt_keys(vt, "Enter");
  shop_expect(vt, "1 head left.  z undoes it");
  g_autofree char *deleted = versions(shop);
  cr_expect_str_eq(deleted, before, "after deleting there are\n%s", deleted);
  vt_keys(vt, "Esc");
  shop_expect(vt, "up to date");
  vt_keys(vt, "q");
  cr_expect_eq(vt_exit(vt, SHOP_SOON), 0, "the program did not end well");
}
