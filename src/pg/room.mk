noinst_LIBRARIES += src/pg/libpg.a
src_pg_libpg_a_SOURCES =
