/* Dicts and sets: entries in insertion order, and an index by hash once there are more than a few. */
#include <math.h>
#include <string.h>

#include "bigint.h"
#include "object.h"

#define SMALL_DICT 8 /* up to this many entries a linear search by hash is as quick as an index */

static guint hash_int(gint64 i)
{
  return (guint)((guint64)i ^ (guint64)i >> 32) * 2654435761u;
}

static gboolean hash_items(PyInterp *interp, const PyList *list, guint *hash)
{
  *hash = 1000003u + (guint)list->len;
  for (gsize i = 0; i < list->len; i++) {
    guint item;
    if (!py_spend(interp, 1) || py_deep(interp) || !py_hash(interp, list->items[i], &item))
      return FALSE;
    *hash = *hash * 31 + item;
  }
  return TRUE;
}

static gboolean hash_instance(PyInterp *interp, PyValue v, guint *hash)
{
  PyClass *cls = v.instance->cls;
  PyValue method = py_special(interp, v, "__hash__");
  if (py_is_none(method) || (py_is_null(method) && !py_is_null(py_special(interp, v, "__eq__")))) {
    py_raise(interp, "TypeError", "unhashable type: '%s'", cls->name->data);
    return FALSE;
  }
  if (!py_is_null(method)) {
    PyValue result = py_call_self(interp, method, v, &(PyArgs){0});
    if (py_is_unknown(result))
      py_stop_because(interp, result.reason);
    if (py_failed(interp))
      return FALSE;
    return py_hash(interp, result, hash);
  }
  if (cls->is_enum) {
    PyValue *name =
        v.instance->dict ? py_dict_find(v.instance->dict, py_str_in(interp->arena, "_name_", 6)) : NULL;
    if (name)
      return py_hash(interp, *name, hash);
  }
  if (v.instance->value.type != PY_NULL)
    return py_hash(interp, v.instance->value, hash);
  *hash = cls->host && cls->host->hash ? cls->host->hash(interp, v) : g_direct_hash(v.pointer);
  return !py_failed(interp);
}

gboolean py_hash(PyInterp *interp, PyValue v, guint *hash)
{
  switch (v.type) {
  case PY_STR:
  case PY_BYTES: *hash = py_str_hash(v.str); return TRUE;
  case PY_BOOL:
  case PY_INT: *hash = hash_int(v.i); return TRUE;
  case PY_FLOAT:
    *hash = v.f == floor(v.f) && fabs(v.f) < 9e18 ? hash_int((gint64)v.f) : g_double_hash(&v.f);
    return TRUE;
  case PY_BIGINT: *hash = big_hash(v); return TRUE;
  case PY_TUPLE: return hash_items(interp, v.list, hash);
  case PY_FROZENSET:
    *hash = (guint)v.dict->live;
    for (gsize i = 0; i < v.dict->used; i++)
      if (!py_is_null(v.dict->entries[i].key))
        *hash ^= v.dict->entries[i].hash;
    return TRUE;
  case PY_LIST:
  case PY_DICT:
  case PY_SET:
  case PY_SLICE:
    py_raise(interp, "TypeError", "unhashable type: '%s'", py_type_name(interp, v));
    return FALSE;
  case PY_UNKNOWN: py_stop_because(interp, v.reason); return FALSE;
  case PY_INSTANCE: return hash_instance(interp, v, hash);
  case PY_METHOD: *hash = g_direct_hash(v.method->self.pointer); return TRUE;
  case PY_NONE:
  case PY_ELLIPSIS:
  case PY_NOT_IMPLEMENTED:
  case PY_NULL: *hash = v.type; return TRUE;
  default: *hash = g_direct_hash(v.pointer); return TRUE;
  }
}

PyDict *py_dict_new(PyInterp *interp)
{
  return new0(interp, PyDict);
}

PyValue py_dict(PyInterp *interp)
{
  return (PyValue){.type = PY_DICT, .dict = py_dict_new(interp)};
}

PyValue py_set(PyInterp *interp)
{
  return (PyValue){.type = PY_SET, .dict = py_dict_new(interp)};
}

gsize py_dict_len(const PyDict *dict)
{
  return dict->live;
}

/* ---- the index ---- */

static void index_entry(PyDict *dict, gsize entry)
{
  gsize at = dict->entries[entry].hash & dict->mask;
  while (dict->index[at])
    at = (at + 1) & dict->mask;
  dict->index[at] = (guint32)entry + 1;
}

/* Room for one more entry: drops deleted ones or doubles. */
static gboolean make_room(PyInterp *interp, PyDict *dict)
{
  if (dict->used < dict->capacity)
    return TRUE;
  gsize capacity = dict->live * 2 < SMALL_DICT ? SMALL_DICT : dict->live * 2;
  if (!py_reserve(interp, capacity * (sizeof(PyEntry) + 8)))
    return FALSE;
  PyEntry *entries = new_array(interp, PyEntry, capacity);
  gsize n = 0;
  for (gsize i = 0; i < dict->used; i++)
    if (!py_is_null(dict->entries[i].key))
      entries[n++] = dict->entries[i];
  dict->entries = entries;
  dict->used = n;
  dict->capacity = capacity;
  dict->index = NULL;
  if (capacity > SMALL_DICT) {
    gsize slots = 16;
    while (slots < capacity * 2)
      slots *= 2;
    dict->index = new_array(interp, guint32, slots);
    dict->mask = slots - 1;
    for (gsize i = 0; i < n; i++)
      index_entry(dict, i);
  }
  return TRUE;
}

/* ---- lookup by any key ---- */

/* Equality of keys: most are strings. */
static inline int keys_equal(PyInterp *interp, PyValue a, PyValue b)
{
  if (a.type == PY_STR && b.type == PY_STR)
    return py_str_equal(a.str, b.str);
  return py_equal(interp, a, b);
}

/* Entry number of the key, -1: none, -2: failed. */
static gssize find(PyInterp *interp, const PyDict *dict, PyValue key, guint hash)
{
  if (!dict->index) {
    for (gsize i = 0; i < dict->used; i++) {
      const PyEntry *entry = &dict->entries[i];
      if (entry->hash != hash || py_is_null(entry->key))
        continue;
      int same = keys_equal(interp, entry->key, key);
      if (same)
        return same < 0 ? -2 : (gssize)i;
    }
    return -1;
  }
  for (gsize at = hash & dict->mask; dict->index[at]; at = (at + 1) & dict->mask) {
    gsize i = dict->index[at] - 1;
    if (i >= dict->used || dict->entries[i].hash != hash || py_is_null(dict->entries[i].key))
      continue;
    int same = keys_equal(interp, dict->entries[i].key, key);
    if (same)
      return same < 0 ? -2 : (gssize)i;
  }
  return -1;
}

static void append(PyInterp *interp, PyDict *dict, PyValue key, guint hash, PyValue value)
{
  if (!make_room(interp, dict))
    return;
  dict->entries[dict->used] = (PyEntry){key, value, hash};
  if (dict->index)
    index_entry(dict, dict->used);
  dict->used++;
  dict->live++;
}

gboolean py_dict_set(PyInterp *interp, PyDict *dict, PyValue key, PyValue value)
{
  guint hash;
  if (!py_hash(interp, key, &hash))
    return FALSE;
  gssize at = find(interp, dict, key, hash);
  if (at == -2)
    return FALSE;
  if (at >= 0)
    dict->entries[at].value = value;
  else
    append(interp, dict, key, hash, value);
  return !py_failed(interp);
}

gboolean py_dict_get(PyInterp *interp, const PyDict *dict, PyValue key, PyValue *value)
{
  guint hash;
  if (!py_hash(interp, key, &hash))
    return FALSE;
  gssize at = find(interp, dict, key, hash);
  if (at < 0)
    return FALSE;
  if (value)
    *value = dict->entries[at].value;
  return TRUE;
}

gboolean py_dict_del(PyInterp *interp, PyDict *dict, PyValue key)
{
  guint hash;
  if (!py_hash(interp, key, &hash))
    return FALSE;
  gssize at = find(interp, dict, key, hash);
  if (at < 0)
    return FALSE;
  dict->entries[at].key = py_null();
  dict->live--;
  return TRUE;
}

gboolean py_dict_next(const PyDict *dict, gsize *at, PyValue *key, PyValue *value)
{
  while (*at < dict->used && py_is_null(dict->entries[*at].key))
    ++*at;
  if (*at >= dict->used)
    return FALSE;
  *key = dict->entries[*at].key;
  if (value)
    *value = dict->entries[*at].value;
  ++*at;
  return TRUE;
}

/* ---- lookup by name ---- */

static PyEntry *find_text(const PyDict *dict, const char *text, gsize len, guint hash)
{
  if (!dict->index) {
    for (gsize i = 0; i < dict->used; i++) {
      PyEntry *entry = &dict->entries[i];
      if (entry->hash == hash && entry->key.type == PY_STR && entry->key.str->len == len &&
          !memcmp(entry->key.str->data, text, len))
        return entry;
    }
    return NULL;
  }
  for (gsize at = hash & dict->mask; dict->index[at]; at = (at + 1) & dict->mask) {
    gsize i = dict->index[at] - 1;
    if (i >= dict->used)
      continue;
    PyEntry *entry = &dict->entries[i];
    if (entry->hash == hash && entry->key.type == PY_STR && entry->key.str->len == len &&
        !memcmp(entry->key.str->data, text, len))
      return entry;
  }
  return NULL;
}

PyValue *py_dict_find(const PyDict *dict, const PyStr *name)
{
  PyEntry *entry = find_text(dict, name->data, name->len, py_str_hash(name));
  return entry ? &entry->value : NULL;
}

void py_dict_put(PyInterp *interp, PyDict *dict, PyStr *name, PyValue value)
{
  PyValue *slot = py_dict_find(dict, name);
  if (slot)
    *slot = value;
  else
    append(interp, dict, py_from_str(name), py_str_hash(name), value);
}

gboolean py_dict_remove(PyDict *dict, const PyStr *name)
{
  PyEntry *entry = find_text(dict, name->data, name->len, py_str_hash(name));
  if (!entry)
    return FALSE;
  entry->key = py_null();
  dict->live--;
  return TRUE;
}

static guint text_hash(const char *text, gsize *len)
{
  guint hash = 5381;
  const char *p = text;
  for (; *p; p++)
    hash = hash * 33 + (guchar)*p;
  *len = (gsize)(p - text);
  return hash ? hash : 1;
}

PyValue py_dict_get_text(const PyDict *dict, const char *key)
{
  gsize len;
  guint hash = text_hash(key, &len);
  PyEntry *entry = find_text(dict, key, len, hash);
  return entry ? entry->value : py_null();
}

void py_dict_set_text(PyInterp *interp, PyDict *dict, const char *key, PyValue value)
{
  py_dict_put(interp, dict, py_str_in(interp->arena, key, strlen(key)), value);
}

/* ---- whole dicts ---- */

void py_dict_clear(PyDict *dict)
{
  *dict = (PyDict){0};
}

gboolean py_dict_update(PyInterp *interp, PyDict *dict, const PyDict *from)
{
  PyValue key, value;
  for (gsize at = 0; py_dict_next(from, &at, &key, &value);)
    if (!py_spend(interp, 1) || !py_dict_set(interp, dict, key, value))
      return FALSE;
  return TRUE;
}

PyDict *py_dict_copy(PyInterp *interp, const PyDict *dict)
{
  PyDict *copy = py_dict_new(interp);
  PyValue key, value;
  for (gsize at = 0; py_dict_next(dict, &at, &key, &value);)
    append(interp, copy, key, dict->entries[at - 1].hash, value);
  return copy;
}
