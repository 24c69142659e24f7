/* Our answers to the questions of the case files, as JSON to compare or to print. */
#pragma once

#include "cases.h"

typedef struct {
  const RevisionMap *map;
  JsonObject *query; /* {"kind": ..., ...} */
  const char *kind;
} Question;

/* A result, or an error. */
typedef struct {
  JsonNode *result;
  GError *error;
} Answer;

/* FALSE when questions of this kind are not known here. */
gboolean answer_question(const Question *question, Answer *answer);
void answer_clear(Answer *answer);

/* Takes array over. */
JsonNode *answer_array(JsonArray *array);
