/* sqlalchemy.orm and sqlalchemy.ext, as far as migrations go without mapped classes. */
#include <glib/gi18n.h>
#include <string.h>

#include "context.h"
#include "types.h"

/* ---- sessions: only plain statements get through ---- */

/* A session, or what makes sessions. */
typedef struct {
  gboolean bound; /* to the migration's own connection; any other is outside its transaction */
} Session;

/* bind=, or the first argument. */
static gboolean take_bind(PyInterp *interp, PyCall *call, Session *session)
{
  PyValue *rest, bind = py_null();
  gsize n;
  py_sequence(call->values[0], &rest, &n);
  bind = n > 0 ? rest[0] : py_dict_get_text(call->values[1].dict, "bind");
  if (py_is_null(bind) || py_is_none(bind))
    return TRUE;
  session->bound = is_bind(bind);
  if (!session->bound)
    needs_database(interp, _("a session bound to %s"), py_type_name(interp, bind));
  return session->bound;
}

static PyValue session_execute(PyInterp *interp, PyCall *call)
{
  const Session *session = py_payload(call->self, py_host_of(call->self));
  if (!session || !session->bound)
    return needs_database(interp, _("a session that is not bound to the connection"));
  if (!run_of(interp)->options->online)
    return needs_database(interp, _("an ORM session needs a live connection"));
  return strcmp(call->function, "execute") == 0 ? connection_execute(interp, call)
                                                : connection_scalar(interp, call);
}

static PyValue session_nothing(PyInterp *interp, PyCall *call)
{
  (void)interp;
  (void)call;
  return py_none();
}

static PyValue session_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  (void)self;
  return needs_database(interp, _("Session.%s"), name->data);
}

static PyValue session_enter(PyInterp *interp, PyValue self)
{
  (void)interp;
  return self;
}

static int session_exit(PyInterp *interp, PyValue self, PyValue exception)
{
  (void)interp;
  (void)self;
  (void)exception;
  return 0;
}

/* The connection is in Alembic's transaction: what a session commits stays in it. */
static const PyMethod session_methods[] = {
    {"execute", session_execute, "statement, *multiparams, **params", 0},
    {"scalar", session_execute, "statement, *multiparams, **params", 0},
    {"scalars", session_execute, "statement, *multiparams, **params", 0},
    {"flush", session_nothing, "", 0},
    {"commit", session_nothing, "", 0},
    {"close", session_nothing, "", 0},
    {NULL, NULL, NULL, 0},
};

static PyValue session_new(PyInterp *interp, PyCall *call)
{
  Session *session = arena_new0(py_arena(interp), Session);
  return take_bind(interp, call, session) ? py_host_new(interp, call->cls, session) : py_null();
}

static const PyHostClass session_class = {
    .name = "Session",
    .module = "sqlalchemy.orm.session",
    .construct = session_new,
    .params = "*args, **kw",
    .methods = session_methods,
    .enter = session_enter,
    .exit = session_exit,
    .getattr = session_getattr,
    .setattr = refuse_setattr,
};

static const PyHostClass sessionmaker_class;

/* What sessionmaker() and scoped_session() give: a call makes a session.  Anything else would use one that belongs to
 * the thread, and whatever connection that has. */
static PyValue factory_call(PyInterp *interp, PyCall *call)
{
  const Session *factory = py_payload(call->self, py_host_of(call->self));
  Session *session = arena_new0(py_arena(interp), Session);
  *session = *factory;
  return take_bind(interp, call, session) ? py_host_object(interp, &session_class, session) : py_null();
}

/* scoped_session() takes over the connection of the factory in it. */
static PyValue scoped_session_new(PyInterp *interp, PyCall *call)
{
  Session *session = arena_new0(py_arena(interp), Session);
  const Session *factory = py_payload(call->values[0], &sessionmaker_class);
  if (!factory)
    return refuse(interp, _("%s(%s)"), call->function, py_type_name(interp, call->values[0]));
  *session = *factory;
  return py_host_new(interp, call->cls, session);
}

static PyValue factory_configure(PyInterp *interp, PyCall *call)
{
  Session *factory = py_payload(call->self, py_host_of(call->self));
  return take_bind(interp, call, factory) ? py_none() : py_null();
}

static PyValue factory_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  return needs_database(interp, "%s.%s", py_type_name(interp, self), name->data);
}

static const PyMethod factory_methods[] = {
    {"configure", factory_configure, "*args, **kw", 0},
    {NULL, NULL, NULL, 0},
};

#define FACTORY                                                                                     \
  .flags = PY_PURE, .call = factory_call, .call_params = "*args, **kw", .getattr = factory_getattr, \
  .setattr = refuse_setattr, .class_getattr = refuse_class_getattr, .methods = factory_methods

static const PyHostClass sessionmaker_class = {
    .name = "sessionmaker",
    .module = "sqlalchemy.orm.session",
    .construct = session_new,
    .params = "*args, **kw",
    FACTORY,
};

static const PyHostClass scoped_session_class = {
    .name = "scoped_session",
    .module = "sqlalchemy.orm.scoping",
    .construct = scoped_session_new,
    .params = "session_factory, scopefunc=None",
    FACTORY,
};

/* Mapped classes are not followed: they are unknown, and may be given attributes. */
static PyValue fn_mapped(PyInterp *interp, PyCall *call)
{
  return py_unknown(interp, PY_NEEDS_PYTHON, _("%s(): mapped classes"), call->function);
}

const PyMethod orm_functions[] = {
    {"declarative_base", fn_mapped, "*args, **kw", PY_TAKES_UNKNOWN},
    {"registry", fn_mapped, "*args, **kw", PY_TAKES_UNKNOWN},
    {NULL, NULL, NULL, 0},
};

const PyHostClass *const orm_classes[] = {&session_class, &sessionmaker_class, &scoped_session_class, NULL};

/* ---- sqlalchemy.ext.mutable: as_mutable() gives the type itself ---- */

static PyValue mutable_as_mutable(PyInterp *interp, PyCall *call)
{
  const SqlType *type;
  if (!to_type(interp, call->values[0], &type))
    return py_null();
  if (!type)
    return refuse(interp, _("%s is not understood as a type"), py_type_name(interp, call->values[0]));
  return py_is(call->values[0], PY_CLASS) ? py_call(interp, call->values[0], NULL, 0) : call->values[0];
}

static const PyMethod mutable_methods[] = {
    {"as_mutable", mutable_as_mutable, "sqltype", PY_CLASSMETHOD | PY_PURE},
    {NULL, NULL, NULL, 0},
};

static const PyHostClass mutable_dict_class = {
    .name = "MutableDict", .module = "sqlalchemy.ext.mutable", .methods = mutable_methods, REFUSE_REST};

static const PyHostClass mutable_list_class = {
    .name = "MutableList", .module = "sqlalchemy.ext.mutable", .methods = mutable_methods, REFUSE_REST};

static const PyHostClass mutable_set_class = {
    .name = "MutableSet", .module = "sqlalchemy.ext.mutable", .methods = mutable_methods, REFUSE_REST};

const PyHostClass *const mutable_classes[] = {&mutable_dict_class, &mutable_list_class, &mutable_set_class,
                                              NULL};
