noinst_LIBRARIES += src/edit/libedit.a
src_edit_libedit_a_SOURCES =
