#include "retort/run/inspect.h"

#include <glib/gi18n.h>
#include <string.h>

#include "applied.h"
#include "retort/base/file.h"
#include "retort/history/refs.h"

/* ---- what was released ---- */

struct FileHistory {
  GitRefs *refs; /* NULL: no repository */
  char *base;
  GitRevisions *at_base; /* where the branch left it */
  char *tag;
  GitRevisions *at_tag;
  GHashTable *applied; /* AppliedRecord*, by revision */
};

static void open_refs(FileHistory *history, const Project *project, const char *base, GError **error)
{
  history->refs = git_refs_open(project, error);
  if (history->refs == NULL)
    return;
  history->base = base != NULL ? g_strdup(base) : git_refs_trunk(history->refs);
  g_autofree char *common = git_refs_base(history->refs, "HEAD", history->base, error);
  if (common != NULL)
    history->at_base = git_revisions_at(history->refs, common, error);
  history->tag = git_refs_newest_tag(history->refs);
  if (history->tag != NULL)
    history->at_tag = git_revisions_at(history->refs, history->tag, NULL);
}

FileHistory *file_history_new(const Project *project, const char *base, GError **error)
{
  FileHistory *history = g_new0(FileHistory, 1);
  g_autofree char *folder =
      project->config_path != NULL ? g_path_get_dirname(project->config_path) : g_get_current_dir();
  open_refs(history, project, base, error);
  history->applied = applied_records(folder);
  return history;
}

void file_history_free(FileHistory *history)
{
  if (history == NULL)
    return;
  git_revisions_free(history->at_base);
  git_revisions_free(history->at_tag);
  git_refs_free(history->refs);
  g_hash_table_unref(history->applied);
  g_free(history->base);
  g_free(history->tag);
  g_free(history);
}

const char *file_history_base(const FileHistory *history)
{
  return history->at_base != NULL ? history->base : NULL;
}

/* The name git gives to a content. */
static char *blob_id(const char *text, gsize len)
{
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
  g_autofree char *head = g_strdup_printf("blob %" G_GSIZE_FORMAT, len);
  g_checksum_update(sum, (const guchar *)head, (gssize)strlen(head) + 1);
  g_checksum_update(sum, (const guchar *)text, (gssize)len);
  return g_strdup(g_checksum_get_string(sum));
}

/* The revision as it was then, when that is not what the text is now. */
static const Revision *differs(const GitRevisions *then, const char *id, const char *text, gsize len)
{
  const Revision *old = then != NULL ? revision_map_get(then->map, id) : NULL;
  const char *was = old != NULL ? g_hash_table_lookup(then->blobs, id) : NULL;
  if (was == NULL)
    return NULL;
  g_autofree char *now = blob_id(text, len);
  return strcmp(was, now) == 0 ? NULL : old;
}

gboolean file_history_is_ours(FileHistory *history, const Revision *revision)
{
  if (history->at_base == NULL)
    return FALSE;
  if (revision_map_get(history->at_base->map, revision->id) == NULL)
    return TRUE;
  gsize len;
  g_autofree char *text = file_read(revision->path, FILE_LIMIT, &len, NULL, NULL);
  return text != NULL && differs(history->at_base, revision->id, text, len) != NULL;
}

/* ---- changed since? ---- */

static gboolean same_words(char **a, char **b)
{
  return g_strv_equal((const char *const *)a, (const char *const *)b);
}

/* Both are known to the end, and differ: an old text that today's SQLAlchemy refuses tells nothing. */
static gboolean sends_something_else(const Script *now, const Script *then)
{
  return now->state == RENDER_EXACT && then->state == RENDER_EXACT && now->error == NULL &&
         then->error == NULL && !script_equal(now, then);
}

/* What it sends is another thing than before: not only its comments and its layout. */
static char *compare_sources(const InspectOptions *options, const Revision *revision, const Revision *old,
                             const char *name, const char *text, gsize len)
{
  if (!same_words(old->down_revision, revision->down_revision))
    return g_strdup_printf(_("since %s its down_revision is another"), name);
  gsize old_len;
  g_autofree char *old_text = git_refs_source(options->history->refs, old, &old_len, NULL);
  if (old_text == NULL)
    return NULL;
  for (Direction direction = DIRECTION_UPGRADE; direction <= DIRECTION_DOWNGRADE; direction++) {
    g_autoptr(RenderSession) one = render_session_new(options->project, &(RenderOptions){.online = TRUE});
    g_autoptr(RenderSession) other = render_session_new(options->project, &(RenderOptions){.online = TRUE});
    g_autoptr(Script) now = render_source(one, revision->path, text, len, direction);
    g_autoptr(Script) then = render_source(other, revision->path, old_text, old_len, direction);
    if (sends_something_else(now, then))
      return g_strdup_printf(direction == DIRECTION_UPGRADE
                                 ? _("since %s the upgrade sends something else")
                                 : _("since %s the downgrade sends something else"),
                             name);
  }
  return NULL;
}

static gboolean keeps_position(const Project *project, const char *sql)
{
  const char *schema = NULL;
  const char *table = project_version_table(project, &schema);
  static const char *const verbs[] = {"INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE "};
  for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
    if (!g_str_has_prefix(sql, verbs[i]))
      continue;
    const char *name = sql + strlen(verbs[i]);
    if (schema != NULL && g_str_has_prefix(name, schema) && name[strlen(schema)] == '.')
      name += strlen(schema) + 1;
    return g_str_has_prefix(name, table) && !g_ascii_isalnum(name[strlen(table)]) &&
           name[strlen(table)] != '_';
  }
  return FALSE;
}

static char *compare_record(const InspectOptions *options, const Revision *revision, const Script *script)
{
  const AppliedRecord *record = g_hash_table_lookup(options->history->applied, revision->id);
  if (record == NULL || script->state != RENDER_EXACT || options->downwards)
    return NULL;
  guint n = 0;
  gboolean same = TRUE;
  for (guint i = 0; i < record->statements->len; i++) {
    const char *sql = g_ptr_array_index(record->statements, i);
    if (keeps_position(options->project, sql))
      continue;
    const Statement *now = n < script->statements->len ? g_ptr_array_index(script->statements, n) : NULL;
    same &= now != NULL && strcmp(now->sql, sql) == 0;
    n++;
  }
  if (same && n == script->statements->len)
    return NULL;
  return g_strdup_printf(_("since it was applied to %s (%.10s) the upgrade sends something else"),
                         record->database != NULL ? record->database : "?",
                         record->time != NULL ? record->time : "");
}

static char *changed_since(const InspectOptions *options, const Revision *revision, const Script *script,
                           const char *text, gsize len)
{
  FileHistory *history = options->history;
  if (history == NULL)
    return NULL;
  const struct {
    const GitRevisions *then;
    const char *name;
  } points[] = {{history->at_base, history->base}, {history->at_tag, history->tag}};
  for (guint i = 0; i < G_N_ELEMENTS(points) && text != NULL; i++) {
    const Revision *old = differs(points[i].then, revision->id, text, len);
    char *detail = old != NULL ? compare_sources(options, revision, old, points[i].name, text, len) : NULL;
    if (detail != NULL)
      return detail;
  }
  return compare_record(options, revision, script);
}

/* ---- facts ---- */

/* The other heads, when it is one of several that no branch label tells apart. */
static char *other_heads(const RevisionMap *map, const Revision *revision)
{
  if (map == NULL || map->heads->len < 2 || !revision_is_head(revision) ||
      revision_map_get(map, revision->id) == NULL)
    return NULL;
  g_autoptr(GPtrArray) others = g_ptr_array_new();
  for (guint i = 0; i < map->heads->len; i++) {
    const Revision *head = g_ptr_array_index(map->heads, i);
    gboolean own_branch = head->labels != NULL && head->labels->len > 0;
    if (strcmp(head->id, revision->id) != 0 && !own_branch)
      g_ptr_array_add(others, head->id);
  }
  gboolean labelled = revision->labels != NULL && revision->labels->len > 0;
  if (others->len == 0 || labelled)
    return NULL;
  g_ptr_array_add(others, NULL);
  return g_strjoinv(", ", (char **)others->pdata);
}

static gboolean whole(const Script *script)
{
  return script->state == RENDER_EXACT || script->answered || script->engine != NULL;
}

static void set_direction(MigrationFacts *facts, const Script *script, gboolean downgrade)
{
  if (downgrade) {
    facts->downgrade = script->statements;
    facts->downgrade_whole = whole(script);
    facts->downgrade_error = script->error;
    facts->downgrade_error_line = script->error_line;
  } else {
    facts->upgrade = script->statements;
    facts->upgrade_whole = whole(script) && script->error == NULL;
  }
}

Review *inspect_script(const InspectOptions *options, const Revision *revision, const Script *script)
{
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  gsize len = 0;
  g_autofree char *text = file_read(revision->path, FILE_LIMIT, &len, NULL, NULL);
  g_autoptr(Script) back = NULL;
  if (options->back_renderer != NULL) {
    render_session_restart(options->back_renderer);
    back = render_revision(options->back_renderer, revision,
                           options->downwards ? DIRECTION_UPGRADE : DIRECTION_DOWNGRADE);
  }
  g_autofree char *changed = changed_since(options, revision, script, text, len);
  g_autofree char *others = other_heads(options->map, revision);
  MigrationFacts facts = {.path = revision->path,
                          .source = text,
                          .source_len = len,
                          .downwards = options->downwards,
                          .upgrade = none,
                          .is_merge = revision_is_merge_point(revision) && options->map != NULL,
                          .changed = changed,
                          .other_heads = others};
  set_direction(&facts, script, options->downwards);
  if (back != NULL)
    set_direction(&facts, back, !options->downwards);
  if (script->state == RENDER_DATABASE && script->reasons->len > 0) {
    const RenderReason *reason = g_ptr_array_index(script->reasons, 0);
    facts.asks = reason->what;
    facts.asks_line = reason->path == NULL ? reason->line : 0;
  }
  return review_migration(options->session, &facts, options->policy);
}

Inspection *inspect_revision(const InspectOptions *options, const Revision *revision)
{
  Inspection *inspection = g_new0(Inspection, 1);
  inspection->script = render_revision(options->renderer, revision,
                                       options->downwards ? DIRECTION_DOWNGRADE : DIRECTION_UPGRADE);
  inspection->review = inspect_script(options, revision, inspection->script);
  return inspection;
}

void inspection_free(Inspection *inspection)
{
  if (inspection == NULL)
    return;
  review_free(inspection->review);
  script_free(inspection->script);
  g_free(inspection);
}

/* ---- the policy ---- */

static void read_toml(ReviewPolicy *policy, const char *path, DiagList *diags)
{
  gsize len;
  g_autofree char *text = file_read(path, FILE_LIMIT, &len, NULL, NULL);
  g_autoptr(Toml) toml = text != NULL ? toml_parse(path, text, len, NULL) : NULL;
  if (toml != NULL)
    review_policy_read_toml(policy, toml_find(toml_root(toml), "tool", "retort", "review", NULL), path,
                            diags);
}

ReviewPolicy *inspect_policy(const Project *project, const Settings *settings, DiagList *diags)
{
  ReviewPolicy *policy = review_policy_new();
  if (project != NULL) {
    if (project->toml_path != NULL)
      read_toml(policy, project->toml_path, diags);
    else if (project->config_path != NULL && g_str_has_suffix(project->config_path, ".toml"))
      read_toml(policy, project->config_path, diags);
    review_policy_read_ini(policy, project->ini, "retort.review", project->config_path, diags);
  }
  if (settings != NULL) {
    g_autofree char *path = settings_path();
    review_policy_read_ini(policy, settings_ini(settings), "review", path, diags);
  }
  return policy;
}
