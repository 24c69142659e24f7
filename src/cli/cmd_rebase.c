/* Moving one side of several heads on top of the other, and taking a revision away that was just made. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "consent.h"
#include "json.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/edit/rebase.h"
#include "retort/history/target.h"

#define CONSENT_OPTIONS                                                                            \
  {0, "dry-run", ARG_FLAG, NULL, N_("Show the difference and who has it; write nothing."), FALSE}, \
      {'y', "yes", ARG_FLAG, NULL, N_("Write without asking."), FALSE},                            \
      {0,                                                                                          \
       "confirm",                                                                                  \
       ARG_VALUE,                                                                                  \
       "ID",                                                                                       \
       N_("The id that would have to be typed where something speaks against it."),                \
       FALSE},                                                                                     \
  {                                                                                                \
    0, "stage", ARG_FLAG, NULL, N_("Put the result into git's index."), FALSE                      \
  }

const ArgOption rebase_options[] = {
    {0, "onto", ARG_VALUE, "REVISION", N_("What to stand on (default: the other one of two heads)."), FALSE},
    {0, "alone", ARG_FLAG, NULL,
     N_("Move this revision only; what stood on it comes to stand on its parent."), FALSE},
    {0, "parent", ARG_APPEND, "REVISION",
     N_("Set the revision's parent by hand, and nothing else; may be repeated, base for none."), FALSE},
    {0, "date", ARG_FLAG, NULL,
     N_("Also give the changed files a new Create Date, and a new date in their names."), FALSE},
    CONSENT_OPTIONS,
    {0, NULL, 0, NULL, NULL, FALSE},
};

const ArgOption delete_options[] = {
    CONSENT_OPTIONS,
    {0, NULL, 0, NULL, NULL, FALSE},
};

static gboolean fail_usage(GError **error, const char *message)
{
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_USAGE, message);
  return FALSE;
}

/* Why a revision of that name is in a file and not in the map; NULL: none is. */
static char *why_unread(const Session *session, const char *symbol)
{
  const DiagList *diags = session->map->diags;
  for (guint i = 0; i < diags->items->len; i++) {
    const Diag *diag = diags->items->pdata[i];
    if (g_strcmp0(diag->about, symbol) == 0)
      return g_strdup_printf(_("%s cannot be read, so that it is not known what it stands on: %s:%u: %s"),
                             symbol, diag->path, diag->line, diag->text);
  }
  return NULL;
}

/* Alembic's words, but this is not one of its commands. */
static gboolean find(Session *session, const char *symbol, Revision **revision, GError **error)
{
  g_autoptr(GError) failure = NULL;
  if (target_resolve_one(session->map, symbol, NULL, revision, &failure))
    return TRUE;
  g_autofree char *why = why_unread(session, symbol);
  g_set_error_literal(error, RETORT_ERROR, why ? RETORT_ERROR_REFUSED : RETORT_ERROR_FAILED,
                      why ? why : failure->message);
  return FALSE;
}

static Revision *resolve(Session *session, const char *symbol, GError **error)
{
  Revision *revision = NULL;
  if (!find(session, symbol, &revision, error))
    return NULL;
  if (!revision)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s is no revision"), symbol);
  return revision;
}

/* The head that is not this one, when there are two. */
static Revision *other_head(const Session *session, const Revision *head)
{
  GPtrArray *heads = session->map->heads;
  if (heads->len != 2 || !g_ptr_array_find(heads, head, NULL))
    return NULL;
  return heads->pdata[heads->pdata[0] == head ? 1 : 0];
}

static gboolean need_heads(const Session *session, GError **error)
{
  const GPtrArray *heads = session->map->heads;
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < heads->len; i++)
    g_string_append_printf(names, "%s%s", i ? ", " : "", ((const Revision *)heads->pdata[i])->id);
  if (heads->len < 2)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                _("there is one head (%s): say what to move and --onto what"), names->str);
  else
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                _("say which side to move and --onto what; heads: %s"), names->str);
  return FALSE;
}

/* What the command line asks for, done to the graph. */
static gboolean move_side(Session *session, Rebase *rebase, Revision **side, GError **error)
{
  const char *symbol = args_positional(session->args, 0), *onto_symbol = args_value(session->args, "onto");
  Revision *onto = NULL;
  if ((onto_symbol && !(onto = resolve(session, onto_symbol, error))) ||
      (symbol && !(*side = resolve(session, symbol, error))))
    return FALSE;
  if (!*side && onto)
    *side = other_head(session, onto);
  if (!onto && *side)
    onto = other_head(session, *side);
  if (!*side || !onto)
    return need_heads(session, error);
  return args_has(session->args, "alone") ? rebase_alone(rebase, (*side)->id, onto->id, error)
                                          : rebase_onto(rebase, (*side)->id, onto->id, error);
}

static gboolean set_parents(Session *session, Rebase *rebase, const char *const *symbols, Revision **side,
                            GError **error)
{
  const char *symbol = args_positional(session->args, 0);
  g_autoptr(GPtrArray) parents = g_ptr_array_new();
  if (!symbol || args_value(session->args, "onto") || args_has(session->args, "alone"))
    return fail_usage(error, _("--parent needs a revision, and neither --onto nor --alone"));
  if (!(*side = resolve(session, symbol, error)))
    return FALSE;
  for (; *symbols; symbols++) {
    Revision *parent = NULL;
    if (!find(session, *symbols, &parent, error))
      return FALSE;
    if (parent)
      g_ptr_array_add(parents, parent->id);
  }
  g_ptr_array_add(parents, NULL);
  return rebase_set_parents(rebase, (*side)->id, (const char *const *)parents->pdata, error);
}

/* Output */

static void add_reasons(JsonBuilder *builder, const Guard *guard)
{
  static const char *const weights[] = {"free", "confirm", "refuse"};
  json_builder_set_member_name(builder, "guard");
  json_builder_begin_array(builder);
  for (guint i = 0; i < guard->reasons->len; i++) {
    const GuardReason *reason = guard->reasons->pdata[i];
    json_builder_begin_object(builder);
    json_add_text(builder, "weight", weights[reason->weight]);
    json_add_text(builder, "text", reason->text);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void print_json(const RebasePlan *plan, const Guard *guard, const char *diff)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "changes");
  json_builder_begin_array(builder);
  for (guint i = 0; i < plan->moved->len; i++) {
    const Revision *old = plan->moved->pdata[i], *new = revision_map_get(plan->map, old->id);
    json_builder_begin_object(builder);
    json_add_text(builder, "revision", old->id);
    json_add_text(builder, "path", old->path);
    json_add_text(builder, "new_path", new->path);
    json_add_strings(builder, "from", (const char *const *)old->down_revision);
    json_add_strings(builder, "to", (const char *const *)new->down_revision);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, "heads");
  json_builder_begin_array(builder);
  for (guint i = 0; i < plan->map->heads->len; i++)
    json_builder_add_string_value(builder, ((const Revision *)plan->map->heads->pdata[i])->id);
  json_builder_end_array(builder);
  json_add_array(builder, "notes", plan->notes);
  add_reasons(builder, guard);
  json_add_text(builder, "diff", diff);
  json_builder_end_object(builder);
  out_json(json_builder_get_root(builder));
}

static void print_plan(const Session *session, const RebasePlan *plan, const char *diff)
{
  if (!session->quiet)
    out_text(diff);
  g_autoptr(GString) heads = g_string_new(NULL);
  guint n = plan->map->heads->len;
  for (guint i = 0; i < n; i++)
    g_string_append_printf(heads, "%s%s", i ? ", " : "", ((const Revision *)plan->map->heads->pdata[i])->id);
  for (guint i = 0; i < plan->notes->len; i++)
    out_note("%s", (const char *)plan->notes->pdata[i]);
  out_note(ngettext("afterwards %u head: %s", "afterwards %u heads: %s", n), n, heads->str);
}

static char *diff_of(const Changes *changes)
{
  g_autofree char *folder = g_get_current_dir();
  return changes_diff(changes, folder);
}

COMMAND_RUN(rebase)
{
  g_autofree const char **parents = args_values(session->args, "parent");
  Revision *side = NULL;
  /* A map with a fault may be what is to be mended. */
  if (!session_map_with_faults(session, error))
    return FALSE;
  g_autoptr(Rebase) rebase = rebase_new(session->project, session->map);
  if (!(parents[0] ? set_parents(session, rebase, parents, &side, error)
                   : move_side(session, rebase, &side, error)))
    return FALSE;
  RebaseOptions options = {.date = args_has(session->args, "date")};
  g_autoptr(RebasePlan) plan = rebase_plan(rebase, &options, error);
  if (!plan)
    return FALSE;
  g_autoptr(Guard) guard = guard_new(session->map, plan->moved, GUARD_OF_MOVE);
  g_autofree char *diff = diff_of(plan->changes);
  consent_ask_everybody(session, guard);
  gboolean dry = args_has(session->args, "dry-run");
  if (dry)
    session->status = guard_verdict(guard) == GUARD_FREE ? 0 : 1;
  if (session->json)
    print_json(plan, guard, diff);
  else
    print_plan(session, plan, diff);
  if (dry) {
    consent_print_reasons(guard);
    return TRUE;
  }
  guint n = plan->changes->files->len;
  g_autofree char *question = g_strdup_printf(ngettext("Write %u file?", "Write %u files?", n), n);
  return consent_given(session, guard, side->id, question,
                       _("`retort merge heads` joins the heads without touching what is applied"), error) &&
         consent_apply(session, plan->changes, error);
}

COMMAND_RUN(delete)
{
  if (!session_map(session, error))
    return FALSE;
  Revision *revision = resolve(session, args_positional(session->args, 0), error);
  g_autoptr(Changes) changes =
      revision ? revision_removal(session->project, session->map, revision, error) : NULL;
  if (!changes)
    return FALSE;
  g_autoptr(GPtrArray) gone = g_ptr_array_new();
  g_ptr_array_add(gone, revision);
  g_autoptr(Guard) guard = guard_new(session->map, gone, GUARD_OF_DELETE);
  g_autofree char *diff = diff_of(changes);
  consent_ask_everybody(session, guard);
  if (!session->quiet)
    out_text(diff);
  if (args_has(session->args, "dry-run")) {
    session->status = guard_verdict(guard) == GUARD_FREE ? 0 : 1;
    consent_print_reasons(guard);
    return TRUE;
  }
  g_autofree char *question = g_strdup_printf(_("Delete %s?"), revision->id);
  return consent_given(session, guard, revision->id, question, NULL, error) &&
         consent_apply(session, changes, error);
}
