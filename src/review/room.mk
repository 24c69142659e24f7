noinst_LIBRARIES += src/review/libreview.a
src_review_libreview_a_SOURCES = \
	src/review/check.c include/retort/review/check.h include/retort/review/check_table.h \
	src/review/change.c src/review/change-private.h include/retort/review/change.h \
	src/review/change_compare.c \
	src/review/change_table.c \
	src/review/findings.c include/retort/review/findings.h \
	src/review/forecast.c include/retort/review/forecast.h src/review/forecast-private.h \
	src/review/forecast_alter.c \
	src/review/forecast_objects.c \
	src/review/forecast_rows.c
