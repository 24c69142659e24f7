#include "retort/edit/rebase.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/py/parser.h"

#define BOM "\xef\xbb\xbf"

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

static void look_at_assignment(const PyStmt *stmt, Places *places)
{
  if (stmt->kind == PY_STMT_ANN_ASSIGN) {
    if (names_down_revision(stmt->ann_assign.target) && stmt->ann_assign.value != NULL) {
      places->value = stmt->ann_assign.value;
      places->assignments++;
    }
    return;
  }
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

/* Where the text after "Revises:" stands in the docstring; FALSE when there is no such line. */
static gboolean find_revises(const char *text, PySpan doc, guint *start, guint *end)
{
  static const char key[] = "Revises:";
  for (guint i = doc.start; i + strlen(key) < doc.end; i++) {
    gboolean line_start = i == doc.start || text[i - 1] == '\n';
    guint at = i + (guint)(line_start ? strspn(text + i, " \t") : 0);
    if (!line_start || strncmp(text + at, key, strlen(key)) != 0)
      continue;
    *start = at + (guint)strlen(key);
    *end = *start + (guint)strcspn(text + *start, "\r\n");
    *end = MIN(*end, doc.end);
    return TRUE;
  }
  return FALSE;
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
static gboolean verify(const char *path, const GString *text, const char *expected, GError **error)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  const PyTree *tree = parse(arena, path, text->str, text->len, error);
  Places places = {0};
  if (tree == NULL)
    return FALSE;
  find_places(tree, &places);
  gsize n = places.value != NULL ? places.value->span.end - places.value->span.start : 0;
  const char *found = places.value != NULL ? tree->text + places.value->span.start : "";
  /* A tuple's span may or may not include its parentheses. */
  g_autofree char *got = g_strndup(found, n);
  if (strstr(expected, got) == NULL || n + 2 < strlen(expected))
    return refuse(error, path, 1, _("the new down_revision does not read back"));
  return TRUE;
}

char *revision_with_parents(const char *path, const char *text, gsize len, const char *const *parents,
                            gsize *new_len, GError **error)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  const PyTree *tree = parse(arena, path, text, len, error);
  if (tree == NULL)
    return NULL;
  gsize skipped = len >= 3 && memcmp(text, BOM, 3) == 0 ? 3 : 0;
  if (tree->len != len - skipped || memcmp(tree->text, text + skipped, tree->len) != 0) {
    refuse(error, path, 1, _("the file is not UTF-8"));
    return NULL;
  }
  Places places = {0};
  find_places(tree, &places);
  if (!check_places(arena, tree, &places, error))
    return NULL;
  PySpan old = places.value->span;
  g_autofree char *value = value_text(parents, quote_of(tree->text, old));
  g_autoptr(GString) out = g_string_new_len(tree->text, (gssize)tree->len);
  g_string_erase(out, old.start, (gssize)(old.end - old.start));
  g_string_insert(out, old.start, value);
  guint start, end;
  if (places.doc.end > 0 && places.doc.end <= old.start &&
      find_revises(tree->text, places.doc, &start, &end)) {
    g_autofree char *list = g_strjoinv(", ", (char **)parents);
    g_autofree char *line = list[0] != '\0' ? g_strconcat(" ", list, NULL) : g_strdup("");
    g_string_erase(out, start, (gssize)(end - start));
    g_string_insert(out, start, line);
  }
  if (!verify(path, out, value, error))
    return NULL;
  if (skipped > 0)
    g_string_prepend(out, BOM);
  *new_len = out->len;
  return g_string_free(g_steal_pointer(&out), FALSE);
}
