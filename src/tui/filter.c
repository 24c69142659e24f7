#include "filter.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/text.h"

typedef enum {
  TERM_TEXT,
  TERM_AUTHOR,
  TERM_BRANCH,
  TERM_TABLE,
  TERM_PENDING,
  TERM_APPLIED,
  TERM_HEAD,
} TermKind;

typedef struct {
  TermKind kind;
  gboolean negated;
  char *text; /* folded for case */
} Term;

struct Filter {
  GPtrArray *terms; /* Term* */
};

static const struct {
  const char *name;
  TermKind kind;
  gboolean takes_text;
} keywords[] = {
    {"author", TERM_AUTHOR, TRUE},    {"branch", TERM_BRANCH, TRUE},    {"table", TERM_TABLE, TRUE},
    {"pending", TERM_PENDING, FALSE}, {"applied", TERM_APPLIED, FALSE}, {"head", TERM_HEAD, FALSE},
};

static void term_free(void *data)
{
  Term *term = data;
  g_free(term->text);
  g_free(term);
}

static Term *term_new(TermKind kind, gboolean negated, const char *text)
{
  Term *term = g_new0(Term, 1);
  *term = (Term){kind, negated, text ? g_utf8_casefold(text, -1) : NULL};
  return term;
}

static Term *parse_term(const char *word, GError **error)
{
  gboolean negated = word[0] == '-' && word[1];
  word += negated ? 1 : 0;
  const char *colon = strchr(word, ':');
  for (gsize i = 0; i < G_N_ELEMENTS(keywords); i++) {
    gsize len = strlen(keywords[i].name);
    if (!keywords[i].takes_text && strcmp(word, keywords[i].name) == 0)
      return term_new(keywords[i].kind, negated, NULL);
    if (keywords[i].takes_text && colon && (gsize)(colon - word) == len &&
        strncmp(word, keywords[i].name, len) == 0)
      return term_new(keywords[i].kind, negated, colon + 1);
  }
  if (colon) {
    g_autofree char *shown = text_escape(word, -1, FALSE);
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE,
                _("“%s”: filters are author:, branch:, table:, pending, applied, head, or any text"), shown);
    return NULL;
  }
  return term_new(TERM_TEXT, negated, word);
}

Filter *filter_parse(const char *text, GError **error)
{
  g_autoptr(Filter) filter = g_new0(Filter, 1);
  filter->terms = g_ptr_array_new_with_free_func(term_free);
  g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
  for (guint i = 0; words[i]; i++) {
    if (!*words[i])
      continue;
    Term *term = parse_term(words[i], error);
    if (!term)
      return NULL;
    g_ptr_array_add(filter->terms, term);
  }
  return g_steal_pointer(&filter);
}

void filter_free(Filter *filter)
{
  if (!filter)
    return;
  g_ptr_array_unref(filter->terms);
  g_free(filter);
}

static gboolean contains(const char *text, const char *folded)
{
  g_autofree char *own = text ? g_utf8_casefold(text, -1) : NULL;
  return own && strstr(own, folded);
}

static gboolean has_label(const Revision *revision, const char *folded)
{
  for (guint i = 0; revision->labels && i < revision->labels->len; i++)
    if (contains(g_ptr_array_index(revision->labels, i), folded))
      return TRUE;
  return FALSE;
}

static const char *author_of(const Workspace *ws, const Revision *own, const ForeignNote *foreign)
{
  const GitNote *note = own ? workspace_git_note(ws, own->path) : NULL;
  return note ? note->author : foreign ? foreign->author : NULL;
}

static gboolean term_holds(const Term *term, const Workspace *ws, const Revision *revision,
                           const Revision *own, const ForeignNote *foreign)
{
  gboolean applied = own && ws->applied && ws->applied[own->index];
  switch (term->kind) {
  case TERM_TEXT:
    return contains(revision->id, term->text) || contains(revision->doc, term->text) ||
           has_label(revision, term->text) || contains(author_of(ws, own, foreign), term->text);
  case TERM_AUTHOR: return contains(author_of(ws, own, foreign), term->text);
  case TERM_BRANCH: return has_label(revision, term->text);
  case TERM_TABLE: return own && ws->tables && contains(ws->tables[own->index], term->text);
  case TERM_PENDING: return own && ws->applied && !applied;
  case TERM_APPLIED: return applied;
  case TERM_HEAD: return own && revision_is_head(own);
  }
  return FALSE;
}

gboolean filter_matches(const Filter *filter, const Workspace *ws, const Revision *revision,
                        const Revision *own, const ForeignNote *foreign)
{
  for (guint i = 0; i < filter->terms->len; i++) {
    const Term *term = g_ptr_array_index(filter->terms, i);
    if (term_holds(term, ws, revision, own, foreign) == term->negated)
      return FALSE;
  }
  return TRUE;
}
