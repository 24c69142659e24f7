# Tests of the command line and of the whole program.
check_PROGRAMS += tests/cli/test_cli tests/cli/test_program
TESTS += tests/cli/test_cli tests/cli/test_program
tests_cli_test_cli_SOURCES = tests/cli/test_args.c tests/cli/test_settings.c tests/cli/test_wrap.c
tests_cli_test_cli_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/src/cli
tests_cli_test_cli_LDADD = $(CLI_LIBS) $(TEST_EXT) $(CLI_EXT)

# These run the program that was built.
tests_cli_test_program_SOURCES = tests/cli/test_conflicts.c tests/cli/test_review.c tests/history/fs.c tests/history/fs.h tests/cli/test_golden.c tests/cli/test_program.c tests/cli/program.c tests/cli/program.h
tests_cli_test_program_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_cli_test_program_LDADD = $(TEST_EXT) $(CLI_EXT)

# And these with a server.
check_PROGRAMS += tests/cli/test_server.pgtest
TESTS += tests/cli/test_server.pgtest
tests_cli_test_server_pgtest_SOURCES = tests/cli/test_answers.c tests/cli/test_rollout.c tests/cli/test_server.c \
	tests/cli/program.c tests/cli/program.h tests/cli/server.c tests/cli/server.h
tests_cli_test_server_pgtest_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_cli_test_server_pgtest_LDADD = $(PG_LIBS) $(TEST_EXT) $(CLI_EXT)

EXTRA_DIST += tests/cli/golden tests/cli/projects tests/cli/commands.txt tests/cli/record \
	tests/cli/compare.py

# The list of files to translate.
TESTS += tests/cli/potfiles
EXTRA_DIST += tests/cli/potfiles tests/cli/untranslated
