/* Heads compared by what their migrations do. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/edit/conflict.h"

/* id, parents and the body of upgrade(). */
typedef struct {
  const char *id, *down, *body;
} Sample;

static char *source_of(const Revision *revision, gsize *len, void *data)
{
  const Sample *samples = data;

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

static RevisionMap *map_of(const Sample *samples)
{
  GPtrArray *revisions = g_ptr_array_new();

  for (guint i = 0; samples[i].id; i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *text =
        g_strdup_printf("revision = '%s'\ndown_revision = %s\n", samples[i].id, samples[i].down);
    g_autofree char *path = g_strdup_printf("/nowhere/%s.py", samples[i].id);
    Revision *revision = revision_parse(path, text, strlen(text), &error);
    cr_assert(revision, "%s", error ? error->message : "");
    g_ptr_array_add(revisions, revision);
  }
  return revision_map_new(revisions);
}

Test(conflict, sides_are_compared_since_they_parted)
{
  static const Sample samples[] = {
      {"a", "None", "op.create_table('t', sa.Column('id', sa.Integer))"},
      {"b", "'a'", "op.add_column('t', sa.Column('n', sa.Integer))"},
      {"c", "'b'", "op.create_index('ix_n', 't', ['n'])"},
      {"d", "'a'", "op.add_column('t', sa.Column('n', sa.Text))"},
      {"e", "'a'", "op.create_table('u', sa.Column('id', sa.Integer))"},
      {"f", "'a'", "op.execute(open('x').read())"},
      {NULL, NULL, NULL},
  };
  g_autoptr(RevisionMap) map = map_of(samples);
  RenderOptions options = {.online = TRUE};
  g_autoptr(RenderSession) session = render_session_new(NULL, &options);
  g_autoptr(Conflict) conflict = conflict_new(session, map, map->heads, source_of, (void *)samples);

  cr_assert(conflict->sides->len == 4 && conflict->pairs->len == 6, "%u sides, %u pairs",
            conflict->sides->len, conflict->pairs->len);
  const ConflictSide *side = conflict->sides->pdata[0];
  cr_expect(strcmp(side->head->id, "c") == 0 && side->revisions->len == 2, "%s with %u", side->head->id,
            side->revisions->len);
  cr_expect(side->tables->len == 1 && strcmp(side->tables->pdata[0], "t") == 0, "%u tables",
            side->tables->len);
  const ConflictPair *cd = conflict->pairs->pdata[0], *ce = conflict->pairs->pdata[1],
                     *cf = conflict->pairs->pdata[2];
  cr_expect(cd->verdict == VERDICT_CONTRADICTORY && cd->ancestors->len == 1, "c, d: %s",
            verdict_name(cd->verdict));
  const ConflictClash *clash = cd->clashes->pdata[0];
  cr_expect(strcmp(clash->left->revision->id, "b") == 0 && clash->left->line == 8, "%s:%u",
            clash->left->revision->id, clash->left->line);
  cr_expect_str_eq(clash->why, "both create column t.n", "%s", clash->why);
  cr_expect(ce->verdict == VERDICT_INDEPENDENT && ce->clashes->len == 0, "c, e: %s",
            verdict_name(ce->verdict));
  cr_expect(cf->verdict == VERDICT_UNKNOWN && cf->unknown->len == 1 &&
                strstr(cf->unknown->pdata[0], "f.py:8"),
            "c, f: %s", verdict_name(cf->verdict));
  cr_expect(conflict_verdict(conflict) == VERDICT_CONTRADICTORY);
  g_autofree char *sentence = conflict_sentence(ce);
  cr_expect(strstr(sentence, "independent"), "%s", sentence);
  g_autoptr(GPtrArray) changes = conflict_side_changes(conflict, conflict->sides->pdata[2]);
  cr_expect(changes->len == 1, "a new table is one change, not %u", changes->len);
}
