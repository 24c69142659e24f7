/* retort's own configuration: $XDG_CONFIG_HOME/retort/config, an ini file (retort(5)).
 *
 *   [retort]            what holds for every project
 *   [project NAME]      what holds for one: NAME is the project's name or its folder's absolute path
 *   [review]            what the checks say (review/policy.h)
 *   [target NAME]       a database by name, for --target, and how rollouts are done there
 *   [keys]              keys of the screen (tui/ reads them)
 *
 * A missing file is an empty one.  Unknown keys and sections are reported in settings_diags().  Values are taken as
 * they are, without interpolation, so that a URL may hold percent signs.
 */
#pragma once

#include <glib.h>

#include "retort/base/diag.h"
#include "retort/base/ini.h"

typedef struct Settings Settings;

typedef struct {
  char *name;
  char *url;           /* may hold a password: never show it as it is; NULL: libpq's own variables */
  gboolean production; /* running a step wants the target's name typed */
  gboolean read_only;
} SettingsTarget;

/* One key the file may have: what feeds the manual page and the check for unknown keys. */
typedef struct {
  const char *section; /* "retort", "project", "target" or "keys" */
  const char *key;     /* NULL: any */
  const char *value;   /* what may stand there */
  const char *help;    /* N_(): one sentence */
  gboolean shared;     /* of a target: may also stand in [project NAME] and [retort] */
} SettingsKey;

extern const SettingsKey settings_keys[]; /* ends with an all-zero entry */

/* path NULL: the file of the user.  RETORT_ERROR_CONFIG names the line. */
Settings *settings_load(const char *path, GError **error);
Settings *settings_parse(const char *path, const char *text, gsize len, GError **error);
void settings_free(Settings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)
DiagList *settings_diags(const Settings *settings);
/* Path of the user's file; the caller's. */
char *settings_path(void);

/* [project NAME] (by name, then by folder) over [retort]; NULL when neither has the key.  Both may be NULL.
 * Borrowed. */
const char *settings_get(const Settings *settings, const char *name, const char *folder, const char *key);
/* [target TARGET] over the above. */
const char *settings_get_for(const Settings *settings, const char *target, const char *name,
                             const char *folder, const char *key);
/* The file itself, for sections that are read elsewhere; borrowed; NULL: there is none. */
const Ini *settings_ini(const Settings *settings);
/* yes/true/on/1 and no/false/off/0; fallback otherwise. */
gboolean settings_truth(const char *value, gboolean fallback);
/* Borrowed, or NULL. */
const SettingsTarget *settings_target(const Settings *settings, const char *name);
/* SettingsTarget*, in file order; borrowed. */
GPtrArray *settings_targets(const Settings *settings);
