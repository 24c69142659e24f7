/* Both orders of the sides of a merge, run and compared. */
#include "retort/run/proof.h"

#include <glib/gi18n.h>

#include "retort/base/error.h"
#include "retort/history/plan.h"
#include "retort/pg/conn.h"
#include "retort/run/answers.h"
#include "retort/run/scratch.h"

/* One of the two orders. */
typedef struct {
  const ProofRequest *request;
  Proof *proof;
  GCancellable *cancellable;
  gboolean reversed;
  GPtrArray *before; /* Revision*: from where the scratch database begins to where the sides part */
  GPtrArray *after;  /* Revision*: the sides, one after the other */
  ScratchKind kind;
  PgConn *conn;
  RenderSession *session;
} Run;

void proof_free(Proof *proof)
{
  if (!proof)
    return;
  g_clear_pointer(&proof->differences, g_ptr_array_unref);
  g_free(proof->failed_revision);
  g_free(proof->failed_path);
  g_free(proof->failed_sql);
  g_free(proof->failed_error);
  g_free(proof);
}

/* ---- what runs, in which order ---- */

static void add_own(const RevisionMap *map, GPtrArray *list, Revision *head, const GPtrArray *done)
{
  g_autoptr(GPtrArray) side = g_ptr_array_new();

  g_ptr_array_add(side, head);
  g_autoptr(GPtrArray) own = revision_map_own(map, side, done);
  g_ptr_array_extend(list, own, NULL, NULL);
}

/* Everything that all heads come from, less what the database has; FALSE when it has more than that. */
static gboolean list_before(Run *run)
{
  const ProofRequest *request = run->request;
  const RevisionMap *map = request->map;
  g_autoptr(GPtrArray) common = revision_map_common(map, request->heads);
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  g_autoptr(GPtrArray) all = revision_map_own(map, common, none);
  g_autofree gboolean *applied = request->rows ? plan_applied(map, request->rows, NULL) : NULL;
  guint n_applied = 0;

  for (guint i = 0; applied && i < map->revisions->len; i++)
    n_applied += applied[i] ? 1 : 0;
  guint n_shared = 0;
  for (guint i = 0; applied && i < all->len; i++)
    n_shared += applied[((Revision *)all->pdata[i])->index] ? 1 : 0;
  gboolean from_schema = applied && n_applied > 0 && n_applied == n_shared;
  for (guint i = 0; i < all->len; i++)
    if (!from_schema || !applied[((Revision *)all->pdata[i])->index])
      g_ptr_array_add(run->before, all->pdata[i]);
  return from_schema;
}

static void list_after(Run *run)
{
  const ProofRequest *request = run->request;
  g_autoptr(GPtrArray) done = revision_map_common(request->map, request->heads);

  for (guint i = 0; i < request->heads->len; i++) {
    Revision *head = request->heads->pdata[run->reversed ? request->heads->len - 1 - i : i];
    add_own(request->map, run->after, head, done);
    g_ptr_array_add(done, head);
  }
}

/* ---- running ---- */

static Script *render(Run *run, RenderSession *session, const Revision *revision)
{
  const ProofRequest *request = run->request;
  gsize len = 0;
  g_autofree char *text = request->source ? request->source(revision, &len, request->data) : NULL;

  return text ? render_source(session, revision->path, text, len, DIRECTION_UPGRADE)
              : render_revision(session, revision, DIRECTION_UPGRADE);
}

/* The same with the scratch database to ask. */
static Script *render_answered(Run *run, const Revision *revision, GError **error)
{
  g_autoptr(RunAnswers) answers = run_answers_new(run->conn, 0, error);

  if (!answers)
    return NULL;
  RenderOptions options = *run->request->render;
  options.answers = run_answers_source(answers);
  g_autoptr(RenderSession) session = render_session_new(run->request->project, &options);
  return render(run, session, revision);
}

static Script *script_of(Run *run, const Revision *revision, GError **error)
{
  g_autoptr(Script) script = render(run, run->session, revision);

  if (script->state == RENDER_DATABASE && !script->error) {
    Script *answered = render_answered(run, revision, error);
    if (!answered)
      return NULL;
    script_free(script);
    script = answered;
  }
  if (script->error) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, "%s:%u: %s", revision->path, script->error_line,
                script->error);
    return NULL;
  }
  if (script->state == RENDER_EXACT || script->answered)
    return g_steal_pointer(&script);
  const RenderReason *reason = script->reasons->len > 0 ? script->reasons->pdata[0] : NULL;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s:%u: nothing can be proved: %s"),
              revision->path, reason ? reason->line : 0, reason ? reason->what : "");
  return NULL;
}

static gboolean tell(Run *run, const char *sql, GError **error)
{
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(run->conn, sql, NULL, error);

  return results != NULL;
}

/* As a step does it: in a transaction that autocommit statements interrupt.  *failed: the statement that did. */
static gboolean apply(Run *run, const Script *script, const Statement **failed, GError **error)
{
  gboolean inside = FALSE;

  for (guint i = 0; i < script->statements->len; i++) {
    const Statement *statement = script->statements->pdata[i];
    *failed = statement;
    if (inside == statement->autocommit && !tell(run, inside ? "COMMIT" : "BEGIN", error))
      return FALSE;
    inside = !statement->autocommit;
    if (!tell(run, statement->sql, error))
      return FALSE;
  }
  return !inside || tell(run, "COMMIT", error);
}

static gboolean run_revision(Run *run, const Revision *revision, const Statement **failed, Script **script,
                             GError **error)
{
  if (g_cancellable_set_error_if_cancelled(run->cancellable, error))
    return FALSE;
  *script = script_of(run, revision, error);
  return *script && apply(run, *script, failed, error);
}

static gboolean run_before(Run *run, GError **error)
{
  for (guint i = 0; i < run->before->len; i++) {
    const Revision *revision = run->before->pdata[i];
    const Statement *failed = NULL;
    g_autoptr(Script) script = NULL;
    if (run_revision(run, revision, &failed, &script, error))
      continue;
    if (failed)
      g_prefix_error(error, _("%s:%u, before the sides part: "), revision->path, failed->line);
    return FALSE;
  }
  return TRUE;
}

static void note_failure(Run *run, const Revision *revision, const Statement *failed, const GError *why)
{
  Proof *proof = run->proof;

  proof->failed_reversed = run->reversed;
  proof->failed_revision = g_strdup(revision->id);
  proof->failed_path = g_strdup(revision->path);
  proof->failed_line = failed->line;
  proof->failed_sql = g_strdup(failed->sql);
  proof->failed_error = g_strdup(why->message);
}

/* TRUE also when a side failed, which is then in the proof. */
static gboolean run_after(Run *run, GError **error)
{
  for (guint i = 0; i < run->after->len && !run->proof->failed_revision; i++) {
    const Statement *failed = NULL;
    g_autoptr(Script) script = NULL;
    g_autoptr(GError) why = NULL;
    if (run_revision(run, run->after->pdata[i], &failed, &script, &why))
      continue;
    if (!failed || !g_error_matches(why, RETORT_ERROR, RETORT_ERROR_DATABASE)) {
      g_propagate_error(error, g_steal_pointer(&why));
      return FALSE;
    }
    note_failure(run, run->after->pdata[i], failed, why);
  }
  return TRUE;
}

static GPtrArray *run_on(Run *run, GError **error)
{
  const char *schema = NULL;
  const char *table = project_version_table(run->request->project, &schema);
  SchemaIgnore ignore = {.schema = schema, .table = table};

  if (!run_before(run, error) || !run_after(run, error))
    return NULL;
  if (run->proof->failed_revision)
    return g_ptr_array_new();
  return schema_read_sync(run->conn, &ignore, error);
}

/* The catalog after one order; empty when it failed. */
static GPtrArray *run_order(Run *run, GError **error)
{
  Scratch *scratch = scratch_new(run->request->params, run->kind, run->cancellable, error);
  GPtrArray *picture = NULL;

  if (!scratch)
    return NULL;
  run->conn = pg_conn_new(scratch_params(scratch), NULL);
  run->session = render_session_new(run->request->project, run->request->render);
  if (pg_conn_connect_sync(run->conn, error))
    picture = run_on(run, error);
  render_session_free(run->session);
  pg_conn_free(run->conn);
  scratch_free(scratch);
  return picture;
}

static GPtrArray *run_one(const ProofRequest *request, Proof *proof, gboolean reversed,
                          GCancellable *cancellable, GError **error)
{
  Run run = {.request = request, .proof = proof, .cancellable = cancellable, .reversed = reversed};

  run.before = g_ptr_array_new();
  run.after = g_ptr_array_new();
  proof->from_schema = list_before(&run);
  run.kind = proof->from_schema ? SCRATCH_SCHEMA : SCRATCH_EMPTY;
  proof->n_before = run.before->len;
  list_after(&run);
  GPtrArray *picture = run_order(&run, error);
  g_ptr_array_unref(run.before);
  g_ptr_array_unref(run.after);
  return picture;
}

Proof *proof_run(const ProofRequest *request, GCancellable *cancellable, GError **error)
{
  g_autoptr(Proof) proof = g_new0(Proof, 1);

  proof->differences = g_ptr_array_new();
  g_autoptr(GPtrArray) one = run_one(request, proof, FALSE, cancellable, error);
  if (!one)
    return NULL;
  if (proof->failed_revision)
    return g_steal_pointer(&proof);
  g_autoptr(GPtrArray) other = run_one(request, proof, TRUE, cancellable, error);
  if (!other)
    return NULL;
  if (proof->failed_revision)
    return g_steal_pointer(&proof);
  g_ptr_array_unref(proof->differences);
  proof->differences = schema_compare(one, other);
  for (guint i = 0; i < proof->differences->len; i++)
    proof->n_minor += ((SchemaDifference *)proof->differences->pdata[i])->minor ? 1 : 0;
  proof->equal = proof->n_minor == proof->differences->len;
  return g_steal_pointer(&proof);
}

char *proof_sentence(const Proof *proof)
{
  if (proof->failed_revision)
    return g_strdup_printf(proof->failed_reversed ? _("the other way round %s fails: %s")
                                                  : _("in this order %s fails: %s"),
                           proof->failed_revision, proof->failed_error);
  if (proof->equal && proof->n_minor == 0)
    return g_strdup(_("proved: both orders leave the same schema behind"));
  if (proof->equal)
    return g_strdup(_("proved: both orders leave the same schema behind, but for the order of columns"));
  guint n = proof->differences->len - proof->n_minor;
  return g_strdup_printf(ngettext("the orders leave different schemas behind: %u difference",
                                  "the orders leave different schemas behind: %u differences", n),
                         n);
}
