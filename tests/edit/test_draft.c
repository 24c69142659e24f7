#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/edit/draft.h"

/* 2026-02-03 04:05:06.000789 UTC */
#define NOW (G_GINT64_CONSTANT(1770091506) * G_USEC_PER_SEC + 789)

static const char script_py_mako[] =
    "\"\"\"${message}\n\nRevision ID: ${up_revision}\n"
    "Revises: ${down_revision | comma,n}\nCreate Date: ${create_date}\n\n\"\"\"\n"
    "${imports if imports else \"\"}\nrevision = ${repr(up_revision)}\n"
    "down_revision = ${repr(down_revision)}\n"
    "branch_labels = ${repr(branch_labels)}\ndepends_on = ${repr(depends_on)}\n\n\n"
    "def upgrade():\n    ${upgrades if upgrades else \"pass\"}\n";

typedef struct {
  char *folder;
  Project *project;
  RevisionMap *map;
} Fixture;

static void write_revision(const char *folder, const char *id, const char *down)
{
  g_autofree char *path = g_strdup_printf("%s/scripts/versions/%s_.py", folder, id);
  g_autofree char *text =
      g_strdup_printf("\"\"\"%s\"\"\"\nrevision = '%s'\ndown_revision = %s\n", id, id, down);
  cr_assert(g_file_set_contents(path, text, -1, NULL));
}

static void open_fixture(Fixture *fixture, const char *options_text)
{
  g_autoptr(GError) error = NULL;
  fixture->folder = g_dir_make_tmp("retort-test-XXXXXX", NULL);
  cr_assert_not_null(fixture->folder);
  g_autofree char *versions = g_build_filename(fixture->folder, "scripts", "versions", NULL);
  g_autofree char *ini = g_build_filename(fixture->folder, "alembic.ini", NULL);
  g_autofree char *mako = g_build_filename(fixture->folder, "scripts", "script.py.mako", NULL);
  g_autofree char *text = g_strconcat("[alembic]\nscript_location = %(here)s/scripts\n", options_text, NULL);
  cr_assert(g_mkdir_with_parents(versions, 0777) == 0);
  cr_assert(g_file_set_contents(ini, text, -1, NULL));
  cr_assert(g_file_set_contents(mako, script_py_mako, -1, NULL));
  write_revision(fixture->folder, "aaaa1111", "None");
  write_revision(fixture->folder, "bbbb2222", "'aaaa1111'");
  write_revision(fixture->folder, "cccc3333", "'aaaa1111'");
  const char *files[] = {ini, NULL};
  ProjectOptions options = {.config_files = files};
  fixture->project = project_open(&options, &error);
  cr_assert_not_null(fixture->project, "%s", error != NULL ? error->message : "");
  fixture->map = revision_map_load(fixture->project, &error);
  cr_assert_not_null(fixture->map, "%s", error != NULL ? error->message : "");
}

static void close_fixture(Fixture *fixture)
{
  revision_map_free(fixture->map);
  project_free(fixture->project);
  const char *argv[] = {"rm", "-rf", fixture->folder, NULL};
  cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
  g_free(fixture->folder);
}

Test(draft, a_merge_of_all_heads)
{
  Fixture fixture;
  open_fixture(&fixture, "timezone = utc\n");
  g_autoptr(GError) error = NULL;
  static const char *const heads[] = {"heads", NULL}, *const labels[] = {"both", NULL};
  RevisionRequest request = {
      .message = "Merge: B & C", .rev_id = "dddd4444", .heads = heads, .branch_labels = labels, .now = NOW};
  g_autoptr(RevisionDraft) draft = revision_draft_new(fixture.project, fixture.map, &request, &error);
  cr_assert_not_null(draft, "%s", error != NULL ? error->message : "");
  g_autofree char *path = g_build_filename(fixture.folder, "scripts/versions/dddd4444_merge_b_c.py", NULL);
  cr_expect_str_eq(draft->path, path, "got %s", draft->path);
  static const char expected[] =
      "\"\"\"Merge: B & C\n\nRevision ID: dddd4444\nRevises: bbbb2222, cccc3333\n"
      "Create Date: 2026-02-03 04:05:06.000789+00:00\n\n\"\"\"\n\n"
      "revision = 'dddd4444'\ndown_revision = ('bbbb2222', 'cccc3333')\n"
      "branch_labels = ('both',)\ndepends_on = None\n\n\ndef upgrade():\n    pass\n";
  cr_expect_str_eq(draft->content, expected, "got:\n%s", draft->content);
  cr_expect(!g_file_test(path, G_FILE_TEST_EXISTS), "a draft touches nothing");
  cr_assert(changes_apply(draft->changes, &error), "%s", error != NULL ? error->message : "");
  cr_expect(g_file_test(path, G_FILE_TEST_EXISTS));
  cr_assert(changes_undo(draft->changes, &error), "%s", error != NULL ? error->message : "");
  cr_expect(!g_file_test(path, G_FILE_TEST_EXISTS));
  close_fixture(&fixture);
}

Test(draft, undo_leaves_a_file_that_was_edited)
{
  Fixture fixture;
  open_fixture(&fixture, "file_template = %%(year)d/%%(month).2d_%%(rev)s\n");
  g_autoptr(GError) error = NULL, refused = NULL;
  static const char *const heads[] = {"bbbb", NULL};
  RevisionRequest request = {.rev_id = "eeee", .heads = heads, .now = NOW};
  g_autoptr(RevisionDraft) draft = revision_draft_new(fixture.project, fixture.map, &request, &error);
  cr_assert_not_null(draft, "%s", error != NULL ? error->message : "");
  cr_expect(g_str_has_suffix(draft->path, "/versions/2026/02_eeee.py"), "got %s", draft->path);
  cr_expect(draft->folders->len == 1, "%u folders", draft->folders->len);
  cr_assert(changes_apply(draft->changes, &error), "%s", error != NULL ? error->message : "");
  cr_assert(g_file_set_contents(draft->path, "edited", -1, NULL));
  cr_expect(!changes_undo(draft->changes, &refused));
  cr_expect(g_error_matches(refused, RETORT_ERROR, RETORT_ERROR_REFUSED));
  cr_expect(g_file_test(draft->path, G_FILE_TEST_EXISTS));
  close_fixture(&fixture);
}

Test(draft, a_version_location_need_not_be_there_yet)
{
  static const struct {
    const char *head, *path; /* path below the project */
    const char *expected;    /* folder below the project, or part of the message */
    guint folders;
  } cases[] = {
      {"base", "new/deep", "new/deep", 1},
      {"bbbb2222", NULL, "scripts/versions", 0},
      {"base", NULL, "Multiple version locations present, please specify --version-path", 0},
      {"base", "new", "new is not represented in current version locations", 0},
      {"base", "new/../new/deep", "new/../new/deep is not represented in current version locations", 0},
  };
  Fixture fixture;
  open_fixture(&fixture, "version_locations = %(here)s/scripts/versions %(here)s/new/deep\n");
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    const char *heads[] = {cases[i].head, NULL};
    g_autofree char *path =
        cases[i].path != NULL ? g_strdup_printf("%s/%s", fixture.folder, cases[i].path) : NULL;
    RevisionRequest request = {.rev_id = "eeee", .heads = heads, .version_path = path, .now = NOW};
    g_autoptr(RevisionDraft) draft = revision_draft_new(fixture.project, fixture.map, &request, &error);
    g_autofree char *folder = draft != NULL ? g_path_get_dirname(draft->path) : NULL;
    const char *got = draft != NULL ? folder : error->message;
    cr_expect(strstr(got, cases[i].expected) != NULL, "case %zu: expected %s, got %s", i, cases[i].expected,
              got);
    cr_expect(draft == NULL || draft->folders->len == cases[i].folders, "case %zu: %u folders", i,
              draft != NULL ? draft->folders->len : 0);
  }
  close_fixture(&fixture);
}

Test(draft, what_alembic_refuses_is_refused_in_its_words)
{
  static const struct {
    const char *rev_id, *head, *path, *message;
  } cases[] = {
      {"a@b", "heads", NULL, "Character(s) '@' not allowed in revision identifier 'a@b'"},
      {"x-+", "heads", NULL, "Character(s) '+, -' not allowed in revision identifier 'x-+'"},
      {"x", NULL, NULL,
       "Multiple heads are present; please specify the head revision on which the new revision should be "
       "based, or "
       "perform a merge."},
      {"x", "aaaa1111", NULL,
       "Revision aaaa1111 is not a head revision; please specify --splice to create a new branch from this "
       "revision"},
      {"x", "nope", NULL, "Can't locate revision identified by 'nope'"},
      {"x", "bbbb", "/elsewhere", "Path /elsewhere is not represented in current version locations"},
  };
  Fixture fixture;
  open_fixture(&fixture, "");
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    const char *heads[] = {cases[i].head, NULL};
    RevisionRequest request = {.rev_id = cases[i].rev_id,
                               .heads = cases[i].head != NULL ? heads : NULL,
                               .version_path = cases[i].path};
    g_autoptr(RevisionDraft) draft = revision_draft_new(fixture.project, fixture.map, &request, &error);
    cr_expect_null(draft, "case %zu", i);
    cr_expect(g_error_matches(error, RETORT_ERROR, RETORT_ERROR_COMMAND), "case %zu", i);
    cr_expect(error != NULL && strcmp(error->message, cases[i].message) == 0, "case %zu: got \"%s\"", i,
              error != NULL ? error->message : "");
  }
  close_fixture(&fixture);
}
