/* URLs, as a table: what libpq is given, what is shown. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/pg/url.h"

typedef struct {
  const char *url;
  const char *keywords; /* "key=value key=value" in the order set, or NULL: refused */
  const char *display;  /* or NULL: not compared; for a refused one a word its message holds */
} UrlRow;

static const UrlRow rows[] = {
    /* The plain forms, with every driver. */
    {"postgresql://app@db1/shop", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    {"postgres://app@db1/shop", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    {"postgresql+psycopg2://app@db1/shop", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    {"postgresql+psycopg://app@db1/shop", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    {"postgresql+psycopg_async://app@db1/shop", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    {"postgresql+asyncpg://app@db1/shop", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    {"postgresql+pg8000://app@db1/shop", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    {"postgres+psycopg2://app@db1/shop", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    {"  postgresql://app@db1/shop\n", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    {"postgresql://app:s3cret@db1:6432/shop", "host=db1 port=6432 user=app password=s3cret dbname=shop",
     "app@db1:6432/shop"},
    {"postgresql://db1/shop", "host=db1 dbname=shop", "postgres@db1:5432/shop"},
    {"postgresql://db1:6432", "host=db1 port=6432", "postgres@db1:6432/postgres"},
    {"postgresql://app:@db1/shop", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    {"postgresql://:pw@db1/shop", "host=db1 password=pw dbname=shop", "postgres@db1:5432/shop"},
    {"postgresql://app@db1:/shop", "host=db1 user=app dbname=shop", "app@db1:5432/shop"},
    /* Percent-escapes: in user and password, never in the database, and by libpq's habit in the host. */
    {"postgresql://app:p%40ss%2Fw%3Ard@db1/shop", "host=db1 user=app password=p@ss/w:rd dbname=shop",
     "app@db1:5432/shop"},
    {"postgresql://a%20b:x@db1/shop", "host=db1 user=a b password=x dbname=shop", "a b@db1:5432/shop"},
    {"postgresql://a+b:x+y@db1/shop", "host=db1 user=a+b password=x+y dbname=shop", "a+b@db1:5432/shop"},
    {"postgresql://app:100%@db1/shop", "host=db1 user=app password=100% dbname=shop", "app@db1:5432/shop"},
    {"postgresql://app:%zz@db1/shop", "host=db1 user=app password=%zz dbname=shop", "app@db1:5432/shop"},
    {"postgresql://app:a/b@db1/shop", "host=db1 user=app password=a/b dbname=shop", "app@db1:5432/shop"},
    {"postgresql://app:a:b@db1/shop", "host=db1 user=app password=a:b dbname=shop", "app@db1:5432/shop"},
    {"postgresql://app%40corp:x@db1/shop", "host=db1 user=app@corp password=x dbname=shop",
     "app@corp@db1:5432/shop"},
    {"postgresql://app@corp@db1/shop", "host=db1 user=app@corp dbname=shop", "app@corp@db1:5432/shop"},
    {"postgresql://db1/my%20shop", "host=db1 dbname=my%20shop", NULL},
    {"postgresql://%2Fvar%2Frun%2Fpostgresql/shop", "host=/var/run/postgresql dbname=shop",
     "postgres@/var/run/postgresql:5432/shop"},
    /* Sockets and missing hosts. */
    {"postgresql:///shop", "dbname=shop", NULL},
    {"postgresql://", "", NULL},
    {"postgresql://app@/shop", "user=app dbname=shop", NULL},
    {"postgresql:///shop?host=/tmp", "dbname=shop host=/tmp", "postgres@/tmp:5432/shop"},
    {"postgresql://app:pw@/shop?host=/var/run/postgresql&port=5433",
     "user=app password=pw dbname=shop host=/var/run/postgresql port=5433",
     "app@/var/run/postgresql:5433/shop"},
    {"postgresql+pg8000://app@/shop?unix_sock=/tmp/.s.PGSQL.5434", "user=app dbname=shop host=/tmp port=5434",
     "app@/tmp:5434/shop"},
    {"postgresql+pg8000://app@/shop?unix_sock=/tmp", "user=app dbname=shop host=/tmp", NULL},
    {"postgresql://app@/shop?host=/cloudsql/proj:region:inst",
     "user=app dbname=shop host=/cloudsql/proj:region:inst", NULL},
    /* IPv6. */
    {"postgresql://app@[::1]:5433/shop", "host=::1 port=5433 user=app dbname=shop", "app@[::1]:5433/shop"},
    {"postgresql://[2001:db8::7]/shop", "host=2001:db8::7 dbname=shop", "postgres@[2001:db8::7]:5432/shop"},
    /* Several hosts, three ways. */
    {"postgresql://app@/shop?host=a:1&host=b:2", "user=app dbname=shop host=a,b port=1,2",
     "app@a:1,b:2/shop"},
    {"postgresql://app@/shop?host=a:5433&host=b&host=c", "user=app dbname=shop host=a,b,c port=5433,,",
     "app@a:5433,b:5432,c:5432/shop"},
    {"postgresql://app@/shop?host=a,b&port=1,2", "user=app dbname=shop host=a,b port=1,2",
     "app@a:1,b:2/shop"},
    {"postgresql://app@/shop?host=a,b", "user=app dbname=shop host=a,b", "app@a:5432,b:5432/shop"},
    {"postgresql://app@/shop?host=a:6000", "user=app dbname=shop host=a port=6000", "app@a:6000/shop"},
    {"postgresql://app@/shop?host=a&host=b", "user=app dbname=shop host=a,b", "app@a:5432,b:5432/shop"},
    {"postgresql://app@ignored:1/shop?host=a:2", "user=app dbname=shop host=a port=2", "app@a:2/shop"},
    {"postgresql://app@a:1,b:2/shop", "user=app dbname=shop host=a,b port=1,2", "app@a:1,b:2/shop"},
    /* Options libpq has. */
    {"postgresql://db1/shop?sslmode=require", "host=db1 dbname=shop sslmode=require", NULL},
    {"postgresql+psycopg2://db1/shop?sslmode=verify-full&sslrootcert=/etc/ca.pem",
     "host=db1 dbname=shop sslmode=verify-full sslrootcert=/etc/ca.pem", NULL},
    {"postgresql://db1/shop?options=-c%20search_path%3Dapp",
     "host=db1 dbname=shop options=-c search_path=app", NULL},
    {"postgresql://db1/shop?options=-csearch_path%3Da+-cx%3D1",
     "host=db1 dbname=shop options=-csearch_path=a -cx=1", NULL},
    {"postgresql://?service=prod", "service=prod", "service:prod"},
    {"postgresql:///?service=prod", "service=prod", "service:prod"},
    {"postgresql://app@/shop?service=prod", "user=app dbname=shop service=prod", "app@service:prod/shop"},
    {"postgresql://db1/shop?application_name=mig&connect_timeout=3",
     "host=db1 dbname=shop application_name=mig connect_timeout=3", NULL},
    {"postgresql://db1/shop?target_session_attrs=read-write",
     "host=db1 dbname=shop target_session_attrs=read-write", NULL},
    {"postgresql://db1/shop?user=x&password=y", "host=db1 dbname=shop user=x password=y", "x@db1:5432/shop"},
    {"postgresql://db1/shop?sslmode=", "host=db1 dbname=shop", NULL},
    /* What drivers call otherwise. */
    {"postgresql+asyncpg://db1/shop?ssl=require", "host=db1 dbname=shop sslmode=require", NULL},
    {"postgresql+asyncpg://db1/shop?ssl=true", "host=db1 dbname=shop sslmode=require", NULL},
    {"postgresql+asyncpg://db1/shop?ssl=False", "host=db1 dbname=shop sslmode=disable", NULL},
    {"postgresql+asyncpg://db1/shop?ssl=verify-full", "host=db1 dbname=shop sslmode=verify-full", NULL},
    {"postgresql+asyncpg://db1/shop?timeout=5", "host=db1 dbname=shop connect_timeout=5", NULL},
    {"postgresql+asyncpg://db1/shop?prepared_statement_cache_size=0&command_timeout=9",
     "host=db1 dbname=shop", NULL},
    {"postgresql+psycopg://db1/shop?prepare_threshold=0", "host=db1 dbname=shop", NULL},
    {"postgresql://db1/shop?replication=database", "host=db1 dbname=shop", NULL},
    {"postgresql://db1/shop?database=other", "host=db1 dbname=other", "postgres@db1:5432/other"},
    /* libpq's own strings. */
    {"host=db1 dbname=shop user=app", "user=app dbname=shop host=db1", "app@db1:5432/shop"},
    {"service=prod", "service=prod", "service:prod"},
    {"host='a b' password='it''s' dbname=x", NULL, "libpq keywords"},
    {"host=db1 password='p w'", "password=p w host=db1", "postgres@db1:5432/postgres"},
    {"dbname=x options='-c a=b'", "dbname=x options=-c a=b", NULL},
    /* Terminal escapes do not get through to the display. */
    {"postgresql://ev\033[31mil@db1/shop", "host=db1 user=ev\033[31mil dbname=shop",
     "ev^[[31mil@db1:5432/shop"},
    /* Refused, by name. */
    {"sqlite:///shop.db", NULL, "sqlite"},
    {"sqlite://", NULL, "sqlite"},
    {"mysql+pymysql://root:pw@db/shop", NULL, "mysql+pymysql"},
    {"mssql+pyodbc://u:p@dsn", NULL, "mssql+pyodbc"},
    {"oracle://u:p@h/x", NULL, "oracle"},
    {"cockroachdb://u@h/x", NULL, "cockroachdb"},
    {"postgresqlx://u@h/x", NULL, "postgresqlx"},
    {"postgresql+psycopg2://db1:port/shop", NULL, "expected postgresql://"},
    {"postgresql+psycopg2://db1:99999/shop", NULL, "expected postgresql://"},
    {"postgresql://app:p@ss@db1/shop", NULL, "%40"},
    {"postgresql://app@/shop?host=a:b", NULL, "a:b"},
    {"shop", NULL, "libpq keywords"},
    {"", NULL, "libpq keywords"},
    {"db1:5432/shop", NULL, "libpq keywords"},
    {"password=a b", NULL, "libpq keywords"},
    {"nosuch=1", NULL, "libpq keywords"},
    {"postgresql://\377@h/x", NULL, "UTF-8"},
};

/* The environment decides what the display falls back to. */
static void set_environment(void)
{
  static const char *const names[] = {"PGHOST", "PGPORT", "PGDATABASE", "PGSERVICE", "PGHOSTADDR", NULL};
  for (const char *const *name = names; *name != NULL; name++)
    g_unsetenv(*name);
  g_setenv("PGUSER", "postgres", TRUE);
}

static char *keywords_text(const PgParams *params)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < params->keywords->len; i++)
    g_string_append_printf(out, "%s%s=%s", i > 0 ? " " : "", (char *)g_ptr_array_index(params->keywords, i),
                           (char *)g_ptr_array_index(params->values, i));
  return g_string_free(out, FALSE);
}

Test(url, becomes_what_libpq_is_given)
{
  set_environment();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(PgParams) params = pg_params_parse(rows[i].url, "--url", &error);
    if (rows[i].keywords == NULL) {
      cr_expect(params == NULL, "%s is refused", rows[i].url);
      cr_expect(error != NULL && g_error_matches(error, RETORT_ERROR, RETORT_ERROR_CONFIG) &&
                    strstr(error->message, rows[i].display) != NULL,
                "%s: message \"%s\" holds \"%s\"", rows[i].url, error != NULL ? error->message : "(none)",
                rows[i].display);
      continue;
    }
    cr_expect(params != NULL, "%s is read: %s", rows[i].url, error != NULL ? error->message : "");
    if (params == NULL)
      continue;
    g_autofree char *keywords = keywords_text(params);
    cr_expect(strcmp(keywords, rows[i].keywords) == 0, "%s: keywords \"%s\", expected \"%s\"", rows[i].url,
              keywords, rows[i].keywords);
    cr_expect(rows[i].display == NULL || strcmp(params->display, rows[i].display) == 0,
              "%s: display \"%s\", expected \"%s\"", rows[i].url, params->display, rows[i].display);
  }
}

Test(url, never_shows_a_password)
{
  static const char *const urls[] = {
      "postgresql://app:hunter2@db1/shop",
      "postgresql://db1/shop?password=hunter2",
      "postgresql://app:x@hunter2@db1/shop",
      "postgresql://app:x@hunter2@db1:port/shop",
      "postgresql+psycopg2://app:hunter2@db1:port/shop",
      "mysql://root:hunter2@db1/shop",
      "password=hunter2 host=db1",
      "host=db1 password=a hunter2",
      "postgresql://app:hunter2@/shop?host=a:b",
      "postgresql://app@db1/shop?hunter2=1&passwd=hunter2",
  };
  set_environment();
  for (gsize i = 0; i < G_N_ELEMENTS(urls); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(PgParams) params = pg_params_parse(urls[i], "--url", &error);
    const char *shown = params != NULL ? params->display : error->message;
    g_autofree char *redacted = pg_url_redact(urls[i]);
    cr_expect(strstr(shown, "hunter2") == NULL, "%s: shows \"%s\"", urls[i], shown);
    cr_expect(i == G_N_ELEMENTS(urls) - 1 || strstr(redacted, "hunter2") == NULL, "%s: redacted as \"%s\"",
              urls[i], redacted);
  }
}

Test(url, is_redacted_as_sqlalchemy_prints_it)
{
  static const char *const cases[][2] = {
      {"postgresql://user:pw@host/db", "postgresql://user:***@host/db"},
      {"postgresql+psycopg2://user:p%40w@host:5432/db", "postgresql+psycopg2://user:***@host:5432/db"},
      {"postgresql://user@host/db", "postgresql://user@host/db"},
      {"postgresql://us%40er:pw@host/db", "postgresql://us%40er:***@host/db"},
      {"postgresql://u:p@[::1]:5432/db", "postgresql://u:***@[::1]:5432/db"},
      {"postgresql:///db?host=/tmp&a=1", "postgresql:///db?a=1&host=%2Ftmp"},
      {"postgresql://u:p@/db?host=b:1&host=a:2", "postgresql://u:***@/db?host=b%3A1&host=a%3A2"},
      {"postgresql://db?password=x", "postgresql://db?password=***"},
      {"sqlite:///shop.db", "sqlite:///shop.db"},
      {"postgresql://u:p@w@host/db", "postgresql://***"},
      {"host=h password=x user=u", "user=u password=*** host=h"},
      {"nonsense with secrets", "***"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *redacted = pg_url_redact(cases[i][0]);
    cr_expect(strcmp(redacted, cases[i][1]) == 0, "%s: \"%s\", expected \"%s\"", cases[i][0], redacted,
              cases[i][1]);
  }
}

Test(url, notes_options_that_are_left_out)
{
  g_autoptr(PgParams) params = pg_params_parse(
      "postgresql+asyncpg://h/d?prepared_statement_cache_size=0&ssl=require&x=1", "--url", NULL);
  cr_assert(params->notes->len == 2, "%u notes, expected 2", params->notes->len);
  const char *note = g_ptr_array_index(params->notes, 0);
  cr_expect(strstr(note, "prepared_statement_cache_size") != NULL, "the note names the option: %s", note);
}

Test(url, takes_the_environment_when_nothing_is_given)
{
  set_environment();
  g_setenv("PGHOST", "envhost", TRUE);
  g_setenv("PGDATABASE", "envdb", TRUE);
  g_autoptr(PgParams) params = pg_params_default();
  cr_expect(strcmp(params->display, "postgres@envhost:5432/envdb") == 0, "display \"%s\"", params->display);
  pg_params_set(params, "dbname", "other");
  cr_expect(strcmp(params->display, "postgres@envhost:5432/other") == 0, "display \"%s\"", params->display);
  pg_params_set(params, "dbname", NULL);
  cr_expect(strcmp(params->display, "postgres@envhost:5432/envdb") == 0, "display \"%s\"", params->display);
}
