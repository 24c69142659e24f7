noinst_LIBRARIES += src/pg/libpg.a
src_pg_libpg_a_SOURCES = \
	src/pg/conn.c src/pg/conn-private.h include/retort/pg/conn.h \
	src/pg/error.c src/pg/sync.c \
	src/pg/url.c src/pg/url_parts.c src/pg/url-private.h include/retort/pg/url.h \
	src/pg/version_table.c include/retort/pg/version_table.h
