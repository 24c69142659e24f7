#include "silence.h"

#include <string.h>

/* One statement of the file, over as many lines as it takes; blanks and comments make none. */
typedef struct {
  guint first;
  guint last;
  guint indent;
  gboolean opens; /* it ends in a colon: a block follows */
  const char *text;
  gsize len; /* of its first line */
} LogicalLine;

typedef struct {
  guint line;
  guint indent;
  gboolean alone;  /* nothing else on its line, and not inside a statement */
  guint statement; /* index of the LogicalLine it is in, or that follows */
  char *text;
} Comment;

typedef struct {
  const char *p;
  const char *end;
  guint line;
  GArray *lines;       /* LogicalLine */
  GPtrArray *comments; /* Comment* */
  int depth;           /* of brackets */
  gboolean inside;     /* a statement has begun and not ended */
  gboolean bare;       /* only blanks on this line so far */
  guint indent;
  char last;          /* last significant character */
  const char *marker; /* what begins a comment */
  gboolean sql;
} Scanner;

static void comment_free(void *data)
{
  Comment *comment = data;
  g_free(comment->text);
  g_free(comment);
}

static void silence_free(void *data)
{
  Silence *silence = data;
  g_strfreev(silence->checks);
  g_free(silence->reason);
  g_free(silence);
}

/* ---- reading the text ---- */

static gboolean at(const Scanner *s, const char *text)
{
  gsize n = strlen(text);
  return (gsize)(s->end - s->p) >= n && memcmp(s->p, text, n) == 0;
}

static void begin_statement(Scanner *s)
{
  if (!s->inside) {
    const char *stop = memchr(s->p, '\n', (gsize)(s->end - s->p));
    LogicalLine line = {s->line, s->line, s->indent,
                        FALSE,   s->p,    (gsize)((stop != NULL ? stop : s->end) - s->p)};
    g_array_append_val(s->lines, line);
    s->inside = TRUE;
  }
  g_array_index(s->lines, LogicalLine, s->lines->len - 1).last = s->line;
}

static void end_statement(Scanner *s)
{
  if (s->inside)
    g_array_index(s->lines, LogicalLine, s->lines->len - 1).opens = s->last == ':';
  s->inside = FALSE;
}

static void read_comment(Scanner *s)
{
  const char *stop = memchr(s->p, '\n', (gsize)(s->end - s->p));
  if (stop == NULL)
    stop = s->end;
  Comment *comment = g_new0(Comment, 1);
  comment->line = s->line;
  comment->indent = s->indent;
  comment->alone = s->bare && !s->inside;
  comment->statement = s->lines->len - (comment->alone || s->lines->len == 0 ? 0 : 1);
  comment->text = g_strndup(s->p, (gsize)(stop - s->p));
  g_ptr_array_add(s->comments, comment);
  s->p = stop;
}

static void skip_string(Scanner *s)
{
  char quote = *s->p;
  gboolean triple = !s->sql && s->end - s->p >= 3 && s->p[1] == quote && s->p[2] == quote;
  s->p += triple ? 3 : 1;
  for (; s->p < s->end; s->p++) {
    if (*s->p == '\\' && !s->sql && s->p + 1 < s->end) {
      s->p++;
      s->line += *s->p == '\n';
    } else if (*s->p == '\n') {
      if (!triple && !s->sql)
        break; /* not closed: a broken file */
      s->line++;
    } else if (*s->p == quote && (!triple || (s->end - s->p >= 3 && s->p[1] == quote && s->p[2] == quote))) {
      s->p += triple ? 3 : 1;
      break;
    }
  }
  begin_statement(s);
  s->last = quote;
}

/* $tag$ ... $tag$, and comments between slashes and stars. */
static gboolean skip_sql_block(Scanner *s)
{
  g_autofree char *stop = NULL;
  gsize head = 2;
  if (at(s, "/*")) {
    stop = g_strdup("*/");
  } else if (*s->p == '$') {
    const char *tag_end = s->p + 1;
    while (tag_end < s->end && (g_ascii_isalnum(*tag_end) || *tag_end == '_'))
      tag_end++;
    head = (gsize)(tag_end - s->p) + 1;
    if (tag_end < s->end && *tag_end == '$' && !g_ascii_isdigit(s->p[1]))
      stop = g_strndup(s->p, head);
  }
  if (stop == NULL)
    return FALSE;
  const char *end = g_strstr_len(s->p + head, (gssize)(s->end - s->p - (gssize)head), stop);
  end = end != NULL ? end + strlen(stop) : s->end;
  begin_statement(s);
  for (; s->p < end; s->p++)
    s->line += *s->p == '\n';
  begin_statement(s);
  s->bare = FALSE;
  return TRUE;
}

static void read_newline(Scanner *s)
{
  if (s->depth == 0 && !s->sql)
    end_statement(s);
  s->line++;
  s->p++;
  s->bare = TRUE;
  s->indent = 0;
}

static void read_code(Scanner *s)
{
  begin_statement(s);
  s->bare = FALSE;
  while (s->p + 1 < s->end && g_ascii_isalnum(s->p[0]) && g_ascii_isalnum(s->p[1]))
    s->p++;
  char c = *s->p;
  if (c == '(' || c == '[' || c == '{')
    s->depth++;
  else if ((c == ')' || c == ']' || c == '}') && s->depth > 0)
    s->depth--;
  s->last = c;
  s->p++;
  if (s->sql && c == ';' && s->depth == 0)
    end_statement(s);
}

static void scan(Scanner *s)
{
  while (s->p < s->end) {
    char c = *s->p;
    if (c == '\n') {
      read_newline(s);
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
      s->indent += s->bare;
      s->p++;
    } else if (c == '\\' && s->p + 1 < s->end && s->p[1] == '\n' && !s->sql) {
      s->p += 2;
      s->line++;
    } else if (c == *s->marker && at(s, s->marker)) {
      read_comment(s);
    } else if (s->sql && skip_sql_block(s)) {
      continue;
    } else if (c == '\'' || c == '"') {
      begin_statement(s);
      s->bare = FALSE;
      skip_string(s);
    } else {
      read_code(s);
    }
  }
  end_statement(s);
}

/* ---- what the comments speak of ---- */

/* The last line of the block that a statement opens, or of itself. */
static guint block_end(const GArray *lines, guint index)
{
  const LogicalLine *head = &g_array_index(lines, LogicalLine, index);
  guint end = head->last;
  for (guint i = index + 1; head->opens && i < lines->len; i++) {
    const LogicalLine *line = &g_array_index(lines, LogicalLine, i);
    if (line->indent <= head->indent)
      break;
    end = line->last;
  }
  return end;
}

static gboolean begins(const LogicalLine *line, const char *word)
{
  gsize n = strlen(word);
  return line->len > n && memcmp(line->text, word, n) == 0 && !g_ascii_isalnum(line->text[n]) &&
         line->text[n] != '_';
}

static gboolean is_function(const LogicalLine *line)
{
  return begins(line, "def") || begins(line, "async") || begins(line, "class");
}

static void set_scope(Silence *silence, const Comment *comment, const GArray *lines, gboolean sql)
{
  guint index = comment->statement;
  while (!sql && comment->alone && index < lines->len &&
         g_array_index(lines, LogicalLine, index).text[0] == '@')
    index++;
  const LogicalLine *line = index < lines->len ? &g_array_index(lines, LogicalLine, index) : NULL;
  silence->first = 1;
  if (line == NULL || (!sql && line->indent == 0 && !is_function(line))) {
    /* beside the identifiers, or at the end: the file; below the last statement of a function: nothing */
    silence->last = comment->indent == 0 || !comment->alone ? G_MAXUINT : 0;
    return;
  }
  if (comment->alone && comment->indent > line->indent) {
    silence->last = 0;
    return;
  }
  silence->first = line->first;
  silence->last = block_end(lines, index);
}

char **silence_names(const char *text)
{
  g_auto(GStrv) words = g_strsplit_set(text, ", \t", -1);
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_strv_builder_add(names, *word);
  return g_strv_builder_end(names);
}

/* "# retort: allow a, b: reason"; NULL when it is another comment. */
static Silence *read_silence(const Comment *comment)
{
  const char *p = comment->text;
  p += strspn(p, "#- \t");
  if (!g_str_has_prefix(p, "retort:"))
    return NULL;
  p += strlen("retort:");
  p += strspn(p, " \t");
  if (!g_str_has_prefix(p, "allow") || g_ascii_isalnum(p[strlen("allow")]))
    return NULL;
  p += strlen("allow");
  const char *colon = strchr(p, ':');
  g_autofree char *names = g_strndup(p, colon != NULL ? (gsize)(colon - p) : strlen(p));
  Silence *silence = g_new0(Silence, 1);
  silence->checks = silence_names(names);
  silence->reason = g_strstrip(g_strdup(colon != NULL ? colon + 1 : ""));
  silence->line = comment->line;
  return silence;
}

static void note_functions(SourceNotes *notes, const GArray *lines)
{
  for (guint i = 0; i < lines->len; i++) {
    const LogicalLine *line = &g_array_index(lines, LogicalLine, i);
    if (line->indent != 0 || !is_function(line))
      continue;
    if (g_strstr_len(line->text, (gssize)line->len, "def upgrade(") != NULL)
      notes->upgrade_line = line->first;
    if (g_strstr_len(line->text, (gssize)line->len, "def downgrade(") != NULL) {
      notes->downgrade_line = line->first;
      notes->downgrade_end = block_end(lines, i);
    }
  }
}

SourceNotes *source_notes_read(const char *text, gsize len, gboolean sql)
{
  SourceNotes *notes = g_new0(SourceNotes, 1);
  notes->silences = g_ptr_array_new_with_free_func(silence_free);
  g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(LogicalLine));
  g_autoptr(GPtrArray) comments = g_ptr_array_new_with_free_func(comment_free);
  Scanner scanner = {.p = text,
                     .end = text + len,
                     .line = 1,
                     .lines = lines,
                     .comments = comments,
                     .bare = TRUE,
                     .marker = sql ? "--" : "#",
                     .sql = sql};
  scan(&scanner);
  for (guint i = 0; i < comments->len; i++) {
    const Comment *comment = g_ptr_array_index(comments, i);
    Silence *silence = read_silence(comment);
    if (silence == NULL)
      continue;
    set_scope(silence, comment, lines, sql);
    g_ptr_array_add(notes->silences, silence);
  }
  if (!sql)
    note_functions(notes, lines);
  return notes;
}

void source_notes_free(SourceNotes *notes)
{
  if (notes == NULL)
    return;
  g_ptr_array_unref(notes->silences);
  g_free(notes);
}

Silence *source_notes_find(const SourceNotes *notes, const char *check, guint line)
{
  Silence *best = NULL;
  for (guint i = 0; i < notes->silences->len; i++) {
    Silence *silence = g_ptr_array_index(notes->silences, i);
    const char *const *names = (const char *const *)silence->checks;
    if (line < silence->first || line > silence->last ||
        (!g_strv_contains(names, check) && !g_strv_contains(names, SILENCE_ALL)))
      continue;
    if (best == NULL || silence->last - silence->first < best->last - best->first)
      best = silence;
  }
  return best;
}
