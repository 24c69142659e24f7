noinst_LIBRARIES += src/run/librun.a
src_run_librun_a_SOURCES =
