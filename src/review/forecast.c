#include "retort/review/forecast.h"

#include <glib/gi18n.h>
#include <pg_query.h>
#include <string.h>

#include "forecast-private.h"

/* ---- sessions and results ---- */

ForecastSession *forecast_session_new(int server_version)
{
  ForecastSession *session = g_new0(ForecastSession, 1);
  session->version_known = server_version > 0;
  session->version = server_version > 0 ? server_version / 10000 : OLDEST_VERSION;
  session->created = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  session->index_table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return session;
}

void forecast_session_free(ForecastSession *session)
{
  if (session == NULL)
    return;
  g_hash_table_unref(session->created);
  g_hash_table_unref(session->index_table);
  g_free(session);
}

static void lock_free(gpointer data)
{
  ForecastLock *lock = data;
  g_free(lock->relation);
  g_free(lock->because);
  g_free(lock);
}

static void loss_free(gpointer data)
{
  ForecastLoss *loss = data;
  g_free(loss->relation);
  g_free(loss->column);
  g_free(loss);
}

static Forecast *forecast_new(void)
{
  Forecast *forecast = g_new0(Forecast, 1);
  forecast->locks = g_ptr_array_new_with_free_func(lock_free);
  forecast->rewrites = g_ptr_array_new_with_free_func(g_free);
  forecast->scans = g_ptr_array_new_with_free_func(g_free);
  forecast->rebuilds = g_ptr_array_new_with_free_func(g_free);
  forecast->losses = g_ptr_array_new_with_free_func(loss_free);
  forecast->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
  forecast->notes = g_ptr_array_new_with_free_func(g_free);
  return forecast;
}

void forecast_free(Forecast *forecast)
{
  if (forecast == NULL)
    return;
  g_ptr_array_unref(forecast->locks);
  g_ptr_array_unref(forecast->rewrites);
  g_ptr_array_unref(forecast->scans);
  g_ptr_array_unref(forecast->rebuilds);
  g_ptr_array_unref(forecast->losses);
  g_ptr_array_unref(forecast->findings);
  g_ptr_array_unref(forecast->notes);
  g_free(forecast->unknown);
  g_free(forecast->added_column);
  g_free(forecast->dropped_column);
  g_free(forecast);
}

/* ---- what the families call ---- */

char *relation_name(const PgQuery__RangeVar *var)
{
  return var->schemaname[0] != '\0' ? g_strdup_printf("%s.%s", var->schemaname, var->relname)
                                    : g_strdup(var->relname);
}

char *relation_name_from_list(PgQuery__Node *const *names, gsize n, gsize skip)
{
  if (n <= skip)
    return NULL;
  g_autoptr(GString) out = g_string_new(NULL);
  for (gsize i = 0; i < n - skip; i++)
    if (names[i]->node_case == PG_QUERY__NODE__NODE_STRING)
      g_string_append_printf(out, "%s%s", out->len > 0 ? "." : "", names[i]->string->sval);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

void add_lock(Reading *r, const char *relation, LockMode mode, const char *because)
{
  GPtrArray *locks = r->forecast->locks;
  for (guint i = 0; i < locks->len; i++) {
    ForecastLock *lock = g_ptr_array_index(locks, i);
    if (strcmp(lock->relation, relation) == 0) {
      lock->mode = MAX(lock->mode, mode);
      return;
    }
  }
  ForecastLock *lock = g_new0(ForecastLock, 1);
  lock->relation = g_strdup(relation);
  lock->mode = mode;
  lock->because = g_strdup(because);
  lock->is_new = is_created(r, relation);
  g_ptr_array_add(locks, lock);
}

void add_lock_var(Reading *r, const PgQuery__RangeVar *var, LockMode mode, const char *because)
{
  g_autofree char *name = relation_name(var);
  add_lock(r, name, mode, because);
}

void add_name(GPtrArray *names, const char *name)
{
  if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
    g_ptr_array_add(names, g_strdup(name));
}

void add_loss(Reading *r, LossKind kind, const char *relation, const char *column)
{
  if (is_created(r, relation))
    return;
  ForecastLoss *loss = g_new0(ForecastLoss, 1);
  loss->kind = kind;
  loss->relation = g_strdup(relation);
  loss->column = g_strdup(column);
  g_ptr_array_add(r->forecast->losses, loss);
}

void add_finding(Reading *r, CheckId check, const char *object)
{
  if (object != NULL && is_created(r, object))
    return;
  finding_add(r->forecast->findings, check, object, NULL);
}

void add_note(Reading *r, const char *note)
{
  add_name(r->forecast->notes, note);
}

void set_unknown(Reading *r, const char *format, ...)
{
  if (r->forecast->unknown != NULL)
    return;
  va_list args;
  va_start(args, format);
  r->forecast->unknown = g_strdup_vprintf(format, args);
  va_end(args);
}

void note_created(Reading *r, const char *relation)
{
  g_hash_table_add(r->session->created, g_strdup(relation));
}

gboolean is_created(const Reading *r, const char *relation)
{
  return g_hash_table_contains(r->session->created, relation);
}

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

void visit_messages(const ProtobufCMessage *root, MessageVisit visit, void *data)
{
  if (root == NULL || !visit(root, data))
    return;
  for (guint i = 0; i < root->descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &root->descriptor->fields[i];
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
      continue;
    gsize n;
    const ProtobufCMessage *const *below = field_messages(root, field, &n);
    for (gsize k = 0; k < n; k++)
      visit_messages(below[k], visit, data);
  }
}

static gboolean note_volatility(const ProtobufCMessage *message, void *data)
{
  /* The server's functions that defaults are made of; sorted by what they mean for a default. */
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
                                         NULL};
  static const char *const volatile_ones[] = {"clock_timestamp",
                                              "random",
                                              "gen_random_uuid",
                                              "nextval",
                                              "timeofday",
                                              "uuid_generate_v1",
                                              "uuid_generate_v4",
                                              "uuid_generate_v1mc",
                                              "gen_random_bytes",
                                              "setval",
                                              "uuidv4",
                                              "uuidv7",
                                              "currval",
                                              "lastval",
                                              "pg_advisory_lock",
                                              "txid_current",
                                              NULL};
  Volatility *volatility = data;
  if (message->descriptor != &pg_query__func_call__descriptor)
    return TRUE;
  const PgQuery__FuncCall *call = (const PgQuery__FuncCall *)message;
  const PgQuery__Node *last = call->n_funcname > 0 ? call->funcname[call->n_funcname - 1] : NULL;
  const char *name = last != NULL && last->node_case == PG_QUERY__NODE__NODE_STRING ? last->string->sval : "";
  if (g_strv_contains(volatile_ones, name))
    *volatility = VOLATILITY_VOLATILE;
  else if (!g_strv_contains(constant, name) && *volatility == VOLATILITY_CONSTANT)
    *volatility = VOLATILITY_UNKNOWN;
  return TRUE;
}

Volatility expression_volatility(const PgQuery__Node *expression)
{
  Volatility volatility = VOLATILITY_CONSTANT;
  if (expression != NULL)
    visit_messages(&expression->base, note_volatility, &volatility);
  return volatility;
}

/* ---- statements ---- */

static void read_statement(Reading *r, const PgQuery__Node *statement)
{
  if (statement->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT)
    read_alter_table(r, statement->alter_table_stmt);
  else if (!read_row_statement(r, statement) && !read_object_statement(r, statement))
    set_unknown(r, _("retort has no rule for this kind of statement"));
}

Forecast *forecast_statement(ForecastSession *session, const char *sql)
{
  Reading r = {.session = session, .forecast = forecast_new()};
  PgQueryProtobufParseResult parsed = pg_query_parse_protobuf(sql);
  PgQuery__ParseResult *tree = NULL;
  if (parsed.error != NULL)
    set_unknown(&r, _("it does not parse: %s"), parsed.error->message);
  else
    tree =
        pg_query__parse_result__unpack(NULL, parsed.parse_tree.len, (const guint8 *)parsed.parse_tree.data);
  for (gsize i = 0; tree != NULL && i < tree->n_stmts; i++)
    if (tree->stmts[i]->stmt != NULL)
      read_statement(&r, tree->stmts[i]->stmt);
  if (session->version > NEWEST_VERSION)
    add_note(&r, _("this server is newer than the rules"));
  if (!session->version_known)
    add_note(&r, _("the server's version is not known: judged as the oldest, 11"));
  if (tree != NULL)
    pg_query__parse_result__free_unpacked(tree, NULL);
  pg_query_free_protobuf_parse_result(parsed);
  return r.forecast;
}

LockMode forecast_strongest(const Forecast *forecast)
{
  LockMode strongest = LOCK_MODE_NONE;
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    if (!lock->is_new)
      strongest = MAX(strongest, lock->mode);
  }
  return strongest;
}

/* The relations of names that others use. */
static gboolean any_in_use(const Forecast *forecast, const GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    gboolean is_new = FALSE;
    for (guint k = 0; k < forecast->locks->len; k++) {
      const ForecastLock *lock = g_ptr_array_index(forecast->locks, k);
      is_new |= lock->is_new && strcmp(lock->relation, name) == 0;
    }
    if (!is_new)
      return TRUE;
  }
  return FALSE;
}

char *forecast_summary(const Forecast *forecast)
{
  if (forecast->unknown != NULL)
    return g_strdup_printf(_("not known: %s"), forecast->unknown);
  LockMode mode = forecast_strongest(forecast);
  const char *waits = lock_mode_blocks_reads(mode)    ? _("reads and writes wait")
                      : lock_mode_blocks_writes(mode) ? _("writes wait")
                                                      : _("nobody waits");
  if (any_in_use(forecast, forecast->rewrites))
    return g_strdup_printf(_("writes the whole table anew: %s"), waits);
  if (any_in_use(forecast, forecast->rebuilds))
    return g_strdup_printf(_("builds indexes over every row: %s"), waits);
  if (any_in_use(forecast, forecast->scans))
    return g_strdup_printf(_("reads every row: %s"), waits);
  if (forecast->losses->len > 0)
    return g_strdup(_("data is lost"));
  if (forecast->changes_rows)
    return g_strdup(_("changes rows: they stay locked until the commit"));
  if (mode == LOCK_MODE_NONE)
    return g_strdup(forecast->locks->len > 0 ? _("only what this plan made") : _("no table is locked"));
  if (lock_mode_blocks_writes(mode))
    return g_strdup_printf(_("catalog only, a moment: %s"), waits);
  return g_strdup(waits);
}

ForecastLevel forecast_level(const Forecast *forecast)
{
  LockMode mode = forecast_strongest(forecast);
  gboolean works = any_in_use(forecast, forecast->rewrites) || any_in_use(forecast, forecast->scans) ||
                   any_in_use(forecast, forecast->rebuilds);
  if (forecast->losses->len > 0 || (works && lock_mode_blocks_writes(mode)))
    return FORECAST_DANGER;
  if (forecast->unknown != NULL || forecast->notes->len > 0 || forecast->changes_rows ||
      lock_mode_blocks_reads(mode))
    return FORECAST_CARE;
  return FORECAST_CALM;
}
