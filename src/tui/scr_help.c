/* Help: the keys of the screen below and the marks, from the action table and the glyphs. */
#include <glib/gi18n.h>

#include "app.h"
#include "retort/base/text.h"
#include "textview.h"

typedef struct {
  Screen screen;
  TextView *view;
} HelpScreen;

static const struct {
  gunichar glyph;
  const char *meaning;
} marks[] = {
    {GLYPH_POSITION, N_("the database stands here")},
    {GLYPH_APPLIED, N_("applied")},
    {GLYPH_PENDING, N_("pending")},
    {GLYPH_UNPLACED, N_("applied or pending: not known without a database")},
    {GLYPH_MERGE, N_("merge of several branches")},
    {GLYPH_MERGE_APPLIED, N_("merge, applied")},
    {GLYPH_ELSEWHERE, N_("only on another git branch")},
    {GLYPH_MISSING, N_("missing: a parent or a position that no file has")},
    {GLYPH_FOLD, N_("a run of applied revisions, folded: Enter unfolds")},
    {GLYPH_BEYOND_RIGHT, N_("its lane is further right; select it to go there")},
    {0x2506, N_("a dotted line is depends_on")},
    {'+', N_("not committed to git")},
    {'~', N_("changed since it was committed")},
    {GLYPH_DATABASE, N_("needs the database: it reads data or inspects tables")},
    {GLYPH_PYTHON, N_("needs Python: retort cannot know its SQL")},
    {'!', N_("care")},
    {GLYPH_DANGER, N_("danger")},
    {GLYPH_DONE, N_("done")},
    {GLYPH_FAILED, N_("failed")},
};

static void add_row(HelpScreen *self, Style style, const char *left, int width, const char *text)
{
  GString *mark = g_string_new("  ");
  g_string_append(mark, left);
  for (int i = text_width(mark->str); i < width + 4; i++)
    g_string_append_c(mark, ' ');
  textview_add_marked(self->view, style, mark->str, STYLE_NORMAL, text);
  g_string_free(mark, TRUE);
}

static void add_keys(HelpScreen *self, guint contexts)
{
  const Keymap *keymap = app_keymap(self->screen.app);
  for (ActionId i = ACTION_NONE + 1; i < N_ACTIONS; i++) {
    const ActionInfo *info = action_info(i);
    if (!(info->contexts & contexts))
      continue;
    g_autofree char *keys = keymap_keys(keymap, i);
    g_autofree char *text = g_strdup_printf("%s  (%s)", _(info->help), info->name);
    add_row(self, STYLE_KEY, keys, 16, text);
  }
}

static void add_marks(HelpScreen *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
    char utf8[7] = "";
    g_unichar_to_utf8(marks[i].glyph, utf8);
    add_row(self, STYLE_NORMAL, utf8, 2, _(marks[i].meaning));
  }
  add_row(self, STYLE_LABEL, _("[label]"), 10, _("a branch label"));
  add_row(self, STYLE_TAG, _("on NAME"), 10, _("the git branch that has the revision"));
  add_row(self, STYLE_HEAD, "HEAD", 10, _("nothing comes after it"));
}

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_HELP;
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  HelpScreen *self = (HelpScreen *)screen;
  char buffer[32];
  g_autofree char *note = g_strdup(textview_place(self->view, buffer, sizeof buffer));
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, _("Help"), note);
  inside.x++;
  inside.width -= 2;
  textview_paint(self->view, canvas, inside);
}

static guint act(Screen *screen, ActionId action)
{
  return textview_act(((HelpScreen *)screen)->view, action) ? SCREEN_DONE : 0;
}

static TextView *text_view(Screen *screen)
{
  return ((HelpScreen *)screen)->view;
}

static void free_screen(Screen *screen)
{
  HelpScreen *self = (HelpScreen *)screen;
  textview_free(self->view);
  g_free(self);
}

static const ScreenClass help_class = {
    .name = N_("Help"),
    .contexts = contexts,
    .paint = paint,
    .act = act,
    .text_view = text_view,
    .free = free_screen,
};

Screen *screen_help_new(App *app, guint below)
{
  HelpScreen *self = g_new0(HelpScreen, 1);
  self->screen = (Screen){&help_class, app};
  self->view = textview_new();
  for (int bit = 0; bit < N_CONTEXTS; bit++)
    if (below & (1u << bit)) {
      textview_addf(self->view, STYLE_TITLE, _("Keys: %s"), context_name(1u << bit));
      add_keys(self, 1u << bit);
      textview_add(self->view, STYLE_NORMAL, "");
    }
  textview_add(self->view, STYLE_TITLE, _("Marks"));
  add_marks(self);
  return &self->screen;
}
