/* Symbols in Alembic's own steps: what a word resolves to, before a command words the error.
 *
 * Alembic raises one kind of error inside and tells another to the operator, with a text that depends on the command.
 * Functions here fail in the domain SYMBOL_ERROR; symbol_translate() turns that into what the command says.
 */
#pragma once

#include "retort/history/revmap.h"
#include "walk.h"

#define SYMBOL_ERROR (symbol_error_quark())
GQuark symbol_error_quark(void);

typedef enum {
  SYMBOL_ERROR_REVISION,   /* message: the text itself */
  SYMBOL_ERROR_RESOLUTION, /* message: the word that could not be located */
  SYMBOL_ERROR_HEADS,      /* several heads; message: the word that asked for one */
  SYMBOL_ERROR_RANGE,      /* not an ancestor */
  SYMBOL_ERROR_TRACEBACK,  /* Alembic dies here; message: why, in our words */
} SymbolError;

/* How a command words errors; NULL fields take Alembic's general texts. */
typedef struct {
  const char *range; /* whole text for SYMBOL_ERROR_RANGE */
  const char *heads; /* whole text for SYMBOL_ERROR_HEADS */
  const char *end;   /* the command's own end symbol, quoted instead of the word in the general text */
} SymbolWording;

/* Turns a SYMBOL_ERROR into a RETORT_ERROR; other errors stay as they are.  For `return symbol_translate(...)`. */
gboolean symbol_translate(GError **error, const SymbolWording *wording);

/* Stands for "below the base" in the result of a walk; it is no revision of any map. */
#define SYMBOL_BASE (&symbol_base)
extern Revision symbol_base;

/* Splits LABEL@SYM and replaces head, heads and base: ids (char*) still to be looked up.  id NULL: base. */
gboolean symbol_split(const RevisionMap *map, const char *id, GPtrArray **ids, char **label, GError **error);
/* The revision of one identifier, label or unique beginning; branch, when given, must share its lineage. */
Revision *symbol_lookup(const RevisionMap *map, const char *id, const char *branch, GError **error);
/* The revision that a LABEL names: a branch label, an identifier or a unique beginning. */
Revision *symbol_branch(const RevisionMap *map, const char *label, GError **error);

/* All revisions of a symbol.  -N walks down from each head, so an item may be NULL (walked past) or SYMBOL_BASE. */
GPtrArray *symbol_all(const RevisionMap *map, const char *id, GError **error);
GPtrArray *symbol_all_of(const RevisionMap *map, const char *const *ids, GError **error);
/* The one revision of a symbol; *revision is NULL for base. */
gboolean symbol_one(const RevisionMap *map, const char *id, Revision **revision, GError **error);

/* The items of targets that share lineage with any of the revisions that symbol stands for. */
GPtrArray *symbol_filter(const RevisionMap *map, const GPtrArray *targets, const char *symbol,
                         gboolean dependencies, GError **error);

/* steps > 0 walks up (at forks only into label's branch), < 0 down.  start NULL: from no revision at all.
 * *end: NULL when the walk leaves the map and stop_at_end is FALSE. */
gboolean symbol_walk(const RevisionMap *map, Revision *start, gint64 steps, const char *label,
                     gboolean stop_at_end, Revision **end, GError **error);

/* A number as Python's int() takes it, saturated; FALSE when text is none. */
gboolean symbol_int(const char *text, gint64 *value);
