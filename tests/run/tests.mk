# Criterion programs of the room run; link them with $(RUN_LIBS) $(RUN_EXT) only.
check_PROGRAMS += tests/run/test_run.pgtest
TESTS += tests/run/test_run.pgtest
tests_run_test_run_pgtest_SOURCES = tests/run/test_rollout.c tests/run/test_journal.c tests/run/test_monitor.c tests/run/rollout_support.c \
	tests/run/rollout_support.h tests/pg/support.c tests/pg/support.h
tests_run_test_run_pgtest_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_run_test_run_pgtest_LDADD = $(RUN_LIBS) $(TEST_EXT) $(RUN_EXT)
