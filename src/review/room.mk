noinst_LIBRARIES += src/review/libreview.a
src_review_libreview_a_SOURCES = \
	src/review/forecast.c include/retort/review/forecast.h src/review/forecast-private.h \
	src/review/forecast_alter.c \
	src/review/forecast_objects.c \
	src/review/forecast_rows.c
