# Criterion programs of the room pg; link them with $(PG_LIBS) $(PG_EXT) only.
