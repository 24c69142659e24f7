#include "retort/edit/draft.h"

#include <glib/gi18n.h>
#include <string.h>

#include "file_name.h"
#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/edit/mako.h"
#include "retort/history/target.h"

static gboolean G_GNUC_PRINTF(2, 3) command_error(GError **error, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND, text);
  return FALSE;
}

static char *absolute(const char *path)
{
  g_autofree char *here = g_get_current_dir();
  g_autofree char *joined = g_path_is_absolute(path) ? g_strdup(path) : g_strdup_printf("%s/%s", here, path);
  return file_tidy_path(joined);
}

static char *version_folder(const Project *project, const RevisionRequest *request, const GPtrArray *parents,
                            GError **error)
{
  const GPtrArray *locations = project->all_locations;
  g_autofree char *folder = NULL;
  if (request->version_path != NULL)
    folder = absolute(request->version_path);
  else if (locations->len == 1)
    folder = g_strdup(g_ptr_array_index(locations, 0));
  else if (parents->len > 0)
    folder = g_path_get_dirname(((const Revision *)g_ptr_array_index(parents, 0))->path);
  if (folder == NULL) {
    command_error(error, "Multiple version locations present, please specify --version-path");
    return NULL;
  }
  for (guint i = 0; i < locations->len; i++)
    if (strcmp(folder, g_ptr_array_index(locations, i)) == 0)
      return g_steal_pointer(&folder);
  g_autofree char *shown = file_tidy_path(request->version_path != NULL ? request->version_path : folder);
  command_error(error, "Path %s is not represented in current version locations", shown);
  return NULL;
}

/* None, 'a' or ('a', 'b'), as Alembic hands parents and dependencies to the template; brackets "[]" for lists. */
static char *scalar_or_sequence(const char *const *items, const char *brackets)
{
  guint n = g_strv_length((char **)items);
  if (n == 0)
    return g_strdup("None");
  if (n == 1)
    return mako_literal(items[0]);
  g_autofree char *tuple = mako_literal_tuple(items);
  tuple[0] = brackets[0];
  tuple[strlen(tuple) - 1] = brackets[1];
  return g_steal_pointer(&tuple);
}

static void append_date(GString *out, const Project *project, GDateTime *date)
{
  gint64 offset = g_date_time_get_utc_offset(date) / G_USEC_PER_SEC;
  g_autofree char *zone = mako_literal(g_date_time_get_timezone_abbreviation(date));
  g_string_append_printf(
      out, "import datetime as _datetime\ncreate_date = _datetime.datetime(%d, %d, %d, %d, %d, %d, %d",
      g_date_time_get_year(date), g_date_time_get_month(date), g_date_time_get_day_of_month(date),
      g_date_time_get_hour(date), g_date_time_get_minute(date), g_date_time_get_second(date),
      g_date_time_get_microsecond(date));
  if (project->timezone != NULL)
    g_string_append_printf(
        out, ", tzinfo=_datetime.timezone(_datetime.timedelta(seconds=%" G_GINT64_FORMAT "), %s)", offset,
        zone);
  g_string_append(out, ")\n");
}

/* `config`, of which templates ask main options (the databases of a multidb project). */
static void append_config(GString *out, const Project *project)
{
  g_string_append(out, "_options = {");
  g_auto(GStrv) keys = project->ini != NULL ? ini_keys(project->ini, project->section) : NULL;
  for (char **key = keys; key != NULL && *key != NULL; key++) {
    g_autofree char *value = project_option(project, *key, NULL);
    g_autofree char *name = mako_literal(*key), *text = mako_literal(value);
    g_string_append_printf(out, "%s: %s, ", name, text);
  }
  g_string_append(out, "}\nclass _Config:\n"
                       "    def get_main_option(self, name, default=None):\n"
                       "        return _options.get(name, default)\n"
                       "config = _Config()\n");
}

static void append_text(GString *out, const char *name, const char *value)
{
  g_autofree char *literal = mako_literal(value);
  g_string_append_printf(out, "%s = %s\n", name, literal);
}

static char *template_prelude(const Project *project, const RevisionDraft *draft,
                              const RevisionRequest *request, char **depends_on, GDateTime *date)
{
  g_autoptr(GString) out = g_string_new("def comma(value):\n"
                                        "    if value is None:\n        return ''\n"
                                        "    if isinstance(value, str):\n        return value\n"
                                        "    return ', '.join(value)\n");
  append_text(out, "message", request->message != NULL ? request->message : "empty message");
  append_text(out, "up_revision", draft->revision);
  g_autofree char *down = scalar_or_sequence((const char *const *)draft->down_revision, "()");
  g_autofree char *depends = scalar_or_sequence((const char *const *)depends_on, "[]");
  g_autofree char *labels =
      request->branch_labels != NULL ? mako_literal_tuple(request->branch_labels) : g_strdup("None");
  g_string_append_printf(out, "down_revision = %s\ndepends_on = %s\nbranch_labels = %s\n", down, depends,
                         labels);
  append_date(out, project, date);
  append_config(out, project);
  const struct {
    const char *name, *value;
  } bodies[] = {
      {"upgrades", request->upgrades}, {"downgrades", request->downgrades}, {"imports", request->imports}};
  for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++)
    if (bodies[i].value != NULL)
      append_text(out, bodies[i].name, bodies[i].value);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Python's names of encodings that iconv knows by another, folded as Python folds them. */
static const struct {
  const char *python, *iconv;
} encodings[] = {
    {"latin", "ISO-8859-1"}, {"latin1", "ISO-8859-1"}, {"l1", "ISO-8859-1"},      {"8859", "ISO-8859-1"},
    {"646", "ASCII"},        {"u8", "UTF-8"},          {"utf", "UTF-8"},          {"cp65001", "UTF-8"},
    {"u16", "UTF-16"},       {"u32", "UTF-32"},        {"1250", "CP1250"},        {"1251", "CP1251"},
    {"1252", "CP1252"},      {"utf8sig", "UTF-8"},     {"macroman", "MACINTOSH"},
};

static char *folded(const char *name)
{
  GString *out = g_string_new(NULL);
  for (; *name != '\0'; name++)
    if (g_ascii_isalnum(*name))
      g_string_append_c(out, g_ascii_tolower(*name));
  return g_string_free(out, FALSE);
}

/* text as Python's encode() gives it: with a mark where Python writes one. */
static char *encode(const char *text, const char *encoding, gsize *len, GError **error)
{
  g_autofree char *name = folded(encoding);
  const char *known = encoding;
  for (gsize i = 0; i < G_N_ELEMENTS(encodings); i++)
    if (strcmp(name, encodings[i].python) == 0)
      known = encodings[i].iconv;
  g_autofree char *marked = strcmp(name, "utf8sig") == 0 ? g_strconcat("\xef\xbb\xbf", text, NULL) : NULL;
  return g_convert(marked != NULL ? marked : text, -1, known, "UTF-8", NULL, len, error);
}

static gboolean fill_content(RevisionDraft *draft, const Project *project, const char *prelude,
                             GError **error)
{
  g_autofree char *path = g_build_filename(project->script_location, "script.py.mako", NULL);
  gsize len = 0;
  g_autofree char *template = file_read(path, FILE_LIMIT, &len, NULL, error);
  if (template == NULL)
    return FALSE;
  g_autofree char *text = mako_render(path, template, len, prelude, error);
  if (text == NULL)
    return FALSE;
  g_autoptr(GError) failure = NULL;
  draft->content = encode(text, project->output_encoding, &draft->len, &failure);
  /* One that iconv does not know may well be known to Python. */
  if (g_error_matches(failure, G_CONVERT_ERROR, G_CONVERT_ERROR_NO_CONVERSION)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("retort does not know the encoding %s"),
                project->output_encoding);
    return FALSE;
  }
  if (draft->content == NULL)
    return command_error(error, _("%s cannot be written in %s: %s"), draft->path, project->output_encoding,
                         failure->message);
  return TRUE;
}

/* Alembic makes the version location, if one is configured, and then what a file_template puts in between. */
static void note_folders(RevisionDraft *draft, const char *location)
{
  g_autofree char *folder = g_path_get_dirname(draft->path);
  draft->folders = g_ptr_array_new_with_free_func(g_free);
  if (!g_file_test(location, G_FILE_TEST_EXISTS))
    g_ptr_array_add(draft->folders, g_strdup(location));
  if (strcmp(folder, location) != 0 && !g_file_test(folder, G_FILE_TEST_EXISTS))
    g_ptr_array_add(draft->folders, g_steal_pointer(&folder));
}

static char **ids_of(const GPtrArray *revisions)
{
  char **ids = g_new0(char *, revisions->len + 1);
  for (guint i = 0; i < revisions->len; i++)
    ids[i] = g_strdup(((const Revision *)g_ptr_array_index(revisions, i))->id);
  return ids;
}

static gboolean stands_on(const Revision *revision, const Revision *below)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  g_ptr_array_add(todo, (void *)revision);
  while (todo->len > 0) {
    Revision *next = g_ptr_array_steal_index(todo, todo->len - 1);
    if (next == below)
      return TRUE;
    for (guint i = 0; g_hash_table_add(seen, next) && i < next->down->len; i++)
      g_ptr_array_add(todo, next->down->pdata[i]);
  }
  return FALSE;
}

static gboolean check_merge(const GPtrArray *parents, GError **error)
{
  if (parents->len < 2)
    return command_error(error, _("there is one head (%s): nothing to merge"),
                         parents->len > 0 ? ((const Revision *)parents->pdata[0])->id : "base");
  for (guint i = 0; i < parents->len; i++)
    for (guint j = 0; j < parents->len; j++) {
      const Revision *upper = parents->pdata[i], *lower = parents->pdata[j];
      if (i != j && stands_on(upper, lower))
        return command_error(error, _("%s stands on %s already: nothing to merge"), upper->id, lower->id);
    }
  return TRUE;
}

/* One that was read may still be wrong, as the second of two with the same id. */
static gboolean was_read(const RevisionMap *map, const char *path)
{
  for (guint i = 0; i < map->revisions->len; i++)
    if (g_strcmp0(((const Revision *)map->revisions->pdata[i])->path, path) == 0)
      return TRUE;
  return FALSE;
}

/* What stands in a file that cannot be read here may be the head, or have the id: Python may know. */
static gboolean check_whole(const RevisionMap *map, GError **error)
{
  for (guint i = 0; i < map->diags->items->len; i++) {
    const Diag *diag = map->diags->items->pdata[i];
    if (diag->severity != DIAG_ERROR || was_read(map, diag->path))
      continue;
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s: %s; so what the heads are is not known"),
                diag->path, diag->text);
    return FALSE;
  }
  return TRUE;
}

RevisionDraft *revision_draft_new(const Project *project, const RevisionMap *map,
                                  const RevisionRequest *request, GError **error)
{
  if (project->script_location == NULL) {
    command_error(error, _("a bare folder has no script.py.mako: new revisions need an Alembic environment"));
    return NULL;
  }
  g_autoptr(RevisionDraft) draft = g_new0(RevisionDraft, 1);
  draft->revision =
      request->rev_id != NULL && *request->rev_id ? g_strdup(request->rev_id) : revision_make_id();
  g_auto(NewRevision) checked = {0};
  if (!check_whole(map, error) ||
      !target_new_revision(map, draft->revision, request->heads, request->splice, request->branch_labels,
                           request->depends_on, &checked, error) ||
      (request->merge && !check_merge(checked.parents, error)))
    return NULL;
  g_autoptr(GDateTime) date = draft_create_date(project, request->now, error);
  g_autofree char *folder = date != NULL ? version_folder(project, request, checked.parents, error) : NULL;
  g_autofree char *name =
      folder != NULL ? draft_file_name(project, draft->revision, request->message, date, error) : NULL;
  if (name == NULL)
    return NULL;
  draft->path = g_build_filename(folder, name, NULL);
  note_folders(draft, folder);
  draft->down_revision = ids_of(checked.parents);
  draft->label = g_strdup(request->branch_labels != NULL ? request->branch_labels[0] : NULL);
  g_autofree char *prelude = template_prelude(project, draft, request, checked.depends_on, date);
  draft->changes = changes_new();
  if (!fill_content(draft, project, prelude, error) ||
      !changes_create(draft->changes, draft->path, draft->content, draft->len, error))
    return NULL;
  return g_steal_pointer(&draft);
}

void revision_draft_free(RevisionDraft *draft)
{
  if (draft == NULL)
    return;
  g_free(draft->revision);
  g_free(draft->path);
  g_free(draft->content);
  g_strfreev(draft->down_revision);
  g_free(draft->label);
  g_clear_pointer(&draft->folders, g_ptr_array_unref);
  changes_free(draft->changes);
  g_free(draft);
}

static gboolean check_label(const RevisionDraft *draft, const Revision *revision, GError **error)
{
  if (draft->label == NULL || (revision->branch_labels != NULL && revision->branch_labels[0] != NULL))
    return TRUE;
  return command_error(error,
                       "Version %s specified branch_labels %s, however the migration file %s does not have "
                       "them; have you upgraded your script.py.mako to include the 'branch_labels' section?",
                       revision->id, draft->label, draft->path);
}

gboolean revision_draft_check(const RevisionDraft *draft, GError **error)
{
  g_autoptr(Revision) revision = revision_read(draft->path, error);
  return revision != NULL && check_label(draft, revision, error);
}

RevisionMap *revision_draft_map(const RevisionDraft *draft, const RevisionMap *map, GError **error)
{
  g_autoptr(Revision) revision = revision_parse(draft->path, draft->content, draft->len, error);
  if (revision == NULL || !check_label(draft, revision, error))
    return NULL;
  GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
  for (guint i = 0; i < map->revisions->len; i++)
    g_ptr_array_add(revisions, revision_copy(map->revisions->pdata[i]));
  g_ptr_array_add(revisions, g_steal_pointer(&revision));
  return revision_map_new(revisions);
}
