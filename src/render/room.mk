noinst_LIBRARIES += src/render/librender.a
src_render_librender_a_SOURCES =
