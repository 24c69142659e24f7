#include "action.h"

#include <string.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/ini.h"
#include "retort/base/text.h"

static const ActionInfo actions[N_ACTIONS] = {
#define X(id, name, keys, contexts, footer, help) [ACTION_##id] = {name, keys, contexts, footer, help},
    TUI_ACTIONS(X)
#undef X
};

struct Keymap {
  GArray *keys[N_ACTIONS]; /* Key */
};

const ActionInfo *action_info(ActionId action)
{
  g_return_val_if_fail(action > ACTION_NONE && action < N_ACTIONS, NULL);
  return &actions[action];
}

ActionId action_by_name(const char *name)
{
  for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++)
    if (strcmp(actions[i].name, name) == 0)
      return i;
  return ACTION_NONE;
}

const char *context_name(guint context)
{
  switch (context) {
  case CONTEXT_GRAPH: return _("graph");
  case CONTEXT_DETAILS: return _("details");
  case CONTEXT_STEP: return _("confirming a step");
  case CONTEXT_RUN: return _("rollout");
  case CONTEXT_LOCKS: return _("locks");
  case CONTEXT_HELP: return _("help");
  case CONTEXT_DONE: return _("finished rollout");
  case CONTEXT_CHOOSE: return _("choosing an environment");
  case CONTEXT_MERGE: return _("merge");
  case CONTEXT_REBASE: return _("rebase");
  case CONTEXT_REVISION: return _("new revision");
  case CONTEXT_DELETE: return _("deleting a revision");
  case CONTEXT_RECORDS: return _("list of rollouts");
  case CONTEXT_REPLAY: return _("record of a rollout");
  case CONTEXT_REPAIR: return _("repair");
  case CONTEXT_MISSING: return _("position that no file has");
  case CONTEXT_REFS: return _("other commits");
  default: return "";
  }
}

static GArray *parse_keys(const char *text, GError **error)
{
  g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(Key));
  g_auto(GStrv) words = g_strsplit_set(text, " \t\n", -1);
  for (guint i = 0; words[i]; i++) {
    if (!*words[i] || g_ascii_strcasecmp(words[i], "none") == 0)
      continue;
    Key key;
    if (!key_parse(words[i], &key)) {
      g_autofree char *shown = text_escape(words[i], -1, FALSE);
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG, _("“%s” is not the name of a key"), shown);
      return NULL;
    }
    g_array_append_val(keys, key);
  }
  return g_steal_pointer(&keys);
}

Keymap *keymap_new(void)
{
  Keymap *keymap = g_new0(Keymap, 1);
  for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++)
    keymap->keys[i] = parse_keys(actions[i].keys, NULL);
  return keymap;
}

void keymap_free(Keymap *keymap)
{
  if (!keymap)
    return;
  for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++)
    g_array_unref(keymap->keys[i]);
  g_free(keymap);
}

/* A key that was given to one action leaves the others of the same context. */
static void take_keys(Keymap *keymap, ActionId action)
{
  for (guint k = 0; k < keymap->keys[action]->len; k++) {
    Key key = g_array_index(keymap->keys[action], Key, k);
    for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++) {
      if (i == action || !(actions[i].contexts & actions[action].contexts))
        continue;
      for (guint j = keymap->keys[i]->len; j-- > 0;)
        if (g_array_index(keymap->keys[i], Key, j) == key)
          g_array_remove_index(keymap->keys[i], j);
    }
  }
}

gboolean keymap_bind(Keymap *keymap, const char *name, const char *keys, GError **error)
{
  ActionId action = action_by_name(name);
  if (action == ACTION_NONE) {
    g_autofree char *shown = text_escape(name, -1, FALSE);
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG, _("there is no action “%s”"), shown);
    return FALSE;
  }
  GArray *parsed = parse_keys(keys, error);
  if (!parsed)
    return FALSE;
  g_array_unref(keymap->keys[action]);
  keymap->keys[action] = parsed;
  take_keys(keymap, action);
  return TRUE;
}

gboolean keymap_load(Keymap *keymap, const char *path, GPtrArray *problems, GError **error)
{
  gsize len;
  g_autofree char *text = file_read(path, FILE_LIMIT, &len, NULL, error);
  if (!text)
    return FALSE;
  g_autoptr(Ini) ini = ini_parse(path, text, len, NULL, error);
  if (!ini)
    return FALSE;
  if (!ini_has_section(ini, "keys"))
    return TRUE;
  g_auto(GStrv) names = ini_keys(ini, "keys");
  for (guint i = 0; names[i]; i++) {
    g_autoptr(GError) problem = NULL;
    const char *keys = ini_get_raw(ini, "keys", names[i]);
    if (!keymap_bind(keymap, names[i], keys ? keys : "", &problem))
      g_ptr_array_add(problems,
                      g_strdup_printf("%s:%u: %s", path, ini_line(ini, "keys", names[i]), problem->message));
  }
  return TRUE;
}

ActionId keymap_lookup(const Keymap *keymap, guint contexts, Key key)
{
  for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++) {
    if (!(actions[i].contexts & contexts))
      continue;
    for (guint k = 0; k < keymap->keys[i]->len; k++)
      if (g_array_index(keymap->keys[i], Key, k) == key)
        return i;
  }
  return ACTION_NONE;
}

char *keymap_key(const Keymap *keymap, ActionId action)
{
  g_return_val_if_fail(action > ACTION_NONE && action < N_ACTIONS, NULL);
  if (keymap->keys[action]->len == 0)
    return NULL;
  return key_format(g_array_index(keymap->keys[action], Key, 0));
}

char *keymap_keys(const Keymap *keymap, ActionId action)
{
  GString *out = g_string_new(NULL);
  for (guint k = 0; k < keymap->keys[action]->len; k++) {
    g_autofree char *name = key_format(g_array_index(keymap->keys[action], Key, k));
    g_string_append_printf(out, "%s%s", k ? " " : "", name);
  }
  return g_string_free(out, FALSE);
}
