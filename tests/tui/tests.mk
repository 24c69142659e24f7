# Criterion programs of the room tui; link them with $(TUI_LIBS) $(TUI_EXT) only.
check_PROGRAMS += tests/tui/test_tui
TESTS += tests/tui/test_tui
tests_tui_test_tui_SOURCES = tests/tui/bench.c tests/tui/bench.h tests/tui/test_canvas.c tests/tui/test_keys.c \
	tests/tui/test_list.c tests/tui/test_textview.c tests/tui/test_prompt.c tests/tui/test_merge.c tests/tui/test_refs.c tests/history/fs.c tests/history/fs.h tests/tui/test_wizards.c tests/tui/test_wizards_bad.c tests/tui/wizard.c tests/tui/wizard.h tests/tui/test_run_log.c tests/tui/test_run_view.c tests/tui/test_screens.c
tests_tui_test_tui_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_tui_test_tui_LDADD = $(TUI_LIBS) $(TEST_EXT) $(TUI_EXT)
EXTRA_DIST += tests/tui/screens tests/tui/project

# The real screen on a pty, read through libvterm; tests/tui/vt.h serves whole-program tests too.
check_PROGRAMS += tests/tui/open_screen tests/tui/test_pty
TESTS += tests/tui/test_pty
tests_tui_open_screen_SOURCES = tests/tui/open_screen.c
tests_tui_open_screen_LDADD = $(TUI_LIBS) $(TUI_EXT)
tests_tui_test_pty_SOURCES = tests/tui/test_pty.c tests/tui/vt.c tests/tui/vt.h tests/tui/bench.c tests/tui/bench.h
tests_tui_test_pty_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_tui_test_pty_LDADD = $(TUI_LIBS) $(TEST_EXT) $(VTERM_LIBS) $(TUI_EXT)
