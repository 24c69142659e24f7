#include "retort/review/tree.h"

#include <glib/gi18n.h>
#include <pg_query.h>
#include <string.h>

#include "tree_json.h"

/* libpg_query writes trees out by recursion, on the stack of whoever calls: measured, it takes twice as many levels with
 * 8 MB.  What is shorter than this cannot be so deep, and what is longer is counted. */
#define MOST_NESTED 30000

struct SqlTreeParts {
  Arena *arena;
  PgQueryParseResult json;
  gboolean unpacked; /* the tree is protobuf-c's own */
};

/* ---- how deep it may be ---- */

/* The end of a quoted text, a comment or a $tag$text$tag$ that begins at p; p when there is none. */
static const char *skip_quoted(const char *p)
{
  const char *end = NULL;
  if (*p == '\'' || *p == '"') {
    end = strchr(p + 1, *p);
    return end != NULL ? end + 1 : p + strlen(p);
  }
  if (p[0] == '-' && p[1] == '-')
    return p + strcspn(p, "\n");
  if (*p != '$' || g_ascii_isdigit(p[1]))
    return p;
  gsize tag = 1;
  while (g_ascii_isalnum(p[tag]) || p[tag] == '_')
    tag++;
  if (p[tag] != '$')
    return p;
  g_autofree char *stop = g_strndup(p, tag + 1);
  end = strstr(p + tag + 1, stop);
  return end != NULL ? end + tag + 1 : p + strlen(p);
}

static const char *skip_word(const char *p)
{
  if (!g_ascii_isalnum(*p) && *p != '_' && (guchar)*p < 0x80)
    return p + 1;
  while (g_ascii_isalnum(*p) || *p == '_' || (guchar)*p >= 0x80)
    p++;
  return p;
}

/* Every level takes a word or a sign, and a comma or a bracket's end goes back to where its list began. */
static gboolean may_be_too_deep(const char *sql)
{
  if (strnlen(sql, MOST_NESTED) < MOST_NESTED)
    return FALSE;
  g_autoptr(GArray) lists = g_array_new(FALSE, FALSE, sizeof(guint)); /* words before each open one */
  guint words = 0, start = 0;
  for (const char *p = sql; *p != '\0';) {
    const char *after = skip_quoted(p);
    if (*p == '(' || *p == '[') {
      g_array_append_val(lists, start);
      start = ++words;
    } else if ((*p == ')' || *p == ']') && lists->len > 0) {
      words = start;
      start = g_array_index(lists, guint, lists->len - 1);
      g_array_set_size(lists, lists->len - 1);
    } else if (*p == ',') {
      words = start;
    } else if (*p == ';') {
      words = start = 0;
      g_array_set_size(lists, 0);
    } else if (!g_ascii_isspace(*p)) {
      words++;
    }
    if (words > MOST_NESTED)
      return TRUE;
    p = after > p ? after : skip_word(p);
  }
  return FALSE;
}

/* ---- parsing ---- */

static void unpack(SqlTree *tree, const char *sql)
{
  PgQueryProtobufParseResult parsed = pg_query_parse_protobuf(sql);
  tree->root = NULL;
  if (parsed.error == NULL)
    tree->root =
        pg_query__parse_result__unpack(NULL, parsed.parse_tree.len, (const guint8 *)parsed.parse_tree.data);
  if (tree->root == NULL)
    tree->error = g_strdup(parsed.error != NULL ? parsed.error->message : _("its tree cannot be read"));
  tree->parts->unpacked = tree->root != NULL;
  pg_query_free_protobuf_parse_result(parsed);
}

/* A minus, the bounds of an array and the arguments of an aggregate are what the parser has negative integers for. */
static gboolean may_have_negatives(const char *sql)
{
  return strpbrk(sql, "-[") != NULL || strcasestr(sql, "array") != NULL ||
         strcasestr(sql, "aggregate") != NULL;
}

SqlTree *sql_tree_parse(const char *sql)
{
  SqlTree *tree = g_new0(SqlTree, 1);
  if (may_be_too_deep(sql)) {
    tree->error = g_strdup(_("it is nested too deeply"));
    return tree;
  }
  SqlTreeParts *parts = tree->parts = g_new0(SqlTreeParts, 1);
  parts->json = pg_query_parse(sql);
  if (parts->json.error != NULL) {
    tree->error = g_strdup(parts->json.error->message);
    return tree;
  }
  parts->arena = arena_new(ARENA_NO_LIMIT);
  gboolean zeros;
  switch (tree_json_read(parts->json.parse_tree, parts->arena, &tree->root, &zeros)) {
  case TREE_JSON_READ:
    if (zeros && may_have_negatives(sql))
      unpack(tree, sql);
    break;
  case TREE_JSON_TOO_DEEP: tree->error = g_strdup(_("it is nested too deeply")); break;
  case TREE_JSON_STRANGE: unpack(tree, sql); break;
  }
  return tree;
}

void sql_tree_free(SqlTree *tree)
{
  if (tree == NULL)
    return;
  if (tree->parts != NULL) {
    if (tree->parts->unpacked)
      pg_query__parse_result__free_unpacked(tree->root, NULL);
    arena_free(tree->parts->arena);
    pg_query_free_parse_result(tree->parts->json);
    g_free(tree->parts);
  }
  g_free(tree->error);
  g_free(tree);
}

const PgQuery__Node *sql_tree_only(const SqlTree *tree)
{
  return tree->root != NULL && tree->root->n_stmts == 1 ? tree->root->stmts[0]->stmt : NULL;
}
