#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "conflict_text.h"
#include "json.h"
#include "out.h"
#include "refs.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/history/collisions.h"

/* Branches named on one line; --json names all. */
#define MANY_BRANCHES 4
#define SHORT_COMMIT 10

const ArgOption conflicts_options[] = {
    {0, "branches", ARG_VALUE, "GLOB",
     N_("Look at branches that match, such as 'origin/*'; with refs/ in front at any references, such as "
        "'refs/pull/*/head'. Default: all local and remote branches."),
     FALSE},
    {0, "trunk", ARG_VALUE, "REF",
     N_("The branch that the others are merged into. Default: where origin/HEAD points, else main, master, "
        "trunk or develop."),
     FALSE},
    {0, "of", ARG_VALUE, "REF", N_("Only collisions of this branch; HEAD is the one checked out."), FALSE},
    {0, "explain", ARG_FLAG, NULL,
     N_("Also what each side does to which table, column, index, constraint and type, and whether that goes "
        "together; of several heads here as well."),
     FALSE},
    {0, "prove", ARG_FLAG, NULL,
     N_("Also run both orders of the sides on scratch databases (created and dropped on the server of --url) "
        "and "
        "compare what is in their catalogs; says --explain, too."),
     FALSE},
    {0, "newer", ARG_VALUE, "DAYS", N_("Leave out branches without a commit in so many days."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

/* What explaining takes; render is NULL when it was not asked for. */
typedef struct {
  Session *session;
  GitRefs *refs;
  const Project *project;
  gboolean prove;
  RenderSession *render;
  const RevisionMap *working;
} Explainer;

/* Of the heads that are here already; NULL when there is one. */
static Conflict *explain_heads(const Explainer *explainer)
{
  const RevisionMap *map = explainer->working;

  return explainer->render && map && !map->fault && map->heads->len > 1
             ? conflict_new(explainer->render, map, map->heads, NULL, NULL)
             : NULL;
}

static void json_branches(JsonBuilder *builder, const GPtrArray *branches)
{
  json_builder_set_member_name(builder, "branches");
  json_builder_begin_array(builder);
  for (guint i = 0; i < branches->len; i++) {
    const CollisionBranch *branch = branches->pdata[i];
    json_builder_begin_object(builder);
    json_add_text(builder, "name", branch->ref);
    json_add_text(builder, "commit", branch->commit);
    json_add_text(builder, "author", branch->author);
    json_add_int(builder, "time", branch->time);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void json_side(JsonBuilder *builder, const CollisionSide *side)
{
  json_builder_begin_object(builder);
  json_add_text(builder, "revision", side->revision);
  json_add_text(builder, "head", side->head);
  json_add_int(builder, "length", side->length);
  json_add_text(builder, "message", side->message);
  json_add_text(builder, "path", side->path);
  json_add_text(builder, "commit", side->commit);
  json_add_text(builder, "author", side->author);
  json_add_int(builder, "time", side->time);
  json_add_truth(builder, "in_trunk", side->in_trunk);
  json_add_truth(builder, "here", side->here);
  json_branches(builder, side->branches);
  json_builder_end_object(builder);
}

static void json_broken(JsonBuilder *builder, const Collisions *found)
{
  json_builder_set_member_name(builder, "broken");
  json_builder_begin_array(builder);
  for (guint i = 0; i < found->broken->len; i++) {
    const Breakage *breakage = found->broken->pdata[i];
    json_builder_begin_object(builder);
    json_add_text(builder, "kind", breakage->parent ? "missing-parent" : "duplicate-revision");
    json_add_text(builder, "revision", breakage->revision);
    json_add_text(builder, "path", breakage->path);
    json_add_text(builder, "parent", breakage->parent);
    json_add_text(builder, "other_path", breakage->other);
    json_add_truth(builder, "here", breakage->here);
    json_branches(builder, breakage->branches);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void json_explain(JsonBuilder *builder, const Explainer *explainer, const Collision *collision)
{
  if (!explainer->render)
    return;
  g_autoptr(Explanation) explanation =
      explanation_new(explainer->refs, explainer->render, collision, explainer->working);
  json_builder_set_member_name(builder, "explanation");
  json_builder_begin_object(builder);
  json_add_text(builder, "problem", explanation->why);
  json_add_int(builder, "left_out", explanation->left_out);
  if (explanation->conflict) {
    json_add_text(builder, "verdict", verdict_name(conflict_verdict(explanation->conflict)));
    conflict_json(builder, explanation->conflict);
    if (explainer->prove)
      proof_json(builder, explainer->session, explainer->refs, explainer->project, explanation->map,
                 explanation->heads);
  }
  json_builder_end_object(builder);
}

static void json_heads(JsonBuilder *builder, const Explainer *explainer)
{
  g_autoptr(Conflict) conflict = explain_heads(explainer);

  if (!conflict)
    return;
  json_builder_set_member_name(builder, "heads_here");
  json_builder_begin_object(builder);
  json_add_text(builder, "verdict", verdict_name(conflict_verdict(conflict)));
  conflict_json(builder, conflict);
  if (explainer->prove)
    proof_json(builder, explainer->session, NULL, explainer->project, explainer->working,
               explainer->working->heads);
  json_builder_end_object(builder);
}

static void print_json(const Collisions *found, const Explainer *explainer)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_object(builder);
  json_add_text(builder, "trunk", found->trunk);
  json_add_int(builder, "references", found->n_refs);
  json_add_int(builder, "adding", found->n_adding);
  json_builder_set_member_name(builder, "collisions");
  json_builder_begin_array(builder);
  for (guint i = 0; i < found->collisions->len; i++) {
    const Collision *collision = found->collisions->pdata[i];
    json_builder_begin_object(builder);
    json_add_text(builder, "parent", collision->parent);
    json_add_text(builder, "parent_path", collision->parent_path);
    json_builder_set_member_name(builder, "sides");
    json_builder_begin_array(builder);
    for (guint k = 0; k < collision->sides->len; k++)
      json_side(builder, collision->sides->pdata[k]);
    json_builder_end_array(builder);
    json_explain(builder, explainer, collision);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  json_broken(builder, found);
  json_add_array(builder, "notes", found->notes);
  json_heads(builder, explainer);
  json_builder_end_object(builder);
  out_json(json_builder_get_root(builder));
}

static char *branch_names(const GPtrArray *branches)
{
  GString *names = g_string_new(NULL);
  guint shown = MIN(branches->len, MANY_BRANCHES);

  for (guint i = 0; i < shown; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", ((CollisionBranch *)branches->pdata[i])->ref);
  if (branches->len > shown)
    g_string_append_printf(names, _(" and %u more"), branches->len - shown);
  return g_string_free(names, FALSE);
}

static void print_side(const Session *session, const CollisionSide *side)
{
  g_autofree char *names = branch_names(side->branches);
  g_autofree char *first = refs_message(side->message);
  g_autofree char *age = refs_age(side->author, side->time);
  g_autofree char *more = side->length > 1
                              ? g_strdup_printf(_("  (%u revisions, up to %s)"), side->length, side->head)
                              : g_strdup("");

  out_line(session, "  %s  %s%s", side->revision, first, more);
  out_line(session, _("      on %s"), names);
  out_line(session, "      %s", side->path);
  if (side->commit)
    out_line(session, "      %.*s  %s", SHORT_COMMIT, side->commit, age);
}

static void print_broken(const Session *session, const Collisions *found, const Breakage *breakage)
{
  g_autofree char *names = branch_names(breakage->branches);
  g_autofree char *fix = breakage_fix(found, breakage);

  if (breakage->parent)
    out_line(session, _("%s would have no parent: it comes after %s, which %s does not have"),
             breakage->revision, breakage->parent, found->trunk);
  else
    out_line(session, _("%s would be there twice: %s has it in %s"), breakage->revision, found->trunk,
             breakage->other);
  out_line(session, _("      on %s"), names);
  out_line(session, "      %s", breakage->path);
  out_line(session, "%s", fix);
  out_line(session, "%s", "");
}

static void print_explanation(const Session *session, const Explainer *explainer, const Collision *collision)
{
  if (!explainer->render)
    return;
  g_autoptr(Explanation) explanation =
      explanation_new(explainer->refs, explainer->render, collision, explainer->working);
  out_line(session, _("  what the sides do:"));
  if (explanation->conflict) {
    conflict_print(session, explanation->conflict);
    if (explainer->prove)
      proof_print(explainer->session, explainer->refs, explainer->project, explanation->map,
                  explanation->heads);
  } else
    out_line(session, "    %s", explanation->why);
  if (explanation->left_out > 0)
    out_line(session, _("    %u more sides are not compared"), explanation->left_out);
}

static void print_heads(const Session *session, const Explainer *explainer)
{
  g_autoptr(Conflict) conflict = explain_heads(explainer);

  if (!conflict)
    return;
  out_line(session, _("%u heads here"), conflict->sides->len);
  conflict_print(session, conflict);
  if (explainer->prove)
    proof_print(explainer->session, NULL, explainer->project, explainer->working, explainer->working->heads);
  out_line(session, "%s", "");
}

static void print_text(const Session *session, const Collisions *found, const Explainer *explainer)
{
  print_heads(session, explainer);
  for (guint i = 0; i < found->collisions->len; i++) {
    const Collision *collision = found->collisions->pdata[i];
    if (collision->parent)
      out_line(session,
               ngettext("after %s: %u line of revisions", "after %s: %u lines of revisions",
                        collision->sides->len),
               collision->parent, collision->sides->len);
    else
      out_line(session, _("several beginnings: %u lines of revisions without a parent"),
               collision->sides->len);
    if (collision->parent_path)
      out_line(session, "  %s", collision->parent_path);
    for (guint k = 0; k < collision->sides->len; k++)
      print_side(session, collision->sides->pdata[k]);
    print_explanation(session, explainer, collision);
    g_autofree char *fix = collision_fix(collision);
    out_line(session, "%s", fix);
    out_line(session, "%s", "");
  }
  for (guint i = 0; i < found->broken->len; i++)
    print_broken(session, found, found->broken->pdata[i]);
  guint n = found->collisions->len + found->broken->len;
  g_autofree char *looked = collisions_looked_at(found);
  if (n == 0)
    out_line(session, _("no conflicts: %s"), looked);
  else
    out_line(session, ngettext("%u conflict: %s", "%u conflicts: %s", n), n, looked);
}

static gboolean read_options(const Session *session, CollisionOptions *options, GError **error)
{
  const char *newer = session_value(session, "newer");
  guint64 days = 0;

  *options = (CollisionOptions){.trunk = session_value(session, "trunk"),
                                .branches = session_value(session, "branches"),
                                .of = session_value(session, "of")};
  if (newer && !g_ascii_string_to_unsigned(newer, 10, 1, 36500, &days, NULL)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("--newer %s: give a number of days"), newer);
    return FALSE;
  }
  if (days > 0)
    options->newer_than = g_get_real_time() / G_USEC_PER_SEC - (gint64)days * 24 * 60 * 60;
  return TRUE;
}

COMMAND_RUN(conflicts)
{
  CollisionOptions options;
  gboolean bare;

  if (!read_options(session, &options, error))
    return FALSE;
  g_autoptr(GitRefs) refs = refs_open(session, options.trunk, &bare, error);
  if (!refs)
    return FALSE;
  if (!bare && !(options.working = session_map_with_faults(session, error)))
    return FALSE;
  g_autoptr(Collisions) found = git_collisions(refs, &options, NULL, error);
  if (!found)
    return FALSE;
  RenderOptions render_options = {.online = TRUE, .flavor = session_flavor(session)};
  const Project *project = bare ? git_refs_project(refs) : session->project;
  gboolean prove = args_has(session->args, "prove");
  g_autoptr(RenderSession) render =
      prove || args_has(session->args, "explain") ? render_session_new(project, &render_options) : NULL;
  Explainer explainer = {session, refs, project, prove, render, options.working};
  if (session->json)
    print_json(found, &explainer);
  else
    print_text(session, found, &explainer);
  for (guint i = 0; i < found->notes->len && !session->json; i++)
    out_note("%s", (const char *)found->notes->pdata[i]);
  if (found->collisions->len + found->broken->len > 0)
    session->status = 1;
  return TRUE;
}
