# Criterion programs of the room edit; link them with $(EDIT_LIBS) $(EDIT_EXT) only.
check_PROGRAMS += tests/edit/test_edit
TESTS += tests/edit/test_edit
tests_edit_test_edit_SOURCES = tests/edit/test_conflict.c tests/edit/test_mako.c tests/edit/test_draft.c tests/edit/test_environment.c tests/edit/test_rewrite.c tests/edit/test_changes.c tests/edit/test_rebase.c tests/edit/test_guard.c
tests_edit_test_edit_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_edit_test_edit_LDADD = $(EDIT_LIBS) $(TEST_EXT) $(EDIT_EXT)

# Asked by compare_files.py, which compares with whatever Alembic is installed.
check_PROGRAMS += tests/edit/draft_file
tests_edit_draft_file_SOURCES = tests/edit/draft_file.c
tests_edit_draft_file_LDADD = $(EDIT_LIBS) $(EDIT_EXT)
TESTS += tests/edit/files
EXTRA_DIST += tests/edit/files tests/edit/compare_files.py
# With the program, the installed Alembic and a server.
TESTS += tests/edit/upgrade_through.pgtest
EXTRA_DIST += tests/edit/upgrade_through.pgtest tests/edit/upgrade_through.py
TESTS += tests/edit/autogenerate.pgtest
EXTRA_DIST += tests/edit/autogenerate.pgtest tests/edit/autogenerate.py
TESTS += tests/edit/bad_input
EXTRA_DIST += tests/edit/bad_input tests/edit/bad_input.py
TESTS += tests/edit/forms.pgtest
EXTRA_DIST += tests/edit/forms.pgtest tests/edit/forms.py
