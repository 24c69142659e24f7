/* The line on top of every screen: project, target, server, branch, heads, pending; and locks in brief. */
#pragma once

#include "canvas.h"
#include "workspace.h"

void header_paint(const Workspace *ws, Canvas *canvas, Rect rect);
/* "locks: quiet", "locks: 3 wait behind 4711 app". */
void locks_line_paint(const Workspace *ws, Canvas *canvas, Rect rect);
