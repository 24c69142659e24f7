# The whole program on a pty.
check_PROGRAMS += tests/e2e/test_demo
TESTS += tests/e2e/test_demo
tests_e2e_test_demo_SOURCES = tests/e2e/test_demo.c tests/tui/vt.c tests/tui/vt.h
tests_e2e_test_demo_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_e2e_test_demo_LDADD = $(TUI_LIBS) $(TEST_EXT) $(VTERM_LIBS) $(TUI_EXT)
tests_e2e_test_demo_DEPENDENCIES = retort $(TUI_LIBS)

# Situations of a rollout, each on a small project with a server of the test's own.
check_PROGRAMS += tests/e2e/test_rollout.pgtest
TESTS += tests/e2e/test_rollout.pgtest
tests_e2e_test_rollout_pgtest_SOURCES = tests/e2e/test_rollout.c tests/e2e/test_autogenerate.c tests/e2e/shop.c tests/e2e/shop.h tests/tui/vt.c tests/tui/vt.h
tests_e2e_test_rollout_pgtest_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_e2e_test_rollout_pgtest_LDADD = $(TUI_LIBS) $(TEST_EXT) $(VTERM_LIBS) $(TUI_EXT)
tests_e2e_test_rollout_pgtest_DEPENDENCIES = retort $(TUI_LIBS)

check_PROGRAMS += tests/e2e/test_wizard
TESTS += tests/e2e/test_wizard
tests_e2e_test_wizard_SOURCES = tests/e2e/test_wizard.c tests/tui/vt.c tests/tui/vt.h
tests_e2e_test_wizard_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_e2e_test_wizard_LDADD = $(TUI_LIBS) $(TEST_EXT) $(VTERM_LIBS) $(TUI_EXT)
tests_e2e_test_wizard_DEPENDENCIES = retort $(TUI_LIBS)
