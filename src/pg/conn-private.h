/* Shared by the files of the connection. */
#pragma once

#include "retort/pg/conn.h"

/* Longest piece of a server's message that is kept; more would only fill the screen. */
#define PG_MESSAGE_LIMIT 8192

/* RETORT_ERROR_DATABASE from a failed result, its details attached. */
GError *pg_error_from_result(const PGresult *result, int code);
/* RETORT_ERROR_CONNECTION from what libpq says about the connection. */
GError *pg_error_from_connection(const PGconn *pq, const char *display);
/* s clipped to the limit, as valid UTF-8; NULL gives NULL. */
char *pg_clean_text(const char *s);
/* The context the connection lives in; borrowed. */
GMainContext *pg_conn_context(PgConn *conn);
