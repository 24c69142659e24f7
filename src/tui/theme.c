#include "theme.h"

static const struct {
  short many, few;
  guint8 look;
} styles[] = {
#define X(id, many, few, look) {many, few, look},
    TUI_STYLES(X)
#undef X
};

/* Backgrounds of the selection: dark enough for white letters, on dark and on light terminals. */
#define SELECTED_BG 25
#define SELECTED_UNFOCUSED_BG 240
#define SELECTED_FG 231

Look theme_look(Style style, int colors)
{
  guint name = style & STYLE_MASK;
  g_return_val_if_fail(name < N_STYLES, ((Look){-1, -1, 0}));
  Look look = {-1, -1, styles[name].look};
  if (colors >= 256)
    look.fg = styles[name].many;
  else if (colors >= 8)
    look.fg = styles[name].few;
  if (colors >= 256 && look.fg >= 0)
    look.bits &= (guint8)~LOOK_DIM;
  if (style & STYLE_SELECTED) {
    if (colors >= 256) {
      look.fg = SELECTED_FG;
      look.bg = (style & STYLE_UNFOCUSED) ? SELECTED_UNFOCUSED_BG : SELECTED_BG;
    } else {
      look.fg = -1;
      look.bits ^= (style & STYLE_UNFOCUSED) ? LOOK_UNDERLINE : LOOK_REVERSE;
    }
    look.bits &= (guint8)~LOOK_DIM;
  }
  if (style & STYLE_BOLD)
    look.bits = (guint8)((look.bits | LOOK_BOLD) & ~LOOK_DIM);
  if (style & STYLE_REVERSE)
    look.bits ^= LOOK_REVERSE;
  if (style & STYLE_UNDERLINE)
    look.bits |= LOOK_UNDERLINE;
  return look;
}

Style theme_lane(guint lane)
{
  return (Style)(STYLE_LANE0 + lane % 8);
}

static const struct {
  gunichar glyph;
  char ascii;
} ascii_forms[] = {
    {GLYPH_APPLIED, '*'},
    {GLYPH_UNPLACED, '.'},
    {GLYPH_POSITION, '@'},
    {GLYPH_PENDING, 'o'},
    {GLYPH_MERGE, 'm'},
    {GLYPH_MERGE_APPLIED, 'M'},
    {GLYPH_MISSING, 'x'},
    {GLYPH_ELSEWHERE, '?'},
    {GLYPH_DANGER, '#'},
    {GLYPH_DATABASE, 'd'},
    {GLYPH_PYTHON, 'p'},
    {GLYPH_FOLD, ':'},
    {GLYPH_DONE, 'v'},
    {GLYPH_FAILED, 'x'},
    {GLYPH_CURRENT, '>'},
    {GLYPH_BEYOND_RIGHT, '>'},
    {GLYPH_BEYOND_LEFT, '<'},
    {GLYPH_POINTER, '<'},
    {0x2500, '-'},
    {0x2502, '|'},
    {0x250c, '+'},
    {0x2510, '+'},
    {0x2514, '+'},
    {0x2518, '+'},
    {0x251c, '+'},
    {0x2524, '+'},
    {0x252c, '+'},
    {0x2534, '+'},
    {0x253c, '+'},
    {0x256d, '.'},
    {0x256e, '.'},
    {0x256f, '\''},
    {0x2570, '`'},
    {0x2506, ':'},
    {0x254c, '-'},
    {0x2574, '-'},
    {0x2576, '-'},
    {0x2575, '|'},
    {0x2577, '|'},
    {0x2191, '^'},
    {0x2193, 'v'},
    {0x2190, '<'},
    {0x2192, '>'},
    {0x25b8, '>'},
    {0x00b7, '.'},
    {0x2026, '~'},
    {0x2588, '#'},
    {0x2591, '.'},
    {0x21aa, '>'},
    {0x203a, '>'},
    {0x2013, '-'},
    {0x2014, '-'},
    {0x00d7, 'x'},
    {0x201c, '"'},
    {0x201d, '"'},
    {0x2019, '\''},
    {0x280b, '|'},
    {0x2819, '/'},
    {0x2839, '-'},
    {0x2838, '\\'},
    {0x283c, '|'},
    {0x2834, '/'},
    {0x2826, '-'},
    {0x2827, '\\'},
    {0x2807, '|'},
    {0x280f, '/'},
};

gunichar theme_ascii(gunichar glyph)
{
  for (gsize i = 0; i < G_N_ELEMENTS(ascii_forms); i++)
    if (ascii_forms[i].glyph == glyph)
      return (gunichar)ascii_forms[i].ascii;
  return '?';
}

gunichar theme_spinner(gint64 now)
{
  static const gunichar frames[] = {0x280b, 0x2819, 0x2839, 0x2838, 0x283c,
                                    0x2834, 0x2826, 0x2827, 0x2807, 0x280f};
  return frames[(now / 100000) % (gint64)G_N_ELEMENTS(frames)];
}
