/* What cannot be known is refused by name, with its line; what Python raises is the migration's own error. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/render/offline.h"
#include "support.h"

#define HEAD                                     \
  "from alembic import context, op\n"            \
  "import sqlalchemy as sa\n"                    \
  "from sqlalchemy.dialects import postgresql\n" \
  "from app.models import Thing\n"               \
  "def upgrade():\n"
#define FIRST_LINE 6

typedef struct {
  const char *name;
  const char *body; /* indented by four; starts on FIRST_LINE */
  RenderState state;
  guint line;       /* of the reason, counted from the body's first line */
  const char *what; /* part of the reason */
} Refusal;

static const Refusal refusals[] = {
    {"a result that decides",
     "    r = op.get_bind().execute(sa.text('select 1'))\n    if r.scalar():\n        pass\n",
     RENDER_DATABASE, 2, "the result of"},
    {"a loop over rows", "    for row in op.get_bind().execute(sa.text('select 1')):\n        pass\n",
     RENDER_DATABASE, 1, "the result of"},
    {"inspection", "    if 'x' in sa.inspect(op.get_bind()).get_table_names():\n        pass\n",
     RENDER_DATABASE, 1, "inspect"},
    {"reflection", "    sa.Table('t', sa.MetaData(), autoload_with=op.get_bind())\n", RENDER_DATABASE, 1,
     "database"},
    {"a session", "    s = sa.orm.Session(bind=op.get_bind())\n    s.query(1)\n", RENDER_DATABASE, 2,
     "Session.query"},
    {"an application model", "    op.execute(sa.insert(Thing))\n", RENDER_PYTHON, 1, "app.models"},
    {"a directive nobody knows", "    op.create_view('v', 'select 1')\n", RENDER_PYTHON, 1, "create_view"},
    {"a keyword nobody knows", "    op.create_table('t', sa.Column('a', sa.Integer), listeners=[])\n",
     RENDER_PYTHON, 1, "listeners"},
    {"a method nobody knows", "    op.execute(sa.select(sa.column('a')).suffix_with('x'))\n", RENDER_PYTHON,
     1, "suffix_with"},
    {"an attribute set", "    c = sa.Column('c', sa.Integer())\n    c.server_default = 'x'\n", RENDER_PYTHON,
     2, "server_default"},
    {"truth of an expression", "    if sa.column('a') > 1:\n        pass\n", RENDER_PYTHON, 1, "truth"},
    {"a custom operation", "    op.invoke(None)\n", RENDER_PYTHON, 1, "op.invoke"},
    {"another name of sqlalchemy", "    sa.create_engine('x')\n", RENDER_PYTHON, 1, "create_engine"},
    {"an event listener", "    sa.event.listen(sa.Table, 'after_create', None)\n", RENDER_PYTHON, 1,
     "listen"},
    {"a statement behind an inspector",
     "    i = sa.inspect(op.get_bind())\n    i.bind.execute(sa.text('x'))\n", RENDER_DATABASE, 2, "bind"},
    {"a transaction of its own", "    with op.get_bind().begin():\n        pass\n", RENDER_DATABASE, 1,
     "begin"},
    {"an unknown inside json",
     "    import json\n    r = op.get_bind().execute(sa.text('x'))\n"
     "    op.execute(json.dumps({'a': [r]}))\n",
     RENDER_DATABASE, 3, "the result of"},
    {"a random identifier", "    import uuid\n    op.execute(f\"select '{uuid.uuid4()}'\")\n", RENDER_PYTHON,
     2, "uuid4"},
    {"a type that converts values",
     "    class T(sa.types.TypeDecorator):\n        impl = sa.String\n"
     "        def coerce_compared_value(self, op, value):\n            return sa.Text()\n"
     "    op.execute(sa.table('t', sa.column('a', T())).insert().values(a='x'))\n",
     RENDER_PYTHON, 5, "converts it in Python"},
    {"an attribute of a module set", "    op.create_table = None\n", RENDER_PYTHON, 1, "create_table"},
    {"an endless loop", "    while True:\n        pass\n", RENDER_PYTHON, 0, ""},
};

Test(refusals, come_with_state_line_and_name)
{
  for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
    const Refusal *r = &refusals[i];
    g_autofree char *source = g_strconcat(HEAD, r->body, NULL);
    g_autoptr(RenderSession) session = render_session_new(NULL, NULL);
    g_autoptr(Script) script = render_source(session, "m.py", source, strlen(source), DIRECTION_UPGRADE);
    cr_expect_eq(script->state, r->state, "%s: state %d, error %s", r->name, script->state, script->error);
    if (script->state == RENDER_EXACT || script->reasons->len == 0)
      continue;
    const RenderReason *reason = script->reasons->pdata[0];
    if (r->line)
      cr_expect_eq(reason->line, r->line + FIRST_LINE - 1, "%s: line %u: %s", r->name, reason->line,
                   reason->what);
    cr_expect(strstr(reason->what, r->what), "%s: %s", r->name, reason->what);
  }
}

/* Unknown things that are never needed do no harm. */
static const char *const harmless[] = {
    "    r = op.get_bind().execute(sa.text('select 1'))\n    n = r.rowcount\n",
    "    i = sa.inspect(op.get_bind())\n    names = i.get_table_names()\n",
    "    t = Thing\n",
    "    op.alter_column('t', 'c', nullable=True, existing_type=Thing.type)\n",
    "    op.drop_column('t', 'c', existing_type=Thing.type)\n",
    "    op.add_column('t', sa.Column('c', sa.Integer(), default=Thing.make))\n",
};

Test(refusals, unknown_values_do_no_harm_until_used)
{
  for (guint i = 0; i < G_N_ELEMENTS(harmless); i++) {
    g_autofree char *source = g_strconcat(HEAD, harmless[i], NULL);
    g_autoptr(RenderSession) session = render_session_new(NULL, NULL);
    g_autoptr(Script) script = render_source(session, "m.py", source, strlen(source), DIRECTION_UPGRADE);
    const RenderReason *reason = script->reasons->len ? script->reasons->pdata[0] : NULL;
    cr_expect(script->state == RENDER_EXACT && !script->error, "%s%s%s", harmless[i],
              reason ? reason->what : "", script->error ? script->error : "");
  }
}

Test(refusals, statements_before_the_reason_are_kept)
{
  static const char source[] = HEAD "    op.execute('select 1')\n    op.execute(Thing.sql)\n";
  g_autoptr(RenderSession) session = render_session_new(NULL, NULL);
  g_autoptr(Script) script = render_source(session, "m.py", source, strlen(source), DIRECTION_UPGRADE);
  cr_expect_eq(script->state, RENDER_PYTHON);
  cr_assert_eq(script->statements->len, 1);
  const Statement *first = script->statements->pdata[0];
  cr_expect_str_eq(first->sql, "select 1");
  cr_expect_eq(first->line, FIRST_LINE, "line %u", first->line);
}

Test(refusals, a_broken_file_is_a_reason)
{
  static const char source[] = "def upgrade(:\n";
  g_autoptr(RenderSession) session = render_session_new(NULL, NULL);
  g_autoptr(Script) script = render_source(session, "m.py", source, strlen(source), DIRECTION_UPGRADE);
  cr_expect_eq(script->state, RENDER_PYTHON);
  cr_expect_eq(script->reasons->len, 1);
}

Test(refusals, an_enum_is_created_once_a_run)
{
  static const char source[] = HEAD "    op.create_table('t', sa.Column('e', sa.Enum('a', name='en')))\n";
  g_autoptr(RenderSession) session = render_session_new(NULL, NULL);
  g_autoptr(Script) first = render_source(session, "m.py", source, strlen(source), DIRECTION_UPGRADE);
  g_autoptr(Script) second = render_source(session, "m.py", source, strlen(source), DIRECTION_UPGRADE);
  cr_expect_eq(first->statements->len, 2, "%u statements", first->statements->len);
  cr_expect_eq(second->statements->len, 1, "%u statements", second->statements->len);
  render_session_restart(session);
  g_autoptr(Script) third = render_source(session, "m.py", source, strlen(source), DIRECTION_UPGRADE);
  cr_expect(script_equal(first, third), "a new run starts afresh");
}

/* Online, checkfirst asks the database, and parameters count. */
Test(refusals, online_differs_where_alembic_does)
{
  RenderOptions online = {.online = TRUE};
  static const char check[] = HEAD "    sa.Enum('a', name='en').create(op.get_bind(), checkfirst=True)\n";
  static const char bound[] = HEAD "    op.get_bind().execute(sa.text('select :x'), {'x': 'it\\'s'})\n";
  g_autoptr(RenderSession) session = render_session_new(NULL, &online);
  g_autoptr(Script) first = render_source(session, "m.py", check, strlen(check), DIRECTION_UPGRADE);
  cr_expect_eq(first->state, RENDER_DATABASE);
  g_autoptr(Script) second = render_source(session, "m.py", bound, strlen(bound), DIRECTION_UPGRADE);
  cr_assert_eq(second->statements->len, 1, "%s", second->error);
  const Statement *statement = second->statements->pdata[0];
  cr_expect_str_eq(statement->sql, "select 'it''s'");
}
