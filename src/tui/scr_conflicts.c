/* Heads to come: which branches would add a head once they are merged, and what their sides do to each other. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "retort/base/text.h"
#include "retort/edit/conflict.h"
#include "textview.h"

/* Branches named in a line, clashes shown of a pair. */
#define MANY_BRANCHES 4
#define MANY_CLASHES 6

typedef struct {
  Screen screen;
  Workspace *ws;
  TextView *view;
  GCancellable *cancellable;
  GPtrArray *verdicts; /* GPtrArray of char*, one a collision; NULL: not known yet */
} ConflictsScreen;

/* ---- what the sides do, worked out beside the screen ---- */

typedef struct {
  Snapshot *snapshot;
  Collisions *collisions; /* shared */
  RenderOptions options;
} ExplainJob;

static void job_free(void *data)
{
  ExplainJob *job = data;
  snapshot_unref(job->snapshot);
  collisions_unref(job->collisions);
  g_free(job);
}

static char *place(const SideChange *change)
{
  const char *slash = strrchr(change->revision->path, '/');
  return g_strdup_printf("%s:%u", slash ? slash + 1 : change->revision->path, change->line);
}

static void add_pair(GPtrArray *lines, const ConflictPair *pair)
{
  g_autofree char *sentence = conflict_sentence(pair);
  g_ptr_array_add(lines, g_strdup_printf("%c%s … %s: %s",
                                         pair->verdict == VERDICT_CONTRADICTORY ? '!'
                                         : pair->verdict == VERDICT_INDEPENDENT ? ' '
                                                                                : '~',
                                         pair->left->head->id, pair->right->head->id, sentence));
  for (guint i = 0; i < pair->clashes->len && i < MANY_CLASHES; i++) {
    const ConflictClash *clash = g_ptr_array_index(pair->clashes, i);
    g_autofree char *left = place(clash->left);
    g_autofree char *right = place(clash->right);
    g_ptr_array_add(lines, g_strdup_printf("   %s  (%s, %s)", clash->why, left, right));
  }
}

static GPtrArray *explain(GitRefs *refs, RenderSession *render, const Collision *collision,
                          const RevisionMap *working)
{
  g_autoptr(Explanation) explanation = explanation_new(refs, render, collision, working);
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
  if (!explanation->conflict) {
    g_ptr_array_add(lines, g_strconcat("~", explanation->why, NULL));
    return lines;
  }
  for (guint i = 0; i < explanation->conflict->pairs->len; i++)
    add_pair(lines, g_ptr_array_index(explanation->conflict->pairs, i));
  return lines;
}

static void explain_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  ExplainJob *job = task_data;
  g_autoptr(GitRefs) refs = git_refs_open(job->snapshot->project, NULL);
  g_autoptr(RenderSession) render = render_session_new(job->snapshot->project, &job->options);
  GPtrArray *verdicts = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  const GPtrArray *collisions = job->collisions->collisions;
  for (guint i = 0; refs && i < collisions->len && !g_cancellable_is_cancelled(cancellable); i++)
    g_ptr_array_add(verdicts, explain(refs, render, g_ptr_array_index(collisions, i), job->snapshot->map));
  g_task_return_pointer(task, verdicts, (GDestroyNotify)g_ptr_array_unref);
}

static void fill(ConflictsScreen *self);

static void explained(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  g_autoptr(GPtrArray) verdicts = g_task_propagate_pointer(G_TASK(result), NULL);
  if (!verdicts || g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
    return;
  ConflictsScreen *self = data;
  g_clear_pointer(&self->verdicts, g_ptr_array_unref);
  self->verdicts = g_steal_pointer(&verdicts);
  fill(self);
  app_repaint(self->screen.app);
}

static void ask(ConflictsScreen *self)
{
  g_clear_pointer(&self->verdicts, g_ptr_array_unref);
  if (self->cancellable)
    g_cancellable_cancel(self->cancellable);
  g_clear_object(&self->cancellable);
  self->cancellable = g_cancellable_new();
  if (!self->ws->collisions || self->ws->collisions->collisions->len == 0)
    return;
  ExplainJob *job = g_new0(ExplainJob, 1);
  *job = (ExplainJob){snapshot_ref(self->ws->snapshot), collisions_ref(self->ws->collisions),
                      self->ws->render_options};
  g_autoptr(GTask) task = g_task_new(NULL, self->cancellable, explained, self);
  g_task_set_check_cancellable(task, FALSE);
  g_task_set_task_data(task, job, job_free);
  g_task_run_in_thread(task, explain_thread);
}

/* ---- text ---- */

static char *branch_names(const GPtrArray *branches)
{
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < branches->len && i < MANY_BRANCHES; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
                           ((CollisionBranch *)g_ptr_array_index(branches, i))->ref);
  if (branches->len > MANY_BRANCHES)
    g_string_append_printf(names, _(" and %u more"), branches->len - MANY_BRANCHES);
  return g_string_free(g_steal_pointer(&names), FALSE);
}

static void add_side(ConflictsScreen *self, const CollisionSide *side)
{
  g_autofree char *names = branch_names(side->branches);
  g_autofree char *age = side->time ? text_age(side->time, g_get_real_time() / G_USEC_PER_SEC) : g_strdup("");
  g_autofree char *doc = g_strdup(side->message ? side->message : "");
  doc[strcspn(doc, "\r\n")] = '\0';
  g_autofree char *id = g_strdup_printf("  %s  ", side->revision);
  textview_add_marked(self->view, STYLE_ID, id, STYLE_NORMAL, doc);
  textview_addf(self->view, STYLE_FAINT, _("      on %s   %s %s"), names, side->author ? side->author : "",
                age);
  textview_addf(self->view, STYLE_FAINT, "      %s", side->path);
}

static void add_verdicts(ConflictsScreen *self, const GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++) {
    const char *line = g_ptr_array_index(lines, i);
    Style style = *line == '!' ? STYLE_DANGER : *line == '~' ? STYLE_CARE : STYLE_NORMAL;
    const char *sign = *line == '!' ? "  ‼ " : *line == '~' ? "  ! " : "    ";
    textview_add_marked(self->view, style, sign, STYLE_NORMAL, line + 1);
  }
}

static void add_collision(ConflictsScreen *self, const Collision *collision, guint index)
{
  if (collision->parent)
    textview_addf(
        self->view, STYLE_TITLE,
        ngettext("after %s: %u line of revisions", "after %s: %u lines of revisions", collision->sides->len),
        collision->parent, collision->sides->len);
  else
    textview_addf(self->view, STYLE_TITLE, _("several beginnings: %u lines of revisions without a parent"),
                  collision->sides->len);
  for (guint i = 0; i < collision->sides->len; i++)
    add_side(self, g_ptr_array_index(collision->sides, i));
  if (self->verdicts && index < self->verdicts->len)
    add_verdicts(self, g_ptr_array_index(self->verdicts, index));
  else
    textview_add(self->view, STYLE_FAINT, _("    comparing what they do ..."));
  g_autofree char *fix = collision_fix(collision);
  textview_add(self->view, STYLE_NORMAL, fix);
  textview_add(self->view, STYLE_NORMAL, "");
}

static void add_broken(ConflictsScreen *self, const Breakage *breakage)
{
  const char *trunk = self->ws->collisions->trunk;
  g_autofree char *names = branch_names(breakage->branches);
  g_autofree char *text =
      breakage->parent
          ? g_strdup_printf(_("%s would have no parent: it comes after %s, which %s does not have"),
                            breakage->revision, breakage->parent, trunk)
          : g_strdup_printf(_("%s would be there twice: %s has it in %s"), breakage->revision, trunk,
                            breakage->other);
  textview_add_marked(self->view, STYLE_DANGER, "‼ ", STYLE_NORMAL, text);
  textview_addf(self->view, STYLE_FAINT, _("      on %s"), names);
  textview_addf(self->view, STYLE_FAINT, "      %s", breakage->path);
  g_autofree char *fix = breakage_fix(self->ws->collisions, breakage);
  textview_add(self->view, STYLE_NORMAL, fix);
  textview_add(self->view, STYLE_NORMAL, "");
}

static void fill(ConflictsScreen *self)
{
  const Workspace *ws = self->ws;
  textview_clear(self->view);
  if (!ws->collisions) {
    textview_add(self->view, STYLE_FAINT,
                 ws->collisions_error ? ws->collisions_error
                 : ws->git && !ws->git->available
                     ? _("there is no git repository here: branches cannot be compared")
                     : _("looking at the branches ..."));
    return;
  }
  const Collisions *found = ws->collisions;
  g_autofree char *looked = collisions_looked_at(found);
  textview_add(self->view, STYLE_FAINT, looked);
  textview_add(self->view, STYLE_NORMAL, "");
  for (guint i = 0; i < found->collisions->len; i++)
    add_collision(self, g_ptr_array_index(found->collisions, i), i);
  for (guint i = 0; i < found->broken->len; i++)
    add_broken(self, g_ptr_array_index(found->broken, i));
  if (found->collisions->len + found->broken->len == 0)
    textview_add(self->view, STYLE_DONE, _("no branch would add a head"));
  for (guint i = 0; i < found->notes->len; i++)
    textview_add_marked(self->view, STYLE_CARE, "! ", STYLE_NORMAL, g_ptr_array_index(found->notes, i));
}

/* ---- the screen ---- */

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_REFS;
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  ConflictsScreen *self = (ConflictsScreen *)screen;
  char buffer[32];
  g_autofree char *place_text = g_strdup(textview_place(self->view, buffer, sizeof buffer));
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, _("Conflicts to come"), place_text);
  inside.x++;
  inside.width -= 2;
  textview_paint(self->view, canvas, inside);
}

static void prompt_done(const char *text, void *data)
{
  ConflictsScreen *self = data;
  if (text && *text)
    app_push(self->screen.app, screen_refs_new(self->screen.app, text));
}

static guint act(Screen *screen, ActionId action)
{
  ConflictsScreen *self = (ConflictsScreen *)screen;
  if (textview_act(self->view, action))
    return SCREEN_DONE;
  if (action != ACTION_GRAPH_AT)
    return 0;
  PromptSpec spec = screen_refs_prompt(NULL);
  spec.done = prompt_done;
  spec.data = self;
  app_prompt(screen->app, &spec);
  return SCREEN_DONE;
}

static TextView *text_view(Screen *screen)
{
  return ((ConflictsScreen *)screen)->view;
}

static void changed(Screen *screen, guint what)
{
  ConflictsScreen *self = (ConflictsScreen *)screen;
  if (what & CHANGED_CONFLICTS) {
    ask(self);
    fill(self);
  }
}

static void free_screen(Screen *screen)
{
  ConflictsScreen *self = (ConflictsScreen *)screen;
  g_cancellable_cancel(self->cancellable);
  g_object_unref(self->cancellable);
  g_clear_pointer(&self->verdicts, g_ptr_array_unref);
  textview_free(self->view);
  g_free(self);
}

static const ScreenClass conflicts_class = {
    .name = N_("Conflicts to come"),
    .contexts = contexts,
    .paint = paint,
    .act = act,
    .text_view = text_view,
    .changed = changed,
    .free = free_screen,
};

Screen *screen_conflicts_new(App *app)
{
  ConflictsScreen *self = g_new0(ConflictsScreen, 1);
  self->screen = (Screen){&conflicts_class, app};
  self->ws = app_workspace(app);
  self->view = textview_new();
  ask(self);
  fill(self);
  return &self->screen;
}
