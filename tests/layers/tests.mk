# A room links whole against only what it may use; an upward call is an undefined reference here.
check_PROGRAMS += tests/layers/base
TESTS += tests/layers/base
tests_layers_base_SOURCES = tests/layers/main.c
tests_layers_base_LDADD = $(WHOLE_BEGIN) src/base/libbase.a $(WHOLE_END) $(BASE_LIBS) $(BASE_EXT)
tests_layers_base_DEPENDENCIES = $(BASE_LIBS)

check_PROGRAMS += tests/layers/py
TESTS += tests/layers/py
tests_layers_py_SOURCES = tests/layers/main.c
tests_layers_py_LDADD = $(WHOLE_BEGIN) src/py/libpy.a $(WHOLE_END) $(PY_LIBS) $(PY_EXT)
tests_layers_py_DEPENDENCIES = $(PY_LIBS)

check_PROGRAMS += tests/layers/sql
TESTS += tests/layers/sql
tests_layers_sql_SOURCES = tests/layers/main.c
tests_layers_sql_LDADD = $(WHOLE_BEGIN) src/sql/libsql.a $(WHOLE_END) $(SQL_LIBS) $(SQL_EXT)
tests_layers_sql_DEPENDENCIES = $(SQL_LIBS)

check_PROGRAMS += tests/layers/pg
TESTS += tests/layers/pg
tests_layers_pg_SOURCES = tests/layers/main.c
tests_layers_pg_LDADD = $(WHOLE_BEGIN) src/pg/libpg.a $(WHOLE_END) $(PG_LIBS) $(PG_EXT)
tests_layers_pg_DEPENDENCIES = $(PG_LIBS)

check_PROGRAMS += tests/layers/history
TESTS += tests/layers/history
tests_layers_history_SOURCES = tests/layers/main.c
tests_layers_history_LDADD = $(WHOLE_BEGIN) src/history/libhistory.a $(WHOLE_END) $(HISTORY_LIBS) $(HISTORY_EXT)
tests_layers_history_DEPENDENCIES = $(HISTORY_LIBS)

check_PROGRAMS += tests/layers/render
TESTS += tests/layers/render
tests_layers_render_SOURCES = tests/layers/main.c
tests_layers_render_LDADD = $(WHOLE_BEGIN) src/render/librender.a $(WHOLE_END) $(RENDER_LIBS) $(RENDER_EXT)
tests_layers_render_DEPENDENCIES = $(RENDER_LIBS)

check_PROGRAMS += tests/layers/review
TESTS += tests/layers/review
tests_layers_review_SOURCES = tests/layers/main.c
tests_layers_review_LDADD = $(WHOLE_BEGIN) src/review/libreview.a $(WHOLE_END) $(REVIEW_LIBS) $(REVIEW_EXT)
tests_layers_review_DEPENDENCIES = $(REVIEW_LIBS)

check_PROGRAMS += tests/layers/run
TESTS += tests/layers/run
tests_layers_run_SOURCES = tests/layers/main.c
tests_layers_run_LDADD = $(WHOLE_BEGIN) src/run/librun.a $(WHOLE_END) $(RUN_LIBS) $(RUN_EXT)
tests_layers_run_DEPENDENCIES = $(RUN_LIBS)

check_PROGRAMS += tests/layers/edit
TESTS += tests/layers/edit
tests_layers_edit_SOURCES = tests/layers/main.c
tests_layers_edit_LDADD = $(WHOLE_BEGIN) src/edit/libedit.a $(WHOLE_END) $(EDIT_LIBS) $(EDIT_EXT)
tests_layers_edit_DEPENDENCIES = $(EDIT_LIBS)

check_PROGRAMS += tests/layers/tui
TESTS += tests/layers/tui
tests_layers_tui_SOURCES = tests/layers/main.c
tests_layers_tui_LDADD = $(WHOLE_BEGIN) src/tui/libtui.a $(WHOLE_END) $(TUI_LIBS) $(TUI_EXT)
tests_layers_tui_DEPENDENCIES = $(TUI_LIBS)

