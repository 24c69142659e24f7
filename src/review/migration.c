/* The checks that need both directions, the file and its history. */
#include "retort/review/migration.h"

#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"
#include "judge.h"
#include "said.h"
#include "settle.h"
#include "undo.h"

typedef struct {
  ForecastSession *session;
  const MigrationFacts *facts;
  const SourceNotes *notes; /* or NULL */
  Review *review;
  ParsedScript upgrade; /* its trees are NULL for SQL, where there is no other direction to compare with */
  ParsedScript downgrade;
} Judging;

/* About the migration as a whole, at a line of the file. */
static Finding *find(const Judging *j, CheckId check, guint line, const char *object, const char *detail)
{
  Finding *finding = finding_new(check, object, detail);
  finding->line = line;
  g_ptr_array_add(j->review->findings, finding);
  return finding;
}

static Forecast *forecast_at(const Judging *j, guint i)
{
  return i < j->review->forecasts->len ? g_ptr_array_index(j->review->forecasts, i) : NULL;
}

static guint line_of(const GPtrArray *statements, guint i)
{
  return i < statements->len ? ((const Statement *)g_ptr_array_index(statements, i))->line : 0;
}

/* ---- the way back ---- */

static void judge_leftovers(const Judging *j)
{
  const MigrationFacts *facts = j->facts;
  g_autoptr(GPtrArray) leftovers = undo_compare(&j->upgrade, &j->downgrade);
  for (guint i = 0; i < leftovers->len; i++) {
    const Leftover *leftover = g_ptr_array_index(leftovers, i);
    CheckId check = leftover->unnamed ? CHECK_UNNAMED_CONSTRAINT : CHECK_DOWNGRADE_INCOMPLETE;
    Forecast *forecast = leftover->downgrade ? NULL : forecast_at(j, leftover->statement);
    if (forecast != NULL)
      finding_add(forecast->findings, check, leftover->object, leftover->text);
    else
      find(j, check, line_of(facts->downgrade, leftover->statement), leftover->object, leftover->text);
  }
}

static void judge_downgrade(const Judging *j)
{
  const MigrationFacts *facts = j->facts;
  guint line = j->notes != NULL ? j->notes->downgrade_line : 0;
  if (facts->downgrade == NULL || facts->downwards || facts->is_sql)
    return;
  gboolean missing = j->notes != NULL && j->notes->downgrade_line == 0 && facts->downgrade_error != NULL;
  gboolean unnamed =
      facts->downgrade_error != NULL && strstr(facts->downgrade_error, "it has no name") != NULL;
  gboolean empty = facts->downgrade_whole && facts->downgrade_error == NULL && facts->downgrade->len == 0;
  if (unnamed)
    find(j, CHECK_UNNAMED_CONSTRAINT, facts->downgrade_error_line, NULL, facts->downgrade_error);
  else if (missing && undo_changes_schema(&j->upgrade))
    find(j, CHECK_DOWNGRADE_MISSING, j->notes->upgrade_line, NULL, NULL);
  else if (facts->downgrade_error != NULL && !missing)
    find(j, CHECK_DOWNGRADE_REFUSES, facts->downgrade_error_line, NULL, facts->downgrade_error);
  else if (empty && undo_changes_schema(&j->upgrade))
    find(j, CHECK_DOWNGRADE_EMPTY, line, NULL, NULL);
  else if (facts->upgrade_whole && facts->downgrade_whole && facts->downgrade_error == NULL && !empty)
    judge_leftovers(j);
}

/* ---- types ---- */

static gboolean remove_finding(GPtrArray *findings, CheckId check)
{
  for (guint i = 0; i < findings->len; i++)
    if (((const Finding *)g_ptr_array_index(findings, i))->check == check) {
      g_ptr_array_remove_index(findings, i);
      return TRUE;
    }
  return FALSE;
}

static gboolean has_finding(const GPtrArray *findings, CheckId check)
{
  for (guint i = 0; i < findings->len; i++)
    if (((const Finding *)g_ptr_array_index(findings, i))->check == check)
      return TRUE;
  return FALSE;
}

/* The downgrade brings the old type back, so it is known what the change is. */
static void judge_type_change(const Judging *j, Forecast *forecast, const Statement *statement,
                              const GPtrArray *before)
{
  GPtrArray one = {(gpointer *)(gpointer[]){(gpointer)statement}, 1};
  g_autoptr(GPtrArray) now = said_types(j->session, &one);
  gboolean only_wider = now->len > 0;
  g_autoptr(GString) told = g_string_new(NULL);
  for (guint i = 0; i < now->len; i++) {
    const SaidType *to = g_ptr_array_index(now, i);
    const SaidType *from = said_find(before, to->table, to->column);
    if (from == NULL || !to->altered) {
      only_wider = FALSE;
      continue;
    }
    g_autofree char *column = g_strdup_printf("%s.%s", to->table, to->column);
    g_autofree char *detail =
        g_strdup_printf(_("%s to %s, by what the downgrade says"), from->text, to->text);
    if (said_narrows(from, to))
      finding_add(forecast->findings, CHECK_NARROWING_TYPE, column, detail);
    only_wider &= !to->cast && said_change(j->session, from, to) == CHANGE_RELABEL;
    g_string_append_printf(told, "%s%s", told->len > 0 ? ", " : "", detail);
  }
  if (only_wider && remove_finding(forecast->findings, CHECK_TYPE_CHANGE))
    finding_add(forecast->findings, CHECK_TYPE_WIDENED, ((const SaidType *)g_ptr_array_index(now, 0))->table,
                told->str);
}

/* Two columns of different types are no rename. */
static void judge_rename(Forecast *forecast, const GPtrArray *before, const GPtrArray *after)
{
  for (guint i = forecast->findings->len; i-- > 0;) {
    const Finding *finding = g_ptr_array_index(forecast->findings, i);
    if (finding->check != CHECK_LOOKS_LIKE_RENAME || finding->object == NULL ||
        forecast->dropped_column == NULL)
      continue;
    const char *new_dot = strrchr(finding->object, '.'), *old_dot = strrchr(forecast->dropped_column, '.');
    if (new_dot == NULL || old_dot == NULL)
      continue;
    g_autofree char *table = g_strndup(finding->object, (gsize)(new_dot - finding->object));
    const SaidType *old = said_find(before, table, old_dot + 1);
    const SaidType *new = said_find(after, table, new_dot + 1);
    if (old != NULL && new != NULL && strcmp(old->text, new->text) != 0)
      g_ptr_array_remove_index(forecast->findings, i);
  }
}

static void judge_types(const Judging *j, const GPtrArray *statements)
{
  gboolean wanted = FALSE;
  const GPtrArray *back = j->facts->downwards ? j->facts->upgrade : j->facts->downgrade;
  for (guint i = 0; i < j->review->forecasts->len; i++) {
    const Forecast *forecast = forecast_at(j, i);
    wanted |= has_finding(forecast->findings, CHECK_TYPE_CHANGE) ||
              has_finding(forecast->findings, CHECK_LOOKS_LIKE_RENAME);
  }
  if (!wanted || back == NULL)
    return;
  g_autoptr(GPtrArray) before = said_types(j->session, back);
  g_autoptr(GPtrArray) after = said_types(j->session, statements);
  for (guint i = 0; i < j->review->forecasts->len; i++) {
    Forecast *forecast = forecast_at(j, i);
    if (has_finding(forecast->findings, CHECK_TYPE_CHANGE))
      judge_type_change(j, forecast, g_ptr_array_index(statements, i), before);
    judge_rename(forecast, before, after);
  }
}

/* ---- the file and its history ---- */

static void judge_history(const Judging *j)
{
  const MigrationFacts *facts = j->facts;
  guint line = j->notes != NULL ? j->notes->upgrade_line : 0;
  if (facts->is_merge && facts->upgrade->len > 0)
    find(j, CHECK_MERGE_DOES_SOMETHING, line_of(facts->upgrade, 0), NULL, NULL);
  if (facts->changed != NULL)
    find(j, CHECK_CHANGED_AFTER_APPLY, line, NULL, facts->changed);
  if (facts->other_heads != NULL)
    find(j, CHECK_SEVERAL_HEADS, 0, facts->other_heads, NULL);
  if (facts->asks != NULL)
    find(j, CHECK_DEPENDS_ON_DATA, facts->asks_line, NULL, facts->asks);
}

static GPtrArray *parse_all(const GPtrArray *statements)
{
  GPtrArray *trees = g_ptr_array_new_with_free_func((GDestroyNotify)sql_tree_free);
  for (guint i = 0; statements != NULL && i < statements->len; i++)
    g_ptr_array_add(trees, sql_tree_parse(((const Statement *)g_ptr_array_index(statements, i))->sql));
  return trees;
}

Review *review_migration(ForecastSession *session, const MigrationFacts *facts, const ReviewPolicy *policy)
{
  const GPtrArray *statements = facts->downwards ? facts->downgrade : facts->upgrade;
  g_autoptr(GPtrArray) up = facts->is_sql ? NULL : parse_all(facts->upgrade);
  g_autoptr(GPtrArray) down = facts->is_sql ? NULL : parse_all(facts->downgrade);
  Review *review = review_read(session, statements, facts->downwards ? down : up);
  /* of SQL nothing but the silences matters */
  gboolean matters = facts->source != NULL && (!facts->is_sql || strstr(facts->source, "retort:") != NULL);
  g_autoptr(SourceNotes) notes =
      matters ? source_notes_read(facts->source, facts->source_len, facts->is_sql) : NULL;
  Judging judging = {session, facts, notes, review, {facts->upgrade, up}, {facts->downgrade, down}};
  judge_types(&judging, statements);
  judge_downgrade(&judging);
  judge_history(&judging);
  settle_severities(review, policy);
  settle_silences(review, facts, statements, notes, policy);
  return review;
}
