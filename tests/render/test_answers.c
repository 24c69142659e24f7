/* Migrations that ask a database, with a database played by a table of questions and answers. */
#include <criterion/criterion.h>
#include <string.h>

#include "support.h"

#define HEAD                  \
  "from alembic import op\n"  \
  "import sqlalchemy as sa\n" \
  "def upgrade():\n"          \
  "    bind = op.get_bind()\n"
#define FIRST_LINE 5

typedef struct {
  const char *begins;  /* of the question, or part of it */
  const char *columns; /* "id:int4 name:text" */
  const char *cells;   /* rows by "|", cells by ",", NULL as "~" */
} Fact;

static const Fact facts[] = {
    {"select id, name from shelf", "id:int4 name:text", "1,top|2,~"},
    {"select count(*) from shelf", "count:int8", "2"},
    {"select id from empty", "id:int4", ""},
    {"select info from shelf", "info:jsonb", "{\"a\": [1; 2]}"},
    {"select tags from shelf", "tags:_text", "{a;\"b c\"}"},
    {"select at from shelf", "at:timestamptz", "2024-01-02 03:04:05.5+00"},
    {"select price from shelf", "price:numeric", "1.50"},
    {"select place from shelf", "place:point", "(1;2)"},
    {"SELECT shelf.id", "id:int4", "7"},
    {"FROM pg_class c WHERE c.relname = 'shelf'", "oid:oid", "42"},
    {"FROM pg_class c WHERE c.relname =", "oid:oid", ""},
    {"FROM pg_class c WHERE c.relkind IN", "relname:name", "shelf|book"},
    {"FROM pg_type t WHERE t.typname = 'mood'", "count:int8", "1"},
    {"FROM pg_type t WHERE t.typname =", "count:int8", "0"},
    {"'format'", "json_build_object:json",
     "{\"name\":\"id\"; \"format\":\"integer\"; \"domain\":false; \"special\":false; \"nullable\":false; "
     "\"default\":null; \"comment\":null}"},
};

static QueryAnswer *fake_query(const char *sql, void *data, GError **error)
{
  guint *asked = data;
  for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
    if (!strstr(sql, facts[i].begins))
      continue;
    g_auto(GStrv) columns = g_strsplit(facts[i].columns, " ", -1);
    g_auto(GStrv) rows = g_strsplit(facts[i].cells, "|", -1);
    QueryAnswer *answer = query_answer_new(sql, g_strv_length(columns), g_strv_length(rows));
    for (guint k = 0; columns[k]; k++) {
      char *colon = strchr(columns[k], ':');
      answer->names[k] = g_strndup(columns[k], (gsize)(colon - columns[k]));
      answer->types[k] = g_strdup(colon + 1);
    }
    for (guint k = 0; rows[k]; k++) {
      g_auto(GStrv) cells = g_strsplit(rows[k], ",", -1);
      for (guint c = 0; c < answer->n_columns; c++)
        answer->cells[k * answer->n_columns + c] =
            strcmp(cells[c], "~") == 0 ? NULL : g_strdelimit(g_strdup(cells[c]), ";", ',');
    }
    ++*asked;
    return answer;
  }
  g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "no such thing");
  return NULL;
}

static gboolean fake_only_reads(const char *sql, void *data)
{
  (void)data;
  return g_ascii_strncasecmp(sql, "select", 6) == 0;
}

static Script *render(const char *body, guint *asked, gboolean answering)
{
  *asked = 0;
  AnswerSource source = {.query = fake_query, .only_reads = fake_only_reads, .data = asked};
  RenderOptions options = {.online = TRUE, .answers = answering ? &source : NULL};
  g_autofree char *text = g_strconcat(HEAD, body, NULL);
  g_autoptr(RenderSession) session = render_session_new(NULL, &options);
  return render_source(session, "m.py", text, strlen(text), DIRECTION_UPGRADE);
}

/* What each body says by op.execute(f"...") last. */
static const struct {
  const char *name;
  const char *body;
  const char *last;
} answered[] = {
    {"iteration and names",
     "    for row in bind.execute(sa.text('select id, name from shelf')):\n"
     "        op.execute(f'U {row.id} {row[1]} {row.name} {row._mapping[\"name\"]}')\n",
     "U 2 None None None"},
    {"unpacking",
     "    for i, n in bind.execute(sa.text('select id, name from shelf')).fetchall():\n"
     "        op.execute(f'U {i + 1} {n}')\n",
     "U 3 None"},
    {"scalar", "    op.execute(f\"U {bind.execute(sa.text('select count(*) from shelf')).scalar()}\")\n",
     "U 2"},
    {"bind.scalar", "    op.execute(f\"U {bind.scalar(sa.text('select count(*) from shelf'))}\")\n", "U 2"},
    {"scalars",
     "    op.execute(f\"U {bind.execute(sa.text('select id, name from shelf')).scalars().all()}\")\n",
     "U [1, 2]"},
    {"mappings",
     "    op.execute(f\"U {[m['name'] for m in bind.execute(sa.text('select id, name from "
     "shelf')).mappings()]}\")\n",
     "U ['top', None]"},
    {"fetchone until the end",
     "    r = bind.execute(sa.text('select id, name from shelf'))\n    n = 0\n"
     "    while (row := r.fetchone()) is not None:\n        n += row[0]\n    op.execute(f'U {n} "
     "{r.fetchone()}')\n",
     "U 3 None"},
    {"nothing found", "    op.execute(f\"U {bind.execute(sa.text('select id from empty')).first()}\")\n",
     "U None"},
    {"rows as tuples",
     "    op.execute(f\"U {bind.execute(sa.text('select id, name from shelf')).first()}\")\n",
     "U (1, 'top')"},
    {"json", "    op.execute(f\"U {bind.execute(sa.text('select info from shelf')).scalar()['a'][1]}\")\n",
     "U 2"},
    {"an array", "    op.execute(f\"U {bind.execute(sa.text('select tags from shelf')).scalar()}\")\n",
     "U ['a', 'b c']"},
    {"a time",
     "    op.execute(f\"U {bind.execute(sa.text('select at from shelf')).scalar().isoformat()}\")\n",
     "U 2024-01-02T03:04:05.500000+00:00"},
    {"a number", "    op.execute(f\"U {bind.execute(sa.text('select price from shelf')).scalar() * 2}\")\n",
     "U 3.00"},
    {"a Core select",
     "    t = sa.table('shelf', sa.column('id', sa.Integer()))\n"
     "    op.execute(f'U {bind.execute(sa.select(t.c.id)).scalar_one()}')\n",
     "U 7"},
    {"has_table",
     "    i = sa.inspect(bind)\n    op.execute(f\"U {i.has_table('shelf')} {i.has_table('x')}\")\n",
     "U True False"},
    {"table names", "    op.execute(f\"U {sa.inspect(bind).get_table_names()}\")\n", "U ['shelf', 'book']"},
    {"columns",
     "    op.execute(f\"U {[(c['name'], c['nullable'], str(c['type'])) for c in "
     "sa.inspect(bind).get_columns('shelf')]}\")\n",
     "U [('id', False, 'INTEGER')]"},
    {"no such table",
     "    try:\n        sa.inspect(bind).get_columns('x')\n"
     "    except sa.exc.NoSuchTableError as e:\n        op.execute(f'U {e}')\n",
     "U x"},
    {"another table is made before",
     "    op.create_table('lamp', sa.Column('id', sa.Integer()))\n"
     "    op.execute(f\"U {sa.inspect(bind).has_table('shelf')} {bind.scalar(sa.text('select count(*) from "
     "shelf'))}\")\n",
     "U True 2"},
    {"what an inspector said, it says again",
     "    i = sa.inspect(bind)\n    i.has_table('shelf')\n    op.drop_table('shelf')\n"
     "    op.execute(f\"U {i.has_table('shelf')}\")\n",
     "U True"},
};

Test(answers, are_values_of_python)
{
  for (guint i = 0; i < G_N_ELEMENTS(answered); i++) {
    guint asked;
    g_autoptr(Script) script = render(answered[i].body, &asked, TRUE);
    const RenderReason *reason = script->reasons->len ? script->reasons->pdata[0] : NULL;
    const Statement *last =
        script->statements->len ? script->statements->pdata[script->statements->len - 1] : NULL;
    cr_expect(script->answered && script->state == RENDER_DATABASE && !script->error, "%s: state %d: %s %s",
              answered[i].name, script->state, reason ? reason->what : "",
              script->error ? script->error : "");
    cr_expect(last && strcmp(last->sql, answered[i].last) == 0, "%s: %s, want %s", answered[i].name,
              last ? last->sql : "nothing", answered[i].last);
    cr_expect(asked > 0 && script->answers && script->answers->len == asked && script->answered_at > 0,
              "%s: %u questions", answered[i].name, asked);
    cr_expect(reason && reason->line >= FIRST_LINE, "%s: a reason names the line", answered[i].name);
  }
}

static const struct {
  const char *name;
  const char *body;
  RenderState state;
  const char *what;
} unanswered[] = {
    {"rows after a change",
     "    op.execute('update shelf set id = 3')\n"
     "    op.execute(f\"U {bind.scalar(sa.text('select count(*) from shelf'))}\")\n",
     RENDER_DATABASE, "line 5"},
    {"rows of a table just made",
     "    op.add_column('shelf', sa.Column('c', sa.Integer()))\n"
     "    op.execute(f\"U {bind.scalar(sa.text('select count(*) from shelf'))}\")\n",
     RENDER_DATABASE, "line 5"},
    {"a table just changed",
     "    op.drop_column('shelf', 'id')\n    op.execute(f\"U {sa.inspect(bind).get_columns('shelf')}\")\n",
     RENDER_DATABASE, "line 5"},
    {"the list of tables after one more",
     "    op.create_table('lamp', sa.Column('id', sa.Integer()))\n"
     "    op.execute(f'U {sa.inspect(bind).get_table_names()}')\n",
     RENDER_DATABASE, "line 5"},
    {"anything after unread SQL",
     "    op.execute('alter table shelf add y int')\n"
     "    op.execute(f\"U {sa.inspect(bind).has_table('book')}\")\n",
     RENDER_DATABASE, "line 5"},
    {"what the database refuses", "    op.execute(f\"U {bind.scalar(sa.text('select nothing'))}\")\n",
     RENDER_DATABASE, "no such thing"},
    {"what an insert returns",
     "    op.execute(f\"U {bind.scalar(sa.text('insert into shelf values (1) returning id'))}\")\n",
     RENDER_DATABASE, "the result of"},
    {"a type nobody knows", "    op.execute(f\"U {bind.scalar(sa.text('select place from shelf'))}\")\n",
     RENDER_PYTHON, "point"},
    {"a column whose type converts",
     "    t = sa.table('shelf', sa.column('id', sa.LargeBinary()))\n    op.execute(f'U "
     "{bind.scalar(sa.select(t.c.id))}')\n",
     RENDER_PYTHON, "converts"},
    {"reading on after a loop",
     "    r = bind.execute(sa.text('select id, name from shelf'))\n"
     "    for x in r:\n        break\n    op.execute(f'U {r.fetchone()}')\n",
     RENDER_PYTHON, "after a loop"},
};

Test(answers, are_not_made_up)
{
  for (guint i = 0; i < G_N_ELEMENTS(unanswered); i++) {
    guint asked;
    g_autoptr(Script) script = render(unanswered[i].body, &asked, TRUE);
    const RenderReason *reason = script->reasons->len ? script->reasons->pdata[0] : NULL;
    cr_expect(!script->answered && script->state == unanswered[i].state, "%s: state %d, error %s",
              unanswered[i].name, script->state, script->error);
    cr_expect(reason && strstr(reason->what, unanswered[i].what), "%s: %s", unanswered[i].name,
              reason ? reason->what : "no reason");
  }
}

Test(answers, the_first_use_of_a_closed_result_is_its_end)
{
  guint asked;
  g_autoptr(Script) script = render("    r = bind.execute(sa.text('select id, name from shelf'))\n"
                                    "    r.first()\n    r.first()\n",
                                    &asked, TRUE);
  cr_expect(script->error && strstr(script->error, "ResourceClosedError"), "%s", script->error);
}

Test(answers, existing_types_are_not_created_again)
{
  guint asked;
  g_autoptr(Script) there =
      render("    sa.Enum('a', name='mood').create(bind, checkfirst=True)\n", &asked, TRUE);
  cr_expect_eq(there->statements->len, 0, "%u statements", there->statements->len);
  cr_expect(there->answered, "it was asked");
  g_autoptr(Script) not_there =
      render("    sa.Enum('a', name='humor').create(bind, checkfirst=True)\n", &asked, TRUE);
  cr_expect_eq(not_there->statements->len, 1, "%u statements", not_there->statements->len);
}

Test(answers, checkfirst_asks_whether_tables_exist)
{
  static const struct {
    const char *body;
    guint statements; /* G_MAXUINT: it is not known */
  } cases[] = {
      {"sa.Table('shelf', sa.MetaData(), sa.Column('a', sa.Text)).create(bind, checkfirst=True)", 0},
      {"sa.Table('box', sa.MetaData(), sa.Column('a', sa.Text)).create(bind, checkfirst=True)", 1},
      {"sa.Table('shelf', sa.MetaData(), sa.Column('a', sa.Text)).drop(bind, checkfirst=True)", 1},
      {"sa.Table('box', sa.MetaData(), sa.Column('a', sa.Text)).drop(bind, checkfirst=True)", 0},
      {"m = sa.MetaData(); sa.Table('shelf', m, sa.Column('a', sa.Text)); "
       "sa.Table('box', m, sa.Column('a', sa.Text)); m.create_all(bind)",
       1},
      {"m = sa.MetaData(); sa.Table('shelf', m, sa.Column('a', sa.Text)); "
       "sa.Table('box', m, sa.Column('a', sa.Text)); m.drop_all(bind)",
       1},
      {"sa.Table('box', sa.MetaData(), sa.Column('a', sa.Enum('x', name='y'))).create(bind, checkfirst=True)",
       G_MAXUINT},
      {"m = sa.MetaData(); sa.Sequence('s', metadata=m); m.create_all(bind)", G_MAXUINT},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    guint asked;
    g_autofree char *body = g_strdup_printf("    %s\n", cases[i].body);
    g_autoptr(Script) script = render(body, &asked, TRUE);
    gboolean known = cases[i].statements != G_MAXUINT;
    cr_expect_eq(script->answered, known, "%s: answered %d", cases[i].body, script->answered);
    cr_expect(!known || script->statements->len == cases[i].statements, "%s: %u statements", cases[i].body,
              script->statements->len);
  }
}

Test(answers, nobody_is_asked_without_a_source_or_need)
{
  guint asked;
  for (guint i = 0; i < G_N_ELEMENTS(answered); i++) {
    g_autoptr(Script) script = render(answered[i].body, &asked, FALSE);
    cr_expect(!script->answers && !script->answered && asked == 0, "%s", answered[i].name);
  }
  g_autoptr(Script) script =
      render("    bind.execute(sa.text('select id, name from shelf'))\n    sa.inspect(bind)\n", &asked, TRUE);
  cr_expect(script->state == RENDER_EXACT && asked == 0, "state %d, %u questions", script->state, asked);
}

/* The scripts of a run follow one another: what the first changes the second must not ask for. */
Test(answers, earlier_migrations_count)
{
  guint asked = 0;
  AnswerSource source = {.query = fake_query, .only_reads = fake_only_reads, .data = &asked};
  RenderOptions options = {.online = TRUE, .answers = &source};
  static const char change[] = HEAD "    op.execute('delete from book')\n";
  static const char look[] =
      HEAD "    op.execute(f\"U {bind.scalar(sa.text('select count(*) from shelf'))}\")\n";
  g_autoptr(RenderSession) session = render_session_new(NULL, &options);
  g_autoptr(Script) first = render_source(session, "a.py", change, strlen(change), DIRECTION_UPGRADE);
  g_autoptr(Script) second = render_source(session, "b.py", look, strlen(look), DIRECTION_UPGRADE);
  cr_expect(first->state == RENDER_EXACT && !second->answered, "state %d", second->state);
  render_session_restart(session);
  g_autoptr(Script) alone = render_source(session, "b.py", look, strlen(look), DIRECTION_UPGRADE);
  cr_expect(alone->answered, "state %d", alone->state);
}
