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
        "1.4."),
     FALSE},
    {"retort", "alembic", "PATH", N_("The program that commands needing Python are handed over to."), FALSE},
    {"retort", "journal_folder", "PATH",
     N_("Where records of rollouts are kept, instead of $XDG_STATE_HOME/retort/journal: a folder that "
        "several people "
        "share, whose group may read them."),
     FALSE},
    {"retort", "ascii", "yes | no", N_("Draw with ASCII characters only."), FALSE},
    {"retort", "color", "yes | no", N_("Use colours on the screen."), FALSE},
    {"retort", "mouse", "yes | no", N_("Let the screen take the mouse."), FALSE},
    {"project", "alembic_version", "1.19 | 1.8", N_("As above, for this project."), FALSE},
    {"project", "alembic", "PATH", N_("As above, for this project."), FALSE},
    {"project", "version_table", "NAME",
     N_("Table that holds the position, when env.py computes it and retort cannot read it there."), FALSE},
    {"project", "version_table_schema", "NAME", N_("Schema of that table, likewise."), FALSE},
    {"project", "version_table_pk", "yes | no", N_("Whether that table has a primary key, likewise."), FALSE},
    {"project", "transaction_per_migration", "yes | no",
     N_("Whether each migration has a transaction of its own, likewise."), FALSE},
    {"project", "transactional_ddl", "yes | no", N_("Whether DDL runs in transactions at all, likewise."),
     FALSE},
    {"project", "literal_binds", "yes | no", N_("Whether --sql writes values into statements, likewise."),
     FALSE},
    {"project", "ignore_env", "yes | no",
     N_("Run migrations although env.py does more than retort can follow: statements, hooks or further "
        "arguments of its "
        "own, several runs."),
     FALSE},
    {"project", "engine", "retort | alembic",
     N_("Who takes the steps of a rollout: alembic has the project's own Alembic take each of them, one by "
        "one under "
        "retort's eyes, for an env.py that does more than retort can follow."),
     FALSE},
    {"keys", NULL, "ACTION = KEYS",
     N_("Keys of the screen's actions; retort(1) lists them with their defaults."), FALSE},
    {"review", NULL, "CHECK = SEVERITY",
     N_("What the checks say: danger, care, note or off for each; also fail_on, server_version and allow."),
     FALSE},
    {"target", "url", "URL", N_("Where the database is, as SQLAlchemy or libpq write it."), FALSE},
    {"target", "production", "yes | no", N_("A step on this database wants its name typed."), FALSE},
    {"target", "read_only", "yes | no", N_("Nothing is ever changed in this database."), FALSE},
    {"target", "project", "NAME",
     N_("Whose database it is, by the project's name or folder: other projects do not ask it before they "
        "move "
        "revisions. Default: everybody's."),
     FALSE},
    {"target", "ddl_lock_timeout", "DURATION",
     N_("How long a statement of a transaction waits for a lock (PostgreSQL's lock_timeout): 2.5s by "
        "default, above "
        "its deadlock_timeout, so that a plain autovacuum gives way."),
     TRUE},
    {"target", "statement_timeout", "DURATION",
     N_("How long a statement may take (PostgreSQL's statement_timeout); none by default."), TRUE},
    {"target", "retries", "NUMBER",
     N_("How often a transaction is tried again that failed for a lock time-out or a deadlock; 10 by "
        "default."),
     TRUE},
    {"target", "retry_pause", "DURATION",
     N_("The longest random pause before the first retry, doubled for each that follows; 1s by default."),
     TRUE},
    {"target", "retry_pause_limit", "DURATION", N_("The longest of these pauses; 1min by default."), TRUE},
    {"target", "mutex_key", "NUMBER",
     N_("Key of the advisory lock that lets one rollout run at a time, when the project has one of its own."),
     TRUE},
    {"target", "mutex_wait", "DURATION | forever",
     N_("How long to wait for another rollout to end; none by default."), TRUE},
    {"target", "brake_waiting", "NUMBER",
     N_("The brake acts when more sessions than this wait behind the rollout; 20 by default, 0: any number."),
     TRUE},
    {"target", "brake_after", "DURATION",
     N_("The brake acts when a session has waited behind the rollout for so long; 10s by default."), TRUE},
    {"target", "brake_replica_lag", "DURATION",
     N_("The brake acts when a replica is so far behind; none by default."), TRUE},
    {"target", "brake", "ask | cancel | off",
     N_("What the brake does: ask the operator (the default), or cancel the statement at once."), TRUE},
    {"target", "old_transaction", "DURATION",
     N_("From which age a transaction is worth a warning before the rollout; 5min by default."), TRUE},
    {"target", "backup", "ask | required | no", N_("Whether a backup precedes the rollout; ask by default."),
     TRUE},
    {"target", "backup_folder", "PATH", N_("Where backups go; by default retort/backup in $XDG_STATE_HOME."),
     TRUE},
    {"target", "backup_format", "custom | directory",
     N_("pg_dump's format: one file (the default), or a folder written by several jobs."), TRUE},
    {"target", "backup_jobs", "NUMBER", N_("How many jobs write a folder; 4 by default."), TRUE},
    {"target", "backup_age", "DURATION",
     N_("A backup younger than this serves the rollout as well; none by default: always a new one."), TRUE},
    {"target", "alembic", "COMMAND",
     N_("The command line of the project's own Alembic, for migrations that need Python."), FALSE},
    {"target", "redact_queries", "yes | no",
     N_("Keep the query texts of other sessions out of the record; no by default."), TRUE},
    {NULL, NULL, NULL, NULL, FALSE},
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

/* How rollouts are done may be said for one target, for a project or for all. */
static gboolean may_stand_in(const SettingsKey *key, const char *kind)
{
  return strcmp(key->section, kind) == 0 ||
         (key->shared && (strcmp(kind, "project") == 0 || strcmp(kind, "retort") == 0));
}

static const SettingsKey *find_key(const char *kind, const char *key)
{
  for (const SettingsKey *k = settings_keys; k->section; k++)
    if (may_stand_in(k, kind) && (!key || !k->key || strcmp(k->key, key) == 0))
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

const char *settings_get_for(const Settings *settings, const char *target, const char *name,
                             const char *folder, const char *key)
{
  if (!settings->ini)
    return NULL;
  g_autofree char *section = target ? g_strconcat("target ", target, NULL) : NULL;
  const char *value = section ? ini_get_raw(settings->ini, section, key) : NULL;
  return value ? value : settings_get(settings, name, folder, key);
}

const Ini *settings_ini(const Settings *settings)
{
  return settings->ini;
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
