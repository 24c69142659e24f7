/* Values on their way into SQL text.
 *
 * A SqlValue is a Python value as far as SQL is concerned: the kind decides, with the type it meets, whether and how it
 * can be written as a literal (type.h).  Numbers are kept as text because Python's integers have no bounds and its
 * floats print themselves (repr: "1.5", "1e-05"); dates and times are kept as Python's isoformat with the separator
 * " ", which is what the literal shows.
 *
 * repr is what an error message quotes.  It may stay NULL for the kinds whose Python repr follows from the text (null,
 * booleans, numbers, strings); for the others the maker of the value supplies it.
 */
#pragma once

#include <glib.h>

#include "retort/base/arena.h"
#include "retort/sql/list.h"

typedef enum {
  SQL_VALUE_NULL,
  SQL_VALUE_BOOL,
  SQL_VALUE_INT,      /* text: digits with an optional "-" */
  SQL_VALUE_FLOAT,    /* text: repr(x) */
  SQL_VALUE_DECIMAL,  /* text: str(x) */
  SQL_VALUE_STRING,   /* text */
  SQL_VALUE_BYTES,    /* text, len: raw bytes */
  SQL_VALUE_DATE,     /* text: "2020-01-02" */
  SQL_VALUE_TIME,     /* text: "01:02:03" */
  SQL_VALUE_DATETIME, /* text: "2020-01-02 03:04:05.000006+00:00" */
  SQL_VALUE_INTERVAL, /* text: str(timedelta.total_seconds()): "86405.000007" */
  SQL_VALUE_UUID,     /* text: with hyphens */
  SQL_VALUE_LIST,     /* items; list and tuple */
  SQL_VALUE_JSON,     /* dict or anything else json.dumps takes; text: the JSON, or NULL */
  SQL_VALUE_ENUM,     /* a member of a Python enum; text: its name; enum_class, member */
  SQL_VALUE_OTHER,    /* nothing SQL can say; repr is required */
} SqlValueKind;

typedef struct SqlValue SqlValue;
SQL_DEFINE_LIST(SqlValueList, sql_value_list, const SqlValue *)

struct SqlValue {
  SqlValueKind kind;
  gboolean boolean;
  const char *text;
  gsize len;
  SqlValueList items;
  gboolean untyped;       /* STRING: of a class of its own, which says nothing about its type */
  const void *enum_class; /* ENUM: which; compare with SqlEnum.python_class */
  guint member;           /* ENUM: the how-manieth of its class */
  const SqlValue *mixed;  /* ENUM: what it is besides, for class E(str, Enum); or NULL */
  const void *origin;     /* the maker's own */
  const char *json;       /* json.dumps(value) for those values that may land in a JSON column, or NULL */
  const char *repr;
};

SqlValue *sql_value_null(Arena *arena);
SqlValue *sql_value_bool(Arena *arena, gboolean b);
SqlValue *sql_value_int(Arena *arena, gint64 n);
/* text and its kind, copied: sql_value_text(arena, SQL_VALUE_DATE, "2020-01-02"). */
SqlValue *sql_value_text(Arena *arena, SqlValueKind kind, const char *text);
SqlValue *sql_value_string(Arena *arena, const char *text);
SqlValue *sql_value_bytes(Arena *arena, const void *bytes, gsize len);
SqlValue *sql_value_list(Arena *arena, SqlValueList items, const char *repr);
/* Python's repr, for messages; borrowed from arena. */
const char *sql_value_repr(Arena *arena, const SqlValue *value);

typedef struct {
  gboolean double_backslashes; /* --sql mode: the dialect never saw standard_conforming_strings */
  gboolean double_percents;    /* pyformat */
} SqlEscape;

/* Appends 'text' with quotes doubled. */
void sql_append_string(GString *out, const char *text, SqlEscape escape);
