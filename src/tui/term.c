#include "term.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <langinfo.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "retort/base/error.h"

/* Between two presses on one cell that make a double click. */
#define DOUBLE_CLICK_US (400 * 1000)
/* How long a lone Esc may turn out to be the start of a key's sequence. */
#define ESCAPE_DELAY_MS 25
/* Terminals drop longer OSC 52 texts; so nothing half-copied is left. */
#define COPY_LIMIT (100 * 1000)

static struct {
  SCREEN *screen;
  gboolean up;
  gboolean ascii;
  gboolean mouse;
  int colors;
  gint64 click_time;
  int click_x, click_y;
} term;

/* What the crash handler needs, prepared while all is well: it may call nothing but write() and tcsetattr(). */
static struct {
  char reset[256];
  gsize reset_len;
  struct termios modes;
  gboolean modes_known;
  volatile sig_atomic_t armed;
} rescue;

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static void crashed(int signal_number)
{
  if (rescue.armed) {
    rescue.armed = 0;
    ssize_t ignored = write(STDOUT_FILENO, rescue.reset, rescue.reset_len);
    (void)ignored;
    if (rescue.modes_known)
      tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
  }
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

static gboolean has_capability(const char *name)
{
  const char *s = tigetstr(name);
  return s && s != (const char *)-1;
}

/* Appends a capability without its padding marks ("$<5>"). */
static void append_capability(const char *name)
{
  if (!has_capability(name))
    return;
  const char *s = tigetstr(name);
  while (*s && rescue.reset_len + 1 < sizeof rescue.reset) {
    if (s[0] == '$' && s[1] == '<') {
      const char *end = strchr(s, '>');
      if (end) {
        s = end + 1;
        continue;
      }
    }
    rescue.reset[rescue.reset_len++] = *s++;
  }
}

static void arm_rescue(void)
{
  static gboolean handlers_set;
  static char stack[64 * 1024];
  rescue.reset_len = 0;
  append_capability("sgr0");
  append_capability("rmkx");
  append_capability("rmcup");
  append_capability("cnorm");
  if (term.mouse)
    rescue.reset_len += g_strlcpy(rescue.reset + rescue.reset_len, "\033[?1006l\033[?1000l",
                                  sizeof rescue.reset - rescue.reset_len);
  rescue.armed = 1;
  if (handlers_set)
    return;
  handlers_set = TRUE;
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND};
  for (gsize i = 0; i < G_N_ELEMENTS(crash_signals); i++)
    sigaction(crash_signals[i], &action, NULL);
}

static void start_colors(gboolean no_color)
{
  term.colors = 0;
  if (no_color || !has_colors())
    return;
  start_color();
  use_default_colors();
  term.colors = COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
}

/* Asked before newterm(), which would end the program for a terminal that it does not know. */
static gboolean can_place_text(void)
{
  int found = 0;
  if (setupterm(NULL, STDOUT_FILENO, &found) != OK)
    return FALSE;
  gboolean can = has_capability("cup");
  del_curterm(cur_term);
  return can;
}

gboolean term_start(const TermOptions *options, GError **error)
{
  g_return_val_if_fail(!term.up, FALSE);
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED,
                _("the screen needs a terminal; see `retort --help` for commands that do not"));
    return FALSE;
  }
  rescue.modes_known = tcgetattr(STDIN_FILENO, &rescue.modes) == 0;
  set_escdelay(ESCAPE_DELAY_MS);
  const char *name = g_getenv("TERM");
  if (!can_place_text() || !(term.screen = newterm(NULL, stdout, stdin))) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED,
                _("the terminal type “%s” is unknown or cannot place text: set TERM"), name ? name : "");
    return FALSE;
  }
  term.ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
  term.mouse = !options->no_mouse;
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  leaveok(stdscr, FALSE);
  start_colors(options->no_color);
  if (term.mouse) {
    mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    mouseinterval(0);
  }
  arm_rescue();
  term.up = TRUE;
  return TRUE;
}

void term_stop(void)
{
  if (!term.up)
    return;
  term.up = FALSE;
  endwin();
  rescue.armed = 0;
  delscreen(term.screen);
  term.screen = NULL;
}

void term_suspend(void)
{
  if (!term.up)
    return;
  endwin();
  rescue.armed = 0;
}

void term_resume(void)
{
  if (!term.up)
    return;
  rescue.armed = 1;
  refresh();
  clearok(stdscr, TRUE);
}

void term_redraw(void)
{
  if (term.up)
    clearok(stdscr, TRUE);
}

void term_size(int *width, int *height)
{
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0 &&
      (size.ws_col != COLS || size.ws_row != LINES))
    resizeterm(size.ws_row, size.ws_col);
  *width = COLS;
  *height = LINES;
}

static void show_cell(const Canvas *canvas, int x, int y)
{
  const CanvasCell *cell = canvas_cell(canvas, x, y);
  if (cell->ch == 0)
    return;
  wchar_t text[4] = {(wchar_t)cell->ch, (wchar_t)cell->marks[0], (wchar_t)cell->marks[1], 0};
  Look look = theme_look(cell->style, term.colors);
  attr_t attributes = A_NORMAL;
  if (look.bits & LOOK_BOLD)
    attributes |= A_BOLD;
  if (look.bits & LOOK_DIM)
    attributes |= A_DIM;
  if (look.bits & LOOK_REVERSE)
    attributes |= A_REVERSE;
  if (look.bits & LOOK_UNDERLINE)
    attributes |= A_UNDERLINE;
  int pair = term.colors && (look.fg >= 0 || look.bg >= 0) ? alloc_pair(look.fg, look.bg) : 0;
  cchar_t shown;
  if (setcchar(&shown, text, attributes, 0, &pair) == OK)
    mvadd_wch(y, x, &shown);
}

void term_show(const Canvas *canvas)
{
  if (!term.up)
    return;
  for (int y = 0; y < canvas->height && y < LINES; y++)
    for (int x = 0; x < canvas->width && x < COLS; x++)
      show_cell(canvas, x, y);
  gboolean cursor = canvas->cursor_x >= 0 && canvas->cursor_y >= 0;
  curs_set(cursor ? 1 : 0);
  if (cursor)
    move(canvas->cursor_y, canvas->cursor_x);
  refresh();
}

static Key special_key(wint_t code)
{
  static const struct {
    int code;
    Key key;
  } table[] = {
      {KEY_UP, TKEY_UP},
      {KEY_DOWN, TKEY_DOWN},
      {KEY_LEFT, TKEY_LEFT},
      {KEY_RIGHT, TKEY_RIGHT},
      {KEY_HOME, TKEY_HOME},
      {KEY_END, TKEY_END},
      {KEY_PPAGE, TKEY_PAGE_UP},
      {KEY_NPAGE, TKEY_PAGE_DOWN},
      {KEY_IC, TKEY_INSERT},
      {KEY_DC, TKEY_DELETE},
      {KEY_BACKSPACE, TKEY_BACKSPACE},
      {KEY_ENTER, TKEY_ENTER},
      {KEY_BTAB, TKEY_TAB | KEY_MOD_SHIFT},
      {KEY_SR, TKEY_UP | KEY_MOD_SHIFT},
      {KEY_SF, TKEY_DOWN | KEY_MOD_SHIFT},
      {KEY_SLEFT, TKEY_LEFT | KEY_MOD_SHIFT},
      {KEY_SRIGHT, TKEY_RIGHT | KEY_MOD_SHIFT},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
    if (table[i].code == (int)code)
      return table[i].key;
  if (code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(12))
    return TKEY_F1 + (code - (wint_t)KEY_F(1));
  return TKEY_NONE;
}

static Key plain_key(wint_t code)
{
  switch (code) {
  case '\r':
  case '\n': return TKEY_ENTER;
  case '\t': return TKEY_TAB;
  case 27: return TKEY_ESCAPE;
  case ' ': return TKEY_SPACE;
  case 8:
  case 127: return TKEY_BACKSPACE;
  default: break;
  }
  if (code > 0 && code < 27)
    return KEY_MOD_CTRL | (Key)('a' + code - 1);
  return code < 32 || code > 0x10ffff ? TKEY_NONE : (Key)code;
}

static gboolean read_mouse(MouseEvent *mouse)
{
  MEVENT event;
  if (getmouse(&event) != OK)
    return FALSE;
  mouse->x = event.x;
  mouse->y = event.y;
  if (event.bstate & BUTTON4_PRESSED) {
    mouse->kind = MOUSE_WHEEL_UP;
  } else if (event.bstate & BUTTON5_PRESSED) {
    mouse->kind = MOUSE_WHEEL_DOWN;
  } else if (event.bstate & BUTTON1_PRESSED) {
    gint64 now = g_get_monotonic_time();
    gboolean twice =
        now - term.click_time < DOUBLE_CLICK_US && event.x == term.click_x && event.y == term.click_y;
    mouse->kind = twice ? MOUSE_DOUBLE : MOUSE_CLICK;
    term.click_time = twice ? 0 : now;
    term.click_x = event.x;
    term.click_y = event.y;
  } else {
    return FALSE;
  }
  return TRUE;
}

gboolean term_read(InputEvent *event)
{
  if (!term.up)
    return FALSE;
  for (;;) {
    wint_t code;
    int kind = get_wch(&code);
    if (kind == ERR)
      return FALSE;
    if (kind == KEY_CODE_YES && code == KEY_MOUSE) {
      event->type = EVENT_MOUSE;
      if (read_mouse(&event->mouse))
        return TRUE;
      continue;
    }
    if (kind == KEY_CODE_YES && code == KEY_RESIZE) {
      event->type = EVENT_RESIZE;
      return TRUE;
    }
    event->type = EVENT_KEY;
    event->key = kind == KEY_CODE_YES ? special_key(code) : plain_key(code);
    if (event->key != TKEY_NONE)
      return TRUE;
  }
}

static void send(const char *sequence)
{
  fflush(stdout);
  gsize len = strlen(sequence);
  while (len > 0) {
    ssize_t n = write(STDOUT_FILENO, sequence, len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return;
    sequence += n;
    len -= (gsize)n;
  }
}

gboolean term_copy(const char *text)
{
  gsize len = strlen(text);
  if (!term.up || len > COPY_LIMIT)
    return FALSE;
  g_autofree char *encoded = g_base64_encode((const guchar *)text, len);
  g_autofree char *sequence = g_strdup_printf("\033]52;c;%s\a", encoded);
  send(sequence);
  return TRUE;
}

gboolean term_is_ascii(void)
{
  return term.ascii;
}
