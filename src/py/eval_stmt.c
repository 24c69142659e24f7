/* Statements; try, with, class and match have files of their own. */
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

static Flow flow_of(gboolean ok)
{
  return ok ? FLOW_NEXT : FLOW_FAIL;
}

static Flow exec_assign(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  PyValue v = py_eval(interp, frame, stmt->assign.value);
  if (py_is_null(v))
    return FLOW_FAIL;
  for (guint i = 0; i < stmt->assign.n; i++) {
    frame->at = stmt->span;
    if (!py_assign(interp, frame, stmt->assign.targets[i], v))
      return FLOW_FAIL;
  }
  return FLOW_NEXT;
}

/* Annotations are not evaluated; classes remember their text, for dataclasses and the like. */
static void note_annotation(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  if (frame->scope->kind != PY_SCOPE_CLASS || stmt->ann_assign.target->kind != PY_EXPR_NAME)
    return;
  PyValue notes = py_dict_get_text(frame->namespace, "__annotations__");
  if (notes.type != PY_DICT) {
    notes = py_dict(interp);
    py_dict_set_text(interp, frame->namespace, "__annotations__", notes);
  }
  PySpan span = stmt->ann_assign.annotation->span;
  PyStr *text = py_str_in(interp->arena, frame->tree->text + span.start, span.end - span.start);
  py_dict_put(interp, notes.dict, stmt->ann_assign.target->name, py_from_str(text));
}

static Flow exec_ann_assign(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  note_annotation(interp, frame, stmt);
  if (!stmt->ann_assign.value)
    return FLOW_NEXT;
  PyValue v = py_eval(interp, frame, stmt->ann_assign.value);
  return flow_of(!py_is_null(v) && py_assign(interp, frame, stmt->ann_assign.target, v));
}

static Flow exec_aug_assign(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  const PyExpr *target = stmt->aug_assign.target;
  PyValue owner = py_null(), key = py_null(), old;
  if (target->kind == PY_EXPR_NAME) {
    old = py_eval(interp, frame, target);
  } else if (target->kind == PY_EXPR_ATTRIBUTE) {
    owner = py_eval(interp, frame, target->attribute.value);
    old = py_is_null(owner) ? owner : py_get_attr(interp, owner, target->attribute.name);
  } else {
    owner = py_eval(interp, frame, target->subscript.value);
    key = py_is_null(owner) ? owner : py_eval(interp, frame, target->subscript.index);
    old = py_is_null(key) ? key : py_get_item(interp, owner, key);
  }
  PyValue operand = py_is_null(old) ? old : py_eval(interp, frame, stmt->aug_assign.value);
  if (py_is_null(operand))
    return FLOW_FAIL;
  frame->at = stmt->span;
  PyValue v = py_inplace_binary(interp, stmt->op, old, operand);
  if (py_is_null(v))
    return FLOW_FAIL;
  if (target->kind == PY_EXPR_NAME)
    return flow_of(py_store_name(interp, frame, target->name, v));
  if (target->kind == PY_EXPR_ATTRIBUTE)
    return flow_of(py_set_attr(interp, owner, target->attribute.name, v));
  return flow_of(py_set_item(interp, owner, key, v));
}

static Flow exec_return(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  frame->result = stmt->expr ? py_eval(interp, frame, stmt->expr) : py_none();
  return py_is_null(frame->result) ? FLOW_FAIL : FLOW_RETURN;
}

static Flow exec_raise(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  if (!stmt->raise.exc) {
    const Frame *f = frame;
    while (f && py_is_null(f->handled))
      f = f->caller;
    if (!f)
      py_raise(interp, "RuntimeError", "No active exception to reraise");
    else
      py_raise_value(interp, f->handled);
    return FLOW_FAIL;
  }
  PyValue exception = py_eval(interp, frame, stmt->raise.exc);
  if (py_is_null(exception))
    return FLOW_FAIL;
  if (stmt->raise.cause && py_is_null(py_eval(interp, frame, stmt->raise.cause)))
    return FLOW_FAIL;
  frame->at = stmt->span;
  py_raise_value(interp, exception);
  return FLOW_FAIL;
}

static gboolean delete_target(PyInterp *interp, Frame *frame, const PyExpr *target)
{
  frame->at = target->span;
  switch (target->kind) {
  case PY_EXPR_NAME: return py_delete_name(interp, frame, target->name);
  case PY_EXPR_ATTRIBUTE: {
    PyValue owner = py_eval(interp, frame, target->attribute.value);
    return !py_is_null(owner) && py_del_attr(interp, owner, target->attribute.name);
  }
  case PY_EXPR_SUBSCRIPT: {
    PyValue owner = py_eval(interp, frame, target->subscript.value);
    PyValue key = py_is_null(owner) ? owner : py_eval(interp, frame, target->subscript.index);
    return !py_is_null(key) && py_del_item(interp, owner, key);
  }
  default:
    for (guint i = 0; i < target->list.n; i++)
      if (!delete_target(interp, frame, target->list.items[i]))
        return FALSE;
    return TRUE;
  }
}

static Flow exec_delete(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  for (guint i = 0; i < stmt->del.n; i++)
    if (!delete_target(interp, frame, stmt->del.targets[i]))
      return FLOW_FAIL;
  return FLOW_NEXT;
}

/* 1, 0; -1: failed. */
static int eval_truth(PyInterp *interp, Frame *frame, const PyExpr *test)
{
  PyValue v = py_eval(interp, frame, test);
  if (py_is_null(v))
    return -1;
  frame->at = test->span;
  return py_truth(interp, v);
}

static Flow exec_assert(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  int truth = eval_truth(interp, frame, stmt->assert_.test);
  if (truth)
    return flow_of(truth > 0);
  PyValue message = stmt->assert_.message ? py_eval(interp, frame, stmt->assert_.message) : py_null();
  if (py_failed(interp))
    return FLOW_FAIL;
  frame->at = stmt->span;
  PyClass *cls = py_builtin_class(interp, "AssertionError");
  py_raise_value(interp, py_exception_new(interp, cls, &message, py_is_null(message) ? 0 : 1));
  return FLOW_FAIL;
}

/* ---- branches and loops ---- */

static gboolean binds(const PyStmt *stmt)
{
  switch (stmt->kind) {
  case PY_STMT_ASSIGN:
    for (guint i = 0; i < stmt->assign.n; i++)
      if (stmt->assign.targets[i]->kind != PY_EXPR_NAME)
        return FALSE;
    return TRUE;
  case PY_STMT_ANN_ASSIGN: return stmt->ann_assign.target->kind == PY_EXPR_NAME;
  case PY_STMT_IMPORT:
  case PY_STMT_FUNCTION:
  case PY_STMT_CLASS:
  case PY_STMT_PASS: return TRUE;
  case PY_STMT_IMPORT_FROM: return !py_str_is(stmt->import.names[0].name, "*");
  case PY_STMT_EXPR: return stmt->expr->kind == PY_EXPR_CONSTANT;
  case PY_STMT_IF: return py_only_binds(&stmt->if_.body) && py_only_binds(&stmt->if_.orelse);
  default: return FALSE;
  }
}

gboolean py_only_binds(const PyBlock *block)
{
  for (guint i = 0; i < block->n; i++)
    if (!binds(block->items[i]))
      return FALSE;
  return TRUE;
}

static void bind_aliases(PyInterp *interp, Frame *frame, const PyStmt *stmt, PyValue unknown)
{
  for (guint i = 0; i < stmt->import.n; i++) {
    const PyAlias *alias = &stmt->import.names[i];
    PyStr *name = alias->asname ? alias->asname : alias->name;
    const char *dot = alias->asname ? NULL : strchr(name->data, '.');
    py_store_name(interp, frame, dot ? py_str_in(interp->arena, name->data, (gsize)(dot - name->data)) : name,
                  unknown);
  }
}

void py_bind_unknown(PyInterp *interp, Frame *frame, const PyBlock *block, PyValue unknown)
{
  for (guint i = 0; i < block->n; i++) {
    const PyStmt *stmt = block->items[i];
    switch (stmt->kind) {
    case PY_STMT_ASSIGN:
      for (guint j = 0; j < stmt->assign.n; j++)
        py_store_name(interp, frame, stmt->assign.targets[j]->name, unknown);
      break;
    case PY_STMT_ANN_ASSIGN: py_store_name(interp, frame, stmt->ann_assign.target->name, unknown); break;
    case PY_STMT_FUNCTION: py_store_name(interp, frame, stmt->function.name, unknown); break;
    case PY_STMT_CLASS: py_store_name(interp, frame, stmt->class.name, unknown); break;
    case PY_STMT_IMPORT:
    case PY_STMT_IMPORT_FROM: bind_aliases(interp, frame, stmt, unknown); break;
    case PY_STMT_IF:
      py_bind_unknown(interp, frame, &stmt->if_.body, unknown);
      py_bind_unknown(interp, frame, &stmt->if_.orelse, unknown);
      break;
    default: break;
    }
  }
}

static Flow exec_if(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  PyValue test = py_eval(interp, frame, stmt->if_.test);
  if (py_is_null(test))
    return FLOW_FAIL;
  frame->at = stmt->if_.test->span;
  /* At a module's top level, what either branch would define is as unknown as the choice, and no more. */
  if (test.type == PY_UNKNOWN && frame->scope->kind == PY_SCOPE_MODULE && py_only_binds(&stmt->if_.body) &&
      py_only_binds(&stmt->if_.orelse)) {
    py_bind_unknown(interp, frame, &stmt->if_.body, test);
    py_bind_unknown(interp, frame, &stmt->if_.orelse, test);
    return FLOW_NEXT;
  }
  int truth = py_truth(interp, test);
  if (truth < 0)
    return FLOW_FAIL;
  return py_exec_block(interp, frame, truth ? &stmt->if_.body : &stmt->if_.orelse);
}

static Flow exec_while(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  for (;;) {
    int truth = eval_truth(interp, frame, stmt->if_.test);
    if (truth < 0 || !py_step(interp))
      return FLOW_FAIL;
    if (!truth)
      return py_exec_block(interp, frame, &stmt->if_.orelse);
    Flow flow = py_exec_block(interp, frame, &stmt->if_.body);
    if (flow == FLOW_BREAK)
      return FLOW_NEXT;
    if (flow == FLOW_RETURN || flow == FLOW_FAIL)
      return flow;
  }
}

/* A generator made for this loop alone is closed when the loop is left, as Python's reference counts do. */
static gboolean drop_generator(PyInterp *interp, Frame *frame, const PyStmt *stmt, PyValue iterator)
{
  if (iterator.type != PY_GENERATOR || stmt->for_.iter->kind != PY_EXPR_CALL)
    return TRUE;
  PyValue result = frame->result;
  gboolean ok = !py_is_null(py_call_method(interp, iterator, "close", NULL, 0));
  frame->result = result;
  return ok;
}

static Flow exec_for(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  if (stmt->for_.is_async) {
    py_stop(interp, PY_NEEDS_PYTHON, _("async for is not supported"));
    return FLOW_FAIL;
  }
  PyValue v = py_eval(interp, frame, stmt->for_.iter);
  frame->at = stmt->for_.iter->span;
  PyValue iterator = py_is_null(v) ? v : py_iter(interp, v), item;
  if (py_is_null(iterator))
    return FLOW_FAIL;
  while (py_next(interp, iterator, &item)) {
    if (!py_step(interp) || !py_assign(interp, frame, stmt->for_.target, item))
      return FLOW_FAIL;
    Flow flow = py_exec_block(interp, frame, &stmt->for_.body);
    if ((flow == FLOW_BREAK || flow == FLOW_RETURN) && !drop_generator(interp, frame, stmt, iterator))
      return FLOW_FAIL;
    if (flow == FLOW_BREAK)
      return FLOW_NEXT;
    if (flow == FLOW_RETURN || flow == FLOW_FAIL)
      return flow;
    frame->at = stmt->for_.iter->span;
  }
  return py_failed(interp) ? FLOW_FAIL : py_exec_block(interp, frame, &stmt->for_.orelse);
}

/* ---- definitions ---- */

static PyValue decorate(PyInterp *interp, Frame *frame, PyExpr *const *decorators, guint n, PyValue v)
{
  PyValue *values = new_array(interp, PyValue, n + 1);
  for (guint i = 0; i < n; i++) {
    values[i] = py_eval(interp, frame, decorators[i]);
    if (py_is_null(values[i]))
      return py_null();
  }
  for (guint i = n; i-- > 0 && !py_is_null(v);) {
    frame->at = decorators[i]->span;
    v = py_call_1(interp, values[i], v);
  }
  return v;
}

static Flow exec_function(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  PyValue v =
      py_make_function(interp, frame, stmt->function.name, &stmt->function.params, stmt->function.scope);
  if (py_is_null(v))
    return FLOW_FAIL;
  v.function->body = &stmt->function.body;
  v.function->doc = stmt->function.doc;
  v.function->is_async = stmt->function.is_async;
  if (stmt->function.n_decorators)
    v = decorate(interp, frame, stmt->function.decorators, stmt->function.n_decorators, v);
  return flow_of(!py_is_null(v) && py_store_name(interp, frame, stmt->function.name, v));
}

static Flow exec_decorated_class(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  Flow flow = py_exec_class(interp, frame, stmt);
  if (flow != FLOW_NEXT || !stmt->class.n_decorators)
    return flow;
  PyValue v = py_load_name(interp, frame, stmt->class.name);
  v = decorate(interp, frame, stmt->class.decorators, stmt->class.n_decorators, v);
  return flow_of(!py_is_null(v) && py_store_name(interp, frame, stmt->class.name, v));
}

/* ---- dispatch ---- */

static Flow exec_stmt(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  frame->at = stmt->span;
  switch (stmt->kind) {
  case PY_STMT_EXPR: return flow_of(!py_is_null(py_eval(interp, frame, stmt->expr)));
  case PY_STMT_ASSIGN: return exec_assign(interp, frame, stmt);
  case PY_STMT_ANN_ASSIGN: return exec_ann_assign(interp, frame, stmt);
  case PY_STMT_AUG_ASSIGN: return exec_aug_assign(interp, frame, stmt);
  case PY_STMT_RETURN: return exec_return(interp, frame, stmt);
  case PY_STMT_RAISE: return exec_raise(interp, frame, stmt);
  case PY_STMT_PASS:
  case PY_STMT_GLOBAL:
  case PY_STMT_NONLOCAL: return FLOW_NEXT;
  case PY_STMT_BREAK: return FLOW_BREAK;
  case PY_STMT_CONTINUE: return FLOW_CONTINUE;
  case PY_STMT_DELETE: return exec_delete(interp, frame, stmt);
  case PY_STMT_ASSERT: return exec_assert(interp, frame, stmt);
  case PY_STMT_IMPORT:
  case PY_STMT_IMPORT_FROM: return py_exec_import(interp, frame, stmt);
  case PY_STMT_IF: return exec_if(interp, frame, stmt);
  case PY_STMT_WHILE: return exec_while(interp, frame, stmt);
  case PY_STMT_FOR: return exec_for(interp, frame, stmt);
  case PY_STMT_WITH: return py_exec_with(interp, frame, stmt, 0);
  case PY_STMT_TRY: return py_exec_try(interp, frame, stmt);
  case PY_STMT_FUNCTION: return exec_function(interp, frame, stmt);
  case PY_STMT_CLASS: return exec_decorated_class(interp, frame, stmt);
  case PY_STMT_MATCH: return py_exec_match(interp, frame, stmt);
  case PY_STMT_TYPE_ALIAS: return flow_of(py_store_name(interp, frame, stmt->type_alias.name, py_none()));
  }
  return FLOW_NEXT;
}

Flow py_exec_block(PyInterp *interp, Frame *frame, const PyBlock *block)
{
  if (block->n && py_deep(interp))
    return FLOW_FAIL;
  for (guint i = 0; i < block->n; i++) {
    if (!py_step(interp))
      return FLOW_FAIL;
    Flow flow = exec_stmt(interp, frame, block->items[i]);
    if (flow != FLOW_NEXT)
      return flow;
  }
  return FLOW_NEXT;
}
