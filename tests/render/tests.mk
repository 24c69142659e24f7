# Criterion programs of the room render; link them with $(RENDER_LIBS) $(RENDER_EXT) only.
check_PROGRAMS += tests/render/test_render
TESTS += tests/render/test_render
tests_render_test_render_SOURCES = tests/render/support.c tests/render/support.h tests/render/test_answers.c tests/render/test_golden.c \
	tests/render/test_offline.c tests/render/test_op_cases.c tests/render/test_project.c tests/render/test_refusals.c \
	tests/history/cases.c tests/history/cases.h
tests_render_test_render_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_render_test_render_LDADD = $(RENDER_LIBS) $(TEST_EXT) $(PG_QUERY_LIBS) $(RENDER_EXT)

# The hand-run score against real projects: tests/render/score.py.
check_PROGRAMS += tests/render/render_dir
tests_render_render_dir_SOURCES = tests/render/render_dir.c
tests_render_render_dir_LDADD = $(RENDER_LIBS) $(PG_QUERY_LIBS) $(RENDER_EXT)

# Real runs next to Alembic's own, where that is installed.
TESTS += tests/render/executed.pgtest
EXTRA_DIST += tests/render/executed tests/render/executed.pgtest
EXTRA_DIST += tests/fuzz/diff_render.py tests/fuzz/directives.py tests/fuzz/single_directives.txt tests/render/empty_migration.py tests/render/golden tests/render/make_golden.py \
	tests/render/op_cases.json tests/render/op_refused.txt tests/render/op_refused_old.txt tests/render/score.py
