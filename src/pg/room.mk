noinst_LIBRARIES += src/pg/libpg.a
src_pg_libpg_a_SOURCES = src/pg/url.c src/pg/url_parts.c src/pg/url-private.h include/retort/pg/url.h
