noinst_LIBRARIES += src/run/librun.a
src_run_librun_a_SOURCES = \
	src/run/monitor.c include/retort/run/monitor.h
