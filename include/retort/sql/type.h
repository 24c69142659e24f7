/* Column types: PostgreSQL spelling, affinity, literals.
 *
 * A type is one struct for all kinds; a kind uses the fields its line names and ignores the others.  Kinds are
 * SQLAlchemy's classes as far as they differ in spelling, literal or operators: what spells the same and behaves the
 * same shares a kind (String, Unicode and VARCHAR are SQL_TYPE_VARCHAR).  with_variant and TypeDecorator are resolved
 * by whoever makes the type.
 *
 *   SqlType t = {.kind = SQL_TYPE_VARCHAR, .length = SQL_INT(50)};
 *   const SqlType *i = sql_type(SQL_TYPE_INTEGER);
 */
#pragma once

#include <glib.h>

#include "retort/sql/error.h"
#include "retort/sql/ident.h"
#include "retort/sql/literal.h"

/* Families that decide SERIAL and which operators and literals apply. */
typedef enum {
  SQL_AFFINITY_NONE,
  SQL_AFFINITY_STRING,
  SQL_AFFINITY_INTEGER,
  SQL_AFFINITY_NUMERIC,
  SQL_AFFINITY_BOOLEAN,
  SQL_AFFINITY_DATE,
  SQL_AFFINITY_TIME,
  SQL_AFFINITY_DATETIME,
  SQL_AFFINITY_INTERVAL,
  SQL_AFFINITY_BINARY,
  SQL_AFFINITY_UUID,
  SQL_AFFINITY_JSON,
  SQL_AFFINITY_ARRAY,
  SQL_AFFINITY_HSTORE,
  SQL_AFFINITY_RANGE,
  SQL_AFFINITY_TUPLE,
} SqlAffinity;

/* Kind, spelling without arguments, affinity.  Fields used stand in the comment. */
#define SQL_TYPES(X)                                                                            \
  X(NULL, "NULL", NONE)           /* NullType, no type: cannot be rendered */                   \
  X(VARCHAR, "VARCHAR", STRING)   /* String, Unicode, VARCHAR, AutoString: length, collation */ \
  X(TEXT, "TEXT", STRING)         /* Text, UnicodeText: length, collation */                    \
  X(CHAR, "CHAR", STRING)         /* length, collation */                                       \
  X(NCHAR, "NCHAR", STRING)       /* length, collation */                                       \
  X(NVARCHAR, "NVARCHAR", STRING) /* length, collation */                                       \
  X(CLOB, "CLOB", STRING)         /* length, collation */                                       \
  X(INTEGER, "INTEGER", INTEGER)                                                                \
  X(SMALLINT, "SMALLINT", INTEGER)                                                              \
  X(BIGINT, "BIGINT", INTEGER)                                                                  \
  X(NUMERIC, "NUMERIC", NUMERIC)                   /* precision, scale */                       \
  X(DECIMAL, "DECIMAL", NUMERIC)                   /* precision, scale */                       \
  X(FLOAT, "FLOAT", NUMERIC)                       /* precision */                              \
  X(DOUBLE_PRECISION, "DOUBLE PRECISION", NUMERIC) /* Double, DOUBLE_PRECISION */               \
  X(DOUBLE, "DOUBLE", NUMERIC)                                                                  \
  X(REAL, "REAL", NUMERIC)                                                                      \
  X(BOOLEAN, "BOOLEAN", BOOLEAN)                                                                \
  X(DATE, "DATE", DATE)                                                                         \
  X(TIME, "TIME", TIME)               /* timezone, precision */                                 \
  X(TIMESTAMP, "TIMESTAMP", DATETIME) /* DateTime, TIMESTAMP: timezone, precision */            \
  X(DATETIME, "DATETIME", DATETIME)   /* the upper-case class */                                \
  X(INTERVAL, "INTERVAL", INTERVAL)   /* precision (second_precision), fields */                \
  X(BYTEA, "BYTEA", BINARY)           /* LargeBinary, PickleType, BYTEA */                      \
  X(BLOB, "BLOB", BINARY)             /* length */                                              \
  X(BINARY, "BINARY", BINARY)         /* length */                                              \
  X(VARBINARY, "VARBINARY", BINARY)   /* length */                                              \
  X(JSON, "JSON", JSON)                                                                         \
  X(JSONB, "JSONB", JSON)                                                                       \
  X(JSONPATH, "JSONPATH", JSON)                                                                 \
  X(HSTORE, "HSTORE", HSTORE)                                                                   \
  X(UUID, "UUID", UUID)          /* Uuid, UUID, postgresql.UUID */                              \
  X(UUID_CHAR, "CHAR(32)", UUID) /* Uuid(native_uuid=False) */                                  \
  X(ARRAY, "", ARRAY)            /* item, dimensions */                                         \
  X(ENUM, "", STRING)            /* enumeration: native or not */                               \
  X(DOMAIN, "", NONE)            /* domain */                                                   \
  X(INET, "INET", NONE)                                                                         \
  X(CIDR, "CIDR", NONE)                                                                         \
  X(MACADDR, "MACADDR", NONE)                                                                   \
  X(MACADDR8, "MACADDR8", NONE)                                                                 \
  X(MONEY, "MONEY", NONE)                                                                       \
  X(OID, "OID", NONE)                                                                           \
  X(REGCLASS, "REGCLASS", NONE)                                                                 \
  X(REGCONFIG, "REGCONFIG", NONE)                                                               \
  X(TSVECTOR, "TSVECTOR", NONE)                                                                 \
  X(TSQUERY, "TSQUERY", NONE)                                                                   \
  X(CITEXT, "CITEXT", STRING)                                                                   \
  X(BIT, "BIT", NONE) /* length, varying */                                                     \
  X(INT4RANGE, "INT4RANGE", RANGE)                                                              \
  X(INT8RANGE, "INT8RANGE", RANGE)                                                              \
  X(NUMRANGE, "NUMRANGE", RANGE)                                                                \
  X(DATERANGE, "DATERANGE", RANGE)                                                              \
  X(TSRANGE, "TSRANGE", RANGE)                                                                  \
  X(TSTZRANGE, "TSTZRANGE", RANGE)                                                              \
  X(INT4MULTIRANGE, "INT4MULTIRANGE", RANGE)                                                    \
  X(INT8MULTIRANGE, "INT8MULTIRANGE", RANGE)                                                    \
  X(NUMMULTIRANGE, "NUMMULTIRANGE", RANGE)                                                      \
  X(DATEMULTIRANGE, "DATEMULTIRANGE", RANGE)                                                    \
  X(TSMULTIRANGE, "TSMULTIRANGE", RANGE)                                                        \
  X(TSTZMULTIRANGE, "TSTZMULTIRANGE", RANGE)                                                    \
  X(TUPLE, "TUPLE", TUPLE) /* of tuple_(); never a column's */                                  \
  X(CUSTOM, "", NONE)      /* UserDefinedType: spec is what get_col_spec() returns */

typedef enum {
#define X(kind, spelling, affinity) SQL_TYPE_##kind,
  SQL_TYPES(X)
#undef X
} SqlTypeKind;

typedef struct SqlType SqlType;
typedef struct SqlEnum SqlEnum;
typedef struct SqlDomain SqlDomain;
typedef struct SqlExpr SqlExpr;

struct SqlType {
  SqlTypeKind kind;
  SqlInt length;
  SqlInt precision;
  SqlInt scale;
  gboolean timezone;
  gboolean varying;
  gboolean generic_json; /* sa.JSON, which lacks what the dialect's own can */
  gboolean none_as_null; /* JSON, JSONB: None is SQL's NULL rather than JSON's null */
  gboolean decorated;    /* a TypeDecorator: whatever is compared with it takes its type */
  gboolean text_uuid;    /* UUID(as_uuid=False): values are strings */
  const char *collation;
  const char *fields;  /* INTERVAL: "DAY TO SECOND" */
  const SqlType *item; /* ARRAY */
  SqlInt dimensions;
  SqlEnum *enumeration;
  SqlDomain *domain;
  const char *spec; /* CUSTOM */
};

/* sa.Enum and postgresql.ENUM.  Its identity (pointer) does not matter, its schema and name do. */
struct SqlEnum {
  SqlName name;
  SqlName schema;
  SqlTextList labels;
  const void *python_class;   /* Enum(SomeClass): members are stored by the label in their place */
  gboolean generic;           /* sa.Enum, not postgresql.ENUM */
  gboolean non_native;        /* native_enum=False: VARCHAR, perhaps with a CHECK */
  SqlInt length;              /* non-native: explicit length */
  gboolean create_constraint; /* non-native: CHECK (x IN (...)) */
  gboolean no_create;         /* postgresql.ENUM(create_type=False); sa.Enum ignores create_type */
  gboolean has_metadata;      /* Enum(metadata=...): create_table does not create it */
  SqlName metadata_schema;    /* of that MetaData */
  gboolean inherit_schema;    /* takes the schema of the table it is used in */
};

/* postgresql.DOMAIN. */
struct SqlDomain {
  SqlName name;
  SqlName schema;
  const SqlType *type;
  const char *collation;
  const SqlExpr *default_value; /* INLINE for a plain string */
  SqlName constraint_name;
  SqlTri not_null;
  const SqlExpr *check;
  gboolean no_create; /* create_type=False */
  gboolean has_metadata;
};

/* A shared, plain type of the kind. */
const SqlType *sql_type(SqlTypeKind kind);
SqlAffinity sql_type_affinity(const SqlType *type);
/* The type SQLAlchemy gives to a bare value (int -> INTEGER, str -> VARCHAR, ...); NULL type when it knows none. */
const SqlType *sql_type_of_value(const SqlValue *value);
/* The item type below all ARRAYs; type itself when it is none. */
const SqlType *sql_type_innermost(const SqlType *type);
/* The type with the schema of the table it is used in, when its enum says inherit_schema. */
const SqlType *sql_type_in_schema(Arena *arena, const SqlType *type, SqlName schema);
