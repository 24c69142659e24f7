/* Exceptions that Alembic and SQLAlchemy raise, and refusals. */
#include <glib/gi18n.h>
#include <string.h>

#include "bind.h"

typedef struct {
  const char *module;
  const char *name;
  const char *base;
} ExceptionRow;

/* Classes of sqlalchemy.exc and alembic.util.exc that migrations name or that rendering raises; a base is one of
 * Python's own or stands further up in this list. */
static const ExceptionRow exception_rows[] = {
    {"sqlalchemy.exc", "SQLAlchemyError", "Exception"},
    {"sqlalchemy.exc", "ArgumentError", "SQLAlchemyError"},
    {"sqlalchemy.exc", "DuplicateColumnError", "ArgumentError"},
    {"sqlalchemy.exc", "ConstraintColumnNotFoundError", "ArgumentError"},
    {"sqlalchemy.exc", "ObjectNotExecutableError", "ArgumentError"},
    {"sqlalchemy.exc", "NoForeignKeysError", "ArgumentError"},
    {"sqlalchemy.exc", "AmbiguousForeignKeysError", "ArgumentError"},
    {"sqlalchemy.exc", "CompileError", "SQLAlchemyError"},
    {"sqlalchemy.exc", "UnsupportedCompilationError", "CompileError"},
    {"sqlalchemy.exc", "IdentifierError", "SQLAlchemyError"},
    {"sqlalchemy.exc", "InvalidRequestError", "SQLAlchemyError"},
    {"sqlalchemy.exc", "NoInspectionAvailable", "InvalidRequestError"},
    {"sqlalchemy.exc", "NoSuchTableError", "InvalidRequestError"},
    {"sqlalchemy.exc", "NoSuchColumnError", "InvalidRequestError"},
    {"sqlalchemy.exc", "ResourceClosedError", "InvalidRequestError"},
    {"sqlalchemy.exc", "NoReferenceError", "InvalidRequestError"},
    {"sqlalchemy.exc", "NoReferencedTableError", "NoReferenceError"},
    {"sqlalchemy.exc", "NoReferencedColumnError", "NoReferenceError"},
    {"sqlalchemy.exc", "NoResultFound", "InvalidRequestError"},
    {"sqlalchemy.exc", "MultipleResultsFound", "InvalidRequestError"},
    {"sqlalchemy.exc", "StatementError", "SQLAlchemyError"},
    {"sqlalchemy.exc", "DBAPIError", "StatementError"},
    {"sqlalchemy.exc", "InterfaceError", "DBAPIError"},
    {"sqlalchemy.exc", "DatabaseError", "DBAPIError"},
    {"sqlalchemy.exc", "DataError", "DatabaseError"},
    {"sqlalchemy.exc", "OperationalError", "DatabaseError"},
    {"sqlalchemy.exc", "IntegrityError", "DatabaseError"},
    {"sqlalchemy.exc", "InternalError", "DatabaseError"},
    {"sqlalchemy.exc", "ProgrammingError", "DatabaseError"},
    {"sqlalchemy.exc", "NotSupportedError", "DatabaseError"},
    {"alembic.util.exc", "CommandError", "Exception"},
};

PyClass *exception_class(PyInterp *interp, const char *name)
{
  Run *run = run_of(interp);
  for (guint i = 0; i < G_N_ELEMENTS(exception_rows); i++) {
    const ExceptionRow *row = &exception_rows[i];
    if (strcmp(row->name, name) != 0)
      continue;
    PyClass *cls = g_hash_table_lookup(run->exceptions, row->name);
    if (!cls) {
      cls = py_exception_class(interp, row->module, row->name, row->base);
      g_hash_table_insert(run->exceptions, (gpointer)row->name, cls);
    }
    return cls;
  }
  return NULL;
}

PyValue raise_sa(PyInterp *interp, const char *cls, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  PyClass *found = exception_class(interp, cls);
  if (!found)
    return py_raise(interp, cls, "%s", text);
  return py_raise_value(interp, py_new_exception(interp, found, text));
}

PyValue raise_command_error(PyInterp *interp, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return raise_sa(interp, "CommandError", "%s", text);
}

PyValue raise_error(PyInterp *interp, GError *error)
{
  g_autoptr(GError) owned = error;
  if (owned->domain != SQL_ERROR)
    return py_raise(interp, "RuntimeError", "%s", owned->message);
  if (g_error_matches(owned, SQL_ERROR, SQL_ERROR_UNKNOWN))
    return refuse(interp, "%s", owned->message);
  /* A KeyError shows its key by repr, so the quotes come by themselves. */
  gsize len = strlen(owned->message);
  if (g_error_matches(owned, SQL_ERROR, SQL_ERROR_KEY) && len > 1 && owned->message[0] == '\'')
    return py_raise(interp, "KeyError", "%.*s", (int)len - 2, owned->message + 1);
  return raise_sa(interp, sql_error_class(owned), "%s", owned->message);
}

PyValue refuse(PyInterp *interp, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return py_stop(interp, PY_NEEDS_PYTHON, "%s", text);
}

PyValue needs_database(PyInterp *interp, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return py_stop(interp, PY_NEEDS_DATABASE, "%s", text);
}

/* Python asks for these by itself; saying that they are absent is the truth. */
static gboolean is_protocol_name(const PyStr *name)
{
  return g_str_has_prefix(name->data, "__") && g_str_has_suffix(name->data, "__");
}

PyValue refuse_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  if (is_protocol_name(name))
    return py_null();
  return refuse(interp, _("%s.%s is not understood"), py_type_name(interp, self), name->data);
}

PyValue refuse_class_getattr(PyInterp *interp, PyClass *cls, PyStr *name)
{
  if (is_protocol_name(name))
    return py_null();
  return py_unknown(interp, PY_NEEDS_PYTHON, _("%s.%s is not understood"), py_class_name(cls), name->data);
}

gboolean refuse_setattr(PyInterp *interp, PyValue self, PyStr *name, PyValue value)
{
  (void)value;
  refuse(interp, _("setting %s.%s is not understood"), py_type_name(interp, self), name->data);
  return FALSE;
}
