/* ini files by Python's ConfigParser rules, as alembic.ini is read.
 *
 * Keys are lower-cased; `#` and `;` start a comment only at the start of a line; an indented line continues the value
 * above; `=` or `:` separates.  Every section sees [DEFAULT].  Interpolation is "basic": %(name)s is taken from the
 * section, [DEFAULT] or the defaults given (`here`), %% is a percent sign, and any other % is an error when that
 * option is read, not before.
 */
#pragma once

#include <glib.h>

typedef struct Ini Ini;

/* path is for messages; defaults is NULL or a NULL-terminated list of name, value pairs. */
Ini *ini_parse(const char *path, const char *text, gsize len, const char *const *defaults, GError **error);
void ini_free(Ini *ini);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ini, ini_free)

gboolean ini_has_section(const Ini *ini, const char *section);
gboolean ini_has_key(const Ini *ini, const char *section, const char *key);
/* The interpolated value, the caller's; NULL without error when there is none.  A name that interpolation does not
 * find, a bad % or a nesting deeper than ConfigParser's 10 is RETORT_ERROR_TRACEBACK. */
char *ini_get(const Ini *ini, const char *section, const char *key, GError **error);
/* As written, borrowed; NULL when there is none. */
const char *ini_get_raw(const Ini *ini, const char *section, const char *key);
/* Section names in file order (without DEFAULT); keys of a section with DEFAULT's; NULL-terminated, the caller's. */
char **ini_sections(const Ini *ini);
char **ini_keys(const Ini *ini, const char *section);
/* Line of the key, from 1; 0 when unknown. */
guint ini_line(const Ini *ini, const char *section, const char *key);
