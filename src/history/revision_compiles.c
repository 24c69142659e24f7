/* Does a revision file change how SQLAlchemy writes what others send?
 *
 * Alembic imports every file before it runs one, so @compiles(ForeignKeyConstraint, 'postgresql') at the top level of
 * any of them holds for all migrations.  Found by looking, not by running: a class of the file's own, or one imported
 * on one line from elsewhere than SQLAlchemy and Alembic, is nobody else's, and other dialects do not matter.
 */
#include <string.h>

#include "revision-private.h"

/* Decorators that are looked at, each at the cost of the whole file. */
#define MAX_LOOKS 20

static const char *find(const char *text, const char *end, const char *what)
{
  return text < end ? memmem(text, (gsize)(end - text), what, strlen(what)) : NULL;
}

static gboolean ends_name(const char *p, const char *end)
{
  return p == end || !(g_ascii_isalnum(*p) || *p == '_');
}

/* Stands the name, whole, between text and end? */
static gboolean has_name(const char *text, const char *end, const char *name)
{
  gsize len = strlen(name);
  for (const char *p = text; (p = find(p, end, name)); p += len)
    if ((p == text || ends_name(p - 1, end)) && ends_name(p + len, end))
      return TRUE;
  return FALSE;
}

/* Is the class made here, or does a line import it from somewhere that is not SQLAlchemy or Alembic? */
static gboolean is_own_class(const char *text, const char *end, const char *name)
{
  for (const char *line = text; line < end;) {
    const char *newline = memchr(line, '\n', (gsize)(end - line));
    const char *stop = newline ? newline : end;
    gsize len = (gsize)(stop - line);
    if (len > 6 && memcmp(line, "class ", 6) == 0 && has_name(line, MIN(stop, line + 7 + strlen(name)), name))
      return TRUE;
    gboolean imports = len > 5 && memcmp(line, "from ", 5) == 0;
    if (imports && has_name(line, stop, name) && !find(line, stop, "sqlalchemy") &&
        !find(line, stop, "alembic"))
      return TRUE;
    line = stop + 1;
  }
  return FALSE;
}

/* Arguments from behind the bracket to the one that closes it, or to the end of the text; is there a string in them? */
static const char *arguments_end(const char *p, const char *end, gboolean *quoted)
{
  guint depth = 1;
  *quoted = FALSE;
  for (; p < end; p++) {
    depth += *p == '(';
    depth -= *p == ')';
    *quoted |= *p == '\'' || *p == '"';
    if (depth == 0)
      return p;
  }
  return end;
}

static gboolean changes_others(const char *text, const char *end, const char *arguments)
{
  gboolean names_dialects;
  const char *stop = arguments_end(arguments, end, &names_dialects);
  if (names_dialects && !find(arguments, stop, "postgresql") && !find(arguments, stop, "default"))
    return FALSE;
  while (arguments < stop && g_ascii_isspace(*arguments))
    arguments++;
  const char *name_end = arguments;
  while (!ends_name(name_end, stop))
    name_end++;
  g_autofree char *name = g_strndup(arguments, (gsize)(name_end - arguments));
  return !*name || !is_own_class(text, end, name);
}

static guint line_of(const char *text, const char *place)
{
  guint line = 1;
  for (const char *p = text; (p = memchr(p, '\n', (gsize)(place - p))); p++)
    line++;
  return line;
}

guint revision_compiles_line(const char *text, gsize len)
{
  const char *end = text + len;
  guint looks = 0;

  for (const char *p = text; (p = memchr(p, '@', (gsize)(end - p))); p++) {
    if (p > text && p[-1] != '\n')
      continue;
    const char *newline = memchr(p, '\n', (gsize)(end - p));
    const char *call = find(p, newline ? newline : end, "compiles(");
    if (call && (++looks > MAX_LOOKS || changes_others(text, end, call + strlen("compiles("))))
      return line_of(text, p);
  }
  return 0;
}
