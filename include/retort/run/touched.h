/* What a plan will touch, from the forecasts of its statements: the relations that exist before it, with the strongest
 * lock on each, as preflight and the losses want to know them.
 *
 *   g_autoptr(Touched) touched = touched_new();
 *   touched_add(touched, forecast);                in the order of the plan
 *   touched_input(touched, &input);                relations, modes, rewritten, n_relations, concurrently
 */
#pragma once

#include "retort/review/forecast.h"
#include "retort/run/preflight.h"

typedef struct Touched Touched;

Touched *touched_new(void);
void touched_free(Touched *touched);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Touched, touched_free)
void touched_add(Touched *touched, const Forecast *forecast);
/* The fields of input above; borrowed, valid until the next touched_add(). */
void touched_input(const Touched *touched, PreflightInput *input);
