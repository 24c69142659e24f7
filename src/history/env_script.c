/* env.py: the literal arguments of its configure() calls, in whatever function or branch they stand.
 *
 * The file is not parsed: strings and comments are stepped over, calls are found by their name.  A value counts as
 * literal when it is one, or when it is a module constant written in capitals; a lower-case name may well be a
 * function's own variable.
 */
#include <glib/gi18n.h>
#include <string.h>

#include "project-private.h"
#include "retort/base/file.h"
#include "revision_module.h"

/* configure() calls that are read: env.py has one or two. */
#define MAX_CALLS 100

typedef enum { SETTING_TEXT, SETTING_TRUTH } SettingType;

static const struct {
  const char *name;
  gsize offset;
  SettingType type;
} SETTINGS[] = {
    {"version_table", G_STRUCT_OFFSET(EnvScript, version_table), SETTING_TEXT},
    {"version_table_schema", G_STRUCT_OFFSET(EnvScript, version_table_schema), SETTING_TEXT},
    {"version_table_pk", G_STRUCT_OFFSET(EnvScript, version_table_pk), SETTING_TRUTH},
    {"transaction_per_migration", G_STRUCT_OFFSET(EnvScript, transaction_per_migration), SETTING_TRUTH},
    {"transactional_ddl", G_STRUCT_OFFSET(EnvScript, transactional_ddl), SETTING_TRUTH},
    {"literal_binds", G_STRUCT_OFFSET(EnvScript, literal_binds), SETTING_TRUTH},
    {"paramstyle", G_STRUCT_OFFSET(EnvScript, paramstyle), SETTING_TEXT},
};

typedef struct {
  Module module;
  const char *path;
  const char *p;
  const char *end;
  guint line;
  DiagList *diags;
  EnvScript *online;
  EnvScript *offline;
  guint calls;
  gboolean seen_online;
  gboolean seen_offline;
  gboolean last_online; /* the call read last is for this mode */
  gboolean last_offline;
} EnvReader;

static EnvSetting *setting_at(EnvScript *env, guint index)
{
  return (EnvSetting *)((char *)env + SETTINGS[index].offset);
}

static void setting_set(EnvSetting *setting, const EnvSetting *value)
{
  g_free(setting->text);
  *setting = *value;
  setting->text = g_strdup(value->text);
}

static void env_script_copy(EnvScript *to, const EnvScript *from)
{
  for (guint i = 0; i < G_N_ELEMENTS(SETTINGS); i++)
    setting_set(setting_at(to, i), setting_at((EnvScript *)from, i));
  to->expands_line = from->expands_line;
  to->begins_transaction = from->begins_transaction;
}

void env_script_clear(EnvScript *env)
{
  for (guint i = 0; i < G_N_ELEMENTS(SETTINGS); i++)
    g_free(setting_at(env, i)->text);
  g_free(env->path);
  *env = (EnvScript){0};
}

/* What two calls for the same mode say: where they disagree, only Python knows. */
static void setting_merge(EnvSetting *setting, const EnvSetting *value)
{
  if (value->state == ENV_UNSET || setting->state == ENV_UNKNOWN)
    return;
  gboolean differs = setting->state == ENV_LITERAL &&
                     (g_strcmp0(setting->text, value->text) != 0 || setting->truth != value->truth);
  setting_set(setting, value);
  if (differs)
    setting->state = ENV_UNKNOWN;
}

static void env_script_merge(EnvScript *to, EnvScript *call)
{
  for (guint i = 0; i < G_N_ELEMENTS(SETTINGS); i++)
    setting_merge(setting_at(to, i), setting_at(call, i));
  if (call->expands_line)
    to->expands_line = call->expands_line;
}

/* No lower-case letter in any name: constants only. */
static gboolean only_constants(const char *start, const char *end)
{
  gboolean in_name = FALSE;
  guint line = 0;
  gboolean closed;

  for (const char *p = start; p < end;) {
    if (*p == '"' || *p == '\'') {
      p = module_skip_string(p, end, &line, &closed);
      continue;
    }
    gboolean letter = g_ascii_isalpha(*p) || *p == '_';
    if (letter && !in_name) {
      gsize n = 0;
      while (p + n < end && (g_ascii_isalnum(p[n]) || p[n] == '_' || p[n] == '.'))
        n++;
      gboolean word = (n == 4 && (memcmp(p, "None", 4) == 0 || memcmp(p, "True", 4) == 0)) ||
                      (n == 5 && memcmp(p, "False", 5) == 0) ||
                      (p + n < end && (p[n] == '"' || p[n] == '\''));
      const char *last = p + n;
      while (last > p && last[-1] != '.')
        last--;
      for (; !word && last < p + n; last++)
        if (g_ascii_islower(*last))
          return FALSE;
      p += n;
      continue;
    }
    in_name = g_ascii_isalnum(*p);
    p++;
  }
  return TRUE;
}

static void read_setting(EnvReader *reader, EnvScript *call, const char *name, gsize len, const char *value,
                         const char *end, guint line)
{
  Literal literal = {0};
  guint i = 0;

  while (i < G_N_ELEMENTS(SETTINGS) &&
         !(strlen(SETTINGS[i].name) == len && memcmp(SETTINGS[i].name, name, len) == 0))
    i++;
  if (i == G_N_ELEMENTS(SETTINGS))
    return;
  EnvSetting setting = {.state = ENV_UNKNOWN, .line = line};
  if (only_constants(value, end) && module_expression(&reader->module, value, end, &literal)) {
    if (literal.kind == LITERAL_NONE)
      setting.state = ENV_UNSET;
    else if (literal.kind == LITERAL_STRING && SETTINGS[i].type == SETTING_TEXT)
      setting = (EnvSetting){.state = ENV_LITERAL, .text = literal.string->str, .line = line};
    else if (literal.kind == LITERAL_BOOLEAN && SETTINGS[i].type == SETTING_TRUTH)
      setting = (EnvSetting){.state = ENV_LITERAL, .truth = literal.truth, .line = line};
  }
  setting_set(setting_at(call, i), &setting);
  literal_clear(&literal);
}

/* dialect_opts={"paramstyle": "named"} */
static void read_dialect_options(EnvReader *reader, EnvScript *call, const char *value, const char *end,
                                 guint line)
{
  const char *start;
  const char *stop;

  if (end - value < 2 || *value != '{' || end[-1] != '}') {
    EnvSetting unknown = {.state = ENV_UNKNOWN, .line = line};
    setting_set(&call->paramstyle, &unknown);
    return;
  }
  value++;
  end--;
  while (module_next_element(&value, end, &start, &stop)) {
    guint ignored = 0;
    gboolean closed = TRUE;
    if (start == stop || (*start != '"' && *start != '\''))
      continue;
    const char *key_end = module_skip_string(start, stop, &ignored, &closed);
    const char *colon = memchr(key_end, ':', (gsize)(stop - key_end));
    if (colon && key_end - start > 2)
      read_setting(reader, call, start + 1, (gsize)(key_end - start) - 2, colon + 1, stop, line);
  }
}

static gboolean is_name_char(char c)
{
  return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

/* One argument of configure(). */
static void read_argument(EnvReader *reader, EnvScript *call, const char *start, const char *stop, guint line,
                          gboolean *connection, gboolean *offline)
{
  const char *name_end = start;

  if (stop - start > 2 && start[0] == '*' && start[1] == '*') {
    call->expands_line = line;
    return;
  }
  while (name_end < stop && is_name_char(*name_end))
    name_end++;
  const char *equals = name_end;
  while (equals < stop && g_ascii_isspace(*equals))
    equals++;
  if (equals == stop || *equals != '=' || (equals + 1 < stop && equals[1] == '=')) {
    *connection = TRUE; /* by position: the first parameter is the connection */
    return;
  }
  gsize len = (gsize)(name_end - start);
  const char *value = equals + 1;
  while (value < stop && g_ascii_isspace(*value))
    value++;
  if (len == 10 && memcmp(start, "connection", len) == 0)
    *connection = TRUE;
  else if ((len == 3 && memcmp(start, "url", len) == 0) ||
           (len == 12 && memcmp(start, "dialect_name", len) == 0))
    *offline = TRUE;
  else if (len == 12 && memcmp(start, "dialect_opts", len) == 0)
    read_dialect_options(reader, call, value, stop, line);
  else
    read_setting(reader, call, start, len, value, stop, line);
}

static guint newlines(const char *from, const char *to)
{
  guint n = 0;

  for (; from < to; from++)
    n += *from == '\n';
  return n;
}

/* p stands behind the opening bracket of the call; returns the closing one. */
static const char *call_end(const char *p, const char *end)
{
  const char *at = p;
  guint depth = 0;
  guint line = 0;
  gboolean closed = TRUE;

  while (at < end) {
    if (*at == '"' || *at == '\'') {
      at = module_skip_string(at, end, &line, &closed);
      continue;
    }
    if (*at == '#') {
      const char *newline = memchr(at, '\n', (gsize)(end - at));
      at = newline ? newline : end;
      continue;
    }
    if (*at == '(' || *at == '[' || *at == '{')
      depth++;
    if (*at == ')' || *at == ']' || *at == '}') {
      if (depth == 0)
        return at;
      depth--;
    }
    at++;
  }
  return end;
}

static void report_call(const EnvReader *reader, EnvScript *call)
{
  for (guint i = 0; i < G_N_ELEMENTS(SETTINGS); i++) {
    const EnvSetting *setting = setting_at(call, i);
    if (setting->state == ENV_UNKNOWN)
      diag_add(reader->diags, DIAG_NOTE, reader->path, setting->line, 0,
               _("%s is computed here; only Python knows its value (retort's own configuration can set it)"),
               SETTINGS[i].name);
  }
  if (call->expands_line)
    diag_add(reader->diags, DIAG_NOTE, reader->path, call->expands_line, 0,
             _("configure() takes further arguments from elsewhere here; they are not known"));
}

static void read_call(EnvReader *reader, const char *open)
{
  const char *p = open + 1;
  const char *close = call_end(p, reader->end);
  const char *start;
  const char *stop;
  gboolean connection = FALSE;
  gboolean offline = FALSE;
  EnvScript call = {0};

  while (module_next_element(&p, close, &start, &stop))
    if (start < stop)
      read_argument(reader, &call, start, stop, reader->line + newlines(open, start), &connection, &offline);
  report_call(reader, &call);
  /* a connection means online, a URL without one --sql; what has neither may be either */
  reader->last_online = connection || !offline;
  reader->last_offline = !connection;
  if (connection || !offline) {
    env_script_merge(reader->online, &call);
    reader->seen_online = TRUE;
  }
  if (!connection) {
    env_script_merge(reader->offline, &call);
    reader->seen_offline = TRUE;
  }
  env_script_clear(&call);
  /* what stands in the brackets has been read */
  reader->line += newlines(reader->p, close);
  reader->p = MAX(reader->p, close);
}

/* Is name what `from alembic import context` made of it? */
static gboolean names_context(const EnvReader *reader, const char *name, gsize len)
{
  g_autofree char *text = g_strndup(name, len);
  const Binding *binding = module_binding(&reader->module, text);

  if (strcmp(text, "context") == 0)
    return TRUE;
  return binding && binding->kind == BINDING_FROM && binding->value_end - binding->value == 7 &&
         memcmp(binding->value, "context", 7) == 0;
}

/* A dotted name at p, up to stop: a call of interest? */
static void read_name(EnvReader *reader, const char *start, const char *stop)
{
  const char *last = stop;
  const char *open = stop;

  while (last > start && last[-1] != '.')
    last--;
  while (open < reader->end && (*open == ' ' || *open == '\t'))
    open++;
  if (open == reader->end || *open != '(')
    return;
  gsize len = (gsize)(stop - last);
  if (len == 17 && memcmp(last, "begin_transaction", len) == 0) {
    /* of the mode that was configured last; in front of any, of both */
    gboolean either = !reader->last_online && !reader->last_offline;
    reader->online->begins_transaction |= either || reader->last_online;
    reader->offline->begins_transaction |= either || reader->last_offline;
    return;
  }
  if (len != 9 || memcmp(last, "configure", len) != 0 || ++reader->calls > MAX_CALLS)
    return;
  const char *owner_end = last > start ? last - 1 : start;
  const char *owner = owner_end;
  while (owner > start && owner[-1] != '.')
    owner--;
  const Binding *direct = last == start ? module_binding(&reader->module, "configure") : NULL;
  if ((last > start && names_context(reader, owner, (gsize)(owner_end - owner))) ||
      (direct && direct->kind == BINDING_FROM))
    read_call(reader, open);
}

static void walk(EnvReader *reader)
{
  gboolean closed = TRUE;

  while (reader->p < reader->end) {
    char c = *reader->p;
    if (c == '\n') {
      reader->line++;
      reader->p++;
    } else if (c == '#') {
      const char *newline = memchr(reader->p, '\n', (gsize)(reader->end - reader->p));
      reader->p = newline ? newline : reader->end;
    } else if (c == '"' || c == '\'') {
      reader->p = module_skip_string(reader->p, reader->end, &reader->line, &closed);
    } else if (is_name_char(c)) {
      const char *start = reader->p;
      while (reader->p < reader->end &&
             (is_name_char(*reader->p) ||
              (*reader->p == '.' && reader->p + 1 < reader->end && is_name_char(reader->p[1]))))
        reader->p++;
      read_name(reader, start, reader->p);
    } else {
      reader->p++;
    }
  }
}

void env_script_parse(const char *path, const char *data, gsize len, EnvScript *online, EnvScript *offline,
                      DiagList *diags)
{
  g_autoptr(GArray) bindings = g_array_new(FALSE, FALSE, sizeof(Binding));
  g_autofree char *owned = NULL;
  g_autofree char *unread = NULL;
  const char *reason = NULL;
  EnvReader reader = {.path = path, .diags = diags, .online = online, .offline = offline, .line = 1};
  guint line = 0;

  const char *text = module_text(data, len, &len, &owned, &line, &unread);
  reader.module.path = path;
  if (!text || !module_scan(&reader.module, text, len, bindings, &line, &reason)) {
    diag_add(diags, DIAG_ERROR, path, line, 0, "%s", unread ? unread : reason);
    return;
  }
  env_doings_read(text, len, online, offline);
  reader.p = text;
  reader.end = text + len;
  walk(&reader);
  if (!reader.seen_online)
    env_script_copy(online, offline);
  if (!reader.seen_offline)
    env_script_copy(offline, online);
}

void env_script_read(const char *path, EnvScript *online, EnvScript *offline, DiagList *diags)
{
  g_autoptr(GError) error = NULL;
  gsize len;

  *online = *offline = (EnvScript){0};
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return;
  online->path = g_strdup(path);
  offline->path = g_strdup(path);
  g_autofree char *data = file_read(path, FILE_LIMIT, &len, NULL, &error);
  if (data)
    env_script_parse(path, data, len, online, offline, diags);
  else
    diag_add(diags, DIAG_ERROR, path, 0, 0, "%s", error->message);
}
