/* Which relations statements name, as far as the catalog has to be asked about them. */
#include <string.h>

#include "forecast-private.h"
#include "retort/review/tree.h"

static void add_words(GPtrArray *names, PgQuery__Node *const *parts, gsize n)
{
  /* Three words would name another database, which is an error to the server. */
  if (n == 0 || n > 2)
    return;
  g_autoptr(GString) out = g_string_new(NULL);
  for (gsize i = 0; i < n; i++) {
    if (parts[i]->node_case != PG_QUERY__NODE__NODE_STRING)
      return;
    g_autofree char *quoted = pg_quote_ident(parts[i]->string->sval);
    g_string_append_printf(out, "%s%s", i > 0 ? "." : "", quoted);
  }
  g_ptr_array_add(names, g_string_free(g_steal_pointer(&out), FALSE));
}

static gboolean collect(const ProtobufCMessage *message, void *data);

/* A body in SQL is a text of its own; one in another language does not parse. */
static void collect_body(GPtrArray *names, const PgQuery__CreateFunctionStmt *function)
{
  for (gsize i = 0; i < function->n_options; i++) {
    const PgQuery__DefElem *option = function->options[i]->def_elem;
    const PgQuery__List *texts = strcmp(option->defname, "as") == 0 && option->arg != NULL &&
                                         option->arg->node_case == PG_QUERY__NODE__NODE_LIST
                                     ? option->arg->list
                                     : NULL;
    g_autoptr(SqlTree) tree =
        texts != NULL && texts->n_items > 0 ? sql_tree_parse(node_text(texts->items[0])) : NULL;
    if (tree != NULL && tree->root != NULL)
      visit_messages(&tree->root->base, collect, names);
  }
}

static gboolean collect(const ProtobufCMessage *message, void *data)
{
  GPtrArray *names = data;
  if (message->descriptor == &pg_query__range_var__descriptor) {
    const PgQuery__RangeVar *var = (const PgQuery__RangeVar *)message;
    g_autofree char *name = pg_quote_ident(var->relname);
    g_autofree char *schema = var->schemaname[0] != '\0' ? pg_quote_ident(var->schemaname) : NULL;
    g_ptr_array_add(names, schema != NULL ? g_strdup_printf("%s.%s", schema, name) : g_strdup(name));
  } else if (message->descriptor == &pg_query__list__descriptor) {
    /* DROP and COMMENT write relations as lists of words, a trigger's or column's name last. */
    const PgQuery__List *list = (const PgQuery__List *)message;
    add_words(names, list->items, list->n_items);
    if (list->n_items > 1)
      add_words(names, list->items, list->n_items - 1);
  } else if (message->descriptor == &pg_query__func_call__descriptor) {
    const PgQuery__FuncCall *call = (const PgQuery__FuncCall *)message;
    const char *sequence = sequence_used(call);
    const char *table = serial_sequence_of(call);
    if (sequence != NULL)
      g_ptr_array_add(names, g_strdup(sequence));
    if (table != NULL)
      g_ptr_array_add(names, g_strdup(table));
  } else if (message->descriptor == &pg_query__type_name__descriptor) {
    const PgQuery__TypeName *type = (const PgQuery__TypeName *)message;
    add_words(names, type->names, type->n_names);
  } else if (message->descriptor == &pg_query__create_function_stmt__descriptor) {
    collect_body(names, (const PgQuery__CreateFunctionStmt *)message);
  } else if (message->descriptor == &pg_query__string__descriptor) {
    return FALSE;
  }
  return TRUE;
}

/* ARRAY['"a"', ...]::text[] of everything in the statements that may be a relation or a type. */
char *catalog_names_of(const GPtrArray *sql)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < sql->len; i++) {
    g_autoptr(SqlTree) tree = sql_tree_parse(g_ptr_array_index(sql, i));
    if (tree->root != NULL)
      visit_messages(&tree->root->base, collect, names);
  }
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  GString *out = g_string_new("ARRAY[");
  for (guint i = 0; i < names->len; i++) {
    if (!g_hash_table_add(seen, g_ptr_array_index(names, i)))
      continue;
    g_autofree char *literal = pg_quote_literal(g_ptr_array_index(names, i));
    g_string_append_printf(out, "%s%s", g_hash_table_size(seen) > 1 ? ", " : "", literal);
  }
  g_string_append(out, "]::text[]");
  return g_string_free(out, FALSE);
}

/* CASCADE and its like reach further than the names in the statement tell. */
gboolean catalog_names_reach_far(const GPtrArray *sql)
{
  for (guint i = 0; i < sql->len; i++)
    if (g_regex_match_simple("\\b(cascade|domain|schema|statistics|publication|policy)\\b",
                             g_ptr_array_index(sql, i), G_REGEX_CASELESS, 0))
      return TRUE;
  return FALSE;
}
