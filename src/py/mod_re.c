/* The re module through GRegex, for patterns that mean the same in Python and in PCRE; any other is unknown. */
#include <glib/gi18n.h>
#include <string.h>

#include "modules.h"
#include "object.h"

#define IGNORECASE 2
#define MULTILINE 8
#define DOTALL 16
#define VERBOSE 64

/* What a match and a compiled pattern cost of the budget: their memory is not the arena's. */
#define MATCH_STEPS 200
#define COMPILE_STEPS 2000

typedef struct {
  GRegex *regex;
  const char *pattern;
  gint64 flags;
} Pattern;

typedef struct {
  GMatchInfo *info;
  const char *text;
  Pattern *pattern;
  gint start, end; /* bytes */
} Match;

static const PyHostClass pattern_class, match_class;

static void free_regex(gpointer data)
{
  g_regex_unref(data);
}

static void free_match(gpointer data)
{
  g_match_info_free(data);
}

/* Syntax that one of the two does not know, or reads otherwise. */
static gboolean is_portable(const char *pattern)
{
  for (const char *p = pattern; *p != '\0'; p++) {
    if (*p == '\\' && p[1] != '\0') {
      p++;
      /* \Z is the very end in Python and before a last newline in PCRE; the others exist in one of them only. */
      if (g_ascii_isalpha(*p) && strchr("dDwWsSbBntrfvxA", *p) == NULL)
        return FALSE;
    } else if (*p == '(' && p[1] == '?' && strchr(":=!P<", p[2]) == NULL)
      return FALSE;
    else if ((*p == '*' || *p == '+' || *p == '?' || *p == '}') && p[1] == '+')
      return FALSE; /* possessive */
  }
  return TRUE;
}

/* NULL without failure: not a pattern that is understood here.  whole: it must reach the end of the text. */
static Pattern *compile(PyInterp *interp, const char *pattern, gint64 flags, gboolean whole)
{
  gint64 known = IGNORECASE | MULTILINE | DOTALL | VERBOSE | 32;
  if (!is_portable(pattern) || (flags & ~known) != 0 || !py_spend(interp, COMPILE_STEPS))
    return NULL;
  GRegexCompileFlags options = G_REGEX_DEFAULT;
  options |= (flags & IGNORECASE) ? G_REGEX_CASELESS : 0;
  options |= (flags & MULTILINE) ? G_REGEX_MULTILINE : 0;
  options |= (flags & DOTALL) ? G_REGEX_DOTALL : 0;
  options |= (flags & VERBOSE) ? G_REGEX_EXTENDED : 0;
  /* (*UCP): \w, \d and \b know letters and digits beyond ASCII, as Python's do. */
  g_autofree char *text = g_strdup_printf(whole ? "(*UCP)(?:%s)\\z" : "(*UCP)%s", pattern);
  GRegex *regex = g_regex_new(text, options, 0, NULL);
  if (regex == NULL)
    return NULL;
  arena_own(py_arena(interp), regex, free_regex);
  Pattern *compiled = arena_new0(py_arena(interp), Pattern);
  *compiled = (Pattern){regex, pattern, flags};
  return compiled;
}

static PyValue not_understood(PyInterp *interp, PyValue pattern)
{
  const Pattern *compiled = py_payload(pattern, &pattern_class);
  const char *text = compiled ? compiled->pattern : py_text(pattern);
  return py_failed(interp)
             ? py_null()
             : py_unknown(interp, PY_NEEDS_PYTHON, _("the regular expression %s"), text ? text : "?");
}

/* What a call works on: a pattern and a text; pattern NULL: not understood, or failed. */
typedef struct {
  Pattern *pattern;
  PyValue given; /* the pattern as passed */
  PyStr *text;
} Subject;

/* A text that GRegex can go through: whole UTF-8, no NUL (it counts to the first one). */
static gboolean is_searchable(const PyStr *text)
{
  return text->len < G_MAXINT && g_utf8_validate_len(text->data, text->len, NULL);
}

/* Module functions have the pattern first and flags at flags_at, methods have it as self; the text is at text_at. */
static gboolean take_subject(PyInterp *interp, PyCall *call, guint text_at, guint flags_at, Subject *subject)
{
  gboolean method = !py_is_null(call->self), whole = strcmp(call->function, "fullmatch") == 0;
  gint64 flags = 0;
  *subject = (Subject){.given = method ? call->self : call->values[0]};
  Pattern *compiled = py_payload(subject->given, &pattern_class);
  if (!py_arg_text(call, text_at) || (!compiled && !py_arg_text(call, 0)) ||
      (!method && !py_arg_int(call, flags_at, &flags)))
    return FALSE;
  subject->text = py_plain(call->values[text_at]).str;
  if (!is_searchable(subject->text))
    return TRUE;
  if (compiled && whole)
    subject->pattern = compile(interp, compiled->pattern, compiled->flags, TRUE);
  else
    subject->pattern =
        compiled ? compiled : compile(interp, py_plain(call->values[0]).str->data, flags, whole);
  return TRUE;
}

/* The first match from the byte offset on; NULL: none, or failed. */
static Match *match_at(PyInterp *interp, const Subject *subject, gsize from, GRegexMatchFlags flags)
{
  GMatchInfo *info = NULL;
  g_autoptr(GError) error = NULL;
  if (!py_spend(interp, MATCH_STEPS + subject->text->len / 16))
    return NULL;
  gboolean matched = g_regex_match_full(subject->pattern->regex, subject->text->data,
                                        (gssize)subject->text->len, (gint)from, flags, &info, &error);
  if (!matched || error != NULL) {
    g_match_info_free(info);
    if (error != NULL)
      py_stop(interp, PY_NEEDS_PYTHON, _("the regular expression %s"), subject->pattern->pattern);
    return NULL;
  }
  arena_own(py_arena(interp), info, free_match);
  Match *match = arena_new0(py_arena(interp), Match);
  *match = (Match){.info = info, .text = subject->text->data, .pattern = subject->pattern};
  g_match_info_fetch_pos(info, 0, &match->start, &match->end);
  return match;
}

static PyValue search(PyInterp *interp, PyCall *call)
{
  Subject subject;
  if (!take_subject(interp, call, py_is_null(call->self) ? 1 : 0, 2, &subject))
    return py_null();
  if (subject.pattern == NULL)
    return not_understood(interp, subject.given);
  gboolean anchored = strcmp(call->function, "search") != 0;
  Match *match = match_at(interp, &subject, 0, anchored ? G_REGEX_MATCH_ANCHORED : 0);
  if (py_failed(interp))
    return py_null();
  return match != NULL ? py_host_object(interp, &match_class, match) : py_none();
}

static PyValue module_compile(PyInterp *interp, PyCall *call)
{
  gint64 flags;
  if (py_is_host(call->values[0], &pattern_class))
    return call->values[0];
  const char *text = py_arg_text(call, 0);
  if (text == NULL || !py_arg_int(call, 1, &flags))
    return py_null();
  Pattern *pattern = compile(interp, text, flags, FALSE);
  return pattern != NULL ? py_host_object(interp, &pattern_class, pattern)
                         : not_understood(interp, call->values[0]);
}

/* ---- matches ---- */

static PyValue group_value(PyInterp *interp, const Match *match, gint number)
{
  gint start = -1, end = -1;
  if (!g_match_info_fetch_pos(match->info, number, &start, &end) || start < 0)
    return py_none();
  return py_str(interp, match->text + start, end - start);
}

/* -1 with IndexError. */
static gint group_number(PyInterp *interp, const Match *match, PyValue which)
{
  gint64 number = 0;
  if (which.type == PY_STR)
    number = g_regex_get_string_number(match->pattern->regex, py_text(which));
  else if (!py_as_int64(which, &number))
    number = -1;
  if (number < 0 || number > g_regex_get_capture_count(match->pattern->regex)) {
    py_raise(interp, "IndexError", "no such group");
    return -1;
  }
  return (gint)number;
}

static PyValue group(PyInterp *interp, const Match *match, PyValue which)
{
  gint number = group_number(interp, match, which);
  return number < 0 ? py_null() : group_value(interp, match, number);
}

static PyValue match_group(PyInterp *interp, PyCall *call)
{
  const Match *match = py_payload(call->self, &match_class);
  if (call->n_args == 0)
    return group_value(interp, match, 0);
  if (call->n_args == 1)
    return group(interp, match, call->args[0]);
  PyValue list = py_list(interp, call->n_args);
  for (guint i = 0; i < call->n_args; i++) {
    PyValue item = group(interp, match, call->args[i]);
    if (py_is_null(item))
      return item;
    py_list_append(interp, list.list, item);
  }
  return py_tuple(interp, list.list->items, list.list->len);
}

static PyValue match_groups(PyInterp *interp, PyCall *call)
{
  const Match *match = py_payload(call->self, &match_class);
  PyValue list = py_list(interp, 4);
  for (gint i = 1; i <= g_regex_get_capture_count(match->pattern->regex); i++) {
    PyValue value = group_value(interp, match, i);
    py_list_append(interp, list.list, py_is_none(value) ? call->values[0] : value);
  }
  return py_tuple(interp, list.list->items, list.list->len);
}

/* start(), end() and span(), in characters. */
static PyValue match_position(PyInterp *interp, PyCall *call)
{
  const Match *match = py_payload(call->self, &match_class);
  gint number = group_number(interp, match, call->values[0]), start = -1, end = -1;
  if (number < 0)
    return py_null();
  g_match_info_fetch_pos(match->info, number, &start, &end);
  PyValue from = py_int(start < 0 ? -1 : g_utf8_strlen(match->text, start));
  PyValue to = py_int(end < 0 ? -1 : g_utf8_strlen(match->text, end));
  if (call->function[0] == 's' && call->function[1] == 'p')
    return py_tuple(interp, (PyValue[]){from, to}, 2);
  return call->function[0] == 's' ? from : to;
}

static PyValue match_getitem(PyInterp *interp, PyValue self, PyValue key)
{
  return group(interp, py_payload(self, &match_class), key);
}

/* ---- all matches ---- */

/* The next match for sub, findall, split and finditer; *from moves behind it.  Empty matches are refused: where they
 * count has changed between versions of Python. */
static Match *next_match(PyInterp *interp, const Subject *subject, gsize *from)
{
  Match *match = *from <= subject->text->len ? match_at(interp, subject, *from, 0) : NULL;
  if (match != NULL && match->start == match->end) {
    py_stop(interp, PY_NEEDS_PYTHON, _("the regular expression %s matches nothing"),
            subject->pattern->pattern);
    return NULL;
  }
  if (match != NULL)
    *from = (gsize)match->end;
  return match;
}

/* A replacement template's text for one match: \1, \g<name>, \n and \\. */
static gboolean put_replacement(Builder *b, const Match *match, const char *template)
{
  for (const char *p = template; *p != '\0'; p++) {
    if (*p != '\\') {
      builder_char(b, *p);
      continue;
    }
    p++;
    PyValue value;
    if (*p == 'g' && p[1] == '<' && strchr(p, '>') != NULL) {
      const char *end = strchr(p, '>');
      PyValue name = py_str(b->interp, p + 2, end - p - 2);
      value =
          group(b->interp, match, g_ascii_isdigit(p[2]) ? py_int(g_ascii_strtoll(p + 2, NULL, 10)) : name);
      p = end;
    } else if (*p >= '1' && *p <= '9' && !g_ascii_isdigit(p[1])) {
      value = group(b->interp, match, py_int(*p - '0'));
    } else if (*p == 'n' || *p == '\\') {
      builder_char(b, *p == 'n' ? '\n' : '\\');
      continue;
    } else {
      py_stop(b->interp, PY_NEEDS_PYTHON, _("the replacement %s"), template);
      return FALSE;
    }
    if (py_is_null(value))
      return FALSE;
    if (!py_is_none(value))
      builder_put(b, value.str->data, value.str->len);
  }
  return TRUE;
}

static gboolean put_substitute(Builder *b, Match *match, PyValue replacement)
{
  PyInterp *interp = b->interp;
  if (py_text(replacement) != NULL)
    return put_replacement(b, match, py_text(replacement));
  PyValue object = py_host_object(interp, &match_class, match);
  PyValue text = py_plain(py_call(interp, replacement, &object, 1));
  if (text.type == PY_STR)
    builder_put(b, text.str->data, text.str->len);
  else if (text.type == PY_UNKNOWN)
    builder_unknown(b, text.reason);
  else if (!py_failed(interp))
    py_raise(interp, "TypeError", "expected str instance, %s found", py_type_name(interp, text));
  return !py_failed(interp);
}

static PyValue substitute(PyInterp *interp, PyCall *call)
{
  guint at = py_is_null(call->self) ? 1 : 0;
  gint64 count, made = 0;
  Subject subject;
  if (!take_subject(interp, call, at + 1, 4, &subject) || !py_arg_int(call, at + 2, &count))
    return py_null();
  if (subject.pattern == NULL)
    return not_understood(interp, subject.given);
  Builder b;
  builder_init(&b, interp);
  gsize from = 0, copied = 0;
  Match *match;
  while ((count == 0 || made < count) && (match = next_match(interp, &subject, &from)) != NULL) {
    builder_put(&b, subject.text->data + copied, (gsize)match->start - copied);
    if (!put_substitute(&b, match, call->values[at]) || b.failed)
      return py_null();
    copied = from;
    made++;
  }
  builder_put(&b, subject.text->data + copied, subject.text->len - copied);
  PyValue text = builder_end(&b);
  if (py_is_null(text) || call->function[3] != 'n')
    return text;
  return py_tuple(interp, (PyValue[]){text, py_int(made)}, 2);
}

/* What findall gives for one match: the only group, all groups, or all of it. */
static PyValue found_value(PyInterp *interp, const Match *match)
{
  gint groups = g_regex_get_capture_count(match->pattern->regex);
  PyValue list = py_list(interp, 4);
  for (gint i = groups > 0 ? 1 : 0; i <= groups; i++) {
    PyValue value = group_value(interp, match, i);
    py_list_append(interp, list.list, py_is_none(value) ? py_str(interp, "", 0) : value);
  }
  return groups <= 1 ? list.list->items[0] : py_tuple(interp, list.list->items, list.list->len);
}

/* findall and finditer. */
static PyValue find_all(PyInterp *interp, PyCall *call)
{
  Subject subject;
  if (!take_subject(interp, call, py_is_null(call->self) ? 1 : 0, 2, &subject))
    return py_null();
  if (subject.pattern == NULL)
    return not_understood(interp, subject.given);
  PyValue list = py_list(interp, 4);
  gboolean objects = strcmp(call->function, "finditer") == 0;
  gsize from = 0;
  Match *match;
  while ((match = next_match(interp, &subject, &from)) != NULL)
    py_list_append(interp, list.list,
                   objects ? py_host_object(interp, &match_class, match) : found_value(interp, match));
  return py_failed(interp) ? py_null() : objects ? py_iter(interp, list) : list;
}

static PyValue split(PyInterp *interp, PyCall *call)
{
  guint at = py_is_null(call->self) ? 1 : 0;
  gint64 most;
  Subject subject;
  if (!take_subject(interp, call, at, 3, &subject) || !py_arg_int(call, at + 1, &most))
    return py_null();
  if (subject.pattern == NULL)
    return not_understood(interp, subject.given);
  PyValue list = py_list(interp, 4);
  gsize from = 0, copied = 0;
  Match *match;
  for (gint64 made = 0; most == 0 || made < most; made++) {
    match = next_match(interp, &subject, &from);
    if (match == NULL)
      break;
    py_list_append(interp, list.list,
                   py_str(interp, subject.text->data + copied, match->start - (gssize)copied));
    for (gint i = 1; i <= g_regex_get_capture_count(subject.pattern->regex); i++)
      py_list_append(interp, list.list, group_value(interp, match, i));
    copied = from;
  }
  py_list_append(interp, list.list, py_str(interp, subject.text->data + copied, -1));
  return py_failed(interp) ? py_null() : list;
}

static PyValue escape(PyInterp *interp, PyCall *call)
{
  const char *text = py_arg_text(call, 0);
  if (text == NULL)
    return py_null();
  Builder b;
  builder_init(&b, interp);
  for (const char *p = text; *p != '\0'; p++) {
    if (strchr("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", *p) != NULL)
      builder_char(&b, '\\');
    builder_char(&b, *p);
  }
  return builder_end(&b);
}

/* ---- tables ---- */

static const PyMethod pattern_methods[] = {
    {"search", search, "string", PY_PURE},
    {"match", search, "string", PY_PURE},
    {"fullmatch", search, "string", PY_PURE},
    {"sub", substitute, "repl, string, count=0", PY_PURE},
    {"subn", substitute, "repl, string, count=0", PY_PURE},
    {"findall", find_all, "string", PY_PURE},
    {"finditer", find_all, "string", PY_PURE},
    {"split", split, "string, maxsplit=0", PY_PURE},
    {0},
};

static const PyHostClass pattern_class = {.name = "Pattern", .module = "re", .methods = pattern_methods};

static const PyMethod match_methods[] = {
    {"group", match_group, NULL, PY_METHOD_PLAIN},
    {"groups", match_groups, "default=None", PY_METHOD_PLAIN},
    {"start", match_position, "group=0", PY_METHOD_PLAIN},
    {"end", match_position, "group=0", PY_METHOD_PLAIN},
    {"span", match_position, "group=0", PY_METHOD_PLAIN},
    {0},
};

static const PyHostClass match_class = {
    .name = "Match", .module = "re", .methods = match_methods, .getitem = match_getitem};

static const PyMethod functions[] = {
    {"compile", module_compile, "pattern, flags=0", PY_PURE},
    {"search", search, "pattern, string, flags=0", PY_PURE},
    {"match", search, "pattern, string, flags=0", PY_PURE},
    {"fullmatch", search, "pattern, string, flags=0", PY_PURE},
    {"sub", substitute, "pattern, repl, string, count=0, flags=0", PY_PURE},
    {"subn", substitute, "pattern, repl, string, count=0, flags=0", PY_PURE},
    {"findall", find_all, "pattern, string, flags=0", PY_PURE},
    {"finditer", find_all, "pattern, string, flags=0", PY_PURE},
    {"split", split, "pattern, string, maxsplit=0, flags=0", PY_PURE},
    {"escape", escape, "pattern", PY_PURE},
    {0},
};

static PyValue module_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  (void)module;
  static const struct {
    const char *name;
    gint64 value;
  } flags[] = {{"I", IGNORECASE}, {"IGNORECASE", IGNORECASE},
               {"M", MULTILINE},  {"MULTILINE", MULTILINE},
               {"S", DOTALL},     {"DOTALL", DOTALL},
               {"X", VERBOSE},    {"VERBOSE", VERBOSE},
               {"U", 32},         {"UNICODE", 32}};
  for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
    if (strcmp(name, flags[i].name) == 0)
      return py_int(flags[i].value);
  return py_unknown(interp, PY_NEEDS_PYTHON, "re.%s", name);
}

const PyModuleDef py_module_re = {.name = "re", .functions = functions, .getattr = module_attr};
