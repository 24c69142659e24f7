/* The findings that one look at a statement's tree gives, and what it means to its neighbours. */
#pragma once

#include "effects.h"
#include "forecast-private.h"

/* After the statement was read: fills r->forecast->effects and adds findings.  n_statements: in the same string. */
void judge_statement(Reading *r, const PgQuery__Node *statement, gsize n_statements);
/* Once the plan's statements are read: a foreign key without an index, or between different types. */
void judge_key(ForecastSession *session, const AddedKey *key, GPtrArray *findings);
