/* The columns of SELECT and RETURNING, and the labels they take.
 *
 * A plain column prints bare, an expression gets "AS name_1"; a second column of the same name gets a number, the same
 * column again another one.  In a FROM list or a CTE every column of a table is labelled with its own name.
 */
#include <string.h>

#include "compile-private.h"

/* One entry of the list: its label, or NULL for none. */
typedef struct {
  const SqlExpr *column;
  SqlName label;
} Item;

typedef struct {
  SqlCompiler *c;
  GHashTable *names; /* name -> the column that has it */
  gboolean as_from;
} Labelling;

/* Expressions that lend the name of what they wrap. */
static gboolean wraps(const SqlExpr *x)
{
  return x->kind == SQL_EXPR_CAST || x->kind == SQL_EXPR_TYPE_COERCE ||
         (x->kind == SQL_EXPR_UNARY && (x->op == SQL_OP_IS_TRUE || x->op == SQL_OP_IS_FALSE));
}

/* What has the name, at the bottom of wrapping. */
static const SqlExpr *unwrapped(const SqlExpr *x)
{
  while (sql_natural_name(x) == NULL && wraps(x))
    x = x->left;
  return x;
}

const char *sql_outer_name(const SqlExpr *column)
{
  return sql_natural_name(unwrapped(column));
}

const char *sql_natural_name(const SqlExpr *column)
{
  switch (column->kind) {
  case SQL_EXPR_COLUMN:
    return column->name.text != NULL || column->from == NULL ? column->name.text : column->from->name.text;
  case SQL_EXPR_LABEL: return column->name.text;
  case SQL_EXPR_LITERAL_COLUMN: return column->text;
  default: return NULL;
  }
}

SqlName sql_anonymous_label(SqlCompiler *c, const SqlExpr *x)
{
  const char *key = "anon";

  if (wraps(x)) {
    x = unwrapped(x->left);
    if (sql_natural_name(x) != NULL)
      return sql_name(sql_natural_name(x));
    if (x->kind == SQL_EXPR_LABEL)
      return sql_label_name(c, x);
  }
  if (x->as_boolean)
    x = x->kind == SQL_EXPR_TRUE ? sql_true(c->arena) : sql_false(c->arena);
  if (x->kind == SQL_EXPR_FUNCTION) {
    const char *dot = strrchr(x->name.text, '.');
    key = dot != NULL ? dot + 1 : x->name.text;
  } else if (x->kind == SQL_EXPR_NEXTVAL) {
    key = "next_value";
  } else if (sql_natural_name(x) != NULL) {
    key = sql_natural_name(x);
  }
  return sql_name(sql_anonymous_name(c, x, key));
}

/* "id__1": the same column once more. */
static SqlName repeated_label(SqlCompiler *c, const SqlExpr *x)
{
  const SqlExpr *inner = unwrapped(x);
  const char *name = inner->kind == SQL_EXPR_LABEL ? sql_label_name(c, inner).text : sql_natural_name(inner);
  SqlExpr *again = arena_new0(c->arena, SqlExpr); /* an identity of its own to be numbered by */
  g_autofree char *key = g_strconcat(name != NULL ? name : "anon", "_", NULL);

  return sql_name(sql_anonymous_name(c, again, key));
}

/* -x and x DESC of a named column stay bare. */
static gboolean unary_needs_label(const Labelling *l, const SqlExpr *x)
{
  const SqlExpr *inner = x->left;

  if (l->as_from)
    return TRUE;
  if (sql_is_old(l->c))
    return x->op == SQL_OP_IS_TRUE || x->op == SQL_OP_IS_FALSE || x->op == SQL_OP_EXISTS;
  while (inner->kind == SQL_EXPR_GROUPING)
    inner = inner->left;
  return sql_natural_name(inner) == NULL;
}

static gboolean needs_label(const Labelling *l, const SqlExpr *x)
{
  switch (x->kind) {
  case SQL_EXPR_LABEL: return TRUE;
  case SQL_EXPR_COLUMN: return l->as_from && x->from != NULL;
  case SQL_EXPR_LITERAL_COLUMN:
  case SQL_EXPR_TEXT:
  case SQL_EXPR_STAR: return FALSE;
  case SQL_EXPR_UNARY: return unary_needs_label(l, x);
  default: return TRUE;
  }
}

/* The label a clash of names forces upon a named column, or none. */
static SqlName required_label(Labelling *l, const SqlExpr *x, const char *name)
{
  const SqlExpr *holder = g_hash_table_lookup(l->names, name);

  if (holder == NULL) {
    g_hash_table_insert(l->names, (gpointer)name, (gpointer)x);
    return (SqlName){0};
  }
  if (holder == x)
    return repeated_label(l->c, x);
  SqlName label = sql_anonymous_label(l->c, x);
  if (g_hash_table_contains(l->names, label.text))
    return repeated_label(l->c, x);
  g_hash_table_insert(l->names, (gpointer)label.text, (gpointer)x);
  return label;
}

static SqlName unnamed_label(Labelling *l, const SqlExpr *x)
{
  SqlName label = {0};

  if (!needs_label(l, x))
    return label;
  label = sql_anonymous_label(l->c, x);
  if (g_hash_table_contains(l->names, label.text))
    return repeated_label(l->c, x);
  g_hash_table_insert(l->names, (gpointer)label.text, (gpointer)x);
  return label;
}

/* The name a column has when it is listed, or NULL: its own, a label's, or the one its subquery gives it. */
static const char *listed_name(SqlCompiler *c, const SqlExpr *x)
{
  if (x->kind == SQL_EXPR_LABEL)
    return sql_label_name(c, x).text;
  if (x->kind == SQL_EXPR_COLUMN && x->name.text == NULL && x->left != NULL)
    return sql_anonymous_label(c, x->left).text;
  return sql_natural_name(x);
}

static SqlName own_name(SqlCompiler *c, const SqlExpr *x)
{
  if (x->kind == SQL_EXPR_LABEL)
    return sql_label_name(c, x);
  return x->name.text != NULL ? x->name : sql_name(listed_name(c, x));
}

static Item label_item(Labelling *l, const SqlExpr *x)
{
  Item item = {.column = x};
  const char *name = listed_name(l->c, x);

  if (x->kind == SQL_EXPR_TEXT || x->kind == SQL_EXPR_STAR)
    return item;
  if (name == NULL) {
    item.label = unnamed_label(l, x);
    return item;
  }
  if (x->kind == SQL_EXPR_LABEL && x->name.text == NULL) {
    if (!g_hash_table_contains(l->names, name))
      g_hash_table_insert(l->names, (gpointer)name, (gpointer)x);
    item.label = own_name(l->c, x);
    return item;
  }
  item.label = required_label(l, x, name);
  if (x->kind == SQL_EXPR_LABEL)
    item.label = (SqlName){0}; /* a label given stays, whatever else has its name */
  if (item.label.text == NULL && needs_label(l, x))
    item.label = own_name(l->c, x);
  return item;
}

static void put_item(SqlCompiler *c, GString *out, const Item *item)
{
  const SqlExpr *column = item->column;

  if (sql_type_affinity(column->type) == SQL_AFFINITY_TUPLE) {
    /* On its own Alembic fails; within a subquery it may not. */
    sql_fail(c, SQL_ERROR_UNKNOWN, "a tuple among the columns of a SELECT");
    return;
  }
  sql_put_expr(c, out, column->kind == SQL_EXPR_LABEL ? column->left : column);
  if (item->label.text == NULL)
    return;
  g_string_append(out, " AS ");
  sql_put_name(c, out, item->label);
}

void sql_put_columns(SqlCompiler *c, GString *out, const SqlExprList *columns, gboolean as_from)
{
  g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
  Labelling l = {.c = c, .names = names, .as_from = as_from};
  gboolean hide_table = c->hide_table;

  c->hide_table =
      hide_table &&
      sql_is_old(c); /* also below what hides tables elsewhere: an index's expression, ON CONFLICT */

  /* A label is numbered before the text it names, so that an inner one gets the higher number. */
  for (guint i = 0; i < columns->n && c->error == NULL; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    Item item = label_item(&l, columns->items[i]);
    item.column = sql_settle(c->arena, columns->items[i], NULL, NULL);
    c->scope->in_columns = TRUE;
    put_item(c, text, &item);
    c->scope->in_columns = FALSE;
    g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", text->str);
  }
  c->hide_table = hide_table;
}

void sql_put_column_names(SqlCompiler *c, GString *out, const SqlExprList *columns)
{
  for (guint i = 0; i < columns->n; i++) {
    const char *name = sql_natural_name(columns->items[i]);
    if (i > 0)
      g_string_append(out, ", ");
    sql_put_name(c, out, name != NULL ? sql_name(name) : sql_anonymous_label(c, columns->items[i]));
  }
}
