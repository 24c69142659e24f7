/* Exceptions. */
#include <stdarg.h>
#include <string.h>

#include "object.h"

/* Builtin exceptions, each after its base. */
static const char *const exceptions[][2] = {
    {"Exception", "BaseException"},
    {"BaseExceptionGroup", "BaseException"},
    {"GeneratorExit", "BaseException"},
    {"KeyboardInterrupt", "BaseException"},
    {"SystemExit", "BaseException"},
    {"ArithmeticError", "Exception"},
    {"FloatingPointError", "ArithmeticError"},
    {"OverflowError", "ArithmeticError"},
    {"ZeroDivisionError", "ArithmeticError"},
    {"AssertionError", "Exception"},
    {"AttributeError", "Exception"},
    {"BufferError", "Exception"},
    {"EOFError", "Exception"},
    {"ImportError", "Exception"},
    {"ModuleNotFoundError", "ImportError"},
    {"LookupError", "Exception"},
    {"IndexError", "LookupError"},
    {"KeyError", "LookupError"},
    {"MemoryError", "Exception"},
    {"NameError", "Exception"},
    {"UnboundLocalError", "NameError"},
    {"OSError", "Exception"},
    {"BlockingIOError", "OSError"},
    {"ChildProcessError", "OSError"},
    {"ConnectionError", "OSError"},
    {"BrokenPipeError", "ConnectionError"},
    {"ConnectionAbortedError", "ConnectionError"},
    {"ConnectionRefusedError", "ConnectionError"},
    {"ConnectionResetError", "ConnectionError"},
    {"FileExistsError", "OSError"},
    {"FileNotFoundError", "OSError"},
    {"InterruptedError", "OSError"},
    {"IsADirectoryError", "OSError"},
    {"NotADirectoryError", "OSError"},
    {"PermissionError", "OSError"},
    {"ProcessLookupError", "OSError"},
    {"TimeoutError", "OSError"},
    {"ReferenceError", "Exception"},
    {"RuntimeError", "Exception"},
    {"NotImplementedError", "RuntimeError"},
    {"RecursionError", "RuntimeError"},
    {"StopAsyncIteration", "Exception"},
    {"StopIteration", "Exception"},
    {"SyntaxError", "Exception"},
    {"IndentationError", "SyntaxError"},
    {"TabError", "IndentationError"},
    {"SystemError", "Exception"},
    {"TypeError", "Exception"},
    {"ValueError", "Exception"},
    {"UnicodeError", "ValueError"},
    {"UnicodeDecodeError", "UnicodeError"},
    {"UnicodeEncodeError", "UnicodeError"},
    {"UnicodeTranslateError", "UnicodeError"},
    {"Warning", "Exception"},
    {"BytesWarning", "Warning"},
    {"DeprecationWarning", "Warning"},
    {"FutureWarning", "Warning"},
    {"ImportWarning", "Warning"},
    {"PendingDeprecationWarning", "Warning"},
    {"ResourceWarning", "Warning"},
    {"RuntimeWarning", "Warning"},
    {"SyntaxWarning", "Warning"},
    {"UnicodeWarning", "Warning"},
    {"UserWarning", "Warning"},
    {"ExceptionGroup", "Exception"},
};

static PyValue exception_init(PyInterp *interp, PyCall *call)
{
  if (call->self.type == PY_INSTANCE)
    py_instance_set_attr(interp, call->self, "args", call->values[0]);
  return py_none();
}

static PyValue exception_with_traceback(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->self;
}

static PyValue exception_add_note(PyInterp *interp, PyCall *call)
{
  (void)interp;
  (void)call;
  return py_none();
}

static PyValue exception_nothing(PyInterp *interp, PyCall *call)
{
  (void)interp;
  (void)call;
  return py_none();
}

static const PyMethod exception_methods[] = {
    {"__init__", exception_init, "*args", PY_TAKES_UNKNOWN},
    {"with_traceback", exception_with_traceback, "tb", PY_TAKES_UNKNOWN},
    {"add_note", exception_add_note, "note", PY_TAKES_UNKNOWN},
    {"__traceback__", exception_nothing, "", PY_PROPERTY},
    {"__cause__", exception_nothing, "", PY_PROPERTY},
    {"__context__", exception_nothing, "", PY_PROPERTY},
    {0},
};

void py_make_exceptions(PyRuntime *runtime)
{
  runtime->base_exception =
      py_builtin_class_new(runtime, "BaseException", runtime->object, PY_NULL, exception_methods);
  runtime->base_exception->is_exception = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(exceptions); i++)
    py_builtin_class_new(runtime, exceptions[i][0], g_hash_table_lookup(runtime->classes, exceptions[i][1]),
                         PY_NULL, NULL);
  runtime->exception = g_hash_table_lookup(runtime->classes, "Exception");
}

PyValue py_exception_new(PyInterp *interp, PyClass *cls, const PyValue *args, gsize n)
{
  PyInstance *instance = py_instance_new(interp, cls);
  PyValue v = {.type = PY_INSTANCE, .instance = instance};
  py_instance_set_attr(interp, v, "args", py_tuple(interp, args, n));
  return v;
}

PyValue py_new_exception(PyInterp *interp, PyClass *cls, const char *message)
{
  PyValue text = py_str(interp, message, -1);
  return py_exception_new(interp, cls, &text, 1);
}

PyClass *py_exception_class(PyInterp *interp, const char *module, const char *name, const char *base)
{
  PyRuntime *runtime = interp->runtime;
  g_autofree char *full = g_strdup_printf("%s.%s", module, name);
  PyClass *cls = g_hash_table_lookup(runtime->classes, full);
  if (cls)
    return cls;
  PyClass *above = g_hash_table_lookup(runtime->classes, base);
  cls = py_builtin_class_new(runtime, arena_strdup(runtime->arena, full), above ? above : runtime->exception,
                             PY_NULL, NULL);
  cls->name = py_str_in(runtime->arena, name, strlen(name));
  cls->module = arena_strdup(runtime->arena, module);
  return cls;
}

/* ---- raising ---- */

static PyValue raise_instance(PyInterp *interp, PyValue exception)
{
  if (interp->outcome == PY_STOPPED || interp->outcome == PY_BUDGET)
    return py_null();
  py_note_place(interp);
  interp->outcome = PY_RAISED;
  interp->exception = exception;
  return py_null();
}

PyValue py_raise(PyInterp *interp, const char *type, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  PyClass *cls = g_hash_table_lookup(interp->runtime->classes, type);
  return raise_instance(interp, py_new_exception(interp, cls ? cls : interp->runtime->exception, text));
}

PyValue py_raise_name(PyInterp *interp, const char *type, PyStr *name, const char *format)
{
  /* format holds one %s */
  g_autoptr(GString) text = g_string_new(format);
  g_string_replace(text, "%s", name->data, 1);
  return py_raise(interp, type, "%s", text->str);
}

PyValue py_raise_value(PyInterp *interp, PyValue v)
{
  if (v.type == PY_UNKNOWN)
    return py_stop_because(interp, v.reason);
  if (v.type == PY_CLASS && v.cls->is_exception)
    v = py_instantiate(interp, v.cls, &(PyArgs){0});
  if (py_is_null(v))
    return v;
  if (v.type == PY_UNKNOWN)
    return py_stop_because(interp, v.reason);
  if (v.type != PY_INSTANCE || !v.instance->cls->is_exception)
    return py_raise(interp, "TypeError", "exceptions must derive from BaseException");
  return raise_instance(interp, v);
}

int py_exception_matches(PyInterp *interp, PyValue exception, PyValue v)
{
  if (v.type == PY_TUPLE) {
    for (gsize i = 0; i < v.list->len; i++) {
      int match = py_exception_matches(interp, exception, v.list->items[i]);
      if (match)
        return match;
    }
    return 0;
  }
  if (v.type == PY_UNKNOWN) {
    py_clear(interp);
    py_stop_because(interp, v.reason);
    return -1;
  }
  if (v.type != PY_CLASS || !v.cls->is_exception) {
    py_raise(interp, "TypeError", "catching classes that do not inherit from BaseException is not allowed");
    return -1;
  }
  return py_class_is_subclass(exception.instance->cls, v.cls);
}

const char *py_exception_text(PyInterp *interp)
{
  PyValue exception = py_exception(interp);
  if (py_is_null(exception))
    return "";
  interp->outcome = PY_OK; /* __str__ may have to run */
  const PyPlace *trace = interp->trace;
  guint n_trace = interp->n_trace;
  PyValue text = py_str_of(interp, exception);
  interp->outcome = PY_RAISED;
  interp->exception = exception;
  interp->n_trace = n_trace;
  interp->trace = trace;
  PyClass *cls = exception.instance->cls;
  gboolean builtin = !strcmp(cls->module, "builtins") || !strcmp(cls->module, "__main__");
  const char *message = py_text(text);
  return arena_printf(interp->arena, "%s%s%s%s%s", builtin ? "" : cls->module, builtin ? "" : ".",
                      cls->name->data, message && *message ? ": " : "", message ? message : "");
}
