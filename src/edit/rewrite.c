#include "retort/edit/rewrite.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/py/lexer.h"
#include "retort/py/parser.h"

/* What in the file is to be replaced. */
typedef struct {
  const PyExpr *value; /* of down_revision */
  PySpan doc;          /* of the docstring's literal; end 0: none */
  guint line;          /* of an assignment that cannot be rewritten; 0: none */
  guint assignments;
} Places;

static gboolean G_GNUC_PRINTF(4, 5)
    refuse(GError **error, const char *path, guint line, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *what = g_strdup_vprintf(format, args);
  va_end(args);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s, line %u: %s"), path, line, what);
  return FALSE;
}

static gboolean names_down_revision(const PyExpr *target)
{
  return g_strcmp0(py_expr_name(target), "down_revision") == 0;
}

/* down_revision in a tuple of targets, in an `if`, behind `global`: anything but a plain assignment. */
static gboolean note_odd_use(const PyExpr *expr, void *data)
{
  Places *places = data;
  if (names_down_revision(expr))
    places->line = expr->span.line;
  return TRUE;
}

/* first = down_revision = 'a': the other name would change as well. */
static gboolean shares_its_value(const PyStmt *stmt)
{
  gboolean ours = FALSE;
  for (guint i = 0; i < stmt->assign.n; i++)
    ours = ours || names_down_revision(stmt->assign.targets[i]);
  return ours && stmt->assign.n > 1;
}

static void look_at_assignment(const PyStmt *stmt, Places *places)
{
  if (stmt->kind == PY_STMT_ANN_ASSIGN) {
    if (names_down_revision(stmt->ann_assign.target) && stmt->ann_assign.value != NULL) {
      places->value = stmt->ann_assign.value;
      places->assignments++;
    }
    return;
  }
  if (shares_its_value(stmt))
    places->line = stmt->assign.targets[0]->span.line;
  for (guint i = 0; i < stmt->assign.n; i++) {
    if (names_down_revision(stmt->assign.targets[i])) {
      places->value = stmt->assign.value;
      places->assignments++;
    } else if (stmt->assign.targets[i]->kind == PY_EXPR_TUPLE ||
               stmt->assign.targets[i]->kind == PY_EXPR_LIST) {
      PyStmt single = {.kind = PY_STMT_EXPR, .expr = stmt->assign.targets[i]};
      PyStmt *items[] = {&single};
      py_visit_block(&(PyBlock){.items = items, .n = 1}, note_odd_use, places);
    }
  }
}

static void find_places(const PyTree *tree, Places *places)
{
  for (guint i = 0; i < tree->body.n; i++) {
    const PyStmt *stmt = tree->body.items[i];
    if (i == 0 && stmt->kind == PY_STMT_EXPR && py_expr_text(stmt->expr) != NULL)
      places->doc = stmt->expr->span;
    switch (stmt->kind) {
    case PY_STMT_ASSIGN:
    case PY_STMT_ANN_ASSIGN: look_at_assignment(stmt, places); break;
    case PY_STMT_FUNCTION:
    case PY_STMT_CLASS: break;
    case PY_STMT_IF:
    case PY_STMT_TRY:
    case PY_STMT_WITH:
    case PY_STMT_AUG_ASSIGN: {
      PyStmt *items[] = {tree->body.items[i]};
      py_visit_block(&(PyBlock){.items = items, .n = 1}, note_odd_use, places);
      break;
    }
    default: break;
    }
  }
}

/* The quote the author uses there, or the one Alembic's template writes. */
static char quote_of(const char *text, PySpan span)
{
  for (guint i = span.start; i < span.end; i++)
    if (text[i] == '"' || text[i] == '\'')
      return text[i];
  return '\'';
}

static char *value_text(const char *const *parents, char quote)
{
  guint n = g_strv_length((char **)parents);
  if (n == 0)
    return g_strdup("None");
  g_autoptr(GString) out = g_string_new(n > 1 ? "(" : "");
  for (guint i = 0; i < n; i++)
    g_string_append_printf(out, "%s%c%s%c", i > 0 ? ", " : "", quote, parents[i], quote);
  if (n > 1)
    g_string_append_c(out, ')');
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Part of the text and what comes in its place. */
typedef struct {
  guint start, end;
  char *text;
} Patch;

static void patch_clear(void *data)
{
  g_free(((Patch *)data)->text);
}

static void add_patch(GArray *patches, guint start, guint end, const char *text)
{
  Patch patch = {start, end, g_strdup(text)};
  g_array_append_val(patches, patch);
}

static gboolean is_word(char c)
{
  return g_ascii_isalnum(c) || c == '_';
}

/* Where the whole word stands in the text from start to end, if it stands there just once; else FALSE. */
static gboolean find_once(const char *text, guint start, guint end, const char *word, guint *at)
{
  gsize n = strlen(word);
  guint found = 0;
  const char *p = text + start, *stop = text + end;
  while (n > 0 && (p = g_strstr_len(p, stop - p, word)) != NULL) {
    gboolean inside = (p > text + start && is_word(p[-1])) || (p + n < stop && is_word(p[n]));
    if (!inside && found++ == 0)
      *at = (guint)(p - text);
    p++;
  }
  return found == 1;
}

/* The literals of the value: one string, or those of a tuple or list. */
static guint literals_of(const PyExpr *value, const PyExpr **items, guint max)
{
  if (py_expr_text(value) != NULL) {
    items[0] = value;
    return 1;
  }
  if ((value->kind != PY_EXPR_TUPLE && value->kind != PY_EXPR_LIST) || value->list.n > max)
    return 0;
  for (guint i = 0; i < value->list.n; i++) {
    items[i] = value->list.items[i];
    if (py_expr_text(items[i]) == NULL)
      return 0;
  }
  return value->list.n;
}

#define MAX_PARENTS 64

/* As many parents as before: each identifier that differs is replaced inside its own quotes. */
static gboolean patch_in_place(const PyTree *tree, const PyExpr *value, const char *const *parents,
                               GArray *patches)
{
  const PyExpr *items[MAX_PARENTS];
  guint n = literals_of(value, items, MAX_PARENTS);
  if (n == 0 || n != g_strv_length((char **)parents))
    return FALSE;
  g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(Patch));
  g_array_set_clear_func(found, patch_clear);
  for (guint i = 0; i < n; i++) {
    const char *old = py_expr_text(items[i]);
    guint at;
    if (strcmp(old, parents[i]) == 0)
      continue;
    if (!find_once(tree->text, items[i]->span.start, items[i]->span.end, old, &at))
      return FALSE;
    add_patch(found, at, at + (guint)strlen(old), parents[i]);
  }
  for (guint i = 0; i < found->len; i++) {
    const Patch *patch = &g_array_index(found, Patch, i);
    add_patch(patches, patch->start, patch->end, patch->text);
  }
  return TRUE;
}

/* One parent within a value: its literals, of which there may be several side by side, and the comma behind it. */
typedef struct {
  GArray *strings; /* Patch, without text */
  guint comma;     /* 0: none */
} Item;

static void item_clear(void *data)
{
  g_array_unref(((Item *)data)->strings);
}

/* Item of the value's text; NULL when there is no comment in it that could be lost. */
static GArray *items_between_comments(const PyTree *tree, PySpan span)
{
  PyLexer lexer;
  PyToken token;
  gboolean comments = FALSE, begins = TRUE;
  g_autoptr(GArray) items = g_array_new(FALSE, TRUE, sizeof(Item));
  g_array_set_clear_func(items, item_clear);
  py_lexer_init(&lexer, tree->text + span.start, span.end - span.start);
  lexer.keep_comments = TRUE;
  do {
    py_lexer_next(&lexer, &token);
    guint at = (guint)(token.text - tree->text);
    comments = comments || token.kind == PY_TOKEN_COMMENT;
    if (token.kind == PY_TOKEN_STRING) {
      Patch string = {at, at + token.len, NULL};
      Item item = {begins ? g_array_new(FALSE, FALSE, sizeof(Patch)) : NULL, 0};
      if (begins)
        g_array_append_val(items, item);
      g_array_append_val(g_array_index(items, Item, items->len - 1).strings, string);
      begins = FALSE;
    } else if (token.kind == PY_TOKEN_OP && token.op == PY_OP_COMMA && items->len > 0) {
      g_array_index(items, Item, items->len - 1).comma = at;
      begins = TRUE;
    }
  } while (token.kind != PY_TOKEN_END && token.kind != PY_TOKEN_ERROR);
  return comments && items->len > 0 ? g_steal_pointer(&items) : NULL;
}

static void replace_item(const Item *item, const char *text, GArray *patches)
{
  for (guint i = 0; i < item->strings->len; i++) {
    const Patch *string = &g_array_index(item->strings, Patch, i);
    add_patch(patches, string->start, string->end, i == 0 ? text : "");
  }
}

/* Parents come and go around the author's comments. */
static gboolean patch_around_comments(const PyTree *tree, const PyExpr *value, const char *const *parents,
                                      GArray *patches)
{
  g_autoptr(GArray) items = items_between_comments(tree, value->span);
  char quote = quote_of(tree->text, value->span);
  guint n = g_strv_length((char **)parents);
  if (items == NULL)
    return FALSE;
  if (py_expr_text(value) != NULL) {
    g_autofree char *text = value_text(parents, quote);
    replace_item(&g_array_index(items, Item, 0), text, patches);
    return TRUE;
  }
  for (guint i = 0; i < items->len; i++) {
    const Item *item = &g_array_index(items, Item, i);
    g_autoptr(GString) text = g_string_new(NULL);
    guint last = i + 1 < items->len ? MIN(i + 1, n) : n;
    for (guint p = i; p < last; p++)
      g_string_append_printf(text, "%s%c%s%c", p > i ? ", " : "", quote, parents[p], quote);
    replace_item(item, text->str, patches);
    if (i >= n && item->comma > 0)
      add_patch(patches, item->comma, item->comma + 1, "");
  }
  return TRUE;
}

/* Where the text after a key of the docstring stands; FALSE when there is no such line. */
static gboolean find_line(const char *text, PySpan doc, const char *key, guint *start, guint *end)
{
  gsize n = strlen(key);
  for (guint i = doc.start; i + n < doc.end; i++) {
    gboolean line_start = i == doc.start || text[i - 1] == '\n';
    guint at = i + (guint)(line_start ? strspn(text + i, " \t") : 0);
    if (!line_start || strncmp(text + at, key, n) != 0)
      continue;
    *start = at + (guint)n;
    *end = *start + (guint)strcspn(text + *start, "\r\n");
    /* A docstring that ends on this line keeps its quotes. */
    guint last = doc.end - 1;
    *end = MIN(*end, text[last - 1] == text[last] && text[last - 2] == text[last] ? last - 2 : last);
    return *end >= *start;
  }
  return FALSE;
}

/* "Revises: a, b": where each old parent stands there once and as many come, only they are replaced. */
static void patch_revises(const PyTree *tree, PySpan doc, const PyExpr *value, const char *const *parents,
                          GArray *patches)
{
  const PyExpr *items[MAX_PARENTS];
  guint start, end;
  if (!find_line(tree->text, doc, "Revises:", &start, &end))
    return;
  guint n = literals_of(value, items, MAX_PARENTS);
  gboolean one_by_one = n > 0 && n == g_strv_length((char **)parents);
  guint at[MAX_PARENTS];
  for (guint i = 0; one_by_one && i < n; i++)
    one_by_one = find_once(tree->text, start, end, py_expr_text(items[i]), &at[i]);
  for (guint i = 0; one_by_one && i < n; i++)
    add_patch(patches, at[i], at[i] + (guint)strlen(py_expr_text(items[i])), parents[i]);
  if (one_by_one)
    return;
  g_autofree char *list = g_strjoinv(", ", (char **)parents);
  g_autofree char *line = list[0] != '\0' ? g_strconcat(" ", list, NULL) : g_strdup("");
  add_patch(patches, start, end, line);
}

static int last_first(gconstpointer a, gconstpointer b)
{
  const Patch *x = a, *y = b;
  return x->start < y->start ? 1 : x->start > y->start ? -1 : 0;
}

static GString *patched(const PyTree *tree, GArray *patches)
{
  GString *out = g_string_new_len(tree->text, (gssize)tree->len);
  g_array_sort(patches, last_first);
  for (guint i = 0; i < patches->len; i++) {
    const Patch *patch = &g_array_index(patches, Patch, i);
    g_string_erase(out, patch->start, (gssize)(patch->end - patch->start));
    g_string_insert(out, patch->start, patch->text);
  }
  return out;
}

static const PyTree *parse(Arena *arena, const char *path, const char *text, gsize len, GError **error)
{
  PySyntaxError problem = {0};
  const PyTree *tree = py_parse(arena, path, text, len, PY_PARSE_HEADER, &problem);
  if (tree == NULL)
    py_syntax_error_set(error, path, &problem);
  return tree;
}

static gboolean check_places(Arena *arena, const PyTree *tree, const Places *places, GError **error)
{
  PyValue literal;
  if (places->line > 0)
    return refuse(error, tree->path, places->line, _("down_revision is not set by a plain assignment"));
  if (places->assignments != 1)
    return refuse(error, tree->path, 1,
                  ngettext("down_revision is assigned %u time", "down_revision is assigned %u times",
                           places->assignments),
                  places->assignments);
  if (!py_expr_literal(arena, places->value, &literal))
    return refuse(error, tree->path, places->value->span.line, _("down_revision is computed by Python"));
  return TRUE;
}

/* That the new text says what was asked for. */
static gboolean verify(const char *path, const char *text, gsize len, const char *const *parents,
                       GError **error)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  const PyTree *tree = parse(arena, path, text, len, error);
  Places places = {0};
  if (tree == NULL)
    return FALSE;
  find_places(tree, &places);
  const PyExpr *items[MAX_PARENTS];
  guint n = g_strv_length((char **)parents);
  gboolean good = places.value != NULL && literals_of(places.value, items, MAX_PARENTS) == n;
  for (guint i = 0; good && i < n; i++)
    good = strcmp(py_expr_text(items[i]), parents[i]) == 0;
  return good || refuse(error, path, 1, _("the new down_revision does not read back"));
}

/* Only a text that can be written back as it was, byte for byte, is touched. */
static const PyTree *parse_whole(Arena *arena, const char *path, const char *text, gsize len, GError **error)
{
  const PyTree *tree = parse(arena, path, text, len, error);
  if (tree == NULL)
    return NULL;
  gsize back_len = 0;
  g_autofree char *back = py_source_encode(text, len, tree->text, tree->len, &back_len);
  if (back != NULL && back_len == len && memcmp(back, text, len) == 0)
    return tree;
  refuse(error, path, 1, _("its encoding has several ways to write the same"));
  return NULL;
}

static char *encode(const char *path, const char *text, gsize len, const GString *out, gsize *new_len,
                    GError **error)
{
  char *encoded = py_source_encode(text, len, out->str, out->len, new_len);
  if (encoded == NULL)
    refuse(error, path, 1, _("the new identifiers cannot be written in the file's encoding"));
  return encoded;
}

char *revision_rewrite(const char *path, const char *text, gsize len, const char *const *parents,
                       const char *create_date, gsize *new_len, GError **error)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  const PyTree *tree = parse_whole(arena, path, text, len, error);
  Places places = {0};
  if (tree == NULL)
    return NULL;
  find_places(tree, &places);
  if (!check_places(arena, tree, &places, error))
    return NULL;
  g_autoptr(GArray) patches = g_array_new(FALSE, TRUE, sizeof(Patch));
  g_array_set_clear_func(patches, patch_clear);
  PySpan old = places.value->span;
  if (!patch_in_place(tree, places.value, parents, patches) &&
      !patch_around_comments(tree, places.value, parents, patches)) {
    g_autofree char *value = value_text(parents, quote_of(tree->text, old));
    add_patch(patches, old.start, old.end, value);
  }
  guint start, end;
  if (places.doc.end > 0 && places.doc.end <= old.start) {
    patch_revises(tree, places.doc, places.value, parents, patches);
    if (create_date != NULL && find_line(tree->text, places.doc, "Create Date:", &start, &end)) {
      g_autofree char *date = g_strconcat(" ", create_date, NULL);
      add_patch(patches, start, end, date);
    }
  }
  g_autoptr(GString) out = patched(tree, patches);
  g_autofree char *encoded = encode(path, text, len, out, new_len, error);
  return encoded != NULL && verify(path, encoded, *new_len, parents, error) ? g_steal_pointer(&encoded)
                                                                            : NULL;
}
