noinst_LIBRARIES += src/history/libhistory.a
src_history_libhistory_a_SOURCES =

# Graph side: the map, targets, plans, pictures.
src_history_libhistory_a_SOURCES += src/history/revmap.c src/history/revmap_check.c src/history/revmap-private.h \
	src/history/common.c src/history/walk.c src/history/walk.h src/history/symbol.c src/history/symbol.h src/history/relative.c \
	src/history/relative.h src/history/select.c src/history/select.h src/history/sort.c src/history/reach.c src/history/reach.h src/history/target.c \
	src/history/plan.c src/history/plan_rows.c src/history/plan_stamp.c src/history/plan-private.h \
	src/history/format.c include/retort/history/revmap.h include/retort/history/target.h \
	include/retort/history/plan.h include/retort/history/format.h

# Files side: the project, its revision files.
src_history_libhistory_a_SOURCES += src/history/project.c src/history/project_files.c src/history/project_find.c \
	src/history/project-private.h src/history/env_doings.c src/history/env_script.c src/history/overrides.c src/history/revision.c \
	src/history/revision-private.h src/history/revision_module.c src/history/revision_module.h \
	src/history/revision_literal.c src/history/revision_string.c src/history/revision_source.c src/history/revision_compiles.c src/history/load.c src/history/load.h \
	src/history/load_list.c src/history/git_repo.c src/history/git_reader.c src/history/git_walk.c \
	src/history/git_annotate.c src/history/git_history.c src/history/git-private.h src/history/watch.c \
	src/history/git_collisions.c src/history/git_collisions.h src/history/git_collisions_group.c \
	include/retort/history/collisions.h src/history/git_refs.c src/history/git_refs.h src/history/git_difference.c src/history/git_merged.c src/history/git_skeleton.c src/history/git_layout.c src/history/git_collisions_break.c src/history/git_layout.h \
	src/history/git_where.c include/retort/history/where.h \
	src/history/git_skeleton.h include/retort/history/refs.h \
	include/retort/history/watch.h \
	include/retort/history/project.h include/retort/history/revision.h include/retort/history/git.h
src_history_libhistory_a_SOURCES += src/history/graph.c src/history/graph_collect.c src/history/graph_order.c \
	src/history/graph_lanes.c src/history/graph_draw.c src/history/graph-private.h \
	include/retort/history/graph.h
src_history_libhistory_a_SOURCES += src/history/git_released.c
