#include "retort/sql/error.h"

G_DEFINE_QUARK(retort - sql - error, sql_error)

static const char *const classes[] = {
#define X(code, name) [SQL_ERROR_##code] = name,
    SQL_ERRORS(X)
#undef X
};

const char *sql_error_class(const GError *error)
{
  if (error->domain != SQL_ERROR || (guint)error->code >= G_N_ELEMENTS(classes))
    return "Exception";
  return classes[error->code];
}
