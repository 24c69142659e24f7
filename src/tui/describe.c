/* The actions for --print-keys, the manual and the configuration file. */
#include <string.h>

#include "action.h"
#include "retort/tui/tui.h"

static char *where(guint contexts)
{
  if (contexts == CONTEXT_ALL)
    return g_strdup(_("everywhere"));
  GString *out = g_string_new(NULL);
  for (int bit = 0; bit < N_CONTEXTS; bit++)
    if (contexts & (1u << bit))
      g_string_append_printf(out, "%s%s", out->len ? ", " : "", context_name(1u << bit));
  return g_string_free(out, FALSE);
}

/* A leading dot or quote and every backslash and hyphen would be commands or signs of roff. */
static void append_roff(GString *out, const char *text)
{
  for (const char *p = text; *p; p++) {
    if (*p == '\\')
      g_string_append(out, "\\e");
    else if (*p == '-')
      g_string_append(out, "\\-");
    else if ((*p == '.' || *p == '\'') && (p == text))
      g_string_append_printf(out, "\\&%c", *p);
    else
      g_string_append_c(out, *p);
  }
}

static void describe_man(GString *out, const ActionInfo *info, const char *keys, const char *contexts)
{
  g_string_append(out, ".TP\n.B ");
  append_roff(out, keys);
  g_string_append(out, "\n.I ");
  append_roff(out, info->name);
  g_string_append(out, "\n");
  append_roff(out, _(info->help));
  g_string_append(out, " (");
  append_roff(out, contexts);
  g_string_append(out, ").\n");
}

char *tui_actions_describe(TuiDescribe format)
{
  GString *out = g_string_new(NULL);
  if (format == TUI_DESCRIBE_RC)
    g_string_append(out, "[keys]\n");
  for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++) {
    const ActionInfo *info = action_info(i);
    g_autofree char *contexts = where(info->contexts);
    switch (format) {
    case TUI_DESCRIBE_TEXT:
      g_string_append_printf(out, "%-18s %-16s %s (%s)\n", info->name, info->keys, _(info->help), contexts);
      break;
    case TUI_DESCRIBE_MAN: describe_man(out, info, info->keys, contexts); break;
    case TUI_DESCRIBE_RC:
      g_string_append_printf(out, "# %s (%s)\n# %s = %s\n", _(info->help), contexts, info->name, info->keys);
      break;
    }
  }
  return g_string_free(out, FALSE);
}
