/* script.py.mako without Mako: a template becomes a Python program that the room py runs within its limits.
 *
 * Understood: text, ${expression | filters}, control lines (% if / for / while / try / with ... endif), ## comments,
 * <%doc>, <%text>, <% code %>, <%! code %>, %% and a backslash at the end of a line.  Anything that brings other
 * templates in (<%include>, <%inherit>, <%def>, <%namespace>, ...) is RETORT_ERROR_REFUSED by name and line: then the
 * project's own Alembic has to write the file.
 *
 *   char *text = mako_render("script.py.mako", template, len, "message = 'add x'\nup_revision = '3f2a'\n", &error);
 *
 * A name that the prelude does not bind is Mako's UNDEFINED: false, and a NameError when it is written.
 */
#pragma once

#include <glib.h>

/* The Python source a template stands for: it collects what it writes in the list `_out`.  The caller's. */
char *mako_to_python(const char *path, const char *text, gsize len, GError **error);

/* Runs it after prelude, Python source that binds the template's variables.  RETORT_ERROR_REFUSED: beyond the subset
 * or beyond what retort knows; RETORT_ERROR_COMMAND: the template itself fails.  The caller's. */
char *mako_render(const char *path, const char *text, gsize len, const char *prelude, GError **error);

/* s as a Python string literal, for preludes; NULL is None. */
char *mako_literal(const char *s);
/* A tuple literal of such literals; the empty list is (). */
char *mako_literal_tuple(const char *const *items);
