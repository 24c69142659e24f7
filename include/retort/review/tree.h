/* A statement as the server's own parser reads it: libpg_query's tree.
 *
 *   g_autoptr(SqlTree) tree = sql_tree_parse("ALTER TABLE orders ADD COLUMN note text");
 *   if (tree->root == NULL) ... tree->error
 *
 * The tree, its texts among it, belongs to the SqlTree and goes with it.  Nothing is shared between trees, and any
 * number of threads may parse at the same time.
 *
 * What is nested deeper than any migration is (some two thousand levels) is refused with an error, because parsers and
 * readers of trees recurse.
 */
#pragma once

#include <glib.h>
#include <pg_query/pg_query.pb-c.h>

typedef struct SqlTreeParts SqlTreeParts;

typedef struct {
  PgQuery__ParseResult *root; /* NULL: error says why */
  char *error;
  SqlTreeParts *parts; /* what root is made of */
} SqlTree;

SqlTree *sql_tree_parse(const char *sql);
void sql_tree_free(SqlTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlTree, sql_tree_free)

/* The statement of a text that holds one; NULL: it holds none or several, or does not parse. */
const PgQuery__Node *sql_tree_only(const SqlTree *tree);
