/* A small project with a database of its own, and the program on it: for tests that need a state of their choice.
 *
 *   g_autoptr(Shop) shop = shop_new("waiting", "brake = cancel\nbrake_after = 1s\n");
 *   g_autoptr(Vt) vt = shop_open(shop, NULL, 120, 36);
 *
 * Three migrations: c0 makes the tables orders and customers (applied already), c1 adds a column to orders, c2 builds a
 * unique index on it CONCURRENTLY, c3 drops a column.
 */
#pragma once

#include <libpq-fe.h>

#include "../tui/vt.h"

typedef struct {
  char *folder; /* of its own for everything: project, configuration, state */
  char *url;
  char *database;
} Shop;

/* settings: more lines of [target prod]; NULL: none. */
Shop *shop_new(const char *database, const char *settings);
void shop_free(Shop *shop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Shop, shop_free)

/* The program on it; target: "prod" or NULL. */
Vt *shop_open(const Shop *shop, const char *target, int columns, int rows);
/* Any retort command, waited for; its output goes to the test's. */
int shop_command(const Shop *shop, const char *const *words);
/* Another text in the place of one in a migration's file. */
void shop_change(const Shop *shop, const char *revision, const char *from, const char *to);
/* The same in its env.py. */
void shop_change_env(const Shop *shop, const char *from, const char *to);
/* Whether Alembic and psycopg2 are there to be run. */
gboolean shop_has_alembic(void);
/* Shell commands in its folder, with git set up. */
void shop_git(const Shop *shop, const char *commands);
/* Another session; the caller's (PQfinish). */
PGconn *shop_session(const Shop *shop, const char *application);
/* One that has begun a transaction and read from the table: it holds ACCESS SHARE, and a snapshot. */
PGconn *shop_reader(const Shop *shop, const char *application, const char *table);
void shop_sql(PGconn *conn, const char *sql);
/* The first value of the first row, the caller's; NULL: no row. */
char *shop_value(PGconn *conn, const char *sql);

/* Waiting for the screen, with a message that shows it. */
#define SHOP_SOON 60
#define shop_expect(vt, text) \
  cr_assert(vt_wait(vt, text, SHOP_SOON), "the screen never showed \"%s\":\n%s", text, vt_last(vt))
#define shop_expect_line(vt, a, b) \
  cr_assert(shop_wait_line(vt, a, b), "no line with \"%s\" and \"%s\":\n%s", a, b, vt_last(vt))
gboolean shop_wait_line(Vt *vt, const char *a, const char *b);
