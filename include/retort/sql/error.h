/* Errors that Alembic or SQLAlchemy would raise while it renders.
 *
 * They are GErrors of SQL_ERROR; the message is theirs, word for word (not translated), and the code says which Python
 * exception it would be.
 */
#pragma once

#include <glib.h>

#define SQL_ERROR (sql_error_quark())
GQuark sql_error_quark(void);

/* Code and name of the exception class. */
#define SQL_ERRORS(X)                                       \
  X(COMPILE, "CompileError")                                \
  X(ARGUMENT, "ArgumentError")                              \
  X(IDENTIFIER, "IdentifierError")                          \
  X(DUPLICATE_COLUMN, "DuplicateColumnError")               \
  X(INVALID_REQUEST, "InvalidRequestError")                 \
  X(CONSTRAINT_COLUMN, "ConstraintColumnNotFoundError")     \
  X(STATEMENT, "StatementError")                            \
  X(UNSUPPORTED_COMPILATION, "UnsupportedCompilationError") \
  X(NO_REFERENCED_TABLE, "NoReferencedTableError")          \
  X(COMMAND, "CommandError")                                \
  X(KEY, "KeyError")                                        \
  X(INDEX, "IndexError")                                    \
  X(TYPE, "TypeError")                                      \
  X(VALUE, "ValueError")                                    \
  X(ATTRIBUTE, "AttributeError")                            \
  X(ASSERTION, "AssertionError")                            \
  X(NOT_IMPLEMENTED, "NotImplementedError")                 \
  X(UNICODE, "UnicodeDecodeError")                          \
  X(UNKNOWN, "") /* Alembic may well render it; what it writes is not known here */

typedef enum {
#define X(code, name) SQL_ERROR_##code,
  SQL_ERRORS(X)
#undef X
} SqlErrorCode;

/* "CompileError" for SQL_ERROR_COMPILE, ... */
const char *sql_error_class(const GError *error);
