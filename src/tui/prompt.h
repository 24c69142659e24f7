/* One line of input at the bottom of the screen: search text, command, revision, a typed confirmation.
 *
 * The prompt edits and completes; what the text is for is in its PromptSpec.  done() is called once, with NULL when
 * the operator left with Esc.
 */
#pragma once

#include "canvas.h"
#include "key.h"

typedef struct {
  char *label;        /* taken over; "/", ":", "type shop to run: " */
  char *initial;      /* taken over; or NULL */
  GPtrArray *history; /* char*, oldest first, borrowed; accepted texts are added; or NULL */
  /* Texts that can stand for word, best first; elements are the caller's to free; NULL: none. */
  GPtrArray *(*complete)(const char *word, void *data);
  /* Called after each change of the text; NULL: none. */
  void (*changed)(const char *text, void *data);
  void (*done)(const char *text, void *data);
  void *data;
} PromptSpec;

typedef struct Prompt Prompt;

Prompt *prompt_new(const PromptSpec *spec);
void prompt_free(Prompt *prompt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Prompt, prompt_free)

typedef enum {
  PROMPT_OPEN,
  PROMPT_ACCEPTED,
  PROMPT_LEFT,
} PromptState;

PromptState prompt_key(Prompt *prompt, Key key);
const char *prompt_text(const Prompt *prompt);
void prompt_finish(Prompt *prompt, PromptState state);
/* In one row; candidates of a completion under way are shown right of the text. */
void prompt_paint(const Prompt *prompt, Canvas *canvas, Rect rect);
