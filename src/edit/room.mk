noinst_LIBRARIES += src/edit/libedit.a
src_edit_libedit_a_SOURCES = \
	src/edit/draft.c include/retort/edit/draft.h \
	src/edit/file_name.c src/edit/file_name.h \
	src/edit/hooks.c include/retort/edit/hooks.h \
	src/edit/mako.c include/retort/edit/mako.h \
	src/edit/mako_run.c
