/* The naming convention of the project's MetaData, which names what a migration leaves unnamed.
 *
 * It is asked for late: only when a statement would come out differently under some convention.  Then the project's
 * sources are searched for "naming_convention", and a dict of plain strings beside it is read.  A convention that is
 * there but cannot be read makes such statements refusals: a guess would be a wrong statement. */
#include "naming.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/file.h"
#include "retort/py/parser.h"

#define MAX_FILES 6000           /* Python files looked into */
#define MAX_DEPTH 12             /* folders below a root */
#define MAX_SOURCE (1024 * 1024) /* of one of them: what people write by hand is smaller */

typedef struct {
  RenderSession *session;
  guint n_files;
  GPtrArray *found; /* char **: key, template, ..., NULL */
  char *unreadable; /* path of a convention that is no dict of strings */
} Search;

static gboolean is_other_peoples(const char *name)
{
  static const char *const names[] = {"node_modules", "site-packages", "versions",
                                      "venv",         "env",           "__pycache__"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(names[i], name) == 0)
      return TRUE;
  return *name == '.';
}

/* {"ix": "...", ...} as pairs, or NULL. */
static char **read_dict(const char *text)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  g_autoptr(GStrvBuilder) pairs = g_strv_builder_new();
  PySyntaxError problem;
  gsize len = 0;
  guint depth = 0;
  do {
    depth += text[len] == '{';
    depth -= text[len] == '}';
    len++;
  } while (depth > 0 && text[len]);
  const PyExpr *expr = depth == 0 ? py_parse_expression(arena, text, len, &problem) : NULL;
  if (!expr || expr->kind != PY_EXPR_DICT)
    return NULL;
  for (guint i = 0; i < expr->dict.n; i++) {
    const PyExpr *key = expr->dict.keys[i], *value = expr->dict.values[i];
    if (!key || key->kind != PY_EXPR_CONSTANT || value->kind != PY_EXPR_CONSTANT || !py_text(key->constant) ||
        !py_text(value->constant))
      return NULL;
    g_strv_builder_add(pairs, py_text(key->constant));
    g_strv_builder_add(pairs, py_text(value->constant));
  }
  return g_strv_builder_end(pairs);
}

static const char *skip_blanks(const char *p)
{
  return p + strspn(p, " \t\r\n");
}

/* NAME = {...} or NAME: type = {...} at the start of a line. */
static const char *find_assignment(const char *text, const char *name, gsize len)
{
  for (const char *line = text; line; line = strchr(line, '\n')) {
    line += *line == '\n';
    if (strncmp(line, name, len) != 0 || g_ascii_isalnum(line[len]) || line[len] == '_')
      continue;
    const char *equals = line + len + strcspn(line + len, "=\n");
    if (*equals == '=' && *skip_blanks(equals + 1) == '{')
      return skip_blanks(equals + 1);
  }
  return NULL;
}

/* What stands behind "naming_convention" and an equals sign. */
static void read_mention(Search *search, const char *path, const char *text, const char *mention)
{
  const char *p = skip_blanks(mention + strlen("naming_convention"));
  if (*p != '=' || p[1] == '=')
    return;
  p = skip_blanks(p + 1);
  gsize len = 0;
  while (g_ascii_isalnum(p[len]) || p[len] == '_')
    len++;
  if (len == 4 && strncmp(p, "None", 4) == 0)
    return;
  const char *dict = *p == '{' ? p : len > 0 ? find_assignment(text, p, len) : NULL;
  char **pairs = dict ? read_dict(dict) : NULL;
  if (pairs)
    g_ptr_array_add(search->found, pairs);
  else if (!search->unreadable)
    search->unreadable = g_strdup(path);
}

static void search_file(Search *search, const char *path)
{
  g_autofree char *text = file_read(path, MAX_SOURCE, NULL, NULL, NULL);
  search->n_files++;
  if (!text || !strstr(text, "MetaData"))
    return;
  for (const char *p = strstr(text, "naming_convention"); p; p = strstr(p + 1, "naming_convention"))
    read_mention(search, path, text, p);
}

static void search_folder(Search *search, const char *folder, guint depth)
{
  g_auto(GStrv) names = depth < MAX_DEPTH ? file_list(folder, NULL) : NULL;
  for (char **name = names; name && *name && search->n_files < MAX_FILES; name++) {
    g_autofree char *path = g_build_filename(folder, *name, NULL);
    if (g_str_has_suffix(*name, ".py"))
      search_file(search, path);
    else if (!is_other_peoples(*name) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK) &&
             g_file_test(path, G_FILE_TEST_IS_DIR))
      search_folder(search, path, depth + 1);
  }
}

static gboolean all_equal(const GPtrArray *found)
{
  for (guint i = 1; i < found->len; i++)
    if (!g_strv_equal((const char *const *)found->pdata[0], (const char *const *)found->pdata[i]))
      return FALSE;
  return TRUE;
}

void naming_ask(RenderSession *session)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  Search search = {.session = session, .found = found};
  /* The last root is the outermost folder. */
  if (session->roots->len > 0)
    search_folder(&search, session->roots->pdata[session->roots->len - 1], 0);
  session->naming_place = search.unreadable;
  if (search.unreadable || !all_equal(found))
    session->naming_state = NAMING_UNREADABLE;
  else if (found->len == 0)
    session->naming_state = NAMING_NONE;
  else {
    session_set_naming(session, (const char *const *)found->pdata[0]);
    session->naming_state = NAMING_KNOWN;
  }
}

/* ---- does a statement depend on it? ---- */

static GPtrArray *compile_with(const Run *run, const SqlOp *op, const SqlNaming *naming)
{
  SqlContext context = run->sql;
  GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  g_autoptr(GError) error = NULL;
  context.naming = naming;
  context.run = NULL;
  if (!sql_compile(&context, op, (SqlPlace){0}, out, &error))
    g_ptr_array_add(out, statement_new(error->message, FALSE, 0, 0));
  return out;
}

gboolean naming_matters(const Run *run, const SqlOp *op)
{
  static const SqlNaming probe = {
      .templates = {"ix_probe", "uq_probe", "ck_probe_%(constraint_name)s", "fk_probe", "pk_probe"}};
  if (op->kind == SQL_EXECUTE || op->kind == SQL_BULK_INSERT || op->kind == SQL_DDL_TEXT)
    return FALSE;
  g_autoptr(GPtrArray) plain = compile_with(run, op, NULL);
  g_autoptr(GPtrArray) named = compile_with(run, op, &probe);
  gboolean differs = plain->len != named->len;
  for (guint i = 0; i < plain->len && !differs; i++)
    differs = strcmp(((Statement *)plain->pdata[i])->sql, ((Statement *)named->pdata[i])->sql) != 0;
  return differs;
}
