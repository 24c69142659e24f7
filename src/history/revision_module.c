/* The walk over a module's top level. */
#include "revision_module.h"

#include <glib/gi18n.h>
#include <string.h>

/* Names at the top level of one file. */
#define MAX_BINDINGS 50000

typedef struct {
  Module *module;
  const char *p;
  const char *end;
  guint line;
  guint before;         /* bindings made when the statement began */
  gboolean first;       /* no statement seen yet: a string would be the docstring */
  gboolean conditional; /* inside an if, a loop, ... */
  guint bad_line;
  const char *bad;
} Walk;

/* One simple statement: where its parts are. */
typedef struct {
  const char *start;
  const char *end;
  guint line;
  const char *equals[8]; /* assignment signs at bracket depth 0 */
  guint n_equals;
  const char *colon;  /* first colon before any of them */
  gboolean augmented; /* += and the like */
} Statement;

/* Bytes that matter outside of strings: everything else is stepped over. */
static const guint8 STOPS[256] = {
    ['\n'] = 1, ['#'] = 1, ['"'] = 1, ['\''] = 1, ['('] = 1, [')'] = 1, ['['] = 1,
    [']'] = 1,  ['{'] = 1, ['}'] = 1, ['\\'] = 1, [';'] = 1, ['='] = 1, [':'] = 1};
static const guint8 BODY_STOPS[256] = {['\n'] = 1, ['#'] = 1, ['"'] = 1, ['\''] = 1, ['('] = 1, [')'] = 1,
                                       ['['] = 1,  [']'] = 1, ['{'] = 1, ['}'] = 1,  ['\\'] = 1};

static gboolean is_name_char(char c)
{
  return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

static gboolean is_name_start(char c)
{
  return is_name_char(c) && !g_ascii_isdigit(c);
}

static const char *name_end(const char *p, const char *end)
{
  while (p < end && is_name_char(*p))
    p++;
  return p;
}

static gboolean word_is(const char *p, const char *word_end, const char *word)
{
  gsize n = strlen(word);

  return (gsize)(word_end - p) == n && memcmp(p, word, n) == 0;
}

static gboolean bad(Walk *walk, guint line, const char *reason)
{
  if (!walk->bad) {
    walk->bad = reason;
    walk->bad_line = line;
  }
  return FALSE;
}

static gboolean walk_string(Walk *walk)
{
  guint line = walk->line;
  gboolean closed = TRUE;
  const char *stop = module_skip_format(walk->p, walk->module->text, walk->end);

  walk->p = stop ? stop : module_skip_string(walk->p, walk->end, &walk->line, &closed);
  return closed || bad(walk, line, _("a string begins here and never ends"));
}

static void walk_comment(Walk *walk)
{
  const char *newline = memchr(walk->p, '\n', (gsize)(walk->end - walk->p));

  walk->p = newline ? newline : walk->end;
}

/* Behind a backslash: a continued line, or any other character. */
static void walk_backslash(Walk *walk)
{
  walk->p++;
  if (walk->p < walk->end) {
    walk->line += *walk->p == '\n';
    walk->p++;
  }
}

/* Steps over a logical line whose content does not matter. */
static gboolean skip_line(Walk *walk)
{
  guint depth = 0;
  guint opened = 0;

  while (walk->p < walk->end) {
    while (walk->p < walk->end && !BODY_STOPS[(guchar)*walk->p])
      walk->p++;
    if (walk->p == walk->end)
      break;
    switch (*walk->p) {
    case '\n':
      walk->p++;
      walk->line++;
      if (depth == 0)
        return TRUE;
      break;
    case '#': walk_comment(walk); break;
    case '\\': walk_backslash(walk); break;
    case '"':
    case '\'':
      if (!walk_string(walk))
        return FALSE;
      break;
    case '(':
    case '[':
    case '{':
      if (depth++ == 0)
        opened = walk->line;
      walk->p++;
      break;
    default: depth -= depth > 0; walk->p++;
    }
  }
  return depth == 0 || bad(walk, opened, _("a bracket is opened here and never closed"));
}

static void note_equals(Statement *statement, const char *start, const char *p, const char *end)
{
  if (p + 1 < end && p[1] == '=')
    return;
  char before = p > start ? p[-1] : ' ';
  if (strchr("=!<>:", before) && !(before == '>' && p - 1 > start && p[-2] == '>') &&
      !(before == '<' && p - 1 > start && p[-2] == '<'))
    return;
  if (before != ' ' && strchr("+-*/%@&|^<>", before))
    statement->augmented = TRUE;
  if (statement->n_equals < G_N_ELEMENTS(statement->equals))
    statement->equals[statement->n_equals++] = p;
}

/* Reads one statement up to its line's end, its comment or a semicolon, and leaves the walk there. */
static gboolean read_statement(Walk *walk, Statement *statement)
{
  guint depth = 0;
  guint opened = 0;

  *statement = (Statement){.start = walk->p, .line = walk->line};
  while (walk->p < walk->end) {
    while (walk->p < walk->end && !STOPS[(guchar)*walk->p])
      walk->p++;
    if (walk->p == walk->end)
      break;
    char c = *walk->p;
    if (depth == 0 && (c == '\n' || c == '#' || c == ';'))
      break;
    switch (c) {
    case '#': walk_comment(walk); continue;
    case '\\': walk_backslash(walk); continue;
    case '"':
    case '\'':
      if (!walk_string(walk))
        return FALSE;
      continue;
    case '\n': walk->line++; break;
    case '(':
    case '[':
    case '{':
      if (depth++ == 0)
        opened = walk->line;
      break;
    case ')':
    case ']':
    case '}': depth -= depth > 0; break;
    case ':':
      if (depth == 0 && !statement->colon && statement->n_equals == 0)
        statement->colon = walk->p;
      break;
    case '=':
      if (depth == 0)
        note_equals(statement, statement->start, walk->p, walk->end);
      break;
    default: break;
    }
    walk->p++;
  }
  statement->end = walk->p;
  return depth == 0 || bad(walk, opened, _("a bracket is opened here and never closed"));
}

static void trim(const char **start, const char **end)
{
  while (*start < *end && (g_ascii_isspace(**start) || **start == '\\'))
    ++*start;
  while (*end > *start && (g_ascii_isspace((*end)[-1]) || (*end)[-1] == '\\'))
    --*end;
}

static Binding *bind(Walk *walk, const char *name, const char *end, BindingKind kind, guint line)
{
  Binding binding = {.kind = walk->conditional ? BINDING_OPAQUE : kind,
                     .line = line,
                     .before = walk->before,
                     .name = name,
                     .name_len = (guint)(end - name)};
  /* too many already, which ends the walk after this line: nothing grows any more */
  if (walk->module->bindings->len > MAX_BINDINGS)
    g_array_set_size(walk->module->bindings, MAX_BINDINGS);
  g_array_append_val(walk->module->bindings, binding);
  return &g_array_index(walk->module->bindings, Binding, walk->module->bindings->len - 1);
}

/* Blanks and comments in front of an element. */
static void trim_comments(const char **start, const char **end)
{
  trim(start, end);
  while (*start < *end && **start == '#') {
    const char *newline = memchr(*start, '\n', (gsize)(*end - *start));
    *start = newline ? newline : *end;
    trim(start, end);
  }
}

gboolean module_next_element(const char **p, const char *end, const char **start, const char **stop)
{
  guint depth = 0;
  guint line = 0;
  gboolean closed = TRUE;

  if (*p >= end)
    return FALSE;
  *start = *p;
  while (*p < end && !(depth == 0 && **p == ',')) {
    if (**p == '"' || **p == '\'') {
      *p = module_skip_string(*p, end, &line, &closed);
      continue;
    }
    if (**p == '#') {
      const char *newline = memchr(*p, '\n', (gsize)(end - *p));
      *p = newline ? newline : end;
      continue;
    }
    if (**p == '(' || **p == '[' || **p == '{')
      depth++;
    else if (**p == ')' || **p == ']' || **p == '}')
      depth -= depth > 0;
    ++*p;
  }
  *stop = *p;
  if (*p < end)
    ++*p;
  trim_comments(start, stop);
  return TRUE;
}

/* Without the brackets around all of it. */
static void strip_brackets(const char **start, const char **end)
{
  trim(start, end);
  if (*end - *start >= 2 &&
      ((**start == '(' && (*end)[-1] == ')') || (**start == '[' && (*end)[-1] == ']'))) {
    ++*start;
    --*end;
    trim(start, end);
  }
}

static guint count_elements(const char *p, const char *end)
{
  const char *start;
  const char *stop;
  guint n = 0;

  while (module_next_element(&p, end, &start, &stop))
    n += stop > start;
  return n;
}

/* a, b = x, y: each name with its own value where both sides have the same number of elements. */
static void bind_unpacked(Walk *walk, const char *start, const char *end, const char *value,
                          const char *value_end, guint line)
{
  const char *name;
  const char *stop;

  strip_brackets(&start, &end);
  strip_brackets(&value, &value_end);
  gboolean pairs = count_elements(start, end) == count_elements(value, value_end);
  while (module_next_element(&start, end, &name, &stop)) {
    const char *item = NULL;
    const char *item_end = NULL;
    if (name == stop)
      continue;
    gboolean has = pairs && module_next_element(&value, value_end, &item, &item_end);
    if (name_end(name, stop) != stop)
      continue;
    Binding *binding = bind(walk, name, stop, has ? BINDING_VALUE : BINDING_OPAQUE, line);
    binding->value = item;
    binding->value_end = item_end;
  }
}

static void read_assignment(Walk *walk, const Statement *statement)
{
  const char *target = statement->start;
  const char *value = statement->equals[statement->n_equals - 1] + 1;
  const char *value_end = statement->end;

  trim(&value, &value_end);
  for (guint i = 0; i < statement->n_equals; i++) {
    const char *start = target;
    const char *end = i == 0 && statement->colon ? statement->colon : statement->equals[i];
    target = statement->equals[i] + 1;
    if (statement->augmented)
      while (end > start && strchr("+-*/%@&|^<>", end[-1]))
        end--;
    trim(&start, &end);
    if (start == end || !(is_name_start(*start) || *start == '(' || *start == '['))
      continue;
    if (name_end(start, end) == end) {
      Binding *binding =
          bind(walk, start, end, statement->augmented ? BINDING_OPAQUE : BINDING_VALUE, statement->line);
      binding->value = value;
      binding->value_end = value_end;
    } else {
      bind_unpacked(walk, start, end, value, value_end, statement->line);
    }
  }
}

/* One "a.b as c" of an import; module is the part behind "from", or NULL. */
static void bind_import(Walk *walk, const char *module, const char *module_end, const char *start,
                        const char *end, guint line)
{
  const char *dotted = start;

  while (dotted < end && (is_name_char(*dotted) || *dotted == '.'))
    dotted++;
  const char *alias = dotted;
  trim(&alias, &end);
  const char *as_end = name_end(alias, end);
  gboolean renamed = word_is(alias, as_end, "as");
  const char *name = renamed ? as_end : start;
  const char *stop = renamed ? end : name_end(start, dotted);
  trim(&name, &stop);
  if (name == stop || !is_name_start(*name))
    return;
  Binding *binding = bind(walk, name, stop, module ? BINDING_FROM : BINDING_IMPORT, line);
  binding->module = module ? module : start;
  /* "import a.b" binds a; "import a.b as c" binds the module a.b */
  binding->module_len = (guint)(module ? module_end - module : renamed ? dotted - start : stop - name);
  binding->value = start;
  binding->value_end = dotted;
}

static void read_import(Walk *walk, const Statement *statement)
{
  const char *p = name_end(statement->start, statement->end);
  const char *end = statement->end;
  const char *module = NULL;
  const char *module_end = NULL;
  const char *start;
  const char *stop;

  if (*statement->start == 'f') {
    module = p;
    module_end = end;
    trim(&module, &module_end);
    for (module_end = module; module_end < end && (is_name_char(*module_end) || *module_end == '.');)
      module_end++;
    p = module_end;
    trim(&p, &end);
    p = name_end(p, end);
  }
  strip_brackets(&p, &end);
  while (module_next_element(&p, end, &start, &stop)) {
    if (start < stop)
      bind_import(walk, module, module_end, start, stop, statement->line);
  }
}

/* Every name that stands by itself in the targets of a for, a with or an except is bound by it. */
static void bind_targets(Walk *walk, const char *p, const char *end, guint line)
{
  gboolean was = walk->conditional;

  walk->conditional = TRUE;
  while (p < end) {
    if (!is_name_start(*p)) {
      p++;
      continue;
    }
    const char *stop = name_end(p, end);
    bind(walk, p, stop, BINDING_OPAQUE, line);
    p = stop;
  }
  walk->conditional = was;
}

typedef enum {
  WORD_NAME,
  WORD_DEFINITION, /* def, class, async def */
  WORD_COMPOUND,   /* if, for, try, ... */
  WORD_IMPORT,
  WORD_DELETE,
} WordKind;

static WordKind word_kind(const char *p, const char *end)
{
  static const struct {
    const char *word;
    WordKind kind;
  } words[] = {
      {"def", WORD_DEFINITION},   {"class", WORD_DEFINITION}, {"async", WORD_DEFINITION},
      {"import", WORD_IMPORT},    {"from", WORD_IMPORT},      {"if", WORD_COMPOUND},
      {"elif", WORD_COMPOUND},    {"else", WORD_COMPOUND},    {"for", WORD_COMPOUND},
      {"while", WORD_COMPOUND},   {"try", WORD_COMPOUND},     {"except", WORD_COMPOUND},
      {"finally", WORD_COMPOUND}, {"with", WORD_COMPOUND},    {"del", WORD_DELETE},
  };

  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (*p == *words[i].word && word_is(p, end, words[i].word))
      return words[i].kind;
  return WORD_NAME;
}

/* The colon that ends a compound statement's head. */
static const char *head_colon(const char *p, const char *end)
{
  guint depth = 0;
  guint line = 0;
  gboolean closed = TRUE;

  while (p < end) {
    if (*p == '"' || *p == '\'') {
      p = module_skip_string(p, end, &line, &closed);
      continue;
    }
    if (*p == '(' || *p == '[' || *p == '{')
      depth++;
    else if (*p == ')' || *p == ']' || *p == '}')
      depth -= depth > 0;
    else if (*p == ':' && depth == 0 && !(p + 1 < end && p[1] == '='))
      return p;
    p++;
  }
  return end;
}

static gboolean read_statements(Walk *walk);

static gboolean read_compound(Walk *walk, const char *word_end)
{
  const char *start = walk->p;
  const char *limit = memchr(start, '\n', (gsize)(walk->end - start));
  const char *colon = head_colon(word_end, walk->end);
  gboolean was = walk->conditional;

  if (word_is(start, word_end, "for"))
    bind_targets(walk, word_end, limit ? MIN(limit, colon) : colon, walk->line);
  for (const char *as = word_end; *start != 'f' && as + 3 < colon; as++)
    if (as[0] == ' ' && as[1] == 'a' && as[2] == 's' && as[3] == ' ')
      bind_targets(walk, as + 4, colon, walk->line);
  for (const char *p = start; p < colon; p++)
    walk->line += *p == '\n';
  walk->p = MIN(colon + 1, walk->end);
  walk->conditional = TRUE;
  gboolean good = read_statements(walk);
  walk->conditional = was;
  return good;
}

static void read_doc(Walk *walk, const Statement *statement)
{
  const char *start = statement->start;
  const char *end = statement->end;

  if (statement->n_equals == 0 && !statement->colon) {
    trim(&start, &end);
    walk->module->doc = start;
    walk->module->doc_end = end;
  }
}

/* p stands at the first character of a statement. */
static gboolean read_simple(Walk *walk)
{
  Statement statement;
  gboolean first = walk->first;
  const char *start = walk->p;
  const char *word_end = name_end(start, walk->end);
  WordKind kind = is_name_start(*start) ? word_kind(start, word_end) : WORD_NAME;

  walk->first = FALSE;
  walk->before = walk->module->bindings->len;
  if (!read_statement(walk, &statement))
    return FALSE;
  if (kind == WORD_IMPORT)
    read_import(walk, &statement);
  else if (kind == WORD_DELETE)
    bind_targets(walk, word_end, statement.end, statement.line);
  else if (statement.n_equals > 0)
    read_assignment(walk, &statement);
  else if (first)
    read_doc(walk, &statement);
  return TRUE;
}

/* The statements of one logical line, from p to behind its end. */
static gboolean read_statements(Walk *walk)
{
  for (;;) {
    while (walk->p < walk->end &&
           (*walk->p == ' ' || *walk->p == '\t' || *walk->p == '\f' || *walk->p == ';'))
      walk->p++;
    if (walk->p < walk->end && *walk->p == '#')
      walk_comment(walk);
    if (walk->p == walk->end)
      return TRUE;
    if (*walk->p == '\n') {
      walk->p++;
      walk->line++;
      return TRUE;
    }
    if (!read_simple(walk))
      return FALSE;
  }
}

static const char *line_indent(const Walk *walk, guint *indent)
{
  const char *p = walk->p;

  *indent = 0;
  for (; p < walk->end; p++) {
    if (*p == ' ')
      ++*indent;
    else if (*p == '\t')
      *indent = (*indent | 7) + 1;
    else if (*p == '\f')
      *indent = 0;
    else
      break;
  }
  return p;
}

static void bind_definition(Walk *walk, const char *p)
{
  for (guint i = 0; i < 3; i++) {
    const char *stop = name_end(p, walk->end);
    if (!word_is(p, stop, "async") && !word_is(p, stop, "def") && !word_is(p, stop, "class")) {
      if (stop > p)
        bind(walk, p, stop, BINDING_OPAQUE, walk->line);
      return;
    }
    for (p = stop; p < walk->end && (*p == ' ' || *p == '\t');)
      p++;
  }
}

/* What git leaves between the two sides of a conflict; never Python. */
static gboolean is_conflict_mark(const char *p, const char *end)
{
  return end - p >= 7 &&
         (strncmp(p, "<<<<<<<", 7) == 0 || strncmp(p, "=======", 7) == 0 || strncmp(p, ">>>>>>>", 7) == 0);
}

/* One logical line.  *skip is the indent of the definition whose body is being stepped over, or G_MAXUINT. */
static gboolean read_line(Walk *walk, guint *skip)
{
  guint indent;
  const char *p = line_indent(walk, &indent);

  if (p == walk->end || *p == '\n' || *p == '#') {
    walk->p = p;
    return skip_line(walk);
  }
  if (indent > *skip)
    return skip_line(walk);
  if (is_conflict_mark(p, walk->end))
    return bad(walk, walk->line, _("git left a conflict here: resolve it first"));
  *skip = G_MAXUINT;
  walk->conditional = indent > 0;
  const char *word_end = name_end(p, walk->end);
  WordKind kind = is_name_start(*p) ? word_kind(p, word_end) : WORD_NAME;
  walk->p = p;
  if (kind == WORD_DEFINITION) {
    *skip = indent;
    walk->first = FALSE;
    bind_definition(walk, p);
    return skip_line(walk);
  }
  if (kind == WORD_COMPOUND) {
    walk->first = FALSE;
    return read_compound(walk, word_end);
  }
  return read_statements(walk);
}

gboolean module_scan(Module *module, const char *text, gsize len, GArray *bindings, guint *line,
                     const char **reason)
{
  Walk walk = {.module = module, .p = text, .end = text + len, .line = 1, .first = TRUE};
  guint skip = G_MAXUINT;

  module->text = text;
  module->end = text + len;
  module->doc = NULL;
  module->bindings = bindings;
  while (walk.p < walk.end) {
    gboolean good = read_line(&walk, &skip);
    if (good && bindings->len > MAX_BINDINGS)
      good = bad(&walk, walk.line, _("more names are set than retort reads"));
    if (!good) {
      *line = walk.bad_line;
      *reason = walk.bad;
      return FALSE;
    }
  }
  return TRUE;
}

const Binding *module_binding(const Module *module, const char *name)
{
  gsize n = strlen(name);

  for (guint i = module->bindings->len; i-- > 0;) {
    const Binding *binding = &g_array_index(module->bindings, Binding, i);
    if (binding->name_len == n && memcmp(binding->name, name, n) == 0)
      return binding;
  }
  return NULL;
}
