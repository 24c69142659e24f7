# Criterion programs of the room review; link them with $(REVIEW_LIBS) $(REVIEW_EXT) only.
check_PROGRAMS += tests/review/test_review
TESTS += tests/review/test_review
tests_review_test_review_SOURCES = tests/review/test_change.c tests/review/test_forecast.c tests/review/test_catalog.c tests/review/test_findings.c \
	tests/review/test_silences.c tests/review/test_tree.c tests/review/cases.c tests/review/cases.h
tests_review_test_review_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_review_test_review_LDADD = $(REVIEW_LIBS) $(TEST_EXT) $(REVIEW_EXT)
# Forecasts against what happens on a real server; tests/matrix runs it on other versions.
check_PROGRAMS += tests/review/reality.pgtest
TESTS += tests/review/reality.pgtest
tests_review_reality_pgtest_SOURCES = tests/review/reality.c
tests_review_reality_pgtest_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_review_reality_pgtest_LDADD = $(REVIEW_LIBS) $(TEST_EXT) $(REVIEW_EXT)
EXTRA_DIST += tests/review/reality.forms tests/review/reality_base.sql tests/matrix
