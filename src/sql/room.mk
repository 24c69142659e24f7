noinst_LIBRARIES += src/sql/libsql.a
src_sql_libsql_a_SOURCES = \
	include/retort/sql/compile.h include/retort/sql/dml.h include/retort/sql/error.h include/retort/sql/expr.h \
	include/retort/sql/ident.h include/retort/sql/list.h include/retort/sql/literal.h include/retort/sql/naming.h \
	include/retort/sql/op.h include/retort/sql/schema.h include/retort/sql/stmt.h include/retort/sql/type.h
