noinst_LIBRARIES += src/sql/libsql.a
src_sql_libsql_a_SOURCES = \
	src/sql/compile-private.h \
	src/sql/compile.c src/sql/compile_alter.c src/sql/compile_batch.c src/sql/compile_bulk.c \
	src/sql/compile_column.c src/sql/compile_columns.c src/sql/compile_comment.c src/sql/compile_conflict.c \
	src/sql/compile_constraint.c src/sql/compile_dml.c src/sql/compile_expr.c \
	src/sql/compile_from.c src/sql/compile_function.c src/sql/compile_identity.c src/sql/compile_index.c \
	src/sql/compile_literal.c src/sql/compile_query.c src/sql/compile_recreate.c src/sql/compile_select.c src/sql/compile_table.c \
	src/sql/compile_text.c src/sql/compile_type.c \
	src/sql/error.c src/sql/expr.c src/sql/expr_condition.c src/sql/expr_group.c src/sql/expr_operate.c \
	src/sql/expr_unary.c src/sql/from.c src/sql/ident.c \
	src/sql/literal.c src/sql/naming.c src/sql/query.c src/sql/schema.c src/sql/stmt.c src/sql/type.c \
	include/retort/sql/compile.h include/retort/sql/dml.h include/retort/sql/error.h include/retort/sql/expr.h \
	include/retort/sql/ident.h include/retort/sql/list.h include/retort/sql/literal.h include/retort/sql/naming.h \
	include/retort/sql/op.h include/retort/sql/schema.h include/retort/sql/stmt.h include/retort/sql/type.h
