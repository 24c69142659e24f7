# Criterion programs of the room py; link them with $(PY_LIBS) $(PY_EXT) only.
check_PROGRAMS += tests/py/test_py
TESTS += tests/py/test_py
tests_py_test_py_SOURCES = tests/py/support.c tests/py/support.h tests/py/test_cases.c tests/py/test_host.c \
	tests/py/test_lexer.c tests/py/test_outcomes.c tests/py/test_parser.c
tests_py_test_py_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_py_test_py_LDADD = $(PY_LIBS) $(TEST_EXT) $(PY_EXT)

# Programs and what Python 3.11 prints for them.
PY_CASES = arithmetic classes containers corners enums exceptions functions idioms iterators library match migrations regex strings
EXTRA_DIST += $(PY_CASES:%=tests/py/cases/%.py) $(PY_CASES:%=tests/py/cases/%.out)
# A project whose modules are imported.
EXTRA_DIST += tests/py/project/shop/__init__.py tests/py/project/shop/broken.py \
	tests/py/project/shop/circular.py tests/py/project/shop/consts.py tests/py/project/shop/raises.py \
	tests/py/project/shop/sub/__init__.py tests/py/project/shop/sub/inner.py

# Fuzz targets; without --enable-fuzzers they run over what is stored (see tests/history/tests.mk).
check_PROGRAMS += tests/fuzz/pyeval tests/fuzz/pylexer tests/fuzz/pyparser
TESTS += tests/fuzz/pyeval tests/fuzz/pylexer tests/fuzz/pyparser
tests_fuzz_pyeval_SOURCES = tests/fuzz/pyeval.c $(FUZZ_DRIVER)
tests_fuzz_pyeval_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_pyeval_LDADD = $(PY_LIBS) $(PY_EXT)
tests_fuzz_pylexer_SOURCES = tests/fuzz/pylexer.c $(FUZZ_DRIVER)
tests_fuzz_pylexer_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_pylexer_LDADD = $(PY_LIBS) $(PY_EXT)
tests_fuzz_pyparser_SOURCES = tests/fuzz/pyparser.c $(FUZZ_DRIVER)
tests_fuzz_pyparser_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_pyparser_LDADD = $(PY_LIBS) $(PY_EXT)
EXTRA_DIST += $(PY_CASES:%=tests/fuzz/corpus/pyeval/%) tests/fuzz/corpus/pylexer/functions \
	tests/fuzz/corpus/pylexer/strings tests/fuzz/corpus/pyparser/exceptions tests/fuzz/corpus/pyparser/functions \
	tests/fuzz/corpus/pyparser/match
