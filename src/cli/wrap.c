/* Wrapping as Python's textwrap does it, because that is what an operator's eyes and scripts know from Alembic. */
#include <string.h>

#include "out.h"

#define INDENT 2

typedef struct {
  gunichar *text;
  glong start, end;
} Chunk;

static gboolean is_space(gunichar c)
{
  return c == ' ';
}

static gboolean is_word(gunichar c)
{
  return g_unichar_isalnum(c) || c == '_';
}

static gboolean is_letter(gunichar c)
{
  return (g_unichar_isalnum(c) || c == '_') && !g_unichar_isdigit(c);
}

static gboolean is_word_or_punct(gunichar c)
{
  return is_word(c) || (c < 128 && c && strchr("!\"'&.,?", (int)c));
}

/* Whether the dashes from i on part two words: "foo--bar" breaks before and after them. */
static gboolean is_em_dash(const gunichar *s, glong i, glong n)
{
  if (i == 0 || s[i] != '-' || s[i - 1] == '-' || !is_word_or_punct(s[i - 1]))
    return FALSE;
  glong end = i;
  while (end < n && s[end] == '-')
    end++;
  return end - i >= 2 && end < n && is_word(s[end]);
}

/* "left-right": both sides of the dash before i begin with letters. */
static gboolean is_hyphenated(const gunichar *s, glong i, glong n)
{
  glong dash = i - 1;
  gboolean before =
      (dash >= 2 && is_letter(s[dash - 1]) && is_letter(s[dash - 2])) ||
      (dash >= 3 && is_word_or_punct(s[dash - 1]) && s[dash - 2] == '-' && is_letter(s[dash - 3]));
  gboolean after = is_letter(s[i]) && i + 1 < n &&
                   (is_letter(s[i + 1]) || (s[i + 1] == '-' && i + 2 < n && is_letter(s[i + 2])));
  return before && after;
}

/* Whether a line may break before position i, inside a run without blanks. */
static gboolean breaks_before(const gunichar *s, glong i, glong n)
{
  if (is_em_dash(s, i, n))
    return TRUE;
  if (s[i - 1] != '-' || s[i] == '-')
    return FALSE;
  glong first = i - 1;
  while (first > 0 && s[first - 1] == '-')
    first--;
  return is_em_dash(s, first, n) || is_hyphenated(s, i, n);
}

static GArray *split_chunks(gunichar *s, glong n)
{
  GArray *chunks = g_array_new(FALSE, FALSE, sizeof(Chunk));
  for (glong i = 0; i < n;) {
    glong start = i;
    gboolean blank = is_space(s[i]);
    for (i++; i < n && is_space(s[i]) == blank; i++)
      if (!blank && breaks_before(s, i, n))
        break;
    Chunk chunk = {s, start, i};
    g_array_append_val(chunks, chunk);
  }
  return chunks;
}

static void append_chunk(GString *line, const Chunk *chunk)
{
  for (glong i = chunk->start; i < chunk->end; i++)
    g_string_append_unichar(line, chunk->text[i]);
}

static gboolean chunk_is_blank(const Chunk *chunk)
{
  return is_space(chunk->text[chunk->start]);
}

/* As much of an over-long word as fits, after a hyphen when it has one there. */
static glong long_word_part(const Chunk *chunk, glong room)
{
  glong end = chunk->start + room;
  for (glong i = end - 1; i > chunk->start; i--)
    if (chunk->text[i] == '-') {
      for (glong k = chunk->start; k < i; k++)
        if (chunk->text[k] != '-')
          return i + 1;
      break;
    }
  return end;
}

/* Fills one line from chunk i on; returns the chunk the next one starts with. */
static guint fill_line(GArray *chunks, guint i, glong width, GString *line)
{
  glong used = 0;
  for (; i < chunks->len; i++) {
    const Chunk *chunk = &g_array_index(chunks, Chunk, i);
    glong len = chunk->end - chunk->start;
    if (used + len > width)
      break;
    append_chunk(line, chunk);
    used += len;
  }
  gboolean cut = FALSE;
  if (i < chunks->len) {
    Chunk *chunk = &g_array_index(chunks, Chunk, i);
    if (chunk->end - chunk->start > width) {
      Chunk part = {chunk->text, chunk->start, long_word_part(chunk, width - used)};
      append_chunk(line, &part);
      chunk->start = part.end;
      cut = TRUE; /* textwrap keeps a blank in front of a cut, even of an empty one */
    }
  }
  while (!cut && line->len && line->str[line->len - 1] == ' ')
    g_string_truncate(line, line->len - 1);
  return i;
}

/* Valid UTF-8 with tabs expanded to the next multiple of eight characters, and all white space turned into blanks. */
static gunichar *read_text(const char *text, glong *n)
{
  g_autoptr(GString) plain = g_string_new(NULL);
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  glong column = 0;
  for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    glong blanks = c == '\t' ? 8 - column % 8 : 1;
    column = c == '\n' || c == '\r' ? 0 : column + blanks;
    if (c < 128 && strchr("\t\n\v\f\r", (int)c))
      g_string_append_printf(plain, "%*s", (int)blanks, "");
    else
      g_string_append_unichar(plain, c);
  }
  return g_utf8_to_ucs4_fast(plain->str, -1, n);
}

char *out_wrap(const char *text, int columns)
{
  glong n = 0;
  g_autofree gunichar *s = read_text(text, &n);
  g_autoptr(GArray) chunks = split_chunks(s, n);
  glong width = MAX(columns - INDENT, 1);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < chunks->len;) {
    if (out->len && chunk_is_blank(&g_array_index(chunks, Chunk, i)) && ++i == chunks->len)
      break;
    g_autoptr(GString) line = g_string_new(NULL);
    i = fill_line(chunks, i, width, line);
    if (line->len)
      g_string_append_printf(out, "%s%*s%s", out->len ? "\n" : "", INDENT, "", line->str);
  }
  return g_string_free(out, FALSE);
}
