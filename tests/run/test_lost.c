/* Revisions that a database has and the files lack, found in git. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "../pg/support.h"
#include "retort/base/error.h"
#include "retort/history/plan.h"
#include "retort/run/lost.h"

static char *folder;

static void git(const char *arguments)
{
  g_autofree char *line =
      g_strdup_printf("git -C %s -c user.name=Ana -c user.email=ana@example.org %s", folder, arguments);
  int status = 1;
  cr_assert(g_spawn_command_line_sync(line, NULL, NULL, &status, NULL) && status == 0, "%s", line);
}

static void put(const char *id, const char *down)
{
  g_autofree char *path = g_strdup_printf("%s/versions/%s_x.py", folder, id);
  g_autofree char *text =
      g_strdup_printf("\"\"\"%s\"\"\"\nrevision = '%s'\ndown_revision = %s%s%s\n\ndef upgrade():\n    "
                      "pass\n\ndef downgrade():\n    pass\n",
                      id, id, down ? "'" : "", down ? down : "None", down ? "'" : "");
  cr_assert(g_file_set_contents(path, text, -1, NULL), "%s", path);
}

/* a on main; b was on main and was taken back; c, on b, is on a branch only. */
static Project *project(void)
{
  folder = g_dir_make_tmp("retort-lost-XXXXXX", NULL);
  g_autofree char *versions = g_build_filename(folder, "versions", NULL);
  g_autofree char *ini = g_build_filename(folder, "alembic.ini", NULL);
  g_mkdir(versions, 0755);
  g_file_set_contents(ini, "[alembic]\nscript_location = %(here)s\n", -1, NULL);
  git("init -q -b main");
  put("aaaa", NULL);
  git("add .");
  git("commit -q -m a");
  put("bbbb", "aaaa");
  git("add .");
  git("commit -q -m b");
  git("checkout -q -b feature");
  put("cccc", "bbbb");
  git("add .");
  git("commit -q -m c");
  git("checkout -q main");
  git("rm -q versions/bbbb_x.py");
  git("commit -q -m back");
  GError *error = NULL;
  Project *project = project_open(&(ProjectOptions){.start = folder}, &error);
  cr_assert(project != NULL, "%s", error != NULL ? error->message : "");
  return project;
}

static void clean_up(void)
{
  test_remove(folder);
  g_free(folder);
}

Test(lost, are_found_with_what_they_stand_on, .fini = clean_up)
{
  g_autoptr(Project) p = project();
  g_autoptr(GError) error = NULL;
  g_autoptr(RevisionMap) map = revision_map_load(p, &error);
  cr_assert(map != NULL && map->revisions->len == 1, "one file is left");
  const char *rows[] = {"cccc", NULL}, *gone[] = {"dddd", NULL}, *here[] = {"aaaa", NULL};
  g_autoptr(LostRevisions) lost = lost_revisions_find(p, map, rows, NULL, &error);
  cr_assert(lost != NULL && lost->found->len == 2 && lost->missing->len == 0, "%s",
            error != NULL ? error->message : "not both");
  g_autofree char *text = lost_revision_text(g_ptr_array_index(lost->found, 0));
  cr_expect(strstr(text, "cccc is on feature") != NULL, "%s", text);
  g_autoptr(Plan) plan = plan_downgrade(lost->map, rows, "aaaa", &error);
  cr_assert(plan != NULL && plan->steps->len == 2, "%s", error != NULL ? error->message : "a plan down");
  const PlanStep *step = g_ptr_array_index(plan->steps, 0);
  const LostRevision *first = lost_revisions_get(lost, step->revision);
  cr_expect(first != NULL && strstr(first->source, "revision = 'cccc'") != NULL, "its source");
  g_autoptr(LostRevisions) none = lost_revisions_find(p, map, here, NULL, &error);
  cr_expect(none == NULL && error == NULL, "nothing is lost");
  g_autoptr(LostRevisions) nowhere = lost_revisions_find(p, map, gone, NULL, &error);
  cr_expect(nowhere != NULL && nowhere->missing->len == 1 && nowhere->found->len == 0, "nowhere");
}

Test(lost, a_file_can_be_put_back_once, .fini = clean_up)
{
  g_autoptr(Project) p = project();
  g_autoptr(GError) error = NULL;
  g_autoptr(RevisionMap) map = revision_map_load(p, &error);
  const char *rows[] = {"bbbb", NULL};
  g_autoptr(LostRevisions) lost = lost_revisions_find(p, map, rows, NULL, &error);
  cr_assert(lost != NULL && lost->found->len == 1, "%s", error != NULL ? error->message : "");
  g_autofree char *path = lost_revision_restore(p, g_ptr_array_index(lost->found, 0), &error);
  cr_assert(path != NULL, "%s", error != NULL ? error->message : "");
  g_autoptr(RevisionMap) again = revision_map_load(p, &error);
  cr_expect(revision_map_get(again, "bbbb") != NULL, "the files have it again");
  g_autofree char *twice = lost_revision_restore(p, g_ptr_array_index(lost->found, 0), &error);
  cr_expect(twice == NULL && g_error_matches(error, RETORT_ERROR, RETORT_ERROR_FILE), "not over a file");
}
