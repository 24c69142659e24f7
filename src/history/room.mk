noinst_LIBRARIES += src/history/libhistory.a
src_history_libhistory_a_SOURCES =
