/* Inside the room: changes from a tree that is parsed already. */
#pragma once

#include <pg_query/pg_query.pb-c.h>

#include "retort/review/change.h"

/* Aspects of an object that are not its shape. */
#define CHANGE_COMMENT "comment"
#define CHANGE_PRIVILEGES "privileges"

/* Appends the changes of one statement.  *unknown is set, unless it is already, when they may not be all. */
void changes_read_node(GPtrArray *changes, const PgQuery__Node *statement, char **unknown);
/* ALTER TABLE and the parts of table definitions. */
void changes_read_alter_table(GPtrArray *changes, const PgQuery__AlterTableStmt *alter);
void changes_read_column(GPtrArray *changes, const char *table, const PgQuery__ColumnDef *column);
void changes_read_constraint(GPtrArray *changes, const char *table, const PgQuery__Constraint *constraint,
                             const char *column);

/* COMMENT, GRANT, policies and rules; FALSE: none of these. */
gboolean changes_read_about(GPtrArray *changes, const PgQuery__Node *statement);

/* The class of what DROP, RENAME and COMMENT name; FALSE: none that is followed. */
gboolean change_class(PgQuery__ObjectType type, ObjectClass *class);
/* Is it named by its table and its own name? */
gboolean change_is_on_table(ObjectClass class);
/* The name of what is dropped, renamed or commented on, from any of the forms that the grammar has for it; the
 * caller's. */
char *change_object_name(const PgQuery__Node *object);
/* relation and name are copied; the newest, for setting more. */
Change *change_add(GPtrArray *changes, ChangeVerb verb, ObjectClass class, const char *relation,
                   const char *name);
/* "schema.name" without public; the caller's. */
char *change_relation(const PgQuery__RangeVar *var);
/* The same from a list of names, leaving out the last skip; NULL when nothing is left. */
char *change_name_from_list(PgQuery__Node *const *names, gsize n, gsize skip);
/* A String node's text, or "". */
const char *change_word(const PgQuery__Node *node);
/* "varchar(20)", "pg_catalog" left out; the caller's. */
char *change_type_text(const PgQuery__TypeName *type);
/* The expression as SQL; the caller's. */
char *change_expression_text(const PgQuery__Node *expression);
