#include <criterion/criterion.h>
#include <string.h>

#include "../../src/tui/action.h"
#include "retort/tui/tui.h"

Test(keys, names_are_read_and_written_alike)
{
  static const struct {
    const char *name;
    Key key;
    const char *written; /* NULL: the same */
  } cases[] = {
      {"u", 'u', NULL},
      {"U", 'U', NULL},
      {"S-u", 'U', "U"},
      {"C-d", KEY_MOD_CTRL | 'd', NULL},
      {"C-D", KEY_MOD_CTRL | 'd', "C-d"},
      {"S-Tab", TKEY_TAB | KEY_MOD_SHIFT, NULL},
      {"enter", TKEY_ENTER, "Enter"},
      {"Space", TKEY_SPACE, NULL},
      {"F12", TKEY_F12, NULL},
      {"-", '-', NULL},
      {"#", '#', NULL},
      {"ü", 0xfc, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Key key = 0;
    cr_expect(key_parse(cases[i].name, &key), "%s is a key", cases[i].name);
    cr_expect_eq(key, cases[i].key, "%s: got %x, expected %x", cases[i].name, key, cases[i].key);
    g_autofree char *written = key_format(key);
    const char *expected = cases[i].written ? cases[i].written : cases[i].name;
    cr_expect_str_eq(written, expected, "%s: written %s, expected %s", cases[i].name, written, expected);
  }
  static const char *const bad[] = {"", "ab", "F13", "C-", "X-a", "\x1b", "C-nosuch"};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    Key key;
    cr_expect_not(key_parse(bad[i], &key), "\"%s\" is no key", bad[i]);
  }
}

Test(actions, a_key_means_one_thing_in_one_context)
{
  g_autoptr(Keymap) keymap = keymap_new();
  for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++) {
    const ActionInfo *info = action_info(i);
    cr_expect_eq(action_by_name(info->name), i, "%s is the name of two actions", info->name);
    cr_expect(*info->help, "%s has no help", info->name);
    g_auto(GStrv) names = g_strsplit(info->keys, " ", -1);
    for (guint k = 0; names[k]; k++) {
      Key key;
      cr_expect(key_parse(names[k], &key), "%s: \"%s\" is no key", info->name, names[k]);
      for (int bit = 0; bit < N_CONTEXTS; bit++)
        if (info->contexts & (1u << bit)) {
          ActionId found = keymap_lookup(keymap, 1u << bit, key);
          cr_expect_eq(found, i, "%s in %s runs %s, not %s", names[k], context_name(1u << bit),
                       found ? action_info(found)->name : "nothing", info->name);
        }
    }
  }
}

Test(actions, the_operators_keys_replace_the_defaults)
{
  g_autoptr(Keymap) keymap = keymap_new();
  g_autoptr(GError) error = NULL;
  cr_expect(keymap_bind(keymap, "step-up", "x F5", &error), "bind");
  cr_expect_eq(keymap_lookup(keymap, CONTEXT_GRAPH, 'x'), ACTION_STEP_UP);
  cr_expect_eq(keymap_lookup(keymap, CONTEXT_GRAPH, 'u'), ACTION_NONE, "the default is gone");
  cr_expect_eq(keymap_lookup(keymap, CONTEXT_GRAPH, TKEY_F5), ACTION_STEP_UP, "reload gave its key away");
  cr_expect(keymap_bind(keymap, "quit", "none", &error), "none takes all keys away");
  cr_expect_null(keymap_key(keymap, ACTION_QUIT));
  cr_expect_not(keymap_bind(keymap, "no-such", "x", &error), "unknown action");
  g_clear_error(&error);
  cr_expect_not(keymap_bind(keymap, "quit", "Blah", &error), "unknown key");
  cr_expect(error && strstr(error->message, "Blah"), "the message names the key: %s",
            error ? error->message : "");
}

Test(actions, every_action_is_described)
{
  static const TuiDescribe formats[] = {TUI_DESCRIBE_TEXT, TUI_DESCRIBE_MAN, TUI_DESCRIBE_RC};
  for (gsize f = 0; f < G_N_ELEMENTS(formats); f++) {
    g_autofree char *text = tui_actions_describe(formats[f]);
    for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++) {
      g_auto(GStrv) parts = g_strsplit(action_info(i)->name, "-", -1);
      g_autofree char *name = g_strjoinv(formats[f] == TUI_DESCRIBE_MAN ? "\\-" : "-", parts);
      cr_expect(strstr(text, name), "format %u lacks %s", (guint)f, name);
    }
  }
}
