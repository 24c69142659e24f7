# Criterion programs of the room run; link them with $(RUN_LIBS) $(RUN_EXT) only.
