/* Answers of a real server: what may be asked, what comes back, and a migration rendered by them. */
#include <criterion/criterion.h>
#include <string.h>

#include "rollout_support.h"
#include "retort/render/render.h"
#include "retort/run/answers.h"

static PgConn *conn_in(const char *schema)
{
  PgConn *conn = test_conn();
  g_autofree char *sql = g_strdup_printf(
      "DROP SCHEMA IF EXISTS %s CASCADE; CREATE SCHEMA %s; SET search_path = %s; "
      "CREATE TYPE mood AS ENUM ('good', 'bad'); "
      "CREATE TABLE shelf (id serial PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'x', feeling mood, "
      "info jsonb, CHECK (id > 0), CONSTRAINT uq_name UNIQUE (name)); "
      "CREATE TABLE book (id int, shelf int REFERENCES shelf ON DELETE CASCADE); "
      "CREATE INDEX ix_book ON book (shelf, id); CREATE VIEW v AS SELECT 1 AS one; "
      "INSERT INTO shelf (name, feeling, info) VALUES ('top', 'good', '{\"a\": [1, 2]}'), ('low', NULL, "
      "NULL)",
      schema, schema, schema);
  test_sql(conn, sql);
  return conn;
}

static const struct {
  const char *sql;
  gboolean reads;
} statements[] = {
    {"SELECT 1", TRUE},
    {"SELECT count(*), lower(name), now() FROM shelf GROUP BY name;", TRUE},
    {"WITH a AS (SELECT 1) SELECT * FROM a", TRUE},
    {"SELECT 1; SELECT 2", FALSE},
    {"UPDATE shelf SET id = 1", FALSE},
    {"WITH a AS (DELETE FROM shelf RETURNING id) SELECT * FROM a", FALSE},
    {"SELECT * FROM shelf FOR UPDATE", FALSE},
    {"SELECT 1 INTO other", FALSE},
    {"SELECT nextval('shelf_id_seq')", FALSE},
    {"SELECT pg_notify('a', 'b')", FALSE},
    {"SELECT pg_advisory_lock(1)", FALSE},
    {"SELECT set_config('a.b', 'c', false)", FALSE},
    {"SELECT (SELECT random())", FALSE},
    {"SELECT FROM WHERE", FALSE},
    {"CREATE TABLE x ()", FALSE},
    {"", FALSE},
};

Test(answers, only_queries_are_asked)
{
  g_autoptr(PgConn) conn = conn_in("answers_kinds");
  g_autoptr(GError) error = NULL;
  g_autoptr(RunAnswers) answers = run_answers_new(conn, 0, &error);
  cr_assert(answers, "%s", error ? error->message : "");
  const AnswerSource *source = run_answers_source(answers);
  for (guint i = 0; i < G_N_ELEMENTS(statements); i++)
    cr_expect_eq(source->only_reads(statements[i].sql, source->data), statements[i].reads, "%s",
                 statements[i].sql);
  g_autoptr(QueryAnswer) refused = source->query("SELECT pg_notify('a', 'b')", source->data, &error);
  cr_expect(!refused && strstr(error->message, "pg_notify"), "%s", error ? error->message : "answered");
}

/* `n` times word, between two texts. */
static char *nested(const char *before, const char *word, guint n, const char *after)
{
  GString *sql = g_string_new(before);
  for (guint i = 0; i < n; i++)
    g_string_append(sql, word);
  g_string_append(sql, after);
  return g_string_free(sql, FALSE);
}

Test(answers, what_is_nested_too_deeply_is_not_asked)
{
  g_autoptr(PgConn) conn = conn_in("answers_deep");
  g_autoptr(RunAnswers) answers = run_answers_new(conn, 0, NULL);
  const AnswerSource *source = run_answers_source(answers);
  static const char *const words[] = {"NOT ", "+ 1 = 2 AND 1 ",       "(",
                                      "- ",   "CASE WHEN true THEN ", "(SELECT "};
  for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
    g_autofree char *deep = nested("SELECT 1 = 1 AND ", words[i], 100000, "true");
    cr_expect(!source->only_reads(deep, source->data), "100,000 times \"%s\"", words[i]);
  }
  g_autofree char *usual = nested("SELECT ", "NOT ", 200, "true");
  cr_expect(source->only_reads(usual, source->data), "200 levels are asked");
}

Test(answers, come_with_names_types_and_nulls)
{
  g_autoptr(PgConn) conn = conn_in("answers_values");
  g_autoptr(GError) error = NULL;
  g_autoptr(RunAnswers) answers = run_answers_new(conn, 0, &error);
  const AnswerSource *source = run_answers_source(answers);
  g_autoptr(QueryAnswer) broken = source->query("SELECT * FROM nowhere", source->data, &error);
  cr_expect(!broken && strstr(error->message, "nowhere"), "%s", error ? error->message : "answered");
  g_clear_error(&error);
  g_autoptr(QueryAnswer) answer = source->query(
      "SELECT name, feeling, info, ARRAY[id], id AS name FROM shelf ORDER BY id;", source->data, &error);
  cr_assert(answer, "after an error: %s", error ? error->message : "");
  g_autofree char *types = g_strjoinv(" ", answer->types);
  cr_expect_str_eq(types, "varchar enum jsonb _int4 int4");
  cr_expect_eq(answer->n_rows, 2);
  cr_expect_str_eq(answer->cells[0], "top");
  cr_expect_null(answer->cells[5 + 1], "NULL is NULL");
  g_autoptr(QueryAnswer) many = source->query("SELECT generate_series(1, 20000)", source->data, &error);
  cr_expect(!many && strstr(error->message, "rows"), "%s", error ? error->message : "answered");
}

/* One snapshot: what others commit meanwhile is not seen, and afterwards the connection is as before. */
Test(answers, belong_to_one_moment)
{
  g_autoptr(PgConn) conn = conn_in("answers_moment");
  g_autoptr(PgConn) other = test_conn();
  g_autoptr(GError) error = NULL;
  RunAnswers *answers = run_answers_new(conn, 0, &error);
  const AnswerSource *source = run_answers_source(answers);
  g_autoptr(QueryAnswer) before = source->query("SELECT count(*) FROM shelf", source->data, &error);
  test_sql(other, "INSERT INTO answers_moment.shelf (name) VALUES ('new')");
  g_autoptr(QueryAnswer) after = source->query("SELECT count(*) FROM shelf", source->data, &error);
  cr_expect(before && after && query_answer_equal(before, after), "the same answer");
  run_answers_free(answers);
  g_autofree char *now = test_ask(conn, "SELECT count(*) FROM shelf");
  cr_expect_str_eq(now, "3");
  cr_expect_eq(pg_conn_transaction(conn), PQTRANS_IDLE);
}

/* Behind somebody's lock it gives up instead of waiting in the queue. */
Test(answers, do_not_wait_long_for_a_lock)
{
  g_autoptr(PgConn) conn = conn_in("answers_lock");
  g_autoptr(PgConn) other = test_conn();
  g_autoptr(GError) error = NULL;
  test_sql(other, "BEGIN; LOCK TABLE answers_lock.shelf");
  g_autoptr(RunAnswers) answers = run_answers_new(conn, 0, &error);
  const AnswerSource *source = run_answers_source(answers);
  g_autoptr(QueryAnswer) answer = source->query("SELECT count(*) FROM shelf", source->data, &error);
  cr_expect(!answer && strstr(error->message, "lock timeout"), "%s", error ? error->message : "answered");
}

static const char migration[] =
    "from alembic import op\n"
    "import sqlalchemy as sa\n"
    "def upgrade():\n"
    "    bind = op.get_bind()\n"
    "    i = sa.inspect(bind)\n"
    "    def say(what):\n"
    "        op.execute(f'SELECT {str(what)!r}')\n"
    "    tables = i.get_table_names()\n"
    "    views = i.get_view_names()\n"
    "    columns = [(c['name'], c['nullable'], c['default'], c['autoincrement']) for c in "
    "i.get_columns('shelf')]\n"
    "    kinds = [str(c['type']) for c in i.get_columns('shelf') if c['name'] in ('id', 'name', 'info')]\n"
    "    key = i.get_pk_constraint('shelf')\n"
    "    keys = key['constrained_columns'], key['name']\n"
    "    foreign = i.get_foreign_keys('book')\n"
    "    unique = [(u['name'], u['column_names']) for u in i.get_unique_constraints('shelf')]\n"
    "    checks = [(c['name'], c['sqltext']) for c in i.get_check_constraints('shelf')]\n"
    "    indexes = [(x['name'], x['unique'], x['column_names']) for x in i.get_indexes('book')]\n"
    "    enums = [(e['name'], e['labels']) for e in i.get_enums()]\n"
    "    rows = bind.execute(sa.text('SELECT id, name, feeling, info FROM shelf ORDER BY id')).fetchall()\n"
    "    for what in (tables, views, columns, kinds, keys, foreign, unique, checks, indexes, enums, rows,\n"
    "                 i.has_table('nothing'), i.has_index('book', 'ix_book')):\n"
    "        say(what)\n";

static const char *const said[] = {
    "['shelf', 'book']",
    "['v']",
    "[('id', False, \"nextval('shelf_id_seq'::regclass)\", True), ('name', False, \"'x'::character "
    "varying\", False), "
    "('feeling', True, None, False), ('info', True, None, False)]",
    "['INTEGER', 'VARCHAR(20)', 'JSONB']",
    "(['id'], 'shelf_pkey')",
    "[{'name': 'book_shelf_fkey', 'constrained_columns': ['shelf'], 'referred_schema': None, "
    "'referred_table': "
    "'shelf', 'referred_columns': ['id'], 'options': {'ondelete': 'CASCADE'}, 'comment': None}]",
    "[('uq_name', ['name'])]",
    "[('shelf_id_check', 'id > 0')]",
    "[('ix_book', False, ['shelf', 'id'])]",
    "[('mood', ['good', 'bad'])]",
    "[(1, 'top', 'good', {'a': [1, 2]}), (2, 'low', None, None)]",
    "False",
    "True",
};

/* The same script printed these lines with SQLAlchemy 2.0. */
Test(answers, render_a_migration)
{
  g_autoptr(PgConn) conn = conn_in("answers_render");
  g_autoptr(GError) error = NULL;
  g_autoptr(RunAnswers) answers = run_answers_new(conn, 0, &error);
  RenderOptions options = {.online = TRUE, .answers = run_answers_source(answers)};
  g_autoptr(RenderSession) session = render_session_new(NULL, &options);
  /* Every say() sends a statement, so the answers have to stand before. */
  g_autoptr(Script) script = render_source(session, "m.py", migration, strlen(migration), DIRECTION_UPGRADE);
  const RenderReason *reason = script->reasons->len ? script->reasons->pdata[0] : NULL;
  cr_assert(script->answered && !script->error, "%s %s (line %u)", reason ? reason->what : "",
            script->error ? script->error : "", reason ? reason->line : script->error_line);
  guint first = script->statements->len - G_N_ELEMENTS(said);
  for (guint i = 0; i < G_N_ELEMENTS(said); i++) {
    const Statement *statement = script->statements->pdata[first + i];
    g_auto(GStrv) parts = g_strsplit(statement->sql, "\\'", -1);
    g_autofree char *plain = g_strjoinv("'", parts);
    g_autofree char *text = g_strndup(plain + strlen("SELECT '"), strlen(plain) - strlen("SELECT ''"));
    cr_expect(strcmp(text, said[i]) == 0, "%s\nwant %s", text, said[i]);
  }
}

/* A plan of one step that rests on what a table held when it was made; between tells what happened since. */
static void roll_out(const char *schema, const char *between, const char *log, const char *rows)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new(schema);
  g_autoptr(GError) error = NULL;
  test_sql(f->conn, "CREATE TABLE t (n int, s text); INSERT INTO t VALUES (1, NULL), (2, 'x')");
  g_autoptr(RunAnswers) source = run_answers_new(f->conn, 0, &error);
  g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func((GDestroyNotify)query_answer_free);
  const AnswerSource *asked = run_answers_source(source);
  QueryAnswer *answer = asked->query("SELECT n, s FROM t ORDER BY n", asked->data, &error);
  cr_assert(answer, "%s", error ? error->message : "");
  answer->line = 7;
  g_ptr_array_add(answers, answer);
  g_clear_pointer(&source, run_answers_free);
  test_sql(f->other, between);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE made ()", "DELETE FROM t", NULL);
  Script *script = f->scripts->pdata[0];
  script->state = RENDER_DATABASE;
  script->answered = TRUE;
  script->answers = answers;
  rollout_fixture_run(f, "");
  script->answers = NULL;
  g_autofree char *now = rollout_fixture_rows(f);
  cr_expect(strcmp(f->log->str, log) == 0 && strcmp(now, rows) == 0, "%s: %s, rows %s %s", schema,
            f->log->str, now, f->error ? f->error->message : "");
  if (f->error)
    cr_expect(strstr(f->error->message, "Line 7") && f->rolled_back, "%s", f->error->message);
}

Test(answers, have_to_be_the_same_when_the_step_runs)
{
  roll_out("answers_same", "SELECT 1",
           "started step0 begin table ok 0.0 ok 0.1 ok 0.2 ok commit stepdone done", "a");
  roll_out("answers_value", "UPDATE t SET s = '' WHERE n = 1", "started step0 begin table ok failed", "");
  roll_out("answers_rows", "DELETE FROM t WHERE n = 2", "started step0 begin table ok failed", "");
}
