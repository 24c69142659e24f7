/* What a statement does to relations, as it goes into the forecast: locks, scans, rewrites, losses, findings. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

gboolean version_since(const Reading *r, int version)
{
  return r->session->version >= version;
}

/* Seen in 15.20, and not in 15.18, 14.23, 16.14, 17.10 and 18.4: the others got it with the same round of minor
 * releases.  A version without its minor number counts as the newest one. */
gboolean locks_dependencies(const Reading *r)
{
  static const struct {
    int major, minor;
  } since[] = {{14, 25}, {15, 20}, {16, 16}, {17, 12}, {18, 6}};
  int major = r->session->number / 10000, minor = r->session->number % 10000;
  for (guint i = 0; i < G_N_ELEMENTS(since); i++)
    if (since[i].major == major)
      return minor == 0 || minor >= since[i].minor;
  return major > FORECAST_NEWEST_VERSION;
}

/* ---- names ---- */

const char *node_text(const PgQuery__Node *node)
{
  return node != NULL && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

GStrv node_words(PgQuery__Node *const *nodes, gsize n)
{
  GStrv words = g_new0(char *, n + 1);
  for (gsize i = 0; i < n; i++)
    words[i] = g_strdup(node_text(nodes[i]));
  return words;
}

static const char *schema_of(const PgQuery__RangeVar *var)
{
  return strcmp(var->relpersistence, "t") == 0 ? "pg_temp" : var->schemaname;
}

/* The server's own relations are named with and without their schema. */
static gboolean is_servers_own(const Reading *r, const PgQuery__RangeVar *var)
{
  return var->schemaname[0] == '\0' && g_str_has_prefix(var->relname, "pg_") &&
         model_find(r->session->model, NULL, var->relname) == NULL;
}

const ReviewRelation *relation_of(Reading *r, const PgQuery__RangeVar *var)
{
  if (is_servers_own(r, var))
    return model_get(r->session->model, "pg_catalog", var->relname);
  return model_get(r->session->model, schema_of(var), var->relname);
}

const ReviewRelation *relation_of_words(Reading *r, PgQuery__Node *const *words, gsize n, gsize skip)
{
  if (n <= skip)
    return NULL;
  const char *schema = n - skip > 1 ? node_text(words[n - skip - 2]) : NULL;
  return model_get(r->session->model, schema, node_text(words[n - skip - 1]));
}

gboolean surely_missing(const Reading *r, const PgQuery__RangeVar *var)
{
  return model_catalog(r->session->model) != NULL &&
         model_find(r->session->model, schema_of(var), var->relname) == NULL;
}

gboolean surely_missing_words(const Reading *r, PgQuery__Node *const *words, gsize n)
{
  return n > 0 && model_catalog(r->session->model) != NULL &&
         model_find(r->session->model, n > 1 ? node_text(words[n - 2]) : NULL, node_text(words[n - 1])) ==
             NULL;
}

char *relation_name(Reading *r, const PgQuery__RangeVar *var)
{
  return model_full_name(relation_of(r, var));
}

/* ---- locks ---- */

static void note_users(ForecastLock *lock, const ReviewRelation *relation)
{
  lock->users = 0;
  lock->oldest_s = -1;
  for (guint i = 0; i < relation->users->len; i++) {
    const ReviewUser *user = &g_array_index(relation->users, ReviewUser, i);
    if (!lock_mode_conflicts(user->mode, lock->mode))
      continue;
    lock->users++;
    lock->oldest_s = MAX(lock->oldest_s, user->xact_s);
  }
}

static ForecastLock *find_lock(const Reading *r, guint id)
{
  const GPtrArray *locks = r->forecast->locks;
  for (guint i = 0; i < locks->len; i++) {
    ForecastLock *found = g_ptr_array_index(locks, i);
    if (found->id == id)
      return found;
  }
  return NULL;
}

void lock(Reading *r, const ReviewRelation *relation, LockMode mode, const char *because)
{
  if (relation == NULL || mode == LOCK_MODE_NONE || strcmp(relation->schema, "pg_catalog") == 0 ||
      strcmp(relation->schema, "information_schema") == 0)
    return;
  ForecastLock *entry = find_lock(r, relation->id);
  if (entry == NULL) {
    const ReviewRelation *table =
        relation->index != NULL ? model_look(r->session->model, relation->index->table) : NULL;
    entry = g_new0(ForecastLock, 1);
    entry->relation = model_full_name(relation);
    entry->because = g_strdup(because);
    entry->is_new = relation->made;
    entry->kind = relation->kind;
    entry->table = table != NULL ? model_full_name(table) : NULL;
    entry->rows = relation->rows;
    entry->bytes = relation->bytes;
    entry->id = relation->id;
    g_ptr_array_add(r->forecast->locks, entry);
  }
  entry->mode = MAX(entry->mode, mode);
  note_users(entry, relation);
}

void lock_indexes(Reading *r, const ReviewRelation *table, LockMode mode)
{
  if (mode == RS && !version_since(r, 12))
    mode = AS;
  for (guint i = 0; i < table->indexes->len; i++)
    lock(r, model_look(r->session->model, g_array_index(table->indexes, guint, i)), mode, NULL);
}

static void add_below(const Reading *r, GArray *ids, guint id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index(ids, guint, i) == id)
      return;
  const ReviewRelation *relation = model_look(r->session->model, id);
  if (relation == NULL)
    return;
  g_array_append_val(ids, id);
  for (guint i = 0; i < relation->children->len; i++)
    add_below(r, ids, g_array_index(relation->children, guint, i));
}

GArray *tree_of(const Reading *r, const ReviewRelation *table)
{
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint));
  add_below(r, ids, table->id);
  return ids;
}

void lock_tree(Reading *r, const ReviewRelation *table, LockMode mode, const char *because)
{
  g_autoptr(GArray) ids = tree_of(r, table);
  for (guint i = 0; i < ids->len; i++)
    lock(r, model_look(r->session->model, g_array_index(ids, guint, i)), mode, because);
}

/* ---- work ---- */

/* What the plan made is empty or in nobody's way: working on it is no news. */
static void add_name(GPtrArray *names, const ReviewRelation *relation)
{
  if (relation == NULL || relation->made)
    return;
  char *name = model_full_name(relation);
  if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
    g_free(name);
  else
    g_ptr_array_add(names, name);
}

static gboolean has_rows_of_its_own(const ReviewRelation *relation)
{
  return relation->kind != 'p' && relation->kind != 'v' && relation->kind != 'f' && relation->kind != 'I';
}

void scan(Reading *r, const ReviewRelation *relation)
{
  if (relation != NULL && has_rows_of_its_own(relation) && relation->kind != 'S')
    add_name(r->forecast->scans, relation);
}

void rewrite(Reading *r, const ReviewRelation *relation)
{
  if (relation != NULL && has_rows_of_its_own(relation))
    add_name(r->forecast->rewrites, relation);
}

void rebuild(Reading *r, const ReviewRelation *index)
{
  if (index != NULL && has_rows_of_its_own(index))
    add_name(r->forecast->rebuilds, index);
}

void build_index(Reading *r, const ReviewRelation *table)
{
  if (table == NULL || !has_rows_of_its_own(table))
    return;
  add_name(r->forecast->builds, table);
  scan(r, table);
}

void lock_types_of(Reading *r, const ReviewRelation *relation, const char *column)
{
  for (guint i = 0; i < relation->columns->len && locks_dependencies(r); i++) {
    const ReviewColumn *of = g_ptr_array_index(relation->columns, i);
    if (strcmp(of->type_schema, "pg_catalog") == 0 || (column != NULL && strcmp(of->name, column) != 0))
      continue;
    const ReviewRelation *type = model_find(r->session->model, of->type_schema, of->type);
    if (type != NULL && type->kind == 'c')
      lock(r, type, AS, _("a column is of its type"));
  }
}

void lock_drawn(Reading *r, const ReviewRelation *table, const char *column, LockMode mode)
{
  for (guint i = 0; i < table->draws->len; i++) {
    const ReviewUse *draw = g_ptr_array_index(table->draws, i);
    if (column == NULL || strcmp(draw->column, column) == 0)
      lock(r, model_look(r->session->model, draw->base), mode, _("a default uses it"));
  }
}

void rewrite_table(Reading *r, const ReviewRelation *table)
{
  if (!has_rows_of_its_own(table))
    return;
  lock_types_of(r, table, NULL);
  rewrite(r, table);
  scan(r, table);
  for (guint i = 0; i < table->indexes->len; i++) {
    const ReviewRelation *index = model_look(r->session->model, g_array_index(table->indexes, guint, i));
    lock(r, index, AX, NULL);
    rebuild(r, index);
  }
}

void add_loss(Reading *r, LossKind kind, const ReviewRelation *relation, const char *column)
{
  if (relation->made)
    return;
  ForecastLoss *loss = g_new0(ForecastLoss, 1);
  loss->kind = kind;
  loss->relation = model_full_name(relation);
  loss->column = g_strdup(column);
  g_ptr_array_add(r->forecast->losses, loss);
}

/* ---- words ---- */

void add_finding_detail(Reading *r, CheckId check, const ReviewRelation *object, const char *detail)
{
  if (object != NULL && object->made)
    return;
  g_autofree char *name = object != NULL ? model_full_name(object) : NULL;
  finding_add(r->forecast->findings, check, name != NULL ? forecast_display(name) : NULL, detail);
}

void add_finding(Reading *r, CheckId check, const ReviewRelation *object)
{
  add_finding_detail(r, check, object, NULL);
}

void add_note(Reading *r, const char *note)
{
  if (!g_ptr_array_find_with_equal_func(r->forecast->notes, note, g_str_equal, NULL))
    g_ptr_array_add(r->forecast->notes, g_strdup(note));
}

void add_note_format(Reading *r, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *note = g_strdup_vprintf(format, args);
  va_end(args);
  add_note(r, note);
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
