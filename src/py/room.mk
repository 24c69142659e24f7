noinst_LIBRARIES += src/py/libpy.a
src_py_libpy_a_SOURCES = \
	include/retort/py/ast.h \
	include/retort/py/host.h \
	include/retort/py/interp.h \
	include/retort/py/lexer.h \
	include/retort/py/parser.h \
	include/retort/py/value.h \
	src/py/bigint.c \
	src/py/bigint.h \
	src/py/lexer.c \
	src/py/parse_atom.c \
	src/py/parse_compound.c \
	src/py/parse_expr.c \
	src/py/parse_literal.c \
	src/py/parse_match.c \
	src/py/parse_stmt.c \
	src/py/parser-private.h \
	src/py/parser.c \
	src/py/source.c \
	src/py/text.c \
	src/py/tree.c
