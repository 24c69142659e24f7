# Criterion programs of the room review; link them with $(REVIEW_LIBS) $(REVIEW_EXT) only.
check_PROGRAMS += tests/review/test_review
TESTS += tests/review/test_review
tests_review_test_review_SOURCES = tests/review/test_forecast.c tests/review/test_findings.c
tests_review_test_review_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_review_test_review_LDADD = $(REVIEW_LIBS) $(TEST_EXT) $(REVIEW_EXT)
