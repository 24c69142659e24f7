#include "vt.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

#include "../../src/tui/key.h"

struct Vt {
  int fd;
  pid_t pid;
  int status; /* as of waitpid(), once reaped */
  gboolean reaped;
  VTerm *term;
  VTermScreen *screen;
  int columns, rows;
  gboolean alternate, cursor, mouse;
  GString *text;
  GString *clipboard;
};

static void send_bytes(const char *bytes, size_t len, void *data)
{
  Vt *vt = data;
  while (len > 0) {
    ssize_t n = write(vt->fd, bytes, len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return;
    bytes += n;
    len -= (size_t)n;
  }
}

static int set_property(VTermProp property, VTermValue *value, void *data)
{
  Vt *vt = data;
  if (property == VTERM_PROP_ALTSCREEN)
    vt->alternate = value->boolean;
  else if (property == VTERM_PROP_CURSORVISIBLE)
    vt->cursor = value->boolean;
  else if (property == VTERM_PROP_MOUSE)
    vt->mouse = value->number != VTERM_PROP_MOUSE_NONE;
  return 1;
}

static void take_clipboard(Vt *vt, const char *text, gsize len)
{
  g_string_append_len(vt->clipboard, text, (gssize)len);
}

/* libvterm 0.2 began to hand such strings over in pieces. */
#if VTERM_VERSION_MAJOR > 0 || VTERM_VERSION_MINOR >= 2
static int osc(int command, VTermStringFragment fragment, void *data)
{
  Vt *vt = data;
  if (command != 52)
    return 0;
  if (fragment.initial)
    g_string_truncate(vt->clipboard, 0);
  take_clipboard(vt, fragment.str, fragment.len);
  return 1;
}

static const VTermStateFallbacks fallbacks = {.osc = osc};
#else
static int osc(const char *command, size_t len, void *data)
{
  Vt *vt = data;
  if (len < 3 || strncmp(command, "52;", 3) != 0)
    return 0;
  g_string_truncate(vt->clipboard, 0);
  take_clipboard(vt, command + 3, len - 3);
  return 1;
}

static const VTermParserCallbacks fallbacks = {.osc = osc};
#endif

static const VTermScreenCallbacks screen_callbacks = {.settermprop = set_property};

static void run_child(const char *const *argv, const char *const *environment)
{
  g_setenv("TERM", "xterm-256color", TRUE);
  g_setenv("LC_ALL", "C.UTF-8", TRUE);
  for (guint i = 0; environment && environment[i]; i++) {
    g_auto(GStrv) parts = g_strsplit(environment[i], "=", 2);
    g_setenv(parts[0], parts[1] ? parts[1] : "", TRUE);
  }
  execvp(argv[0], (char *const *)argv);
  _exit(127);
}

Vt *vt_spawn(const char *const *argv, const char *const *environment, int columns, int rows)
{
  Vt *vt = g_new0(Vt, 1);
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  vt->columns = columns;
  vt->rows = rows;
  vt->cursor = TRUE;
  vt->text = g_string_new(NULL);
  vt->clipboard = g_string_new(NULL);
  vt->term = vterm_new(rows, columns);
  vterm_set_utf8(vt->term, 1);
  vterm_output_set_callback(vt->term, send_bytes, vt);
  vt->screen = vterm_obtain_screen(vt->term);
  vterm_screen_set_callbacks(vt->screen, &screen_callbacks, vt);
  vterm_screen_enable_altscreen(vt->screen, 1);
  vterm_screen_set_unrecognised_fallbacks(vt->screen, &fallbacks, vt);
  vterm_screen_reset(vt->screen, 1);
  vt->pid = forkpty(&vt->fd, NULL, NULL, &size);
  if (vt->pid == 0)
    run_child(argv, environment);
  return vt;
}

static void reap(Vt *vt, int flags)
{
  if (!vt->reaped && waitpid(vt->pid, &vt->status, flags) == vt->pid)
    vt->reaped = TRUE;
}

void vt_free(Vt *vt)
{
  if (!vt)
    return;
  if (!vt->reaped) {
    kill(vt->pid, SIGKILL);
    reap(vt, 0);
  }
  close(vt->fd);
  vterm_free(vt->term);
  g_string_free(vt->text, TRUE);
  g_string_free(vt->clipboard, TRUE);
  g_free(vt);
}

int vt_pid(const Vt *vt)
{
  return vt->pid;
}

/* Keys */

static VTermKey special(Key key)
{
  static const struct {
    Key key;
    VTermKey code;
  } table[] = {
      {TKEY_UP, VTERM_KEY_UP},          {TKEY_DOWN, VTERM_KEY_DOWN},   {TKEY_LEFT, VTERM_KEY_LEFT},
      {TKEY_RIGHT, VTERM_KEY_RIGHT},    {TKEY_HOME, VTERM_KEY_HOME},   {TKEY_END, VTERM_KEY_END},
      {TKEY_PAGE_UP, VTERM_KEY_PAGEUP}, {TKEY_ENTER, VTERM_KEY_ENTER}, {TKEY_PAGE_DOWN, VTERM_KEY_PAGEDOWN},
      {TKEY_TAB, VTERM_KEY_TAB},        {TKEY_DELETE, VTERM_KEY_DEL},  {TKEY_BACKSPACE, VTERM_KEY_BACKSPACE},
      {TKEY_ESCAPE, VTERM_KEY_ESCAPE},  {TKEY_INSERT, VTERM_KEY_INS},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
    if (table[i].key == key)
      return table[i].code;
  return key >= TKEY_F1 && key <= TKEY_F12 ? (VTermKey)VTERM_KEY_FUNCTION(key - TKEY_F1 + 1) : VTERM_KEY_NONE;
}

void vt_keys(Vt *vt, const char *keys)
{
  g_auto(GStrv) names = g_strsplit(keys, " ", -1);
  for (guint i = 0; names[i]; i++) {
    Key key;
    if (!*names[i])
      continue;
    if (!key_parse(names[i], &key))
      g_error("\"%s\" is no key", names[i]);
    VTermModifier modifiers =
        (key & KEY_MOD_CTRL ? VTERM_MOD_CTRL : 0) | (key & KEY_MOD_SHIFT ? VTERM_MOD_SHIFT : 0);
    Key base = key & ~(KEY_MOD_CTRL | KEY_MOD_SHIFT);
    VTermKey code = special(base);
    if (code != VTERM_KEY_NONE)
      vterm_keyboard_key(vt->term, code, modifiers);
    else
      vterm_keyboard_unichar(vt->term, base == TKEY_SPACE ? ' ' : base, modifiers);
  }
}

void vt_type(Vt *vt, const char *text)
{
  for (const char *p = text; *p; p = g_utf8_next_char(p))
    vterm_keyboard_unichar(vt->term, g_utf8_get_char(p), VTERM_MOD_NONE);
}

void vt_click(Vt *vt, int column, int row)
{
  vterm_mouse_move(vt->term, row, column, VTERM_MOD_NONE);
  vterm_mouse_button(vt->term, 1, true, VTERM_MOD_NONE);
  vterm_mouse_button(vt->term, 1, false, VTERM_MOD_NONE);
}

void vt_resize(Vt *vt, int columns, int rows)
{
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  vt->columns = columns;
  vt->rows = rows;
  vterm_set_size(vt->term, rows, columns);
  ioctl(vt->fd, TIOCSWINSZ, &size);
}

/* Reading */

/* Feeds what the program has written; FALSE when nothing came in time or it is gone. */
static gboolean feed(Vt *vt, int timeout_ms)
{
  struct pollfd waiting = {.fd = vt->fd, .events = POLLIN};
  if (poll(&waiting, 1, timeout_ms) <= 0)
    return FALSE;
  char bytes[4096];
  ssize_t n = read(vt->fd, bytes, sizeof bytes);
  if (n <= 0)
    return FALSE;
  vterm_input_write(vt->term, bytes, (size_t)n);
  return TRUE;
}

static void append_row(Vt *vt, int row)
{
  gsize start = vt->text->len;
  for (int column = 0; column < vt->columns; column++) {
    VTermScreenCell cell;
    if (!vterm_screen_get_cell(vt->screen, (VTermPos){row, column}, &cell) || cell.chars[0] == (uint32_t)-1)
      continue;
    if (!cell.chars[0])
      g_string_append_c(vt->text, ' ');
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
      g_string_append_unichar(vt->text, cell.chars[i]);
  }
  while (vt->text->len > start && vt->text->str[vt->text->len - 1] == ' ')
    g_string_truncate(vt->text, vt->text->len - 1);
  g_string_append_c(vt->text, '\n');
}

const char *vt_last(Vt *vt)
{
  g_string_truncate(vt->text, 0);
  for (int row = 0; row < vt->rows; row++)
    append_row(vt, row);
  return vt->text->str;
}

gboolean vt_wait_until(Vt *vt, gboolean (*holds)(Vt *vt, void *data), void *data, double seconds)
{
  gint64 end = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
  for (;;) {
    /* What is there already belongs together: a half-painted screen is no screen. */
    while (feed(vt, 0))
      continue;
    if (holds(vt, data))
      return TRUE;
    gint64 left = end - g_get_monotonic_time();
    if (left <= 0)
      return FALSE;
    if (!feed(vt, (int)(left / 1000) + 1)) {
      reap(vt, WNOHANG);
      if (vt->reaped)
        return holds(vt, data);
    }
  }
}

static gboolean has_text(Vt *vt, void *text)
{
  return strstr(vt_last(vt), text) != NULL;
}

static gboolean lacks_text(Vt *vt, void *text)
{
  return !has_text(vt, text);
}

gboolean vt_wait(Vt *vt, const char *text, double seconds)
{
  return vt_wait_until(vt, has_text, (void *)text, seconds);
}

gboolean vt_wait_gone(Vt *vt, const char *text, double seconds)
{
  return vt_wait_until(vt, lacks_text, (void *)text, seconds);
}

const char *vt_clipboard(const Vt *vt)
{
  return vt->clipboard->len ? vt->clipboard->str : NULL;
}

gboolean vt_alternate(const Vt *vt)
{
  return vt->alternate;
}

gboolean vt_cursor(const Vt *vt)
{
  return vt->cursor;
}

gboolean vt_mouse(const Vt *vt)
{
  return vt->mouse;
}

static gboolean ended(Vt *vt, void *data)
{
  (void)data;
  reap(vt, WNOHANG);
  return vt->reaped;
}

int vt_exit(Vt *vt, double seconds)
{
  /* The pty reports the end; what was written before is read first. */
  gint64 end = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
  while (!ended(vt, NULL) && g_get_monotonic_time() < end)
    if (!feed(vt, 20))
      continue;
  while (feed(vt, 0))
    continue;
  if (!vt->reaped)
    return -1;
  return WIFEXITED(vt->status) ? WEXITSTATUS(vt->status) : 128 + WTERMSIG(vt->status);
}
