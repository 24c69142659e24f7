#include "retort/review/policy.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "silence.h"

typedef struct {
  char **checks;
  char *pattern;
  char *reason;
  char *where;
} Allowance;

struct ReviewPolicy {
  Severity severities[N_CHECKS];
  Severity fail_on;
  int server_version;
  GPtrArray *allowances; /* Allowance* */
};

static void allowance_free(void *data)
{
  Allowance *allowance = data;
  g_strfreev(allowance->checks);
  g_free(allowance->pattern);
  g_free(allowance->reason);
  g_free(allowance->where);
  g_free(allowance);
}

ReviewPolicy *review_policy_new(void)
{
  ReviewPolicy *policy = g_new0(ReviewPolicy, 1);
  for (int i = 0; i < N_CHECKS; i++)
    policy->severities[i] = check_info((CheckId)i).severity;
  policy->fail_on = SEVERITY_OFF;
  policy->allowances = g_ptr_array_new_with_free_func(allowance_free);
  return policy;
}

void review_policy_free(ReviewPolicy *policy)
{
  if (policy == NULL)
    return;
  g_ptr_array_unref(policy->allowances);
  g_free(policy);
}

/* ---- reading ---- */

/* "check, check pattern: reason" */
static void read_allowance(ReviewPolicy *policy, const char *text, const char *path, guint line,
                           DiagList *diags)
{
  const char *colon = strchr(text, ':');
  g_autofree char *head = g_strndup(text, colon != NULL ? (gsize)(colon - text) : strlen(text));
  g_strstrip(head);
  char *pattern = strrchr(head, ' ');
  if (pattern == NULL) {
    diag_add(diags, DIAG_WARNING, path, line, 0, _("\"%s\": expected CHECK PATH: REASON"), text);
    return;
  }
  *pattern++ = '\0';
  Allowance *allowance = g_new0(Allowance, 1);
  allowance->checks = silence_names(head);
  allowance->pattern = g_strdup(pattern);
  allowance->reason = g_strstrip(g_strdup(colon != NULL ? colon + 1 : ""));
  allowance->where = g_path_get_basename(path != NULL ? path : "");
  for (char **name = allowance->checks; *name != NULL; name++)
    if (check_find(*name) < 0 && strcmp(*name, SILENCE_ALL) != 0)
      diag_add(diags, DIAG_WARNING, path, line, 0, _("there is no check \"%s\""), *name);
  if (allowance->reason[0] == '\0')
    diag_add(diags, DIAG_WARNING, path, line, 0, _("\"%s\" is allowed without a reason"), text);
  g_ptr_array_add(policy->allowances, allowance);
}

static void read_allowances(ReviewPolicy *policy, const char *value, const char *path, guint line,
                            DiagList *diags)
{
  g_auto(GStrv) lines = g_strsplit(value, "\n", -1);
  for (char **text = lines; *text != NULL; text++)
    if (g_strstrip(*text)[0] != '\0' && **text != '#')
      read_allowance(policy, *text, path, line, diags);
}

static void read_severity(Severity *severity, const char *key, const char *value, const char *path,
                          guint line, DiagList *diags)
{
  if (!severity_parse(value, severity))
    diag_add(diags, DIAG_WARNING, path, line, 0, _("%s: \"%s\" is not danger, care, note or off"), key,
             value);
}

void review_policy_set(ReviewPolicy *policy, const char *key, const char *value, const char *path, guint line,
                       DiagList *diags)
{
  g_autofree char *name = g_strdup(key);
  g_strdelimit(name, "_", '-');
  int check = check_find(name);
  if (check >= 0) {
    read_severity(&policy->severities[check], name, value, path, line, diags);
  } else if (strcmp(name, "fail-on") == 0) {
    read_severity(&policy->fail_on, name, value, path, line, diags);
  } else if (strcmp(name, "allow") == 0) {
    read_allowances(policy, value, path, line, diags);
  } else if (strcmp(name, "server-version") == 0) {
    int version = atoi(value);
    if (version >= 9 && version <= 99)
      policy->server_version = version;
    else
      diag_add(diags, DIAG_WARNING, path, line, 0, _("%s: \"%s\" is no version of PostgreSQL"), name, value);
  } else {
    diag_add(diags, DIAG_WARNING, path, line, 0, _("there is no check \"%s\""), key);
  }
}

void review_policy_read_ini(ReviewPolicy *policy, const Ini *ini, const char *section, const char *path,
                            DiagList *diags)
{
  if (ini == NULL || !ini_has_section(ini, section))
    return;
  g_auto(GStrv) keys = ini_keys(ini, section);
  for (char **key = keys; *key != NULL; key++) {
    guint line = ini_line(ini, section, *key);
    /* [DEFAULT]'s keys are seen in every section and mean something else */
    g_autofree char *name = g_strdup(*key);
    gboolean inherited = strcmp(section, "DEFAULT") != 0 && ini_has_key(ini, "DEFAULT", *key);
    g_autofree char *value = g_strstrip(g_strdup(ini_get_raw(ini, section, *key)));
    if (!inherited || check_find(g_strdelimit(name, "_", '-')) >= 0)
      review_policy_set(policy, *key, value, path, line, diags);
  }
}

static void read_toml_value(ReviewPolicy *policy, const TomlValue *value, const char *path, DiagList *diags)
{
  g_autoptr(GString) text = g_string_new(NULL);
  switch (value->kind) {
  case TOML_STRING: g_string_append(text, value->text); break;
  case TOML_INTEGER: g_string_append_printf(text, "%" G_GINT64_FORMAT, value->integer); break;
  case TOML_BOOLEAN: g_string_append(text, value->truth ? "true" : "off"); break;
  case TOML_ARRAY:
    for (guint i = 0; i < value->items->len; i++) {
      const TomlValue *item = g_ptr_array_index(value->items, i);
      if (item->kind == TOML_STRING)
        g_string_append_printf(text, "%s\n", item->text);
    }
    break;
  default: break;
  }
  review_policy_set(policy, value->key, text->str, path, value->line, diags);
}

void review_policy_read_toml(ReviewPolicy *policy, const TomlValue *table, const char *path, DiagList *diags)
{
  if (table == NULL || table->kind != TOML_TABLE)
    return;
  for (guint i = 0; i < table->items->len; i++)
    read_toml_value(policy, g_ptr_array_index(table->items, i), path, diags);
}

/* ---- asking ---- */

Severity review_policy_severity(const ReviewPolicy *policy, CheckId check)
{
  return policy != NULL ? policy->severities[check] : check_info(check).severity;
}

Severity review_policy_fail_on(const ReviewPolicy *policy)
{
  return policy != NULL ? policy->fail_on : SEVERITY_OFF;
}

int review_policy_server_version(const ReviewPolicy *policy)
{
  return policy != NULL ? policy->server_version : 0;
}

/* The pattern fits the path, its end from some folder on, or a folder of it. */
static gboolean fits(const char *pattern, const char *path)
{
  gsize n = strlen(pattern);
  g_autofree char *folder = g_strconcat(pattern, n > 0 && pattern[n - 1] == '/' ? "*" : "/*", NULL);
  for (const char *from = path; from != NULL; from = strchr(from, '/')) {
    from += *from == '/';
    if (g_pattern_match_simple(pattern, from) || g_pattern_match_simple(folder, from))
      return TRUE;
  }
  return FALSE;
}

const char *review_policy_allows(const ReviewPolicy *policy, CheckId check, const char *path,
                                 const char **where)
{
  const char *name = check_info(check).name;
  for (guint i = 0; policy != NULL && path != NULL && i < policy->allowances->len; i++) {
    const Allowance *allowance = g_ptr_array_index(policy->allowances, i);
    if (!g_strv_contains((const char *const *)allowance->checks, name) &&
        !g_strv_contains((const char *const *)allowance->checks, SILENCE_ALL))
      continue;
    if (fits(allowance->pattern, path)) {
      *where = allowance->where;
      return allowance->reason;
    }
  }
  return NULL;
}
