# Criterion programs of the room run; link them with $(RUN_LIBS) $(RUN_EXT) only.
check_PROGRAMS += tests/run/test_run.pgtest tests/run/test_crash.pgtest tests/run/victim
TESTS += tests/run/test_run.pgtest tests/run/test_crash.pgtest
tests_run_support = tests/run/rollout_support.c tests/run/rollout_support.h tests/pg/support.c tests/pg/support.h
tests_run_test_run_pgtest_SOURCES = tests/run/test_answers.c tests/run/test_fallback.c tests/run/test_rollout.c tests/run/test_journal.c tests/run/test_engine.c tests/run/test_aftermath.c tests/run/test_pinned.c tests/run/test_backup.c tests/run/test_mutex.c tests/run/test_preflight.c tests/run/test_recovery.c \
	tests/run/test_monitor.c tests/run/test_scratch.c tests/run/test_proof.c tests/run/test_supervise.c tests/run/test_losses.c tests/run/test_lost.c tests/run/test_policy.c $(tests_run_support)
tests_run_test_run_pgtest_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_run_test_run_pgtest_LDADD = $(RUN_LIBS) $(TEST_EXT) $(RUN_EXT)
tests_run_test_crash_pgtest_SOURCES = tests/run/test_crash.c $(tests_run_support)
tests_run_test_crash_pgtest_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_run_test_crash_pgtest_LDADD = $(RUN_LIBS) $(TEST_EXT) $(RUN_EXT)
# A process for the tests to kill.
tests_run_victim_SOURCES = tests/run/victim.c $(tests_run_support)
tests_run_victim_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_run_victim_LDADD = $(RUN_LIBS) $(TEST_EXT) $(RUN_EXT)
# tests/stress/run starts this again and again, and disturbs it; `make check` has a short form of that.
check_PROGRAMS += tests/stress/roll
TESTS += tests/stress/short.pgtest
tests_stress_roll_SOURCES = tests/stress/roll.c $(tests_run_support)
tests_stress_roll_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_stress_roll_LDADD = $(RUN_LIBS) $(TEST_EXT) $(RUN_EXT)
EXTRA_DIST += tests/stress/run tests/stress/short.pgtest
# RETORT_TEST_CONNECTIONS=520 tests/with-postgres BUILD/tests/bench/time_locks 500 50
check_PROGRAMS += tests/bench/time_locks
tests_bench_time_locks_SOURCES = tests/bench/time_locks.c
tests_bench_time_locks_CFLAGS = $(AM_CFLAGS)
tests_bench_time_locks_LDADD = $(RUN_LIBS) $(RUN_EXT)
