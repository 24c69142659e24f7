/* Errors of the server: one sentence for the GError, everything else beside it. */
#include "conn-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/text.h"

char *pg_clean_text(const char *s)
{
  if (s == NULL)
    return NULL;
  gsize len = strnlen(s, PG_MESSAGE_LIMIT + 1);
  return len > PG_MESSAGE_LIMIT ? text_utf8(s, PG_MESSAGE_LIMIT) : text_utf8(s, (gssize)len);
}

static void info_clear(void *data)
{
  PgErrorInfo *info = data;
  char *texts[] = {info->severity, info->message, info->detail, info->hint,      info->context,
                   info->schema,   info->table,   info->column, info->constraint};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
}

static void *info_ref(void *info)
{
  return g_atomic_rc_box_acquire(info);
}

static void info_unref(void *info)
{
  g_atomic_rc_box_release_full(info, info_clear);
}

static char *field(const PGresult *result, int code)
{
  return pg_clean_text(PQresultErrorField(result, code));
}

static PgErrorInfo *info_new(const PGresult *result)
{
  PgErrorInfo *info = g_atomic_rc_box_new0(PgErrorInfo);
  const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
  if (sqlstate != NULL && strspn(sqlstate, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5)
    g_strlcpy(info->sqlstate, sqlstate, sizeof info->sqlstate);
  info->severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  info->message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  info->detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  info->hint = field(result, PG_DIAG_MESSAGE_HINT);
  info->context = field(result, PG_DIAG_CONTEXT);
  info->schema = field(result, PG_DIAG_SCHEMA_NAME);
  info->table = field(result, PG_DIAG_TABLE_NAME);
  info->column = field(result, PG_DIAG_COLUMN_NAME);
  info->constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  if (position != NULL)
    info->position = (guint)g_ascii_strtoull(position, NULL, 10);
  return info;
}

GError *pg_error_from_result(const PGresult *result, int code)
{
  PgErrorInfo *info = info_new(result);
  g_autoptr(GString) text = g_string_new(NULL);
  if (info->message != NULL) {
    g_string_append_printf(text, "%s %s: %s", info->severity != NULL ? info->severity : "ERROR",
                           info->sqlstate, info->message);
    if (info->detail != NULL)
      g_string_append_printf(text, ": %s", info->detail);
  } else {
    /* Made by libpq itself: no fields, only a text with a newline. */
    g_autofree char *message = pg_clean_text(PQresultErrorMessage(result));
    g_string_append(text, g_strstrip(message));
  }
  g_autofree char *safe = text_escape(text->str, (gssize)text->len, TRUE);
  GError *error = g_error_new_literal(RETORT_ERROR, code, safe);
  retort_error_attach(error, info, info_ref, info_unref);
  return error;
}

GError *pg_error_from_connection(const PGconn *pq, const char *display)
{
  g_autofree char *message = pq != NULL ? pg_clean_text(PQerrorMessage(pq)) : NULL;
  if (message == NULL || *g_strstrip(message) == '\0')
    return g_error_new(RETORT_ERROR, RETORT_ERROR_CONNECTION, _("The connection to %s was lost."), display);
  g_autofree char *safe = text_escape(message, -1, TRUE);
  return g_error_new_literal(RETORT_ERROR, RETORT_ERROR_CONNECTION, safe);
}

const PgErrorInfo *pg_error_info(const GError *error)
{
  return retort_error_details(error);
}

const char *pg_error_sqlstate(const GError *error)
{
  const PgErrorInfo *info = pg_error_info(error);
  return info != NULL ? info->sqlstate : "";
}
