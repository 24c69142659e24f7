# Criterion programs of the room sql; link them with $(SQL_LIBS) $(SQL_EXT) only (and the server's parser, as a judge).
check_PROGRAMS += tests/sql/test_sql
TESTS += tests/sql/test_sql
tests_sql_test_sql_SOURCES = tests/sql/check.c tests/sql/check.h tests/sql/test_alter.c tests/sql/test_batch.c \
	tests/sql/test_constraint.c tests/sql/test_dml.c tests/sql/test_expr.c tests/sql/test_ident.c \
	tests/sql/test_index.c tests/sql/test_literal.c tests/sql/test_select.c tests/sql/test_table.c \
	tests/sql/test_text.c tests/sql/test_type.c
tests_sql_test_sql_CFLAGS = $(AM_CFLAGS) $(TEST_CFLAGS)
tests_sql_test_sql_LDADD = $(SQL_LIBS) $(TEST_EXT) $(PG_QUERY_LIBS) $(SQL_EXT)
