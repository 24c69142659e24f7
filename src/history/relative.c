#include "relative.h"

#include <string.h>

#include "symbol.h"

static gboolean is_word(gunichar c)
{
  return c == '_' || g_unichar_isalnum(c);
}

static const char *skip_word(const char *s)
{
  while (*s && is_word(g_utf8_get_char(s)))
    s = g_utf8_next_char(s);
  return s;
}

/* SYM and the number; the label is the caller's. */
static gboolean parse_tail(const char *s, Relative *relative)
{
  const char *sign = skip_word(s), *end;

  if (*sign != '+' && *sign != '-')
    return FALSE;
  for (end = sign + 1; *end && g_unichar_isdigit(g_utf8_get_char(end));)
    end = g_utf8_next_char(end);
  if (end == sign + 1)
    return FALSE;
  relative->symbol = sign > s ? g_strndup(s, sign - s) : NULL;
  relative->text = g_strndup(sign, end - sign);
  symbol_int(relative->text, &relative->steps);
  return TRUE;
}

gboolean relative_parse(const char *target, Relative *relative)
{
  *relative = (Relative){0};
  if (!g_utf8_validate(target, -1, NULL))
    return FALSE;
  const char *line_end = target + strcspn(target, "\n");
  for (const char *at = strchr(target, '@'); at && at < line_end; at = strchr(at + 1, '@')) {
    if (at == target || !parse_tail(at + 1, relative))
      continue;
    relative->label = g_strndup(target, at - target);
    return TRUE;
  }
  return parse_tail(target, relative);
}

void relative_clear(Relative *relative)
{
  g_clear_pointer(&relative->label, g_free);
  g_clear_pointer(&relative->symbol, g_free);
  g_clear_pointer(&relative->text, g_free);
}

/* The digits as a number prints: without leading zeros. */
static const char *bare_digits(const char *text)
{
  while (text[0] == '0' && text[1])
    text++;
  return text;
}

char *relative_too_far(const Relative *relative, gboolean as_written)
{
  const char *digits = bare_digits(relative->text + 1);
  gboolean negative = relative->text[0] == '-' && !g_str_equal(digits, "0");

  if (as_written)
    return g_strdup_printf("Relative revision %s didn't produce %s migrations", relative->text, digits);
  return g_strdup_printf("Relative revision %s%s didn't produce %s migrations", negative ? "-" : "", digits,
                         digits);
}
