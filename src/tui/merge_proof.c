#include "merge_proof.h"

#include "retort/base/text.h"
#include "retort/run/proof.h"

typedef struct {
  Snapshot *snapshot;
  RenderOptions options;
  PgParams *params;
  char **rows;      /* NULL: not known */
  GPtrArray *heads; /* Revision* of the snapshot's map */
  MergeProofFunc func;
  void *data;
} ProofJob;

static void job_free(void *data)
{
  ProofJob *job = data;
  snapshot_unref(job->snapshot);
  pg_params_free(job->params);
  g_strfreev(job->rows);
  g_ptr_array_unref(job->heads);
  g_free(job);
}

void merge_proof_free(MergeProof *proof)
{
  if (!proof)
    return;
  g_free(proof->sentence);
  g_ptr_array_unref(proof->details);
  g_free(proof);
}

static void add(MergeProof *proof, const char *text)
{
  g_ptr_array_add(proof->details, text_escape(text, -1, TRUE));
}

static void take(MergeProof *out, const Proof *proof)
{
  g_autofree char *sentence = proof_sentence(proof);
  out->sentence = text_escape(sentence, -1, FALSE);
  out->weight = proof->equal ? VERDICT_CALM : VERDICT_DANGER;
  if (proof->failed_revision) {
    g_autofree char *where = g_strdup_printf("%s:%u", proof->failed_path, proof->failed_line);
    add(out, where);
    add(out, proof->failed_sql ? proof->failed_sql : "");
    add(out, proof->failed_error ? proof->failed_error : "");
  }
  for (guint i = 0; proof->differences && i < proof->differences->len; i++) {
    g_autofree char *text = schema_difference_text(g_ptr_array_index(proof->differences, i));
    add(out, text);
  }
}

static void work(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  const ProofJob *job = task_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GMainContext) context = g_main_context_new();
  ProofRequest request = {.params = job->params,
                          .project = job->snapshot->project,
                          .render = &job->options,
                          .map = job->snapshot->map,
                          .heads = job->heads,
                          .rows = (const char *const *)job->rows};
  MergeProof *out = g_new0(MergeProof, 1);
  out->details = g_ptr_array_new_with_free_func(g_free);
  g_main_context_push_thread_default(context);
  g_autoptr(Proof) proof = proof_run(&request, cancellable, &error);
  g_main_context_pop_thread_default(context);
  if (proof) {
    take(out, proof);
  } else {
    out->weight = VERDICT_CARE;
    out->sentence = text_escape(error->message, -1, FALSE);
  }
  g_task_return_pointer(task, out, (GDestroyNotify)merge_proof_free);
}

static void worked(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  (void)data;
  const ProofJob *job = g_task_get_task_data(G_TASK(result));
  MergeProof *proof = g_task_propagate_pointer(G_TASK(result), NULL);
  if (proof)
    job->func(proof, job->data);
}

static PgParams *copy_params(const PgParams *params)
{
  PgParams *copy = pg_params_default();
  for (guint i = 0; i < params->keywords->len; i++)
    pg_params_set(copy, g_ptr_array_index(params->keywords, i), g_ptr_array_index(params->values, i));
  return copy;
}

void merge_proof_ask(Workspace *ws, const GPtrArray *heads, GCancellable *cancellable, MergeProofFunc func,
                     void *data)
{
  ProofJob *job = g_new0(ProofJob, 1);
  *job = (ProofJob){.snapshot = snapshot_ref(ws->snapshot),
                    .options = ws->render_options,
                    .params = copy_params(ws->params),
                    .rows = ws->rows ? g_strdupv(ws->rows->rows) : NULL,
                    .heads = g_ptr_array_new(),
                    .func = func,
                    .data = data};
  for (guint i = 0; i < heads->len; i++) {
    Revision *head = revision_map_get(ws->snapshot->map, g_ptr_array_index(heads, i));
    if (head)
      g_ptr_array_add(job->heads, head);
  }
  g_autoptr(GTask) task = g_task_new(NULL, cancellable, worked, NULL);
  g_task_set_task_data(task, job, job_free);
  g_task_run_in_thread(task, work);
}

void merge_proof_add(const MergeProof *proof, TextView *view)
{
  static const Style styles[] = {STYLE_DONE, STYLE_CARE, STYLE_DANGER};
  textview_add(view, styles[proof->weight], proof->sentence);
  for (guint i = 0; i < proof->details->len; i++)
    textview_add_marked(view, STYLE_NORMAL, "  ", STYLE_NORMAL, g_ptr_array_index(proof->details, i));
}
