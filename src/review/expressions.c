/* Expressions: what they call, which columns they mention, what a CHECK proves. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"
#include "retort/review/tree.h"

/* ---- walking trees ---- */

static const ProtobufCMessage *const *field_messages(const ProtobufCMessage *message,
                                                     const ProtobufCFieldDescriptor *field, gsize *n)
{
  const char *base = (const char *)message;
  if (field->label == PROTOBUF_C_LABEL_REPEATED) {
    *n = *(const size_t *)(base + field->quantifier_offset);
    return *(const ProtobufCMessage *const *const *)(base + field->offset);
  }
  const ProtobufCMessage *const *one = (const ProtobufCMessage *const *)(base + field->offset);
  gboolean other_member = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
                          *(const guint32 *)(base + field->quantifier_offset) != field->id;
  *n = !other_member && *one != NULL ? 1 : 0;
  return one;
}

static void visit_field(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                        MessageVisit visit, void *data)
{
  if (field->type != PROTOBUF_C_TYPE_MESSAGE)
    return;
  gsize n;
  const ProtobufCMessage *const *below = field_messages(message, field, &n);
  for (gsize k = 0; k < n; k++)
    visit_messages(below[k], visit, data);
}

void visit_messages(const ProtobufCMessage *root, MessageVisit visit, void *data)
{
  if (root == NULL || !visit(root, data))
    return;
  if (root->descriptor == &pg_query__node__descriptor) { /* one of some two hundred fields */
    const ProtobufCFieldDescriptor *member =
        protobuf_c_message_descriptor_get_field(root->descriptor, ((const PgQuery__Node *)root)->node_case);
    if (member != NULL)
      visit_field(root, member, visit, data);
    return;
  }
  for (guint i = 0; i < root->descriptor->n_fields; i++)
    visit_field(root, &root->descriptor->fields[i], visit, data);
}

/* ---- volatility ---- */

/* The server's functions that defaults are made of, for when there is no catalog to ask. */
static char usual_volatility(const char *name)
{
  static const char *const constant[] = {"now",
                                         "transaction_timestamp",
                                         "statement_timestamp",
                                         "timezone",
                                         "date_trunc",
                                         "to_timestamp",
                                         "lower",
                                         "upper",
                                         "concat",
                                         "length",
                                         "array",
                                         "jsonb_build_object",
                                         "json_build_object",
                                         "jsonb_build_array",
                                         "md5",
                                         "decode",
                                         "encode",
                                         "coalesce",
                                         "make_interval",
                                         "make_date",
                                         "to_char",
                                         "current_setting",
                                         "row",
                                         "session_user",
                                         "current_schema",
                                         "current_database",
                                         "date_part",
                                         "to_tsvector",
                                         "extract",
                                         "abs",
                                         "round",
                                         "floor",
                                         "ceil",
                                         "trim",
                                         "btrim",
                                         "replace",
                                         "substring",
                                         "substr",
                                         "left",
                                         "right",
                                         "split_part",
                                         "nullif",
                                         "greatest",
                                         "least",
                                         "to_date",
                                         "to_jsonb",
                                         "array_length",
                                         "cardinality",
                                         "char_length",
                                         "int4range",
                                         "int8range",
                                         "numrange",
                                         "tsrange",
                                         "tstzrange",
                                         "daterange",
                                         "sha256",
                                         "regexp_replace",
                                         "date",
                                         NULL};
  static const char *const changing[] = {
      "clock_timestamp",  "random",           "gen_random_uuid",  "nextval",
      "timeofday",        "uuid_generate_v1", "uuid_generate_v4", "uuid_generate_v1mc",
      "gen_random_bytes", "setval",           "uuidv4",           "uuidv7",
      "currval",          "lastval",          "pg_advisory_lock", NULL};
  return g_strv_contains(changing, name) ? 'v' : g_strv_contains(constant, name) ? 's' : 0;
}

typedef struct {
  const Reading *r;
  Volatility volatility;
} VolatilityWalk;

static gboolean note_volatility(const ProtobufCMessage *message, void *data)
{
  VolatilityWalk *walk = data;
  if (message->descriptor != &pg_query__func_call__descriptor)
    return TRUE;
  const PgQuery__FuncCall *call = (const PgQuery__FuncCall *)message;
  const char *name = call->n_funcname > 0 ? node_text(call->funcname[call->n_funcname - 1]) : "";
  char found = usual_volatility(name);
  if (found == 0)
    found = model_function(walk->r->session->model, name);
  if (found == 'v')
    walk->volatility = VOLATILITY_VOLATILE;
  else if (found == 0 && walk->volatility == VOLATILITY_CONSTANT)
    walk->volatility = VOLATILITY_UNKNOWN;
  return TRUE;
}

Volatility expression_volatility(const Reading *r, const PgQuery__Node *expression)
{
  VolatilityWalk walk = {r, VOLATILITY_CONSTANT};
  if (expression != NULL)
    visit_messages(&expression->base, note_volatility, &walk);
  return walk.volatility;
}

/* ---- sequences ---- */

static const char *literal_text(const PgQuery__Node *node)
{
  while (node != NULL && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
    node = node->type_cast->arg;
  return node != NULL && node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
                 node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL
             ? node->a_const->sval->sval
             : NULL;
}

typedef struct {
  Reading *r;
  LockMode mode;
} SequenceWalk;

const char *sequence_used(const PgQuery__FuncCall *call)
{
  static const char *const names[] = {"nextval", "setval", "currval", NULL};
  const char *name = call->n_funcname > 0 ? node_text(call->funcname[call->n_funcname - 1]) : "";
  return call->n_args > 0 && g_strv_contains(names, name) ? literal_text(call->args[0]) : NULL;
}

const char *serial_sequence_of(const PgQuery__FuncCall *call)
{
  const char *name = call->n_funcname > 0 ? node_text(call->funcname[call->n_funcname - 1]) : "";
  return call->n_args == 2 && strcmp(name, "pg_get_serial_sequence") == 0 ? literal_text(call->args[0])
                                                                          : NULL;
}

static const ReviewRelation *relation_in_text(Reading *r, const char *text)
{
  g_auto(GStrv) parts = g_strsplit(text, ".", 2);
  for (char **part = parts; *part != NULL; part++)
    if (**part == '"' && strlen(*part) > 2)
      memmove(*part, *part + 1, strlen(*part)), (*part)[strlen(*part) - 1] = '\0';
  return parts[0] == NULL ? NULL
                          : model_get(r->session->model, parts[1] != NULL ? parts[0] : NULL,
                                      parts[1] != NULL ? parts[1] : parts[0]);
}

/* The sequence of the column that pg_get_serial_sequence('table', 'column') names. */
static void lock_serial_sequence(Reading *r, const PgQuery__FuncCall *call, LockMode mode)
{
  const char *text = serial_sequence_of(call);
  const char *name = text != NULL ? literal_text(call->args[1]) : NULL;
  const ReviewRelation *table = name != NULL ? relation_in_text(r, text) : NULL;
  for (guint i = 0; table != NULL && i < table->sequences->len; i++) {
    const ReviewRelation *sequence = model_look(r->session->model, g_array_index(table->sequences, guint, i));
    if (sequence != NULL && g_strcmp0(sequence->owned_by_column, name) == 0)
      lock(r, sequence, mode, NULL);
  }
}

/* 'name'::regclass in what is stored depends on the relation. */
static void lock_regclass(Reading *r, const PgQuery__TypeCast *cast)
{
  const char *text = literal_text(cast->arg);
  g_auto(TypeRef) type = type_ref(cast->type_name);
  if (text != NULL && strcmp(type.name, "regclass") == 0)
    lock(r, relation_in_text(r, text), AS, _("it is named in it"));
}

static gboolean note_sequence(const ProtobufCMessage *message, void *data)
{
  SequenceWalk *walk = data;
  if (message->descriptor == &pg_query__type_cast__descriptor && walk->mode == AS)
    lock_regclass(walk->r, (const PgQuery__TypeCast *)message);
  if (message->descriptor != &pg_query__func_call__descriptor)
    return TRUE;
  const PgQuery__FuncCall *call = (const PgQuery__FuncCall *)message;
  const char *text = sequence_used(call);
  if (text != NULL)
    lock(walk->r, relation_in_text(walk->r, text), walk->mode, NULL);
  lock_serial_sequence(walk->r, call, walk->mode);
  return TRUE;
}

void lock_sequences(Reading *r, const ProtobufCMessage *expression, LockMode mode)
{
  SequenceWalk walk = {r, mode};
  visit_messages(expression, note_sequence, &walk);
}

typedef struct {
  Reading *r;
  guint table;
  const char *column;
} DrawWalk;

static gboolean note_draw(const ProtobufCMessage *message, void *data)
{
  DrawWalk *walk = data;
  const char *text = message->descriptor == &pg_query__func_call__descriptor
                         ? sequence_used((const PgQuery__FuncCall *)message)
                         : NULL;
  if (text != NULL) {
    guint sequence = relation_in_text(walk->r, text)->id;
    review_relation_add_draw(model_edit(walk->r->session->model, walk->table), walk->column, sequence);
  }
  return TRUE;
}

void set_draw(Reading *r, guint table, const char *column, const PgQuery__Node *expression)
{
  ReviewRelation *changed = model_edit(r->session->model, table);
  for (guint i = changed->draws->len; i > 0; i--)
    if (strcmp(((const ReviewUse *)g_ptr_array_index(changed->draws, i - 1))->column, column) == 0)
      g_ptr_array_remove_index(changed->draws, i - 1);
  DrawWalk walk = {r, table, column};
  if (expression != NULL)
    visit_messages(&expression->base, note_draw, &walk);
}

/* ---- columns ---- */

static const char *column_name(const PgQuery__Node *node)
{
  return node != NULL && node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF && node->column_ref->n_fields > 0
             ? node_text(node->column_ref->fields[node->column_ref->n_fields - 1])
             : "";
}

static gboolean note_column(const ProtobufCMessage *message, void *data)
{
  GPtrArray *names = data;
  if (message->descriptor != &pg_query__column_ref__descriptor)
    return TRUE;
  const PgQuery__ColumnRef *column = (const PgQuery__ColumnRef *)message;
  const char *name = column->n_fields > 0 ? node_text(column->fields[column->n_fields - 1]) : "";
  if (*name != '\0' && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
    g_ptr_array_add(names, g_strdup(name));
  return TRUE;
}

GStrv columns_mentioned(const PgQuery__Node *expression)
{
  GPtrArray *names = g_ptr_array_new();
  if (expression != NULL)
    visit_messages(&expression->base, note_column, names);
  g_ptr_array_add(names, NULL);
  return (GStrv)g_ptr_array_free(names, FALSE);
}

/* Proven when it says so itself, or in one part of an AND, or in every part of an OR. */
static gboolean proves(const PgQuery__Node *node, const char *column)
{
  if (node->node_case == PG_QUERY__NODE__NODE_NULL_TEST)
    return node->null_test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL &&
           strcmp(column_name(node->null_test->arg), column) == 0;
  if (node->node_case != PG_QUERY__NODE__NODE_BOOL_EXPR)
    return FALSE;
  const PgQuery__BoolExpr *expr = node->bool_expr;
  gboolean all = expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR;
  if (!all && expr->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR)
    return FALSE;
  for (gsize i = 0; i < expr->n_args; i++)
    if (proves(expr->args[i], column) != all)
      return !all;
  return all;
}

gboolean expression_proves_not_null(const PgQuery__Node *expression, const char *column)
{
  return expression != NULL && proves(expression, column);
}

gboolean check_proves_not_null(const char *check, const char *column)
{
  if (check == NULL)
    return FALSE;
  g_autofree char *sql = g_strdup_printf("SELECT 1 WHERE %s", check);
  g_autoptr(SqlTree) tree = sql_tree_parse(sql);
  const PgQuery__Node *select = sql_tree_only(tree);
  return select != NULL && select->node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
         select->select_stmt->where_clause != NULL && proves(select->select_stmt->where_clause, column);
}
