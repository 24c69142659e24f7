/* Keys and mouse events as the screens know them, and the way people write keys: "u", "S-Tab", "C-d", "F5", "Space".
 *
 * A Key is a Unicode code point, or one of the named keys above the last code point, with modifier bits.  Capital
 * letters are themselves (U, not S-u).
 */
#pragma once

#include <glib.h>

typedef guint32 Key;

#define KEY_MOD_CTRL ((Key)1 << 24)
#define KEY_MOD_SHIFT ((Key)1 << 25)

/* Named keys: identifier, name. */
#define TUI_NAMED_KEYS(X)   \
  X(UP, "Up")               \
  X(DOWN, "Down")           \
  X(LEFT, "Left")           \
  X(RIGHT, "Right")         \
  X(HOME, "Home")           \
  X(END, "End")             \
  X(PAGE_UP, "PgUp")        \
  X(PAGE_DOWN, "PgDn")      \
  X(INSERT, "Ins")          \
  X(DELETE, "Del")          \
  X(BACKSPACE, "Backspace") \
  X(ENTER, "Enter")         \
  X(ESCAPE, "Esc")          \
  X(TAB, "Tab")             \
  X(SPACE, "Space")         \
  X(F1, "F1")               \
  X(F2, "F2")               \
  X(F3, "F3")               \
  X(F4, "F4")               \
  X(F5, "F5")               \
  X(F6, "F6")               \
  X(F7, "F7")               \
  X(F8, "F8")               \
  X(F9, "F9")               \
  X(F10, "F10")             \
  X(F11, "F11")             \
  X(F12, "F12")

typedef enum {
  TKEY_NONE = 0,
  TKEY_NAMED_BASE = 0x110000,
#define X(id, name) TKEY_##id,
  TUI_NAMED_KEYS(X)
#undef X
} NamedKey;

typedef enum {
  MOUSE_CLICK,
  MOUSE_DOUBLE,
  MOUSE_WHEEL_UP,
  MOUSE_WHEEL_DOWN,
} MouseKind;

typedef struct {
  MouseKind kind;
  int x, y;
} MouseEvent;

typedef enum {
  EVENT_KEY,
  EVENT_MOUSE,
  EVENT_RESIZE,
} EventType;

typedef struct {
  EventType type;
  Key key;
  MouseEvent mouse;
} InputEvent;

/* FALSE when the name is no key. */
gboolean key_parse(const char *name, Key *key);
/* The caller's. */
char *key_format(Key key);
/* The character to insert into a line of text, or 0. */
gunichar key_text(Key key);
