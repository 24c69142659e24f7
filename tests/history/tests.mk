# Criterion programs of the room history; link them with $(HISTORY_LIBS) $(HISTORY_EXT) only.

# Graph side.
check_PROGRAMS += tests/history/test_graph
TESTS += tests/history/test_graph
tests_history_test_graph_SOURCES = tests/history/test_cases.c tests/history/answers.c tests/history/answers.h \
	tests/history/cases.c tests/history/cases.h
tests_history_test_graph_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_history_test_graph_LDADD = $(HISTORY_LIBS) $(TEST_EXT) $(HISTORY_EXT)
EXTRA_DIST += tests/history/graph_cases.json.gz tests/history/random_graphs.json.gz

# Answers for tests/history/diff_graph.py, which asks the installed Alembic the same.
check_PROGRAMS += tests/history/graph_answers
tests_history_graph_answers_SOURCES = tests/history/graph_answers.c tests/history/answers.c \
	tests/history/answers.h tests/history/cases.c tests/history/cases.h
tests_history_graph_answers_CFLAGS = $(AM_CFLAGS)
tests_history_graph_answers_LDADD = $(HISTORY_LIBS) $(HISTORY_EXT)

# Draws graphs that are written by hand.
check_PROGRAMS += tests/history/draw_graph
tests_history_draw_graph_SOURCES = tests/history/draw_graph.c tests/history/cases.c tests/history/cases.h
tests_history_draw_graph_CFLAGS = $(AM_CFLAGS)
tests_history_draw_graph_LDADD = $(HISTORY_LIBS) $(HISTORY_EXT)

# Times large graphs.
check_PROGRAMS += tests/history/time_graph
tests_history_time_graph_SOURCES = tests/history/time_graph.c tests/history/cases.c tests/history/cases.h
tests_history_time_graph_CFLAGS = $(AM_CFLAGS)
tests_history_time_graph_LDADD = $(HISTORY_LIBS) $(HISTORY_EXT)
EXTRA_DIST += tests/bench/gen_revisions.py

# Files side: configuration, revision files, git.
check_PROGRAMS += tests/history/test_files
TESTS += tests/history/test_files
tests_history_test_files_SOURCES = tests/history/test_revision.c tests/history/test_project.c tests/history/test_git.c tests/history/fs.c tests/history/fs.h
tests_history_test_files_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_history_test_files_LDADD = $(HISTORY_LIBS) $(TEST_EXT) $(HISTORY_EXT)
