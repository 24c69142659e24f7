/* The template scanner: from Mako's markup to Python lines.
 *
 * It goes through the text once.  At the start of a line a control line or a ## comment may stand; elsewhere text runs
 * up to the next "${", "<%", or start of line.  Every piece becomes one Python line at the current indentation, which
 * control lines move. */
#include "retort/edit/mako.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"

/* Control lines inside each other; Python's own limit for indentation is 100. */
#define MAX_NESTING 60

typedef struct {
  const char *path;
  const char *text;
  const char *end;
  const char *at;
  GString *module; /* code of <%! %>, before everything else */
  GString *out;
  GPtrArray *open; /* char*: keywords of the control lines we are in */
  gboolean empty;  /* the innermost control line has no line of Python below it yet */
} Scanner;

static guint line_of(const Scanner *s, const char *at)
{
  guint line = 1;
  for (const char *p = s->text; p < at; p++)
    line += *p == '\n';
  return line;
}

static gboolean G_GNUC_PRINTF(4, 5)
    fail(Scanner *s, RetortError code, GError **error, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *what = g_strdup_vprintf(format, args);
  va_end(args);
  g_set_error(error, RETORT_ERROR, code, _("%s, line %u: %s"), s->path, line_of(s, s->at), what);
  return FALSE;
}

static void emit(Scanner *s, const char *line)
{
  for (guint i = 0; i < s->open->len; i++)
    g_string_append_c(s->out, ' ');
  g_string_append(s->out, line);
  g_string_append_c(s->out, '\n');
  s->empty = FALSE;
}

static char *literal_of(const char *s, gsize len)
{
  g_autoptr(GString) out = g_string_new("'");
  g_autofree char *copy = g_strndup(s, len);
  for (const char *p = copy; *p != '\0'; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (c == '\'' || c == '\\')
      g_string_append_printf(out, "\\%c", (char)c);
    else if (c >= 0x20 && c < 0x7F)
      g_string_append_c(out, (char)c);
    else
      g_string_append_printf(out, "\\U%08x", c);
  }
  g_string_append_c(out, '\'');
  return g_string_free(g_steal_pointer(&out), FALSE);
}

char *mako_literal(const char *s)
{
  return s == NULL ? g_strdup("None") : literal_of(s, strlen(s));
}

char *mako_literal_tuple(const char *const *items)
{
  g_autoptr(GString) out = g_string_new("(");
  for (; items != NULL && *items != NULL; items++) {
    g_autofree char *item = mako_literal(*items);
    g_string_append_printf(out, "%s, ", item);
  }
  g_string_append_c(out, ')');
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static void emit_text(Scanner *s, const char *text, gsize len)
{
  if (len == 0)
    return;
  g_autofree char *literal = literal_of(text, len);
  g_autofree char *line = g_strdup_printf("_out.append(%s)", literal);
  emit(s, line);
}

static gboolean looking_at(const Scanner *s, const char *word)
{
  gsize n = strlen(word);
  return (gsize)(s->end - s->at) >= n && memcmp(s->at, word, n) == 0;
}

/* The end of Python text that stops at one of the stops outside of strings and brackets; NULL when there is none. */
static const char *python_until(const Scanner *s, const char *from, const char *stops)
{
  int depth = 0;
  for (const char *p = from; p < s->end; p++) {
    if (depth == 0 && strchr(stops, *p) != NULL)
      return p;
    if (*p == '\'' || *p == '"') {
      gsize n = s->end - p >= 3 && p[1] == *p && p[2] == *p ? 3 : 1;
      const char *q = p + n;
      while (q < s->end && strncmp(q, p, n) != 0)
        q += *q == '\\' ? 2 : 1;
      if (q >= s->end)
        return NULL;
      p = q + n - 1;
    } else if (strchr("([{", *p) != NULL)
      depth++;
    else if (strchr(")]}", *p) != NULL)
      depth--;
  }
  return NULL;
}

/* "comma,n" applied from left to right; str comes first unless n is among them. */
static char *apply_filters(const char *expression, const char *filters)
{
  g_auto(GStrv) names = g_strsplit(filters, ",", -1);
  gboolean plain = FALSE;
  for (char **name = names; *name != NULL; name++)
    plain |= strcmp(g_strstrip(*name), "n") == 0;
  char *code = g_strdup_printf(plain ? "(%s)" : "str(%s)", expression);
  for (char **name = names; *name != NULL; name++) {
    if (**name == '\0' || strcmp(*name, "n") == 0)
      continue;
    static const char *const shipped[] = {"h", "x", "u", "trim", "entity", "unicode", NULL};
    gboolean own = g_strv_contains(shipped, *name);
    char *wrapped = g_strdup_printf("%s%s(%s)", own ? "_filter_" : "", *name, code);
    g_free(code);
    code = wrapped;
  }
  return code;
}

static gboolean scan_expression(Scanner *s, GError **error)
{
  const char *start = s->at + 2;
  const char *stop = python_until(s, start, "|}");
  const char *close = stop != NULL && *stop == '|' ? memchr(stop, '}', (gsize)(s->end - stop)) : stop;
  if (close == NULL)
    return fail(s, RETORT_ERROR_COMMAND, error, _("this ${ has no }"));
  g_autofree char *expression = g_strndup(start, (gsize)(stop - start));
  g_autofree char *filters = close > stop ? g_strndup(stop + 1, (gsize)(close - stop - 1)) : g_strdup("");
  g_autofree char *joined = g_strdelimit(g_strdup(g_strstrip(expression)), "\r\n", ' ');
  g_autofree char *code = apply_filters(joined, filters);
  g_autofree char *line = g_strdup_printf("_out.append(%s)", code);
  emit(s, line);
  s->at = close + 1;
  return TRUE;
}

static gboolean is_continuation(const char *keyword)
{
  static const char *const words[] = {"else", "elif", "except", "finally", NULL};
  return g_strv_contains(words, keyword);
}

static gboolean open_block(Scanner *s, const char *keyword, const char *code, GError **error)
{
  if (is_continuation(keyword)) {
    if (s->open->len == 0)
      return fail(s, RETORT_ERROR_COMMAND, error, _("'%s' without a block before it"), keyword);
    if (s->empty)
      emit(s, "pass");
    char *opener = g_ptr_array_steal_index(s->open, s->open->len - 1);
    emit(s, code);
    g_ptr_array_add(s->open, opener);
  } else {
    if (s->open->len >= MAX_NESTING)
      return fail(s, RETORT_ERROR_REFUSED, error, _("more than %d blocks inside each other"), MAX_NESTING);
    emit(s, code);
    g_ptr_array_add(s->open, g_strdup(keyword));
  }
  s->empty = TRUE;
  return TRUE;
}

static gboolean close_block(Scanner *s, const char *keyword, GError **error)
{
  const char *open = s->open->len > 0 ? g_ptr_array_index(s->open, s->open->len - 1) : NULL;
  if (open == NULL || strcmp(open, keyword) != 0)
    return fail(s, RETORT_ERROR_COMMAND, error, _("'end%s' without its '%s'"), keyword, keyword);
  if (s->empty)
    emit(s, "pass");
  g_ptr_array_remove_index(s->open, s->open->len - 1);
  return TRUE;
}

/* A line "% if x:" or "## comment"; sets *taken when there was one. */
static gboolean scan_line(Scanner *s, gboolean *taken, GError **error)
{
  const char *p = s->at;
  while (p < s->end && (*p == ' ' || *p == '\t'))
    p++;
  gboolean comment = s->end - p >= 2 && p[0] == '#' && p[1] == '#';
  gboolean control = p < s->end && *p == '%' && !(p + 1 < s->end && p[1] == '%');
  *taken = comment || control;
  if (!*taken)
    return TRUE;
  const char *newline = memchr(p, '\n', (gsize)(s->end - p));
  while (newline != NULL && newline > p && newline[-1] == '\\')
    newline = memchr(newline + 1, '\n', (gsize)(s->end - newline - 1));
  const char *stop = newline != NULL ? newline : s->end;
  if (control) {
    g_autofree char *code = g_strstrip(g_strndup(p + 1, (gsize)(stop - p - 1)));
    gsize n = strspn(code, "abcdefghijklmnopqrstuvwxyz");
    g_autofree char *keyword = g_strndup(code, n);
    if (n == 0)
      return fail(s, RETORT_ERROR_COMMAND, error, _("'%s' is no control line"), code);
    gboolean good = g_str_has_prefix(keyword, "end") ? close_block(s, keyword + 3, error)
                                                     : open_block(s, keyword, code, error);
    if (!good)
      return FALSE;
  }
  s->at = newline != NULL ? newline + 1 : s->end;
  return TRUE;
}

/* Python of a <% %> block, its common indentation replaced by ours. */
static void emit_block(Scanner *s, GString *out, guint depth, const char *code, gsize len)
{
  g_autofree char *copy = g_strndup(code, len);
  g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
  gsize margin = G_MAXSIZE;
  for (char **line = lines; *line != NULL; line++) {
    g_strchomp(*line);
    if (**line != '\0' && (line != lines || strspn(*line, " \t") > 0))
      margin = MIN(margin, strspn(*line, " \t"));
  }
  for (char **line = lines; *line != NULL; line++) {
    gsize indent = strspn(*line, " \t");
    if ((*line)[indent] == '\0')
      continue;
    for (guint i = 0; i < depth; i++)
      g_string_append_c(out, ' ');
    g_string_append(out, *line + MIN(indent, line == lines ? indent : margin));
    g_string_append_c(out, '\n');
    s->empty = FALSE;
  }
}

static gboolean scan_tag(Scanner *s, GError **error)
{
  static const struct {
    const char *open, *close;
    gboolean text;
  } skipped[] = {{"<%doc>", "</%doc>", FALSE}, {"<%text>", "</%text>", TRUE}};
  for (gsize i = 0; i < G_N_ELEMENTS(skipped); i++) {
    if (!looking_at(s, skipped[i].open))
      continue;
    const char *start = s->at + strlen(skipped[i].open);
    const char *stop = g_strstr_len(start, s->end - start, skipped[i].close);
    if (stop == NULL)
      return fail(s, RETORT_ERROR_COMMAND, error, _("%s is not closed"), skipped[i].open);
    if (skipped[i].text)
      emit_text(s, start, (gsize)(stop - start));
    s->at = stop + strlen(skipped[i].close);
    return TRUE;
  }
  if (s->end - s->at > 2 && (g_ascii_isalpha(s->at[2]) || looking_at(s, "</%"))) {
    gsize n = strcspn(s->at, " \t\r\n>");
    g_autofree char *tag = g_strndup(s->at, MIN(n, (gsize)(s->end - s->at)));
    return fail(s, RETORT_ERROR_REFUSED, error, _("retort does not know %s> in templates"), tag);
  }
  gboolean module = looking_at(s, "<%!");
  const char *start = s->at + (module ? 3 : 2);
  const char *stop = g_strstr_len(start, s->end - start, "%>");
  if (stop == NULL)
    return fail(s, RETORT_ERROR_COMMAND, error, _("this <%% has no %%>"));
  emit_block(s, module ? s->module : s->out, module ? 0 : s->open->len, start, (gsize)(stop - start));
  s->at = stop + 2;
  return TRUE;
}

/* Text up to the next markup, or to the end of this line, whose successor may be a control line. */
static void scan_text(Scanner *s)
{
  const char *start = s->at;
  const char *p = start;
  while (p < s->end) {
    gsize left = (gsize)(s->end - p);
    if (left >= 2 && ((p[0] == '$' && p[1] == '{') || (p[0] == '<' && p[1] == '%')))
      break;
    if (left >= 3 && p[0] == '<' && p[1] == '/' && p[2] == '%')
      break;
    gsize escaped = left >= 2 && p[0] == '\\' && p[1] == '\n'                   ? 2
                    : left >= 3 && p[0] == '\\' && p[1] == '\r' && p[2] == '\n' ? 3
                                                                                : 0;
    if (escaped > 0) {
      emit_text(s, start, (gsize)(p - start));
      s->at = p + escaped;
      return;
    }
    p++;
    if (p[-1] == '\n')
      break;
  }
  emit_text(s, start, (gsize)(p - start));
  s->at = p;
}

static gboolean scan_piece(Scanner *s, GError **error)
{
  gboolean line_start = s->at == s->text || s->at[-1] == '\n';
  if (line_start) {
    gboolean taken = FALSE;
    if (!scan_line(s, &taken, error))
      return FALSE;
    if (taken)
      return TRUE;
    const char *p = s->at + strspn(s->at, " \t");
    if (s->end - p >= 2 && p[0] == '%' && p[1] == '%') {
      emit_text(s, s->at, (gsize)(p - s->at));
      s->at = p + 1; /* %% stands for % */
      scan_text(s);
      return TRUE;
    }
  }
  if (looking_at(s, "${"))
    return scan_expression(s, error);
  if (looking_at(s, "<%") || looking_at(s, "</%"))
    return scan_tag(s, error);
  scan_text(s);
  return TRUE;
}

char *mako_to_python(const char *path, const char *text, gsize len, GError **error)
{
  if (!g_utf8_validate(text, (gssize)len, NULL)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s is not UTF-8"), path);
    return NULL;
  }
  g_autoptr(GString) module = g_string_new(NULL);
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(GPtrArray) open = g_ptr_array_new_with_free_func(g_free);
  Scanner s = {
      .path = path, .text = text, .end = text + len, .at = text, .module = module, .out = out, .open = open};
  while (s.at < s.end)
    if (!scan_piece(&s, error))
      return NULL;
  if (open->len > 0) {
    fail(&s, RETORT_ERROR_COMMAND, error, _("'%s' is not closed"),
         (const char *)g_ptr_array_index(open, open->len - 1));
    return NULL;
  }
  return g_strconcat(module->str, out->str, NULL);
}
