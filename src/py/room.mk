noinst_LIBRARIES += src/py/libpy.a
src_py_libpy_a_SOURCES =
