/* Times the map, plans and the picture of a large made-up graph:
 *
 *   time_graph [REVISIONS [HEADS [DEPENDENCIES]]]
 *
 * A trunk with merged side branches, HEADS open heads from all over it, and DEPENDENCIES revisions on a second base
 * that depend on the trunk. */
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"
#include "retort/history/graph.h"
#include "retort/history/plan.h"
#include "retort/history/target.h"

typedef struct {
  GPtrArray *revisions;
  guint32 state;
  guint minutes;
} Maker;

static guint chance(Maker *maker, guint n)
{
  maker->state = maker->state * 1664525u + 1013904223u;
  return (maker->state >> 8) % n;
}

static const char *add(Maker *maker, const char *down, const char *depends_on)
{
  static guint number;
  number++;
  g_autofree char *id = g_strdup_printf("%08x%04x", number * 2654435761u, number & 0xffff);
  Revision *revision = case_revision(id, down, depends_on, NULL);
  guint m = maker->minutes += 10;
  revision->create_date = g_strdup_printf("%04u-%02u-%02u %02u:%02u:00", 2000 + m / 483840,
                                          1 + m / 40320 % 12, 1 + m / 1440 % 28, m / 60 % 24, m % 60);
  g_ptr_array_add(maker->revisions, revision);
  return revision->id;
}

static void make(Maker *maker, guint n, guint heads, guint dependencies)
{
  const char *trunk = add(maker, NULL, NULL), *second = add(maker, NULL, NULL);
  while (maker->revisions->len < n) {
    if (heads > 0 && chance(maker, n / heads + 1) == 0) {
      const char *side = trunk;
      for (guint i = 1 + chance(maker, 3); i > 0; i--)
        side = add(maker, side, NULL);
    } else if (dependencies > 0 && chance(maker, n / dependencies + 1) == 0) {
      second = add(maker, second, trunk);
    } else if (chance(maker, 20) == 0) {
      const char *side = add(maker, trunk, NULL);
      trunk = add(maker, trunk, NULL);
      g_autofree char *both = g_strconcat(trunk, " ", side, NULL);
      trunk = add(maker, both, NULL);
    } else {
      trunk = add(maker, trunk, NULL);
    }
  }
}

static gint64 lap(const char *what, gint64 since)
{
  gint64 now = g_get_monotonic_time();
  printf("%-24s %8.1f ms\n", what, (double)(now - since) / 1000.0);
  return g_get_monotonic_time();
}

int main(int argc, char **argv)
{
  static const char *const none[] = {NULL};
  guint n = argc > 1 ? (guint)atoi(argv[1]) : 100000;
  Maker maker = {.revisions = g_ptr_array_new(), .state = 7};
  make(&maker, n, argc > 2 ? (guint)atoi(argv[2]) : 3, argc > 3 ? (guint)atoi(argv[3]) : n / 100);

  gint64 at = g_get_monotonic_time();
  g_autoptr(RevisionMap) map = revision_map_new(maker.revisions);
  at = lap("map", at);
  g_autoptr(GPtrArray) history = target_history_range(map, NULL, NULL, NULL);
  at = lap("history", at);
  if (!history || history->len != map->revisions->len)
    return 1;
  g_autoptr(Plan) up = plan_upgrade(map, none, "heads", NULL);
  at = lap("upgrade heads", at);
  g_auto(GStrv) rows = plan_rows_after(up, up->steps->len);
  at = lap("rows after it", at);
  g_autoptr(Plan) down = plan_downgrade(map, (const char *const *)rows, "base", NULL);
  at = lap("downgrade base", at);
  g_autoptr(Graph) graph = graph_layout(map, NULL);
  lap("graph", at);
  printf("%u revisions, %u heads, %u rows after, %u + %u steps, picture %u x %u\n", map->revisions->len,
         map->heads->len, g_strv_length(rows), up->steps->len, down ? down->steps->len : 0, graph->rows->len,
         graph->n_lanes);
  return 0;
}
