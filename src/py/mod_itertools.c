/* The itertools module.  What Python does lazily is worked out here as far as that shows no difference: results of
 * finite arguments are lists behind an iterator; count, cycle and repeat without an end are refused. */
#include <glib/gi18n.h>
#include <string.h>

#include "modules.h"

static PyValue iterator_of(PyInterp *interp, PyValue list)
{
  return py_is_null(list) ? list : py_iter(interp, list);
}

/* Every argument as a list; NULL on failure. */
static PyList **collect_all(PyInterp *interp, const PyValue *args, gsize n)
{
  PyList **lists = arena_array(py_arena(interp), PyList *, n + 1);
  for (gsize i = 0; i < n; i++)
    if ((lists[i] = py_collect(interp, args[i])) == NULL)
      return NULL;
  return lists;
}

static PyValue chain_of(PyInterp *interp, const PyValue *args, gsize n)
{
  PyValue out = py_list(interp, 8);
  PyList **lists = collect_all(interp, args, n);
  for (gsize i = 0; lists != NULL && i < n; i++)
    for (gsize k = 0; k < lists[i]->len; k++)
      py_list_append(interp, out.list, lists[i]->items[k]);
  return lists != NULL ? iterator_of(interp, out) : py_null();
}

static PyValue chain(PyInterp *interp, PyCall *call)
{
  return chain_of(interp, call->args, call->n_args);
}

static PyValue chain_from_iterable(PyInterp *interp, PyCall *call)
{
  PyList *outer = py_arg_list(call, 0);
  return outer != NULL ? chain_of(interp, outer->items, outer->len) : py_null();
}

/* The longest: missing items are fill. */
static PyValue zip_longest(PyInterp *interp, PyCall *call)
{
  PyValue *args = NULL;
  gsize n = 0, longest = 0;
  py_sequence(call->values[0], &args, &n);
  PyList **lists = collect_all(interp, args, n);
  if (lists == NULL)
    return py_null();
  for (gsize i = 0; i < n; i++)
    longest = MAX(longest, lists[i]->len);
  PyValue out = py_list(interp, longest);
  PyValue *row = arena_array(py_arena(interp), PyValue, n + 1);
  for (gsize k = 0; k < longest && py_spend(interp, n); k++) {
    for (gsize i = 0; i < n; i++)
      row[i] = k < lists[i]->len ? lists[i]->items[k] : call->values[1];
    py_list_append(interp, out.list, py_tuple(interp, row, n));
  }
  return py_failed(interp) ? py_null() : iterator_of(interp, out);
}

/* The next combination of indexes in lexical order, each below its limit; FALSE behind the last. */
static gboolean advance(gsize *index, gsize n, const gsize *limits)
{
  for (gsize i = n; i-- > 0;) {
    if (++index[i] < limits[i])
      return TRUE;
    index[i] = 0;
  }
  return FALSE;
}

static PyValue product(PyInterp *interp, PyCall *call)
{
  PyValue *args = NULL;
  gsize given = 0;
  gint64 repeat;
  py_sequence(call->values[0], &args, &given);
  if (!py_arg_int(call, 1, &repeat))
    return py_null();
  if (repeat < 0 || repeat > 64)
    return py_raise(interp, "ValueError", "repeat argument cannot be negative, or is too large");
  gsize n = given * (gsize)repeat;
  PyList **lists = collect_all(interp, args, given);
  if (lists == NULL)
    return py_null();
  gsize *limits = arena_array(py_arena(interp), gsize, n + 1),
        *index = arena_array(py_arena(interp), gsize, n + 1);
  PyValue out = py_list(interp, 8), *row = arena_array(py_arena(interp), PyValue, n + 1);
  for (gsize i = 0; i < n; i++)
    if ((limits[i] = lists[i % given]->len) == 0)
      return iterator_of(interp, out);
  do {
    if (!py_spend(interp, n + 1))
      return py_null();
    for (gsize i = 0; i < n; i++)
      row[i] = lists[i % given]->items[index[i]];
    py_list_append(interp, out.list, py_tuple(interp, row, n));
  } while (advance(index, n, limits));
  return iterator_of(interp, out);
}

/* combinations and permutations: choose r of the pool in lexical order of positions. */
static gboolean choose(PyInterp *interp, const PyList *pool, gsize r, gboolean ordered, PyValue *row,
                       gsize depth, gsize *taken, PyList *out)
{
  if (!py_spend(interp, 1))
    return FALSE;
  if (depth == r) {
    py_list_append(interp, out, py_tuple(interp, row, r));
    return TRUE;
  }
  gsize from = ordered || depth == 0 ? 0 : taken[depth - 1] + 1;
  for (gsize i = from; i < pool->len; i++) {
    gboolean used = FALSE;
    for (gsize k = 0; ordered && k < depth; k++)
      used |= taken[k] == i;
    if (used)
      continue;
    taken[depth] = i;
    row[depth] = pool->items[i];
    if (!choose(interp, pool, r, ordered, row, depth + 1, taken, out))
      return FALSE;
  }
  return TRUE;
}

static PyValue chosen(PyInterp *interp, PyCall *call)
{
  gboolean ordered = strcmp(call->function, "permutations") == 0;
  PyList *pool = py_arg_list(call, 0);
  gint64 r;
  if (pool == NULL)
    return py_null();
  if (!py_arg_given(call, 1))
    r = (gint64)pool->len;
  else if (!py_arg_int(call, 1, &r))
    return py_null();
  PyValue out = py_list(interp, 8);
  if (r < 0)
    return py_raise(interp, "ValueError", "r must be non-negative");
  if ((gsize)r > pool->len)
    return iterator_of(interp, out);
  if (r > 64)
    return py_stop(interp, PY_NEEDS_PYTHON, _("itertools.%s of more than 64 items"), call->function);
  PyValue row[64];
  gsize taken[64];
  return choose(interp, pool, (gsize)r, ordered, row, 0, taken, out.list) ? iterator_of(interp, out)
                                                                          : py_null();
}

static PyValue repeat_value(PyInterp *interp, PyCall *call)
{
  gint64 times;
  if (!py_arg_given(call, 1))
    return py_stop(interp, PY_NEEDS_PYTHON, _("itertools.repeat without an end"));
  if (!py_arg_int(call, 1, &times) || !py_spend(interp, (guint64)MAX(times, 0)))
    return py_null();
  PyValue out = py_list(interp, 8);
  for (gint64 i = 0; i < times; i++)
    py_list_append(interp, out.list, call->values[0]);
  return iterator_of(interp, out);
}

static PyValue endless(PyInterp *interp, PyCall *call)
{
  return py_unknown(interp, PY_NEEDS_PYTHON, _("itertools.%s has no end"), call->function);
}

/* Takes from the iterator itself, so that endless sources work and later readers go on behind it. */
static PyValue islice(PyInterp *interp, PyCall *call)
{
  gint64 start = 0, stop = G_MAXINT64, step = 1;
  PyValue iterator = py_iter(interp, call->args[0]), item;
  if (py_is_null(iterator))
    return iterator;
  if (call->n_args < 2 || call->n_args > 4)
    return py_raise(interp, "TypeError", "islice expected at least 2 arguments, got %u", call->n_args);
  const PyValue *bounds = call->args + 1;
  if (call->n_args == 2)
    py_as_int64(bounds[0], &stop);
  else {
    py_as_int64(bounds[0], &start);
    py_as_int64(bounds[1], &stop);
  }
  if (call->n_args == 4)
    py_as_int64(bounds[2], &step);
  if (start < 0 || stop < 0 || step < 1)
    return py_raise(interp, "ValueError",
                    "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
  PyValue out = py_list(interp, 8);
  for (gint64 i = 0; i < stop && py_next(interp, iterator, &item); i++)
    if (i >= start && (i - start) % step == 0)
      py_list_append(interp, out.list, item);
  return py_failed(interp) ? py_null() : iterator_of(interp, out);
}

/* takewhile, dropwhile, filterfalse */
static PyValue by_predicate(PyInterp *interp, PyCall *call)
{
  gboolean take = strcmp(call->function, "takewhile") == 0, drop = strcmp(call->function, "dropwhile") == 0;
  PyList *items = py_arg_list(call, 1);
  PyValue out = py_list(interp, 8);
  gboolean dropping = drop;
  for (gsize i = 0; items != NULL && i < items->len; i++) {
    PyValue item = items->items[i];
    if (drop && !dropping) {
      py_list_append(interp, out.list, item);
      continue;
    }
    PyValue answer = py_is_none(call->values[0]) ? item : py_call(interp, call->values[0], &item, 1);
    int truth = py_is_null(answer) ? -1 : py_truth(interp, answer);
    if (truth < 0)
      return py_null();
    if (take && truth == 0)
      break;
    dropping = dropping && truth == 1;
    if (take || truth == 0)
      py_list_append(interp, out.list, item);
  }
  return items != NULL ? iterator_of(interp, out) : py_null();
}

static PyValue starmap(PyInterp *interp, PyCall *call)
{
  PyList *rows = py_arg_list(call, 1);
  PyValue out = py_list(interp, 8);
  for (gsize i = 0; rows != NULL && i < rows->len; i++) {
    PyList *args = py_collect(interp, rows->items[i]);
    PyValue result =
        args != NULL ? py_call(interp, call->values[0], args->items, (guint)args->len) : py_null();
    if (py_is_null(result))
      return result;
    py_list_append(interp, out.list, result);
  }
  return rows != NULL ? iterator_of(interp, out) : py_null();
}

static PyValue accumulate(PyInterp *interp, PyCall *call)
{
  PyList *items = py_arg_list(call, 0);
  PyValue out = py_list(interp, 8), total = py_null();
  for (gsize i = 0; items != NULL && i < items->len; i++) {
    PyValue pair[] = {total, items->items[i]};
    total = i == 0                  ? items->items[i]
            : py_arg_given(call, 1) ? py_call(interp, call->values[1], pair, 2)
                                    : py_binary(interp, PY_ADD, pair[0], pair[1]);
    if (py_is_null(total))
      return total;
    py_list_append(interp, out.list, total);
  }
  return items != NULL ? iterator_of(interp, out) : py_null();
}

/* Groups of neighbours with an equal key, as (key, iterator) pairs. */
static PyValue groupby(PyInterp *interp, PyCall *call)
{
  PyList *items = py_arg_list(call, 0);
  PyValue out = py_list(interp, 8), group = py_null(), last = py_null();
  for (gsize i = 0; items != NULL && i < items->len; i++) {
    PyValue key =
        py_arg_given(call, 1) ? py_call(interp, call->values[1], &items->items[i], 1) : items->items[i];
    int same = py_is_null(key) ? -1 : i == 0 ? 0 : py_equal(interp, last, key);
    if (same < 0)
      return py_null();
    if (same == 0) {
      group = py_list(interp, 4);
      PyValue pair[] = {key, group};
      py_list_append(interp, out.list, py_tuple(interp, pair, 2));
    }
    last = key;
    py_list_append(interp, group.list, items->items[i]);
  }
  return items != NULL ? iterator_of(interp, out) : py_null();
}

static PyValue pairwise(PyInterp *interp, PyCall *call)
{
  PyList *items = py_arg_list(call, 0);
  PyValue out = py_list(interp, 8);
  for (gsize i = 0; items != NULL && i + 1 < items->len; i++)
    py_list_append(interp, out.list, py_tuple(interp, &items->items[i], 2));
  return items != NULL ? iterator_of(interp, out) : py_null();
}

static PyValue batched(PyInterp *interp, PyCall *call)
{
  PyList *items = py_arg_list(call, 0);
  gint64 n;
  if (items == NULL || !py_arg_int(call, 1, &n))
    return py_null();
  if (n < 1)
    return py_raise(interp, "ValueError", "n must be at least one");
  PyValue out = py_list(interp, 8);
  for (gsize i = 0; i < items->len; i += (gsize)n)
    py_list_append(interp, out.list, py_tuple(interp, &items->items[i], MIN((gsize)n, items->len - i)));
  return iterator_of(interp, out);
}

static const PyMethod chain_methods[] = {
    {"from_iterable", chain_from_iterable, "iterable", PY_CLASSMETHOD | PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static const PyHostClass chain_class = {
    .name = "chain", .module = "itertools", .methods = chain_methods, .construct = chain, .flags = PY_PURE};

static const PyMethod functions[] = {
    {"zip_longest", zip_longest, "*iterables, fillvalue=None", PY_PURE},
    {"product", product, "*iterables, repeat=1", PY_PURE},
    {"combinations", chosen, "iterable, r", PY_PURE},
    {"permutations", chosen, "iterable, r=None", PY_PURE},
    {"repeat", repeat_value, "object, times=None", PY_PURE},
    {"count", endless, NULL, PY_PURE},
    {"cycle", endless, NULL, PY_PURE},
    {"islice", islice, NULL, PY_PURE},
    {"takewhile", by_predicate, "predicate, iterable", PY_PURE},
    {"dropwhile", by_predicate, "predicate, iterable", PY_PURE},
    {"filterfalse", by_predicate, "predicate, iterable", PY_PURE},
    {"starmap", starmap, "function, iterable", PY_PURE},
    {"accumulate", accumulate, "iterable, func=None", PY_PURE},
    {"groupby", groupby, "iterable, key=None", PY_PURE},
    {"pairwise", pairwise, "iterable", PY_PURE},
    {"batched", batched, "iterable, n", PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static PyValue unknown_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  return py_unknown(interp, PY_NEEDS_PYTHON, "%s.%s", module->name, name);
}

static const PyHostClass *const classes[] = {&chain_class, NULL};

const PyModuleDef py_module_itertools = {
    .name = "itertools", .functions = functions, .classes = classes, .getattr = unknown_attr};
