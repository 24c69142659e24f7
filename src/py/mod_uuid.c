/* The uuid module: UUID values; what makes new ones at random is nondeterministic, hence unknown. */
#include <glib/gi18n.h>
#include <string.h>

#include "modules.h"

typedef struct {
  guint8 bytes[16];
} Uuid;

static const PyHostClass uuid_class;

static char *uuid_text(const Uuid *uuid, const char *separator)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < sizeof uuid->bytes; i++)
    g_string_append_printf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? separator : "",
                           uuid->bytes[i]);
  return g_string_free(out, FALSE);
}

static PyValue new_uuid(PyInterp *interp, const guint8 *bytes)
{
  Uuid *uuid = arena_new0(py_arena(interp), Uuid);
  memcpy(uuid->bytes, bytes, sizeof uuid->bytes);
  return py_host_object(interp, &uuid_class, uuid);
}

/* 32 hex digits, with hyphens anywhere, braces and "urn:uuid:" as Python allows. */
static gboolean read_hex(const char *text, Uuid *uuid)
{
  guint digits = 0;
  if (g_str_has_prefix(text, "urn:"))
    text += 4;
  if (g_str_has_prefix(text, "uuid:"))
    text += 5;
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '-' || (*p == '{' && p == text) || (*p == '}' && p[1] == '\0'))
      continue;
    int value = g_ascii_xdigit_value(*p);
    if (value < 0 || digits == 32)
      return FALSE;
    uuid->bytes[digits / 2] = (guint8)(uuid->bytes[digits / 2] << 4 | value);
    digits++;
  }
  return digits == 32;
}

/* UUID(int=5), UUID(bytes=b"...") */
static gboolean from_number_or_bytes(PyCall *call, Uuid *uuid)
{
  PyValue bytes = call->values[1];
  gint64 number;
  if (py_arg_given(call, 0) || py_arg_given(call, 2) || py_arg_given(call, 3) || py_arg_given(call, 5))
    return FALSE;
  if (py_is(bytes, PY_BYTES) && bytes.str->len == sizeof uuid->bytes && !py_arg_given(call, 4)) {
    memcpy(uuid->bytes, bytes.str->data, sizeof uuid->bytes);
    return TRUE;
  }
  if (py_arg_given(call, 1) || !py_as_int64(call->values[4], &number) || number < 0)
    return FALSE;
  for (guint i = 0; i < 8; i++)
    uuid->bytes[15 - i] = (guint8)(number >> (8 * i));
  return TRUE;
}

static PyValue uuid_construct(PyInterp *interp, PyCall *call)
{
  Uuid other = {{0}};
  if (from_number_or_bytes(call, &other))
    return new_uuid(interp, other.bytes);
  if (py_arg_given(call, 1) || py_arg_given(call, 2) || py_arg_given(call, 3) || py_arg_given(call, 4))
    return py_unknown(interp, PY_NEEDS_PYTHON, _("UUID() from something else than hex digits"));
  const char *text = py_arg_text(call, 0);
  Uuid uuid = {{0}};
  if (text == NULL)
    return py_null();
  if (!read_hex(text, &uuid))
    return py_raise(interp, "ValueError", "badly formed hexadecimal UUID string");
  return new_uuid(interp, uuid.bytes);
}

static PyValue uuid_attr(PyInterp *interp, PyValue self, PyStr *name)
{
  const Uuid *uuid = py_payload(self, &uuid_class);
  g_autofree char *hex = uuid_text(uuid, "");
  if (py_str_is(name, "hex"))
    return py_str(interp, hex, -1);
  if (py_str_is(name, "bytes"))
    return py_bytes(interp, uuid->bytes, sizeof uuid->bytes);
  if (py_str_is(name, "version"))
    return (uuid->bytes[8] & 0xc0) == 0x80 ? py_int(uuid->bytes[6] >> 4)
                                           : py_none(); /* RFC 4122 ones have it */
  if (py_str_is(name, "urn")) {
    g_autofree char *text = uuid_text(uuid, "-");
    return py_strf(interp, "urn:uuid:%s", text);
  }
  return py_null();
}

static PyValue uuid_str(PyInterp *interp, PyValue self)
{
  g_autofree char *text = uuid_text(py_payload(self, &uuid_class), "-");
  return py_str(interp, text, -1);
}

static PyValue uuid_repr(PyInterp *interp, PyValue self)
{
  g_autofree char *text = uuid_text(py_payload(self, &uuid_class), "-");
  return py_strf(interp, "UUID('%s')", text);
}

static PyValue uuid_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  (void)interp;
  (void)reflected;
  const Uuid *a = py_payload(self, &uuid_class), *b = py_payload(other, &uuid_class);
  if (b == NULL)
    return py_is_unknown(other) ? other : py_not_implemented();
  int order = memcmp(a->bytes, b->bytes, sizeof a->bytes);
  switch (op) {
  case PY_EQ: return py_bool(order == 0);
  case PY_NE: return py_bool(order != 0);
  case PY_LT: return py_bool(order < 0);
  case PY_LE: return py_bool(order <= 0);
  case PY_GT: return py_bool(order > 0);
  case PY_GE: return py_bool(order >= 0);
  default: return py_not_implemented();
  }
}

static guint uuid_hash(PyInterp *interp, PyValue self)
{
  (void)interp;
  const Uuid *uuid = py_payload(self, &uuid_class);
  guint hash = 5381;
  for (guint i = 0; i < sizeof uuid->bytes; i++)
    hash = hash * 33 + uuid->bytes[i];
  return hash;
}

static const PyHostClass uuid_class = {
    .name = "UUID",
    .module = "uuid",
    .construct = uuid_construct,
    .params = "hex=None, bytes=None, bytes_le=None, fields=None, int=None, version=None, *, is_safe=None",
    .flags = PY_PURE,
    .getattr = uuid_attr,
    .str = uuid_str,
    .repr = uuid_repr,
    .binary = uuid_binary,
    .hash = uuid_hash,
};

static PyValue random_uuid(PyInterp *interp, PyCall *call)
{
  return py_unknown(interp, PY_NONDETERMINISTIC, _("%s() gives another value each time"), call->function);
}

/* uuid3 and uuid5: the hash of namespace and name. */
static PyValue named_uuid(PyInterp *interp, PyCall *call)
{
  const Uuid *namespace = py_payload(call->values[0], &uuid_class);
  const char *name = py_arg_text(call, 1);
  if (name == NULL)
    return py_null();
  if (namespace == NULL)
    return py_raise(interp, "AttributeError", "'%s' object has no attribute 'bytes'",
                    py_type_name(interp, call->values[0]));
  gboolean sha1 = strcmp(call->function, "uuid5") == 0;
  g_autoptr(GChecksum) checksum = g_checksum_new(sha1 ? G_CHECKSUM_SHA1 : G_CHECKSUM_MD5);
  g_checksum_update(checksum, namespace->bytes, sizeof namespace->bytes);
  g_checksum_update(checksum, (const guint8 *)name, (gssize)strlen(name));
  guint8 digest[20];
  gsize len = sizeof digest;
  g_checksum_get_digest(checksum, digest, &len);
  digest[6] = (guint8)((digest[6] & 0x0F) | (sha1 ? 0x50 : 0x30));
  digest[8] = (guint8)((digest[8] & 0x3F) | 0x80);
  return new_uuid(interp, digest);
}

static PyValue module_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  (void)module;
  static const struct {
    const char *name, *text;
  } namespaces[] = {{"NAMESPACE_DNS", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
                    {"NAMESPACE_URL", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"},
                    {"NAMESPACE_OID", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"},
                    {"NAMESPACE_X500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"}};
  for (gsize i = 0; i < G_N_ELEMENTS(namespaces); i++) {
    Uuid uuid = {{0}};
    if (strcmp(name, namespaces[i].name) == 0 && read_hex(namespaces[i].text, &uuid))
      return new_uuid(interp, uuid.bytes);
  }
  return py_null();
}

static const PyMethod functions[] = {
    {"uuid1", random_uuid, NULL, PY_TAKES_UNKNOWN},
    {"uuid4", random_uuid, "", PY_METHOD_PLAIN},
    {"uuid6", random_uuid, NULL, PY_TAKES_UNKNOWN},
    {"uuid7", random_uuid, NULL, PY_TAKES_UNKNOWN},
    {"uuid3", named_uuid, "namespace, name", PY_PURE},
    {"uuid5", named_uuid, "namespace, name", PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static const PyHostClass *const classes[] = {&uuid_class, NULL};

const PyModuleDef py_module_uuid = {
    .name = "uuid", .functions = functions, .classes = classes, .getattr = module_attr};

const char *py_as_uuid(PyInterp *interp, PyValue v)
{
  const Uuid *uuid = py_payload(v, &uuid_class);
  if (uuid == NULL)
    return NULL;
  g_autofree char *text = uuid_text(uuid, "-");
  return arena_strdup(py_arena(interp), text);
}
