#include "retort/history/format.h"

#include <string.h>

/* Joins with ", "; words are strings. */
static void append_words(GString *text, char *const *words, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", words[i]);
}

static guint count(char *const *words)
{
  return words ? g_strv_length((char **)words) : 0;
}

static void append_down(GString *text, const Revision *revision)
{
  if (count(revision->down_revision) == 0 || g_str_equal(revision->down_revision[0], ""))
    g_string_append(text, "<base>");
  else
    append_words(text, revision->down_revision, count(revision->down_revision));
}

static void append_labels(GString *text, const Revision *revision)
{
  append_words(text, (char *const *)revision->labels->pdata, revision->labels->len);
}

static void append_tree(GString *text, const Revision *revision)
{
  if (revision_is_branch_point(revision))
    g_string_append(text, " (branchpoint)");
  if (revision_is_merge_point(revision))
    g_string_append(text, " (mergepoint)");
}

char *format_line(const Revision *revision, FormatFlags flags)
{
  GString *text = g_string_new(NULL);

  if (flags & FORMAT_PARENTS) {
    append_down(text, revision);
    if (count(revision->depends_on) > 0) {
      g_string_append(text, " (");
      append_words(text, revision->depends_on, count(revision->depends_on));
      g_string_append_c(text, ')');
    }
    g_string_append(text, " -> ");
  }
  g_string_append(text, revision->id);
  if ((flags & FORMAT_LABELS) && revision->labels->len > 0) {
    g_string_append(text, " (");
    append_labels(text, revision);
    g_string_append_c(text, ')');
  }
  if (revision_is_real_head(revision))
    g_string_append(text, " (head)");
  else if (revision_is_head(revision))
    g_string_append(text, " (effective head)");
  if (flags & FORMAT_CURRENT)
    g_string_append(text, " (current)");
  if (flags & FORMAT_TREE)
    append_tree(text, revision);
  if (flags & FORMAT_DOC)
    g_string_append_printf(text, ", %s", revision->doc ? revision->doc : "");
  return g_string_free(text, FALSE);
}

/* How many bytes at s end a line by Python's splitlines(); 0 when none do. */
static gsize line_end(const char *s)
{
  static const char *const ends[] = {"\r\n", "\n",   "\r",       "\v",           "\f",          "\x1c",
                                     "\x1d", "\x1e", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
  for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
    if (g_str_has_prefix(s, ends[i]))
      return strlen(ends[i]);
  return 0;
}

static void append_indented(GString *text, const char *doc)
{
  gboolean line_start = TRUE;
  while (*doc) {
    if (line_start)
      g_string_append(text, "    ");
    gsize end = line_end(doc);
    line_start = end > 0;
    if (end == 0)
      g_string_append_c(text, *doc++);
    else if (doc[end])
      g_string_append_c(text, '\n');
    doc += end;
  }
}

char *format_block(const Revision *revision, FormatFlags flags)
{
  GString *text = g_string_new("Rev: ");

  g_string_append(text, revision->id);
  if (revision_is_head(revision))
    g_string_append(text, " (head)");
  append_tree(text, revision);
  g_string_append_printf(text, "%s\n%s: ", flags & FORMAT_CURRENT ? " (current)" : "",
                         revision_is_merge_point(revision) ? "Merges" : "Parent");
  append_down(text, revision);
  g_string_append_c(text, '\n');
  if (count(revision->depends_on) > 0) {
    g_string_append(text, "Also depends on: ");
    append_words(text, revision->depends_on, count(revision->depends_on));
    g_string_append_c(text, '\n');
  }
  if (revision_is_branch_point(revision)) {
    g_string_append(text, "Branches into: ");
    for (guint i = 0; i < revision->next->len; i++)
      g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", ((Revision *)revision->next->pdata[i])->id);
    g_string_append_c(text, '\n');
  }
  if (revision->labels->len > 0) {
    g_string_append(text, "Branch names: ");
    append_labels(text, revision);
    g_string_append_c(text, '\n');
  }
  g_string_append_printf(text, "Path: %s\n\n", revision->path ? revision->path : "");
  append_indented(text, revision->long_doc ? revision->long_doc : "");
  g_string_append_c(text, '\n');
  return g_string_free(text, FALSE);
}

char *format_branch_point(const Revision *revision, gboolean verbose)
{
  g_autofree char *head = verbose ? format_block(revision, 0) : format_line(revision, FORMAT_OF_BRANCHES);
  GString *text = g_string_new(head);
  int width = (int)g_utf8_strlen(revision->id, -1);

  g_string_append_c(text, '\n');
  for (guint i = 0; i < revision->next->len; i++) {
    g_autofree char *child =
        format_line(revision->next->pdata[i], FORMAT_OF_BRANCHES | (verbose ? FORMAT_DOC : 0));
    g_string_append_printf(text, "%s%*s -> %s", i > 0 ? "\n" : "", width, "", child);
  }
  g_string_append_c(text, '\n');
  return g_string_free(text, FALSE);
}

char *format_slug(const char *message, guint length)
{
  g_autofree char *valid = g_utf8_make_valid(message ? message : "", -1);
  g_autoptr(GString) joined = g_string_new(NULL);
  gboolean gap = FALSE;

  for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (c != '_' && !g_unichar_isalnum(c)) {
      gap = TRUE;
      continue;
    }
    if (gap && joined->len > 0)
      g_string_append_c(joined, '_');
    gap = FALSE;
    g_string_append_unichar(joined, c);
  }
  g_autofree char *slug = g_utf8_strdown(joined->str, -1);
  if (g_utf8_strlen(slug, -1) <= (glong)length)
    return g_steal_pointer(&slug);
  *g_utf8_offset_to_pointer(slug, length) = '\0';
  char *cut = strrchr(slug, '_');
  if (cut)
    *cut = '\0';
  return g_strconcat(slug, "_", NULL);
}
