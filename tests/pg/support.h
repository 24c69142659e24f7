/* What tests with a real server share. */
#pragma once

#include "retort/pg/conn.h"

/* A connection to the server in PG*; fails the test when there is none. */
PgConn *test_conn(void);
/* Runs statements that have to succeed. */
void test_sql(PgConn *conn, const char *sql);
/* Removes a folder with all that is in it. */
void test_remove(const char *folder);
/* The first value of the last result, the command tag when it has no rows, or the error's message; the caller's. */
char *test_ask(PgConn *conn, const char *sql);
