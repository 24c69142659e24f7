noinst_LIBRARIES += src/render/librender.a
src_render_librender_a_SOURCES = \
	include/retort/render/answers.h include/retort/render/offline.h include/retort/render/render.h \
	src/render/answers.c src/render/answers.h src/render/inspect.c src/render/metadata.c \
	src/render/batch.c src/render/bind.h src/render/columns.c src/render/constraints.c src/render/context.c \
	src/render/context.h src/render/convert.c src/render/ddl.c src/render/dml.c src/render/dml.h \
	src/render/expr.c src/render/expr.h src/render/expr_functions.c src/render/expr_methods.c src/render/expr_text.c src/render/from.c src/render/modules.c \
	src/render/named_types.c src/render/naming.c src/render/naming.h src/render/offline.c src/render/op.h src/render/orm.c src/render/op_column.c \
	src/render/op_constraint.c src/render/op_run.c src/render/op_table.c src/render/query.c src/render/raise.c \
	src/render/render.c src/render/results.c src/render/schema.h src/render/session.c src/render/session.h src/render/shared.c src/render/shared.h src/render/star.c src/render/tables.c \
	src/render/types.c src/render/types.h src/render/user_types.c
nodist_src_render_librender_a_SOURCES = src/render/library.c

# Plugins of Alembic in common use, written in Python and compiled in as text.
RENDER_LIBRARY = \
	src/render/lib/alembic_postgresql_enum.py \
	src/render/lib/alembic_utils.entities.py \
	src/render/lib/alembic_utils.pg_extension.py \
	src/render/lib/alembic_utils.pg_function.py \
	src/render/lib/alembic_utils.pg_grant_table.py \
	src/render/lib/alembic_utils.pg_materialized_view.py \
	src/render/lib/alembic_utils.pg_policy.py \
	src/render/lib/alembic_utils.pg_trigger.py \
	src/render/lib/alembic_utils.pg_view.py \
	src/render/lib/alembic_utils.replaceable_entity.py \
	src/render/lib/alembic_utils.reversible_op.py
src/render/library.c: $(RENDER_LIBRARY) src/py/embed.awk
	$(AM_V_GEN)$(MKDIR_P) src/render && for f in $(RENDER_LIBRARY); do echo $(srcdir)/$$f; done \
	  | xargs $(AWK) -v table=render_library -f $(srcdir)/src/py/embed.awk > $@.tmp && mv $@.tmp $@
EXTRA_DIST += $(RENDER_LIBRARY)
CLEANFILES += src/render/library.c
