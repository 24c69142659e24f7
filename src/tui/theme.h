/* Named styles and what a terminal of so many colours shows for them; glyphs and their ASCII forms.
 *
 * A Style is a name from the table below plus flags.  Colour supports and never carries: every style that means
 * something stands beside a glyph or a word that says the same.
 */
#pragma once

#include <glib.h>

typedef guint16 Style;

/* Style, foreground of 256, of 8 (-1: the terminal's own), attributes. */
#define TUI_STYLES(X)                       \
  X(NORMAL, -1, -1, 0)                      \
  X(FAINT, 245, -1, LOOK_DIM)               \
  X(BORDER, 242, -1, LOOK_DIM)              \
  X(BORDER_FOCUS, 33, 4, LOOK_BOLD)         \
  X(TITLE, -1, -1, LOOK_BOLD)               \
  X(KEY, 33, 6, LOOK_BOLD)                  \
  X(ACCENT, 33, 6, 0)                       \
  X(CARE, 172, 3, 0)                        \
  X(DANGER, 160, 1, LOOK_BOLD)              \
  X(DONE, 34, 2, 0)                         \
  X(ID, 31, 6, 0)                           \
  X(LABEL, 37, 6, 0)                        \
  X(TAG, 133, 5, 0)                         \
  X(HEAD, -1, -1, LOOK_REVERSE | LOOK_BOLD) \
  X(POSITION, 33, 6, LOOK_BOLD)             \
  X(KEYWORD, 33, 4, LOOK_BOLD)              \
  X(STRING, 133, 5, 0)                      \
  X(NUMBER, 37, 6, 0)                       \
  X(COMMENT, 245, -1, LOOK_DIM)             \
  X(ADDED, 34, 2, 0)                        \
  X(REMOVED, 160, 1, 0)                     \
  X(MATCH, 172, 3, LOOK_REVERSE)            \
  X(LANE0, 33, 4, 0)                        \
  X(LANE1, 133, 5, 0)                       \
  X(LANE2, 37, 6, 0)                        \
  X(LANE3, 95, 5, 0)                        \
  X(LANE4, 99, 5, 0)                        \
  X(LANE5, 67, 4, 0)                        \
  X(LANE6, 137, 4, 0)                       \
  X(LANE7, 73, 6, 0)

typedef enum {
#define X(id, many, few, look) STYLE_##id,
  TUI_STYLES(X)
#undef X
      N_STYLES,
} StyleName;

#define STYLE_MASK 0x00ff
#define STYLE_SELECTED 0x0100  /* the row the cursor is on */
#define STYLE_UNFOCUSED 0x0200 /* with SELECTED: in a pane that has not the keyboard */
#define STYLE_BOLD 0x0400
#define STYLE_REVERSE 0x0800
#define STYLE_UNDERLINE 0x1000

typedef enum {
  LOOK_BOLD = 1 << 0,
  LOOK_DIM = 1 << 1,
  LOOK_REVERSE = 1 << 2,
  LOOK_UNDERLINE = 1 << 3,
} LookBits;

/* What a terminal is told. */
typedef struct {
  short fg, bg; /* -1: the terminal's own */
  guint8 bits;  /* LookBits */
} Look;

/* colors: 0 (NO_COLOR or a terminal without), 8, 16 or 256. */
Look theme_look(Style style, int colors);
Style theme_lane(guint lane);
/* The ASCII character that stands for a glyph; '?' when there is none. */
gunichar theme_ascii(gunichar glyph);

/* Marks of the graph: one glyph, one meaning, all explained by the help screen. */
#define GLYPH_APPLIED 0x25cf
#define GLYPH_POSITION 0x25c9
#define GLYPH_PENDING 0x25cb
#define GLYPH_UNPLACED 0x2022
#define GLYPH_MERGE 0x25c7
#define GLYPH_MERGE_APPLIED 0x25c6
#define GLYPH_MISSING 0x2715
#define GLYPH_ELSEWHERE 0x25cc
#define GLYPH_DANGER 0x203c
#define GLYPH_DATABASE 0x27f2
#define GLYPH_PYTHON 0x03bb
#define GLYPH_FOLD 0x22ee
#define GLYPH_DONE 0x2713
#define GLYPH_FAILED 0x2717
#define GLYPH_CURRENT 0x25b6
#define GLYPH_POINTER 0x25c0
#define GLYPH_BEYOND_RIGHT 0x00bb
#define GLYPH_BEYOND_LEFT 0x00ab

/* A frame of the spinner, by monotonic time in µs. */
gunichar theme_spinner(gint64 now);
