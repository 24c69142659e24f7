#include "tree_json.h"

#include <string.h>

/* Each level of an expression is two or three objects; every one takes a few hundred bytes of stack to read. */
#define MAX_DEPTH 5000

/* ---- what fields there are ---- */

typedef struct Shape Shape;

typedef struct {
  const ProtobufCFieldDescriptor *field; /* NULL: free */
  guint hash;
  const Shape *below; /* of a message */
} Slot;

/* The fields of one kind of message by name: an open hash table, never more than half full. */
struct Shape {
  const ProtobufCMessageDescriptor *descriptor;
  guint mask;
  Slot *slots;
};

static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* JSON says targetList and A_Const where the structs say target_list and a_const. */
static guint add_to_hash(guint hash, char c)
{
  return c == '_' ? hash : (hash ^ (guint)lower(c)) * 16777619u;
}

static guint hash_name(const char *name)
{
  guint hash = 2166136261u;
  for (; *name != '\0'; name++)
    hash = add_to_hash(hash, *name);
  return hash;
}

static gboolean same_name(const char *name, const char *key, const char *key_end)
{
  for (;; name++, key++) {
    while (*name == '_')
      name++;
    while (key < key_end && *key == '_')
      key++;
    if (*name == '\0' || key == key_end)
      return *name == '\0' && key == key_end;
    if (lower(*name) != lower(*key))
      return FALSE;
  }
}

static const Shape *shape_of(GHashTable *shapes, const ProtobufCMessageDescriptor *descriptor)
{
  Shape *shape = g_hash_table_lookup(shapes, descriptor);
  if (shape != NULL)
    return shape;
  shape = g_new0(Shape, 1);
  g_hash_table_insert(shapes, (void *)descriptor, shape);
  shape->descriptor = descriptor;
  shape->mask = 1;
  while (shape->mask < descriptor->n_fields * 2)
    shape->mask = shape->mask * 2 + 1;
  shape->slots = g_new0(Slot, shape->mask + 1);
  for (guint i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
    guint hash = hash_name(field->name), at = hash & shape->mask;
    while (shape->slots[at].field != NULL)
      at = (at + 1) & shape->mask;
    shape->slots[at] = (Slot){field, hash, NULL};
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
      shape->slots[at].below = shape_of(shapes, field->descriptor);
  }
  return shape;
}

/* Of the whole tree; built once, read by all threads. */
static const Shape *root_shape(void)
{
  static const Shape *root;
  if (g_once_init_enter(&root)) {
    g_autoptr(GHashTable) shapes = g_hash_table_new(NULL, NULL);
    g_once_init_leave(&root, shape_of(shapes, &pg_query__parse_result__descriptor));
  }
  return root;
}

static const Slot *find_slot(const Shape *shape, guint hash, const char *key, const char *key_end)
{
  for (guint at = hash & shape->mask;; at = (at + 1) & shape->mask) {
    const Slot *slot = &shape->slots[at];
    if (slot->field == NULL || (slot->hash == hash && same_name(slot->field->name, key, key_end)))
      return slot->field != NULL ? slot : NULL;
  }
}

/* ---- JSON ---- */

typedef struct {
  char *p;
  Arena *arena;
  GPtrArray *open; /* elements of the lists that are being read */
  guint depth;
  gboolean too_deep;
  gboolean *zeros;
} Reader;

static gboolean take(Reader *r, char c)
{
  if (*r->p != c)
    return FALSE;
  r->p++;
  return TRUE;
}

static gboolean take_word(Reader *r, const char *word)
{
  gsize n = strlen(word);
  if (strncmp(r->p, word, n) != 0)
    return FALSE;
  r->p += n;
  return TRUE;
}

/* \u0041 after the u; control characters and a few others are written so. */
static char *read_code_point(Reader *r, char *out)
{
  gunichar c = 0;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value(r->p[i]);
    if (digit < 0)
      return NULL;
    c = c * 16 + (gunichar)digit;
  }
  r->p += 4;
  if (c == 0 || (c >= 0xd800 && c < 0xe000))
    return NULL;
  return out + g_unichar_to_utf8(c, out);
}

/* What stands between quotes, in its own place; NULL: it is no text. */
static char *read_text(Reader *r)
{
  static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
  if (!take(r, '"'))
    return NULL;
  char *text = r->p, *out;
  r->p += strcspn(r->p, "\"\\");
  for (out = r->p; *r->p != '"';) {
    if (*r->p == '\0')
      return NULL;
    if (*r->p != '\\') {
      *out++ = *r->p++;
      continue;
    }
    r->p++;
    const char *known = NULL;
    for (const char *e = escapes; *e != '\0' && known == NULL; e += 2)
      known = *e == *r->p ? e : NULL;
    if (known != NULL) {
      *out++ = known[1];
      r->p++;
    } else if (!take(r, 'u') || (out = read_code_point(r, out)) == NULL) {
      return NULL;
    }
  }
  *out = '\0';
  r->p++;
  return text;
}

static gboolean read_integer(Reader *r, gint64 *value)
{
  char *end;
  *value = g_ascii_strtoll(r->p, &end, 10);
  gboolean any = end > r->p;
  r->p = end;
  return any && *end != '.' && *end != 'e' && *end != 'E';
}

static gboolean read_enum(Reader *r, const ProtobufCEnumDescriptor *descriptor, void *member)
{
  const char *name = read_text(r);
  const ProtobufCEnumValue *value =
      name != NULL ? protobuf_c_enum_descriptor_get_value_by_name(descriptor, name) : NULL;
  if (value == NULL)
    return FALSE;
  *(int *)member = value->value;
  return TRUE;
}

static ProtobufCMessage *read_message(Reader *r, const Shape *shape);

static gboolean read_list(Reader *r, const Slot *slot, char *message)
{
  guint first = r->open->len;
  if (slot->below == NULL || !take(r, '['))
    return FALSE;
  while (!take(r, ']')) {
    ProtobufCMessage *element = read_message(r, slot->below);
    if (element == NULL || (*r->p != ',' && *r->p != ']'))
      return FALSE;
    r->p += *r->p == ',';
    g_ptr_array_add(r->open, element);
  }
  gsize n = r->open->len - first;
  if (n > 0) {
    void **elements = arena_array(r->arena, void *, n);
    memcpy(elements, r->open->pdata + first, n * sizeof *elements);
    *(void ***)(message + slot->field->offset) = elements;
    g_ptr_array_set_size(r->open, (int)first);
  }
  *(size_t *)(message + slot->field->quantifier_offset) = n;
  return TRUE;
}

static gboolean read_scalar(Reader *r, const Slot *slot, void *member)
{
  gint64 number;
  switch (slot->field->type) {
  case PROTOBUF_C_TYPE_MESSAGE: return (*(ProtobufCMessage **)member = read_message(r, slot->below)) != NULL;
  case PROTOBUF_C_TYPE_STRING: return (*(char **)member = read_text(r)) != NULL;
  case PROTOBUF_C_TYPE_ENUM: return read_enum(r, slot->field->descriptor, member);
  case PROTOBUF_C_TYPE_BOOL:
    *(protobuf_c_boolean *)member = take_word(r, "true");
    return *(protobuf_c_boolean *)member || take_word(r, "false");
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_UINT32:
    if (!read_integer(r, &number) || number < G_MININT32 || number > G_MAXUINT32)
      return FALSE;
    *(guint32 *)member = (guint32)number;
    return TRUE;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_UINT64: return read_integer(r, member);
  default: return FALSE;
  }
}

static gboolean read_member(Reader *r, const Shape *shape, char *message)
{
  if (!take(r, '"'))
    return FALSE;
  const char *key = r->p;
  guint hash = 2166136261u;
  for (; *r->p != '"'; r->p++) {
    if (*r->p == '\0' || *r->p == '\\')
      return FALSE;
    hash = add_to_hash(hash, *r->p);
  }
  const Slot *slot = find_slot(shape, hash, key, r->p);
  r->p++;
  if (slot == NULL || !take(r, ':'))
    return FALSE;
  if (slot->field->label == PROTOBUF_C_LABEL_REPEATED)
    return read_list(r, slot, message);
  if (!read_scalar(r, slot, message + slot->field->offset))
    return FALSE;
  if ((slot->field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
    *(guint32 *)(message + slot->field->quantifier_offset) = slot->field->id;
  return TRUE;
}

static ProtobufCMessage *read_message(Reader *r, const Shape *shape)
{
  if (r->depth >= MAX_DEPTH)
    r->too_deep = TRUE;
  if (r->too_deep || !take(r, '{'))
    return NULL;
  r->depth++;
  ProtobufCMessage *message = arena_alloc(r->arena, shape->descriptor->sizeof_message);
  shape->descriptor->message_init(message);
  while (!take(r, '}')) {
    if (!read_member(r, shape, (char *)message) || (*r->p != ',' && *r->p != '}'))
      return NULL;
    r->p += *r->p == ',';
  }
  r->depth--;
  if (shape->descriptor == &pg_query__integer__descriptor && ((PgQuery__Integer *)message)->ival == 0)
    *r->zeros = TRUE;
  return message;
}

TreeJsonOutcome tree_json_read(char *json, Arena *arena, PgQuery__ParseResult **root, gboolean *zeros)
{
  g_autoptr(GPtrArray) open = g_ptr_array_new();
  Reader r = {.p = json, .arena = arena, .open = open, .zeros = zeros};
  *zeros = FALSE;
  *root = (PgQuery__ParseResult *)read_message(&r, root_shape());
  if (*root != NULL && *r.p == '\0')
    return TREE_JSON_READ;
  *root = NULL;
  return r.too_deep ? TREE_JSON_TOO_DEEP : TREE_JSON_STRANGE;
}
