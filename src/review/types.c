/* Types: what it takes to change a column from one to another.
 *
 * ALTER TYPE writes the table anew unless the server knows that every stored value stays as it is: the types are binary
 * coercible, and the new length limit is no narrower.
 */
#include <string.h>

#include "forecast-private.h"

#define HEADER 4 /* VARHDRSZ, which is part of length limits in typmod */

static int const_int(const PgQuery__Node *node, int otherwise)
{
  return node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
                 node->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL
             ? node->a_const->ival->ival
             : otherwise;
}

/* The typmod that the server makes of "(10, 2)". */
static int typmod_of(const PgQuery__TypeName *type, const char *name)
{
  gsize n = type->n_typmods;
  int first = n > 0 ? const_int(type->typmods[0], -1) : -1;
  if (n == 0 || first == -1)
    return -1;
  if (strcmp(name, "varchar") == 0 || strcmp(name, "bpchar") == 0)
    return first + HEADER;
  if (strcmp(name, "numeric") == 0)
    return ((first << 16) | ((n > 1 ? const_int(type->typmods[1], 0) : 0) & 0x7ff)) + HEADER;
  if (strcmp(name, "interval") == 0)
    return n > 1 ? (first << 16) | const_int(type->typmods[1], 0xffff) : (first << 16) | 0xffff;
  return first;
}

TypeRef type_ref(const PgQuery__TypeName *type)
{
  TypeRef ref = {NULL, NULL, -1};
  if (type == NULL || type->n_names == 0) {
    ref.name = g_strdup("");
    return ref;
  }
  const char *name = node_text(type->names[type->n_names - 1]);
  static const struct {
    const char *serial, *type;
  } serials[] = {{"serial", "int4"},  {"serial4", "int4"},     {"bigserial", "int8"},
                 {"serial8", "int8"}, {"smallserial", "int2"}, {"serial2", "int2"}};
  for (guint i = 0; i < G_N_ELEMENTS(serials); i++)
    if (type->n_names == 1 && strcmp(serials[i].serial, name) == 0)
      name = serials[i].type;
  ref.schema = type->n_names > 1 ? node_text(type->names[type->n_names - 2]) : NULL;
  ref.name = type->n_array_bounds > 0 ? g_strconcat("_", name, NULL) : g_strdup(name);
  ref.typmod = typmod_of(type, name);
  return ref;
}

void type_ref_clear(TypeRef *type)
{
  g_clear_pointer(&type->name, g_free);
}

gboolean type_is_serial(const PgQuery__TypeName *type)
{
  static const char *const names[] = {"serial",      "serial4", "bigserial", "serial8",
                                      "smallserial", "serial2", NULL};
  return type != NULL && type->n_names == 1 && g_strv_contains(names, node_text(type->names[0]));
}

gboolean type_is_builtin(const PgQuery__TypeName *type)
{
  static const char *const common[] = {
      "text",      "uuid",      "json",     "jsonb",         "bytea",     "date",     "inet",
      "cidr",      "macaddr",   "macaddr8", "money",         "oid",       "xml",      "name",
      "point",     "tsvector",  "tsquery",  "int4range",     "int8range", "numrange", "tsrange",
      "tstzrange", "daterange", "box",      "circle",        "polygon",   "path",     "line",
      "lseg",      "regclass",  "pg_lsn",   "txid_snapshot", NULL};
  if (type == NULL || type->n_names == 0)
    return FALSE;
  return (type->n_names > 1 && strcmp(node_text(type->names[0]), "pg_catalog") == 0) ||
         g_strv_contains(common, node_text(type->names[type->n_names - 1])) || type_is_serial(type);
}

/* ---- changing ---- */

/* A domain is what it is made of, as long as it checks nothing. */
static const ReviewType *domain_of(const Reading *r, const char *schema, const char *name)
{
  const ReviewType *type = model_type(r->session->model, schema, name);
  return type != NULL && type->kind == 'd' ? type : NULL;
}

/* Stored alike, from the first to the second: pg_cast's WITHOUT FUNCTION. */
static const struct {
  const char *from, *to;
  gboolean reindex; /* their default operator classes differ */
} coercible[] = {
    {"varchar", "text", FALSE},  {"text", "varchar", FALSE},  {"text", "bpchar", TRUE},
    {"varchar", "bpchar", TRUE}, {"int4", "oid", TRUE},       {"oid", "int4", TRUE},
    {"cidr", "inet", FALSE},     {"bit", "varbit", TRUE},     {"varbit", "bit", TRUE},
    {"xml", "text", FALSE},      {"xml", "varchar", FALSE},   {"citext", "text", TRUE},
    {"text", "citext", TRUE},    {"citext", "varchar", TRUE}, {"varchar", "citext", TRUE},
};

/* Names of things in the catalog, stored as their OID. */
static gboolean is_reg(const char *name)
{
  static const char *const names[] = {"regclass",     "regproc", "regprocedure", "regoper",
                                      "regoperator",  "regtype", "regconfig",    "regdictionary",
                                      "regnamespace", "regrole", "regcollation", NULL};
  return g_strv_contains(names, name);
}

/* No value of the old limit is touched by the new one. */
static gboolean limit_holds(const char *name, int from, int to)
{
  if (to == -1 || from == to)
    return TRUE;
  if (strcmp(name, "varchar") == 0 || strcmp(name, "varbit") == 0)
    return from != -1 && to >= from;
  if (strcmp(name, "numeric") == 0) {
    if (from == -1)
      return FALSE;
    int old = from - HEADER, new = to - HEADER;
    return (old & 0x7ff) == (new & 0x7ff) && new >> 16 >= old >> 16;
  }
  if (strcmp(name, "timestamp") == 0 || strcmp(name, "timestamptz") == 0 || strcmp(name, "time") == 0 ||
      strcmp(name, "timetz") == 0)
    return to >= 6 || (from != -1 && to >= from);
  if (strcmp(name, "interval") == 0)
    return (to & 0xffff) >= 6 ? (to >> 16) == (from >> 16) || (to >> 16) == 0x7fff
                              : from != -1 && (to & 0xffff) >= (from & 0xffff) && (to >> 16) == (from >> 16);
  return FALSE;
}

static TypeChange change_base(const Reading *r, const char *from, int from_mod, const char *to, int to_mod)
{
  if (strcmp(from, to) == 0) {
    if (!limit_holds(to, from_mod, to_mod))
      return CHANGE_REWRITE;
    /* An array's limit is applied element by element, and bpchar's to every value. */
    gboolean limited = to_mod != -1 && to_mod != from_mod;
    if (from[0] == '_' && limited)
      return CHANGE_REWRITE;
    return from_mod == to_mod ? CHANGE_NONE : CHANGE_RELABEL;
  }
  gboolean timestamps = (strcmp(from, "timestamp") == 0 && strcmp(to, "timestamptz") == 0) ||
                        (strcmp(from, "timestamptz") == 0 && strcmp(to, "timestamp") == 0);
  if (timestamps) {
    const ReviewCatalog *catalog = model_catalog(r->session->model);
    static const char *const utc[] = {"UTC", "Etc/UTC", "GMT", "Etc/GMT", "UCT", "Etc/UCT", "Zulu", NULL};
    gboolean same = catalog != NULL && catalog->time_zone != NULL && g_strv_contains(utc, catalog->time_zone);
    return same && version_since(r, 12) && limit_holds(to, -1, to_mod) ? CHANGE_REINDEX : CHANGE_REWRITE;
  }
  if ((is_reg(from) && strcmp(to, "oid") == 0) || (strcmp(from, "oid") == 0 && is_reg(to)))
    return CHANGE_RELABEL;
  if ((is_reg(from) && strcmp(to, "int4") == 0) || (strcmp(from, "int4") == 0 && is_reg(to)))
    return CHANGE_REINDEX;
  for (guint i = 0; i < G_N_ELEMENTS(coercible); i++) {
    if (strcmp(coercible[i].from, from) != 0 || strcmp(coercible[i].to, to) != 0)
      continue;
    /* The limit of the old type is forgotten on the way. */
    if (!limit_holds(to, -1, to_mod))
      return CHANGE_REWRITE;
    return coercible[i].reindex ? CHANGE_REINDEX : CHANGE_RELABEL;
  }
  return CHANGE_REWRITE;
}

/* Domains upon domains: the server allows more, nobody writes them. */
#define MOST_DOMAINS_DEEP 16

/* What a domain is made of in the end; NULL: the type is none. */
static const ReviewType *lowest_domain(const Reading *r, const char *schema, const char *name)
{
  const ReviewType *domain = domain_of(r, schema, name);
  for (guint depth = 0; domain != NULL && domain->base != NULL && depth < MOST_DOMAINS_DEEP; depth++) {
    const ReviewType *below = domain_of(r, domain->base_schema, domain->base);
    if (below == NULL)
      return domain;
    domain = below;
  }
  return domain;
}

gboolean domain_is_constrained(const Reading *r, const char *schema, const char *name)
{
  const ReviewType *domain = domain_of(r, schema, name);
  for (guint depth = 0; domain != NULL && depth < MOST_DOMAINS_DEEP; depth++) {
    if (domain->constrained)
      return TRUE;
    domain = domain->base != NULL ? domain_of(r, domain->base_schema, domain->base) : NULL;
  }
  return FALSE;
}

gboolean type_is_made_of(const Reading *r, const char *schema, const char *name, const char *domain)
{
  for (guint depth = 0; name != NULL && depth < MOST_DOMAINS_DEEP; depth++) {
    if (strcmp(name, domain) == 0)
      return TRUE;
    const ReviewType *type = domain_of(r, schema, name);
    schema = type != NULL ? type->base_schema : NULL;
    name = type != NULL ? type->base : NULL;
  }
  return FALSE;
}

TypeChange type_change(const Reading *r, const ReviewColumn *from, const TypeRef *to)
{
  const ReviewType *old = domain_of(r, from->type_schema, from->type);
  const ReviewType *new = domain_of(r, to->schema, to->name);
  if (old != NULL && new == old)
    return CHANGE_NONE;
  if (domain_is_constrained(r, to->schema, to->name))
    return CHANGE_REWRITE;
  old = lowest_domain(r, from->type_schema, from->type);
  new = lowest_domain(r, to->schema, to->name);
  const char *from_name = old != NULL && old->base != NULL ? old->base : from->type;
  const char *to_name = new != NULL &&new->base != NULL ? new->base : to->name;
  int from_mod = old != NULL ? -1 : from->typmod; /* a domain's limit is not seen by what it becomes */
  int to_mod = new != NULL ? new->base_typmod : to->typmod;
  TypeChange change = change_base(r, from_name, from_mod, to_name, to_mod);
  return change == CHANGE_NONE && (old != NULL || new != NULL) ? CHANGE_RELABEL : change;
}

/* ---- narrowing ---- */

static int width_of(const char *name)
{
  static const char *const integers[] = {"int2", "int4", "int8", NULL};
  for (int i = 0; integers[i] != NULL; i++)
    if (strcmp(integers[i], name) == 0)
      return i + 1;
  return 0;
}

gboolean type_narrows(const ReviewColumn *from, const TypeRef *to)
{
  int old = width_of(from->type), new = width_of(to->name);
  if (old > 0 && new > 0)
    return new < old;
  gboolean text = strcmp(from->type, "text") == 0 || strcmp(from->type, "varchar") == 0 ||
                  strcmp(from->type, "bpchar") == 0;
  if (text && (strcmp(to->name, "varchar") == 0 || strcmp(to->name, "bpchar") == 0))
    return to->typmod != -1 && (from->typmod == -1 || to->typmod < from->typmod);
  if (strcmp(from->type, to->name) != 0 || to->typmod == -1)
    return FALSE;
  return !limit_holds(to->name, from->typmod, to->typmod);
}
