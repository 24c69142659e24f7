# Criterion programs of the room base; link them with $(BASE_LIBS) $(BASE_EXT) only.
check_PROGRAMS += tests/base/test_base
TESTS += tests/base/test_base
tests_base_test_base_SOURCES = tests/base/test_base.c tests/base/test_text.c
tests_base_test_base_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_base_test_base_LDADD = $(BASE_LIBS) $(TEST_EXT) $(BASE_EXT)

check_PROGRAMS += tests/base/test_config
TESTS += tests/base/test_config
tests_base_test_config_SOURCES = tests/base/test_config.c
tests_base_test_config_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_base_test_config_LDADD = $(BASE_LIBS) $(TEST_EXT) $(BASE_EXT)
