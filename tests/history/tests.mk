# Criterion programs of the room history; link them with $(HISTORY_LIBS) $(HISTORY_EXT) only.

# Graph side.
check_PROGRAMS += tests/history/test_graph
TESTS += tests/history/test_graph
tests_history_test_graph_SOURCES = tests/history/test_cases.c tests/history/test_layout.c tests/history/test_map.c \
	tests/history/answers.c tests/history/answers.h \
	tests/history/cases.c tests/history/cases.h
tests_history_test_graph_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_history_test_graph_LDADD = $(HISTORY_LIBS) $(TEST_EXT) $(HISTORY_EXT)
EXTRA_DIST += tests/history/graph_cases.json.gz tests/history/random_graphs.json.gz tests/history/graphs

# Answers for tests/history/diff_graph.py, which asks the installed Alembic the same.
check_PROGRAMS += tests/history/graph_answers
TESTS += tests/history/test_diff.sh
EXTRA_DIST += tests/history/test_diff.sh tests/history/diff_graph.py
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
EXTRA_DIST += tests/bench/run tests/bench/rollout tests/bench/gen_repository.py tests/bench/gen_revisions.py

# Times what git is asked.
check_PROGRAMS += tests/history/time_git
tests_history_time_git_SOURCES = tests/history/time_git.c
tests_history_time_git_CFLAGS = $(AM_CFLAGS)
tests_history_time_git_LDADD = $(HISTORY_LIBS) $(HISTORY_EXT)

# Files side: configuration, revision files, git.
check_PROGRAMS += tests/history/test_files
TESTS += tests/history/test_files
tests_history_test_files_SOURCES = tests/history/test_revision.c tests/history/test_project.c tests/history/test_git.c tests/history/test_collisions.c tests/history/fs.c tests/history/fs.h
tests_history_test_files_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_history_test_files_LDADD = $(HISTORY_LIBS) $(TEST_EXT) $(HISTORY_EXT)

# Fuzz targets of the readers; without --enable-fuzzers they run over what is stored.
if FUZZERS
FUZZ_DRIVER =
FUZZ_LINK = -fsanitize=fuzzer
else
FUZZ_DRIVER = tests/fuzz/replay.c
FUZZ_LINK =
endif
check_PROGRAMS += tests/fuzz/env tests/fuzz/ini tests/fuzz/toml tests/fuzz/revision
TESTS += tests/fuzz/env tests/fuzz/ini tests/fuzz/toml tests/fuzz/revision
tests_fuzz_env_SOURCES = tests/fuzz/env.c $(FUZZ_DRIVER)
tests_fuzz_env_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_env_LDADD = $(HISTORY_LIBS) $(HISTORY_EXT)
tests_fuzz_ini_SOURCES = tests/fuzz/ini.c $(FUZZ_DRIVER)
tests_fuzz_ini_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_ini_LDADD = $(BASE_LIBS) $(BASE_EXT)
tests_fuzz_toml_SOURCES = tests/fuzz/toml.c $(FUZZ_DRIVER)
tests_fuzz_toml_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_toml_LDADD = $(BASE_LIBS) $(BASE_EXT)
tests_fuzz_revision_SOURCES = tests/fuzz/revision.c $(FUZZ_DRIVER)
tests_fuzz_revision_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_revision_LDADD = $(HISTORY_LIBS) $(HISTORY_EXT)
EXTRA_DIST += tests/fuzz/corpus/env/calls tests/fuzz/corpus/env/twice \
	tests/fuzz/corpus/ini/faults tests/fuzz/corpus/ini/marks tests/fuzz/corpus/ini/nul tests/fuzz/corpus/ini/sections \
	tests/fuzz/corpus/toml/deep tests/fuzz/corpus/toml/faults tests/fuzz/corpus/toml/values \
	tests/fuzz/corpus/revision/cookie tests/fuzz/corpus/revision/odd tests/fuzz/corpus/revision/plain
