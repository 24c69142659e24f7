/* Whether a downgrade takes its upgrade back, object by object. */
#pragma once

#include <glib.h>

/* What is not as it was before, once both have run. */
typedef struct {
  guint statement; /* of the upgrade that did it, or of the downgrade when it is the downgrade's own doing */
  gboolean downgrade;
  char *object;     /* "orders.note" */
  char *text;       /* translated: "index ix_orders_note stays" */
  gboolean unnamed; /* a constraint whose name the server made up */
} Leftover;

void leftover_free(Leftover *leftover);

/* One direction: Statement* and the SqlTree* of each. */
typedef struct {
  const GPtrArray *statements;
  const GPtrArray *trees;
} ParsedScript;

/* Leftover*, in order; never NULL.  Where a statement cannot be read to the end, what
 * it may have done is not held against the other side. */
GPtrArray *undo_compare(const ParsedScript *upgrade, const ParsedScript *downgrade);
/* Whether the statements change the schema, and not only rows. */
gboolean undo_changes_schema(const ParsedScript *script);
