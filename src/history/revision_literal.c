/* Values of the expressions that headers are written with. */
#include "revision_module.h"

#include <string.h>

#include "retort/base/file.h"

/* Names that lead to names, and modules that import from modules. */
#define NAME_DEPTH 16
#define IMPORT_DEPTH 4
#define BRACKET_DEPTH 32
/* Parents of one revision, labels, ...: far above any use. */
#define SEQUENCE_LIMIT 1000
/* Names that refer to names twice each could go on for ever. */
#define STEP_LIMIT 2000

typedef struct {
  const Module *module;
  guint before;  /* bindings from this one on are not made yet */
  guint names;   /* names followed so far on this path */
  guint imports; /* modules entered */
  guint brackets;
  gboolean plain; /* a docstring: strings only, and none of them formatted */
  guint *steps;   /* shared by all that belongs to one question */
} Scope;

static gboolean evaluate(Scope *scope, const char **p, const char *end, Literal *out);
static gboolean evaluate_all(Scope *scope, const char *p, const char *end, Literal *out);

void literal_clear(Literal *literal)
{
  if (literal->string)
    g_string_free(literal->string, TRUE);
  if (literal->items)
    g_ptr_array_free(literal->items, TRUE);
  *literal = (Literal){0};
}

static gboolean is_name_char(char c)
{
  return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

static void skip_space(const char **p, const char *end)
{
  while (*p < end) {
    if (**p == '#') {
      const char *newline = memchr(*p, '\n', (gsize)(end - *p));
      *p = newline ? newline : end;
    } else if (**p == '\\' && *p + 1 < end && (*p)[1] == '\n') {
      *p += 2;
    } else if (g_ascii_isspace(**p)) {
      ++*p;
    } else {
      return;
    }
  }
}

/* \ooo, \xhh, \uhhhh, \Uhhhhhhhh: the code point, p moved behind it; FALSE when it is none of them. */
static gboolean numeric_escape(const char **p, const char *end, gunichar *c)
{
  guint digits = **p == 'x' ? 2 : **p == 'u' ? 4 : **p == 'U' ? 8 : 0;
  const char *q = *p + 1;

  *c = 0;
  if (digits == 0) {
    for (q = *p; q < end && q < *p + 3 && *q >= '0' && *q <= '7'; q++)
      *c = *c * 8 + (gunichar)(*q - '0');
    if (q == *p)
      return FALSE;
  }
  for (; digits > 0; digits--, q++) {
    if (q >= end || !g_ascii_isxdigit(*q))
      return FALSE;
    *c = *c * 16 + (gunichar)g_ascii_xdigit_value(*q);
  }
  *p = q;
  return TRUE;
}

static void append_escape(const char **p, const char *end, GString *out)
{
  static const char letters[] = "\\'\"abfnrtv";
  static const char meanings[] = "\\'\"\a\b\f\n\r\t\v";
  const char *letter = **p ? strchr(letters, **p) : NULL;
  gunichar c;

  if (**p == '\n') {
    ++*p;
  } else if (letter) {
    g_string_append_c(out, meanings[letter - letters]);
    ++*p;
  } else if (numeric_escape(p, end, &c)) {
    gboolean valid = c != 0 && c < 0x110000 && !(c >= 0xd800 && c < 0xe000);
    g_string_append_unichar(out, valid ? c : 0xfffd);
  } else {
    g_string_append_c(out, '\\');
    g_string_append_c(out, **p);
    ++*p;
  }
}

/* The text between quotes. */
static void append_text(const char *p, const char *end, gboolean raw, GString *out)
{
  while (p < end) {
    const char *backslash = raw ? NULL : memchr(p, '\\', (gsize)(end - p));
    if (!backslash || backslash + 1 == end) {
      g_string_append_len(out, p, end - p);
      return;
    }
    g_string_append_len(out, p, backslash - p);
    p = backslash + 1;
    append_escape(&p, end, out);
  }
}

/* One string literal with its prefix at p, which is the quote or letters before it. */
static gboolean read_string(const char **p, const char *end, gboolean plain, GString *out)
{
  gboolean raw = FALSE;
  gboolean format = FALSE;
  gboolean closed = TRUE;
  guint line = 0;

  for (; **p != '"' && **p != '\''; ++*p) {
    char letter = g_ascii_tolower(**p);
    if (letter == 'b')
      return FALSE;
    raw |= letter == 'r';
    format |= letter == 'f';
  }
  const char *start = *p;
  const char *stop = module_skip_string(start, end, &line, &closed);
  gboolean triple = end - start >= 3 && start[1] == *start && start[2] == *start;
  gsize quotes = triple ? 3 : 1;
  if (!closed || (gsize)(stop - start) < 2 * quotes || stop[-1] != *start)
    return FALSE;
  start += quotes;
  if (format &&
      (plain || memchr(start, '{', (gsize)(stop - start)) || memchr(start, '}', (gsize)(stop - start))))
    return FALSE;
  append_text(start, stop - quotes, raw, out);
  *p = stop;
  return TRUE;
}

/* Is p at a string literal?  Its prefix has at most two letters. */
static gboolean at_string(const char *p, const char *end)
{
  for (guint i = 0; i < 3 && p < end; i++, p++) {
    if (*p == '"' || *p == '\'')
      return TRUE;
    if (!strchr("rRuUbBfF", *p) || !*p)
      return FALSE;
  }
  return FALSE;
}

static gboolean read_strings(const char **p, const char *end, gboolean plain, Literal *out)
{
  out->kind = LITERAL_STRING;
  out->string = g_string_new(NULL);
  do {
    if (!read_string(p, end, plain, out->string))
      return FALSE;
    skip_space(p, end);
  } while (at_string(*p, end));
  return TRUE;
}

/* Appends one element to a sequence; only strings may be in one. */
static gboolean take_item(Literal *sequence, Literal *item)
{
  gboolean good = item->kind == LITERAL_STRING && sequence->items->len < SEQUENCE_LIMIT;

  if (good)
    g_ptr_array_add(sequence->items, g_string_free(g_steal_pointer(&item->string), FALSE));
  literal_clear(item);
  return good;
}

/* ( ... ) or [ ... ]: a sequence, or in round brackets without a comma what stands in them. */
static gboolean read_bracket(Scope *scope, const char **p, const char *end, Literal *out)
{
  char close = **p == '(' ? ')' : ']';
  gboolean sequence = close == ']';
  Literal item = {0};

  if (scope->brackets >= BRACKET_DEPTH)
    return FALSE;
  scope->brackets++;
  out->items = g_ptr_array_new_with_free_func(g_free);
  for (++*p;; ++*p) {
    skip_space(p, end);
    if (*p < end && **p == close)
      break;
    if (!evaluate(scope, p, end, &item) || *p >= end || (**p != ',' && **p != close)) {
      literal_clear(&item);
      return FALSE;
    }
    if (**p == close && !sequence && out->items->len == 0) {
      /* only brackets around one value */
      literal_clear(out);
      *out = item;
      ++*p;
      scope->brackets--;
      return TRUE;
    }
    sequence = TRUE;
    if (!take_item(out, &item))
      return FALSE;
    if (**p == close)
      break;
  }
  scope->brackets--;
  out->kind = LITERAL_SEQUENCE;
  ++*p;
  return TRUE;
}

static const Binding *find_binding(const Scope *scope, const char *name, gsize len)
{
  for (guint i = MIN(scope->before, scope->module->bindings->len); i-- > 0;) {
    const Binding *binding = &g_array_index(scope->module->bindings, Binding, i);
    if (binding->name_len == len && memcmp(binding->name, name, len) == 0)
      return binding;
  }
  return NULL;
}

/* The file of a.b.c, looked for beside the module and in the folders above it, where Python is started from. */
static char *find_import(const Module *module, const char *dotted, gsize len)
{
  g_autofree char *name = g_strndup(dotted, len);
  g_autofree char *folder = module->path ? g_path_get_dirname(module->path) : NULL;

  if (!folder || !g_path_is_absolute(folder) || name[0] == '.' || name[0] == '\0')
    return NULL;
  g_strdelimit(name, ".", G_DIR_SEPARATOR);
  for (;;) {
    g_autofree char *file = g_strconcat(folder, G_DIR_SEPARATOR_S, name, ".py", NULL);
    if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer(&file);
    g_autofree char *package = g_build_filename(folder, name, "__init__.py", NULL);
    if (g_file_test(package, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer(&package);
    char *up = g_path_get_dirname(folder);
    gboolean top = strcmp(up, folder) == 0;
    g_free(folder);
    folder = up;
    if (top)
      return NULL;
  }
}

static gboolean evaluate_binding(Scope *scope, const Binding *binding, Literal *out);

/* The constant called name at the end of the module dotted. */
static gboolean imported_constant(const Scope *scope, const char *dotted, gsize len, const char *name,
                                  gsize name_len, Literal *out)
{
  g_autofree char *path = scope->imports < IMPORT_DEPTH ? find_import(scope->module, dotted, len) : NULL;
  g_autofree char *owned = NULL;
  g_autofree char *unread = NULL;
  gsize size;
  guint line;
  const char *reason;

  g_autofree char *data = path ? file_read(path, FILE_LIMIT, &size, NULL, NULL) : NULL;
  const char *text = data ? module_text(data, size, &size, &owned, &line, &unread) : NULL;
  if (!text)
    return FALSE;
  g_autoptr(GArray) bindings = g_array_new(FALSE, FALSE, sizeof(Binding));
  Module module = {.path = path};
  if (!module_scan(&module, text, size, bindings, &line, &reason))
    return FALSE;
  Scope inner = {
      .module = &module, .before = G_MAXUINT, .imports = scope->imports + 1, .steps = scope->steps};
  const Binding *binding = find_binding(&inner, name, name_len);
  return binding && evaluate_binding(&inner, binding, out);
}

static gboolean evaluate_binding(Scope *scope, const Binding *binding, Literal *out)
{
  Scope inner = *scope;

  if (++inner.names > NAME_DEPTH)
    return FALSE;
  inner.before = binding->before;
  switch (binding->kind) {
  case BINDING_VALUE: return binding->value && evaluate_all(&inner, binding->value, binding->value_end, out);
  case BINDING_FROM:
    return imported_constant(&inner, binding->module, binding->module_len, binding->value,
                             (gsize)(binding->value_end - binding->value), out);
  case BINDING_IMPORT:
  case BINDING_OPAQUE: break;
  }
  return FALSE;
}

/* module.CONSTANT, where module came by an import. */
static gboolean read_attribute(Scope *scope, const Binding *binding, const char *start, const char *stop,
                               Literal *out)
{
  const char *last = stop;

  while (last > start && last[-1] != '.')
    last--;
  g_autoptr(GString) module = g_string_new_len(binding->module, binding->module_len);
  const char *name_stop = start + binding->name_len;
  if (binding->kind == BINDING_FROM) {
    g_string_append_c(module, '.');
    g_string_append_len(module, binding->value, binding->value_end - binding->value);
  } else if (binding->kind != BINDING_IMPORT) {
    return FALSE;
  }
  if (last - 1 > name_stop)
    g_string_append_len(module, name_stop, last - 1 - name_stop);
  return imported_constant(scope, module->str, module->len, last, (gsize)(stop - last), out);
}

static gboolean read_name(Scope *scope, const char **p, const char *end, Literal *out)
{
  const char *start = *p;
  const char *stop = start;
  const char *name_stop;

  while (stop < end && is_name_char(*stop))
    stop++;
  name_stop = stop;
  while (stop + 1 < end && *stop == '.' && is_name_char(stop[1]))
    for (stop++; stop < end && is_name_char(*stop);)
      stop++;
  *p = stop;
  gsize len = (gsize)(stop - start);
  if (len == 4 && memcmp(start, "None", 4) == 0) {
    out->kind = LITERAL_NONE;
  } else if (len == 4 && memcmp(start, "True", 4) == 0) {
    out->kind = LITERAL_BOOLEAN;
    out->truth = TRUE;
  } else if (len == 5 && memcmp(start, "False", 5) == 0) {
    out->kind = LITERAL_BOOLEAN;
  } else {
    const Binding *binding = find_binding(scope, start, (gsize)(name_stop - start));
    if (!binding)
      return FALSE;
    return stop == name_stop ? evaluate_binding(scope, binding, out)
                             : read_attribute(scope, binding, start, stop, out);
  }
  return TRUE;
}

static gboolean read_term(Scope *scope, const char **p, const char *end, Literal *out)
{
  skip_space(p, end);
  if (*p >= end || ++*scope->steps > STEP_LIMIT)
    return FALSE;
  if (at_string(*p, end))
    return read_strings(p, end, scope->plain, out);
  if (**p == '(' || **p == '[')
    return read_bracket(scope, p, end, out);
  if (g_ascii_isdigit(**p)) {
    while (*p < end && (is_name_char(**p) || **p == '.'))
      ++*p;
    out->kind = LITERAL_NUMBER;
    return TRUE;
  }
  return !scope->plain && is_name_char(**p) && read_name(scope, p, end, out);
}

/* left + right, into left. */
static gboolean concatenate(Literal *left, Literal *right)
{
  if (left->kind != right->kind)
    return FALSE;
  if (left->kind == LITERAL_STRING) {
    g_string_append_len(left->string, right->string->str, (gssize)right->string->len);
    return left->string->len <= FILE_LIMIT;
  }
  if (left->kind != LITERAL_SEQUENCE || left->items->len + right->items->len > SEQUENCE_LIMIT)
    return FALSE;
  g_ptr_array_extend_and_steal(left->items, g_steal_pointer(&right->items));
  return TRUE;
}

static gboolean evaluate(Scope *scope, const char **p, const char *end, Literal *out)
{
  gboolean good = read_term(scope, p, end, out);

  for (skip_space(p, end); good && *p < end && **p == '+' && !scope->plain; skip_space(p, end)) {
    Literal right = {0};
    ++*p;
    good = read_term(scope, p, end, &right) && concatenate(out, &right);
    literal_clear(&right);
  }
  if (!good)
    literal_clear(out);
  return good;
}

/* A whole right side, where a tuple may do without brackets. */
static gboolean evaluate_all(Scope *scope, const char *p, const char *end, Literal *out)
{
  Literal item = {0};

  if (!evaluate(scope, &p, end, out))
    return FALSE;
  if (p < end && *p == ',' && out->kind == LITERAL_STRING) {
    item = *out;
    *out = (Literal){.kind = LITERAL_SEQUENCE, .items = g_ptr_array_new_with_free_func(g_free)};
    gboolean good = take_item(out, &item);
    while (good && p < end && *p == ',') {
      p++;
      skip_space(&p, end);
      if (p < end)
        good = evaluate(scope, &p, end, &item) && take_item(out, &item);
    }
    if (!good)
      p = NULL;
  }
  if (p != end)
    literal_clear(out);
  return p == end;
}

gboolean module_literal(const Module *module, const Binding *binding, Literal *literal)
{
  guint steps = 0;
  Scope scope = {.module = module, .steps = &steps};

  *literal = (Literal){0};
  return evaluate_binding(&scope, binding, literal);
}

gboolean module_docstring(const Module *module, Literal *literal)
{
  guint steps = 0;
  Scope scope = {.module = module, .plain = TRUE, .steps = &steps};

  *literal = (Literal){0};
  return module->doc && evaluate_all(&scope, module->doc, module->doc_end, literal);
}

gboolean module_expression(const Module *module, const char *start, const char *end, Literal *literal)
{
  guint steps = 0;
  Scope scope = {.module = module, .before = G_MAXUINT, .steps = &steps};

  *literal = (Literal){0};
  return evaluate_all(&scope, start, end, literal);
}
