/* Changes that leave tables and their rows as they are: comments, privileges, policies and rules. */
#include <string.h>

#include "change-private.h"

#define OBJECT(name) PG_QUERY__OBJECT_TYPE__OBJECT_##name

/* What COMMENT names by a list: a part of a table, or the table itself. */
static Change *comment_on_part(GPtrArray *changes, ObjectClass class, const PgQuery__Node *object)
{
  if (object->node_case != PG_QUERY__NODE__NODE_LIST || object->list->n_items < 2)
    return NULL;
  const PgQuery__List *list = object->list;
  g_autofree char *table = change_name_from_list(list->items, list->n_items, 1);

  return change_add(changes, CHANGE_ALTER, class, table, change_word(list->items[list->n_items - 1]));
}

static void read_comment(GPtrArray *changes, const PgQuery__CommentStmt *comment)
{
  Change *change = NULL;
  ObjectClass class;

  if (!comment->object)
    return;
  if (comment->objtype == OBJECT(COLUMN))
    change = comment_on_part(changes, OBJECT_COLUMN, comment->object);
  else if (comment->objtype == OBJECT(TABCONSTRAINT))
    change = comment_on_part(changes, OBJECT_CONSTRAINT, comment->object);
  else if (change_class(comment->objtype, &class) && change_is_on_table(class))
    change = comment_on_part(changes, class, comment->object);
  else if (change_class(comment->objtype, &class)) {
    g_autofree char *name = change_object_name(comment->object);
    change =
        name ? change_add(changes, CHANGE_ALTER, class, class == OBJECT_TABLE ? name : NULL, name) : NULL;
  }
  if (change)
    change->aspect = g_strdup(CHANGE_COMMENT);
}

static gboolean grant_class(PgQuery__ObjectType type, ObjectClass *class)
{
  return change_class(type, class) && *class != OBJECT_INDEX;
}

/* ALL TABLES IN SCHEMA ... names the schemas. */
static void read_grant(GPtrArray *changes, const PgQuery__GrantStmt *grant)
{
  gboolean all = grant->targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_ALL_IN_SCHEMA;
  ObjectClass class = OBJECT_SCHEMA;

  if (!all && !grant_class(grant->objtype, &class))
    return;
  for (gsize i = 0; i < grant->n_objects; i++) {
    const PgQuery__Node *object = grant->objects[i];
    g_autofree char *name = object->node_case == PG_QUERY__NODE__NODE_RANGE_VAR
                                ? change_relation(object->range_var)
                                : change_object_name(object);
    if (name)
      change_add(changes, CHANGE_ALTER, class, class == OBJECT_TABLE ? name : NULL, name)->aspect =
          g_strdup(CHANGE_PRIVILEGES);
  }
}

static void on_table(GPtrArray *changes, ChangeVerb verb, ObjectClass class, const PgQuery__RangeVar *var,
                     const char *name, gboolean guarded)
{
  g_autofree char *table = change_relation(var);

  change_add(changes, verb, class, table, name)->guarded = guarded;
  change_add(changes, CHANGE_USE, OBJECT_TABLE, table, table);
}

gboolean changes_read_about(GPtrArray *changes, const PgQuery__Node *s)
{
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_COMMENT_STMT: read_comment(changes, s->comment_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_GRANT_STMT: read_grant(changes, s->grant_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
    on_table(changes, CHANGE_CREATE, OBJECT_POLICY, s->create_policy_stmt->table,
             s->create_policy_stmt->policy_name, FALSE);
    return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
    on_table(changes, CHANGE_ALTER, OBJECT_POLICY, s->alter_policy_stmt->table,
             s->alter_policy_stmt->policy_name, FALSE);
    return TRUE;
  case PG_QUERY__NODE__NODE_RULE_STMT:
    on_table(changes, CHANGE_CREATE, OBJECT_RULE, s->rule_stmt->relation, s->rule_stmt->rulename,
             s->rule_stmt->replace);
    return TRUE;
  default: return FALSE;
  }
}
