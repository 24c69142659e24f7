#include "retort/base/settings.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/ini.h"

#define SETTINGS_LIMIT ((gsize)1024 * 1024) /* far above any file written by hand */

struct Settings {
  char *path;
  Ini *ini;           /* NULL: no file */
  GPtrArray *targets; /* SettingsTarget* */
  DiagList *diags;
};

const SettingsKey settings_keys[] = {
    {"retort", "alembic_version", "1.19 | 1.8",
     N_("Which Alembic to follow where they differ: 1.19 with SQLAlchemy 2.0 (the default), or 1.8 with "
        "1.4.")},
    {"retort", "alembic", "PATH", N_("The program that commands needing Python are handed over to.")},
    {"retort", "ascii", "yes | no", N_("Draw with ASCII characters only.")},
    {"retort", "color", "yes | no", N_("Use colours on the screen.")},
    {"retort", "mouse", "yes | no", N_("Let the screen take the mouse.")},
    {"project", "alembic_version", "1.19 | 1.8", N_("As above, for this project.")},
    {"project", "alembic", "PATH", N_("As above, for this project.")},
    {"project", "version_table", "NAME",
     N_("Table that holds the position, when env.py computes it and retort cannot read it there.")},
    {"project", "version_table_schema", "NAME", N_("Schema of that table, likewise.")},
    {"project", "version_table_pk", "yes | no", N_("Whether that table has a primary key, likewise.")},
    {"project", "transaction_per_migration", "yes | no",
     N_("Whether each migration has a transaction of its own, likewise.")},
    {"project", "transactional_ddl", "yes | no", N_("Whether DDL runs in transactions at all, likewise.")},
    {"project", "literal_binds", "yes | no", N_("Whether --sql writes values into statements, likewise.")},
    {"keys", NULL, "ACTION = KEYS",
     N_("Keys of the screen's actions; retort(1) lists them with their defaults.")},
    {"target", "url", "URL", N_("Where the database is, as SQLAlchemy or libpq write it.")},
    {"target", "production", "yes | no", N_("A step on this database wants its name typed.")},
    {"target", "read_only", "yes | no", N_("Nothing is ever changed in this database.")},
    {NULL, NULL, NULL, NULL},
};

gboolean settings_truth(const char *value, gboolean fallback)
{
  static const char *const yes[] = {"yes", "true", "on", "1", NULL};
  static const char *const no[] = {"no", "false", "off", "0", NULL};
  if (!value)
    return fallback;
  g_autofree char *lower = g_ascii_strdown(value, -1);
  if (g_strv_contains(yes, lower))
    return TRUE;
  return g_strv_contains(no, lower) ? FALSE : fallback;
}

char *settings_path(void)
{
  return g_build_filename(g_get_user_config_dir(), "retort", "config", NULL);
}

/* "target" for "target staging"; name points behind the blank, or is NULL when there is none. */
static char *section_kind(const char *section, const char **name)
{
  const char *blank = strchr(section, ' ');
  *name = NULL;
  if (!blank)
    return g_strdup(section);
  const char *p = blank;
  while (*p == ' ')
    p++;
  *name = p;
  return g_strndup(section, (gsize)(blank - section));
}

static const SettingsKey *find_key(const char *kind, const char *key)
{
  for (const SettingsKey *k = settings_keys; k->section; k++)
    if (strcmp(k->section, kind) == 0 && (!key || !k->key || strcmp(k->key, key) == 0))
      return k;
  return NULL;
}

static void check_section(Settings *settings, const char *section, const char *kind, const char *name)
{
  if (!find_key(kind, NULL)) {
    diag_add(settings->diags, DIAG_WARNING, settings->path, 0, 0, _("unknown section [%s]"), section);
    return;
  }
  gboolean needs_name = strcmp(kind, "project") == 0 || strcmp(kind, "target") == 0;
  if (needs_name != (name != NULL)) {
    diag_add(settings->diags, DIAG_WARNING, settings->path, 0, 0,
             name ? _("section [%s] takes no name") : _("section [%s] needs a name"), section);
    return;
  }
  g_auto(GStrv) keys = ini_keys(settings->ini, section);
  for (char **key = keys; *key; key++)
    if (!find_key(kind, *key))
      diag_add(settings->diags, DIAG_WARNING, settings->path, ini_line(settings->ini, section, *key), 0,
               _("unknown key \"%s\" in [%s]"), *key, section);
}

static void target_free(SettingsTarget *target)
{
  g_free(target->name);
  g_free(target->url);
  g_free(target);
}

static void read_target(Settings *settings, const char *section, const char *name)
{
  SettingsTarget *target = g_new0(SettingsTarget, 1);
  target->name = g_strdup(name);
  target->url = g_strdup(ini_get_raw(settings->ini, section, "url"));
  target->production = settings_truth(ini_get_raw(settings->ini, section, "production"), FALSE);
  target->read_only = settings_truth(ini_get_raw(settings->ini, section, "read_only"), FALSE);
  g_ptr_array_add(settings->targets, target);
}

static Settings *settings_new(const char *path)
{
  Settings *settings = g_new0(Settings, 1);
  settings->path = g_strdup(path);
  settings->targets = g_ptr_array_new_with_free_func((GDestroyNotify)target_free);
  settings->diags = diag_list_new();
  return settings;
}

Settings *settings_parse(const char *path, const char *text, gsize len, GError **error)
{
  g_autoptr(Settings) settings = settings_new(path);
  settings->ini = ini_parse(path, text, len, NULL, error);
  if (!settings->ini)
    return NULL;
  g_auto(GStrv) sections = ini_sections(settings->ini);
  for (char **section = sections; *section; section++) {
    const char *name;
    g_autofree char *kind = section_kind(*section, &name);
    check_section(settings, *section, kind, name);
    if (strcmp(kind, "target") == 0 && name)
      read_target(settings, *section, name);
  }
  return g_steal_pointer(&settings);
}

Settings *settings_load(const char *path, GError **error)
{
  g_autofree char *own = path ? g_strdup(path) : settings_path();
  if (!g_file_test(own, G_FILE_TEST_EXISTS))
    return settings_new(own);
  gsize len = 0;
  g_autofree char *text = file_read(own, SETTINGS_LIMIT, &len, NULL, error);
  return text ? settings_parse(own, text, len, error) : NULL;
}

void settings_free(Settings *settings)
{
  if (!settings)
    return;
  g_free(settings->path);
  if (settings->ini)
    ini_free(settings->ini);
  g_ptr_array_unref(settings->targets);
  diag_list_free(settings->diags);
  g_free(settings);
}

DiagList *settings_diags(const Settings *settings)
{
  return settings->diags;
}

static const char *project_get(const Settings *settings, const char *name, const char *key)
{
  if (!name)
    return NULL;
  g_autofree char *section = g_strconcat("project ", name, NULL);
  return ini_get_raw(settings->ini, section, key);
}

const char *settings_get(const Settings *settings, const char *name, const char *folder, const char *key)
{
  if (!settings->ini)
    return NULL;
  const char *value = project_get(settings, name, key);
  if (!value)
    value = project_get(settings, folder, key);
  return value ? value : ini_get_raw(settings->ini, "retort", key);
}

const SettingsTarget *settings_target(const Settings *settings, const char *name)
{
  for (guint i = 0; i < settings->targets->len; i++) {
    const SettingsTarget *target = settings->targets->pdata[i];
    if (strcmp(target->name, name) == 0)
      return target;
  }
  return NULL;
}

GPtrArray *settings_targets(const Settings *settings)
{
  return settings->targets;
}
