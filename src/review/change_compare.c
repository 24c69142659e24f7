/* Two changes by two sides that do not know each other: do they go together? */
#include <glib/gi18n.h>
#include <string.h>

#include "change-private.h"

const char *object_class_name(ObjectClass class)
{
  switch (class) {
  case OBJECT_SCHEMA: return _("schema");
  case OBJECT_TABLE: return _("table");
  case OBJECT_COLUMN: return _("column");
  case OBJECT_INDEX: return _("index");
  case OBJECT_CONSTRAINT: return _("constraint");
  case OBJECT_TYPE: return _("type");
  case OBJECT_VIEW: return _("view");
  case OBJECT_SEQUENCE: return _("sequence");
  case OBJECT_FUNCTION: return _("function");
  case OBJECT_TRIGGER: return _("trigger");
  case OBJECT_POLICY: return _("policy");
  case OBJECT_RULE: return _("rule");
  case OBJECT_EXTENSION: return _("extension");
  }
  return "";
}

const char *verdict_name(Verdict verdict)
{
  static const char *const names[] = {"independent", "same-object", "contradictory", "unknown"};

  return names[verdict];
}

/* Tables, indexes, views and sequences have their names in common. */
static gboolean is_relation(ObjectClass class)
{
  return class == OBJECT_TABLE || class == OBJECT_INDEX || class == OBJECT_VIEW || class == OBJECT_SEQUENCE;
}

/* Parts of a relation go with it. */
static gboolean is_part(ObjectClass class)
{
  return class == OBJECT_COLUMN || class == OBJECT_CONSTRAINT || class == OBJECT_TRIGGER ||
         class == OBJECT_POLICY || class == OBJECT_RULE || class == OBJECT_INDEX;
}

char *change_object(const Change *change)
{
  return is_part(change->class) && change->class != OBJECT_INDEX && change->relation
             ? g_strdup_printf("%s.%s", change->relation, change->name)
             : g_strdup(change->name ? change->name : "");
}

char *change_text(const Change *change)
{
  g_autofree char *object = change_object(change);
  const char *class = object_class_name(change->class);

  switch (change->verb) {
  case CHANGE_CREATE:
    return change->value ? g_strdup_printf(_("creates %s %s (%s)"), class, object, change->value)
                         : g_strdup_printf(_("creates %s %s"), class, object);
  case CHANGE_DROP: return g_strdup_printf(_("drops %s %s"), class, object);
  case CHANGE_RENAME: return g_strdup_printf(_("renames %s %s to %s"), class, object, change->aspect);
  case CHANGE_ROWS: return g_strdup_printf(_("changes rows of %s %s"), class, object);
  case CHANGE_USE: return g_strdup_printf(_("needs %s %s"), class, object);
  case CHANGE_ALTER: break;
  }
  if (change->aspect && change->value)
    return g_strdup_printf(_("changes %s %s: %s %s"), class, object, change->aspect, change->value);
  return change->aspect ? g_strdup_printf(_("changes %s %s: %s"), class, object, change->aspect)
                        : g_strdup_printf(_("changes %s %s"), class, object);
}

static gboolean same_object(const Change *a, const Change *b)
{
  if (g_strcmp0(a->name, b->name) != 0)
    return FALSE;
  if (is_relation(a->class) || is_relation(b->class))
    return is_relation(a->class) && is_relation(b->class);
  return a->class == b->class && (!is_part(a->class) || g_strcmp0(a->relation, b->relation) == 0);
}

static gboolean takes_away(const Change *change)
{
  return change->verb == CHANGE_DROP || change->verb == CHANGE_RENAME;
}

static char *say(const char *format, const Change *change)
{
  g_autofree char *object = change_object(change);

  return g_strdup_printf(format, object_class_name(change->class), object);
}

/* Whoever comes last has the say, and no other statement depends on it. */
static gboolean changes_no_data(const Change *change)
{
  return g_strcmp0(change->aspect, CHANGE_COMMENT) == 0 || g_strcmp0(change->aspect, CHANGE_PRIVILEGES) == 0;
}

/* Both name the same object. */
static Verdict compare_same(const Change *a, const Change *b, char **why)
{
  gboolean guarded = a->guarded && b->guarded;

  if (a->verb == CHANGE_USE && b->verb == CHANGE_USE)
    return VERDICT_INDEPENDENT;
  if (a->verb == CHANGE_CREATE && b->verb == CHANGE_CREATE) {
    *why = say(_("both create %s %s"), a);
    return guarded ? VERDICT_SAME_OBJECT : VERDICT_CONTRADICTORY;
  }
  if (a->verb == CHANGE_DROP && b->verb == CHANGE_DROP) {
    *why = say(_("both drop %s %s"), a);
    return guarded ? VERDICT_SAME_OBJECT : VERDICT_CONTRADICTORY;
  }
  if (takes_away(a) || takes_away(b)) {
    const Change *away = takes_away(a) ? a : b;
    *why = say(away->verb == CHANGE_DROP ? _("one drops %s %s, the other needs it")
                                         : _("one renames %s %s, the other needs its old name"),
               away);
    return VERDICT_CONTRADICTORY;
  }
  if (a->verb == CHANGE_CREATE || b->verb == CHANGE_CREATE) {
    *why = say(_("one creates %s %s, the other has it already"), a);
    return VERDICT_CONTRADICTORY;
  }
  if (a->verb == CHANGE_USE || b->verb == CHANGE_USE)
    return VERDICT_INDEPENDENT;
  if (a->verb == CHANGE_ALTER && b->verb == CHANGE_ALTER && g_strcmp0(a->aspect, b->aspect) == 0 &&
      !changes_no_data(a)) {
    gboolean equal = g_strcmp0(a->value, b->value) == 0 && a->value;
    if (a->class == OBJECT_TYPE && !equal) {
      *why = say(_("both change %s %s: the order of its values will depend on who comes first"), a);
      return VERDICT_SAME_OBJECT;
    }
    if (a->class == OBJECT_TYPE && !guarded) {
      *why = say(_("both add the same value to %s %s"), a);
      return VERDICT_CONTRADICTORY;
    }
    *why =
        say(equal ? _("both change %s %s to the same") : _("both change %s %s, each to something else"), a);
    return equal ? VERDICT_SAME_OBJECT : VERDICT_CONTRADICTORY;
  }
  *why = say(_("both change %s %s"), a);
  return VERDICT_SAME_OBJECT;
}

/* whole is a relation, part something in it. */
static Verdict compare_part(const Change *whole, const Change *part, char **why)
{
  if (takes_away(whole)) {
    *why = say(whole->verb == CHANGE_DROP ? _("one drops %s %s, the other needs it")
                                          : _("one renames %s %s, the other needs its old name"),
               whole);
    return VERDICT_CONTRADICTORY;
  }
  if (whole->verb == CHANGE_USE || part->verb == CHANGE_USE || whole->verb == CHANGE_CREATE)
    return VERDICT_INDEPENDENT;
  *why = say(_("both change %s %s"), whole);
  return VERDICT_SAME_OBJECT;
}

static gboolean whole_of(const Change *whole, const Change *part)
{
  return (whole->class == OBJECT_TABLE || whole->class == OBJECT_VIEW) && is_part(part->class) &&
         part->relation && g_strcmp0(whole->name, part->relation) == 0;
}

/* Does a rename take the name that the other gives to something new? */
static gboolean takes_name(const Change *rename, const Change *other)
{
  if (rename->verb != CHANGE_RENAME || rename->class != other->class ||
      (is_part(rename->class) && g_strcmp0(rename->relation, other->relation) != 0))
    return FALSE;
  return (other->verb == CHANGE_CREATE && g_strcmp0(rename->aspect, other->name) == 0) ||
         (other->verb == CHANGE_RENAME && g_strcmp0(rename->aspect, other->aspect) == 0);
}

Verdict changes_compare(const Change *a, const Change *b, char **why)
{
  *why = NULL;
  if (takes_name(a, b) || takes_name(b, a)) {
    const Change *rename = a->verb == CHANGE_RENAME ? a : b;
    *why =
        g_strdup_printf(_("both give the name %s to a %s"), rename->aspect, object_class_name(rename->class));
    return VERDICT_CONTRADICTORY;
  }
  if (same_object(a, b))
    return compare_same(a, b, why);
  if (whole_of(a, b))
    return compare_part(a, b, why);
  if (whole_of(b, a))
    return compare_part(b, a, why);
  gboolean both_touch = is_part(a->class) && is_part(b->class) && a->relation && a->verb != CHANGE_USE &&
                        b->verb != CHANGE_USE && g_strcmp0(a->relation, b->relation) == 0;
  if (!both_touch)
    return VERDICT_INDEPENDENT;
  *why = g_strdup_printf(_("both change table %s"), a->relation);
  return VERDICT_SAME_OBJECT;
}
