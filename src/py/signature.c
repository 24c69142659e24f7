/* Signatures of native functions, and binding calls to them. */
#include <string.h>

#include "object.h"

typedef enum {
  PARAM_POSITIONAL_ONLY,
  PARAM_PLAIN,
  PARAM_KEYWORD_ONLY,
  PARAM_STAR,
  PARAM_STAR_STAR,
} ParamKind;

typedef struct {
  PyStr *name;
  ParamKind kind;
  gboolean required;
  PyValue value; /* default; PY_NULL: not given */
} Param;

struct PySignature {
  Param *params; /* as written */
  guint n;
  guint n_positional;
  int star, star_star; /* index, -1: none */
};

static const char *skip_blanks(const char *p)
{
  while (*p == ' ')
    p++;
  return p;
}

/* A default: None, True, False, integer, 'text', () or ?. */
static const char *parse_default(Arena *arena, const char *p, Param *param)
{
  const char *end = p + strcspn(p, ",");
  if (*p == '\'') {
    end = strchr(p + 1, '\'') + 1;
    param->value = py_from_str(py_str_in(arena, p + 1, (gsize)(end - p) - 2));
  } else if (g_str_has_prefix(p, "None")) {
    param->value = py_none();
  } else if (g_str_has_prefix(p, "True") || g_str_has_prefix(p, "False")) {
    param->value = py_bool(*p == 'T');
  } else if (*p == '(') {
    param->value = (PyValue){.type = PY_TUPLE, .list = arena_new0(arena, PyList)};
  } else if (*p != '?') {
    param->value = py_int(g_ascii_strtoll(p, NULL, 10));
  }
  return end;
}

static void add_param(Arena *arena, PySignature *signature, ParamKind kind, const char **at)
{
  const char *p = *at;
  gsize len = strcspn(p, "=, ");
  Param *param = &signature->params[signature->n];
  *param = (Param){.name = py_str_in(arena, p, len), .kind = kind, .required = kind < PARAM_STAR};
  py_str_hash(param->name);
  p = skip_blanks(p + len);
  if (*p == '=') {
    param->required = FALSE;
    p = parse_default(arena, skip_blanks(p + 1), param);
  }
  if (kind == PARAM_STAR)
    signature->star = (int)signature->n;
  if (kind == PARAM_STAR_STAR)
    signature->star_star = (int)signature->n;
  if (kind <= PARAM_PLAIN)
    signature->n_positional++;
  signature->n++;
  *at = p;
}

PySignature *py_signature_parse(Arena *arena, const char *text)
{
  PySignature *signature = arena_new0(arena, PySignature);
  guint room = 1;
  for (const char *p = text; *p; p++)
    room += *p == ',';
  signature->params = arena_array(arena, Param, room);
  signature->star = signature->star_star = -1;
  ParamKind kind = PARAM_PLAIN;
  for (const char *p = skip_blanks(text); *p; p = skip_blanks(p)) {
    if (p[0] == '*' && p[1] == '*') {
      p += 2;
      add_param(arena, signature, PARAM_STAR_STAR, &p);
    } else if (*p == '*') {
      p++;
      if (*p != ',' && *p)
        add_param(arena, signature, PARAM_STAR, &p);
      kind = PARAM_KEYWORD_ONLY;
    } else if (*p == '/') {
      p++;
      for (guint i = 0; i < signature->n; i++)
        signature->params[i].kind = PARAM_POSITIONAL_ONLY;
    } else {
      add_param(arena, signature, kind, &p);
    }
    p = skip_blanks(p);
    if (*p == ',')
      p++;
  }
  return signature;
}

guint py_signature_size(const PySignature *signature)
{
  return signature ? signature->n : 0;
}

static gboolean too_many(PyInterp *interp, const PySignature *signature, const char *function, guint given)
{
  guint n = signature->n_positional;
  if (n == 0)
    py_raise(interp, "TypeError", "%s() takes 0 positional arguments but %u %s given", function, given,
             given == 1 ? "was" : "were");
  else
    py_raise(interp, "TypeError", "%s() takes %u positional argument%s but %u %s given", function, n,
             n == 1 ? "" : "s", given, given == 1 ? "was" : "were");
  return FALSE;
}

static gboolean bind_positional(PyInterp *interp, const PySignature *signature, const char *function,
                                const PyArgs *args, PyValue *values)
{
  guint used = 0;
  for (guint i = 0; i < signature->n && used < args->n; i++)
    if (signature->params[i].kind <= PARAM_PLAIN)
      values[i] = args->args[used++];
  if (signature->star >= 0)
    values[signature->star] = py_tuple(interp, args->args + used, args->n - used);
  else if (used < args->n)
    return too_many(interp, signature, function, args->n);
  return TRUE;
}

static int find_param(const PySignature *signature, const PyStr *name)
{
  for (guint i = 0; i < signature->n; i++)
    if ((signature->params[i].kind == PARAM_PLAIN || signature->params[i].kind == PARAM_KEYWORD_ONLY) &&
        py_str_equal(signature->params[i].name, name))
      return (int)i;
  return -1;
}

static gboolean bind_keywords(PyInterp *interp, const PySignature *signature, const char *function,
                              const PyArgs *args, PyValue *values)
{
  for (guint i = 0; i < args->n_keywords; i++) {
    int at = find_param(signature, args->names[i]);
    if (at >= 0 && !py_is_null(values[at])) {
      py_raise(interp, "TypeError", "%s() got multiple values for argument '%s'", function,
               args->names[i]->data);
      return FALSE;
    }
    if (at >= 0) {
      values[at] = args->keywords[i];
    } else if (signature->star_star >= 0) {
      py_dict_put(interp, values[signature->star_star].dict, args->names[i], args->keywords[i]);
    } else {
      py_raise(interp, "TypeError", "%s() got an unexpected keyword argument '%s'", function,
               args->names[i]->data);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean py_signature_bind(PyInterp *interp, const PySignature *signature, const char *function,
                           const PyArgs *args, PyValue *values)
{
  for (guint i = 0; i < signature->n; i++)
    values[i] = py_null();
  if (signature->star_star >= 0)
    values[signature->star_star] = py_dict(interp);
  if (!bind_positional(interp, signature, function, args, values) ||
      !bind_keywords(interp, signature, function, args, values))
    return FALSE;
  for (guint i = 0; i < signature->n; i++) {
    const Param *param = &signature->params[i];
    if (!py_is_null(values[i]) || param->kind >= PARAM_STAR)
      continue;
    if (param->required) {
      py_raise(interp, "TypeError", "%s() missing 1 required %s argument: '%s'", function,
               param->kind == PARAM_KEYWORD_ONLY ? "keyword-only" : "positional", param->name->data);
      return FALSE;
    }
    values[i] = param->value;
  }
  return TRUE;
}
