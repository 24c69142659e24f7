/* Operations to statements: exactly the text that Alembic and SQLAlchemy produce.
 *
 *   g_autoptr(SqlRun) run = sql_run_new();
 *   SqlContext context = {.flavor = SQL_FLAVOR_NEW, .run = run};
 *   g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
 *   if (!sql_compile(&context, &op, (SqlPlace){.line = 12}, out, &error))
 *     ...  what came before the error is in out, as Alembic would have printed it
 *
 * Nothing here is global: what one Alembic run remembers is in SqlRun.  The input is not changed (except for the caches
 * that dml.h names) and not kept.
 */
#pragma once

#include <glib.h>

#include "retort/sql/naming.h"
#include "retort/sql/op.h"
#include "retort/sql/stmt.h"

typedef enum {
  SQL_FLAVOR_NEW, /* Alembic 1.19, SQLAlchemy 2.0 */
  SQL_FLAVOR_OLD, /* Alembic 1.8, SQLAlchemy 1.4 */
} SqlFlavor;

/* What one run remembers: the enum and domain types create_table has created. */
typedef struct SqlRun SqlRun;
SqlRun *sql_run_new(void);
void sql_run_free(SqlRun *run);
void sql_run_restart(SqlRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlRun, sql_run_free)

typedef struct {
  SqlFlavor flavor;
  gboolean online;           /* backslashes single, percent signs single, binds always written as values */
  gboolean pyformat;         /* offline, env.py sets no paramstyle: percent signs doubled */
  gboolean no_literal_binds; /* offline, env.py does not set literal_binds: binds stay :x or %(x)s */
  const SqlNaming *naming;   /* target_metadata's convention, or NULL */
  SqlRun *run;               /* NULL: every enum is new */
} SqlContext;

/* Where in the migration the statements come from. */
typedef struct {
  gboolean autocommit;
  guint line;
  guint column;
} SqlPlace;

/* Appends the operation's statements to out (GPtrArray of Statement *).  On an error those before it stay there. */
gboolean sql_compile(const SqlContext *context, const SqlOp *op, SqlPlace place, GPtrArray *out,
                     GError **error);

/* Pieces, for str(expression) and messages; the caller's.  str(query) in Python is not this text: it uses the default
 * dialect with named binds. */
char *sql_compile_type(const SqlContext *context, const SqlType *type, GError **error);
char *sql_compile_expr(const SqlContext *context, const SqlExpr *expr, GError **error);
char *sql_compile_query(const SqlContext *context, const SqlQuery *query, GError **error);
/* A value as a literal of type (NULL: its own). */
char *sql_compile_literal(const SqlContext *context, const SqlValue *value, const SqlType *type,
                          GError **error);
