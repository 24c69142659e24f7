noinst_LIBRARIES += src/pg/libpg.a
src_pg_libpg_a_SOURCES = \
	src/pg/catalog.c src/pg/catalog_activity.c src/pg/catalog-private.h include/retort/pg/catalog.h \
	src/pg/conn.c src/pg/conn-private.h include/retort/pg/conn.h \
	src/pg/error.c src/pg/sync.c \
	src/pg/lockmode.c include/retort/pg/lockmode.h \
	src/pg/schema.c src/pg/schema_compare.c include/retort/pg/schema.h \
	src/pg/locks.c src/pg/lock_query.c src/pg/locks-private.h include/retort/pg/locks.h \
	src/pg/url.c src/pg/url_parts.c src/pg/url-private.h include/retort/pg/url.h \
	src/pg/version_table.c include/retort/pg/version_table.h
