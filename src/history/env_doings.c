/* env.py: what it does that goes beyond connecting, configuring and running, found by the names it uses.
 *
 * Like its arguments this is read, not parsed, and errs on the side of seeing too much: who is told that env.py does
 * something can look at the line; what is overlooked would be left out of a rollout without a word.
 */
#include <glib/gi18n.h>
#include <string.h>

#include "project-private.h"
#include "revision_module.h"

/* Calls that are looked at closely, each at the cost of the whole file: env.py has a handful. */
#define MAX_LOOKS 100

typedef struct {
  const char *text;
  const char *p;
  const char *end;
  guint line;
  guint depth; /* of brackets */
  EnvScript *online;
  EnvScript *offline;
  gboolean takes_url; /* an engine is made of what stands under sqlalchemy.url */
  gboolean runs;
  guint looks;
} Doings;

static void note(Doings *doings, EnvDoing doing, gboolean offline_too)
{
  if (!doings->online->does[doing])
    doings->online->does[doing] = doings->line;
  if (offline_too && !doings->offline->does[doing])
    doings->offline->does[doing] = doings->line;
}

/* FALSE: enough; whatever it is counts as what only Python knows. */
static gboolean may_look(Doings *doings)
{
  return ++doings->looks <= MAX_LOOKS;
}

static gboolean is_name_char(char c)
{
  return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

static const char *skip_blanks(const char *p, const char *end)
{
  while (p < end && (g_ascii_isspace(*p) || *p == '\\'))
    p++;
  return p;
}

static gboolean is(const char *word, gsize len, const char *name)
{
  return strlen(name) == len && memcmp(word, name, len) == 0;
}

static gboolean is_one_of(const char *word, gsize len, const char *const *names)
{
  for (; *names; names++)
    if (is(word, len, *names))
      return TRUE;
  return FALSE;
}

/* An assignment to ["sqlalchemy.url"], or {"sqlalchemy.url": ...}. */
static gboolean sets_url(const Doings *doings, const char *behind)
{
  const char *p = skip_blanks(behind, doings->end);
  if (p < doings->end && *p == ':')
    return TRUE;
  if (p == doings->end || *p != ']')
    return FALSE;
  p = skip_blanks(p + 1, doings->end);
  return p + 1 < doings->end && *p == '=' && p[1] != '=';
}

static void see_string(Doings *doings)
{
  gboolean closed = TRUE;
  guint lines = 0;
  const char *start = doings->p;
  const char *stop = module_skip_string(start, doings->end, &lines, &closed);
  gboolean triple = stop - start >= 6 && start[1] == start[0] && start[2] == start[0];
  g_autofree char *text = g_strndup(start, (gsize)(stop - start));

  /* a docstring may speak of anything */
  if (!triple || doings->depth > 0) {
    if (strstr(text, "search_path"))
      note(doings, ENV_SEARCH_PATH, TRUE);
    if (strstr(text, "DATABASE_URL"))
      doings->online->names_database_url = doings->offline->names_database_url = TRUE;
    if (is(text + 1, strlen(text) - 1 - closed, "sqlalchemy.url") && sets_url(doings, stop))
      note(doings, ENV_OWN_DATABASE, TRUE);
  }
  doings->line += lines;
  doings->p = MAX(stop, start + 1);
}

/* Does every `name = ...` in the file take what stands in the configuration? */
static gboolean comes_from_configuration(const Doings *doings, const char *name, gsize len)
{
  static const char *const sources[] = {"config.get_main_option", "context.config.get_main_option",
                                        "config.get_section_option", "context.config.get_section_option"};
  guint found = 0;

  for (const char *p = doings->text; p + len < doings->end; p++) {
    if (memcmp(p, name, len) != 0 || is_name_char(p[len]) || (p > doings->text && is_name_char(p[-1])))
      continue;
    const char *value = skip_blanks(p + len, doings->end);
    if (value + 1 >= doings->end || *value != '=' || value[1] == '=')
      continue;
    value = skip_blanks(value + 1, doings->end);
    gboolean known = (gsize)(doings->end - value) > len && memcmp(value, name, len) == 0; /* url=url */
    for (guint i = 0; i < G_N_ELEMENTS(sources) && !known; i++)
      known = (gsize)(doings->end - value) > strlen(sources[i]) &&
              memcmp(value, sources[i], strlen(sources[i])) == 0;
    if (!known)
      return FALSE;
    found++;
  }
  return found > 0;
}

/* create_engine(url): p stands behind the bracket. */
static void see_engine(Doings *doings, const char *p)
{
  if (!may_look(doings)) {
    note(doings, ENV_OWN_DATABASE, FALSE);
    return;
  }
  const char *start = skip_blanks(p, doings->end);
  const char *stop = start;
  while (stop < doings->end && (is_name_char(*stop) || *stop == '.'))
    stop++;
  gsize len = (gsize)(stop - start);
  if (is(start, len, "config.get_main_option") || is(start, len, "context.config.get_main_option") ||
      (len > 0 && !memchr(start, '.', len) && stop < doings->end && *stop != '(' &&
       comes_from_configuration(doings, start, len)))
    doings->takes_url = TRUE;
  else
    note(doings, ENV_OWN_DATABASE, FALSE);
}

/* engine_from_config(..., prefix="sqlalchemy."): another prefix is another URL. */
static void see_engine_of_section(Doings *doings, const char *p)
{
  if (!may_look(doings)) {
    note(doings, ENV_OWN_DATABASE, FALSE);
    return;
  }
  const char *close = p;
  for (guint depth = 1; close < doings->end && depth > 0; close++)
    depth += (*close == '(') - (*close == ')');
  g_autofree char *arguments = g_strndup(p, (gsize)(close - p));
  const char *prefix = strstr(arguments, "prefix");
  if (prefix && !strstr(prefix, "\"sqlalchemy.\"") && !strstr(prefix, "'sqlalchemy.'"))
    note(doings, ENV_OWN_DATABASE, FALSE);
  else
    doings->takes_url = TRUE;
}

static gboolean begins_with_word(const char *p, const char *end, const char *word)
{
  gsize n = strlen(word);
  return (gsize)(end - p) > n && memcmp(p, word, n) == 0 && !is_name_char(p[n]);
}

/* Does a for or while of the same function enclose what stands at p?  Told by indentation. */
static gboolean is_in_loop(const Doings *doings, const char *p)
{
  gsize indent = G_MAXSIZE;
  for (const char *line = p; line > doings->text;) {
    const char *stop = line;
    while (line > doings->text && line[-1] != '\n')
      line--;
    const char *word = line;
    while (word < stop && (*word == ' ' || *word == '\t'))
      word++;
    gsize depth = (gsize)(word - line);
    gboolean first = indent == G_MAXSIZE;
    if (word < stop && *word != '#' && *word != '\n' && depth < indent) {
      indent = depth;
      gboolean asynchronous = begins_with_word(word, stop, "async");
      const char *keyword = asynchronous ? skip_blanks(word + 5, stop) : word;
      if (!first && (begins_with_word(keyword, stop, "for") || begins_with_word(keyword, stop, "while")))
        return TRUE;
      if (begins_with_word(keyword, stop, "def") || begins_with_word(keyword, stop, "class"))
        return FALSE;
    }
    line -= line > doings->text;
  }
  return FALSE;
}

/* Does the name at p go on from an expression: connect().execute? */
static gboolean follows_a_dot(const Doings *doings, const char *p)
{
  while (p > doings->text && g_ascii_isspace(p[-1]))
    p--;
  return p > doings->text && p[-1] == '.';
}

/* A call: last is the name's last part, owner the one in front of it or NULL, open the bracket. */
static void see_call(Doings *doings, const char *start, const char *last, gsize len, const char *open)
{
  static const char *const sql[] = {"execute", "exec_driver_sql", "scalar", "scalars", "executescript", NULL};
  static const char *const events[] = {"listens_for", "listen", NULL};
  static const char *const engines[] = {"create_engine", "create_async_engine", NULL};
  static const char *const sections[] = {"engine_from_config", "async_engine_from_config", NULL};
  static const char *const setters[] = {"set_main_option", "set_section_option", NULL};
  gsize owner_len = last > start ? (gsize)(last - start) - 1 : 0;
  gboolean of_context =
      (owner_len >= 7 && memcmp(start + owner_len - 7, "context", 7) == 0) || is(start, owner_len, "op");

  gboolean of_something = owner_len > 0 || follows_a_dot(doings, start);

  if (of_something && is_one_of(last, len, sql))
    note(doings, ENV_OWN_SQL, of_context);
  else if (is_one_of(last, len, events))
    note(doings, ENV_OWN_SQL, FALSE);
  else if (is_one_of(last, len, engines))
    see_engine(doings, open + 1);
  else if (is_one_of(last, len, sections))
    see_engine_of_section(doings, open + 1);
  else if (is_one_of(last, len, setters))
    note(doings, ENV_OWN_DATABASE, TRUE);
  else if (is(last, len, "get_x_argument"))
    note(doings, ENV_READS_X, TRUE);
  else if (is(last, len, "run_migrations") && of_something) {
    const char *argument = skip_blanks(open + 1, doings->end);
    doings->runs = TRUE;
    if ((argument < doings->end && *argument != ')') || !may_look(doings) || is_in_loop(doings, start))
      note(doings, ENV_OWN_RUNS, TRUE);
  }
}

static void see_name(Doings *doings)
{
  static const char *const outside[] = {"environ", "getenv", "current_app", "connect_args", NULL};
  static const char *const settings[] = {"isolation_level", NULL};
  const char *start = doings->p;
  while (doings->p < doings->end &&
         (is_name_char(*doings->p) ||
          (*doings->p == '.' && doings->p + 1 < doings->end && is_name_char(doings->p[1]))))
    doings->p++;
  const char *last = doings->p;
  while (last > start && last[-1] != '.')
    last--;
  gsize len = (gsize)(doings->p - last);
  const char *behind = doings->p;
  while (behind < doings->end && (*behind == ' ' || *behind == '\t'))
    behind++;

  for (const char *part = start; part < doings->p;) {
    const char *dot = memchr(part, '.', (gsize)(doings->p - part));
    gsize n = (gsize)((dot ? dot : doings->p) - part);
    if (is_one_of(part, n, outside))
      note(doings, ENV_OWN_DATABASE, TRUE);
    if (is(part, n, "DATABASE_URL"))
      doings->online->names_database_url = doings->offline->names_database_url = TRUE;
    part += n + 1;
  }
  if (is(last, len, "schema_translate_map"))
    note(doings, ENV_SEARCH_PATH, FALSE);
  else if (is_one_of(last, len, settings))
    note(doings, ENV_OWN_SQL, FALSE);
  else if (is(last, len, "on_version_apply") && behind < doings->end && *behind == '=')
    note(doings, ENV_OWN_HOOKS, TRUE);
  else if (behind < doings->end && *behind == '(')
    see_call(doings, start, last, len, behind);
}

void env_doings_read(const char *text, gsize len, EnvScript *online, EnvScript *offline)
{
  Doings doings = {
      .text = text, .p = text, .end = text + len, .line = 1, .online = online, .offline = offline};

  while (doings.p < doings.end) {
    char c = *doings.p;
    if (c == '"' || c == '\'') {
      see_string(&doings);
    } else if (c == '#') {
      const char *newline = memchr(doings.p, '\n', (gsize)(doings.end - doings.p));
      doings.p = newline ? newline : doings.end;
    } else if (is_name_char(c)) {
      see_name(&doings);
    } else {
      doings.line += c == '\n';
      doings.depth += c == '(' || c == '[' || c == '{';
      doings.depth -= doings.depth > 0 && (c == ')' || c == ']' || c == '}');
      doings.p++;
    }
  }
  doings.line = 1;
  if (!doings.takes_url)
    note(&doings, ENV_OWN_DATABASE, TRUE);
  if (!doings.runs)
    note(&doings, ENV_HIDES_RUN, TRUE);
}

char *project_env_obstacle(const Project *project, gboolean online, gboolean x_given)
{
  static const struct {
    EnvDoing doing;
    const char *what;
  } reasons[] = {
      {ENV_HIDES_RUN, N_("%s:%u: env.py does not call context.run_migrations() itself")},
      {ENV_SEARCH_PATH, N_("%s:%u: env.py chooses the schema that migrations work in")},
      {ENV_OWN_RUNS, N_("%s:%u: env.py runs migrations in a loop or with arguments")},
      {ENV_OWN_HOOKS, N_("%s:%u: env.py has code of its own run with each step (on_version_apply)")},
      {ENV_OWN_SQL, N_("%s:%u: env.py runs statements or sets up the connection by itself")},
      {ENV_READS_X, N_("%s:%u: env.py decides something by -x")},
  };
  const EnvScript *env = online ? &project->env : &project->env_offline;

  if (!env->path)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
    guint line = env->does[reasons[i].doing];
    if (line && (reasons[i].doing != ENV_READS_X || x_given))
      return g_strdup_printf(_(reasons[i].what), env->path, line);
  }
  if (env->expands_line)
    return g_strdup_printf(_("%s:%u: env.py passes configure() arguments from elsewhere"), env->path,
                           env->expands_line);
  return NULL;
}
