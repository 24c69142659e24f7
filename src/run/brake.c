#include "retort/run/brake.h"

#include <glib/gi18n.h>

#include "retort/base/text.h"

/* More names than these do not fit a line. */
#define NAMES_SHOWN 4

typedef struct {
  const char *name;
  guint count;
} Application;

static int compare_applications(const void *a, const void *b)
{
  const Application *x = a, *y = b;
  return x->count != y->count ? (x->count < y->count ? 1 : -1) : g_strcmp0(x->name, y->name);
}

static GArray *count_applications(GPtrArray *victims)
{
  GArray *counts = g_array_new(FALSE, FALSE, sizeof(Application));
  for (guint i = 0; i < victims->len; i++) {
    const LockNode *node = g_ptr_array_index(victims, i);
    const char *name =
        node->application != NULL && *node->application != '\0' ? node->application : node->user;
    guint at = 0;
    while (at < counts->len && g_strcmp0(g_array_index(counts, Application, at).name, name) != 0)
      at++;
    if (at == counts->len)
      g_array_append_vals(counts, &(Application){name, 0}, 1);
    g_array_index(counts, Application, at).count++;
  }
  g_array_sort(counts, compare_applications);
  return counts;
}

static char *applications_text(GPtrArray *victims)
{
  if (victims->len == 0)
    return NULL;
  g_autoptr(GArray) counts = count_applications(victims);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < counts->len && i < NAMES_SHOWN; i++) {
    const Application *application = &g_array_index(counts, Application, i);
    g_autofree char *name = text_escape(application->name != NULL ? application->name : "?", -1, FALSE);
    g_string_append_printf(out, i > 0 ? ", %s" : "%s", name);
    if (application->count > 1)
      g_string_append_printf(out, " (%u)", application->count);
  }
  if (counts->len > NAMES_SHOWN)
    g_string_append(out, ", …");
  return g_string_free(out, FALSE);
}

void blast_measure(const LockSnapshot *snapshot, int pid, Blast *blast)
{
  g_autoptr(GPtrArray) victims = lock_snapshot_victims(snapshot, pid);
  *blast = (Blast){.waiting = victims->len};
  for (guint i = 0; i < victims->len; i++) {
    const LockNode *node = g_ptr_array_index(victims, i);
    if (blast->longest_pid != 0 && node->wait_s <= blast->longest_s)
      continue;
    blast->longest_s = MAX(node->wait_s, 0);
    blast->longest_pid = node->pid;
  }
  blast->applications = applications_text(victims);
}

void blast_clear(Blast *blast)
{
  g_free(blast->applications);
  *blast = (Blast){0};
}

char *brake_reason(const BrakeLimits *limits, const Blast *blast)
{
  if (limits->waiting > 0 && blast->waiting > limits->waiting)
    return g_strdup_printf(ngettext("%u session waits behind this statement (%s).",
                                    "%u sessions wait behind this statement (%s).", blast->waiting),
                           blast->waiting, blast->applications);
  if (limits->longest_s <= 0 || blast->longest_s <= limits->longest_s)
    return NULL;
  g_autofree char *duration = text_duration(blast->longest_s);
  return g_strdup_printf(_("Backend %d has waited behind this statement for %s (%s)."), blast->longest_pid,
                         duration, blast->applications);
}

char *brake_lag_reason(const BrakeLimits *limits, double lag_s)
{
  if (limits->replica_lag_s <= 0 || lag_s <= limits->replica_lag_s)
    return NULL;
  g_autofree char *lag = text_duration(lag_s);
  return g_strdup_printf(_("A replica has fallen %s behind."), lag);
}
