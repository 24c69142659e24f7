/* Answers for migrations that ask the database (render/answers.h): one read-only snapshot on a live connection.
 *
 *   g_autoptr(RunAnswers) answers = run_answers_new(conn, 0, &error);
 *   options.answers = run_answers_source(answers);
 *   ... render ...
 *
 * Everything is asked inside one read-only, repeatable-read transaction, so that all answers belong to one moment and
 * nothing is changed.  On top of that, only a single query that parses as such and calls no volatile function is asked
 * at all: notifications, advisory locks and signals would get through a read-only transaction.  A query waits for a
 * lock for a short time only, and has to answer within its time-out and a size.
 */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"
#include "retort/render/answers.h"

typedef struct RunAnswers RunAnswers;

/* conn: borrowed, idle, outside a transaction, and not to be used by others until the answers are freed.  timeout_ms:
 * of one query; 0: 30 s. */
RunAnswers *run_answers_new(PgConn *conn, guint timeout_ms, GError **error);
/* Ends the transaction. */
void run_answers_free(RunAnswers *answers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunAnswers, run_answers_free)
/* Lives as long as the answers. */
const AnswerSource *run_answers_source(const RunAnswers *answers);
