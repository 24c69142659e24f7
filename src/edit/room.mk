noinst_LIBRARIES += src/edit/libedit.a
src_edit_libedit_a_SOURCES = \
	src/edit/conflict.c src/edit/explanation.c include/retort/edit/conflict.h \
	src/edit/draft.c include/retort/edit/draft.h \
	src/edit/environment.c include/retort/edit/environment.h \
	src/edit/file_name.c src/edit/file_name.h \
	src/edit/hooks.c include/retort/edit/hooks.h \
	src/edit/mako.c include/retort/edit/mako.h \
	src/edit/mako_run.c \
	src/edit/changes.c include/retort/edit/changes.h \
	src/edit/rebase.c include/retort/edit/rebase.h src/edit/rebase-private.h \
	src/edit/rebase_plan.c \
	src/edit/rewrite.c include/retort/edit/rewrite.h \
	src/edit/guard.c include/retort/edit/guard.h \
	src/edit/stage.c src/edit/stage.h \
	src/edit/uses.c include/retort/edit/uses.h
nodist_src_edit_libedit_a_SOURCES = src/edit/templates.c src/edit/templates.h
src_edit_libedit_a_CFLAGS = $(AM_CFLAGS) -I$(top_builddir)/src/edit

# The files that `init` writes are compiled into the program.
template_files = data/templates/alembic.ini data/templates/alembic-with-pyproject.ini data/templates/database.ini \
	data/templates/database-multi.ini data/templates/logging.ini data/templates/pyproject.toml \
	data/templates/env.py data/templates/env-async.py data/templates/env-multi.py \
	data/templates/script.py.mako data/templates/script-multi.py.mako
EXTRA_DIST += data/templates/retort.gresource.xml $(template_files)
BUILT_SOURCES += src/edit/templates.c src/edit/templates.h
CLEANFILES += src/edit/templates.c src/edit/templates.h
# BUILT_SOURCES come first for `make all' alone; this is for `make retort'.
src/edit/libedit_a-environment.$(OBJEXT): src/edit/templates.h

src/edit/templates.c: data/templates/retort.gresource.xml $(template_files)
	$(AM_V_GEN)$(MKDIR_P) src/edit && $(GLIB_COMPILE_RESOURCES) --sourcedir=$(srcdir)/data/templates \
		--generate-source --manual-register --c-name templates --target=$@ \
		$(srcdir)/data/templates/retort.gresource.xml
src/edit/templates.h: data/templates/retort.gresource.xml $(template_files)
	$(AM_V_GEN)$(MKDIR_P) src/edit && $(GLIB_COMPILE_RESOURCES) --sourcedir=$(srcdir)/data/templates \
		--generate-header --manual-register --c-name templates --target=$@ \
		$(srcdir)/data/templates/retort.gresource.xml
