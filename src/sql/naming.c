#include "retort/sql/naming.h"

#include <string.h>

static const char *const default_index_template = "ix_%(column_0_label)s";

/* What a template's tokens draw from while it is expanded. */
typedef struct {
  Arena *arena;
  const SqlNaming *naming;
  const SqlNamingSubject *subject;
  GError **error;
  gboolean failed;
} Expansion;

static gboolean fail(Expansion *e, SqlErrorCode code, const char *message)
{
  if (!e->failed)
    g_set_error_literal(e->error, SQL_ERROR, (gint)code, message);
  e->failed = TRUE;
  return FALSE;
}

/* Column idx as "name", "key" or "label"; past the end: the empty string. */
static gboolean put_column(Expansion *e, GString *out, guint idx, const char *what)
{
  const SqlNamingSubject *s = e->subject;

  if (idx >= s->columns.n)
    return TRUE;
  const SqlNameList *keys = s->column_keys.n > idx ? &s->column_keys : &s->columns;
  if (strcmp(what, "name") == 0) {
    g_string_append(out, s->columns.items[idx].text);
  } else if (strcmp(what, "key") == 0) {
    g_string_append(out, keys->items[idx].text);
  } else if (strcmp(what, "label") == 0) {
    if (s->schema.text != NULL) {
      g_autoptr(GString) schema = g_string_new(s->schema.text);
      g_string_replace(schema, ".", "_", 0);
      g_string_append_printf(out, "%s_", schema->str);
    }
    g_string_append_printf(out, "%s_%s", s->table.text, s->columns.items[idx].text);
  } else {
    return FALSE;
  }
  return TRUE;
}

/* column_0_name, column_0N_label, column_0_N_key, referred_column_1_name ... */
static gboolean put_column_token(Expansion *e, GString *out, const char *token)
{
  gboolean referred = g_str_has_prefix(token, "referred_");
  const char *p = token + (referred ? strlen("referred_") : 0);

  if (!g_str_has_prefix(p, "column_"))
    return FALSE;
  p += strlen("column_");
  if (!g_ascii_isdigit(*p))
    return FALSE;
  char *end;
  guint64 idx = g_ascii_strtoull(p, &end, 10);
  gboolean spread = g_str_has_prefix(end, "N_") || g_str_has_prefix(end, "_N_");
  const char *separator = *end == '_' ? "_" : "";
  const char *what = spread ? strstr(end, "N_") + 2 : end + 1;
  if (!spread && *end != '_')
    return FALSE;

  const SqlNameList *list = referred ? &e->subject->referred_columns : &e->subject->columns;
  guint first = spread ? 0 : (guint)MIN(idx, G_MAXUINT - 1);
  guint last = spread ? e->subject->columns.n : first + 1;
  for (guint i = first; i < last; i++) {
    if (i > first)
      g_string_append(out, separator);
    if (!referred) {
      if (!put_column(e, out, i, what))
        return FALSE;
    } else if (strcmp(what, "name") != 0) {
      return FALSE;
    } else if (i < list->n) {
      g_string_append(out, list->items[i].text);
    } else {
      return fail(e, SQL_ERROR_INDEX, "list index out of range");
    }
  }
  return TRUE;
}

static gboolean put_token(Expansion *e, GString *out, const char *token)
{
  const SqlNamingSubject *s = e->subject;

  for (guint i = 0; e->naming != NULL && i + 1 < e->naming->constants.n; i += 2) {
    if (strcmp(e->naming->constants.items[i], token) == 0) {
      g_string_append(out, e->naming->constants.items[i + 1]);
      return TRUE;
    }
  }
  if (strcmp(token, "table_name") == 0) {
    g_string_append(out, s->table.text);
    return TRUE;
  }
  if (strcmp(token, "constraint_name") == 0) {
    if (s->given.text == NULL)
      return fail(
          e, SQL_ERROR_INVALID_REQUEST,
          "Naming convention including %(constraint_name)s token requires that constraint is explicitly "
          "named.");
    g_string_append(out, s->given.text);
    return TRUE;
  }
  if (strcmp(token, "referred_table_name") == 0 && s->kind == SQL_NAMING_FK) {
    if (s->referred_table.text == NULL)
      return fail(e, SQL_ERROR_INDEX, "list index out of range");
    g_string_append(out, s->referred_table.text);
    return TRUE;
  }
  if (put_column_token(e, out, token))
    return TRUE;
  g_autofree char *message = g_strdup_printf("'%s'", token);
  return fail(e, SQL_ERROR_KEY, message);
}

/* Python's "template" % mapping with %(token)s and %%. */
static gboolean expand(Expansion *e, GString *out, const char *template)
{
  for (const char *p = template; *p != '\0'; p++) {
    if (*p != '%') {
      g_string_append_c(out, *p);
      continue;
    }
    if (p[1] == '%') {
      g_string_append_c(out, '%');
      p++;
      continue;
    }
    const char *end = p[1] == '(' ? strchr(p, ')') : NULL;
    if (end == NULL || end[1] != 's')
      return fail(e, SQL_ERROR_VALUE, "unsupported format character in a naming convention");
    g_autofree char *token = g_strndup(p + 2, (gsize)(end - p - 2));
    if (!put_token(e, out, token))
      return FALSE;
    p = end + 1;
  }
  return TRUE;
}

gboolean sql_naming_apply(Arena *arena, const SqlNaming *naming, const SqlNamingSubject *subject,
                          SqlName *name, GError **error)
{
  const char *template = NULL;

  *name = subject->given;
  if (naming != NULL)
    template = naming->templates[subject->kind];
  else if (subject->kind == SQL_NAMING_IX)
    template = default_index_template;
  if (subject->given.final || template == NULL)
    return TRUE;
  if (subject->given.text != NULL && strstr(template, "constraint_name") == NULL)
    return TRUE;

  g_autoptr(GString) text = g_string_new(NULL);
  Expansion e = {.arena = arena, .naming = naming, .subject = subject, .error = error};
  if (!expand(&e, text, template))
    return FALSE;
  *name = (SqlName){.text = arena_strdup(arena, text->str), .final = TRUE};
  return TRUE;
}
