#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "retort/edit/guard.h"
#include "retort/edit/uses.h"

static Revision *make(const char *folder, const char *id, const char *down)
{
  g_autofree char *path = g_strdup_printf("%s/versions/%s.py", folder, id);
  g_autofree char *text = g_strdup_printf("revision = '%s'\ndown_revision = %s\n", id, down);
  if (*folder != '\0')
    cr_assert(g_file_set_contents(path, text, -1, NULL));
  Revision *revision = revision_parse(path, text, strlen(text), NULL);
  cr_assert_not_null(revision);
  return revision;
}

static RevisionMap *two_heads(const char *folder)
{
  GPtrArray *revisions = g_ptr_array_new();
  g_ptr_array_add(revisions, make(folder, "aaaa", "None"));
  g_ptr_array_add(revisions, make(folder, "bbbb", "'aaaa'"));
  g_ptr_array_add(revisions, make(folder, "cccc", "'aaaa'"));
  return revision_map_new(revisions);
}

Test(guard, weighs_what_databases_say)
{
  g_autoptr(RevisionMap) map = two_heads("");
  static const struct {
    const char *rows; /* NULL: not known */
    gboolean production;
    GuardPurpose purpose;
    GuardVerdict verdict;
    const char *text;
  } cases[] = {
      {"aaaa", FALSE, GUARD_OF_MOVE, GUARD_FREE, "has none of it"},
      {"bbbb", FALSE, GUARD_OF_MOVE, GUARD_FREE, "has none of it"},
      {"", TRUE, GUARD_OF_MOVE, GUARD_FREE, "has none of it"},
      {"cccc", FALSE, GUARD_OF_MOVE, GUARD_CONFIRM, "has cccc"},
      {"bbbb,cccc", FALSE, GUARD_OF_MOVE, GUARD_CONFIRM, "has cccc"},
      {"cccc", TRUE, GUARD_OF_MOVE, GUARD_REFUSE, "(production) has cccc"},
      {"cccc", FALSE, GUARD_OF_DELETE, GUARD_REFUSE, "downgrade it first"},
      {"zzzz", FALSE, GUARD_OF_MOVE, GUARD_CONFIRM, "stands at zzzz, which no file here has"},
      {NULL, FALSE, GUARD_OF_MOVE, GUARD_CONFIRM, "could not be asked: no route"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) moved = g_ptr_array_new();
    g_ptr_array_add(moved, revision_map_get(map, "cccc"));
    g_autoptr(Guard) guard = guard_new(map, moved, cases[i].purpose);
    g_auto(GStrv) rows = cases[i].rows == NULL      ? NULL
                         : cases[i].rows[0] == '\0' ? g_new0(char *, 1)
                                                    : g_strsplit(cases[i].rows, ",", -1);
    GuardDatabase database = {"db", cases[i].production, (const char *const *)rows, "no route"};
    guard_add_database(guard, &database);
    GuardVerdict verdict = guard_verdict(guard);
    const GuardReason *reason = guard->reasons->pdata[0];
    cr_expect(verdict == cases[i].verdict && strstr(reason->text, cases[i].text) != NULL,
              "case %zu: %d \"%s\" rather than %d \"%s\"", i, verdict, reason->text, cases[i].verdict,
              cases[i].text);
  }
}

Test(guard, without_a_database_nothing_is_known)
{
  g_autoptr(RevisionMap) map = two_heads("");
  g_autoptr(GPtrArray) moved = g_ptr_array_new();
  g_autoptr(Guard) guard = guard_new(map, moved, GUARD_OF_MOVE);
  g_autoptr(GPtrArray) uses = g_ptr_array_new();
  guard_add_uses(guard, uses, NULL);
  cr_expect(guard_verdict(guard) == GUARD_CONFIRM);
}

static void run(const char *folder, const char *command)
{
  g_autofree char *line = g_strdup_printf("cd '%s' && (%s) >/dev/null 2>&1", folder, command);
  const char *argv[] = {"sh", "-c", line, NULL};
  int status = -1;
  cr_assert(
      g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL) &&
          status == 0,
      "%s ended with %d", command, status);
}

/* cccc is on a remote branch; dddd, on another local one only, stands on bbbb. */
Test(guard, branches_that_have_or_need_a_revision)
{
  g_autofree char *folder = g_dir_make_tmp("retort-test-XXXXXX", NULL);
  g_autofree char *versions = g_build_filename(folder, "versions", NULL);
  g_autofree char *ini = g_build_filename(folder, "alembic.ini", NULL);
  g_autoptr(GError) error = NULL;
  cr_assert(g_mkdir(versions, 0755) == 0);
  cr_assert(g_file_set_contents(ini, "[alembic]\nscript_location = %(here)s\n", -1, NULL));
  g_autoptr(RevisionMap) map = two_heads(folder);
  run(folder, "git init -q && git config user.email a@b && git config user.name a && git config "
              "core.hooksPath /dev/null");
  run(folder, "git add versions/aaaa.py versions/cccc.py && git commit -qm one && git update-ref "
              "refs/remotes/origin/main HEAD");
  run(folder, "git add -A && git commit -qm two && git branch here && git checkout -q -b other");
  run(folder, "printf \"revision = 'dddd'\\ndown_revision = 'bbbb'\\n\" > versions/dddd.py && git add -A && "
              "git commit -qm three && git checkout -q here");
  const char *files[] = {ini, NULL};
  ProjectOptions options = {.config_files = files};
  g_autoptr(Project) project = project_open(&options, &error);
  cr_assert_not_null(project, "%s", error != NULL ? error->message : "");
  g_autoptr(GPtrArray) moved = g_ptr_array_new();
  g_ptr_array_add(moved, revision_map_get(map, "bbbb"));
  g_ptr_array_add(moved, revision_map_get(map, "cccc"));
  g_autoptr(GPtrArray) uses = revision_uses(project, map, moved, NULL, &error);
  cr_assert_not_null(uses, "%s", error != NULL ? error->message : "");
  g_autoptr(GString) got = g_string_new(NULL);
  for (guint i = 0; i < uses->len; i++) {
    const RevisionUse *use = uses->pdata[i];
    g_string_append_printf(got, "%s %s %s; ", use->revision->id, use->ref,
                           use->dependant != NULL ? use->dependant : "-");
  }
  cr_expect_str_eq(got->str, "cccc origin/main -; bbbb other dddd; ", "%s", got->str);
  g_autofree char *remove = g_strdup_printf("rm -rf '%s'", folder);
  run("/", remove);
}
