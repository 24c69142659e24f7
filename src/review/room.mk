noinst_LIBRARIES += src/review/libreview.a
src_review_libreview_a_SOURCES = \
	src/review/check.c include/retort/review/check.h include/retort/review/check_table.h \
	src/review/change.c src/review/change_about.c src/review/change-private.h include/retort/review/change.h \
	src/review/change_compare.c \
	src/review/change_table.c \
	src/review/findings.c include/retort/review/findings.h src/review/later.c src/review/later.h \
	src/review/forecast.c include/retort/review/forecast.h src/review/forecast-private.h \
	src/review/catalog.c include/retort/review/catalog.h src/review/catalog_load.c src/review/catalog_names.c \
	src/review/model.c src/review/model.h \
	src/review/tree.c include/retort/review/tree.h src/review/tree_json.c src/review/tree_json.h \
	src/review/touch.c src/review/expressions.c src/review/types.c src/review/weight.c \
	src/review/forecast_alter.c \
	src/review/forecast_changes.c src/review/forecast_columns.c \
	src/review/forecast_constraints.c \
	src/review/forecast_create.c \
	src/review/forecast_drop.c \
	src/review/forecast_objects.c \
	src/review/forecast_partitions.c \
	src/review/forecast_rows.c \
	src/review/forecast_scans.c \
	src/review/effects.h src/review/judge.c src/review/judge.h \
	src/review/migration.c include/retort/review/migration.h \
	src/review/policy.c include/retort/review/policy.h \
	src/review/remedy.c src/review/remedy-private.h include/retort/review/remedy.h \
	src/review/said.c src/review/said.h \
	src/review/settle.c src/review/settle.h \
	src/review/silence.c src/review/silence.h \
	src/review/undo.c src/review/undo.h src/review/walk.h
