#include "args.h"

#include <string.h>

#include "retort/base/error.h"

/* What one word of the command line is taken for. */
typedef enum {
  WORD_NONE,
  WORD_POSITIONAL,
  WORD_OPTION,  /* a known option, perhaps with a value attached */
  WORD_UNKNOWN, /* looks like an option and is none */
  WORD_END,     /* the first -- */
} WordClass;

typedef struct {
  WordClass class;
  const ArgOption *option;
  gboolean by_letter;
  const char *value; /* attached value, or NULL */
} Word;

typedef struct {
  const ArgSpec *spec;
  Args *args;
  char **argv;
  guint at;
  gboolean ended;   /* behind -- */
  guint positional; /* the one being filled */
} Parser;

static const char *option_key(const ArgOption *option)
{
  const char letter[] = {option->letter, '\0'};
  return option->name ? option->name : g_intern_string(letter);
}

char *arg_option_display(const ArgOption *option)
{
  if (option->letter && option->name)
    return g_strdup_printf("-%c/--%s", option->letter, option->name);
  return option->letter ? g_strdup_printf("-%c", option->letter) : g_strdup_printf("--%s", option->name);
}

char *arg_option_metavar(const ArgOption *option)
{
  if (option->metavar)
    return g_strdup(option->metavar);
  char *metavar = g_ascii_strup(option_key(option), -1);
  return g_strdelimit(metavar, "-", '_');
}

static gboolean takes_value(const ArgOption *option)
{
  return option->kind == ARG_VALUE || option->kind == ARG_APPEND;
}

static const ArgOption *find_letter(const ArgSpec *spec, char letter)
{
  for (const ArgOption *const *list = spec->options; *list; list++)
    for (const ArgOption *o = *list; o->kind; o++)
      if (o->letter && o->letter == letter)
        return o;
  return NULL;
}

/* Options whose long name starts with the len bytes of prefix; an exact match alone wins. */
static GPtrArray *find_long(const ArgSpec *spec, const char *prefix, gsize len)
{
  GPtrArray *found = g_ptr_array_new();
  gboolean alembics = FALSE;
  for (const ArgOption *const *list = spec->options; *list; list++)
    for (const ArgOption *o = *list; o->kind; o++) {
      if (!o->name || strncmp(o->name, prefix, len) != 0)
        continue;
      if (o->name[len] == '\0') {
        g_ptr_array_set_size(found, 0);
        g_ptr_array_add(found, (void *)o);
        return found;
      }
      alembics |= !o->own;
      g_ptr_array_add(found, (void *)o);
    }
  for (guint i = found->len; alembics && i-- > 0;)
    if (((const ArgOption *)found->pdata[i])->own)
      g_ptr_array_remove_index(found, i);
  return found;
}

/* Python's ^-\d+$|^-\d*\.\d+$ */
static gboolean is_negative_number(const char *word)
{
  const char *p = word + 1;
  while (g_ascii_isdigit(*p))
    p++;
  if (*p == '\0')
    return p > word + 1;
  if (*p++ != '.' || !g_ascii_isdigit(*p))
    return FALSE;
  while (g_ascii_isdigit(*p))
    p++;
  return *p == '\0';
}

static gboolean classify_long(const ArgSpec *spec, const char *text, Word *word, GError **error)
{
  const char *name = text + 2;
  const char *equals = strchr(name, '=');
  gsize len = equals ? (gsize)(equals - name) : strlen(name);
  g_autoptr(GPtrArray) found = find_long(spec, name, len);
  if (found->len > 1) {
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < found->len; i++)
      g_string_append_printf(names, "%s--%s", i ? ", " : "", ((const ArgOption *)found->pdata[i])->name);
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, "ambiguous option: --%.*s could match %s", (int)len,
                name, names->str);
    return FALSE;
  }
  if (found->len == 1)
    *word = (Word){WORD_OPTION, found->pdata[0], FALSE, equals ? equals + 1 : NULL};
  else
    word->class = strchr(text, ' ') ? WORD_POSITIONAL : WORD_UNKNOWN;
  return TRUE;
}

static gboolean classify(const ArgSpec *spec, const char *text, Word *word, GError **error)
{
  *word = (Word){WORD_POSITIONAL, NULL, FALSE, NULL};
  if (text[0] != '-' || text[1] == '\0')
    return TRUE;
  if (text[1] == '-')
    return classify_long(spec, text, word, error);
  const ArgOption *option = find_letter(spec, text[1]);
  if (option) {
    const char *value = text[2] ? text + 2 : NULL;
    if (value && value[0] == '=')
      value++;
    *word = (Word){WORD_OPTION, option, TRUE, value};
  } else if (!is_negative_number(text) && !strchr(text, ' ')) {
    word->class = WORD_UNKNOWN;
  }
  return TRUE;
}

/* The class of word i, which may be the terminating NULL. */
static gboolean word_at(const Parser *parser, guint i, Word *word, GError **error)
{
  *word = (Word){WORD_NONE, NULL, FALSE, NULL};
  if (!parser->argv[i])
    return TRUE;
  word->class = WORD_POSITIONAL;
  if (parser->ended)
    return TRUE;
  if (strcmp(parser->argv[i], "--") == 0) {
    word->class = WORD_END;
    return TRUE;
  }
  return classify(parser->spec, parser->argv[i], word, error);
}

static void store(Args *args, const ArgOption *option, const char *value)
{
  const char *key = option_key(option);
  GPtrArray *values = g_hash_table_lookup(args->values, key);
  if (!values) {
    values = g_ptr_array_new();
    g_hash_table_insert(args->values, (void *)key, values);
  }
  if (value)
    g_ptr_array_add(values, (void *)value);
  args->help |= option->kind == ARG_HELP;
  args->version |= option->kind == ARG_VERSION;
}

static gboolean fail_option(const ArgOption *option, GError **error, const char *format, const char *detail)
{
  g_autofree char *display = arg_option_display(option);
  g_autofree char *text = g_strdup_printf(format, detail);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, "argument %s: %s", display, text);
  return FALSE;
}

/* The next word as the option's value. */
static gboolean take_next(Parser *parser, const ArgOption *option, GError **error)
{
  Word next;
  if (!word_at(parser, parser->at, &next, error))
    return FALSE;
  if (next.class != WORD_POSITIONAL)
    return fail_option(option, error, "expected one argument%s", "");
  store(parser->args, option, parser->argv[parser->at++]);
  return TRUE;
}

/* Flags bundled behind one dash: -vi, or -vr a:b with an option that takes a value at the end. */
static gboolean take_bundle(Parser *parser, const ArgOption *first, const char *letters, GError **error)
{
  store(parser->args, first, NULL);
  for (const char *p = letters; *p; p++) {
    const ArgOption *option = find_letter(parser->spec, *p);
    if (!option) {
      g_autofree char *shown = g_strdup_printf("'%s'", p);
      return fail_option(first, error, "ignored explicit argument %s", shown);
    }
    if (!takes_value(option)) {
      store(parser->args, option, NULL);
      continue;
    }
    if (p[1]) {
      store(parser->args, option, p[1] == '=' ? p + 2 : p + 1);
      return TRUE;
    }
    return take_next(parser, option, error);
  }
  return TRUE;
}

static gboolean take_option(Parser *parser, const Word *word, GError **error)
{
  parser->at++;
  if (takes_value(word->option)) {
    if (!word->value)
      return take_next(parser, word->option, error);
    store(parser->args, word->option, word->value);
    return TRUE;
  }
  if (!word->value) {
    store(parser->args, word->option, NULL);
    return TRUE;
  }
  if (word->by_letter)
    return take_bundle(parser, word->option, word->value, error);
  g_autofree char *shown = g_strdup_printf("'%s'", word->value);
  return fail_option(word->option, error, "ignored explicit argument %s", shown);
}

/* The positional to be filled next, or NULL. */
static const ArgPositional *pending(const Parser *parser)
{
  const ArgPositional *positionals = parser->spec->positionals;
  return positionals && positionals[parser->positional].name ? &positionals[parser->positional] : NULL;
}

/* argparse fills positionals from an unbroken run of words: `stamp a --sql b` leaves b over. */
static gboolean take_positional(Parser *parser, GError **error)
{
  const char *text = parser->argv[parser->at++];
  const ArgPositional *positional = pending(parser);
  if (!positional) {
    g_ptr_array_add(parser->args->extras, (void *)text);
    return TRUE;
  }
  g_ptr_array_add(parser->args->positionals, (void *)text);
  if (positional->count != ARG_ANY)
    parser->positional++;
  if (positional->count != ARG_SOME)
    return TRUE;
  Word next;
  while (word_at(parser, parser->at, &next, error)) {
    if (next.class != WORD_POSITIONAL && next.class != WORD_END)
      return TRUE;
    if (next.class == WORD_END)
      parser->ended = TRUE;
    else
      g_ptr_array_add(parser->args->positionals, parser->argv[parser->at]);
    parser->at++;
  }
  return FALSE;
}

/* argparse drops the -- only together with a positional that it adjoins; elsewhere it is a word like any other. */
static void take_end(Parser *parser, gboolean after_positional)
{
  char **word = &parser->argv[parser->at++];
  const ArgPositional *next = pending(parser);
  gboolean fills = next && (word[1] || next->count == ARG_ANY || next->count == ARG_OPTIONAL);
  parser->ended = TRUE;
  if (!fills && !after_positional)
    g_ptr_array_add(parser->args->extras, *word);
}

static gboolean check_required(const Parser *parser, GError **error)
{
  g_autoptr(GString) names = g_string_new(NULL);
  const ArgPositional *positional = parser->spec->positionals;
  for (guint i = 0; positional && positional[i].name; i++)
    if (i >= parser->positional && (positional[i].count == ARG_ONE || positional[i].count == ARG_SOME))
      g_string_append_printf(names, "%s%s", names->len ? ", " : "", positional[i].name);
  if (!names->len)
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, "the following arguments are required: %s",
              names->str);
  return FALSE;
}

static gboolean parse_words(Parser *parser, GError **error)
{
  gboolean filled = FALSE; /* the last word was a positional's */
  for (;;) {
    Word word;
    if (!word_at(parser, parser->at, &word, error))
      return FALSE;
    switch (word.class) {
    case WORD_NONE: return check_required(parser, error);
    case WORD_OPTION:
      if (!take_option(parser, &word, error))
        return FALSE;
      if (parser->args->help || parser->args->version)
        return TRUE;
      break;
    case WORD_UNKNOWN: g_ptr_array_add(parser->args->extras, parser->argv[parser->at++]); break;
    case WORD_END:
      if (parser->spec->has_commands && parser->argv[parser->at + 1]) {
        parser->args->rest = parser->argv + parser->at;
        return TRUE;
      }
      take_end(parser, filled);
      break;
    case WORD_POSITIONAL:
      if (parser->spec->has_commands) {
        parser->args->rest = parser->argv + parser->at;
        return TRUE;
      }
      filled = pending(parser) != NULL;
      if (!take_positional(parser, error))
        return FALSE;
      continue;
    }
    filled = FALSE;
  }
}

Args *args_parse(const ArgSpec *spec, char **argv, GError **error)
{
  g_autoptr(Args) args = g_new0(Args, 1);
  args->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  args->positionals = g_ptr_array_new();
  args->extras = g_ptr_array_new();
  Parser parser = {.spec = spec, .args = args, .argv = argv};
  if (!parse_words(&parser, error))
    return NULL;
  return g_steal_pointer(&args);
}

void args_free(Args *args)
{
  if (!args)
    return;
  g_hash_table_unref(args->values);
  g_ptr_array_unref(args->positionals);
  g_ptr_array_unref(args->extras);
  g_free(args);
}

gboolean args_has(const Args *args, const char *name)
{
  return g_hash_table_contains(args->values, name);
}

const char *args_value(const Args *args, const char *name)
{
  GPtrArray *values = g_hash_table_lookup(args->values, name);
  return values && values->len ? values->pdata[values->len - 1] : NULL;
}

const char **args_values(const Args *args, const char *name)
{
  GPtrArray *values = g_hash_table_lookup(args->values, name);
  const char **list = g_new0(const char *, (values ? values->len : 0) + 1);
  for (guint i = 0; values && i < values->len; i++)
    list[i] = values->pdata[i];
  return list;
}

const char *args_positional(const Args *args, guint i)
{
  return i < args->positionals->len ? args->positionals->pdata[i] : NULL;
}

/* "[-c CONFIG]" */
static char *usage_option(const ArgOption *option)
{
  g_autofree char *flag =
      option->letter ? g_strdup_printf("-%c", option->letter) : g_strdup_printf("--%s", option->name);
  if (!takes_value(option))
    return g_strdup_printf("[%s]", flag);
  g_autofree char *metavar = arg_option_metavar(option);
  return g_strdup_printf("[%s %s]", flag, metavar);
}

static char *usage_positional(const ArgPositional *positional)
{
  switch (positional->count) {
  case ARG_ONE: return g_strdup(positional->name);
  case ARG_OPTIONAL: return g_strdup_printf("[%s]", positional->name);
  case ARG_SOME: return g_strdup_printf("%s [%s ...]", positional->name, positional->name);
  case ARG_ANY: return g_strdup_printf("[%s ...]", positional->name);
  }
  return g_strdup("");
}

char *args_usage(const ArgSpec *spec, const char *prog, const char *tail, int columns)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
  for (const ArgOption *const *list = spec->options; *list; list++)
    for (const ArgOption *o = *list; o->kind; o++)
      g_ptr_array_add(parts, usage_option(o));
  guint n_options = parts->len;
  for (const ArgPositional *p = spec->positionals; p && p->name && !tail; p++)
    g_ptr_array_add(parts, usage_positional(p));
  if (tail)
    g_ptr_array_add(parts, g_strdup(tail));

  GString *out = g_string_new(NULL);
  g_string_append_printf(out, "usage: %s", prog);
  gsize indent = out->len + 1;
  gsize total = out->len;
  for (guint i = 0; i < parts->len; i++)
    total += strlen(parts->pdata[i]) + 1;
  gboolean wrap = total > (gsize)MAX(columns, 20);
  gsize line = out->len;
  for (guint i = 0; i < parts->len; i++) {
    const char *part = parts->pdata[i];
    gboolean full = line + 1 + strlen(part) > (gsize)MAX(columns, 20) && line > indent;
    if (wrap && (full || (i == n_options && i > 0))) {
      g_string_append_printf(out, "\n%*s", (int)indent, "");
      line = indent;
    } else {
      g_string_append_c(out, ' ');
      line++;
    }
    g_string_append(out, part);
    line += strlen(part);
  }
  return g_string_free(out, FALSE);
}
