/* Plain SQL, as psql reads it: what of it is sent to the server, statement by statement. */
#include "sql_file.h"

#include <glib/gi18n.h>
#include <pg_query.h>
#include <string.h>
#include <unistd.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/sql/stmt.h"

/* ---- psql ---- */

/* What psql does by itself with such a line touches no table. */
static gboolean is_harmless(const char *command)
{
  static const char *const names[] = {
      "a",          "c",     "C",    "cd",    "connect",  "conninfo",   "copyright", "echo", "encoding",
      "errverbose", "f",     "H",    "o",     "out",      "password",   "prompt",    "pset", "q",
      "qecho",      "quit",  "r",    "reset", "s",        "set",        "setenv",    "t",    "T",
      "timing",     "unset", "warn", "x",     "restrict", "unrestrict", NULL};
  return g_strv_contains(names, command) || command[0] == 'd' || command[0] == 'l' || command[0] == '?';
}

/* Sends what stands before it. */
static gboolean is_send(const char *command)
{
  static const char *const names[] = {"g", "gx", "gset", "gdesc", "crosstabview", NULL};
  return g_strv_contains(names, command);
}

/* A command of psql that may run anything: told as a statement of its own, which does not parse. */
typedef struct {
  gsize offset;
  char *text;
} PsqlCommand;

static void psql_command_clear(void *data)
{
  g_free(((PsqlCommand *)data)->text);
}

typedef struct {
  char *text; /* changed in place: what is no SQL becomes blanks, so that lines and offsets stay */
  char *p;
  char *statement; /* where the present one began */
  GArray *commands;
} Psql;

static void blank_out(char *from, const char *to)
{
  for (; from < to; from++)
    if (*from != '\n' && *from != '\r')
      *from = ' ';
}

static char *line_end(char *p)
{
  char *end = strchr(p, '\n');
  return end ? end : p + strlen(p);
}

static void take_command(Psql *psql)
{
  char *start = psql->p, *end = line_end(start);
  g_autofree char *name = g_strndup(start + 1, strcspn(start + 1, " \t\r\n\\"));
  psql->p = end;
  if (is_send(name)) {
    blank_out(start, end);
    *start = ';';
    psql->statement = end;
    return;
  }
  if (!is_harmless(name)) {
    PsqlCommand command = {(gsize)(start - psql->text), g_strchomp(g_strndup(start, (gsize)(end - start)))};
    g_array_append_val(psql->commands, command);
  }
  blank_out(start, end);
}

/* Past a quoted text, a comment or a dollar-quoted body; NULL: it is none of these, or does not end. */
static char *after_quoted(char *p, char before)
{
  if (*p == '\'' || *p == '"') {
    gboolean escapes = *p == '\'' && (before == 'E' || before == 'e');
    for (char *q = p + 1; *q; q++) {
      if (escapes && *q == '\\' && q[1])
        q++;
      else if (*q == *p)
        return q + 1;
    }
    return NULL;
  }
  if (p[0] == '-' && p[1] == '-')
    return line_end(p);
  if (p[0] == '/' && p[1] == '*') {
    guint depth = 1;
    for (char *q = p + 2; *q; q++) {
      if (q[0] == '/' && q[1] == '*')
        depth++, q++;
      else if (q[0] == '*' && q[1] == '/' && (q++, --depth == 0))
        return q + 1;
    }
    return NULL;
  }
  if (*p != '$' || g_ascii_isalnum(before) || before == '_')
    return NULL;
  gsize n = 1;
  while (g_ascii_isalnum(p[n]) || p[n] == '_')
    n++;
  if (p[n] != '$' || g_ascii_isdigit(p[1]))
    return NULL;
  g_autofree char *tag = g_strndup(p, n + 1);
  char *close = strstr(p + n + 1, tag);
  return close ? close + n + 1 : NULL;
}

/* The rows after COPY ... FROM STDIN, up to the line with \. */
static void skip_copy_data(Psql *psql)
{
  g_autofree char *statement = g_strndup(psql->statement, (gsize)(psql->p - psql->statement));
  psql->statement = psql->p;
  if (!g_regex_match_simple("\\bCOPY\\b.*\\bFROM\\s+STDIN\\b", statement, G_REGEX_CASELESS | G_REGEX_DOTALL,
                            0) ||
      statement[strspn(statement, " \t\r\n;")] == '\0')
    return;
  char *line = line_end(psql->p);
  while (*line) {
    line++;
    char *end = line_end(line);
    gboolean last = g_str_has_prefix(line, "\\.") && (line[2] == '\n' || line[2] == '\r' || line[2] == '\0');
    blank_out(line, end);
    line = end;
    if (last)
      break;
  }
  psql->p = psql->statement = line;
}

/* Takes out what psql does not send; PsqlCommand. */
static GArray *take_psql(char *text)
{
  GArray *commands = g_array_new(FALSE, FALSE, sizeof(PsqlCommand));
  g_array_set_clear_func(commands, psql_command_clear);
  Psql psql = {text, text, text, commands};
  if (!strchr(text, '\\')) /* it has no commands, and no rows that end */
    return commands;
  while (*psql.p) {
    char *after = after_quoted(psql.p, psql.p > text ? psql.p[-1] : '\n');
    if (after) {
      psql.p = after;
    } else if (*psql.p == '\\') {
      take_command(&psql);
    } else if (*psql.p++ == ';') {
      skip_copy_data(&psql);
      psql.statement = psql.p;
    }
  }
  return commands;
}

/* ---- statements ---- */

static guint line_of(const char *text, gsize offset)
{
  guint line = 1;
  for (gsize i = 0; i < offset; i++)
    line += text[i] == '\n';
  return line;
}

/* Blanks and comments before a statement. */
static gsize blank_length(const char *sql)
{
  const char *p = sql;
  for (;;) {
    p += strspn(p, " \t\r\n\f;");
    const char *end = NULL;
    if (g_str_has_prefix(p, "--"))
      end = strchr(p, '\n');
    else if (g_str_has_prefix(p, "/*") && (end = after_quoted((char *)p, '\n')))
      end--;
    else
      return (gsize)(p - sql);
    if (!end)
      return strlen(sql);
    p = end + 1;
  }
}

static gboolean begins_transaction(const char *sql)
{
  return strchr("BbSs", *sql) &&
         g_regex_match_simple("^(BEGIN|START\\s+TRANSACTION)\\b", sql, G_REGEX_CASELESS, 0);
}

static gboolean ends_transaction(const char *sql)
{
  return strchr("CcRrEe", *sql) && g_ascii_strncasecmp(sql, "CREATE", 6) != 0 &&
         g_regex_match_simple("^(COMMIT|ROLLBACK|END)\\b(?!\\s+TO\\b)", sql, G_REGEX_CASELESS, 0);
}

typedef struct {
  const char *text;
  const char *counted; /* lines are counted up to here */
  guint line;
  gboolean open; /* BEGIN was seen, and no COMMIT */
  GPtrArray *statements;
  GArray *commands; /* PsqlCommand, those that come */
  guint next;
} SqlFile;

static guint count_lines(SqlFile *file, gsize offset)
{
  for (; file->counted < file->text + offset; file->counted++)
    file->line += *file->counted == '\n';
  return file->line;
}

static void add_commands(SqlFile *file, gsize before)
{
  for (; file->next < file->commands->len; file->next++) {
    const PsqlCommand *command = &g_array_index(file->commands, PsqlCommand, file->next);
    if (command->offset >= before)
      return;
    g_ptr_array_add(file->statements,
                    statement_new(command->text, !file->open, count_lines(file, command->offset), 0));
  }
}

static void add_statement(SqlFile *file, gsize start, gsize end)
{
  g_autofree char *whole = g_strndup(file->text + start, end - start);
  gsize blank = blank_length(whole);
  char *sql = g_strchomp(whole + blank);
  for (gsize n = strlen(sql); n > 0 && sql[n - 1] == ';'; n = strlen(sql)) {
    sql[n - 1] = '\0';
    g_strchomp(sql);
  }
  if (!*sql)
    return;
  add_commands(file, start + blank);
  gboolean begins = begins_transaction(sql), ends = ends_transaction(sql);
  file->open = (file->open || begins) && !ends;
  g_ptr_array_add(file->statements,
                  statement_new(sql, !file->open && !ends, count_lines(file, start + blank), 0));
}

/* Between statements: blanks and comments, or what begins with no keyword. */
static void add_between(SqlFile *file, gsize start, gsize end)
{
  while (start < end) {
    g_autofree char *rest = g_strndup(file->text + start, end - start);
    gsize blank = blank_length(rest), n = blank;
    while (rest[n] && rest[n] != ';') {
      const char *close = rest[n] == '\'' || rest[n] == '"' ? strchr(rest + n + 1, rest[n]) : NULL;
      n = (close ? (gsize)(close - rest) : n) + 1;
    }
    add_statement(file, start, start + n);
    start += n + 1;
  }
}

/* The statements of a file by the server's own scanner.  psql sends them one by one: outside BEGIN and COMMIT each is a
 * transaction of its own.  What has no keyword in it libpg_query leaves out; it is kept, as it is not known to be
 * harmless. */
GPtrArray *sql_file_split(const char *path, const char *source, GError **error)
{
  g_autofree char *text = g_strdup(source);
  g_autoptr(GArray) commands = take_psql(text);
  g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  PgQuerySplitResult result = pg_query_split_with_scanner(text);
  if (result.error)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, "%s:%u: %s", path,
                line_of(text, (gsize)MAX(result.error->cursorpos - 1, 0)), result.error->message);
  SqlFile file = {.text = text, .counted = text, .line = 1, .statements = statements, .commands = commands};
  gsize done = 0;
  for (int i = 0; !result.error && i < result.n_stmts; i++) {
    gsize start = (gsize)result.stmts[i]->stmt_location, end = start + (gsize)result.stmts[i]->stmt_len;
    add_between(&file, done, start);
    add_statement(&file, start, end);
    done = end;
  }
  if (!result.error) {
    add_between(&file, done, strlen(text));
    add_commands(&file, G_MAXSIZE);
  }
  gboolean failed = result.error != NULL;
  pg_query_free_split_result(result);
  return failed ? NULL : g_steal_pointer(&statements);
}

/* ---- reading ---- */

/* The scanner would stop at the NUL, and leave the rest unseen. */
static char *read_file(const char *path, GError **error)
{
  gsize len;
  g_autofree char *text = file_read(path, FILE_LIMIT, &len, NULL, error);
  if (!text || strlen(text) == len)
    return g_steal_pointer(&text);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s is no text: it has a NUL in it"), path);
  return NULL;
}

char *sql_file_read(const char *path, GError **error)
{
  if (strcmp(path, "-") != 0)
    return read_file(path, error);
  g_autoptr(GString) text = g_string_new(NULL);
  char buffer[65536];
  for (gssize n; (n = read(STDIN_FILENO, buffer, sizeof buffer)) > 0;) {
    g_string_append_len(text, buffer, n);
    if (text->len > FILE_LIMIT) {
      g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_FILE, _("standard input is too long"));
      return NULL;
    }
  }
  if (strlen(text->str) != text->len) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_FILE,
                        _("standard input is no text: it has a NUL in it"));
    return NULL;
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}
