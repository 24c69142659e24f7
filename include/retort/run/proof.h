/* Proof that the sides of a merge do not depend on their order: both orders are run on scratch databases, and what
 * stands in their catalogs afterwards is compared.
 *
 *   ProofRequest request = {.params = params, .project = project, .render = &options, .map = map, .heads = heads};
 *   g_autoptr(Proof) proof = proof_run(&request, cancellable, &error);
 *   if (proof->equal) ...
 *
 * Both begin where the sides part: with the schema of the database at hand, when that stands there or before, else
 * with an empty database and every migration from the first one.  Migrations that ask the database are answered by the
 * scratch database; one that needs Python cannot be proved, which is an error.  Rows are no part of the comparison.
 *
 * Blocks and turns the thread's default main context (run/scratch.h); from a screen call it in a GTask's thread with
 * a context of its own.
 */
#pragma once

#include <gio/gio.h>

#include "retort/history/revmap.h"
#include "retort/pg/schema.h"
#include "retort/pg/url.h"
#include "retort/render/render.h"

typedef struct {
  const PgParams *params; /* the server, and the database whose schema is copied */
  const Project *project;
  const RenderOptions *render; /* answers are set here; online should be TRUE */
  const RevisionMap *map;
  const GPtrArray *heads;  /* Revision*, two or more */
  const char *const *rows; /* version rows of that database; NULL: begin with an empty one */
  /* The source of a revision that is no file here, the caller's to free; NULL: files are read. */
  char *(*source)(const Revision *revision, gsize *len, void *data);
  void *data;
} ProofRequest;

typedef struct {
  gboolean equal;         /* both orders went through, and nothing but the order of columns differs */
  gboolean from_schema;   /* began with the database's schema */
  guint n_before;         /* migrations run before the sides */
  GPtrArray *differences; /* SchemaDifference*: from the given order of heads to its reverse */
  guint n_minor;          /* of them, the order of columns */
  /* When one of the orders failed: */
  gboolean failed_reversed; /* which one */
  char *failed_revision;    /* NULL: none */
  char *failed_path;
  guint failed_line;
  char *failed_sql;
  char *failed_error; /* what the server said */
} Proof;

/* NULL with an error when it could not be carried out: no server, no right to create databases, a migration that needs
 * Python, or one before the sides that fails. */
Proof *proof_run(const ProofRequest *request, GCancellable *cancellable, GError **error);
void proof_free(Proof *proof);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Proof, proof_free)
/* A sentence: translated, not escaped, the caller's. */
char *proof_sentence(const Proof *proof);
