/* Diagnostics: what is wrong in somebody's file, as data.
 *
 * A problem in a migration or a configuration is a Diag with path, line and column and is collected in a DiagList;
 * a problem in the program or its surroundings is a GError.  Faces print diagnostics with diag_format(); texts are
 * already translated, and may hold foreign bytes: whoever shows them escapes them (base/text.h).
 */
#pragma once

#include <glib.h>

typedef enum {
  DIAG_NOTE,
  DIAG_WARNING,
  DIAG_ERROR,
} DiagSeverity;

typedef struct {
  DiagSeverity severity;
  char *path;   /* file, or NULL */
  guint line;   /* from 1; 0: the whole file */
  guint column; /* from 1, in bytes; 0: the whole line */
  char *text;
  char *about; /* what of the file it is about, such as the id of a revision; or NULL */
} Diag;

typedef struct {
  GPtrArray *items; /* of Diag*, in the order found */
} DiagList;

DiagList *diag_list_new(void);
void diag_list_free(DiagList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiagList, diag_list_free)

void diag_add(DiagList *list, DiagSeverity severity, const char *path, guint line, guint column,
              const char *format, ...) G_GNUC_PRINTF(6, 7);
/* Says what the diagnostic that was added last is about. */
void diag_about(DiagList *list, const char *about);
/* Moves all of from's diagnostics to the end of list. */
void diag_list_take(DiagList *list, DiagList *from);
guint diag_count(const DiagList *list, DiagSeverity at_least);
/* "path:line:column: error: text", escaped for a terminal; the caller's. */
char *diag_format(const Diag *diag);
