noinst_LIBRARIES += src/base/libbase.a
src_base_libbase_a_SOURCES = \
	src/base/arena.c include/retort/base/arena.h \
	src/base/diag.c include/retort/base/diag.h \
	src/base/error.c include/retort/base/error.h \
	src/base/file.c include/retort/base/file.h \
	src/base/settings.c include/retort/base/settings.h \
	src/base/ini.c include/retort/base/ini.h \
	src/base/toml.c include/retort/base/toml.h \
	src/base/text.c include/retort/base/text.h
