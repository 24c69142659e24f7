noinst_LIBRARIES += src/py/libpy.a
src_py_libpy_a_SOURCES = \
	include/retort/py/ast.h \
	include/retort/py/host.h \
	include/retort/py/interp.h \
	include/retort/py/lexer.h \
	include/retort/py/parser.h \
	include/retort/py/value.h
