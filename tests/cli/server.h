/* What tests of the program with a server share: each is a process and has a database of its own. */
#pragma once

#include "retort/pg/conn.h"

/* Name of the test's database; the caller's. */
char *server_database(void);
/* A connection to it, newly made; records go to a folder of the test. */
PgConn *server_fresh(void);
/* Removes that folder: the .fini of the suite. */
void server_clean(void);
/* The program with --url to that database. */
int server_run(const char *folder, const char *words, char **output, char **errors);
/* ... whose status, whole output and part of the errors are known; out and err may be NULL. */
void server_expect(const char *folder, const char *words, int status, const char *out, const char *err);
/* All values of a query, parted by blanks; the caller's. */
char *server_ask(PgConn *conn, const char *sql);
void server_tell(PgConn *conn, const char *sql);
/* The version rows, in order, parted by blanks. */
void server_expect_rows(PgConn *conn, const char *want, const char *when);
/* Waits until somebody runs a statement like this one. */
void server_wait_for_statement(PgConn *conn, const char *like);
/* A project of tests/cli/projects that may be changed; its folder. */
char *server_copy_project(const char *name);
void server_remove_copy(char *copy);
/* One more migration on top of another. */
void server_add_migration(const char *folder, const char *id, const char *down, const char *body);
