/* Inside the room: what remedies name of a statement, read while its tree is there. */
#pragma once

#include <pg_query/pg_query.pb-c.h>

typedef struct RemedySubject RemedySubject;

RemedySubject *remedy_subject_read(const PgQuery__Node *statement);
void remedy_subject_free(RemedySubject *subject);
