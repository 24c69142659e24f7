#include "retort/edit/guard.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "retort/edit/uses.h"
#include "retort/history/plan.h"

static void reason_free(void *data)
{
  GuardReason *reason = data;
  g_free(reason->text);
  g_free(reason);
}

Guard *guard_new(const RevisionMap *map, const GPtrArray *moved, GuardPurpose purpose)
{
  Guard *guard = g_new0(Guard, 1);
  guard->map = map;
  guard->purpose = purpose;
  guard->moved = g_ptr_array_new();
  for (guint i = 0; i < moved->len; i++)
    g_ptr_array_add(guard->moved, moved->pdata[i]);
  guard->reasons = g_ptr_array_new_with_free_func(reason_free);
  return guard;
}

void guard_free(Guard *guard)
{
  if (guard == NULL)
    return;
  g_ptr_array_unref(guard->moved);
  g_ptr_array_unref(guard->reasons);
  g_free(guard);
}

static void G_GNUC_PRINTF(3, 4) add(Guard *guard, GuardVerdict weight, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  GuardReason *reason = g_new0(GuardReason, 1);
  reason->weight = weight;
  reason->text = text_escape(text, -1, FALSE);
  g_ptr_array_add(guard->reasons, reason);
}

/* The moved revisions that the rows imply, joined; NULL: none. */
static char *applied_there(const Guard *guard, const char *const *rows, GPtrArray *unknown)
{
  g_autofree gboolean *applied = plan_applied(guard->map, rows, unknown);
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < guard->moved->len; i++) {
    const Revision *revision = guard->moved->pdata[i];
    if (applied[revision->index])
      g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", revision->id);
  }
  return names->len > 0 ? g_string_free(g_steal_pointer(&names), FALSE) : NULL;
}

/* A server's reasons go over several lines, of which the first says what it is. */
static char *first_line(const char *text)
{
  return g_strndup(text, strcspn(text, "\r\n"));
}

void guard_add_database(Guard *guard, const GuardDatabase *database)
{
  g_autofree char *problem = first_line(database->problem != NULL ? database->problem : "?");
  guard->databases++;
  if (database->rows == NULL) {
    add(guard, GUARD_CONFIRM, _("%s could not be asked: %s"), database->name, problem);
    return;
  }
  g_autoptr(GPtrArray) unknown = g_ptr_array_new();
  g_autofree char *names = applied_there(guard, database->rows, unknown);
  if (names != NULL && guard->purpose == GUARD_OF_DELETE)
    add(guard, GUARD_REFUSE, _("%s has %s: downgrade it first, or no file would tell how"), database->name,
        names);
  else if (names != NULL && database->production)
    add(guard, GUARD_REFUSE, _("%s (production) has %s: what is slipped in beneath would never run there"),
        database->name, names);
  else if (names != NULL)
    add(guard, GUARD_CONFIRM,
        _("%s has %s: what is slipped in beneath would never run there, unless it is downgraded first"),
        database->name, names);
  else if (unknown->len > 0)
    add(guard, GUARD_CONFIRM, _("%s stands at %s, which no file here has: what it has is not known"),
        database->name, (const char *)unknown->pdata[0]);
  else
    add(guard, GUARD_FREE, _("%s has none of it"), database->name);
}

static void add_use(Guard *guard, const RevisionUse *use)
{
  if (use->dependant != NULL)
    add(guard, GUARD_CONFIRM, _("%s on %s stands on %s, and would come to stand on more"), use->dependant,
        use->ref, use->revision->id);
  else
    add(guard, GUARD_CONFIRM, _("%s is published on %s: others may have applied it"), use->revision->id,
        use->ref);
}

void guard_add_uses(Guard *guard, const GPtrArray *uses, const char *problem)
{
  if (uses == NULL) {
    add(guard, GUARD_CONFIRM, _("git could not be asked: %s"), problem != NULL ? problem : "?");
    return;
  }
  for (guint i = 0; i < uses->len; i++)
    add_use(guard, uses->pdata[i]);
  if (uses->len == 0)
    add(guard, GUARD_FREE, _("no remote branch has it, and no other branch stands on it"));
}

GuardVerdict guard_verdict(Guard *guard)
{
  if (guard->databases == 0) {
    add(guard, GUARD_CONFIRM, _("no database is configured, so whether one has it is not known"));
    guard->databases++;
  }
  GuardVerdict worst = GUARD_FREE;
  for (guint i = 0; i < guard->reasons->len; i++)
    worst = MAX(worst, ((const GuardReason *)guard->reasons->pdata[i])->weight);
  return worst;
}
