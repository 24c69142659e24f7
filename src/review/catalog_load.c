/* The catalog from a live connection: one question for the ids, one for everything about them. */
#include <string.h>

#include "forecast-private.h"
#include "retort/base/text.h"
#include "retort/pg/catalog.h"

/* Separates the elements of a list in one cell: no identifier that anybody types has it. */
#define LIST_SEPARATOR "\x1f"

/* ---- which relations ---- */

static const char all_sql[] =
    "SELECT pg_catalog.string_agg(c.oid::text, ',') FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind <> 't' "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ "
    "'^pg_(toast_)?temp_'";

/* What hangs together: a table, its indexes, partitions, views, sequences, and tables two foreign keys away. */
static const char named_sql[] =
    "WITH RECURSIVE w(oid, hops) AS ("
    "SELECT pg_catalog.to_regclass(u.name)::oid, 0 FROM pg_catalog.unnest(%1$s) u(name) "
    "WHERE pg_catalog.to_regclass(u.name) IS NOT NULL "
    "UNION SELECT d.objid, 0 FROM pg_catalog.unnest(%1$s) u(name) JOIN pg_catalog.pg_depend d "
    "ON d.refobjid = pg_catalog.to_regtype(u.name)::oid AND d.refclassid = 'pg_catalog.pg_type'::regclass "
    "AND d.classid = 'pg_catalog.pg_class'::regclass "
    "UNION SELECT x.oid, w.hops + x.hop FROM w CROSS JOIN LATERAL ("
    "SELECT indrelid, 0 FROM pg_catalog.pg_index WHERE indexrelid = w.oid "
    "UNION ALL SELECT indexrelid, 0 FROM pg_catalog.pg_index WHERE indrelid = w.oid "
    "UNION ALL SELECT inhparent, 0 FROM pg_catalog.pg_inherits WHERE inhrelid = w.oid "
    "UNION ALL SELECT inhrelid, 0 FROM pg_catalog.pg_inherits WHERE inhparent = w.oid "
    "UNION ALL SELECT confrelid, 1 FROM pg_catalog.pg_constraint WHERE conrelid = w.oid AND contype = 'f' "
    "UNION ALL SELECT conrelid, 0 FROM pg_catalog.pg_constraint WHERE confrelid = w.oid AND contype = 'f' "
    "UNION ALL SELECT r.ev_class, 0 FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = "
    "d.objid "
    "WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass "
    "AND d.refobjid = w.oid "
    "UNION ALL SELECT d.refobjid, 0 FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d ON d.objid = "
    "r.oid "
    "WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass "
    "AND r.ev_class = w.oid "
    "UNION ALL SELECT d.refobjid, 0 FROM pg_catalog.pg_attrdef ad JOIN pg_catalog.pg_depend d ON d.classid = "
    "'pg_catalog.pg_attrdef'::regclass AND d.objid = ad.oid AND d.refclassid = "
    "'pg_catalog.pg_class'::regclass "
    "WHERE ad.adrelid = w.oid "
    "UNION ALL SELECT t.typrelid, 0 FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = "
    "a.atttypid "
    "WHERE a.attrelid = w.oid AND a.attnum > 0 AND t.typrelid <> 0 "
    "UNION ALL SELECT d.objid, 0 FROM pg_catalog.pg_depend d WHERE d.classid = "
    "'pg_catalog.pg_class'::regclass "
    "AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = w.oid AND d.deptype IN ('a', 'i') "
    "UNION ALL SELECT d.refobjid, 0 FROM pg_catalog.pg_depend d WHERE d.classid = "
    "'pg_catalog.pg_class'::regclass "
    "AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.objid = w.oid AND d.deptype IN ('a', 'i')"
    ") x(oid, hop) WHERE w.hops + x.hop <= 2) "
    "SELECT pg_catalog.string_agg(DISTINCT w.oid::text, ',') FROM w JOIN pg_catalog.pg_class c ON c.oid = "
    "w.oid "
    "WHERE c.relkind <> 't' AND c.relnamespace NOT IN (SELECT oid FROM pg_catalog.pg_namespace "
    "WHERE nspname IN ('pg_catalog', 'information_schema', 'pg_toast'))";

/* ---- everything about them ---- */

/* Reads a row of one of the questions into the catalog. */
typedef void (*RowReader)(ReviewCatalog *catalog, const PGresult *result, int row);

static const char *cell(const PGresult *result, int row, int column)
{
  return PQgetvalue(result, row, column);
}

static char *cell_or_null(const PGresult *result, int row, int column)
{
  return PQgetisnull(result, row, column) ? NULL : text_utf8(cell(result, row, column), -1);
}

static gboolean cell_is_true(const PGresult *result, int row, int column)
{
  return *cell(result, row, column) == 't';
}

static guint cell_id(const PGresult *result, int row, int column)
{
  return (guint)g_ascii_strtoull(cell(result, row, column), NULL, 10);
}

static GStrv cell_list(const PGresult *result, int row, int column)
{
  return g_strsplit(cell(result, row, column), LIST_SEPARATOR, -1);
}

/* An index that belongs to a constraint depends on that, not on its columns: the keys are added. */
static GStrv join_lists(GStrv keys, GStrv others)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  for (char **key = keys; *key != NULL; key++)
    if (**key != '\0' && !g_strv_contains((const char *const *)others, *key))
      g_strv_builder_add(builder, *key);
  g_strv_builder_addv(builder, (const char **)others);
  g_strfreev(others);
  return g_strv_builder_end(builder);
}

static ReviewRelation *cell_relation(ReviewCatalog *catalog, const PGresult *result, int row, int column)
{
  return g_hash_table_lookup(catalog->relations, GUINT_TO_POINTER(cell_id(result, row, column)));
}

static void add_id(GArray *ids, guint id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index(ids, guint, i) == id)
      return;
  g_array_append_val(ids, id);
}

static void read_settings(ReviewCatalog *catalog, const PGresult *result, int row)
{
  g_strfreev(catalog->search_path);
  catalog->search_path = cell_list(result, row, 0);
  catalog->user = cell_or_null(result, row, 1);
  catalog->time_zone = cell_or_null(result, row, 2);
  catalog->version = (int)cell_id(result, row, 3);
}

static void read_relation(ReviewCatalog *catalog, const PGresult *result, int row)
{
  g_autofree char *schema = cell_or_null(result, row, 1), *name = cell_or_null(result, row, 2);
  ReviewRelation *relation =
      review_relation_new(cell_id(result, row, 0), schema, name, *cell(result, row, 4));
  relation->owner = cell_or_null(result, row, 3);
  relation->persistence = *cell(result, row, 5);
  relation->method = cell_or_null(result, row, 6);
  relation->tablespace = cell_or_null(result, row, 7);
  relation->rows = g_ascii_strtoll(cell(result, row, 8), NULL, 10);
  relation->bytes = g_ascii_strtoll(cell(result, row, 9), NULL, 10);
  relation->toast = cell_is_true(result, row, 10);
  relation->partition = cell_is_true(result, row, 11);
  relation->bound = cell_or_null(result, row, 12);
  relation->partition_key = cell_or_null(result, row, 13);
  relation->is_default = cell_is_true(result, row, 14);
  relation->type = cell_id(result, row, 15);
  relation->known = TRUE;
  review_catalog_add(catalog, relation);
}

static void read_column_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *relation = cell_relation(catalog, result, row, 0);
  if (relation == NULL)
    return;
  g_autofree char *name = cell_or_null(result, row, 1), *type = cell_or_null(result, row, 3);
  ReviewColumn *column =
      review_relation_add_column(relation, name, type, (int)g_ascii_strtoll(cell(result, row, 4), NULL, 10));
  g_free(column->type_schema);
  column->type_schema = cell_or_null(result, row, 2);
  column->collation = cell_or_null(result, row, 5);
  column->not_null = cell_is_true(result, row, 6);
  column->has_default = cell_is_true(result, row, 7);
  column->inherited = cell_is_true(result, row, 8);
  column->generated = *cell(result, row, 9);
  column->identity = *cell(result, row, 10);
  column->local = cell_is_true(result, row, 11);
}

static void read_constraint_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *relation = cell_relation(catalog, result, row, 0);
  if (relation == NULL)
    return;
  g_autofree char *name = cell_or_null(result, row, 1);
  ReviewConstraint *c = review_relation_add_constraint(relation, name, *cell(result, row, 2));
  c->columns = cell_list(result, row, 3);
  c->referenced = cell_id(result, row, 4);
  c->referenced_columns = cell_list(result, row, 5);
  c->index = cell_id(result, row, 6);
  c->expression = cell_or_null(result, row, 7);
  c->validated = cell_is_true(result, row, 8);
  c->deferrable = cell_is_true(result, row, 9);
  c->deferred = cell_is_true(result, row, 14);
  c->inherited = cell_is_true(result, row, 10);
  c->parent = cell_id(result, row, 11);
  c->on_delete = *cell(result, row, 12);
  c->on_update = *cell(result, row, 13);
  ReviewRelation *referenced = cell_relation(catalog, result, row, 4);
  if (c->type == 'f' && referenced != NULL)
    add_id(referenced->referenced_by, relation->id);
}

static void read_inheritance(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *child = cell_relation(catalog, result, row, 0);
  ReviewRelation *parent = cell_relation(catalog, result, row, 1);
  if (child == NULL || parent == NULL)
    return;
  add_id(child->parents, parent->id);
  add_id(parent->children, child->id);
}

static void read_index_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *relation = cell_relation(catalog, result, row, 0);
  ReviewRelation *table = cell_relation(catalog, result, row, 1);
  if (relation == NULL || table == NULL)
    return;
  add_id(table->indexes, relation->id);
  ReviewIndex *index = relation->index = g_new0(ReviewIndex, 1);
  index->table = table->id;
  index->method = cell_or_null(result, row, 2);
  index->keys = cell_list(result, row, 3);
  index->n_keys = cell_id(result, row, 4);
  index->mentions = join_lists(index->keys, cell_list(result, row, 5));
  index->expressions = cell_is_true(result, row, 6);
  index->predicate = cell_is_true(result, row, 7);
  index->unique = cell_is_true(result, row, 8);
  index->primary = cell_is_true(result, row, 9);
  index->exclusion = cell_is_true(result, row, 10);
  index->valid = cell_is_true(result, row, 11);
  index->constraint = cell_is_true(result, row, 12);
}

static void read_view_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *view = cell_relation(catalog, result, row, 0);
  ReviewRelation *base = cell_relation(catalog, result, row, 1);
  if (view == NULL || base == NULL)
    return;
  add_id(base->dependents, view->id);
  add_id(view->bases, base->id);
}

static void read_use_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *relation = cell_relation(catalog, result, row, 0);
  if (relation == NULL)
    return;
  ReviewUse *use = g_new0(ReviewUse, 1);
  *use = (ReviewUse){cell_id(result, row, 1), cell_or_null(result, row, 2)};
  g_ptr_array_add(relation->uses, use);
}

static void read_part_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *relation = cell_relation(catalog, result, row, 0);
  if (relation != NULL)
    g_ptr_array_add(relation->parts, cell_or_null(result, row, 1));
}

static void read_sequence_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *sequence = cell_relation(catalog, result, row, 0);
  ReviewRelation *table = cell_relation(catalog, result, row, 1);
  if (sequence == NULL || table == NULL)
    return;
  add_id(table->sequences, sequence->id);
  sequence->owned_by = table->id;
  g_free(sequence->owned_by_column);
  sequence->owned_by_column = cell_or_null(result, row, 2);
}

static void read_draw_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *table = cell_relation(catalog, result, row, 0);
  g_autofree char *column = cell_or_null(result, row, 2);
  if (table != NULL)
    review_relation_add_draw(table, column, cell_id(result, row, 1));
}

static void read_need_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *relation = cell_relation(catalog, result, row, 0);
  if (relation != NULL)
    g_ptr_array_add(relation->needs, cell_or_null(result, row, 1));
}

static void read_extension_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  g_hash_table_add(catalog->extensions, cell_or_null(result, row, 0));
}

static void read_trigger_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *relation = cell_relation(catalog, result, row, 0);
  guint bits = cell_id(result, row, 1);
  if (relation != NULL)
    relation->triggers = ((bits & 4) != 0 ? REVIEW_INSERT : 0) | ((bits & 8) != 0 ? REVIEW_DELETE : 0) |
                         ((bits & 16) != 0 ? REVIEW_UPDATE : 0) | ((bits & 32) != 0 ? REVIEW_TRUNCATE : 0);
}

static void read_statistics_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewStatistics *statistics = g_new0(ReviewStatistics, 1);
  statistics->schema = cell_or_null(result, row, 0);
  statistics->name = cell_or_null(result, row, 1);
  statistics->table = cell_id(result, row, 2);
  g_ptr_array_add(catalog->statistics, statistics);
}

static void read_type_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewType *type = g_new0(ReviewType, 1);
  type->schema = cell_or_null(result, row, 0);
  type->name = cell_or_null(result, row, 1);
  type->kind = *cell(result, row, 2);
  type->base_schema = cell_or_null(result, row, 3);
  type->base = cell_or_null(result, row, 4);
  type->base_typmod = (int)g_ascii_strtoll(cell(result, row, 5), NULL, 10);
  type->constrained = cell_is_true(result, row, 6);
  g_ptr_array_add(catalog->types, type);
}

static void read_function_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  g_hash_table_replace(catalog->functions, cell_or_null(result, row, 0),
                       GINT_TO_POINTER((int)*cell(result, row, 1)));
}

static void read_user_row(ReviewCatalog *catalog, const PGresult *result, int row)
{
  ReviewRelation *relation = cell_relation(catalog, result, row, 0);
  if (relation == NULL)
    return;
  ReviewUser user = {.pid = (int)cell_id(result, row, 1),
                     .mode = lock_mode_from_pg(cell(result, row, 2)),
                     .xact_s = PQgetisnull(result, row, 3) ? -1 : g_ascii_strtod(cell(result, row, 3), NULL),
                     .idle = cell_is_true(result, row, 4),
                     .autovacuum = cell_is_true(result, row, 5)};
  for (guint i = 0; i < relation->users->len; i++) {
    ReviewUser *other = &g_array_index(relation->users, ReviewUser, i);
    if (other->pid == user.pid && user.pid != 0) {
      other->mode = MAX(other->mode, user.mode);
      return;
    }
  }
  g_array_append_val(relation->users, user);
}

#define BUSY                                                                                                 \
  "EXISTS (SELECT 1 FROM pg_catalog.pg_locks l WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock' " \
  "AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid())"
#define COLUMN_NAMES(numbers, relation)                                                            \
  "(SELECT pg_catalog.string_agg(coalesce(a.attname, ''), '" LIST_SEPARATOR "' ORDER BY k.place) " \
  "FROM pg_catalog.unnest(" numbers                                                                \
  ") WITH ORDINALITY k(number, place) LEFT JOIN pg_catalog.pg_attribute a "                        \
  "ON a.attrelid = " relation " AND a.attnum = k.number AND k.number > 0)"

/* In the order in which later ones refer to earlier ones.  WANTED stands for the ids. */
static const struct {
  const char *sql;
  int since; /* asked from this server version on */
  RowReader read;
} questions[] = {
    {"SELECT pg_catalog.array_to_string(pg_catalog.current_schemas(false), '" LIST_SEPARATOR
     "'), current_user, "
     "pg_catalog.current_setting('TimeZone'), pg_catalog.current_setting('server_version_num')",
     0, read_settings},
    {"SELECT c.oid, n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner), c.relkind, "
     "c.relpersistence, "
     "am.amname, ts.spcname, CASE WHEN c.reltuples > 0 THEN c.reltuples::bigint "
     "ELSE coalesce(nullif(pg_catalog.pg_stat_get_live_tuples(c.oid), 0), "
     "CASE WHEN c.reltuples < 0 OR c.relpages > 0 THEN -1 ELSE 0 END) END, "
     "CASE WHEN c.relkind NOT IN ('r', 'm', 'i', 'S') THEN 0 WHEN " BUSY
     " THEN c.relpages::bigint * pg_catalog.current_setting('block_size')::bigint "
     "WHEN c.relkind = 'i' THEN pg_catalog.pg_relation_size(c.oid) ELSE pg_catalog.pg_table_size(c.oid) END, "
     "c.reltoastrelid <> 0, c.relispartition, "
     "CASE WHEN c.relispartition AND NOT " BUSY " THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END, "
     "CASE WHEN c.relkind = 'p' AND NOT " BUSY " THEN pg_catalog.pg_get_partkeydef(c.oid) END, "
     "EXISTS (SELECT 1 FROM pg_catalog.pg_partitioned_table p WHERE p.partdefid = c.oid), "
     "coalesce((SELECT t.typrelid FROM pg_catalog.pg_type t WHERE t.oid = c.reloftype), 0) "
     "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
     "LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam LEFT JOIN pg_catalog.pg_tablespace ts "
     "ON ts.oid = c.reltablespace WHERE c.oid = ANY (WANTED)",
     0, read_relation},
    {"SELECT a.attrelid, a.attname, n.nspname, t.typname, a.atttypmod, "
     "CASE WHEN a.attcollation <> t.typcollation THEN co.collname END, a.attnotnull, a.atthasdef, "
     "a.attinhcount > 0, a.attgenerated, a.attidentity, a.attislocal FROM pg_catalog.pg_attribute a "
     "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
     "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
     "LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation "
     "WHERE a.attrelid = ANY (WANTED) AND a.attnum > 0 AND NOT a.attisdropped "
     "AND c.relkind NOT IN ('i', 'I', 'S') ORDER BY a.attrelid, a.attnum",
     120000, read_column_row},
    {"SELECT o.conrelid, o.conname, o.contype, coalesce(" COLUMN_NAMES(
         "o.conkey",
         "o.conrelid") ", ''), "
                       "o.confrelid, coalesce(" COLUMN_NAMES(
                           "o.confkey",
                           "o.confrelid") ", ''), o.conindid, "
                                          "CASE WHEN o.contype = 'c' AND NOT " BUSY
                                          " THEN pg_catalog.pg_get_expr(o.conbin, o.conrelid) END, "
                                          "o.convalidated, o.condeferrable, o.coninhcount > 0, "
                                          "coalesce((SELECT p.conrelid FROM pg_catalog.pg_constraint p WHERE "
                                          "p.oid = o.conparentid), 0), o.confdeltype, o.confupdtype, "
                                          "o.condeferred "
                                          "FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON "
                                          "c.oid = o.conrelid "
                                          "WHERE o.conrelid = ANY (WANTED) ORDER BY o.conrelid, o.conname",
     0, read_constraint_row},
    {"SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits WHERE inhrelid = ANY (WANTED) "
     "ORDER BY inhrelid, inhseqno",
     0, read_inheritance},
    {"SELECT i.indexrelid, i.indrelid, am.amname, coalesce(" COLUMN_NAMES(
         "i.indkey::int2[]",
         "i.indrelid") ", ''), i.indnkeyatts, coalesce((SELECT pg_catalog.string_agg(DISTINCT a.attname, "
                       "'" LIST_SEPARATOR "') "
                       "FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = "
                       "d.refobjid "
                       "AND a.attnum = d.refobjsubid WHERE d.classid = 'pg_catalog.pg_class'::regclass "
                       "AND d.objid = i.indexrelid AND d.refclassid = 'pg_catalog.pg_class'::regclass "
                       "AND d.refobjid = i.indrelid), ''), i.indexprs IS NOT NULL, i.indpred IS NOT NULL, "
                       "i.indisunique, "
                       "i.indisprimary, i.indisexclusion, i.indisvalid, EXISTS (SELECT 1 FROM "
                       "pg_catalog.pg_constraint o "
                       "WHERE o.conindid = i.indexrelid AND o.conrelid = i.indrelid AND o.contype IN ('p', "
                       "'u', 'x')) "
                       "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
                       "JOIN pg_catalog.pg_am am ON am.oid = c.relam WHERE i.indexrelid = ANY (WANTED) "
                       "ORDER BY i.indexrelid",
     0, read_index_row},
    {"SELECT DISTINCT r.ev_class, d.refobjid FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r "
     "ON r.oid = d.objid WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass "
     "AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> r.ev_class "
     "AND r.ev_class = ANY (WANTED)",
     0, read_view_row},
    {"SELECT DISTINCT r.ev_class, d.refobjid, a.attname FROM pg_catalog.pg_depend d JOIN "
     "pg_catalog.pg_rewrite r "
     "ON r.oid = d.objid JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = "
     "d.refobjsubid "
     "WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass "
     "AND d.refobjsubid > 0 AND r.ev_class = ANY (WANTED)",
     0, read_use_row},
    {"SELECT tgrelid, 't ' || tgname FROM pg_catalog.pg_trigger WHERE NOT tgisinternal AND tgrelid = ANY "
     "(WANTED) "
     "UNION ALL SELECT t.tgrelid, 'f ' || p.proname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p "
     "ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgrelid = ANY (WANTED) "
     "UNION ALL SELECT ev_class, 'r ' || rulename FROM pg_catalog.pg_rewrite WHERE ev_class = ANY (WANTED) "
     "UNION ALL SELECT polrelid, 'p ' || polname FROM pg_catalog.pg_policy WHERE polrelid = ANY (WANTED)",
     0, read_part_row},
    {"SELECT d.objid, d.refobjid, a.attname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c "
     "ON c.oid = d.objid AND c.relkind = 'S' JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid "
     "AND a.attnum = d.refobjsubid WHERE d.classid = 'pg_catalog.pg_class'::regclass "
     "AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i') "
     "AND d.objid = ANY (WANTED)",
     0, read_sequence_row},
    {"SELECT ad.adrelid, d.refobjid, a.attname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attrdef ad "
     "ON ad.oid = d.objid JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relkind = 'S' "
     "JOIN pg_catalog.pg_attribute a ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum "
     "WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass "
     "AND ad.adrelid = ANY (WANTED)",
     0, read_draw_row},
    {"SELECT w.relation, w.need FROM (SELECT CASE d.classid WHEN 'pg_catalog.pg_class'::regclass THEN "
     "d.objid "
     "WHEN 'pg_catalog.pg_attrdef'::regclass THEN (SELECT adrelid FROM pg_catalog.pg_attrdef WHERE oid = "
     "d.objid) "
     "WHEN 'pg_catalog.pg_constraint'::regclass THEN (SELECT conrelid FROM pg_catalog.pg_constraint WHERE "
     "oid = "
     "d.objid) "
     "WHEN 'pg_catalog.pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_catalog.pg_rewrite WHERE oid = "
     "d.objid) "
     "WHEN 'pg_catalog.pg_policy'::regclass THEN (SELECT polrelid FROM pg_catalog.pg_policy WHERE oid = "
     "d.objid) "
     "END AS relation, CASE d.refclassid "
     "WHEN 'pg_catalog.pg_proc'::regclass THEN 'function ' || (SELECT proname FROM pg_catalog.pg_proc WHERE "
     "oid = "
     "d.refobjid) "
     "WHEN 'pg_catalog.pg_collation'::regclass THEN 'collation ' || (SELECT collname FROM "
     "pg_catalog.pg_collation "
     "WHERE oid = d.refobjid) "
     "WHEN 'pg_catalog.pg_class'::regclass THEN CASE WHEN d.classid = 'pg_catalog.pg_policy'::regclass THEN "
     "CASE WHEN d.refobjsubid = 0 THEN 'relation ' || d.refobjid ELSE 'column ' || d.refobjid || '.' || "
     "(SELECT "
     "attname FROM pg_catalog.pg_attribute WHERE attrelid = d.refobjid AND attnum = d.refobjsubid) END END "
     "END AS "
     "need FROM pg_catalog.pg_depend d WHERE d.deptype = 'n' AND d.refclassid IN "
     "('pg_catalog.pg_proc'::regclass, "
     "'pg_catalog.pg_collation'::regclass, 'pg_catalog.pg_class'::regclass) AND d.classid IN "
     "('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_attrdef'::regclass, "
     "'pg_catalog.pg_constraint'::regclass, "
     "'pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_policy'::regclass)) w WHERE w.need IS NOT NULL AND "
     "w.relation = ANY (WANTED) "
     "UNION SELECT p.polrelid, 'relation ' || d.refobjid FROM pg_catalog.pg_policy p JOIN "
     "pg_catalog.pg_depend d ON "
     "d.objid = p.oid AND d.classid = 'pg_catalog.pg_policy'::regclass AND d.refclassid = "
     "'pg_catalog.pg_class'::regclass WHERE d.refobjid <> p.polrelid AND p.polrelid = ANY (WANTED) "
     "UNION SELECT f.ftrelid, 'server ' || s.srvname FROM pg_catalog.pg_foreign_table f JOIN "
     "pg_catalog.pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = ANY (WANTED) "
     "UNION SELECT f.ftrelid, 'wrapper ' || w.fdwname FROM pg_catalog.pg_foreign_table f JOIN "
     "pg_catalog.pg_foreign_server s ON s.oid = f.ftserver JOIN pg_catalog.pg_foreign_data_wrapper w ON "
     "w.oid = "
     "s.srvfdw WHERE f.ftrelid = ANY (WANTED) "
     "UNION SELECT r.prrelid, 'publication ' || p.pubname FROM pg_catalog.pg_publication_rel r JOIN "
     "pg_catalog.pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = ANY (WANTED)",
     0, read_need_row},
    {"SELECT extname FROM pg_catalog.pg_extension", 0, read_extension_row},
    {"SELECT tgrelid, pg_catalog.bit_or(tgtype::int) FROM pg_catalog.pg_trigger "
     "WHERE (NOT tgisinternal OR tgconstraint = 0) AND tgenabled <> 'D' AND tgrelid = ANY (WANTED) GROUP BY "
     "1",
     0, read_trigger_row},
    {"SELECT n.nspname, s.stxname, s.stxrelid FROM pg_catalog.pg_statistic_ext s "
     "JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace",
     0, read_statistics_row},
    {"SELECT n.nspname, t.typname, t.typtype, bn.nspname, b.typname, t.typtypmod, t.typnotnull OR EXISTS "
     "(SELECT 1 FROM pg_catalog.pg_constraint o WHERE o.contypid = t.oid) FROM pg_catalog.pg_type t "
     "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
     "LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype "
     "LEFT JOIN pg_catalog.pg_namespace bn ON bn.oid = b.typnamespace "
     "WHERE t.typtype IN ('e', 'd', 'r', 'b', 'c') AND n.nspname NOT IN "
     "('pg_catalog', 'information_schema', 'pg_toast') AND t.typelem = 0 AND (t.typrelid = 0 OR EXISTS "
     "(SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))",
     0, read_type_row},
    {"SELECT proname, CASE WHEN pg_catalog.bool_or(provolatile = 'v') THEN 'v' "
     "WHEN pg_catalog.bool_or(provolatile = 's') THEN 's' ELSE 'i' END FROM pg_catalog.pg_proc GROUP BY 1",
     0, read_function_row},
    {"SELECT l.relation, coalesce(l.pid, 0), l.mode, extract(epoch FROM pg_catalog.clock_timestamp() - "
     "a.xact_start), coalesce(a.state LIKE 'idle in%', false), coalesce(a.backend_type = 'autovacuum "
     "worker', false) "
     "FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
     "WHERE l.locktype = 'relation' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() "
     "AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
     "pg_catalog.current_database()) "
     "AND l.relation = ANY (WANTED)",
     0, read_user_row},
};

/* Before 12 no column is generated. */
static const char old_columns_sql[] =
    "SELECT a.attrelid, a.attname, n.nspname, t.typname, a.atttypmod, "
    "CASE WHEN a.attcollation <> t.typcollation THEN co.collname END, a.attnotnull, a.atthasdef, "
    "a.attinhcount > 0, '', a.attidentity, a.attislocal FROM pg_catalog.pg_attribute a "
    "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
    "LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation "
    "WHERE a.attrelid = ANY (WANTED) AND a.attnum > 0 AND NOT a.attisdropped "
    "AND c.relkind NOT IN ('i', 'I', 'S') ORDER BY a.attrelid, a.attnum";

typedef struct {
  gboolean complete;
  ReviewCatalogFunc func;
  void *data;
} Loading;

static void loaded(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  g_autofree Loading *loading = data;
  if (error != NULL) {
    loading->func(NULL, error, loading->data);
    return;
  }
  ReviewCatalog *catalog = review_catalog_new(0);
  catalog->complete = loading->complete;
  for (guint i = 0; i < results->len && i < G_N_ELEMENTS(questions); i++) {
    const PGresult *result = g_ptr_array_index(results, i);
    for (int row = 0; row < PQntuples(result); row++)
      questions[i].read(catalog, result, row);
  }
  loading->func(catalog, NULL, loading->data);
}

static void ids_known(PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  Loading *loading = data;
  if (error != NULL) {
    loading->func(NULL, error, loading->data);
    g_free(loading);
    return;
  }
  const PGresult *result = g_ptr_array_index(results, results->len - 1);
  g_autofree char *wanted = g_strdup_printf("'{%s}'::oid[]", PQntuples(result) > 0 ? cell(result, 0, 0) : "");
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(questions); i++) {
    gboolean older = pg_conn_server_version(conn) < questions[i].since;
    g_string_append_printf(sql, "%s%s", i > 0 ? "; " : "", older ? old_columns_sql : questions[i].sql);
  }
  g_string_replace(sql, "WANTED", wanted, 0);
  pg_conn_exec_owned(conn, sql->str, NULL, loaded, loading, g_free);
}

void review_catalog_load(PgConn *conn, const GPtrArray *sql, ReviewCatalogFunc func, void *data)
{
  if (sql != NULL && catalog_names_reach_far(sql))
    sql = NULL;
  Loading *loading = g_new0(Loading, 1);
  *loading = (Loading){sql == NULL, func, data};
  if (sql == NULL) {
    pg_conn_exec_owned(conn, all_sql, NULL, ids_known, loading, g_free);
    return;
  }
  g_autofree char *names = catalog_names_of(sql);
  g_autoptr(GString) question = g_string_new(named_sql);
  g_string_replace(question, "%1$s", names, 0);
  pg_conn_exec_owned(conn, question->str, NULL, ids_known, loading, g_free);
}

typedef struct {
  ReviewCatalog *catalog;
  GError *error;
  gboolean done;
} Waiting;

static void note_loaded(ReviewCatalog *catalog, const GError *error, void *data)
{
  Waiting *waiting = data;
  waiting->catalog = catalog;
  waiting->error = error != NULL ? g_error_copy(error) : NULL;
  waiting->done = TRUE;
}

ReviewCatalog *review_catalog_load_sync(PgConn *conn, const GPtrArray *sql, GError **error)
{
  Waiting waiting = {NULL, NULL, FALSE};
  review_catalog_load(conn, sql, note_loaded, &waiting);
  while (!waiting.done)
    g_main_context_iteration(g_main_context_get_thread_default(), TRUE);
  if (waiting.error != NULL)
    g_propagate_error(error, waiting.error);
  return waiting.catalog;
}
