/* After the last statement: is everything as planned, and does Alembic see it so? */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/pg/version_table.h"
#include "retort/run/fallback.h"
#include "supervise-private.h"

/* One a line, so that two moments can be compared. */
const char supervision_leftovers_sql[] =
    "SELECT pg_catalog.string_agg(what, E'\\n' ORDER BY what) FROM ("
    "SELECT 'INDEX ' || indexrelid::regclass::text AS what FROM pg_catalog.pg_index WHERE NOT indisvalid "
    "UNION ALL SELECT 'CONSTRAINT ' || conrelid::regclass::text || '.' || conname FROM "
    "pg_catalog.pg_constraint "
    "WHERE NOT convalidated AND conrelid <> 0) leftovers";

static void item_free(void *data)
{
  PreflightItem *item = data;
  g_free(item->text);
  g_free(item->advice);
  g_free(item);
}

static void add(Supervision *s, const char *check, PreflightLevel level, char *text, const char *advice)
{
  PreflightItem *item = g_new0(PreflightItem, 1);
  *item = (PreflightItem){check, level, text, g_strdup(advice)};
  g_ptr_array_add(s->verified, item);
}

static void verified(Supervision *s)
{
  gboolean wrong = preflight_level(s->verified) == PREFLIGHT_STOP;
  supervision_record_items(s, "verified", s->verified);
  SupervisionEvent event = supervision_event(s, SUPERVISION_VERIFIED);
  event.items = s->verified;
  supervision_emit(s, &event);
  if (s->freed)
    return;
  g_autoptr(GError) error =
      wrong ? g_error_new_literal(RETORT_ERROR, RETORT_ERROR_FAILED,
                                  _("Everything was carried out, but the database is not as planned."))
            : NULL;
  supervision_end(s, wrong ? SUPERVISED_FAILED : SUPERVISED_DONE, error);
}

/* ---- alembic current ------------------------------------------------------------------------------------------- */

/* Lines of Alembic begin with a revision: "51c2aa90d3f1 (head)"; its log goes the same way. */
static gboolean names_row(const char *said, const char *row)
{
  g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
  gsize len = strlen(row);
  for (char **line = lines; *line != NULL; line++)
    if (strncmp(*line, row, len) == 0 && ((*line)[len] == '\0' || (*line)[len] == ' '))
      return TRUE;
  return FALSE;
}

static void current_line(G_GNUC_UNUSED Child *child, const char *line, void *data)
{
  Supervision *s = data;
  g_string_append_printf(s->current_said, "%s\n", line);
}

static void current_over(Child *child, gboolean success, void *data)
{
  Supervision *s = data;
  const char *missing = NULL;
  for (char **row = s->rows_after; success && *row != NULL && missing == NULL; row++)
    missing = names_row(s->current_said->str, *row) ? NULL : *row;
  supervision_enter(s);
  if (!success) {
    g_autofree char *words = child_last_words(child);
    /* Of a traceback, what went wrong. */
    const char *last = strrchr(g_strchomp(words), '\n');
    add(s, "alembic-current", PREFLIGHT_WARNING,
        g_strdup_printf(_("`alembic current` failed: %s"), last != NULL ? last + 1 : words), NULL);
  } else if (missing != NULL) {
    add(s, "alembic-current", PREFLIGHT_WARNING,
        g_strdup_printf(_("`alembic current` does not name %s; does env.py connect to another database?"),
                        missing),
        NULL);
  } else {
    add(s, "alembic-current", PREFLIGHT_OK, g_strdup(_("`alembic current` agrees.")), NULL);
  }
  g_clear_pointer(&s->current, child_free);
  if (!s->ending)
    verified(s);
  supervision_leave(s);
}

static void ask_alembic(Supervision *s)
{
  g_autoptr(GError) error = NULL;
  gboolean allowed = s->options.verify_with_alembic && s->project != NULL &&
                     s->project->config_path != NULL &&
                     (s->options.alembic_allowed || fallback_allowed(s->project));
  if (allowed && s->alembic == NULL)
    s->alembic = alembic_command_find(s->project, s->policy->alembic, NULL);
  if (!allowed || s->alembic == NULL) {
    verified(s);
    return;
  }
  g_autofree char *folder = g_path_get_dirname(s->project->config_path);
  g_auto(GStrv) argv = alembic_command_line(s->project, s->alembic, "current", NULL);
  s->current_said = g_string_new(NULL);
  s->current = child_new((const char *const *)argv, NULL, folder, current_line, current_over, s, &error);
  if (s->current != NULL)
    return;
  add(s, "alembic-current", PREFLIGHT_WARNING, g_strdup(error->message), NULL);
  verified(s);
}

/* ---- The server ------------------------------------------------------------------------------------------------ */

/* Those that were not there before; the caller's. */
static char *new_leftovers(const char *before, const char *now)
{
  g_auto(GStrv) old = g_strsplit(before != NULL ? before : "", "\n", -1);
  g_auto(GStrv) all = g_strsplit(now, "\n", -1);
  GString *out = g_string_new(NULL);
  for (char **line = all; *line != NULL; line++) {
    if (**line == '\0' || g_strv_contains((const char *const *)old, *line))
      continue;
    g_autofree char *safe = text_escape(*line, -1, FALSE);
    g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", safe);
  }
  return g_string_free(out, FALSE);
}

static void leftovers_known(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (error != NULL) {
    add(s, "leftovers", PREFLIGHT_WARNING, g_strdup(error->message), NULL);
  } else {
    const PGresult *result = g_ptr_array_index(results, 0);
    g_autofree char *left = new_leftovers(s->leftovers_before, PQgetvalue(result, 0, 0));
    if (*left != '\0')
      add(s, "leftovers", PREFLIGHT_WARNING, g_strdup_printf(_("Not valid since this rollout: %s."), left),
          _("An invalid index is dropped and built anew; a constraint is validated, when that was meant."));
    else
      add(s, "leftovers", PREFLIGHT_OK, g_strdup(_("Nothing invalid was left behind.")), NULL);
  }
  if (!s->freed && !s->ending)
    ask_alembic(s);
  supervision_leave(s);
}

static void rows_read(VersionRows *rows, const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (error != NULL) {
    add(s, "rows", PREFLIGHT_WARNING, g_strdup(error->message), NULL);
  } else {
    g_strfreev(s->rows);
    s->rows = g_strdupv(rows->rows);
    g_autofree char *now = rollout_rows_text((const char *const *)s->rows);
    g_autofree char *planned = rollout_rows_text((const char *const *)s->rows_after);
    gboolean same = rollout_rows_equal((const char *const *)s->rows, (const char *const *)s->rows_after);
    if (same)
      add(s, "rows", PREFLIGHT_OK, g_strdup_printf(_("The database stands at %s, as planned."), now), NULL);
    else
      add(s, "rows", PREFLIGHT_STOP,
          g_strdup_printf(_("The database stands at %s, but the plan ends at %s."), now, planned), NULL);
  }
  version_rows_free(rows);
  if (s->freed || s->ending) {
  } else if (pg_conn_state(s->conn) != PG_CONN_IDLE) {
    verified(s);
  } else {
    pg_conn_exec(s->conn, supervision_leftovers_sql, NULL, leftovers_known, s);
  }
  supervision_leave(s);
}

void supervision_do_verify(Supervision *s)
{
  if (s->options.no_verify) {
    supervision_end(s, SUPERVISED_DONE, NULL);
    return;
  }
  supervision_set_phase(s, PHASE_VERIFY);
  if (s->freed || s->ending)
    return;
  g_clear_pointer(&s->verified, g_ptr_array_unref);
  s->verified = g_ptr_array_new_with_free_func(item_free);
  version_rows_read(s->conn, s->version_table, s->version_schema, rows_read, s);
}
