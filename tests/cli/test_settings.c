/* retort's own configuration: what is found where, and that nothing unknown passes in silence. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/base/settings.h"

static const char text[] = "[retort]\n"
                           "alembic_version = 1.8\n"
                           "asci = yes\n"
                           "[project shop]\n"
                           "version_table = ops_version\n"
                           "[project /srv/shop]\n"
                           "version_table = other\n"
                           "version_table_schema = ops\n"
                           "[target staging]\n"
                           "url = postgresql://app:p%40ss@db/shop\n"
                           "[target production]\n"
                           "url = postgresql:///shop\n"
                           "production = Yes\n"
                           "read_only = on\n"
                           "[tragets]\n"
                           "a = b\n";

static Settings *parse(void)
{
  GError *error = NULL;
  Settings *settings = settings_parse("config", text, strlen(text), &error);
  cr_assert(settings != NULL, "%s", error ? error->message : "");
  return settings;
}

Test(settings, a_project_is_found_by_name_then_by_folder_then_everywhere)
{
  g_autoptr(Settings) settings = parse();
  static const struct {
    const char *name, *folder, *key, *want;
  } cases[] = {
      {"shop", "/srv/shop", "version_table", "ops_version"},
      {"shop", "/srv/shop", "version_table_schema", "ops"},
      {"shop", "/srv/shop", "alembic_version", "1.8"},
      {"other", "/srv/shop", "version_table", "other"},
      {"other", "/srv/other", "version_table", NULL},
      {NULL, NULL, "alembic_version", "1.8"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const char *got = settings_get(settings, cases[i].name, cases[i].folder, cases[i].key);
    cr_expect(g_strcmp0(got, cases[i].want) == 0, "case %u (%s): got %s, want %s", i, cases[i].key,
              got ? got : "nothing", cases[i].want ? cases[i].want : "nothing");
  }
}

Test(settings, targets_keep_their_url_as_it_is)
{
  g_autoptr(Settings) settings = parse();
  const SettingsTarget *staging = settings_target(settings, "staging");
  const SettingsTarget *production = settings_target(settings, "production");
  cr_assert(staging && production, "both targets are there");
  cr_expect(strcmp(staging->url, "postgresql://app:p%40ss@db/shop") == 0, "url: %s", staging->url);
  cr_expect(!staging->production && !staging->read_only, "staging is neither production nor read-only");
  cr_expect(production->production && production->read_only, "production is both");
  cr_expect(settings_target(settings, "prod") == NULL, "no target by half a name");
}

Test(settings, unknown_words_are_reported)
{
  g_autoptr(Settings) settings = parse();
  DiagList *diags = settings_diags(settings);
  cr_assert(diags->items->len == 2, "%u diagnostics", diags->items->len);
  const Diag *key = diags->items->pdata[0];
  const Diag *section = diags->items->pdata[1];
  cr_expect(strstr(key->text, "asci") && key->line == 3, "%u: %s", key->line, key->text);
  cr_expect(strstr(section->text, "tragets") != NULL, "%s", section->text);
}

Test(settings, a_missing_file_is_an_empty_one)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Settings) settings = settings_load("/nowhere/retort/config", &error);
  cr_assert(settings != NULL, "%s", error ? error->message : "");
  cr_expect(settings_get(settings, "shop", NULL, "alembic_version") == NULL, "has no keys");
  cr_expect(settings_targets(settings)->len == 0, "has no targets");
}
