/* Painting a rollout at work (run_state.h): steps, statements, what it waits for and who waits for it, questions. */
#pragma once

#include "action.h"
#include "canvas.h"
#include "run_state.h"

void run_view_paint(const RunState *state, const Keymap *keymap, Canvas *canvas, Rect rect);
/* The line above the footer: how long, where, and when it will pause. */
void run_view_status(const RunState *state, const char *database, Canvas *canvas, Rect rect);
/* The action that gives an answer; ACTION_NONE when it is none. */
ActionId run_view_action(SupervisionAnswer answer);
/* What an action would answer to the open question, 0: nothing. */
SupervisionAnswer run_view_answer(const RunState *state, ActionId action);
/* "pauses before each COMMIT", "" for never; static. */
const char *run_view_pause(RolloutPause pause);
