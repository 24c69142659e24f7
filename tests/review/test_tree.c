/* Trees read from libpg_query's JSON are those it packs as protobuf. */
#include <criterion/criterion.h>
#include <glib.h>
#include <pg_query.h>
#include <string.h>

#include "retort/review/tree.h"

/* What the JSON of some releases leaves out, and texts that JSON has to escape. */
static const char *const odd[] = {
    "SELECT -5, 0, 5, - 7, 1 - -1, -3000000000, -1.5, -0",
    "ALTER SEQUENCE s INCREMENT BY -1 MINVALUE -10 MAXVALUE 0 CACHE 1",
    "ALTER TABLE t ALTER a SET STATISTICS -1, ALTER b SET (n_distinct = -1)",
    "ALTER TABLE t ALTER 1 SET STATISTICS 0",
    "SET lock_timeout = 0",
    "CREATE TABLE a (b numeric(3, -2), c int[3], d int[][], e text[] DEFAULT '{}')",
    "CREATE AGGREGATE total (integer) (SFUNC = int4pl, STYPE = integer)",
    "FETCH BACKWARD 3 FROM c",
    "SELECT a[1], a[-1], a[0:2]",
    "SELECT 'quote '' \" back \\ tab \t line \n ctrl \001 del \177 <>&', E'\\n', U&'\\00e9', 'é 漢 🙂'",
    "COMMENT ON TABLE \"T \"\"x\"\" \\\" IS 'é'",
    "SELECT B'101', X'1F', true, false, NULL, 1e400, 12345678901234567890",
    "INSERT INTO t VALUES (1, DEFAULT, ''), (2, NULL, ' ') ON CONFLICT (a) DO UPDATE SET b = excluded.b",
    "SELECT DISTINCT a, count(*) FILTER (WHERE b) OVER (PARTITION BY c ORDER BY d ROWS 1 PRECEDING) FROM t "
    "GROUP BY GROUPING SETS ((a), ())",
    "CREATE FUNCTION f(a int DEFAULT -1) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
    "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
    "CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM "
    "(MINVALUE) TO (0)",
    "",
    "-- nothing",
};

static void check_tree(const char *sql)
{
  PgQueryProtobufParseResult packed = pg_query_parse_protobuf(sql);
  g_autoptr(SqlTree) tree = sql_tree_parse(sql);
  if (packed.error != NULL) {
    cr_expect(tree->root == NULL && g_strcmp0(tree->error, packed.error->message) == 0,
              "%s: \"%s\", not \"%s\"", sql, tree->error, packed.error->message);
  } else {
    cr_assert(tree->root != NULL, "%s: %s", sql, tree->error);
    gsize len = pg_query__parse_result__get_packed_size(tree->root);
    g_autofree guint8 *bytes = g_malloc(len + 1);
    pg_query__parse_result__pack(tree->root, bytes);
    cr_expect(len == packed.parse_tree.len && memcmp(bytes, packed.parse_tree.data, len) == 0,
              "%s: %" G_GSIZE_FORMAT " bytes, not the %" G_GSIZE_FORMAT " of protobuf", sql, len,
              packed.parse_tree.len);
  }
  pg_query_free_protobuf_parse_result(packed);
}

Test(tree, equals_the_protobuf)
{
  const char *srcdir = g_getenv("srcdir");
  g_autofree char *path = g_build_filename(srcdir ? srcdir : ".", "tests/review/reality.forms", NULL);
  g_autofree char *text = NULL;
  cr_assert(g_file_get_contents(path, &text, NULL, NULL), "%s", path);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    const char *sql = lines[i];
    if (*sql == '[')
      sql = strchr(sql, ']') + 2;
    check_tree(*sql == '#' ? "" : *sql != '\0' && strchr("+^!?", *sql) ? sql + 2 : sql);
  }
  for (guint i = 0; i < G_N_ELEMENTS(odd); i++)
    check_tree(odd[i]);
}

static char *repeated(const char *head, const char *text, guint n, const char *tail)
{
  GString *out = g_string_new(head);
  for (guint i = 0; i < n; i++)
    g_string_append(out, text);
  return g_string_free(g_string_append(out, tail), FALSE);
}

Test(tree, refuses_what_is_nested_too_deeply)
{
  static const struct {
    const char *head, *text, *tail;
    guint n;
    gboolean parses;
  } cases[] = {
      {"SELECT 1", " + 1", "", 1000, TRUE},
      {"SELECT 1", " + 1", "", 10000, FALSE},
      {"SELECT 1", " + 1", "", 1000000, FALSE},
      {"SELECT 1", " UNION SELECT 1", "", 200000, FALSE},
      {"SELECT a", "::text", "", 100000, FALSE},
      {"SELECT 1", "(", "", 100000, FALSE},
      {"INSERT INTO t VALUES (1, 'a', -1)", ", (2, 'b ( '' + +', 3)", "", 20000, TRUE},
      {"SELECT a FROM t WHERE a IN (1", ", 2", ")", 50000, TRUE},
      {"DO $x$", " + + + (", "$x$", 50000, TRUE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *sql = repeated(cases[i].head, cases[i].text, cases[i].n, cases[i].tail);
    g_autoptr(SqlTree) tree = sql_tree_parse(sql);
    cr_expect((tree->root != NULL) == cases[i].parses, "%s, %u times \"%s\": %s", cases[i].head, cases[i].n,
              cases[i].text, tree->error ? tree->error : "parses");
    cr_expect(cases[i].parses == (tree->error == NULL), "%s: error", cases[i].head);
  }
}
