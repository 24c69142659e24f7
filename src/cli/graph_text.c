#include "graph_text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "json.h"
#include "out.h"
#include "refs.h"
#include "retort/base/error.h"
#include "retort/history/graph.h"

static const char *mark_of(const GraphPicture *picture, const Revision *revision)
{
  return picture->marks ? g_hash_table_lookup(picture->marks, revision) : NULL;
}

static char mark_char(const char *mark)
{
  return !mark ? ' ' : mark[0] == 'a' ? '+' : mark[0] == 'r' ? '-' : mark[0] == 'c' ? '~' : '>';
}

/* ---- text ---- */

static void append_row(GString *out, const GraphPicture *picture, const GraphRow *row, guint lanes,
                       gboolean ascii)
{
  const char *mark = row->revision ? mark_of(picture, row->revision) : NULL;

  g_string_append_printf(out, "%c ", mark_char(mark));
  for (guint i = 0; i < row->n_cells; i++) {
    gboolean node = i == row->node && row->revision;
    const char *glyph = graph_cell_glyph(&row->cells[i], ascii);
    g_string_append(out, node && revision_is_head(row->revision) && !ascii ? "◉" : glyph);
  }
  if (row->revision) {
    for (guint i = row->n_cells; i < 2 * lanes - 1; i++)
      g_string_append_c(out, ' ');
    g_autofree char *doc = refs_message(row->revision->doc);
    g_string_append_printf(out, "  %s  %s", row->revision->id, doc);
  }
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate(out, out->len - 1);
  g_string_append_c(out, '\n');
}

/* With marks and messages, for a difference; without one it is graph_to_text(), as ever. */
static void print_text(const Session *session, const GraphPicture *picture)
{
  g_autoptr(Graph) graph = graph_layout(picture->map, NULL);
  gboolean ascii = session_ascii(session);

  if (!picture->marks) {
    g_autofree char *text = graph_to_text(graph, ascii);
    out_text(text);
    return;
  }
  g_autoptr(GString) out = g_string_new(NULL);
  for (guint i = 0; i < graph->rows->len; i++)
    append_row(out, picture, graph_row(graph, i), graph->n_lanes, ascii);
  out_text(out->str);
}

/* ---- JSON ---- */

static void print_json(const GraphPicture *picture)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_array(builder);
  for (guint i = 0; i < picture->map->revisions->len; i++) {
    const Revision *revision = picture->map->revisions->pdata[i];
    if (revision->shadowed)
      continue;
    json_builder_begin_object(builder);
    json_add_revision(builder, revision);
    if (picture->marks)
      json_add_text(builder, "change", mark_of(picture, revision));
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  out_json(json_builder_get_root(builder));
}

/* ---- Mermaid ---- */

/* Mermaid takes entities in quoted labels; what is no plain character becomes one. */
static void append_mermaid(GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);

  for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (c < 0x20 || c == 0x7f)
      g_string_append_c(out, ' ');
    else if (strchr("\"#<>&`;", (int)MIN(c, 0x7f)) && c < 0x7f)
      g_string_append_printf(out, "#%u;", c);
    else
      g_string_append_unichar(out, c);
  }
}

static void print_mermaid(const GraphPicture *picture)
{
  static const char *const classes[][2] = {{"added", "fill:#dfd,stroke:#080"},
                                           {"removed", "fill:#fdd,stroke:#800,stroke-dasharray:4"},
                                           {"changed", "fill:#ffd,stroke:#880"},
                                           {"moved", "fill:#ddf,stroke:#008"}};
  g_autoptr(GString) out = g_string_new("flowchart BT\n");
  const GPtrArray *revisions = picture->map->revisions;

  for (guint i = 0; i < revisions->len; i++) {
    const Revision *revision = revisions->pdata[i];
    const char *mark = mark_of(picture, revision);
    if (revision->shadowed)
      continue;
    g_string_append_printf(out, "  r%u[\"", revision->index);
    append_mermaid(out, revision->id);
    g_string_append(out, "<br/>");
    append_mermaid(out, revision->doc);
    g_string_append_printf(out, "\"]%s%s\n", mark ? ":::" : "", mark ? mark : "");
  }
  for (guint i = 0; i < revisions->len; i++) {
    const Revision *revision = revisions->pdata[i];
    for (guint k = 0; k < revision->down->len && !revision->shadowed; k++)
      g_string_append_printf(out, "  r%u --> r%u\n", ((Revision *)revision->down->pdata[k])->index,
                             revision->index);
    for (guint k = 0; k < revision->deps->len && !revision->shadowed; k++)
      g_string_append_printf(out, "  r%u -.-> r%u\n", ((Revision *)revision->deps->pdata[k])->index,
                             revision->index);
  }
  for (guint i = 0; picture->marks && i < G_N_ELEMENTS(classes); i++)
    g_string_append_printf(out, "  classDef %s %s\n", classes[i][0], classes[i][1]);
  out_text(out->str);
}

/* ---- Graphviz ---- */

static void append_dot(GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);

  for (const char *p = valid; *p; p++) {
    if ((guchar)*p < 0x20 || *p == 0x7f) {
      g_string_append_c(out, ' ');
      continue;
    }
    if (*p == '"' || *p == '\\')
      g_string_append_c(out, '\\');
    g_string_append_c(out, *p);
  }
}

static void append_dot_edge(GString *out, const Revision *parent, const Revision *child, const char *style)
{
  g_string_append(out, "  \"");
  append_dot(out, parent->id);
  g_string_append(out, "\" -> \"");
  append_dot(out, child->id);
  g_string_append_printf(out, "\"%s;\n", style);
}

static const char *dot_style(const char *mark)
{
  return !mark            ? ""
         : mark[0] == 'a' ? ", style=filled, fillcolor=\"#ddffdd\""
         : mark[0] == 'r' ? ", style=\"filled,dashed\", fillcolor=\"#ffdddd\""
         : mark[0] == 'c' ? ", style=filled, fillcolor=\"#ffffdd\""
                          : ", style=filled, fillcolor=\"#ddddff\"";
}

static void print_dot(const GraphPicture *picture)
{
  g_autoptr(GString) out = g_string_new("digraph revisions {\n  rankdir=BT;\n  node [shape=box];\n");
  const GPtrArray *revisions = picture->map->revisions;

  for (guint i = 0; i < revisions->len; i++) {
    const Revision *revision = revisions->pdata[i];
    if (revision->shadowed)
      continue;
    g_string_append(out, "  \"");
    append_dot(out, revision->id);
    g_string_append(out, "\" [label=\"");
    append_dot(out, revision->id);
    g_string_append(out, "\\n");
    append_dot(out, revision->doc);
    g_string_append_printf(out, "\"%s];\n", dot_style(mark_of(picture, revision)));
  }
  for (guint i = 0; i < revisions->len; i++) {
    const Revision *revision = revisions->pdata[i];
    for (guint k = 0; k < revision->down->len && !revision->shadowed; k++)
      append_dot_edge(out, revision->down->pdata[k], revision, "");
    for (guint k = 0; k < revision->deps->len && !revision->shadowed; k++)
      append_dot_edge(out, revision->deps->pdata[k], revision, " [style=dashed]");
  }
  g_string_append(out, "}\n");
  out_text(out->str);
}

gboolean graph_print(const Session *session, const GraphPicture *picture, const char *format, GError **error)
{
  if (!format || strcmp(format, "text") == 0) {
    if (!session->quiet)
      print_text(session, picture);
  } else if (strcmp(format, "json") == 0)
    print_json(picture);
  else if (strcmp(format, "mermaid") == 0)
    print_mermaid(picture);
  else if (strcmp(format, "dot") == 0)
    print_dot(picture);
  else {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE,
                _("--format %s: there are text, json, mermaid and dot"), format);
    return FALSE;
  }
  return TRUE;
}
