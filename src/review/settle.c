#include "settle.h"

#include <string.h>

/* ---- severities ---- */

static void settle_list(GPtrArray *findings, const ReviewPolicy *policy)
{
  for (guint i = findings->len; i-- > 0;) {
    Finding *finding = g_ptr_array_index(findings, i);
    finding->severity = review_policy_severity(policy, finding->check);
    if (finding->brief && finding->severity == SEVERITY_DANGER)
      finding->severity = SEVERITY_CARE;
    if (finding->severity == SEVERITY_OFF)
      g_ptr_array_remove_index(findings, i);
  }
}

void settle_severities(Review *review, const ReviewPolicy *policy)
{
  settle_list(review->findings, policy);
  for (guint i = 0; i < review->forecasts->len; i++)
    settle_list(((Forecast *)g_ptr_array_index(review->forecasts, i))->findings, policy);
}

/* ---- silences ---- */

typedef struct {
  const MigrationFacts *facts;
  SourceNotes *notes; /* or NULL */
  const ReviewPolicy *policy;
  char *file; /* base name, for where a silence stands */
} Settling;

static void silence_by_comment(const Settling *settling, const Silence *silence, Finding *finding)
{
  finding->silenced = g_strdup(silence->reason);
  finding->silenced_by = g_strdup_printf("%s:%u", settling->file, silence->line);
}

/* An SQL comment inside the statement's own text. */
static void silence_inside(const Settling *settling, const char *sql, guint line, Finding *finding)
{
  if (settling->facts->is_sql || strstr(sql, "retort:") == NULL)
    return;
  g_autoptr(SourceNotes) notes = source_notes_read(sql, strlen(sql), TRUE);
  for (guint i = 0; i < notes->silences->len; i++) {
    Silence *silence = g_ptr_array_index(notes->silences, i);
    const char *const *names = (const char *const *)silence->checks;
    if (!g_strv_contains(names, check_info(finding->check).name) && !g_strv_contains(names, SILENCE_ALL))
      continue;
    finding->silenced = g_strdup(silence->reason);
    finding->silenced_by = g_strdup_printf("%s:%u", settling->file, line);
    return;
  }
}

static void silence_finding(const Settling *settling, const char *sql, guint line, Finding *finding)
{
  const char *name = check_info(finding->check).name;
  guint at = finding->line > 0 ? finding->line : line;
  Silence *silence = settling->notes != NULL ? source_notes_find(settling->notes, name, MAX(at, 1)) : NULL;
  if (silence != NULL) {
    silence->used = TRUE;
    silence_by_comment(settling, silence, finding);
  } else if (sql != NULL) {
    silence_inside(settling, sql, line, finding);
  }
  const char *where = NULL;
  const char *reason = finding->silenced == NULL ? review_policy_allows(settling->policy, finding->check,
                                                                        settling->facts->path, &where)
                                                 : NULL;
  if (reason != NULL) {
    finding->silenced = g_strdup(reason);
    finding->silenced_by = g_strdup(where);
  }
}

static gboolean knows_all(char **checks)
{
  for (char **name = checks; *name != NULL; name++)
    if (check_find(*name) < 0 && strcmp(*name, SILENCE_ALL) != 0)
      return FALSE;
  return TRUE;
}

/* Whether the silence is about the direction that was reviewed; the other one's cannot be used. */
static gboolean concerns(const Settling *settling, const Silence *silence)
{
  const SourceNotes *notes = settling->notes;
  gboolean in_downgrade = notes->downgrade_line > 0 && silence->line >= notes->downgrade_line &&
                          silence->line <= notes->downgrade_end;
  return settling->facts->is_sql || silence->last == G_MAXUINT || in_downgrade == settling->facts->downwards;
}

static void judge_silences(const Settling *settling, Review *review)
{
  for (guint i = 0; i < settling->notes->silences->len; i++) {
    const Silence *silence = g_ptr_array_index(settling->notes->silences, i);
    g_autofree char *names = g_strjoinv(", ", silence->checks);
    CheckId check = !knows_all(silence->checks) || silence->checks[0] == NULL ? CHECK_SILENCE_UNKNOWN
                    : silence->reason[0] == '\0'                              ? CHECK_SILENCE_WITHOUT_REASON
                                                                              : CHECK_SILENCE_UNUSED;
    if (check == CHECK_SILENCE_UNUSED &&
        (silence->used || !concerns(settling, silence) || !settling->facts->upgrade_whole))
      continue;
    if (review_policy_severity(settling->policy, check) == SEVERITY_OFF)
      continue;
    Finding *finding = finding_new(check, names, NULL);
    finding->severity = review_policy_severity(settling->policy, check);
    finding->line = silence->line;
    g_ptr_array_add(review->findings, finding);
  }
}

void settle_silences(Review *review, const MigrationFacts *facts, const GPtrArray *statements,
                     SourceNotes *notes, const ReviewPolicy *policy)
{
  g_autofree char *file = g_path_get_basename(facts->path != NULL ? facts->path : "");
  Settling settling = {facts, notes, policy, file};
  for (guint i = 0; i < review->forecasts->len; i++) {
    const Statement *statement = g_ptr_array_index(statements, i);
    GPtrArray *findings = ((Forecast *)g_ptr_array_index(review->forecasts, i))->findings;
    for (guint k = 0; k < findings->len; k++)
      silence_finding(&settling, statement->sql, statement->line, g_ptr_array_index(findings, k));
  }
  for (guint k = 0; k < review->findings->len; k++)
    silence_finding(&settling, NULL, 0, g_ptr_array_index(review->findings, k));
  if (notes != NULL)
    judge_silences(&settling, review);
}
