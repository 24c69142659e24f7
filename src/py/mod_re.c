/* The re module through GRegex, for patterns that mean the same in Python and in PCRE; any other is unknown. */
#include <glib/gi18n.h>
#include <string.h>

#include "modules.h"

#define IGNORECASE 2
#define MULTILINE 8
#define DOTALL 16
#define VERBOSE 64

typedef struct {
  GRegex *regex;
  const char *pattern;

} Pattern;

typedef struct {
  GMatchInfo *info;
  const char *text;
  Pattern *pattern;
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

/* whole: the pattern must reach the end of the text. */
static Pattern *compile(PyInterp *interp, const char *pattern, gint64 flags, gboolean whole)
{
  if (!is_portable(pattern) ||
      (flags & ~(gint64)(IGNORECASE | MULTILINE | DOTALL | VERBOSE | 32 | 256)) != 0) {
    py_stop(interp, PY_NEEDS_PYTHON, _("the regular expression %s"), pattern);
    return NULL;
  }
  GRegexCompileFlags options = G_REGEX_DEFAULT;
  options |= (flags & IGNORECASE) ? G_REGEX_CASELESS : 0;
  options |= (flags & MULTILINE) ? G_REGEX_MULTILINE : 0;
  options |= (flags & DOTALL) ? G_REGEX_DOTALL : 0;
  options |= (flags & VERBOSE) ? G_REGEX_EXTENDED : 0;
  /* (*UCP): \w, \d and \b know letters and digits beyond ASCII, as Python's do. */
  g_autofree char *text = g_strdup_printf(whole ? "(*UCP)(?:%s)\\z" : "(*UCP)%s", pattern);
  g_autoptr(GError) error = NULL;
  GRegex *regex = g_regex_new(text, options, 0, &error);
  if (regex == NULL) {
    py_stop(interp, PY_NEEDS_PYTHON, _("the regular expression %s"), pattern);
    return NULL;
  }
  arena_own(py_arena(interp), regex, free_regex);
  Pattern *compiled = arena_new0(py_arena(interp), Pattern);
  compiled->regex = regex;
  compiled->pattern = pattern;
  return compiled;
}

/* The pattern argument: a text or a compiled one. */
static Pattern *take_pattern(PyInterp *interp, PyCall *call, guint flags_at, gboolean whole)
{
  Pattern *given = py_payload(call->values[0], &pattern_class);
  if (given != NULL && !whole)
    return given;
  gint64 flags = 0;
  const char *text = given != NULL ? given->pattern : py_arg_text(call, 0);
  if (text == NULL || (flags_at > 0 && !py_arg_int(call, flags_at, &flags)))
    return NULL;
  return compile(interp, text, flags, whole);
}

static PyValue run(PyInterp *interp, Pattern *pattern, const char *text, GRegexMatchFlags flags)
{
  GMatchInfo *info = NULL;
  g_autoptr(GError) error = NULL;
  gboolean matched = g_regex_match_full(pattern->regex, text, -1, 0, flags, &info, &error);
  arena_own(py_arena(interp), info, free_match);
  if (error != NULL)
    return py_stop(interp, PY_NEEDS_PYTHON, _("the regular expression %s"), pattern->pattern);
  if (!matched)
    return py_none();
  Match *match = arena_new0(py_arena(interp), Match);
  *match = (Match){info, text, pattern};
  return py_host_object(interp, &match_class, match);
}

static PyValue search_with(PyInterp *interp, PyCall *call, Pattern *pattern, guint text_at)
{
  const char *text = pattern != NULL ? py_arg_text(call, text_at) : NULL;
  if (text == NULL)
    return py_null();
  gboolean anchored = strcmp(call->function, "search") != 0;
  return run(interp, pattern, text, anchored ? G_REGEX_MATCH_ANCHORED : 0);
}

static PyValue module_search(PyInterp *interp, PyCall *call)
{
  gboolean whole = strcmp(call->function, "fullmatch") == 0;
  return search_with(interp, call, take_pattern(interp, call, 2, whole), 1);
}

static PyValue pattern_search(PyInterp *interp, PyCall *call)
{
  Pattern *pattern = py_payload(call->self, &pattern_class);
  if (strcmp(call->function, "fullmatch") == 0)
    pattern = compile(interp, pattern->pattern, 0, TRUE);
  return search_with(interp, call, pattern, 0);
}

static PyValue module_compile(PyInterp *interp, PyCall *call)
{
  Pattern *pattern = take_pattern(interp, call, 1, FALSE);
  return pattern != NULL ? py_host_object(interp, &pattern_class, pattern) : py_null();
}

/* ---- matches ---- */

static PyValue group_value(PyInterp *interp, const Match *match, gint number)
{
  gint start = -1, end = -1;
  if (!g_match_info_fetch_pos(match->info, number, &start, &end) || start < 0)
    return py_none();
  return py_str(interp, match->text + start, end - start);
}

static PyValue group(PyInterp *interp, const Match *match, PyValue which)
{
  gint64 number = 0;
  if (which.type == PY_STR)
    number = g_regex_get_string_number(match->pattern->regex, py_text(which));
  else if (!py_as_int64(which, &number))
    number = -1;
  if (number < 0 || number > g_regex_get_capture_count(match->pattern->regex))
    return py_raise(interp, "IndexError", "no such group");
  return group_value(interp, match, (gint)number);
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
  for (gint i = 1; i <= g_regex_get_capture_count(match->pattern->regex); i++)
    py_list_append(interp, list.list, group_value(interp, match, i));
  return py_tuple(interp, list.list->items, list.list->len);
}

static PyValue match_getitem(PyInterp *interp, PyValue self, PyValue key)
{
  return group(interp, py_payload(self, &match_class), key);
}

/* ---- substitution and lists ---- */

/* \1 and \g<name> are the same to GLib; anything else after a backslash is not. */
static gboolean is_portable_replacement(const char *replacement)
{
  for (const char *p = strchr(replacement, '\\'); p != NULL; p = strchr(p + 2, '\\'))
    if (p[1] == '\0' || strchr("123456789gn\\", p[1]) == NULL)
      return FALSE;
  return TRUE;
}

static PyValue substitute(PyInterp *interp, Pattern *pattern, PyCall *call, guint first)
{
  if (pattern == NULL)
    return py_null();
  gint64 count;
  const char *text = py_arg_text(call, first + 1);
  if (text == NULL || !py_arg_int(call, first + 2, &count))
    return py_null();
  const char *replacement = call->values[first].type == PY_STR ? py_text(call->values[first]) : NULL;
  if (replacement == NULL || count != 0 || !is_portable_replacement(replacement))
    return py_stop(interp, PY_NEEDS_PYTHON, _("re.sub with a function, a count or an unusual replacement"));
  g_autoptr(GError) error = NULL;
  g_autofree char *out = g_regex_replace(pattern->regex, text, -1, 0, replacement, 0, &error);
  return out != NULL ? py_str(interp, out, -1)
                     : py_stop(interp, PY_NEEDS_PYTHON, _("the regular expression %s"), pattern->pattern);
}

static PyValue module_sub(PyInterp *interp, PyCall *call)
{
  return substitute(interp, take_pattern(interp, call, 4, FALSE), call, 1);
}

static PyValue pattern_sub(PyInterp *interp, PyCall *call)
{
  return substitute(interp, py_payload(call->self, &pattern_class), call, 0);
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

static PyValue find_all(PyInterp *interp, Pattern *pattern, const char *text)
{
  if (pattern == NULL || text == NULL)
    return py_null();
  PyValue list = py_list(interp, 4);
  PyValue first = run(interp, pattern, text, 0);
  const Match *match = py_payload(first, &match_class);
  if (match == NULL)
    return py_is_null(first) ? first : list;
  while (g_match_info_matches(match->info) && py_spend(interp, 1)) {
    py_list_append(interp, list.list, found_value(interp, match));
    g_match_info_next(match->info, NULL);
  }
  return list;
}

static PyValue module_findall(PyInterp *interp, PyCall *call)
{
  Pattern *pattern = take_pattern(interp, call, 2, FALSE);
  return find_all(interp, pattern, pattern != NULL ? py_arg_text(call, 1) : NULL);
}

static PyValue pattern_findall(PyInterp *interp, PyCall *call)
{
  return find_all(interp, py_payload(call->self, &pattern_class), py_arg_text(call, 0));
}

static PyValue split_with(PyInterp *interp, Pattern *pattern, const char *text)
{
  if (pattern == NULL || text == NULL)
    return py_null();
  PyValue list = py_list(interp, 4), first = run(interp, pattern, text, 0);
  const Match *match = py_payload(first, &match_class);
  gint from = 0, start, end;
  while (match != NULL && g_match_info_matches(match->info) && py_spend(interp, 1)) {
    g_match_info_fetch_pos(match->info, 0, &start, &end);
    if (start == end)
      return py_stop(interp, PY_NEEDS_PYTHON, _("re.split at empty matches"));
    py_list_append(interp, list.list, py_str(interp, text + from, start - from));
    for (gint i = 1; i <= g_regex_get_capture_count(pattern->regex); i++)
      py_list_append(interp, list.list, group_value(interp, match, i));
    from = end;
    g_match_info_next(match->info, NULL);
  }
  py_list_append(interp, list.list, py_str(interp, text + from, -1));
  return py_is_null(first) ? first : list;
}

static PyValue module_split(PyInterp *interp, PyCall *call)
{
  Pattern *pattern = take_pattern(interp, call, 2, FALSE);
  return split_with(interp, pattern, pattern != NULL ? py_arg_text(call, 1) : NULL);
}

static PyValue pattern_split(PyInterp *interp, PyCall *call)
{
  return split_with(interp, py_payload(call->self, &pattern_class), py_arg_text(call, 0));
}

static PyValue escape(PyInterp *interp, PyCall *call)
{
  const char *text = py_arg_text(call, 0);
  if (text == NULL)
    return py_null();
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *p = text; *p != '\0'; p++) {
    if (strchr("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", *p) != NULL)
      g_string_append_c(out, '\\');
    g_string_append_c(out, *p);
  }
  return py_str(interp, out->str, (gssize)out->len);
}

/* ---- tables ---- */

static const PyMethod pattern_methods[] = {
    {"search", pattern_search, "string", PY_PURE},
    {"match", pattern_search, "string", PY_PURE},
    {"fullmatch", pattern_search, "string", PY_PURE},
    {"sub", pattern_sub, "repl, string, count=0", PY_PURE},
    {"findall", pattern_findall, "string", PY_PURE},
    {"split", pattern_split, "string", PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static const PyHostClass pattern_class = {.name = "Pattern", .module = "re", .methods = pattern_methods};

static const PyMethod match_methods[] = {
    {"group", match_group, NULL, PY_METHOD_PLAIN},
    {"groups", match_groups, "", PY_METHOD_PLAIN},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static const PyHostClass match_class = {
    .name = "Match", .module = "re", .methods = match_methods, .getitem = match_getitem};

static const PyMethod functions[] = {
    {"compile", module_compile, "pattern, flags=0", PY_PURE},
    {"search", module_search, "pattern, string, flags=0", PY_PURE},
    {"match", module_search, "pattern, string, flags=0", PY_PURE},
    {"fullmatch", module_search, "pattern, string, flags=0", PY_PURE},
    {"sub", module_sub, "pattern, repl, string, count=0, flags=0", PY_PURE},
    {"findall", module_findall, "pattern, string, flags=0", PY_PURE},
    {"split", module_split, "pattern, string, flags=0", PY_PURE},
    {"escape", escape, "pattern", PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
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
