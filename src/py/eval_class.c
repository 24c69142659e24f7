/* class statements. */
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

typedef struct {
  PyClass **bases;
  guint n;
  PyValue unknown; /* a base that cannot be known */
  PyDict *keywords;
} ClassHead;

static gboolean add_base(PyInterp *interp, ClassHead *head, PyValue base)
{
  if (base.type == PY_UNKNOWN) {
    head->unknown = base;
    return TRUE;
  }
  if (base.type == PY_INSTANCE) { /* e.g. a typing construct that stands for classes */
    PyValue entries = py_find_attr(interp, base, py_str_in(interp->arena, "__mro_entries__", 15));
    if (py_failed(interp))
      return FALSE;
    if (!py_is_null(entries)) {
      head->unknown = py_unknown(interp, PY_NEEDS_PYTHON, _("a class with __mro_entries__"));
      return TRUE;
    }
  }
  if (base.type != PY_CLASS) {
    py_raise(interp, "TypeError", "bases must be types");
    return FALSE;
  }
  if (base.cls == interp->runtime->type) {
    head->unknown = py_unknown(interp, PY_NEEDS_PYTHON, _("metaclasses are not supported"));
    return TRUE;
  }
  head->bases[head->n++] = base.cls;
  return TRUE;
}

static gboolean eval_head(PyInterp *interp, Frame *frame, const PyStmt *stmt, ClassHead *head)
{
  *head = (ClassHead){.bases = new_array(interp, PyClass *, stmt->class.n_bases + 1),
                      .keywords = py_dict_new(interp)};
  for (guint i = 0; i < stmt->class.n_bases; i++) {
    const PyExpr *expr = stmt->class.bases[i];
    if (expr->kind == PY_EXPR_STARRED) {
      py_stop(interp, PY_NEEDS_PYTHON, _("a class with starred bases"));
      return FALSE;
    }
    PyValue base = py_eval(interp, frame, expr);
    if (py_is_null(base) || !add_base(interp, head, base))
      return FALSE;
  }
  for (guint i = 0; i < stmt->class.n_keywords; i++) {
    const PyKeywordArg *keyword = &stmt->class.keywords[i];
    PyValue v = py_eval(interp, frame, keyword->value);
    if (py_is_null(v))
      return FALSE;
    gboolean metaclass = keyword->name && py_str_is(keyword->name, "metaclass");
    gboolean harmless =
        v.type == PY_CLASS && (v.cls == interp->runtime->type || py_str_is(v.cls->name, "ABCMeta"));
    if (!keyword->name || (metaclass && !harmless))
      head->unknown =
          v.type == PY_UNKNOWN ? v : py_unknown(interp, PY_NEEDS_PYTHON, _("metaclasses are not supported"));
    else if (!metaclass)
      py_dict_put(interp, head->keywords, keyword->name, v);
  }
  return TRUE;
}

static PyDict *run_body(PyInterp *interp, Frame *frame, const PyStmt *stmt, PyClass **owner)
{
  Frame *body = new0(interp, Frame);
  body->scope = stmt->class.scope;
  body->namespace = py_dict_new(interp);
  body->outer = frame->scope->kind == PY_SCOPE_MODULE ? NULL : frame;
  body->caller = interp->frame;
  body->module = frame->module;
  body->tree = frame->tree;
  body->owner = owner;
  body->qualname = py_qualname(interp, frame, stmt->class.name);
  py_dict_set_text(interp, body->namespace, "__qualname__", py_text_value(interp, body->qualname));
  py_dict_set_text(interp, body->namespace, "__module__", py_text_value(interp, frame->module->name));
  interp->frame = body;
  interp->depth++;
  Flow flow = py_exec_block(interp, body, &stmt->class.body);
  interp->depth--;
  interp->frame = body->caller;
  return flow == FLOW_FAIL ? NULL : body->namespace;
}

/* __set_name__ of what the body assigned. */
static gboolean set_names(PyInterp *interp, PyClass *cls)
{
  PyValue key, value;
  for (gsize at = 0; py_dict_next(cls->attrs, &at, &key, &value);) {
    PyValue hook = py_special(interp, value, "__set_name__");
    if (py_is_null(hook))
      continue;
    PyValue args[] = {py_class_value(cls), key};
    if (py_is_null(py_call_self(interp, hook, value, &(PyArgs){.args = args, .n = 2})))
      return FALSE;
  }
  return TRUE;
}

static gboolean tell_bases(PyInterp *interp, PyClass *cls, PyDict *keywords)
{
  PyStr *name = py_str_in(interp->arena, "__init_subclass__", 17);
  PyValue hook = py_class_lookup_after(cls, cls, name);
  if (hook.type == PY_FUNCTION || hook.type == PY_DESCRIPTOR) {
    PyValue function = hook.type == PY_DESCRIPTOR ? hook.descriptor->get : hook;
    PyValue self = py_class_value(cls);
    if (py_is_null(py_call_keywords(interp, function, &self, 1, keywords)))
      return FALSE;
  }
  if (cls->host && cls->host->subclassed)
    return cls->host->subclassed(interp, cls);
  return TRUE;
}

static PyClass *finish_class(PyInterp *interp, PyClass *cls, PyDict *keywords, const char *module)
{
  cls->module = module;
  cls->user = TRUE;
  if (!set_names(interp, cls) || (cls->is_enum && !py_enum_finish(interp, cls)) ||
      !tell_bases(interp, cls, keywords))
    return NULL;
  return cls;
}

PyValue py_make_class(PyInterp *interp, PyStr *name, PyClass **bases, guint n, PyDict *attrs)
{
  PyClass *cls = py_class_new(interp, name, bases, n, attrs);
  const char *module = interp->frame ? interp->frame->module->name : "__main__";
  cls = cls ? finish_class(interp, cls, NULL, module) : NULL;
  return cls ? py_class_value(cls) : py_null();
}

Flow py_exec_class(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  ClassHead head;
  if (!eval_head(interp, frame, stmt, &head))
    return FLOW_FAIL;
  if (!py_is_null(head.unknown)) {
    py_store_name(interp, frame, stmt->class.name, head.unknown);
    return FLOW_NEXT;
  }
  PyClass **owner = new0(interp, PyClass *);
  PyDict *attrs = run_body(interp, frame, stmt, owner);
  if (!attrs)
    return FLOW_FAIL;
  frame->at = stmt->span;
  PyClass *cls = py_class_new(interp, stmt->class.name, head.bases, head.n, attrs);
  if (!cls)
    return FLOW_FAIL;
  *owner = cls;
  if (!finish_class(interp, cls, head.keywords, frame->module->name))
    return FLOW_FAIL;
  return py_store_name(interp, frame, stmt->class.name, py_class_value(cls)) ? FLOW_NEXT : FLOW_FAIL;
}
