/* Both orders of the sides of a merge on scratch databases. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/pg/conn.h"
#include "retort/run/proof.h"

/* id, parents and the body of upgrade(). */
typedef struct {
  const char *id, *down, *body;
} Sample;

static const Sample samples[] = {
    {"a", "None", "op.create_table('t', sa.Column('id', sa.Integer))"},
    {"b", "'a'", "op.add_column('t', sa.Column('n', sa.Integer))"},
    {"c", "'a'", "op.create_table('u', sa.Column('id', sa.Integer))"},
    {"d", "'a'", "op.add_column('t', sa.Column('m', sa.Integer))"},
    {"e", "'a'", "op.add_column('t', sa.Column('n', sa.Text))"},
    {"f", "'a'", "op.execute('CREATE TABLE IF NOT EXISTS w AS SELECT 1 AS x')"},
    {"g", "'a'", "op.execute('CREATE TABLE IF NOT EXISTS w AS SELECT 2 AS y')"},
    {"h", "'a'", "op.execute(open('x').read())"},
    {"i", "'a'",
     "op.execute('CREATE TABLE v (id int)' if sa.inspect(op.get_bind()).has_table('t') else 'SELECT 1/0')"},
    {NULL, NULL, NULL},
};

static char *source_of(const Revision *revision, gsize *len, void *data)
{
  (void)data;
  for (guint i = 0; samples[i].id; i++)
    if (strcmp(samples[i].id, revision->id) == 0) {
      char *text = g_strdup_printf("from alembic import op\nimport sqlalchemy as sa\nrevision = '%s'\n"
                                   "down_revision = %s\n\n\ndef upgrade():\n    %s\n",
                                   samples[i].id, samples[i].down, samples[i].body);
      *len = strlen(text);
      return text;
    }
  return NULL;
}

static RevisionMap *map_of(void)
{
  GPtrArray *revisions = g_ptr_array_new();

  for (guint i = 0; samples[i].id; i++) {
    g_autofree char *text =
        g_strdup_printf("revision = '%s'\ndown_revision = %s\n", samples[i].id, samples[i].down);
    g_autofree char *path = g_strdup_printf("/nowhere/%s.py", samples[i].id);
    g_ptr_array_add(revisions, revision_parse(path, text, strlen(text), NULL));
  }
  return revision_map_new(revisions);
}

Test(proof, orders_are_run_and_compared)
{
  static const struct {
    const char *left, *right;
    gboolean done, equal;
    guint minor, differences;
    const char *failed; /* or the beginning of the error */
  } cases[] = {
      {"b", "c", TRUE, TRUE, 0, 0, NULL},
      {"b", "d", TRUE, TRUE, 1, 1, NULL},
      {"b", "e", TRUE, FALSE, 0, 0, "e"},
      {"f", "g", TRUE, FALSE, 0, 2, NULL},
      {"b", "i", TRUE, TRUE, 0, 0, NULL},
      {"b", "h", FALSE, FALSE, 0, 0, "/nowhere/h.py:8: nothing can be proved"},
  };
  g_autoptr(PgParams) params = pg_params_default();
  g_autoptr(RevisionMap) map = map_of();
  Project project = {.name = (char *)"shop"};
  RenderOptions options = {.online = TRUE};

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) heads = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_ptr_array_add(heads, revision_map_get(map, cases[i].left));
    g_ptr_array_add(heads, revision_map_get(map, cases[i].right));
    ProofRequest request = {.params = params,
                            .project = &project,
                            .render = &options,
                            .map = map,
                            .heads = heads,
                            .source = source_of};
    g_autoptr(Proof) proof = proof_run(&request, NULL, &error);
    cr_expect((proof != NULL) == cases[i].done, "%s, %s: %s", cases[i].left, cases[i].right,
              error ? error->message : "done");
    if (!proof) {
      cr_expect(error && g_str_has_prefix(error->message, cases[i].failed), "%s",
                error ? error->message : "");
      continue;
    }
    g_autofree char *sentence = proof_sentence(proof);
    cr_expect(proof->equal == cases[i].equal && proof->n_minor == cases[i].minor &&
                  proof->differences->len == cases[i].differences &&
                  g_strcmp0(proof->failed_revision, cases[i].failed) == 0,
              "%s, %s: %s (%u differences, %u minor)", cases[i].left, cases[i].right, sentence,
              proof->differences->len, proof->n_minor);
    cr_expect(proof->n_before == 1 && !proof->from_schema, "%u before", proof->n_before);
  }
}

Test(proof, begins_where_the_database_stands)
{
  static const char *const at_a[] = {"a", NULL};
  static const char *const at_b[] = {"b", NULL};
  g_autoptr(PgParams) params = pg_params_default();
  g_autoptr(RevisionMap) map = map_of();
  g_autoptr(GPtrArray) heads = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  Project project = {.name = (char *)"shop"};
  RenderOptions options = {.online = TRUE};
  g_autoptr(PgConn) conn = pg_conn_new(params, NULL);
  cr_assert(pg_conn_connect_sync(conn, &error), "%s", error ? error->message : "");
  g_autoptr(GPtrArray) made = pg_conn_exec_sync(conn, "CREATE TABLE t (id int, own text)", NULL, &error);
  cr_assert(made, "%s", error ? error->message : "");
  g_ptr_array_add(heads, revision_map_get(map, "b"));
  g_ptr_array_add(heads, revision_map_get(map, "c"));
  ProofRequest request = {.params = params,
                          .project = &project,
                          .render = &options,
                          .map = map,
                          .heads = heads,
                          .rows = at_a,
                          .source = source_of};
  g_autoptr(Proof) proof = proof_run(&request, NULL, &error);
  cr_assert(proof, "%s", error ? error->message : "");
  cr_expect(proof->equal && proof->from_schema && proof->n_before == 0, "%u before", proof->n_before);
  /* a database that is past the fork is no place to begin */
  request.rows = at_b;
  g_autoptr(Proof) other = proof_run(&request, NULL, &error);
  cr_assert(other, "%s", error ? error->message : "");
  cr_expect(other->equal && !other->from_schema && other->n_before == 1, "%u before", other->n_before);
  g_autoptr(GPtrArray) dropped = pg_conn_exec_sync(conn, "DROP TABLE t", NULL, &error);
  cr_expect(dropped, "%s", error ? error->message : "");
}
