# Criterion programs of the room pg; link them with $(PG_LIBS) $(PG_EXT) only.
check_PROGRAMS += tests/pg/test_pg.pgtest
TESTS += tests/pg/test_pg.pgtest
tests_pg_test_pg_pgtest_SOURCES = tests/pg/test_url.c tests/pg/test_conn.c \
	tests/pg/test_locks.c tests/pg/test_catalog.c tests/pg/support.c tests/pg/support.h
tests_pg_test_pg_pgtest_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_pg_test_pg_pgtest_LDADD = $(PG_LIBS) $(TEST_EXT) $(PG_EXT)
