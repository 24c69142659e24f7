#include "key.h"

#include <string.h>

static const struct {
  Key key;
  const char *name;
} named_keys[] = {
#define X(id, name) {TKEY_##id, name},
    TUI_NAMED_KEYS(X)
#undef X
};

static gboolean parse_base(const char *name, Key *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS(named_keys); i++)
    if (g_ascii_strcasecmp(named_keys[i].name, name) == 0) {
      *key = named_keys[i].key;
      return TRUE;
    }
  gunichar c = g_utf8_get_char_validated(name, -1);
  if (c >= (gunichar)-2 || !g_unichar_isprint(c) || *g_utf8_next_char(name) != '\0')
    return FALSE;
  *key = c == ' ' ? TKEY_SPACE : c;
  return TRUE;
}

gboolean key_parse(const char *name, Key *key)
{
  Key modifiers = 0;
  for (; name[0] && name[1] == '-' && name[2]; name += 2) {
    if (g_ascii_toupper(name[0]) == 'C')
      modifiers |= KEY_MOD_CTRL;
    else if (g_ascii_toupper(name[0]) == 'S')
      modifiers |= KEY_MOD_SHIFT;
    else
      return FALSE;
  }
  if (!parse_base(name, key))
    return FALSE;
  if ((modifiers & KEY_MOD_CTRL) && *key < 128)
    *key = (Key)g_ascii_tolower((char)*key);
  if ((modifiers & KEY_MOD_SHIFT) && *key < TKEY_NAMED_BASE) {
    *key = g_unichar_toupper(*key);
    modifiers &= ~KEY_MOD_SHIFT;
  }
  *key |= modifiers;
  return TRUE;
}

char *key_format(Key key)
{
  GString *out = g_string_new(NULL);
  if (key & KEY_MOD_CTRL)
    g_string_append(out, "C-");
  if (key & KEY_MOD_SHIFT)
    g_string_append(out, "S-");
  Key base = key & ~(KEY_MOD_CTRL | KEY_MOD_SHIFT);
  for (gsize i = 0; i < G_N_ELEMENTS(named_keys); i++)
    if (named_keys[i].key == base) {
      g_string_append(out, named_keys[i].name);
      return g_string_free(out, FALSE);
    }
  g_string_append_unichar(out, base);
  return g_string_free(out, FALSE);
}

gunichar key_text(Key key)
{
  if (key == TKEY_SPACE)
    return ' ';
  return key >= ' ' && key < TKEY_NAMED_BASE && g_unichar_isprint(key) ? key : 0;
}
