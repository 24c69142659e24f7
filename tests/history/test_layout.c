/* Pictures of graphs: drawings to compare, and what must hold for every picture. */
#include <criterion/criterion.h>
#include <string.h>

#include "cases.h"
#include "retort/base/file.h"
#include "retort/history/graph.h"

static gboolean fold_any(const Revision *revision, void *data)
{
  (void)revision;
  (void)data;
  return TRUE;
}

static char *graphs_folder(void)
{
  const char *srcdir = g_getenv("srcdir");
  return g_strdup_printf("%s/tests/history/graphs", srcdir ? srcdir : ".");
}

/* A drawing's first line may be "// fold N" or "// unicode". */
static char *draw(const char *text)
{
  g_autoptr(RevisionMap) map = case_map_from_text(text);
  GraphOptions options = {0};
  if (g_str_has_prefix(text, "// fold "))
    options =
        (GraphOptions){.may_fold = fold_any, .fold_at_least = (guint)g_ascii_strtoull(text + 8, NULL, 10)};
  g_autoptr(Graph) graph = graph_layout(map, &options);
  return graph_to_text(graph, !g_str_has_prefix(text, "// unicode"));
}

Test(graph_layout, drawings)
{
  g_autofree char *folder = graphs_folder();
  g_auto(GStrv) names = file_list(folder, NULL);
  guint n = 0;

  cr_assert_not_null(names, "%s", folder);
  for (char **name = names; *name; name++) {
    if (!g_str_has_suffix(*name, ".in"))
      continue;
    g_autofree char *stem = g_strndup(*name, strlen(*name) - 3);
    g_autofree char *in_path = g_build_filename(folder, *name, NULL);
    g_autofree char *out_path = g_strdup_printf("%s/%s.out", folder, stem);
    g_autofree char *in = file_read(in_path, FILE_LIMIT, NULL, NULL, NULL);
    g_autofree char *expected = file_read(out_path, FILE_LIMIT, NULL, NULL, NULL);
    cr_assert(in && expected, "%s", stem);
    g_autofree char *drawn = draw(in);
    cr_expect_str_eq(drawn, expected, "%s is drawn\n%s\ninstead of\n%s", stem, drawn, expected);
    n++;
  }
  cr_expect(n >= 40, "only %u drawings", n);
}

/* Following lines downwards from one revision's row. */
typedef struct {
  const Graph *graph;
  GHashTable *seen;    /* row * 65536 + cell, with the way in */
  GHashTable *reached; /* Revision* */
  guint missing;       /* ends in missing parents */
  const char *complaint;
} Trace;

typedef enum { FROM_ABOVE, FROM_LEFT, FROM_RIGHT } Way;

static guint bits_at(const Graph *graph, guint row, guint cell)
{
  const GraphRow *r = graph_row(graph, row);
  return cell < r->n_cells ? r->cells[cell].bits : 0;
}

static void follow(Trace *trace, guint row, guint cell, Way way);

static void go_down(Trace *trace, guint row, guint cell)
{
  if (row + 1 >= trace->graph->rows->len || !(bits_at(trace->graph, row + 1, cell) & GRAPH_UP))
    trace->complaint = "a line down ends in nothing";
  else
    follow(trace, row + 1, cell, FROM_ABOVE);
}

static void go_aside(Trace *trace, guint row, guint cell, int step)
{
  guint back = step > 0 ? GRAPH_LEFT : GRAPH_RIGHT;
  guint bits = bits_at(trace->graph, row, (guint)((int)cell + step));
  if (!(bits & (back | GRAPH_CROSS)))
    trace->complaint = "a line aside ends in nothing";
  else
    follow(trace, row, (guint)((int)cell + step), step > 0 ? FROM_LEFT : FROM_RIGHT);
}

static void follow(Trace *trace, guint row, guint cell, Way way)
{
  guint bits = bits_at(trace->graph, row, cell);
  gpointer key = GSIZE_TO_POINTER((((gsize)row << 20) | cell) * 4 + way + 1);

  if (!g_hash_table_add(trace->seen, key))
    return;
  if (way != FROM_ABOVE && (bits & GRAPH_CROSS)) {
    go_aside(trace, row, cell, way == FROM_LEFT ? 1 : -1);
    return;
  }
  if (bits & GRAPH_NODE) {
    if (way != FROM_ABOVE)
      trace->complaint = "a line runs into a revision from the side";
    const GraphRow *r = graph_row(trace->graph, row);
    g_hash_table_add(trace->reached, r->revision ? r->revision : r->fold_first);
    return;
  }
  if (bits & GRAPH_MISSING) {
    trace->missing++;
    return;
  }
  if (bits & GRAPH_DOWN)
    go_down(trace, row, cell);
  if ((bits & GRAPH_LEFT) && !(bits & GRAPH_CROSS) && way != FROM_LEFT)
    /* At a junction of a vertical line what comes from the side comes in. */
    if (way == FROM_RIGHT || !(bits & GRAPH_DOWN))
      go_aside(trace, row, cell, -1);
  if ((bits & GRAPH_RIGHT) && !(bits & GRAPH_CROSS) && way != FROM_RIGHT)
    if (way == FROM_LEFT || !(bits & GRAPH_DOWN))
      go_aside(trace, row, cell, 1);
}

static void trace_node(Trace *trace, guint row)
{
  const GraphRow *r = graph_row(trace->graph, row);
  guint bits = r->cells[r->node].bits;
  if (bits & GRAPH_DOWN)
    go_down(trace, row, r->node);
  if (bits & GRAPH_LEFT)
    go_aside(trace, row, r->node, -1);
  if (bits & GRAPH_RIGHT)
    go_aside(trace, row, r->node, 1);
}

static guint missing_parents(const RevisionMap *map, const Revision *revision)
{
  guint n = 0;
  for (char **name = revision->down_revision; *name; name++)
    n += !g_hash_table_contains(map->by_id, *name);
  for (char **name = revision->depends_on; *name; name++)
    n += !g_hash_table_contains(map->by_id, *name);
  return n;
}

/* The lines of a revision lead to its parents, to all of them and to nothing else. */
static const char *check_lines(const RevisionMap *map, const Graph *graph, const Revision *revision)
{
  int row = graph_find(graph, revision);
  if (row < 0 || graph_row(graph, row)->revision != revision)
    return "it has no row of its own";
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL), reached = g_hash_table_new(NULL, NULL);
  Trace trace = {.graph = graph, .seen = seen, .reached = reached};
  trace_node(&trace, (guint)row);
  if (trace.complaint)
    return trace.complaint;
  for (guint i = 0; i < revision->parents->len; i++)
    if (!g_hash_table_contains(reached, revision->parents->pdata[i]))
      return "a parent cannot be reached";
  if (g_hash_table_size(reached) != revision->parents->len)
    return "its lines lead to a stranger";
  return trace.missing == missing_parents(map, revision) ? NULL : "missing parents are not marked";
}

/* Every cell's vertical and horizontal lines go on in its neighbours. */
static const char *check_cells(const Graph *graph)
{
  for (guint r = 0; r < graph->rows->len; r++) {
    const GraphRow *row = graph_row(graph, r);
    guint nodes = 0;
    for (guint c = 0; c < row->n_cells; c++) {
      guint bits = row->cells[c].bits;
      nodes += (bits & GRAPH_NODE) != 0;
      if ((bits & GRAPH_DOWN) && (r + 1 == graph->rows->len || !(bits_at(graph, r + 1, c) & GRAPH_UP)))
        return "a line down is not taken up";
      if ((bits & GRAPH_UP) && (r == 0 || !(bits_at(graph, r - 1, c) & GRAPH_DOWN)))
        return "a line up comes from nowhere";
      if ((bits & GRAPH_RIGHT) && !(bits_at(graph, r, c + 1) & (GRAPH_LEFT | GRAPH_CROSS)))
        return "a line to the right is not taken up";
      if ((bits & GRAPH_LEFT) && (c == 0 || !(bits_at(graph, r, c - 1) & (GRAPH_RIGHT | GRAPH_CROSS))))
        return "a line to the left is not taken up";
      if ((bits & GRAPH_NODE) && !(bits & GRAPH_UP) && r > 0 && (bits_at(graph, r - 1, c) & GRAPH_NODE))
        return "a revision stands right below a stranger";
    }
    if (nodes != (row->revision || row->folded > 0))
      return "a row has a node too many or too few";
  }
  return NULL;
}

static const char *check_order(const Graph *graph, const Revision *revision)
{
  for (guint i = 0; i < revision->parents->len; i++)
    if (graph_find(graph, revision) >= graph_find(graph, revision->parents->pdata[i]))
      return "it stands below a parent";
  return NULL;
}

static void check_picture(const char *name, guint number, const RevisionMap *map)
{
  g_autoptr(Graph) graph = graph_layout(map, NULL);
  const char *complaint = check_cells(graph);
  const Revision *culprit = NULL;

  for (guint i = 0; i < map->revisions->len && !complaint; i++) {
    culprit = map->revisions->pdata[i];
    complaint = check_order(graph, culprit);
    if (!complaint)
      complaint = check_lines(map, graph, culprit);
  }
  if (!complaint)
    return;
  g_autofree char *picture = graph_to_text(graph, FALSE);
  cr_expect(FALSE, "%s %u: %s: %s\n%s", name, number, culprit ? culprit->id : "", complaint, picture);
}

static guint32 state;

static guint chance(guint n)
{
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % n;
}

/* A random graph: every revision has up to three parents and dependencies among those before it. */
static char *random_graph(guint n, guint width, guint merges, guint dependencies, guint missing,
                          gboolean dates)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < n; i++) {
    g_string_append_printf(text, "r%u:", i);
    guint reach = MIN(i, width);
    if (reach > 0 && chance(12) > 0) {
      guint first = i - 1 - chance(reach), second = i - 1 - chance(reach), third = i - 1 - chance(reach);
      g_string_append_printf(text, " r%u", first);
      if (chance(100) < merges && second != first)
        g_string_append_printf(text, " r%u", second);
      if (chance(100) < merges / 2 && third != first && third != second)
        g_string_append_printf(text, " r%u", third);
      if (chance(100) < missing)
        g_string_append(text, " gone");
    }
    if (reach > 0 && chance(100) < dependencies)
      g_string_append_printf(text, " > r%u", i - 1 - chance(reach));
    if (dates)
      g_string_append_printf(text, " # 20%02u-%02u-%02u 10:00:00", 10 + chance(10), 1 + chance(12),
                             1 + chance(28));
    g_string_append_c(text, '\n');
  }
  return g_string_free(text, FALSE);
}

Test(graph_layout, every_line_leads_to_a_parent)
{
  for (guint i = 0; i < 1500; i++) {
    state = i;
    g_autofree char *text =
        random_graph(2 + chance(40), 1 + chance(12), chance(60), chance(40), i % 5 == 0 ? 10 : 0, i % 2 == 0);
    g_autoptr(RevisionMap) map = case_map_from_text(text);
    check_picture("random graph", i, map);
  }
}

static void check_recorded(const char *file)
{
  g_autoptr(JsonNode) root = case_file_load(file);
  JsonArray *graphs = json_node_get_array(root);
  for (guint i = 0; i < json_array_get_length(graphs); i++) {
    g_autoptr(RevisionMap) map =
        case_graph_map(json_object_get_array_member(json_array_get_object_element(graphs, i), "graph"));
    if (!map->fault)
      check_picture(file, i, map);
  }
}

Test(graph_layout, recorded_graphs)
{
  check_recorded("graph_cases");
  check_recorded("random_graphs");
}

/* A map with a fault is drawn, each revision once, and no line is left hanging. */
Test(graph_layout, faulty_maps)
{
  static const char *const texts[] = {
      "a: a\n",
      "a: c\nb: a\nc: b\n",
      "a: c\nb: a\nc: b\nd:\ne: d\n",
      "a:\nb: a > d\nc: b\nd: c\n",
      "a:\nb: a d\nc: b\nd: c\ne: d\n",
      "a:\na:\nb: a\nb: a\n",
      "a: x y z > w\n",
      "a: @ lab\nb: lab\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(RevisionMap) map = case_map_from_text(texts[i]);
    g_autoptr(Graph) graph = graph_layout(map, NULL);
    const char *complaint = check_cells(graph);
    cr_expect(!complaint, "%s: %s", texts[i], complaint);
    for (guint j = 0; j < map->revisions->len; j++)
      cr_expect(graph_find(graph, map->revisions->pdata[j]) >= 0, "%s: %u has no row", texts[i], j);
  }
}

/* How many revisions of a map stand in another lane in a map that has one more. */
static guint moved(const Graph *before, const RevisionMap *map, const Graph *after, const RevisionMap *grown)
{
  guint n = 0;
  for (guint i = 0; i < map->revisions->len; i++) {
    const Revision *revision = map->revisions->pdata[i];
    const GraphRow *a = graph_row(before, graph_find(before, revision));
    const GraphRow *b = graph_row(after, graph_find(after, revision_map_get(grown, revision->id)));
    n += a->node != b->node;
  }
  return n;
}

/* One revision more, on top of anything, leaves the others in their lanes. */
Test(graph_layout, lanes_are_stable)
{
  guint total = 0, shifted = 0, pictures = 0, calm = 0;

  for (guint i = 0; i < 200; i++) {
    state = 1000 + i;
    g_autoptr(GString) text = g_string_new(NULL);
    guint n = 10 + chance(40), trunk = 0;
    for (guint j = 0; j < n; j++) {
      guint side = j > 0 ? j - 1 - chance(MIN(j, 6)) : 0;
      gboolean merge = chance(6) == 0 && side != trunk, fork = chance(8) == 0;
      g_string_append_printf(text, "r%u:", j);
      if (j > 0)
        g_string_append_printf(text, " r%u", fork ? side : trunk);
      if (j > 0 && merge && !fork)
        g_string_append_printf(text, " r%u", side);
      g_string_append_printf(text, " # 2020-01-%02u %02u:00:00\n", 1 + j / 24, j % 24);
      if (!fork)
        trunk = j;
    }
    g_autoptr(RevisionMap) map = case_map_from_text(text->str);
    g_autoptr(Graph) graph = graph_layout(map, NULL);
    if (map->heads->len > 7)
      continue; /* with many heads lanes are shared more freely */
    for (guint j = 0; j < n; j++) {
      g_autofree char *more = g_strdup_printf("%snew: r%u # 2021-01-01 00:00:00\n", text->str, j);
      g_autoptr(RevisionMap) grown = case_map_from_text(more);
      g_autoptr(Graph) after = graph_layout(grown, NULL);
      guint away = moved(graph, map, after, grown);
      total += n;
      shifted += away;
      pictures++;
      calm += away == 0;
    }
  }
  cr_expect(calm * 100 >= pictures * 98, "%u of %u pictures keep all lanes", calm, pictures);
  cr_expect(shifted * 200 <= total, "%u of %u revisions changed their lane", shifted, total);
}

Test(graph_layout, a_thousand_heads)
{
  g_autoptr(GString) text = g_string_new("t0: # 2000-01-01 00:00:00\n");
  for (guint i = 1; i < 3000; i++) {
    g_string_append_printf(text, "t%u: t%u # %u-01-01 00:00:00\n", i, i - 1, 2000 + i / 4);
    if (i % 3 == 0)
      g_string_append_printf(text, "h%u: t%u # %u-01-01 00:00:00\n", i, i, i % 2 ? 2999 : 2000 + i / 4);
  }
  g_autoptr(RevisionMap) map = case_map_from_text(text->str);
  g_autoptr(Graph) graph = graph_layout(map, NULL);
  cr_expect_eq(map->heads->len, 1000, "%u heads", map->heads->len);
  cr_expect(graph->n_lanes <= 40, "%u lanes", graph->n_lanes);
  const char *complaint = check_cells(graph);
  cr_expect(!complaint, "%s", complaint);

  g_autoptr(GString) hub = g_string_new("hub:\n");
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf(hub, "w%u: hub\n", i);
  g_autoptr(RevisionMap) hub_map = case_map_from_text(hub->str);
  g_autoptr(Graph) hub_graph = graph_layout(hub_map, NULL);
  cr_expect(hub_graph->n_lanes <= 12, "%u lanes at a hub", hub_graph->n_lanes);
  check_picture("hub", 0, hub_map);
}

Test(graph_layout, folds_leave_what_matters)
{
  g_autoptr(RevisionMap) map = case_map_from_text("a:\nb: a\nc: b\nd: c\ne: d\nf: e\ns: c\n");
  g_autoptr(Graph) graph = graph_layout(map, &(GraphOptions){.may_fold = fold_any, .fold_at_least = 2});
  int row = graph_find(graph, revision_map_get(map, "e"));

  cr_assert(row >= 0);
  const GraphRow *fold = graph_row(graph, row);
  cr_expect(!fold->revision && fold->folded == 2, "folded %u", fold->folded);
  cr_expect_str_eq(fold->fold_first->id, "e");
  cr_expect_eq(graph_find(graph, revision_map_get(map, "d")), row);
  for (const char *const *id = (const char *const[]){"a", "b", "c", "f", "s", NULL}; *id; id++) {
    const Revision *revision = revision_map_get(map, *id);
    cr_expect(graph_row(graph, graph_find(graph, revision))->revision == revision, "%s is folded away", *id);
  }
}

Test(graph_layout, empty_map)
{
  g_autoptr(RevisionMap) map = case_map_from_text("");
  g_autoptr(Graph) graph = graph_layout(map, NULL);
  cr_expect_eq(graph->rows->len, 0);
  cr_expect_eq(graph_find(graph, NULL), -1);
}
