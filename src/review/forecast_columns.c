/* ALTER TABLE about columns: added, dropped, made NOT NULL, changed in type. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

/* What a subcommand is done to: the table, and what inherits from it. */
static GArray *targets(const Reading *r, const ReviewRelation *table, gboolean recurse)
{
  if (recurse)
    return tree_of(r, table);
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint));
  g_array_append_val(ids, table->id);
  return ids;
}

#define EACH(ids, i, rel)                                                                     \
  guint i = 0;                                                                                \
  i < (ids)->len && ((rel) = model_look(r->session->model, g_array_index(ids, guint, i)), 1); \
  i++

static void set_text(char **to, char *text)
{
  g_free(*to);
  *to = text;
}

static gboolean strv_has(GStrv list, const char *text)
{
  return list != NULL && g_strv_contains((const char *const *)list, text);
}

/* ---- adding ---- */

typedef struct {
  const PgQuery__Node *expression; /* of the default */
  const PgQuery__Constraint *reference;
  gboolean not_null;
  gboolean filled; /* serial, identity, generated: no row is without a value */
  gboolean identity;
  gboolean stored;
} NewColumn;

static NewColumn look_at(const PgQuery__ColumnDef *column)
{
  NewColumn n = {.filled = type_is_serial(column->type_name)};
  for (gsize i = 0; i < column->n_constraints; i++) {
    const PgQuery__Constraint *c = column->constraints[i]->constraint;
    switch (c->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT: n.expression = c->raw_expr; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN: n.reference = c; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL: n.not_null = TRUE; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY: n.not_null = TRUE; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY: n.filled = n.identity = TRUE; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED: n.filled = n.stored = TRUE; break;
    default: break;
    }
  }
  /* DEFAULT NULL is none. */
  if (n.expression != NULL && n.expression->node_case == PG_QUERY__NODE__NODE_A_CONST &&
      n.expression->a_const->isnull)
    n.expression = NULL;
  return n;
}

static gboolean domain_rewrites(Reading *r, const ReviewRelation *table, const PgQuery__ColumnDef *column)
{
  if (type_is_builtin(column->type_name))
    return FALSE;
  g_auto(TypeRef) ref = type_ref(column->type_name);
  const ReviewType *type = model_type(r->session->model, ref.schema, ref.name);
  if (type == NULL && model_catalog(r->session->model) == NULL)
    add_note(r, _("if the column's type is a domain with a check, the table is rewritten"));
  if (type == NULL || !domain_is_constrained(r, type->schema, type->name))
    return FALSE;
  add_finding(r, CHECK_DOMAIN_REWRITES, table);
  return TRUE;
}

/* TRUE when every row has to be written anew for the column's first values. */
static gboolean column_rewrites(Reading *r, const ReviewRelation *table, const PgQuery__ColumnDef *column,
                                const NewColumn *n)
{
  gboolean rewrites = domain_rewrites(r, table, column);
  if (n->identity || type_is_serial(column->type_name)) {
    add_finding(r, CHECK_SERIAL_REWRITES, table);
    return TRUE;
  }
  if (n->stored) {
    add_finding(r, CHECK_GENERATED_REWRITES, table);
    return TRUE;
  }
  if (n->expression == NULL)
    return rewrites;
  switch (expression_volatility(r, n->expression)) {
  case VOLATILITY_CONSTANT: return rewrites;
  case VOLATILITY_VOLATILE:
    add_finding(r, CHECK_DEFAULT_REWRITES, table);
    lock_sequences(r, &n->expression->base, RX);
    return TRUE;
  case VOLATILITY_UNKNOWN:
    add_note(r, _("the default calls a function that may be volatile: counted as a rewrite"));
    return TRUE;
  }
  return TRUE;
}

static void add_checks_of_column(Reading *r, const ReviewRelation *table, const PgQuery__ColumnDef *column,
                                 gboolean has_key)
{
  for (gsize i = 0; i < column->n_constraints; i++) {
    const PgQuery__Constraint *c = column->constraints[i]->constraint;
    switch (c->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
      scan(r, table);
      add_finding(r, CHECK_CHECK_VALIDATES, table);
      break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
      if (!has_key)
        break;
      build_index(r, table);
      add_finding(r, CHECK_UNIQUE_BUILDS_INDEX, table);
      break;
    default: break;
    }
  }
}

/* A new column without a default holds only nulls: there is nothing to compare. */
static void add_reference_of_column(Reading *r, const ReviewRelation *table, const NewColumn *n)
{
  gboolean filled = n->expression != NULL || n->filled;
  lock_referenced(r, n->reference);
  gboolean looks = table->partition && !version_since(r, 12); /* for the nulls all the same */
  if (looks && !filled) {
    lock_indexes(r, table, AS);
    lock_indexes(r, relation_of(r, n->reference->pktable), AS);
    scan(r, table);
  }
  if (!filled || n->reference->skip_validation)
    return;
  compare_foreign_key(r, table, relation_of(r, n->reference->pktable));
  add_finding(r, CHECK_FOREIGN_KEY_VALIDATES, table);
}

static void note_added(Reading *r, const ReviewRelation *table, const char *column)
{
  g_autofree char *name = model_full_name(table);
  set_text(&r->forecast->added_column, g_strdup_printf("%s.%s", name, column));
}

void read_add_column(Reading *r, const ReviewRelation *table, const PgQuery__ColumnDef *column,
                     gboolean recurse)
{
  g_autoptr(GArray) ids = targets(r, table, recurse);
  NewColumn n = look_at(column);
  const ReviewRelation *rel;
  gboolean exists = table->known && review_relation_column(table, column->colname) != NULL;
  note_added(r, table, column->colname);
  for (EACH(ids, i, rel)) {
    lock(r, rel, AX, NULL);
    if (exists)
      continue; /* IF NOT EXISTS, or an error */
    if (column_rewrites(r, rel, column, &n)) {
      rewrite_table(r, rel);
      rewrite(r, rel);
    } else if (n.not_null && n.expression == NULL && !n.filled && rel->known) {
      scan(r, rel);
    }
    lock_column_type(r, column);
    /* A child by inheritance gets the column, but no key. */
    add_checks_of_column(r, rel, column, i == 0 || rel->partition);
    if (n.reference != NULL)
      add_reference_of_column(r, rel, &n);
    if (n.not_null && n.expression == NULL && !n.filled)
      add_finding(r, CHECK_REQUIRED_COLUMN, rel);
    define_column(r, rel->id, column);
  }
  if (strcmp(node_text(column->type_name != NULL && column->type_name->n_names > 0
                           ? column->type_name->names[column->type_name->n_names - 1]
                           : NULL),
             "json") == 0)
    add_finding(r, CHECK_JSON_TYPE, table);
}

/* ---- dropping ---- */

static void drop_column_indexes(Reading *r, guint id, const char *column)
{
  const ReviewRelation *table = model_look(r->session->model, id);
  for (guint i = table->indexes->len; i > 0; i--) {
    guint index_id = g_array_index(table->indexes, guint, i - 1);
    const ReviewRelation *index = model_look(r->session->model, index_id);
    if (index == NULL || index->index == NULL || !strv_has(index->index->mentions, column))
      continue;
    lock(r, index, AX, _("it goes with the column"));
    g_array_remove_index(model_edit(r->session->model, id)->indexes, i - 1);
    model_drop(r->session->model, index_id);
    table = model_look(r->session->model, id);
  }
}

static void drop_column_constraints(Reading *r, guint id, const char *column)
{
  ReviewRelation *table = model_edit(r->session->model, id);
  for (guint i = table->constraints->len; i > 0; i--) {
    const ReviewConstraint *c = g_ptr_array_index(table->constraints, i - 1);
    if (!strv_has(c->columns, column))
      continue;
    if (c->type == 'f') {
      const ReviewRelation *other = model_look(r->session->model, c->referenced);
      lock(r, other, AX, _("the column's foreign key points at it"));
      if (other != NULL && !table->made)
        add_finding(r, CHECK_LOCKS_OTHER_TABLE, other);
    }
    g_ptr_array_remove_index(table->constraints, i - 1);
  }
}

static void drop_references_to(Reading *r, const ReviewRelation *table, const char *column)
{
  for (guint i = 0; i < table->referenced_by->len; i++) {
    guint other_id = g_array_index(table->referenced_by, guint, i);
    const ReviewRelation *other = model_look(r->session->model, other_id);
    for (guint k = 0; other != NULL && k < other->constraints->len; k++) {
      const ReviewConstraint *c = g_ptr_array_index(other->constraints, k);
      if (c->type == 'f' && c->referenced == table->id && strv_has(c->referenced_columns, column))
        lock(r, other, AX, _("its foreign key points at the column"));
    }
  }
}

static void drop_views_with(Reading *r, const ReviewRelation *table, const char *column)
{
  g_autoptr(GArray) ids = g_array_copy(table->dependents);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *view = model_look(r->session->model, g_array_index(ids, guint, i));
    if (view != NULL && review_relation_uses(view, table->id, column))
      drop_relation(r, view, TRUE, _("it uses the column"));
  }
}

static void drop_column_sequences(Reading *r, const ReviewRelation *table, const char *column)
{
  for (guint i = 0; i < table->sequences->len; i++) {
    const ReviewRelation *sequence = model_look(r->session->model, g_array_index(table->sequences, guint, i));
    if (sequence == NULL || g_strcmp0(sequence->owned_by_column, column) != 0)
      continue;
    lock(r, sequence, AX, _("it belongs to the column"));
    model_drop(r->session->model, sequence->id);
  }
}

static void drop_policies_with(Reading *r, const ReviewRelation *table, const char *column)
{
  g_autofree char *need = g_strdup_printf("column %u.%s", table->id, column);
  lock_needing(r, need, _("its policy reads the column"));
}

/* Nobody inherits through more levels. */
#define MOST_CHILDREN_DEEP 64

/* It is the parent's alone: the child has it neither by itself nor from another parent. */
static gboolean goes_with_parent(const Reading *r, const ReviewRelation *child, const char *column)
{
  const ReviewColumn *own = review_relation_column(child, column);
  guint parents = 0;
  for (guint i = 0; i < child->parents->len; i++) {
    const ReviewRelation *parent = model_look(r->session->model, g_array_index(child->parents, guint, i));
    parents += parent != NULL && review_relation_column(parent, column) != NULL;
  }
  return own != NULL && !own->local && parents == 0;
}

/* Children are locked even when they keep the column: it is theirs alone then. */
static void drop_column_of(Reading *r, guint id, const char *name, gboolean cascade, gboolean recurse,
                           guint depth)
{
  const ReviewRelation *table = model_look(r->session->model, id);
  lock(r, table, AX, NULL);
  drop_column_sequences(r, table, name);
  if (cascade) {
    drop_references_to(r, table, name);
    drop_views_with(r, table, name);
    drop_policies_with(r, table, name);
  }
  drop_column_constraints(r, id, name);
  drop_column_indexes(r, id, name);
  ReviewRelation *changed = model_edit(r->session->model, id);
  ReviewColumn *column = review_relation_column(changed, name);
  if (column != NULL)
    g_ptr_array_remove(changed->columns, column);
  g_autoptr(GArray) children = g_array_copy(changed->children);
  for (guint i = 0; i < children->len && depth < MOST_CHILDREN_DEEP; i++) {
    const ReviewRelation *child = model_look(r->session->model, g_array_index(children, guint, i));
    lock(r, child, AX, NULL);
    if (child != NULL && recurse && goes_with_parent(r, child, name))
      drop_column_of(r, child->id, name, cascade, recurse, depth + 1);
  }
}

void read_drop_column(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd,
                      gboolean recurse)
{
  gboolean cascade = cmd->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
  if (cmd->missing_ok && table->known && review_relation_column(table, cmd->name) == NULL) {
    lock(r, table, AX, NULL);
    add_finding(r, CHECK_GUARD_LOCKS, table);
    return;
  }
  g_autofree char *name = model_full_name(table);
  g_autofree char *rows =
      table->rows > 0 ? g_strdup_printf(ngettext("about %lld row", "about %lld rows", (gulong)table->rows),
                                        (long long)table->rows)
                      : NULL;
  const ReviewColumn *own = review_relation_column(table, cmd->name);
  if (own == NULL || !own->made) {
    add_loss(r, LOSS_COLUMN, table, cmd->name);
    add_finding_detail(r, CHECK_COLUMN_DROPPED, table, rows);
  }
  set_text(&r->forecast->dropped_column, g_strdup_printf("%s.%s", name, cmd->name));
  if (cascade)
    add_finding(r, CHECK_CASCADES, table);
  if (!table->known)
    add_note(r,
             _("if a foreign key leaves from it, the table it points at is locked ACCESS EXCLUSIVE as well"));
  drop_column_of(r, table->id, cmd->name, cascade, recurse, 0);
}

/* ---- NOT NULL ---- */

static gboolean proven(const Reading *r, const ReviewRelation *table, const char *column)
{
  for (guint i = 0; i < table->constraints->len && version_since(r, 12); i++) {
    const ReviewConstraint *c = g_ptr_array_index(table->constraints, i);
    if (c->type == 'c' && c->validated && check_proves_not_null(c->expression, column))
      return TRUE;
  }
  return FALSE;
}

void read_set_not_null(Reading *r, const ReviewRelation *table, const char *name, gboolean recurse)
{
  const ReviewColumn *own = review_relation_column(table, name);
  /* The partitions have it as well, then. */
  gboolean partitions_have = table->kind == 'p' && own != NULL && own->not_null && version_since(r, 12);
  g_autoptr(GArray) ids = targets(r, table, recurse && !partitions_have);
  const ReviewRelation *rel;
  for (EACH(ids, i, rel)) {
    lock(r, rel, AX, NULL);
    const ReviewColumn *column = review_relation_column(rel, name);
    gboolean done = column != NULL && column->not_null;
    if (!done && !proven(r, rel, name)) {
      scan(r, rel);
      add_finding(r, CHECK_NOT_NULL_SCANS, rel);
      if (version_since(r, 12) && !rel->known)
        add_note(r, _("no scan when a valid CHECK already proves NOT NULL"));
    }
    ReviewRelation *changed = model_edit(r->session->model, rel->id);
    ReviewColumn *found = review_relation_column(changed, name);
    if (found != NULL)
      found->not_null = TRUE;
  }
}

/* ---- type ---- */

/* USING that is no more than the column, cast at most to the type it gets. */
static gboolean using_is_plain(const PgQuery__Node *using, const char *column, const TypeRef *to)
{
  if (using == NULL)
    return TRUE;
  if (using->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
    g_auto(TypeRef) cast = type_ref(using->type_cast->type_name);
    return strcmp(cast.name, to->name) == 0 && (cast.typmod == to->typmod || cast.typmod == -1) &&
           using_is_plain(using->type_cast->arg, column, to);
  }
  if (using->node_case != PG_QUERY__NODE__NODE_COLUMN_REF)
    return FALSE;
  const PgQuery__ColumnRef *ref = using->column_ref;
  return ref->n_fields == 1 && strcmp(node_text(ref->fields[0]), column) == 0;
}

/* Every index that has the column is dropped and made again; from the old file when nothing in it changes. */
static gboolean change_indexes(Reading *r, const ReviewRelation *table, const char *column, TypeChange change)
{
  gboolean rebuilt = FALSE;
  for (guint i = 0; i < table->indexes->len; i++) {
    const ReviewRelation *index = model_look(r->session->model, g_array_index(table->indexes, guint, i));
    if (index == NULL || index->index == NULL || !strv_has(index->index->mentions, column))
      continue;
    lock(r, index, AX, _("it has the column"));
    const ReviewColumn *about = review_relation_column(table, column);
    /* What GIN stores of an array is its elements: never the column's own type. */
    gboolean elements = g_strcmp0(index->index->method, "gin") == 0 && about != NULL && about->type[0] == '_';
    if (elements || change == CHANGE_REWRITE || change == CHANGE_REINDEX || index->index->expressions ||
        index->index->predicate || index->index->exclusion || index->parents->len > 0) {
      rebuild(r, index);
      if (index->kind == 'i')
        scan(r, table);
      rebuilt = TRUE;
    }
  }
  return rebuilt;
}

static void recheck_foreign_key(Reading *r, const ReviewRelation *child, const ReviewRelation *parent,
                                const ReviewConstraint *c, gboolean compare)
{
  lock(r, parent, AX, _("a foreign key of the column ties them"));
  lock(r, child, AX, _("a foreign key of the column ties them"));
  if (locks_dependencies(r)) /* the foreign key is made anew */
    lock(r, model_look(r->session->model, c->index), AS, _("it makes the key unique"));
  if (!compare || !c->validated)
    return;
  scan(r, child);
  scan(r, parent);
  lock_indexes(r, child, AS);
  lock_indexes(r, parent, AS);
}

/* CHECKs are checked again; foreign keys are dropped and made again from either side. */
static gboolean change_constraints(Reading *r, const ReviewRelation *table, const char *column,
                                   gboolean compare)
{
  gboolean trapped = FALSE;
  for (guint i = 0; i < table->constraints->len; i++) {
    const ReviewConstraint *c = g_ptr_array_index(table->constraints, i);
    if (!strv_has(c->columns, column))
      continue;
    if (c->type == 'c' && c->validated)
      scan(r, table);
    const ReviewRelation *other = c->type == 'f' ? model_look(r->session->model, c->referenced) : NULL;
    if (other != NULL)
      recheck_foreign_key(r, table, other, c, compare);
    trapped |= (c->type == 'c' && c->validated) || c->type == 'f';
  }
  for (guint i = 0; i < table->referenced_by->len; i++) {
    const ReviewRelation *other =
        model_look(r->session->model, g_array_index(table->referenced_by, guint, i));
    for (guint k = 0; other != NULL && k < other->constraints->len; k++) {
      const ReviewConstraint *c = g_ptr_array_index(other->constraints, k);
      if (c->type != 'f' || c->referenced != table->id || !strv_has(c->referenced_columns, column))
        continue;
      recheck_foreign_key(r, other, table, c, compare);
      trapped = TRUE;
    }
  }
  return trapped;
}

static void set_type(Reading *r, guint id, const char *name, const TypeRef *to, const char *collation)
{
  ReviewColumn *column = review_relation_column(model_edit(r->session->model, id), name);
  if (column == NULL)
    return;
  const ReviewType *type = model_type(r->session->model, to->schema, to->name);
  set_text(&column->type_schema, g_strdup(to->schema != NULL ? to->schema
                                          : type != NULL     ? type->schema
                                                             : "pg_catalog"));
  set_text(&column->type, g_strdup(to->name));
  set_text(&column->collation, g_strdup(collation));
  column->typmod = to->typmod;
}

static void change_unknown(Reading *r, const ReviewRelation *table, const TypeRef *to, gboolean plain)
{
  static const char *const wide[] = {"text", "varchar", "numeric", "timestamp", "timestamptz", NULL};
  rewrite_table(r, table);
  rewrite(r, table);
  if (plain && g_strv_contains(wide, to->name))
    add_note(r, _("no rewrite when the present type is only widened; that is not visible here"));
  add_note(r, _("its indexes are built anew, and tables tied by foreign keys of the column are locked"));
  add_finding(r, CHECK_TYPE_CHANGE, table);
}

/* A view, or a rule, that is written with the column. */
static const ReviewRelation *used_by(const Reading *r, const ReviewRelation *table, const char *column)
{
  for (guint i = 0; i < table->dependents->len; i++) {
    const ReviewRelation *view = model_look(r->session->model, g_array_index(table->dependents, guint, i));
    if (view != NULL && review_relation_uses(view, table->id, column))
      return view;
  }
  return review_relation_uses(table, table->id, column) ? table : NULL;
}

static void judge_change(Reading *r, const ReviewRelation *table, TypeChange change, gboolean trapped)
{
  if (change == CHANGE_REWRITE)
    add_finding(r, CHECK_TYPE_CHANGE, table);
  else if (trapped)
    add_finding(r, CHECK_WIDENING_TRAP, table);
  else
    add_finding(r, CHECK_TYPE_WIDENED, table);
}

void read_alter_type(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd,
                     gboolean recurse)
{
  const PgQuery__ColumnDef *def = cmd->def != NULL && cmd->def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF
                                      ? cmd->def->column_def
                                      : NULL;
  g_auto(TypeRef) to = type_ref(def != NULL ? def->type_name : NULL);
  gboolean plain = using_is_plain(def != NULL ? def->raw_default : NULL, cmd->name, &to);
  const char *collation = def != NULL && def->coll_clause != NULL && def->coll_clause->n_collname > 0
                              ? node_text(def->coll_clause->collname[def->coll_clause->n_collname - 1])
                              : NULL;
  g_autoptr(GArray) ids = targets(r, table, recurse);
  const ReviewRelation *rel;
  for (EACH(ids, i, rel)) {
    lock(r, rel, AX, NULL);
    const ReviewColumn *column = review_relation_column(rel, cmd->name);
    if (column == NULL) {
      change_unknown(r, rel, &to, plain);
      continue;
    }
    TypeChange change = plain ? type_change(r, column, &to) : CHANGE_REWRITE;
    if (change != CHANGE_REWRITE && g_strcmp0(collation, column->collation) != 0)
      change = CHANGE_REINDEX;
    if (type_narrows(column, &to))
      add_finding(r, CHECK_NARROWING_TYPE, rel);
    gboolean rebuilt = change_indexes(r, rel, cmd->name, change);
    for (guint k = 0; k < rel->sequences->len; k++) {
      const ReviewRelation *sequence = model_look(r->session->model, g_array_index(rel->sequences, guint, k));
      if (sequence == NULL || g_strcmp0(sequence->owned_by_column, cmd->name) != 0)
        continue;
      /* An identity's sequence changes its type with the column; a serial's is what the default depends on. */
      if (column->identity != '\0' || locks_dependencies(r))
        lock(r, sequence, column->identity != '\0' ? SRX : AS, _("it belongs to the column"));
      if (column->identity != '\0')
        rewrite(r, sequence);
    }
    if (locks_dependencies(r))
      lock_drawn(r, rel, cmd->name, AS);
    const ReviewRelation *user = used_by(r, rel, cmd->name);
    if (user != NULL)
      add_note_format(r, _("%s uses the column: the server refuses to change its type"), user->name);
    gboolean compare = change == CHANGE_REWRITE || strcmp(column->type, to.name) != 0;
    gboolean trapped = change_constraints(r, rel, cmd->name, compare);
    judge_change(r, rel, change, rebuilt || trapped || user != NULL);
    guint id = rel->id;
    set_type(r, id, cmd->name, &to, collation);
    if (change == CHANGE_REWRITE)
      rewrite_table(r, model_look(r->session->model, id));
  }
}
