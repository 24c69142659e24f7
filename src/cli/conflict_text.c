#include "conflict_text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "json.h"
#include "out.h"
#include "refs.h"
#include "retort/base/error.h"

/* Lines of a side, and clashes of a pair, in text; --json has all. */
#define MANY_CHANGES 12
#define MANY_CLASHES 8
#define STATEMENT_COLUMNS 90

/* ---- text ---- */

static const char *in_repository(const char *path)
{
  const char *colon = g_path_is_absolute(path) ? NULL : strchr(path, ':');

  return colon ? colon + 1 : path;
}

static char *place(const SideChange *change)
{
  g_autofree char *name = g_path_get_basename(in_repository(change->revision->path));

  return change->line ? g_strdup_printf("%s:%u", name, change->line) : g_strdup(name);
}

static void print_side(const Session *session, const Conflict *conflict, const ConflictSide *side)
{
  g_autoptr(GPtrArray) changes = conflict_side_changes(conflict, side);
  g_autofree char *message = refs_message(side->head->doc);
  guint n = side->revisions->len;

  if (n > 1)
    out_line(session, ngettext("    %s  %s (%u revision)", "    %s  %s (%u revisions)", n), side->head->id,
             message, n);
  else
    out_line(session, "    %s  %s", side->head->id, message);
  for (guint i = 0; i < changes->len && i < MANY_CHANGES; i++) {
    const SideChange *change = changes->pdata[i];
    g_autofree char *text = change_text(change->change);
    g_autofree char *where = place(change);
    out_line(session, "        %s  %s", where, text);
  }
  if (changes->len > MANY_CHANGES)
    out_line(session, _("        and %u more changes"), changes->len - MANY_CHANGES);
}

static void print_statement(const Session *session, const SideChange *change)
{
  g_autofree char *line = g_strdup(change->sql);
  g_autofree char *where = place(change);

  g_strdelimit(line, "\r\n\t", ' ');
  if (strlen(line) > STATEMENT_COLUMNS)
    memcpy(line + STATEMENT_COLUMNS - 3, "...", 4);
  g_autofree char *valid = g_utf8_make_valid(line, -1);
  out_line(session, "          %s  %s", where, valid);
}

static char *names_of(const GPtrArray *revisions)
{
  GString *names = g_string_new(NULL);

  for (guint i = 0; i < revisions->len; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", ((Revision *)revisions->pdata[i])->id);
  return g_string_free(names, FALSE);
}

static void print_pair(const Session *session, const ConflictPair *pair)
{
  g_autofree char *sentence = conflict_sentence(pair);
  g_autofree char *common = names_of(pair->ancestors);

  if (*common)
    out_line(session, _("    %s and %s, since %s"), pair->left->head->id, pair->right->head->id, common);
  else
    out_line(session, _("    %s and %s, with nothing in common"), pair->left->head->id,
             pair->right->head->id);
  out_line(session, "      %s", sentence);
  for (guint i = 0; i < pair->clashes->len && i < MANY_CLASHES; i++) {
    const ConflictClash *clash = pair->clashes->pdata[i];
    if (i > 0)
      out_line(session, "      %s", clash->why);
    print_statement(session, clash->left);
    print_statement(session, clash->right);
  }
  for (guint i = 0; i < pair->unknown->len && i < MANY_CLASHES; i++)
    out_line(session, "      ? %s", (const char *)pair->unknown->pdata[i]);
}

void conflict_print(const Session *session, const Conflict *conflict)
{
  for (guint i = 0; i < conflict->sides->len; i++)
    print_side(session, conflict, conflict->sides->pdata[i]);
  for (guint i = 0; i < conflict->pairs->len; i++)
    print_pair(session, conflict->pairs->pdata[i]);
}

/* ---- JSON ---- */

static void json_change(JsonBuilder *builder, const SideChange *change)
{
  static const char *const verbs[] = {"create", "drop", "rename", "alter", "rows", "use"};
  static const char *const classes[] = {"schema", "table",    "column",   "index",   "constraint", "type",
                                        "view",   "sequence", "function", "trigger", "extension"};

  json_builder_begin_object(builder);
  json_add_text(builder, "revision", change->revision->id);
  json_add_text(builder, "path", in_repository(change->revision->path));
  json_add_int(builder, "line", change->line);
  json_add_text(builder, "verb", verbs[change->change->verb]);
  json_add_text(builder, "class", classes[change->change->class]);
  json_add_text(builder, "relation", change->change->relation);
  json_add_text(builder, "name", change->change->name);
  json_add_text(builder, "aspect", change->change->aspect);
  json_add_text(builder, "value", change->change->value);
  json_add_text(builder, "sql", change->sql);
  json_builder_end_object(builder);
}

static void json_ids(JsonBuilder *builder, const char *name, const GPtrArray *revisions)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new();

  for (guint i = 0; i < revisions->len; i++)
    g_ptr_array_add(ids, ((Revision *)revisions->pdata[i])->id);
  json_add_array(builder, name, ids);
}

static void json_side(JsonBuilder *builder, const Conflict *conflict, const ConflictSide *side)
{
  g_autoptr(GPtrArray) changes = conflict_side_changes(conflict, side);

  json_builder_begin_object(builder);
  json_add_text(builder, "head", side->head->id);
  json_ids(builder, "revisions", side->revisions);
  json_add_array(builder, "tables", side->tables);
  json_builder_set_member_name(builder, "changes");
  json_builder_begin_array(builder);
  for (guint i = 0; i < changes->len; i++)
    json_change(builder, changes->pdata[i]);
  json_builder_end_array(builder);
  json_builder_end_object(builder);
}

static void json_clash(JsonBuilder *builder, const ConflictClash *clash)
{
  json_builder_begin_object(builder);
  json_add_text(builder, "verdict", verdict_name(clash->verdict));
  json_add_text(builder, "why", clash->why);
  json_builder_set_member_name(builder, "left");
  json_change(builder, clash->left);
  json_builder_set_member_name(builder, "right");
  json_change(builder, clash->right);
  json_builder_end_object(builder);
}

static void json_pair(JsonBuilder *builder, const ConflictPair *pair)
{
  json_builder_begin_object(builder);
  json_add_text(builder, "left", pair->left->head->id);
  json_add_text(builder, "right", pair->right->head->id);
  json_ids(builder, "ancestors", pair->ancestors);
  json_add_text(builder, "verdict", verdict_name(pair->verdict));
  json_builder_set_member_name(builder, "clashes");
  json_builder_begin_array(builder);
  for (guint i = 0; i < pair->clashes->len; i++)
    json_clash(builder, pair->clashes->pdata[i]);
  json_builder_end_array(builder);
  json_add_array(builder, "unknown", pair->unknown);
  json_builder_end_object(builder);
}

void conflict_json(JsonBuilder *builder, const Conflict *conflict)
{
  json_builder_set_member_name(builder, "sides");
  json_builder_begin_array(builder);
  for (guint i = 0; i < conflict->sides->len; i++)
    json_side(builder, conflict, conflict->sides->pdata[i]);
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, "pairs");
  json_builder_begin_array(builder);
  for (guint i = 0; i < conflict->pairs->len; i++)
    json_pair(builder, conflict->pairs->pdata[i]);
  json_builder_end_array(builder);
}

/* ---- proof ---- */

static char *read_source(const Revision *revision, gsize *len, void *data)
{
  return git_refs_source(data, revision, len, NULL);
}

static Proof *prove(Session *session, GitRefs *refs, const Project *project, const RevisionMap *map,
                    const GPtrArray *heads, GError **error)
{
  if (!session_names_database(session)) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_USAGE,
                        _("a proof needs a server that lets retort create databases: name one with --url"));
    return NULL;
  }
  g_autoptr(PgParams) params = session_params(session, error);
  if (!params)
    return NULL;
  RenderOptions options = {.online = TRUE, .flavor = session_flavor(session)};
  /* where the database stands is worth knowing, but one that cannot be asked leaves an empty one to begin with */
  g_autoptr(VersionRows) rows = session->project ? session_rows(session, NULL) : NULL;
  /* nobody may be connected to it while it is copied */
  g_clear_pointer(&session->conn, pg_conn_free);
  ProofRequest request = {.params = params,
                          .project = project,
                          .render = &options,
                          .map = map,
                          .heads = heads,
                          .rows = rows ? (const char *const *)rows->rows : NULL,
                          .source = refs ? read_source : NULL,
                          .data = refs};
  return proof_run(&request, NULL, error);
}

void proof_print(Session *session, GitRefs *refs, const Project *project, const RevisionMap *map,
                 const GPtrArray *heads)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Proof) proof = prove(session, refs, project, map, heads, &error);

  if (!proof) {
    out_line(session, _("  not proved: %s"), error->message);
    session->status = 1;
    return;
  }
  g_autofree char *sentence = proof_sentence(proof);
  out_line(session, "  %s", sentence);
  if (proof->failed_revision)
    out_line(session, "    %s:%u  %s", in_repository(proof->failed_path), proof->failed_line,
             proof->failed_sql);
  for (guint i = 0; i < proof->differences->len; i++) {
    g_autofree char *text = schema_difference_text(proof->differences->pdata[i]);
    out_line(session, "    %s", text);
  }
  if (!proof->equal)
    session->status = 1;
}

void proof_json(JsonBuilder *builder, Session *session, GitRefs *refs, const Project *project,
                const RevisionMap *map, const GPtrArray *heads)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Proof) proof = prove(session, refs, project, map, heads, &error);

  json_builder_set_member_name(builder, "proof");
  json_builder_begin_object(builder);
  json_add_truth(builder, "equal", proof && proof->equal);
  json_add_text(builder, "problem", error ? error->message : NULL);
  json_add_text(builder, "failed_revision", proof ? proof->failed_revision : NULL);
  json_add_text(builder, "failed_sql", proof ? proof->failed_sql : NULL);
  json_add_text(builder, "failed_error", proof ? proof->failed_error : NULL);
  json_builder_set_member_name(builder, "differences");
  json_builder_begin_array(builder);
  for (guint i = 0; proof && i < proof->differences->len; i++) {
    const SchemaDifference *difference = proof->differences->pdata[i];
    json_builder_begin_object(builder);
    json_add_text(builder, "kind", difference->kind);
    json_add_text(builder, "name", difference->name);
    json_add_text(builder, "before", difference->before);
    json_add_text(builder, "after", difference->after);
    json_add_truth(builder, "minor", difference->minor);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  if (!proof || !proof->equal)
    session->status = 1;
}
